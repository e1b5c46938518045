"""Two of each process on PostgreSQL, one of each killed: nothing lost or doubled, never two at work.

They connect as in production, as roles that may add to the log and change nothing in it.
"""

import asyncio
import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Final

from drills.clock_jumps import ALLOWED
from drills.granted import SERVICE, VAULT, connected
from drills.installation import (
    Installation,
    Sender,
    answering,
    came_about,
    installation,
    token,
    until,
)
from drills.kill_processes import PAUSE, under_load
from drills.outcome import Counts, Outcome, counted, drawn
from drills.postgres_server import postgres_server
from drills.working import present
from supervisor import free_port

LEASED: Final = ("dispatcher", "projector")
"""What one does and the other stands by for."""
SHARED: Final = ("web", "worker")
"""What both do."""
TAKEN_OVER_WITHIN: Final = 10.0
"""Seconds in which a stand-by is at work."""
STARTED_WITHIN: Final = 60.0
"""Seconds in which a process that was started is at work or stands by."""
FROZEN_FOR: Final = 12.0
"""Seconds for which a holder does not move: longer than anybody waits for it."""
LETS_GO_WITHIN: Final = 2.0
"""Seconds in which a holder that moves again has seen that its lease is gone: then it begins no step."""
STEP_IN_HAND: Final = 15.0
"""Seconds in which it has ended the step that it was at: whoever is poked twice does nothing twice."""
ENDS: Final = frozenset({"the lease is lost", "the lease is given back", "standing by"})
"""What a process says once it begins no further step."""
FORGED: Final = 2
"""How often a control takes a lease away from under its holder."""


@dataclass
class Pair:
    """Two processes of each kind, and what became of them."""

    place: Installation
    urls: list[str] = field(
        default_factory=lambda: [f"http://127.0.0.1:{free_port()}" for _ in "12"]
    )
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    """Each process by its name, such as `web-1`."""
    lines: dict[str, str] = field(default_factory=dict)
    """The file in which each writes what it does, another for each that ever ran."""
    ended: dict[str, datetime] = field(default_factory=dict)
    """When the process that wrote such a file was killed or frozen."""
    moved_again: dict[str, datetime] = field(default_factory=dict)
    """When one that was frozen could move again."""
    takeovers: list[float] = field(default_factory=list)
    """Seconds until a stand-by was at work."""
    started: int = 0
    both: int = 0
    """How often two were at the same work at once."""
    roles: set[str] = field(default_factory=set)
    """As whom its processes were seen to be connected."""

    def start(self, name: str) -> None:
        """Start one process, as a service manager does, also after it was killed."""
        kind, number = name.split("-")
        self.started += 1
        more = {}
        if kind == "web":
            more["DAYMARK_WEB"] = self.urls[int(number) - 1].removeprefix("http://")
        self.lines[name] = f"{name}.{self.started}"
        self.running[name] = self.place.start(kind, self.lines[name], **more)

    async def begin(self, *kinds: str) -> None:
        """Start two of each kind, and wait until one of each that is leased is at work."""
        for name in (f"{kind}-{n}" for kind in kinds for n in (1, 2)):
            self.start(name)
        await until(lambda: all(self.holder(work) for work in LEASED), STARTED_WITHIN)

    def look(self) -> None:
        """Count how often two were at the same work at once, as their own lines tell."""
        self.both = sum(1 for work in LEASED for _ in overlaps(self, work))

    def holder(self, work: str) -> int:
        """The process that holds a lease; nothing where nobody does."""
        with self.place.daymark.views.reading() as cursor:
            found = cursor.execute("SELECT holder FROM lease WHERE name = ?", (work,))
        words = str(found[0]["holder"]).split("/") if found else []
        return int(words[-2]) if len(words) > 1 else 0

    def name_of(self, pid: int) -> str:
        """The name of a process."""
        return next(name for name, one in self.running.items() if one.pid == pid)

    async def kill(self, name: str) -> None:
        """Kill a process with -9."""
        process = self.running[name]
        process.kill()
        self.ended[self.lines[name]] = present()
        await asyncio.to_thread(process.wait)

    async def stands_by(self, work: str) -> None:
        """Wait until the one beside the holder says that it stands by: who has only begun to start cannot."""
        mine = self.name_of(self.holder(work))
        (other,) = (name for name in self.running if name.startswith(work) and name != mine)
        await until(lambda: self.stood_by(other) > 0, STARTED_WITHIN)

    def stood_by(self, name: str) -> int:
        """How often a process has said that it stands by."""
        lines = self.place.daymark.settings.home / f"{self.lines[name]}.log"
        return lines.read_text().count('"standing by"')

    async def taken_over(self, work: str, before: int) -> bool:
        """Wait for the stand-by, and remember how long it took."""
        began = time.monotonic()
        found = await came_about(
            lambda: self.holder(work) not in {0, before}, 3 * TAKEN_OVER_WITHIN
        )
        self.takeovers.append(time.monotonic() - began)
        return found


def drill(points: int = 2, *, control: bool = False, seed: int | None = None) -> Outcome:
    """So many rounds of one of each killed, then a holder that freezes; a control forges the lease."""
    counts = Counts(seed=drawn(seed))
    with tempfile.TemporaryDirectory() as folder, postgres_server(max_connections="200") as server:
        doing = forged(Path(folder), server.url, counts) if control else None
        pair = asyncio.run(doing or doubled(Path(folder), server.url, points, counts))
    slowest, both = max(pair.takeovers, default=0.0), pair.both
    counts.missed += slowest > TAKEN_OVER_WITHIN
    counts.missed += counts.worst_delay_s > ALLOWED
    counts.doubled += both
    said = f"slowest of {len(pair.takeovers)} take-overs {slowest:.1f} s, {both} times two at work"
    more = {"slowest_takeover_s": round(slowest, 3), "two_at_work": both}
    # The owner of the tables may do anything: had one of ours been that, nothing would be proved of rights.
    more["as_the_owner"] = len(pair.roles - {SERVICE, VAULT})
    counts.missed += len({SERVICE, VAULT} ^ pair.roles) if not control else 0
    return counted("two-of-each", counts, said, **more)


