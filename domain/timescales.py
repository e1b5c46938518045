"""The law as a table: how long is allowed from one fact to another, who says so, and who is told.

A pack is a set of TOML files, one a thread, and one of ladders.
The language is closed: a new kind of rule is named Python, never a new operator.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
    ValidationError,
    model_validator,
)

from domain.code_sets import CODE_SETS
from domain.errors import UnreadablePolicy
from domain.facts.vocabulary import FACTS, THREADS
from domain.nonsense import faults, never_said, wrong_climb

Unit = Literal["hours", "working-days", "calendar-days", "weeks", "months", "school-days"]
Scalar = bool | int | str

DERIVED: Final[Mapping[str, type | frozenset[str]]] = MappingProxyType(
    {
        "derived.age_years": int,
        "derived.arrangement_year": int,
        "derived.first_placement": bool,
        "derived.has_macse_history": bool,
        "derived.living_with_parent": bool,
        "derived.missing_type": frozenset(CODE_SETS["missing_type"].labels),
        "derived.placed_by_other_authority": bool,
        "derived.prebirth_plan_open": bool,
        "derived.review_ordinal": int,
        "derived.school_age": bool,
        "derived.still_missing": bool,
        "derived.visit_regime": frozenset({"weekly", "four-weekly", "six-weekly", "three-monthly"}),
    }
)
"""What a rule may ask that no single fact says, and what it can be; domain/derived.py works each out."""

AGES: Final = frozenset({"derived.age_years", "derived.school_age"})
"""What cannot be said of a child whose date of birth is not known."""

DATES: Final = frozenset(
    {
        "derived.arrangement_first_anniversary",
        "derived.compulsory_school_age_ends",
        "derived.fifth_birthday",
        "derived.first_looked_after_review",
        "derived.missing_since",
        "derived.first_protection_review_due",
        "derived.placement_first_anniversary",
        "derived.private_fostering_age_limit",
    }
)
"""The dates a rule may name that no fact states; domain/derived.py works each out."""

SEEN_FOR: Final = (
    "missing",
    "child-protection",
    "child-in-need",
    "macse",
    "looked-after",
    "placed-here",
)
"""Why somebody should be seeing a child."""


def known_fact(name: str) -> str:
    """The name, if it is that of a fact; a table may not wait for what can never happen."""
    if name not in FACTS:
        message = f"{name} is not a fact Daymark knows"
        raise ValueError(message)
    return name


def known_role(name: str) -> str:
    """The name, if it is that of a role; nobody could ever be told otherwise."""
    if name not in CODE_SETS["role"].labels:
        message = f"{name} is not a role Daymark knows"
        raise ValueError(message)
    return name


def known_thread(name: str) -> str:
    """The name, if it is that of a thread."""
    if name not in THREADS:
        message = f"{name} is not a thread Daymark knows"
        raise ValueError(message)
    return name


def known_date(name: str) -> str:
    """The name, if it is that of a date that can be worked out."""
    if name not in DATES:
        message = f"{name} is not a date Daymark works out"
        raise ValueError(message)
    return name


def known_panel(name: str) -> str:
    """The name, if it is that of a panel; no other ever sits."""
    if name not in CODE_SETS["panel_kind"].labels:
        message = f"{name} is not a panel Daymark knows"
        raise ValueError(message)
    return name


def known_look(name: str) -> str:
    """The name, if it is that of a reason for which somebody should be seeing a child."""
    if name not in SEEN_FOR:
        message = f"{name} is none of {', '.join(SEEN_FOR)}"
        raise ValueError(message)
    return name


def clock_reading(said: str) -> str:
    """What is said, if it is a time of day; no clock shows anything else."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", said):
        message = f"{said} is not a time of day, which is written like 07:00"
        raise ValueError(message)
    return said


