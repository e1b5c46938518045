"""School terms: on which days the schools of an authority are open, as it has published and adopted them.

Nothing is guessed: a day that no table holds cannot be counted.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from domain.calendar import ONE_DAY, SATURDAY, WorkingDays, days_from, preamble_of
from domain.errors import UnreadablePolicy

COUNTS: Final = "school-days"
"""What the preamble says that such a table counts."""
ROW: Final = "write each line like term,2015-09-03,2015-10-23,Autumn term"


class Term(NamedTuple):
    """A term, or half of one: both days are school days unless they are closed."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, eq=False)
class SchoolTerms(WorkingDays):
    """Monday to Friday within the terms, less the days on which schools are closed.

    It is counted like working days; a holiday is any other weekday, by its name.
    """

    terms: tuple[Term, ...] = ()

    def term_of(self, day: date) -> Term | None:
        """The term in which a day lies; nothing in the holidays."""
        return next((one for one in self.terms if one.first <= day <= one.last), None)

    def first_of(self, start: date, count: int) -> date:
        """The school day that is `count`, the first school day from the start on being day 1."""
        first = start if self.is_working(start) else self.add(start, 1)
        return self.add(first, count - 1)

    def must_be_closed(self, holidays: Mapping[date, str]) -> Iterator[tuple[date, str]]:
        """The bank holidays that lie in a term and were not said to be closed."""
        for on, name in sorted(holidays.items()):
            if self.begins <= on <= self.expires and self.is_working(on):
                yield on, name


def read_school_terms(text: str) -> SchoolTerms:
    """The terms that a table describes: a preamble of name,value lines, an empty line, then days.

    Raises UnreadablePolicy, which names the line.
    """
    told, lines = preamble_of(text, "school terms", "calendar", "source", "begins", "expires")
    terms: list[Term] = []
    closed: dict[date, str] = {}
    for number, line in lines:
        kind, first, last, name = row(number, line)
        if kind == "term":
            terms.append(Term(name, first, last))
        else:
            closed |= dict.fromkeys(days_from(first, last), name)
    begins, expires = (day_of(told[name]) for name in ("begins", "expires"))
    refuse_gaps(sorted(terms, key=first_day), begins, expires)
    return school_terms(
        told["calendar"][1],
        told["source"][1],
        (begins, expires),
        sorted(terms, key=first_day),
        closed,
        hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest(),
    )


def first_day(term: Term) -> date:
    """The day on which a term begins."""
    return term.first


def day_of(said: tuple[int, str]) -> date:
    """A day of the preamble, given with its line."""
    number, value = said
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        message = f"school terms:{number}: write the day like 2015-09-01"
        raise UnreadablePolicy(message) from error


def row(number: int, line: str) -> tuple[str, date, date, str]:
    """One line of the table: what it is, from which day to which, and its name."""
    try:
        kind, first, last, name = (part.strip() for part in line.split(",", 3))
        days = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError as error:
        message = f"school terms:{number}: {ROW}"
        raise UnreadablePolicy(message) from error
    if kind not in {"term", "closed"} or not name or days[1] < days[0]:
        message = f"school terms:{number}: {ROW}, or closed,2015-10-05,,Training day"
        raise UnreadablePolicy(message)
    return kind, *days, name


def refuse_gaps(terms: Sequence[Term], begins: date, expires: date) -> None:
    """Refuse terms that overlap, that lie beyond the days of the table, or that are none."""
    reason = "" if terms else "no term is named"
    for one, other in pairwise(terms):
        if other.first <= one.last:
            reason = f"{other.name} begins before {one.name} ends"
    if terms and (terms[0].first < begins or expires < max(one.last for one in terms)):
        reason = f"a term lies beyond {begins} to {expires}, the days that the table speaks of"
    if reason:
        message = f"school terms:1: {reason}"
        raise UnreadablePolicy(message)


def school_terms(
    name: str,
    source: str,
    span: tuple[date, date],
    terms: Sequence[Term],
    closed: Mapping[date, str],
    sha256: str,
) -> SchoolTerms:
    """The terms with every weekday that is no school day by its name."""
    weekdays = [day for day in days_from(*span) if day.weekday() < SATURDAY]
    open_days = {day for one in terms for day in days_from(one.first, one.last)} - closed.keys()
    holidays = {
        day: closed.get(day) or between(day, terms) for day in weekdays if day not in open_days
    }
    ordinals = tuple(day.toordinal() for day in weekdays if day in open_days)
    return SchoolTerms(name, source, *span, sha256, holidays, ordinals, tuple(terms))


def between(day: date, terms: Sequence[Term]) -> str:
    """The name of a holiday, by the terms it lies between."""
    before = [one.name for one in terms if one.last < day]
    after = [one.name for one in terms if one.first > day]
    if before and after:
        return f"school holiday between {before[-1]} and {after[0]}"
    return f"school holiday after {before[-1]}" if before else f"school holiday before {after[0]}"


def joined(older: SchoolTerms, newer: SchoolTerms) -> SchoolTerms:
    """The newer terms from their first day on, and the older ones until then.

    Where days lie between them of which neither speaks, the newer ones stand alone.
    """
    if not older.begins < newer.begins <= older.expires + ONE_DAY:
        return newer
    until = newer.begins - timedelta(days=1)
    kept = [
        Term(one.name, one.first, min(one.last, until)) for one in older.terms if one.first <= until
    ]
    return SchoolTerms(
        newer.id,
        newer.source,
        older.begins,
        newer.expires,
        hashlib.sha256(f"{older.sha256}{newer.sha256}".encode()).hexdigest(),
        {**{on: name for on, name in older.holidays.items() if on <= until}, **newer.holidays},
        (*(n for n in older.ordinals if n <= until.toordinal()), *newer.ordinals),
        (*kept, *newer.terms),
    )
