"""A backup taken under load is restored: every clock, word and key is as it was at that moment."""

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import Popen
from typing import Final

from assembly import Daymark, assemble, prepare
from domain.clocks import clocks
from domain.event import Recorded
from drills import writer
from drills.archived import (
    NAMED_BY_THE_SECOND,
    archive_what_there_is,
    archived_server,
    restored,
    told,
)
from drills.granted import lying_apart, with_a_vault_apart
from drills.outcome import Counts, Outcome, counted, drawn
from drills.postgres_server import PostgresServer
from drills.power_cut import stopped
from settings import Settings
from store.database import DatabaseUnavailable

FILES: Final = ("daymark.db", "tokens.db", "keys.db")
"""What is copied while all goes on, in this order: whatever the log seals under, the vault has by then."""
PAUSE: Final = (0.2, 0.8)
"""Seconds of writing before each backup, at random between these."""


LAST: Final = datetime.max.replace(tzinfo=UTC)
"""A backup that is no moment of a log holds whatever was there."""


def drill(points: int = 3, *, control: bool = False, seed: int | None = None) -> Outcome:
    """So many backups on each store, each restored; as a control what only looks like a backup is."""
    counts, events = Counts(tried=2 * points, seed=drawn(seed)), dict[str, int]()
    lost = dict[str, int]()
    with tempfile.TemporaryDirectory() as name, archived_server(silent=control) as server:
        events["sqlite"] = copied(Path(name) / "sqlite", points, counts, careless=control)
        lost["sqlite"] = counts.lost
        events["postgres"] = archived(
            Path(name) / "postgres", server, points, counts, silent=control
        )
    lost["postgres"] = counts.lost - lost["sqlite"]
    last = " and ".join(f"{n} events on {store}" for store, n in events.items())
    said = f"{points} backups of each store restored under two writers, the last of {last}"
    more = {f"lost_on_{store}": n for store, n in lost.items()}
    return counted("restore", counts, said, events=sum(events.values()), **more)


def copied(folder: Path, points: int, counts: Counts, *, careless: bool) -> int:
    """Copy SQLite's files again and again while two write, and look at each copy."""
    settings, chance, events = Settings(home=folder / "home"), counts.chance, 0
    with written(settings, counts) as (writing, receipts):
        for number in range(points):
            time.sleep(chance.uniform(*PAUSE))
            answered = writer.receipts_in(receipts)
            copy = folder / f"backup-{number}"
            back_up(settings, copy, careless=careless)
            began = time.monotonic()
            with stopped(writing):
                events = compared(settings, Settings(home=copy), answered, counts)
            counts.delayed(timedelta(seconds=time.monotonic() - began))
            shutil.rmtree(copy)
    return events


def archived(
    folder: Path, server: PostgresServer, points: int, counts: Counts, *, silent: bool
) -> int:
    """Copy PostgreSQL once while two write, restore it to moment after moment, and look at each."""
    # One copy holds both databases, the log's and the vault's, as of the same moment.
    settings = Settings(home=folder / "home", **with_a_vault_apart(server.url))
    chance, events = counts.chance, 0
    with written(settings, counts) as (writing, receipts):
        told(server, "base-backup")
        time.sleep(NAMED_BY_THE_SECOND)
        for number in range(points):
            time.sleep(chance.uniform(*PAUSE))
            answered, moment = writer.receipts_in(receipts), datetime.now(UTC)
            writer.wait_for(lambda before=answered: len(writer.receipts_in(receipts)) > len(before))  # type: ignore[misc]
            archive_what_there_is(server, silent=silent)
            began = time.monotonic()
            # With nothing in the archive PostgreSQL would refuse a moment: the copy alone is all there is.
            until = "latest" if silent else moment.isoformat()
            with stopped(writing), restored(server, until) as again:
                home = folder / f"again-{number}"
                here = Settings(home=home, keys=settings.keys, **lying_apart(again.url))
                events = compared(settings, here, answered, counts, moment)
            counts.delayed(timedelta(seconds=time.monotonic() - began))
    return events


@contextmanager
def written(settings: Settings, counts: Counts) -> Iterator[tuple[Popen[bytes], Path]]:
    """A new installation in which two write without pause, their process and the file of their receipts."""
    prepare(settings)
    receipts = settings.home / "receipts"
    writing = writer.start(settings, "w", receipts, "--writers", "2", "--seed", str(counts.seed))
    try:
        writer.wait_for(lambda: writer.receipts_in(receipts))
        yield writing, receipts
    finally:
        writing.kill()
        writing.wait()
    counts.acknowledged += len(writer.receipts_in(receipts))


def back_up(settings: Settings, copy: Path, *, careless: bool) -> None:
    """Copy an installation that is at work; the keys are kept apart, and put back with it."""
    copy.mkdir(mode=0o700)
    shutil.copytree(settings.keys, copy / "keys")
    for file in FILES:
        source = settings.home / file
        with (
            closing(sqlite3.connect(source)) as there,
            closing(sqlite3.connect(copy / file)) as here,
        ):
            there.backup(here)
    if careless:
        log = copy / FILES[0]
        os.truncate(log, log.stat().st_size // 2)


def compared(
    there: Settings,
    here: Settings,
    answered: Sequence[str],
    counts: Counts,
    moment: datetime = LAST,
) -> int:
    """How many events were found again; with a copy that cannot be read every receipt is lost."""
    lost_before = counts.lost
    try:
        return compare(there, here, answered, counts, moment)
    except DatabaseUnavailable:
        counts.lost = lost_before + len(answered)
        return 0


def compare(
    there: Settings,
    here: Settings,
    answered: Sequence[str],
    counts: Counts,
    moment: datetime,
) -> int:
    """Hold what was restored against the log it was taken from, up to the same event and moment."""
    prepare(here)  # the board is made again
    with closing(assemble(there)) as original, closing(assemble(here)) as made:
        head = made.log.head()
        rows = up_to(original, head)
        mine = up_to(made, head)
        lost, doubled = writer.losses(made, answered)
        counts.lost += lost
        counts.missed += sum(one != other for one, other in zip(rows, mine, strict=False))
        counts.missed += abs(len(rows) - len(mine))
        counts.doubled += doubled
        counts.missed += sum(row.recorded_at > moment for row in mine)
        counts.missed += sum(
            clocks([row for row in rows if row.stream == stream], original.authority())
            != clocks(made.log.history(stream), made.authority())
            for stream in {row.stream for row in rows[-200:]}
        )
    return len(mine)


def up_to(daymark: Daymark, head: int) -> list[Recorded]:
    """Every event up to a position, each opened with its child's own key."""
    rows = writer.everything(daymark)
    return [row for row in rows if isinstance(row, Recorded) and row.position <= head]
