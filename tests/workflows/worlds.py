"""A world for stories about waiting: real log, real rules, real workflows, and a time to move."""

import asyncio
import sysconfig
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Final
from uuid import UUID

from temporalio.api.testservice.v1 import UnlockTimeSkippingRequest
from temporalio.client import Client, Interceptor, WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment

from activities.codec import converter
from activities.effects import Effects
from activities.mail import Letters
from activities.messages import EpisodeRef
from dispatcher import Dispatcher
from domain.answering import acknowledge
from domain.authority import Authority, authority
from domain.calendar import WorkingDays, at_clock, london_date, read_calendar
from domain.child_episode import ChildEpisode
from domain.engine_events import EscalationRaised, ManagerNotified
from domain.errors import Unavailable
from domain.event import Event, Kind
from domain.facts.authority import PersonAssigned, SourceRegistered
from domain.facts.fact import Fact
from domain.facts.vocabulary import FACTS
from domain.timescales import Policy, read_policy
from formats.people import Person
from projections.board_view import BoardView, create_tables
from store.log import Log, open_log
from store.vault import Vault
from store.views import Views
from tests.store.events import Place
from worker import build
from workflows.poking import episode_id, ladder_id

DOMAIN: Final = Path(__file__).parents[2] / "domain"
SCRIPTS: Final = Path(sysconfig.get_path("scripts"))
CONVERTER: Final = converter(b"1" * 32)
CODE: Final = "sample"
CHILD: Final = "CANARY-child-77"
URL: Final = "https://daymark.example.gov.uk"
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

ROLES: Final = {
    "mo": "return_interview_team_manager",
    "ed": "emergency_duty_team",
    "tom": "team_manager",
    "mia": "mash_team_manager",
    "sam": "service_manager",
    "sal": "service_manager_safeguarding",
    "hal": "head_of_service",
    "dot": "director_of_childrens_services",
    "cho": "cp_conference_chair",
    "ada": "administrator",
    "dee": "designated_officer",
}
"""Who holds which role."""


def england() -> Policy:
    """The national timescales."""
    files = (DOMAIN / "policies" / "england").glob("*.toml")
    return read_policy({file.name: file.read_text() for file in files})


def calendar() -> WorkingDays:
    """England's working days."""
    return read_calendar((DOMAIN / "calendars" / "england.csv").read_text())


POLICY: Final = england()
CALENDAR: Final = calendar()


def quiet_monday(after: datetime) -> datetime:
    """9am on the next Monday that is followed by four weeks without a bank holiday."""
    day = london_date(after)
    while not (
        day.weekday() == 0
        and at_clock(day, time(9)) > after
        and all(CALENDAR.is_working(day + n * DAY) for n in range(26) if n % 7 < 5)
    ):
        day += DAY
    return at_clock(day, time(9))


