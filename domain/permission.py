"""Who may do what with which record: a table of rules, denied by default.

The same rules are asked of one record (`may`) and handed to queries (`grants`), so that a list, its count,
its pages and its file can never show what the record's own page would refuse.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, assert_never, cast

from domain.audit_period import LAST, Period
from domain.calendar import london_date

Kind = Literal[
    "service",
    "staff",
    "list",
    "child",
    "clock",
    "sitting",
    "agenda",
    "reads",
    "scope",
    "export",
    "operation",
]
"""What a route shows: the service itself, something of the staff's own, lists of children, one child,
one clock of a child, a sitting of a panel, a child as it stands on the agenda of one, who looked at what,
what auditors were given, what of it is taken away in bulk, or how the machinery is."""

Attribute = Literal["team", "worker", "stream", "told", "owed_by", "of", "sitting"]
"""What of a record a rule may ask; a query asks the same of its rows."""


class Action(StrEnum):
    """What is done."""

    OPEN = "open"
    SEE = "see"
    ANSWER = "answer"
    REASSIGN = "reassign"
    ARRANGE = "arrange"
    RESTRICT = "restrict"
    LIFT = "lift"
    FORCE = "force"
    REVIEW = "review"
    GIVE = "give"
    TAKE = "take"
    PROPOSE = "propose"
    CONFIRM = "confirm"
    RECORD = "record"
    SETTLE = "settle"
    SWITCH = "switch"
    REPLAY = "replay"
    EXPORT = "export"
    SEE_READS = "see-reads"
    SEE_OWN_READS = "see-own-reads"
    OPERATE = "operate"


class Reach(StrEnum):
    """How far a rule reaches from the person who acts."""

    EVERYWHERE = "everything of this kind in the authority"
    TEAMS = "the teams of the post, and what lies within them"
    ALLOCATED = "children allocated to the person"
    TOLD = "clocks the person was told of, until they end"
    OWED = "clocks that the person's own agency owes"
    SCOPE = "children in the scope the person was given"
    REQUEST = "the one child about whom the person answers a request"
    ITSELF = "the authority's own record, with the allegations about no known child"
    INVITED = "sittings to which the person, or their agency, is invited"
    FORCED = "the one child whose record the person has forced open"


class Rule(NamedTuple):
    """One row: who may do what, how far, and whether they must say why."""

    name: str
    groups: frozenset[str]
    actions: frozenset[Action]
    kinds: frozenset[Kind]
    reach: Reach
    purpose: bool = False
    words: bool = False
    """Whether it opens what people wrote, too: of a scope, only where the scope says so."""


NOBODY: Final = "nobody"
"""Who has not signed in."""
TRIAL: Final = "trial"
"""Whoever sits at a machine on which one chooses who one is, and has not chosen."""
ANYONE: Final = "anyone"
"""Everybody who works here today, whatever they do."""
TOLD: Final = "told"
FROM_OUTSIDE: Final = "told only"
"""Who is told of a clock and is not of the council's own staff, nor of an agency that owes one."""
DESIGNATED: Final = "designated officer"
GOVERNANCE: Final = "information-governance officer"
ANYWHERE: Final = "*"
"""Stands for every authority: what needs no post."""

GROUPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "case_system": "case system",
        "practitioner": "practitioner",
        "coordinator": "coordinator",
        "team_manager": "team manager",
        "mash_team_manager": "team manager",
        "early_help_team_manager": "team manager",
        "return_interview_team_manager": "team manager",
        "emergency_duty_team": "team manager",
        "service_manager": "service manager",
        "service_manager_safeguarding": "service manager",
        "cse_strategic_lead": "service manager",
        "head_of_service": "head of service",
        "head_of_schools_and_families": "head of service",
        "director_of_childrens_services": "director",
        "independent_reviewing_officer": TOLD,
        "cp_conference_chair": TOLD,
        "virtual_school_head": TOLD,
        "designated_officer": DESIGNATED,
        "cme_coordinator": TOLD,
        "partnership_business_manager": TOLD,
        "independent_chair": FROM_OUTSIDE,
        "cafcass": FROM_OUTSIDE,
        "unallocated_queue": TOLD,
        "police_cse_and_missing_coordinator": "partner",
        "health_partner": "partner",
        "auditor": "auditor",
        "guest_inspector": "guest",
        "information_governance_officer": GOVERNANCE,
        "administrator": "administrator",
    }
)
"""The one row of permissions that each role has."""

