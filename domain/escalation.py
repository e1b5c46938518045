"""Who is told of what, in which order and when: ladders of breaches, and notices of warnings.

A breach raises a ladder of its own; each rung is told a set amount after the one before *was told*,
so an outage shortens nobody's time. A promise halts the climb until its day; then the ladder re-arms.
Only the stop, a cure, a cancellation or its own end ends a ladder, never a button.
Whoever was told of a breach is told once when it proves to be none.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Final, Literal

from domain.authority import Authority
from domain.calendar import LONDON, WorkingDays, at_clock, london_date
from domain.child_episode import ChildEpisode, engine_event, escalation_id
from domain.clocks import Clock
from domain.engine_events import (
    BreachCured,
    ClockEvent,
    ClockRetimed,
    EngineEvent,
    EscalationAcknowledged,
    EscalationExhausted,
    EscalationRaised,
    EscalationRearmed,
    ManagerNotified,
    TimescaleBreached,
    TimescaleWarned,
)
from domain.event import Event
from domain.facts.whole_child import CaseAllocated
from domain.timescales import Breach, Ladder, Policy, Rung, Span, Timescale, breach_amount

Channel = Literal["email", "digest", "none"]
Kind = Literal["breach", "warning", "cured"]
Owed = dict[str, ManagerNotified]
"""Who was told of a breach, by opaque id, and so is owed a word when it is none after all."""

DAY_BEGINS: Final = time(8)
DAY_ENDS: Final = time(18)
FALLS_BACK_TO: Final = "head_of_service"
"""Who is told where a team's manager is meant and no team, or nobody in it, is known."""
TEAM_ROLES: Final = frozenset({"team_manager"})


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a ladder or a notice must do next, at an instant (UTC)."""

    telling: str
    at: datetime
    doing: Literal["tell", "rearm", "exhaust"]
    stage: str
    """`told/<rung>/<person>/<channel>/<repeat>`, `rearmed/<n>`, `exhausted`."""
    clock: str
    clock_version: int
    timescale: str
    about: str
    """`breach`, `warning/n` or `cured`."""
    summary: str
    rung: int = 0
    role: str = ""
    person: str | None = None
    channel: Channel = "none"
    watcher: bool = False
    reason: Literal["promise-passed", "owner-left", "owner-absent"] = "promise-passed"
    team: str | None = None

    @property
    def key(self) -> str:
        """What is unique in the log."""
        return f"{self.clock}/{self.clock_version}/{self.name}"

    @property
    def name(self) -> str:
        """The stage, kept apart for each thing that is told of."""
        return self.stage if self.about == "breach" else f"{self.about}/{self.stage}"


@dataclass(frozen=True, slots=True)
class Telling:
    """A ladder or a notice; open while something remains for a workflow to wait for."""

    id: str
    kind: Kind
    clock: str
    clock_version: int
    about: str
    open: bool


@dataclass(slots=True)
class Raised:
    """What the log says of one ladder or notice, and the clock it is about."""

    id: str
    kind: Kind
    clock: Clock | None
    key: str
    clock_version: int
    timescale: str
    about: str
    ladder: Ladder
    at: datetime
    single: bool
    """Whether its messages go out singly, not in the digest."""
    superseded: bool
    """Whether the clock has a later version, so that this one has ended."""
    last: bool = False
    """Whether a warning is the clock's last."""
    told: list[tuple[ManagerNotified, datetime]] = field(default_factory=list)
    promise: EscalationAcknowledged | None = None
    rearmed: list[datetime] = field(default_factory=list)
    exhausted: bool = False

    has_broken: bool = False
    """Whether the clock a warning speaks of has broken since."""
    owed: Owed = field(default_factory=dict)
    """For a cure, who was told of the breach and has not been told that it is none."""

    def ended(self, now: datetime) -> bool:
        """Whether nothing more is to be told; a stop dated ahead of now has not come yet."""
        clock = self.clock
        if self.kind == "cured":
            late_again = (
                clock is not None and clock.breaks_at is not None and clock.breaks_at <= now
            )
            return self.superseded or late_again
        if self.exhausted or self.superseded or clock is None:
            return True
        stopped = clock.stop is not None and clock.stop.earliest <= now
        return stopped or (self.kind == "warning" and self.has_broken)


