"""London's days counted the slow and plain way, one after another, for the oracle."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final

import holidays

ONE_DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
SATURDAY: Final = 5
EXTRA_HOLIDAY: Final = 12
"""The day of each month that nobody works by the second calendar."""
BANK_HOLIDAYS: Final = frozenset(
    holidays.country_holidays("GB", subdiv="ENG", years=range(2011, 2030))
)


LAST_DAY: Final = date(2028, 12, 26)
"""The last day of the published list: beyond it nobody knows which days are holidays."""


class BeyondTheListError(Exception):
    """Working days were to be counted of which no list of bank holidays tells."""


@cache
def last_sunday(year: int, month: int) -> date:
    """The last Sunday of a month of 31 days, on which the clocks change."""
    found = date(year, month, 31)
    while found.isoweekday() != 7:
        found -= ONE_DAY
    return found


@cache
def midnight(day: date) -> datetime:
    """The instant at which a London day begins: in summer an hour before Greenwich's."""
    summer = last_sunday(day.year, 3) < day <= last_sunday(day.year, 10)
    begins = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return begins - HOUR if summer else begins


@cache
def midnight_after(day: date) -> datetime:
    """The first instant after a London day."""
    return midnight(day + ONE_DAY)


def london_day(instant: datetime) -> date:
    """The day it is in London at an instant."""
    day = instant.date()
    return day + ONE_DAY if instant >= midnight_after(day) else day


def at_clock(day: date, hour: int) -> datetime:
    """The instant at which London's clocks show an hour after the night, on a day."""
    summer = last_sunday(day.year, 3) <= day < last_sunday(day.year, 10)
    shown = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    return shown - HOUR if summer else shown


def is_working(day: date, *, weekends: bool = False, extra: bool = False) -> bool:
    """Whether a day is Monday to Friday and no holiday; a second calendar has another one each month."""
    if extra and day.day == EXTRA_HOLIDAY:
        return False
    return weekends or (day.weekday() < SATURDAY and day not in BANK_HOLIDAYS)


def must_be_listed(day: date) -> None:
    """Nothing is guessed beyond the list; before it no story begins."""
    if day > LAST_DAY:
        raise BeyondTheListError


@cache
def working_days_on(day: date, count: int, *, weekends: bool = False, extra: bool = False) -> date:
    """The day so many working days later: the day itself is day 0."""
    must_be_listed(day)
    while count:
        day += ONE_DAY
        must_be_listed(day)
        count -= is_working(day, weekends=weekends, extra=extra)
    return day


@cache
def working_days_back(day: date, count: int, *, extra: bool = False) -> date:
    """The day so many working days earlier."""
    must_be_listed(day)
    while count:
        day -= ONE_DAY
        count -= is_working(day, extra=extra)
    return day


@cache
def months_on(day: date, months: int) -> date:
    """The same day so many months later; where that month is shorter, its last day."""
    year, month = day.year, day.month
    step = 1 if months >= 0 else -1
    for _ in range(abs(months)):
        month += step
        if not 1 <= month <= 12:
            year, month = year + step, 1 if step > 0 else 12
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(number, day.day))
        except ValueError:
            continue
    raise AssertionError
