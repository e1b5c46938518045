"""What the command says and understands: tables for people, one document for machines, moments."""

import argparse
import json
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
    """One JSON document and nothing else; instants and ids are written as text."""
    print(json.dumps(value, indent=2, default=str, ensure_ascii=False))


def table(headings: Sequence[str], rows: Sequence[Sequence[object]], nothing: str) -> None:
    """A table: drawn on a terminal, plain columns elsewhere; `nothing` is said when it is empty."""
    if not rows:
        print(nothing)
        return
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        drawn(headings, cells)
        return
    widths = [max(map(len, column)) for column in zip(headings, *cells, strict=True)]
    for row in [list(headings), *cells]:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(padded).rstrip())


def drawn(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """The table as a terminal shows it."""
    from rich.console import Console  # noqa: PLC0415 -- only where somebody looks
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    grid = Table(*headings, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        # Text, not markup: what a source sent may hold square brackets.
        grid.add_row(*map(Text, row))
    Console().print(grid)


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
