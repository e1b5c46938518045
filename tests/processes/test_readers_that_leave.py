"""Whoever reads a command's lines may leave before the end, as `head` does."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_nothing_is_complained_of_when_the_reader_has_gone() -> None:
    """The list of drills goes to nobody: the command ends, and says nothing of a broken pipe."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        done = subprocess.run(
            [sys.executable, "cli.py", "drill"],
            check=False,
            cwd=ROOT,
            stdout=gone,
            stderr=subprocess.PIPE,
        )

    assert (done.returncode, done.stderr) == (1, b"")
