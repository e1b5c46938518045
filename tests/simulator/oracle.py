"""What is due and what became of it, judged straight from the catalogue's sentences.

Nothing here is shared with the product: neither its rules, its dates, its matching nor its corrections.
Facts come as plain dictionaries, as a source would tell them.
"""

from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Final

from tests.simulator import asked
from tests.simulator.asked import says
from tests.simulator.days import (
    HOUR,
    LAST_DAY,
    ONE_DAY,
    BeyondTheListError,
    at_clock,
    london_day,
    midnight,
    midnight_after,
    months_on,
    working_days_back,
    working_days_on,
)
from tests.simulator.held import hold, may_be_held
from tests.simulator.known import (
    HERE,
    NEVER,
    Happening,
    Sat,
    Source,
    Told,
    World,
    carries,
    name_of,
    stands,
)
from tests.simulator.law import RULES, Mention, Rule, Warned

FAULTS: Final = (
    "weekends count",
    "the due instant is in time",
    "the last correction to arrive wins",
    "a withdrawn fact still stands",
    "a cancel undoes a breach",
    "a feed is believed complete",
    "the day of the start is never day zero",
    "hours follow London's clocks",
    "months roll over",
    "a visit renews nothing",
    "a hold is not left out",
    "anybody may hold a clock",
    "a pack governs what ran before it",
    "a new calendar counts nothing",
    "joined references stay apart",
)
"""Faults that can be planted in the oracle, to see that the comparison finds them."""

CLOSED_WITH_THE_CASE: Final = (
    "front-door", "assessment", "enquiry-and-conference", "protection-plan",
)  # fmt: skip
WINDOW: Final = timedelta(days=90)
NTH: Final = 3
QUOTA: Final = 75
NEAR_QUOTA: Final = 70
QUARTERS: Final = ((3, 31), (6, 30), (9, 30), (12, 31))
GRACE: Final = 2 * HOUR
FOUR_WEEKS: Final = timedelta(days=28)

STARTED_BY: dict[str, list[tuple[Rule, Mention]]] = {}
for _rule in RULES.values():
    for _start in _rule.starts:
        STARTED_BY.setdefault(_start.fact, []).append((_rule, _start))


@dataclass(slots=True)
class Watch:
    """One clock: what is asked, since when, by when, and what ended it."""

    key: str
    rule: Rule
    start: Happening
    reference: str | date | None
    by: str
    gate: bool
    due: datetime = NEVER
    latest: datetime = NEVER
    """The latest that the due instant can be."""
    warnings: list[datetime] = field(default_factory=list)
    ageless: bool = False
    """Whether it is of a certain age only, and nobody knows the child's."""
    extra: bool = False
    """Whether the second calendar counts it."""
    held: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    """The spells in which it stands still; the last may have no end yet."""
    end: Happening | None = None
    ending: str = ""
    countable: bool = True
    observable: bool = True
    confirmed: bool = True
    unheard_until: datetime = NEVER
    """From when a silent feed is itself late, so that it is waited for no longer."""

    @property
    def warned(self) -> datetime | None:
        """The first instant at which somebody is warned."""
        return min(self.warnings, default=None)

    @property
    def still_held(self) -> bool:
        """Whether nothing has let it run on."""
        return bool(self.held) and self.held[-1][1] is None

    @property
    def begins_later(self) -> bool:
        """Whether its start says itself on which day its time begins."""
        return bool(self.rule.begins and self.start.fields.get(self.rule.begins))

    @property
    def day(self) -> date:
        """The London day from which days are counted."""
        if self.rule.begins and self.start.fields.get(self.rule.begins):
            begins: date = self.start.fields[self.rule.begins]
            return begins
        return london_day(self.start.learned) if self.rule.when_recorded else self.start.day


def judge(
    told: Iterable[Told],
    of_authority: list[Happening],
    *,
    optional: bool = False,
    fault: str = "",
    about: str = "child",
) -> dict[str, Watch]:
    """Every clock the facts have started, by its key; the authority's own, where it is about that.

    What the authority itself says is given as it stands, for most facts change nothing about it.
    """
    world = World(stands(told, fault), of_authority, optional, fault)
    found = {}
    for one in world.facts:
        for watch in started(one, world):
            settle(watch, world)
            found[watch.key] = watch
    if about == "authority" and optional:
        for watch in each_quarter(world):
            settle(watch, world)
            found[watch.key] = watch
    return found


