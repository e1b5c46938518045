"""How many single facts a second get a durable receipt, beside raw commits and a bare door."""

import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median

import psycopg

from benchmarks.measuring import Measured, percentile
from benchmarks.senders import Sent, post, send
from benchmarks.stack import (
    DAYMARK,
    environment,
    event,
    free_port,
    prepared,
    running,
    stores,
    wait_until_it_answers,
)

SENDERS = 64
EACH = 40
CHILDREN = 500
ROUNDS = 5
SHARE = 0.4
SOURCE = "https://cases.example/{}"
CONTACT = {"contact_ref": "c", "source": "6", "channel": "telephone"}


def measure() -> Iterator[Measured]:
    """Ours, the bare door and raw commits on each store, one round of each in turn, on the same disk."""
    with stores() as addresses:
        for store, database in addresses.items():
            yield measure_on(store, database)


def measure_on(store: str, database: str) -> Measured:
    """The intake over one store."""
    with tempfile.TemporaryDirectory(prefix="daymark-bench-") as name:
        home = Path(name)
        port, rival = free_port(), free_port()
        daymark = prepared(home, port, database)
        tokens = [daymark.tokens.add("sample", SOURCE.format(number)) for number in range(SENDERS)]
        daymark.close()
        bare = [sys.executable, "-m", "benchmarks.bare_door", str(rival)]
        env = environment(home, port, database)
        plain: Callable[[], float]
        plain = partial(raw_rows, database) if database else partial(raw_commits, home / "raw.db")
        with running([*DAYMARK, "run", "web"], env), running(bare, env):
            wait_until_it_answers(port)
            wait_until_it_answers(rival)
            senders = [contacts(number, token) for number, token in enumerate(tokens)]
            asyncio.run(send(port, 5, senders))  # everything is imported and every page is warm
            rounds = [one_round(port, rival, senders, plain) for _ in range(ROUNDS)]
    ours = median(sent.rate for sent, _, _ in rounds)
    door = median(rate for _, rate, _ in rounds)
    raw = median(rate for _, _, rate in rounds)
    waits = [wait for sent, _, _ in rounds for wait in sent.waits]
    return Measured(
        f"{store}: intake, {SENDERS} senders, of the smaller rival",
        median(sent.rate / min(door_rate, raw_rate) for sent, door_rate, raw_rate in rounds),
        SHARE,
        unit="",
        at_least=True,
        beside=(
            f"ours {ours:,.0f}/s (receipt p50 {percentile(waits, 0.5) * 1e3:.0f} ms,"
            f" p99 {percentile(waits, 0.99) * 1e3:.0f} ms), bare door {door:,.0f}/s,"
            f" raw commits {raw:,.0f}/s"
        ),
    )


def one_round(
    port: int,
    rival: int,
    senders: list[Callable[[], Iterator[bytes]]],
    raw: Callable[[], float],
) -> tuple[Sent, float, float]:
    """The three rates, measured one after the other so that none disturbs another."""
    ours = asyncio.run(send(port, EACH, senders))
    door = asyncio.run(send(rival, EACH, senders))
    return ours, door.rate, raw()


def contacts(number: int, token: str) -> Callable[[], Iterator[bytes]]:
    """A sender's contacts, each with an id never sent before, about some hundreds of children."""
    source, ids = SOURCE.format(number), count()

    def requests() -> Iterator[bytes]:
        for one in ids:
            child = f"CH-{(one * SENDERS + number) % CHILDREN}"
            at = "2026-01-05T09:00:00Z"
            yield post(event("contact-received", f"c{one}", source, child, at, CONTACT), token)

    return requests


def raw_commits(path: Path, seconds: float = 1.0) -> float:
    """Rows a second, each in a transaction of its own that is on disk before the next."""
    base = sqlite3.connect(path, isolation_level=None)
    base.execute("PRAGMA journal_mode=WAL")
    base.execute("PRAGMA synchronous=FULL")
    base.execute("DROP TABLE IF EXISTS log")
    base.execute("CREATE TABLE log (id INTEGER PRIMARY KEY, name TEXT UNIQUE, body BLOB)")
    body, done = b"x" * 400, 0
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        base.execute("BEGIN IMMEDIATE")
        base.execute("INSERT INTO log (name, body) VALUES (?, ?)", (str(done), body))
        base.execute("COMMIT")
        done += 1
    taken = time.perf_counter() - began
    base.close()
    return done / taken


def raw_rows(url: str, seconds: float = 1.0) -> float:
    """The same on a PostgreSQL server."""
    with psycopg.connect(url, autocommit=True) as base:
        base.execute("DROP TABLE IF EXISTS raw")
        base.execute("CREATE TABLE raw (id BIGSERIAL PRIMARY KEY, name TEXT UNIQUE, body BYTEA)")
        body, done = b"x" * 400, 0
        began = time.perf_counter()
        while time.perf_counter() - began < seconds:
            base.execute("INSERT INTO raw (name, body) VALUES (%s, %s)", (str(done), body))
            done += 1
        return done / (time.perf_counter() - began)
