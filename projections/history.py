"""The replay of one child: what had happened by a day, as known at a day, and how the clocks stood.

`known_at` cuts the log at what was recorded by then; `as_of` leaves out what happened later.
Both leave an account of how much they left out.
Every clock has two verdicts: what can be said of it, and what could be said when it ran out.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from uuid import UUID

from domain.audit_period import Period
from domain.audited import of_periods
from domain.authority import Authority, told_again
from domain.because import because
from domain.child_episode import from_history
from domain.clocks import Clock, Verdict, verdict
from domain.engine_events import TimescaleBreached
from domain.event import Kind, Recorded
from domain.facts.corrections import FactCorrected, FactWithdrawn
from domain.facts.fact import Fact
from domain.joining import by_reference, joined_history
from domain.lateness import Lateness, first_told, lateness
from domain.own_matters import ALLEGATION, LEFT_OUT, Matter, allegations_in, whose
from domain.recorded_words import sentence
from domain.stages import UNTOLD, Said
from domain.standing import bounds, named, standing
from projections.statuses import has_begun
from projections.warned import Warned, warnings_given
from store.log import Log


@dataclass(frozen=True)
class Line:
    """One event of the replay, in one sentence."""

    recorded: Recorded
    sentence: str
    reported: bool
    """Whether a source reported it, rather than Daymark or its reader having done it."""
    corrected_by: tuple[UUID, ...]
    """The corrections of it that were known, oldest recording first."""
    withdrawn: bool
    sealed: bool = False
    """Whether when it happened is sealed, and not to be told to whoever looks."""


@dataclass(frozen=True)
class History:
    """One child as it was, and as it was known; or the authority's own stream, or one allegation in it."""

    stream: UUID
    reference: str
    """The case system's reference; empty where nothing has ever been recorded."""
    lines: tuple[Line, ...]
    """Oldest recording first."""
    clocks: tuple[Clock, ...]
    """Earliest due first."""
    told: dict[str, Said]
    """What the log said of each clock, by key."""
    authority: Authority
    """The authority as it was known at the same moment."""
    as_of: datetime | None
    known_at: datetime | None
    not_yet_known: int
    """How many events are left out because they were recorded later."""
    not_yet_happened: int
    """How many of those known are left out because they happened later."""
    known: tuple[Recorded, ...]
    """Everything recorded by then, whenever it happened."""
    kind: Kind
    """Whether a child's stream, or the authority's own."""
    named: Mapping[str, Sequence[Recorded]]
    """The same of every reference ever named as this child, by reference; empty where none was."""
    matter: Matter | None = None
    """What of the authority's own stream was asked for; nothing for all of it, and for a child."""
    periods: tuple[Period, ...] = ()
    """The days that whoever looks was given to look at; none where nothing limits it."""
    words_to: datetime | None = None
    """Up to when whoever looks may read what people wrote and what is sealed; nothing for neither."""

    def seals(self, one: Recorded) -> bool:
        """Whether when something happened is sealed, and not to be told to whoever looks."""
        return is_sealed(one, self.words_to)

    @property
    def allegation(self) -> str | None:
        """The one allegation that was asked for, where one was."""
        return self.matter.allegation if self.matter else None

    @property
    def whose(self) -> str:
        """Whose record it is, as people read it."""
        return whose(self.kind, self.reference, ALLEGATION, self.allegation)

    @property
    def note(self) -> str:
        """What of the authority's own record is not asked for, in a sentence; empty where nothing is."""
        return LEFT_OUT if self.matter is not None and self.allegation is None else ""

    @cached_property
    def spoken_of(self) -> Mapping[UUID, str]:
        """Which allegation each event of the authority's own record is about, by event id."""
        return {} if self.kind == "child" else allegations_in(self.known)

    def about(self, clock: Clock) -> str:
        """What a clock of the authority's own record is about, as people read it; empty for a child's."""
        if self.kind == "child":
            return ""
        return whose(self.kind, "", clock.timescale.thread, clock.reference)

    @property
    def left_out(self) -> int:
        """How many events are left out in all."""
        return self.not_yet_known + self.not_yet_happened

    def moment(self, now: datetime) -> datetime:
        """The moment clocks are judged at: as-of, else known-at, else now; never later than now."""
        return min(now, self.as_of or self.known_at or now)