FactName = Annotated[str, AfterValidator(known_fact)]
DerivedDate = Annotated[str, AfterValidator(known_date)]
Role = Annotated[str, AfterValidator(known_role)]
Thread = Annotated[str, AfterValidator(known_thread)]
Panel = Annotated[str, AfterValidator(known_panel)]
ClockTime = Annotated[str, AfterValidator(clock_reading)]
UnitOfClimb = Literal["hours", "working-days"]
"""What a ladder counts in."""
WhyLooked = Annotated[str, AfterValidator(known_look)]


class Row(BaseModel):
    """A row of the table; a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


class Span(Row):
    """An amount of one unit."""

    amount: NonNegativeInt
    unit: Unit

    @cached_property
    def hours(self) -> timedelta:
        """The amount as elapsed hours, whatever its unit."""
        return timedelta(hours=self.amount)


class Not(Row):
    """Any value but these; a field the fact lacks matches too."""

    values: tuple[Scalar, ...] = Field(alias="not")


class AtLeast(Row):
    """A number of this size or more."""

    at_least: int


Condition = Not | AtLeast | tuple[Scalar, ...] | Scalar


class Trigger(Row):
    """A fact, where its fields say this, and how it is tied to the clock.

    `match` names the field of this fact that must hold the clock's reference; `child` means any.
    """

    fact: FactName
    where: Mapping[str, Condition] = {}
    match: str | None = None
    note: str | None = None

    @cached_property
    def plainly(self) -> tuple[tuple[str, Scalar], ...]:
        """The fields that must have just this value: asked first, for nearly every fact fails here."""
        return tuple(
            (name, one)
            for name, one in self.where.items()
            if isinstance(one, Scalar) and name not in DERIVED
        )

    @cached_property
    def besides(self) -> tuple[tuple[str, Condition], ...]:
        """Whatever else it asks."""
        plainly = dict(self.plainly)
        return tuple((name, one) for name, one in self.where.items() if name not in plainly)

    @model_validator(mode="after")
    def fields_exist(self) -> "Trigger":
        """A field the fact does not have would never match, and nobody would notice."""
        fields = FACTS[self.fact].model_fields
        for name in self.where:
            if name not in fields and name not in DERIVED:
                message = f"{self.fact} has no field {name}"
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def values_can_be(self) -> "Trigger":
        """A code outside its set, or another kind of value, would never match either."""
        for name, condition in self.where.items():
            for one in asked_for(condition):
                reason = why_never(self.fact, name, one)
                if reason is not None:
                    raise ValueError(reason)
        return self


def asked_for(condition: Condition) -> tuple[Scalar, ...]:
    """Every value that a condition names."""
    match condition:
        case Not(values=values):
            return values
        case AtLeast(at_least=least):
            return (least,)
        case tuple():
            return condition
        case _:
            return (condition,)


def why_never(fact: str, name: str, value: Scalar) -> str | None:
    """Why what a rule asks can never be so; nothing where it can."""
    kind = DERIVED.get(name)
    if kind is None:
        return never_said(fact, name, value)
    known = value in kind if isinstance(kind, frozenset) else type(value) is kind
    return None if known else f"{name} is never {value}"


class Start(Trigger):
    """A fact that starts a clock; `timestamp` says which of its two times counts.

    A `gate` is judged when both facts are known: what it asks for must come by the day of the start.
    """

    timestamp: Literal["occurred", "recorded"] = "occurred"
    gate: bool = False


class Cancel(Trigger):
    """A fact that ends a clock without meeting it, and what is then said of the clock."""

    ending: Literal["cancelled", "declined", "superseded"] = "cancelled"


class Restart(Trigger):
    """A fact that moves or renews a clock."""

    how: Literal["rebase", "new-clock", "original-start", "retime"]


class Warning_(Row):  # noqa: N801  (`Warning` is Python's own)
    """One instant before a clock runs out at which someone is warned."""

    after_start: Span | None = None
    before_due: Span | None = None
    on_due_date_at: ClockTime | None = None
    after_share: Annotated[float, Field(gt=0, lt=1)] | None = None

    @model_validator(mode="after")
    def says_one_thing(self) -> "Warning_":
        """A warning is counted one way."""
        said = (self.after_start, self.before_due, self.on_due_date_at, self.after_share)
        if sum(way is not None for way in said) != 1:
            message = "say one of after_start, before_due, on_due_date_at and after_share"
            raise ValueError(message)
        return self


class Parameter(Row):
    """A value an authority must confirm; the default is a default, not law."""

    name: str
    default: Scalar
    unit: str
    meaning: str
    settled: Scalar | None = None
    """What the authority has settled on; nothing while the default stands."""

    @model_validator(mode="after")
    def default_is_an_answer(self) -> "Parameter":
        """A unit nobody knows, or a default that could not be an answer, asks nothing."""
        for said in (self.default, self.settled):
            reason = None if said is None else self.why_no_answer(said)
            if reason is not None:
                raise ValueError(reason)
        return self

    def why_no_answer(self, said: Scalar) -> str | None:
        """Why something said is no answer; nothing where it is one."""
        if self.unit == "boolean":
            return None if isinstance(said, bool) else f"{said} is not true or false"
        if " or " in self.unit:
            return None if said in self.unit.split(" or ") else f"{said} is not {self.unit}"
        if self.unit not in get_args(Unit):
            return f"{self.unit} is not a unit: say {', '.join(get_args(Unit))} or boolean"
        counted = isinstance(said, int) and not isinstance(said, bool) and said >= 0
        return None if counted else f"{said} is not a number of {self.unit}"

    @property
    def value(self) -> Scalar:
        """What counts: what was settled, else the default."""
        return self.default if self.settled is None else self.settled


class Source(Row):
    """Who requires a timescale, and where it is written."""

    document: str
    clause: str | None = None
    quote: str | None = None
    """Its own words; nothing where the rule is general knowledge that must be confirmed."""
    found: bool
    url: str | None = None
    read_in: str | None = None


class InForce(Row):
    """From when to when a rule binds what starts, both ends included."""

    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")
    note: str | None = None


class Provisional(Row):
    """A clock that warns before it is certain that the duty binds."""

    firm_on: Trigger


class Window(Row):
    """A count of facts within a rolling span."""

    counts: Trigger
    nth: PositiveInt
    amount: PositiveInt
    unit: Literal["calendar-days"]
    resets_on: tuple[Trigger, ...] = ()


class Sitting(Row):
    """The panel whose next sitting is due, and the latest it may be."""

    panel: Panel
    hard_limit: Span


class Switch(Row):
    """Another amount that applies from a date on: another rule's, or a parameter's own.

    It is judged on the day the clock would run out, or for a parameter on the day it starts.
    """

    on: DerivedDate
    after: Span | None = None
    """How long after that date; at once where nothing is said."""
    to_rule: str | None = None
    to_parameter: str | None = None


class Quota(Row):
    """A total that days of one series may not pass within a rolling window."""

    limit: PositiveInt
    months: PositiveInt
    per: str
    warn_at: PositiveInt | None = None
    """At how many days it is warned that the limit is near; not at all where nothing is said."""


class Extension(Row):
    """A fact that lengthens a clock once."""

    by: Trigger
    amount: PositiveInt
    unit: Unit


class Suspension(Row):
    """Whose decision may hold a clock, and let it run on."""

    by: tuple[Role, ...] = Field(min_length=1)


class Share(Row):
    """A share of cases that must be done within a time: for figures."""

    within: Span
    share: Annotated[float, Field(gt=0, le=1)]
    note: str | None = None


class Timescale(Row):
    """How long is allowed from the fact that starts it to a fact that meets it."""

    id: str
    title: str
    thread: Thread
    basis: Literal["statutory", "local", "inferred"]
    tier: Literal["core", "default-on", "optional", "replay-only"]
    kind: Literal[
        "deadline",
        "recurring",
        "nth-in-window",
        "next-sitting",
        "same-day",
        "age-switched",
        "earliest-of",
        "before-a-meeting",
        "quota",
        "cohort",
    ]
    meaning: Literal["duty", "expiry", "threshold", "target", "monitor"]
    subject: Literal["child", "authority"] = "child"
    duty_holder: Literal[
        "responsible-authority",
        "host-authority",
        "partnership",
        "police",
        "school",
        "employer",
        "court",
    ]
    match: str
    starts: tuple[Start, ...] = ()
    stops: tuple[Trigger, ...]
    cancels: tuple[Cancel, ...] = ()
    restarts: tuple[Restart, ...] = ()
    amount: NonNegativeInt
    unit: Unit
    convention: Literal[
        "working-days-day-zero",
        "calendar-days-day-zero",
        "weeks-day-zero",
        "months-clamped",
        "elapsed-hours",
        "inclusive-days",
        "same-day",
        "next-sitting",
        "hours-before-meeting",
        "school-days-first-is-day-one",
        "school-days-day-zero",
        "before-next-school-day",
    ]
    warn: tuple[Warning_, ...]
    ladder: str
    digest: bool
    survives: tuple[Literal["child-died", "turned-18", "case-transferred", "case-closed"], ...] = ()
    due_from_field: str | None = None
    start_from_field: str | None = None
    anchor_field: str | None = None
    """The field that holds the booked instant from which a rule counts back."""
    earlier_counts: bool = False
    """Whether what meets it may have come before its start."""
    earliest_with: DerivedDate | None = None
    """A date that, where it comes sooner, is due instead."""
    ends_on: DerivedDate | None = None
    """A date on which the duty ends by itself."""
    starts_on_calendar: Literal["quarter-end"] | None = None
    switch: Switch | None = None
    quota: Quota | None = None
    extension: Extension | None = None
    suspension: Suspension | None = None
    cohort: tuple[Share, ...] = ()
    provisional: Provisional | None = None
    window: Window | None = None
    sitting: Sitting | None = None
    parameters: tuple[Parameter, ...] = ()
    source: Source
    in_force: InForce
    confidence: Literal["high", "medium", "low"]
    notes: tuple[str, ...] = ()

    @property
    def allowance(self) -> str:
        """How long is allowed, in words: `15 working days`."""
        match self.kind:
            case "same-day":
                return "the same day"
            case "next-sitting":
                return f"the next sitting, within {spelled(self.amount, self.unit)}"
            case _:
                return spelled(self.amount, self.unit)

    @property
    def unconfirmed(self) -> bool:
        """Whether nobody has yet confirmed that it is required: inferred, or its text was not read."""
        return self.basis == "inferred" or not self.source.found

    @cached_property
    def renewed_by(self) -> frozenset[str]:
        """The facts that renew a recurring duty, each counting from the day it happened."""
        renewed = self.kind in {"recurring", "age-switched"}
        return frozenset(restart.fact for restart in self.restarts if renewed)

    @cached_property
    def resumed_by(self) -> tuple[Restart, ...]:
        """The facts after which the first clock goes on as if it had not been ended."""
        return tuple(one for one in self.restarts if one.how == "original-start")

    @cached_property
    def stopped_by(self) -> frozenset[str]:
        """The facts that can meet it."""
        return frozenset(trigger.fact for trigger in self.stops)

    @property
    def counts_hours(self) -> bool:
        """Whether elapsed hours are counted rather than days."""
        return self.convention == "elapsed-hours"

    @cached_property
    def agenda_cutoff(self) -> Span | None:
        """How long before a panel sits the agenda closes that has no last day of its own."""
        asked = [one for one in self.parameters if one.name == "agenda_cutoff"]
        if not asked:
            return None
        return Span.model_validate({"amount": asked[0].value, "unit": asked[0].unit})

    def parameter_of(self, name: str) -> Parameter:
        """One parameter with its unit."""
        return next(one for one in self.parameters if one.name == name)

    def parameter(self, name: str) -> Scalar:
        """The value of one parameter."""
        return self.parameter_of(name).value

    def binds(self, on: date) -> bool:
        """Whether a clock that starts on this London date is bound; both ends are included."""
        return (self.in_force.first or date.min) <= on <= (self.in_force.last or date.max)


def spelled(amount: int, unit: str) -> str:
    """An amount of a unit in words: `1 working day`, `72 hours`."""
    words = unit.replace("-", " ")
    return f"{amount} {words[:-1] if amount == 1 else words}"


@dataclass(frozen=True, slots=True, eq=False)
class Counting:
    """How a rule counts, read out of the table once for a pack, as every clock asks it."""

    allowed: Span
    counts_hours: bool
    by_hours: bool
    """Whether all follows from the instant it starts."""
    by_days: bool
    """Whether all follows from the day it starts and the calendar."""
    holdable: bool
    """Whether a fact may hold its clocks."""
    earlier: bool
    """Whether what meets it counts though it came before the start."""
    warn: tuple[Warning_, ...]
    warned_after: tuple[timedelta, ...]
    """How long after its start each warning comes, where all follows from that instant."""


def counting_of(rule: Timescale) -> Counting:
    """How a rule counts."""
    special = {
        "elapsed-hours",
        "hours-before-meeting",
        "same-day",
        "next-sitting",
        "inclusive-days",
        "school-days-first-is-day-one",
        "before-next-school-day",
    }
    asks_more = (rule.due_from_field, rule.switch, rule.earliest_with, rule.extension, rule.quota)
    alone = not any(asks_more)
    ways = [(one, one.after_start or one.before_due) for one in rule.warn]
    in_hours = [
        one.after_share is not None or (span is not None and span.unit == "hours")
        for one, span in ways
    ]
    allowed = Span(amount=rule.amount, unit=rule.unit)
    by_hours = rule.counts_hours and alone and all(in_hours)
    return Counting(
        allowed=allowed,
        counts_hours=rule.counts_hours,
        by_hours=by_hours,
        by_days=rule.convention not in special and alone and not any(in_hours),
        holdable=rule.suspension is not None,
        earlier=rule.anchor_field is not None or rule.earlier_counts,
        warn=rule.warn,
        warned_after=warned_after(rule.warn, allowed.hours) if by_hours else (),
    )


def warned_after(warn: Iterable[Warning_], allowed: timedelta) -> tuple[timedelta, ...]:
    """How long after its start a clock warns that counts nothing but hours, soonest first."""
    found = set()
    for one in warn:
        if one.after_share is not None:
            found.add(allowed * one.after_share)
        elif one.before_due is not None:
            found.add(allowed - one.before_due.hours)
        else:
            assert one.after_start is not None  # no warning of such a rule is a time of day
            found.add(one.after_start.hours)
    return tuple(sorted(after for after in found if timedelta() < after < allowed))


@dataclass(frozen=True, slots=True, eq=False)
class Beginning:
    """One way in which a fact begins a clock, read out of the table once for a pack."""

    rule: Timescale
    start: Start
    counting: Counting
    plainly: tuple[tuple[str, Scalar], ...]
    """The fields in which the fact must say just this."""
    besides: tuple[tuple[str, Condition], ...]
    """Whatever else it must say."""
    whatever_age: Trigger | None
    """What it must say beside the child's age, where it asks for an age."""
    as_happened: bool
    """Whether the count begins when the fact happened, not at another time that it states."""
    first: date
    """The first London day on which a start is bound."""
    last: date
    """And the last."""
    gate: bool
    """Whether its clock is judged only once both facts are known."""
    match: str
    several: str
    """The field that holds several references, each of which begins a clock."""
    window: Window | None
    """Within which the fact must be one of several, where it must."""
    by_itself: bool
    """Whether it asks for no other fact, as what renews or is booked does."""


