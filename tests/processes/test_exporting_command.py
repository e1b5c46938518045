"""The command that writes a history as files and verifies them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from formats.export import MANIFEST
from tests.processes.conftest import Command


@pytest.fixture
def recorded(daymark: Command) -> Command:
    """One child is missing."""
    daymark(
        *("record", "missing-episode-started", "CH-1", "--at", "2026-04-03T18:00+01:00"),
        *("missing_episode_ref=M-1", "type=M", "missing_from=home", "care_status=own"),
    )
    return daymark


def test_a_history_is_written_and_verified(recorded: Command, tmp_path: Path) -> None:
    """What was exported is as it was, until somebody changes it."""
    out = tmp_path / "taken"
    written = recorded("export", "CH-1", "--out", out, "--by", "P-9")
    good = recorded("export", "--verify", out)
    (out / "events.csv").write_text("nothing")
    bad = recorded("export", "--verify", out)

    assert (written.code, good.code, bad.code) == (0, 0, 1)
    assert written.out.splitlines()[-1] == good.out.splitlines()[-1]
    assert "events.csv is not as it was exported." in bad.out
    assert (out / MANIFEST).exists()


def test_nothing_is_mixed_with_an_older_export(recorded: Command, tmp_path: Path) -> None:
    """A folder with something in it is refused, and so is a question that is not whole."""
    (tmp_path / "older").write_text("older")
    mixed = recorded("export", "CH-1", "--out", tmp_path, "--by", "P-9")
    half = recorded("export", "CH-1")
    nowhere = recorded("export", "--verify", tmp_path / "none")

    assert (mixed.code, half.code, nowhere.code) == (2, 2, 1)
    assert "is not empty" in mixed.err
    assert "by whom" in half.err


def test_what_a_person_could_see_is_replayed(recorded: Command) -> None:
    """Somebody without a post saw nothing; the answer says what the log cannot tell."""
    now = datetime.now(UTC).isoformat()
    said, found = (
        recorded("as-seen", "P-9", "--at", now),
        recorded("as-seen", "P-9", "--at", now, "--json"),
    )
    early = recorded("as-seen", "P-9", "--at", "2999-01-01")
    seen = found.document()

    assert (said.code, found.code, early.code) == (0, 0, 2)
    assert "no post" in said.out
    assert "The log cannot tell" in said.out
    assert (seen["rows"], seen["posts"], seen["told"]) == ([], [], [])
    assert seen["log_position"] > 0
