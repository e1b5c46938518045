"""Short runs of the drills that hurt the store; each has a control in which a fault is planted and found."""

import inspect
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from cli import main
from commands.drilling import MUST_RUN, every_drill
from drills import (
    ambiguous_commit,
    follower_gaps,
    kill_postgres,
    kill_processes,
    power_cut,
    restore,
)
from drills.outcome import CannotRun, Counts, counted, drawn
from tests.drills.side_by_side import with_control

ROOT = Path(__file__).parents[2]


def test_ten_lines_cut_after_commit_are_answered_recorded_and_stored_once() -> None:
    """All ten cuts happened; a store that gives up at the first lets its sender double every fact."""
    found = ambiguous_commit.drill(10)
    control = ambiguous_commit.drill(3, control=True)

    assert found.passed, found.sentence
    assert found.figures["cuts"] == found.figures["acknowledged"] == 10
    assert not control.passed
    assert control.figures["doubled"] == 3


def test_four_kills_of_postgresql_lose_no_receipt() -> None:
    """Eight writers hold many receipts, all kept; a writer that answers first loses some."""
    found = kill_postgres.drill(4)
    control = kill_postgres.drill(2, control=True)

    assert found.passed, found.sentence
    assert found.figures["acknowledged"] > 20
    assert not control.passed
    assert control.figures["lost"] > 0


def test_a_follower_of_four_writers_misses_nothing_on_either_store() -> None:
    """Some thousand events, each seen once and in order; without its lock PostgreSQL hides some."""
    found, control = with_control(follower_gaps.drill, 20, 60)

    assert found.passed, found.sentence
    assert found.figures["tried"] == found.figures["acknowledged"] > 1000
    assert not control.passed
    assert control.figures["missed"] > 0


def test_two_power_cuts_lose_no_receipt() -> None:
    """One on each store; each loses hundreds at two where it leaves the disk for later."""
    found = control = None
    with suppress(CannotRun):  # the command says SKIPPED, and fails where drills must run
        found, control = with_control(power_cut.drill, 1, 2)
    if found is None or control is None:
        assert os.environ.get(MUST_RUN) != "1"
        return

    assert found.passed, found.sentence
    assert found.figures["tried"] == 2
    assert not control.passed
    assert control.figures["lost_on_sqlite"] > 0
    assert control.figures["lost_on_postgres"] > 0


def test_a_backup_under_load_is_restored_to_its_moment() -> None:
    """Every event, clock and key is as it was, on each store; half a copy, or no archive, loses."""
    found, control = with_control(restore.drill, 1, 1)

    assert found.passed, found.sentence
    assert found.figures["events"] > 0
    assert not control.passed
    assert control.figures["lost_on_sqlite"] > 0
    assert control.figures["lost_on_postgres"] > 0


# The command ------------------------------------------------------------------------------------


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`daymark drill …` in a process of its own, which silences what its parts log."""
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), "drill", *words],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_prints_the_counts_and_nothing_else() -> None:
    """One document with every count; a control that finds its fault ends with 1."""
    found = run("ambiguous-commit", "--points", "2", "--control", "--seed", "7", "--json")
    said = json.loads(found.stdout)

    assert found.returncode == 1
    assert said["passed"] is False
    assert said["doubled"] == 2
    assert {"tried", "acknowledged", "lost", "missed", "early", "worst_delay_s"} <= said.keys()
    assert said["seed"] == 7
    assert found.stderr == ""


def test_a_drill_that_cannot_run_says_so() -> None:
    """It is no failure, except where drills must run."""
    bare = {"PATH": str(ROOT / "nowhere")}
    found, must = run("power-cut", **bare), run("power-cut", **bare, **{MUST_RUN: "1"})

    assert found.stdout.startswith("power-cut: SKIPPED: ")
    assert (found.returncode, must.returncode) == (0, 1)


def test_every_drill_is_listed_with_what_it_proves(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a name the command lists them, and the page about them names each."""
    code = main(["drill"])
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]]
    page = (ROOT / "docs" / "drills.md").read_text()

    assert code == 0
    assert len(listed) >= 12
    assert [name for name in listed if f"`{name}`" not in page] == []


def test_a_drill_nobody_knows_is_a_wrong_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The sentence says how to list them."""
    code = main(["drill", "fire"])

    assert code == 2
    assert "`daymark drill` lists them" in capsys.readouterr().err


def test_a_seed_makes_the_same_choices_again() -> None:
    """What is killed when comes from the seed alone, and a drill that was given none draws its own."""
    twice = [kill_processes.order(20, Counts(seed=5).chance) for _ in range(2)]
    another = kill_processes.order(20, Counts(seed=6).chance)
    said = counted("any", Counts(seed=5), "").sentence

    assert twice[0] == twice[1] != another
    assert "seed 5" in said
    assert len({drawn(None) for _ in range(20)}) > 1


@pytest.mark.parametrize("drill", [name for name, _ in every_drill()])
def test_every_drill_takes_a_seed_and_has_a_control(drill: str) -> None:
    """Without a control nobody knows whether it would see anything."""
    takes = inspect.signature(dict(every_drill())[drill].drill).parameters

    assert {"seed", "control"} <= takes.keys()


@pytest.mark.parametrize("wrong", ["lost", "missed", "doubled", "early"])
def test_any_wrong_count_is_a_failure(wrong: str) -> None:
    """So is a drill in which nothing was tried or acknowledged."""
    well = counted("any", Counts(tried=1, acknowledged=1), "")
    ill = counted("any", Counts(tried=1, acknowledged=1, **{wrong: 1}), "")

    assert well.passed
    assert not ill.passed
    assert not counted("any", Counts(tried=1), "").passed
    assert not counted("any", Counts(acknowledged=1), "").passed
