"""Temporal's database is deleted: what waited waits again, and what fell due meanwhile is told once."""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Final

from activities.messages import EpisodeRef
from assembly import temporal_client
from drills.installation import Installation, came_about, installation, projecting, until
from drills.outcome import Counts, Outcome, counted, drawn
from drills.stores import Store, lying_in
from drills.working import dispatching, effects, moment, present, working
from projections.outstanding import open_tellings
from worker import build
from workflows.poking import episode_id, ladder_id, running


def drill(
    points: int = 12, *, control: bool = False, seed: int | None = None, store: Store = "sqlite"
) -> Outcome:
    """So many children overdue and half as many with time left; as a control nothing is rebuilt."""
    with tempfile.TemporaryDirectory() as folder, lying_in(store) as database:
        return asyncio.run(wiped(Path(folder), points, drawn(seed), database, control=control))


DOWN: Final = 2.0
"""Seconds over which the overdue fall due, all of them while Temporal is away."""


async def wiped(folder: Path, points: int, seed: int, database: str, *, control: bool) -> Outcome:
    """Fill Temporal, delete it while clocks run out, and compare what waits before and after."""
    overdue = [f"C-{n}" for n in range(points)]
    later = [f"L-{n}" for n in range(max(1, points // 2))]
    counts = Counts(seed=seed)
    chance = counts.chance
    async with installation(folder, database=database) as place, projecting(place.daymark):
        place.at_risk(["open"], present() - timedelta(hours=1))
        counts.acknowledged = points + len(later) + 1
        async with working(place):
            await until(lambda: place.told_of_breach() == 1, 60)
            # Only now, so that however slow the start was they fall due while Temporal is away.
            patience = 3 + points / 20
            began = present()
            due = began + timedelta(seconds=patience + 1 + DOWN)
            for child in overdue:
                place.at_risk([child], due - timedelta(seconds=chance.uniform(0, DOWN)))
            for child in later:
                place.at_risk([child], began + timedelta(hours=chance.uniform(13, 60)))
            children = {name_of(place, child) for child in (*overdue, *later)}
            left = patience - (present() - began).total_seconds()
            before = await shown(place, children | tellings(place), patience=left)
        place.kill_temporal()
        place.wipe_temporal()
        await moment(due)
        await place.start_temporal()
        rebuilt = present()
        async with AsyncExitStack() as stack:
            if control:
                client = await temporal_client(place.daymark)
                await stack.enter_async_context(build(client, effects(place)))
            else:
                await stack.enter_async_context(working(place))
                await (await dispatching(place)).everything()
            everybody = 1 + points
            await came_about(lambda: place.told_of_breach() >= everybody, 3 if control else 60)
            took = present() - rebuilt
            wanted = {name_of(place, child) for child in later} | tellings(place)
            wanted |= {name for name in before if name.startswith(("digest-", "watch-"))}
            after = await shown(place, wanted, patience=2 if control else 10)
            counts.missed += len(wanted - after) + len({name_of(place, c) for c in later} - before)
            counts.doubled += len(after - wanted)
        place.count(["open", *overdue], counts)
        counts.tried += len(later)
    again = f"{len(wanted)} waits made again in {took.total_seconds():.1f} s"
    return counted("wipe-temporal", counts, again, rebuilt=len(wanted & after))


def name_of(place: Installation, child: str) -> str:
    """The id of the workflow of a child."""
    return episode_id(EpisodeRef(authority=place.code, stream=place.daymark.child(child)))


def tellings(place: Installation) -> set[str]:
    """The ids of the workflows of the ladders and notices that the board says are open."""
    return {ladder_id(one.telling) for one in open_tellings(place.daymark.views, place.code)}


async def shown(place: Installation, wanted: set[str], patience: float = 20) -> set[str]:
    """The ids of the workflows that run, once these are among them and no others, or time is up."""
    client = await temporal_client(place.daymark)
    found: set[str] = set()
    for _ in range(int(patience / 0.2)):
        found = {name async for name in running(client)}
        if found >= wanted and len(found) <= max(len(wanted), 1):
            break
        await asyncio.sleep(0.2)
    return found
