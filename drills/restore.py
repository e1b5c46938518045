"""A backup taken under load is restored: every clock, word and key is as it was at that moment."""

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Final

from assembly import Daymark, assemble, prepare
from domain.clocks import clocks
from domain.event import Recorded
from drills import writer
from drills.outcome import Counts, Outcome, counted, drawn
from settings import Settings

FILES: Final = ("daymark.db", "tokens.db", "keys.db")
"""What is copied while all goes on, in this order: whatever the log seals under, the vault has by then."""
PAUSE: Final = (0.2, 0.8)
"""Seconds of writing before each backup, at random between these."""


def drill(points: int = 3, *, control: bool = False, seed: int | None = None) -> Outcome:
    """So many backups, each restored; as a control only the main files are copied, as `cp` would."""
    counts = Counts(tried=points, seed=drawn(seed))
    chance = counts.chance
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(home=folder / "home")
        prepare(settings)
        receipts = folder / "receipts"
        writing = writer.start(
            settings, "w", receipts, "--writers", "2", "--seed", str(counts.seed)
        )
        events = 0
        try:
            writer.wait_for(lambda: writer.receipts_in(receipts))
            for number in range(points):
                time.sleep(chance.uniform(*PAUSE))
                answered = writer.receipts_in(receipts)
                copy = folder / f"backup-{number}"
                back_up(settings, copy, careless=control)
                began = time.monotonic()
                events = compare(settings, Settings(home=copy), answered, counts)
                counts.delayed(timedelta(seconds=time.monotonic() - began))
                shutil.rmtree(copy)
        finally:
            writing.kill()
            writing.wait()
        counts.acknowledged = len(writer.receipts_in(receipts))
    said = f"{points} backups restored under two writers, the last of {events} events"
    return counted("restore", counts, said, events=events)


def back_up(settings: Settings, copy: Path, *, careless: bool) -> None:
    """Copy an installation that is at work; the keys are kept apart, and put back with it."""
    copy.mkdir(mode=0o700)
    shutil.copytree(settings.keys, copy / "keys")
    for file in FILES:
        source = settings.home / file
        if careless:
            shutil.copy(source, copy / file)
            continue
        with (
            closing(sqlite3.connect(source)) as there,
            closing(sqlite3.connect(copy / file)) as here,
        ):
            there.backup(here)


def compare(there: Settings, here: Settings, answered: Sequence[str], counts: Counts) -> int:
    """Hold what was restored against the log it was taken from, up to the same event."""
    prepare(here)  # the board is made again
    with closing(assemble(there)) as original, closing(assemble(here)) as restored:
        head = restored.log.head()
        rows = up_to(original, head)
        mine = up_to(restored, head)
        counts.lost += len(set(answered) - {row.event.id for row in mine})
        counts.missed += sum(one != other for one, other in zip(rows, mine, strict=False))
        counts.missed += abs(len(rows) - len(mine))
        counts.doubled += len(mine) - len({row.event.event_id for row in mine})
        counts.missed += sum(
            clocks([row for row in rows if row.stream == stream], original.authority())
            != clocks(restored.log.history(stream), restored.authority())
            for stream in {row.stream for row in rows[-200:]}
        )
    return len(mine)


def up_to(daymark: Daymark, head: int) -> list[Recorded]:
    """Every event up to a position, each opened with its child's own key."""
    rows = writer.everything(daymark)
    return [row for row in rows if isinstance(row, Recorded) and row.position <= head]