async def until(question: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait in real time for something to become true."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not await asyncio.to_thread(question):
        assert asyncio.get_running_loop().time() < deadline, "waited too long"
        await asyncio.sleep(0.01)


@dataclass
class Mailbag:
    """Stands for the relay outside: keeps every letter, and answers as the story says."""

    letters: list[EmailMessage] = field(default_factory=list)
    refuses: frozenset[str] = frozenset()
    """Addresses that are refused for good."""
    breaks: int = 0
    """How many hand-overs are still to fail for now."""

    async def __call__(self, letter: EmailMessage) -> str | None:
        """Take a letter."""
        if self.breaks:
            self.breaks -= 1
            raise ConnectionError
        self.letters.append(letter)
        return "refused-550" if self.told()[-1] in self.refuses else None

    def told(self) -> list[str]:
        """To whom the letters went, by opaque id, in order."""
        return [str(letter["To"]).split("<")[1].split("@")[0] for letter in self.letters]


@dataclass
class World:
    """A log, a worker, a dispatcher, and a time that can be moved."""

    log: Log
    views: Views
    start: datetime
    now: datetime
    skipper: WorkflowEnvironment | None = None
    """The server whose time can be moved, where the story has one."""
    mail: Mailbag = field(default_factory=Mailbag)
    freed: set[str] = field(default_factory=set)
    told: int = 0
    outages: int = 0
    """How many questions to the store are still to fail."""
    whose: tuple[Kind, str] = ("child", CHILD)
    """Whose stream the story tells of: the child's, or the authority's own."""

    @property
    def environment(self) -> WorkflowEnvironment:
        """The server whose time can be moved."""
        assert self.skipper is not None
        return self.skipper

    @property
    def client(self) -> Client:
        """The client every part shares."""
        return self.environment.client

    def reach(self, reached: datetime) -> datetime:
        """The time of this world: what the test moved it to, or what a workflow has reached since."""
        self.now = max(self.now, reached)
        return self.now

    def authority(self, code: str = CODE) -> Authority:
        """The authority as its own stream says it is."""
        if self.outages:
            self.outages -= 1
            message = "the store is down"
            raise Unavailable(message)
        history = self.log.history(self.log.stream(code, "authority", code))
        return authority(code, POLICY, CALENDAR, history)

    @property
    def stream(self) -> UUID:
        """The stream the story tells of."""
        return self.log.stream(CODE, *self.whose)

    @property
    def episode(self) -> ChildEpisode:
        """The child, as the log has it."""
        episode = self.log.episode(self.stream)
        assert episode is not None
        return episode

    @property
    def ref(self) -> EpisodeRef:
        """The child, as workflows name it."""
        return EpisodeRef(authority=CODE, stream=self.stream)

    @property
    def episode_workflow(self) -> str:
        """The id of the child's workflow."""
        return episode_id(self.ref)

    def happened(
        self,
        fact: Fact,
        at: timedelta | datetime,
        *,
        child: str = CHILD,
        on: date | None = None,
        trace: str | None = None,
    ) -> Event:
        """Record a fact about the child that happened so long after the world's start."""
        moment = at if isinstance(at, datetime) else self.start + at
        self.told += 1
        event = Event(
            authority=CODE,
            kind="child",
            subject=child,
            source="liquidlogic",
            id=f"fact-{self.told}",
            said=fact,
            occurred_at=None if on else moment,
            occurred_on=on,
            trace=trace,
        )
        self.log.append([event])
        return event

    def stated(self, fact: Fact, at: datetime | date) -> None:
        """Record a fact about the authority."""
        self.told += 1
        instant = at if isinstance(at, datetime) else None
        event = Event(
            authority=CODE,
            kind="authority",
            subject=CODE,
            source="people",
            id=f"fact-{self.told}",
            said=fact,
            occurred_at=instant,
            occurred_on=None if instant else at,
        )
        self.log.append([event])

    def acknowledged(self, owner: str, until: date) -> None:
        """A manager promises, as the page lets them."""
        self.told += 1
        token = f"form-{self.told}"
        event = acknowledge(
            self.episode,
            self.authority(CODE),
            self.ladder,
            by=owner,
            owner=owner,
            until=until,
            reason="awaiting-other-agency",
            token=token,
            now=self.now,
        )
        self.log.append([event])

    @property
    def ladder(self) -> str:
        """The newest ladder's id."""
        raised = [one.event.said for one in self.episode.engine]
        return [said for said in raised if isinstance(said, EscalationRaised)][-1].escalation

    @property
    def ladder_workflow(self) -> str:
        """The id of the newest ladder's workflow."""
        return ladder_id(self.ladder)

    def names(self) -> list[str]:
        """What stands in the child's stream, by name, oldest first."""
        return [one.event.name for one in self.episode.history]

    def count(self, name: str) -> int:
        """How often something stands in the child's stream."""
        return self.names().count(name)

    def notified(self) -> list[ManagerNotified]:
        """Who was told, or could not be."""
        said = [one.event.said for one in self.episode.engine]
        return [one for one in said if isinstance(one, ManagerNotified)]

    def when(self, name: str) -> datetime:
        """When something was last recorded."""
        return [one.recorded_at for one in self.episode.history if one.event.name == name][-1]

    def project(self) -> None:
        """Let the board catch up with the log."""
        view = BoardView(self.views, self.log, self.authority)
        while batch := self.log.after(view.position()):
            view.apply(batch, after=view.position())

    def dispatcher(self) -> Dispatcher:
        """A dispatcher of this world."""
        return Dispatcher(
            client=self.client,
            log=self.log,
            views=self.views,
            authority=self.authority,
            codes=[CODE],
            now=lambda: self.now,
        )

    async def follow(self) -> None:
        """Let the board and the dispatcher catch up."""
        dispatcher = self.dispatcher()
        await asyncio.to_thread(self.project)
        while await dispatcher.step():
            pass

    async def advance(self, amount: timedelta) -> None:
        """Move this world's time on."""
        await self.advance_to(self.now + amount)

    async def advance_to(self, instant: datetime) -> None:
        """Move this world's time to an instant; meanwhile it is as late as the workflows say."""
        await self._sleep(instant - await self.environment.get_current_time())
        self.reach(instant)

    async def _sleep(self, amount: timedelta) -> None:
        """Let the test server skip.

        It leaks a time lock when an abandoned child outlives its parent and completes: give that back.
        """
        if amount <= timedelta():
            return
        sleeping = asyncio.ensure_future(self.environment.sleep(amount))
        while not (await asyncio.wait({sleeping}, timeout=0.5))[0]:
            for name in await self._orphans() - self.freed:
                self.freed.add(name)
                await self.client.test_service.unlock_time_skipping(UnlockTimeSkippingRequest())
                break
        await sleeping

    async def _orphans(self) -> set[str]:
        """The ladders that have completed after the run of the episode that had started them.

        No lock is leaked while that run goes on: giving one back then sets the server's time free for good.
        """
        episode = self.log.episode(self.stream)
        said = [one.event.said for one in episode.engine] if episode else []
        ids = {ladder_id(one.telling) for one in said if isinstance(one, ManagerNotified)}
        found = set()
        for name in ids:
            ended, parent = await self._ended(name)
            if ended and parent:
                before, _ = await self._ended(*parent)
                if before and before <= ended:
                    found.add(name)
        return found

    async def _ended(
        self, name: str, run: str | None = None
    ) -> tuple[datetime | None, tuple[str, str] | None]:
        """When a workflow ended, if it has, and the workflow and run that had started it."""
        described = await self.client.get_workflow_handle(name, run_id=run).describe()
        parent = (described.parent_id, described.parent_run_id)
        return described.close_time, (parent[0], parent[1]) if parent[0] and parent[1] else None

    async def closed(self, name: str) -> None:
        """Wait for a workflow to complete, without letting the server skip time."""
        handle = self.client.get_workflow_handle(name)
        for _ in range(1000):
            described = await handle.describe()
            if described.close_time is not None:
                assert described.status is WorkflowExecutionStatus.COMPLETED
                return
            await asyncio.sleep(0.01)
        message = f"{name} still runs"
        raise AssertionError(message)


@asynccontextmanager
async def skipping(*interceptors: Interceptor) -> AsyncIterator[WorkflowEnvironment]:
    """The time-skipping test server."""
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(SCRIPTS / "temporal-test-server"),
        data_converter=CONVERTER,
        interceptors=interceptors,
    ) as environment:
        yield environment


