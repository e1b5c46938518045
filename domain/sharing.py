"""What each member of a panel is given of its agendas, by the sharing agreement as it was recorded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.access_rules import AGENCIES
from domain.calendar import london_date
from domain.facts.authority import PanelSharingAgreed
from domain.invitations import Invitation
from domain.partners import partner_of
from domain.permission import Post
from domain.standing import Standing

EVERYTHING: Final = "everything"
OWN: Final = "own"
REFERENCES: Final = "references"
WIDEST_FIRST: Final = (EVERYTHING, OWN, REFERENCES)


@dataclass(frozen=True, slots=True)
class Share:
    """How much a member is given, and by which agreement."""

    shares: str = REFERENCES
    agreement: str | None = None
    """How the agreement is called; nothing where none is recorded, and the least is given."""
    since: date | None = None
    """The London day from which it holds."""


LEAST: Final = Share()
"""What is given as long as no agreement is recorded: a reference tells only whoever holds it already."""

Agreed = dict[str | None, Share]
"""What is given to each member of a panel; under no name, to every member of whom nothing else is said."""


def agreed(facts: Iterable[Standing], panel: str) -> Agreed:
    """What a panel's members are given, as last said; what no list knows gives the least."""
    found: Agreed = {}
    told = [one for one in facts if isinstance(one.fact, PanelSharingAgreed)]
    for one in sorted(told, key=lambda one: (one.earliest, one.recorded_at, one.event_id)):
        said = one.fact
        assert isinstance(said, PanelSharingAgreed)
        if said.panel == panel:
            shares = said.shares if said.shares in WIDEST_FIRST else REFERENCES
            found[said.agency] = Share(shares, said.agreement, london_date(one.earliest))
    return found


def share_of(known: Agreed, agencies: Sequence[str]) -> Share:
    """What is given to whoever comes for these members: the widest of what each of them is given."""
    shares = [share_of_one(known, one) for one in agencies]
    return min(shares, key=lambda one: WIDEST_FIRST.index(one.shares), default=LEAST)


def share_of_one(known: Agreed, agency: str) -> Share:
    """What one member is given: by its own name, by that of its partner, or as all others."""
    for name in (agency, partner_of(agency), None):
        if name in known:
            return known[name]
    return LEAST


def is_theirs(agency: str, agencies: Iterable[str]) -> bool:
    """Whether what an agency does is the business of whoever comes for these members."""
    return any(
        agency == one or partner_of(agency) == one or agency == partner_of(one) for one in agencies
    )


def comes_for(
    invited: Iterable[Invitation],
    authority: str,
    person: str | None,
    posts: Iterable[Post],
    today: date,
) -> tuple[str, ...]:
    """The members for whom a person is invited today, by name or by the agency they sign in for."""
    partners = {
        AGENCIES[one.role] for one in posts if one.authority == authority and one.role in AGENCIES
    }
    theirs = (one for one in invited if today <= one.last_on and one.is_for(person, partners))
    return tuple(dict.fromkeys(one.agency for one in theirs))
