"""A whole installation for a drill: people who are told, a relay, Temporal, our processes, a door."""

import asyncio
import signal
import ssl
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event as Stopped
from typing import Any, Final, TypeVar

import httpx2

from assembly import Daymark, assemble, prepare
from domain.engine_events import EngineEvent, EscalationRaised, ManagerNotified, TimescaleBreached
from domain.event import Event, Identity, Kind, Recorded
from domain.facts.authority import PersonAssigned, SourceRegistered
from domain.facts.emergency_and_court import PoliceProtectionTaken
from domain.facts.fact import Fact
from domain.facts.vocabulary import FACTS
from drills.granted import narrowed, with_a_vault_apart
from drills.outcome import Counts
from drills.relay import Relay, relaying
from drills.writer import environment
from formats.addresses import Address
from projector import run as project
from settings import Settings
from supervisor import Part, free_port, temporal_part

Said = TypeVar("Said", bound=EngineEvent)

ROOT: Final = Path(__file__).parents[1]
CASE_SYSTEM: Final = "liquidlogic"
ROLES: Final = {
    "tom": "team_manager",
    "sam": "service_manager",
    "hal": "head_of_service",
    "dot": "director_of_childrens_services",
}
PROTECTED_FOR: Final = timedelta(hours=72)
"""How long before its due instant the fact lies that starts the clock of these drills."""
HOLDER: Final = 2
"""How many words of the supervisor's command belong to the process that holds the leash."""
PATIENCE: Final = 60.0


BARE: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For doors without a certificate: to read those of the whole world takes longer than a post does."""


async def until(question: Callable[[], object], seconds: float) -> None:
    """Wait until something is true."""
    assert await came_about(question, seconds), "waited too long"


async def came_about(question: Callable[[], object], seconds: float) -> bool:
    """Whether something came true in time."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not await asyncio.to_thread(question):
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(0.05)
    return True


