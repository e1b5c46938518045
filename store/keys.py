"""The keys everything rests on: files of 32 bytes that nobody else may read."""

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from domain.errors import UnsafeStore

LENGTH: Final = 32
NAMES: Final = ("stream", "master", "temporal", "session")


class Keys:
    """Four keys of one installation, kept outside every database and every backup of one.

    `stream` names the streams, so that a child's reference cannot be guessed from a stream id.
    `master` wraps the keys of the vault; `temporal` seals what Temporal stores; `session` signs sessions.
    Keys that sealed for Temporal before the present one are kept beside it, for reading.
    """

    def __init__(self, folder: Path | str) -> None:
        """Read the keys; a missing, short or widely readable file is refused (UnsafeStore)."""
        self.folder = Path(folder)
        self.stream, self.master, self.temporal, self.session = (
            read_key(self.folder / f"{name}.key") for name in NAMES
        )


def make_keys(folder: Path | str) -> Keys:
    """Make the keys that are missing, and read them all; two processes at once agree on the same ones."""
    place = Path(folder)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in NAMES:
        make_key(place / f"{name}.key")
    return Keys(place)


def make_key(path: Path) -> None:
    """Make one key unless it is there; it appears whole or not at all, and is never replaced."""
    if path.exists():
        return
    # Where another process was first, its key is the key.
    with drafted(path) as draft, suppress(FileExistsError):
        os.link(draft, path)
        settle(path.parent)


@contextmanager
def drafted(path: Path) -> Iterator[Path]:
    """A new key, whole on the disk under a name nobody reads; that name is gone afterwards."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(LENGTH))
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def settle(folder: Path) -> None:
    """Make the names in a folder last: a power cut could take one and leave what was written under it."""
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def temporal_keys(folder: Path | str) -> tuple[bytes, ...]:
    """Every key under which Temporal may hold something: the one that seals now, then those kept."""
    place = Path(folder)
    kept = sorted(place.glob("temporal.*.key"))
    return tuple(dict.fromkeys(read_key(path) for path in (place / "temporal.key", *kept)))


def rotate_temporal(folder: Path | str) -> str:
    """Make the key that seals for Temporal from now on, keep the old one for reading; the new name."""
    place, current = Path(folder), Path(folder) / "temporal.key"
    handle = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)  # two at once would lose a key that already seals
        kept = place / f"temporal.{name_of(read_key(current))}.key"
        with drafted(current) as draft:
            with suppress(FileExistsError):  # an earlier turn came only so far
                os.link(current, kept)
            draft.replace(current)
        settle(place)
        return name_of(read_key(current))  # before the next turn may begin
    finally:
        os.close(handle)


def name_of(key: bytes) -> str:
    """A name for a key of Temporal's that tells nothing about it."""
    return sha256(b"daymark temporal key:" + key).hexdigest()[:8]


def read_key(path: Path) -> bytes:
    """One key, refused when it is missing, of another length, or readable by others."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        key = path.read_bytes()
    except OSError as error:
        message = (
            f"the key {path.name} cannot be read ({error.strerror}): put it back from safe keeping"
        )
        raise UnsafeStore(message) from error
    if mode & 0o077:
        message = f"the key {path.name} can be read by others ({mode:04o}): chmod 600 it"
        raise UnsafeStore(message)
    if len(key) != LENGTH:
        message = (
            f"the key {path.name} has {len(key)} bytes, not {LENGTH}: put it back from safe keeping"
        )
        raise UnsafeStore(message)
    return key
