"""What the log says of every ladder and every notice: begun, told, promised, ended."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from domain.all_clear import why_not_late
from domain.authority import Authority
from domain.calendar import WorkingDays
from domain.child_episode import ChildEpisode, escalation_id
from domain.clocks import Clock
from domain.engine_events import (
    BreachCured,
    ClockEvent,
    ClockReassigned,
    ClockRetimed,
    EscalationAcknowledged,
    EscalationExhausted,
    EscalationRaised,
    EscalationRearmed,
    ManagerNotified,
    TimescaleBreached,
    TimescaleWarned,
)
from domain.errors import CalendarExpired
from domain.telling_hours import digest_after
from domain.timescales import Ladder, Policy, Timescale

Kind = Literal["breach", "warning", "cured"]
Owed = dict[str, ManagerNotified]
"""Who was told of a breach, by opaque id, and so is owed a word when it is none after all."""

HandedOver = tuple[ClockReassigned, datetime]
"""A handing over to another owner, and when it was recorded."""


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
    promised_at: datetime | None = None
    handed: HandedOver | None = None
    """The last handing over of the clock to another owner, and when it was recorded."""
    rearmed: list[datetime] = field(default_factory=list)
    exhausted: bool = False

    quiet: dict[str, datetime] = field(default_factory=dict)
    """For a warning, whom an earlier one told and until when somebody's promise spares them another."""
    has_broken: bool = False
    """Whether the clock a warning speaks of has broken since."""
    owed: Owed = field(default_factory=dict)
    """For a cure, who was told of the breach and has not been told that it is none."""

    def ended(self, now: datetime) -> bool:
        """Whether nothing more is to be told; a stop dated ahead of now has not come yet."""
        clock = self.clock
        if self.kind == "cured":
            return self.superseded or why_not_late(clock, now) is None
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
    quieten(found.values(), authority)
    handed = handed_over(episode)
    for one in found.values():
        one.handed = handed.get(one.key)
    return found


def quieten(found: Iterable[Raised], authority: Authority) -> None:
    """Spare whoever heard an acknowledged warning the next ones of that clock, while its promise holds.

    Nobody else is spared: neither a rung that has not heard yet, nor anybody once it is broken.
    """
    spared: dict[tuple[str, int], dict[str, datetime]] = {}
    for one in found:
        if one.kind != "warning":
            continue
        of_clock = spared.setdefault((one.key, one.clock_version), {})
        one.quiet = dict(of_clock)
        if one.promise is None or one.promised_at is None:
            continue
        gone = authority.staff.gone(one.promise.owner, one.promised_at)
        until = one.promise.until if gone is None else min(gone[0], one.promise.until)
        for person in {event.person for event, _ in one.told if event.person}:
            of_clock[person] = max(until, of_clock.get(person, until))


def handed_over(episode: ChildEpisode) -> dict[str, HandedOver]:
    """The last handing over of each clock that was given to another owner."""
    said = ((one.event.said, one.recorded_at) for one in episode.engine)
    return {event.clock: (event, at) for event, at in said if isinstance(event, ClockReassigned)}


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


def is_warned_singly(
    timescale: Timescale,
    ladder: Ladder,
    event: TimescaleWarned,
    at: datetime,
    calendar: WorkingDays,
) -> bool:
    """Whether a warning is told by itself: as its ladder says, but always the last before an expiry."""
    last = event.number == event.of
    which = ladder.single_warnings or ("all" if timescale.counts_hours else "last")
    if timescale.meaning == "expiry" and last:
        return True
    if which == "urgent":
        try:
            too_late = digest_after(at, calendar) >= event.due_at
        except CalendarExpired:  # then nobody knows when the next digest comes
            too_late = True
        return (timescale.counts_hours or last) and too_late
    return which == "all" or last


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
        single=is_warned_singly(
            timescale,
            policy.ladders[timescale.ladder],
            event,
            at,
            authority.calendar,
        ),
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
            found[event.escalation].promised_at = at
        case EscalationRearmed():
            found[event.escalation].promise = None
            found[event.escalation].rearmed.append(at)
        case EscalationExhausted():
            found[event.escalation].exhausted = True
        case _:
            pass