def each_quarter(world: World) -> Iterator[Watch]:
    """The clocks that the end of a quarter starts by itself, from the first fact of the authority on."""
    if not world.facts:
        return
    first = world.facts[0]
    for year in range(first.day.year, LAST_DAY.year + 1):
        for month, last in QUARTERS:
            day = date(year, month, last)
            if not first.day <= day <= LAST_DAY:
                continue
            at, name = midnight(day), name_of(f"{HERE}/engine", "calendar", f"quarter-ended/{day}")
            ended = Happening(name, "quarter-ended", {}, at, at, day, at, recorded=first.recorded)
            for rule in RULES.values():
                mine = rule.under(world.pack_on(day)) if rule.each_quarter else None
                if mine is not None and mine.since <= day <= mine.until:
                    yield Watch(f"{rule.id}.{name}", mine, ended, day, "period_ends_on", gate=False)


# --- which clocks run --------------------------------------------------------------------------


def started(one: Happening, world: World) -> Iterator[Watch]:
    """The clocks one fact starts: one for each reference, of each rule in force that day."""
    governs = world.pack_on(one.day)
    if world.fault == "a pack governs what ran before it" and world.packs:
        governs = world.packs[max(world.packs)]
    for rule, start in started_under(governs, one.name):
        if (rule.optional and not world.optional) or not rule.since <= one.day <= rule.until:
            continue
        by = start.by or rule.by
        for key, reference in references(rule, by, one):
            watch = Watch(key, rule, one, reference, by, start.gate)
            watch.ageless = asked.ageless(start, one, world, reference)
            if (watch.ageless or says(start, one, world, reference)) and runs(watch, world):
                yield watch


@cache
def started_under(pack: str, name: str) -> tuple[tuple[Rule, Mention], ...]:
    """The rules of a pack that a fact of this name may start."""
    found = ((rule.under(pack), start) for rule, start in STARTED_BY.get(name, ()))
    return tuple((rule, start) for rule, start in found if rule is not None)


def references(rule: Rule, by: str, one: Happening) -> Iterator[tuple[str, str | None]]:
    """The keys a fact's clock has: one, or one for each reference of a list."""
    key = f"{rule.id}.{one.id}"
    several = one.fields.get(f"{by}s")
    if several is None:
        yield key, one.fields.get(by)
        return
    for reference in several:
        yield f"{key}.{sha256(reference.encode()).hexdigest()[:12]}", reference


def runs(watch: Watch, world: World) -> bool:
    """Whether a start is one: the third in its window, a first booking, a thread that had not ended."""
    rule, one = watch.rule, watch.start
    if rule.count == "third":
        return is_third(one, world)
    if rule.count == "before-a-meeting":
        return bookings(watch, world)[0].id == one.id
    if rule.renewed_by == one.name:
        if world.fault == "a visit renews nothing":
            return rule.starts[0].fact == one.name
        return not any(
            end.high <= one.low and end.id != one.id and not reopened_since(end, world)
            for cancel in rule.cancels
            if cancel.by is None
            for end in mentioned(cancel, watch, world)
        )
    return True


def reopened_since(end: Happening, world: World) -> bool:
    """Whether the end of a missing episode proved wrong: it was reopened."""
    if end.name != "missing-episode-ended":
        return False
    again = world.named("missing-episode-reopened")
    mine = end.fields["missing_episode_ref"]
    return any(o.low >= end.low and o.fields["missing_episode_ref"] == mine for o in again)


def is_third(one: Happening, world: World) -> bool:
    """Whether a child went missing for the third, sixth, … time in 90 days, afresh after a meeting."""
    dropped = {
        reference
        for merged in world.named("missing-episodes-merged")
        for reference in merged.fields["dropped_missing_episode_refs"]
    }
    if one.fields["missing_episode_ref"] in dropped:
        return False
    meetings = [
        held
        for held in world.named("strategy-meeting-held")
        if held.fields["kind"] == "missing" and held.high <= one.low
    ]
    ordinal = 0
    for other in world.named("missing-episode-started"):
        counts = other.fields["type"] == "M" and other.fields["missing_episode_ref"] not in dropped
        recent = one.day - WINDOW <= other.day and all(other.low >= held.high for held in meetings)
        ordinal += counts and recent
        if other.id == one.id:
            break
    return ordinal % NTH == 0


