"""Whether somebody may do something with a record, as the rules of access give it; denied by default.

The same rules are asked of one record (`may`) and handed to queries (`grants`), so that a list, its count,
its pages and its file can never show what the record's own page would refuse.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final, NamedTuple, assert_never, cast

from domain.access_rules import (
    AGENCIES,
    ANYONE,
    ANYWHERE,
    GROUPS,
    IN_SCOPE,
    NOBODY,
    RULES,
    SINGLE,
    SUBJECT_REQUEST,
    TOLD,
    TRIAL,
    Action,
    Attribute,
    Kind,
    Reach,
    Rule,
)
from domain.audit_period import LAST, Period
from domain.calendar import london_date

OUTSIDE_SCOPE: Final = "Not shown: your scope does not include what people wrote."
NOT_OPENED: Final = "Not shown: what people wrote is only for those who work on it."
DAY_NOT_SHOWN: Final = "Day not shown"
"""What stands in place of free text and of sealed days for whoever may see coded facts alone."""

OWN_RECORD: Final = "own-record"
"""Nobody sees their own record, nor one of their family: the rule that refuses it."""


@dataclass(frozen=True, slots=True)
class Post:
    """A role that somebody holds today, with every team it reaches; no team is the whole authority."""

    authority: str
    role: str
    teams: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody was given to look at: which children, for what, and until when."""

    authority: str
    streams: frozenset[str]
    purpose: str
    until: datetime
    period: Period | None = None
    """The days that it is about; nothing where it is about all of them."""
    words: bool = False
    """Whether it opens what people wrote, too; otherwise coded facts and clocks alone."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, with all of them that a rule may ask."""

    person: str | None
    posts: tuple[Post, ...] = ()
    active: bool = True
    trial: bool = False
    """Whether nobody need say who they are here."""
    scopes: tuple[Scope, ...] = ()
    invited: Mapping[tuple[str, str], date] = field(default_factory=dict)
    """Each sitting the person is invited to, with its authority, and the last day of that."""
    forced: Mapping[str, datetime] = field(default_factory=dict)
    """Each child whose record the person has forced open, with the end of it."""

    def seats(self, authority: str, now: datetime) -> frozenset[str]:
        """The sittings of an authority to which the person is invited and may still look."""
        today = london_date(now)
        return frozenset(
            sitting for (whose, sitting), last in self.invited.items()
            if whose == authority and today <= last
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """What is asked for; a child or a clock carries what rules may ask of it."""

    kind: Kind
    authority: str
    stream: str | None = None
    team: str | None = None
    worker: str | None = None
    told: frozenset[str] = frozenset()
    """Who was told of this clock, which has not ended."""
    owed_by: str | None = None
    sitting: str | None = None
    """Which sitting it is, or on whose agenda the child stands."""
    of: str = "child"
    """Whether it is a child's, or of the record of the authority itself."""
    restricted: bool = False
    named: frozenset[str] = frozenset()
    """Who may see a restricted record."""
    family: frozenset[str] = frozenset()
    """Whose own record, or whose family's, it is: it is never for them."""
    periods: frozenset[Period] = frozenset()
    """The periods of which it is, among those that the scopes of whoever asks are about."""


class Condition(NamedTuple):
    """An attribute of a record that must have one of these values."""

    attribute: Attribute
    values: frozenset[str]


class Grant(NamedTuple):
    """What one rule gives one person: every record of which the condition holds; no condition, all."""

    rule: str
    authority: str
    condition: Condition | None
    forced: bool = False
    """Whether it opens what is restricted, too."""
    period: Period | None = None
    """The days it is about; nothing where it is about all of them."""
    words: bool = False
    """Whether it opens what people wrote, too."""
    over: bool = False
    """Whether its last day has passed: it opens nothing of today, only what was known by then."""


class Visible(NamedTuple):
    """Which records a person may see, as a query asks it: any grant, and nothing withheld.

    Withheld are the person's own record and family, and what is restricted and does not name them.
    """

    grants: tuple[Grant, ...]
    person: str | None


class Decision(NamedTuple):
    """Whether something is allowed, by which rule, and why not."""

    allowed: bool
    rule: str
    reason: str = ""
    within: tuple[Period, ...] = ()
    """The periods of which it is allowed to look; none where nothing limits it."""
    words_to: datetime | None = None
    """Up to when what people wrote may be read; nothing where only coded facts and clocks may be."""

    def opens_words(self, written_at: datetime) -> bool:
        """Whether what was written at an instant, or is sealed as that is, may be read."""
        return self.words_to is not None and written_at <= self.words_to


def may(
    asker: Asker, action: Action, record: Record, purpose: str | None, now: datetime
) -> Decision:
    """Whether a person may do something with a record now; denied where no rule allows it."""
    given = visible(asker, action, record.kind, purpose, now)
    if asker.person in record.family:
        return Decision(allowed=False, rule=OWN_RECORD, reason="a record of the person's own")
    fitting = [
        one
        for one in given.grants
        if one.authority in {ANYWHERE, record.authority} and fits(one, record)
    ]
    if not fitting:
        return Decision(allowed=False, rule="none", reason="no rule allows it")
    if record.restricted and asker.person not in record.named:
        fitting = [one for one in fitting if one.forced]
        if not fitting:
            return Decision(allowed=False, rule="restricted", reason="restricted, and not named")
    return Decision(
        allowed=True, rule=fitting[0].rule, within=within(fitting), words_to=words_to(fitting)
    )


def as_read(text: str | None, written_at: datetime, decision: Decision) -> str:
    """What somebody wrote, as far as a decision opens it; else that it is not shown. Empty for nothing."""
    if not text or decision.opens_words(written_at):
        return text or ""
    return OUTSIDE_SCOPE if decision.rule == IN_SCOPE else NOT_OPENED


def words_to(grants: Iterable[Grant]) -> datetime | None:
    """Up to when some grants open what people wrote: as far as the one of them that reaches furthest."""
    opening = (one.period.last if one.period else LAST for one in grants if one.words)
    return max(opening, default=None)


def within(grants: Iterable[Grant]) -> tuple[Period, ...]:
    """The periods that some grants open, each once; none where one of them opens everything."""
    periods = dict.fromkeys(one.period for one in grants)
    return () if None in periods else tuple(one for one in periods if one is not None)


def visible(
    asker: Asker, action: Action, kind: Kind, purpose: str | None, now: datetime
) -> Visible:
    """Every record of a kind with which a person may do something now."""
    found = [
        grant
        for authority, groups in groups_of(asker).items()
        for rule in RULES
        if action in rule.actions and kind in rule.kinds and not groups.isdisjoint(rule.groups)
        if purpose or not rule.purpose
        for grant in granted(rule, asker, authority, now)
    ]
    return Visible(tuple(found), asker.person)


def reaching_back(visible: Visible, moment: datetime) -> Visible:
    """Which records a person may look back at, as they were known at a moment: none past its period."""
    kept = [one for one in visible.grants if one.period is None or moment <= one.period.last]
    return Visible(tuple(one._replace(over=False) for one in kept), visible.person)


def of_all_days(visible: Visible) -> Visible:
    """What a person may see that is limited to no period."""
    return Visible(tuple(one for one in visible.grants if one.period is None), visible.person)


def groups_of(asker: Asker) -> dict[str, set[str]]:
    """The groups a person belongs to, authority by authority; everywhere for who is nobody."""
    if asker.person is None or not asker.active:
        return {ANYWHERE: {TRIAL if asker.trial else NOBODY}}
    found: dict[str, set[str]] = {ANYWHERE: {NOBODY}}
    for post in asker.posts:
        found.setdefault(post.authority, {ANYONE}).add(GROUPS.get(post.role, TOLD))
    return found


def granted(rule: Rule, asker: Asker, authority: str, now: datetime) -> Iterable[Grant]:
    """What a rule gives a person in an authority; nothing where it reaches nowhere."""
    if rule.reach is Reach.REQUEST:
        asker = replace(asker, scopes=request_of(asker, authority, now))
    for period, words in kinds_given(rule, asker):
        over = period is not None and period.ends <= now
        # Of each period by itself: what is about no period is limited by none.
        mine = tuple(one for one in asker.scopes if (one.period, one.words) == (period, words))
        condition = reaching(rule, replace(asker, scopes=mine), authority, now)
        if condition is None:
            yield Grant(rule.name, authority, None, words=words)
        elif condition.values:
            forced = rule.reach is Reach.FORCED
            yield Grant(rule.name, authority, condition, forced, period, words, over)


def request_of(asker: Asker, authority: str, now: datetime) -> tuple[Scope, ...]:
    """The one scope by which somebody answers a request now: the first given; none of another purpose."""
    found = (
        one
        for one in asker.scopes
        if one.authority == authority and in_force(one, now) and is_request(one)
    )
    return tuple(found)[:1]


def is_request(scope: Scope) -> bool:
    """Whether a scope is what a request is answered by: one child's record, with what people wrote."""
    return scope.purpose == SUBJECT_REQUEST and len(scope.streams) == 1 and scope.words


def kinds_given(rule: Rule, asker: Asker) -> tuple[tuple[Period | None, bool], ...]:
    """The periods that what a rule gives is about, and whether it opens what people wrote; each once.

    Only a scope is about a period, and what it opens it says itself.
    """
    if rule.reach not in {Reach.SCOPE, Reach.REQUEST}:
        return ((None, rule.words),)
    return tuple(dict.fromkeys((one.period, one.words) for one in asker.scopes))


def reaching(rule: Rule, asker: Asker, authority: str, now: datetime) -> Condition | None:
    """The condition a rule puts on a record; nothing where it reaches all of them."""
    posts = [
        one
        for one in asker.posts
        if one.authority == authority and GROUPS.get(one.role, TOLD) in rule.groups
    ]
    person = frozenset({asker.person}) if asker.person else frozenset[str]()
    match rule.reach:
        case Reach.EVERYWHERE:
            return None
        case Reach.TEAMS:
            if any(one.teams is None for one in posts):
                return None
            return Condition("team", frozenset(t for one in posts for t in one.teams or ()))
        case Reach.ALLOCATED:
            return Condition("worker", person)
        case Reach.TOLD:
            return Condition("told", person)
        case Reach.OWED:
            owing = frozenset(AGENCIES[one.role] for one in posts if one.role in AGENCIES)
            return Condition("owed_by", owing)
        case Reach.ITSELF:
            return Condition("of", frozenset({"authority"}))
        case Reach.SCOPE | Reach.REQUEST:
            scopes = [
                one for one in asker.scopes if one.authority == authority and in_force(one, now)
            ]
            return Condition("stream", frozenset(s for one in scopes for s in one.streams))
        case Reach.INVITED:
            return Condition("sitting", asker.seats(authority, now))
        case Reach.FORCED:
            opened = (stream for stream, until in asker.forced.items() if now < until)
            return Condition("stream", frozenset(opened))
        case _:
            assert_never(rule.reach)


def in_force(scope: Scope, now: datetime) -> bool:
    """Whether a scope opens anything now: it is not over, and its first day has come."""
    return now < scope.until and (scope.period is None or scope.period.begins <= now)


def fits(grant: Grant, record: Record) -> bool:
    """Whether the condition of a grant holds of one record; a list is narrowed by the query itself."""
    if grant.condition is None or record.kind not in SINGLE:
        return True
    if grant.period is not None and grant.period not in record.periods:
        return False
    attribute, values = grant.condition
    if attribute == "told":
        return not values.isdisjoint(record.told)
    return cast(str | None, getattr(record, attribute)) in values
