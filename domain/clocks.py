"""Which clocks a child's facts have started, and what can be said of each.

Clocks are a pure function of the set of facts known: neither the order of delivery nor a duplicate
can change one. Nothing here asks the time; `verdict` is given the moment it judges.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from domain.authority import Authority, Span
from domain.calendar import add_months, at_clock, end_of, london_date, midnight
from domain.errors import CalendarExpired
from domain.event import Recorded
from domain.facts.whole_child import ChildBorn, ChildDetailsRecorded, DutyExceptionRecorded
from domain.standing import Standing, standing
from domain.timescales import AtLeast, Condition, Not, Timescale, Trigger, Warning_
from domain.timescales import Span as Amount


class Verdict(StrEnum):
    """What can be said of a clock at a given moment."""

    RUNNING = "running"
    DUE_SOON = "due-soon"
    AWAITING_FEED = "awaiting-feed"
    BREACHED = "breached"
    MET = "met"
    MET_LATE = "met-late"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    SUPERSEDED = "superseded"
    SUSPENDED = "suspended"
    UNOBSERVABLE = "unobservable"
    UNDECIDABLE = "undecidable"


ENDINGS: Final = {
    "cancelled": Verdict.CANCELLED,
    "declined": Verdict.DECLINED,
    "superseded": Verdict.SUPERSEDED,
}


@dataclass(frozen=True, slots=True)
class Clock:
    """One timescale running for one child, from the fact that started it.

    All instants are UTC. `due_at` is the first instant that is too late, reckoned strictly: where the
    start is known only to the day, from the beginning of that day.
    """

    key: str
    """The timescale, the event that started it and, where several can, the reference."""
    timescale: Timescale
    reference: str | None
    start: Standing
    due_at: datetime
    due_on: date | None
    """The last day that is in time, for rules that count days; nothing for hours."""
    latest_due_at: datetime
    """The latest that `due_at` can be, where the start is known only to the day."""
    warnings: tuple[datetime, ...]
    stop: Standing | None
    ending: str | None
    """How the stop ends it: `met`, `cancelled`, `declined`, `superseded`."""
    observable: bool
    """Whether a source whose span covers the start can state the stop."""
    confirmed: bool
    """False while only a feed not yet heard past the due instant could state the stop."""
    heard_to: datetime | None
    """How far the batch sources that could state the stop have spoken, where no other can."""
    breaks_at: datetime | None
    """The instant at which it counts as broken, if nothing changes; nothing if it never will."""
    provisional: bool
    """Whether it is not yet certain that the duty binds: warned of, not escalated."""
    ours: bool
    """Whether this authority answers for the duty."""
    uncounted: bool = False
    """The calendar ends before the count does, so nothing is guessed."""

    @property
    def to_the_day(self) -> bool:
        """Whether an hour rule is judged from a fact known only to the day."""
        vague = self.start.to_the_day or (self.stop is not None and self.stop.to_the_day)
        return self.timescale.counts_hours and vague

    @property
    def urgent(self) -> bool:
        """Whether the child may be in danger now, so that no feed is waited for."""
        return self.timescale.ladder in {"child-out", "hours-critical"}

    @property
    def stopped_in_time(self) -> bool | None:
        """Whether the stop came before the due instant; nothing where the day does not tell."""
        assert self.stop is not None
        if self.stop.latest < self.due_at or (
            self.stop.latest == self.due_at and self.stop.to_the_day
        ):
            return True
        return False if self.stop.earliest >= self.latest_due_at else None


@dataclass(slots=True)
class Child:
    """What rules ask of one child's facts, each worked out once."""

    authority: Authority
    facts: tuple[Standing, ...]
    by_name: dict[str, list[Standing]] = field(default_factory=dict)
    away: dict[str, list[Standing]] = field(default_factory=dict)
    """For each missing episode, the facts that state its type, oldest first."""

    def __post_init__(self) -> None:
        """Sort the facts by what they say."""
        for one in self.facts:
            self.by_name.setdefault(one.name, []).append(one)
        for name in ("missing-episode-started", "missing-episode-reclassified"):
            for one in self.by_name.get(name, ()):
                self.away.setdefault(one.fact.missing_episode_ref, []).append(one)  # type: ignore[attr-defined]

    def missing_type(self, one: Standing) -> str | None:
        """The type of the missing episode a fact belongs to, as it stood when the fact happened."""
        said = self.away.get(str(getattr(one.fact, "missing_episode_ref", None)), ())
        types = [s.fact.type for s in said if s.earliest <= one.latest]  # type: ignore[attr-defined]
        return str(types[-1]) if types else None

    def eighteenth_birthday(self) -> Standing | None:
        """The day the child turns 18, as a fact that happens by itself; nothing if no birth date is known."""
        for name in ("child-born", "child-details-recorded"):
            for one in reversed(self.by_name.get(name, [])):
                assert isinstance(one.fact, ChildBorn | ChildDetailsRecorded)
                if (born := one.fact.date_of_birth) is not None:
                    on = add_months(born, 18 * 12)
                    at = midnight(on)
                    return replace(
                        one, name="turned-18", earliest=at, latest=at, on=on, to_the_day=False
                    )
        return None


