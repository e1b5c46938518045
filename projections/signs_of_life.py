"""When each process that works for the log was last well, and when each source was last heard."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from domain.event import CONSOLE, Recorded
from domain.facts.fact import Fact
from projections.instants import read, written
from store.database import Cursor
from store.views import Views

WATCH: Final = "watch"
"""The name under which the worker signs when it has asked whether all is well."""

WORK: Final = (
    "CREATE TABLE IF NOT EXISTS work"
    " (name TEXT PRIMARY KEY, position BIGINT NOT NULL, seen_at TEXT NOT NULL)"
)
"""Who works for the log: how far each has come, and when it was last well."""

HEARD: Final = (
    "CREATE TABLE IF NOT EXISTS source_heard"
    " (authority TEXT NOT NULL, source TEXT NOT NULL, heard_at TEXT NOT NULL,"
    " PRIMARY KEY (authority, source))"
)
"""When each source last said anything."""


def sign(views: Views, name: str, now: datetime) -> None:
    """Say that a process is well, and has come as far as its view's position says."""
    position = views.position(name)
    with views.transaction(name, position, position) as cursor:
        cursor.execute(
            "INSERT INTO work VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE"
            " SET position = excluded.position, seen_at = excluded.seen_at",
            (name, position, written(now)),
        )


def last_seen(views: Views, name: str) -> datetime | None:
    """When a process last said that it is well; nothing if it never did."""
    with views.reading() as cursor:
        found = cursor.execute("SELECT seen_at FROM work WHERE name = ?", [name])
    return read(found[0]["seen_at"]) if found else None


def hear(cursor: Cursor, batch: Iterable[Recorded]) -> None:
    """Keep when each source of these events was heard, within the transaction that takes them in.

    A board that is made again hears everything once more, and what it hears last is still the newest.
    """
    heard = {
        (one.event.authority, one.event.source): written(one.recorded_at)
        for one in batch
        if isinstance(one.event.said, Fact) and one.event.source != CONSOLE
    }
    cursor.executemany(
        "INSERT INTO source_heard VALUES (?, ?, ?) ON CONFLICT (authority, source) DO UPDATE"
        " SET heard_at = excluded.heard_at WHERE excluded.heard_at > source_heard.heard_at",
        [(*key, at) for key, at in heard.items()],
    )


def last_heard(views: Views, code: str, source: str) -> datetime | None:
    """When anything of a source was last recorded; nothing if nothing ever was."""
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT heard_at FROM source_heard WHERE authority = ? AND source = ?", [code, source]
        )
    return read(found[0]["heard_at"]) if found else None
