"""The small database beside the log."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from store.database import ConstraintBroken, Database, DatabaseUnavailable, Part
from tests.store.events import Place, until


@pytest.fixture
def database(place: Place) -> Iterator[Database]:
    """A database with one table."""
    made = Database(place.views, "views")
    with made.writing() as cursor:
        cursor.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)")
    yield made
    made.close()


def test_rows_are_dicts_by_column(database: Database) -> None:
    """What a projection is given."""
    with database.writing() as cursor:
        cursor.executemany("INSERT INTO t VALUES (?, ?)", [(1, "x"), (2, "y")])

    with database.reading() as cursor:
        assert cursor.execute("SELECT * FROM t WHERE a > ?", (1,)) == [{"a": 2, "b": "y"}]


def test_a_transaction_that_fails_changes_nothing(database: Database) -> None:
    """Its connection is used again afterwards."""
    with pytest.raises(ConstraintBroken), database.writing() as cursor:
        cursor.executemany("INSERT INTO t VALUES (?, ?)", [(1, "x"), (1, "y")])

    with database.reading() as cursor:
        assert cursor.execute("SELECT * FROM t") == []


def test_a_reader_keeps_its_picture_and_waits_for_nobody(database: Database) -> None:
    """A projector that commits meanwhile does not change it."""
    with database.reading() as reader:
        before = reader.execute("SELECT * FROM t")
        with database.writing() as writer:
            writer.execute("INSERT INTO t VALUES (1, 'x')")
            assert reader.execute("SELECT * FROM t") == before
        assert reader.execute("SELECT * FROM t") == before


def believed(place: Place, table: str, part: Part = "views") -> int:
    """How many rows the database believes a table to have, by which it chooses its way to an answer."""
    if place.server is None:
        found = place.sql("SELECT stat FROM sqlite_stat1 WHERE tbl = ?", table, part=part)
        return int(found[0][0].split()[0]) if found else 0
    asked = "SELECT reltuples FROM pg_class WHERE oid = to_regclass(?)"
    return max(0, int(place.sql(asked, table, part=part)[0][0]))


def test_stock_is_taken_of_what_came_in_bulk(place: Place, database: Database) -> None:
    """Until then the database chooses its way to an answer as if there were nothing."""
    with database.writing() as cursor:
        cursor.executemany("INSERT INTO t VALUES (?, ?)", [(n, "x") for n in range(700)])
    database.take_stock()

    assert believed(place, "t") == 700


def test_what_cannot_be_used_is_said_with_its_name(tmp_path: Path, database: Database) -> None:
    """A folder that is not there, a file that is no database, a table that is missing."""
    nowhere = Database(f"sqlite:///{tmp_path}/nowhere/small.db", "views")
    (tmp_path / "text.db").write_text("This is no database, though it is long enough for one." * 9)
    text = Database(f"sqlite:///{tmp_path}/text.db", "views")

    for broken, reason in ((nowhere, "unable to open"), (text, "not a database")):
        with (
            pytest.raises(DatabaseUnavailable, match=f"{reason}.* mend DAYMARK_VIEWS or "),
            broken.reading(),
        ):
            pass
    with (
        pytest.raises(DatabaseUnavailable, match=r"cannot be used .*absent((?!DAYMARK_).)*$"),
        database.reading() as cursor,
    ):
        cursor.execute("SELECT * FROM absent")


def test_a_connection_in_use_is_closed_when_it_comes_back(database: Database) -> None:
    """Closing does not pull the chair from under a reader."""
    with database.reading() as cursor:
        database.close()

        assert cursor.execute("SELECT * FROM t") == []


def test_a_watch_sees_what_others_take_away(place: Place) -> None:
    """And nothing where nothing was changed."""
    with closing(Database(place.vault, "vault")) as database, closing(database.watch()) as watch:
        before = watch.changes()
        assert watch.changes() == before
        with database.writing() as cursor:
            cursor.execute("DELETE FROM stream_keys")

        until(lambda: watch.changes() != before, 2)
