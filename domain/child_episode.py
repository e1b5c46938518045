"""The aggregate: everything that happens to one child within one partnership.

The authority's own stream is one too: its allegations about no known child, and duties of its own.
It is loaded from its stream by folding `project` over it, and changed only by appending the events
that its functions return, at the version they were decided on.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from domain.all_clear import cured_by, shows_no_breach
from domain.authority import Authority
from domain.causes import changed_by
from domain.clocks import Clock, clocks_of
from domain.engine_events import (
    BreachCured,
    BreachWorsened,
    ClockEvent,
    ClockRetimed,
    EngineEvent,
    EscalationRaised,
    TimescaleBreached,
    TimescaleWarned,
)
from domain.errors import NotFound
from domain.event import Event, Kind, Recorded
from domain.facts.fact import Fact
from domain.facts.whole_child import CaseAllocated
from domain.joining import by_reference, joined_history, starts_in
from domain.stages import Said, Stage, said, stages
from domain.standing import Standing, standing


@dataclass(frozen=True)
class ChildEpisode:
    """One child in one authority: its stream's id, its version, and all that was recorded."""

    id: UUID
    authority: str
    child: str
    version: int
    history: tuple[Recorded, ...]
    joined: tuple[Recorded, ...] = ()
    """What is recorded under other references of the same child, in the order of the log."""

    @cached_property
    def facts(self) -> tuple[Recorded, ...]:
        """What sources told, in the order it was recorded."""
        return tuple(one for one in self.history if isinstance(one.event.said, Fact))

    @cached_property
    def engine(self) -> tuple[Recorded, ...]:
        """What Daymark itself recorded, and what people did through its pages."""
        return tuple(one for one in self.history if isinstance(one.event.said, EngineEvent))

    @cached_property
    def standing(self) -> tuple[Standing, ...]:
        """The facts as they stand, corrections and withdrawals applied, of every reference."""
        return standing(self.judged_by)

    @cached_property
    def judged_by(self) -> tuple[Recorded, ...]:
        """Everything that clocks are judged by, in the order of the log."""
        if not self.joined:
            return self.history
        return tuple(sorted((*self.history, *self.joined), key=lambda one: one.position))

    @cached_property
    def starts(self) -> frozenset[UUID]:
        """The events of this stream: a clock belongs to the stream of the fact that started it."""
        return starts_in(self.history)

    @property
    def read_at(self) -> dict[UUID, int]:
        """The version of every stream that was read: what is decided holds while none has grown."""
        return {self.id: self.version} | {one.stream: one.version for one in self.joined}

    @cached_property
    def told(self) -> dict[str, Said]:
        """What the log says of each clock already."""
        return said(self.engine)

    def clocks(self, authority: Authority) -> tuple[Clock, ...]:
        """Every clock that the facts of this stream have started, earliest due first.

        They are judged by the facts of every reference of the child, and once for each authority given.
        """
        judged = self._judged.get(id(authority))
        if judged is None:
            found = clocks_of(self.standing, authority, self.kind)
            if self.joined:
                found = tuple(clock for clock in found if clock.start.event_id in self.starts)
            # With the authority itself, so that no other can come to bear its number meanwhile.
            judged = self._judged[id(authority)] = authority, found
        return judged[1]

    @cached_property
    def _judged(self) -> dict[int, tuple[Authority, tuple[Clock, ...]]]:
        """The clocks as they were worked out, for each authority, as the object it is."""
        return {}

    @property
    def kind(self) -> Kind:
        """Whose stream it is: a child's, or the authority's own."""
        return self.history[0].event.kind

    def as_known_at(self, known_at: datetime) -> "ChildEpisode":
        """The same child as the log knew it at an instant: a prefix of the stream."""
        kept = tuple(one for one in self.history if one.recorded_at <= known_at)
        named = {self.child: kept} | by_reference(
            one for one in self.joined if one.recorded_at <= known_at
        )
        joined = joined_history(self.child, named) if self.joined else ()
        return replace(self, history=kept, joined=joined, version=len(kept))


def project(state: ChildEpisode | None, recorded: Recorded) -> ChildEpisode:
    """The child after one more event of its stream."""
    if state is None:
        event = recorded.event
        return ChildEpisode(recorded.stream, event.authority, event.subject, 1, (recorded,))
    return replace(state, version=recorded.version, history=(*state.history, recorded))


def from_history(history: tuple[Recorded, ...], joined: tuple[Recorded, ...] = ()) -> ChildEpisode:
    """The child a whole stream tells of; the stream must not be empty."""
    first, last = history[0].event, history[-1].version
    return ChildEpisode(history[0].stream, first.authority, first.subject, last, history, joined)


