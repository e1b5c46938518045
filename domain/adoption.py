"""Which packs and calendars an authority has adopted, and what each of them governs.

A pack governs the clocks that start from its first day on, until the next pack's; those that run keep
the rules they started under. A calendar counts every clock that was still open when it was adopted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from domain.calendar import WorkingDays
from domain.errors import AdoptedMissing
from domain.facts.authority import CalendarAdopted, PolicyAdopted
from domain.school_terms import SchoolTerms, joined
from domain.standing import Standing
from domain.timescales import Policy, Timescale

Thing = TypeVar("Thing", Policy, WorkingDays)


@dataclass(frozen=True)
class Law:
    """What judges where nothing is adopted, and what can be adopted on this machine, by hash."""

    policy: Policy
    calendar: WorkingDays
    national: Policy | None = None
    """What governs before the first adopted day; the policy itself where nothing is said."""
    policies: Mapping[str, Policy] = field(default_factory=dict)
    calendars: Mapping[str, WorkingDays] = field(default_factory=dict)

    @property
    def before(self) -> Policy:
        """What governs before the first adopted day."""
        return self.national or self.policy


@dataclass(frozen=True, slots=True)
class PackAdopted:
    """A pack, the day from which it governs, and the fact that says so."""

    event_id: UUID
    recorded_at: datetime
    from_on: date
    policy: Policy


@dataclass(frozen=True, slots=True)
class CalendarInUse:
    """A calendar or school terms, since when they count, and the fact that says so."""

    event_id: UUID
    recorded_at: datetime
    calendar: WorkingDays


Adopted = PackAdopted | CalendarInUse


def adopted(facts: Sequence[Standing], law: Law) -> tuple[Adopted, ...]:
    """Every adoption that stands, in the order in which it was recorded.

    Raises AdoptedMissing for what does not lie on this machine: nothing is judged by another law.
    """
    found: list[Adopted] = []
    for one in sorted(facts, key=lambda fact: (fact.recorded_at, fact.event_id)):
        match one.fact:
            case PolicyAdopted() as said:
                name = f"{said.pack} {said.version}"
                policy = at_hand(law.policies, said.sha256, "pack", name)
                found.append(PackAdopted(one.event_id, one.recorded_at, said.from_on, policy))
            case CalendarAdopted() as said:
                calendar = at_hand(law.calendars, said.sha256, "calendar", said.calendar)
                found.append(CalendarInUse(one.event_id, one.recorded_at, calendar))
            case _:
                pass
    return tuple(found)


def at_hand(shelf: Mapping[str, Thing], sha256: str, what: str, name: str) -> Thing:
    """What was adopted, as it lies on this machine."""
    thing = shelf.get(sha256)
    if thing is None:
        raise AdoptedMissing(what, name, sha256)
    return thing


def packs_of(adoptions: Sequence[Adopted]) -> tuple[PackAdopted, ...]:
    """The packs by their first day; of two from one day the one adopted last governs."""
    by_day = {one.from_on: one for one in adoptions if isinstance(one, PackAdopted)}
    return tuple(by_day[day] for day in sorted(by_day))


def calendars_of(adoptions: Sequence[Adopted]) -> tuple[CalendarInUse, ...]:
    """The calendars of working days in the order in which they were adopted."""
    return tuple(
        one
        for one in adoptions
        if isinstance(one, CalendarInUse) and not isinstance(one.calendar, SchoolTerms)
    )


def school_terms_of(adoptions: Sequence[Adopted]) -> tuple[CalendarInUse, ...]:
    """The school terms in the order in which they were adopted, each with what was in force before it."""
    found: list[CalendarInUse] = []
    before: SchoolTerms | None = None
    for one in adoptions:
        if isinstance(one, CalendarInUse) and isinstance(one.calendar, SchoolTerms):
            before = one.calendar if before is None else joined(before, one.calendar)
            found.append(CalendarInUse(one.event_id, one.recorded_at, before))
    return tuple(found)


def together(packs: Sequence[Policy]) -> Policy:
    """The newest pack, with the rules and ladders of the older ones that it has dropped.

    Clocks that run under an older pack are still named, shown and told of; the dropped rules start none.
    """
    newest = packs[-1]
    rules: dict[str, Timescale] = dict(newest.by_id)
    ladders = dict(newest.ladders)
    for older in reversed(packs[:-1]):
        rules = {**older.by_id, **rules}
        ladders = {**older.ladders, **ladders}
    dropped = {name: False for name in rules if name not in newest.by_id}
    if not dropped and len(ladders) == len(newest.ladders):
        return newest
    kept = {name: getattr(newest, name) for name in Policy.model_fields}
    order = (*newest.by_id, *dropped)
    return Policy.model_validate(
        kept
        | {
            "timescales": tuple(rules[name] for name in order),
            "ladders": ladders,
            "switched": {**newest.switched, **dropped},
        }
    )
