"""Who may say that somebody is away and who covers: a role is lent, never handed upwards, nor to anybody."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from domain.access_rules import CASE_ROLES, GROUPS, HEADS, MANAGERS, TOLD
from domain.errors import Refused
from domain.facts.authority import PersonAssigned, PersonAway
from domain.permission import Asker
from domain.staff import Assignment, Staff

LENDABLE: Final = CASE_ROLES | {TOLD}
"""The groups whose roles a manager may lend; not who audits, keeps the records or comes from outside."""


def may_arrange(asker: Asker, staff: Staff, person: str, on: date) -> bool:
    """Whether somebody may record that a person is away: for themselves, or for who works in their teams."""
    held = list(roles_of(staff, person, on))
    groups = {GROUPS.get(one.role, TOLD) for one in held}
    if not held or not groups <= LENDABLE:
        return False
    if asker.person == person:
        return True
    mine = {GROUPS.get(post.role, TOLD) for post in asker.posts}
    if mine & HEADS:
        return True
    if groups & HEADS:
        return False
    posts = [post for post in asker.posts if GROUPS.get(post.role, TOLD) in MANAGERS]
    return all(any(post.teams is None or one.team in post.teams for post in posts) for one in held)


def may_cover(staff: Staff, person: str, lent: Iterable[Assignment], on: date) -> bool:
    """Whether somebody may hold these roles for another: by a role of their own, not by what they cover.

    Whoever works on cases may; a role that is only told, whoever is told, too; a head's and a
    director's nobody but who is one of these already.
    """
    mine = own_groups(staff, person, on)
    return all(mine & taking(GROUPS.get(one.role, TOLD)) for one in lent)


def may_cover_some(staff: Staff, person: str, on: date) -> bool:
    """Whether there are roles that somebody may hold for another."""
    return not own_groups(staff, person, on).isdisjoint(LENDABLE)


def own_groups(staff: Staff, person: str, on: date) -> frozenset[str]:
    """The groups of the roles that somebody holds on a day in their own right."""
    return frozenset(
        GROUPS.get(one.role, TOLD) for one in roles_of(staff, person, on) if one.holds(on)
    )


def taking(group: str) -> frozenset[str]:
    """The groups of whoever may hold a role of a group for another."""
    if group in HEADS:
        return HEADS
    return LENDABLE if group == TOLD else CASE_ROLES


def roles_of(staff: Staff, person: str, on: date) -> Iterator[Assignment]:
    """What a person holds in their own right from a day on; what they only cover is not theirs to lend."""
    return (
        one
        for one in staff.assignments
        if one.person == person and one.covers is None and (one.to_on is None or one.to_on >= on)
    )


def away_and_cover(
    staff: Staff, person: str, from_on: date, to_on: date, cover: str | None
) -> tuple[PersonAway | PersonAssigned, ...]:
    """The facts that say so: the absence, and each role of the person held meanwhile by who covers."""
    if to_on < from_on:
        message = "the last day must not be before the first"
        raise Refused(message)
    if cover == person:
        message = "nobody covers for themselves"
        raise Refused(message)
    if cover is not None and not staff.is_here(cover, from_on):
        message = "whoever covers must work here on the first day, and not be away"
        raise Refused(message)
    gone = PersonAway(person_ref=person, from_on=from_on, to_on=to_on)
    held = [one for one in roles_of(staff, person, from_on) if cover and one.from_on <= to_on]
    if cover is not None and not may_cover(staff, cover, held, from_on):
        message = "whoever covers must work on cases themselves, and for a head or a director be one of these"
        raise Refused(message)
    lent = (
        PersonAssigned(
            person_ref=cover,
            role=one.role,
            team_ref=one.team,
            from_on=max(from_on, one.from_on),
            to_on=min(to_on, one.to_on or to_on),
            covers=person,
        )
        for one in held
        if cover is not None
    )
    return gone, *lent
