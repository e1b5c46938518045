"""Who may do what, how far: the table of rules; what no row allows is denied."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

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
