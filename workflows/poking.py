"""What a newly recorded event wakes, as a table, and how a workflow is woken.

A poke says only that the log holds something at a position.
So one that is repeated, late or needless costs a question to the log, and nothing else.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from opentelemetry import context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from activities.engine import QUEUE
from activities.messages import EpisodeRef, TellingRef
from domain.child_episode import escalation_id
from domain.engine_events import (
    BreachCured,
    ClockReassigned,
    ClockRetimed,
    EscalationAcknowledged,
    ManagerNotified,
)
from domain.event import Recorded
from domain.facts import authority, corrections
from domain.facts.vocabulary import FACTS
from workflows.digest import DigestWorkflow
from workflows.episode import EpisodeWorkflow
from workflows.escalation import EscalationWorkflow
from workflows.watch import WatchWorkflow


class Wakes(StrEnum):
    """What an event may wake."""

    EPISODE = "the episode of its stream: the child's, or the authority's own"
    LADDER = "the ladder or notice it is about"
    FED_EPISODES = "every open episode of the authority with a clock that waits for a feed"
    ALL_EPISODES = "every open episode of the authority"
    ALL_LADDERS = "every open ladder of the authority"
    NOTHING = "nothing"


BY_DAYMARK: Final[Mapping[str, Wakes]] = MappingProxyType(
    {
        # The workflow that recorded these holds the newer plan already.
        "timescale-warned": Wakes.NOTHING,
        "timescale-breached": Wakes.NOTHING,
        "breach-worsened": Wakes.NOTHING,
        "escalation-raised": Wakes.NOTHING,
        "escalation-rearmed": Wakes.NOTHING,
        "escalation-exhausted": Wakes.NOTHING,
        # What is told under another reference may change every clock of this one.
        "reference-named": Wakes.EPISODE,
        # A reason ends nothing, and a reused id changed nothing.
        "breach-explained": Wakes.NOTHING,
        "id-reused": Wakes.NOTHING,
        "operator-told": Wakes.NOTHING,
        "record-read": Wakes.NOTHING,
        "search-missed": Wakes.NOTHING,
        "own-record-asked": Wakes.NOTHING,
        "access-forced": Wakes.NOTHING,
        "forced-access-told": Wakes.NOTHING,
        "forced-access-reviewed": Wakes.NOTHING,
        # A rung that may not see the record is climbed over, and one that may is not.
        "restriction-lift-proposed": Wakes.NOTHING,
        "restriction-lifted": Wakes.EPISODE,
        "restriction-widening-proposed": Wakes.NOTHING,
        "restriction-widened": Wakes.EPISODE,
        "scope-given": Wakes.NOTHING,
        "sample-drawn": Wakes.NOTHING,
        "scope-ended": Wakes.NOTHING,
        "bulk-export-proposed": Wakes.NOTHING,
        "bulk-export-decided": Wakes.NOTHING,
        "bulk-export-taken": Wakes.NOTHING,
        # These end or change a ladder, and another workflow or a person recorded them.
        "breach-cured": Wakes.LADDER,
        "clock-retimed": Wakes.LADDER,
        "escalation-acknowledged": Wakes.LADDER,
        "manager-notified": Wakes.LADDER,
        "clock-reassigned": Wakes.LADDER,
    }
)
"""What each event of Daymark's own wakes, in whichever stream it stands."""

OF_A_CHILD: Final[Mapping[str, Wakes]] = MappingProxyType(
    dict.fromkeys(FACTS, Wakes.EPISODE) | dict(BY_DAYMARK)
)
"""What each event of a child's stream wakes: every fact, correction and withdrawal its episode."""

