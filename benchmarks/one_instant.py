"""An authority's worst minute: 3,000 children due at one instant; and Temporal wiped, made again.

Real processes on one machine: the development server of Temporal, a worker, a dispatcher, a projector
and a relay that takes every letter.
"""

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Final

from temporalio.client import Client

from activities.messages import EpisodeRef
from assembly import temporal_client
from benchmarks.measuring import Measured, percentile
from dispatcher import Dispatcher
from domain.engine_events import TimescaleBreached
from domain.event import Event, Recorded
from domain.facts.emergency_and_court import PoliceProtectionTaken
from drills.installation import CASE_SYSTEM, PROTECTED_FOR, Installation, installation
from workflows.poking import episode_id, running

CHILDREN: Final = 3_000
WITHIN: Final = 60.0
WAITING: Final = 1_000
"""Children whose time has not come, for whom Temporal is filled again."""
EACH: Final = 0.04
AHEAD: Final = timedelta(hours=60)
"""How long before its instant a clock of these children begins to wait."""
PREPARING: Final = timedelta(seconds=300)
"""How long before the instant its children are told of, so that their workflows wait for it."""
PATIENCE: Final = 600.0
BATCH: Final = 500
"""Facts of one import's commit."""
AT_ONCE: Final = 20
"""Workflows asked about at once."""
PLANNED: Final = 7
"""Events of a workflow that has asked the log and waits: begun, poked, a task, the answer, the timer."""


def measure() -> Iterator[Measured]:
    """Each on an installation of its own."""
    for measured in (rebuilt, fell_due):
        with tempfile.TemporaryDirectory(prefix="daymark-bench-") as folder:
            yield asyncio.run(alone(Path(folder), measured))


async def alone(folder: Path, measured: Callable[[Installation], Awaitable[Measured]]) -> Measured:
    """One measurement, with every process that works for it."""
    async with installation(folder) as place:
        for process in ("projector", "worker", "dispatcher"):
            place.start(process)
        return await measured(place)


async def rebuilt(place: Installation) -> Measured:
    """From an empty Temporal to every child's workflow waiting for its instant again."""
    children = [f"W-{number}" for number in range(WAITING)]
    protect(place, children, datetime.now(UTC) + AHEAD)
    names = [name_of(place, child) for child in children]
    assert await waiting(place, names) == 0, "the children's workflows do not wait"
    place.kill_temporal()
    place.wipe_temporal()
    await place.start_temporal()
    client = await temporal_client(place.daymark)
    daymark = place.daymark
    dispatcher = Dispatcher(
        client,
        daymark.log,
        daymark.views,
        daymark.authority,
        [place.code],
        lambda: datetime.now(UTC),
    )
    began = time.perf_counter()
    await dispatcher.everything()
    poked = time.perf_counter() - began
    assert await waiting(place, names) == 0, "some were not made again"
    took = time.perf_counter() - began
    return Measured(
        "workflows made again, for each episode",
        took / WAITING,
        EACH,
        beside=f"{WAITING:,} episodes in {took:.1f} s, poked in {poked:.1f} s; the rest is planning",
    )


async def fell_due(place: Installation) -> Measured:
    """How long after one instant the last of its breaches is recorded."""
    children = [f"D-{number}" for number in range(CHILDREN)]
    due = datetime.now(UTC) + PREPARING
    began = time.perf_counter()
    protect(place, children, due)
    unready = await waiting(place, [name_of(place, child) for child in children], until=due)
    ready = time.perf_counter() - began
    streams = {place.daymark.child(child) for child in children}
    last = max(due, datetime.now(UTC)) + timedelta(seconds=PATIENCE)
    late: list[float] = []
    while len(late) < CHILDREN and datetime.now(UTC) < last:
        await asyncio.sleep(2)
        late = [
            (one.recorded_at - said.due_at).total_seconds()
            for one, said in await asyncio.to_thread(breaches, place)
            if one.stream in streams
        ]
    missing = CHILDREN - len(late)
    return Measured(
        f"{CHILDREN:,} due at one instant, last recorded",
        max(late) if not missing else PATIENCE,
        WITHIN,
        beside=(
            f"p50 {median(late):.1f} s, p99 {percentile(late, 0.99):.1f} s, {missing} missing,"
            f" earliest {min(late):.3f} s; {unready} still began to wait after {ready:.0f} s"
        ),
    )


def breaches(place: Installation) -> list[tuple[Recorded, TimescaleBreached]]:
    """Every breach that the log holds."""
    found, position = [], 0
    while batch := place.daymark.log.after(position, 2_000):
        position = batch[-1].position
        found += [
            (one, one.event.said)
            for one in batch
            if isinstance(one, Recorded) and isinstance(one.event.said, TimescaleBreached)
        ]
    assert max(Counter(one.stream for one, _ in found).values(), default=1) == 1
    return found


def protect(place: Installation, children: Sequence[str], due: datetime) -> None:
    """Tell of children under police protection that lapses at an instant, as an import does."""
    for first in range(0, len(children), BATCH):
        some = children[first : first + BATCH]
        place.daymark.log.append(
            [
                Event(
                    authority=place.code,
                    kind="child",
                    subject=child,
                    source=CASE_SYSTEM,
                    id=f"taken/{child}",
                    said=PoliceProtectionTaken(police_protection_ref=f"P-{child}"),
                    occurred_at=due - PROTECTED_FOR,
                )
                for child in some
            ]
        )


def name_of(place: Installation, child: str) -> str:
    """The id of the workflow of a child."""
    return episode_id(EpisodeRef(authority=place.code, stream=place.daymark.child(child)))


async def waiting(place: Installation, names: Sequence[str], until: datetime | None = None) -> int:
    """Give each of these workflows time to ask the log and wait for an instant; how many do not yet."""
    client = await temporal_client(place.daymark)
    wanted, last = set(names), until or datetime.now(UTC) + timedelta(seconds=PATIENCE)
    while wanted and datetime.now(UTC) < last:
        await asyncio.sleep(0.5)
        shown = {name async for name in running(client)}
        if wanted <= shown or len(wanted) < len(names):
            wanted -= {name async for name in planned(client, wanted & shown)}
    return len(wanted)


async def planned(client: Client, names: set[str]) -> AsyncIterator[str]:
    """Those of some workflows that have come as far as to wait."""
    ordered = sorted(names)
    for first in range(0, len(ordered), AT_ONCE):
        handles = map(client.get_workflow_handle, ordered[first : first + AT_ONCE])
        found = await asyncio.gather(*(handle.describe() for handle in handles))
        for one in found:
            if one.history_length >= PLANNED:
                yield one.id