def beginning_of(rule: Timescale, start: Start, counting: Counting) -> Beginning:
    """One way in which a fact begins a clock."""
    match = start.match or rule.match
    return Beginning(
        rule=rule,
        start=start,
        counting=counting,
        plainly=start.plainly,
        besides=start.besides,
        whatever_age=whatever_age(start),
        as_happened=rule.start_from_field is None and start.timestamp == "occurred",
        first=rule.in_force.first or date.min,
        last=rule.in_force.last or date.max,
        gate=start.gate,
        match=match,
        several=f"{match}s",
        window=rule.window if rule.kind == "nth-in-window" else None,
        by_itself=rule.anchor_field is None and start.fact not in rule.renewed_by,
    )


def whatever_age(start: Start) -> Trigger | None:
    """What a start asks beside the child's age; nothing where it asks for no age."""
    others = {name: asked for name, asked in start.where.items() if name not in AGES}
    return None if len(others) == len(start.where) else Trigger(fact=start.fact, where=others)


class Climb(Span):
    """An amount of a unit in which ladders count."""

    unit: UnitOfClimb


class Breach(Row):
    """How long after a breach a rung is told."""

    breach: Climb


class Rung(Row):
    """One role on a ladder, and when it is told."""

    rung: PositiveInt
    role: Role
    told: Literal["warning", "last-warning"] | Breach
    watcher: bool = False
    regardless: bool = False


