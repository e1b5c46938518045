"""Whose a clock is, and when it is nobody's.

The owner is who must do something about it; whoever was told need not be the owner.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.authority import Authority
from domain.child_episode import ChildEpisode, team_of
from domain.clocks import Clock
from domain.raised import HandedOver, Raised, handed_over, law_of
from domain.rungs import OWNER, TEAM_ROLES, handed_to
from domain.timescales import Rung

Why = Literal["no-team", "nobody"]
"""Why a clock is nobody's: the child has no team, or nobody holds the role."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who must do something about a clock, and why it is they."""

    by: Literal["promise", "handover", "role", "queue"]
    people: tuple[str, ...]
    """By opaque id; several where several hold the role, nobody where not even the queue has a name."""
    role: str
    until: datetime | None = None
    """The end of the promised or handed-over time."""


@dataclass(frozen=True, slots=True)
class Unheld:
    """A time during which a clock is nobody's."""

    why: Why
    role: str
    from_at: datetime
    to_at: datetime | None
    """Its end, so far as that is known by date alone."""


def owner_of(
    clock: Clock,
    episode: ChildEpisode,
    authority: Authority,
    raised: Iterable[Raised],
    at: datetime,
) -> Owner:
    """Whose a clock is at an instant: who promised, who was given it, who holds the role, or the queue."""
    mine = [one for one in raised if one.key == clock.key]
    for one in mine:
        if one.promise is not None and one.promised_at is not None and not one.superseded:
            gone = authority.staff.gone(one.promise.owner, one.promised_at)
            if at < one.promise.until and (gone is None or at < gone[0]):
                return Owner("promise", (one.promise.owner,), OWNER, one.promise.until)
    handed = handed_over(episode).get(clock.key)
    if handed is not None and (person := handed_to(handed, authority, at)):
        return Owner("handover", (person,), OWNER, handed[0].until)
    role = first_rung(clock, authority).role
    people = authority.staff.holders(role, at, team_of(episode))
    if people:
        return Owner("role", people, role)
    return Owner("queue", authority.staff.keepers(at), role)


def first_rung(clock: Clock, authority: Authority) -> Rung:
    """The lowest rung of a clock's ladder that may act: who answers for it before anybody above."""
    rungs = law_of(authority, clock).ladders[clock.timescale.ladder].rungs
    return next((rung for rung in rungs if not rung.watcher), rungs[0])


def has_stopped(clock: Clock, at: datetime) -> bool:
    """Whether something has ended a clock by an instant."""
    return clock.stop is not None and clock.stop.earliest <= at


def unheld(
    clock: Clock,
    episode: ChildEpisode,
    authority: Authority,
    raised: Iterable[Raised],
    since: datetime,
) -> Iterator[Unheld]:
    """The times from an instant on during which a clock that runs is nobody's, known by date alone."""
    rungs = law_of(authority, clock).ladders[clock.timescale.ladder].rungs
    if has_stopped(clock, since) or not clock.ours or not rungs:
        return
    mine = tuple(one for one in raised if one.key == clock.key)
    role, team = first_rung(clock, authority).role, team_of(episode)
    why: Why = "no-team" if team is None and role in TEAM_ROLES else "nobody"
    begun: datetime | None = None
    for at in [
        since,
        *sorted(edges(mine, handed_over(episode).get(clock.key), role, authority, since)),
    ]:
        nobody = owner_of(clock, episode, authority, mine, at).by == "queue"
        if nobody and begun is None:
            begun = at
        elif not nobody and begun is not None:
            yield Unheld(why, role, begun, at)
            begun = None
    if begun is not None:
        yield Unheld(why, role, begun, None)


def edges(
    mine: Iterable[Raised],
    handed: HandedOver | None,
    role: str,
    authority: Authority,
    since: datetime,
) -> frozenset[datetime]:
    """The instants after this one at which a clock may change hands by date alone."""
    found = set(authority.staff.changes(role, since))
    given = [(one.promise.owner, one.promise.until, one.promised_at) for one in mine if one.promise]
    if handed is not None:
        given.append((handed[0].owner, handed[0].until, handed[1]))
    for owner, until, at in given:
        gone = authority.staff.gone(owner, at or since)
        found |= {until} | ({gone[0]} if gone else set())
    return frozenset(at for at in found if at > since)