@dataclass
class Installation:
    """One installation under a drill."""

    daymark: Daymark
    part: Part
    relay: Relay
    server: subprocess.Popen[bytes] | None = None
    told: int = 0
    heard: tuple[int, int] = (0, 0)
    """How far the log was read for those told of a breach, and how many they were."""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    async def start_temporal(self) -> None:
        """Start the server, and wait until it answers something real."""
        self.server = quiet(self.part.command[HOLDER:])
        assert self.part.probe is not None
        for _ in range(200):
            if await self.part.probe():
                return
            await asyncio.sleep(0.05)
        message = "the Temporal server does not answer"
        raise AssertionError(message)

    def kill_temporal(self) -> None:
        """As a power cut would."""
        assert self.server is not None
        self.server.kill()
        self.server.wait(5)

    def wipe_temporal(self) -> None:
        """Delete everything Temporal knew."""
        for file in self.daymark.settings.home.glob("temporal.db*"):
            file.unlink()

    def start(self, process: str, name: str = "", **more: str) -> subprocess.Popen[bytes]:
        """Start one of our processes as a service manager does; it ends with this one."""
        settings = self.daymark.settings
        server = {"DAYMARK_TEMPORAL": str(settings.temporal)} if settings.temporal else {}
        told = (
            environment(settings)
            | server
            | {
                "DAYMARK_SMTP": str(settings.smtp),
                "DAYMARK_URL": settings.url,
                **more,
            }
        )
        command = [sys.executable, str(ROOT / "cli.py"), "run", process, "--leash"]
        with (settings.home / f"{name or process}.log").open("ab") as lines:
            started = subprocess.Popen(  # noqa: S603 -- a process of our own
                command, env=told, stdin=subprocess.PIPE, stdout=lines, stderr=lines
            )
        self.processes.append(started)
        return started

    def happened(self, child: str, fact: Fact, at: datetime) -> None:
        """Record a fact about a child."""
        self._record("child", child, CASE_SYSTEM, fact, at=at)

    def stated(self, fact: Fact, at: datetime | None = None, on: date | None = None) -> None:
        """Record a fact about the authority."""
        self._record("authority", self.code, "people", fact, at=at, on=on)

    @property
    def code(self) -> str:
        """The authority."""
        return self.daymark.settings.authority

    def _record(
        self,
        kind: Kind,
        subject: str,
        source: str,
        fact: Fact,
        *,
        at: datetime | None = None,
        on: date | None = None,
    ) -> None:
        self.told += 1
        event = Event(
            authority=self.code,
            kind=kind,
            subject=subject,
            source=source,
            id=f"fact-{self.told}",
            said=fact,
            occurred_at=at,
            occurred_on=on,
        )
        self.daymark.log.append([event])

    def at_risk(self, children: Sequence[str], due: datetime) -> None:
        """Children under police protection that lapses at an instant."""
        for child in children:
            taken = PoliceProtectionTaken(police_protection_ref=f"P-{child}")
            self.happened(child, taken, due - PROTECTED_FOR)

    def recorded(self, kind: type[Said]) -> list[tuple[Recorded, Said]]:
        """Everything of one kind that the log holds, with what was said."""
        return [
            (one, one.event.said)
            for one in self.daymark.log.after(0, 100_000)
            if isinstance(one, Recorded) and isinstance(one.event.said, kind)
        ]

    def said(self, kind: type[Said]) -> list[Said]:
        """What was said, of one kind."""
        return [said for _, said in self.recorded(kind)]

    def told_of_breach(self) -> int:
        """How many heads of service were told of a breach; asked again and again, it reads on."""
        position, number = self.heard
        for one in self.daymark.log.after(position, 100_000):
            said = one.event.said if isinstance(one, Recorded) else None
            position = one.position
            if isinstance(said, ManagerNotified) and said.about == "breach":
                number += said.person == "hal"
        self.heard = position, number
        return number

    def all_once(self, children: Sequence[str]) -> bool:
        """Whether every child's breach was recorded and told exactly once, and none early."""
        return self.count(children, Counts(acknowledged=len(children))).nothing_wrong

    def lost(self, ids: Sequence[str]) -> int:
        """How many facts that hold a receipt are not in the log."""
        find = self.daymark.log.find
        return sum(find(Identity(self.code, CASE_SYSTEM, one)) is None for one in ids)

    def count(self, children: Sequence[str], counts: Counts) -> Counts:
        """Each child's breach must stand once, none early, with one ladder whose first rung was told once."""
        streams = {self.daymark.child(child) for child in children}
        breaches = [one for one in self.recorded(TimescaleBreached) if one[0].stream in streams]
        ladders = Counter(
            one.stream for one, _ in self.recorded(EscalationRaised) if one.stream in streams
        )
        told = Counter(
            one.stream
            for one, said in self.recorded(ManagerNotified)
            if said.about == "breach" and said.person == "hal" and one.stream in streams
        )
        counts.tried += len(children)
        for found in (Counter(one.stream for one, _ in breaches), ladders, told):
            counts.missed += len(streams - found.keys())
            counts.doubled += sum(found.values()) - len(found)
        counts.doubled += sum(len(letters) > 1 for letters in self.relay.letters.values())
        for one, said in breaches:
            counts.early += one.recorded_at < said.due_at
            # A fact that came only after its instant could not be late before it was there.
            first = self.daymark.log.history(one.stream)[0].recorded_at
            counts.delayed(one.recorded_at - max(said.due_at, first))
        return counts


def quiet(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a program whose words nobody reads."""
    return subprocess.Popen(  # noqa: S603 -- a program that we named
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@asynccontextmanager
async def installation(
    folder: Path,
    *options: str,
    database: str = "",
    relay: Relay | None = None,
    temporal: bool = True,
    granted: bool = False,
) -> AsyncIterator[Installation]:
    """An installation with people in their roles, a relay, and a Temporal server unless told not to.

    Where rights are `granted`, only its tables are made as the database's owner.
    """
    relay = relay or Relay()
    with relaying(relay) as smtp:
        home, port = folder / "home", free_port()
        given: dict[str, Any] = {"database": database} if database else {}
        if granted:
            given = with_a_vault_apart(database)
        settings = Settings(
            home=home,
            temporal=Address("127.0.0.1", port) if temporal else None,
            smtp=smtp,
            log="info",
            **given,
        )
        prepare(settings)
        if granted:
            settings = narrowed(settings)
        people = ["person_ref,name,email,role,team_ref,from_on,to_on,covers"]
        people += [
            f"{ref},{ref},{ref}@council.example,{role},,2026-01-01,," for ref, role in ROLES.items()
        ]
        settings.people_file.write_text("\n".join(people) + "\n")
        daymark = assemble(settings)
        part = temporal_part(settings.home, port, settings.temporal_namespace)
        made = Installation(daymark, replace(part, command=(*part.command, *options)), relay)
        introduce(made)
        try:
            if temporal:
                await made.start_temporal()
            yield made
        finally:
            for process in [*made.processes, *([made.server] if made.server else [])]:
                end(process)
            daymark.close()


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process at once, stopped or not."""
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGKILL)
    process.wait(5)
    if process.stdin:
        process.stdin.close()