def raised_tellings(episode: ChildEpisode, authority: Authority) -> dict[str, Raised]:
    """Every ladder and every notice that the log has begun, by id, oldest first."""
    clocks = {clock.key: clock for clock in episode.clocks(authority)}
    found: dict[str, Raised] = {}
    owed: dict[str, Owed] = {}
    for recorded in episode.engine:
        event = recorded.event.said
        if isinstance(event, ClockEvent) and event.timescale not in authority.policy.by_id:
            continue  # a pack that dropped the rule has dropped its ladder
        match event:
            case EscalationRaised():
                begun = begin_ladder(episode, authority, event, recorded.recorded_at, clocks)
                found[begun.id] = begun
                owed.setdefault(event.clock, {})
            case BreachCured() | ClockRetimed() if event.clock in owed:
                supersede_cures(found, event.clock)
                begun = begin_cure(episode, authority, event, recorded.recorded_at, clocks)
                begun.owed = owed[event.clock]
                found[begun.id] = begun
            case TimescaleBreached():
                supersede_cures(found, event.clock)
            case TimescaleWarned():
                begun = begin_notice(episode, authority, event, recorded.recorded_at, clocks)
                found[begun.id] = begun
            case _:
                hear(found, event, recorded.recorded_at)
                note_who_is_owed(owed, event)
    return found


def supersede_cures(found: dict[str, Raised], clock: str) -> None:
    """An earlier cure of a clock is not told any more: it is broken again, or cured again."""
    for one in found.values():
        if one.kind == "cured" and one.key == clock:
            one.superseded = True


def note_who_is_owed(owed: dict[str, Owed], event: object) -> None:
    """Keep who has heard of a breach last, and not yet of its cure."""
    if not isinstance(event, ManagerNotified) or event.person is None:
        return
    if event.about == "cured":
        owed[event.clock].pop(event.person, None)
    elif event.about == "breach" and event.delivered:
        owed[event.clock].setdefault(event.person, event)


def begin_cure(
    episode: ChildEpisode,
    authority: Authority,
    event: BreachCured | ClockRetimed,
    at: datetime,
    clocks: dict[str, Clock],
) -> Raised:
    """The word to whoever was told of a breach that it is none after all, or is not late yet."""
    policy = law_of(authority, clocks.get(event.clock))
    timescale = policy.timescale(event.timescale)
    return Raised(
        id=escalation_id(episode.authority, event.clock, event.clock_version, "cured"),
        kind="cured",
        clock=clocks.get(event.clock),
        key=event.clock,
        clock_version=event.clock_version,
        timescale=event.timescale,
        about="cured",
        ladder=policy.ladders[timescale.ladder],
        at=at,
        single=is_told_singly(timescale),
        superseded=False,
    )


def law_of(authority: Authority, clock: Clock | None) -> Policy:
    """The pack that says who is told of a clock; the newest where the clock is no more."""
    return authority.policy if clock is None else authority.policy_of(clock.pack)


def is_told_singly(timescale: Timescale) -> bool:
    """Whether a breach of a rule is told by itself, not in the digest."""
    return timescale.counts_hours or timescale.meaning in {"duty", "expiry"}


def begin_ladder(
    episode: ChildEpisode,
    authority: Authority,
    event: EscalationRaised,
    at: datetime,
    clocks: dict[str, Clock],
) -> Raised:
    """A ladder as it is raised."""
    policy = law_of(authority, clocks.get(event.clock))
    timescale = policy.timescale(event.timescale)
    return Raised(
        id=event.escalation,
        kind="breach",
        clock=clocks.get(event.clock),
        key=event.clock,
        clock_version=event.clock_version,
        timescale=event.timescale,
        about="breach",
        ladder=policy.ladders.get(event.ladder, policy.ladders[timescale.ladder]),
        at=at,
        single=is_told_singly(timescale),
        superseded=episode.told[event.clock].version > event.clock_version,
    )


