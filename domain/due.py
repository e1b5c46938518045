"""When a clock is due, and when someone is warned before it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache

from domain.calendar import (
    ONE_DAY,
    WorkingDays,
    add_months,
    at_clock,
    end_of,
    london_date,
    midnight,
)
from domain.derived import DAYS, anniversary_of, current_placement, missing_since, said
from domain.errors import BirthDateMissing, CalendarMissing
from domain.holding import Reckoned, held
from domain.matching import matching
from domain.run import Run
from domain.school_terms import SchoolTerms
from domain.sittings import Sitting
from domain.standing import Standing
from domain.timescales import Counting, Quota, Span, Switch, Timescale, Warning_

LAST_MOMENT = timedelta(microseconds=1)
SCHOOL_BEGINS = time(8, 45)
"""When children arrive at school, by the catalogue."""


def reckoned(run: Run) -> Reckoned:
    """When a clock is due and warned of, and in which times it is held.

    Raises Uncountable where a calendar does not reach so far or the birth date it hangs on is not known.
    """
    if run.hangs_on_age:
        raise BirthDateMissing
    if run.gate:
        return Reckoned(*due(run), ())
    found = never_held(run)
    return held(run, found) if run.counting.holdable else found


def never_held(run: Run) -> Reckoned:
    """When a clock is due and warned of if nothing holds it.

    Most rules ask only when it started: what follows from a day is worked out once for all children.
    """
    counting, start = run.counting, run.start
    if counting.by_days:
        found = by_days(counting, start.on, run.calendar)
        if found.warnings and found.warnings[0] <= start.earliest:
            ahead = tuple([at for at in found.warnings if start.earliest < at])
            return found._replace(warnings=ahead)
        return found
    if counting.by_hours:
        at = start.earliest
        warnings = tuple([at + after for after in counting.warned_after])
        return Reckoned(at + counting.allowed.hours, None, warnings)
    due_at, due_on = due(run)
    return Reckoned(due_at, due_on, warned(run, due_at, due_on))


@lru_cache(maxsize=20_000)
def by_days(counting: Counting, on: date, calendar: WorkingDays) -> Reckoned:
    """The same for a rule of which all follows from the day of the start, whatever its hour."""
    last = later(on, counting.allowed, calendar)
    due_at = end_of(last)
    at = {day_warning(one, on, last, calendar) for one in counting.warn}
    return Reckoned(due_at, last, tuple(sorted(one for one in at if one < due_at)))


def due(run: Run) -> tuple[datetime, date | None]:
    """The first instant that is too late, and for day rules the last day that is in time.

    Raises Uncountable where a calendar does not reach so far.
    """
    timescale, start = run.timescale, run.start
    if run.gate:
        return end_of(start.on), start.on
    if (stated := stated_end(run)) is not None:
        return stated
    match timescale.convention:
        case "elapsed-hours":
            return start.earliest + run.counting.allowed.hours, None
        case "hours-before-meeting":
            return before_the_meeting(run), None
        case "same-day":
            grace = timedelta(hours=int(timescale.parameter("minimum_grace")))
            late = end_of(start.on)
            if not start.to_the_day:
                late = max(late, start.earliest + grace)
            return late, london_date(late - LAST_MOMENT)
        case "before-next-school-day":
            return at_clock(last_day(run), SCHOOL_BEGINS), None
        case _:
            last = last_day(run)
    return end_of(last), last


def stated_end(run: Run) -> tuple[datetime, date | None] | None:
    """The end that the order, plan or approval itself says, which wins over the count."""
    name = run.timescale.due_from_field
    if name is None:
        return None
    longer = extending(run)
    stated = said(longer, name)
    if stated is None:
        stated = said(run.start, name)
        if isinstance(stated, date) and longer is not None:
            stated = extended(stated, run)
    if isinstance(stated, datetime):
        return stated, None
    return None if stated is None else (end_of(stated), stated)


def extending(run: Run) -> Standing | None:
    """The fact that lengthens a clock, where its rule lets one."""
    if run.timescale.extension is None:
        return None
    return next(iter(matching(run.timescale.extension.by, run)), None)


def extended(last: date, run: Run) -> date:
    """The last day, so much later as the rule's extension allows."""
    extension = run.timescale.extension
    assert extension is not None
    return later(last, Span(amount=extension.amount, unit=extension.unit), run.calendar)


