"""The disk fills up: senders hear 503, nothing is half stored, and all goes on once there is room."""

import asyncio
import os
import resource
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Final

from domain.event import Identity
from drills.disks import make_image, mounted
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
from drills.outcome import CannotRun, Counts, Outcome, counted, drawn
from drills.postgres_server import PostgresServer, lying_at
from drills.stores import Store
from drills.working import present
from supervisor import free_port

DISK: Final = 24
"""Megabytes of the small disk."""
SERVER_DISK: Final = 160
"""The same under PostgreSQL, which begins with forty and keeps its own log beside its tables."""
LEFT: Final = (64 * 1024, 512 * 1024)
"""Bytes that are left when the disk is made full, at random between these."""
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


def drill(
    points: int = 1, *, control: bool = False, seed: int | None = None, store: Store = "sqlite"
) -> Outcome:
    """Let room run out so often in each way; as a control the sender takes every answer for a receipt."""
    counts, answers = Counts(seed=drawn(seed)), dict[int, int]()
    ways = list[str]()
    if store == "postgresql":
        with on_a_server() as (folder, server):
            ways.append("a small disk under PostgreSQL")
            doing = filled(folder, points, ways[0], counts, answers, control=control, server=server)
            asyncio.run(doing)
        return said_of(points, ways, counts, answers)
    for way, room in [(LIMITED, WAYS[LIMITED])] if control else WAYS.items():
        with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
            try:
                folder = stack.enter_context(room(Path(name)))
            except CannotRun:
                continue
            ways.append(way)
            asyncio.run(filled(folder, points, way, counts, answers, control=control))
    return said_of(points, ways, counts, answers)


def said_of(points: int, ways: list[str], counts: Counts, answers: dict[int, int]) -> Outcome:
    """What was found, in words and figures."""
    counts.tried = sum(answers.values())
    counts.missed += sum(
        n for answer, n in answers.items() if answer not in {ACCEPTED, UNAVAILABLE}
    )
    refused = answers.get(UNAVAILABLE, 0)
    said = f"{', '.join(ways)}: each was full {points} times, and {refused} posts were answered 503"
    return counted("disk-full", counts, said, answered_503=refused, ways=len(ways))


async def filled(
    folder: Path,
    points: int,
    way: str,
    counts: Counts,
    answers: dict[int, int],
    *,
    control: bool,
    server: PostgresServer | None = None,
) -> None:
    """Send until the disk is full, go on, make room, and look at what is stored."""
    chance, batches = counts.chance, list[list[str]]()
    database = server.url if server else ""
    async with installation(folder, temporal=False, database=database) as place:
        url = f"http://127.0.0.1:{free_port()}"
        web = place.start("web", DAYMARK_WEB=url.removeprefix("http://"))
        place.start("projector")
        await answering(url)
        sender = Sender([url], token(place.daymark))
        for _ in range(points):
            disk = server.folder if server else folder
            with full(disk, way, web.pid, place, chance.randrange(*LEFT)) as free:
                refused = 0
                for _ in range(POSTS):
                    refused += await post(sender, batches, answers, believes=control) != ACCEPTED
                    if refused == REFUSED:
                        break
                free()
                if server:
                    await asyncio.to_thread(server.go_on)
            counts.missed += refused < REFUSED
            began = present()
            healed = await heals(sender, batches, answers)
            counts.missed += not healed
            counts.delayed(present() - began)
        head = place.daymark.log.head()
        views = place.daymark.views
        counts.missed += not await came_about(lambda: views.position("board") >= head, HEALS_WITHIN)
        counts.acknowledged += len(sender.acknowledged)
        counts.lost += place.lost(sender.acknowledged)
        counts.doubled += sum(0 < stored(place, batch) < SIZE for batch in batches)


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
def full(folder: Path, way: str, pid: int, place: Installation, left: int) -> Iterator[Free]:
    """Leave hardly any room on the disk, or in the files of a process, until it is freed."""
    if way == LIMITED:
        home = place.daymark.settings.home
        largest = max(file.stat().st_size for file in home.glob("daymark.db*"))
        before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest + left, before[1]))
        yield lambda: resource.prlimit(pid, resource.RLIMIT_FSIZE, before) and None
        return
    ballast = folder / "ballast"
    room = os.statvfs(folder)
    with ballast.open("wb") as file:
        for _ in range(max(0, room.f_bavail * room.f_frsize - left) // 4096):
            file.write(bytes(4096))
    yield lambda: ballast.unlink(missing_ok=True)


@contextmanager
def on_a_disk(place: Path) -> Iterator[Path]:
    """A small file system with a journal, in a file of its own."""
    image = place / "disk"
    make_image(image, DISK)
    with mounted(place / "mounted", "-o", "loop", str(image)) as disk:
        yield disk


@contextmanager
def on_a_server() -> Iterator[tuple[Path, PostgresServer]]:
    """A folder, and a PostgreSQL whose files all lie on a small disk of their own."""
    with tempfile.TemporaryDirectory(prefix="daymark-drill-") as name:
        image, home = Path(name) / "disk", Path(name) / "folder"
        Path(name).chmod(0o755)  # the user that the server runs as must walk through it
        home.mkdir(mode=0o700)
        make_image(image, SERVER_DISK)
        with (
            mounted(Path(name) / "mounted", "-o", "loop", str(image)) as disk,
            lying_at(disk, wal_recycle="off") as server,
        ):
            yield home, server


LIMITED: Final = "a limit on the size of files"
WAYS: Final[dict[str, Callable[[Path], AbstractContextManager[Path]]]] = {
    "a small disk": on_a_disk,
    LIMITED: nullcontext,
}
"""How room runs out: the first takes root, the last is allowed everywhere."""
