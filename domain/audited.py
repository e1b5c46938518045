"""Which clocks of a record, and which records, are of the period that an audit scope is about."""

from collections.abc import Collection, Iterable
from datetime import datetime

from domain.audit_period import Period
from domain.clocks import Clock
from domain.words import say_day, say_list


def of_periods(clock: Clock, periods: Collection[Period]) -> bool:
    """Whether a clock is of one of some periods; every clock is where there are none."""
    stopped = clock.stop.earliest if clock.stop else None
    return not periods or any(
        one.holds(clock.start.earliest, stopped, clock.due_at) for one in periods
    )


def has_anything(period: Period, clocks: Iterable[Clock], happened: Iterable[datetime]) -> bool:
    """Whether a record, as it was known by the end of a period, is of it."""
    return any(at >= period.begins for at in happened) or any(
        of_periods(one, [period]) for one in clocks
    )


def say_period(period: Period) -> str:
    """A period in words that follow what it is about: from 4 January 2016 to 15 January 2016."""
    first, last = (say_day(one) if one else "" for one in period)
    if first and last:
        return f"on {first}" if first == last else f"from {first} to {last}"
    return f"from {first} on" if first else f"up to {last}"


def say_periods(periods: Collection[Period]) -> str:
    """Several periods in words; empty where there is none."""
    return say_list([say_period(one) for one in periods], "and")
