"""One record at two moments: what became known between them, and what that made of each clock.

The facts of the first moment are told again one by one until they are those of the second:
where a clock changes on the way, the fact just told is the cause.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal
from uuid import UUID

from domain.authority import Authority
from domain.clocks import Clock, Verdict, verdict
from domain.event import Recorded
from domain.facts.fact import Fact
from domain.recorded_words import sentence
from domain.words import say_due, say_moment, say_title, say_verdict
from projections.history import (
    History,
    Judged,
    Line,
    as_told,
    clocks_in,
    happened_by,
    judged,
    known_by,
    own_stream,
    together,
)
from projections.history_documents import say
from store.log import Log

How = Literal["became-known", "happened", "no-longer"]
What = Literal["begun", "gone", "retimed", "cured", "worsened", "said-otherwise"]

NOT_LATE: Final = frozenset(
    {
        Verdict.RUNNING,
        Verdict.DUE_SOON,
        Verdict.MET,
        Verdict.CANCELLED,
        Verdict.DECLINED,
        Verdict.SUPERSEDED,
        Verdict.SUSPENDED,
    }
)
"""What is said of a clock that is not late after all."""
OVER: Final = frozenset({Verdict.MET, Verdict.CANCELLED, Verdict.DECLINED, Verdict.SUPERSEDED})
LATE: Final = frozenset({Verdict.BREACHED, Verdict.MET_LATE})


@dataclass(frozen=True)
class Learned:
    """One fact that only one of the two moments counts, and why the other does not."""

    line: Line
    how: How


@dataclass(frozen=True)
class Cause:
    """What changed a clock: a fact, or that its time ran on."""

    sentence: str
    recorded: Recorded | None = None


@dataclass(frozen=True)
class Changed:
    """One clock of which the two moments say different things, and why."""

    before: Judged | None
    after: Judged | None
    what: tuple[What, ...]
    causes: tuple[Cause, ...]

    @property
    def one(self) -> Judged:
        """The clock, at the later of the moments that knows it."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True)
class Between:
    """The differences between two moments of one record."""

    first: History
    second: History
    facts: tuple[Learned, ...]
    clocks: tuple[Changed, ...]
    unchanged: int
    """Of how many clocks both moments say the same."""

    @property
    def is_empty(self) -> bool:
        """Whether both moments say the same of everything."""
        return not self.facts and not self.clocks


def between(log: Log, first: History, second: History, now: datetime) -> Between:
    """The differences between two replays of one record."""
    before = {one.clock.key: one for one in judged(log, first, now)}
    after = {one.clock.key: one for one in judged(log, second, now)}
    walk = walked(log, first, second, now)
    found = [
        Changed(old, new, what, (*walk.causes(key), *ran_on(new, first.moment(now))))
        for key in {**before, **after}
        if (what := tuple(differences(old := before.get(key), new := after.get(key))))
    ]
    return Between(
        first,
        second,
        facts=tuple(learned(first, second)),
        clocks=tuple(sorted(found, key=lambda one: (one.one.clock.due_at, one.one.clock.key))),
        unchanged=len({**before, **after}) - len(found),
    )


def learned(first: History, second: History) -> Iterator[Learned]:
    """Every fact that only one of the moments counts, oldest recording first."""
    old = {line.recorded.event_id for line in first.lines}
    new = {line.recorded.event_id for line in second.lines}
    known = {one.event_id for one in first.known}
    lines = {line.recorded.event_id: line for line in (*first.lines, *second.lines)}
    for line in sorted(lines.values(), key=lambda line: line.recorded.position):
        event_id = line.recorded.event_id
        if not line.reported or event_id in old & new:
            continue
        if event_id not in new:
            yield Learned(line, "no-longer")
        else:
            yield Learned(line, "happened" if event_id in known else "became-known")


def differences(old: Judged | None, new: Judged | None) -> Iterator[What]:
    """In what a clock differs; nothing where the moments say the same of it."""
    if old is None or new is None:
        yield "begun" if old is None else "gone"
        return
    if (old.clock.due_at, old.clock.latest_due_at) != (new.clock.due_at, new.clock.latest_due_at):
        yield "retimed"
    if old.verdict is Verdict.BREACHED and new.verdict in NOT_LATE:
        yield "cured"
    elif old.verdict in OVER and new.verdict in LATE:
        yield "worsened"
    elif old.verdict is not new.verdict or stop_of(old.clock) != stop_of(new.clock):
        yield "said-otherwise"


def stop_of(clock: Clock) -> object:
    """What stopped a clock, and when; nothing while nothing has."""
    return clock.stop and (clock.stop.event_id, clock.stop.earliest, clock.stop.latest)


def ran_on(one: Judged | None, since: datetime) -> Iterator[Cause]:
    """That time itself changed what is said of a clock that nothing has stopped."""
    if one is None or one.clock.stop is not None or verdict(one.clock, since) is one.verdict:
        return
    clock = one.clock
    if one.verdict in {Verdict.BREACHED, Verdict.AWAITING_FEED}:
        yield Cause(f"Its time ran out: it was due by {say_due(clock)}.")
    elif one.verdict is Verdict.DUE_SOON:
        yield Cause(f"Its time for warnings came on {say_moment(clock.warnings[0])}.")
    else:
        yield Cause("Only time lies between.")