def introduce(made: Installation) -> None:
    """One source that speaks at once and of everything, and people in their roles."""
    begun = date(2026, 1, 1)
    registered = SourceRegistered(
        source=CASE_SYSTEM,
        delivers="continuous",
        states=tuple(FACTS),
        times="happened",
        from_on=begun,
    )
    made.stated(registered, at=datetime(2026, 1, 1, tzinfo=UTC))
    for person, role in ROLES.items():
        made.stated(PersonAssigned(person_ref=person, role=role, from_on=begun), on=begun)


@asynccontextmanager
async def projecting(daymark: Daymark) -> AsyncIterator[None]:
    """The board follows the log meanwhile."""
    stopped = Stopped()
    following = asyncio.create_task(
        asyncio.to_thread(project, daymark.log, daymark.views, daymark.authority, stopped)
    )
    try:
        yield
    finally:
        stopped.set()
        await following


# The door, as a case system uses it -------------------------------------------------------------


def protected(child: str, due: datetime) -> dict[str, object]:
    """The CloudEvent of a child whose police protection lapses at an instant, under an id of its own."""
    return {
        "specversion": "1.0",
        "type": "daymark.police-protection-taken.v1",
        "source": CASE_SYSTEM,
        "id": f"taken/{child}",
        "subject": child,
        "time": (due - PROTECTED_FOR).isoformat(),
        "data": {"police_protection_ref": f"P-{child}"},
    }


@dataclass
class Sender:
    """A case system that sends each fact again until it holds a receipt."""

    urls: Sequence[str]
    """The doors it may go to, by turns."""
    token: str
    believes: bool = False
    """Whether it takes the sending alone for a receipt: the fault of a control."""
    acknowledged: list[str] = field(default_factory=list)
    turns: int = 0

    async def post(
        self, *events: dict[str, object], seconds: float = 10.0
    ) -> httpx2.Response | None:
        """One post to the next door; nothing where nobody answers."""
        self.turns += 1
        url = self.urls[self.turns % len(self.urls)]
        try:
            async with httpx2.AsyncClient(timeout=seconds, trust_env=False, verify=BARE) as client:
                return await client.post(
                    f"{url}/events",
                    json=list(events),
                    headers={
                        "Authorization": f"Bearer {self.token}",
                        "Content-Type": "application/cloudevents-batch+json",
                    },
                )
        except (httpx2.HTTPError, OSError):
            return None

    async def send(self, event: dict[str, object], patience: float = PATIENCE) -> bool:
        """Send one fact until there is a receipt; whether there is one."""
        deadline = asyncio.get_running_loop().time() + patience
        while asyncio.get_running_loop().time() < deadline:
            answer = await self.post(event)
            good = answer is not None and answer.status_code == httpx2.codes.ACCEPTED
            if good or self.believes:
                self.acknowledged.append(str(event["id"]))
                return True
            await asyncio.sleep(0.1)
        return False


def token(daymark: Daymark) -> str:
    """The right to send as the case system."""
    return daymark.tokens.add(daymark.settings.authority, CASE_SYSTEM)


async def answering(url: str, seconds: float = PATIENCE) -> None:
    """Wait until a door answers."""

    def answers() -> bool:
        try:
            found = httpx2.get(f"{url}/healthz", timeout=2, trust_env=False, verify=BARE)
        except (httpx2.HTTPError, OSError):
            return False
        return found.status_code == httpx2.codes.OK

    await until(answers, seconds)
