"""Who asks, as the rules see them: posts, agencies, what was forced open, and why they look."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from domain.access_rules import AGENCIES, GROUPS, PURPOSES, TOLD
from domain.audit_period import Period
from domain.authority import Authority
from domain.calendar import london_date
from domain.child_episode import ChildEpisode
from domain.permission import Asker, Post, Record, groups_of, in_force
from domain.rights import forced_open


def owing(asker: Asker, clock: str | None) -> str | None:
    """An agency that somebody is of: who owes a clock only the history tells, so it counts as theirs."""
    agencies = (AGENCIES[one.role] for one in asker.posts if one.role in AGENCIES)
    return next(agencies, None) if clock else None


def given_of(asker: Asker, record: Record, now: datetime) -> frozenset[Period]:
    """The periods that somebody's scopes of one record are about."""
    return frozenset(
        one.period
        for one in asker.scopes
        if one.period is not None and record.stream in one.streams and in_force(one, now)
    )


def with_forced(asker: Asker, episode: ChildEpisode) -> Asker:
    """The same person, with this record if they have forced it open."""
    until = forced_open(episode.history, asker.person)
    return asker if until is None else replace(asker, forced={episode.id.hex: until})


def posts_of(authority: Authority, person: str, now: datetime) -> list[Post]:
    """Every post a person holds today, with the teams it reaches."""
    today = london_date(now)
    return [
        Post(
            authority.code,
            one.role,
            authority.staff.subtree(one.team, today) if one.team else None,
        )
        for one in authority.assignments
        if one.person == person and one.holds(today)
    ]


def groups_held(posts: Iterable[Post], authority: str) -> frozenset[str]:
    """The groups of some posts in an authority."""
    return frozenset(GROUPS.get(one.role, TOLD) for one in posts if one.authority == authority)


def reaching(authority: Authority, posts: Sequence[Post], now: datetime) -> list[Post]:
    """Posts that the provider of sign-in gives, with every team that lies within theirs today."""
    today, staff = london_date(now), authority.staff
    return [
        post
        if post.teams is None
        else replace(
            post, teams=frozenset().union(*(staff.subtree(team, today) for team in post.teams))
        )
        for post in posts
    ]


def purpose_of(asker: Asker, asked: str | None, record: Record | None = None) -> str:
    """Why somebody looks: what they were given it for, what they chose, else what their post is for."""
    for one in asker.scopes:
        if record is not None and record.stream in one.streams:
            return one.purpose
    if asked in PURPOSES:
        return str(asked)
    groups = set().union(*groups_of(asker).values())
    if groups & {"auditor", "guest", "information-governance officer"}:
        return "audit"
    return "oversight" if groups & {"head of service", "director"} else "case"
