"""Which clocks a child's facts have started, and what can be said of each.

Clocks are a pure function of the set of facts known: neither the order of delivery nor a duplicate
can change one. Nothing here asks the time; `verdict` is given the moment it judges.
"""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from domain.authority import Authority, Span
from domain.calendar import add_months, at_clock, end_of, london_date, midnight
from domain.errors import CalendarExpired
from domain.event import Recorded
from domain.facts.whole_child import ChildBorn, ChildDetailsRecorded, DutyExceptionRecorded
from domain.standing import Standing, standing
from domain.timescales import AtLeast, Condition, Not, Timescale, Trigger, Warning_, Window
from domain.timescales import Span as Amount


class Verdict(StrEnum):
    """What can be said of a clock at a given moment."""

    RUNNING = "running"
    DUE_SOON = "due-soon"
    AWAITING_FEED = "awaiting-feed"
    BREACHED = "breached"
    MET = "met"
    MET_LATE = "met-late"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    SUPERSEDED = "superseded"
    SUSPENDED = "suspended"
    UNOBSERVABLE = "unobservable"
    UNDECIDABLE = "undecidable"


ENDINGS: Final = {
    "cancelled": Verdict.CANCELLED,
    "declined": Verdict.DECLINED,
    "superseded": Verdict.SUPERSEDED,
}

URGENT: Final = frozenset({"child-out", "hours-critical"})
"""The ladders of rules that no feed is waited for: the child may be in danger now."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One timescale running for one child, from the fact that started it.

    All instants are UTC. `due_at` is the first instant that is too late, reckoned strictly: where the
    start is known only to the day, from the beginning of that day.
    """

    key: str
    """The timescale, the event that started it and, where several can, the reference."""
    timescale: Timescale
    reference: str | None
    start: Standing
    due_at: datetime
    due_on: date | None
    """The last day that is in time, for rules that count days; nothing for hours."""
    latest_due_at: datetime
    """The latest that `due_at` can be, where the start is known only to the day."""
    warnings: tuple[datetime, ...]
    stop: Standing | None
    ending: str | None
    """How the stop ends it: `met`, `cancelled`, `declined`, `superseded`."""
    observable: bool
    """Whether a source whose span covers the start can state the stop."""
    confirmed: bool
    """False while only a feed not yet heard past the due instant could state the stop."""
    heard_to: datetime | None
    """How far the batch sources that could state the stop have spoken, where no other can."""
    breaks_at: datetime | None
    """The instant at which it counts as broken, if nothing changes; nothing if it never will."""
    provisional: bool
    """Whether it is not yet certain that the duty binds: warned of, not escalated."""
    ours: bool
    """Whether this authority answers for the duty."""
    uncounted: bool = False
    """The calendar ends before the count does, so nothing is guessed."""

    @property
    def to_the_day(self) -> bool:
        """Whether an hour rule is judged from a fact known only to the day."""
        vague = self.start.to_the_day or (self.stop is not None and self.stop.to_the_day)
        return self.timescale.counts_hours and vague

    @property
    def urgent(self) -> bool:
        """Whether the child may be in danger now, so that no feed is waited for."""
        return self.timescale.ladder in URGENT

    @property
    def stopped_in_time(self) -> bool | None:
        """Whether the stop came before the due instant; nothing where the day does not tell."""
        assert self.stop is not None
        return in_time(self.stop, self.due_at, self.latest_due_at)


def in_time(stop: Standing, due_at: datetime, latest_due_at: datetime) -> bool | None:
    """Whether a stop came before the due instant; nothing where the day does not tell."""
    if stop.latest < due_at or (stop.latest == due_at and stop.to_the_day):
        return True
    return False if stop.earliest >= latest_due_at else None