class Again(Row):
    """A rung that nobody answered is told again, so long after it was told and so often."""

    after: Climb
    times: PositiveInt


class Ladder(Row):
    """Who is told of a clock, one rung after another."""

    id: str
    title: str
    rungs: tuple[Rung, ...]
    hours: Literal["working", "day-and-night"] = "working"
    stands_in: Role | None = None
    """Out of working hours this role stands for the rungs told of warnings."""
    single_warnings: Literal["all", "last", "urgent"] | None = None
    """Which warnings are told singly, not in the digest: unsaid, all of hour clocks and the last of others.

    `urgent` are only those of them that the next digest would bring too late.
    """
    again: Again | None = None
    """How a rung of the climb that nobody answered is told again; not at all where nothing is said."""
    note: str | None = None

    @model_validator(mode="after")
    def can_be_climbed(self) -> "Ladder":
        """Two rungs of one number, or amounts that cannot be compared, have no order."""
        reason = wrong_climb(self)
        if reason is not None:
            raise ValueError(reason)
        return self

    @property
    def climb(self) -> tuple[Rung, ...]:
        """The rungs told of a breach, in the order of their amounts."""
        told = (rung for rung in self.rungs if isinstance(rung.told, Breach))
        return tuple(sorted(told, key=lambda rung: (breach_amount(rung), rung.rung)))


