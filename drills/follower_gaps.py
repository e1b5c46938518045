"""A follower reads the log while four writers append: it sees every event, once and in order."""

import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread
from typing import Final

from assembly import Daymark, assemble, prepare
from domain.event import Recorded, Unreadable
from drills import writer
from drills.outcome import Counts, Outcome, counted, drawn
from drills.postgres_server import postgres_server
from settings import Settings
from store.following import follow

PROCESSES: Final = 2
WRITERS: Final = 2
"""Of each process: four in all."""


ATTEMPTS: Final = 5
"""How often a control writes on until its writers have met: whether two meet is chance."""


class Seen:
    """A view that only remembers which positions it was given."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self.positions: list[int] = []

    def position(self) -> int:
        """The last position seen."""
        return self.positions[-1] if self.positions else 0

    def apply(self, batch: Sequence[Recorded | Unreadable], *, after: int) -> None:  # noqa: ARG002
        """Remember what came."""
        self.positions += [one.position for one in batch]


def drill(points: int = 60, *, control: bool = False, seed: int | None = None) -> Outcome:
    """So many batches by each writer, on both stores; as a control PostgreSQL's writers take no turns."""
    counts = Counts(seed=drawn(seed))
    with postgres_server() as server, tempfile.TemporaryDirectory() as folder:
        stores = (
            [("postgres", server.url)] if control else [("postgres", server.url), ("sqlite", "")]
        )
        for name, url in stores:
            home = Path(folder) / name
            settings = Settings(home=home, database=url) if url else Settings(home=home)
            prepare(settings)
            for attempt in range(ATTEMPTS if control else 1):
                if not counts.missed:
                    one_store(settings, counts, points, attempt * points, control=control)
    return counted(
        "follower-gaps",
        counts,
        f"{counts.tried} events by {PROCESSES * WRITERS} writers on {' and '.join(n for n, _ in stores)}",
    )


def one_store(
    settings: Settings, counts: Counts, points: int, first: int, *, control: bool
) -> None:
    """Write to one store, follow it meanwhile, and compare what was seen with what is there."""
    options = ["--writers", str(WRITERS), "--batches", str(points)]
    options += ["--seed", str(counts.seed + first), "--first", str(first)]
    options += ["--fault", "without-lock" if control else "none"]
    files = [settings.home / f"receipts-{n}" for n in range(PROCESSES)]
    with closing(assemble(settings)) as daymark:
        with following(daymark) as seen:
            writing = [
                writer.start(settings, f"p{n}-", file, *options) for n, file in enumerate(files)
            ]
            try:
                ended = [one.wait(600) for one in writing]
            except subprocess.TimeoutExpired:
                ended = [1]
            finally:
                for one in writing:
                    one.kill()
            head = daymark.log.head()
            began = time.monotonic()
            writer.wait_for(lambda: seen.position() >= head, 10)
            counts.delayed(timedelta(seconds=time.monotonic() - began))
        there = [one.position for one in writer.everything(daymark)]
        answered = writer.receipts_in(*files)
        lost, doubled = writer.losses(daymark, answered)
    assert ended == [0] * PROCESSES, "a writer ended early"
    disorder = sum(later <= earlier for earlier, later in pairwise(seen.positions))
    counts.tried += len(there)
    counts.acknowledged += len(answered)
    counts.lost += lost
    counts.missed += len(set(there) - set(seen.positions))
    counts.doubled += doubled + disorder


@contextmanager
def following(daymark: Daymark) -> Iterator[Seen]:
    """A follower of the log, from its beginning."""
    seen, stop, log = Seen(), Event(), daymark.log
    thread = Thread(target=lambda: follow(log, seen, stop, patience=0.2))
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()
