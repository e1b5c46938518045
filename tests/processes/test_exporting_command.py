"""The command that writes a history as files and verifies them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assembly import Daymark
from domain.access_events import RecordRead
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
    written = recorded("export", "CH-1", "--out", out, "--by", "P-9", "--purpose", "audit")
    good = recorded("export", "--verify", out)
    (out / "events.csv").write_text("nothing")
    bad = recorded("export", "--verify", out)

    assert (written.code, good.code, bad.code) == (0, 0, 1)
    assert written.out.splitlines()[-1] == good.out.splitlines()[-1]
    assert "events.csv is not as it was exported." in bad.out
    assert (out / MANIFEST).exists()


def test_whoever_takes_a_history_away_is_recorded_first(
    recorded: Command, parts: Daymark, tmp_path: Path
) -> None:
    """Of whom, by whom and why, in the record of looks; and why is asked for."""
    without = recorded("export", "CH-1", "--out", tmp_path / "a", "--by", "P-9")
    odd = recorded("export", "CH-1", "--out", tmp_path / "b", "--by", "P-9", "--purpose", "fun")
    recorded("export", "CH-1", "--out", tmp_path / "c", "--by", "P-9", "--purpose", "complaint")
    code = parts.settings.authority
    (look,) = parts.log.history(parts.log.stream(code, "reads", "P-9"))
    said = look.event.said

    assert (without.code, odd.code) == (2, 2)
    assert "fun is not a purpose: choose one of audit," in odd.err
    assert isinstance(said, RecordRead)
    assert (said.route, said.purpose) == ("daymark export", "complaint")
    assert said.child == parts.child("CH-1").hex


def test_two_moments_are_compared(recorded: Command) -> None:
    """What became known, what it changed, and what no source could have stated."""
    before, soon = "2026-04-03T18:00+01:00", "2026-04-04T09:00+01:00"
    said = recorded("compare", "CH-1", "--known-at", before, "--as-of", before)
    document = recorded(
        "compare", "CH-1", "--known-at", before, "--and-as-of", soon, "--json"
    ).document()
    early = recorded("compare", "CH-1", "--known-at", "2999-01-01")
    nobody = recorded("compare", "CH-9", "--known-at", before)

    assert (said.code, early.code, nobody.code) == (0, 2, 1)
    assert "Became known, recorded" in said.out
    assert "Missing episode started." in said.out
    assert "What no source could have stated at the second moment" in said.out
    assert document["facts"][0]["how"] == "became-known"
    assert document["not_statable"]["second"]


def test_nothing_is_mixed_with_an_older_export(recorded: Command, tmp_path: Path) -> None:
    """A folder with something in it is refused, and so is a question that is not whole."""
    (tmp_path / "older").write_text("older")
    mixed = recorded("export", "CH-1", "--out", tmp_path, "--by", "P-9", "--purpose", "audit")
    half = recorded("export", "CH-1")
    nowhere = recorded("export", "--verify", tmp_path / "none")

    assert (mixed.code, half.code, nowhere.code) == (2, 2, 1)
    assert "is not empty" in mixed.err
    assert "by whom and why" in half.err


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
