"""The people file (CSV): who is who, and who holds which role, is on duty, is away, and in which team.

Names and addresses stay in the file and are read from it each time; the log is told opaque ids only.
A row is a `role`, unless its column `kind` says `shift`, `away` or `team`.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, cast, get_args
from typing import Literal as OneOf

from pydantic import ValidationError

from domain.calendar import LONDON
from domain.errors import UnreadableFile
from domain.facts.authority import PersonAssigned, PersonAway, ShiftRostered, TeamPlaced
from formats.statement import Stated, hashed

SOURCE: Final = "people-file"
COLUMNS: Final = ("person_ref", "name", "email", "role", "team_ref", "from_on", "to_on", "covers")
MAY_STAND: Final = ("kind", "from_at", "to_at", "within", "channel", "webhook")
"""Columns that a file may leave out."""
LARGEST_FILE: Final = 16 * 1024 * 1024

Reached = OneOf["email", "teams", "notify"]
Said = PersonAssigned | ShiftRostered | PersonAway | TeamPlaced

KINDS: Final[Mapping[str, type[Said]]] = {
    "role": PersonAssigned,
    "shift": ShiftRostered,
    "away": PersonAway,
    "team": TeamPlaced,
}
"""What a row of each kind states."""
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "role": ("person_ref", "name", "email", "role", "from_on"),
    "shift": ("person_ref", "role", "from_at", "to_at"),
    "away": ("person_ref", "from_on"),
    "team": ("team_ref", "from_on"),
}
"""What a row of each kind cannot do without."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is told, and where."""

    ref: str
    name: str
    email: str
    channel: Reached = "email"
    """How they are told what is told singly; a digest is always an e-mail."""
    webhook: str | None = None
    """Where their Teams channel takes messages."""


People = Mapping[str, Person]
"""Each person by the opaque id that events carry."""


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """What a people file says: the people, and everything stated of them with the line of each."""

    people: People
    assigned: tuple[tuple[int, Said], ...]


def read_people(path: Path) -> People:
    """The people of a file; `UnreadableFile` names every line that is wrong, and nobody."""
    return read_people_file(path).people


def read_people_file(path: Path) -> PeopleFile:
    """The people of a file with what they do; a file with a fault is refused whole."""
    people: dict[str, Person] = {}
    stated: dict[tuple[object, ...], tuple[int, Said]] = {}
    named: dict[str, int] = {}
    faults: list[str] = []
    for line, row in _rows(path):
        kind = row["kind"] or "role"
        fault = _fault(row, kind)
        if fault is None and kind == "role":
            fault = _meet(people, row)
        if fault is None:
            named.setdefault(row["person_ref"], line)
            try:
                said = _said(row, kind)
            except ValidationError as error:
                fault = _places(error)
            else:
                if stated.setdefault(_key(said), (line, said)) != (line, said):
                    fault = f"the same {SAME[kind]} stand above"
        if fault is not None:
            faults.append(f"{path.name}:{line}: {fault}")
    strangers = sorted((line, ref) for ref, line in named.items() if ref and ref not in people)
    if not faults:
        faults = [
            f"{path.name}:{line}: person_ref: has no row with a role" for line, _ in strangers
        ]
    if faults:
        raise UnreadableFile("; ".join(faults))
    return PeopleFile(people, tuple(stated.values()))


SAME: Final[Mapping[str, str]] = {
    "role": "person, role, team and day",
    "shift": "person, role, team and beginning",
    "away": "person and day",
    "team": "team and day",
}
"""What two rows of a kind may not have in common."""


def _key(said: Said) -> tuple[str, ...]:
    """What a statement is known by in every import."""
    match said:
        case PersonAssigned():
            parts = said.person_ref, said.role, said.team_ref or "", said.from_on.isoformat()
        case ShiftRostered():
            parts = said.person_ref, said.role, said.team_ref or "", said.from_at.isoformat()
        case PersonAway():
            return said.NAME, said.person_ref, said.from_on.isoformat()
        case _:  # a team's place
            return said.NAME, said.team_ref, said.from_on.isoformat()
    return said.NAME, *parts


