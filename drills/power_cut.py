"""Everything stops at once and only what the disk holds comes back: every receipt is in the log."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

from assembly import assemble, prepare
from domain.errors import DaymarkError
from drills import writer
from drills.disks import make_image, mounted, room_for_images, run
from drills.outcome import CannotRun, Counts, Outcome, counted, drawn
from drills.postgres_server import PostgresServer
from settings import Settings

SIZE: Final = {"sqlite": 96, "postgres": 256}
"""Megabytes of each store's disk."""
BUSY: Final = (0.1, 0.4)
"""Seconds of work before a cut, at random between these."""
WRITERS: Final = 2


def drill(points: int = 4, *, control: bool = False, seed: int | None = None) -> Outcome:
    """So many cuts on each store; as a control each answers before the disk has anything.

    The processes are stopped while the disk is copied, so what only the memory knew is not in the copy.
    """
    counts, lost = Counts(seed=drawn(seed)), dict[str, int]()
    began = time.monotonic()
    for store in SIZE:
        before = counts.lost
        with tempfile.TemporaryDirectory(prefix="daymark-drill-", dir=room_for_images()) as name:
            folder = Path(name)
            folder.chmod(0o755)
            one_store(store, folder, counts, points, control=control)
        lost[f"lost_on_{store}"] = counts.lost - before
    took = time.monotonic() - began
    return counted("power-cut", counts, f"cuts on {' and '.join(SIZE)} in {took:.0f} s", **lost)


def one_store(store: str, folder: Path, counts: Counts, points: int, *, control: bool) -> None:
    """Write on a disk of its own, cut again and again, and look at each copy."""
    image, copy = folder / "disk", folder / "copy"
    receipts, keys = folder / "receipts", folder / "keys"
    chance = counts.chance
    make_image(image, SIZE[store])
    with (
        mounted(folder / "live", "-o", "loop", str(image)) as disk,
        installed(store, disk, keys, fresh=True, careless=control) as (settings, server),
    ):
        prepare(settings)
        os.sync()
        fault = "careless" if control else "none"
        options = ("--writers", str(WRITERS), "--fault", fault, "--seed", str(counts.seed))
        writing = writer.start(settings, "w", receipts, *options)
        try:
            writer.wait_for(lambda: writer.receipts_in(receipts))
            for _ in range(points):
                time.sleep(chance.uniform(*BUSY))
                with stopped(writing, server):
                    answered = writer.receipts_in(receipts)
                    run("cp", "--sparse=always", str(image), str(copy))
                    # Nobody writes on meanwhile: what is looked at grows no further.
                    look(store, copy, keys, folder / "copied", answered, counts)
        finally:
            writing.kill()
            writing.wait()
    counts.acknowledged += len(writer.receipts_in(receipts))


@contextmanager
def installed(
    store: str, disk: Path, keys: Path, *, fresh: bool = False, careless: bool = False
) -> Iterator[tuple[Settings, PostgresServer | None]]:
    """An installation whose store lies on a disk; the keys lie elsewhere, as in life."""
    home = disk / "home"
    if store == "sqlite":
        yield Settings(home=home, keys=keys), None
        return
    (disk / "server").mkdir(exist_ok=True)
    options = {"min_wal_size": "32MB", "max_wal_size": "64MB"}
    options |= {"fsync": "off"} if careless else {}
    server = PostgresServer(disk / "server", options)
    if fresh:
        server.create()
    else:
        server.find()
        (server.data / "postmaster.pid").unlink(missing_ok=True)
    try:
        server.start()
        yield Settings(home=home, keys=keys, database=server.url), server
    finally:
        server.stop()


@contextmanager
def stopped(
    writing: subprocess.Popen[bytes], server: PostgresServer | None = None
) -> Iterator[None]:
    """While this lasts no process moves, as after a power cut."""
    writing.send_signal(signal.SIGSTOP)
    if server:
        server.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        if server:
            server.signal(signal.SIGCONT)
        writing.send_signal(signal.SIGCONT)


def look(
    store: str, copy: Path, keys: Path, place: Path, answered: list[str], counts: Counts
) -> None:
    """Start from the copied disk, and count what had been answered and is not there."""
    counts.tried += 1
    began = time.monotonic()
    with mounted(place, "-o", "loop", str(copy)) as disk:
        try:
            with (
                installed(store, disk, keys) as (settings, _),
                closing(assemble(settings)) as daymark,
            ):
                lost, doubled = writer.losses(daymark, answered)
        except (DaymarkError, CannotRun):
            lost, doubled = len(answered), 0  # nothing can be read at all
    counts.lost += lost
    counts.doubled += doubled
    counts.delayed(timedelta(seconds=time.monotonic() - began))