@asynccontextmanager
async def world(
    environment: WorkflowEnvironment,
    folder: Path,
    roles: dict[str, str] | None = None,
    server: str | None = None,
) -> AsyncIterator[World]:
    """A worker over a fresh log, at 9am on a quiet Monday."""
    start = quiet_monday(await environment.get_current_time())
    await environment.sleep(start - await environment.get_current_time())
    with founded(folder, start, roles, server) as made:
        made.skipper = environment
        async with build(environment.client, effects(made)):
            yield made


@contextmanager
def founded(
    folder: Path,
    start: datetime,
    roles: dict[str, str] | None = None,
    server: str | None = None,
) -> Iterator[World]:
    """A fresh log with a case system and people in their roles, and nobody at work yet."""
    place = Place(folder, server)
    holder: list[World] = []
    vault = Vault(place.vault, place.keys.master)
    log = open_log(place.log, keys=place.keys, vault=vault, now=lambda: holder[0].now)
    made = World(log, Views(place.views), start, start)
    holder.append(made)
    create_tables(made.views)
    populate(made, ROLES if roles is None else roles)
    try:
        yield made
    finally:
        log.close()
        made.views.close()
        vault.close()


def populate(made: World, roles: dict[str, str]) -> None:
    """One case system that speaks at once and of everything, and people in their roles."""
    begun = date(2026, 1, 1)
    made.stated(
        SourceRegistered(
            source="liquidlogic",
            delivers="continuous",
            states=tuple(FACTS),
            times="happened",
            from_on=begun,
        ),
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    for person, role in roles.items():
        made.stated(PersonAssigned(person_ref=person, role=role, from_on=begun), begun)


def effects(made: World) -> Effects:
    """The activities over a world: its own time, and its mailbag outside."""
    return Effects(
        log=made.log,
        views=made.views,
        authority=made.authority,
        people=lambda _code: {
            ref: Person(ref=ref, name=f"CANARY {ref}", email=f"{ref}@council.example")
            for ref in ROLES
        },
        letters=Letters(url=URL, sender="Daymark <daymark@council.example>"),
        send=made.mail,
        now=made.reach,
    )
