"""The whole year of each first-line manager: what is sampled, and how it is scaled."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from domain.authority import Authority
from tests.alert_budget.played import Played
from tests.alert_budget.year import (
    JUDGED,
    PUBLISHED,
    Maker,
    Story,
    a_team,
    contacts,
    early_help,
    exploitation,
    missing,
    referrals,
)

SEED: Final = "a year in Sefton"
MOST: Final = 5.0
"""How many single messages a working week a first-line manager may get, on average over a year."""


NIGHT: Final = "emergency_duty_team"
"""A first-line manager too, of everybody's children while the others sleep."""


@dataclass(frozen=True)
class Sample:
    """Cases of one kind over the whole year, one in so many of what one manager has."""

    manager: str
    of: float
    """How many cases of the kind this manager has in a year."""
    one_in: int

    @property
    def number(self) -> int:
        """How many of them are played."""
        return max(1, round(self.of / self.one_in))


SAMPLES: Final[Mapping[str, Sample]] = {
    "contacts": Sample("mash_team_manager", PUBLISHED["contacts"], 5),
    "referrals": Sample("mash_team_manager", PUBLISHED["referrals"], 5),
    "exploitation": Sample("mash_team_manager", PUBLISHED["exploitation_referrals"], 2),
    "early help": Sample(
        "early_help_team_manager", JUDGED["early_help_plans"] / JUDGED["early_help_managers"], 2
    ),
    "missing": Sample("return_interview_team_manager", JUDGED["missing_episodes"], 1),
    "team": Sample("team_manager", 1, 2),
}
"""What is played: every kind of case, all year round."""


def stories(kind: str, seed: str = SEED) -> Iterator[Story]:
    """The stories of one sample."""
    make, number = Maker(f"{seed}/{kind}"), SAMPLES[kind].number
    if kind == "team":
        return a_team(make, 1 / SAMPLES[kind].one_in)
    kinds = {
        "contacts": contacts,
        "referrals": referrals,
        "exploitation": exploitation,
        "early help": early_help,
        "missing": missing,
    }
    return kinds[kind](make, number)


def a_year(authority: Authority, seed: str = SEED) -> dict[str, Played]:
    """Every sample played by an authority's rules, while nobody answers anything."""
    return {kind: Played().play(stories(kind, seed), authority) for kind in SAMPLES}


def singles_a_week(year: Mapping[str, Played]) -> dict[str, float]:
    """Single messages a working week to each first-line manager, scaled from the samples."""
    found: dict[str, float] = {}
    for kind, played in year.items():
        sample = SAMPLES[kind]
        own = played.a_week(sample.manager) * sample.one_in
        found[sample.manager] = found.get(sample.manager, 0.0) + own
        # Who is told at night and at weekends is told of every kind of case.
        night = played.a_week(NIGHT) * sample.one_in
        found[NIGHT] = found.get(NIGHT, 0.0) + night
    return found


def left_undone(seed: str = SEED) -> Iterator[Story]:
    """Cases that are begun and then left: of each kind some, with what began them and nothing after."""
    make = Maker(f"{seed}/left undone")
    for made in (contacts(make, 5), referrals(make, 5), exploitation(make, 5), early_help(make, 5)):
        yield from (Story(f"{one.name}, left", one.told[:1]) for one in made)
    yield from (Story(f"{one.name}, left", one.told[:3]) for one in a_team(make, 0.1))
