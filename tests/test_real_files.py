"""The check over folders of real files, on files of our own making."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LEFT = {
    "specversion": "1.0",
    "type": "daymark.missing-episode-started.v1",
    "source": "https://cases.example/north",
    "id": "1",
    "subject": "CH-1",
    "time": "2026-04-03T18:00:00Z",
    "data": {
        "missing_episode_ref": "31",
        "type": "M",
        "missing_from": "home",
        "care_status": "not-looked-after",
    },
}


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the check as `make samples` does."""
    command = [sys.executable, "-m", "tests.real_files", str(folder)]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)


def test_each_file_is_imported_twice_and_counted(tmp_path: Path) -> None:
    """The line of a file has its counts, what cannot be read included, and what is passed over is said."""
    (tmp_path / "facts.jsonl").write_text(f"{json.dumps(LEFT)}\nnot a fact\n")
    (tmp_path / "notes.txt").write_text("nothing of ours\n")

    checked = check(tmp_path)

    assert checked.returncode == 0
    assert "facts.jsonl: 1 recorded, 0 duplicate, 0 corrected, 1 unreadable" in checked.stdout
    assert "1 .txt" in checked.stdout


def test_a_file_that_cannot_be_imported_fails_the_check(tmp_path: Path) -> None:
    """One clear sentence names the file and what was wrong."""
    (tmp_path / "return.xml").write_text('<!DOCTYPE x [<!ENTITY y "z">]><Message>&y;</Message>')

    checked = check(tmp_path)

    assert checked.returncode == 1
    assert "!! return.xml: " in checked.stdout


def test_a_folder_without_such_files_fails_the_check(tmp_path: Path) -> None:
    """A misspelt folder must not pass for a clean import."""
    assert check(tmp_path).returncode == 1
    assert check(tmp_path / "nowhere").returncode == 2