def history(
    log: Log,
    stream: UUID,
    *,
    authority: Authority,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    matter: Matter | None = None,
    everything: Sequence[Recorded] | None = None,
    periods: tuple[Period, ...] = (),
    words_to: datetime | None = None,
) -> History:
    """The replay of one stream; empty where nothing had been recorded by then.

    Whoever has read the stream already hands over everything in it.
    With periods it holds only their clocks, and what was said of clocks that are of none is left out.

    Of the authority's own stream a matter may be asked for; what belongs to another is not counted.
    """
    everything = log.history(stream) if everything is None else everything
    known = known_by(everything, known_at)
    happened = happened_by(known, as_of)
    shown = [of_matter(events, matter) for events in (everything, known, happened)]
    named = {
        other: known_by(recorded, known_at) for other, recorded in log.named(everything).items()
    }
    own = known_by(own_stream(log, authority), known_at)
    then = as_told(authority, own)
    every = clocks_in(happened, together(named, as_of), then)
    beside = {one.key for one in every if not of_periods(one, periods)}
    shown = [without(events, beside) for events in shown]
    return History(
        stream=stream,
        reference=everything[0].event.subject if everything else "",
        lines=lines(shown[-1], then, (*known, *own), words_to),
        clocks=tuple(
            clock
            for clock in every
            if clock.key not in beside and (matter is None or matter.is_about(clock))
        ),
        told=from_history(happened).told if happened else {},
        authority=then,
        as_of=as_of,
        known_at=known_at,
        not_yet_known=len(shown[0]) - len(shown[1]),
        not_yet_happened=len(shown[1]) - len(shown[2]),
        known=known,
        kind=everything[0].event.kind if everything else "child",
        named=named,
        matter=matter,
        periods=periods,
        words_to=words_to,
    )


def is_sealed(one: Recorded, words_to: datetime | None) -> bool:
    """Whether when something happened is sealed, and opens to nobody who may read no further than this."""
    said = one.event.said
    if not (isinstance(said, Fact) and said.GUARDED_TIME):
        return False
    return words_to is None or one.recorded_at > words_to


def of_matter(history: Sequence[Recorded], matter: Matter | None) -> Sequence[Recorded]:
    """What of a stream belongs to a matter; all of it where none is asked for."""
    return history if matter is None else matter.of(history)


def without(history: Sequence[Recorded], clocks: Collection[str]) -> Sequence[Recorded]:
    """A history without what was said of some clocks; all of it where there are none."""
    if not clocks:
        return history
    return [one for one in history if getattr(one.event.said, "clock", None) not in clocks]


def together(
    named: Mapping[str, Sequence[Recorded]], as_of: datetime | None
) -> dict[str, Sequence[Recorded]]:
    """What had happened by an instant under each reference of a child, with corrections of any of them."""
    every = [one for recorded in named.values() for one in recorded]
    return {**dict.fromkeys(named, ()), **by_reference(happened_by(every, as_of))}


def clocks_in(
    history: Sequence[Recorded], named: Mapping[str, Sequence[Recorded]], authority: Authority
) -> tuple[Clock, ...]:
    """The clocks of one stream, judged by the facts of every reference of the child."""
    if not history:
        return ()
    joined = joined_history(history[0].event.subject, named) if named else ()
    return from_history(tuple(history), joined).clocks(authority)


def own_stream(log: Log, authority: Authority) -> tuple[Recorded, ...]:
    """What is recorded of the authority itself: its sources, feeds, people and panels."""
    return log.history(log.stream(authority.code, "authority", authority.code))


def as_told(authority: Authority, history: Sequence[Recorded]) -> Authority:
    """The same authority, with its rules and calendar, as these events of its own stream tell."""
    return told_again(authority, history)


def known_by(history: Sequence[Recorded], at: datetime | None) -> tuple[Recorded, ...]:
    """What had been recorded by an instant, the instant included."""
    return tuple(one for one in history if at is None or one.recorded_at <= at)


def happened_by(history: Sequence[Recorded], at: datetime | None) -> tuple[Recorded, ...]:
    """What had happened by an instant, as the facts now stand, and what was said of just that.

    A correction stays with the fact it corrects, however much later it was made.
    """
    if at is None:
        return tuple(history)
    began = {
        one.event_id: bounds(one.event.occurred_at, one.event.occurred_on)[0] for one in history
    }
    began |= {one.event_id: one.earliest for one in standing(history)}
    for one in history:
        said = one.event.said
        if isinstance(said, FactCorrected | FactWithdrawn):
            named_id = named(one.event, said.corrected_event)
            began[one.event_id] = began.get(named_id, began[one.event_id])
    return tuple(one for one in history if began[one.event_id] <= at)


