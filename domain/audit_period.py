"""What of a record an audit scope with a period is about, and up to which moment it may be looked at.

A period is so many London days, the first and the last included; either may be left open.
A clock is of the period where it ran on one of its days, or fell due on one.
A record is of the period where one of its clocks is, or a fact of it happened on one of its days.
Nothing is looked at that was recorded, or happened, after the last day:
neither what had happened nor what was known is asked for a later moment than the end of that day.
What came before the first day is told, for without it the clocks of the period cannot be understood.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from domain.calendar import end_of, midnight

JUST_BEFORE: Final = timedelta(microseconds=1)
FIRST: Final = datetime.min.replace(tzinfo=UTC)
LAST: Final = datetime.max.replace(tzinfo=UTC)


class Period(NamedTuple):
    """The days that a scope is about, both included; nothing for an end that is open."""

    from_on: date | None = None
    to_on: date | None = None

    @property
    def begins(self) -> datetime:
        """The first instant of its first day."""
        return FIRST if self.from_on is None else midnight(self.from_on)

    @property
    def ends(self) -> datetime:
        """The first instant after its last day."""
        return LAST if self.to_on is None else end_of(self.to_on)

    @property
    def last(self) -> datetime:
        """The last instant of its last day: nothing later is looked at."""
        return LAST if self.to_on is None else self.ends - JUST_BEFORE

    def holds(self, started: datetime, stopped: datetime | None, due: datetime) -> bool:
        """Whether a clock between these instants ran on one of its days, or fell due on one.

        `due` is the first instant that is too late: what is due on a day ends with the day.
        """
        ran = started < self.ends and (stopped is None or stopped >= self.begins)
        return ran or self.begins < due <= self.ends


class Looked(NamedTuple):
    """The moments that a record is looked at by, and the periods of whose clocks it then tells."""

    as_of: datetime | None
    known_at: datetime | None
    periods: tuple[Period, ...]
    """None where nothing limits it."""


def looked_at(
    within: Collection[Period], as_of: datetime | None, known_at: datetime | None, now: datetime
) -> Looked | None:
    """What may be looked at of what was asked for; nothing where a moment lies past every period.

    A moment that is left open stands for now, or for the end of the last of the periods.
    Several scopes may be about one record: each opens its own clocks, and only up to its own end.
    """
    if not within:
        return Looked(as_of, known_at, ())
    as_of, known_at = (at and on_the_day(within, at) for at in (as_of, known_at))
    latest = max(one.last for one in within)
    if latest < now:
        as_of, known_at = as_of or known_at or latest, known_at or latest
    asked = max(as_of or now, known_at or now)
    periods = tuple(one for one in within if one.last >= asked)
    return Looked(as_of, known_at, periods) if periods else None


def on_the_day(within: Collection[Period], at: datetime) -> datetime:
    """A moment; the end of a last day as the last instant that belongs to it."""
    return next((one.last for one in within if one.ends == at), at)
