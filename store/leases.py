"""One at work and the others standing by: a lease that no clock of any machine decides.

Whoever holds it beats; whoever stands by watches the beat by its own steady clock, and takes the lease when
the beat has stood still for longer than the holder would still dare to work.
So clocks that differ, or are set back, can neither make two holders nor leave none.

A holder that may not go on begins no further step; the step that it is at may end after another has begun:
nobody can stop a machine that hung in the middle of one.
That does no harm, for whoever works under a lease works in steps that may come twice, or late.
The projector moves the board only from the position at which it read the log, together with the rows, and is
else told that it was overtaken; the dispatcher pokes, and a poke says no more than look again; what a woken
workflow records is unique in the log, and is judged at the version of the child's stream that it was read at.
So the lease spares work, and no promise to a child rests on it alone.
"""

import asyncio
import hashlib
import os
import secrets
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import structlog

from domain.errors import Unavailable

if TYPE_CHECKING:  # whoever only says on which machine it runs opens no log
    from store.views import Views

BEAT: Final = 1.5
"""Seconds between two beats."""
DARES: Final = 5.0
"""Seconds after the beginning of its last beat in which a holder still works."""
STANDS_STILL: Final = 7.0
"""Seconds without a beat after which another takes over: for two seconds the holder has begun no step."""
LOOKS: Final = 1.0
"""Seconds between two looks of a stand-by."""
STAYS_OUT: Final = 5.0
"""Seconds for which whoever gave up leaves the lease to a stand-by; if there is none, it takes it again."""

logger = structlog.get_logger()

Clock = Callable[[], float]
"""A clock that never goes back, in seconds."""
Work = Callable[[asyncio.Event], Awaitable[None]]
"""Works until its event is set."""


@dataclass
class Lease:
    """One process's claim to be the one that does a piece of work.

    Every moment given to it is a reading, in seconds, of a clock that never goes back.
    """

    views: "Views"
    name: str
    """The work, such as `dispatcher`."""
    holder: str
    """Who claims it: another name for each process."""
    beaten: float | None = None
    """When the beat that last went through was begun; nothing while another holds it."""
    seen: tuple[str, int] | None = None
    """Whose beat was last seen, and its number."""
    since: float = 0.0
    """Since when that beat has stood still."""

    def holds(self, now: float) -> bool:
        """Whether this process may work at a moment: its last beat is fresh."""
        return self.beaten is not None and now - self.beaten < DARES

    def left(self, now: float) -> float:
        """For how many seconds more this process may work if no further beat goes through."""
        return 0.0 if self.beaten is None else max(0.0, self.beaten + DARES - now)

    def beat(self, now: float) -> bool:
        """Keep or take the lease, and say whether it is held; a database that is away keeps nothing."""
        try:
            kept = self._beat(now)
        except Unavailable:
            return self.holds(now)
        self.beaten = now if kept else None
        return kept

    def _beat(self, now: float) -> bool:
        with self.views.writing() as cursor:
            cursor.lasting()  # a lease that a crash forgot would be given twice
            if self.beaten is not None and cursor.execute(
                "UPDATE lease SET beat = beat + 1 WHERE name = ? AND holder = ? RETURNING beat",
                (self.name, self.holder),
            ):
                return True
            found = cursor.execute("SELECT holder, beat FROM lease WHERE name = ?", (self.name,))
            stands = (str(found[0]["holder"]), int(found[0]["beat"])) if found else None
            if stands is not None and not self._is_free(stands, now):
                return False
            return bool(
                cursor.execute(
                    "INSERT INTO lease VALUES (?, ?, 1) ON CONFLICT (name) DO UPDATE"
                    " SET holder = excluded.holder, beat = lease.beat + 1"
                    " WHERE lease.holder = ? AND lease.beat = ? RETURNING beat",
                    (self.name, self.holder, *(stands or ("", 0))),
                )
            )

    def _is_free(self, stands: tuple[str, int], now: float) -> bool:
        """Whether another gave the lease back, is seen to have ended, or has not beaten for too long."""
        if stands != self.seen:
            self.seen, self.since = stands, now
        return not stands[0] or has_ended(stands[0]) or now - self.since >= STANDS_STILL

    def release(self) -> None:
        """Give the lease back, so that a stand-by need not wait."""
        self.beaten = None
        with self.views.writing() as cursor:
            cursor.execute(
                "UPDATE lease SET holder = '', beat = beat + 1 WHERE name = ? AND holder = ?",
                (self.name, self.holder),
            )


def claim(views: "Views", name: str) -> Lease:
    """The claim of the process that runs this; its name is another for each that ever runs."""
    return Lease(views, name, named())


def named() -> str:
    """The process that runs this, as others know it: where it lives, its number there, a mark of its own."""
    return f"{here()}/{os.getpid()}/{secrets.token_hex(4)}"


PROC: Final = Path("/proc")
"""Where Linux says of itself and of a process what nothing else can know."""


