"""Why a clock is where it is: the facts, the rule and clause, each day counted or skipped and why.

The same words stand on the page, in the command and in the e-mail.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from domain.agenda_closing import closing
from domain.all_clear import still_stands
from domain.authority import Authority
from domain.calendar import days_from, london_date
from domain.clocks import Clock, Verdict, held_at, verdict
from domain.facts.whole_child import ClockResumed, ClockSuspended
from domain.holding import Hold
from domain.lateness import lateness, say_lateness, say_told_to_done
from domain.rule_words import besides, how_counted, how_long, what_stops
from domain.school_terms import SchoolTerms
from domain.starting import QUARTER_ENDED
from domain.timescales import spelled
from domain.words import (
    how_late,
    say_day,
    say_due,
    say_fact,
    say_list,
    say_moment,
    say_role,
    say_title,
    say_verdict,
    say_when,
    time_left,
)

BASES: Final = {
    "statutory": "Law or statutory guidance",
    "local": "Local agreement",
    "inferred": "Read out of a published report: to be confirmed",
}


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a count: its number, or why it was not counted."""

    on: date
    number: int | None
    why_not: str | None
    is_start: bool = False
    is_due: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """A question, its answer in a sentence, and the evidence for it."""

    question: str
    answer: str
    verdict: Verdict
    status: str
    lines: tuple[tuple[str, str], ...]
    """What each piece of evidence is called, and what it says."""
    days: tuple[Day, ...]
    """Each day from the start to the due day; empty for rules that count hours or months."""
    stops: tuple[str, ...]
    """What would stop the clock, or would have."""


DAILY: Final = frozenset({"working-days", "calendar-days", "school-days"})
"""The units whose days can be told one by one."""
FIRST_IS_ONE: Final = frozenset({"inclusive-days", "school-days-first-is-day-one"})
"""The ways of counting in which the day it starts is day 1."""

QUESTIONS: Final = {
    Verdict.BREACHED: "Why is this late?",
    Verdict.MET_LATE: "Why was this late?",
    Verdict.AWAITING_FEED: "Why is it not known whether this was done?",
    Verdict.UNOBSERVABLE: "Why is this not known?",
    Verdict.UNDECIDABLE: "Why is this not known?",
    Verdict.SUSPENDED: "Why is this held?",
}

PAST_DUE: Final = {
    Verdict.BREACHED: "Late by",
    Verdict.MET_LATE: "Late by",
    Verdict.AWAITING_FEED: "Past due by",
}
"""What is said of the time since the due instant; nothing where nobody can know what it means."""
NOT_SAID: Final = frozenset({Verdict.AWAITING_FEED, Verdict.UNOBSERVABLE, Verdict.UNDECIDABLE})
"""What nobody can say yet, or ever, to have been done or not."""


def explain(
    clock: Clock,
    authority: Authority,
    now: datetime,
    told_at: datetime | None = None,
    breached_at: datetime | None = None,
) -> Explanation:
    """Everything that says why a clock is where it is at `now`.

    `told_at` is when the first manager was told of it, `breached_at` when its breach was recorded.
    """
    found = verdict(clock, now)
    # While nobody can say whether it was done, no time of it is said to be anybody's.
    unknown = found in NOT_SAID and clock.stop is None
    whose = () if unknown else whose_time(clock, now, told_at)
    return Explanation(
        question=QUESTIONS.get(found, "How was this worked out?"),
        answer=answer(clock, found, authority, now),
        verdict=found,
        status=say_verdict(clock, found),
        lines=(
            *evidence(clock, authority),
            *told_as_late(clock, breached_at),
            *past_due(clock, found, authority, now),
            *whose,
        ),
        days=tuple(days(clock, authority)),
        stops=tuple(dict.fromkeys(what_stops(trigger) for trigger in clock.timescale.stops)),
    )


def answer(clock: Clock, found: Verdict, authority: Authority, now: datetime) -> str:
    """The question answered in one sentence."""
    title, due = say_title(clock.timescale), say_due(clock)
    late = how_late(clock, now, authority.calendar_of(clock.counted_by))
    stop = "" if clock.stop is None else f"{say_fact(clock.stop.name)} on {say_when(clock.stop)}"
    ended = f"{stop[:1].lower()}{stop[1:]}"
    match found:
        case Verdict.RUNNING | Verdict.DUE_SOON:
            left = time_left(clock, now, authority.calendar_of(clock.counted_by))
            rest = "it runs out today" if left == "today" else f"{left} left"
            return f"{title} is due by {due}: {rest}."
        case Verdict.BREACHED if clock.stop is not None:
            return f"{title} was due by {due}. {stop} came after that, and does not undo it."
        case Verdict.BREACHED if not clock.confirmed:
            return (
                f"{title} was due by {due}. Nothing heard so far says it was done: not confirmed."
            )
        case Verdict.BREACHED:
            return f"{title} was due by {due} and is late by {late}. Nothing recorded says it was done."
        case Verdict.MET:
            return f"{title} was due by {due} and was done in time: {ended}."
        case Verdict.MET_LATE:
            return f"{title} was due by {due} and was done late by {late}: {ended}."
        case Verdict.AWAITING_FEED:
            assert clock.heard_to is not None
            heard = f"heard up to {say_moment(clock.heard_to)}"
            return f"{title} was due by {due}. The case system that would say has been {heard}."
        case Verdict.UNOBSERVABLE:
            return f"No registered source can state what would meet {title} for this start."
        case Verdict.UNDECIDABLE if clock.uncounted:
            return f"{title} cannot be counted, and nothing is guessed: {clock.uncounted}."
        case Verdict.UNDECIDABLE if clock.gate:
            return f"{title} is due by {due}. It is judged once what it asks for is known."
        case Verdict.UNDECIDABLE:
            return f"{title} cannot be decided: what is known says only the day, not the hour."
        case Verdict.DECLINED:
            return f"{title} was declined in time: {ended}."
        case Verdict.SUSPENDED:
            hold = held_at(clock, now)
            assert hold is not None
            return (
                f"{title} is held since {say_when(hold.since)}: {why_held(hold)}."
                " What is left of its time runs on once it is resumed."
            )
        case _:  # cancelled or superseded
            return f"{title} is not needed any more: {ended}."


