"""The activities by which Daymark watches itself, and says so when it cannot be relied on."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from temporalio import activity

from activities.effects import NO_ADDRESS, Effects, beating
from activities.messages import WatchPlan, WatchRef
from domain.authority import Authority
from domain.child_episode import ChildEpisode
from domain.forcing import ToTell, to_tell, told_event
from domain.watching import Word, told, words
from projections.looks import open_now
from projections.signs_of_life import WATCH, sign
from projections.trust import Doubt, trust

Ping = Callable[[], Awaitable[None]]
"""A sign of life to somebody outside, who raises the alarm where it stays away."""

logger = structlog.get_logger()


async def no_ping() -> None:
    """Nobody outside waits for a sign."""


@dataclass(frozen=True)
class Watch:
    """Asks whether the board can be relied on, and tells whoever looks after Daymark where it cannot."""

    effects: Effects
    ping: Ping = no_ping

    @activity.defn
    async def look(self, watch: WatchRef) -> WatchPlan:
        """Whether anybody must be told; where nothing is doubtful, give the sign of life outside."""
        async with beating():
            doubts = await asyncio.to_thread(self._doubts, watch)
            if not doubts and not await asyncio.to_thread(self._elsewhere, watch):
                await self.ping()
            found = await asyncio.to_thread(self._untold, watch, doubts)
            forced = await asyncio.to_thread(self._forced, watch)
            return WatchPlan(doubts=len(doubts), to_tell=len(found) + len(forced))

    @activity.defn
    async def tell_operator(self, watch: WatchRef) -> WatchPlan:
        """Send each word that has not been said today, and record it."""
        async with beating():
            doubts = await asyncio.to_thread(self._doubts, watch)
            for doubt, word in await asyncio.to_thread(self._untold, watch, doubts):
                await self._tell(doubt, word, watch)
            for episode, one in await asyncio.to_thread(self._forced, watch):
                await self._tell_of_force(episode, one, watch)
            return WatchPlan(doubts=len(doubts), to_tell=0)

    def _authority(self, watch: WatchRef) -> Authority:
        return self.effects.authority(watch.authority)

    def _doubts(self, watch: WatchRef) -> tuple[Doubt, ...]:
        """What is doubtful now; that it was asked at all is itself a sign of life."""
        parts, now = self.effects, self.effects.now(watch.reached)
        sign(parts.views, WATCH, now)
        return trust(parts.log, parts.views, self._authority(watch), now).doubts

    def _elsewhere(self, watch: WatchRef) -> bool:
        """Whether another authority served here is doubtful: one must not speak for the others."""
        parts, now = self.effects, self.effects.now(watch.reached)
        others = (code for code in parts.codes if code != watch.authority)
        return any(
            trust(parts.log, parts.views, parts.authority(code), now).doubts for code in others
        )

    def _untold(self, watch: WatchRef, doubts: Sequence[Doubt]) -> list[tuple[Doubt, Word]]:
        """The words that the log does not know yet."""
        authority, now = self._authority(watch), self.effects.now(watch.reached)
        return [
            (doubt, word)
            for doubt in doubts
            for word in words(authority, doubt.kind, doubt.about, doubt.since, now)
            if not self.effects.log.find(told(authority, word, now).identity)
        ]

    def _forced(self, watch: WatchRef) -> list[tuple[ChildEpisode, ToTell]]:
        """Who must still be told of a record that is forced open."""
        parts, now = self.effects, self.effects.now(watch.reached)
        streams = open_now(parts.views, watch.authority, now)
        episodes = [one for stream in streams if (one := parts.log.episode(stream))]
        authority = self._authority(watch)
        return [(one, each) for one in episodes for each in to_tell(one, authority, now)]

    async def _tell_of_force(self, episode: ChildEpisode, one: ToTell, watch: WatchRef) -> None:
        """One letter, then its record, as for a doubt."""
        effects = self.effects
        people, now = effects.people(watch.authority), effects.now(watch.reached)
        person = people.get(one.person)
        failure: str | None = NO_ADDRESS
        by = people[one.opened.person].name if one.opened.person in people else one.opened.person
        if person is not None:
            letter = effects.letters.forced(one, watch.authority, by, person, now)
            failure = await effects.send(letter)
        event = told_event(episode, one, effects.now(watch.reached), failure)
        await asyncio.to_thread(effects.log.append, [event])
        logger.info("forced access told", role=one.role, failure=failure)

    async def _tell(self, doubt: Doubt, word: Word, watch: WatchRef) -> None:
        """One letter, then its record: a repeat of the letter has the same Message-ID."""
        effects, authority = self.effects, self._authority(watch)
        person, now = effects.people(authority.code).get(word.person), effects.now(watch.reached)
        failure: str | None = NO_ADDRESS
        if person is not None:
            letter = effects.letters.doubt(doubt, authority.code, word, person, now)
            failure = await effects.send(letter)
        event = told(authority, word, effects.now(watch.reached), failure)
        await asyncio.to_thread(effects.log.append, [event])
        logger.info("operator told", doubt=word.kind, rung=word.rung, failure=failure)