def clocks(history: Iterable[Recorded], authority: Authority) -> tuple[Clock, ...]:
    """Every clock these facts have started, earliest due first; ties by key."""
    return clocks_of(standing(history), authority)


def clocks_of(facts: Sequence[Standing], authority: Authority) -> tuple[Clock, ...]:
    """The same, where what stands is known already."""
    child = Child(authority, tuple(facts))
    turned_18 = child.eighteenth_birthday()
    found = {
        clock.key: clock for one in facts for clock in started_by(one, child, turned_18)
    }  # two starts of one rule may be satisfied by one fact: it is one clock
    return tuple(sorted(found.values(), key=lambda clock: (clock.due_at, clock.key)))


def started_by(one: Standing, child: Child, turned_18: Standing | None) -> Iterator[Clock]:
    """The clocks one fact has started."""
    for timescale, start in child.authority.policy.starters.get(one.name, ()):
        if not timescale.binds(one.on) or not holds(start, one, child):
            continue
        if timescale.kind == "recurring" and outlived(timescale, one, child):
            continue
        if timescale.kind == "nth-in-window" and not is_nth(timescale, one, child):
            continue
        moment = as_recorded(one) if start.timestamp == "recorded" else one
        for reference, key in references(timescale, one):
            yield wind(timescale, moment, reference, key, child, turned_18)


def holds(trigger: Trigger, one: Standing, child: Child) -> bool:
    """Whether a fact says what the trigger asks."""
    for name, condition in trigger.where.items():
        if name == "derived.missing_type":
            said: object = child.missing_type(one)
        else:
            said = getattr(one.fact, name)
        if not satisfied(condition, said):
            return False
    return True


def satisfied(condition: Condition, said: object) -> bool:
    """Whether a value is what the condition asks; a field the fact lacks satisfies only `not`."""
    match condition:
        case Not(values=values):
            return said not in values
        case AtLeast(at_least=least):
            return isinstance(said, int) and said >= least
        case tuple():
            return said in condition
        case _:
            return said == condition


def references(timescale: Timescale, one: Standing) -> Iterator[tuple[str | None, str]]:
    """Each reference for which a fact starts a clock, with that clock's key."""
    key = f"{timescale.id}.{one.event_id}"
    plural = getattr(one.fact, f"{timescale.match}s", None)
    if plural is not None and timescale.match not in type(one.fact).model_fields:
        for reference in plural:
            yield reference, f"{key}.{hashlib.sha256(reference.encode()).hexdigest()[:12]}"
    else:
        yield getattr(one.fact, timescale.match, None), key


def as_recorded(one: Standing) -> Standing:
    """The same fact, dated by when its source recorded it, else by when Daymark did."""
    at = one.source_recorded_at or one.recorded_at
    return replace(one, earliest=at, latest=at, on=london_date(at), to_the_day=False)


def outlived(timescale: Timescale, one: Standing, child: Child) -> bool:
    """Whether the thread had ended before this fact, which therefore renews nothing."""
    if not any(restart.fact == one.name for restart in timescale.restarts):
        return False
    reference = getattr(one.fact, timescale.match, None)
    return any(
        ended.latest <= one.earliest and not same(ended, one)
        for cancel in timescale.cancels
        if cancel.match is None
        for ended in matching(cancel, timescale, reference, child)
    )


