"""Small tables in a SQLite file: one writer at a time, and readers that wait for nobody."""

import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Final

from domain.errors import Unavailable, UnsafeStore
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

UNUSABLE: Final = (sqlite3.OperationalError, sqlite3.DatabaseError)
"""Locked, full, gone, or no database at all; what else is a subclass of these is our own affair."""

NOT_TO_BE_OPENED: Final = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
"""What is wrong with the place and not with the moment: the operator mends it."""

LOOKED_AT: Final = 1_000
"""Rows of each index that are looked at to count how it is filled, whatever its length."""


class SQLiteCursor:
    """A cursor whose rows are dicts."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use one connection, inside the transaction that is open on it."""
        self._connection = connection

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Run one statement with `?` marks and return its rows."""
        return self._connection.execute(sql, parameters).fetchall()

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row of parameters."""
        self._connection.executemany(sql, rows)

    def run_all(self, statements: Iterable[Statement]) -> None:
        """Run statements whose rows nobody asks for."""
        for sql, parameters in statements:
            self._connection.execute(sql, parameters)

    def take_turns(self, at: str) -> None:
        """Nothing is left to do: whoever writes holds the only write lock there is."""

    def lasting(self) -> None:
        """Nothing is done: whoever shares a file shares a machine, and would crash with it."""

    def has_table(self, name: str) -> bool:
        """Whether a table is there."""
        found = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
        return bool(self.execute(found, (name,)))


def sqlite_path(url: str) -> str:
    """The file a `sqlite:///FILE` address names; a database in memory is refused, for nobody else sees it."""
    path = url.removeprefix("sqlite:///")
    if path == url or not path:
        # Never the address itself: it may hold a password.
        message = (
            "the address of a database is written like sqlite:///folder/file.db"
            " or postgresql://user:password@host/name"
        )
        raise Unavailable(message)
    if path.startswith("file:") or ":memory:" in path:
        message = f"{url}: a database in memory is lost with its process; name a file"
        raise UnsafeStore(message)
    return path


def as_dict(cursor: sqlite3.Cursor, row: tuple[object, ...]) -> Row:
    """A row by the names of its columns."""
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


class SQLiteWatch:
    """Says when any other connection, in any process, has committed something."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Look through a connection that nobody else uses: its own commits it would not see."""
        self._connection = connection

    def changes(self) -> int:
        """A number that is another one after each commit."""
        # A cursor of its own closes the statement: an open one would hold back the log's clean-up.
        rows = self._connection.execute("PRAGMA data_version").fetchall()
        return int(rows[0]["data_version"])

    def close(self) -> None:
        """Look no longer."""
        self._connection.close()


class SQLiteBase:
    """Connections to one SQLite file, each used by one thread at a time."""

    def __init__(self, url: str, part: Part, *, synchronous: Synchronous = "FULL") -> None:
        """Name the file; it is opened when first used."""
        self.path = sqlite_path(url)
        self._mend = f"see that {self.path} may be written, or mend {SETTINGS[part]}"
        self._synchronous = synchronous
        self._idle: deque[sqlite3.Connection] = deque()
        self._writer = (
            Lock()
        )  # fair among our own threads; other processes wait for SQLite's own lock
        self._closed = False
        self.name = Path(self.path).name

    @contextmanager
    def reading(self) -> Iterator[SQLiteCursor]:
        """One consistent picture of the database; never waits for a writer."""
        with self._connection() as connection:
            connection.execute("BEGIN")
            try:
                yield SQLiteCursor(connection)
            finally:
                connection.rollback()

    @contextmanager
    def writing(self) -> Iterator[SQLiteCursor]:
        """One transaction, all or nothing; the write lock is taken before anything is read."""
        with self._writer, self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield SQLiteCursor(connection)
                connection.commit()
            finally:
                connection.rollback()  # does nothing after a commit

    def watch(self) -> SQLiteWatch:
        """A look at whether anybody has changed the database."""
        return SQLiteWatch(self._open())

    def take_stock(self) -> None:
        """Count anew how the tables are filled, by some rows of each index."""
        with self._writer, self._connection() as connection:
            connection.execute(f"PRAGMA analysis_limit = {LOOKED_AT}")
            connection.execute("ANALYZE")

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = None
        try:
            connection = self._idle.pop() if self._idle else self._open()
            yield connection
        except sqlite3.IntegrityError as error:
            raise ConstraintBroken(str(error)) from error
        except sqlite3.DatabaseError as error:
            if type(error) not in UNUSABLE:
                raise
            if connection is not None:
                connection.close()  # whatever state it is in, a new one is in a better
                connection = None
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            mend = self._mend if code in NOT_TO_BE_OPENED else ""
            raise DatabaseUnavailable(self.name, error, mend) from error
        finally:
            if connection is not None:
                self._give_back(connection)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if self._closed:
            connection.close()
        else:
            self._idle.append(connection)

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=LOCK_TIMEOUT, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {self._synchronous}")
            connection.execute("PRAGMA fullfsync = ON")  # macOS: else the drive may answer early
            connection.execute("PRAGMA secure_delete = ON")
        except BaseException:
            connection.close()
            raise
        connection.row_factory = as_dict
        return connection

    def close(self) -> None:
        """Close every connection that is not in use, and the others as they come back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()