def breach_amount(rung: Rung) -> int:
    """How long after the breach this rung is told, in its unit."""
    return rung.told.breach.amount if isinstance(rung.told, Breach) else 0


class Policy(BaseModel):
    """A named, versioned, hashed set of timescales and ladders."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    name: str
    version: str
    sha256: str
    history_after_days: PositiveInt
    """A breach due longer than this before it became visible is history and wakes nobody."""
    feed_late_after_hours: PositiveInt
    """How late a batch feed may be where its registration does not say."""
    exhausted_after: Climb
    """How long after its last rung was told a ladder is exhausted."""
    longest_promise: Climb | None = None
    """How far ahead a promise, or a handing over to another owner, may reach; any day where unsaid."""
    handed_over_at_most: PositiveInt | None = None
    """How often a clock may be handed over to another owner; any number where unsaid."""
    first_day: date | None = None
    """The first day that an authority's own pack names for itself; nothing for the national one."""
    heard_within_days: Mapping[WhyLooked, PositiveInt] = {}
    """For how many days nothing may be recorded of a child being seen or heard from, by why we look."""
    timescales: tuple[Timescale, ...]
    ladders: Mapping[str, Ladder]

    @cached_property
    def by_id(self) -> Mapping[str, Timescale]:
        """Each timescale by its id."""
        return {timescale.id: timescale for timescale in self.timescales}

    switched: Mapping[str, bool] = {}
    """The rules that the authority has switched on or off, whatever their tier."""

    def in_use(self, timescale: Timescale) -> bool:
        """Whether a rule starts clocks: all but optional ones, unless the authority says otherwise."""
        return self.switched.get(timescale.id, timescale.tier != "optional")

    @cached_property
    def counting(self) -> Mapping[str, Counting]:
        """How each rule counts, by its id."""
        return {timescale.id: counting_of(timescale) for timescale in self.timescales}

    @cached_property
    def starters(self) -> Mapping[str, tuple[Beginning, ...]]:
        """What each fact may start, under the rules in use."""
        found: dict[str, list[Beginning]] = {}
        for timescale in filter(self.in_use, self.timescales):
            for start in timescale.starts:
                begins = beginning_of(timescale, start, self.counting[timescale.id])
                found.setdefault(start.fact, []).append(begins)
        return {name: tuple(rows) for name, rows in found.items()}

    @cached_property
    def started_by_calendar(self) -> tuple[Timescale, ...]:
        """The rules in use that a day starts by itself."""
        rules = (one for one in self.timescales if one.starts_on_calendar is not None)
        return tuple(filter(self.in_use, rules))

    def timescale(self, name: str) -> Timescale:
        """The timescale of this id; KeyError when the pack has none."""
        return self.by_id[name]


