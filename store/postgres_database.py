"""Small tables in a schema of a PostgreSQL database: few connections, replaced when they were cut."""

import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from threading import BoundedSemaphore
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row
from psycopg.sql import SQL, Identifier

from domain.errors import Unavailable
from store.database import (
    LOCK_TIMEOUT,
    SETTINGS,
    ConstraintBroken,
    DatabaseUnavailable,
    Part,
    Row,
    Statement,
    Synchronous,
)

MOST: Final = 4
"""Connections of one process to one part: many processes share what one server allows."""

PATIENCE: Final = 5.0  # seconds to wait for one of them, or for a new one

ALIVE_FOR: Final = 1.0
"""Seconds after which a watch that has heard nothing asks whether its line still stands."""

READING: Final = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
WRITING: Final = b"BEGIN ISOLATION LEVEL READ COMMITTED"

KEEPALIVES: Final[dict[str, Any]] = {
    "connect_timeout": int(PATIENCE),
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""A line that is cut without a word is noticed within half a minute."""

TYPES: Final = (
    # By bytes, as SQLite does it: the order and the comparison of written instants rest on it, and an
    # index by a language's own order is broken by the next release of the system's library.
    (re.compile(r"\bTEXT\b"), 'TEXT COLLATE "C"'),
    (re.compile(r"\bBLOB\b"), "BYTEA"),
    (re.compile(r"\bINTEGER\b"), "BIGINT"),
    (re.compile(r"\s*\bWITHOUT ROWID\b"), ""),
)
"""How a table's columns are called here."""

Connection = psycopg.Connection[DictRow]


@lru_cache(maxsize=1000)
def as_postgres_says_it(sql: str) -> bytes:
    """A statement of ours with this driver's marks and, where it makes a table, these types."""
    if sql.lstrip().startswith("CREATE TABLE"):
        for pattern, here in TYPES:
            sql = pattern.sub(here, sql)
    return sql.replace("%", "%%").replace("?", "%s").encode()


def as_postgres_takes_it(parameters: Sequence[object]) -> list[object]:
    """Values as these columns take them: a yes is 1, and a character that no text may hold is marked."""
    return [
        int(value)
        if isinstance(value, bool)
        else value.replace("\x00", "\ufffd")
        if isinstance(value, str)
        else value
        for value in parameters
    ]


class PostgresCursor:
    """A cursor whose rows are dicts, inside the transaction that is open on its connection."""

    __slots__ = ("_cursor", "_part")

    def __init__(self, cursor: psycopg.Cursor[DictRow], part: str) -> None:
        """Use one cursor."""
        self._cursor = cursor
        self._part = part

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Run one statement with `?` marks and return its rows."""
        self._cursor.execute(as_postgres_says_it(sql), as_postgres_takes_it(parameters))
        return self._cursor.fetchall() if self._cursor.description else []

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row of parameters."""
        taken = [as_postgres_takes_it(row) for row in rows]
        if taken:
            self._cursor.executemany(as_postgres_says_it(sql), taken)

    def run_all(self, statements: Iterable[Statement]) -> None:
        """Run statements whose rows nobody asks for: all are sent before the first answer is awaited."""
        with self._cursor.connection.pipeline():
            for sql, parameters in statements:
                self._cursor.execute(as_postgres_says_it(sql), as_postgres_takes_it(parameters))

    def take_turns(self, at: str) -> None:
        """Wait until nobody else is at it; the lock ends with the transaction."""
        self._cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"daymark {at}"]
        )

    def lasting(self) -> None:
        """Let this transaction reach the disk before it is done, whatever the part's others do."""
        self._cursor.execute("SET LOCAL synchronous_commit = on")

    def has_table(self, name: str) -> bool:
        """Whether a table of this part is there."""
        found = "SELECT 1 FROM pg_tables WHERE schemaname = ? AND tablename = ?"
        return bool(self.execute(found, (self._part, name)))


def settings_of(url: str, purpose: str) -> dict[str, Any]:
    """What an address says, with what every connection of ours needs; its password is never repeated."""
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        message = (
            "the address of the PostgreSQL database cannot be read:"
            " write it as postgresql://user:password@host/name"
        )
        raise Unavailable(message) from None
    named = {"application_name": f"daymark {purpose}"}
    return KEEPALIVES | named | {key: value for key, value in given.items() if value is not None}


def connect(settings: dict[str, Any], *session: str) -> Connection:
    """A connection outside every pool, each statement on its own unless a transaction is begun."""
    connection: Connection = psycopg.connect(
        **settings, autocommit=True, row_factory=dict_row, prepare_threshold=None
    )
    try:
        for setting in session:
            connection.execute(f"SET {setting}".encode())
    except BaseException:
        connection.close()
        raise
    return connection