def begin_notice(
    episode: ChildEpisode,
    authority: Authority,
    event: TimescaleWarned,
    at: datetime,
    clocks: dict[str, Clock],
) -> Raised:
    """A notice as its warning is recorded."""
    policy = law_of(authority, clocks.get(event.clock))
    timescale = policy.timescale(event.timescale)
    told = episode.told[event.clock]
    about = f"warning/{event.number}"
    return Raised(
        id=escalation_id(episode.authority, event.clock, event.clock_version, about),
        kind="warning",
        clock=clocks.get(event.clock),
        key=event.clock,
        clock_version=event.clock_version,
        timescale=event.timescale,
        about=about,
        ladder=policy.ladders[timescale.ladder],
        at=at,
        single=timescale.counts_hours or event.number == event.of,
        superseded=told.version > event.clock_version or told.warned > event.number,
        last=event.number == event.of,
        has_broken=told.breached is not None,
    )


def hear(found: dict[str, Raised], event: object, at: datetime) -> None:
    """Take in what was done about a ladder or a notice."""
    match event:
        case ManagerNotified():
            found[event.telling].told.append((event, at))
        case EscalationAcknowledged():
            found[event.escalation].promise = event
        case EscalationRearmed():
            found[event.escalation].promise = None
            found[event.escalation].rearmed.append(at)
        case EscalationExhausted():
            found[event.escalation].exhausted = True
        case _:
            pass


def tellings(episode: ChildEpisode, authority: Authority, now: datetime) -> tuple[Telling, ...]:
    """Every ladder and notice of this child, and whether a workflow still has to wait on it."""
    return tuple(
        Telling(
            id=one.id,
            kind=one.kind,
            clock=one.key,
            clock_version=one.clock_version,
            about=one.about,
            open=next_of(one, episode, authority, now) is not None,
        )
        for one in raised_tellings(episode, authority).values()
    )


def next_step(
    episode: ChildEpisode, authority: Authority, telling: str, now: datetime
) -> Step | None:
    """What a ladder or notice must do next; nothing when it has ended or waits for the digest."""
    one = raised_tellings(episode, authority).get(telling)
    return None if one is None else next_of(one, episode, authority, now)


def next_of(one: Raised, episode: ChildEpisode, authority: Authority, now: datetime) -> Step | None:
    """The earliest step of one ladder or notice that is not left to the digest."""
    if one.ended(now):
        return None
    steps = STEPS[one.kind](one, episode, authority, now)
    found = [step for step in steps if step.channel != "digest"]
    return min(found, key=lambda step: step.at, default=None)


def notice_steps(
    one: Raised, episode: ChildEpisode, authority: Authority, now: datetime
) -> Iterator[Step]:
    """Whom a warning still has to tell: at once, or in the next working hours."""
    for rung in one.ladder.rungs:
        if rung.told == "warning" or (rung.told == "last-warning" and one.last):
            yield from tell_rung(one, rung, one.at, episode, authority, now)


def cure_steps(
    one: Raised, episode: ChildEpisode, authority: Authority, _now: datetime
) -> Iterator[Step]:
    """A word to each person who was told of the breach, the way they were told, on their own rung."""
    due = one.at
    if not one.single:
        due = digest_after(due, authority.calendar)
    elif one.ladder.hours != "day-and-night":
        due = working_moment(due, authority.calendar)
    rungs = {rung.rung: rung for rung in one.ladder.rungs}
    for person, heard in one.owed.items():
        # A rung that a later pack has taken away is spoken for by the first.
        rung = rungs.get(heard.rung, one.ladder.rungs[0])
        yield step(one, rung, due, heard.role, person, heard.channel, episode)


def ladder_steps(
    one: Raised, episode: ChildEpisode, authority: Authority, now: datetime
) -> Iterator[Step]:
    """What a ladder may do next: re-arm, tell the next rung, or end exhausted."""
    if one.promise is not None:
        yield rearm(one, one.promise, authority)
        yield from regardless_steps(one, episode, authority, now)
        return
    climb = one.ladder.climb
    if one.clock is not None and one.clock.provisional:
        # Until it is certain that the duty binds, nobody above the team manager is told of a breach.
        yield from provisional_steps(one, episode, authority, now)
        return
    at: datetime | None = one.at
    for index, rung in enumerate(climb):
        at = rung_at(one, climb, index, authority)
        steps = list(tell_rung(one, rung, at, episode, authority, now))
        if steps:
            yield from steps
            return
    yield exhaust(one, authority)


def provisional_steps(
    one: Raised, episode: ChildEpisode, authority: Authority, now: datetime
) -> Iterator[Step]:
    """The rungs told of warnings are told of a breach that may yet prove not to bind."""
    for rung in one.ladder.rungs:
        if not isinstance(rung.told, Breach):
            yield from tell_rung(one, rung, one.at, episode, authority, now)