def last_day(run: Run) -> date:
    """The last day that is in time, by the rule's own count and what may change it."""
    timescale, on = run.timescale, run.start.on
    last = counted(run, run.counting.allowed)
    if timescale.switch is not None:
        last = switched(run, timescale.switch, last)
    if timescale.earliest_with is not None:
        sooner = DAYS[timescale.earliest_with](run.child, run.start)
        if sooner is not None and on <= sooner:
            last = min(last, sooner)
    if extending(run) is not None:
        last = extended(last, run)
    if timescale.quota is not None:
        last = min([last, *within_quota(run)])
    return last


def switched(run: Run, switch: Switch, last: date) -> date:
    """The last day where another amount has come to apply by then."""
    on = run.start.on
    from_on = switches_on(run, switch, last)
    if from_on is None:
        return last
    if switch.after is not None:
        from_on = later(from_on, switch.after, run.calendar)
    if switch.to_parameter is not None:
        settled = run.timescale.parameter_of(switch.to_parameter)
        span = Span.model_validate({"amount": settled.value, "unit": settled.unit})
        return later(on, span, run.calendar) if on >= from_on else last
    other = run.policy.by_id.get(switch.to_rule or "")
    if other is None or last < from_on:
        return last
    return later(on, run.policy.counting[other.id].allowed, run.calendar)


def switches_on(run: Run, switch: Switch, last: date) -> date | None:
    """The day from which the other amount applies.

    What a placement is meant for is asked as it stands when the visit is due.
    """
    match switch.on:
        case "derived.missing_since":
            return missing_since(run.child, run.start, run.reference)
        case "derived.placement_first_anniversary":
            at_due = run.start._replace(latest=end_of(last) - LAST_MOMENT)
            placement = current_placement(run.child, run.start)
            return None if placement is None else anniversary_of(run.child, placement, at_due)
        case named:
            return DAYS[named](run.child, run.start)


def counted(run: Run, span: Span) -> date:
    """The last day of the rule's own count."""
    on = run.start.on
    match run.timescale.convention:
        case "inclusive-days":
            return on + timedelta(days=span.amount - 1)
        case "next-sitting":
            return next_sitting(run)
        case "school-days-first-is-day-one":
            return terms_of(run.calendar).first_of(on, span.amount)
        case _:
            return later(on, span, run.calendar)


def later(on: date, span: Span, calendar: WorkingDays) -> date:
    """The day that is so much later, the day itself being day 0."""
    match span.unit:
        case "working-days":
            return calendar.add(on, span.amount)
        case "weeks":
            return on + timedelta(weeks=span.amount)
        case "months":
            return add_months(on, span.amount)
        case "school-days":
            return terms_of(calendar).add(on, span.amount)
        case _:
            return on + timedelta(days=span.amount)


def terms_of(calendar: WorkingDays) -> SchoolTerms:
    """The school terms by which school days are counted; raises CalendarMissing where none were adopted."""
    if not isinstance(calendar, SchoolTerms):
        missing = "school terms"
        raise CalendarMissing(missing)
    return calendar


def next_sitting(run: Run) -> date:
    """The first sitting whose agenda is still open, never later than the hard limit."""
    rule, on = run.timescale, run.start.on
    assert rule.sitting is not None
    limit = later(on, rule.sitting.hard_limit, run.calendar)
    open_ones = [
        one.sits_on
        for one in run.child.authority.sittings.get(rule.sitting.panel, ())
        if on <= one.sits_on < limit and on <= agenda_closes(one, rule, run.calendar)
    ]
    return min([limit, *open_ones])


def agenda_closes(sitting: Sitting, rule: Timescale, calendar: WorkingDays) -> date:
    """The last day for an agenda: the sitting's own, else so long before it as the rule was settled.

    Raises Uncountable where the calendar does not reach so far.
    """
    if sitting.cutoff_on is not None:
        return sitting.cutoff_on
    ahead = rule.agenda_cutoff
    return sitting.sits_on if ahead is None else sooner(sitting.first_on, ahead, calendar)