def is_nth(timescale: Timescale, one: Standing, child: Child) -> bool:
    """Whether a fact is the nth of its kind within the window, counted afresh after each reset.

    The ordinal is worked out anew from what stands, whatever order it arrived in.
    Every further nth starts a clock of its own.
    """
    window = timescale.window
    assert window is not None
    merged = {
        reference
        for fact in child.by_name.get("missing-episodes-merged", ())
        for reference in fact.fact.dropped_missing_episode_refs  # type: ignore[attr-defined]
    }
    resets = [
        reset
        for trigger in window.resets_on
        for reset in child.by_name.get(trigger.fact, ())
        if holds(trigger, reset, child) and reset.latest <= one.earliest
    ]
    since = max((reset.latest for reset in resets), default=None)
    first = one.on - timedelta(days=window.amount)
    counted = [
        other
        for other in child.by_name.get(window.counts.fact, ())
        if first <= other.on
        and (other.earliest, other.event_id) <= (one.earliest, one.event_id)
        and (since is None or other.earliest >= since)
        and holds(window.counts, other, child)
        and getattr(other.fact, timescale.match) not in merged
    ]
    return one.event_id in {other.event_id for other in counted} and len(counted) % window.nth == 0


def wind(
    timescale: Timescale,
    start: Standing,
    reference: str | None,
    key: str,
    child: Child,
    turned_18: Standing | None,
) -> Clock:
    """One clock: when it is due, what stopped it, and when it counts as broken."""
    try:
        due_at, due_on = due(timescale, start, child.authority)
        warnings = warned(timescale, start, due_at, due_on, child.authority)
        uncounted = False
    except CalendarExpired:
        due_at = end_of(child.authority.calendar.expires)
        due_on, warnings, uncounted = None, (), True
    vague = start.latest - start.earliest if timescale.counts_hours else timedelta()
    stop, ending = stopped(timescale, start, reference, child, turned_18)
    spans = child.authority.who_can_state(
        frozenset(trigger.fact for trigger in timescale.stops), start.on
    )
    heard_to = heard(spans, child.authority)
    clock = Clock(
        key=key,
        timescale=timescale,
        reference=reference,
        start=start,
        due_at=due_at,
        due_on=due_on,
        latest_due_at=due_at + vague,
        warnings=warnings,
        stop=stop,
        ending=ending,
        observable=bool(spans),
        confirmed=heard_to is None or heard_to >= due_at,
        heard_to=heard_to,
        breaks_at=None,
        provisional=is_provisional(timescale, reference, child),
        ours=start.fact.responsible_authority in (None, child.authority.code),
        uncounted=uncounted,
    )
    return replace(clock, breaks_at=breaks(clock, spans, child.authority))


def due(
    timescale: Timescale, start: Standing, authority: Authority
) -> tuple[datetime, date | None]:
    """The first instant that is too late, and for day rules the last day that is in time."""
    amount, on = timescale.amount, start.on
    if timescale.due_from_field is not None:
        stated = getattr(start.fact, timescale.due_from_field)
        if stated is not None:  # the end in the order or plan wins over the count
            return stated, None
    match timescale.convention:
        case "elapsed-hours":
            return start.earliest + timedelta(hours=amount), None
        case "same-day":
            grace = timedelta(hours=int(timescale.parameter("minimum_grace")))
            late = end_of(on)
            if not start.to_the_day:
                late = max(late, start.earliest + grace)
            return late, london_date(late - timedelta(microseconds=1))
        case "inclusive-days":
            last = on + timedelta(days=amount - 1)
        case "next-sitting":
            last = next_sitting(timescale, on, authority)
        case _:
            last = later(on, Amount(amount=amount, unit=timescale.unit), authority)
    return end_of(last), last


def later(on: date, span: Amount, authority: Authority) -> date:
    """The day that is so much later, the day itself being day 0."""
    match span.unit:
        case "working-days":
            return authority.calendar.add(on, span.amount)
        case "weeks":
            return on + timedelta(weeks=span.amount)
        case "months":
            return add_months(on, span.amount)
        case _:
            return on + timedelta(days=span.amount)


