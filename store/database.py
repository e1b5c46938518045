"""A database of small tables, SQLite or PostgreSQL: rows as dicts, `?` marks, all or nothing.

Statements are written once, in what both understand: TEXT, BIGINT, BLOB, ON CONFLICT, RETURNING.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from importlib.util import find_spec
from typing import Any, Final, Literal, Protocol

from domain.errors import Unavailable

LOCK_TIMEOUT: Final = 5.0  # seconds to wait for another process's transaction

Kind = Literal["sqlite", "postgresql"]
"""Which database an address names."""

Part = Literal["log", "views", "tokens", "vault"]
"""What a database holds: on PostgreSQL each part has a schema of its own, by this name."""

SETTINGS: Final[Mapping[Part, str]] = {
    "log": "DAYMARK_DATABASE",
    "views": "DAYMARK_VIEWS or DAYMARK_DATABASE",
    "tokens": "DAYMARK_DATABASE",
    "vault": "DAYMARK_VAULT or DAYMARK_DATABASE",
}
"""Which setting says where a part lies; where it has none of its own, or that is unset, the log's."""

Synchronous = Literal["FULL", "NORMAL"]

Row = dict[str, Any]


class DatabaseUnavailable(Unavailable):
    """A database cannot be read or written just now; the same request may succeed later."""

    def __init__(self, name: str, error: Exception, mend: str = "") -> None:
        """Keep which database it is, what it answered, and what mends that where it is known."""
        # The first line only: what PostgreSQL adds below may quote what was being stored.
        reason = str(error).partition("\n")[0]
        then = f": {mend}" if mend else ""
        super().__init__(f"the database {name} cannot be used just now: {reason}{then}")


class ConstraintBroken(Exception):
    """A row is there already, or lacks what it needs; whoever writes decides what that means."""


Statement = tuple[str, Sequence[object]]
"""One statement with `?` marks, and its parameters."""


class Cursor(Protocol):
    """What a projection needs of a database, whichever it is."""

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Run one statement with `?` marks and return its rows."""
        ...

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row of parameters."""
        ...

    def run_all(self, statements: Iterable[Statement]) -> None:
        """Run statements whose rows nobody asks for, without a wait for each answer where that helps."""
        ...

    def take_turns(self, at: str) -> None:
        """Let nobody else who takes turns at this go on before this transaction has ended."""
        ...

    def has_table(self, name: str) -> bool:
        """Whether a table of this part is there."""
        ...

    def lasting(self) -> None:
        """Let this transaction outlive a crash, in a part whose others need not."""
        ...


class Watch(Protocol):
    """Says when another connection, in any process, has changed something."""

    def changes(self) -> int:
        """A number that is another one after each change."""
        ...

    def close(self) -> None:
        """Look no longer."""
        ...


class Base(Protocol):
    """What each kind of database does for `Database`."""

    name: str

    def reading(self) -> AbstractContextManager[Cursor]:
        """One consistent picture of the database."""
        ...

    def writing(self) -> AbstractContextManager[Cursor]:
        """One transaction, all or nothing."""
        ...

    def watch(self) -> Watch:
        """A look at whether anybody has changed something."""
        ...

    def take_stock(self) -> None:
        """Count anew how the tables are filled."""
        ...

    def close(self) -> None:
        """Close every connection."""
        ...


def kind_of(url: str) -> Kind:
    """Which database an address names; what is none of them is taken for a file, and refused as one."""
    return "postgresql" if url.startswith(("postgresql://", "postgres://")) else "sqlite"


class Database:
    """The small tables of one part, at an address; connections are opened when first used.

    `synchronous` is FULL where losing the last commit in a power cut would matter,
    NORMAL where everything can be computed again.
    """

    def __init__(self, url: str, part: Part, *, synchronous: Synchronous = "FULL") -> None:
        """Name the address and what lies there."""
        self.kind = kind_of(url)
        self._base = base_of(url, part, synchronous)

    @property
    def name(self) -> str:
        """What to call it in a message: never its whole address, which may hold a password."""
        return self._base.name

    def reading(self) -> AbstractContextManager[Cursor]:
        """One consistent picture of the database; never waits for a writer."""
        return self._base.reading()

    def writing(self) -> AbstractContextManager[Cursor]:
        """One transaction, all or nothing.

        On SQLite nobody else writes meanwhile; on PostgreSQL whoever must be alone takes turns.
        """
        return self._base.writing()

    def watch(self) -> Watch:
        """A look at whether anybody has changed the database."""
        return self._base.watch()

    def take_stock(self) -> None:
        """Count anew how the tables are filled, by which the database chooses its way to an answer.

        For whoever has filled them in bulk: until it is done, a question may take many times as long.
        """
        self._base.take_stock()

    def close(self) -> None:
        """Close every connection that is not in use, and the others as they come back."""
        self._base.close()


def base_of(url: str, part: Part, synchronous: Synchronous) -> Base:
    """The database an address names; what only one of them needs is imported only for it."""
    if kind_of(url) == "postgresql":
        require_driver()
        from store.postgres_database import PostgresBase  # noqa: PLC0415

        return PostgresBase(url, part, synchronous=synchronous)
    from store.sqlite_database import SQLiteBase  # noqa: PLC0415

    return SQLiteBase(url, part, synchronous=synchronous)


def require_driver() -> None:
    """Say what is missing where PostgreSQL is asked for and its driver was not installed."""
    if find_spec("psycopg") is None or find_spec("psycopg_pool") is None:
        message = (
            "the address names PostgreSQL, and its driver is not installed:"
            " install Daymark with its extra `postgres`"
        )
        raise Unavailable(message)
