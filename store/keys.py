"""The keys everything rests on: files of 32 bytes that nobody else may read."""

import os
import secrets
import stat
from pathlib import Path
from typing import Final

from domain.errors import UnsafeStore

LENGTH: Final = 32
NAMES: Final = ("stream", "master", "temporal", "session")


class Keys:
    """Four keys of one installation, kept outside every database and every backup of one.

    `stream` names the streams, so that a child's reference cannot be guessed from a stream id.
    `master` wraps the keys of the vault; `temporal` seals what Temporal stores; `session` signs sessions.
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
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(LENGTH))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return  # another process was first; its key is the key
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)  # or a power cut could take the name and leave what was written under it
        os.close(folder)
    finally:
        draft.unlink()


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