LADDERS_FILE: Final = "ladders.toml"


def read_policy(texts: Mapping[str, str]) -> Policy:
    """The policy that a pack's files describe, given as file name and text.

    Raises UnreadablePolicy, whose sentence begins with file and line.
    """
    head, ladders, rows = tables(texts)
    found = head | {"sha256": hashed(texts), "ladders": ladders}
    return policy_of(found, rows, texts)


def hashed(texts: Mapping[str, str]) -> str:
    """The hash by which a pack is known: of the name and the text of each of its files."""
    whole = "".join(f"{name}\n{text}\n" for name, text in sorted(texts.items()))
    return hashlib.sha256(whole.encode()).hexdigest()


PlacedRow = tuple[str, dict[str, Any]]
"""A row of a table, with the name of the file it stands in."""


def tables(texts: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any], list[PlacedRow]]:
    """What a pack's files hold: what is said of the whole, the ladders by id, and every timescale."""
    parsed = {name: parse(name, text) for name, text in sorted(texts.items())}
    if LADDERS_FILE not in parsed:
        message = f"{LADDERS_FILE}:1: the pack has no such file, so nobody could be told"
        raise UnreadablePolicy(message)
    head = parsed.pop(LADDERS_FILE)
    ladders = {row["id"]: row for row in head.pop("ladders", ())}
    return head, ladders, list(located(parsed))


