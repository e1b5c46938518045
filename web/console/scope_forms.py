"""The form that gives somebody records to look at: children chosen or drawn, and the authority's own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from domain.access_events import SampleDrawn, ScopeGiven
from domain.access_rules import GOVERNANCE, HEADS, PURPOSES, SUBJECT_REQUEST
from domain.audit_period import Period
from domain.authority import Authority
from domain.calendar import end_of
from domain.engine_events import EngineEvent
from domain.event import CONSOLE, Event
from domain.permission import Asker
from domain.rights import AuditScope
from domain.sampling import draw
from domain.words import say_day
from projections.sampling import STRATA, frame
from web.console.askers import groups_held, posts_of
from web.console.look_back import day_typed
from web.console.telling import Filled
from web.console.wording import last_day
from web.parts import Parts

AUDITING: Final = frozenset({"auditor", "guest"})
"""The groups to whom any records may be given to look at."""
CASES: Final = 12
"""How many cases are drawn where nothing else is said: one inspection's sample."""
MOST: Final = 100
DAYS: Final = 366
LONGEST: Final = timedelta(days=DAYS)
SAMPLE: Final = "sample"
REFERENCES: Final = "references"
YES: Final = "yes"
SEED_LENGTH: Final = 100


@dataclass(frozen=True)
class Wanted:
    """What a form asks to be given."""

    person: str
    purpose: str
    until: datetime
    references: tuple[str, ...]
    """The children themselves; none where they are to be drawn."""
    size: int
    strata: tuple[str, ...]
    seed: str
    itself: bool
    """Whether the authority's own record is to be looked at too."""
    period: Period
    """The days that it is to be about."""
    words: bool
    """Whether what people wrote is to be read, too."""


def receivers(authority: Authority, giver: Asker, now: datetime) -> tuple[str, ...]:
    """Whom somebody may give a scope today: who audits or inspects here; a head, the officer too.

    Nobody gives themselves what they are to look at.
    """
    heads = not groups_held(giver.posts, authority.code).isdisjoint(HEADS)
    groups = AUDITING | ({GOVERNANCE} if heads else set())
    found = dict.fromkeys(one.person for one in authority.assignments)
    held = ((one, groups_held(posts_of(authority, one, now), authority.code)) for one in found)
    return tuple(one for one, mine in held if mine & groups and one != giver.person)


def answers_requests(authority: Authority, person: str, now: datetime) -> bool:
    """Whether somebody is given records only to answer requests: the officer, who does not audit too."""
    mine = groups_held(posts_of(authority, person, now), authority.code)
    return GOVERNANCE in mine and mine.isdisjoint(AUDITING)


def in_hand(scopes: Iterable[AuditScope], person: str, now: datetime) -> AuditScope | None:
    """The request that somebody is answering, or is yet to; nothing where there is none."""
    return next(
        (
            one
            for one in scopes
            if one.person == person and one.purpose == SUBJECT_REQUEST and now < one.over_at
        ),
        None,
    )


def faults_of_request(
    form: Mapping[str, str], references: Sequence[str], waits: AuditScope | None
) -> dict[str, str]:
    """What is wrong with a scope for the officer: one child, for a request, with words, one at a time."""
    faults = dict[str, str]()
    if waits is not None:
        until = say_day(last_day(waits.until))
        faults["person"] = f"They answer another request until {until}: end that scope first"
    if form.get("purpose") != SUBJECT_REQUEST:
        faults["purpose"] = f"They are given a record only for this: {PURPOSES[SUBJECT_REQUEST]}"
    if form.get("by") != REFERENCES or len(references) != 1:
        faults["references"] = "Choose the children, and enter the one reference of the request"
    if form.get("itself") == YES:
        faults["itself"] = "A request is about one child, not about the authority’s own record"
    if form.get("words") != YES:
        faults["words"] = "Whoever answers a request reads what people wrote: tick this"
    return faults


