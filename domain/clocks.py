"""Which clocks a child's facts have started, and what can be said of each.

Clocks are a pure function of the set of facts known: neither the order of delivery nor a duplicate
can change one. Nothing here asks the time; `verdict` is given the moment it judges.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Final, NamedTuple

from domain.adoption import CalendarInUse
from domain.authority import Authority
from domain.calendar import end_of
from domain.derived import Child
from domain.due import is_short_notice, reckoned
from domain.ending import is_provisional, stopped
from domain.errors import Uncountable
from domain.event import Kind, Recorded
from domain.holding import Hold
from domain.run import Run
from domain.school_terms import COUNTS
from domain.standing import Standing, standing
from domain.starting import begun, by_calendar
from domain.timescales import Timescale


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


ENDED_IN_TIME: Final = {
    "met": Verdict.MET,
    "cancelled": Verdict.CANCELLED,
    "declined": Verdict.DECLINED,
    "superseded": Verdict.SUPERSEDED,
}
ENDED_LATE: Final = {"met": Verdict.MET_LATE}
"""The child came back after the meeting was due: coming back does not undo the breach."""
BREACHED: Final = Verdict.BREACHED  # looked up once: nearly every clock that ran out asks for it

FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)
"""When a clock runs out that nothing has let run on."""

URGENT: Final = frozenset({"child-out", "hours-critical"})
"""The ladders of rules that no feed is waited for: the child may be in danger now."""

SOONEST: Final = attrgetter("due_at", "key")
"""The order of clocks: earliest due first; ties by key."""


class Clock(NamedTuple):
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
    pack: str
    """The pack that governs it, by hash."""
    counted_by: str
    """The calendar that counts it, by hash."""
    holds: tuple[Hold, ...] = ()
    """The times in which it is held; what was left runs on after each."""
    uncounted: str | None = None
    """Why the count cannot be made, where it cannot: nothing is guessed."""
    gate: bool = False
    """Whether it is judged only once both facts are known."""
    short_notice: bool = False
    """Whether its meeting was booked with less notice than is asked for, so that it is due at once."""

    @property
    def to_the_day(self) -> bool:
        """Whether an hour rule is judged from a fact known only to the day."""
        vague = self.start.to_the_day or (self.stop is not None and self.stop.to_the_day)
        return self.timescale.counts_hours and vague

    @property
    def urgent(self) -> bool:
        """Whether the child may be in danger now, so that no feed is waited for."""
        return self.timescale.ladder in URGENT

    @property
    def stopped_in_time(self) -> bool | None:
        """Whether the stop came before the due instant; nothing where the day does not tell."""
        assert self.stop is not None
        if self.holds and self.still_held:
            return True
        return in_time(self.stop, self.due_at, self.latest_due_at)

    @property
    def still_held(self) -> bool:
        """Whether it is held and nothing has let it run on: it has no due instant until then."""
        return bool(self.holds) and self.holds[-1].until is None


def in_time(stop: Standing, due_at: datetime, latest_due_at: datetime) -> bool | None:
    """Whether a stop came before the due instant; nothing where the day does not tell."""
    if stop.latest < due_at or (stop.latest == due_at and stop.to_the_day):
        return True
    return False if stop.earliest >= latest_due_at else None


def clocks(history: Iterable[Recorded], authority: Authority) -> tuple[Clock, ...]:
    """Every clock these facts have started, earliest due first; ties by key."""
    held = tuple(history)
    kind: Kind = held[0].event.kind if held else "child"
    return clocks_of(standing(held), authority, kind)


def clocks_of(
    facts: Sequence[Standing], authority: Authority, kind: Kind = "child"
) -> tuple[Clock, ...]:
    """The same, where what stands is known already, for a child or for the authority itself."""
    child = Child(authority, tuple(facts))
    found = begun(child)
    if kind == "authority":
        found |= {run.key: run for run in by_calendar(child)}
    adopted = authority.calendars or authority.school_terms
    return tuple(sorted(map(wind if adopted else wound, found.values()), key=SOONEST))


def wind(run: Run) -> Clock:
    """One clock, by the newest calendar that was in use before it ended.

    A calendar adopted later leaves alone what had ended by then, as far as was known.
    """
    authority = run.child.authority
    if authority.school_terms and run.timescale.unit == COUNTS:
        return wind_by_school(run, authority.school_terms)
    if not authority.calendars:
        return wound(run)
    for one in reversed(authority.calendars):
        clock = wound(replace(run, calendar=one.calendar))
        if clock.stop is None or known_to_end(clock.stop) >= one.recorded_at:
            return clock
    return wound(replace(run, calendar=authority.first_calendar))


def wind_by_school(run: Run, adopted: Sequence[CalendarInUse]) -> Clock:
    """One clock that counts school days, by the newest terms that were in use before it ended.

    Before the first terms nothing could be counted, so those count what had ended by then as well.
    """
    clock = wound(replace(run, calendar=adopted[0].calendar))
    for one in reversed(adopted[1:]):
        newer = wound(replace(run, calendar=one.calendar))
        if newer.stop is None or known_to_end(newer.stop) >= one.recorded_at:
            return newer
    return clock


def known_to_end(stop: Standing) -> datetime:
    """When it was known that a clock had ended, and it had."""
    return max(stop.recorded_at, stop.earliest)


def wound(run: Run) -> Clock:
    """One clock: when it is due, what stopped it, and when it counts as broken."""
    timescale, start, child = run.timescale, run.start, run.child
    authority = child.authority
    uncounted: str | None = None
    warnings: tuple[datetime, ...] = ()
    due_on: date | None = None
    holds: tuple[Hold, ...] = ()
    try:
        due_at, due_on, warnings, holds = reckoned(run)
    except Uncountable as why:
        due_at, uncounted = end_of(run.calendar.expires), str(why)
    latest_due_at = due_at
    if start.to_the_day and run.counting.counts_hours:
        latest_due_at += start.latest - start.earliest
    still_held = bool(holds) and holds[-1].until is None
    stop, ending = stopped(run, FOR_EVER if still_held else latest_due_at)
    spans, heard_to = child.who_can_stop(timescale, start.on)
    confirmed = heard_to is None or heard_to >= latest_due_at
    if (
        uncounted
        or still_held
        or (stop is not None and in_time(stop, due_at, latest_due_at) is not False)
    ):
        breaks_at = None
    elif stop is not None and ending == "met":
        # A stop that came late ends the clock and leaves the breach standing.
        breaks_at = latest_due_at
    elif run.gate or not spans:
        breaks_at = None
    elif confirmed or timescale.ladder in URGENT:
        breaks_at = latest_due_at
    else:
        breaks_at = max(latest_due_at, min(map(authority.late_at, spans)))
    answers = start.fact.responsible_authority
    # By position, as one tuple: naming each field would take longer than working it out.
    return Clock._make(
        (
            run.key,
            timescale,
            None if run.reference is None else str(run.reference),
            start,
            due_at,
            due_on,
            latest_due_at,
            warnings,
            stop,
            ending,
            bool(spans),
            confirmed,
            heard_to,
            breaks_at,
            timescale.provisional is not None and is_provisional(timescale.provisional, run),
            answers is None or answers == authority.code,
            run.policy.sha256,
            run.calendar.sha256,
            holds,
            uncounted,
            run.gate,
            timescale.anchor_field is not None and is_short_notice(run),
        )
    )


def verdict(clock: Clock, now: datetime) -> Verdict:
    """What can be said of the clock at `now`; the due instant itself is too late."""
    if clock.stop is not None and clock.stop.earliest <= now:
        ended = verdict_when_stopped(clock)
        if ended is not None:
            return ended
    if clock.uncounted or clock.gate:
        return Verdict.UNDECIDABLE
    if not clock.observable:
        return Verdict.UNOBSERVABLE
    if clock.holds and held_at(clock, now) is not None:
        return Verdict.SUSPENDED
    if clock.breaks_at is not None and now >= clock.breaks_at:
        return BREACHED
    if now >= clock.due_at:
        waits = not clock.confirmed and now >= clock.latest_due_at
        return Verdict.AWAITING_FEED if waits else Verdict.UNDECIDABLE
    soon = bool(clock.warnings) and now >= clock.warnings[0]
    return Verdict.DUE_SOON if soon else Verdict.RUNNING


def held_at(clock: Clock, now: datetime) -> Hold | None:
    """The hold in which a clock stands still at an instant, if it does."""
    return next((one for one in clock.holds if one.holds(now)), None)


def verdict_when_stopped(clock: Clock) -> Verdict | None:
    """What can be said of a clock that a fact has ended; nothing where it came too late to end it."""
    in_time = clock.stopped_in_time
    if in_time is None or clock.uncounted:
        return Verdict.UNDECIDABLE
    assert clock.ending is not None
    return ENDED_IN_TIME[clock.ending] if in_time else ENDED_LATE.get(clock.ending)
