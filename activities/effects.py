"""The activities: every rule is asked here, at the moment of use, against the head of the log.

Each may run twice. What it records is unique in the log, so a repeat records nothing;
a letter sent twice carries the same Message-ID.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import cached_property
from typing import TYPE_CHECKING, Final, get_args

import structlog
from opentelemetry import metrics, trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.crowd import Crowd, note_recorded
from activities.digests import Page, pages
from activities.messages import (
    DigestPlan,
    DigestRef,
    DueStage,
    DueStep,
    EpisodeQuestion,
    EpisodeRef,
    Firing,
    LadderPlan,
    LadderQuestion,
    Plan,
    Telling,
    TellingRef,
)
from activities.notices import notice
from domain.authority import Authority
from domain.child_episode import ChildEpisode, outstanding, perform
from domain.errors import Grown
from domain.escalation import next_step, perform_step, tellings
from domain.event import Event
from domain.telling_hours import next_digest
from domain.telling_steps import Step
from formats.people import People, Reached
from projections.digest import due as due_in_digest
from projections.measures import TELLINGS
from store.log import Log
from store.views import Views

# The dispatcher needs the names of these activities, and nothing that writes letters.
if TYPE_CHECKING:
    from activities.mail import Letters
    from activities.relay import Send, Way

Now = Callable[[datetime], datetime]
"""The present instant, given the one the workflow has reached; only a process asks the time."""

NO_ADDRESS: Final = "no-address"
"""The failure of telling somebody whom the people file does not know."""

LOOKS_AGAIN: Final = timedelta(seconds=5)
"""How long at most a stage waits for this machine's clock, which may be set right again meanwhile."""

BEAT: Final = 1.0
"""Seconds between two signs of life."""

logger = structlog.get_logger()
meter = metrics.get_meter("daymark.worker")
told = meter.create_counter(TELLINGS.name, description=TELLINGS.help)


def count_from_nought() -> None:
    """Show every count before there is anything to count: one that begins at one is no increase."""
    for channel in get_args(Reached):
        for result in ("delivered", "failed"):
            told.add(0, {"channel": channel, "result": result})
    told.add(0, {"channel": "none", "result": "nobody"})