def wanted(
    form: Mapping[str, str],
    strata: Sequence[str],
    allowed: Sequence[str],
    today: date,
    token: str,
    request: Callable[[Sequence[str]], Mapping[str, str]],
) -> tuple[Wanted | None, Filled]:
    """What was asked for, or what is wrong with it; `request` says so of a scope for the officer."""
    filled = Filled("scope", form, chosen={"strata": strata})
    day, filled.days["until"] = day_typed(form, "until")
    faults, by = filled.faults, form.get("by", SAMPLE)
    period = days_typed(form, filled, today)
    itself = form.get("itself") == YES
    references = tuple(dict.fromkeys(form.get("references", "").split()))
    size, seed = form.get("size", "") or str(CASES), form.get("seed", "") or token
    if form.get("person") not in allowed:
        faults["person"] = "Choose who is to look"
    if form.get("purpose") not in PURPOSES:
        faults["purpose"] = "Choose for what purpose"
    if day is None:
        faults["until-day"] = "Enter a real date, for example 7 1 2016"
    elif not today <= day <= today + LONGEST:
        faults["until-day"] = "The last day must be today or later, and within a year"
    if by == REFERENCES and not (0 if itself else 1) <= len(references) <= MOST:
        faults["references"] = f"Enter 1 to {MOST} references, one a line"
    if by == SAMPLE and not (size.isascii() and size.isdigit() and 1 <= int(size) <= MOST):
        faults["size"] = f"Enter a number of cases from 1 to {MOST}"
    if by == SAMPLE and not (seed.isprintable() and len(seed) <= SEED_LENGTH):
        faults["seed"] = f"A seed is up to {SEED_LENGTH} letters and digits"
    faults.update(request(references))
    if faults or day is None:
        return None, filled
    return Wanted(
        person=form["person"],
        purpose=form["purpose"],
        until=end_of(day),
        references=references if by == REFERENCES else (),
        size=int(size) if by == SAMPLE else 0,
        strata=tuple(one for one in STRATA if one in strata),
        seed=seed,
        itself=itself,
        period=period,
        words=form.get("words") == YES,
    ), filled


def days_typed(form: Mapping[str, str], filled: Filled, today: date) -> Period:
    """The days that a scope is to be about, either of which may be left empty; what is wrong is noted."""
    found: dict[str, date | None] = {}
    for name in ("from", "to"):
        found[name], filled.days[name] = day_typed(form, name)
        if found[name] is None and any(filled.days[name]):
            filled.faults[f"{name}-day"] = "Enter a real date, for example 7 1 2016"
    first, last = found["from"], found["to"]
    if first and first > today:
        filled.faults["from-day"] = "The first day it is about must be today or earlier"
    elif first and last and last < first:
        filled.faults["to-day"] = "The last day it is about must be the first day or later"
    return Period(first, last)


def given(parts: Parts, said: Wanted, by: str, token: str) -> list[Event]:
    """The scope, and how it was drawn where it was; a reference that nobody knows shows nothing."""
    now, itself = parts.now(), [itself_of(parts)] if said.itself else []
    if not said.size:
        of = [parts.log.stream(parts.code, "child", one).hex for one in said.references]
        return [event(parts, scope_of(said, [*of, *itself]), by, token)]
    of_days = said.period if said.period != Period() else None
    authority = parts.authority(parts.code)
    strata = frame(parts.log, authority, now, said.strata, said.person, of_days)
    children = draw(strata, said.size, said.seed)
    scope = event(parts, scope_of(said, [*children, *itself]), by, token)
    drawn = SampleDrawn(
        scope=scope.event_id,
        seed=said.seed,
        strata=said.strata,
        size=said.size,
        out_of=len({one for of in strata.values() for one in of}),
        known_at=now,
    )
    return [scope, event(parts, drawn, by, f"{token}-drawn")]


def itself_of(parts: Parts) -> str:
    """What the authority's own record is called among the children of a scope."""
    return parts.log.stream(parts.code, "authority", parts.code).hex


def scope_of(said: Wanted, children: Sequence[str]) -> ScopeGiven:
    """The scope as it is recorded."""
    first, last = said.period
    return ScopeGiven(
        person=said.person,
        children=tuple(children),
        purpose=said.purpose,
        until=said.until,
        from_on=first,
        to_on=last,
        words=said.words,
    )


def drawn_again(parts: Parts, scope: AuditScope, drawn: SampleDrawn) -> tuple[str, ...]:
    """The same sample, drawn once more from the log as it was known then."""
    authority = parts.authority(parts.code)
    strata = frame(parts.log, authority, drawn.known_at, drawn.strata, scope.person, scope.period)
    return draw(strata, drawn.size, drawn.seed)


def event(parts: Parts, said: EngineEvent, by: str, name: str) -> Event:
    """What somebody does about a scope, as an event of the authority's own stream."""
    return Event(
        authority=parts.code,
        kind="authority",
        subject=parts.code,
        source=CONSOLE,
        id=name,
        said=said,
        occurred_at=parts.now(),
        by=by,
    )