@dataclass(slots=True)
class Child:
    """What rules ask of one child's facts, each worked out once."""

    authority: Authority
    facts: tuple[Standing, ...]
    by_name: dict[str, list[Standing]] = field(default_factory=dict)
    """The facts of each name, in the order in which they happened."""
    by_reference: dict[tuple[str, str], dict[object, list[Standing]]] = field(default_factory=dict)
    """For a name and a field, the facts that carry each reference, alone or in a list."""
    counted: dict[str, list[datetime]] = field(default_factory=dict)
    """For a rule that counts in a window, when each fact that counts happened."""
    spans: dict[tuple[str, date], tuple[Span, ...]] = field(default_factory=dict)
    """The sources that could state a rule's stop for a start on a day."""

    def __post_init__(self) -> None:
        """Sort the facts by what they say."""
        for one in self.facts:
            self.by_name.setdefault(one.name, []).append(one)

    def carrying(self, name: str, match: str, reference: object) -> Sequence[Standing]:
        """The facts of one name that carry a reference in this field, alone or in a list."""
        if match == "child":
            return self.by_name.get(name, ())
        index = self.by_reference.get((name, match))
        if index is None:
            index = self.by_reference[name, match] = {}
            for one in self.by_name.get(name, ()):
                several = getattr(one.fact, f"{match}s", None)
                if several is None:
                    alone = getattr(one.fact, match, None)
                    several = () if alone is None else (alone,)
                for said in several:
                    index.setdefault(said, []).append(one)
        return index.get(reference, ())

    def missing_type(self, one: Standing) -> str | None:
        """The type of the missing episode a fact belongs to, as it stood when the fact happened."""
        reference = getattr(one.fact, "missing_episode_ref", None)
        said = [
            told
            for name in ("missing-episode-started", "missing-episode-reclassified")
            for told in self.carrying(name, "missing_episode_ref", reference)
            if told.earliest <= one.latest
        ]
        last = max(said, key=lambda told: (told.earliest, told.event_id), default=None)
        return None if last is None else str(last.fact.type)  # type: ignore[attr-defined]

    def eighteenth_birthday(self) -> Standing | None:
        """The day the child turns 18, as a fact that happens by itself; nothing if no birth date is known."""
        for name in ("child-born", "child-details-recorded"):
            for one in reversed(self.by_name.get(name, [])):
                assert isinstance(one.fact, ChildBorn | ChildDetailsRecorded)
                if (born := one.fact.date_of_birth) is not None:
                    on = add_months(born, 18 * 12)
                    at = midnight(on)
                    return replace(
                        one, name="turned-18", earliest=at, latest=at, on=on, to_the_day=False
                    )
        return None


def clocks(history: Iterable[Recorded], authority: Authority) -> tuple[Clock, ...]:
    """Every clock these facts have started, earliest due first; ties by key."""
    return clocks_of(standing(history), authority)


def clocks_of(facts: Sequence[Standing], authority: Authority) -> tuple[Clock, ...]:
    """The same, where what stands is known already."""
    child = Child(authority, tuple(facts))
    turned_18 = child.eighteenth_birthday()
    found = {
        clock.key: clock for one in facts for clock in started_by(one, child, turned_18)
    }  # two starts of one rule may be satisfied by one fact: it is one clock
    return tuple(sorted(found.values(), key=lambda clock: (clock.due_at, clock.key)))


def started_by(one: Standing, child: Child, turned_18: Standing | None) -> Iterator[Clock]:
    """The clocks one fact has started."""
    for timescale, start in child.authority.policy.starters.get(one.name, ()):
        if not timescale.binds(one.on) or not holds(start, one, child):
            continue
        if timescale.kind == "recurring" and outlived(timescale, one, child):
            continue
        if timescale.kind == "nth-in-window" and not is_nth(timescale, one, child):
            continue
        moment = as_recorded(one) if start.timestamp == "recorded" else one
        for reference, key in references(timescale, one):
            yield wind(timescale, moment, reference, key, child, turned_18)


def holds(trigger: Trigger, one: Standing, child: Child) -> bool:
    """Whether a fact says what the trigger asks."""
    for name, condition in trigger.where.items():
        if name == "derived.missing_type":
            said: object = child.missing_type(one)
        else:
            said = getattr(one.fact, name)
        if not satisfied(condition, said):
            return False
    return True


def satisfied(condition: Condition, said: object) -> bool:
    """Whether a value is what the condition asks; a field the fact lacks satisfies only `not`."""
    match condition:
        case Not(values=values):
            return said not in values
        case AtLeast(at_least=least):
            return isinstance(said, int) and said >= least
        case tuple():
            return said in condition
        case _:
            return said == condition


def references(timescale: Timescale, one: Standing) -> Iterator[tuple[str | None, str]]:
    """Each reference for which a fact starts a clock, with that clock's key."""
    key = f"{timescale.id}.{one.event_id}"
    plural = getattr(one.fact, f"{timescale.match}s", None)
    if plural is not None and timescale.match not in type(one.fact).model_fields:
        for reference in plural:
            yield reference, f"{key}.{hashlib.sha256(reference.encode()).hexdigest()[:12]}"
    else:
        yield getattr(one.fact, timescale.match, None), key


def as_recorded(one: Standing) -> Standing:
    """The same fact, dated by when its source recorded it, else by when Daymark did."""
    at = one.source_recorded_at or one.recorded_at
    return replace(one, earliest=at, latest=at, on=london_date(at), to_the_day=False)


