"""Tables come from numbered steps, under a lock, all or none."""

import threading
from pathlib import Path

import pytest

from domain.errors import Unavailable
from store import migrations
from store.database import Database, DatabaseUnavailable
from store.migrations import (
    PARTS,
    Part,
    bring_up_to_date,
    migrate,
    migrate_tokens,
    migrate_vault,
    migrate_views,
    require_tables,
)
from tests.store.events import Place, missing

URL = "sqlite:///{}/all.db"


def test_migrating_again_changes_nothing(place: Place) -> None:
    """The second time there is nothing left to do, and nothing is lost."""
    with place.open() as log:
        log.append([missing()])
    migrate(place.log)

    assert place.sql("SELECT part, number FROM migrations") == [("log", 1)]
    with place.open() as log:
        assert log.head() == 1


def test_all_parts_may_share_a_database(tmp_path: Path) -> None:
    """As they will where one server holds everything."""
    for make in (migrate, migrate_views, migrate_tokens, migrate_vault):
        make(URL.format(tmp_path))
    database = Database(URL.format(tmp_path))

    for part in PARTS:
        require_tables(database, part)
    database.close()


def test_eight_migrations_at_once_do_not_collide(tmp_path: Path) -> None:
    """Services that start together: one makes the tables, the others find them."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            migrate(URL.format(tmp_path))
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []


def test_a_step_that_fails_leaves_no_half_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database stays as it was, and the trouble is said."""
    steps: dict[Part, tuple[tuple[str, ...], ...]] = {
        "log": (("CREATE TABLE one (a)",), ("CREATE TABLE two (a)", "CREATE NONSENSE"))
    }
    monkeypatch.setattr(migrations, "PARTS", steps)
    monkeypatch.setattr(migrations, "PATIENCE", (0.0,))

    with pytest.raises(DatabaseUnavailable, match="NONSENSE"):
        bring_up_to_date(URL.format(tmp_path), "log")
    database = Database(URL.format(tmp_path))
    with database.reading() as cursor:
        assert cursor.execute("SELECT name FROM sqlite_master") == []
    database.close()


def test_a_newer_releases_tables_are_refused(place: Place) -> None:
    """An older release does not guess what a newer one has done."""
    place.sql("INSERT INTO migrations VALUES ('log', 2, '2026-01-01')")

    with pytest.raises(Unavailable, match="made by a newer release"):
        place.open()


def test_tables_that_are_there_without_their_steps_are_not_enough(place: Place) -> None:
    """Each part counts its own steps."""
    database = Database(place.log)

    with pytest.raises(Unavailable, match=r"log\.db lacks tables of this release"):
        require_tables(database, "views")
    database.close()
