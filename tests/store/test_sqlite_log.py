"""SQLite's own traps, each with the rule that keeps us out of it."""

import sqlite3
import threading
from contextlib import closing

import pytest
from eventsourcing.persistence import InterfaceError, OperationalError
from eventsourcing.sqlite import SQLiteDatastore

from domain.errors import Unavailable, UnsafeStore
from store.database import Database
from store.keys import Keys
from store.log import Log, open_log
from store.sqlite_log import DurableDatastore, require_durable
from store.vault import Vault
from tests.store.events import Place, missing


@pytest.fixture
def server() -> None:
    """Files only."""


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


@pytest.mark.parametrize("url", ["mysql://db/daymark", "log.db", "sqlite:///"])
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


def test_a_statement_that_is_wrong_is_an_error_of_ours(place: Place) -> None:
    """It is not said that the database were away."""
    with (
        closing(Database(place.views, "views")) as views,
        pytest.raises(sqlite3.ProgrammingError),
        views.reading() as cursor,
    ):
        cursor.execute("SELECT ?", ())


def test_one_statement_looks_up_a_whole_batch(place: Place) -> None:
    """By its key and not by reading the table, or a busy log would slow its own door."""
    plan = place.sql(
        "EXPLAIN QUERY PLAN SELECT once.* FROM json_each('[]') AS asked CROSS JOIN once"
        " WHERE realm = asked.value ->> 0 AND source = asked.value ->> 1"
        " AND message_id = asked.value ->> 2"
    )

    assert any("SEARCH once USING PRIMARY KEY" in row[-1] for row in plan)


def test_keys_are_not_part_of_the_log(place: Place) -> None:
    """The log's file holds a mark of the stream key, from which the key cannot be had."""
    with place.open():
        pass
    (mark,) = place.sql("SELECT mark FROM keystone")[0]
    keys: Keys = place.keys

    assert len(mark) == 32
    assert mark not in {keys.stream, keys.master, keys.temporal, keys.session}


def test_a_log_that_cannot_be_opened_says_so_as_any_store_would(place: Place) -> None:
    """A folder where the file should be is no database, and no error of SQLite's own comes out."""
    place.folder.joinpath("folder").mkdir()

    with (
        closing(DurableDatastore(str(place.folder / "folder"))) as store,
        pytest.raises(InterfaceError),
        store.get_connection(commit=False),
    ):
        pass