def outlived(timescale: Timescale, one: Standing, child: Child) -> bool:
    """Whether the thread had ended before this fact, which therefore renews nothing."""
    if not any(restart.fact == one.name for restart in timescale.restarts):
        return False
    reference = getattr(one.fact, timescale.match, None)
    return any(
        ended.latest <= one.earliest and not same(ended, one)
        for cancel in timescale.cancels
        if cancel.match is None
        for ended in matching(cancel, timescale, reference, child)
    )


def is_nth(timescale: Timescale, one: Standing, child: Child) -> bool:
    """Whether a fact is the nth of its kind within the window, counted afresh after each reset.

    The ordinal is worked out anew from what stands, whatever order it arrived in.
    Every further nth starts a clock of its own.
    """
    window = timescale.window
    assert window is not None
    counted = child.counted.get(timescale.id)
    if counted is None:
        counted = child.counted[timescale.id] = counted_in(window, child)
    if one.event_id in merged_away(child):
        return False
    resets = (
        reset.latest
        for trigger in window.resets_on
        for reset in child.by_name.get(trigger.fact, ())
        if reset.latest <= one.earliest and holds(trigger, reset, child)
    )
    opens = max([midnight(one.on - timedelta(days=window.amount)), *resets])
    ordinal = bisect_right(counted, one.earliest) - bisect_left(counted, opens)
    return ordinal % window.nth == 0


def counted_in(window: Window, child: Child) -> list[datetime]:
    """When each fact that a window counts happened, oldest first; merged records are left out."""
    away = merged_away(child)
    return [
        one.earliest
        for one in child.by_name.get(window.counts.fact, ())
        if holds(window.counts, one, child) and one.event_id not in away
    ]


def merged_away(child: Child) -> set[UUID]:
    """The missing episodes that proved to be part of another: they count for nothing."""
    return {
        started.event_id
        for merged in child.by_name.get("missing-episodes-merged", ())
        for reference in merged.fact.dropped_missing_episode_refs  # type: ignore[attr-defined]
        for started in child.carrying("missing-episode-started", "missing_episode_ref", reference)
    }


def wind(
    timescale: Timescale,
    start: Standing,
    reference: str | None,
    key: str,
    child: Child,
    turned_18: Standing | None,
) -> Clock:
    """One clock: when it is due, what stopped it, and when it counts as broken."""
    try:
        due_at, due_on = due(timescale, start, child.authority)
        warnings = warned(timescale, start, due_at, due_on, child.authority)
        uncounted = False
    except CalendarExpired:
        due_at = end_of(child.authority.calendar.expires)
        due_on, warnings, uncounted = None, (), True
    vague = start.latest - start.earliest if timescale.counts_hours else timedelta()
    if turned_18 is not None and turned_18.earliest >= due_at + vague:
        # A birthday is known years ahead: one that comes too late to matter must not silence the clock.
        turned_18 = None
    stop, ending = stopped(timescale, start, reference, child, turned_18)
    spans = child.spans.get((timescale.id, start.on))
    if spans is None:
        spans = child.authority.who_can_state(timescale.stopped_by, start.on)
        child.spans[timescale.id, start.on] = spans
    heard_to = heard(spans, child.authority)
    confirmed = heard_to is None or heard_to >= due_at
    latest_due_at = due_at + vague
    if uncounted:
        breaks_at = None
    elif stop is not None:
        # A cancel after the due instant does not undo a breach; a stop ends it and leaves it standing.
        breaks_at = None if in_time(stop, due_at, latest_due_at) is not False else latest_due_at
    elif not spans:
        breaks_at = None
    elif confirmed or timescale.ladder in URGENT:
        breaks_at = latest_due_at
    else:
        breaks_at = max(latest_due_at, min(child.authority.late_at(span) for span in spans))
    return Clock(
        key=key,
        timescale=timescale,
        reference=reference,
        start=start,
        due_at=due_at,
        due_on=due_on,
        latest_due_at=latest_due_at,
        warnings=warnings,
        stop=stop,
        ending=ending,
        observable=bool(spans),
        confirmed=confirmed,
        heard_to=heard_to,
        breaks_at=breaks_at,
        provisional=is_provisional(timescale, reference, child),
        ours=start.fact.responsible_authority in (None, child.authority.code),
        uncounted=uncounted,
    )


