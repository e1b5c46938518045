"""Tables come from numbered steps, under a lock, all or none."""

import threading
from contextlib import closing
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest

from domain.errors import Unavailable, UnsafeStore
from store import migrations
from store.database import Database, DatabaseUnavailable, Part
from store.migrations import (
    PARTS,
    bring_up_to_date,
    require_tables,
)
from tests.store.events import Place, missing
from tests.throwaway_postgres import execute


def test_migrating_again_changes_nothing(place: Place) -> None:
    """The second time there is nothing left to do, and nothing is lost."""
    with place.open() as log:
        log.append([missing()])
    bring_up_to_date(place.log, "log")

    assert place.sql("SELECT part, number FROM migrations") == [("log", 1)]
    with place.open() as log:
        assert log.head() == 1


def test_all_parts_may_share_a_database(bare: str) -> None:
    """As they will where one server holds everything."""
    for part in PARTS["postgresql"]:
        bring_up_to_date(bare, part)

    for part in PARTS["sqlite"]:
        with closing(Database(bare, part)) as database:
            require_tables(database, part)


def test_a_database_that_cannot_hold_every_name_is_refused(postgres: str) -> None:
    """Where the server was made under another locale nothing is made, and the mend is named."""
    name = f"latin_{uuid4().hex}"
    other = urlunsplit(urlsplit(postgres)._replace(path=f"/{name}"))
    execute(postgres, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING SQL_ASCII LOCALE 'C'")
    try:
        with pytest.raises(UnsafeStore, match="not written in UTF8: make it with"):
            bring_up_to_date(other, "log")
    finally:
        execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


def test_eight_migrations_at_once_do_not_collide(bare: str) -> None:
    """Services that start together: one makes the tables, the others find them."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            for part in PARTS["postgresql"]:
                bring_up_to_date(bare, part)
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []


def test_a_step_that_fails_leaves_no_half_of_it(bare: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database stays as it was, and the trouble is said."""
    steps: dict[Part, tuple[tuple[str, ...], ...]] = {
        "log": (("CREATE TABLE one (a TEXT)",), ("CREATE TABLE two (a TEXT)", "CREATE NONSENSE"))
    }
    monkeypatch.setattr(migrations, "PARTS", {"sqlite": steps, "postgresql": steps})
    monkeypatch.setattr(migrations, "PATIENCE", (0.0,))

    with pytest.raises(DatabaseUnavailable, match="NONSENSE"):
        bring_up_to_date(bare, "log")
    with closing(Database(bare, "log")) as database, database.reading() as cursor:
        assert not any(cursor.has_table(name) for name in ("one", "two", "migrations"))


def test_a_newer_releases_tables_are_refused(place: Place) -> None:
    """An older release does not guess what a newer one has done."""
    place.sql("INSERT INTO migrations VALUES ('log', 2, '2026-01-01')")

    with pytest.raises(Unavailable, match="made by a newer release"), place.open():
        pass


def test_tables_that_are_there_without_their_steps_are_not_enough(bare: str) -> None:
    """Each part counts its own steps."""
    bring_up_to_date(bare, "log")

    with (
        closing(Database(bare, "views")) as database,
        pytest.raises(Unavailable, match="lacks tables of this release"),
    ):
        require_tables(database, "views")
