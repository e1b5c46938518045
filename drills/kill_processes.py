"""Each process is killed with -9 under load: no receipt is lost, each breach comes once, none early."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Final

from drills.installation import (
    ROOT,
    Installation,
    Sender,
    answering,
    came_about,
    end,
    installation,
    protected,
    token,
)
from drills.outcome import CannotRun, Counts, Outcome, counted, drawn
from drills.postgres_server import postgres_server
from drills.processes import alive, command_line, descendants
from drills.working import present
from drills.writer import environment
from supervisor import free_port

PARTS: Final = {
    "web": "run web",
    "worker": "run worker",
    "dispatcher": "run dispatcher",
    "projector": "run projector",
    "temporal": "server start-dev",
    "supervisor": "",
}
"""What is killed, and the words by which it is found; the supervisor's own are known."""
PAUSE: Final = (0.5, 2.0)
"""Seconds between two kills, at random between these."""
DUE: Final = (1.0, 8.0)
"""Seconds after which a clock runs out, at random between these."""
EVERY: Final = 0.4
"""Seconds between two facts."""


BOTH: Final = 24
"""From so many kills on, half of them are done on PostgreSQL where it is here."""


def drill(points: int = 12, *, control: bool = False, seed: int | None = None) -> Outcome:
    """So many kills; as a control the case system takes its own sending for a receipt."""
    counts = Counts(seed=drawn(seed))
    if control:
        with tempfile.TemporaryDirectory() as name:
            asyncio.run(believed(Path(name), points, counts))
        return counted("kill-processes", counts, f"{points} kills of the web alone")
    stores = {"sqlite": ""}
    with ExitStack() as stack:
        if points >= BOTH:
            with suppress(CannotRun):
                stores["postgres"] = stack.enter_context(postgres_server(max_connections="200")).url
        parts = order(points, counts.chance)
        for n, url in enumerate(stores.values()):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            mine = parts[n * points // len(stores) : (n + 1) * points // len(stores)]
            asyncio.run(killed(folder, url, mine, counts))
    said = f"{points} kills of {len(PARTS)} parts, by turns, on {' and '.join(stores)}"
    return counted("kill-processes", counts, said)


async def killed(folder: Path, database: str, parts: Sequence[str], counts: Counts) -> None:
    """Send facts without pause, kill one part after the other, and wait until all is told."""
    chance = counts.chance
    async with installation(folder, database=database, temporal=False) as place:
        url = f"http://127.0.0.1:{free_port()}"
        sender = Sender([url], token(place.daymark))
        up = await started(place, url)
        try:
            async with under_load(sender, counts) as children:
                for part in parts:
                    await asyncio.sleep(chance.uniform(*PAUSE))
                    up = await kill(place, up, part, url)
            everybody = len(children)
            await came_about(lambda: place.told_of_breach() >= everybody, 60 + len(parts))
        finally:
            await ended(up)
        counts.acknowledged += len(sender.acknowledged)
        counts.lost += place.lost(sender.acknowledged)
        place.count(children, counts)


async def believed(folder: Path, points: int, counts: Counts) -> None:
    """The control: the web alone is killed, for what it never took is lost whoever else is there."""
    chance = counts.chance
    async with installation(folder, temporal=False) as place:
        url = f"http://127.0.0.1:{free_port()}"
        sender = Sender([url], token(place.daymark), believes=True)
        async with under_load(sender, counts) as children:
            for _ in range(points):
                web = place.start("web", DAYMARK_WEB=url.removeprefix("http://"))
                await answering(url)
                await asyncio.sleep(chance.uniform(*PAUSE))
                end(web)
        counts.tried, counts.acknowledged = len(children), len(sender.acknowledged)
        counts.lost = place.lost(sender.acknowledged)


@asynccontextmanager
async def under_load(sender: Sender, counts: Counts) -> AsyncIterator[list[str]]:
    """Facts come without pause meanwhile, each of a child of its own."""
    stop, children = asyncio.Event(), list[str]()
    load = asyncio.create_task(sending(sender, children, stop, counts.chance))
    try:
        yield children
        stop.set()
        await load
    finally:
        stop.set()
        await asyncio.gather(load, return_exceptions=True)


def order(points: int, chance: Random) -> list[str]:
    """Which part is killed when: each as often as the others, by chance."""
    found: list[str] = []
    while len(found) < points:
        found += chance.sample(sorted(PARTS), len(PARTS))
    return found[:points]


async def sending(sender: Sender, children: list[str], stop: asyncio.Event, chance: Random) -> None:
    """Facts, one after the other, each about a child of its own."""
    for number in count():
        if stop.is_set():
            return
        child = f"C-{number}"
        due = present() + timedelta(seconds=chance.uniform(*DUE))
        children.append(child)
        if not await sender.send(protected(child, due)):
            message = "no door took a fact for a minute"
            raise AssertionError(message)
        await asyncio.sleep(EVERY)


async def started(place: Installation, url: str) -> subprocess.Popen[bytes]:
    """`daymark up`, once its door answers."""
    settings = place.daymark.settings
    told = environment(settings) | {
        "DAYMARK_WEB": url.removeprefix("http://"),
        "DAYMARK_SMTP": str(settings.smtp),
    }
    with (settings.home / "up.log").open("ab") as lines:
        up = subprocess.Popen(  # noqa: ASYNC220, S603 -- our own command, at once
            [sys.executable, str(ROOT / "cli.py"), "up"],
            env=told, stdin=subprocess.DEVNULL, stdout=lines, stderr=lines,
        )  # fmt: skip
    try:
        await answering(url)
    except AssertionError:
        await ended(up)
        raise
    return up


async def kill(
    place: Installation, up: subprocess.Popen[bytes], part: str, url: str
) -> subprocess.Popen[bytes]:
    """Kill one part; the supervisor starts it again, and somebody the supervisor."""
    if part == "supervisor":
        family = await asyncio.to_thread(descendants, up.pid)
        up.kill()
        up.wait()
        # Nothing of it may be left: a second server on one file would be worse than none.
        if not await came_about(lambda: not any(map(alive, family)), 30):
            left = [command_line(pid).strip() or str(pid) for pid in family if alive(pid)]
            message = f"the supervisor was killed, and this of it is left: {'; '.join(left)}"
            raise AssertionError(message)
        return await started(place, url)
    for pid in await asyncio.to_thread(descendants, up.pid):
        words = await asyncio.to_thread(command_line, pid)
        if PARTS[part] in words and "supervisor.py" not in words:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    return up


async def ended(up: subprocess.Popen[bytes]) -> None:
    """Ask it to stop, and see that nothing of it is left."""
    family = await asyncio.to_thread(descendants, up.pid)
    up.send_signal(signal.SIGINT)
    try:
        await asyncio.to_thread(up.wait, 40)
    except subprocess.TimeoutExpired:
        end(up)
    await came_about(lambda: not any(map(alive, family)), 30)
