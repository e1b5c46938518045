"""The line is cut between COMMIT and its answer: the sender hears `recorded`, and it is stored once."""

import tempfile
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from assembly import Daymark, assemble, prepare
from domain.errors import Unavailable
from domain.event import Event, Recorded
from drills import writer
from drills.cutting import Cutter, cutter
from drills.outcome import Counts, Outcome, counted
from drills.postgres_server import postgres_server
from settings import Settings
from store import log as log_module


def drill(points: int = 20, *, control: bool = False) -> Outcome:
    """Cut so many lines; as a control the store gives up, and its sender tries again under a new id."""
    counts = Counts(tried=points)
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
                    one_cut(daymark, through, line, number, counts)
        finally:
            log_module.ANSWERS_LOST = allowed  # type: ignore[misc]
    return counted(
        "ambiguous-commit", counts, f"{line.cuts} lines cut after COMMIT", cuts=line.cuts
    )


def one_cut(daymark: Daymark, through: Daymark, line: Cutter, number: int, counts: Counts) -> None:
    """Send one fact over a line that is cut after its commit, and look at what is stored."""
    (event, *_) = writer.batch(daymark.settings.authority, f"cut{number}", 0)
    _ = through.log  # opened before the line is armed
    line.armed = True
    began = time.monotonic()
    answer = sent(through, event)
    counts.delayed(timedelta(seconds=time.monotonic() - began))
    line.armed = False
    stored = [
        one
        for one in daymark.log.history(daymark.child(event.subject))
        if isinstance(one, Recorded) and one.event.source == writer.SOURCE
    ]
    counts.acknowledged += answer == "recorded"
    counts.missed += answer != "recorded"
    counts.lost += not stored
    counts.doubled += max(0, len(stored) - 1)


def sent(through: Daymark, event: Event) -> str:
    """What the sender is told; where it is told nothing it believes that nothing was stored."""
    try:
        (receipt,) = through.log.append([event])
    except Unavailable:
        again = Event(
            authority=event.authority,
            kind=event.kind,
            subject=event.subject,
            source=event.source,
            id=f"{event.id}/again",
            said=event.said,
            occurred_at=event.occurred_at,
        )
        (receipt,) = through.log.append([again])
    return receipt.result
