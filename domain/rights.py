"""What a child's and an authority's streams say of who may see what."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from domain.access_events import (
    AccessForced,
    ForcedAccessReviewed,
    RestrictionLifted,
    RestrictionLiftProposed,
    RestrictionWidened,
    RestrictionWideningProposed,
    SampleDrawn,
    ScopeEnded,
    ScopeGiven,
)
from domain.audit_period import Period
from domain.engine_events import ManagerNotified, ReferenceNamed
from domain.event import Recorded
from domain.facts.corrections import FactCorrected, FactWithdrawn
from domain.facts.whole_child import (
    CaseAllocated,
    ChildReferencesJoined,
    ChildReferencesParted,
    RecordRestricted,
    StaffRelationDeclared,
)
from domain.joining import named_in
from domain.permission import Record, Scope
from domain.standing import Standing, standing


@dataclass(frozen=True, slots=True)
class Widening:
    """Who is to see a restricted record beside those named, as one person proposed it."""

    event_id: UUID
    people: frozenset[str]
    by: str


@dataclass(frozen=True, slots=True)
class Restriction:
    """Who may see a restricted record, and what somebody has proposed about that."""

    event_id: UUID
    named: frozenset[str]
    reason: str
    since: datetime
    proposed: UUID | None = None
    """The proposal that it be lifted."""
    proposed_by: str | None = None
    widening: Widening | None = None


class Said(NamedTuple):
    """One thing that was said about a restriction, with the one in force before it and after it."""

    recorded: Recorded
    before: Restriction | None
    after: Restriction | None


def restriction(history: Iterable[Recorded]) -> Restriction | None:
    """The restriction in force; nothing where there was none or two people have lifted it.

    It is read as recorded: a withdrawal or a correction by one source alone lifts nothing.
    """
    found: Restriction | None = None
    for one in restricting(history):
        found = one.after
    return found


def restricting(history: Iterable[Recorded]) -> Iterator[Said]:
    """Everything that was said about a restriction, in the order recorded, with what came of it.

    Whoever restricts again only takes names away: two people name more, and two people lift.
    """
    found: Restriction | None = None
    # Each time the restriction in force was stated: what is proposed may name any of them.
    restricted = set[UUID]()
    for one in history:
        before = found
        match one.event.said:
            case RecordRestricted() as said:
                restricted.add(one.event_id)
                found = narrowed(found, said, one)
            case RestrictionLiftProposed() | RestrictionWideningProposed() as said:
                if found is None or said.restricted not in restricted:
                    continue
                found = with_proposal(found, said, one)
            case RestrictionWidened() as said if found is not None:
                found = widened(found, said, one.event.by)
            case RestrictionLifted() as said if found is not None:
                if said.proposed == found.proposed and is_second(one.event.by, found.proposed_by):
                    found = None
                    restricted.clear()
            case _:
                continue
        yield Said(one, before, found)


def narrowed(found: Restriction | None, said: RecordRestricted, one: Recorded) -> Restriction:
    """A first restriction as it was stated; of one in force, only what it leaves of the names.

    One that leaves nobody changes nothing, and what was proposed goes on waiting.
    """
    named = frozenset(said.people)
    if found is None:
        return Restriction(one.event_id, named, said.reason, one.recorded_at)
    left = found.named & named
    return replace(found, named=left, reason=said.reason) if left else found


def with_proposal(
    found: Restriction, said: RestrictionLiftProposed | RestrictionWideningProposed, one: Recorded
) -> Restriction:
    """A restriction with what somebody proposed about it, the last of each kind; nobody proposes nothing."""
    by = one.event.by
    if not by:
        return found
    if isinstance(said, RestrictionLiftProposed):
        return replace(found, proposed=one.event_id, proposed_by=by)
    return replace(found, widening=Widening(one.event_id, frozenset(said.people), by))


def widened(found: Restriction, said: RestrictionWidened, by: str | None) -> Restriction:
    """A restriction with more names, where a second person confirms that very proposal."""
    waits = found.widening
    if waits is None or said.proposed != waits.event_id or not is_second(by, waits.by):
        return found
    return replace(found, named=found.named | waits.people, widening=None)


def is_second(by: str | None, first: str | None) -> bool:
    """Whether somebody is a second person."""
    return bool(by) and by != first


WITHHOLDS: Final = (
    RecordRestricted.NAME,
    RestrictionLiftProposed.NAME,
    RestrictionLifted.NAME,
    RestrictionWideningProposed.NAME,
    RestrictionWidened.NAME,
    StaffRelationDeclared.NAME,
    FactCorrected.NAME,
    FactWithdrawn.NAME,
    AccessForced.NAME,
)
"""What says of whom a record is withheld, and to whom it is open all the same: few events of any history."""


def withheld(history: Sequence[Recorded], record: Record) -> Record:
    """A record with what withholds it, from the events that say so: as the whole history says it."""
    closed = restriction(history)
    return replace(
        record,
        restricted=closed is not None,
        named=closed.named if closed else frozenset(),
        family=family_of(standing(history)),
    )


LEADS_TO: Final = (
    CaseAllocated.NAME,
    ManagerNotified.NAME,
    ChildReferencesJoined.NAME,
    ChildReferencesParted.NAME,
    ReferenceNamed.NAME,
    FactCorrected.NAME,
    FactWithdrawn.NAME,
)
"""What says to whom an open record leads: whose it is, who was told, whether another is the same child."""


def led_to(history: Sequence[Recorded], record: Record, clock: str | None) -> Record | None:
    """A record with those it leads to, from the events that say so; nothing where only all of it tells.

    Whoever was ever told of the clock counts as told: this may open too much, and never too little.
    """
    if named_in(history):
        return None
    facts = standing(history)
    teams = [one.fact.team_ref for one in facts if isinstance(one.fact, CaseAllocated)]
    return replace(
        record,
        team=teams[-1] if teams else None,
        worker=worker_of(facts),
        told=told_of(history, clock) if clock else frozenset(),
    )


def family_of(facts: Iterable[Standing]) -> frozenset[str]:
    """Everybody who may never see this record, for it is theirs or a relative's."""
    return frozenset(
        one.fact.person_ref for one in facts if isinstance(one.fact, StaffRelationDeclared)
    )


