"""PostgreSQL is killed with -9 while eight writers append: every receipt is in the log."""

import tempfile
import time
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from assembly import assemble, prepare
from drills import writer
from drills.outcome import Counts, Outcome, counted, drawn
from drills.postgres_server import postgres_server
from settings import Settings

WRITERS: Final = 8
BUSY: Final = (0.05, 0.5)
"""Seconds of work before a kill, at random between these."""


def drill(points: int = 20, *, control: bool = False, seed: int | None = None) -> Outcome:
    """Kill the server so many times; as a control the writers answer before they commit."""
    counts = Counts(tried=points, seed=drawn(seed))
    chance = counts.chance
    with tempfile.TemporaryDirectory() as folder, postgres_server() as server:
        settings = Settings(home=Path(folder) / "home", database=server.url)
        prepare(settings)
        receipts = Path(folder) / "receipts"
        fault = "early" if control else "none"
        options = ("--writers", str(WRITERS), "--fault", fault, "--seed", str(counts.seed))
        writing = writer.start(settings, "w", receipts, *options)
        try:
            for _ in range(points):
                before = answered(receipts)
                writer.wait_for(lambda before=before: answered(receipts) > before)  # type: ignore[misc]
                time.sleep(chance.uniform(*BUSY))
                server.kill()
                began = time.monotonic()
                server.start()
                counts.delayed(timedelta(seconds=time.monotonic() - began))
        finally:
            writing.kill()
            writing.wait()
        counts.acknowledged = len(said := writer.receipts_in(receipts))
        with closing(assemble(settings)) as daymark:
            counts.lost, counts.doubled = writer.losses(daymark, said)
    return counted(
        "kill-postgres",
        counts,
        f"{points} kills of the server under {WRITERS} writers, which waited longest for its recovery",
    )


def answered(receipts: Path) -> int:
    """How much has been answered so far."""
    with suppress(FileNotFoundError):
        return receipts.stat().st_size
    return 0