AGENCIES: Final[Mapping[str, str]] = MappingProxyType(
    {"police_cse_and_missing_coordinator": "police", "health_partner": "health"}
)
"""Of which agency a partner is."""

SUBJECT_REQUEST: Final = "subject-request"
"""The purpose for which the information-governance officer is given one child's record at a time."""

PURPOSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "case": "Working on this case",
        "oversight": "Management oversight",
        "audit": "Audit or inspection",
        SUBJECT_REQUEST: "A request by the person concerned",
        "complaint": "A complaint or a review",
    }
)
"""Why somebody looks, in the words of the list from which they choose."""

IN_SCOPE: Final = "in-scope"
"""The rule that opens what somebody was given to look at."""
OUTSIDE_SCOPE: Final = "Not shown: your scope does not include what people wrote."
NOT_OPENED: Final = "Not shown: what people wrote is only for those who work on it."
DAY_NOT_SHOWN: Final = "Day not shown"
"""What stands in place of free text and of sealed days for whoever may see coded facts alone."""

OWN_RECORD: Final = "own-record"
"""Nobody sees their own record, nor one of their family: the rule that refuses it."""

MANAGERS: Final = frozenset({"team manager", "service manager"})
HEADS: Final = frozenset({"head of service", "director"})
CASE_ROLES: Final = MANAGERS | HEADS | {"practitioner"}
MANAGING: Final = frozenset(
    {
        Action.SEE,
        Action.ANSWER,
        Action.REASSIGN,
        Action.RESTRICT,
        Action.LIFT,
        Action.RECORD,
        Action.EXPORT,
    }
)
CHILDREN: Final[frozenset[Kind]] = frozenset({"list", "child", "clock"})
BESIDE_THE_PANEL: Final = frozenset(
    {"partner", "guest", FROM_OUTSIDE, "case system", "administrator"}
)
"""Who opens no sitting unless they are invited to it: whoever is not of the council's own staff."""
ONE_CHILD: Final[frozenset[Kind]] = frozenset({"child", "clock"})
LOOKING: Final = frozenset({Action.SEE})
REPLAYING: Final = frozenset({Action.REPLAY})
"""Of a child: what the record was then. Of a list: what a board showed then, which only audit asks."""
SINGLE: Final[frozenset[Kind]] = ONE_CHILD | {"sitting", "agenda"}
"""One record of its kind, of which a rule can ask more."""
SERVICE: Final[frozenset[Kind]] = frozenset({"service"})
STAFF: Final[frozenset[Kind]] = frozenset({"staff"})


def everybody() -> frozenset[str]:
    """Every group, those who work here or not."""
    return frozenset(GROUPS.values()) | {NOBODY, TRIAL, ANYONE}


