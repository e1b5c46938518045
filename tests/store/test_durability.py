"""Nothing acknowledged is lost, whoever is killed, and a follower misses nothing."""

import subprocess
import sys
import time
from pathlib import Path

from domain.event import Identity, Recorded
from tests.store.events import AUTHORITY, Place

ROOT = Path(__file__).parents[2]


def start(place: Place, name: str, *limit: str) -> subprocess.Popen[str]:
    """A writing process."""
    command = [sys.executable, "-m", "tests.store.writer"]
    command += [str(place.folder), place.server or "-", name, *limit]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_killing_a_writer_loses_no_receipt_and_keeps_no_half_batch(place: Place) -> None:
    """Kill -9 in the middle of appending, five times over, at different moments."""
    acknowledged: list[str] = []
    for round_ in range(5):
        writer = start(place, f"w{round_}")
        assert writer.stdout is not None
        acknowledged.append(writer.stdout.readline().strip())
        time.sleep(0.05 + 0.037 * round_)
        writer.kill()
        rest, _ = writer.communicate()
        acknowledged.extend(
            line for line in rest.splitlines(keepends=False) if line.count("-") == 2
        )

    with place.open() as log:
        found = [log.find(Identity(AUTHORITY, "mosaic", name)) for name in acknowledged]
        rows = log.after(0, 1_000_000)

    assert len(acknowledged) > 20
    assert None not in found
    batches: dict[str, int] = {}
    for row in rows:
        assert isinstance(row, Recorded)
        name, number, _ = row.event.id.split("-")
        batches[f"{name}-{number}"] = batches.get(f"{name}-{number}", 0) + 1
    assert all(
        size == 1 + (1, 1, 5, 20)[int(key.split("-")[1]) % 4] for key, size in batches.items()
    )


def test_a_tailing_reader_misses_nothing_under_four_writing_processes(place: Place) -> None:
    """Every position it sees is the next one committed, and at the end it has seen them all."""
    writers = [start(place, f"w{n}", "40") for n in range(4)]
    seen: list[int] = []
    with place.open() as log:
        while True:
            last_look = all(writer.poll() is not None for writer in writers)
            batch = log.after(seen[-1] if seen else 0)
            seen.extend(row.position for row in batch)
            if last_look and not batch:
                break
        rows = [row for row in log.after(0, 1_000_000) if isinstance(row, Recorded)]
    acknowledged = sum(len(writer.communicate()[0].splitlines()) for writer in writers)

    assert [writer.returncode for writer in writers] == [0] * 4
    assert len(rows) == acknowledged
    assert seen == [row.position for row in rows]
    assert seen == sorted(set(seen))  # with gaps, where PostgreSQL gave up a number
    assert [row.recorded_at for row in rows] == sorted(row.recorded_at for row in rows)
    versions: dict[object, list[int]] = {}
    for row in rows:
        versions.setdefault(row.stream, []).append(row.version)
    assert all(found == list(range(1, len(found) + 1)) for found in versions.values())