def bookings(watch: Watch, world: World) -> list[Happening]:
    """Every booking of a meeting, in the order they were made."""
    return mentioned(watch.rule.starts[0], watch, world)


def mentioned(mention: Mention, watch: Watch, world: World) -> list[Happening]:
    """The facts a sentence means that belong to a clock's thread."""
    if mention.fact == "duty-exception-recorded":
        found = [
            one
            for one in world.about(mention.fact, "duty_ref", watch.reference)
            if one.fields["timescale"] == watch.rule.id
        ]
    else:
        by, reference = mention.by or watch.by, watch.reference
        if by != watch.by and by in watch.start.fields:
            reference = watch.start.fields[by]
        elif by not in {watch.by, "child", "dropped_missing_episode_ref"}:
            reference = None  # the start does not say which
        found = [one for one in world.named(mention.fact) if carries(one, by, reference)]
    return [one for one in found if says(mention, one, world, watch.reference)]


# --- when a clock is due -----------------------------------------------------------------------


def settle(watch: Watch, world: World) -> None:
    """Judge a clock by the newest calendar adopted before it was known to have ended."""
    for since, calendar in reversed(world.calendars):
        if world.fault == "a new calendar counts nothing":
            break
        reckon(watch, world, extra=calendar == "second")
        if watch.end is None or max(watch.end.low, watch.end.recorded) >= since:
            return
    reckon(watch, world, extra=False)


def reckon(watch: Watch, world: World, *, extra: bool) -> None:
    """Work out when a clock is due, what ended it, and who could tell."""
    watch.extra, watch.held, watch.warnings = extra, [], []
    watch.confirmed, watch.unheard_until = True, NEVER
    rule, start = watch.rule, watch.start
    vague = start.high - start.low if rule.hours else timedelta()
    watch.countable = rule.unit != "school-days" and not watch.ageless
    if watch.countable:
        try:
            count(watch, world)
        except BeyondTheListError:
            watch.countable, watch.held, watch.warnings = False, [], []
            watch.due = midnight_after(LAST_DAY)
        watch.latest = watch.due + vague
    watch.end, watch.ending = ended(watch, world)
    listen(watch, world.sources, world.fault)


def count(watch: Watch, world: World) -> None:
    """When a clock is due and warned of, and in which spells it is held."""
    watch.due = due(watch, world)
    if world.fault == "the due instant is in time":
        watch.due += timedelta(microseconds=1)
    watch.warnings = [] if watch.gate else warnings(watch)
    if watch.rule.quota:
        watch.warnings += near_quota(watch, world)
    if world.optional and not watch.gate and may_be_held(watch.rule):
        hold(watch, world)


def due(watch: Watch, world: World) -> datetime:
    """The first instant that is too late."""
    rule, start = watch.rule, watch.start
    if watch.gate:
        return midnight_after(start.day)
    if rule.hours:
        if world.fault == "hours follow London's clocks":
            day = london_day(start.low)
            return midnight(day + timedelta(hours=rule.amount)) + (start.low - midnight(day))
        return start.low + rule.amount * HOUR
    if rule.count == "before-a-meeting":
        last = bookings(watch, world)[-1]
        meeting: datetime = last.fields["scheduled_for"]
        return max(meeting - rule.amount * HOUR, last.low)
    if rule.count == "same-day":
        late = midnight_after(start.day)
        return late if start.vague else max(late, start.low + GRACE)
    longer = [one for part in rule.extended for one in mentioned(part, watch, world)]
    said = stated(rule, longer[0]) if longer else None
    if said is not None:
        return said
    said = stated(rule, start)
    if said is not None and not longer:
        return said
    last_day = london_day(said - HOUR) if said is not None else counted(watch, world)
    if longer:
        last_day += timedelta(weeks=8)
    return midnight_after(last_day)


def stated(rule: Rule, one: Happening) -> datetime | None:
    """The end an order, a plan or an approval itself names: it wins over the count."""
    said = one.fields.get(rule.stated) if rule.stated else None
    if said is None or isinstance(said, datetime):
        return said
    assert isinstance(said, date)
    return midnight_after(said)


