"""Small file systems of a drill's own, which it may fill up or copy as a power cut would leave them."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from drills.outcome import CannotRun

MEGABYTE: Final = 2**20
MEMORY: Final = Path("/dev/shm")  # noqa: S108 -- where Linux keeps files in memory


def run(*command: str) -> None:
    """Run a command of the system, or say why this drill cannot."""
    if shutil.which(command[0]) is None:
        message = f"there is no {command[0]} here"
        raise CannotRun(message)
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- our own words
    if done.returncode:
        message = f"{' '.join(command[:2])}: {done.stderr.strip() or done.returncode}"
        raise CannotRun(message)


@contextmanager
def mounted(place: Path, *words: str) -> Iterator[Path]:
    """Something mounted at a place, for as long as it is needed; CannotRun where that is not allowed."""
    if os.geteuid() != 0:
        message = "mounting a file system needs root"
        raise CannotRun(message)
    place.mkdir(exist_ok=True)
    run("mount", *words, str(place))
    try:
        yield place
    finally:
        unmount(place)


def unmount(place: Path) -> None:
    """Take a file system away, once nobody uses it any more."""
    for _ in range(100):
        done = subprocess.run(["umount", str(place)], capture_output=True, check=False)  # noqa: S603, S607
        if done.returncode == 0:
            return
        time.sleep(0.1)
    message = f"{place} is still in use"
    raise AssertionError(message)


def make_image(image: Path, megabytes: int) -> None:
    """A disk in a file, with an empty file system on it."""
    with image.open("wb") as disk:
        disk.truncate(megabytes * MEGABYTE)
    run("mkfs.ext4", "-q", "-F", str(image))


def room_for_images() -> Path | None:
    """Where images are quick to copy; nothing where the usual place must do."""
    there = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    return MEMORY if there and shutil.disk_usage(MEMORY).free > 2**30 else None