BY_THE_AUTHORITY: Final[Mapping[str, Wakes]] = MappingProxyType(
    {
        # Only a clock that waits for a feed can be changed by how far one has spoken.
        authority.FeedAdvanced.NAME: Wakes.FED_EPISODES,
        authority.SourceRegistered.NAME: Wakes.ALL_EPISODES,
        authority.PanelSittingsPublished.NAME: Wakes.ALL_EPISODES,
        authority.PanelSittingPostponed.NAME: Wakes.ALL_EPISODES,
        # No clock waits for who was asked to come, was in the room, or is given how much.
        authority.PanelAttendanceRecorded.NAME: Wakes.NOTHING,
        authority.PanelMemberInvited.NAME: Wakes.NOTHING,
        authority.PanelInvitationExtended.NAME: Wakes.NOTHING,
        authority.PanelInvitationWithdrawn.NAME: Wakes.NOTHING,
        authority.PanelSharingAgreed.NAME: Wakes.NOTHING,
        authority.PolicyAdopted.NAME: Wakes.ALL_EPISODES,
        authority.CalendarAdopted.NAME: Wakes.ALL_EPISODES,
        # A promise may be void, and a rung filled or emptied.
        authority.PersonAssigned.NAME: Wakes.ALL_LADDERS,
        authority.ShiftRostered.NAME: Wakes.ALL_LADDERS,
        authority.PersonAway.NAME: Wakes.ALL_LADDERS,
        authority.TeamPlaced.NAME: Wakes.ALL_LADDERS,
        # What waits on a backlog or stands still is raised, goes on or ends.
        authority.TellingSwitchedOn.NAME: Wakes.ALL_EPISODES,
        authority.TellingSwitchedOff.NAME: Wakes.ALL_EPISODES,
        # How near two trackers are changes neither.
        authority.TrackerCompared.NAME: Wakes.NOTHING,
        # What is corrected may be an allegation of its own, or what every clock is judged by.
        corrections.FactCorrected.NAME: Wakes.ALL_EPISODES,
        corrections.FactWithdrawn.NAME: Wakes.ALL_EPISODES,
    }
)
"""What the authority says of itself wakes: its own episode only where it is among the open ones."""

CORRECTIONS: Final = frozenset({corrections.FactCorrected.NAME, corrections.FactWithdrawn.NAME})

OF_THE_AUTHORITY: Final[Mapping[str, Wakes]] = MappingProxyType(
    dict(OF_A_CHILD) | dict(BY_THE_AUTHORITY)
)
"""What each event of an authority's own stream wakes: an allegation or a report its own episode."""


@dataclass(frozen=True, slots=True)
class Poke:
    """The newest position of the log that concerns a workflow, and the trace that led to it."""

    position: int
    trace: str | None = None


@dataclass(slots=True)
class Pokes:
    """One poke for each workflow that a batch of events concerns."""

    episodes: dict[EpisodeRef, Poke] = field(default_factory=dict)
    ladders: dict[TellingRef, Poke] = field(default_factory=dict)
    fed_episodes: dict[str, Poke] = field(default_factory=dict)
    """By authority."""
    all_episodes: dict[str, Poke] = field(default_factory=dict)
    """By authority."""
    all_ladders: dict[str, Poke] = field(default_factory=dict)
    """By authority."""

    def add(self, recorded: Recorded, corrected: str | None = None) -> None:
        """Take in one event, and what it corrects where it does; the newest position is enough."""
        event = recorded.event
        poke = Poke(recorded.position, event.trace)
        ref = EpisodeRef(authority=event.authority, stream=recorded.stream)
        match wakes(recorded, corrected):
            case Wakes.EPISODE:
                self.episodes[ref] = poke
            case Wakes.LADDER:
                self.ladders[TellingRef(episode=ref, telling=_ladder(recorded))] = poke
            case Wakes.FED_EPISODES:
                self.fed_episodes[event.authority] = poke
            case Wakes.ALL_EPISODES:
                self.all_episodes[event.authority] = poke
            case Wakes.ALL_LADDERS:
                self.all_ladders[event.authority] = poke
            case Wakes.NOTHING:
                pass


def wakes(recorded: Recorded, corrected: str | None = None) -> Wakes:
    """What an event wakes, by the table.

    What is corrected in an authority's own stream wakes as it did when it was told, where that is known:
    an allegation or a report wakes its own episode, an absence the ladders.
    """
    event = recorded.event
    if isinstance(event.said, ManagerNotified) and event.said.channel != "digest":
        return Wakes.NOTHING  # its own ladder told, and planned again
    if event.kind == "reads":
        return Wakes.NOTHING  # nobody waits for a look
    if isinstance(event.said, ClockReassigned) and event.said.telling is None:
        return Wakes.NOTHING  # nothing is open that the new owner is told by
    table = OF_THE_AUTHORITY if event.kind == "authority" else OF_A_CHILD
    if event.kind == "authority" and event.name in CORRECTIONS and corrected is not None:
        return table[corrected]
    return table[event.name]


