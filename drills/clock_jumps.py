"""The clock of worker and dispatcher jumps back and forward: no breach is early, and none is missed."""

import asyncio
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Final

from domain.child_episode import outstanding, perform
from domain.errors import Grown
from drills.installation import Installation, came_about, installation, projecting
from drills.outcome import Counts, Outcome, counted, drawn
from drills.stores import Store, lying_in
from drills.working import present, working

JUMPS: Final = (
    timedelta(),
    timedelta(hours=1),
    timedelta(seconds=-30),
    timedelta(days=3),
    timedelta(hours=-2),
)
"""How far the clock is off, each once in a round; in the end it is right."""
AHEAD: Final = timedelta(days=3)
"""The first of all: while every clock of the children still runs, whoever believes it is early."""
HELD: Final = 1.2
"""Seconds for which it stays so."""
BETWEEN: Final = 0.3
"""Seconds between two clocks that run out."""
ALLOWED: Final = 60.0
"""Seconds after which a breach is missed: what is promised while Temporal is up."""


class JumpingClock:
    """A clock that is wrong for a while, and right in the end."""

    def __init__(self, rounds: int, chance: Random) -> None:
        """Jump ahead, then through all errors so many times, each time in an order of its own."""
        self.began = present()
        more = (off for _ in range(rounds) for off in chance.sample(JUMPS, len(JUMPS)))
        self.jumps = [AHEAD, *more]
        self.ends = self.began + timedelta(seconds=HELD * len(self.jumps))

    def __call__(self) -> datetime:
        """What the clock shows."""
        now = present()
        if now >= self.ends:
            return now
        return now + self.jumps[int((now - self.began).total_seconds() / HELD)]


def drill(
    points: int = 16, *, control: bool = False, seed: int | None = None, store: Store = "sqlite"
) -> Outcome:
    """So many clocks run out under a jumping clock; as a control somebody believes that clock."""
    with tempfile.TemporaryDirectory() as folder, lying_in(store) as database:
        return asyncio.run(jumping(Path(folder), points, drawn(seed), database, control=control))


async def jumping(folder: Path, points: int, seed: int, database: str, *, control: bool) -> Outcome:
    """Let clocks run out one after the other while the time jumps, and count when each was recorded."""
    children = [f"C-{n}" for n in range(points)]
    counts = Counts(acknowledged=points, seed=seed)
    async with installation(folder, database=database) as place, projecting(place.daymark):
        first = present() + timedelta(seconds=2)
        for n, child in enumerate(children):
            place.at_risk([child], first + timedelta(seconds=n * BETWEEN))
        rounds = 1 + int((2 + points * BETWEEN) / (HELD * len(JUMPS)))
        clock = JumpingClock(rounds, counts.chance)
        stop = Event()
        gullible = Thread(target=believe, args=(place, children, clock, stop))
        if control:
            gullible.start()
        async with working(place, clock):
            patience = (clock.ends - present()).total_seconds() + ALLOWED
            await came_about(lambda: place.told_of_breach() >= points, patience)
        stop.set()
        if control:
            gullible.join()
        place.count(children, counts)
    counts.missed += counts.worst_delay_s > ALLOWED
    return counted("clock-jumps", counts, f"{len(clock.jumps)} jumps under {points} clocks")


def believe(place: Installation, children: list[str], clock: JumpingClock, stop: Event) -> None:
    """The fault of the control: record whatever this one clock says is late."""
    log = place.daymark.log
    while not stop.wait(0.1):
        for child in children:
            episode = log.episode(place.daymark.child(child))
            assert episode is not None
            authority, now = place.daymark.authority(), clock()
            due = [one for one in outstanding(episode, authority) if one.at <= now]
            for stage in due[-1:]:
                try:
                    log.save(episode, perform(episode, authority, stage, now))
                except Grown:
                    continue
