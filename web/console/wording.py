"""Small turns of phrase that pages share and that `domain.words` has no need of."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from domain.calendar import london_date
from domain.code_sets import CODE_SETS
from formats.people import People

AGENCIES: Final = CODE_SETS["agency"].labels
NAMES: Final[Mapping[str, str]] = {
    "merseyside_police": "Merseyside Police",
    "childrens_social_care": "Children’s social care",
    "childrens_home": "Children’s home",
    "gp": "GP",
    "camhs": "CAMHS",
}
"""Agencies whose code alone would read badly."""


def capital(words: str) -> str:
    """The words with a capital first letter; abbreviations keep theirs."""
    return words[:1].upper() + words[1:]


def say_agency(code: str) -> str:
    """An agency in words; the code itself where it is not known."""
    return NAMES.get(code) or capital(AGENCIES.get(code, code))


def last_day(until: datetime) -> date:
    """The London day that ends at this instant."""
    return london_date(until - timedelta(microseconds=1))


def name_of(people: People, ref: str | None) -> str:
    """A person's name; the opaque id where the people file does not know it."""
    if ref is None:
        return "nobody"
    return people[ref].name if ref in people else ref
