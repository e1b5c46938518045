"""Small turns of phrase that pages share and that `domain.words` has no need of."""

from datetime import date, datetime, timedelta
from typing import Final

from domain.authority import Authority
from domain.calendar import london_date
from domain.code_sets import CODE_SETS
from domain.going_live import said_of_shadows
from domain.words import say_title
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


def shadows_in_words(authority: Authority, now: datetime) -> str:
    """Whether anybody is not told of something, in a sentence that calls each rule by its title."""
    rules = authority.policy.by_id
    said = said_of_shadows(
        authority.going_live, [*rules], now, called=lambda one: say_title(rules[one])
    )
    return capital(said.removeprefix("IN SHADOW: "))
