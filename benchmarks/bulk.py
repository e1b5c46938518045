"""How many facts a second are appended in bulk, beside plain inserts into one table on the same store."""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from itertools import count, islice
from pathlib import Path
from statistics import median

import psycopg

from benchmarks.measuring import Measured
from benchmarks.stack import prepared, stores
from domain.event import Event
from domain.facts.missing import MissingEpisodeEnded
from store.log import Log

BATCH = 500
BATCHES = 8
CHILDREN = 400
ROUNDS = 5
SHARES = {"SQLite": 0.15, "PostgreSQL": 0.3}
BODY = b"x" * 300
TABLE = (
    "CREATE TABLE IF NOT EXISTS raw (position {}, stream {} NOT NULL, version BIGINT NOT NULL,"
    " topic TEXT NOT NULL, state {} NOT NULL, recorded_at BIGINT NOT NULL, UNIQUE (stream, version))"
)
INSERT = "INSERT INTO raw (stream, version, topic, state, recorded_at) VALUES ({})"
"""The rival's table has the log's own columns and its key, and nothing else of it.

It is not emptied between rounds: both grow alike, for a key costs more the more rows it holds.
"""

numbers, plain_numbers = count(), count()


def measure() -> Iterator[Measured]:
    """Ours and plain inserts on each store, one round of each in turn."""
    with stores() as addresses:
        for store, database in addresses.items():
            yield measure_on(store, database)


def measure_on(store: str, database: str) -> Measured:
    """Bulk appends over one store: batches of as many facts as an import commits at once."""
    with tempfile.TemporaryDirectory(prefix="daymark-bench-") as name:
        home = Path(name)
        raw: Callable[[], float]
        raw = partial(rows_of_postgres, database) if database else partial(rows, home / "raw.db")
        with closing(prepared(home, 1, database)) as daymark:
            # Everything is imported then, and every connection open.
            append(daymark.log)
            raw()
            rounds = [(append(daymark.log), raw()) for _ in range(ROUNDS)]
    ours, plain = (median(rates) for rates in zip(*rounds, strict=True))
    return Measured(
        f"{store}: appends in bulk, of plain inserts",
        median(one / other for one, other in rounds),
        SHARES[store],
        unit="",
        at_least=True,
        beside=(
            f"ours {ours:,.0f} facts/s with identity, order, lock and validation;"
            f" executemany {plain:,.0f} rows/s, {BATCH} a commit"
        ),
    )


def append(log: Log) -> float:
    """Facts a second."""
    batches = [[fact(next(numbers)) for _ in range(BATCH)] for _ in range(BATCHES)]
    began = time.perf_counter()
    for batch in batches:
        log.append(batch)
    return BATCH * BATCHES / (time.perf_counter() - began)


def fact(number: int) -> Event:
    """A fact about one of some hundreds of children."""
    return Event(
        authority="sample",
        kind="child",
        subject=f"CH-{number % CHILDREN}",
        source="https://cases.example/bulk",
        id=f"f{number}",
        said=MissingEpisodeEnded(missing_episode_ref="m-1", how="police"),
        occurred_at=datetime(2026, 1, 5, 9, tzinfo=UTC),
    )


def rows(path: Path) -> float:
    """Plain rows a second into a file, as durable as ours."""
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=FULL")
        base.execute(TABLE.format("INTEGER PRIMARY KEY", "TEXT", "BLOB"))
        batches = [plain_rows() for _ in range(BATCHES)]
        began = time.perf_counter()
        for batch in batches:
            base.execute("BEGIN IMMEDIATE")
            base.executemany(INSERT.format("?, ?, ?, ?, ?"), batch)
            base.execute("COMMIT")
        return BATCH * BATCHES / (time.perf_counter() - began)


def rows_of_postgres(url: str) -> float:
    """The same on a PostgreSQL server."""
    with psycopg.connect(url, autocommit=True) as base:
        base.execute(TABLE.format("BIGSERIAL PRIMARY KEY", "UUID", "BYTEA").encode())
        batches = [plain_rows() for _ in range(BATCHES)]
        began = time.perf_counter()
        for batch in batches:
            with base.transaction(), base.cursor() as cursor:
                insert = INSERT.format("%s, %s, %s, %s, %s").encode()
                cursor.executemany(insert, batch)
        return BATCH * BATCHES / (time.perf_counter() - began)


def plain_rows() -> list[tuple[str, int, str, bytes, int]]:
    """As many rows as one commit takes, of the shape and size of the log's own."""
    return [
        (f"{number % CHILDREN:032x}", number, "missing-episode-ended", BODY, number)
        for number in islice(plain_numbers, BATCH)
    ]