def outstanding(episode: ChildEpisode, authority: Authority) -> tuple[Stage, ...]:
    """Every stage still to be done in this stream, earliest first, past instants included."""
    return stages_of(episode, authority, episode.clocks(authority))


def stages_of(
    episode: ChildEpisode, authority: Authority, clocks: Sequence[Clock]
) -> tuple[Stage, ...]:
    """The same, where the clocks are worked out already."""

    def why(clock: Clock) -> UUID:
        """What made a clock due earlier than was said."""
        return moved_by(episode, authority, clock) or clock.start.last_said

    def raises(clock: Clock, breached: TimescaleBreached) -> datetime | None:
        """When a breach of the backlog raises its ladder."""
        return raised_from(episode, authority, clock, breached)

    return stages(clocks, episode.told, why, raises)


def perform(
    episode: ChildEpisode, authority: Authority, stage: Stage, now: datetime
) -> tuple[Event, ...]:
    """The events that do a stage; a breach comes with the ladder it raises, if it raises one."""
    clock = next((one for one in episode.clocks(authority) if one.key == stage.clock), None)
    told = episode.told.get(stage.clock) or Said()
    match stage.doing:
        case "warn":
            assert clock is not None
            return (warn(episode, clock, stage, now),)
        case "breach":
            assert clock is not None
            breached = breach(episode, authority, clock, stage, now)
            ladder = raise_ladder(episode, authority, clock, stage, now)
            return (breached, *ladder)
        case "raise":
            assert clock is not None
            return (ladder_of(episode, authority, clock, stage, now),)
        case "cure":
            return (cure(episode, authority, clock, stage, now),)
        case "worsen":
            assert clock is not None
            return (worsen(episode, clock, told, stage, now),)
        case _:  # retime
            assert clock is not None
            return (retime(episode, authority, clock, told, stage, now),)


def engine_event(
    episode: ChildEpisode, about: str, name: str, event: EngineEvent, now: datetime
) -> Event:
    """An event of the engine in this child's stream; `about` and `name` make it unique."""
    return Event(
        authority=episode.authority,
        kind=episode.kind,
        subject=episode.child,
        source=about,
        id=name,
        said=event,
        occurred_at=now,
    )


def of_stage(episode: ChildEpisode, stage: Stage, event: ClockEvent, now: datetime) -> Event:
    """The event of a stage, under the stage's own name."""
    return engine_event(episode, stage.clock, f"{stage.clock_version}/{stage.stage}", event, now)


def warn(episode: ChildEpisode, clock: Clock, stage: Stage, now: datetime) -> Event:
    """A clock passed a warning instant."""
    warned = TimescaleWarned(
        clock=clock.key,
        clock_version=stage.clock_version,
        timescale=clock.timescale.id,
        number=stage.number,
        of=len(clock.warnings),
        warn_at=stage.at,
        due_at=clock.due_at,
    )
    return of_stage(episode, stage, warned, now)


def breach(
    episode: ChildEpisode, authority: Authority, clock: Clock, stage: Stage, now: datetime
) -> Event:
    """A clock is broken."""
    breached = TimescaleBreached(
        clock=clock.key,
        clock_version=stage.clock_version,
        timescale=clock.timescale.id,
        due_at=clock.due_at,
        breached_at=stage.at,
        history=is_history(clock, stage.at, authority),
        confirmed=clock.confirmed,
        cause=clock.start.last_said if clock.start.visible_at > stage.at else None,
    )
    return of_stage(episode, stage, breached, now)


def is_history(clock: Clock, at: datetime, authority: Authority) -> bool:
    """Whether a breach lies so far before the fact that showed it that nobody should be woken.

    An outage of ours is never history: what counts is when the fact was recorded, not when we looked.
    """
    return clock.start.visible_at - at > timedelta(
        days=authority.policy_of(clock.pack).history_after_days
    )


def raise_ladder(
    episode: ChildEpisode, authority: Authority, clock: Clock, stage: Stage, now: datetime
) -> tuple[Event, ...]:
    """The ladder of a breach, unless it is history, in shadow, done since, or not our duty."""
    if (
        (clock.stop is not None and clock.stop.earliest <= now)
        or not may_climb(authority, clock)
        or is_history(clock, stage.at, authority)
        or is_in_shadow(episode, authority, clock, stage.at, now)
    ):
        return ()
    return (ladder_of(episode, authority, clock, stage, now),)


def may_climb(authority: Authority, clock: Clock) -> bool:
    """Whether a breach of a clock can raise a ladder: a duty of ours, with a ladder that climbs."""
    ladder = authority.policy_of(clock.pack).ladders[clock.timescale.ladder]
    return clock.ours and bool(ladder.climb)


def is_in_shadow(
    episode: ChildEpisode, authority: Authority, clock: Clock, broken_at: datetime, now: datetime
) -> bool:
    """Whether nobody is told now of a breach: its rule is in shadow, or an amnesty lasts."""
    decided = authority.going_live
    return decided.told_from(clock.timescale.id, team_of(episode), now, broken_at) != now