def lines(
    history: Sequence[Recorded],
    authority: Authority,
    causes: Sequence[Recorded] = (),
    words_to: datetime | None = None,
) -> tuple[Line, ...]:
    """One sentence for each event, with why it was so and what later became of it.

    `causes` is what may have made Daymark change what it says: the same stream, and the authority's own.
    """
    changed = any(getattr(one.event.said, "cause", None) for one in history)
    known = {one.event_id: one for one in causes} if changed else {}
    changes: dict[UUID, list[Recorded]] = {}
    for one in history:
        said = one.event.said
        if isinstance(said, FactCorrected | FactWithdrawn):
            changes.setdefault(named(one.event, said.corrected_event), []).append(one)
    return tuple(
        Line(
            recorded=one,
            sentence=with_reason(sentence(one, authority.policy), because(one, known)),
            reported=isinstance(one.event.said, Fact),
            corrected_by=tuple(change.event_id for change in changes.get(one.event_id, ())),
            withdrawn=any(
                isinstance(change.event.said, FactWithdrawn)
                for change in changes.get(one.event_id, ())
            ),
            sealed=is_sealed(one, words_to),
        )
        for one in history
    )


def with_reason(said: str, why: str) -> str:
    """A sentence with its reason, where it has one."""
    return f"{said.removesuffix('.')}, because of {why}." if why else said


@dataclass(frozen=True)
class Judged:
    """A clock with both its verdicts; cured and worsened are what the two say together."""

    clock: Clock
    version: int
    verdict: Verdict
    told_at: datetime | None
    """When the first manager was told of it."""
    breached_at: datetime | None
    """When the breach that stands of it was recorded; nothing where none does."""
    lateness: Lateness | None
    """Whose time it was; nothing while it runs and is not late."""
    warned: tuple[Warned, ...]
    """The warnings that were recorded of it, oldest first."""
    known_then: Callable[[], Verdict | None] = field(compare=False, repr=False)

    @cached_property
    def verdict_then(self) -> Verdict | None:
        """As known just after it ran out; nothing while it has not, or where nobody knew of it then.

        Worked out when it is asked for: the whole history is judged again as it was at that instant.
        """
        return self.known_then()


def judged(log: Log, replay: History, now: datetime) -> tuple[Judged, ...]:
    """Every clock of a replay, earliest due first."""
    moment, own = replay.moment(now), own_stream(log, replay.authority)
    told = first_told(line.recorded for line in replay.lines)
    warned = warnings_given(line.recorded for line in replay.lines)
    broken = broken_in(replay.known)
    return tuple(
        Judged(
            clock=clock,
            version=replay.told.get(clock.key, UNTOLD).version,
            verdict=verdict(clock, moment),
            told_at=told.get(clock.key),
            breached_at=replay.told.get(clock.key, UNTOLD).breached_at,
            lateness=lateness(clock, moment, told.get(clock.key)),
            warned=warned.get(clock.key, ()),
            known_then=partial(verdict_then, clock, replay, own, moment, broken),
        )
        for clock in replay.clocks
        if has_begun(clock, moment)
    )


def verdict_then(
    clock: Clock,
    replay: History,
    own: Sequence[Recorded],
    moment: datetime,
    broken: frozenset[str],
) -> Verdict | None:
    """What could be said of a clock just after it ran out, from what had been recorded by then.

    Where it still waited for a feed, it ran out when that waiting would have ended; a breach that
    was recorded at its time is believed, for the feed may have spoken earlier than was allowed.
    """
    if clock.key in broken:
        return Verdict.BREACHED
    at = clock.latest_due_at
    while at <= moment:
        then = as_known(clock.key, replay, own, at)
        if then is None:
            return None
        later = max(then.latest_due_at, then.breaks_at or then.latest_due_at)
        if later <= at:
            return verdict(then, at)
        at = later
    return None


def broken_in(history: Sequence[Recorded]) -> frozenset[str]:
    """The clocks whose breach was recorded at its time, not because a fact arrived already showing it."""
    return frozenset(
        one.event.said.clock
        for one in history
        if isinstance(one.event.said, TimescaleBreached) and one.event.said.cause is None
    )


def as_known(key: str, replay: History, own: Sequence[Recorded], at: datetime) -> Clock | None:
    """A clock as it was known at an instant; nothing where no fact known then had started it."""
    authority = as_told(replay.authority, known_by(own, at))
    named = {other: known_by(recorded, at) for other, recorded in replay.named.items()}
    found = clocks_in(known_by(replay.known, at), named, authority)
    return next((clock for clock in found if clock.key == key), None)
