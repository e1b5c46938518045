"""Who is told at once that a record was forced open: whoever answers for it, and who watches over looks."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from domain.access_events import ForcedAccessTold
from domain.authority import Authority
from domain.child_episode import ChildEpisode, team_of
from domain.event import Event
from domain.rights import Forced, family_of, forced, restriction

OWNER: Final = "owner"
MANAGER: Final = "team_manager"
GOVERNANCE: Final = "information_governance_officer"


class ToTell(NamedTuple):
    """One person who must be told of one opening."""

    opened: Forced
    role: str
    person: str


def to_tell(episode: ChildEpisode, authority: Authority, now: datetime) -> Iterator[ToTell]:
    """Everybody who was not told yet of a record that is forced open now; never whoever did it."""
    told = {
        (one.event.said.forced, one.event.said.person)
        for one in episode.history
        if isinstance(one.event.said, ForcedAccessTold)
    }
    family = family_of(episode.standing)
    for opened in forced(episode.history):
        if now >= opened.until:
            continue
        whom = dict.fromkeys(authority.staff.anywhere(GOVERNANCE, now), GOVERNANCE)
        whom |= dict.fromkeys(owners(episode, authority, now), OWNER)
        for person, role in whom.items():
            withheld = person in family or person == opened.person
            if not withheld and (opened.event_id, person) not in told:
                yield ToTell(opened, role, person)


def owners(episode: ChildEpisode, authority: Authority, now: datetime) -> tuple[str, ...]:
    """Who answers for a record: those named where it is restricted, else the team's managers."""
    closed = restriction(episode.history)
    if closed is not None:
        return tuple(sorted(closed.named))
    staff = authority.staff
    return staff.holders(MANAGER, now, team_of(episode)) or staff.keepers(now)


def told_event(episode: ChildEpisode, one: ToTell, now: datetime, failure: str | None) -> Event:
    """The record that somebody was told, or could not be."""
    return Event(
        authority=episode.authority,
        kind="child",
        subject=episode.child,
        source=f"forced-access/{one.opened.event_id.hex}",
        id=f"told/{one.person}",
        said=ForcedAccessTold(
            forced=one.opened.event_id,
            role=one.role,
            person=one.person,
            delivered=failure is None,
            failure=failure,
        ),
        occurred_at=now,
    )