def before_the_meeting(run: Run) -> datetime:
    """So many hours before the meeting as last booked; booked with less notice, at once."""
    field = run.timescale.anchor_field
    assert field is not None
    booked = matching(run.timescale.starts[0], run)
    last = booked[-1] if booked else run.start
    meeting: datetime = getattr(last.fact, field)
    return max(meeting - timedelta(hours=run.timescale.amount), last.earliest)


def is_short_notice(run: Run) -> bool:
    """Whether a meeting was last booked with less notice than its rule asks for."""
    booked = matching(run.timescale.starts[0], run)
    last = booked[-1] if booked else run.start
    meeting: datetime = getattr(last.fact, str(run.timescale.anchor_field))
    return meeting - timedelta(hours=run.timescale.amount) < last.earliest


def within_quota(run: Run) -> list[date]:
    """The last day of this break on which the rolling total of its series is not yet passed.

    Nothing where this break does not pass it; a break that has not ended is counted to its own limit.
    """
    quota = run.timescale.quota
    assert quota is not None
    passed = next((day for day, total in totals(run, quota) if total > quota.limit), None)
    return [] if passed is None else [passed - ONE_DAY]


def near_quota(run: Run) -> set[datetime]:
    """When it is warned that the total is near: as the first day begins, after its start, that reaches it."""
    quota = run.timescale.quota
    if quota is None or quota.warn_at is None:
        return set()
    days = (day for day, total in totals(run, quota) if total >= quota.warn_at)
    near = next((day for day in days if day > run.start.on), None)
    return set() if near is None else {midnight(near)}


def totals(run: Run, quota: Quota) -> Iterator[tuple[date, int]]:
    """Each day of a series from this break on, with how many the rolling window holds by then."""
    series = getattr(run.start.fact, quota.per)
    days: set[date] = set()
    for started in run.child.carrying(run.start.name, quota.per, series):
        reference = getattr(started.fact, run.match)
        ends = run.child.carrying("short-break-ended", run.match, reference)
        last = ends[0].on if ends else started.on + timedelta(days=run.timescale.amount - 1)
        days |= {started.on + timedelta(days=n) for n in range((last - started.on).days + 1)}
    taken = sorted(days)
    for place in range(bisect_left(taken, run.start.on), len(taken)):
        day = taken[place]
        yield day, place + 1 - bisect_right(taken, add_months(day, -quota.months))


@cache
def clock_time(said: str) -> time:
    """A time of day as the table writes it."""
    return time.fromisoformat(said)


def warned(run: Run, due_at: datetime, due_on: date | None) -> tuple[datetime, ...]:
    """The instants at which someone is warned, earliest first, all after the start and before due."""
    last = due_on or london_date(due_at - LAST_MOMENT)
    at = {warning_at(one, run.start, due_at, last, run.calendar) for one in run.counting.warn}
    at |= near_quota(run)
    earliest = run.start.earliest
    return tuple(sorted([one for one in at if earliest < one < due_at]))


def warning_at(
    warning: Warning_, start: Standing, due_at: datetime, last: date, calendar: WorkingDays
) -> datetime:
    """The instant of one warning."""
    if warning.after_share is not None:
        return start.earliest + (due_at - start.earliest) * warning.after_share
    if (span := warning.after_start) is not None and span.unit == "hours":
        return start.earliest + span.hours
    if (span := warning.before_due) is not None and span.unit == "hours":
        return due_at - span.hours
    return day_warning(warning, start.on, last, calendar)


def day_warning(warning: Warning_, on: date, last: date, calendar: WorkingDays) -> datetime:
    """The instant of a warning counted in days: at the beginning of that London day, or at its hour."""
    if warning.after_start is not None:
        return midnight(later(on, warning.after_start, calendar))
    if (span := warning.before_due) is not None:
        return midnight(sooner(last, span, calendar))
    assert warning.on_due_date_at is not None
    return at_clock(last, clock_time(warning.on_due_date_at))


def sooner(last: date, span: Span, calendar: WorkingDays) -> date:
    """The day that is so much before another."""
    match span.unit:
        case "working-days" | "school-days":
            return calendar.back(last, span.amount)
        case "weeks":
            return last - timedelta(weeks=span.amount)
        case "months":
            return add_months(last, -span.amount)
        case _:
            return last - timedelta(days=span.amount)
