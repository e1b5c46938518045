"""Whether a restricted child can be told from one that does not exist by how long the answer takes."""

import asyncio
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx2

from assembly import Daymark, assemble, prepare
from domain.event import CONSOLE, Event
from domain.facts.fact import Fact
from domain.facts.whole_child import CaseAllocated, RecordRestricted
from drills.outcome import CannotRun, Counts, Outcome, counted, drawn
from server import serve
from settings import Address, Settings
from supervisor import free_port
from web.console.gate import Gate

ALLOWED: Final = 0.05
"""The largest difference of the medians that counts as none."""
VISITS: Final = 50
"""How long the hidden child's history is."""


def drill(points: int = 1000, *, control: bool = False, seed: int | None = None) -> Outcome:
    """Ask so often for a hidden child and for nobody; as a control denials take no time."""
    counts = Counts(seed=drawn(seed))
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), web=Address("127.0.0.1", free_port()))
        prepare(settings)
        with closing(assemble(settings)) as daymark:
            hide_a_child(daymark)
            hidden, nobody = daymark.child("hidden").hex, daymark.child("nobody").hex
            with served(daymark), hurried() if control else nullcontext():
                times = ask(settings.url, [hidden, nobody], points, counts)
    return compared(times[hidden], times[nobody], counts)


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
    if not ready.wait(30):
        message = "the pages cannot be served: `daymark up` says why"
        raise CannotRun(message)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


@contextmanager
def hurried() -> Iterator[None]:
    """The fault of the control: a denial is answered as soon as it is known."""
    waits = Gate.take_time
    Gate.take_time = lambda *_: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        Gate.take_time = waits  # type: ignore[method-assign]


def ask(url: str, refs: Sequence[str], points: int, counts: Counts) -> dict[str, list[float]]:
    """How long each answer took; whoever is told anything but not-found has been told too much."""
    times: dict[str, list[float]] = {ref: [] for ref in refs}
    answers, chance = dict[str, bytes](), counts.chance
    with httpx2.Client(base_url=url, trust_env=False) as client:
        for _ in range(points):
            for ref in chance.sample(refs, len(refs)):
                began = time.perf_counter()
                answer = client.get(f"/children/{ref}")
                taken = time.perf_counter() - began
                times[ref].append(taken)
                counts.tried += 1
                counts.delayed(timedelta(seconds=taken))
                counts.acknowledged += answer.status_code == httpx2.codes.NOT_FOUND
                answers[ref] = answer.content
    counts.missed += counts.tried - counts.acknowledged + len(set(answers.values())) - 1
    return times


def compared(hidden: Sequence[float], nobody: Sequence[float], counts: Counts) -> Outcome:
    """The two medians; missed where their difference is more than a part of the larger."""
    one, other = (statistics.median(times) * 1000 for times in (hidden, nobody))
    apart = abs(one - other) / max(one, other)
    counts.missed += apart > ALLOWED
    said = f"a hidden child {one:.2f} ms, no child {other:.2f} ms, {apart:.1%} apart"
    return counted("denial-timing", counts, said, hidden_ms=one, nobody_ms=other, apart=apart)
