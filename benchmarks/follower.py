"""How soon the board shows what was recorded, while 200 facts come in each second."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from threading import Event as Ended
from threading import Thread
from typing import Final

from assembly import Daymark
from benchmarks.measuring import Measured, percentile
from benchmarks.stack import DAYMARK, environment, free_port, prepared, running, stores
from domain.event import Event, Kind
from domain.facts.authority import SourceRegistered
from domain.facts.fact import Fact
from domain.facts.front_door import ContactReceived
from domain.facts.missing import MissingEpisodeEnded, MissingEpisodeStarted
from projections.tables import VIEW

RATE: Final = 200
SECONDS: Final = 15
SENDERS: Final = 4
"""Each tells its share at its own beat: what one waits for its disk holds up no other."""
CHILDREN: Final = 1_000
BOUND: Final = 0.25
PATIENCE: Final = 60.0
LOOK: Final = 0.01
"""Seconds between two looks at how far the board has come."""
SOURCE: Final = "https://cases.example/follower"


def measure() -> Iterator[Measured]:
    """From the receipt of a fact to its rows in the board, on each store."""
    with stores() as addresses:
        for store, database in addresses.items():
            yield measure_on(store, database)


def measure_on(store: str, database: str) -> Measured:
    """One store, with a projector of its own as it runs in production."""
    with tempfile.TemporaryDirectory(prefix="daymark-bench-") as name:
        home, port = Path(name), free_port()
        with closing(prepared(home, port, database)) as daymark:
            daymark.log.append([registration()])
            projector = [*DAYMARK, "run", "projector"]
            with running(projector, environment(home, port, database)):
                wait_for(daymark, daymark.log.head())
                began = time.perf_counter()
                receipts, seen = told_and_seen(daymark)
                rate = len(receipts) / (max(receipts.values()) - began)
            late = lags(daymark, receipts, seen)
            assert shown(daymark) == CHILDREN, "the board lacks children"
    return Measured(
        f"{store}: follower lag at {RATE} facts/s, p99",
        percentile(late, 0.99),
        BOUND,
        beside=(
            f"p50 {median(late) * 1e3:.0f} ms, worst {max(late) * 1e3:.0f} ms,"
            f" of {len(late):,} facts at {rate:.0f}/s"
        ),
    )


def registration() -> Event:
    """A source that can state how a missing episode went on."""
    said = SourceRegistered(
        source=SOURCE,
        delivers="continuous",
        states=("missing-episode-started", "missing-episode-ended", "return-interview-held"),
        times="happened",
        from_on=datetime(2020, 1, 1, tzinfo=UTC).date(),
    )
    return told("registered", "sample", said, datetime(2020, 1, 1, tzinfo=UTC), kind="authority")


def told(number: str, subject: str, said: Fact, at: datetime, kind: Kind = "child") -> Event:
    """Something that the source states."""
    return Event(
        authority="sample",
        kind=kind,
        subject=subject,
        source=SOURCE,
        id=number,
        said=said,
        occurred_at=at,
    )


def fact(number: int, now: datetime) -> Event:
    """A contact, a child who is missing, or one who is back: each of some children in turn."""
    turn, child = divmod(number, CHILDREN)
    stated = (
        MissingEpisodeStarted(
            missing_episode_ref="m", type="M", missing_from="home", care_status="not-looked-after"
        ),
        ContactReceived(contact_ref="c", source="6", channel="telephone"),
        MissingEpisodeEnded(missing_episode_ref="m", how="police"),
    )[turn % 3]
    at = now - timedelta(hours=5 - turn % 3)
    return told(f"f{number}", f"CH-{child}", stated, at)


def told_and_seen(daymark: Daymark) -> tuple[dict[str, float], list[tuple[float, int]]]:
    """When each fact got its receipt, and when the board was seen to have come how far."""
    receipts: dict[str, float] = {}
    seen: list[tuple[float, int]] = []
    ended = Ended()

    def look() -> None:
        while not ended.is_set():
            position = daymark.views.position(VIEW)
            seen.append((time.perf_counter(), position))
            time.sleep(LOOK)

    def tell(sender: int, first: float) -> None:
        for number in range(sender, RATE * SECONDS, SENDERS):
            time.sleep(max(0.0, first + number / RATE - time.perf_counter()))
            daymark.log.append([fact(number, datetime.now(UTC))])
            receipts[f"f{number}"] = time.perf_counter()

    looking = Thread(target=look)
    looking.start()
    first = time.perf_counter()
    telling = [Thread(target=tell, args=(sender, first)) for sender in range(SENDERS)]
    for thread in telling:
        thread.start()
    for thread in telling:
        thread.join()
    wait_for(daymark, daymark.log.head())
    time.sleep(0.1)
    ended.set()
    looking.join()
    return receipts, seen


def wait_for(daymark: Daymark, position: int) -> None:
    """Until the board has come so far."""
    until = time.monotonic() + PATIENCE
    while daymark.views.position(VIEW) < position:
        assert time.monotonic() < until, "the board does not come to the end of the log"
        time.sleep(0.05)


def lags(
    daymark: Daymark, receipts: dict[str, float], seen: list[tuple[float, int]]
) -> list[float]:
    """How long after its receipt each fact was on the board: rows and position move together."""
    moved = [seen[0], *(after for before, after in pairwise(seen) if after[1] > before[1])]
    found, place, position = [], 0, 0
    while batch := daymark.log.after(position, 500):
        for one in batch:
            position = one.position
            receipt = receipts.get(getattr(getattr(one, "event", None), "id", ""))
            if receipt is None:
                continue
            while moved[place][1] < position:
                place += 1
            found.append(max(0.0, moved[place][0] - receipt))
    return found


def shown(daymark: Daymark) -> int:
    """How many children stand on the board."""
    with daymark.views.reading() as cursor:
        found = cursor.execute("SELECT count(*) AS n FROM board_child WHERE kind = ?", ("child",))
    return int(found[0]["n"])
