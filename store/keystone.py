"""The mark a log keeps of the key its streams are named by, so that no other key is ever used with it."""

import hashlib
import hmac
from contextlib import closing
from pathlib import Path
from typing import Final

from domain.errors import UnsafeStore
from store.database import Database, kind_of
from store.keys import read_key
from store.sqlite_database import sqlite_path

NAME: Final = "stream key"
STREAM_KEY_MARK: Final = b"Daymark's stream key"
NEEDED: Final = ("stream", "master")
"""The keys without which what is recorded cannot be read; the others may be made anew."""


def mark_of(key: bytes) -> bytes:
    """What a log keeps of its stream key; nobody can tell the key from it."""
    return hmac.digest(key, STREAM_KEY_MARK, hashlib.sha256)


def require_mark(known: bytes, key: bytes) -> None:
    """Refuse another installation's key: every child would begin a second stream (UnsafeStore)."""
    if not hmac.compare_digest(known, mark_of(key)):
        message = (
            "the stream key is not the one this log was written with:"
            " set DAYMARK_KEYS to the folder of its keys, or put back its stream.key"
        )
        raise UnsafeStore(message)


def refuse_other_keys(url: str, folder: Path) -> None:
    """Refuse a folder whose keys are not those a log was written with, before anything is made (UnsafeStore).

    A log that is not there yet, or was never opened, takes any.
    """
    known = mark_in(url)
    if known is None:
        return
    for name in NEEDED:
        if not (folder / f"{name}.key").exists():
            message = (
                f"there is no {name}.key in {folder}, and the log was written with one:"
                " set DAYMARK_KEYS to the folder of its keys, or put them back from safe keeping"
            )
            raise UnsafeStore(message)
    require_mark(known, read_key(folder / "stream.key"))


def mark_in(url: str) -> bytes | None:
    """The mark a log keeps; nothing where there is no log yet, which looking does not make."""
    if kind_of(url) == "sqlite" and not Path(sqlite_path(url)).exists():
        return None
    with closing(Database(url, "log")) as database, database.reading() as cursor:
        if not cursor.has_table("keystone"):
            return None
        found = cursor.execute("SELECT mark FROM keystone WHERE name = ?", (NAME,))
    return bytes(found[0]["mark"]) if found else None