def policy_of(
    found: Mapping[str, Any],
    rows: Sequence[PlacedRow],
    texts: Mapping[str, str],
    homes: Mapping[str, str] = MappingProxyType({}),
) -> Policy:
    """The policy of these tables, checked; `homes` says which file holds a ladder or a heading.

    Raises UnreadablePolicy, placed by file and line.
    """
    try:
        policy = Policy.model_validate({**found, "timescales": [row for _, row in rows]})
    except ValidationError as error:
        raise placed(error, rows, texts, homes) from error
    check(policy, rows, texts)
    return policy


def parse(name: str, text: str) -> dict[str, Any]:
    """One file's table; raises UnreadablePolicy where it stops making sense."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = place[1] if place else str(len(text.splitlines()) or 1)
        message = f"{name}:{line}: {error}"
        raise UnreadablePolicy(message) from error


def located(parsed: Mapping[str, dict[str, Any]]) -> Iterator[PlacedRow]:
    """Every timescale of every file with the name of its file; the thread is the file's."""
    for name, table in parsed.items():
        thread = thread_of(name)
        for row in table.get("timescales", ()):
            yield name, {"thread": thread} | row


def base_of(name: str) -> str:
    """The last part of a file's name, without its folders."""
    return name.rpartition("/")[2]


def thread_of(name: str) -> str:
    """The thread whose timescales a file holds, by the file's name."""
    return base_of(name).removesuffix(".toml").replace("_", "-")


