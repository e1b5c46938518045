"""The extract of an authority's present tracker: a CSV file, and a small table that says how to read it."""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

from domain.errors import UnreadableFile

COLUMNS: Final = ("child", "timescale", "due", "done")
DAYS: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d-%b-%Y")


@dataclass(frozen=True)
class Names:
    """What the tracker calls its columns and the rules."""

    columns: Mapping[str, str] = field(default_factory=dict)
    timescales: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tracked:
    """One line of the tracker: a rule about a child, when it is due and when it was done."""

    line: int
    child: str
    timescale: str
    due_on: date
    done_on: date | None


def read_names(path: Path | None) -> Names:
    """The table of names; a file that does not fit is refused with its place."""
    if path is None:
        return Names()
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        message = f"{path.name}: it is not a TOML file"
        raise UnreadableFile(message) from None
    tables = {name: found.get(name, {}) for name in ("columns", "timescales")}
    fits = all(
        isinstance(one, dict) and all(isinstance(text, str) for text in one.values())
        for one in tables.values()
    )
    if not fits or not set(found) <= set(tables) or not set(tables["columns"]) <= set(COLUMNS):
        message = f"{path.name}: write [columns] for {', '.join(COLUMNS)}, and [timescales]"
        raise UnreadableFile(message)
    return Names(tables["columns"], tables["timescales"])


def read_tracker(path: Path, names: Names) -> tuple[Tracked, ...]:
    """Every line of the extract; the first that cannot be read is named, and nothing is taken."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file)
            missing = [
                column
                for one in COLUMNS
                if (column := names.columns.get(one, one)) not in (lines.fieldnames or ())
            ]
            if missing:
                message = f"{path.name}:1: there is no column {missing[0]}"
                raise UnreadableFile(message)
            return tuple(tracked(path, lines.line_num, line, names) for line in lines)
    except (UnicodeDecodeError, csv.Error):
        message = f"{path.name}: it is not a CSV file in UTF-8"
        raise UnreadableFile(message) from None


def tracked(path: Path, number: int, line: Mapping[str, str | None], names: Names) -> Tracked:
    """One line as it is meant."""
    child, rule, due, done = (
        (line.get(names.columns.get(one, one)) or "").strip() for one in COLUMNS
    )
    if not child or not rule:
        message = f"{path.name}:{number}: a line needs a child and a timescale"
        raise UnreadableFile(message)
    due_on = read_day(path, number, due)
    if due_on is None:
        message = f"{path.name}:{number}: a line needs the day on which it is due"
        raise UnreadableFile(message)
    done_on = read_day(path, number, done)
    return Tracked(number, child, names.timescales.get(rule, rule), due_on, done_on)


def read_day(path: Path, number: int, text: str) -> date | None:
    """A day as trackers write it, 2026-04-03 or 03/04/2026; nothing where none is written."""
    if not text:
        return None
    for written in DAYS:
        try:
            return datetime.strptime(text, written).date()  # noqa: DTZ007 -- a day has no zone
        except ValueError:
            continue
    message = f"{path.name}:{number}: write each day as 2026-04-03 or 03/04/2026"
    raise UnreadableFile(message)
