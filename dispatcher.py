"""The process that follows the log and pokes the workflows; what was missed its reconciler makes up.

Intake and board go on while Temporal is away: the position is saved only after every poke was
accepted, so what was recorded meanwhile is poked when it is back.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from opentelemetry import metrics

from activities.engine import require_namespace
from activities.messages import EpisodeRef
from domain.errors import DaymarkError
from domain.event import Identity, Recorded, Unreadable
from domain.facts.authority import FeedAdvanced
from domain.facts.corrections import FactCorrected, FactWithdrawn
from domain.joining import named_by
from projections.board_view import joined_streams
from projections.measures import AWAY
from projections.outstanding import (
    fed_streams,
    open_streams,
    open_tellings,
)
from projections.signs_of_life import last_seen, sign
from projections.tables import VIEW as BOARD
from reconciler import (
    BATCH,
    LONGEST_PAUSE,
    VIEW,
    Reconciler,
    count_from_nought,
    ladder_of,
    looks,
    missing_gauge,
    overdue_gauge,
    why,
)
from store.database import DatabaseUnavailable
from store.following import Overtaken
from store.recorder import Bell
from workflows.poking import (
    Pokes,
    pokes,
)

SHORTEST_PAUSE: Final = 0.1
HEARTBEAT: Final = timedelta(seconds=5)
"""Between two signs of life."""
LETS_ANOTHER_TRY: Final = 30.0
"""Seconds without a step that went through after which another dispatcher may try.

Perhaps it is only from here that Temporal cannot be reached; where there is no other, we soon try again.
"""
VIEW_PATIENCE: Final = 5.0
"""Seconds to wait for the board before asking it which children are open."""
POLL: Final = 0.02

logger = structlog.get_logger()
meter = metrics.get_meter("daymark.dispatcher")
away = meter.create_gauge(AWAY.name, unit="s", description=AWAY.help)


@dataclass
class Dispatcher(Reconciler):
    """A reconciler that also follows the log and pokes at once; one batch is one step."""

    clock: Callable[[], float] = time.monotonic
    """Seconds that no change of the machine's time moves."""
    beaten: datetime | None = None
    """When the last sign of life was given."""
    named: dict[UUID, set[UUID]] = field(default_factory=dict)
    """The streams named as the same child since this process began; the board knows of the older."""

    async def step(self) -> int:
        """Poke for one batch of events, and only then remember how far that was."""
        position = await asyncio.to_thread(self.views.position, VIEW)
        batch = await asyncio.to_thread(self.log.after, position, BATCH)
        if not batch:
            return 0
        events = [one for one in readable(batch) if not self._changes_nothing(one)]
        wanted = await asyncio.to_thread(pokes, events, self._corrected)
        await asyncio.to_thread(self._with_other_references, wanted, events)
        await self.deliver(wanted)
        await self.deliver(await self._widened(wanted, batch[-1].position))
        await asyncio.to_thread(self._reached, position, batch[-1].position)
        return len(batch)

    def _changes_nothing(self, recorded: Recorded) -> bool:
        """Whether a source says how far it has spoken that is never waited for."""
        event = recorded.event
        if not isinstance(event.said, FeedAdvanced):
            return False
        try:
            spans = self.authority(event.authority).sources
        except DaymarkError:
            return False  # the children concerned say why when they are poked; no other authority waits
        source = event.said.source
        return not any(span.source == source and not span.continuous for span in spans)

    def _corrected(self, recorded: Recorded) -> str | None:
        """The name of what is corrected in an authority's own stream; nothing for what is none."""
        event = recorded.event
        if event.kind != "authority" or not isinstance(event.said, FactCorrected | FactWithdrawn):
            return None
        name = event.said.corrected_event
        found = self.log.find(Identity(event.authority, name.source, name.id))
        return None if found is None or found.stream != recorded.stream else found.event.name

    def _with_other_references(self, wanted: Pokes, events: Sequence[Recorded]) -> None:
        """A fact told under one reference of a child pokes the others too."""
        for one in events:
            if (other := named_by(one.event)) is not None:
                stream = self.log.stream(one.event.authority, "child", other)
                self.named.setdefault(one.stream, set()).add(stream)
        for ref, poke in list(wanted.episodes.items()):
            others = {*self.named.get(ref.stream, ()), *joined_streams(self.views, [ref.stream])}
            for other_stream in others:
                wanted.episodes.setdefault(
                    EpisodeRef(authority=ref.authority, stream=other_stream), poke
                )

    def _reached(self, position: int, last: int) -> None:
        """Remember how far the log has been poked for."""
        # Where another dispatcher has gone on meanwhile, its pokes and ours are the same.
        with suppress(Overtaken), self.views.transaction(VIEW, position, last):
            pass  # the position is all there is

    async def _widened(self, wanted: Pokes, last: int) -> Pokes:
        """Every open child or ladder of the authorities that pokes speak of as a whole.

        Those poked already are left out: they read the log after this batch was recorded.
        So are those whose own facts come next in the log: they are poked under the trace of these.
        """
        found = Pokes()
        for pokes_of, asked in (
            (wanted.fed_episodes, fed_streams),
            (wanted.all_episodes, open_streams),
        ):
            for code, poke in pokes_of.items():
                await self._board_has(poke.position)
                streams = await asyncio.to_thread(asked, self.views, code)
                soon = await asyncio.to_thread(self._poked_next, last)
                for stream, _ in streams:
                    ref = EpisodeRef(authority=code, stream=stream)
                    if ref not in wanted.episodes and ref not in soon:
                        found.episodes[ref] = poke
        for code, poke in wanted.all_ladders.items():
            await self._board_has(poke.position)
            for one in await asyncio.to_thread(open_tellings, self.views, code):
                found.ladders[ladder_of(code, one)] = poke
        return found

    def _poked_next(self, last: int) -> AbstractSet[EpisodeRef]:
        """Whom the next batch of the log pokes; the board may know of them already."""
        coming = readable(self.log.after(last, BATCH))
        return pokes(coming, self._corrected).episodes.keys()

    async def _board_has(self, position: int) -> None:
        """Wait a little for the board, which says who is open; without it the reconciler makes up."""
        if not await self._has_come(BOARD, position, VIEW_PATIENCE, POLL):
            logger.warning("the board is behind, so some are poked later", position=position)

    async def follow(self, stop: asyncio.Event) -> None:
        """Step until told to stop, or until nothing has gone through for so long that another may try.

        While Temporal is away wait longer and longer, ten seconds at most.
        """
        pause, well = SHORTEST_PAUSE, self.clock()
        away_since: datetime | None = None
        bell: Bell | None = None
        try:
            while not stop.is_set():
                try:
                    # There before the look, so that nothing falls between look and listening.
                    bell = bell or await asyncio.to_thread(self.log.bell)
                    moved = await self.step()
                    await self.beat()
                except Exception as error:  # noqa: BLE001  (whatever it is, the batch is sent again)
                    if away_since is None:
                        last_well = await asyncio.to_thread(self._last_well)
                        away_since = last_well
                    away.set(max(0.0, (self.now() - away_since).total_seconds()))
                    logger.warning("escalation paused", since=away_since, reason=why(error))
                    if self.clock() - well >= LETS_ANOTHER_TRY:
                        return
                    await rest(stop, pause)
                    pause = min(2 * pause, LONGEST_PAUSE)
                    continue
                if away_since:
                    logger.info("escalation goes on", paused_since=away_since)
                pause, away_since, well = SHORTEST_PAUSE, None, self.clock()
                away.set(0)
                if bell and not moved:
                    bell = await rung(bell)
        finally:
            if bell:
                bell.close()

    def _last_well(self) -> datetime:
        """When Temporal last answered any dispatcher: two that take turns must not begin to count anew."""
        with suppress(DaymarkError):
            return last_seen(self.views, VIEW) or self.now()
        return self.now()

    async def beat(self) -> None:
        """Say now and again that Temporal answers and has our namespace; without that the board is grey."""
        now = self.now()
        if self.beaten and now - self.beaten < HEARTBEAT:
            return
        await require_namespace(self.client)
        with suppress(Overtaken):
            await asyncio.to_thread(sign, self.views, VIEW, now)
        self.beaten = now


