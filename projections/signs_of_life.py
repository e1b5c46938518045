"""When each process that works for the log was last well."""

from datetime import datetime
from typing import Final

from projections.instants import read, written
from store.views import Views

WORK: Final = (
    "CREATE TABLE IF NOT EXISTS work"
    " (name TEXT PRIMARY KEY, position BIGINT NOT NULL, seen_at TEXT NOT NULL)"
)
"""Who works for the log: how far each has come, and when it was last well."""


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
