"""SQLite's own traps, each with the rule that keeps us out of it."""

import sqlite3
import threading
from typing import Any

import pytest
from eventsourcing.persistence import OperationalError
from eventsourcing.sqlite import SQLiteDatastore

from domain.errors import Grown, Unavailable, UnsafeStore
from domain.event import Receipt
from store.keys import Keys
from store.log import Log, open_log
from store.sqlite_log import DurableDatastore, require_durable
from store.vault import Vault
from tests.store.events import AUTHORITY, Place, breached, missing


def test_positions_outlive_a_vacuum_and_are_never_handed_out_twice(place: Place, log: Log) -> None:
    """A follower's position means the same for ever."""
    log.append([missing() for _ in range(9)])
    place.sql("DELETE FROM stored_events WHERE position IN (1, 4, 9)")
    place.sql("VACUUM")

    assert [row.position for row in log.after(0)] == [2, 3, 5, 6, 7, 8]
    log.append([missing()])
    assert log.head() == 10


@pytest.mark.parametrize(
    "url",
    ["sqlite:///:memory:", "sqlite:///file::memory:?cache=shared", "sqlite:///file:x?mode=memory"],
)
def test_a_database_in_memory_is_refused(place: Place, url: str) -> None:
    """Nobody else could follow it, and what it acknowledged would be lost with the process."""
    with pytest.raises(UnsafeStore, match="name a file"):
        open_log(url, keys=place.keys, vault=Vault(place.vault, place.keys.master))


@pytest.mark.parametrize("url", ["postgresql://db/daymark", "log.db", "sqlite:///"])
def test_an_address_that_is_no_sqlite_file_is_refused(place: Place, url: str) -> None:
    """The message says how one is written."""
    with pytest.raises(Unavailable, match="written like sqlite:///"):
        open_log(url, keys=place.keys, vault=Vault(place.vault, place.keys.master))


def test_every_connection_commits_durably(place: Place, log: Log) -> None:
    """WAL with FULL, whatever the machine's SQLite does by default."""
    datastore = DurableDatastore(str(place.folder / "log.db"))
    for _ in range(2):
        with datastore.transaction(commit=False) as cursor:
            require_durable(cursor)
    datastore.close()

    assert place.sql("PRAGMA journal_mode") == [("wal",)]
    assert log.head() == 0


def test_a_connection_that_could_lose_a_commit_is_refused(place: Place) -> None:
    """The message names both settings."""
    datastore = SQLiteDatastore(str(place.folder / "log.db"))
    with datastore.get_connection(commit=False) as connection:
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous = NORMAL")
        with pytest.raises(UnsafeStore, match="journal is wal with synchronous=1"):
            require_durable(cursor)
    datastore.close()


def test_a_file_that_cannot_have_a_journal_of_its_own_is_refused() -> None:
    """As on a disk over the network; a database in memory stands for it here."""
    datastore = DurableDatastore(":memory:")
    with pytest.raises(UnsafeStore, match="journal is memory"), datastore.transaction(commit=False):
        pass


def test_a_read_before_the_write_would_fail_at_once(place: Place, log: Log) -> None:
    """Why every writing transaction begins with a write: SQLite does not wait for an upgrade."""
    datastore = SQLiteDatastore(str(place.folder / "log.db"))

    def read_and_then_write() -> None:
        with datastore.transaction(commit=True) as cursor:
            cursor.execute("SELECT count(*) FROM stored_events")
            log.append([missing()])
            cursor.execute("DELETE FROM stored_events")

    with pytest.raises(OperationalError, match="locked"):
        read_and_then_write()
    datastore.close()


def test_an_append_waits_for_another_writer(place: Place, log: Log) -> None:
    """A lock held for a moment is no error."""
    other = sqlite3.connect(place.folder / "log.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.2, other.execute, ["ROLLBACK"])
    timer.start()

    assert [one.result for one in log.append([missing()])] == ["recorded"]
    timer.join()
    other.close()


def test_one_statement_looks_up_a_whole_batch(place: Place) -> None:
    """By its key and not by reading the table, or a busy log would slow its own door."""
    plan = place.sql(
        "EXPLAIN QUERY PLAN SELECT once.* FROM json_each('[]') AS asked CROSS JOIN once"
        " WHERE realm = asked.value ->> 0 AND source = asked.value ->> 1"
        " AND message_id = asked.value ->> 2"
    )

    assert any("SEARCH once USING PRIMARY KEY" in row[-1] for row in plan)


def test_racing_senders_of_the_same_events_store_each_once(place: Place) -> None:
    """Four processes' worth of connections, the same fifty ids: fifty recorded, the rest duplicate."""
    receipts: list[Receipt] = []

    def send() -> None:
        with place.open() as mine:
            for n in range(25):
                receipts.extend(mine.append([missing(f"evt-{n}"), missing(f"evt-{n}b")]))

    run(send, 4)
    with place.open() as log:
        history = log.history(log.stream(AUTHORITY, "child", "C-1"))

    assert sorted(one.result for one in receipts) == ["duplicate"] * 150 + ["recorded"] * 50
    assert not any(one.differs for one in receipts)
    assert [one.version for one in history] == list(range(1, 51))


def test_racing_judges_of_one_stage_do_it_once(place: Place) -> None:
    """Whoever loses is told duplicate or that the child has grown, and never does it again."""
    recorded: list[str] = []

    def judge() -> None:
        with place.open() as mine:
            stream = mine.stream(AUTHORITY, "child", "C-1")
            for version in range(1, 21):
                done = False
                while not done:
                    done = try_once(mine, stream, version, recorded)

    with place.open() as log:
        log.append([missing()])
    run(judge, 4)
    with place.open() as log:
        history = log.history(log.stream(AUTHORITY, "child", "C-1"))

    assert sorted(recorded, key=int) == [str(version) for version in range(1, 21)]
    assert len(history) == 21


def try_once(log: Log, stream: Any, version: int, recorded: list[str]) -> bool:
    """One judge's try at a stage: whether it is done, by whomever."""
    seen = log.version(stream)
    try:
        (receipt,) = log.append([breached(version=version)], after={stream: seen})
    except Grown:
        return False
    if receipt.result == "recorded":
        recorded.append(str(version))
    return True


def run(work: Any, times: int) -> None:
    """Do a piece of work several times at once; what goes wrong in any is raised."""
    failures: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=guarded) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_keys_are_not_part_of_the_log(place: Place) -> None:
    """The log's file holds a mark of the stream key, from which the key cannot be had."""
    place.open().close()
    (mark,) = place.sql("SELECT mark FROM keystone")[0]
    keys: Keys = place.keys

    assert len(mark) == 32
    assert mark not in {keys.stream, keys.master, keys.temporal, keys.session}