def evidence(clock: Clock, authority: Authority) -> Iterator[tuple[str, str]]:
    """The facts, the rule and its clause, line by line."""
    rule = clock.timescale
    yield "Rule", f"{say_title(rule)}: {how_long(rule, what_starts(clock))}."
    policy = authority.policy_of(clock.pack)
    if more := " ".join(besides(rule, policy)):
        yield "Besides", more
    clause = f", {rule.source.clause}" if rule.source.clause else ""
    yield "Who says so", f"{BASES[rule.basis]}. {rule.source.document}{clause}."
    if rule.source.quote is not None:
        yield "In its words", f"“{rule.source.quote}”"
    if not rule.source.found:
        yield "To be confirmed", "The text was not read: this is general knowledge of practice."
    yield "Rules used", rules_used(clock, authority)
    start = clock.start
    by_calendar = start.name == QUARTER_ENDED
    yield (
        "Started",
        f"{say_fact(start.name)} on {say_day(start.on)}, by the calendar."
        if by_calendar
        else f"{say_fact(start.name)} on {say_when(start)}, recorded {say_moment(start.recorded_at)}.",
    )
    if start.cause is not None and not by_calendar:
        yield "Start corrected", f"Recorded {say_moment(start.visible_at)}."
    yield "Counting", counting(clock, authority)
    for hold in clock.holds:
        yield "Held", say_hold(hold)
    if clock.uncounted:
        yield "Due", f"Not known: {clock.uncounted}."
    elif clock.still_held:
        yield "Due", f"By {say_due(clock)}, had it not been held."
    else:
        yield "Due", f"By {say_due(clock)}."
    if clock.provisional:
        yield (
            "Not yet certain",
            "It has not been decided that this is needed, so only the team is told.",
        )
    if clock.stop is not None:
        stop = clock.stop
        yield (
            "Stopped",
            f"{say_fact(stop.name)} on {say_when(stop)}, recorded {say_moment(stop.recorded_at)}.",
        )
    if clock.to_the_day:
        yield "To the day", bounds_in_words(clock)


def past_due(
    clock: Clock, found: Verdict, authority: Authority, now: datetime
) -> Iterator[tuple[str, str]]:
    """How late a clock is or was; of one that still waits to be heard of, only how long past due."""
    called = PAST_DUE.get(found)
    late = how_late(clock, now, authority.calendar_of(clock.counted_by))
    if called and late:
        yield called, late


def told_as_late(clock: Clock, breached_at: datetime | None) -> Iterator[tuple[str, str]]:
    """That a breach stands of which nobody can tell any more whether it is one, and why."""
    if breached_at is not None and (said := still_stands(clock, breached_at)):
        yield "Told as late", said


def rules_used(clock: Clock, authority: Authority) -> str:
    """The pack that judges a clock, by name, version and first day; its hash stands in the files."""
    policy = authority.policy_of(clock.pack)
    named = f"{policy.name}, version {policy.version}"
    days = [
        one.from_on
        for one in authority.packs
        if one.policy.sha256 == policy.sha256 and one.from_on <= clock.start.on
    ]
    if days:
        return f"{named}, adopted for what starts from {say_day(days[-1])}."
    if authority.packs:
        return f"{named}, for what started before {say_day(authority.packs[0].from_on)}."
    return f"{named}, as no other was adopted here."


def why_held(hold: Hold) -> str:
    """The coded reason for which a clock is held, and who decided it."""
    said = hold.since.fact
    assert isinstance(said, ClockSuspended)
    return f"{said.reason.replace('-', ' ')}, decided by the {say_role(said.decided_by_role)}"


def say_hold(hold: Hold) -> str:
    """A hold in a sentence: since when, why, who decided, and until when."""
    held = f"Since {say_when(hold.since)}: {why_held(hold)}"
    if hold.until is None:
        return f"{held}. Nothing has let it run on yet."
    said = hold.until.fact
    assert isinstance(said, ClockResumed)
    return (
        f"{held}. It runs on since {say_when(hold.until)}:"
        f" {said.reason.replace('-', ' ')}, decided by the {say_role(said.decided_by_role)}."
    )


