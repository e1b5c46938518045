"""Whose time it was: how long a clock's time lay with who told us, with the records and with practice.

The three parts always add up to the whole, from the start to its end or to now.
Where a fact is known only to the day, all of it is counted in whole London days.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.calendar import london_date
from domain.clocks import Clock, held_at
from domain.engine_events import ManagerNotified
from domain.event import Recorded
from domain.timescales import spelled

NONE: Final = timedelta()
DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Lateness:
    """The time of one clock, from what started it to what ended it or to now, in three parts."""

    notification: timedelta
    """From when it happened to when it was reported."""
    recording: timedelta
    """From when it was reported to when Daymark had it recorded."""
    practice: timedelta
    """From when it was known to when it was done; less than nothing where it was done beforehand."""
    told_to_done: timedelta | None
    """From when the first manager was told to when it was done; nothing where nobody was told before."""
    whole_days: bool
    """Whether a fact is known only to the day, so that days are counted."""
    report_known: bool
    """Whether anything says when it was reported; where not, that time is counted as recording."""
    done: bool
    """Whether something has ended it; else its time runs on."""

    @property
    def whole(self) -> timedelta:
        """From the start to the end or to now: the sum of the three."""
        return self.notification + self.recording + self.practice


def lateness(clock: Clock, now: datetime, told_at: datetime | None = None) -> Lateness | None:
    """Whose time it was, for a clock that has ended or is past due at `now`; nothing for any other.

    `told_at` is when the first manager was told of the clock.
    """
    stop = clock.stop if clock.stop is not None and clock.stop.earliest <= now else None
    waits = now < clock.due_at or clock.uncounted or held_at(clock, now) is not None
    if stop is None and waits:
        return None
    start = clock.start
    whole_days = start.to_the_day or (stop is not None and stop.to_the_day)
    until = now if stop is None else stop.earliest
    stated = getattr(start.fact, "reported_at", None) or start.source_recorded_at
    # What was reported or recorded only after the end took none of the time before it.
    reported = max(start.earliest, min(stated or start.earliest, until))
    known = max(reported, min(start.recorded_at, until))
    return Lateness(
        notification=between(start.earliest, reported, whole_days=whole_days),
        recording=between(reported, known, whole_days=whole_days),
        practice=between(known, until, whole_days=whole_days),
        told_to_done=None
        if told_at is None or told_at > until
        else between(told_at, until, whole_days=whole_days),
        whole_days=whole_days,
        report_known=stated is not None,
        done=stop is not None,
    )


def between(first: datetime, last: datetime, *, whole_days: bool) -> timedelta:
    """The time between two instants, or the days between the London days they lie in."""
    if whole_days:
        return london_date(last) - london_date(first)
    return last - first


def first_told(history: Iterable[Recorded]) -> dict[str, datetime]:
    """When the first person was told of each clock, by its key."""
    found: dict[str, datetime] = {}
    for recorded in history:
        said = recorded.event.said
        if isinstance(said, ManagerNotified) and said.person is not None and said.delivered:
            found.setdefault(said.clock, recorded.recorded_at)
    return found


def say_lateness(said: Lateness) -> str:
    """The three parts, a short sentence each."""
    if said.report_known:
        reported = f"It was reported {say_after(said.notification, said, 'it began')}"
        recorded = f"It was recorded {say_after(said.recording, said, 'that')}"
    else:
        reported = "Nothing says when it was reported"
        recorded = f"It was recorded {say_after(said.recording, said, 'it began')}"
    if said.practice < NONE:
        done = f"It was done {say_length(-said.practice, said)} before that"
    elif said.done:
        done = f"It was done {say_after(said.practice, said, 'that')}"
    elif said.practice < MINUTE and not said.whole_days:
        done = "It has not been done yet"
    else:
        done = f"It has not been done in the {say_length(said.practice, said)} since"
    days = " Counted in whole days: only the day is known." if said.whole_days else ""
    return f"{reported}. {recorded}. {done}.{days}"


def say_after(length: timedelta, said: Lateness, than: str) -> str:
    """How long after what went before: `3 hours after that`, `the same day`, `at once`."""
    if length:
        return f"{say_length(length, said)} after {than}"
    return "the same day" if said.whole_days else "at once"


def say_told_to_done(said: Lateness) -> str:
    """How long it took once somebody had been told; empty where nobody was told before the end."""
    if said.told_to_done is None:
        return ""
    return (
        f"{say_length(said.told_to_done, said)} {'until it was done' if said.done else 'so far'}."
    )


def say_length(length: timedelta, said: Lateness) -> str:
    """A length in words, as exactly as it is known: `2 days 3 hours`, `0 days`, `less than a minute`."""
    if said.whole_days:
        return spelled(length // DAY, "days")
    counted = (
        (length // DAY, "days"),
        (length % DAY // HOUR, "hours"),
        (length % HOUR // MINUTE, "minutes"),
    )
    return (
        " ".join(spelled(count, unit) for count, unit in counted if count) or "less than a minute"
    )
