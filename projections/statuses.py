"""Between which instants what can be said of a clock: worked out once, read off whenever asked."""

from datetime import datetime
from typing import NamedTuple

from domain.clocks import Clock, Verdict, verdict
from domain.starting import QUARTER_ENDED


class Spell(NamedTuple):
    """A status with the instants between which it is true: the first included, the second not."""

    status: Verdict
    ended: bool
    """Whether nothing more is waited for."""
    from_at: datetime
    to_at: datetime | None
    """Nothing where it stays so until something is recorded."""


def spells(clock: Clock, since: datetime) -> tuple[Spell, ...]:
    """What can be said of a clock from an instant on, if nothing more is recorded.

    `since` is when the last event about the child was recorded: nobody can ask about a moment
    before it of a board that knows the event.
    The law stays in one place: at each instant where something may change, the domain is asked.
    """
    since = since if has_begun(clock, since) else clock.start.earliest
    moments = [since, *sorted({at for at in turning_points(clock) if at > since})]
    said = [(verdict(clock, at), has_ended(clock, at)) for at in moments]
    kept = [n for n in range(len(said)) if n == 0 or said[n] != said[n - 1]]
    ends = [moments[n] for n in kept[1:]]
    return tuple(
        Spell(*said[n], from_at=moments[n], to_at=to_at)
        for n, to_at in zip(kept, [*ends, None], strict=True)
    )


def turning_points(clock: Clock) -> set[datetime]:
    """Every instant at which the verdict may change without anything being recorded."""
    points = {*clock.warnings, clock.due_at, clock.latest_due_at}
    for hold in clock.holds:
        points |= {hold.since.earliest, hold.resumes or hold.since.earliest}
    if clock.breaks_at is not None:
        points.add(clock.breaks_at)
    if clock.stop is not None:
        points.add(clock.stop.earliest)
    return points


def has_begun(clock: Clock, now: datetime) -> bool:
    """Whether a clock that the calendar starts has started; any other has, with its fact."""
    return clock.start.name != QUARTER_ENDED or clock.start.earliest <= now


def has_ended(clock: Clock, now: datetime) -> bool:
    """Whether something has ended the clock by now; a fact dated ahead ends nothing yet."""
    return clock.stop is not None and clock.stop.earliest <= now
