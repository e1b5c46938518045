"""Who may speak: a token names one authority and one source; only its hash is kept."""

import hashlib
import secrets
from datetime import datetime
from typing import Final, NamedTuple

from domain.errors import NotFound, Refused
from store.database import ConstraintBroken, Cursor
from store.migrations import open_part
from store.recorder import utc_now

PREFIX: Final = "daymark_"  # so that a token found in the wrong place is known for what it is


class TokenHolder(NamedTuple):
    """The one authority and the one source that a token speaks for."""

    authority: str
    source: str


class TokenRow(NamedTuple):
    """What may be shown of a token: never the token, which nobody has but its holder."""

    authority: str
    source: str
    added_at: datetime
    revoked_at: datetime | None


class Tokens:
    """The tokens of all sources; at any moment each source has at most one that is good."""

    def __init__(self, url: str) -> None:
        """Open the tokens' database."""
        self._database = open_part(url, "tokens")

    def add(self, authority: str, source: str) -> str:
        """A token for a source that has none, shown this once; Refused when it has one."""
        try:
            with self._database.writing() as cursor:
                return self._make(cursor, authority, source)
        except ConstraintBroken as error:
            message = f"{source} of {authority} has a token already: rotate it or revoke it"
            raise Refused(message) from error

    def rotate(self, authority: str, source: str) -> str:
        """A new token for a source, shown this once; the old one is good no longer."""
        with self._database.writing() as cursor:
            cursor.take_turns("tokens")  # or the second of two at once would not see the first's
            self._end(cursor, authority, source)
            return self._make(cursor, authority, source)

    def revoke(self, authority: str, source: str) -> None:
        """End a source's token; from the next request on it is not known."""
        with self._database.writing() as cursor:
            self._end(cursor, authority, source)

    def list(self) -> tuple[TokenRow, ...]:
        """Every token there ever was, by authority and source, the oldest first."""
        with self._database.reading() as cursor:
            rows = cursor.execute(
                "SELECT authority, source, added_at, revoked_at FROM tokens"
                " ORDER BY authority, source, added_at"
            )
        return tuple(
            TokenRow(
                row["authority"],
                row["source"],
                datetime.fromisoformat(row["added_at"]),
                datetime.fromisoformat(row["revoked_at"]) if row["revoked_at"] else None,
            )
            for row in rows
        )

    def check(self, token: str) -> TokenHolder | None:
        """Whom a token speaks for; nothing when it is not known or good no longer."""
        with self._database.reading() as cursor:
            rows = cursor.execute(
                "SELECT authority, source FROM tokens WHERE hash = ? AND revoked_at IS NULL",
                (hash_of(token),),
            )
        return TokenHolder(rows[0]["authority"], rows[0]["source"]) if rows else None

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _make(self, cursor: Cursor, authority: str, source: str) -> str:
        token = PREFIX + secrets.token_urlsafe(32)
        cursor.execute(
            "INSERT INTO tokens VALUES (?, ?, ?, ?, NULL)",
            (hash_of(token), authority, source, utc_now().isoformat()),
        )
        return token

    def _end(self, cursor: Cursor, authority: str, source: str) -> None:
        ended = cursor.execute(
            "UPDATE tokens SET revoked_at = ? WHERE authority = ? AND source = ?"
            " AND revoked_at IS NULL RETURNING source",
            (utc_now().isoformat(), authority, source),
        )
        if not ended:
            message = f"{source} of {authority} has no token"
            raise NotFound(message)


def hash_of(token: str) -> bytes:
    """What is kept of a token; 256 random bits need no slower hash."""
    return hashlib.sha256(token.encode(errors="replace")).digest()
