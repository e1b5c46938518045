"""What makes sure that no workflow is missing or stuck, by asking the log and its views.

It needs nothing of Temporal: it survives the loss of its database.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final, NamedTuple
from uuid import UUID

import structlog
from opentelemetry import metrics
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.engine import QUEUE
from activities.messages import EpisodeRef, TellingRef
from domain.authority import Authority
from domain.child_episode import outstanding
from domain.errors import DaymarkError
from projections.measures import OVERDUE, POKES, STUCK, UNCOVERED
from projections.outstanding import (
    OpenTelling,
    Waiting,
    authorities,
    open_streams,
    open_tellings,
    overdue,
)
from store.log import Log
from store.views import Views
from workflows.poking import (
    Poke,
    Pokes,
    episode_id,
    keep_digest,
    keep_watch,
    ladder_id,
    poke_episode,
    poke_ladder,
    running,
    terminate,
)

VIEW: Final = "dispatcher"
"""The name under which the position and the last success are kept."""
BATCH: Final = 500
AT_ONCE: Final = 10
LONGEST_PAUSE: Final = 10.0
OVERDUE_EVERY: Final = timedelta(seconds=10)
UNCOVERED_EVERY: Final = timedelta(minutes=15)
ALL_EVERY: Final = timedelta(days=1)
GRACE: Final = timedelta(seconds=20)
"""How long after its instant a stage may still be on its way.