@dataclass(frozen=True, kw_only=True)
class Effects:
    """The activities, and what they need: the log, the law, a clock and a way to send."""

    log: Log
    views: Views
    authority: Callable[[str], Authority]
    people: Callable[[str], People]
    """The staff of an authority: references of people repeat across authorities."""
    letters: "Letters"
    send: "Send"
    now: Now
    ways: "Mapping[str, Way]" = field(default_factory=dict)
    """What else there is beside e-mail, by the name it has in the people file."""
    codes: Sequence[str] = ()
    """Every authority served, none of which may be doubtful for the sign of life outside."""

    @cached_property
    def crowd(self) -> Crowd:
        """Who else has come to an instant that one of them was woken for."""
        return Crowd(self.log, self.views, self.authority)

    @activity.defn
    async def plan(self, question: EpisodeQuestion) -> Plan:
        """What is outstanding for this child."""
        async with beating():
            return await asyncio.to_thread(self._plan, question.episode, question.reached)

    @activity.defn
    async def fire(self, firing: Firing) -> Plan:
        """Record the asked stages that are outstanding and due, latest instant first; then plan."""
        async with beating():
            return await asyncio.to_thread(self._fire, firing)

    @activity.defn
    async def plan_ladder(self, question: LadderQuestion) -> LadderPlan:
        """What is next on this ladder, and when."""
        async with beating():
            return await asyncio.to_thread(self._ladder, question.ladder, question.reached)

    @activity.defn
    async def tell(self, telling: Telling) -> LadderPlan:
        """Do the step if it is still next: send, then record; then say what is next."""
        episode, reached = telling.ladder.episode, telling.reached
        async with beating():
            found = await asyncio.to_thread(self._still_next, telling)
            if found:
                step, letter = found
                by, failure = await self._post(episode.authority, step, letter)
                await asyncio.to_thread(self._told, episode, step, reached, failure, by)
            return await asyncio.to_thread(self._ladder, telling.ladder, reached)

    @activity.defn
    async def plan_digest(self, digest: DigestRef) -> DigestPlan:
        """When the next digests go out: now, where a morning was missed."""
        async with beating():
            return await asyncio.to_thread(self._next_digest, digest)

    @activity.defn
    async def tell_digest(self, digest: DigestRef) -> DigestPlan:
        """Send each person what their digest has to say, and record it; then say when the next is due.

        One person's letter that cannot be handed over now keeps nobody else waiting.
        """
        failures = []
        async with beating():
            for page in await asyncio.to_thread(self._pages, digest):
                try:
                    await self._tell_page(page, digest.authority, digest.reached)
                except Exception as error:  # noqa: BLE001  (raised below, once the others are told)
                    failures.append(error)
            if failures:
                raise failures[0]
            return DigestPlan(at=await asyncio.to_thread(self._eight, digest))

    # What follows runs in a thread: the store waits for its disk.

    def _read(self, ref: EpisodeRef) -> ChildEpisode | None:
        episode = self.log.episode(ref.stream)
        if episode is not None:
            trace.get_current_span().set_attribute("daymark.stream.version", episode.version)
        return episode

    def _plan(self, ref: EpisodeRef, reached: datetime) -> Plan:
        # The head first: then the stream holds at least everything up to it.
        position = self.log.head()
        episode = self._read(ref)
        if episode is None:
            return Plan(position=position)
        authority, now = self.authority(ref.authority), self.now(reached)
        return Plan(
            position=position,
            stages=tuple(
                DueStage(key=stage.key, at=stage.at, summary=stage.summary)
                for stage in outstanding(episode, authority)
            ),
            tellings=tuple(one.id for one in tellings(episode, authority, now) if one.open),
        )

    def _fire(self, firing: Firing) -> Plan:
        done: set[str] = set()
        while episode := self._read(firing.episode):
            authority, now = self.authority(firing.episode.authority), self.now(firing.reached)
            asked = [one for one in outstanding(episode, authority) if one.key in firing.keys]
            due = [stage for stage in asked if stage.at <= now]
            if not due:
                _wait_for_this_clock([stage.at for stage in asked], firing.reached, now)
                break
            # The latest first: an overdue clock gives its breach, not a stale warning and a breach.
            stage = due[-1]
            if stage.key in done:
                message = f"{stage.key} is recorded and still outstanding"
                raise ApplicationError(message)
            with suppress(Grown):
                self._save(episode, perform(episode, authority, stage, now))
                done.add(stage.key)
                trace.get_current_span().set_attribute("daymark.stage", stage.key)
                note_recorded(episode, stage, now)
        plan = self._plan(firing.episode, firing.reached)
        # Whoever else has come to the same instant need not wait until Temporal has woken them all.
        self.crowd.record(firing.episode.authority, firing.reached, self.now(firing.reached))
        return plan

    def _ladder(self, ref: TellingRef, reached: datetime) -> LadderPlan:
        position = self.log.head()
        episode = self._read(ref.episode)
        if episode is None:
            return LadderPlan(position=position)
        authority, now = self.authority(ref.episode.authority), self.now(reached)
        step = next_step(episode, authority, ref.telling, now)
        if step is None:
            return LadderPlan(position=position)
        due = DueStep(key=step.key, at=step.at, summary=step.summary)
        return LadderPlan(position=position, step=due)

    def _still_next(self, telling: Telling) -> tuple[Step, EmailMessage | None] | None:
        """The step and its letter; nothing where the log has moved on since it was planned."""
        ref = telling.ladder.episode
        episode = self._read(ref)
        if episode is None:
            return None
        authority, now = self.authority(ref.authority), self.now(telling.reached)
        step = next_step(episode, authority, telling.ladder.telling, now)
        if step is None or step.key != telling.key:
            return None
        self._refuse_repeat(episode, step, now)
        if step.at > now:
            _wait_for_this_clock([step.at], telling.reached, now)
            return None
        return step, self._letter(episode, authority, step, now)

    def _refuse_repeat(self, episode: ChildEpisode, step: Step, now: datetime) -> None:
        """Raise where a step is recorded and still next, before a letter goes out again and again."""
        (event,) = perform_step(episode, step, now)
        if self.log.find(event.identity):
            message = f"{step.key} is recorded and still to be done"
            raise ApplicationError(message)

    def _letter(
        self, episode: ChildEpisode, authority: Authority, step: Step, now: datetime
    ) -> EmailMessage | None:
        """The letter that does a step; nothing where no person with an address is to be told."""
        person = self.people(authority.code).get(step.person or "")
        if step.channel != "email" or person is None:
            return None
        said = notice(episode, authority, step, now)
        return self.letters.single(said, authority.code, step.key, person, now)

    async def _post(
        self, authority: str, step: Step, letter: EmailMessage | None
    ) -> tuple[str | None, str | None]:
        """The way it went, and how a telling failed for good, if it did.

        Whom their own way does not reach is told by e-mail.
        """
        if letter is None:
            return None, None if step.channel == "none" else NO_ADDRESS
        person = self.people(authority).get(step.person or "")
        way = None if person is None else self.ways.get(person.channel)
        if way is not None and person is not None:
            failure = await way(letter, person)
            if failure is None:
                return person.channel, None
            logger.warning("told by e-mail instead", way=person.channel, failure=failure)
        return None, await self.send(letter)

    def _told(
        self,
        ref: EpisodeRef,
        step: Step,
        reached: datetime,
        failure: str | None,
        by: str | None = None,
    ) -> None:
        """Record that a step was done; the letter has gone, so it is recorded whatever came since."""
        delivered = step.channel != "none" and failure is None
        while episode := self._read(ref):
            now = self.now(reached)
            events = perform_step(episode, step, now, delivered=delivered, failure=failure, by=by)
            with suppress(Grown):
                self._save(episode, events)
                break
        trace.get_current_span().set_attribute("daymark.step", step.key)
        result = "nobody" if step.channel == "none" else "failed" if failure else "delivered"
        told.add(1, {"channel": step.channel, "result": result})
        logger.info("step done", step=step.key, channel=step.channel, failure=failure)

    def _save(self, episode: ChildEpisode, events: Sequence[Event]) -> None:
        """Append to the stream as it was read, under the trace that led here; raises Grown."""
        carrier: dict[str, str] = {}
        TraceContextTextMapPropagator().inject(carrier)
        traced = [replace(event, trace=carrier.get("traceparent")) for event in events]
        self.log.save(episode, traced)

    def _pages(self, digest: DigestRef) -> tuple[Page, ...]:
        authority = self.authority(digest.authority)
        now = self.now(digest.reached)
        streams = {item.stream: None for item in due_in_digest(self.views, digest.authority, now)}
        return pages(self.log, streams, authority, now)

    async def _tell_page(self, page: Page, authority: str, reached: datetime) -> None:
        """One letter for one person, then a record in the stream of each child it speaks of."""
        person = self.people(authority).get(page.person or "")
        failure: str | None = NO_ADDRESS
        if person is not None:
            letter = self.letters.digest(page, authority, person, self.now(reached))
            failure = await self.send(letter)
        for entry in page.entries:
            await asyncio.to_thread(self._told, entry.episode, entry.step, reached, failure)

    def _eight(self, digest: DigestRef) -> datetime:
        calendar = self.authority(digest.authority).calendar
        return next_digest(calendar, self.now(digest.reached))

    def _next_digest(self, digest: DigestRef) -> DigestPlan:
        overdue = self._pages(digest)
        return DigestPlan(at=self.now(digest.reached) if overdue else self._eight(digest))


@asynccontextmanager
async def beating() -> AsyncIterator[None]:
    """Say now and again that the work goes on, so that a dead worker's is soon done by another."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(BEAT)
            activity.heartbeat()

    alive = asyncio.create_task(beat())
    try:
        yield
    finally:
        alive.cancel()


def _wait_for_this_clock(planned: Sequence[datetime], reached: datetime, now: datetime) -> None:
    """Raise where the workflow's clock is ahead of this one, to be asked again when it is not."""
    early = [at for at in planned if at <= reached]
    if early:
        message = "the workflow's clock is ahead of this machine's"
        wait = min(max(min(early) - now, timedelta()), LOOKS_AGAIN)
        raise ApplicationError(message, next_retry_delay=wait)
