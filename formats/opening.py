"""Opening a file that somebody brings: which format it is, and all that it says, ready to import."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from domain.errors import UnreadableFile
from domain.event import Event
from formats import cin_census, json_lines, people
from formats.census_child import ROW_KINDS
from formats.source_file import EventFile, Place, SourceFile, StatementFile, Told
from formats.statement import ChildStatement, Noted
from formats.xml_stream import Utf8

CIN_CENSUS: Final = "cin-census"
JSON_LINES: Final = "json-lines"
PEOPLE: Final = "people"
FORMATS: Final = (JSON_LINES, CIN_CENSUS, PEOPLE)

LOOKED_AT: Final = 4096
LONGEST_SOURCE: Final = 200


def open_file(
    path: Path,
    authority: str,
    source: str | None = None,
    format: str | None = None,  # noqa: A002 - the word of `daymark import --format`
    as_at: datetime | None = None,
) -> SourceFile:
    """A file ready to be imported into an authority; `UnreadableFile` where it cannot be.

    `source` is who speaks (a return has one of its own, an event file speaks for many); `format` is
    seen from the content unless it is given; `as_at` is when the file was made, where it does not say.
    """
    if not path.is_file():
        message = f"there is no file {path.name}"
        raise UnreadableFile(message)
    if source is not None and not (source.isprintable() and 0 < len(source) <= LONGEST_SOURCE):
        message = f"a source is named in 1 to {LONGEST_SOURCE} printable characters"
        raise UnreadableFile(message)
    match format or format_of(path):
        case "json-lines":
            return _open_json_lines(path, authority, source)
        case "cin-census":
            return _open_census(path, authority, source, as_at)
        case "people":
            return _open_people(path, authority, source, as_at)
        case other:
            message = f"no format is called {other}: there are {', '.join(FORMATS)}"
            raise UnreadableFile(message)


def format_of(path: Path) -> str:
    """The format of a file by what stands at its beginning, whatever the file is called."""
    with path.open("rb") as file:
        beginning = file.read(LOOKED_AT)
    encoding = "utf-16" if beginning[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = beginning.decode(encoding, errors="replace").lstrip()
    if text.startswith("{"):
        return JSON_LINES
    if re.match(r"<\?xml|<!|<([\w.-]+:)?Message\b", text):
        return CIN_CENSUS
    first_line = text.splitlines()[0] if text else ""
    if "person_ref" in re.split(r'[,"\s]+', first_line):
        return PEOPLE
    message = f"{path.name} is of no format that Daymark reads: {', '.join(FORMATS)}"
    raise UnreadableFile(message)


def _open_json_lines(path: Path, authority: str, source: str | None) -> EventFile:
    place = Place()
    return EventFile(
        format=JSON_LINES,
        authority=authority,
        items=_events(path, authority, source, place),
        size=path.stat().st_size,
        place=place,
        source=source,
    )


def _events(path: Path, authority: str, source: str | None, place: Place) -> Iterator[Told | Noted]:
    with path.open("rb") as file:
        for line, read in json_lines.read_lines(file, authority):
            place.read = file.tell()
            if not isinstance(read, Event):
                yield Noted(line, str(read))
            elif source is not None and read.source != source:
                yield Noted(line, f"#/source: another source than {source}, which was named")
            else:
                yield Told(line, read)


def _open_census(
    path: Path, authority: str, source: str | None, as_at: datetime | None
) -> StatementFile:
    census = cin_census.read_head(path, authority, as_at)
    place = Place()
    return StatementFile(
        format=CIN_CENSUS,
        authority=authority,
        items=_children(census, place),
        size=path.stat().st_size,
        place=place,
        source=source or f"/files/{CIN_CENSUS}/{authority}",
        states=cin_census.STATES,
        period=census.period,
        extracted_at=census.extracted_at,
        late_after_hours=cin_census.LATE_AFTER_HOURS,
        row_kinds=ROW_KINDS,
        warnings=census.warnings,
    )


def _children(census: cin_census.CensusReturn, place: Place) -> Iterator[ChildStatement]:
    with census.path.open("rb") as file:
        for statement in cin_census.read_children(Utf8(file, census.encoding), census):
            place.read = file.tell()
            yield statement


def _open_people(
    path: Path, authority: str, source: str | None, as_at: datetime | None
) -> StatementFile:
    if as_at is None:
        message = f"{path.name}: a people file does not say when it was made: say it with --as-at"
        raise UnreadableFile(message)
    file = people.read_people_file(path)
    return StatementFile(
        format=PEOPLE,
        authority=authority,
        items=people.stated_by(file, authority),
        size=path.stat().st_size,
        place=Place(),
        source=source or people.SOURCE,
        states=tuple(kind.NAME for kind in people.KINDS.values()),
        period=None,
        extracted_at=as_at,
    )
