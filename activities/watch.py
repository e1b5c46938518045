"""The activities by which Daymark watches itself, and says so when it cannot be relied on."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Final, TypeVar

import structlog
from temporalio import activity

from activities.effects import NO_ADDRESS, Effects, beating
from activities.messages import WatchPlan, WatchRef
from domain.authority import Authority, authority
from domain.calendar import WorkingDays
from domain.child_episode import ChildEpisode
from domain.errors import DaymarkError
from domain.facts.authority import CalendarAdopted, PolicyAdopted
from domain.forcing import ToTell, to_tell, told_event
from domain.timescales import Policy, read_policy
from domain.watching import PASSES_BY_ITSELF, Word, told, words
from formats.policy_folder import calendar_of, national_texts, shipped_calendar_text
from projections.looks import open_now
from projections.signs_of_life import WATCH, sign
from projections.tables import VIEW
from projections.trust import Doubt, trust_in, unjudged
from store.database import DatabaseUnavailable
from store.log import Log

ADOPTIONS: Final = (PolicyAdopted, CalendarAdopted)
"""What names rules that may not lie here."""

Answer = TypeVar("Answer")

Ping = Callable[[], Awaitable[None]]
"""A sign of life to somebody outside, who raises the alarm where it stays away."""

logger = structlog.get_logger()


async def no_ping() -> None:
    """Nobody outside waits for a sign."""


@cache
def shipped() -> tuple[Policy, WorkingDays]:
    """The pack and the calendar that came with this release."""
    return read_policy(national_texts()), calendar_of(shipped_calendar_text())


def without_rules(log: Log, code: str) -> Authority:
    """An authority whose rules cannot be read, as far as it is known who works there.

    Nothing may be judged by it; it climbs by the shipped ladder to whoever can put the rules back.
    """
    history = log.history(log.stream(code, "authority", code))
    told = [one for one in history if not isinstance(one.event.said, ADOPTIONS)]
    return authority(code, *shipped(), told)


def or_without_rules(
    ask: Callable[[], Answer], otherwise: Callable[[DaymarkError], Answer]
) -> Answer:
    """An answer, or another where the rules that it needs cannot be read; a database may come back."""
    try:
        return ask()
    except DatabaseUnavailable:
        raise
    except DaymarkError as error:
        return otherwise(error)


BEHIND: Final = "projector"
"""The kind of doubt that a board gives which is behind the log."""

LONGEST_CATCHING_UP: Final = timedelta(hours=1)
"""After so long somebody looks at a board that is behind, however busy it seems."""


@dataclass
class BoardSeen:
    """What this worker has seen of a board that is behind.

    After an upgrade or a rebuild it takes in years in some minutes, and what it lacks was recorded long ago.
    """

    position: int = -1
    moved_at: datetime | None = None
    behind_since: datetime | None = None
    asked_at: datetime | None = None

    def catches_up(self, position: int, now: datetime) -> bool:
        """Whether it has lately moved on, and has not been behind for too long."""
        if self.asked_at is None or now - self.asked_at > PASSES_BY_ITSELF:
            self.behind_since = now  # it was well since it was last asked about
        self.asked_at = now
        if position != self.position or self.moved_at is None:
            self.position, self.moved_at = position, now
        begun = self.behind_since or now
        return now - self.moved_at < PASSES_BY_ITSELF and now - begun < LONGEST_CATCHING_UP


@dataclass(frozen=True)
class Watch:
    """Asks whether the board can be relied on, and tells whoever looks after Daymark where it cannot."""

    effects: Effects
    ping: Ping = no_ping
    board: BoardSeen = field(default_factory=BoardSeen)

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
        """Whose people are told, also where what they are judged by cannot be read."""
        parts, code = self.effects, watch.authority
        return or_without_rules(
            lambda: parts.authority(code), lambda _: without_rules(parts.log, code)
        )

    def _doubts(self, watch: WatchRef) -> tuple[Doubt, ...]:
        """What is doubtful now; that it was asked at all is itself a sign of life."""
        now = self.effects.now(watch.reached)
        sign(self.effects.views, WATCH, now)
        return self._doubts_of(watch.authority, now)

    def _doubts_of(self, code: str, now: datetime) -> tuple[Doubt, ...]:
        """What is doubtful of one authority; rules that cannot be read are one, and stop no other."""
        parts = self.effects
        return or_without_rules(
            lambda: trust_in(parts.log, parts.views, parts.authority, code, now).doubts,
            lambda error: (unjudged(error),),
        )

    def _elsewhere(self, watch: WatchRef) -> bool:
        """Whether another authority served here is doubtful: one must not speak for the others."""
        now = self.effects.now(watch.reached)
        others = (code for code in self.effects.codes if code != watch.authority)
        return any(self._doubts_of(code, now) for code in others)

    def _untold(self, watch: WatchRef, doubts: Sequence[Doubt]) -> list[tuple[Doubt, Word]]:
        """The words that the log does not know yet."""
        authority, now = self._authority(watch), self.effects.now(watch.reached)
        return [
            (doubt, word)
            for doubt in doubts
            if not self._passes(doubt, now)
            for word in words(authority, doubt.kind, doubt.about, doubt.since, now)
            if not self.effects.log.find(told(authority, word, now).identity)
        ]

    def _passes(self, doubt: Doubt, now: datetime) -> bool:
        """Whether a doubt may still pass by itself: a change of servers, or a board that catches up."""
        if doubt.kind == BEHIND:
            return self.board.catches_up(self.effects.views.position(VIEW), now)
        return doubt.may_pass_until is not None and now < doubt.may_pass_until

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
