"""London's days: when they begin, which of them are working days, and how days are counted."""

import hashlib
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Iterator, Mapping
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
    names = ("calendar", "begins", "expires", "sha256", "source")
    told, lines = preamble_of(text, "calendar", *names)
    name, begins, expires, sha256, source = (told[one] for one in names)
    _, _, body = text.replace("\r\n", "\n").partition("\n\n")
    found = hashlib.sha256(body.encode()).hexdigest()
    if found != sha256[1]:
        message = f"calendar {name[1]}: its days are not the ones that were hashed ({found})"
        raise UnreadablePolicy(message)
    holidays = dict(holiday(number, line) for number, line in lines)
    first, last = (holiday(number, f"{day},")[0] for number, day in (begins, expires))
    days = days_from(first, last)
    ordinals = tuple(d.toordinal() for d in days if d.weekday() < SATURDAY and d not in holidays)
    return WorkingDays(name[1], source[1], first, last, sha256[1], holidays, ordinals)


def preamble_of(
    text: str, what: str, *needed: str
) -> tuple[Mapping[str, tuple[int, str]], list[tuple[int, str]]]:
    """What a table says of itself, and the lines of its days, each with its number in the text.

    Raises UnreadablePolicy where it does not say what is needed.
    """
    told: dict[str, tuple[int, str]] = {}
    lines = list(enumerate(text.splitlines(), 1))
    ends = next((at for at, (_, line) in enumerate(lines) if not line.strip()), len(lines))
    for number, line in lines[:ends]:
        name, _, value = line.partition(",")
        told[name.strip()] = number, value.strip()
    for name in needed:
        if name not in told:
            message = f"{what}: the preamble lacks {name}"
            raise UnreadablePolicy(message)
    return told, [(number, line) for number, line in lines[ends:] if line.strip()]


def holiday(number: int, line: str) -> tuple[date, str]:
    """One line of a calendar: a day and its name."""
    day, comma, title = line.partition(",")
    try:
        on = date.fromisoformat(day)
    except ValueError:
        comma = ""
    if not comma:
        message = f"calendar:{number}: write each day like 2016-05-02,Early May bank holiday"
        raise UnreadablePolicy(message)
    return on, title


def days_from(first: date, last: date) -> Iterator[date]:
    """Every day between two, both included."""
    return (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
