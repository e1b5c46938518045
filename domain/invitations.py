"""Who is invited to which sitting of a panel: agencies, or one person of an agency, and up to which day.

It ends with the London day of the sitting, wherever that is put off to, or with a later day that was said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from domain.access_rules import AGENCIES
from domain.facts.authority import (
    PanelInvitationExtended,
    PanelInvitationWithdrawn,
    PanelMemberInvited,
    PanelSittingPostponed,
)
from domain.partners import partner_of
from domain.permission import Post
from domain.standing import Standing

CHANGES: Final = (
    PanelMemberInvited,
    PanelSittingPostponed,
    PanelInvitationExtended,
    PanelInvitationWithdrawn,
)
"""What says, or says anew, who is invited to which day."""
AFTER_ALL: Final = (PanelInvitationExtended, PanelInvitationWithdrawn)
"""What counts after all else that was said at the same instant, in this order."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """An agency, or one person of it, is invited to a sitting."""

    panel: str
    sits_on: date
    agency: str
    person: str | None
    """Nobody in particular: whoever signs in for the agency."""
    since: datetime
    extended_to: date | None = None
    """A later day than that of the sitting up to which it opens, where one was said."""

    @property
    def last_on(self) -> date:
        """The last London day on which it opens anything; it is never over before the sitting is."""
        return max(self.sits_on, self.extended_to or self.sits_on)

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
            case PanelInvitationExtended() as said:
                key = (said.panel, said.sits_on, said.agency, said.person_ref)
                if key in found:
                    found[key] = replace(found[key], extended_to=said.until_on)
            case PanelInvitationWithdrawn() as said:
                found.pop((said.panel, said.sits_on, said.agency, said.person_ref), None)
            case _ as moved:
                assert isinstance(moved, PanelSittingPostponed)
                found = moved_along(found.values(), moved)
    return tuple(found.values())


def in_turn(one: Standing) -> tuple[datetime, datetime, int, UUID]:
    """The order in which these count: what is invited and withdrawn at one instant is withdrawn."""
    after = next((n for n, kind in enumerate(AFTER_ALL, 1) if isinstance(one.fact, kind)), 0)
    return one.earliest, one.recorded_at, after, one.event_id


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
) -> dict[tuple[str, str], date]:
    """Each sitting of an authority to which a person or their agency is invited, and its last day."""
    agencies = {
        AGENCIES[one.role] for one in posts if one.authority == authority and one.role in AGENCIES
    }
    found: dict[tuple[str, str], date] = {}
    for one in standing:
        if one.is_for(person, agencies):
            sitting = (authority, one.sitting)
            found[sitting] = max(one.last_on, found.get(sitting, one.last_on))
    return found
