"""Today's tracker beside Daymark: what both say, what only one of them says, and where dates differ."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, NamedTuple

from domain.authority import Authority
from domain.calendar import london_date
from domain.child_episode import ChildEpisode
from domain.clocks import Clock
from domain.conventions import CONVENTIONS, counted_by
from domain.due import LAST_MOMENT

Result = Literal["both", "due-differs", "done-differs", "only-tracker", "only-daymark"]
RESULTS: Final[tuple[Result, ...]] = (
    "both", "due-differs", "done-differs", "only-tracker", "only-daymark",
)  # fmt: skip


class Line(NamedTuple):
    """What a tracker says of one rule about one child."""

    line: int
    child: str
    timescale: str
    due_on: date
    done_on: date | None


@dataclass(frozen=True, slots=True)
class Compared:
    """One duty, as the tracker and as Daymark have it."""

    result: Result
    child: str
    timescale: str
    line: int | None
    """The line of the tracker."""
    clock: str | None
    tracker_due: date | None
    daymark_due: date | None
    tracker_done: date | None
    daymark_done: date | None
    reason: str
    """Why they differ, so far as it is known."""


def compared(
    lines: Sequence[Line], children: Mapping[str, ChildEpisode], authority: Authority, now: datetime
) -> tuple[Compared, ...]:
    """Every line of the tracker, and every clock of ours that is open and in no line."""
    others = {
        name: counted_by(authority, one) for name, one in CONVENTIONS.items() if name != "ours"
    }
    by_child: dict[str, list[Line]] = {}
    for line in lines:
        by_child.setdefault(line.child, []).append(line)
    found: list[Compared] = []
    for child in sorted({*by_child, *children}):
        found += of_child(
            child, by_child.get(child, ()), children.get(child), authority, others, now
        )
    return tuple(found)


def of_child(
    child: str,
    lines: Sequence[Line],
    episode: ChildEpisode | None,
    authority: Authority,
    others: Mapping[str, Authority],
    now: datetime,
) -> Iterator[Compared]:
    """The same for one child."""
    known = authority.policy.by_id
    clocks = [] if episode is None else [one for one in episode.clocks(authority) if one.ours]
    pairs = paired(lines, clocks)
    for line in lines:
        clock = pairs.get(line.line)
        if clock is None:
            reason = (
                "the child is not known"
                if episode is None
                else "no fact has started it"
                if line.timescale in known
                else "no rule of this name: map it in the table of names"
            )
            yield said("only-tracker", child, line.timescale, line, None, reason)
        elif due_day(clock) != line.due_on:
            assert episode is not None
            reason = why_theirs(line, clock, episode, others)
            yield said("due-differs", child, line.timescale, line, clock, reason)
        elif done_day(clock, now) != line.done_on:
            reason = "the tracker and the facts say another day of it being done"
            yield said("done-differs", child, line.timescale, line, clock, reason)
        else:
            yield said("both", child, line.timescale, line, clock, "")
    taken = {clock.key for clock in pairs.values()}
    for clock in clocks:
        if clock.key not in taken and is_open(clock, now):
            yield said("only-daymark", child, clock.timescale.id, None, clock, "not in the tracker")


def paired(lines: Sequence[Line], clocks: Sequence[Clock]) -> dict[int, Clock]:
    """Which clock each line means: of its rule, due the nearest, the nearest pairs first."""
    near = sorted(
        (abs((due_day(clock) - line.due_on).days), line.line, clock.key, clock)
        for line in lines
        for clock in clocks
        if clock.timescale.id == line.timescale
    )
    found: dict[int, Clock] = {}
    taken: set[str] = set()
    for _, line, key, clock in near:
        if line not in found and key not in taken:
            found[line] = clock
            taken.add(key)
    return found


def why_theirs(
    line: Line, clock: Clock, episode: ChildEpisode, others: Mapping[str, Authority]
) -> str:
    """Which other way of counting gives the tracker's day, if any does."""
    gives = [
        CONVENTIONS[name].says
        for name, other in others.items()
        if any(
            one.key == clock.key and due_day(one) == line.due_on for one in episode.clocks(other)
        )
    ]
    if gives:
        return "; or ".join(gives)
    days = (line.due_on - due_day(clock)).days
    return f"no known way of counting: {abs(days)} days {'later' if days > 0 else 'earlier'}"


def due_day(clock: Clock) -> date:
    """The last day, in London, that is in time."""
    return clock.due_on or london_date(clock.due_at - LAST_MOMENT)


def done_day(clock: Clock, now: datetime) -> date | None:
    """The day on which it was done; nothing while it is not."""
    return None if clock.stop is None or is_open(clock, now) else clock.stop.on


def is_open(clock: Clock, now: datetime) -> bool:
    """Whether nothing has ended it yet."""
    return clock.stop is None or clock.stop.earliest > now


def said(
    result: Result, child: str, timescale: str, line: Line | None, clock: Clock | None, reason: str
) -> Compared:
    """One line of what is found."""
    stop = clock.stop if clock else None
    return Compared(
        result=result,
        child=child,
        timescale=timescale,
        line=line.line if line else None,
        clock=clock.key if clock else None,
        tracker_due=line.due_on if line else None,
        daymark_due=due_day(clock) if clock else None,
        tracker_done=line.done_on if line else None,
        daymark_done=stop.on if stop else None,
        reason=reason,
    )


def counts(found: Sequence[Compared]) -> dict[str, int]:
    """How many of each result."""
    counted = Counter(one.result for one in found)
    return {result: counted[result] for result in RESULTS}
