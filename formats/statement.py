"""A file that states what is so: its rows, what each is called, and the facts they make.

A return is a snapshot without ids of its own, so a row is known again by its date within its parent,
and, where the date was changed, by its place among the rows that are left.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, NamedTuple

from pydantic import ValidationError

from domain.event import Kind
from domain.facts.fact import Fact

LONGEST_CHILD: Final = 100  # what follows it in the longest reference fits a Reference

CHILD_ROW: Final = "child"


class Noted(NamedTuple):
    """A line of a file with what is to be said of it; never what stands there."""

    line: int
    text: str


class Period(NamedTuple):
    """The days a file speaks of; both ends are included."""

    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True)
class Link:
    """The reference of a row of the same child, or of a part of it."""

    row: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One fact that a row states, on a day; its fields may link to rows that have no name yet."""

    model: type[Fact]
    on: date
    line: int
    fields: Mapping[str, object]
    chosen: bool = False
    """The file gives no day and ours has no meaning, so another day alone is nothing new."""


@dataclass(frozen=True, slots=True)
class Row:
    """A thing of a child that a return lists: a referral, an assessment, an enquiry, a plan, a review."""

    key: str
    """Its place in this file only; what it is called for ever is its reference."""
    kind: str
    parent: str
    on: date | None
    line: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ChildStatement:
    """All that one place of a file states of one child; parents stand before what is inside them."""

    child: str
    line: int
    rows: tuple[Row, ...]
    unreadable: tuple[Noted, ...] = ()
    warnings: tuple[Noted, ...] = ()


@dataclass(frozen=True, slots=True)
class Stated:
    """One fact as a file states it now, under the id it has in every import of this source."""

    kind: Kind
    subject: str
    line: int
    id: str
    said: Fact
    occurred_at: datetime | None = None
    occurred_on: date | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A row an earlier import of the same source left in the log."""

    kind: str
    parent: str
    ref: str
    on: date
    dated: int
    """Where in the log its source last said that day: rows of one day are told apart by nothing else."""
    expected: bool
    """Whether this file, too, would have to list it."""


@dataclass(frozen=True, slots=True)
class RowKind:
    """How a row of one kind is found again in the log: by the fact that begins it."""

    begins: str
    ref_field: str
    parent_field: str | None
    where: Mapping[str, object] = field(default_factory=dict)
    ends: tuple[str, ...] = ()
    """The facts one of which ends it; a row with none is over on its day."""


def hashed(*parts: str) -> str:
    """A short name for these words together; lengths keep two lists of words apart."""
    joined = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(joined.encode()).hexdigest()[:32]


def fact_id(child: str, name: str, ref: str) -> str:
    """The id of a fact that a row states: the same in every file that states it."""
    return hashed(child, name, ref)


def refer(
    statement: ChildStatement, known: Sequence[KnownRow]
) -> tuple[dict[str, str], list[Noted]]:
    """What each row is called, by its place in the file, and which rows have moved."""
    refs = {CHILD_ROW: statement.child}
    moved: list[Noted] = []
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in statement.rows:
        groups.setdefault((row.parent, row.kind), []).append(row)
    for (parent, kind), rows in groups.items():
        if kind == CHILD_ROW:
            continue
        within = refs[parent]
        mine = [one for one in known if (one.kind, one.parent) == (kind, within)]
        found = _found_again(rows, mine)
        moved.extend(
            Noted(row.line, f"{kind}: taken for one whose date was changed")
            for row, one in _pairs(rows, found)
            if row.on != one.on
        )
        refs |= {key: one.ref for key, one in found.items()}
        refs |= _fresh(rows, found, within, {one.ref for one in mine})
    return refs, moved


def _pairs(rows: Sequence[Row], found: Mapping[str, KnownRow]) -> Iterator[tuple[Row, KnownRow]]:
    return ((row, found[row.key]) for row in rows if row.key in found)


def _found_again(rows: Sequence[Row], known: Sequence[KnownRow]) -> dict[str, KnownRow]:
    """Rows known already: first those of the same date, then those left over, in order of date.

    Dates come first because a row put in before others would shift every ordinal after it.
    Rows of one date keep the order in which they were given it: the same file, read again, says the same.
    """
    left = sorted(known, key=lambda one: (one.on, one.dated))
    found: dict[str, KnownRow] = {}
    for row in rows:
        same = next((one for one in left if one.on == row.on), None)
        if same is not None:
            found[row.key] = same
            left.remove(same)
    unfound = sorted(
        (row for row in rows if row.key not in found and row.on is not None),
        key=lambda row: row.on or date.min,
    )
    expected = [one for one in left if one.expected]
    return found | {row.key: one for row, one in zip(unfound, expected, strict=False)}


def _fresh(
    rows: Sequence[Row], found: Mapping[str, KnownRow], within: str, taken: set[str]
) -> dict[str, str]:
    """References for rows not seen before: parent, kind, day, and a number that nobody has."""
    refs: dict[str, str] = {}
    for row in rows:
        if row.key in found:
            continue
        stem = f"{within}/{row.kind}/{row.on or 'undated'}"
        number = 1
        while f"{stem}/{number}" in taken:
            number += 1
        refs[row.key] = f"{stem}/{number}"
        taken.add(refs[row.key])
    return refs


def facts(statement: ChildStatement, refs: Mapping[str, str]) -> tuple[list[Stated], list[Noted]]:
    """Every fact the rows state, and the lines whose fact could not be made."""
    stated: list[Stated] = []
    unreadable: list[Noted] = []
    for row in statement.rows:
        for part in row.parts:
            try:
                said = part.model.model_validate(
                    {
                        name: _resolved(value, refs)
                        for name, value in part.fields.items()
                        if value is not None
                    }
                )
            except ValidationError as error:
                places = "; ".join(
                    f"{'/'.join(map(str, problem['loc']))}: {problem['msg']}"
                    for problem in error.errors(include_input=False, include_url=False)
                )
                unreadable.append(Noted(part.line, f"{part.model.NAME}: {places}"))
                continue
            stated.append(
                Stated(
                    kind="child",
                    subject=statement.child,
                    line=part.line,
                    id=fact_id(statement.child, part.model.NAME, refs[row.key]),
                    said=said,
                    occurred_on=part.on,
                    chosen=part.chosen,
                )
            )
    return stated, unreadable


def _resolved(value: object, refs: Mapping[str, str]) -> object:
    if isinstance(value, Link):
        ref = refs[value.row]
        return f"{ref}/{value.part}" if value.part else ref
    return value
