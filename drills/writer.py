"""A process that appends as fast as it can and says each receipt aloud, for drills that hurt its store.

Run `python -m drills.writer NAME [--writers N] [--batches N] [--fault FAULT] [--seed N]`.
The environment says where.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any, Final

from assembly import Daymark, assemble
from domain.errors import DaymarkError
from domain.event import Event, Recorded
from domain.facts.missing import MissingEpisodeStarted
from domain.facts.whole_child import ChildDetailsRecorded
from settings import Settings, read_settings

ROOT: Final = Path(__file__).parents[1]
SOURCE: Final = "drill"
SIZES: Final = (1, 1, 5, 20)
"""How many facts a batch holds, by turns; one about the child's own details, which is sealed, goes along."""
FAULTS: Final = ("none", "early", "careless", "without-lock")
"""What is planted: a receipt before the commit, a commit without the disk, an append without its turn."""
BREATHES: Final = 0.1
"""In how many of its batches a writer draws breath, so that no two runs meet in the same places."""
BREATH: Final = 0.01  # seconds at most
WAITS: Final = 0.02  # seconds before a case system sends again


def batch(authority: str, name: str, number: int) -> list[Event]:
    """The facts of one batch, stored together or not at all."""
    size = SIZES[number % len(SIZES)]
    missing = MissingEpisodeStarted(
        missing_episode_ref=f"ME-{number}",
        type="missing",
        missing_from="home",
        care_status="not-looked-after",
    )
    said: list[tuple[str, Any]] = [(f"{name}-{(number + n) % 7}", missing) for n in range(size)]
    said.append((f"{name}-{number}", ChildDetailsRecorded(sex="f")))
    return [
        Event(
            authority=authority,
            kind="child",
            subject=child,
            source=SOURCE,
            id=f"{name}/{number}/{n}",
            said=fact,
            occurred_at=datetime.now(UTC),
        )
        for n, (child, fact) in enumerate(said)
    ]


def write(
    daymark: Daymark, name: str, numbers: Iterable[int], chance: Random, *, early: bool = False
) -> None:
    """Append batch after batch, each again until it is answered, and say each id that was answered."""
    for number in numbers:
        if chance.random() < BREATHES:
            time.sleep(chance.uniform(0, BREATH))
        events = batch(daymark.settings.authority, name, number)
        said = "".join(f"{event.id}\n" for event in events).encode()
        if early:
            os.write(1, said)
        while True:
            try:
                daymark.log.append(events)
            except DaymarkError:
                time.sleep(WAITS)
                if early:
                    break  # it holds its receipt already
            else:
                break
        if not early:
            os.write(1, said)  # one piece: no line is ever cut in two


def plant(fault: str) -> None:
    """Take away what a promise rests on, so that a drill can show that it would see it."""
    if fault == "careless":
        without_disk()
    elif fault == "without-lock":
        from store import postgres_log  # noqa: PLC0415 -- only where PostgreSQL is drilled

        postgres_log.LOCK = postgres_log.LOCK[-1:]  # type: ignore[assignment, misc]


def without_disk() -> None:
    """Let SQLite answer before anything is on the disk, and take a PostgreSQL that does the same."""
    from eventsourcing.sqlite import SQLiteConnection, SQLiteConnectionPool  # noqa: PLC0415

    from store import postgres_log  # noqa: PLC0415
    from store.sqlite_log import DurableConnectionPool  # noqa: PLC0415

    postgres_log.SAFE = {}  # type: ignore[misc]

    def careless(pool: SQLiteConnectionPool) -> SQLiteConnection:
        made = SQLiteConnectionPool._create_connection(pool)  # noqa: SLF001 -- a fault on purpose
        made.cursor().execute("PRAGMA synchronous = OFF")
        return made

    DurableConnectionPool._create_connection = careless  # type: ignore[assignment, method-assign]  # noqa: SLF001


# What a drill does with it ----------------------------------------------------------------------


def environment(settings: Settings) -> dict[str, str]:
    """What tells a process of ours where this installation is."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DAYMARK_")}
    told: Mapping[str, object] = {
        "HOME": settings.home,
        "DATABASE": settings.database,
        "VIEWS": settings.views,
        "VAULT": settings.vault,
        "KEYS": settings.keys,
    }
    return kept | {f"DAYMARK_{name}": str(value) for name, value in told.items()}


def start(
    settings: Settings, name: str, receipts: Path, *options: str, quiet: bool = True
) -> subprocess.Popen[bytes]:
    """A writing process, whose receipts go to a file."""
    command = [sys.executable, "-m", "drills.writer", name, *options]
    with receipts.open("ab") as said:
        return subprocess.Popen(  # noqa: S603 -- a process of our own
            command,
            cwd=ROOT,
            env=environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.DEVNULL if quiet else None,
        )


def receipts_in(*files: Path) -> list[str]:
    """Every id that was answered, in whole lines."""
    return [
        line
        for file in files
        if file.exists()
        for line in file.read_text().split("\n")[:-1]
        if line
    ]


def wait_for(question: Callable[[], object], seconds: float = 60.0) -> bool:
    """Wait until something is true, or say that it did not come about."""
    until = time.monotonic() + seconds
    while not question():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def losses(daymark: Daymark, answered: Sequence[str]) -> tuple[int, int]:
    """How many answered ids are not in the log, and how many batches are not there whole and once."""
    there = [
        one.event.id
        for one in everything(daymark)
        if isinstance(one, Recorded) and one.event.source == SOURCE
    ]
    lost = len(set(answered) - set(there))
    found: dict[str, int] = {}
    for one in there:
        name = one.rpartition("/")[0]
        found[name] = found.get(name, 0) + 1
    halves = sum(
        count != SIZES[int(name.rpartition("/")[2]) % len(SIZES)] + 1
        for name, count in found.items()
    )
    return lost, halves + len(there) - len(set(there))


def everything(daymark: Daymark) -> list[Any]:
    """The whole log."""
    found: list[Any] = []
    while rows := daymark.log.after(found[-1].position if found else 0, 5000):
        found += rows
    return found


def main() -> None:
    """Write with so many threads, until all is written or somebody ends this process."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("name")
    words.add_argument("--writers", type=int, default=1)
    words.add_argument("--batches", type=int)
    words.add_argument("--fault", choices=FAULTS, default="none")
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--first", type=int, default=0)
    asked = words.parse_args()
    plant(asked.fault)
    settings = read_settings()

    def run(name: str) -> None:
        numbers: Iterable[int] = count(asked.first)
        if asked.batches is not None:
            numbers = range(asked.first, asked.first + asked.batches)
        with closing(assemble(settings)) as daymark:
            wait_for(lambda: opened(daymark))
            chance = Random(f"{asked.seed} {name}")  # noqa: S311 -- chance, not a secret
            write(daymark, name, numbers, chance, early=asked.fault == "early")

    threads = [Thread(target=run, args=(f"{asked.name}{n}",)) for n in range(asked.writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def opened(daymark: Daymark) -> bool:
    """Whether the log can be opened by now."""
    try:
        return daymark.log is not None
    except DaymarkError:
        return False


if __name__ == "__main__":
    main()
