"""What is computed from the log, kept with the position it was computed to: each can be thrown away."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Final, NamedTuple

from domain.event import Recorded, Unreadable
from store.database import Cursor
from store.following import Overtaken
from store.migrations import open_part

TABLE: Final = re.compile(r"[a-z][a-z0-9_]*")

Record = Callable[[Cursor, Sequence[Recorded]], None]


class Parked(NamedTuple):
    """An event that a view's release could not read."""

    view: str
    position: int
    topic: str
    reason: str
    authority: str
    """Whose it is; empty where not even that could be read."""


class Views:
    """The database of the projections, and of whatever else follows the log.

    A power cut may take its last commits, position and rows together; they are computed again.
    """

    def __init__(self, url: str) -> None:
        """Open the views' database."""
        self._database = open_part(url, "views", synchronous="NORMAL")

    def create(self, statements: Iterable[str]) -> None:
        """Make a view's own tables: statements that begin with CREATE … IF NOT EXISTS."""
        with self._database.writing() as cursor:
            cursor.take_turns("views")
            for statement in statements:
                cursor.execute(statement)

    def reading(self) -> AbstractContextManager[Cursor]:
        """One consistent picture of all views; never waits for a projector."""
        return self._database.reading()

    def writing(self) -> AbstractContextManager[Cursor]:
        """One transaction, all or nothing, that moves no view."""
        return self._database.writing()

    def position(self, view: str) -> int:
        """The position up to which a view has been computed; 0 when it has not begun."""
        with self._database.reading() as cursor:
            rows = cursor.execute("SELECT position FROM view_position WHERE view = ?", (view,))
        return int(rows[0]["position"]) if rows else 0

    @contextmanager
    def transaction(self, view: str, from_position: int, to_position: int) -> Iterator[Cursor]:
        """Move a view's position and change its rows, both or neither.

        Overtaken, with nothing changed, when the view no longer stands at `from_position`:
        "newer than before" would not do, for a longer batch could overlap a shorter one.
        """
        with self._database.writing() as cursor:
            if from_position == 0:
                moved = cursor.execute(
                    "INSERT INTO view_position VALUES (?, ?) ON CONFLICT (view) DO UPDATE"
                    " SET position = excluded.position WHERE view_position.position = 0 RETURNING position",
                    (view, to_position),
                )
            else:
                moved = cursor.execute(
                    "UPDATE view_position SET position = ? WHERE view = ? AND position = ?"
                    " RETURNING position",
                    (to_position, view, from_position),
                )
            if not moved:
                message = f"{view} no longer stands at position {from_position}"
                raise Overtaken(message)
            yield cursor

    def park(self, cursor: Cursor, view: str, item: Unreadable) -> None:
        """Keep which event could not be read, in the transaction that moves the position past it."""
        cursor.execute(
            "INSERT INTO parked (view, position, topic, reason, authority) VALUES (?, ?, ?, ?, ?)"
            # Two of one moment that belong to two authorities concern both, and so everybody.
            " ON CONFLICT (view, position) DO UPDATE SET authority = CASE"
            " WHEN parked.authority = excluded.authority THEN parked.authority ELSE '' END",
            (view, item.position, item.topic, item.reason, item.authority or ""),
        )

    def parked(self) -> tuple[Parked, ...]:
        """Every event that a view could not read, oldest first; an alarm when there is one."""
        with self._database.reading() as cursor:
            rows = cursor.execute("SELECT * FROM parked ORDER BY position, view")
        return tuple(Parked(**row) for row in rows)

    def clear(self, view: str, tables: Iterable[str]) -> None:
        """Empty a view and set it back to the beginning of the log, so that it is computed anew."""
        with self._database.writing() as cursor:
            cursor.execute("DELETE FROM view_position WHERE view = ?", (view,))
            cursor.execute("DELETE FROM parked WHERE view = ?", (view,))
            for table in tables:
                if not TABLE.fullmatch(table):
                    message = f"{table!r} is not the name of a table"
                    raise ValueError(message)
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608  (checked just above)

    def take_stock(self) -> None:
        """Let the database count its rows anew, after many came at once."""
        self._database.take_stock()

    def view(self, name: str, record: Record) -> "StoredView":
        """A view to be followed: `record` is given the events of each batch, inside its transaction."""
        return StoredView(self, name, record)

    def close(self) -> None:
        """Close the database."""
        self._database.close()


class StoredView:
    """A view whose rows and position lie in one database."""

    def __init__(self, views: Views, name: str, record: Record) -> None:
        """Name the view, and say what records a batch of events in it."""
        self._views = views
        self._record = record
        self.name = name

    def position(self) -> int:
        """The position up to which the log has been applied."""
        return self._views.position(self.name)

    def apply(self, batch: Sequence[Recorded | Unreadable], *, after: int) -> None:
        """Apply what follows a position, or raise Overtaken; what cannot be read is parked."""
        with self._views.transaction(self.name, after, batch[-1].position) as cursor:
            for item in batch:
                if isinstance(item, Unreadable):
                    self._views.park(cursor, self.name, item)
            self._record(cursor, [item for item in batch if isinstance(item, Recorded)])
