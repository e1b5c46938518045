"""The people file (CSV): who is who, and who holds which role.

Names and addresses stay in the file and are read from it each time; the log is told opaque ids only.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from domain.errors import UnreadableFile
from domain.facts.authority import PersonAssigned
from formats.statement import Stated, hashed

SOURCE: Final = "people-file"
COLUMNS: Final = ("person_ref", "name", "email", "role", "team_ref", "from_on", "to_on", "covers")
NEEDED: Final = ("person_ref", "name", "email", "role", "from_on")
LARGEST_FILE: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is told, and where."""

    ref: str
    name: str
    email: str


People = Mapping[str, Person]
"""Each person by the opaque id that events carry."""


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """What a people file says: the people, and their roles with the line of each."""

    people: People
    assigned: tuple[tuple[int, PersonAssigned], ...]


def read_people(path: Path) -> People:
    """The people of a file; `UnreadableFile` names every line that is wrong, and nobody."""
    return read_people_file(path).people


def read_people_file(path: Path) -> PeopleFile:
    """The people of a file with their roles; a file with a fault is refused whole."""
    people: dict[str, Person] = {}
    assigned: dict[tuple[object, ...], tuple[int, PersonAssigned]] = {}
    faults: list[str] = []
    for line, row in _rows(path):
        fault = _fault(row)
        person = Person(row["person_ref"], row["name"], row["email"])
        if fault is None and people.setdefault(person.ref, person) != person:
            fault = "the same person_ref stands above with another name or email"
        if fault is None:
            try:
                said = _assignment(row)
            except ValidationError as error:
                fault = _places(error)
            else:
                key = (said.person_ref, said.role, said.team_ref, said.from_on)
                if assigned.setdefault(key, (line, said)) != (line, said):
                    fault = "the same person, role, team and day stand above"
        if fault is not None:
            faults.append(f"{path.name}:{line}: {fault}")
    if faults:
        raise UnreadableFile("; ".join(faults))
    return PeopleFile(people, tuple(assigned.values()))


def stated_by(file: PeopleFile, authority: str) -> Iterator[Stated]:
    """Each role of each person as a fact of the authority's own stream, without name or address."""
    for line, said in file.assigned:
        known_by = hashed(
            said.NAME, said.person_ref, said.role, said.team_ref or "", said.from_on.isoformat()
        )
        yield Stated("authority", authority, line, known_by, said, occurred_on=said.from_on)


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
            values = {name: (row[name] or "").strip() for name in COLUMNS}
            if any(values.values()):
                yield reader.line_num, values
    except UnicodeDecodeError:
        message = f"{path.name}: not UTF-8"
        raise UnreadableFile(message) from None
    except csv.Error as error:
        message = f"{path.name}: {error}"
        raise UnreadableFile(message) from None


def _fault(row: Mapping[str, str]) -> str | None:
    missing = [name for name in NEEDED if not row[name]]
    if missing:
        return f"{', '.join(missing)}: needed"
    if any(not value.isprintable() for value in row.values()):
        return "a control character"
    local, _, host = row["email"].rpartition("@")
    if not local or not host or " " in row["email"]:
        return "email: not an address"
    return None


def _assignment(row: Mapping[str, str]) -> PersonAssigned:
    given = {name: value for name, value in row.items() if value and name not in ("name", "email")}
    return PersonAssigned.model_validate(given)


def _places(error: ValidationError) -> str:
    found = error.errors(include_input=False, include_url=False)
    return "; ".join(
        f"{'/'.join(map(str, one['loc']))}: {one['msg'].removeprefix('Value error, ')}"
        for one in found
    )
