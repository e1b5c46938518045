"""The line is cut between COMMIT and its answer: the sender hears `recorded`, and it is stored once."""

import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from assembly import Daymark, assemble, prepare
from domain.errors import Unavailable
from domain.event import Event, Recorded
from drills import writer
from drills.cutting import Cutter, cutter
from drills.outcome import Counts, Outcome, counted, drawn
from drills.postgres_server import postgres_server
from settings import Settings
from store import log as log_module


def drill(points: int = 20, *, control: bool = False, seed: int | None = None) -> Outcome:
    """Cut so many lines; as a control the store gives up, and its sender tries again under a new id."""
    counts = Counts(tried=points, seed=drawn(seed))
    chance = counts.chance
    allowed = log_module.ANSWERS_LOST
    with (
        tempfile.TemporaryDirectory() as folder,
        postgres_server() as server,
        cutter(server.url) as line,
    ):
        home = Path(folder) / "home"
        direct = Settings(home=home, database=server.url)
        prepare(direct)
        log_module.ANSWERS_LOST = 1 if control else allowed  # type: ignore[misc]
        try:
            with (
                closing(assemble(direct)) as daymark,
                closing(assemble(Settings(home=home, database=line.url))) as through,
            ):
                for number in range(points):
                    size = chance.randrange(len(writer.SIZES))
                    # Without the sealed one: its child's key is committed first, and would be cut instead.
                    events = writer.batch(direct.authority, f"cut{number}", size)[:-1]
                    one_cut(daymark, through, line, events, counts)
        finally:
            log_module.ANSWERS_LOST = allowed  # type: ignore[misc]
    return counted(
        "ambiguous-commit", counts, f"{line.cuts} lines cut after COMMIT", cuts=line.cuts
    )


def one_cut(
    daymark: Daymark, through: Daymark, line: Cutter, events: Sequence[Event], counts: Counts
) -> None:
    """Send some facts over a line that is cut after their commit, and look at what is stored."""
    _ = through.log  # opened before the line is armed
    line.armed = True
    began = time.monotonic()
    answers = sent(through, events)
    counts.delayed(timedelta(seconds=time.monotonic() - began))
    line.armed = False
    stored = [
        one
        for child in {event.subject for event in events}
        for one in daymark.log.history(daymark.child(child))
        if isinstance(one, Recorded) and one.event.source == writer.SOURCE
    ]
    all_recorded = set(answers) == {"recorded"}
    counts.acknowledged += all_recorded
    counts.missed += not all_recorded
    counts.lost += len(stored) < len(events)
    counts.doubled += len(stored) > len(events)


def sent(through: Daymark, events: Sequence[Event]) -> list[str]:
    """What the sender is told; where it is told nothing it believes that nothing was stored."""
    try:
        receipts = through.log.append(events)
    except Unavailable:
        again = [replace(event, id=f"{event.id}/again") for event in events]
        receipts = through.log.append(again)
    return [receipt.result for receipt in receipts]