def regardless_steps(
    one: Raised, episode: ChildEpisode, authority: Authority, now: datetime
) -> Iterator[Step]:
    """The rungs that are told whatever was promised."""
    climb = one.ladder.climb
    for index, rung in enumerate(climb):
        if rung.regardless:
            at = rung_at(one, climb, index, authority)
            yield from tell_rung(one, rung, at, episode, authority, now)


def rung_at(one: Raised, climb: Sequence[Rung], index: int, authority: Authority) -> datetime:
    """When a rung is due: the difference of the amounts after the rung before was told.

    A rung that had nobody to tell takes no time; a ladder that re-armed goes on at once where it stood.
    """
    at = one.at
    if index == 0:
        at = plus(at, amount_of(climb[0], breach_amount(climb[0])), authority.calendar)
    else:
        before, rung = climb[index - 1], climb[index]
        told = [(event, when) for event, when in one.told if event.rung == before.rung]
        reached = [when for event, when in told if event.person is not None]
        if not told:
            # A promise halted the climb before the rung below was told: then the breach counts.
            at = plus(at, amount_of(rung, breach_amount(rung)), authority.calendar)
        elif reached:
            gap = breach_amount(rung) - breach_amount(before)
            at = plus(max(reached), amount_of(rung, gap), authority.calendar)
        else:
            at = max(when for _, when in told)
    return max([at, *one.rearmed[-1:]])


def amount_of(rung: Rung, amount: int) -> Span:
    """So much of the unit in which a rung is counted."""
    assert isinstance(rung.told, Breach)
    return Span(amount=amount, unit=rung.told.breach.unit)


def plus(at: datetime, span: Span, calendar: WorkingDays) -> datetime:
    """An instant so much later; working days keep the time of day."""
    if span.unit == "hours":
        return at + timedelta(hours=span.amount)
    if span.amount == 0:
        return at
    local = at.astimezone(LONDON)
    return at_clock(calendar.add(local.date(), span.amount), local.time())


def tell_rung(
    one: Raised,
    rung: Rung,
    at: datetime,
    episode: ChildEpisode,
    authority: Authority,
    now: datetime,
) -> Iterator[Step]:
    """Each person of a rung who has not been told yet; a rung with nobody says so once."""
    mine = [event for event, _ in one.told if event.rung == rung.rung]
    later_ones = {event.rung for event, _ in one.told if event.rung > rung.rung}
    if later_ones and one.kind == "breach" and mine:
        return  # who joined a rung after the ladder had left it is told by the rungs above
    due = at if one.ladder.hours == "day-and-night" else working_moment(at, authority.calendar)
    role = role_at(rung, one.ladder, max(due, now), authority.calendar)
    people = who_holds(role, episode, authority, max(due, now))
    channel: Channel = "email" if one.single else "digest"
    if channel == "digest":
        due = digest_after(at, authority.calendar)
    told = {event.person for event in mine}
    if any(event.role == one.ladder.stands_in for event, _ in one.told) and not isinstance(
        rung.told, Breach
    ):
        return  # who stood in out of hours stood for both rungs
    if not people and not mine:
        yield step(one, rung, at, role, None, "none", episode)
    for person in people:
        if person not in told:
            yield step(one, rung, due, role, person, channel, episode)


def step(
    one: Raised,
    rung: Rung,
    at: datetime,
    role: str,
    person: str | None,
    channel: Channel,
    episode: ChildEpisode,
) -> Step:
    """Telling one person on one rung."""
    return Step(
        telling=one.id,
        at=at,
        doing="tell",
        stage=f"told/{rung.rung}/{person or '-'}/{channel}/0",
        clock=one.key,
        clock_version=one.clock_version,
        timescale=one.timescale,
        about=one.about,
        summary=f"{one.timescale}: {one.about.replace('/', ' ')}, rung {rung.rung}, {role}",
        rung=rung.rung,
        role=role,
        person=person,
        channel=channel,
        watcher=rung.watcher,
        team=team_of(episode),
    )