def counted(watch: Watch, world: World) -> date:
    """The last day that is in time, by the rule's own count and whatever moves it."""
    rule, day = watch.rule, watch.day
    if world.fault == "the day of the start is never day zero":
        day -= ONE_DAY
    if rule.count == "inclusive":
        last = day + (rule.amount - 1) * ONE_DAY
    else:
        last = later(day, rule.amount, rule.unit, world.fault, extra=watch.extra)
    if rule.count == "sitting":
        last = min([last, *open_sittings(watch, day, last, world)])
    if rule.switch is not None:
        what, amount, unit = rule.switch
        on = switches(what, watch, last, world)
        # Judged on the due day; a child missing for four weeks, on the day of the review.
        if on is not None and (day if what == "four-weeks-missing" else last) >= on:
            last = later(day, amount, unit, world.fault)
    if rule.sooner:
        sooner = other_due(rule.sooner, watch, world)
        if sooner is not None and sooner >= day:
            last = min(last, sooner)
    return min(last, quota_day(watch, world)) if rule.quota else last


def later(day: date, amount: int, unit: str, fault: str = "", *, extra: bool = False) -> date:
    """The day so much later, the day itself being day 0."""
    if unit == "working-days":
        return working_days_on(day, amount, weekends=fault == "weekends count", extra=extra)
    if unit == "months":
        if fault == "months roll over":
            return months_on(day.replace(day=1), amount) + (day.day - 1) * ONE_DAY
        return months_on(day, amount)
    return day + amount * (7 if unit == "weeks" else 1) * ONE_DAY


def open_sittings(watch: Watch, day: date, limit: date, world: World) -> list[date]:
    """The sittings from a day to the limit whose agenda is not yet closed."""
    return [
        one.day
        for one in world.sittings.get(watch.rule.panel, [])
        if day <= one.day < limit and closes(one, watch) >= day
    ]


def closes(one: Sat, watch: Watch) -> date:
    """The last day for an agenda: the one told, or so long before the day first set."""
    amount, unit = watch.rule.closes
    if one.closes is not None:
        return one.closes
    if unit == "working-days":
        return working_days_back(one.first, amount, extra=watch.extra)
    return one.first - amount * ONE_DAY


def switches(what: str, watch: Watch, last: date, world: World) -> date | None:
    """The day from which the other interval counts; whether it does is judged on the due day."""
    one = watch.start
    if what == "fifth-birthday":
        return asked.birthday(world, 5)
    if what == "first-year-of-arrangement":
        knew = asked.aware(world, one)
        return None if knew is None else months_on(knew, 12)
    if what == "first-year-of-placement":
        here = asked.placement(world, one)
        if here is None or not asked.meant_to_last(world, here, midnight_after(last)):
            return None
        return months_on(here.day, 12)
    gone = world.about("missing-episode-started", "missing_episode_ref", watch.reference)
    return gone[0].day + FOUR_WEEKS if gone else None


def other_due(what: str, watch: Watch, world: World) -> date | None:
    """The other of two dues, of which the sooner counts."""
    if what == "first-looked-after-review":
        held = asked.completed_reviews(world, watch.start)
        return held[0].day if held else None
    plan = asked.plan_open_at_birth(world, watch.start)
    assert plan is not None
    rule = RULES["cp-review-first-3m"]
    begun = [
        one
        for one in world.named("conference-held")
        if says(rule.starts[0], one, world)
        and one.fields.get("plan_ref") == plan.fields["plan_ref"]
    ]
    return months_on((begun[-1] if begun else plan).day, rule.amount)


def quota_day(watch: Watch, world: World) -> date:
    """The last day before the breaks of one series come to more than 75 days in twelve months."""
    taken = sorted(days_taken(watch, world))
    day = watch.day
    for _ in range(watch.rule.amount):
        number = bisect(taken, day)
        if number - bisect(taken, months_on(day, -12)) > QUOTA and taken[number - 1] == day:
            return day - ONE_DAY
        day += ONE_DAY
    return day - ONE_DAY


def days_taken(watch: Watch, world: World) -> set[date]:
    """Every day of the breaks of one series."""
    taken: set[date] = set()
    series = watch.start.fields["series_ref"]
    for one in world.named("short-break-started"):
        if one.fields["series_ref"] != series:
            continue
        ends = world.about("short-break-ended", "short_break_ref", one.fields["short_break_ref"])
        # A break not yet ended counts as long as one may last.
        last = ends[0].day if ends else one.day + (watch.rule.amount - 1) * ONE_DAY
        day = one.day
        while day <= last:
            taken.add(day)
            day += ONE_DAY
    return taken


