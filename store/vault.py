"""The vault: one key for each stream, wrapped under the master key, in a database of its own.

Forgetting a child is losing its key: what was sealed under it can then be read by nobody.
"""

import os
from collections.abc import Iterable
from threading import Lock
from typing import Final, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import DaymarkError, UnsafeStore
from store.database import Database
from store.migrations import require_tables

FORMAT: Final = (
    b"\x01"  # AES-256-GCM with a nonce of 12 bytes; another cipher would be another byte
)
NONCE: Final = 12
REMEMBERED: Final = 10_000  # streams whose key a process keeps at hand


class Tampered(ValueError):
    """What was sealed has been altered, or stands where it was not sealed."""


class Sealer(Protocol):
    """What the mapper needs of a vault."""

    def make_keys(self, streams: Iterable[UUID]) -> None:
        """See that each stream has a key, in one commit."""
        ...

    def seal(self, stream: UUID, version: int, name: str, plain: bytes) -> bytes:
        """Seal one field of one event."""
        ...

    def open(self, stream: UUID, version: int, name: str, sealed: bytes) -> bytes | None:
        """Open it at the place it was sealed for; nothing when the stream's key is lost."""
        ...


def encrypt(secret: bytes, plain: bytes, place: bytes) -> bytes:
    """Encrypt under a fresh nonce, bound to a place."""
    nonce = os.urandom(NONCE)
    return FORMAT + nonce + AESGCM(secret).encrypt(nonce, plain, place)


def decrypt(secret: bytes, sealed: bytes, place: bytes) -> bytes:
    """Decrypt at its place, or say that it was altered, moved or sealed under another key."""
    if sealed[:1] != FORMAT:
        message = "unknown format of sealing"
        raise Tampered(message)
    try:
        return AESGCM(secret).decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], place)
    except InvalidTag as error:
        message = "altered, moved or sealed under another key"
        raise Tampered(message) from error


def place_of(stream: UUID, version: int, name: str) -> bytes:
    """Where a sealed field stands; it opens nowhere else."""
    return b"field|" + stream.bytes + version.to_bytes(8, "big") + name.encode()


def place_of_key(stream: UUID) -> bytes:
    """Whose key a wrapped key is; it unwraps for no other stream."""
    return b"key|" + stream.bytes


class Vault:
    """Seals and opens the guarded fields of events."""

    def __init__(self, url: str, master: bytes) -> None:
        """Open the keys' database; a master key that does not fit it is refused (UnsafeStore)."""
        self._database = Database(url, "vault")
        self._master = master
        self._remembered: dict[UUID, bytes] = {}
        self._seen = 0
        self._lock = Lock()
        try:
            require_tables(self._database, "vault")
            self._check_master()
            self._watch = self._database.watch()
        except DaymarkError:
            self._database.close()
            raise

    def make_keys(self, streams: Iterable[UUID]) -> None:
        """See that each stream has a key, in one commit; a key once made is never replaced."""
        missing = [stream for stream in dict.fromkeys(streams) if self._key(stream) is None]
        if not missing:
            return
        # In one order, whoever makes them: two at once then wait for each other, and never both.
        rows = [
            (stream.hex, self._wrap(stream, AESGCM.generate_key(256))) for stream in sorted(missing)
        ]
        with self._database.writing() as cursor:
            cursor.executemany("INSERT INTO stream_keys VALUES (?, ?) ON CONFLICT DO NOTHING", rows)

    def seal(self, stream: UUID, version: int, name: str, plain: bytes) -> bytes:
        """Seal one field of one event, making the stream's key on first use."""
        key = self._key(stream)
        if key is None:
            self.make_keys([stream])
            return self.seal(stream, version, name, plain)
        return encrypt(key, plain, place_of(stream, version, name))

    def open(self, stream: UUID, version: int, name: str, sealed: bytes) -> bytes | None:
        """Open a field at the place it was sealed for; nothing when the stream's key is lost."""
        key = self._key(stream)
        if key is None:
            return None
        return decrypt(key, sealed, place_of(stream, version, name))

    def close(self) -> None:
        """Forget every key at hand and close the database."""
        with self._lock:
            self._remembered.clear()
            self._watch.close()
        self._database.close()

    def _key(self, stream: UUID) -> bytes | None:
        with self._lock:
            # A key that another process dropped must not be used from memory.
            if (changes := self._watch.changes()) != self._seen:
                self._remembered.clear()
                self._seen = changes
            known = self._remembered.get(stream)
        if known is not None:
            return known
        with self._database.reading() as cursor:
            rows = cursor.execute("SELECT wrapped FROM stream_keys WHERE stream = ?", (stream.hex,))
        if not rows:
            return None
        key = self._unwrap(stream, rows[0]["wrapped"])
        with self._lock:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[stream] = key
        return key

    def _wrap(self, stream: UUID, key: bytes) -> bytes:
        return encrypt(self._master, key, place_of_key(stream))

    def _unwrap(self, stream: UUID, wrapped: bytes) -> bytes:
        try:
            return decrypt(self._master, wrapped, place_of_key(stream))
        except Tampered as error:
            message = (
                f"the master key does not open {self._database.name}:"
                " put back the master.key it was made with"
            )
            raise UnsafeStore(message) from error

    def _check_master(self) -> None:
        with self._database.reading() as cursor:
            rows = cursor.execute("SELECT stream, wrapped FROM stream_keys LIMIT 1")
        for row in rows:
            self._unwrap(UUID(row["stream"]), row["wrapped"])