def rearm(one: Raised, promise: EscalationAcknowledged, authority: Authority) -> Step:
    """The ladder goes on when the promised day has passed, or its owner has left before."""
    leaves = authority.leaves(promise.owner)
    left = leaves is not None and leaves < promise.until
    at = leaves if left and leaves is not None else promise.until
    number = len(one.rearmed) + 1
    return Step(
        telling=one.id,
        at=at,
        doing="rearm",
        stage=f"rearmed/{number}",
        clock=one.key,
        clock_version=one.clock_version,
        timescale=one.timescale,
        about=one.about,
        summary=f"{one.timescale}: re-armed {number}",
        reason="owner-left" if left else "promise-passed",
    )


def exhaust(one: Raised, authority: Authority) -> Step:
    """The end of a ladder whose last rung was told and which nothing ended."""
    last = max([when for _, when in one.told] + one.rearmed[-1:], default=one.at)
    at = plus(last, authority.policy.exhausted_after, authority.calendar)
    return Step(
        telling=one.id,
        at=at,
        doing="exhaust",
        stage="exhausted",
        clock=one.key,
        clock_version=one.clock_version,
        timescale=one.timescale,
        about=one.about,
        summary=f"{one.timescale}: ladder exhausted",
    )


def perform_step(
    episode: ChildEpisode,
    step: Step,
    now: datetime,
    *,
    delivered: bool = False,
    failure: str | None = None,
) -> tuple[Event, ...]:
    """The event that says a step was done; for a telling, whether the message was handed over."""
    clock = {
        "clock": step.clock,
        "clock_version": step.clock_version,
        "timescale": step.timescale,
    }
    event: EngineEvent
    match step.doing:
        case "tell":
            event = ManagerNotified.model_validate(
                clock
                | {
                    "telling": step.telling,
                    "about": step.about,
                    "rung": step.rung,
                    "role": step.role,
                    "person": step.person,
                    "channel": step.channel,
                    "repeat": 0,
                    "delivered": delivered,
                    "failure": failure if step.person else "nobody holds this role",
                }
            )
        case "rearm":
            event = EscalationRearmed.model_validate(
                clock
                | {
                    "escalation": step.telling,
                    "number": int(step.stage.rsplit("/", 1)[1]),
                    "reason": step.reason,
                }
            )
        case _:  # exhaust
            event = EscalationExhausted.model_validate(clock | {"escalation": step.telling})
    return (engine_event(episode, step.clock, f"{step.clock_version}/{step.name}", event, now),)


def digest_steps(episode: ChildEpisode, authority: Authority, now: datetime) -> tuple[Step, ...]:
    """What the 8am digest still has to tell of this child, each with its instant."""
    found: list[Step] = []
    for one in raised_tellings(episode, authority).values():
        if one.single or one.ended(now):
            continue
        steps = STEPS[one.kind](one, episode, authority, now)
        found += [s for s in steps if s.channel == "digest"]
    return tuple(sorted(found, key=lambda step: (step.at, step.key)))


STEPS: Final[
    Mapping[str, Callable[[Raised, ChildEpisode, Authority, datetime], Iterator[Step]]]
] = MappingProxyType({"warning": notice_steps, "breach": ladder_steps, "cured": cure_steps})
"""What each kind of telling still has to do."""


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


def role_at(rung: Rung, ladder: Ladder, at: datetime, calendar: WorkingDays) -> str:
    """The role that is told: out of hours another may stand in for the rungs told of warnings."""
    if ladder.stands_in is None or isinstance(rung.told, Breach):
        return rung.role
    return rung.role if working_moment(at, calendar) == at else ladder.stands_in


def who_holds(
    role: str, episode: ChildEpisode, authority: Authority, at: datetime
) -> tuple[str, ...]:
    """The people to tell, by opaque id: the child's team first, the head of service where it has none."""
    on = london_date(at)
    people = authority.holders(role, on, team_of(episode))
    if not people and episode.kind == "authority":
        # What is no child's is no team's: whoever holds the role in any team is meant.
        held = (one for one in authority.assignments if one.role == role and one.holds(on))
        people = tuple(dict.fromkeys(one.person for one in held))
    if not people and role in TEAM_ROLES:
        return authority.holders(FALLS_BACK_TO, on)
    return people


def team_of(episode: ChildEpisode) -> str | None:
    """The team now responsible for the child; nothing while no allocation is known."""
    teams = [one.fact.team_ref for one in episode.standing if isinstance(one.fact, CaseAllocated)]
    return teams[-1] if teams else None