def _ladder(recorded: Recorded) -> str:
    """The id of the ladder or notice that an event is about."""
    said = recorded.event.said
    match said:
        case EscalationAcknowledged():
            return said.escalation
        case ManagerNotified():
            return said.telling
        case ClockReassigned(telling=str() as telling):
            return telling
        case BreachCured() | ClockRetimed():
            return escalation_id(recorded.event.authority, said.clock, said.clock_version)
        case _:
            message = f"{recorded.event.name} names no ladder"
            raise TypeError(message)


def pokes(
    batch: Iterable[Recorded], corrected: Callable[[Recorded], str | None] = lambda _: None
) -> Pokes:
    """What a batch of events wakes; `corrected` says what a correction corrects, by name."""
    found = Pokes()
    for recorded in batch:
        found.add(recorded, corrected(recorded))
    return found


def episode_id(episode: EpisodeRef) -> str:
    """The id of the workflow of one child, or of an authority's own clocks."""
    return f"episode-{episode.authority}-{episode.stream.hex}"


def ladder_id(telling: str) -> str:
    """The id of the workflow of one ladder or notice."""
    return f"escalation-{telling}"


def digest_id(authority_code: str) -> str:
    """The id of the workflow of one authority's digests."""
    return f"digest-{authority_code}"


async def poke_episode(client: Client, episode: EpisodeRef, poke: Poke, queue: str = QUEUE) -> None:
    """Poke a child's workflow, and start it where there is none."""
    with going_on_from(poke):
        await client.start_workflow(
            EpisodeWorkflow.run,
            episode,
            id=episode_id(episode),
            task_queue=queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            start_signal="poke",
            start_signal_args=[poke.position],
        )


async def poke_ladder(client: Client, ladder: TellingRef, poke: Poke, queue: str = QUEUE) -> None:
    """Poke a ladder's workflow, and start it where there is none: it ends at once if it is over."""
    with going_on_from(poke):
        await client.start_workflow(
            EscalationWorkflow.run,
            ladder,
            id=ladder_id(ladder.telling),
            task_queue=queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            start_signal="poke",
            start_signal_args=[poke.position],
        )


async def keep_digest(client: Client, authority_code: str, queue: str = QUEUE) -> None:
    """Start the workflow of an authority's digests; one that runs is left alone."""
    await client.start_workflow(
        DigestWorkflow.run,
        authority_code,
        id=digest_id(authority_code),
        task_queue=queue,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )


def watch_id(authority_code: str) -> str:
    """The id of the workflow by which one authority's Daymark watches itself."""
    return f"watch-{authority_code}"


async def keep_watch(client: Client, authority_code: str, queue: str = QUEUE) -> None:
    """Start the watch over an authority's Daymark; one that runs is left alone."""
    await client.start_workflow(
        WatchWorkflow.run,
        authority_code,
        id=watch_id(authority_code),
        task_queue=queue,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )


async def terminate(client: Client, workflow_id: str) -> None:
    """End a workflow that is stuck; one that does not run is ended already."""
    try:
        await client.get_workflow_handle(workflow_id).terminate("poked many times without effect")
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise


async def running(client: Client) -> AsyncIterator[str]:
    """The ids of the workflows that run, as Temporal lists them: a second or so behind."""
    query = "ExecutionStatus='Running'"
    async for execution in client.list_workflows(query):
        yield execution.id


@contextmanager
def going_on_from(poke: Poke) -> Iterator[None]:
    """Under the trace of the request that told the fact; a poke without one begins its own."""
    carrier = {"traceparent": poke.trace} if poke.trace else {}
    token = context.attach(TraceContextTextMapPropagator().extract(carrier, context.Context()))
    try:
        yield
    finally:
        context.detach(token)