def here(proc: Path = PROC) -> str:
    """The name of this machine, and after `~` a mark of where numbers of processes can be seen from here.

    Cloned machines and containers share their names; none shares the boot of its kernel together with
    the room in which that counts processes. Where the kernel tells neither, nothing stands after `~`.
    """
    try:
        boot = (proc / "sys/kernel/random/boot_id").read_text().strip()
        room = (proc / "self/ns/pid").readlink()
    except OSError:
        return f"{socket.gethostname()}~"
    return f"{socket.gethostname()}~{hashlib.sha256(f'{boot} {room}'.encode()).hexdigest()[:16]}"


def shown(machine: str) -> str:
    """A machine as people call it."""
    return machine.partition("~")[0]


class AtWork(NamedTuple):
    """A process that keeps its lease."""

    name: str
    """The work, such as `dispatcher`."""
    machine: str
    number: str
    """The number of the process on its machine."""


def beating(
    views: "Views",
    clock: Clock = time.monotonic,
    rest: Callable[[float], None] = time.sleep,
) -> list[AtWork]:
    """Every process, on whatever machine, whose beat goes on; a lease that expired is nobody's.

    It looks until a beat is seen to move, and for seven seconds where none does.
    """
    first, began = held_now(views), clock()
    while first and clock() - began < STANDS_STILL:
        rest(LOOKS)
        later = held_now(views)
        moved = [one for one, beat in later.items() if first.get(one) != beat]
        if moved:
            return sorted(
                AtWork(name, shown(machine), number)
                for name, holder in moved
                for machine, number in [holder.split("/")[:2]]
            )
    return []


def held_now(views: "Views") -> dict[tuple[str, str], int]:
    """Each lease with its beat, but for those given back or left by a process that is seen to have ended."""
    with views.reading() as cursor:
        found = cursor.execute("SELECT name, holder, beat FROM lease WHERE holder <> ''")
    return {
        (str(row["name"]), str(row["holder"])): int(row["beat"])
        for row in found
        if not has_ended(str(row["holder"]))
    }


def has_ended(holder: str, proc: Path = PROC) -> bool:
    """Whether a process that would be seen from here is not there, so that nobody need wait for it.

    Of one that may live where nobody here can look, nothing is known but its beat.
    """
    machine, _, number = holder.rpartition("/")[0].rpartition("/")
    if machine.endswith("~") or machine != here(proc) or not number.isdigit():
        return False
    if int(number) == os.getpid():
        return True  # a container that was started again: our own number, and another's name
    try:
        os.kill(int(number), 0)
    except OSError as error:
        return isinstance(error, ProcessLookupError)  # another user's we may not even ask: it lives
    return False


async def alone(
    lease: Lease,
    stop: asyncio.Event,
    work: Work,
    clock: Clock = time.monotonic,
    *,
    standing_by: Callable[[], None] = lambda: None,
) -> None:
    """Work while the lease is held and stand by while it is not, until told to stop.

    What is being worked on when the lease is lost ends with the step it is at: every step may be done twice.
    Work that ends by itself gives up: the lease is given back, and left for a while to whoever else wants it.
    """
    stood_by = False
    try:
        while not stop.is_set():
            taken = await asyncio.to_thread(lease.beat, clock())
            # A database that answers late may have given the lease away again: the beat is already old.
            if not taken or not lease.holds(clock()):
                if not stood_by:
                    logger.info("standing by", work=lease.name)
                    standing_by()
                stood_by = True
                await rest(stop, LOOKS)
                continue
            logger.info("at work", work=lease.name, took_over=stood_by)
            stood_by = False
            if await gave_up(lease, stop, work, clock):
                logger.info("the lease is given back", work=lease.name)
                await give_back(lease)
                await rest(stop, STAYS_OUT)
    finally:
        await give_back(lease)


async def gave_up(lease: Lease, stop: asyncio.Event, work: Work, clock: Clock) -> bool:
    """Work until told to stop or the lease is lost; whether the work ended by itself before."""
    lost = asyncio.Event()
    beating = asyncio.create_task(keep(lease, stop, lost, clock))
    working = asyncio.ensure_future(work(lost))
    try:
        await asyncio.wait({beating, working}, return_when=asyncio.FIRST_COMPLETED)
        by_itself = not lost.is_set()
        lost.set()
        await working
    finally:
        lost.set()
        await beating
    return by_itself and not stop.is_set()


async def keep(lease: Lease, stop: asyncio.Event, lost: asyncio.Event, clock: Clock) -> None:
    """Beat until told to stop or the lease is lost, and say so; no wait is longer than the holder dares."""
    while not stop.is_set() and not lost.is_set():
        await rest(stop, min(BEAT, lease.left(clock())))
        if not await went_through(lease, clock):
            logger.warning("the lease is lost", work=lease.name)
            break
    lost.set()


async def went_through(lease: Lease, clock: Clock) -> bool:
    """Whether a beat went through in time; one that hangs in a database is not waited for."""
    begun = clock()
    patience = min(DARES - 2 * BEAT, lease.left(begun))
    try:
        return await asyncio.wait_for(asyncio.to_thread(lease.beat, begun), patience)
    except TimeoutError:
        return lease.holds(clock())


async def give_back(lease: Lease) -> None:
    """Let a stand-by take over at once; where the database is away it takes over by itself."""
    try:
        await asyncio.to_thread(lease.release)
    except Unavailable as error:
        logger.warning("the lease was not given back", work=lease.name, reason=str(error))


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until told to stop."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