def near_quota(watch: Watch, world: World) -> list[datetime]:
    """The beginning of the first day, after that of the start, on which 70 days of a series are taken."""
    taken = sorted(days_taken(watch, world))
    for number, day in enumerate(taken, 1):
        if day > watch.day and number - bisect(taken, months_on(day, -12)) >= NEAR_QUOTA:
            at = midnight(day)
            return [at] if watch.start.low < at < watch.due else []
    return []


def warnings(watch: Watch) -> list[datetime]:
    """The instants at which somebody is warned, between the start and the due instant."""
    begins = watch.start.low
    if watch.rule.when_recorded:
        begins = watch.start.learned
    elif watch.rule.begins and watch.start.fields.get(watch.rule.begins):
        begins = midnight(watch.day)
    found = [warning(one, watch, begins) for one in watch.rule.warned]
    return [at for at in found if begins < at < watch.due]


def warning(warned: Warned, watch: Watch, begins: datetime) -> datetime:
    """The instant of one warning; one counted in days comes as that London day begins."""
    last = london_day(watch.due - timedelta(microseconds=1))
    hours = warned.unit == "hours"
    match warned.how:
        case "half":
            return begins + (watch.due - begins) / 2
        case "at":
            return at_clock(last, int(warned.at[:2]))
        case "after" if hours:
            return begins + warned.amount * HOUR
        case "before" if hours:
            return watch.due - warned.amount * HOUR
        case "after":
            return midnight(later(watch.day, warned.amount, warned.unit, extra=watch.extra))
        case _ if warned.unit == "working-days":
            return midnight(working_days_back(last, warned.amount, extra=watch.extra))
        case _:
            return midnight(last - warned.amount * ONE_DAY)


# --- what ended it -----------------------------------------------------------------------------


def ended(watch: Watch, world: World) -> tuple[Happening | None, str]:
    """The earliest fact that ended a clock, and how: on a tie a stop beats a cancel."""
    rule = watch.rule
    earlier_counts = watch.gate or rule.earlier_counts or rule.count == "before-a-meeting"
    stops = [
        one
        for stop in rule.stops
        for one in mentioned(stop, watch, world)
        if one.id != watch.start.id and (earlier_counts or follows(one, watch.start))
    ]
    stop = min(stops, key=lambda one: (one.low, one.id), default=None)
    cancels = [
        pair
        for pair in cancelled(watch, world)
        if follows(pair[0], watch.start) and (stop is None or surely_before(pair[0], stop))
    ]
    return min(cancels, key=lambda pair: pair[0].low) if cancels else (stop, "met")


def follows(one: Happening, start: Happening) -> bool:
    """At or after the start; where either is known only to the day, the same day counts as after."""
    if one.vague or start.vague:
        return one.day >= start.day
    return one.low >= start.low


def surely_before(one: Happening, other: Happening) -> bool:
    """Whether one came before the other; on a day known only as that, it cannot be told."""
    if one.vague or other.vague:
        return one.day < other.day
    return one.low < other.low


def cancelled(watch: Watch, world: World) -> Iterator[tuple[Happening, str]]:
    """What ends a clock without meeting it: the rule's own cancels, then what ends every clock."""
    for cancel in watch.rule.cancels:
        for one in mentioned(cancel, watch, world):
            wrong_report = watch.rule.reopened and reopened_since(one, world)
            if one.id != watch.start.id and not wrong_report:
                yield one, cancel.ending
    yield from ((one, "cancelled") for one in of_the_child(watch, world))
    for on, known in days_that_end(watch, world):
        if midnight(on) < watch.latest or watch.still_held:
            at = midnight(on)
            yield Happening("", "a day comes", {}, at, at, on, at, recorded=known), "cancelled"


def of_the_child(watch: Watch, world: World) -> Iterator[Happening]:
    """Facts that end every clock of the child, but of rules that outlive them."""
    rule = watch.rule
    if "child-died" not in rule.outlives:
        yield from world.named("child-died")
    if "case-transferred" not in rule.outlives:
        yield from (o for o in world.named("case-transferred") if o.fields["accepted"] is True)
    if rule.thread in CLOSED_WITH_THE_CASE and "case-closed" not in rule.outlives:
        mine = watch.start.fields.get("referral_ref")
        for one in world.named("case-closed"):
            if mine in {None, one.fields["referral_ref"]}:
                yield one