async def doubled(folder: Path, database: str, points: int, counts: Counts) -> Pair:
    """Start two of each, send facts through both doors, and kill one of each."""
    chance = counts.chance
    async with installation(folder, database=database, granted=True) as place:
        pair = Pair(place)
        await pair.begin(*SHARED, *LEASED)
        for url in pair.urls:
            await answering(url)
        sender = Sender(pair.urls, token(place.daymark))
        async with under_load(sender, counts) as children:
            for _ in range(points):
                counts.missed += await one_round(pair, chance)
            if points > 1:
                counts.missed += not await freeze(pair)
        everybody = len(children)
        await came_about(lambda: place.told_of_breach() >= everybody, 120)
        counts.acknowledged = len(sender.acknowledged)
        counts.lost = place.lost(sender.acknowledged)
        place.count(children, counts)
        pair.roles = connected(database)
        pair.look()
    return pair


async def forged(folder: Path, database: str, counts: Counts) -> Pair:
    """The control: leases are given away from under their holders, as a wrong lease would."""
    async with installation(folder, database=database) as place:
        pair = Pair(place)
        await pair.begin(*LEASED)
        for work in LEASED:
            await pair.stands_by(work)
        for _ in range(FORGED):
            with place.daymark.views.writing() as cursor:
                cursor.execute("UPDATE lease SET holder = ''")
            counts.tried, counts.acknowledged = counts.tried + 1, counts.acknowledged + 1
            await asyncio.sleep(2.5)
        pair.look()
    return pair


async def one_round(pair: Pair, chance: Random) -> int:
    """Kill one of each kind, holders first, and start it again; how often nobody took over."""
    missed = 0
    for work in chance.sample(LEASED, len(LEASED)):
        await asyncio.sleep(chance.uniform(*PAUSE))
        await pair.stands_by(work)
        before = pair.holder(work)
        name = pair.name_of(before)
        await pair.kill(name)
        missed += not await pair.taken_over(work, before)
        pair.start(name)
    for kind in chance.sample(SHARED, len(SHARED)):
        name = f"{kind}-{chance.choice((1, 2))}"
        await pair.kill(name)
        await asyncio.sleep(chance.uniform(*PAUSE))
        pair.start(name)
    return missed


async def freeze(pair: Pair) -> bool:
    """Stop the dispatcher at work without ending it, as a machine that hangs, and let it move again.

    Whether another took over meanwhile, and it stood by as soon as it had ended the step it was at.
    """
    await pair.stands_by("dispatcher")
    before = pair.holder("dispatcher")
    name = pair.name_of(before)
    stood_by = pair.stood_by(name)
    os.kill(before, signal.SIGSTOP)
    pair.ended[pair.lines[name]] = present()
    found = await pair.taken_over("dispatcher", before)
    await asyncio.sleep(max(0.0, FROZEN_FOR - pair.takeovers[-1]))
    pair.moved_again[pair.lines[name]] = present()
    os.kill(before, signal.SIGCONT)
    return await came_about(lambda: pair.stood_by(name) > stood_by, STEP_IN_HAND) and found


Span = tuple[datetime, datetime, str]
"""From when to when one process was at work, and the file in which it says so."""


def overlaps(pair: Pair, work: str) -> Iterator[tuple[datetime, datetime]]:
    """Each pair of spans in which two processes were at the same work at once."""
    home = pair.place.daymark.settings.home
    yield from at_once(
        span
        for file in sorted(home.glob(f"{work}-*.log"))
        for began, ended in at_work_in(file, work)
        for span in as_it_moved(
            (began, ended, file.name),
            pair.ended.get(file.stem),
            pair.moved_again.get(file.stem),
        )
    )


def at_once(spans: Iterable[Span]) -> Iterator[tuple[datetime, datetime]]:
    """From when to when two of these lie in one another, for each two of different processes."""
    for (_, ended, one), (began, later, other) in combinations(sorted(spans), 2):
        if one != other and began < ended:
            yield began, min(ended, later)


def as_it_moved(span: Span, ended: datetime | None, moved_again: datetime | None) -> Iterator[Span]:
    """The parts of a span in which its process moved and was wrong to be at work beside another.

    From the moment it can move again it has so long to see that its lease is gone: nothing told it before.
    """
    began, until_then, file = span
    if ended is None or (moved_again is not None and began >= moved_again):
        yield span
        return
    yield began, min(until_then, ended), file
    if moved_again is not None:
        wrong = moved_again + timedelta(seconds=LETS_GO_WITHIN)
        if until_then > wrong:
            yield wrong, until_then, file


def at_work_in(file: Path, work: str) -> Iterator[tuple[datetime, datetime]]:
    """From when to when one process was at work, as its own lines tell."""
    began: datetime | None = None
    for line in file.read_text().splitlines():
        with suppress(ValueError, KeyError):
            said = json.loads(line)
            at = datetime.fromisoformat(said["timestamp"]).astimezone(UTC)
            if said.get("work") != work:
                continue
            if said["event"] == "at work":
                began = at
            elif began and said["event"] in ENDS:
                yield began, at
                began = None
    if began:
        yield began, present() + timedelta(seconds=1)
