"""Imports every file of a folder twice, prints the counts, and fails if the second records anything.

`make samples DIR=…` runs it, over files of other people's making or an authority's own; everything
happens in a folder that is thrown away, so no fact of theirs stays behind.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parent.parent
READ: Final = {".xml", ".jsonl"}
DONE: Final = {0, 1}
"""Exit codes of an import that ran to its end: all read, or something in it unreadable."""


class Failed(Exception):
    """An import that did not run to its end; the message is what it said last."""


def daymark(home: Path, *words: str | Path) -> str:
    """What a command printed, run on a log of its own; `Failed` when it did not run to its end."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("DAYMARK_")}
    ran = subprocess.run(
        [sys.executable, ROOT / "cli.py", *words],
        env={**ours, "DAYMARK_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode not in DONE:
        raise Failed((ran.stderr.strip().splitlines() or ["it said nothing"])[-1])
    return ran.stdout


def imported(file: Path, home: Path) -> Mapping[str, Any]:
    """The report of `daymark import` on one file."""
    said = daymark(home, "import", file, "--json")
    try:
        report: Mapping[str, Any] = json.loads(said)
    except ValueError:
        message = "it printed no report"
        raise Failed(message) from None
    return report


def checked(file: Path) -> str:
    """One line about a file imported twice; `Failed` when the second import records anything."""
    with tempfile.TemporaryDirectory(prefix="daymark-samples-") as name:
        home = Path(name)
        daymark(home, "migrate")
        first, second = imported(file, home), imported(file, home)
    again = second["recorded"] + second.get("corrected", 0)
    if again:
        message = f"the second import recorded {again}"
        raise Failed(message)
    counts = {
        "recorded": first["recorded"],
        "duplicate": first["duplicate"],
        "corrected": first.get("corrected", 0),
        "unreadable": len(first["unreadable"]),
        "warnings": len(first.get("warnings", ())),
    }
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def report(folder: Path) -> Iterator[tuple[bool, str]]:
    """Each file with whether all is well and what became of it; then what was passed over."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for file in files:
        if file.suffix.lower() in READ:
            try:
                yield True, f"{file.relative_to(folder)}: {checked(file)}; the second time nothing"
            except Failed as failed:
                yield False, f"{file.relative_to(folder)}: {failed}"
    others = Counter(file.suffix.lower() or file.name for file in files)
    passed_over = [f"{count} {ending}" for ending, count in others.items() if ending not in READ]
    if passed_over:
        yield True, f"Passed over, because Daymark does not read them yet: {', '.join(passed_over)}"


def main(words: list[str]) -> int:
    """Print a line for each file; 1 when one did not import, or there was none to import."""
    if len(words) != 1 or not Path(words[0]).is_dir():
        sys.stderr.write("Say which folder: make samples DIR=folder-of-real-files\n")
        return 2
    well = []
    for fine, line in report(Path(words[0])):
        well.append(fine)
        sys.stdout.write(f"{'   ' if fine else '!! '}{line}\n")
        sys.stdout.flush()
    if not any(path.suffix.lower() in READ for path in Path(words[0]).rglob("*")):
        sys.stderr.write("There is no file in that folder that Daymark reads.\n")
        return 1
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