KEY: Final = r"[a-z_.-][a-z0-9_.-]*"
"""How a key is written; what else stands on the way to a fault only says which kind was tried."""
KINDS_OF_VALUE: Final = frozenset({"bool", "int", "str"})


def placed(
    error: ValidationError,
    rows: Sequence[PlacedRow],
    texts: Mapping[str, str],
    homes: Mapping[str, str],
) -> UnreadablePolicy:
    """The first fault of meaning, with the file and line of the key it lies under."""
    faults = error.errors()
    # A misspelt key is shown before the one it leaves missing: it has a line of its own.
    inner = next((one for one in faults if not isinstance(one["input"], dict)), faults[0])
    first = next((one for one in faults if one["type"] == "extra_forbidden"), inner)
    where = [str(part) for part in first["loc"]]
    reason = first["msg"].removeprefix("Value error, ")
    said = [part for part in where if re.fullmatch(KEY, part) and part not in KINDS_OF_VALUE]
    if where[0] == "timescales" and len(where) > 1:
        file, row = rows[int(where[1])]
        rule, said = str(row.get("id", "")), said[1:]
    else:
        rule = where[1] if where[0] == "ladders" and len(where) > 1 else ""
        file = homes.get(rule or where[0], LADDERS_FILE)
    line = line_of(texts[file], rule, said, str(first["input"]))
    named = f"{rule}: " if where[0] == "timescales" else ""
    return UnreadablePolicy(f"{file}:{line}: {named}{'.'.join(said)}: {reason}")


def line_of(text: str, rule: str, keys: Sequence[str], value: str = "") -> int:
    """The line on which a rule says the innermost of these keys, or on which the rule begins.

    Where several lines say it, the one that also says the value.
    """
    lines = text.splitlines()
    begins = next((n for n, line in enumerate(lines) if line.strip() == f'id = "{rule}"'), 0)
    heads = (n for n in range(begins + 1, len(lines)) if lines[n].startswith("[["))
    ends = next(heads, len(lines)) if rule else len(lines)
    for key in reversed(keys):
        says = [n for n in range(begins, ends) if re.search(rf"\b{re.escape(key)}\b", lines[n])]
        if says:
            return next((n for n in says if value in lines[n]), says[0]) + 1
    return begins + 1


def check(policy: Policy, rows: Sequence[PlacedRow], texts: Mapping[str, str]) -> None:
    """Faults that lie between rows: two rules of one id, a ladder nobody made."""
    seen: set[str] = set()
    for (file, _), timescale in zip(rows, policy.timescales, strict=True):
        if timescale.id in seen:
            line = line_of(texts[file], timescale.id, ["id"])
            message = f"{file}:{line}: {timescale.id}: this id is used twice"
            raise UnreadablePolicy(message)
        seen.add(timescale.id)
        if timescale.ladder not in policy.ladders:
            line = line_of(texts[file], timescale.id, ["ladder"])
            message = f"{file}:{line}: {timescale.id}: no ladder is called {timescale.ladder}"
            raise UnreadablePolicy(message)
        for fault in faults(timescale):
            line = line_of(texts[file], timescale.id, fault.keys, fault.word)
            said = ".".join(fault.keys)
            message = f"{file}:{line}: {timescale.id}: {said}: {fault.reason}"
            raise UnreadablePolicy(message)
