"""Small turns of phrase that pages share and that `domain.words` has no need of."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from domain.calendar import london_date
from domain.code_sets import CODE_SETS
from formats.people import People

AGENCIES: Final = CODE_SETS["agency"].labels
PARTNERS: Final[Mapping[str, str]] = {
    "merseyside_police": "police",
    "sexual_health_service": "health",
    "community_health_care": "health",
    "health_other": "health",
    "gp": "health",
    "camhs": "health",
    "hospital": "health",
}
"""The partner who signs in for an agency, where that is not the agency's own name."""


def capital(words: str) -> str:
    """The words with a capital first letter; abbreviations keep theirs."""
    return words[:1].upper() + words[1:]


def partner_of(code: str) -> str:
    """Which partner answers for an agency; the agency itself where none is named for it."""
    return PARTNERS.get(code, code)


def last_day(until: datetime) -> date:
    """The London day that ends at this instant."""
    return london_date(until - timedelta(microseconds=1))


def name_of(people: People, ref: str | None) -> str:
    """A person's name; the opaque id where the people file does not know it."""
    if ref is None:
        return "nobody"
    return people[ref].name if ref in people else ref
