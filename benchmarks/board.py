"""How long a manager waits for the board, the missing page and a child's page of a large authority."""

import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path
from random import Random
from threading import Event as Flag
from threading import Thread
from typing import Final
from urllib.parse import urlencode

from assembly import Daymark
from benchmarks.judging import STORY
from benchmarks.measuring import Measured, percentile
from benchmarks.stack import (
    DAYMARK,
    environment,
    free_port,
    prepared,
    running,
    stores,
    wait_until_it_answers,
)
from commands.sample import record, say_who
from domain.event import Event
from domain.facts.vocabulary import FACTS
from formats.sample_authority import beginnings, heard, people_file, sender
from projections.board import counts
from projections.board_view import BoardView
from projections.signs_of_life import sign
from projections.trust import DISPATCHER
from tests.histories import fact

CODE: Final = "sample"
OPEN_CLOCKS: Final = 10_000
EVENTS: Final = 1_000
"""What is recorded of the busiest child."""
MISSING: Final = 1_500
"""Times missing in a year, as many as an authority of Sefton's size has."""
WENT: Final = 400
"""The children they were."""
BOUND: Final = 0.2
ASKED: Final = 60
"""How often each page is asked for."""
BATCH: Final = 2_000
BUSIEST: Final = "CH-BUSIEST"
READER: Final = "P-09"
"""The head of service, who may see everything."""
SIBLINGS: Final = 3
"""How many children one referral and one meeting speak of."""
TEAMS: Final = ("north", "south")

STARTED: Final[tuple[tuple[str, int, dict[str, str]], ...]] = (
    ("referral-received", 40, {}),
    ("referral-decided", 39, {}),
    ("case-allocated", 39, {}),
    ("assessment-started", 38, {}),
    ("section-47-started", 12, {}),
    ("missing-episode-started", 6, {"type": "M"}),
)
"""What a child on the board has behind it, by how many days ago; everything is still waited for."""
WENT_MISSING: Final[tuple[tuple[str, int, dict[str, str]], ...]] = (
    ("missing-episode-started", 0, {"type": "M"}),
    ("strategy-meeting-held", 20, {"kind": "missing"}),
    ("missing-episode-ended", 30, {}),
    ("return-interview-offered", 50, {}),
    ("return-interview-held", 70, {}),
)
"""What is recorded of a time missing, by how many hours after it began."""


def measure() -> Iterator[Measured]:
    """Each page on each store."""
    with stores() as addresses:
        for store, database in addresses.items():
            yield from measure_on(store, database)


def measure_on(store: str, database: str) -> Iterator[Measured]:
    """Fill one store, keep its board, and let the head of service read."""
    with tempfile.TemporaryDirectory(prefix="daymark-bench-") as name:
        home, port = Path(name), free_port()
        daymark = prepared(home, port, database)
        shown = fill(daymark)
        stop = Flag()
        well = Thread(target=be_well, args=(daymark, stop))
        well.start()
        try:
            with running([*DAYMARK, "run", "web"], environment(home, port, database)):
                wait_until_it_answers(port)
                reader = Reader(port)
                for what, addresses in pages(daymark, shown):
                    yield timed(f"{store}: {what}, p95", reader, addresses)
        finally:
            stop.set()
            well.join()
            daymark.close()


def pages(daymark: Daymark, shown: int) -> Iterator[tuple[str, Sequence[str]]]:
    """What is asked for, by what it is called."""
    narrowed = ("status=breached", "team=north", "mine=yes", "sort=child", "rows=clocks", "page=20")
    yield f"board, {shown:,} open clocks", ["/board", *(f"/board?{one}" for one in narrowed)]
    yield f"missing, {MISSING:,} times in a year", ["/missing"]
    yield f"history of {EVENTS:,} events", [f"/children/{daymark.child(BUSIEST).hex}"]


def timed(what: str, reader: "Reader", addresses: Sequence[str]) -> Measured:
    """How long the whole page takes to come, asked for by one reader again and again."""
    for address in addresses:
        reader.get(address)  # everything is imported and every page compiled
    waits: dict[str, list[float]] = {address: [] for address in addresses}
    for address in islice(cycle(addresses), ASKED):
        began = time.perf_counter()
        reader.get(address)
        waits[address].append(time.perf_counter() - began)
    every = [wait for one in waits.values() for wait in one]
    slowest = max(addresses, key=lambda one: percentile(waits[one], 0.5))
    beside = f"p50 {percentile(every, 0.5) * 1e3:.0f} ms, of {ASKED}"
    if len(addresses) > 1:
        beside += f"; slowest {slowest} p50 {percentile(waits[slowest], 0.5) * 1e3:.0f} ms"
    return Measured(what, percentile(every, 0.95), BOUND, beside=beside)


