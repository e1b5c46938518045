"""Small turns of phrase that pages share and that `domain.words` has no need of."""

from datetime import date, datetime, timedelta
from typing import Final

from domain.calendar import london_date
from domain.code_sets import CODE_SETS
from formats.people import People

AGENCIES: Final = CODE_SETS["agency"].labels


def capital(words: str) -> str:
    """The words with a capital first letter; abbreviations keep theirs."""
    return words[:1].upper() + words[1:]


def last_day(until: datetime) -> date:
    """The London day that ends at this instant."""
    return london_date(until - timedelta(microseconds=1))


def name_of(people: People, ref: str | None) -> str:
    """A person's name; the opaque id where the people file does not know it."""
    if ref is None:
        return "nobody"
    return people[ref].name if ref in people else ref
