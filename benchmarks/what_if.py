"""How long it takes to judge an authority's year again: 60,000 facts read from the log, twice judged."""

import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median

from benchmarks.judging import STORY
from benchmarks.measuring import Measured
from domain.conventions import CONVENTIONS, counted_by
from domain.event import Event
from projections.what_if import Question, what_if
from projections.whole_log import every_stream
from tests.histories import CODE, moment, source, told
from tests.projections.world import World

FACTS = 60_000
BOUND = 10.0
BATCH = 2_000
ROUNDS = 3
YEAR = moment("Wed 1 Jan 2025 09:00")


def measure() -> Iterator[Measured]:
    """Reading and judging, on every core there is."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        fill(world)
        taken = sorted((again(world) for _ in range(ROUNDS)), key=sum)
        world.close()
    read, judged = taken[len(taken) // 2]
    yield Measured(
        f"what-if over {FACTS:,} facts",
        median([sum(one) for one in taken]),
        BOUND,
        beside=f"read {read:.1f} s, judged twice {judged:.1f} s",
    )


def fill(world: World) -> None:
    """A year of an authority: about 2,400 children, each busy for one to six months."""
    world.record(source(), at=YEAR)
    random = Random(7)  # noqa: S311  (the same year each time, not secrets)
    waiting: list[Event] = []
    recorded = child = 0
    while recorded < FACTS:
        child += 1
        begins = YEAR + timedelta(days=random.randint(0, 330))
        for month in range(random.randint(1, 4)):
            for name, day, hour in STORY:
                at = begins + timedelta(days=30 * month + day + random.randint(0, 2), hours=hour)
                one = told(
                    name,
                    f"{at:%a %d %b %Y %H:%M}",
                    **({"type": "M"} if name == "missing-episode-started" else {}),
                )
                waiting.append(
                    replace(one.event, subject=f"CH-{child}", id=f"{child}-{month}-{name}")
                )
                recorded += 1
        if len(waiting) >= BATCH:
            world.log.append(waiting)
            waiting = []
    world.log.append(waiting)
    world.now = datetime(2026, 3, 1, tzinfo=UTC)


def again(world: World) -> tuple[float, float]:
    """The seconds that reading the log takes, and judging it twice."""
    began = time.perf_counter()
    streams = every_stream(world.log, CODE)
    read = time.perf_counter()
    ours = world.authority()
    other = counted_by(ours, CONVENTIONS["one-day-stricter"])
    question = Question(ours, (other,), date(2025, 1, 1), date(2026, 12, 31), world.now)
    (found,) = what_if(streams, question, processes=os.cpu_count() or 1)
    assert found.flips
    return read - began, time.perf_counter() - read
