"""London's days: when they begin, which of them are working days, and how days are counted."""

import hashlib
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from domain.errors import CalendarExpired, UnreadablePolicy

LONDON: Final = ZoneInfo("Europe/London")
SATURDAY: Final = 5
ONE_DAY: Final = timedelta(days=1)


@lru_cache(maxsize=20_000)
def midnight(day: date) -> datetime:
    """The instant (UTC) at which this day begins in London."""
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first instant (UTC) after this London day: what is due that day is too late from then on."""
    return midnight(day + ONE_DAY)


@lru_cache(maxsize=20_000)
def at_clock(day: date, at: time) -> datetime:
    """The instant (UTC) at which London's clocks show this time on this day."""
    return datetime.combine(day, at, LONDON).astimezone(UTC)


@lru_cache(maxsize=20_000)
def london_date(instant: datetime) -> date:
    """The date it is in London at this instant."""
    return instant.astimezone(LONDON).date()


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months later, clamped to that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class WorkingDays:
    """Monday to Friday less the bank holidays of a published list.

    It begins and expires with that list, both ends included; beyond it nothing is guessed.
    """

    id: str
    source: str
    begins: date
    expires: date
    sha256: str
    holidays: Mapping[date, str]
    ordinals: tuple[int, ...] = field(repr=False, compare=False)
    """Every working day, as ordinals, oldest first."""

    def __hash__(self) -> int:
        """By the hash of its list, so that what was counted by it can be kept."""
        return hash(self.sha256)

    def add(self, start: date, count: int) -> date:
        """The working day that is `count` after the start, which is day 0 whatever day it is."""
        self._must_hold(start)
        if count == 0:
            return start
        index = bisect_right(self.ordinals, start.toordinal()) + count - 1
        if index >= len(self.ordinals):
            raise CalendarExpired(self.id, self.expires)
        return date.fromordinal(self.ordinals[index])

    def back(self, day: date, count: int) -> date:
        """The working day that is `count` before this day."""
        self._must_hold(day)
        index = bisect_left(self.ordinals, day.toordinal()) - count
        if index < 0:
            raise CalendarExpired(self.id, self.expires)
        return date.fromordinal(self.ordinals[index])

    def between(self, start: date, end: date) -> int:
        """How many working days lie after the start, up to and including the end; 0 if none."""
        self._must_hold(start)
        self._must_hold(end)
        first = bisect_right(self.ordinals, start.toordinal())
        return max(0, bisect_right(self.ordinals, end.toordinal()) - first)

    def is_working(self, day: date) -> bool:
        """Whether this day counts."""
        return self.why_not(day) is None

    def why_not(self, day: date) -> str | None:
        """Why a day is not counted (its weekend name or its holiday); nothing if it counts."""
        self._must_hold(day)
        if day in self.holidays:
            return self.holidays[day]
        return f"{day:%A}" if day.weekday() >= SATURDAY else None

    def _must_hold(self, day: date) -> None:
        if not self.begins <= day <= self.expires:
            raise CalendarExpired(self.id, self.expires)


def read_calendar(text: str) -> WorkingDays:
    """The calendar a CSV table describes: a preamble of name,value lines, an empty line, then days.

    Raises UnreadablePolicy where the preamble is incomplete or the days are not the ones hashed.
    """
    head, _, body = text.replace("\r\n", "\n").partition("\n\n")
    told = dict(line.split(",", 1) for line in head.splitlines())
    try:
        name, begins, expires = told["calendar"], told["begins"], told["expires"]
        sha256, source = told["sha256"], told["source"]
    except KeyError as error:
        message = f"calendar: the preamble lacks {error.args[0]}"
        raise UnreadablePolicy(message) from error
    found = hashlib.sha256(body.encode()).hexdigest()
    if found != sha256:
        message = f"calendar {name}: its days are not the ones that were hashed ({found})"
        raise UnreadablePolicy(message)
    rows = (line.split(",", 1) for line in body.splitlines())
    holidays = {date.fromisoformat(day): title for day, title in rows}
    first, last = date.fromisoformat(begins), date.fromisoformat(expires)
    days = (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
    ordinals = tuple(d.toordinal() for d in days if d.weekday() < SATURDAY and d not in holidays)
    return WorkingDays(name, source, first, last, sha256, holidays, ordinals)