def raised_from(
    episode: ChildEpisode, authority: Authority, clock: Clock, breached: TimescaleBreached
) -> datetime | None:
    """When the ladder of a breach on the backlog is raised; nothing where it is on none, or done.

    Whoever set an amnesty knew the backlog, so what lay far back is told too;
    what only became known after the rule was switched on, and lies far back, still wakes nobody.
    """
    team = team_of(episode) if authority.going_live.decisions else None
    found = authority.going_live.backlog_of(clock.timescale.id, team, breached.breached_at)
    if found is None or not may_climb(authority, clock):
        return None
    spell, at = found
    if breached.history and clock.start.visible_at > spell.since:
        return None
    stop = clock.stop
    done = stop is not None and stop.earliest <= max(at, stop.visible_at)
    return None if done else at


def team_of(episode: ChildEpisode) -> str | None:
    """The team now responsible for the child; nothing while no allocation is known."""
    teams = [one.fact.team_ref for one in episode.standing if isinstance(one.fact, CaseAllocated)]
    return teams[-1] if teams else None


def ladder_of(
    episode: ChildEpisode, authority: Authority, clock: Clock, stage: Stage, now: datetime
) -> Event:
    """The ladder of a breach begins."""
    ladder = authority.policy_of(clock.pack).ladders[clock.timescale.ladder]
    raised = EscalationRaised(
        clock=clock.key,
        clock_version=stage.clock_version,
        timescale=clock.timescale.id,
        escalation=escalation_id(episode.authority, clock.key, stage.clock_version),
        ladder=ladder.id,
    )
    return engine_event(episode, clock.key, f"{stage.clock_version}/raised", raised, now)


def notice_id(episode: ChildEpisode, event: TimescaleWarned) -> str:
    """The id of the notice of a warning."""
    about = f"warning/{event.number}"
    return escalation_id(episode.authority, event.clock, event.clock_version, about)


def escalation_id(authority: str, clock: str, version: int, about: str = "breach") -> str:
    """The id of a ladder or a notice: the same breach cannot have two."""
    text = "".join(f"{len(part)}:{part}" for part in (authority, clock, str(version), about))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def cure(
    episode: ChildEpisode, authority: Authority, clock: Clock | None, stage: Stage, now: datetime
) -> Event:
    """A breach is not one any more, by what is now known."""
    cured = BreachCured(
        clock=stage.clock,
        clock_version=stage.clock_version,
        timescale=stage.timescale,
        verdict=cured_by(clock),
        cause=changed_by(episode.judged_by, authority, stage.clock, shows_no_breach),
    )
    return of_stage(episode, stage, cured, now)


def moved_by(episode: ChildEpisode, authority: Authority, clock: Clock) -> UUID | None:
    """The event that made a clock due when it is, since something was last said of it."""

    def is_due_then(other: Clock | None) -> bool:
        """Whether it is due at the same instant by these facts."""
        return other is not None and other.due_at == clock.due_at

    return changed_by(episode.judged_by, authority, clock.key, is_due_then)


def worsen(episode: ChildEpisode, clock: Clock, told: Said, stage: Stage, now: datetime) -> Event:
    """A breach began earlier than was known."""
    assert told.due_at is not None
    worsened = BreachWorsened(
        clock=clock.key,
        clock_version=stage.clock_version,
        timescale=clock.timescale.id,
        from_due_at=told.due_at,
        due_at=clock.due_at,
        # The stage is named after its cause, so that the same fact worsens a breach once.
        cause=UUID(stage.stage.partition("/")[2]),
    )
    return of_stage(episode, stage, worsened, now)


def retime(
    episode: ChildEpisode,
    authority: Authority,
    clock: Clock,
    told: Said,
    stage: Stage,
    now: datetime,
) -> Event:
    """The due instant moved after something had been said of it."""
    assert told.due_at is not None
    retimed = ClockRetimed(
        clock=clock.key,
        clock_version=stage.clock_version,
        timescale=clock.timescale.id,
        from_due_at=told.due_at,
        due_at=clock.due_at,
        cause=moved_by(episode, authority, clock),
    )
    return of_stage(episode, stage, retimed, now)


def raised(episode: ChildEpisode, escalation: str) -> EscalationRaised | TimescaleWarned:
    """The beginning of a ladder, or the warning of a notice; NotFound when this child has neither."""
    for one in episode.engine:
        event = one.event.said
        if isinstance(event, EscalationRaised) and event.escalation == escalation:
            return event
        if isinstance(event, TimescaleWarned) and notice_id(episode, event) == escalation:
            return event
    message = "no escalation is known under this reference"
    raise NotFound(message)
