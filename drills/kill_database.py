"""PostgreSQL is killed with -9 under the whole system: nothing is lost, missed, doubled or early.

Web, worker, dispatcher, projector and Temporal run on, connected as the narrow roles of production, and facts
come without pause; what ends by itself is started again, as a service manager does.
"""

import asyncio
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from drills.clock_jumps import ALLOWED
from drills.installation import Installation, Sender, answering, came_about, installation, token
from drills.kill_processes import PAUSE, under_load
from drills.outcome import Counts, Outcome, counted, drawn
from drills.postgres_server import PostgresServer, postgres_server
from drills.stores import CONNECTIONS
from supervisor import free_port

PARTS: Final = ("web", "worker", "dispatcher", "projector")
DOWN: Final = (0.0, 3.0)
"""Seconds for which the killed server is left dead, at random between these."""
DOWN_UNDER_BELIEVERS: Final = (7.0, 8.0)
"""The same in the control: longer than a door waits for its database, which may be back in time."""
LOOKS: Final = 0.5
"""Seconds between two looks whether a process has ended."""


def drill(points: int = 3, *, control: bool = False, seed: int | None = None) -> Outcome:
    """So many kills; as a control the web is alone, and the case system takes its sending for a receipt."""
    counts = Counts(seed=drawn(seed))
    with (
        tempfile.TemporaryDirectory() as folder,
        postgres_server(max_connections=CONNECTIONS) as server,
    ):
        doing = believed if control else killed
        dead, ended = asyncio.run(doing(Path(folder), server, points, counts))
    # While nothing can be recorded, nothing can be recorded in time.
    counts.missed += counts.worst_delay_s > ALLOWED + dead
    said = (
        f"{points} kills of the server, which was dead for {dead:.1f} s together;"
        f" {ended} processes ended by themselves and were started again"
    )
    more = {"dead_s": round(dead, 3), "ended_by_themselves": ended}
    return counted("kill-database", counts, said, **more)


async def killed(
    folder: Path, server: PostgresServer, points: int, counts: Counts
) -> tuple[float, int]:
    """Start everything, send without pause, kill the server again and again, and wait until all is told."""
    async with installation(folder, database=server.url, granted=True) as place:
        url = f"http://127.0.0.1:{free_port()}"
        kept = {part: begun(place, part, url) for part in PARTS}
        await answering(url)
        sender = Sender([url], token(place.daymark))
        keeping = asyncio.create_task(keep(place, kept, url))
        try:
            async with under_load(sender, counts) as children:
                dead = await kill(server, points, counts, DOWN)
            everybody = len(children)
            await came_about(lambda: place.told_of_breach() >= everybody, 120)
        finally:
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping
        counts.acknowledged = len(sender.acknowledged)
        counts.lost = place.lost(sender.acknowledged)
        place.count(children, counts)
        return dead, len(place.processes) - len(PARTS)


async def believed(
    folder: Path, server: PostgresServer, points: int, counts: Counts
) -> tuple[float, int]:
    """The control: what a dead database never took is lost, whoever else is there."""
    async with installation(folder, database=server.url, temporal=False) as place:
        url = f"http://127.0.0.1:{free_port()}"
        begun(place, "web", url)
        await answering(url)
        sender = Sender([url], token(place.daymark), believes=True)
        async with under_load(sender, counts) as children:
            dead = await kill(server, points, counts, DOWN_UNDER_BELIEVERS)
        counts.tried, counts.acknowledged = len(children), len(sender.acknowledged)
        counts.lost = place.lost(sender.acknowledged)
        return dead, 0


async def kill(
    server: PostgresServer, points: int, counts: Counts, down: tuple[float, float]
) -> float:
    """Kill the server so many times, leave it dead for a while, start it again; seconds it was dead."""
    chance, dead = counts.chance, 0.0
    for _ in range(points):
        await asyncio.sleep(chance.uniform(*PAUSE))
        await asyncio.to_thread(server.kill)
        began = time.monotonic()
        await asyncio.sleep(chance.uniform(*down))
        await asyncio.to_thread(server.start)
        dead += time.monotonic() - began
    return dead


def begun(place: Installation, part: str, url: str) -> subprocess.Popen[bytes]:
    """One of the processes; the web at its door."""
    more = {"DAYMARK_WEB": url.removeprefix("http://")} if part == "web" else {}
    return place.start(part, **more)


async def keep(place: Installation, kept: dict[str, subprocess.Popen[bytes]], url: str) -> None:
    """Start again whatever ends, until cancelled."""
    while True:
        await asyncio.sleep(LOOKS)
        for part in PARTS:
            if kept[part].poll() is not None:
                kept[part] = begun(place, part, url)
