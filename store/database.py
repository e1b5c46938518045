"""A small SQLite database beside the log: rows as dicts, `?` marks, one writer at a time."""

import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final, Literal, Protocol

from domain.errors import Unavailable, UnsafeStore

LOCK_TIMEOUT: Final = 5.0  # seconds to wait for another process's transaction

Row = dict[str, Any]


class DatabaseUnavailable(Unavailable):
    """A database cannot be read or written just now; the same request may succeed later."""

    def __init__(self, name: str, error: Exception) -> None:
        """Keep which database it is, and what it answered."""
        super().__init__(f"the database {name} cannot be used just now: {error}")


UNUSABLE: Final = (sqlite3.OperationalError, sqlite3.DatabaseError)
"""Locked, full, gone, or no database at all; a broken constraint is a subclass and our own affair."""


class Cursor(Protocol):
    """What a projection needs of a database, whichever it is."""

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Run one statement with `?` marks and return its rows."""
        ...

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row of parameters."""
        ...


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


def sqlite_path(url: str) -> str:
    """The file a `sqlite:///FILE` address names; a database in memory is refused, for nobody else sees it."""
    path = url.removeprefix("sqlite:///")
    if path == url or not path:
        message = (
            f"{url}: this release keeps its data in SQLite, written like sqlite:///folder/file.db"
        )
        raise Unavailable(message)
    if path.startswith("file:") or ":memory:" in path:
        message = f"{url}: a database in memory is lost with its process; name a file"
        raise UnsafeStore(message)
    return path


def as_dict(cursor: sqlite3.Cursor, row: tuple[object, ...]) -> Row:
    """A row by the names of its columns."""
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


class Watch:
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


class Database:
    """Connections to one SQLite file, each used by one thread at a time.

    `synchronous` is FULL where losing the last commit in a power cut would matter,
    NORMAL where everything can be computed again.
    """

    def __init__(self, url: str, *, synchronous: Literal["FULL", "NORMAL"] = "FULL") -> None:
        """Name the file; it is opened when first used."""
        self.path = sqlite_path(url)
        self._synchronous = synchronous
        self._idle: deque[sqlite3.Connection] = deque()
        self._writer = (
            Lock()
        )  # fair among our own threads; other processes wait for SQLite's own lock
        self._closed = False

    @property
    def name(self) -> str:
        """What to call it in a message: the file's name without its folder."""
        return Path(self.path).name

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

    def watch(self) -> "Watch":
        """A look at whether anybody has changed the database."""
        return Watch(self._open())

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = None
        try:
            connection = self._idle.pop() if self._idle else self._open()
            yield connection
        except sqlite3.DatabaseError as error:
            if type(error) not in UNUSABLE:
                raise
            if connection is not None:
                connection.close()  # whatever state it is in, a new one is in a better
                connection = None
            raise DatabaseUnavailable(self.name, error) from error
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