def readable(batch: Iterable[Recorded | Unreadable]) -> Iterator[Recorded]:
    """The events this release can read; the projector parks the others for an operator."""
    for row in batch:
        if isinstance(row, Unreadable):
            logger.error("a row cannot be read, so it pokes nothing", position=row.position)
        else:
            yield row


async def rung(bell: Bell) -> Bell | None:
    """Wait a second for a ring; nothing is left of a bell whose line was cut, and another must be hung up."""
    try:
        await asyncio.to_thread(bell.wait, 1.0)
    except DatabaseUnavailable as error:
        logger.warning("the log does not ring", reason=str(error))
        bell.close()
        return None
    return bell


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until told to stop."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def run(dispatcher: Dispatcher, stop: asyncio.Event) -> None:
    """Follow and reconcile until told to stop, or until another may try."""
    count_from_nought()
    dispatcher.tries, dispatcher.backlog = {}, 0
    reconciling = looks(dispatcher)
    # They end when the lease does, and not only when the step in hand has ended.
    ending = asyncio.create_task(ended_with(stop, reconciling))
    try:
        await dispatcher.follow(stop)
    finally:
        for task in (ending, *reconciling):
            task.cancel()
        await asyncio.gather(ending, *reconciling, return_exceptions=True)


async def ended_with(stop: asyncio.Event, tasks: Iterable[asyncio.Task[None]]) -> None:
    """End these as soon as it is told to stop."""
    await stop.wait()
    for task in tasks:
        task.cancel()


def stands_by() -> None:
    """Measure nothing while another is at work: an alarm would else go on ringing for what was here last."""
    for gauge in (away, missing_gauge, overdue_gauge):
        gauge.set(0)
