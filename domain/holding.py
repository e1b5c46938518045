"""Clocks that are held: suspended by a fact where their rule allows it, and resumed by another.

While a clock is held nobody is warned and nothing breaks; on resumption what was left runs on.
What may not hold a clock, or comes too late to, changes nothing and is an anomaly.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from domain.calendar import LONDON, at_clock, end_of, london_date
from domain.facts.whole_child import ClockResumed, ClockSuspended
from domain.run import Run
from domain.standing import Standing
from domain.timescales import Timescale

HOLDABLE: Final = frozenset(
    {
        "elapsed-hours",
        "working-days-day-zero",
        "calendar-days-day-zero",
        "weeks-day-zero",
        "months-clamped",
        "inclusive-days",
    }
)
"""The ways of counting of which something can be left; a sitting or a booked meeting waits for nobody."""

NONE: Final = timedelta()


@dataclass(frozen=True, slots=True)
class Hold:
    """A time in which a clock stands still."""

    since: Standing
    until: Standing | None
    """What let it run on; nothing while it is still held."""

    @property
    def resumes(self) -> datetime | None:
        """The instant from which it runs on; where only the day is known, that day's beginning."""
        if self.until is None:
            return None
        return max(self.since.earliest, self.until.earliest)

    def holds(self, now: datetime) -> bool:
        """Whether the clock stands still at an instant."""
        return self.since.earliest <= now and (self.resumes is None or now < self.resumes)


class Reckoned(NamedTuple):
    """When a clock is due and when somebody is warned, so far as it is not held any more."""

    due_at: datetime
    due_on: date | None
    warnings: tuple[datetime, ...]
    holds: tuple[Hold, ...] = ()


def why_never_held(timescale: Timescale) -> str | None:
    """Why a rule cannot let its clocks be held, whatever it says; nothing where it can."""
    if timescale.convention not in HOLDABLE:
        return f"what is left of {timescale.convention.replace('-', ' ')} cannot be counted on"
    for name in ("due_from_field", "earliest_with", "quota"):
        if getattr(timescale, name) is not None:
            return f"its due day is not only counted ({name}), so nothing can be left of it"
    return None


def held(run: Run, reckoned: Reckoned) -> Reckoned:
    """The same clock with every time in which it was held left out of the count.

    Raises Uncountable where the calendar does not reach so far.
    """
    found = reckoned
    for since in deciding(ClockSuspended.NAME, run):
        running = not found.holds or (ended := found.holds[-1].resumes) is None
        if found.holds and (running or since.earliest < ended):  # type: ignore[operator]
            continue
        if since.earliest >= found.due_at:
            continue
        until = next((one for one in deciding(ClockResumed.NAME, run) if ends(one, since)), None)
        found = later(run, found, Hold(since, until))
    return found


def deciding(name: str, run: Run) -> Iterator[Standing]:
    """The facts that may hold or resume a clock: about it, by a role that may, no sooner than it began."""
    suspension = run.timescale.suspension
    assert suspension is not None
    return (
        one
        for one in about(name, run)
        if one.fact.decided_by_role in suspension.by  # type: ignore[attr-defined]
        and not (run.timescale.counts_hours and one.to_the_day and name == ClockSuspended.NAME)
        and ends(one, run.start)
    )


def about(name: str, run: Run) -> Sequence[Standing]:
    """The facts of a name that mean this clock, in the order in which they happened."""
    found = run.child.by_name.get(name, ())
    whole = run.match == "child"
    return [
        one
        for one in found
        if one.fact.timescale == run.timescale.id  # type: ignore[attr-defined]
        and (whole or one.fact.duty_ref == run.reference)  # type: ignore[attr-defined]
    ]


def ends(one: Standing, before: Standing) -> bool:
    """Whether one fact came no sooner than another; known only to the day, the same day is no sooner."""
    if one.to_the_day or before.to_the_day:
        return one.on >= before.on
    return one.earliest >= before.earliest


def later(run: Run, reckoned: Reckoned, hold: Hold) -> Reckoned:
    """A clock with one more hold: what lay beyond its beginning comes as much later as it lasted."""
    holds = (*reckoned.holds, hold)
    since, resumes = hold.since.earliest, hold.resumes
    if resumes is None:
        early = tuple(at for at in reckoned.warnings if at < since)
        return reckoned._replace(warnings=early, holds=holds)
    if run.timescale.counts_hours:
        length = resumes - since
        moved = tuple(at if at < since else at + length for at in reckoned.warnings)
        return Reckoned(reckoned.due_at + length, None, moved, holds)
    assert reckoned.due_on is not None
    due_on = day_later(run, reckoned.due_on, hold)
    warnings = tuple(
        at if at < since else max(resumes, moment_later(run, at, hold)) for at in reckoned.warnings
    )
    due_at = end_of(due_on)
    return Reckoned(due_at, due_on, tuple(at for at in warnings if at < due_at), holds)


def day_later(run: Run, day: date, hold: Hold) -> date:
    """A day no sooner than the hold, so much later: the day of resumption is day 0 of what was left."""
    assert hold.until is not None
    resumed, held_on = max(hold.until.on, hold.since.on), hold.since.on
    if run.timescale.unit == "working-days":
        return run.calendar.add(resumed, run.calendar.between(held_on, day))
    return day + (resumed - held_on)


def moment_later(run: Run, at: datetime, hold: Hold) -> datetime:
    """The same time of a day that is so much later."""
    local = at.astimezone(LONDON)
    return at_clock(day_later(run, london_date(at), hold), local.time())
