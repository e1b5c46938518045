"""One machine that runs all of Daymark, for journeys: started, spoken to, hurt and stopped."""

import io
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final, TypeVar

from assembly import assemble
from cli import main
from drills.processes import alive, command_line, descendants
from settings import read_settings
from supervisor import free_port

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 60.0
CASE_SYSTEM: Final = "case-system"
STATES: Final = (
    "strategy-meeting-held", "return-interview-held", "return-interview-offered",
    "referral-decided", "assessment-authorised", "conference-held", "review-held", "case-heard-at-panel",
)  # fmt: skip

PEOPLE: Final = """person_ref,name,email,role,team_ref,from_on,to_on,covers
P-1,Amara Okafor,amara@sample.example,return_interview_team_manager,,2020-01-01,,
P-2,Bryn Howells,bryn@sample.example,head_of_service,,2020-01-01,,
P-3,Carys Doyle,carys@sample.example,director_of_childrens_services,,2020-01-01,,
P-4,Dinesh Rao,dinesh@sample.example,emergency_duty_team,,2020-01-01,,
P-5,Eilidh Stewart,eilidh@sample.example,service_manager,,2020-01-01,,
"""

Found = TypeVar("Found")


class Machine:
    """Everything of Daymark, under one supervisor, in a folder of its own."""

    def __init__(self, home: Path) -> None:
        """Choose a port of its own; nothing runs yet."""
        self.home = home
        self.url = f"http://127.0.0.1:{free_port()}"
        self.traces = home.with_name("traces.jsonl")
        self.output = home.with_name("output.txt")
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("DAYMARK_")
        } | {
            "DAYMARK_HOME": str(home),
            "DAYMARK_WEB": self.url.removeprefix("http://"),
            "DAYMARK_TEST_TRACES": str(self.traces),
            "DAYMARK_LOG": "debug",
        }
        self.supervisor: subprocess.Popen[bytes] | None = None
        self.token = ""
        self.ids = count(1)

    def start(self, *words: str) -> None:
        """Run `daymark up`, and wait until it says that all is ready."""
        begun = self.output.stat().st_size if self.output.exists() else 0
        with self.output.open("ab") as output:
            self.supervisor = subprocess.Popen(
                [sys.executable, str(ROOT / "cli.py"), "up", *words],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        supervisor = self.supervisor

        def running() -> bool:
            assert supervisor.poll() is None, self.output.read_text()
            return b"Daymark is running" in self.output.read_bytes()[begun:]

        wait_for(running)

    def prepare(self) -> None:
        """Say who is told and which system speaks, and take its token."""
        file = self.home.with_name("people.csv")
        file.write_text(PEOPLE)
        self.command("people", "import", str(file))
        self.command(
            *("record", "source-registered", "sample", "--at", "2020-01-01T00:00:00Z"),
            *(f"source={CASE_SYSTEM}", "delivers=continuous", f"states={','.join(STATES)}"),
            *("times=happened", "from_on=2020-01-01"),
        )
        self.token = self.command("sources", "add", CASE_SYSTEM).strip()

    def stop(self) -> int:
        """Ask it to stop, as Ctrl-C does; the supervisor's exit code."""
        assert self.supervisor is not None
        self.supervisor.send_signal(signal.SIGINT)
        return self.supervisor.wait(PATIENCE)

    def kill(self) -> None:
        """Kill the supervisor alone, as the kernel would; nothing of it may be left."""
        assert self.supervisor is not None
        started = descendants(self.supervisor.pid)
        self.supervisor.kill()
        self.supervisor.wait()
        wait_for(lambda: not any(alive(pid) for pid in started))

    def kill_part(self, words: str) -> None:
        """Kill one process with -9, found by the words it was started with."""
        assert self.supervisor is not None
        (pid,) = [
            pid
            for pid in descendants(self.supervisor.pid)
            if words in command_line(pid) and "supervisor.py" not in command_line(pid)
        ]
        os.kill(pid, signal.SIGKILL)

    def command(self, *words: str, code: int = 0) -> str:
        """What `daymark …` says on standard output."""
        said, complaints = io.StringIO(), io.StringIO()
        with self.here(), redirect_stdout(said), redirect_stderr(complaints):
            ended = main(words)
        assert ended == code, complaints.getvalue()
        return said.getvalue()

    @contextmanager
    def here(self) -> Iterator[None]:
        """In this machine's environment."""
        kept = dict(os.environ)
        os.environ.clear()
        os.environ.update(self.environment)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(kept)

    def ask(self, *words: str) -> Any:
        """The document that `daymark … --json` answers."""
        return json.loads(self.command(*words, "--json"))

    def event(
        self, fact: str, child: str, when: datetime | date, **data: object
    ) -> dict[str, object]:
        """A CloudEvent as the case system sends it, under an id of its own."""
        sent: dict[str, object] = {
            "specversion": "1.0",
            "type": f"daymark.{fact}.v1",
            "source": CASE_SYSTEM,
            "id": f"{child}/{next(self.ids)}",
            "subject": child,
        }
        if isinstance(when, datetime):
            return sent | {"time": when.isoformat(), "data": data}
        return sent | {"data": data | {"occurred_on": when.isoformat()}}

    def post(self, *events: Mapping[str, object]) -> list[dict[str, Any]]:
        """Send events to the door, and give their receipts."""
        request = urllib.request.Request(  # noqa: S310 -- our own door
            f"{self.url}/events",
            data=json.dumps(events).encode(),
            headers={
                "Content-Type": "application/cloudevents-batch+json",
                "Authorization": f"Bearer {self.token}",
            },
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            assert answer.status == 202
            receipts: list[dict[str, Any]] = json.load(answer)
        return receipts

    def post_until_received(self, event: Mapping[str, object]) -> None:
        """Send one event again and again, as a case system does, until there is a receipt."""

        def received() -> bool:
            try:
                (receipt,) = self.post(event)
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                return False
            return receipt["result"] in {"recorded", "duplicate"}

        wait_for(received)

    def told(self, fact: str, child: str, when: datetime | date, **data: object) -> None:
        """Send one fact, which is recorded."""
        (receipt,) = self.post(self.event(fact, child, when, **data))
        assert receipt["result"] == "recorded", receipt

    def verdicts(self, child: str) -> dict[str, str]:
        """What `daymark clocks` says of each rule's latest clock for a child."""
        return {one["timescale"]: one["verdict"] for one in self.ask("clocks", child)}

    def names(self, child: str) -> list[str]:
        """The names of everything recorded of a child, in that order, as the log itself has them."""
        with self.here(), closing(assemble(read_settings())) as daymark:
            return [one.event.name for one in daymark.log.history(daymark.child(child))]

    def page(self, path: str) -> str:
        """What the web answers."""
        with urllib.request.urlopen(f"{self.url}{path}", timeout=10) as answer:  # noqa: S310
            return str(answer.read().decode())

    def mail(self, words: str) -> list[Path]:
        """Every caught message that holds these words."""
        folder = self.home / "mail"
        return [file for file in sorted(folder.glob("*.eml")) if words in file.read_text()]


def ago(hours: float) -> datetime:
    """The instant so many hours back."""
    return datetime.now(UTC) - timedelta(hours=hours)


def wait_for(found: Callable[[], Found | None], patience: float = PATIENCE) -> Found:
    """Ask again and again until something is found; a journey that waits in vain fails."""
    end = time.monotonic() + patience
    while not (answer := found()):
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.1)
    return answer