def due(
    timescale: Timescale, start: Standing, authority: Authority
) -> tuple[datetime, date | None]:
    """The first instant that is too late, and for day rules the last day that is in time."""
    amount, on = timescale.amount, start.on
    if timescale.due_from_field is not None:
        stated = getattr(start.fact, timescale.due_from_field)
        if stated is not None:  # the end in the order or plan wins over the count
            return stated, None
    match timescale.convention:
        case "elapsed-hours":
            return start.earliest + timedelta(hours=amount), None
        case "same-day":
            grace = timedelta(hours=int(timescale.parameter("minimum_grace")))
            late = end_of(on)
            if not start.to_the_day:
                late = max(late, start.earliest + grace)
            return late, london_date(late - timedelta(microseconds=1))
        case "inclusive-days":
            last = on + timedelta(days=amount - 1)
        case "next-sitting":
            last = next_sitting(timescale, on, authority)
        case _:
            last = later(on, Amount(amount=amount, unit=timescale.unit), authority)
    return end_of(last), last


def later(on: date, span: Amount, authority: Authority) -> date:
    """The day that is so much later, the day itself being day 0."""
    match span.unit:
        case "working-days":
            return authority.calendar.add(on, span.amount)
        case "weeks":
            return on + timedelta(weeks=span.amount)
        case "months":
            return add_months(on, span.amount)
        case _:
            return on + timedelta(days=span.amount)


def next_sitting(timescale: Timescale, on: date, authority: Authority) -> date:
    """The first sitting whose agenda is still open, never later than the hard limit."""
    sitting = timescale.sitting
    assert sitting is not None
    limit = later(on, sitting.hard_limit, authority)
    open_ones = [
        one.sits_on
        for one in authority.sittings.get(sitting.panel, ())
        if one.sits_on >= on and one.cutoff_on >= on
    ]
    return min([limit, *open_ones])


def warned(
    timescale: Timescale,
    start: Standing,
    due_at: datetime,
    due_on: date | None,
    authority: Authority,
) -> tuple[datetime, ...]:
    """The instants at which someone is warned, earliest first, all after the start and before due."""
    at = {warning_at(one, start, due_at, due_on, authority) for one in timescale.warn}
    return tuple(sorted(one for one in at if start.earliest < one < due_at))


def warning_at(
    warning: Warning_, start: Standing, due_at: datetime, due_on: date | None, authority: Authority
) -> datetime:
    """The instant of one warning; one counted in days is at the beginning of that London day."""
    last = due_on or london_date(due_at - timedelta(microseconds=1))
    if (span := warning.after_start) is not None:
        if span.unit == "hours":
            return start.earliest + timedelta(hours=span.amount)
        return midnight(later(start.on, span, authority))
    if (span := warning.before_due) is not None:
        if span.unit == "hours":
            return due_at - timedelta(hours=span.amount)
        if span.unit == "working-days":
            return midnight(authority.calendar.back(last, span.amount))
        return midnight(last - timedelta(days=span.amount))
    assert warning.on_due_date_at is not None
    return at_clock(last, time.fromisoformat(warning.on_due_date_at))


def stopped(
    timescale: Timescale,
    start: Standing,
    reference: str | None,
    child: Child,
    turned_18: Standing | None,
) -> tuple[Standing | None, str | None]:
    """The fact that ended a clock and how: the earliest; on a tie a stop beats a cancel."""
    best: Standing | None = None
    how: str | None = None
    for trigger in timescale.stops:
        one = first_end(trigger, timescale, start, reference, child)
        if one is not None and (best is None or ranked(one) < ranked(best)):
            best, how = one, "met"
    for one, ending in cancelling(timescale, start, reference, child, turned_18):
        if best is None or one.earliest < best.earliest:
            best, how = one, ending
    return best, how


def ranked(one: Standing) -> tuple[datetime, UUID]:
    """The order in which facts happened; ties by event id."""
    return one.earliest, one.event_id


def first_end(
    trigger: Trigger, timescale: Timescale, start: Standing, reference: str | None, child: Child
) -> Standing | None:
    """The first fact of a trigger that happened at or after the start, the start itself aside."""
    facts = candidates(trigger, timescale, reference, child)
    for one in facts[bisect_left(facts, midnight(start.on), key=happened) :]:
        if not same(one, start) and follows(one, start) and holds(trigger, one, child):
            return one
    return None


def happened(one: Standing) -> datetime:
    """When a fact happened, at the earliest."""
    return one.earliest