def days_that_end(watch: Watch, world: World) -> Iterator[tuple[date, datetime]]:
    """Days known long before that end a duty, and since when: the eighteenth birthday, a limit of age."""
    days: list[date | None] = []
    born = [
        one
        for name in ("child-details-recorded", "child-born")
        for one in world.named(name)
        if one.fields.get("date_of_birth")
    ]
    if "turned-18" not in watch.rule.outlives:
        days.append(asked.birthday(world, 18))
    if watch.rule.ends_on == "private-fostering-age-limit":
        details = world.named("child-details-recorded")
        disabled = any(one.fields.get("disabled") is True for one in details)
        days.append(asked.birthday(world, 18 if disabled else 16))
    elif watch.rule.ends_on:
        days.append(asked.school_age_ends(world))
    yield from ((day, born[-1].recorded) for day in days if day is not None)


# --- what can be said --------------------------------------------------------------------------


def listen(watch: Watch, sources: Sequence[Source], fault: str) -> None:
    """Who could tell of the stop, and how far they have spoken."""
    names = {stop.fact for stop in watch.rule.stops}
    day = watch.day if watch.rule.when_recorded or watch.rule.begins else watch.start.day
    able = [
        one for one in sources if one.first <= day <= (one.last or date.max) and names & one.states
    ]
    watch.observable = bool(able)
    if not able or any(one.continuous for one in able) or fault == "a feed is believed complete":
        return
    # Two nightly feeds that could both tell are both waited for: it may stand in the one not yet heard.
    # The waiting ends with the first of them that is late beyond its own time.
    watch.confirmed = min(one.heard for one in able) >= watch.latest
    watch.unheard_until = min(one.heard + one.late_after for one in able)


def in_time(watch: Watch, end: Happening) -> bool | None:
    """Whether an end came before the due instant; nothing where the day does not tell."""
    if watch.still_held:
        return True
    if end.high < watch.due or (end.vague and end.high == watch.due):
        return True
    return False if end.low >= watch.latest else None


def verdict(watch: Watch, now: datetime, fault: str = "") -> str:
    """What can be said of a clock at an instant."""
    if watch.end is not None and watch.end.low <= now and watch.countable:
        timely = in_time(watch, watch.end)
        if timely is None:
            return "undecidable"
        if watch.ending == "met":
            return "met" if timely else "met-late"
        if timely or fault == "a cancel undoes a breach":
            return watch.ending
    if not watch.countable or watch.gate:
        return "undecidable"
    if not watch.observable:
        return "unobservable"
    if any(since <= now and (until is None or now < until) for since, until in watch.held):
        return "suspended"
    if now >= watch.latest:
        waited = watch.confirmed or watch.rule.in_danger or now >= watch.unheard_until
        return "breached" if waited or came_late(watch) else "awaiting-feed"
    if now >= watch.due:
        return "undecidable"
    return "due-soon" if watch.warned is not None and now >= watch.warned else "running"


def came_late(watch: Watch) -> bool:
    """Whether a stop is known, and known to come late: that settles it, nobody has still to speak."""
    stop = watch.end if watch.ending == "met" and watch.countable else None
    return stop is not None and in_time(watch, stop) is False


def shown_sound(watch: Watch) -> bool:
    """Whether something known shows that it was not late: it was done or ended in time, or is held."""
    if not watch.countable:
        return False
    if watch.still_held:
        return True
    return watch.end is not None and in_time(watch, watch.end) is True


def nobody_knows(watch: Watch) -> bool:
    """Whether nobody can say of it, at any time, that it is late, nor anything shows that it is not.

    A breach that was told of stands meanwhile: it is no more taken back than it is told again.
    """
    if shown_sound(watch) or came_late(watch):
        return False
    if not watch.countable or watch.gate or not watch.observable:
        return True
    return watch.end is not None and in_time(watch, watch.end) is None


def broken(watch: Watch, now: datetime) -> bool:
    """Whether a breach is to be told of: the due instant has passed, and it was not done in time."""
    if came_late(watch):
        return now >= watch.latest
    if watch.end is not None and in_time(watch, watch.end) is not False:
        return False  # not done yet, perhaps, but it is known that it will be
    return verdict(watch, now) == "breached"