def next_sitting(timescale: Timescale, on: date, authority: Authority) -> date:
    """The first sitting whose agenda is still open, never later than the hard limit."""
    sitting = timescale.sitting
    assert sitting is not None
    limit = later(on, sitting.hard_limit, authority)
    open_ones = [
        one.sits_on
        for one in authority.sittings.get(sitting.panel, ())
        if one.sits_on >= on and one.cutoff_on >= on
    ]
    return min([limit, *open_ones])


def warned(
    timescale: Timescale,
    start: Standing,
    due_at: datetime,
    due_on: date | None,
    authority: Authority,
) -> tuple[datetime, ...]:
    """The instants at which someone is warned, earliest first, all after the start and before due."""
    at = {warning_at(one, start, due_at, due_on, authority) for one in timescale.warn}
    return tuple(sorted(one for one in at if start.earliest < one < due_at))


def warning_at(
    warning: Warning_, start: Standing, due_at: datetime, due_on: date | None, authority: Authority
) -> datetime:
    """The instant of one warning; one counted in days is at the beginning of that London day."""
    last = due_on or london_date(due_at - timedelta(microseconds=1))
    if (span := warning.after_start) is not None:
        if span.unit == "hours":
            return start.earliest + timedelta(hours=span.amount)
        return midnight(later(start.on, span, authority))
    if (span := warning.before_due) is not None:
        if span.unit == "hours":
            return due_at - timedelta(hours=span.amount)
        if span.unit == "working-days":
            return midnight(authority.calendar.back(last, span.amount))
        return midnight(last - timedelta(days=span.amount))
    assert warning.on_due_date_at is not None
    return at_clock(last, time.fromisoformat(warning.on_due_date_at))


def stopped(
    timescale: Timescale,
    start: Standing,
    reference: str | None,
    child: Child,
    turned_18: Standing | None,
) -> tuple[Standing | None, str | None]:
    """The fact that ended a clock and how: the earliest; on a tie a stop beats a cancel."""
    ends: list[tuple[datetime, int, UUID, Standing, str]] = []
    for trigger in timescale.stops:
        ends.extend(
            (one.earliest, 0, one.event_id, one, "met")
            for one in matching(trigger, timescale, reference, child)
            if not same(one, start) and follows(one, start)
        )
    ends.extend(
        (one.earliest, 1, one.event_id, one, ending)
        for one, ending in cancelling(timescale, start, reference, child, turned_18)
    )
    if not ends:
        return None, None
    _, _, _, stop, ending = min(ends, key=lambda end: end[:3])
    return stop, ending


def cancelling(
    timescale: Timescale,
    start: Standing,
    reference: str | None,
    child: Child,
    turned_18: Standing | None,
) -> Iterator[tuple[Standing, str]]:
    """Every fact that would end the clock without meeting it."""
    resumed = [
        one
        for restart in timescale.restarts
        if restart.how == "original-start"
        for one in matching(restart, timescale, reference, child)
    ]
    for cancel in timescale.cancels:
        for one in matching(cancel, timescale, reference, child):
            undone = any(one.earliest <= again.earliest for again in resumed)
            if not undone and not same(one, start) and follows(one, start):
                yield one, cancel.ending
    for one in whole_child_ends(timescale, start, child, turned_18):
        if not same(one, start) and follows(one, start):
            yield one, "cancelled"


CLOSED_WITH_THE_CASE: Final = frozenset(
    {"front-door", "assessment", "enquiry-and-conference", "protection-plan"}
)


def whole_child_ends(
    timescale: Timescale, start: Standing, child: Child, turned_18: Standing | None
) -> Iterator[Standing]:
    """What ends every clock of a child, but those whose rule survives it."""
    survives = timescale.survives
    if "child-died" not in survives:
        yield from child.by_name.get("child-died", ())
    if "turned-18" not in survives and turned_18 is not None:
        yield turned_18
    if "case-transferred" not in survives:
        for one in child.by_name.get("case-transferred", ()):
            if one.fact.accepted:  # type: ignore[attr-defined]
                yield one
    if timescale.thread in CLOSED_WITH_THE_CASE and "case-closed" not in survives:
        mine = getattr(start.fact, "referral_ref", None)
        for one in child.by_name.get("case-closed", ()):
            if mine in (None, one.fact.referral_ref):  # type: ignore[attr-defined]
                yield one


