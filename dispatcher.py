"""The process that follows the log and pokes the workflows; what was missed its reconciler makes up.

Intake and board go on while Temporal is away: the position is saved only after every poke was
accepted, so what was recorded meanwhile is poked when it is back.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from opentelemetry import metrics

from activities.messages import EpisodeRef
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
from projections.signs_of_life import sign
from projections.tables import VIEW as BOARD
from reconciler import (
    BATCH,
    LONGEST_PAUSE,
    VIEW,
    Reconciler,
    count_from_nought,
    ladder_of,
    looks,
    why,
)
from store.following import Overtaken
from workflows.poking import (
    Pokes,
    pokes,
)

SHORTEST_PAUSE: Final = 0.1
HEARTBEAT: Final = timedelta(seconds=5)
"""Between two signs of life."""
VIEW_PATIENCE: Final = 5.0
"""Seconds to wait for the board before asking it which children are open."""
POLL: Final = 0.02

logger = structlog.get_logger()
meter = metrics.get_meter("daymark.dispatcher")
away = meter.create_gauge(AWAY.name, unit="s", description=AWAY.help)


@dataclass
class Dispatcher(Reconciler):
    """A reconciler that also follows the log and pokes at once; one batch is one step."""

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
        spans = self.authority(event.authority).sources
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
        """Step until told to stop; while Temporal is away wait longer and longer, ten seconds at most."""
        pause, away_since = SHORTEST_PAUSE, None
        bell = await asyncio.to_thread(self.log.bell)
        try:
            while not stop.is_set():
                try:
                    moved = await self.step()
                    await self.beat()
                except Exception as error:  # noqa: BLE001  (whatever it is, the batch is sent again)
                    away_since = away_since or self.now()
                    away.set((self.now() - away_since).total_seconds())
                    logger.warning("escalation paused", since=away_since, reason=why(error))
                    await rest(stop, pause)
                    pause = min(2 * pause, LONGEST_PAUSE)
                    continue
                if away_since:
                    logger.info("escalation goes on", paused_since=away_since)
                pause, away_since = SHORTEST_PAUSE, None
                away.set(0)
                if not moved:
                    await asyncio.to_thread(bell.wait, 1.0)
        finally:
            bell.close()

    async def beat(self) -> None:
        """Say now and again that Temporal answers; where that stays away, the board is grey."""
        now = self.now()
        if self.beaten and now - self.beaten < HEARTBEAT:
            return
        await self.client.service_client.check_health()
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


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until told to stop."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def run(dispatcher: Dispatcher, stop: asyncio.Event) -> None:
    """Follow and reconcile until told to stop."""
    count_from_nought()
    reconciling = looks(dispatcher)
    try:
        await dispatcher.follow(stop)
    finally:
        for task in reconciling:
            task.cancel()
        await asyncio.gather(*reconciling, return_exceptions=True)
