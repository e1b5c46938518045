"""Dates, times, lengths and verdicts as a person would say them, the same on page, command and e-mail."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from domain.calendar import LONDON, WorkingDays, london_date
from domain.clocks import Clock, Verdict, held_at
from domain.code_sets import CODE_SETS
from domain.errors import CalendarExpired
from domain.standing import Standing
from domain.timescales import Timescale, spelled

VERDICTS: Final[Mapping[Verdict, str]] = {
    Verdict.RUNNING: "Running",
    Verdict.DUE_SOON: "Due soon",
    Verdict.AWAITING_FEED: "Waiting for the case system",
    Verdict.BREACHED: "Late",
    Verdict.MET: "Done in time",
    Verdict.MET_LATE: "Done late",
    Verdict.CANCELLED: "Not needed",
    Verdict.DECLINED: "Declined",
    Verdict.SUPERSEDED: "Not needed",
    Verdict.SUSPENDED: "Held",
    Verdict.UNOBSERVABLE: "Not known",
    Verdict.UNDECIDABLE: "Not known",
}
"""Each verdict as a manager reads it."""

ROLES: Final[Mapping[str, str]] = {
    "cse_strategic_lead": "CSE strategic lead",
    "mash_team_manager": "MASH team manager",
    "cp_conference_chair": "child protection conference chair",
    "director_of_childrens_services": "director of children’s services",
    "police_cse_and_missing_coordinator": "police CSE and missing co-ordinator",
    "cme_coordinator": "CME co-ordinator",
    "cafcass": "Cafcass",
}


AGENCY_NAMES: Final[Mapping[str, str]] = {
    "merseyside_police": "Merseyside Police",
    "childrens_social_care": "Children’s social care",
    "childrens_home": "Children’s home",
    "gp": "GP",
    "camhs": "CAMHS",
}
"""Agencies whose code alone would read badly."""


def say_agency(code: str) -> str:
    """An agency in words; the code itself where it is not known."""
    said = CODE_SETS["agency"].labels.get(code, code)
    return AGENCY_NAMES.get(code) or said[:1].upper() + said[1:]


def say_fact(name: str) -> str:
    """A fact in a story or on a page: `Strategy meeting held`."""
    return name.replace("-", " ").capitalize().replace("Fgm ", "FGM ")


DOUBTS: Final[Mapping[str, str]] = {
    "projector": "what has been sent is not on the board yet",
    "dispatcher": "managers may not be told",
    "feed": "a source has been silent for too long",
    "registration": "a source does not state any more what it did",
    "calendar": "the calendar of working days has ended",
    "policy": "nothing can be judged",
    "coverage": "something was not recorded or told in time",
    "parked": "the board lacks something",
    "board": "the board cannot be read",
    "servers": "two servers run with different things",
}
"""Each kind of reason not to rely on Daymark, which the log keeps by the name of what it is about."""


def say_doubt(kind: str, about: str | None = None) -> str:
    """A reason not to rely on Daymark, in the middle of a sentence."""
    said = DOUBTS.get(kind, kind)
    return f"{said} ({about})" if about else said


def say_field(name: str) -> str:
    """What a field of a fact is called: `missing episode reference`, `accommodation`."""
    whole = re.sub(r"_ref(s?)$", r"_reference\1", name)
    return whole.replace("_", " ")


def say_fields(text: str) -> str:
    """A text of the packs with every field it names in words."""
    return re.sub(r"\b[a-z]+(?:_[a-z]+)+\b", lambda found: say_field(found[0]), text)


def say_role(role: str) -> str:
    """A role in words: `service manager`."""
    return ROLES.get(role, role.replace("_", " "))


def say_verdict(clock: Clock, verdict: Verdict) -> str:
    """A verdict as a manager reads it; an urgent clock without word is late, not confirmed."""
    if verdict is Verdict.BREACHED and not clock.confirmed and clock.stop is None:
        return "Late, not confirmed"
    return VERDICTS[verdict]


def say_day(day: date) -> str:
    """A date: 5 April 2016."""
    return f"{day.day} {day:%B %Y}"


def say_weekday(day: date) -> str:
    """A date with its day of the week: Tuesday 5 April 2016."""
    return f"{day:%A} {say_day(day)}"


def say_time(instant: datetime) -> str:
    """A time in London: 6:30pm, 9am, midday, midnight."""
    local = instant.astimezone(LONDON)
    if local.minute == 0 and local.hour in (0, 12):
        return "midday" if local.hour else "midnight"
    hour, half = (local.hour % 12) or 12, "pm" if local.hour >= 12 else "am"  # noqa: PLR2004
    return f"{hour}:{local.minute:02}{half}" if local.minute else f"{hour}{half}"


def say_moment(instant: datetime) -> str:
    """A date and a time: 5 April 2016 at 6:30pm."""
    return f"{say_day(london_date(instant))} at {say_time(instant)}"


def say_end(instant: datetime) -> str:
    """When a time runs out: at midnight the end of the day before, else the moment."""
    local = instant.astimezone(LONDON)
    if (local.hour, local.minute, local.second) != (0, 0, 0):
        return say_moment(instant)
    return f"the end of {say_day(local.date() - timedelta(days=1))}"


def say_when(fact: Standing) -> str:
    """When a fact happened, no more precisely than it is known."""
    return say_day(fact.on) if fact.to_the_day else say_moment(fact.earliest)


def say_due(clock: Clock) -> str:
    """When a clock runs out: the end of a day for day rules, else the moment.

    One that is still held would have run out then, had it not been held.
    """
    if clock.due_on is not None and clock.timescale.kind != "same-day":
        return f"the end of {say_day(clock.due_on)}"
    return say_end(clock.due_at)


def say_title(timescale: Timescale) -> str:
    """A timescale by its title, labelled where the rule itself is still to be confirmed."""
    return f"{timescale.title} (to be confirmed)" if timescale.unconfirmed else timescale.title


def say_allowance(timescale: Timescale) -> str:
    """How long is allowed, labelled where the rule itself is still to be confirmed."""
    allowed = timescale.allowance
    return f"{allowed}, to be confirmed" if timescale.unconfirmed else allowed


def say_hours(length: timedelta) -> str:
    """A length in whole hours: `6 hours`, `less than 1 hour`."""
    hours = int(length.total_seconds() // 3600)
    return "less than 1 hour" if hours < 1 else spelled(hours, "hours")


def say_days(count: int, unit: str) -> str:
    """A number of days: `3 working days`."""
    return spelled(count, unit) if count else f"less than {spelled(1, unit)}"


def days_between(clock: Clock, start: date, end: date, calendar: WorkingDays) -> str:
    """The days between two dates in the clock's own unit, or in calendar days beyond the calendar."""
    if clock.timescale.unit in {"working-days", "school-days"}:
        try:
            return say_days(calendar.between(start, end), clock.timescale.unit)
        except CalendarExpired:
            pass
    return say_days((end - start).days, "calendar-days").replace("calendar ", "")


def how_late(clock: Clock, now: datetime, calendar: WorkingDays) -> str:
    """How far past due a clock is, or was when it stopped, in its own unit; empty when it is not."""
    until = now if clock.stop is None else min(now, clock.stop.earliest)
    if until < clock.due_at or held_at(clock, until) is not None:
        return ""
    if clock.due_on is None or clock.timescale.counts_hours:
        return say_hours(until - clock.due_at)
    return days_between(clock, clock.due_on, london_date(until), calendar)


def time_left(clock: Clock, now: datetime, calendar: WorkingDays) -> str:
    """How long is left before a clock runs out, in its own unit; `today` on its last day."""
    if now >= clock.due_at or held_at(clock, now) is not None:
        return ""
    if clock.due_on is None or clock.timescale.counts_hours:
        return say_hours(clock.due_at - now)
    left = london_date(now)
    if left == clock.due_on:
        return "today"
    return days_between(clock, left, clock.due_on, calendar)


def say_list(words: list[str], joined_by: str = "or") -> str:
    """A list in words: `a, b or c`."""
    if len(words) < 2:  # noqa: PLR2004
        return "".join(words)
    return f"{', '.join(words[:-1])} {joined_by} {words[-1]}"