def whose_time(clock: Clock, now: datetime, told_at: datetime | None) -> Iterator[tuple[str, str]]:
    """Where the time of a clock went that has ended or is late: to reporting, recording or practice."""
    found = lateness(clock, now, told_at)
    if found is not None:
        yield "Where the time went", say_lateness(found)
        if said := say_told_to_done(found):
            yield "After the first message", said


def bounds_in_words(clock: Clock) -> str:
    """Between which two moments an hour rule known only to the day could have run out."""
    first, last = say_moment(clock.due_at), say_moment(clock.latest_due_at)
    return f"Only the day is known, not the hour: it ran out between {first} and {last}."


def what_starts(clock: Clock) -> str:
    """The fact that starts the clock, in words."""
    return say_fact(clock.start.name).lower()


def counting(clock: Clock, authority: Authority) -> str:
    """How days or hours are counted, and which working days were no days of the count."""
    said = how_counted(clock.timescale)
    calendar = authority.calendar_of(clock.counted_by)
    if isinstance(calendar, SchoolTerms) and clock.uncounted is None:
        return f"{said} {by_school_terms(clock, calendar)}"
    if clock.timescale.sitting is not None:
        return f"{said} {by_sitting(clock, authority)}"
    if clock.short_notice:
        return f"{said} It was booked with less notice than that: short notice, due at once."
    if clock.timescale.convention != "working-days-day-zero":
        return said
    holidays = calendar.holidays
    skipped = [
        f"{day.why_not} ({say_day(day.on)})"
        for day in days(clock, authority)
        if day.on in holidays and day.on.weekday() < 5  # noqa: PLR2004
    ]
    return f"{said} Not counted besides weekends: {say_list(skipped, 'and')}." if skipped else said


def by_sitting(clock: Clock, authority: Authority) -> str:
    """Which sitting decides when a clock runs out, or that the limit stands in for one."""
    sitting = clock.timescale.sitting
    assert sitting is not None
    panel = sitting.panel.upper()
    limit = f"the limit of {spelled(sitting.hard_limit.amount, sitting.hard_limit.unit)} stands in"
    on, calendar = clock.start.on, authority.calendar_of(clock.counted_by)
    ahead = [one for one in authority.sittings.get(sitting.panel, ()) if one.sits_on >= on]
    closes = (closing(one, clock.timescale, calendar) for one in ahead)
    first = next((one for one in closes if one.on >= on), None)
    if not ahead:
        return f"No sitting of the {panel} is published for then: {limit}."
    if first is None:
        return f"The agenda of every published sitting of the {panel} was closed: {limit}."
    sits = f"The {panel} sits on {say_day(first.sitting.sits_on)}"
    if clock.due_on is not None and first.sitting.sits_on > clock.due_on:
        return f"{sits}, later than the limit: {limit}."
    said = f"{sits}, and its agenda closes on {say_day(first.on)}"
    return f"{said}." if first.own else f"{said}, {first.whose}"


def by_school_terms(clock: Clock, calendar: SchoolTerms) -> str:
    """In which terms school days were counted, and the holidays and closed days that were not."""
    last = clock.due_on or london_date(clock.due_at)
    passed = list(days_from(clock.start.on, last))
    terms = dict.fromkeys(term.name for day in passed if (term := calendar.term_of(day)))
    closed: dict[str, list[date]] = {}
    for day in passed:
        if day in calendar.holidays:
            closed.setdefault(calendar.holidays[day], []).append(day)
    said = f"Counted in {say_list(list(terms), 'and')}, by {calendar.source}."
    if not closed:
        return said
    named = [
        f"{name} ({say_day(each[0])})"
        if len(each) == 1
        else f"{name} ({say_day(each[0])} to {say_day(each[-1])})"
        for name, each in closed.items()
    ]
    return f"{said} Not counted besides weekends: {say_list(named, 'and')}."


def days(clock: Clock, authority: Authority) -> Iterator[Day]:
    """Every day from the start to the due day, numbered or with the reason it is not."""
    if clock.due_on is None or clock.timescale.unit not in DAILY:
        return
    working = clock.timescale.unit != "calendar-days"
    calendar = authority.calendar_of(clock.counted_by)
    on, number = clock.start.on, 1 if clock.timescale.convention in FIRST_IS_ONE else 0
    why_not = calendar.why_not(on) if number and working else None
    if why_not is not None:
        number = 0
    yield Day(on, None if why_not else number, why_not, is_start=True, is_due=on == clock.due_on)
    while on < clock.due_on:
        on += timedelta(days=1)
        why_not = "Held" if is_left_out(on, clock) else calendar.why_not(on) if working else None
        number += why_not is None
        counted = number if why_not is None else None
        yield Day(on, counted, why_not, is_due=on == clock.due_on)


def is_left_out(on: date, clock: Clock) -> bool:
    """Whether a day is not counted for the clock was held: from after its day to that of resumption."""
    return any(
        hold.since.on < on <= hold.until.on for hold in clock.holds if hold.until is not None
    )
