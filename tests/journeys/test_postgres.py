"""A whole story that begins in files and goes on in PostgreSQL."""

import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.journeys.machine import Machine, ago, wait_for
from tests.throwaway_postgres import database

LATE = {"type": "M", "missing_from": "home", "care_status": "not-looked-after"}


def kill_connections(url: str) -> None:
    """End every other connection to a database, as a fail-over does."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def clocks(machine: Machine, child: str) -> list[dict[str, Any]]:
    """Every clock of a child, but for how late it is by now."""
    return [{**one, "lateness": None} for one in machine.ask("clocks", child)]


def figures(machine: Machine) -> dict[str, Any]:
    """Every figure by its name, as it stands while the board can be relied on."""
    wait_for(lambda: not machine.ask("board")["doubts"])
    return {one["name"]: machine.ask("figures", one["name"]) for one in machine.ask("figures")}


@pytest.fixture
def vault() -> Iterator[str]:
    """The address of another database, without a table, for the keys of the children alone."""
    with database(bare=True) as url:
        yield url


@pytest.fixture
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine of this story's own, of which nothing is left running however the story ends."""
    made = Machine(tmp_path_factory.mktemp("moved") / "home")
    yield made
    if made.supervisor is not None and made.supervisor.poll() is None:
        made.kill()


def test_an_installation_moves_to_postgresql_and_goes_on(
    machine: Machine, postgres: str, vault: str
) -> None:
    """Moved, clocks and figures are the same and nobody is told twice; then every line is cut, and again."""
    machine.start()
    machine.prepare()
    machine.told("missing-episode-started", "P-1", ago(80), missing_episode_ref="ME-1", **LATE)
    wait_for(lambda: machine.mail("P-1") and "manager-notified" in machine.names("P-1"))
    counted = figures(machine)
    assert machine.stop() == 0
    before = clocks(machine, "P-1"), machine.names("P-1")
    moved = machine.command("migrate", "--to", postgres, "--vault-to", vault)
    machine.environment |= {"DAYMARK_DATABASE": postgres, "DAYMARK_VAULT": vault}
    machine.start()
    counted_again = figures(machine)
    stop = threading.Event()

    def cut() -> None:
        while not stop.wait(0.5):
            kill_connections(postgres)

    cutter = threading.Thread(target=cut)
    cutter.start()
    for n in range(6):
        started = machine.event(
            "missing-episode-started", f"P-2-{n}", ago(80), missing_episode_ref="ME", **LATE
        )
        machine.post_until_received(started)
    stop.set()
    cutter.join()
    wait_for(lambda: all("manager-notified" in machine.names(f"P-2-{n}") for n in range(6)))
    wait_for(lambda: not machine.ask("board")["doubts"])

    assert "Both sides hold the same" in moved
    assert "Set DAYMARK_DATABASE and DAYMARK_VAULT" in moved
    assert "daymark@" not in moved
    assert any(one["rows"] for one in counted.values() if "rows" in one)
    assert counted_again == counted
    assert (clocks(machine, "P-1"), machine.names("P-1")) == before
    assert [machine.names(f"P-2-{n}").count("timescale-breached") for n in range(6)] == [1] * 6
    assert [machine.names(f"P-2-{n}").count("manager-notified") for n in range(6)] == [1] * 6
    assert "position" in machine.command("rebuild", "projections")
    assert machine.stop() == 0
