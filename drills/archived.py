"""A PostgreSQL whose log leaves it minute by minute, and which is restored by the scripts of a server."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from drills.outcome import CannotRun
from drills.postgres_server import PostgresServer

PLACES: Final = (
    Path(__file__).parents[1] / "deploy" / "postgresql",
    Path("/opt/daymark/postgresql"),
)
"""Where the scripts lie: beside the code, or where a server keeps them."""
SCRIPTS: Final = ("archive-wal", "base-backup", "programs", "restore")
FOUND_BY_THEMSELVES: Final = Path("/usr/lib/postgresql")
"""Where the scripts look for PostgreSQL's programs without being told."""
NAMED_BY_THE_SECOND: Final = 1.1
"""Seconds after which a moment lies after a copy that was just finished."""
ARCHIVED_WITHIN: Final = 30.0


@contextmanager
def archived_server(*, silent: bool = False) -> Iterator[PostgresServer]:
    """A running server that archives its log; a silent one says that it does, and keeps nothing."""
    place = next((one for one in PLACES if (one / "restore").exists()), None)
    if place is None:
        message = f"the scripts that restore PostgreSQL are not in {PLACES[-1]}"
        raise CannotRun(message)
    with tempfile.TemporaryDirectory(prefix="daymark-drill-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for script in SCRIPTS:
            shutil.copy(place / script, folder)
        archive = f'BACKUP_FOLDER={folder}/backup {folder}/archive-wal "%p" "%f"'
        server = PostgresServer(
            folder,
            {
                "wal_level": "replica",
                "archive_mode": "on",
                "archive_command": "true" if silent else archive,
            },
        )
        server.create()
        try:
            server.start()
            yield server
        finally:
            server.stop()


def told(server: PostgresServer, script: str, *words: str) -> None:
    """Run a script as the database's user, as a night's timer or an operator does."""
    quiet: dict[str, Any] = server.quiet
    quiet["env"] |= {
        "PATH": os.defpath,  # as of a unit: the scripts must find what they need
        "PGHOST": "127.0.0.1",
        "PGPORT": str(server.port),
        "PGUSER": "daymark",
        "PGDATABASE": "postgres",
        "BACKUP_FOLDER": str(server.folder / "backup"),
        "TZ": "UTC",
    }
    if not server.binaries.is_relative_to(FOUND_BY_THEMSELVES):
        quiet["env"]["POSTGRES_PROGRAMS"] = str(server.binaries)
    done = subprocess.run(  # noqa: S603 -- a script of ours
        [server.folder / script, *words], capture_output=True, text=True, check=False, **quiet
    )
    if done.returncode:
        message = f"{script}: {done.stderr.strip() or done.returncode}"
        raise AssertionError(message)


def archive_what_there_is(server: PostgresServer, *, silent: bool) -> None:
    """Let the piece of the log that is being written leave the server now, and wait until it has."""
    piece = asked(server, "SELECT pg_walfile_name(pg_switch_wal())")
    until = time.monotonic() + ARCHIVED_WITHIN
    while not (silent or (server.folder / "backup" / "wal" / f"{piece}.gz").exists()):
        assert time.monotonic() < until, f"{piece} was never archived"
        time.sleep(0.02)


@contextmanager
def restored(server: PostgresServer, moment: str) -> Iterator[PostgresServer]:
    """Another server, made from the archive as the first was at a moment; nothing of it is left."""
    with tempfile.TemporaryDirectory(dir=server.folder, prefix="again-") as name:
        again = PostgresServer(Path(name))
        again.find()
        told(server, "restore", moment, str(again.data))
        try:
            again.start()
            until = time.monotonic() + ARCHIVED_WITHIN
            while asked(again, "SELECT pg_is_in_recovery()") == "True":
                assert time.monotonic() < until, "it still reads the log"
                time.sleep(0.02)
            yield again
        finally:
            again.stop()


def asked(server: PostgresServer, question: str) -> str:
    """The one thing a server answers."""
    import psycopg  # noqa: PLC0415 -- only where PostgreSQL is asked for

    with closing(psycopg.connect(server.url, autocommit=True)) as connection:
        row = connection.execute(question.encode()).fetchone()
    return str(row[0]) if row else ""
