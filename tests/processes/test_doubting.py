"""No command says that all is well where it cannot know; the board of these stories was never brought up."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assembly import Daymark
from domain.raised import raised_tellings
from tests.processes.conftest import Command, judge
from tests.processes.test_command import PEOPLE, a_missing_child


@pytest.fixture
def silent(daymark: Command) -> Command:
    """A nightly source is waited for that was never heard, and nothing stands on the board."""
    daymark(
        *("record", "source-registered", "sample", "--at", "2020-01-01T00:00:00Z"),
        *("source=nightly", "delivers=batch", "states=review-held", "times=happened"),
        "from_on=2020-01-01",
    )
    return daymark


@pytest.mark.parametrize(
    ("words", "what", "instead", "never"),
    [
        (("unallocated",), "this list", "Not known: whether every clock is", "Every clock is s"),
        (("golive", "backlog"), "this list", "Not known: whether everything", "Everything that is"),
        (("figures", "conferences"), "these figures", "not known", " 0"),
        (("missing",), "this page", "Back in the last 72 hours: not known.", "Nobody is on"),
        (("board",), "this board", "", "No clock is"),
    ],
    ids=("unallocated", "golive", "figures", "missing", "board"),
)
def test_nothing_is_not_said_where_it_is_not_known(
    silent: Command, words: tuple[str, ...], what: str, instead: str, never: str
) -> None:
    """Each says first that it cannot be relied on, gives no nought, and ends as what is to be looked at."""
    said, told = silent(*words), silent(*words, "--json")

    assert said.code == told.code == 1
    assert said.out.startswith(f"Do not rely on {what}. The source nightly has been late since ")
    assert instead in said.out
    assert never not in said.out
    assert [doubt["kind"] for doubt in told.document()["doubts"]] == ["feed"]


@pytest.mark.parametrize("words", [("unallocated",), ("golive", "backlog"), ("missing",)])
def test_where_nothing_is_doubted_nothing_is_nothing(
    daymark: Command, words: tuple[str, ...]
) -> None:
    """A new installation has nothing late, and says so."""
    said, told = daymark(*words), daymark(*words, "--json")

    assert said.code == told.code == 0
    assert "Do not rely" not in said.out
    assert told.document()["doubts"] == []


def test_a_clock_the_board_has_not_seen_is_explained(daymark: Command) -> None:
    """What the log knows is never said not to be known."""
    a_missing_child(daymark)
    keys = {one["timescale"]: one["key"] for one in daymark("clocks", "CH-1", "--json").document()}

    said = daymark("explain", keys["missing-strategy-72h"])
    unknown = daymark("explain", "no-such-clock")

    assert said.code == 0
    assert said.out.startswith("Why is this late")
    assert unknown.code == 1
    assert "no clock is known as no-such-clock" in unknown.err


def test_an_escalation_the_board_has_not_seen_is_acknowledged(
    daymark: Command, parts: Daymark, tmp_path: Path
) -> None:
    """A promise about what the log has raised is recorded before any board shows it."""
    (tmp_path / "people.csv").write_text(PEOPLE)
    daymark("people", "import", tmp_path / "people.csv")
    a_missing_child(daymark)
    judge(parts, "CH-1")
    episode = parts.log.episode(parts.child("CH-1"))
    assert episode is not None
    raised = [
        one.id
        for one in raised_tellings(episode, parts.authority()).values()
        if one.kind == "breach"
    ]
    until = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    promise = ("--owner", "P-1", "--until", until, "--reason", "court")

    said, unknown = (daymark("acknowledge", one, *promise) for one in (raised[0], "0" * 32))

    assert said.code == 0, said.err
    assert said.out.startswith("Acknowledged: P-1 deals with it by ")
    assert unknown.code == 1
