"""The log on SQLite: lasting positions, `recorded_at` under the write lock, the once table, the bell."""

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from eventsourcing.persistence import InterfaceError, StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteFactory,
)
from eventsourcing.utils import Environment

from domain.errors import UnsafeStore
from domain.event import Identity
from store.database import Database, Watch
from store.recorder import Held, Once, StoredRow, halve, instant_of, microseconds, utc_now
from store.sqlite_database import sqlite_path

FULL: Final = 2  # as SQLite numbers it
WRITTEN_BACK: Final = 10_000
"""Pages (4 KiB each) of the journal from which on they are written back into the file.

Ten times the usual: an import touches the same pages of an index again and again, and each is written
back once. It takes 40 MB of disk beside the log, and reading them at a start takes a moment.
"""
POLL: Final = 0.01  # seconds between two looks of a bell

COLUMNS: Final = "position, originator_id, originator_version, topic, state, recorded_at"

# One parameter whatever the number asked for, so that SQLite compiles each of these once.
HELD: Final = """
    SELECT once.* FROM json_each(?) AS asked CROSS JOIN once
    WHERE realm = asked.value ->> 0 AND source = asked.value ->> 1 AND message_id = asked.value ->> 2"""
HEADS: Final = """
    SELECT json_group_object(asked.value, coalesce(
        (SELECT max(originator_version) FROM stored_events WHERE originator_id = asked.value), 0))
    FROM json_each(?) AS asked"""

ROWS_AT_ONCE: Final = (512, 256, 128, 64, 32, 16, 8, 4, 2, 1)
"""Rows in one statement, the largest that fits first: so few statements that each is compiled once."""


