"""The children in need census return (XML, 2021 to 2026), read as a stream of children.

A return holds days and never times, and only what the guide lists; section 9 of the sector's formats,
as `STATES`, says which facts it can date, and so which clocks may be judged by it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from lxml import etree

from domain.calendar import LONDON, london_date
from domain.errors import UnreadableFile
from formats.census_child import child_statement
from formats.census_elements import Contents, Notes, line_of, words_of
from formats.census_episode import ReturnDays
from formats.cloudevents import EARLIEST_YEAR, LATEST_YEAR
from formats.statement import ChildStatement, Noted, Period
from formats.xml_stream import Utf8, elements, local_name, safe_encoding

FIRST_YEAR: Final = 2021
LAST_YEAR: Final = 2026

WHOLE: Final = frozenset({"Header", "Child"})

STATES: Final = (
    "referral-received",
    "case-closed",
    "assessment-started",
    "assessment-authorised",
    "section-47-started",
    "conference-held",
    "plan-started",
    "plan-ended",
    "child-died",
    "child-details-recorded",
)
"""What a return dates to the day.

Not here: what it states without a date (a conference not required), and what it states in part only
(a referral decided on, a strategy meeting held, a review held), since no clock may break for the rest.
"""

LATE_AFTER_HOURS: Final = 24 * 480  # ours: a return comes once a year, some weeks after 31 March
"""How long after what it last said the next return may still come."""


@dataclass(frozen=True, slots=True)
class CensusReturn:
    """What the head of a return says, and how the file is written."""

    path: Path
    encoding: str
    period: Period
    days: ReturnDays
    extracted_at: datetime
    warnings: tuple[Noted, ...]


def read_head(path: Path, authority: str, as_at: datetime | None) -> CensusReturn:
    """The head of a return, once the whole file has proved safe and well formed.

    A file cut short is refused before anything of it is recorded: half a return states nothing.
    """
    encoding = safe_encoding(path)
    found: CensusReturn | None = None
    children = 0
    with path.open("rb") as file:
        for element in elements(Utf8(file, encoding), WHOLE):
            if local_name(element) == "Child":
                children += 1
            elif found is None:
                found = _head(element, path, encoding, authority, as_at)
    if found is None or children == 0:
        message = "not a children in need census: it needs a Header and at least one Child"
        raise UnreadableFile(message)
    return found


def read_children(source: Utf8, census: CensusReturn) -> Iterator[ChildStatement]:
    """Each child of a return, in the file's order; only one is held at a time."""
    for element in elements(source, WHOLE):
        if local_name(element) == "Child":
            yield child_statement(element, census.days)


def _head(
    element: etree._Element, path: Path, encoding: str, authority: str, as_at: datetime | None
) -> CensusReturn:
    notes = Notes()
    head = Contents(element, notes)
    details = head.groups("CollectionDetails")
    sources = head.groups("Source")
    reference_on = _reference_date(details, line_of(element))
    extracted_at = _extracted_at(sources) or as_at
    if extracted_at is None:
        where = f"line {line_of(element)}: the header does not say when it was made (DateTime)"
        message = f"{where}; say it with --as-at"
        raise UnreadableFile(message)
    period = _period(reference_on)
    for source in sources:
        for place in source.words("LEA"):
            if words_of(place) != authority:
                notes.warn(place, f"another authority than {authority}, for which it is read")
    if reference_on != period.to_on:
        notes.warn(element, "the reference date is not a 31 March; read as taken within the year")
    if not FIRST_YEAR <= period.to_on.year <= LAST_YEAR:
        notes.warn(element, f"a return of a year outside {FIRST_YEAR} to {LAST_YEAR}")
    return CensusReturn(
        path=path,
        encoding=encoding,
        period=period,
        days=ReturnDays(reference_on, min(reference_on, london_date(extracted_at))),
        extracted_at=extracted_at.astimezone(UTC),
        warnings=tuple(notes.warnings),
    )


def _reference_date(details: list[Contents], line: int) -> date:
    """The day the return speaks of; the census year's 31 March where only the year is given."""
    for each in details:
        given = each.day("ReferenceDate")
        year = each.number("Year")
        if given:
            return given
        if year and EARLIEST_YEAR <= year <= LATEST_YEAR:
            return date(year, 3, 31)
    message = f"line {line}: the header has no ReferenceDate, so its year is not known"
    raise UnreadableFile(message)


def _period(reference_on: date) -> Period:
    """The census year, 1 April to 31 March, in which the reference date lies."""
    ends = date(reference_on.year, 3, 31)
    if reference_on > ends:
        ends = date(reference_on.year + 1, 3, 31)
    return Period(date(ends.year - 1, 4, 1), ends)


def _extracted_at(sources: list[Contents]) -> datetime | None:
    """When the return was taken out of the case system; without a zone it is London's time."""
    for each in sources:
        for element in each.words("DateTime"):
            try:
                found = datetime.fromisoformat(words_of(element))
            except ValueError:
                continue
            if EARLIEST_YEAR < found.year < LATEST_YEAR:
                return found if found.tzinfo else found.replace(tzinfo=LONDON)
    return None
