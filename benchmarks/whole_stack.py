"""Everything on one machine: how soon it starts, what it holds, how late the board and a breach are."""

import tempfile
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from assembly import Daymark
from benchmarks.measuring import Measured, percentile
from benchmarks.stack import (
    DAYMARK,
    environment,
    event,
    free_port,
    memory_of,
    prepared,
    running,
    wait_until_it_answers,
)
from domain.engine_events import TimescaleBreached
from projections.board import find_child

STARTS = 3
APPENDS = 100
BREACHES = 20
APART = 1.5
"""Seconds between two due instants, so that each finds the engine quiet."""
QUIET = 15
"""Seconds of nothing before what an idle stack holds is read."""
MEGABYTE = 1024 * 1024
SOURCE = "https://cases.example/bench"
CODE = "sample"
READY = "/readyz"
LEFT = "missing-episode-started"
LEFT_SAYING = {"type": "M", "missing_from": "home", "care_status": "not-looked-after"}


def measure() -> Iterator[Measured]:
    """Start it, start it again, leave it alone, report to it, and let clocks run out."""
    with tempfile.TemporaryDirectory(prefix="daymark-bench-") as name:
        home, port = Path(name), free_port()
        daymark = prepared(home, port)
        token = daymark.tokens.add(CODE, SOURCE)
        up = [*DAYMARK, "up"]
        env = environment(home, port)
        with running(up, env):
            wait_until_it_answers(port, READY)
        taken = []
        for _ in range(STARTS):
            began = time.perf_counter()
            with running(up, env):
                wait_until_it_answers(port, READY)
                taken.append(time.perf_counter() - began)
        yield Measured("warm start of everything", median(taken), 8.0)
        with running(up, env) as process:
            wait_until_it_answers(port, READY)
            post(port, token, registration())
            time.sleep(QUIET)
            held = memory_of(process.pid) / MEGABYTE
            yield Measured("memory of everything, idle", held, 700, unit="MB")
            late = list(appends(daymark, port, token))
            yield Measured("append to board, p99", percentile(late, 0.99), 0.25, beside=half(late))
            late = breaches(daymark, port, token)
            yield Measured(
                "due to breach recorded, p99, quiet", percentile(late, 0.99), 1.0, beside=half(late)
            )
        daymark.close()


def half(late: list[float]) -> str:
    """The median beside the worst, in words."""
    return f"p50 {median(late) * 1e3:.0f} ms, of {len(late)}"


def registration() -> bytes:
    """A source that can state a missing episode and the meeting that must follow."""
    states = ["missing-episode-started", "missing-episode-ended", "strategy-meeting-held"]
    said = {
        "source": SOURCE,
        "delivers": "continuous",
        "states": states,
        "times": "happened",
        "from_on": "2020-01-01",
    }
    return event("source-registered", "registered", SOURCE, CODE, written(datetime.now(UTC)), said)


def appends(daymark: Daymark, port: int, token: str) -> Iterator[float]:
    """How long after its receipt each of many new children stands on the board."""
    for number in range(APPENDS):
        at = written(datetime.now(UTC) - timedelta(hours=1))
        child = f"CH-A{number}"
        said = {"missing_episode_ref": f"a{number}", **LEFT_SAYING}
        post(port, token, event(LEFT, f"a{number}", SOURCE, child, at, said))
        given = time.perf_counter()
        while find_child(daymark.views, CODE, child) is None:
            time.sleep(0.001)
        yield time.perf_counter() - given
        time.sleep(0.05)


def breaches(daymark: Daymark, port: int, token: str) -> list[float]:
    """How long after its due instant each of some breaches is recorded."""
    allowed = daymark.policy.timescale("missing-strategy-72h")
    assert allowed.amount is not None
    first = datetime.now(UTC) + timedelta(seconds=20)
    for number in range(BREACHES):
        due = first + timedelta(seconds=APART * number)
        at = written(due - timedelta(hours=allowed.amount))
        said = {"missing_episode_ref": f"b{number}", **LEFT_SAYING}
        post(port, token, event(LEFT, f"b{number}", SOURCE, f"CH-B{number}", at, said))
    last = first + timedelta(seconds=APART * BREACHES + 15)
    while datetime.now(UTC) < last:
        time.sleep(0.5)
    return [late for number in range(BREACHES) for late in lateness(daymark, f"CH-B{number}")]


def lateness(daymark: Daymark, child: str) -> Iterator[float]:
    """How late the breach of this child was recorded; one that is missing counts as a minute."""
    recorded = [
        one
        for one in daymark.log.history(daymark.child(child))
        if isinstance(one.event.said, TimescaleBreached)
        and one.event.said.timescale == "missing-strategy-72h"
    ]
    for one in recorded:
        assert isinstance(one.event.said, TimescaleBreached)
        yield (one.recorded_at - one.event.said.due_at).total_seconds()
    if not recorded:
        yield 60.0


def written(instant: datetime) -> str:
    """An instant as a CloudEvent writes it."""
    return instant.isoformat().replace("+00:00", "Z")


def post(port: int, token: str, body: bytes) -> None:
    """Send one fact and wait for its receipt."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/events",
        data=body,
        headers={
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/cloudevents+json",
        },
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        assert answer.status == 202  # noqa: PLR2004 -- accepted