RULES: Final[tuple[Rule, ...]] = (
    Rule("the-service", everybody(), frozenset({Action.OPEN}), SERVICE, Reach.EVERYWHERE),
    Rule(
        "works-here",
        frozenset({ANYONE}),
        frozenset({Action.OPEN, Action.SEE_OWN_READS}),
        STAFF,
        Reach.EVERYWHERE,
    ),
    Rule(
        "trial",
        frozenset({TRIAL}),
        LOOKING | {Action.REPLAY, Action.EXPORT},
        CHILDREN,
        Reach.EVERYWHERE,
        words=True,
    ),
    Rule(
        "trial-pages",
        frozenset({TRIAL}),
        frozenset({Action.OPEN, Action.SETTLE}),
        STAFF,
        Reach.EVERYWHERE,
    ),
    Rule(
        "told",
        frozenset({ANYONE}),
        LOOKING,
        frozenset({"list", "clock"}),
        Reach.TOLD,
    ),
    Rule(
        "told-answers",
        CASE_ROLES | {TOLD, FROM_OUTSIDE, DESIGNATED},
        frozenset({Action.ANSWER}),
        frozenset({"clock"}),
        Reach.TOLD,
    ),
    Rule(
        "allocated",
        frozenset({"practitioner"}),
        LOOKING,
        CHILDREN,
        Reach.ALLOCATED,
        words=True,
    ),
    Rule(
        "allocated-work",
        frozenset({"practitioner"}),
        frozenset({Action.ANSWER, Action.RECORD}),
        ONE_CHILD,
        Reach.ALLOCATED,
        words=True,
    ),
    Rule(
        "coordinates",
        frozenset({"coordinator"}),
        LOOKING | {Action.RECORD},
        CHILDREN,
        Reach.TEAMS,
        words=True,
    ),
    Rule(
        "own-teams",
        MANAGERS,
        MANAGING,
        CHILDREN,
        Reach.TEAMS,
        words=True,
    ),
    Rule(
        "whole-authority-lists",
        HEADS,
        MANAGING,
        frozenset({"list"}),
        Reach.EVERYWHERE,
        words=True,
    ),
    Rule("whole-authority", HEADS, MANAGING, ONE_CHILD, Reach.EVERYWHERE, purpose=True, words=True),
    Rule("own-teams-then", MANAGERS, REPLAYING, ONE_CHILD, Reach.TEAMS, words=True),
    Rule(
        "whole-authority-then",
        HEADS,
        REPLAYING,
        ONE_CHILD,
        Reach.EVERYWHERE,
        purpose=True,
        words=True,
    ),
    Rule("allegations", frozenset({DESIGNATED}), LOOKING, CHILDREN, Reach.ITSELF, words=True),
    Rule("partner", frozenset({"partner"}), LOOKING, frozenset({"list", "clock"}), Reach.OWED),
    Rule(
        "sittings",
        frozenset(GROUPS.values()) - BESIDE_THE_PANEL | {TRIAL},
        LOOKING,
        frozenset({"sitting"}),
        Reach.EVERYWHERE,
    ),
    Rule(
        "invited",
        frozenset({ANYONE}),
        LOOKING,
        frozenset({"sitting", "agenda"}),
        Reach.INVITED,
    ),
    Rule(
        IN_SCOPE,
        frozenset({"auditor", "guest"}),
        LOOKING | {Action.REPLAY, Action.EXPORT},
        CHILDREN,
        Reach.SCOPE,
    ),
    Rule("answers-request", frozenset({GOVERNANCE}), LOOKING, CHILDREN, Reach.REQUEST),
    Rule(
        "answers-request-with",
        frozenset({GOVERNANCE}),
        frozenset({Action.REPLAY, Action.EXPORT}),
        ONE_CHILD,
        Reach.REQUEST,
    ),
    Rule(
        "takes-request",
        frozenset({GOVERNANCE}),
        frozenset({Action.TAKE}),
        frozenset({"scope"}),
        Reach.EVERYWHERE,
    ),
    Rule(
        "has-scopes",
        frozenset({"auditor", "guest"}),
        LOOKING | {Action.TAKE},
        frozenset({"scope"}),
        Reach.EVERYWHERE,
    ),
    Rule(
        "gives-scopes",
        HEADS | {GOVERNANCE},
        frozenset({Action.SEE, Action.GIVE}),
        frozenset({"scope"}),
        Reach.EVERYWHERE,
    ),
    Rule(
        "takes-in-bulk",
        frozenset({"auditor", "guest"}),
        LOOKING | {Action.PROPOSE, Action.TAKE},
        frozenset({"export"}),
        Reach.EVERYWHERE,
    ),
    Rule(
        "confirms-in-bulk",
        frozenset({GOVERNANCE}),
        LOOKING | {Action.CONFIRM},
        frozenset({"export"}),
        Reach.EVERYWHERE,
    ),
    Rule("forced", CASE_ROLES, LOOKING, ONE_CHILD, Reach.FORCED, words=True),
    Rule("may-force", CASE_ROLES, frozenset({Action.FORCE}), STAFF, Reach.EVERYWHERE),
    Rule(
        "reviews",
        MANAGERS | HEADS,
        frozenset({Action.REVIEW}),
        frozenset({"list"}),
        Reach.EVERYWHERE,
    ),
    Rule("lifts-together", HEADS, frozenset({Action.LIFT}), STAFF, Reach.EVERYWHERE),
    Rule("arranges-cover", MANAGERS | HEADS, frozenset({Action.ARRANGE}), STAFF, Reach.EVERYWHERE),
    Rule(
        "settles",
        MANAGERS | HEADS | {"administrator"},
        frozenset({Action.SETTLE}),
        STAFF,
        Reach.EVERYWHERE,
    ),
    Rule(
        "switches-telling",
        HEADS | {"administrator"},
        frozenset({Action.SWITCH}),
        STAFF,
        Reach.EVERYWHERE,
    ),
    Rule(
        "access-log",
        frozenset({GOVERNANCE}),
        frozenset({Action.SEE_READS}),
        frozenset({"reads"}),
        Reach.EVERYWHERE,
    ),
    Rule(
        "trial-operates",
        frozenset({TRIAL, ANYONE}),
        frozenset({Action.OPEN}),
        frozenset({"operation"}),
        Reach.EVERYWHERE,
    ),
)
"""Everything that is allowed; what no row allows is denied."""


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
