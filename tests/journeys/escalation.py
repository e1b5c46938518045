"""What the drills of waiting and telling share: a real Temporal server in a file, and children at risk."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from threading import Event as Stopped
from typing import Final, TypeVar

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from assembly import Daymark, assemble, prepare
from domain.engine_events import EngineEvent, EscalationRaised, ManagerNotified, TimescaleBreached
from domain.event import Event, Kind, Recorded
from domain.facts.authority import PersonAssigned, SourceRegistered
from domain.facts.emergency_and_court import PoliceProtectionTaken
from domain.facts.fact import Fact
from domain.facts.vocabulary import FACTS
from projector import run as project
from settings import Address, Settings
from supervisor import Part, free_port, temporal_part

Said = TypeVar("Said", bound=EngineEvent)

ROOT: Final = Path(__file__).parents[2]
ROLES: Final = {
    "tom": "team_manager",
    "sam": "service_manager",
    "hal": "head_of_service",
    "dot": "director_of_childrens_services",
}
HOLDER: Final = 2
"""How many words of the supervisor's command belong to the process that holds the leash."""


async def until(question: Callable[[], object], seconds: float) -> None:
    """Wait until something is true."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not await asyncio.to_thread(question):
        assert asyncio.get_running_loop().time() < deadline, "waited too long"
        await asyncio.sleep(0.05)


class Relay:
    """A mail server that takes everything and remembers which letters are about a breach."""

    def __init__(self) -> None:
        """Nothing was handed over yet."""
        self.late: list[str] = []
        """The Message-ID of each letter about a breach."""
        self.begun = 0
        """How many letters somebody has begun to hand over."""
        self.pause = 0.0
        """Seconds it takes to take a letter."""

    async def handle_DATA(  # noqa: N802  (the library looks for this name)
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take a letter."""
        assert isinstance(envelope.content, bytes)
        self.begun += 1
        await asyncio.sleep(self.pause)
        letter = message_from_bytes(envelope.content, policy=default)
        body = letter.get_body(("plain",))
        if body is not None and "/escalations/" in body.get_content():
            self.late.append(str(letter["Message-ID"]))
        return "250 OK"


@dataclass
class Drill:
    """One installation under a drill."""

    daymark: Daymark
    part: Part
    relay: Relay
    server: subprocess.Popen[bytes] | None = None
    told: int = 0
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

    def start(self, process: str) -> subprocess.Popen[bytes]:
        """Start one of our processes as a service manager does."""
        settings = self.daymark.settings
        environment = {
            **os.environ,
            "DAYMARK_HOME": str(settings.home),
            "DAYMARK_TEMPORAL": str(settings.temporal),
            "DAYMARK_SMTP": str(settings.smtp),
        }
        command = [sys.executable, str(ROOT / "cli.py"), "run", process]
        with (settings.home / f"{process}.log").open("ab") as lines:
            started = subprocess.Popen(command, env=environment, stdout=lines, stderr=lines)
        self.processes.append(started)
        return started

    def happened(self, child: str, fact: Fact, at: datetime) -> None:
        """Record a fact about a child."""
        self._record("child", child, "liquidlogic", fact, at=at)

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
            self.happened(child, taken, due - timedelta(hours=72))

    def recorded(self, kind: type[Said]) -> list[tuple[Recorded, Said]]:
        """Everything of one kind that the log holds, with what was said."""
        return [
            (one, one.event.said)
            for one in self.daymark.log.after(0, 10_000)
            if isinstance(one, Recorded) and isinstance(one.event.said, kind)
        ]

    def said(self, kind: type[Said]) -> list[Said]:
        """What was said, of one kind."""
        return [said for _, said in self.recorded(kind)]

    def told_of_breach(self) -> int:
        """How many heads of service were told of a breach."""
        return sum(
            said.about == "breach" and said.person == "hal" for said in self.said(ManagerNotified)
        )

    def assert_once(self, children: int) -> None:
        """Every child's breach stands once, none early, each with one ladder, each told once."""
        breaches = self.recorded(TimescaleBreached)
        counted = Counter(one.stream for one, _ in breaches)
        assert len(counted) == children
        assert set(counted.values()) == {1}
        assert [one for one, said in breaches if one.recorded_at < said.due_at] == []
        assert Counter(one.stream for one, _ in self.recorded(EscalationRaised)) == counted
        assert self.told_of_breach() == children
        assert len(set(self.relay.late)) == children


def quiet(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a program whose words nobody reads."""
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@asynccontextmanager
async def drill(folder: Path, *options: str) -> AsyncIterator[Drill]:
    """An installation with people in their roles, a relay, and a Temporal server of its own."""
    relay, port, smtp = Relay(), free_port(), free_port()
    settings = Settings(
        home=folder / "home",
        temporal=Address("127.0.0.1", port),
        smtp=Address("127.0.0.1", smtp),
        log="warning",
    )
    prepare(settings)
    people = ["person_ref,name,email,role,team_ref,from_on,to_on,covers"]
    people += [
        f"{ref},{ref},{ref}@council.example,{role},,2026-01-01,," for ref, role in ROLES.items()
    ]
    settings.people_file.write_text("\n".join(people) + "\n")
    controller = Controller(relay, hostname="127.0.0.1", port=smtp)
    controller.start()
    daymark = assemble(settings)
    part = temporal_part(settings.home, port, settings.temporal_namespace)
    made = Drill(daymark, replace(part, command=(*part.command, *options)), relay)
    introduce(made)
    try:
        await made.start_temporal()
        yield made
    finally:
        for process in [*made.processes, *([made.server] if made.server else [])]:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            process.wait(5)
        controller.stop()
        daymark.close()


def introduce(made: Drill) -> None:
    """One source that speaks at once and of everything, and people in their roles."""
    begun = date(2026, 1, 1)
    registered = SourceRegistered(
        source="liquidlogic",
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
