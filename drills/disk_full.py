"""The disk fills up: senders hear 503, nothing is half stored, and all goes on once there is room."""

import asyncio
import os
import resource
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Final

from domain.event import Identity
from drills.disks import mounted
from drills.installation import (
    CASE_SYSTEM,
    Installation,
    Sender,
    answering,
    came_about,
    installation,
    protected,
    token,
)
from drills.outcome import CannotRun, Counts, Outcome, counted
from drills.working import present
from supervisor import free_port

DISK: Final = 24
"""Megabytes of the small disk."""
LEFT: Final = 256 * 1024
"""Bytes that are left when the disk is made full."""
SIZE: Final = 3
"""Facts in one post, which are stored together or not at all."""
POSTS: Final = 4000
"""So many posts fill what is left; more are not tried."""
REFUSED: Final = 20
"""How many posts are sent to a full disk."""
HEALS_WITHIN: Final = 20.0
ACCEPTED: Final = 202
UNAVAILABLE: Final = 503

Free = Callable[[], None]


def drill(points: int = 1, *, control: bool = False) -> Outcome:
    """Fill the disk so many times; as a control the case system takes every answer for a receipt."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        way = "a small file system"
        try:
            stack.enter_context(mounted(folder, "-t", "tmpfs", "-o", f"size={DISK}m", "drill"))
        except CannotRun:
            way = "a limit on the size of files"
        return asyncio.run(filled(folder, points, way, control=control))


async def filled(folder: Path, points: int, way: str, *, control: bool) -> Outcome:
    """Send until the disk is full, go on, make room, and look at what is stored."""
    counts = Counts()
    answers: dict[int, int] = {}
    batches: list[list[str]] = []
    async with installation(folder, temporal=False) as place:
        url = f"http://127.0.0.1:{free_port()}"
        web = place.start("web", DAYMARK_WEB=url.removeprefix("http://"))
        place.start("projector")
        await answering(url)
        sender = Sender([url], token(place.daymark))
        for _ in range(points):
            with full(folder, way, web.pid, place) as free:
                refused = 0
                for _ in range(POSTS):
                    refused += await post(sender, batches, answers, believes=control) != ACCEPTED
                    if refused == REFUSED:
                        break
                free()
            counts.missed += refused < REFUSED
            began = present()
            healed = await heals(sender, batches, answers)
            counts.missed += not healed
            counts.delayed(present() - began)
        head = place.daymark.log.head()
        views = place.daymark.views
        counts.missed += not await came_about(lambda: views.position("board") >= head, HEALS_WITHIN)
        counts.tried = sum(answers.values())
        counts.acknowledged = len(sender.acknowledged)
        counts.lost = place.lost(sender.acknowledged)
        counts.doubled = sum(0 < stored(place, batch) < SIZE for batch in batches)
    counts.missed += sum(
        n for answer, n in answers.items() if answer not in {ACCEPTED, UNAVAILABLE}
    )
    said = f"{way} was full {points} times: {answers.get(UNAVAILABLE, 0)} posts were answered 503"
    return counted("disk-full", counts, said, answered_503=answers.get(UNAVAILABLE, 0))


numbers = count()


async def post(
    sender: Sender, batches: list[list[str]], answers: dict[int, int], *, believes: bool = False
) -> int:
    """Send some facts together, and note the answer; 0 where there is none."""
    due = present() + timedelta(hours=60)
    events = [protected(f"C-{next(numbers)}", due) for _ in range(SIZE)]
    ids = [str(event["id"]) for event in events]
    answer = await sender.post(*events)
    status = answer.status_code if answer is not None else 0
    batches.append(ids)
    answers[status] = answers.get(status, 0) + 1
    if status == ACCEPTED or believes:
        sender.acknowledged += ids
    return status


async def heals(sender: Sender, batches: list[list[str]], answers: dict[int, int]) -> bool:
    """Whether the door takes facts again by itself."""
    deadline = present() + timedelta(seconds=HEALS_WITHIN)
    while present() < deadline:
        if await post(sender, batches, answers) == ACCEPTED:
            return True
        await asyncio.sleep(0.1)
    return False


def stored(place: Installation, batch: list[str]) -> int:
    """How many of these facts are in the log."""
    find = place.daymark.log.find
    return sum(find(Identity(place.code, CASE_SYSTEM, one)) is not None for one in batch)


@contextmanager
def full(folder: Path, way: str, pid: int, place: Installation) -> Iterator[Free]:
    """Leave hardly any room on the disk, or in the files of a process, until it is freed."""
    if way != "a small file system":
        home = place.daymark.settings.home
        largest = max(file.stat().st_size for file in home.glob("daymark.db*"))
        before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest + LEFT, before[1]))
        yield lambda: resource.prlimit(pid, resource.RLIMIT_FSIZE, before) and None
        return
    ballast = folder / "ballast"
    room = os.statvfs(folder)
    with ballast.open("wb") as file:
        for _ in range(max(0, room.f_bavail * room.f_frsize - LEFT) // 4096):
            file.write(bytes(4096))
    yield lambda: ballast.unlink(missing_ok=True)