A breach is promised within sixty seconds: where its poke was lost, it is poked again within thirty (this and
the period above), which leaves thirty for a task that went to a dead worker and waits out its fifteen.
"""
AGAIN: Final = 3
"""At each third look, so every thirty seconds, what is still overdue is poked again: a poke is work too."""
WITHOUT_EFFECT: Final = 12
"""After so many looks, two minutes, a workflow is held to be stuck: an outage of a minute is none."""
BACKLOG: Final = 100
"""So many overdue children at once are a crowd: while it shrinks it is being worked off, and is not stuck."""
ANEW: Final = 100
"""So many workflows begin anew at one look: after an upgrade that breaks them all, ten a second."""
FOLLOWING_PATIENCE: Final = 60.0
"""Seconds to wait for our own follower before looking for what is missing."""
SHOWN_AFTER: Final = 2.0
"""Seconds after which Temporal surely lists what has been started."""

Job = Callable[[], Awaitable[None]]
"""Something that is still to be done."""

logger = structlog.get_logger()
meter = metrics.get_meter("daymark.dispatcher")
poked = meter.create_counter(POKES.name, description=POKES.help)
stuck = meter.create_counter(STUCK.name, description=STUCK.help)
missing_gauge = meter.create_gauge(UNCOVERED.name, description=UNCOVERED.help)
overdue_gauge = meter.create_gauge(OVERDUE.name, description=OVERDUE.help)


def count_from_nought() -> None:
    """Show every count before there is anything to count: one that begins at one is no increase."""
    poked.add(0)
    stuck.add(0)


class Turn(NamedTuple):
    """What is done at one look at what is overdue."""

    anew: Sequence[Waiting]
    """Whose workflow is ended and started anew."""
    again: Sequence[Waiting]
    """Who is only poked."""
    tries: dict[Waiting, int]
    """At how many looks each was found overdue and nothing had moved."""


def turns(late: Sequence[Waiting], tries: Mapping[Waiting, int], *, worked_off: bool) -> Turn:
    """Who is poked at this look, and whose workflow begins anew because no poke has moved it.

    Both are bounded, and of many those come first that were poked least: what cannot be moved must not keep
    the others waiting. Who waits for a turn is counted no further, nor is anybody while a crowd shrinks.
    """
    counted = {one: tries.get(one, 0) + (not worked_off) for one in late}
    anew = [one for one in late if counted[one] > WITHOUT_EFFECT][:ANEW]
    due = [
        one
        for one in late
        if not worked_off and counted[one] <= WITHOUT_EFFECT and counted[one] % AGAIN == 1
    ]
    due.sort(key=counted.__getitem__)
    room = max(0, BATCH - len(anew))
    counted |= {one: counted[one] - 1 for one in due[room:]} | dict.fromkeys(anew, 0)
    return Turn(anew, due[:room], counted)


@dataclass
class Reconciler:
    """Asks what should wait or should have happened, and pokes it."""

    client: Client
    log: Log
    views: Views
    authority: Callable[[str], Authority]
    codes: Sequence[str]
    """The authorities whose digests go out."""
    now: Callable[[], datetime]
    queue: str = QUEUE
    tries: dict[Waiting, int] = field(default_factory=dict)
    """At how many looks each child was found overdue for the same instant, as `turns` counts."""
    backlog: int = 0
    """How many were overdue at the last look."""

    async def deliver(self, wanted: Pokes) -> int:
        """Send pokes, ten at a time; any that fails fails the batch, which is then sent again."""
        accepted, failed = await sent(self._each(wanted))
        if failed:
            raise failed[0]
        poked.add(accepted)
        return accepted

    def _each(self, wanted: Pokes) -> list[Job]:
        """Each poke as something that is still to be done."""
        client, queue = self.client, self.queue
        return [
            *(partial(poke_episode, client, *one, queue) for one in wanted.episodes.items()),
            *(partial(poke_ladder, client, *one, queue) for one in wanted.ladders.items()),
        ]

    async def _has_come(self, view: str, position: int, patience: float, pause: float) -> bool:
        """Whether a view comes to a position within so many seconds."""
        for _ in range(int(patience / pause)):
            if await asyncio.to_thread(self.views.position, view) >= position:
                return True
            await asyncio.sleep(pause)
        return False

    async def overdue(self) -> int:
        """Poke what should have happened; what many pokes did not move starts anew."""
        late = await asyncio.to_thread(overdue, self.views, self.now() - GRACE)
        position = await asyncio.to_thread(self.log.head)
        overdue_gauge.set(len(late))
        # Where a crowd is being worked off, a poke for each would only take the time it needs.
        worked_off, self.backlog = BACKLOG < len(late) < self.backlog, len(late)
        turn = turns(late, self.tries, worked_off=worked_off)
        chosen = (*turn.anew, *turn.again)
        open_ladders = await asyncio.to_thread(self._ladders, {each.authority for each in chosen})
        wanted, ended = Pokes(), list[Job]()
        for number, one in enumerate(chosen):
            ref = EpisodeRef(authority=one.authority, stream=one.stream)
            ladders = open_ladders.get(one.stream, ())
            if number < len(turn.anew):
                logger.error("a workflow is stuck", stream=one.stream.hex, due=one.next_at)
                names = (episode_id(ref), *(ladder_id(each.telling) for each in ladders))
                ended += [partial(terminate, self.client, name) for name in names]
            # It may be the first to start the workflow: then the request that told the fact led here.
            poke = await asyncio.to_thread(self._poke, ref, position, waits=False) or Poke(position)
            wanted.episodes[ref] = poke
            wanted.ladders |= dict.fromkeys(ladders, poke)
        _, not_ended = await sent(ended)
        accepted, not_poked = await sent(self._each(wanted))
        if accepted or not chosen:  # a look at which Temporal was away shows nothing to be stuck
            self.tries = turn.tries
            stuck.add(len(turn.anew))
            poked.add(accepted)
        for error in (*not_ended, *not_poked):
            raise error
        return accepted

    def _ladders(self, codes: AbstractSet[str]) -> dict[UUID, list[TellingRef]]:
        """The open ladders and notices of each child of some authorities."""
        found: dict[UUID, list[TellingRef]] = {}
        for code in codes:
            for one in open_tellings(self.views, code):
                found.setdefault(one.stream, []).append(ladder_of(code, one))
        return found

    async def uncovered(self) -> int:
        """Poke every open child and ladder that Temporal does not show as running."""
        for code in self.codes:
            await keep_digest(self.client, code, self.queue)
            await keep_watch(self.client, code, self.queue)
        head = await asyncio.to_thread(self.log.head)
        await self._has_come(VIEW, head, FOLLOWING_PATIENCE, SHOWN_AFTER)
        # What opens meanwhile is not missing: it is on its way, and shown in a moment.
        known = await asyncio.to_thread(self._open_names)
        await asyncio.sleep(SHOWN_AFTER)
        shown = {name async for name in running(self.client)}
        missing = await asyncio.to_thread(self._waiting, known - shown, shown)
        found = await self.deliver(missing)
        missing_gauge.set(found)
        if found:
            logger.warning("workflows were missing", count=found)
        return found

    async def everything(self) -> int:
        """Poke every open child, the most urgent first: what `daymark rebuild workflows` does."""
        names = await asyncio.to_thread(self._open_names)
        wanted = await asyncio.to_thread(self._waiting, names)
        for code in self.codes:
            await keep_digest(self.client, code, self.queue)
            await keep_watch(self.client, code, self.queue)
        return await self.deliver(wanted)

    def _open(self) -> Iterator[tuple[str, EpisodeRef, TellingRef | None]]:
        """Every open child and ladder with the id of its workflow, the most urgent first."""
        for code in dict.fromkeys([*self.codes, *authorities(self.views)]):
            for stream, _ in open_streams(self.views, code):
                ref = EpisodeRef(authority=code, stream=stream)
                yield episode_id(ref), ref, None
            for one in open_tellings(self.views, code):
                ladder = ladder_of(code, one)
                yield ladder_id(one.telling), ladder.episode, ladder

    def _open_names(self) -> AbstractSet[str]:
        """The ids of the workflows that the board says are needed."""
        return {name for name, _, _ in self._open()}

    def _waiting(self, names: AbstractSet[str], shown: AbstractSet[str] = frozenset()) -> Pokes:
        """Pokes for these workflows, as far as something is still to be waited for.

        A ladder goes with its child: another child's workflow may just have recorded the breach for it.
        One that is shown to run is not missing: a child whose clocks are all late waits for nothing.
        """
        wanted, head = Pokes(), self.log.head()
        for name, ref, ladder in self._open():
            if ladder and name not in shown and names & {name, episode_id(ref)}:
                wanted.ladders[ladder] = self._poke(ref, head, waits=False) or Poke(head)
            elif name in names and (poke := self._poke(ref, head)):
                wanted.episodes[ref] = poke
        return wanted

    def _poke(self, ref: EpisodeRef, head: int, *, waits: bool = True) -> Poke | None:
        """A poke under the trace of what was recorded last; none where no clock waits, if it must.

        Its ladders wait by themselves.
        """
        try:
            episode = self.log.episode(ref.stream)
            if episode is None:
                return None
            if waits and not outstanding(episode, self.authority(ref.authority)):
                return None
            return Poke(head, episode.history[-1].event.trace)
        except DaymarkError as error:
            logger.warning("a child cannot be judged", stream=ref.stream.hex, reason=str(error))
            return Poke(head)


async def sent(jobs: Iterable[Job]) -> tuple[int, list[Exception]]:
    """How many of these went through, ten at a time, and why others did not.

    Once Temporal cannot be reached the rest is not tried, for each would wait until it gives up.
    """
    gate, failed = asyncio.Semaphore(AT_ONCE), list[Exception]()
    accepted = 0

    async def gated(job: Job) -> None:
        nonlocal accepted
        async with gate:
            if any(is_away(error) for error in failed):
                return
            try:
                await job()
                accepted += 1
            except Exception as error:  # noqa: BLE001  (whoever asked says what follows from it)
                failed.append(error)

    await asyncio.gather(*map(gated, jobs))
    return accepted, failed


NOT_REACHED: Final = frozenset(
    {RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED}
)
"""What Temporal's client says where none answers, or not in time."""


