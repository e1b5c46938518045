"""Working days, months and London's days, against calculations that share no code with them."""

import hashlib
from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from domain.calendar import add_months, end_of, london_date, midnight, read_calendar
from domain.errors import CalendarExpired, UnreadablePolicy
from tests.histories import working_days

ENGLAND = holidays.country_holidays("GB", subdiv="ENG", years=range(2012, 2030))
LAST = date(2028, 12, 26)


def naive(start: date, count: int) -> date | None:
    """So many working days later, stepping day by day through an independent list."""
    day = start
    while count:
        day += timedelta(days=1)
        if day > LAST:
            return None
        count -= day.isoweekday() < 6 and day not in ENGLAND
    return day


def test_every_start_agrees_with_an_independent_calculation() -> None:
    """For every start from 2013 to 2028 the count ends on the same day, or the calendar refuses."""
    calendar = working_days()
    day, wrong = date(2013, 1, 1), []
    while day <= date(2028, 12, 31):
        for count in (1, 2, 3, 10, 15, 45):
            expected = naive(day, count)
            try:
                found: date | None = calendar.add(day, count)
            except CalendarExpired:
                found = None
            if found != expected:
                wrong.append((day, count, found, expected))
        day += timedelta(days=1)

    assert wrong == []


@given(some.dates(date(2013, 1, 1), date(2028, 6, 1)), some.integers(1, 60))
def test_counting_there_and_between_agree(start: date, count: int) -> None:
    """The working days between a start and its nth working day are n, and back again finds the day before."""
    calendar = working_days()
    end = calendar.add(start, count)

    assert calendar.between(start, end) == count
    assert calendar.is_working(end)
    assert calendar.between(end, start) == 0
    assert calendar.add(calendar.back(end, 1), 1) == end


@given(some.dates(date(2000, 1, 1), date(2060, 1, 1)), some.integers(0, 30))
def test_months_keep_their_day_or_clamp(start: date, months: int) -> None:
    """The same day of the month, or that month's last day; never the month after."""
    found = add_months(start, months)

    assert (found.year * 12 + found.month) - (start.year * 12 + start.month) == months
    assert found.day == start.day or (found + timedelta(days=1)).day == 1


@settings(max_examples=300)
@given(some.dates(date(2013, 1, 1), date(2028, 12, 31)))
def test_a_london_day_begins_and_ends_where_its_clocks_say(day: date) -> None:
    """Every instant from its midnight to the next is that day, on the days the clocks change too."""
    assert london_date(midnight(day)) == day
    assert london_date(end_of(day) - timedelta(microseconds=1)) == day
    assert london_date(end_of(day)) == day + timedelta(days=1)


def test_days_of_23_and_25_hours() -> None:
    """The days on which the clocks change are an hour shorter and an hour longer."""
    assert end_of(date(2026, 3, 29)) - midnight(date(2026, 3, 29)) == timedelta(hours=23)
    assert end_of(date(2026, 10, 25)) - midnight(date(2026, 10, 25)) == timedelta(hours=25)
    assert midnight(date(2026, 7, 1)) == datetime(2026, 6, 30, 23, tzinfo=UTC)


def test_a_count_of_none_is_the_start_itself() -> None:
    """Day 0 is the start whatever day it is."""
    assert working_days().add(date(2026, 4, 4), 0) == date(2026, 4, 4)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 4, 3), "Good Friday"),
        (date(2026, 4, 4), "Saturday"),
        (date(2026, 4, 5), "Sunday"),
        (date(2026, 4, 7), None),
        (date(2023, 5, 8), "Bank holiday for the coronation of King Charles III"),
    ],
)
def test_why_a_day_is_not_counted(day: date, why: str | None) -> None:
    """A holiday by its name, a weekend by its day."""
    assert working_days().why_not(day) == why


def test_beyond_the_published_list_nothing_is_guessed() -> None:
    """Before it begins and after it expires every question is refused, naming the last day."""
    calendar = working_days()
    with pytest.raises(CalendarExpired, match="ends on 26 December 2028"):
        calendar.add(date(2028, 12, 22), 5)
    with pytest.raises(CalendarExpired):
        calendar.back(date(2012, 1, 3), 5)
    with pytest.raises(CalendarExpired):
        calendar.why_not(date(2011, 12, 31))
    with pytest.raises(CalendarExpired):
        calendar.between(date(2028, 12, 1), date(2029, 1, 1))


def test_a_changed_table_is_refused() -> None:
    """A day slipped into the list no longer has the hash that was published with it."""
    text = "calendar,x\nsource,y\nbegins,2026-01-01\nexpires,2026-12-31\nsha256,0\n\n2026-01-01,New Year\n"
    with pytest.raises(UnreadablePolicy, match="not the ones that were hashed"):
        read_calendar(text)
    with pytest.raises(UnreadablePolicy, match="lacks expires"):
        read_calendar(text.replace("expires,2026-12-31\n", ""))


@pytest.mark.parametrize("line", ["2016-13-02,May", "2 May 2016,May", "2016-05-02"])
def test_a_day_that_cannot_be_read_is_refused_with_its_line(line: str) -> None:
    """Half a calendar would count the wrong days in silence."""
    body = f"2016-03-25,Good Friday\n{line}\n"
    sha256 = hashlib.sha256(body.encode()).hexdigest()
    head = f"calendar,x\nsource,y\nbegins,2016-01-01\nexpires,2016-12-31\nsha256,{sha256}\n"

    with pytest.raises(UnreadablePolicy, match="calendar:8: write each day like 2016-05-02"):
        read_calendar(f"{head}\n{body}")
