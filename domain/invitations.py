"""Who is invited to which sitting of a panel: agencies, or one person of an agency, until it is withdrawn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from domain.facts.authority import (
    PanelInvitationWithdrawn,
    PanelMemberInvited,
    PanelSittingPostponed,
)
from domain.partners import partner_of
from domain.permission import AGENCIES, Post
from domain.standing import Standing

CHANGES: Final = (PanelMemberInvited, PanelInvitationWithdrawn, PanelSittingPostponed)
"""What says, or says anew, who is invited to which day."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """An agency, or one person of it, is invited to a sitting."""

    panel: str
    sits_on: date
    agency: str
    person: str | None
    """Nobody in particular: whoever signs in for the agency."""
    since: datetime

    @property
    def sitting(self) -> str:
        """The sitting, as the rules ask of it."""
        return called(self.panel, self.sits_on)

    def is_for(self, person: str | None, agencies: Iterable[str]) -> bool:
        """Whether it is for a person, who is of these partners."""
        if self.person is not None:
            return self.person == person
        return partner_of(self.agency) in agencies


def called(panel: str, on: date) -> str:
    """A sitting as the rules ask of it, which is also how addresses name it."""
    return f"{panel}/{on}"


def invitations(facts: Sequence[Standing]) -> tuple[Invitation, ...]:
    """Every invitation that stands; one goes along with a sitting that is put off, and ends with it."""
    found: dict[tuple[str, date, str, str | None], Invitation] = {}
    told = (one for one in facts if isinstance(one.fact, CHANGES))
    for one in sorted(told, key=in_turn):
        match one.fact:
            case PanelMemberInvited() as said:
                key = (said.panel, said.sits_on, said.agency, said.person_ref)
                found.setdefault(key, Invitation(*key, one.earliest))
            case PanelInvitationWithdrawn() as said:
                found.pop((said.panel, said.sits_on, said.agency, said.person_ref), None)
            case _ as moved:
                assert isinstance(moved, PanelSittingPostponed)
                found = moved_along(found.values(), moved)
    return tuple(found.values())


def in_turn(one: Standing) -> tuple[datetime, datetime, bool, UUID]:
    """The order in which these count: what is invited and withdrawn at one instant is withdrawn."""
    ends = isinstance(one.fact, PanelInvitationWithdrawn)
    return one.earliest, one.recorded_at, ends, one.event_id


def moved_along(
    standing: Iterable[Invitation], said: PanelSittingPostponed
) -> dict[tuple[str, date, str, str | None], Invitation]:
    """The invitations after a sitting was moved, or will not be held."""
    found: dict[tuple[str, date, str, str | None], Invitation] = {}
    for one in standing:
        if (one.panel, one.sits_on) == (said.panel, said.sits_on):
            if said.moved_to is None:
                continue
            one = replace(one, sits_on=said.moved_to)  # noqa: PLW2901  (the same, on another day)
        found.setdefault((one.panel, one.sits_on, one.agency, one.person), one)
    return found


def invited_to(
    standing: Iterable[Invitation], authority: str, person: str | None, posts: Iterable[Post]
) -> frozenset[tuple[str, str]]:
    """Each sitting of an authority to which a person is invited, for themselves or for their agency."""
    agencies = {
        AGENCIES[one.role] for one in posts if one.authority == authority and one.role in AGENCIES
    }
    return frozenset((authority, one.sitting) for one in standing if one.is_for(person, agencies))
