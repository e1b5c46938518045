"""Whom a rung tells, and at which hours."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from domain.authority import Authority
from domain.calendar import WorkingDays
from domain.child_episode import ChildEpisode, team_of
from domain.engine_events import ManagerNotified
from domain.raised import HandedOver, Raised
from domain.rights import admitted
from domain.telling_hours import working_moment
from domain.timescales import Breach, Ladder, Rung

TEAM_ROLES: Final = frozenset({"team_manager"})
"""The roles that are held in a team: a child without a team has nobody in them."""
DIRECTOR: Final = "director_of_childrens_services"
"""Who is told that a restricted clock is late where nobody on its ladder may see the record."""
OWNER: Final = "owner"
"""As what somebody is told to whom a clock was handed over."""


@dataclass(frozen=True, slots=True)
class Whom:
    """The people a rung tells, and as what."""

    role: str
    people: tuple[str, ...]
    unheld: bool = False
    """Whether nobody holds the role, so that they are told in its stead."""


def role_at(rung: Rung, ladder: Ladder, at: datetime, calendar: WorkingDays) -> str:
    """The role that is told: out of hours another may stand in for the rungs told of warnings."""
    if ladder.stands_in is None or isinstance(rung.told, Breach):
        return rung.role
    return rung.role if working_moment(at, calendar) == at else ladder.stands_in


def whom(
    one: Raised,
    rung: Rung,
    episode: ChildEpisode,
    authority: Authority,
    at: datetime,
    role: str | None = None,
) -> Whom:
    """The people a rung tells at an instant, of those who may know of the record.

    Where no rung of the ladder has any, a director is told once, and only that a restricted clock is.
    """
    found = meant(one, rung, episode, authority, at, role)
    people = admitted(episode.history, episode.standing, found.people)
    if people or not found.people:
        return replace(found, people=people)
    rungs = (meant(one, each, episode, authority, at) for each in one.ladder.rungs)
    if any(admitted(episode.history, episode.standing, each.people) for each in rungs):
        return replace(found, people=())
    if any(event.role == DIRECTOR and event.rung != rung.rung for event, _ in one.told):
        # They know already, and no rung above would learn more.
        return replace(found, people=())
    return Whom(DIRECTOR, authority.staff.anywhere(DIRECTOR, at))


def meant(
    one: Raised,
    rung: Rung,
    episode: ChildEpisode,
    authority: Authority,
    at: datetime,
    role: str | None = None,
) -> Whom:
    """Whom a rung is meant for, restricted or not; whoever keeps the queue where nobody holds its role.

    A rung that was told keeps the role under which it was, whatever the hour is now.
    """
    staff, team = authority.staff, team_of(episode)
    if rung.told == "warning" and (owner := handed_to(one.handed, authority, at)):
        return Whom(OWNER, (owner,))
    role = role or role_at(rung, one.ladder, at, authority.calendar)
    people = staff.holders(role, at, team)
    if not people and episode.kind == "authority":
        # What is no child's is no team's: whoever holds the role in any team is meant.
        people = staff.anywhere(role, at)
    if not people and role != rung.role:  # nobody stands in
        role, people = rung.role, staff.holders(rung.role, at, team)
    if not people and (role in TEAM_ROLES or not isinstance(rung.told, Breach)):
        return Whom(role, staff.keepers(at), unheld=True)
    return Whom(role, people)


def handed_to(handed: HandedOver | None, authority: Authority, at: datetime) -> str | None:
    """To whom a clock is handed over at an instant; nobody once that has ended or they have gone."""
    if handed is None:
        return None
    said, since = handed
    gone = authority.staff.gone(said.owner, since)
    return said.owner if at < said.until and (gone is None or at < gone[0]) else None


def joining(
    one: Raised,
    rung: Rung,
    episode: ChildEpisode,
    authority: Authority,
    after: datetime,
    mine: Sequence[ManagerNotified],
) -> tuple[datetime, Whom] | None:
    """When, by date alone, a rung that was told first has people who were not; and who they are."""
    told = {event.person for event in mine}
    role = role_of(rung, one.ladder, mine)
    edges = {*authority.staff.changes(role or rung.role, after)}
    if one.handed is not None:
        said, since = one.handed
        gone = authority.staff.gone(said.owner, since)
        edges |= {at for at in (said.until, gone[0] if gone else None) if at and at > after}
    for at in sorted(edges):
        found = whom(one, rung, episode, authority, at, role)
        if new := tuple(person for person in found.people if person not in told):
            return at, replace(found, people=new)
    return None


def role_of(rung: Rung, ladder: Ladder, mine: Sequence[ManagerNotified]) -> str | None:
    """The role under which a rung was told first; nothing while it has not been."""
    return next((one.role for one in mine if one.role in {rung.role, ladder.stands_in}), None)


def may_know(episode: ChildEpisode, person: str | None) -> bool:
    """Whether a person may be told whose a clock is."""
    return person is None or admitted(episode.history, episode.standing, [person]) != ()
