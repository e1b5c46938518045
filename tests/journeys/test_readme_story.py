"""The story that the README tells works, command by command, on the made-up authority."""

import json
import re
import shlex
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.journeys.machine import ROOT, Machine, wait_for

CHILD = "CH-0042"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Daymark with its made-up authority, once that authority's managers have answered."""
    machine = Machine(tmp_path_factory.mktemp("demo") / "home")
    machine.start("--demo")
    try:
        wait_for(lambda: "breach-cured" in machine.names("CH-0103"))
        wait_for(lambda: [row["rearmed"] for row in rows_of(machine, "CH-0102")] == [1])
        wait_for(lambda: machine.mail(f"{CHILD} ("))
        yield machine
    finally:
        assert machine.stop() == 0


def rows_of(machine: Machine, child: str) -> list[dict[str, object]]:
    """The board's rows of one child."""
    return [row for row in machine.ask("board")["rows"] if row["reference"] == child]


def late_row(machine: Machine) -> dict[str, object] | None:
    """The row of the late meeting, once its ladder is on the board."""
    rows = [row for row in rows_of(machine, CHILD) if row["escalation"]]
    return rows[0] if rows else None


def settled(machine: Machine) -> None:
    """Wait until nothing has been recorded for two seconds."""
    seen = [0]

    def quiet() -> bool:
        time.sleep(2)
        seen.append(json.loads(machine.page("/readyz"))["log_position"])
        return seen[-1] == seen[-2]

    wait_for(quiet)


def story() -> list[list[str]]:
    """The commands of the README's story, in order."""
    text = (ROOT / "README.md").read_text()
    part = text.split(f"## The story of {CHILD}")[1].split("\n## ")[0]
    return [
        shlex.split(line)[1:] for line in re.findall(r"^    (\S*daymark .*)$", part, re.MULTILINE)
    ]


def test_the_story_is_told_as_it_happens(demo: Machine) -> None:
    """Every command of the story does what the README says of it, in its order."""
    row = wait_for(lambda: late_row(demo))
    words = {
        "KEY": str(row["clock"]),
        "ESCALATION": str(row["escalation"]),
        "DAY": (datetime.now(UTC) + timedelta(days=3)).date().isoformat(),
        "MOMENT": datetime.now(UTC).isoformat(),
    }
    said = []
    for command in story():
        if command[0] == "record":
            wait_for(lambda: "acknowledged by P-09" in demo.command("board"))
        said.append(demo.command(*(words.get(word, word) for word in command)))
    clocks, why, board, promised, _, history, clocks_then, history_then = said

    assert re.search(r"^Late .*Strategy meeting", clocks, re.MULTILINE)
    assert why.startswith("Why is this late")
    assert str(row["escalation"]) in board
    assert promised.startswith("Acknowledged: P-09")
    assert "Strategy meeting held" in history
    assert re.search(r"^Late .*Strategy meeting", clocks_then, re.MULTILINE)
    assert "Strategy meeting held" not in history_then
    assert demo.verdicts(CHILD)["missing-strategy-72h"] == "met-late"


def test_every_state_is_on_the_board_at_once(demo: Machine) -> None:
    """A newcomer sees them all, made by the same machinery as any others."""
    said = demo.ask("board")
    states = {name for name, number in said["counts"].items() if number}

    assert said["doubts"] == []
    assert states >= {
        "running", "due-soon", "awaiting-feed", "breached", "met", "met-late", "cancelled",
        "declined", "unobservable", "not-acknowledged",
    }  # fmt: skip
    assert [row["acknowledged_owner"] for row in rows_of(demo, "CH-0101")] == ["P-09"]
    assert [row["rearmed"] for row in rows_of(demo, "CH-0102")] == [1]
    assert "breach-cured" in demo.names("CH-0103")
    assert "well" in demo.command("doctor")
    assert "CH-0042" in demo.page("/mailbox") or demo.mail("CH-0042")


def test_a_second_start_records_and_tells_nothing_twice(demo: Machine) -> None:
    """What is there stays; only how far the made-up systems have spoken moves on."""
    settled(demo)
    before = {child: demo.names(child) for child in ("CH-0101", "CH-0102", "CH-0103")}
    letters = len(demo.mail(""))
    assert demo.stop() == 0
    demo.start("--demo")
    wait_for(lambda: not demo.ask("board")["doubts"])
    settled(demo)

    assert {child: demo.names(child) for child in before} == before
    assert len(demo.mail("")) == letters