def cancelling(
    timescale: Timescale,
    start: Standing,
    reference: str | None,
    child: Child,
    turned_18: Standing | None,
) -> Iterator[tuple[Standing, str]]:
    """The first of each kind of fact that ends the clock without meeting it."""
    resumed = [
        one.earliest
        for restart in timescale.restarts
        if restart.how == "original-start"
        for one in matching(restart, timescale, reference, child)
    ]
    for cancel in timescale.cancels:
        if not resumed:
            if (one := first_end(cancel, timescale, start, reference, child)) is not None:
                yield one, cancel.ending
            continue
        for one in matching(cancel, timescale, reference, child):
            undone = one.earliest <= max(resumed)
            if not undone and not same(one, start) and follows(one, start):
                yield one, cancel.ending
    for one in whole_child_ends(timescale, start, child, turned_18):
        if not same(one, start) and follows(one, start):
            yield one, "cancelled"


CLOSED_WITH_THE_CASE: Final = frozenset(
    {"front-door", "assessment", "enquiry-and-conference", "protection-plan"}
)


def whole_child_ends(
    timescale: Timescale, start: Standing, child: Child, turned_18: Standing | None
) -> Iterator[Standing]:
    """What ends every clock of a child, but those whose rule survives it."""
    survives = timescale.survives
    if "child-died" not in survives:
        yield from child.by_name.get("child-died", ())
    if "turned-18" not in survives and turned_18 is not None:
        yield turned_18
    if "case-transferred" not in survives:
        for one in child.by_name.get("case-transferred", ()):
            if one.fact.accepted:  # type: ignore[attr-defined]
                yield one
    if timescale.thread in CLOSED_WITH_THE_CASE and "case-closed" not in survives:
        mine = getattr(start.fact, "referral_ref", None)
        for one in child.by_name.get("case-closed", ()):
            if mine in (None, one.fact.referral_ref):  # type: ignore[attr-defined]
                yield one


def matching(
    trigger: Trigger, timescale: Timescale, reference: str | None, child: Child
) -> Iterator[Standing]:
    """The facts that a trigger names and that belong to the thread of this reference."""
    for one in candidates(trigger, timescale, reference, child):
        if holds(trigger, one, child):
            yield one


def candidates(
    trigger: Trigger, timescale: Timescale, reference: str | None, child: Child
) -> Sequence[Standing]:
    """The facts of a trigger's name that carry the clock's reference, in the order they happened."""
    if trigger.fact == DutyExceptionRecorded.NAME:
        excepted = child.carrying(trigger.fact, "duty_ref", reference)
        return [one for one in excepted if one.fact.timescale == timescale.id]  # type: ignore[attr-defined]
    return child.carrying(trigger.fact, trigger.match or timescale.match, reference)


def same(one: Standing, other: Standing) -> bool:
    """Whether two are the same fact: none stops the clock it starts."""
    return one.event_id == other.event_id


def follows(one: Standing, start: Standing) -> bool:
    """Whether a fact happened at or after the start; known only to the day, the same day counts."""
    if one.to_the_day or start.to_the_day:
        return one.on >= start.on
    return one.earliest >= start.earliest


def is_provisional(timescale: Timescale, reference: str | None, child: Child) -> bool:
    """Whether the duty is not yet certain to bind."""
    if timescale.provisional is None:
        return False
    firm = timescale.provisional.firm_on
    return not any(matching(firm, timescale, reference, child))


def heard(spans: Sequence[Span], authority: Authority) -> datetime | None:
    """How far the feeds have spoken that alone could state a stop; nothing where one is continuous."""
    if not spans or any(span.continuous for span in spans):
        return None
    return min(authority.feeds.get(span.source, span.since) for span in spans)


def verdict(clock: Clock, now: datetime) -> Verdict:
    """What can be said of the clock at `now`; the due instant itself is too late."""
    if clock.stop is not None and clock.stop.earliest <= now:
        return verdict_when_stopped(clock)
    if clock.uncounted:
        return Verdict.UNDECIDABLE
    if not clock.observable:
        return Verdict.UNOBSERVABLE
    if clock.breaks_at is not None and now >= clock.breaks_at:
        return Verdict.BREACHED
    if now >= clock.due_at:
        waits = not clock.confirmed and now >= clock.latest_due_at
        return Verdict.AWAITING_FEED if waits else Verdict.UNDECIDABLE
    soon = bool(clock.warnings) and now >= clock.warnings[0]
    return Verdict.DUE_SOON if soon else Verdict.RUNNING


def verdict_when_stopped(clock: Clock) -> Verdict:
    """What can be said of a clock that a fact has ended."""
    in_time = clock.stopped_in_time
    if in_time is None:
        return Verdict.UNDECIDABLE
    if clock.ending == "met":
        return Verdict.MET if in_time else Verdict.MET_LATE
    assert clock.ending is not None
    # The child came back after the meeting was due: coming back does not undo the breach.
    return ENDINGS[clock.ending] if in_time else Verdict.BREACHED
