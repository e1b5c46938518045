"""Facts that cannot be read come in: each is refused or put aside, and all others go on within seconds."""

import asyncio
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final
from uuid import uuid4

import httpx2

from domain.event import Recorded, Unreadable
from drills.installation import (
    BARE,
    CASE_SYSTEM,
    Installation,
    Sender,
    answering,
    came_about,
    installation,
    protected,
    token,
)
from drills.outcome import Counts, Outcome, counted, drawn
from drills.stores import Store, lying_in
from drills.working import present
from store.database import Database
from store.following import Overtaken, follow
from supervisor import free_port

GOES_ON_WITHIN: Final = 5.0
"""Seconds in which a good fact is on the board, whatever came beside it."""
LARGE: Final = 10 * 2**20
ACCEPTED: Final = 202
SERVER_ERROR: Final = 500
STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"


def poisons() -> Iterator[tuple[bytes, str]]:
    """Bodies that must be refused, and what they say they are."""
    good = protected("C-poison", present())
    worse: Sequence[dict[str, Any]] = (
        {"type": "daymark.nothing-known.v1"},
        {"type": "daymark.police-protection-taken.v9"},
        {"type": 7},
        {"specversion": "0.3"},
        {"subject": ""},
        {"subject": "C" * 5000},
        {"subject": 12},
        {"subject": None},
        {"subject": "C-\x00-1"},
        {"id": ""},
        {"source": "somebody-else"},
        {"time": "yesterday"},
        {"time": "0000-00-00T00:00:00Z"},
        {"data": []},
        {"data": {"police_protection_ref": ["a", "list"]}},
        {"data": {"police_protection_ref": "P-1", "unheard_of": 1}},
    )
    for one in worse:
        yield json.dumps(good | {"id": uuid4().hex} | one).encode(), STRUCTURED
    yield b"{", STRUCTURED
    yield b"\x00\xff\xfe", STRUCTURED
    yield b"[" * 100_000, BATCH
    yield b'{"a": NaN}', STRUCTURED
    yield b'"' + b"x" * LARGE + b'"', STRUCTURED
    yield json.dumps([good | {"id": str(n)} for n in range(20_000)]).encode(), BATCH
    yield b"specversion=1.0", "application/x-www-form-urlencoded"


def drill(
    points: int = 1, *, control: bool = False, seed: int | None = None, store: Store = "sqlite"
) -> Outcome:
    """Send every poison so many times; as a control the board's follower stops at what it cannot read."""
    with tempfile.TemporaryDirectory() as folder, lying_in(store) as database:
        return asyncio.run(poisoned(Path(folder), points, drawn(seed), database, control=control))


async def poisoned(
    folder: Path, points: int, seed: int, database: str, *, control: bool
) -> Outcome:
    """Send poison and good facts by turns, and put rows of a newer release into the log beside them."""
    counts = Counts(seed=seed)
    chance = counts.chance
    async with installation(folder, temporal=False, database=database) as place:
        url = f"http://127.0.0.1:{free_port()}"
        place.start("web", DAYMARK_WEB=url.removeprefix("http://"))
        view, stop = Stuck(), Event()
        stuck = Thread(target=lambda: follow(place.daymark.log, view, stop, patience=0.1))
        if control:
            stuck.start()
        else:
            place.start("projector")
        await answering(url)
        sender = Sender([url], token(place.daymark))
        position = view.position if control else lambda: place.daymark.views.position("board")
        head = place.daymark.log.head()
        await came_about(lambda: position() >= head, 60)
        rows = wrong = 0
        for turn in range(points):
            all_of_them = list(poisons())
            chance.shuffle(all_of_them)
            for number, (body, kind) in enumerate(all_of_them):
                counts.tried += 2
                wrong += not await refused(url, sender.token, body, kind)
                if number % 5 == 0:
                    newer(place)
                    rows += 1
                began = time.monotonic()
                await sender.send(protected(f"G-{turn}-{number}", present() + timedelta(days=1)))
                head = place.daymark.log.head()
                seen = await came_about(lambda: position() >= head, GOES_ON_WITHIN)  # noqa: B023
                counts.missed += not seen
                counts.delayed(timedelta(seconds=time.monotonic() - began))
                if control and not seen:
                    break
        stop.set()
        if control:
            stuck.join()
        counts.acknowledged = len(sender.acknowledged)
        counts.lost = place.lost(sender.acknowledged)
        parked = len(place.daymark.views.parked())
    counts.missed += wrong + (0 if control else rows - parked)
    said = f"{wrong} poisons were not refused; {parked} of {rows} rows of a newer release put aside"
    return counted("poison", counts, said, not_refused=wrong, put_aside=parked)


async def refused(url: str, right: str, body: bytes, kind: str) -> bool:
    """Whether something is answered with a problem, or with a receipt that says refused."""
    headers = {"Authorization": f"Bearer {right}", "Content-Type": kind}
    async with httpx2.AsyncClient(timeout=30, trust_env=False, verify=BARE) as client:
        try:
            answer = await client.post(f"{url}/events", content=body, headers=headers)
        except httpx2.WriteError:
            return True  # it was hung up on before it had sent everything
    if answer.status_code == ACCEPTED:
        return all(one["result"] == "refused" for one in answer.json())
    return answer.status_code < SERVER_ERROR and "problem" in answer.headers["content-type"]


def newer(place: Installation) -> None:
    """A row that only a newer release can read."""
    log = Database(place.daymark.settings.database, "log")
    with log.writing() as cursor:
        cursor.execute(
            "INSERT INTO stored_events"
            " (originator_id, originator_version, topic, state, recorded_at)"
            " VALUES (?, 1, ?, ?, (SELECT max(recorded_at) FROM stored_events))",
            (uuid4().hex, f"{CASE_SYSTEM}-of-tomorrow.v9", b'{"v":99}'),
        )
    log.close()


class Stuck:
    """The fault of the control: a view that takes in nothing after what it cannot read."""

    def __init__(self) -> None:
        """Nothing was taken in yet."""
        self._position = 0

    def position(self) -> int:
        """How far it has come."""
        return self._position

    def apply(self, batch: Sequence[Recorded | Unreadable], *, after: int) -> None:  # noqa: ARG002
        """Take in what can be read, and stop at the rest."""
        for one in batch:
            if isinstance(one, Unreadable):
                raise Overtaken
            self._position = one.position
