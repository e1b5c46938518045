"""PostgreSQL is killed under the whole system, and what a dispatcher does whose line to it was cut."""

from pathlib import Path

import psycopg

from dispatcher import rung
from drills import kill_database
from store.log import open_log
from store.vault import Vault
from tests.store.events import Place


def test_a_database_killed_under_the_whole_system_loses_and_doubles_nothing() -> None:
    """One kill under web, worker, dispatcher and projector; its control, which waits long, is run by hand."""
    found = kill_database.drill(1)

    assert found.passed, found.sentence
    assert found.figures["acknowledged"] == found.figures["tried"] > 1


async def test_a_bell_whose_line_was_cut_is_put_away(tmp_path: Path, postgres: str) -> None:
    """The dispatcher hangs up another at its next look, in place of ending."""
    place = Place(tmp_path, postgres)
    vault = Vault(place.vault, place.keys.master)
    log = open_log(place.log, keys=place.keys, vault=vault)
    bell = log.bell()
    with psycopg.connect(postgres, autocommit=True) as owner:
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    cut = await rung(bell)
    whole = await rung(another := log.bell())
    another.close()
    log.close()
    vault.close()

    assert cut is None
    assert whole is another