@dataclass
class Reader:
    """Somebody's browser, on a connection that it keeps."""

    port: int

    def __post_init__(self) -> None:
        """Say who it is."""
        self.cookie = ""
        self.line = HTTPConnection("127.0.0.1", self.port, timeout=60)
        found = re.search('name="token" value="([^"]+)"', self.get("/me"))
        assert found, "the page of who one is has no form"
        self.ask("POST", "/me", urlencode({"token": found[1], "person": READER}))

    def get(self, address: str) -> str:
        """A page."""
        return self.ask("GET", address)

    def ask(self, method: str, address: str, body: str | None = None) -> str:
        """Ask for a page and read it whole."""
        told = {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"}
        if body is not None:
            told["Content-Type"] = "application/x-www-form-urlencoded"
        self.line.request(method, address, body, told)
        answer = self.line.getresponse()
        text = answer.read().decode()
        assert answer.status in {200, 303}, f"{address}: {answer.status}"
        if given := answer.getheader("Set-Cookie"):
            self.cookie = given.partition(";")[0]
        return text


def be_well(daymark: Daymark, stop: Flag) -> None:
    """Do every second what projector and dispatcher would: follow the looks, and say that all is well."""
    while not stop.wait(1):
        follow(daymark)


def fill(daymark: Daymark) -> int:
    """Record a large authority's present and its year; how many clocks are open then."""
    now = datetime.now(UTC)
    hour = now.replace(minute=0, second=0, microsecond=0)
    record(daymark, *beginnings(CODE, hour), *heard(CODE, now))
    say_who(daymark, people_file(hour))
    append(daymark, list(busiest(now)))
    append(daymark, list(year_of_missing(now)))
    first = 0
    while (shown := opened(daymark)) < OPEN_CLOCKS:
        lacking = max(50, (OPEN_CLOCKS - shown) // 8)
        append(daymark, [one for n in range(first, first + lacking) for one in waiting(n, now)])
        first += lacking
    # As whoever fills the board in bulk does.
    daymark.views.take_stock()
    return shown


def opened(daymark: Daymark) -> int:
    """Let the board catch up; how many clocks it shows."""
    follow(daymark)
    return counts(daymark.views, CODE, datetime.now(UTC))["open"]


def follow(daymark: Daymark) -> None:
    """Take in what was recorded since, and say that the dispatcher is well."""
    board = BoardView(daymark.views, daymark.log, daymark.authority)
    while batch := daymark.log.after(position := board.position(), BATCH):
        board.apply(batch, after=position)
    sign(daymark.views, DISPATCHER, datetime.now(UTC))


def append(daymark: Daymark, events: Sequence[Event]) -> None:
    """Record many events, some at a time."""
    for begin in range(0, len(events), BATCH):
        daymark.log.append(events[begin : begin + BATCH])


def waiting(number: int, now: datetime) -> Iterator[Event]:
    """A child of whom much is waited for."""
    child, random = f"CH-{number}", Random(number)  # noqa: S311  (the same board each time)
    back = timedelta(hours=random.randint(0, 24 * 5))
    for name, days, fields in STARTED:
        if name == "missing-episode-started" and number % 100:
            continue
        more = {"team_ref": TEAMS[number % 2]} if name == "case-allocated" else {}
        at = now - timedelta(days=days) + back
        yield told(child, name, at, thread=f"f-{number // SIBLINGS}", **(fields | more))


def year_of_missing(now: datetime) -> Iterator[Event]:
    """The times that children went missing in a year, nearly all of them back."""
    random = Random(11)  # noqa: S311
    for number in range(MISSING):
        child = f"CM-{number % WENT}"
        began = now - timedelta(hours=random.randint(1, 24 * 365))
        for name, hours, fields in WENT_MISSING:
            at = began + timedelta(hours=hours)
            if at < now:
                yield told(child, name, at, thread=f"m-{number}", **fields)


def busiest(now: datetime) -> Iterator[Event]:
    """The child of whom most is recorded: month after month of everything that can happen."""
    months = EVENTS // len(STORY)
    for month in range(months):
        for name, day, hour in STORY:
            at = now - timedelta(days=30 * (months - month)) + timedelta(days=day, hours=hour)
            fields = {"type": "M"} if name == "missing-episode-started" else {}
            yield told(BUSIEST, name, at, thread=f"b-{month}", **fields)


def told(child: str, name: str, at: datetime, *, thread: str = "", **said: object) -> Event:
    """A fact as the made-up system that tells such facts would."""
    if thread:
        kind = FACTS[name].model_fields
        needs = [one for one in kind if one.endswith("_ref") and kind[one].is_required()]
        said = dict.fromkeys(needs, thread) | said
        if name == "strategy-meeting-held":
            said["missing_episode_refs"] = (thread,)
    return Event(
        authority=CODE,
        kind="child",
        subject=child,
        source=sender(name),
        id=f"{child}-{thread}-{name}",
        said=fact(name, **said),
        occurred_at=at,
    )