def stated_by(file: PeopleFile, authority: str) -> Iterator[Stated]:
    """Each row as a fact of the authority's own stream, without name or address."""
    for line, said in file.assigned:
        at = said.from_at if isinstance(said, ShiftRostered) else None
        on = None if isinstance(said, ShiftRostered) else said.from_on
        known_by = hashed(*_key(said))
        yield Stated(
            "authority",
            authority,
            line,
            known_by,
            said,
            occurred_at=at,
            occurred_on=on,
            # A shift is known by when it begins, so that cannot be what has changed of it.
            chosen=at is not None,
        )


def _meet(people: dict[str, Person], row: Mapping[str, str]) -> str | None:
    """Take in who somebody is and how they are told; every row of theirs must agree."""
    person = Person(row["person_ref"], row["name"], row["email"])
    known = people.setdefault(person.ref, person)
    if (known.name, known.email) != (person.name, person.email):
        return "the same person_ref stands above with another name or email"
    channel, webhook = row["channel"], row["webhook"]
    if channel and channel not in get_args(Reached):
        return f"channel: one of {', '.join(get_args(Reached))}"
    if channel:
        known = replace(known, channel=cast("Reached", channel))
    if webhook:
        known = replace(known, webhook=webhook)
    if known.channel == "teams" and known.webhook is None:
        return "webhook: needed where the channel is teams"
    people[person.ref] = known
    return None


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Every row that is not blank with its line, each value without the space around it."""
    if path.stat().st_size > LARGEST_FILE:
        message = f"{path.name}: larger than {LARGEST_FILE // 1024 // 1024} MiB"
        raise UnreadableFile(message)
    try:
        # utf-8-sig: spreadsheets put a byte order mark before the first column's name.
        reader = csv.DictReader(io.StringIO(path.read_text("utf-8-sig")), strict=True)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            message = f"{path.name}:1: no column {', '.join(missing)}"
            raise UnreadableFile(message)
        for row in reader:
            values = {name: (row.get(name) or "").strip() for name in (*COLUMNS, *MAY_STAND)}
            if any(values.values()):
                yield reader.line_num, values
    except UnicodeDecodeError:
        message = f"{path.name}: not UTF-8"
        raise UnreadableFile(message) from None
    except csv.Error as error:
        message = f"{path.name}: {error}"
        raise UnreadableFile(message) from None


def _fault(row: Mapping[str, str], kind: str) -> str | None:
    if kind not in KINDS:
        return f"kind: one of {', '.join(KINDS)}"
    missing = [name for name in NEEDED[kind] if not row[name]]
    if missing:
        return f"{', '.join(missing)}: needed"
    if any(not value.isprintable() for value in row.values()):
        return "a control character"
    local, _, host = row["email"].rpartition("@")
    if kind == "role" and (not local or not host or " " in row["email"]):
        return "email: not an address"
    return None


def _said(row: Mapping[str, str], kind: str) -> Said:
    """What a row states; a time without a zone is London's."""
    model = KINDS[kind]
    given: dict[str, object] = {
        name: value for name, value in row.items() if value and name in model.model_fields
    }
    for name in ("from_at", "to_at"):
        try:
            at = datetime.fromisoformat(str(given[name]))
        except (KeyError, ValueError):
            continue  # the model says what is wrong with it
        given[name] = at if at.tzinfo else at.replace(tzinfo=LONDON)
    return model.model_validate(given)


def _places(error: ValidationError) -> str:
    found = error.errors(include_input=False, include_url=False)
    return "; ".join(
        f"{'/'.join(map(str, one['loc']))}: {one['msg'].removeprefix('Value error, ')}"
        for one in found
    )