def matching(
    trigger: Trigger, timescale: Timescale, reference: str | None, child: Child
) -> Iterator[Standing]:
    """The facts that a trigger names and that belong to the thread of this reference."""
    for one in child.by_name.get(trigger.fact, ()):
        if belongs(one, trigger, timescale, reference) and holds(trigger, one, child):
            yield one


def belongs(one: Standing, trigger: Trigger, timescale: Timescale, reference: str | None) -> bool:
    """Whether a fact carries the clock's reference, alone or in a list."""
    if isinstance(one.fact, DutyExceptionRecorded):
        return one.fact.timescale == timescale.id and one.fact.duty_ref == reference
    name = trigger.match or timescale.match
    if name == "child":
        return True
    several = getattr(one.fact, f"{name}s", None)
    if several is not None:
        return reference in several
    return reference is not None and getattr(one.fact, name, None) == reference


def same(one: Standing, other: Standing) -> bool:
    """Whether two are the same fact: none stops the clock it starts."""
    return one.event_id == other.event_id


def follows(one: Standing, start: Standing) -> bool:
    """Whether a fact happened at or after the start; known only to the day, the same day counts."""
    if one.to_the_day or start.to_the_day:
        return one.on >= start.on
    return one.earliest >= start.earliest


def is_provisional(timescale: Timescale, reference: str | None, child: Child) -> bool:
    """Whether the duty is not yet certain to bind."""
    if timescale.provisional is None:
        return False
    firm = timescale.provisional.firm_on
    return not any(matching(firm, timescale, reference, child))


def heard(spans: Sequence[Span], authority: Authority) -> datetime | None:
    """How far the feeds have spoken that alone could state a stop; nothing where one is continuous."""
    if not spans or any(span.continuous for span in spans):
        return None
    return min(authority.feeds.get(span.source, span.since) for span in spans)


def breaks(clock: Clock, spans: Sequence[Span], authority: Authority) -> datetime | None:
    """The instant at which a clock counts as broken, if nothing changes; nothing if it never will."""
    if clock.uncounted:
        return None
    if clock.stop is not None:
        # A cancel after the due instant does not undo a breach; a stop then ends it and leaves it standing.
        return clock.latest_due_at if clock.stopped_in_time is False else None
    if not clock.observable:
        return None
    if clock.confirmed or clock.urgent:
        return clock.latest_due_at
    return max(clock.latest_due_at, min(authority.late_at(span) for span in spans))


def verdict(clock: Clock, now: datetime) -> Verdict:
    """What can be said of the clock at `now`; the due instant itself is too late."""
    if clock.stop is not None and clock.stop.earliest <= now:
        return verdict_when_stopped(clock)
    if clock.uncounted:
        return Verdict.UNDECIDABLE
    if not clock.observable:
        return Verdict.UNOBSERVABLE
    if clock.breaks_at is not None and now >= clock.breaks_at:
        return Verdict.BREACHED
    if now >= clock.due_at:
        waits = not clock.confirmed and now >= clock.latest_due_at
        return Verdict.AWAITING_FEED if waits else Verdict.UNDECIDABLE
    soon = bool(clock.warnings) and now >= clock.warnings[0]
    return Verdict.DUE_SOON if soon else Verdict.RUNNING


def verdict_when_stopped(clock: Clock) -> Verdict:
    """What can be said of a clock that a fact has ended."""
    in_time = clock.stopped_in_time
    if in_time is None:
        return Verdict.UNDECIDABLE
    if clock.ending == "met":
        return Verdict.MET if in_time else Verdict.MET_LATE
    assert clock.ending is not None
    # The child came back after the meeting was due: coming back does not undo the breach.
    return ENDINGS[clock.ending] if in_time else Verdict.BREACHED


def known(clocks_found: Iterable[Clock]) -> Mapping[str, Clock]:
    """The clocks by key."""
    return {clock.key: clock for clock in clocks_found}