def insert(cursor: SQLiteCursor, into: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows in one statement, or a few.

    Python lets another thread take its turn at every step of a statement, and a step is a row where they
    are inserted one by one: a busy door would wait for its turn hundreds of times in one commit.
    """
    done = 0
    while done < len(rows):
        size = next(size for size in ROWS_AT_ONCE if size <= len(rows) - done)
        some = rows[done : done + size]
        row = f"({', '.join('?' * len(some[0]))})"
        values = [value for one in some for value in one]
        cursor.execute(f"{into} VALUES {', '.join([row] * size)}", values)
        done += size


def require_durable(cursor: SQLiteCursor) -> None:
    """Refuse a connection whose commit could be lost in a power cut (UnsafeStore)."""
    cursor.execute("PRAGMA journal_mode")
    journal = cursor.fetchone()[0]
    cursor.execute("PRAGMA synchronous")
    synchronous = cursor.fetchone()[0]
    if journal != "wal" or synchronous < FULL:
        message = (
            f"the log's journal is {journal} with synchronous={synchronous}, so a power cut could lose"
            " what was acknowledged: keep it on a local disk, where WAL and FULL (2) can be had"
        )
        raise UnsafeStore(message)


class DurableConnectionPool(SQLiteConnectionPool):
    """Connections whose commits survive a power cut."""

    def _create_connection(self) -> SQLiteConnection:
        # As the library's own does, which keeps a single compiled statement at hand.
        try:
            base = sqlite3.connect(
                self.db_name, uri=True, check_same_thread=False, isolation_level=None
            )
            base.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error as error:
            raise InterfaceError(error) from error
        base.row_factory = sqlite3.Row
        connection = SQLiteConnection(sqlite_conn=base, max_age=self.max_age)
        cursor = connection.cursor()
        # Set, not only asserted: some builds of SQLite (Apple's) are less careful by default.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA fullfsync = ON")
        cursor.execute(f"PRAGMA wal_autocheckpoint = {WRITTEN_BACK}")
        try:
            require_durable(cursor)
        except UnsafeStore:
            connection.close()
            raise
        return connection


class DurableDatastore(SQLiteDatastore):
    """The library's datastore over durable connections."""

    def __init__(self, db_name: str) -> None:
        """Name the file; it is opened when first used."""
        super().__init__(db_name)
        self.pool = DurableConnectionPool(db_name=db_name)


class SQLiteLogRecorder(SQLiteApplicationRecorder):
    """Appends events with their once rows in one transaction."""

    now: Callable[[], datetime] = staticmethod(utc_now)

    def construct_create_table_statements(self) -> list[str]:
        """No table is made here: `daymark migrate` makes them."""
        return []

    def _insert_events(
        self,
        c: SQLiteCursor,
        stored_events: Sequence[StoredEvent],
        *,
        once: Sequence[Once] = (),
        **_: object,
    ) -> None:
        # A write comes first: a transaction that has read fails at once when it must wait to write.
        insert(
            c,
            "INSERT INTO once",
            [(*o.identity, o.event_id.hex, o.attempt, o.stream.hex, o.version) for o in once],
        )
        # Now we hold the write lock, and only now may the time be asked: so it never falls along the log.
        c.execute("SELECT recorded_at FROM stored_events ORDER BY position DESC LIMIT 1")
        last = c.fetchone()
        stamp = max(microseconds(self.now()), last[0] if last else 0)
        insert(
            c,
            "INSERT INTO stored_events"
            " (originator_id, originator_version, topic, state, recorded_at)",
            [
                (o.stream.hex, o.version, s.topic, s.state, stamp)
                for s, o in zip(stored_events, once, strict=True)
            ],
        )

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredRow]:
        """What the library's repository asks for: one stream, oldest first, whole or in part."""
        assert not desc
        assert limit is None
        return self.rows_of(UUID(str(originator_id)), after=gt or 0, to=lte)

    def rows_of(self, stream: UUID, *, after: int = 0, to: int | None = None) -> list[StoredRow]:
        """The rows of one stream in order: versions above `after`, up to and including `to`."""
        where = (
            "originator_id = ? AND originator_version > ? AND originator_version <= ?"
            " ORDER BY originator_version"
        )
        return self._rows(where, (stream.hex, after, 2**62 if to is None else to))

    def rows_named(self, stream: UUID, names: Sequence[str]) -> list[StoredRow]:
        """The rows of one stream that bear one of these names, in order; no other is taken out."""
        marks = ", ".join("?" * len(names))
        where = f"originator_id = ? AND topic IN ({marks}) ORDER BY originator_version"
        return self._rows(where, (stream.hex, *names))

    def rows_after(self, position: int, limit: int, but: Sequence[str] = ()) -> list[StoredRow]:
        """The rows of the log after a position, oldest first, but for those that bear one of these names."""
        marks = ", ".join("?" * len(but))
        where = f"position > ? AND topic NOT IN ({marks}) ORDER BY position LIMIT ?"
        return self._rows(where, (position, *but, limit))

    def _rows(self, where: str, parameters: tuple[Any, ...]) -> list[StoredRow]:
        with self.datastore.transaction(commit=False) as c:
            c.execute(f"SELECT {COLUMNS} FROM stored_events WHERE {where}", parameters)  # noqa: S608  (our own text)
            return [
                StoredRow(
                    originator_id=UUID(stream),
                    originator_version=version,
                    topic=topic,
                    state=state,
                    id=position,
                    recorded_at=instant_of(stamp),
                )
                for position, stream, version, topic, state, stamp in c.fetchall()
            ]

    def look(self, identities: Iterable[Identity], streams: Iterable[UUID]) -> Held:
        """What is held of these identities, and how far these streams have come."""
        asked = orjson.dumps([tuple(identity) for identity in identities]).decode()
        named = {stream.hex: stream for stream in streams}
        wanted = orjson.dumps(list(named)).decode()
        with self.datastore.transaction(commit=False) as c:
            c.execute(HELD, (asked,))
            held = {
                (identity := Identity(*row[:3])): Once(
                    identity, UUID(row[3]), row[4], UUID(row[5]), row[6]
                )
                for row in map(tuple, c.fetchall())
            }
            c.execute(HEADS, (wanted,))
            heads = {named[s]: head for s, head in orjson.loads(c.fetchone()[0]).items()}
        return Held(held, heads)

    def version(self, stream: UUID) -> int:
        """The last version of one stream; 0 when nothing is recorded."""
        last = "SELECT max(originator_version) FROM stored_events WHERE originator_id = ?"
        with self.datastore.transaction(commit=False) as c:
            c.execute(last, (stream.hex,))
            (found,) = c.fetchone()
        return found or 0

    def head(self) -> tuple[int, datetime | None]:
        """The last position and when it was recorded; 0 and nothing for an empty log."""
        return self._last_up_to(2**62) or (0, None)

    def _last_up_to(self, position: int) -> tuple[int, datetime] | None:
        ask = (
            "SELECT position, recorded_at FROM stored_events WHERE position <= ?"
            " ORDER BY position DESC LIMIT 1"
        )
        with self.datastore.transaction(commit=False) as c:
            c.execute(ask, (position,))
            row = c.fetchone()
        return (row[0], instant_of(row[1])) if row else None

    def position_at(self, known_at: datetime) -> int:
        """The last position recorded by then, itself included; 0 where there is none."""
        return halve(known_at, self.head()[0], self._last_up_to)

    def keystone(self, name: str, mark: bytes) -> bytes:
        """The mark set under a name by whoever was first."""
        with self.datastore.transaction(commit=False) as c:
            c.execute("SELECT mark FROM keystone WHERE name = ?", (name,))
            row = c.fetchone()
        if row is None:
            with self.datastore.transaction(commit=True) as c:
                c.execute("INSERT INTO keystone VALUES (?, ?) ON CONFLICT DO NOTHING", (name, mark))
            return self.keystone(name, mark)
        return bytes(row[0])

    def require_durable(self) -> None:
        """Each connection is looked at as it is made: make one."""
        with self.datastore.transaction(commit=False):
            pass

    def bell(self) -> "SQLiteBell":
        """A bell that other processes ring too."""
        return SQLiteBell(Database(f"sqlite:///{self.datastore.pool.db_name}", "log").watch())


class SQLiteBell:
    """Looks every few milliseconds whether anybody has committed."""

    def __init__(self, watch: Watch) -> None:
        """Everything committed from now on rings."""
        self._watch = watch
        self._seen = watch.changes()

    def wait(self, timeout: float) -> bool:
        """Return when it rings or after so many seconds; whether it rang."""
        until = time.monotonic() + timeout
        while (changes := self._watch.changes()) == self._seen:
            if time.monotonic() >= until:
                return False
            time.sleep(POLL)
        self._seen = changes
        return True

    def close(self) -> None:
        """Listen no longer."""
        self._watch.close()


class SQLiteLogFactory(SQLiteFactory):
    """Makes the log's recorder over durable connections."""

    application_recorder_class = SQLiteLogRecorder

    def __init__(self, env: Environment) -> None:
        """Open the file that SQLITE_DBNAME names."""
        super().__init__(env)
        self.datastore.close()
        self.datastore = DurableDatastore(env["SQLITE_DBNAME"])


def environment_of(url: str) -> dict[str, str]:
    """The library's settings for an address; no table is ever made by a service."""
    return {"SQLITE_DBNAME": sqlite_path(url), "CREATE_TABLE": "n"}
