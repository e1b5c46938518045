"""What the command says and understands: tables for people, one document for machines, moments."""

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import Final

from domain.calendar import end_of

DONE: Final = 0
LOOK: Final = 1
WRONG: Final = 2
FEW: Final = 20

Options = argparse.Namespace


class WrongCommand(Exception):
    """What was typed cannot be done; the message says what to type instead."""


def document(value: object) -> None:
    """One JSON document and nothing else."""
    print(json.dumps(value, indent=2, default=written, ensure_ascii=False))


def written(value: object) -> str:
    """What JSON has no word for: instants as 2026-04-03T17:00:00Z, days as 2026-04-03, ids as text."""
    if isinstance(value, date):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)


def table(headings: Sequence[str], rows: Sequence[Sequence[object]], nothing: str) -> None:
    """Columns, with their headings in bold on a terminal; `nothing` is said when there are none.

    Nothing is cut to fit a narrow window: keys are there to be copied.
    """
    if not rows:
        print(nothing)
        return
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(headings, *cells, strict=True)]
    first, *others = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [list(headings), *cells]
    ]
    print(bold(first))
    for line in others:
        print(line)


def bold(line: str) -> str:
    """The line in bold, where somebody looks."""
    return f"\x1b[1m{line}\x1b[0m" if sys.stdout.isatty() and "NO_COLOR" not in os.environ else line


@contextmanager
def progress(what: str, size: int) -> Iterator[Callable[[int], None]]:
    """Shows how far something is read, where somebody looks; told how much is read so far."""
    if not sys.stderr.isatty():
        yield lambda _read: None
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=size)
        yield lambda read: bar.update(task, completed=read)


def day(text: str) -> date:
    """A London day, written 2016-01-07."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def instant(text: str) -> datetime:
    """An instant with its offset, for 09:00 alone is two instants a year."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found


def moment(text: str) -> datetime:
    """An instant with its offset, or a day, which means its last moment in London."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return end_of(day(text)) - timedelta(microseconds=1)
    return instant(text)


def known(code: str, what: str, codes: Collection[str]) -> str:
    """A code of a set, or a sentence that names those there are, or of many the nearest."""
    if code in codes:
        return code
    if len(codes) > FEW:
        nearest = get_close_matches(code, codes, cutoff=0)
        message = f"{code} is not a {what}: did you mean {' or '.join(nearest)}?"
    else:
        message = f"{code} is not a {what}: choose one of {', '.join(sorted(codes))}"
    raise WrongCommand(message)
