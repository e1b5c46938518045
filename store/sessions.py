"""Who is signed in: one row for each session, so that any of them can be ended at once.

Only the hash of a session's id is kept: who reads the table cannot become anybody.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from store.database import Row
from store.migrations import open_part

IDLE: Final = timedelta(minutes=15)
"""After so long without a page a session has ended."""
WHOLE: Final = timedelta(hours=8)
"""How long a session lasts in all."""
NOTED_EVERY: Final = timedelta(seconds=30)
"""How exactly it is noted when a session was last used: not every page needs a write."""
MINUTE: Final = 60
"""Seconds in which searches are counted."""
SIGNING_IN: Final = timedelta(minutes=10)
"""How long somebody may take at the provider's pages."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session that has not ended."""

    person: str
    posts: str
    """The posts that the provider's own groups gave, as they were written down."""
    held: str
    """What the person held when it began; once that differs the session is over."""
    hint: str
    """What the provider is told at sign-out, so that it ends its own session."""
    begun_at: datetime
    seen_at: datetime

    @property
    def ends_at(self) -> datetime:
        """When it ends if nothing more is asked for."""
        return min(self.seen_at + IDLE, self.begun_at + WHOLE)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody who was sent to the provider and is expected back."""

    nonce: str
    verifier: str
    back: str


class SessionTable:
    """The sessions and sign-ins of one installation, beside the sources' tokens."""

    def __init__(self, url: str) -> None:
        """Open the database."""
        self._database = open_part(url, "tokens")

    def begin(
        self, session: str, person: str, held: str, at: datetime, *, posts: str = "", hint: str = ""
    ) -> None:
        """Begin a session, and forget those that ended long ago."""
        with self._database.writing() as cursor:
            cursor.execute("DELETE FROM sessions WHERE begun_at < ?", [written(at - 2 * WHOLE)])
            cursor.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
                [hash_of(session), person, posts, held, hint, written(at), written(at)],
            )

    def find(self, session: str, at: datetime, *, used: bool = True) -> SessionRow | None:
        """A session that has not ended, noting that it is used where it is; nothing otherwise."""
        with self._database.reading() as cursor:
            rows = cursor.execute(
                "SELECT * FROM sessions WHERE hash = ? AND ended_at IS NULL", [hash_of(session)]
            )
        found = session_row(rows[0]) if rows else None
        if found is None or at >= found.ends_at:
            return None
        if used and at - found.seen_at >= NOTED_EVERY:
            with self._database.writing() as cursor:
                cursor.execute(
                    "UPDATE sessions SET seen_at = ? WHERE hash = ?",
                    [written(at), hash_of(session)],
                )
            return replace(found, seen_at=at)
        return found

    def end(self, session: str, at: datetime) -> None:
        """End one session; one that has ended stays as it is."""
        self._end("hash", hash_of(session), at)

    def end_all(self, person: str, at: datetime) -> None:
        """End every session of a person, at every machine."""
        self._end("person", person, at)

    def _end(self, column: str, wanted: str, at: datetime) -> None:
        with self._database.writing() as cursor:
            cursor.execute(
                f"UPDATE sessions SET ended_at = ? WHERE {column} = ? AND ended_at IS NULL",  # noqa: S608
                [written(at), wanted],
            )

    def expect(self, state: str, sign_in: SignIn, at: datetime) -> None:
        """Keep what the provider's answer will be held against, and forget who never came back."""
        with self._database.writing() as cursor:
            cursor.execute("DELETE FROM sign_ins WHERE begun_at < ?", [written(at - SIGNING_IN)])
            cursor.execute(
                "INSERT INTO sign_ins VALUES (?, ?, ?, ?, ?)",
                [hash_of(state), sign_in.nonce, sign_in.verifier, sign_in.back, written(at)],
            )

    def take(self, state: str, at: datetime) -> SignIn | None:
        """What was kept under a state, once: an answer that comes twice finds nothing."""
        with self._database.writing() as cursor:
            rows = cursor.execute(
                "DELETE FROM sign_ins WHERE hash = ? RETURNING nonce, verifier, back, begun_at",
                [hash_of(state)],
            )
        if not rows or at - datetime.fromisoformat(rows[0]["begun_at"]) > SIGNING_IN:
            return None
        return SignIn(rows[0]["nonce"], rows[0]["verifier"], rows[0]["back"])

    def keep(self, person: str, sealed: str, at: datetime) -> None:
        """Keep what somebody had typed when their session was over, the last form only."""
        with self._database.writing() as cursor:
            cursor.execute("DELETE FROM kept WHERE kept_at < ?", [written(at - WHOLE)])
            cursor.execute(
                "INSERT INTO kept VALUES (?, ?, ?) ON CONFLICT (person) DO UPDATE SET"
                " sealed = excluded.sealed, kept_at = excluded.kept_at",
                [person, sealed, written(at)],
            )

    def take_kept(self, person: str, at: datetime) -> str | None:
        """What somebody had typed, once; nothing where it was too long ago."""
        with self._database.writing() as cursor:
            rows = cursor.execute(
                "DELETE FROM kept WHERE person = ? RETURNING sealed, kept_at", [person]
            )
        if not rows or at - datetime.fromisoformat(rows[0]["kept_at"]) > WHOLE:
            return None
        return str(rows[0]["sealed"])

    def state(self, session: str, stream: str, purpose: str, at: datetime) -> None:
        """Keep why a record is looked at in a session, and forget what ended sessions said."""
        with self._database.writing() as cursor:
            cursor.execute("DELETE FROM stated WHERE stated_at < ?", [written(at - WHOLE)])
            cursor.execute(
                "INSERT INTO stated VALUES (?, ?, ?, ?) ON CONFLICT (hash, stream) DO UPDATE SET"
                " purpose = excluded.purpose, stated_at = excluded.stated_at",
                [hash_of(session), stream, purpose, written(at)],
            )

    def stated(self, session: str, stream: str) -> str | None:
        """Why a record is looked at in a session; nothing where nobody has said."""
        with self._database.reading() as cursor:
            rows = cursor.execute(
                "SELECT purpose FROM stated WHERE hash = ? AND stream = ?",
                [hash_of(session), stream],
            )
        return str(rows[0]["purpose"]) if rows else None

    def searched(self, person: str, at: datetime) -> int:
        """Count that somebody searches; how often they have in this minute, in all their sessions."""
        minute = int(at.timestamp()) // MINUTE
        with self._database.writing() as cursor:
            cursor.execute("DELETE FROM searches WHERE minute < ?", [minute])
            rows = cursor.execute(
                "INSERT INTO searches VALUES (?, ?, 1) ON CONFLICT (person) DO UPDATE SET"
                " times = searches.times + 1 RETURNING times",
                [person, minute],
            )
        return int(rows[0]["times"])

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def session_row(row: Row) -> SessionRow:
    """A row of the table as a value."""
    return SessionRow(
        person=row["person"],
        posts=row["posts"],
        held=row["held"],
        hint=row["hint"],
        begun_at=datetime.fromisoformat(row["begun_at"]),
        seen_at=datetime.fromisoformat(row["seen_at"]),
    )


def written(at: datetime) -> str:
    """An instant as the table orders it."""
    return at.isoformat(timespec="microseconds")


def hash_of(secret: str) -> str:
    """What is kept of an id; 256 random bits need no slower hash."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
