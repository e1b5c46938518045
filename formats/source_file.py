"""A file ready to be imported: what it is, who speaks in it, of which days, and all that it says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from domain.event import Event
from formats.statement import ChildStatement, Noted, Period, RowKind, Stated


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a file that has its own identity, with its line."""

    line: int
    event: Event


@dataclass
class Place:
    """How far into a file the reading has come, in bytes."""

    read: int = 0


@dataclass(frozen=True, kw_only=True)
class EventFile:
    """A file of events, each under its source's own id; it may be read once."""

    format: str
    authority: str
    items: Iterator[Told | Noted]
    """In the file's order; a `Noted` is a line that could not be read."""
    size: int
    place: Place
    source: str | None = None
    """The only source it may speak for, where one was named."""
    delivers: None = None
    states: tuple[str, ...] = ()
    period: None = None
    extracted_at: None = None
    warnings: tuple[Noted, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StatementFile:
    """A file that states what is so, to be compared with what its source said before."""

    format: str
    authority: str
    items: Iterator[ChildStatement | Stated]
    size: int
    place: Place
    source: str
    delivers: Literal["batch"] = "batch"
    states: tuple[str, ...]
    """The names of the facts it can state to the day, which clocks may be judged by."""
    period: Period | None
    """The days it speaks of; nothing where it speaks of now."""
    extracted_at: datetime
    """When it was taken out of its system (UTC): what it holds had been recorded by then."""
    late_after_hours: int | None = None
    row_kinds: Mapping[str, RowKind] = field(default_factory=dict)
    warnings: tuple[Noted, ...] = ()


SourceFile = EventFile | StatementFile
