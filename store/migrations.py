"""The tables, numbered: the only place that makes one.

A step that has been released is never edited; a change is a new step at the end.
Every part keeps its own numbers, so that parts may share a database or have one each.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, Literal

from domain.errors import Unavailable
from store.database import Cursor, Database, DatabaseUnavailable

Part = Literal["log", "views", "tokens", "vault"]
Step = tuple[str, ...]

LOG: Final[tuple[Step, ...]] = (
    (
        # A key of its own keeps positions over VACUUM; AUTOINCREMENT never hands one out twice.
        """CREATE TABLE stored_events (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            originator_id TEXT NOT NULL,
            originator_version INTEGER NOT NULL,
            topic TEXT NOT NULL,
            state BLOB NOT NULL,
            recorded_at INTEGER NOT NULL,
            UNIQUE (originator_id, originator_version))""",
        """CREATE TABLE once (
            realm TEXT NOT NULL,
            source TEXT NOT NULL,
            message_id TEXT NOT NULL,
            event_id TEXT NOT NULL,
            attempt TEXT NOT NULL,
            originator_id TEXT NOT NULL,
            originator_version INTEGER NOT NULL,
            PRIMARY KEY (realm, source, message_id)) WITHOUT ROWID""",
        "CREATE TABLE keystone (name TEXT PRIMARY KEY, mark BLOB NOT NULL) WITHOUT ROWID",
    ),
)

VIEWS: Final[tuple[Step, ...]] = (
    (
        "CREATE TABLE view_position (view TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID",
        """CREATE TABLE parked (
            view TEXT NOT NULL,
            position INTEGER NOT NULL,
            topic TEXT NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (view, position)) WITHOUT ROWID""",
    ),
)

TOKENS: Final[tuple[Step, ...]] = (
    (
        """CREATE TABLE tokens (
            hash BLOB PRIMARY KEY,
            authority TEXT NOT NULL,
            source TEXT NOT NULL,
            added_at TEXT NOT NULL,
            revoked_at TEXT) WITHOUT ROWID""",
        # One live token for each source: `add` and `rotate` rest on it.
        "CREATE UNIQUE INDEX live_token ON tokens (authority, source) WHERE revoked_at IS NULL",
    ),
)

VAULT: Final[tuple[Step, ...]] = (
    ("CREATE TABLE stream_keys (stream TEXT PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID",),
)

PATIENCE: Final = (0.05, 0.2, 0.5, 1.0)
"""Seconds to wait before each new try: the journal mode of a new file cannot be set by two at once."""

PARTS: Final[Mapping[Part, tuple[Step, ...]]] = {
    "log": LOG,
    "views": VIEWS,
    "tokens": TOKENS,
    "vault": VAULT,
}


def migrate(url: str) -> None:
    """Make or bring up to date the tables of the log."""
    bring_up_to_date(url, "log")


def migrate_views(url: str) -> None:
    """Make or bring up to date the tables every view shares: its position and what it parked."""
    bring_up_to_date(url, "views")


def migrate_tokens(url: str) -> None:
    """Make or bring up to date the table of the sources' tokens."""
    bring_up_to_date(url, "tokens")


def migrate_vault(url: str) -> None:
    """Make or bring up to date the table of wrapped keys."""
    bring_up_to_date(url, "vault")


def bring_up_to_date(url: str, part: Part) -> None:
    """Run the steps a database does not have yet, all of them or none, one migration at a time."""
    database = Database(url)
    patience = list(PATIENCE)
    try:
        while True:
            try:
                with database.writing() as cursor:
                    run_missing_steps(cursor, part)
                    return
            except DatabaseUnavailable:
                if not patience:
                    raise
                time.sleep(patience.pop(0))
    finally:
        database.close()


def run_missing_steps(cursor: Cursor, part: Part) -> None:
    """Run the steps not yet noted as done, and note them."""
    cursor.execute(
        "CREATE TABLE IF NOT EXISTS migrations"
        " (part TEXT, number INTEGER, at TEXT NOT NULL, PRIMARY KEY (part, number)) WITHOUT ROWID"
    )
    done = steps_done(cursor, part)
    for number, statements in enumerate(PARTS[part][done:], start=done + 1):
        for statement in statements:
            cursor.execute(statement)
        now = datetime.now(UTC).isoformat()
        cursor.execute("INSERT INTO migrations VALUES (?, ?, ?)", (part, number, now))


def steps_done(cursor: Cursor, part: Part) -> int:
    """The number of the last step a database has of one part; nothing done is 0."""
    exists = "SELECT 1 FROM sqlite_master WHERE name = 'migrations'"
    if not cursor.execute(exists):
        return 0
    last = "SELECT coalesce(max(number), 0) AS last FROM migrations WHERE part = ?"
    return int(cursor.execute(last, (part,))[0]["last"])


def require_tables(database: Database, part: Part) -> None:
    """Refuse a database that this release's tables are not in, or that a newer release made."""
    with database.reading() as cursor:
        done = steps_done(cursor, part)
    wanted = len(PARTS[part])
    if done < wanted:
        message = (
            f"the database {database.name} lacks tables of this release: run `daymark migrate`"
        )
        raise Unavailable(message)
    if done > wanted:
        message = f"the database {database.name} was made by a newer release of Daymark: install it"
        raise Unavailable(message)