def is_away(error: Exception) -> bool:
    """Whether Temporal could not be reached, whatever was asked of it."""
    if isinstance(error, RPCError):
        return error.status in NOT_REACHED
    return isinstance(error, RuntimeError) and "client connect" in str(error)


def ladder_of(code: str, one: OpenTelling) -> TellingRef:
    """A ladder or notice, as workflows name it."""
    return TellingRef(episode=EpisodeRef(authority=code, stream=one.stream), telling=one.telling)


def why(error: Exception) -> str:
    """What a line may say of an error: whoever it comes from may have put a child into its own words."""
    match error:
        case DaymarkError():
            return str(error)
        case RPCError():
            return (
                f"Temporal answers {error.status.name}: see that it is well, and DAYMARK_TEMPORAL"
            )
        case RuntimeError() if is_away(error):
            return "no Temporal server answers where DAYMARK_TEMPORAL says: start it, or mend that"
        case _:
            return type(error).__name__


async def every(period: timedelta, job: Callable[[], Awaitable[int]], first: timedelta) -> None:
    """Do something now and again; when it fails, say so and try again soon."""
    pause = first
    while True:
        await asyncio.sleep(pause.total_seconds())
        try:
            await job()
            pause = period
        except Exception as error:  # noqa: BLE001  (the next turn makes up for it)
            logger.warning("not reconciled", reason=why(error))
            pause = min(period, timedelta(seconds=LONGEST_PAUSE))


def looks(reconciler: Reconciler) -> list[asyncio.Task[None]]:
    """Look at what is overdue, at what is not shown to run, and each day at everything, until cancelled."""
    return [
        asyncio.create_task(every(period, job, first))
        for period, job, first in (
            (OVERDUE_EVERY, reconciler.overdue, timedelta()),
            (UNCOVERED_EVERY, reconciler.uncovered, timedelta()),
            (ALL_EVERY, reconciler.everything, ALL_EVERY),
        )
    ]
