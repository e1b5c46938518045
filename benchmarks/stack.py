"""Daymark's own processes, and a rival's, started for a measurement and stopped after it."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from assembly import Daymark, assemble, prepare
from formats.addresses import Address
from settings import Settings
from tests import throwaway_postgres

PATIENCE: Final = 60.0
PAUSE: Final = 0.01
DAYMARK: Final = (sys.executable, str(Path(__file__).parent.parent / "cli.py"))


def free_port() -> int:
    """A port that nothing listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def environment(home: Path, port: int, database: str = "") -> dict[str, str]:
    """The settings of a Daymark of its own; whatever the caller's environment says is left out."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("DAYMARK_")}
    ours |= {"DAYMARK_HOME": str(home), "DAYMARK_WEB": f"127.0.0.1:{port}"}
    return ours | ({"DAYMARK_DATABASE": database} if database else {})


@contextmanager
def stores() -> Iterator[dict[str, str]]:
    """Each store by name, with the address of an empty PostgreSQL database on this disk; files have none."""
    throwaway_postgres.begin_run(on_disk=True)
    try:
        with throwaway_postgres.database() as postgres:
            yield {"SQLite": "", "PostgreSQL": postgres}
    finally:
        throwaway_postgres.end_run()


def prepared(home: Path, port: int, database: str = "") -> Daymark:
    """The same Daymark as seen from here, with its tables and keys made."""
    own = database or f"sqlite:///{home.absolute() / 'daymark.db'}"
    settings = Settings(home=home, web=Address("127.0.0.1", port), database=own)
    prepare(settings)
    return assemble(settings)


@contextmanager
def running(command: Sequence[str], env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process for as long as it is needed; it ends with us, however we end."""
    process = subprocess.Popen(  # noqa: S603 -- our own commands
        command,
        env=dict(env),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_it_answers(port: int, path: str = "/healthz") -> None:
    """Return once the web answers this address; TimeoutError after a minute."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(PAUSE)
    message = f"nothing answered at port {port} within {PATIENCE:.0f} s"
    raise TimeoutError(message)


def memory_of(process: int) -> float:
    """What a process and everything below it hold, in bytes, counting shared pages once."""
    return sum(_held(one) for one in [process, *_below(process)])


def _below(process: int) -> list[int]:
    """Every descendant of a process."""
    listed = subprocess.run(
        ["ps", "-e", "-o", "pid=,ppid="],  # noqa: S607 -- wherever ps is
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    parents = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found, waiting = [], [process]
    while waiting:
        here = waiting.pop()
        children = [child for child, parent in parents if parent == here]
        found += children
        waiting += children
    return found


def _held(process: int) -> float:
    """Proportional memory where the system tells it, else the resident size."""
    rollup = Path(f"/proc/{process}/smaps_rollup")
    if rollup.exists():
        for line in rollup.read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return float(line.split()[1]) * 1024
    told = subprocess.run(  # noqa: S603 -- a number of our own
        ["ps", "-o", "rss=", "-p", str(process)],  # noqa: S607 -- wherever ps is
        check=False,
        capture_output=True,
        text=True,
    ).stdout
    return float(told or 0) * 1024


def event(
    name: str, number: str, source: str, child: str, at: str, data: Mapping[str, Any]
) -> bytes:
    """One fact as a structured CloudEvent."""
    return json.dumps(
        {
            "specversion": "1.0",
            "type": f"daymark.{name}.v1",
            "source": source,
            "id": number,
            "subject": child,
            "time": at,
            "data": dict(data),
        }
    ).encode()
