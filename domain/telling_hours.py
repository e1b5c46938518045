"""At which hours people are told: in the morning digest, in working hours, or at once."""

from datetime import datetime, time, timedelta
from typing import Final

from domain.calendar import LONDON, WorkingDays, at_clock, london_date
from domain.timescales import Span

DAY_BEGINS: Final = time(8)
DAY_ENDS: Final = time(18)


def plus(at: datetime, span: Span, calendar: WorkingDays) -> datetime:
    """An instant so much later; working days keep the time of day."""
    if span.unit == "hours":
        return at + timedelta(hours=span.amount)
    if span.amount == 0:
        return at
    local = at.astimezone(LONDON)
    return at_clock(calendar.add(local.date(), span.amount), local.time())


def digest_after(after: datetime, calendar: WorkingDays) -> datetime:
    """The first 8am of a working day in London at or after an instant."""
    day = london_date(after)
    if not calendar.is_working(day) or at_clock(day, DAY_BEGINS) < after:
        day = calendar.add(day, 1)
    return at_clock(day, DAY_BEGINS)


def next_digest(calendar: WorkingDays, after: datetime) -> datetime:
    """The next 8am of a working day in London, later than an instant."""
    return digest_after(after + timedelta(microseconds=1), calendar)


def working_moment(at: datetime, calendar: WorkingDays) -> datetime:
    """The instant itself within 8am to 6pm of a working day, else the next such morning."""
    local = at.astimezone(LONDON)
    day = local.date()
    if calendar.is_working(day):
        if local.time() < DAY_BEGINS:
            return at_clock(day, DAY_BEGINS)
        if local.time() < DAY_ENDS:
            return at
    return at_clock(calendar.add(day, 1), DAY_BEGINS)