@dataclass(frozen=True)
class Walk:
    """The way from the facts of one moment to those of the other, fact by fact."""

    moves: tuple[Recorded, ...]
    """The facts to take away and then to tell, in this order."""
    clocks_after: Callable[[int], Mapping[str, object]]
    """What is said of each clock after so many moves."""
    authority: Authority

    def causes(self, key: str) -> tuple[Cause, ...]:
        """The facts that changed one clock."""
        return tuple(
            Cause(sentence(self.moves[number - 1], self.authority.policy), self.moves[number - 1])
            for number in self.turns(key, 0, len(self.moves))
        )

    def turns(self, key: str, low: int, high: int) -> Iterator[int]:
        """After which moves a clock is otherwise; what begins and ends alike is not looked into."""
        if self.clocks_after(low).get(key) == self.clocks_after(high).get(key):
            return
        if high - low == 1:
            yield high
            return
        middle = (low + high) // 2
        yield from self.turns(key, low, middle)
        yield from self.turns(key, middle, high)


def walked(log: Log, first: History, second: History, now: datetime) -> Walk:
    """The way from one moment to the other."""
    whole, moment = own_stream(log, second.authority), second.moment(now)
    child = merged(happened_by(first.known, first.as_of), happened_by(second.known, second.as_of))
    own = merged(known_by(whole, first.known_at), known_by(whole, second.known_at))
    earlier, later = (together(one.named, one.as_of) for one in (first, second))
    named = {ref: merged(earlier.get(ref, ()), later.get(ref, ())) for ref in {**earlier, **later}}
    old, new = (facts_counted(one, whole) for one in (first, second))
    every = {
        one.event_id: one for one in (*child, *own, *(o for each in named.values() for o in each))
    }
    ordered = sorted(every.values(), key=lambda one: one.position)
    gone = [one for one in reversed(ordered) if one.event_id in old - new]
    come = [one for one in ordered if one.event_id in new - old]
    moves = (*gone, *come)

    @cache
    def clocks_after(number: int) -> Mapping[str, object]:
        ids = old - {one.event_id for one in gone[:number]}
        ids |= {one.event_id for one in come[: max(0, number - len(gone))]}
        authority = as_told(second.authority, kept(own, ids))
        others = {ref: kept(events, ids) for ref, events in named.items()}
        return {
            clock.key: (clock.due_at, clock.latest_due_at, stop_of(clock), verdict(clock, moment))
            for clock in clocks_in(kept(child, ids), others, authority)
        }

    return Walk(moves, clocks_after, second.authority)


def facts_counted(replay: History, whole: Sequence[Recorded]) -> AbstractSet[UUID]:
    """Every fact that a replay counts: the child's under each reference, and the authority's own."""
    others = together(replay.named, replay.as_of).values()
    counted = [
        *happened_by(replay.known, replay.as_of),
        *known_by(whole, replay.known_at),
        *(one for each in others for one in each),
    ]
    return {one.event_id for one in counted if isinstance(one.event.said, Fact)}


def merged(first: Sequence[Recorded], second: Sequence[Recorded]) -> tuple[Recorded, ...]:
    """The facts of both, each once, in the order in which they were recorded."""
    found = {one.event_id: one for one in (*first, *second) if isinstance(one.event.said, Fact)}
    return tuple(sorted(found.values(), key=lambda one: one.position))


def kept(history: Sequence[Recorded], ids: AbstractSet[UUID]) -> tuple[Recorded, ...]:
    """What of a history is among these."""
    return tuple(one for one in history if one.event_id in ids)


def say_what(one: Changed) -> Iterator[str]:
    """Each difference of a clock in a sentence."""
    old, new = one.before, one.after
    for what in one.what:
        match what:
            case "begun":
                assert new is not None
                yield f"Only the second moment knows it: {status(new)}, due by {say_due(new.clock)}."
            case "gone":
                assert old is not None
                yield f"Only the first moment knows it: {status(old)}, due by {say_due(old.clock)}."
            case _:
                assert old is not None
                assert new is not None
                yield SAID[what].format(
                    old=status(old),
                    new=status(new),
                    due_old=say_due(old.clock),
                    due_new=say_due(new.clock),
                )


SAID: Final[Mapping[What, str]] = {
    "retimed": "It was due by {due_old}, and then by {due_new}.",
    "cured": "It is not late after all: {old} at the first moment, {new} at the second.",
    "worsened": "It is late after all: {old} at the first moment, {new} at the second.",
    "said-otherwise": "{old} at the first moment, {new} at the second.",
}


def status(one: Judged) -> str:
    """What is said of a clock, in its word."""
    return say_verdict(one.clock, one.verdict)


def between_json(found: Between) -> dict[str, Any]:
    """The differences as a document; its names are a contract."""
    return {
        "reference": found.second.reference,
        "whose": found.second.whose,
        "first": moments_json(found.first),
        "second": moments_json(found.second),
        "facts": [
            {
                "event_id": one.line.recorded.event_id,
                "name": one.line.recorded.event.name,
                "how": one.how,
                "allegation": found.second.spoken_of.get(one.line.recorded.event_id),
                "sentence": one.line.sentence,
                "recorded_at": one.line.recorded.recorded_at,
            }
            for one in found.facts
        ],
        "clocks": [
            {
                "key": one.one.clock.key,
                "timescale": one.one.clock.timescale.id,
                "title": say_title(one.one.clock.timescale),
                "about": found.second.about(one.one.clock),
                "what": one.what,
                "verdict_before": one.before and one.before.verdict.value,
                "verdict_after": one.after and one.after.verdict.value,
                "due_before": one.before and say(one.before.clock.due_at),
                "due_after": one.after and say(one.after.clock.due_at),
                "causes": [
                    {
                        "event_id": cause.recorded and cause.recorded.event_id,
                        "sentence": cause.sentence,
                    }
                    for cause in one.causes
                ],
            }
            for one in found.clocks
        ],
        "unchanged": found.unchanged,
    }


def moments_json(replay: History) -> dict[str, str | None]:
    """The two moments of a replay; nothing stands for now."""
    return {
        "as_of": say(replay.as_of) if replay.as_of else None,
        "known_at": say(replay.known_at) if replay.known_at else None,
    }