def admitted(
    history: Iterable[Recorded], facts: Iterable[Standing], people: Iterable[str]
) -> tuple[str, ...]:
    """Those of some people to whom a record may be told of: nobody of the family, nobody not named."""
    closed, family = restriction(history), family_of(facts)
    return tuple(
        one for one in people if one not in family and (closed is None or one in closed.named)
    )


def worker_of(facts: Sequence[Standing]) -> str | None:
    """The worker to whom the child is now allocated; nothing while none is known."""
    found = [one.fact.worker_ref for one in facts if isinstance(one.fact, CaseAllocated)]
    return found[-1] if found else None


def told_of(history: Iterable[Recorded], clock: str) -> frozenset[str]:
    """Everybody who was told of a clock."""
    said = (one.event.said for one in history)
    return frozenset(
        one.person
        for one in said
        if isinstance(one, ManagerNotified) and one.clock == clock and one.person
    )


@dataclass(frozen=True, slots=True)
class Forced:
    """One record forced open by one person, and who else has reviewed that."""

    event_id: UUID
    person: str
    at: datetime
    until: datetime
    reason: str | None
    reviewed_by: str | None = None


def forced(history: Iterable[Recorded]) -> tuple[Forced, ...]:
    """Each time the record was forced open; nobody's own review counts."""
    found: dict[UUID, Forced] = {}
    for one in history:
        said, by = one.event.said, one.event.by
        match said:
            case AccessForced() if by:
                found[one.event_id] = Forced(
                    one.event_id, by, one.recorded_at, said.until, said.reason
                )
            case ForcedAccessReviewed() if by and said.forced in found:
                opened = found[said.forced]
                if by != opened.person:
                    found[said.forced] = replace(opened, reviewed_by=by)
            case _:
                pass
    return tuple(found.values())


def forced_open(history: Iterable[Recorded], person: str | None) -> datetime | None:
    """Until when a person has forced this record open; nothing where they have not."""
    ends = [one.until for one in forced(history) if one.person == person]
    return max(ends, default=None)


@dataclass(frozen=True, slots=True)
class AuditScope:
    """What somebody was given to look at, by whom, how it was drawn and whether it was ended."""

    event_id: UUID
    authority: str
    person: str
    children: tuple[str, ...]
    """Their opaque ids."""
    purpose: str
    until: datetime
    given_by: str | None
    given_at: datetime
    drawn: SampleDrawn | None = None
    ended_at: datetime | None = None
    period: Period | None = None
    """The days that it is about; nothing where it is about all of them."""
    words: bool = False
    """Whether it opens what people wrote, too."""

    @property
    def over_at(self) -> datetime:
        """From when on nothing is to be seen by it."""
        return self.until if self.ended_at is None else min(self.until, self.ended_at)


def audit_scopes(history: Iterable[Recorded]) -> tuple[AuditScope, ...]:
    """Every scope that an authority's stream tells of, in the order given."""
    found: dict[UUID, AuditScope] = {}
    for one in history:
        match one.event.said:
            case ScopeGiven() as said:
                found[one.event_id] = AuditScope(
                    one.event_id,
                    one.event.authority,
                    said.person,
                    said.children,
                    said.purpose,
                    said.until,
                    one.event.by,
                    one.recorded_at,
                    period=period_of(said),
                    words=said.words,
                )
            case SampleDrawn() as said if said.scope in found:
                found[said.scope] = replace(found[said.scope], drawn=said)
            case ScopeEnded() as said if said.scope in found:
                found[said.scope] = replace(found[said.scope], ended_at=one.recorded_at)
            case _:
                pass
    return tuple(found.values())


def period_of(said: ScopeGiven) -> Period | None:
    """The days that a scope names; nothing where it names none."""
    days = Period(said.from_on, said.to_on)
    return None if days == Period() else days


def scopes_given(history: Iterable[Recorded]) -> Iterator[tuple[str, Scope]]:
    """Every scope as the rules ask of it, with whose it is."""
    for one in audit_scopes(history):
        yield (
            one.person,
            Scope(
                one.authority,
                frozenset(one.children),
                one.purpose,
                one.over_at,
                one.period,
                one.words,
            ),
        )
