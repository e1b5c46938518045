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
from projections.board_view import rebuild
from server import serve
from settings import Address, Settings
from supervisor import free_port
from web.console.gate import Gate

ALLOWED: Final = 0.05
"""The largest difference of the medians that counts as none."""
LENGTHS: Final = (50, 1500)
"""How long the histories of the hidden children are: one as is usual, and one as hardly any is."""


def drill(points: int = 1000, *, control: bool = False, seed: int | None = None) -> Outcome:
    """Ask so often for hidden children and for nobody; as a control the history is read and nothing waits."""
    counts = Counts(seed=drawn(seed))
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), web=Address("127.0.0.1", free_port()))
        prepare(settings)
        with closing(assemble(settings)) as daymark:
            for length in LENGTHS:
                hide_a_child(daymark, f"hidden-{length}", length)
            rebuild(daymark.views, daymark.log, daymark.authority)
            refs = [daymark.child(f"hidden-{length}").hex for length in LENGTHS]
            nobody = daymark.child("nobody").hex
            with served(daymark), hurried() if control else nullcontext():
                times = ask(settings.url, [*refs, nobody], points, counts)
    return compared([times[ref] for ref in refs], times[nobody], counts)


def hide_a_child(daymark: Daymark, name: str, length: int) -> None:
    """A child with so much history, which nobody may see."""
    now, code = datetime.now(UTC), daymark.settings.authority
    facts: list[Fact] = [
        CaseAllocated(duty_ref=f"D-{n}", team_ref="north", role="lead") for n in range(length)
    ]
    facts.append(RecordRestricted(people=("nobody-at-all",), reason="other"))
    daymark.log.append(
        [
            Event(
                authority=code,
                kind="child",
                subject=name,
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
    """The fault of the control: the whole history is read first, and a denial is then answered at once."""
    waits, asks = Gate.take_time, Gate.closed
    Gate.take_time = lambda *_: None  # type: ignore[method-assign]
    Gate.closed = lambda *_: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        Gate.take_time, Gate.closed = waits, asks  # type: ignore[method-assign]


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


def compared(hidden: Sequence[Sequence[float]], nobody: Sequence[float], counts: Counts) -> Outcome:
    """The medians; missed where one differs from that of nobody by more than a part of the larger."""
    other = statistics.median(nobody) * 1000
    medians = [statistics.median(times) * 1000 for times in hidden]
    apart = max(abs(one - other) / max(one, other) for one in medians)
    counts.missed += apart > ALLOWED
    told = ", ".join(
        f"a hidden child with {length:,} events {one:.2f} ms"
        for length, one in zip(LENGTHS, medians, strict=True)
    )
    said = f"{told}, no child {other:.2f} ms, {apart:.1%} apart at most"
    each = {f"hidden_{length}_ms": one for length, one in zip(LENGTHS, medians, strict=True)}
    return counted("denial-timing", counts, said, nobody_ms=other, apart=apart, **each)
