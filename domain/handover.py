"""A clock handed over to another owner: for some days, to somebody who is here, and not for ever."""

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from domain.access_rules import CASE_ROLES, DESIGNATED, GROUPS, TOLD
from domain.answering import refuse_beyond
from domain.authority import Authority
from domain.calendar import end_of, london_date
from domain.child_episode import ChildEpisode, engine_event
from domain.engine_events import ClockReassigned
from domain.errors import NotFound, Refused
from domain.event import CONSOLE, Event
from domain.raised import raised_tellings
from domain.rights import admitted
from domain.timescales import Ladder

TAKE_WHERE_ASKED: Final = frozenset({TOLD, DESIGNATED})
"""The groups that answer for a clock only where its ladder has a rung for them that does not just watch."""


def may_take(
    episode: ChildEpisode, authority: Authority, ladder: Ladder | None, person: str, now: datetime
) -> bool:
    """Whether a clock may become somebody's: it is of their work, and they may see the record it is of."""
    asked = {one.role for one in ladder.rungs if not one.watcher} if ladder else set[str]()
    groups = (
        (role, GROUPS.get(role, TOLD)) for role in roles_today(authority, person, london_date(now))
    )
    works = any(
        group in CASE_ROLES or (group in TAKE_WHERE_ASKED and role in asked)
        for role, group in groups
    )
    return works and admitted(episode.history, episode.standing, [person]) != ()


def may_be_asked(authority: Authority, person: str, on: date) -> bool:
    """Whether any clock could become somebody's, by the roles they hold on a day."""
    groups = {GROUPS.get(role, TOLD) for role in roles_today(authority, person, on)}
    return not groups.isdisjoint(CASE_ROLES | TAKE_WHERE_ASKED)


def roles_today(authority: Authority, person: str, on: date) -> tuple[str, ...]:
    """Every role that somebody holds on a day, their own and those they cover."""
    return tuple(
        one.role for one in authority.assignments if one.person == person and one.holds(on)
    )


def reassign(
    episode: ChildEpisode,
    authority: Authority,
    clock: str,
    *,
    by: str,
    owner: str,
    until: date,
    reason: str,
    token: str,
    now: datetime,
    note: str | None = None,
) -> Event:
    """A clock handed over to another owner up to a London day; the climb goes on as it would.

    Refused for a clock that has ended, a person who is not here or whose work it is not, who may not
    see the record, a day too far, or once too often.
    """
    running = next((one for one in episode.clocks(authority) if one.key == clock), None)
    if running is None or (running.stop is not None and running.stop.earliest <= now):
        message = "no clock runs under this reference"
        raise NotFound(message)
    if not authority.staff.is_here(owner, london_date(now)):
        message = "to whom: the person must hold a role here today, and not be away"
        raise Refused(message)
    ladder = authority.policy.ladders.get(running.timescale.ladder)
    if not may_take(episode, authority, ladder, owner, now):
        message = "to whom: the person must work on such cases, and be one who may see this record"
        raise Refused(message)
    if end_of(until) <= now:
        message = "by when: the day must be today or later"
        raise Refused(message)
    refuse_beyond(authority, london_date(now), until)
    version = episode.told[clock].version if clock in episode.told else 1
    said = (one.event.said for one in episode.engine)
    before = [
        one
        for one in said
        if isinstance(one, ClockReassigned) and (one.clock, one.clock_version) == (clock, version)
    ]
    most = authority.policy.handed_over_at_most
    if most is not None and len(before) >= most:
        message = f"this has been handed over {len(before)} times: settle it with a senior manager"
        raise Refused(message)
    handed = ClockReassigned(
        clock=clock,
        clock_version=version,
        timescale=running.timescale.id,
        owner=owner,
        until=end_of(until),
        reason=reason,
        telling=open_telling(episode, authority, clock, now),
        note=note or None,
    )
    return replace(engine_event(episode, CONSOLE, token, handed, now), by=by)


def open_telling(
    episode: ChildEpisode, authority: Authority, clock: str, now: datetime
) -> str | None:
    """The ladder or notice of a clock by which its new owner is told; nothing where none is open."""
    raised = raised_tellings(episode, authority).values()
    found = [one for one in raised if one.key == clock and not one.ended(now)]
    breach = [one.id for one in found if one.kind == "breach"]
    return next(iter([*breach, *(one.id for one in reversed(found))]), None)