class PostgresBase:
    """Connections to one part's schema, each used by one thread at a time, never more than a few."""

    def __init__(self, url: str, part: Part, *, synchronous: Synchronous = "FULL") -> None:
        """Name the database; it is opened when first used."""
        self._settings = settings_of(url, part)
        self._part = part
        self.name = f"{self._settings.get('dbname', 'postgres')} ({part})"
        self._session = [
            f"search_path = {part}",
            f"lock_timeout = '{int(LOCK_TIMEOUT)}s'",
            "idle_in_transaction_session_timeout = '60s'",
            *(["synchronous_commit = off"] if synchronous == "NORMAL" else []),
        ]
        self._idle: deque[Connection] = deque()
        self._places = BoundedSemaphore(MOST)
        self._closed = False

    @contextmanager
    def reading(self) -> Iterator[PostgresCursor]:
        """One consistent picture of the database; never waits for a writer."""
        with self._transaction(READING) as cursor:
            yield cursor

    @contextmanager
    def writing(self) -> Iterator[PostgresCursor]:
        """One transaction, all or nothing; who must be alone takes turns."""
        with self._transaction(WRITING) as cursor:
            yield cursor

    def watch(self) -> "PostgresWatch":
        """A look at whether anybody has changed what this part's triggers tell of."""
        return PostgresWatch(self._part, self.name, self._open)

    def take_stock(self) -> None:
        """Count anew how the tables are filled, which the server else does by itself within minutes.

        It passes over a table that another counts just now, or that belongs to another role.
        """
        with self.writing() as cursor:
            found = cursor.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = ?", [self._part]
            )
            for row in found:
                cursor.execute(f'ANALYZE (SKIP_LOCKED) "{row["tablename"]}"')

    @contextmanager
    def _transaction(self, begin: bytes) -> Iterator[PostgresCursor]:
        with speaking_of(self.name), self._connection(begin) as connection:
            try:
                yield PostgresCursor(connection.cursor(), self._part)
                connection.execute("COMMIT")
            except BaseException:
                with suppress(psycopg.Error):  # a lost connection has rolled back already
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _connection(self, begin: bytes) -> Iterator[Connection]:
        """A connection with a transaction begun; one that was cut while it lay idle is replaced."""
        if not self._places.acquire(timeout=PATIENCE):
            message = f"all {MOST} connections of this process have been busy for {PATIENCE:.0f} s"
            raise DatabaseUnavailable(self.name, TimeoutError(message))
        try:
            connection = self._begun(begin)
            try:
                yield connection
            finally:
                if self._closed or connection.closed:
                    connection.close()
                else:
                    self._idle.append(connection)
        finally:
            self._places.release()

    def _begun(self, begin: bytes) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            try:
                connection.execute(begin)
            except psycopg.OperationalError:
                connection.close()
            else:
                return connection
        connection = self._open()
        connection.execute(begin)
        return connection

    def _open(self) -> Connection:
        try:
            return connect(self._settings, *self._session)
        except psycopg.OperationalError as error:
            mend = f"see that it runs and lets us in, or mend {SETTINGS[self._part]}"
            raise DatabaseUnavailable(self.name, error, mend) from error

    def close(self) -> None:
        """Close every connection that is not in use, and the others as they come back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()


RIGHTS: Final = (
    "run `daymark migrate --role ROLE` as the role that owns the tables, which is not this one"
)
"""What mends a role that has no rights; it does not even see the tables of a schema that it may not use."""


@contextmanager
def speaking_of(name: str) -> Iterator[None]:
    """Say what the driver says of a database in our own words."""
    try:
        yield
    except psycopg.IntegrityError as error:
        raise ConstraintBroken(str(error).partition("\n")[0]) from error
    except psycopg.DataError:
        raise
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedTable) as error:
        raise DatabaseUnavailable(name, error, mend=RIGHTS) from error
    except psycopg.Error as error:
        raise DatabaseUnavailable(name, error) from error


class PostgresWatch:
    """Listens for what the triggers of a part tell; a line that is cut counts as a change."""

    def __init__(self, part: Part, name: str, connecting: Callable[[], Connection]) -> None:
        """Listen on a connection that nobody else uses."""
        self._part = part
        self._name = name
        self._connecting = connecting
        self._changes = 0
        self._heard = 0.0
        with speaking_of(name):
            self._connection = self._listen()

    def _listen(self) -> Connection:
        connection = self._connecting()
        connection.execute(SQL("LISTEN {}").format(Identifier(self._part)))
        self._heard = time.monotonic()
        return connection

    def changes(self) -> int:
        """A number that is another one after each change, at most a second later."""
        with speaking_of(self._name):
            try:
                self._hear()
            except psycopg.OperationalError:
                self._connection.close()
                self._connection = self._listen()
                self._changes += 1  # whatever happened meanwhile went unheard
        return self._changes

    def _hear(self) -> None:
        if time.monotonic() - self._heard > ALIVE_FOR:
            self._connection.execute("SELECT 1")
            self._heard = time.monotonic()
        self._changes += sum(1 for _ in self._connection.notifies(timeout=0))

    def close(self) -> None:
        """Look no longer."""
        self._connection.close()
