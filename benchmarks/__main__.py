"""`make bench`: every measurement beside its rivals, as a table, and kept in artefacts/.

Words on the command line choose some: `python -m benchmarks judging intake`.
Never part of the tests: a shared machine may be slow, and no test may fail for that.
"""

import importlib
import json
import os
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.measuring import Measured

PARTS: Final = (
    "judging", "what_if", "bulk", "intake", "follower", "board", "one_instant", "whole_stack",
)  # fmt: skip
KEPT: Final = Path(__file__).parent.parent / "artefacts" / "benchmarks.json"


def main(words: list[str]) -> int:
    """Print a line for each measurement as it is taken; 1 when one is not within its bound."""
    if unknown := [word for word in words if word not in PARTS]:
        sys.stderr.write(f"{unknown[0]} is not measured here; choose from {', '.join(PARTS)}\n")
        return 2
    print(f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}")
    print("Medians of several rounds; on a shared machine trust the shares more than the times.\n")
    taken: list[Measured] = []
    for part in words or PARTS:
        for measured in importlib.import_module(f"benchmarks.{part}").measure():
            print(measured.line(), flush=True)
            taken.append(measured)
    keep(taken)
    return 0 if all(measured.holds for measured in taken) else 1


def keep(taken: list[Measured]) -> None:
    """Write what was measured where the next run's reader can compare."""
    KEPT.parent.mkdir(exist_ok=True)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    rows = [{**asdict(measured), "holds": measured.holds} for measured in taken]
    KEPT.write_text(json.dumps({"at": at, "measured": rows}, indent=2) + "\n", encoding="utf-8")
    print(f"\nKept in {KEPT.relative_to(Path.cwd()) if KEPT.is_relative_to(Path.cwd()) else KEPT}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
