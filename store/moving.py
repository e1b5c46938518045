"""Moves an installation's truth from files to PostgreSQL: the log as it is, identities, keys and tokens.

Nothing is judged or read on the way: rows are copied as they lie, with positions and recorded times,
and both sides are compared at the end. What is made of the log is not moved, for it is made again.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from domain.errors import Refused, UnsafeStore
from store.database import Database, Part
from store.migrations import require_tables
from store.recorder import instant_of, microseconds

BATCH: Final = 2000

Values = tuple[object, ...]


class Table(NamedTuple):
    """One table that is moved, with what puts its rows in order."""

    part: Part
    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]

    def page(self, *, first: bool, until: bool) -> str:
        """The statement that reads the next rows, after a key and, where asked, up to a position."""
        marks = ", ".join("?" * len(self.key))
        conditions = [] if first else [f"({', '.join(self.key)}) > ({marks})"]
        conditions += ["position <= ?"] if until else []
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return (
            f"SELECT {', '.join(self.columns)} FROM {self.name}{where}"  # noqa: S608  (our own names)
            f" ORDER BY {', '.join(self.key)} LIMIT {BATCH}"
        )

    def insert(self) -> str:
        """The statement that stores a row, or leaves the same one where it is."""
        marks = ", ".join("?" * len(self.columns))
        return (
            f"INSERT INTO {self.name} ({', '.join(self.columns)}) VALUES ({marks})"  # noqa: S608
            " ON CONFLICT DO NOTHING"
        )


EVENTS: Final = Table(
    "log",
    "stored_events",
    ("position",),
    ("position", "originator_id", "originator_version", "topic", "state", "recorded_at"),
)
IDENTITIES: Final = Table(
    "log",
    "once",
    ("realm", "source", "message_id"),
    (
        "realm",
        "source",
        "message_id",
        "event_id",
        "attempt",
        "originator_id",
        "originator_version",
    ),
)
KEYSTONE: Final = Table("log", "keystone", ("name",), ("name", "mark"))
CHILD_KEYS: Final = Table("vault", "stream_keys", ("stream",), ("stream", "wrapped"))
TOKENS: Final = Table(
    "tokens", "tokens", ("hash",), ("hash", "authority", "source", "added_at", "revoked_at")
)
# The log's own mark and the keys first: a copy that was cut short can always be told from another log.
PARTS: Final[tuple[Part, ...]] = ("log", "vault", "tokens")
TABLES: Final = (KEYSTONE, CHILD_KEYS, TOKENS, EVENTS, IDENTITIES)


class Addresses(NamedTuple):
    """Where the three parts lie that cannot be made again."""

    log: str
    tokens: str
    vault: str

    def of(self, part: Part) -> str:
        """Where one of them lies."""
        return {"log": self.log, "tokens": self.tokens, "vault": self.vault}[part]


def move(
    source: Addresses, target: Addresses, reached: Callable[[str, int], None]
) -> dict[str, int]:
    """Copy everything, compare both sides, and say how many rows of each table there are.

    It may be repeated after being cut short, and goes on where it was.
    Refused where another log lies at the target; UnsafeStore where the copy is not the same.
    """
    counted = {}
    with ExitStack() as stack:
        opened = {
            (place, part): stack.enter_context(closing(Database(place.of(part), part)))
            for part in PARTS
            for place in (source, target)
        }
        sides = {part: (opened[source, part], opened[target, part]) for part in PARTS}
        for part, (ours, theirs) in sides.items():
            require_tables(ours, part)
            require_tables(theirs, part)
        if sides["log"][1].kind != "postgresql":
            message = f"{sides['log'][1].name} is a file: name where to move as postgresql://…"
            raise Refused(message)
        refuse_another_log(*sides["log"])
        for table in TABLES:
            copy(table, *sides[table.part], reached)
        hand_out_from_the_end(sides["log"][1])
        for _, theirs in sides.values():
            theirs.take_stock()
        for table in TABLES:
            counted[table.name] = compare(table, *sides[table.part])
    return counted


def refuse_another_log(ours: Database, theirs: Database) -> None:
    """Refuse a target that holds anything but the beginning of this very log (Refused)."""
    held, marked = last_position(theirs), digest(KEYSTONE, theirs)
    another_mark = marked[0] > 0 and marked != digest(KEYSTONE, ours)
    if another_mark or (held > 0 and digest(EVENTS, ours, held) != digest(EVENTS, theirs)):
        message = f"another log lies in {theirs.name}: name an empty database"
        raise Refused(message)


def last_position(database: Database) -> int:
    """The position of the last event; 0 for an empty log."""
    with database.reading() as cursor:
        found = cursor.execute("SELECT coalesce(max(position), 0) AS last FROM stored_events")
    return int(found[0]["last"])


def copy(
    table: Table, ours: Database, theirs: Database, reached: Callable[[str, int], None]
) -> None:
    """Copy the rows of one table, a batch a commit; events go on after the last one there."""
    after: Values | None = (last_position(theirs),) if table is EVENTS else None
    copied = 0
    for rows in pages(table, ours, after):
        with theirs.writing() as cursor:
            cursor.executemany(table.insert(), rows)
        copied += len(rows)
        reached(table.name, copied)


def pages(
    table: Table, database: Database, after: Values | None = None, until: int | None = None
) -> Iterator[Sequence[Values]]:
    """The rows of a table in order, some at a time, in one way of writing whichever database it is."""
    while True:
        ask = table.page(first=after is None, until=until is not None)
        limits = [*(after or ()), *([] if until is None else [until])]
        with database.reading() as cursor:
            rows = cursor.execute(ask, limits)
        if not rows:
            return
        after = tuple(rows[-1][name] for name in table.key)
        yield [tuple(plain(name, row[name]) for name in table.columns) for row in rows]


def plain(column: str, value: object) -> object:
    """A value as both databases can mean it: ids as hexadecimal, instants as instants."""
    if isinstance(value, UUID):
        return value.hex
    if column == "recorded_at" and isinstance(value, int):
        return instant_of(value)
    return value


def hand_out_from_the_end(database: Database) -> None:
    """Let the next position be the one after the last: those copied were not handed out here."""
    following = last_position(database) + 1
    with database.writing() as cursor:
        cursor.execute(f"ALTER TABLE stored_events ALTER COLUMN position RESTART WITH {following}")


def compare(table: Table, ours: Database, theirs: Database) -> int:
    """How many rows both sides have, or UnsafeStore where they are not the same."""
    one, other = digest(table, ours), digest(table, theirs)
    if one != other:
        message = (
            f"{theirs.name} does not hold the same {table.name} as {ours.name} ({other[0]} and"
            f" {one[0]} rows): stop every process of Daymark and run this again"
        )
        raise UnsafeStore(message)
    return one[0]


def digest(table: Table, database: Database, until: int | None = None) -> tuple[int, str]:
    """How many rows a table has, and one hash of all of them in order."""
    hashed, count = hashlib.sha256(), 0
    for rows in pages(table, database, until=until):
        count += len(rows)
        for row in rows:
            hashed.update(repr([at_utc(value) for value in row]).encode() + b"\n")
    return count, hashed.hexdigest()


def at_utc(value: object) -> object:
    """An instant as microseconds, whatever zone a database tells it in."""
    return microseconds(value) if isinstance(value, datetime) else value
