"""Whether a restricted child can be told from one that does not exist by how long the answer takes."""

import asyncio
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx2

from assembly import Daymark, assemble, prepare
from domain.event import CONSOLE, Event
from domain.facts.fact import Fact
from domain.facts.whole_child import CaseAllocated, RecordRestricted
from drills.outcome import Outcome
from server import serve
from settings import Address, Settings

ASKED: Final = 1000
"""How often each address is asked, by turns."""
ALLOWED: Final = 0.05
"""The largest difference of the medians that counts as none."""
VISITS: Final = 50
"""How long the hidden child's history is."""


def drill() -> Outcome:
    """Serve one hidden child, ask for it and for nobody, and compare the medians."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as door:
        address = Address("127.0.0.1", door.getsockname()[1])
        door.close()
        settings = Settings(home=Path(folder), web=address)
        prepare(settings)
        daymark = assemble(settings)
        hide_a_child(daymark)
        hidden, nobody = daymark.child("hidden").hex, daymark.child("nobody").hex
        with served(daymark):
            times = ask(settings.url, (hidden, nobody))
        daymark.close()
    return compared(times[hidden], times[nobody])


def hide_a_child(daymark: Daymark) -> None:
    """A child with some history, which nobody may see."""
    now, code = datetime.now(UTC), daymark.settings.authority
    facts: list[Fact] = [
        CaseAllocated(duty_ref=f"D-{n}", team_ref="north", role="lead") for n in range(VISITS)
    ]
    facts.append(RecordRestricted(people=("nobody-at-all",), reason="other"))
    daymark.log.append(
        [
            Event(
                authority=code,
                kind="child",
                subject="hidden",
                source=CONSOLE,
                id=f"drill-{n}",
                said=said,
                occurred_at=now,
            )
            for n, said in enumerate(facts)
        ]
    )


@contextmanager
def served(daymark: Daymark) -> Iterator[None]:
    """The web of this installation, on its own loop."""
    loop, stop, ready = asyncio.new_event_loop(), asyncio.Event(), threading.Event()
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(serve(daymark, stop, ready.set)), daemon=True
    )
    thread.start()
    ready.wait(30)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


def ask(url: str, refs: Sequence[str]) -> dict[str, list[float]]:
    """How long each answer took; every one of them must be not-found."""
    times: dict[str, list[float]] = {ref: [] for ref in refs}
    with httpx2.Client(base_url=url) as client:
        for _ in range(ASKED):
            for ref, taken in times.items():
                began = time.perf_counter()
                answer = client.get(f"/children/{ref}")
                taken.append(time.perf_counter() - began)
                assert answer.status_code == httpx2.codes.NOT_FOUND
    return times


def compared(hidden: Sequence[float], nobody: Sequence[float]) -> Outcome:
    """The two medians, and their difference as a part of the larger."""
    one, other = (statistics.median(times) * 1000 for times in (hidden, nobody))
    apart = abs(one - other) / max(one, other)
    return Outcome(
        "denial-timing",
        apart <= ALLOWED,
        f"a hidden child {one:.2f} ms, no child {other:.2f} ms, {apart:.1%} apart",
        {"hidden_ms": one, "nobody_ms": other, "apart": apart},
    )
