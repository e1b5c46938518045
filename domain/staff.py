"""Who works here: roles in teams, rotas, absences and cover, each from a day or an hour on.

All of it comes from facts of the authority's stream, so that who held what can be asked of any moment.
The facts come from the people file; a directory that states the same facts needs nothing else.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Final, Literal

from domain.calendar import end_of, london_date, midnight
from domain.facts.authority import PersonAssigned, PersonAway, ShiftRostered, TeamPlaced
from domain.standing import Standing

KEEPS_THE_QUEUE: Final = "unallocated_queue"
"""Who is told where nobody holds the role that is meant, and sees to it that somebody does."""
ELSE_KEEPS_IT: Final = "head_of_service"
"""Whose queue it is where nobody else was named."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """A person holds a role, here or in a team, from a day and perhaps to a day, both included."""

    person: str
    role: str
    team: str | None
    from_on: date
    to_on: date | None
    covers: str | None

    def holds(self, on: date) -> bool:
        """Whether the person holds the role on this London day."""
        return self.from_on <= on and (self.to_on is None or on <= self.to_on)


@dataclass(frozen=True, slots=True)
class Shift:
    """A person is on duty for a role from an instant to an instant."""

    person: str
    role: str
    team: str | None
    from_at: datetime
    to_at: datetime


@dataclass(frozen=True, slots=True)
class Away:
    """A person is not at work from a day and perhaps to a day, both included."""

    person: str
    from_on: date
    to_on: date | None

    def on(self, day: date) -> bool:
        """Whether it lasts on this London day."""
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)


@dataclass(frozen=True, slots=True)
class Place:
    """A team lies in a service, or in another team, from a day and perhaps to a day."""

    team: str
    within: str | None
    from_on: date
    to_on: date | None


@dataclass(frozen=True)
class Staff:
    """Everybody who works for an authority, as its facts tell."""

    assignments: tuple[Assignment, ...] = ()
    shifts: tuple[Shift, ...] = ()
    away: tuple[Away, ...] = ()
    places: tuple[Place, ...] = ()

    def holders(self, role: str, at: datetime, team: str | None = None) -> tuple[str, ...]:
        """Who holds a role at an instant, by opaque id: in the team, else in what it lies within.

        Whoever is on duty by a rota is meant where there is one; else all who hold the role.
        Who is away, and who is covered in this very role, is left out; who covers is in.
        """
        on = london_date(at)
        held = [one for one in self._by_role.get(role, ()) if one.holds(on)]
        out = {one.covers for one in held if one.covers} | self.away_on(on)
        duty = [one for one in self._rota.get(role, ()) if one.from_at <= at < one.to_at]
        for level in self.line(team, on):
            for found in (duty, held):
                people = [one.person for one in found if one.team == level]
                there = tuple(dict.fromkeys(one for one in people if one not in out))
                if there:
                    return there
        return ()

    def anywhere(self, role: str, at: datetime) -> tuple[str, ...]:
        """Who holds a role at an instant, in whatever team, and is at work."""
        on = london_date(at)
        held = (one.person for one in self._by_role.get(role, ()) if one.holds(on))
        away = self.away_on(on)
        return tuple(dict.fromkeys(one for one in held if one not in away))

    def keepers(self, at: datetime) -> tuple[str, ...]:
        """Whose name the queue of the unallocated carries at an instant."""
        return self.holders(KEEPS_THE_QUEUE, at) or self.holders(ELSE_KEEPS_IT, at)

    def line(self, team: str | None, on: date) -> Iterator[str | None]:
        """A team, what it lies within, and so on up to the authority itself, which has no name."""
        seen: set[str | None] = set()
        while team is not None and team not in seen:
            yield team
            seen.add(team)
            team = self.within(team, on)
        yield None

    def within(self, team: str, on: date) -> str | None:
        """What a team lies within on a London day."""
        found = [
            one
            for one in self._placed.get(team, ())
            if one.from_on <= on and (one.to_on is None or on <= one.to_on)
        ]
        return max(found, key=lambda one: one.from_on).within if found else None

    def subtree(self, service: str, on: date) -> frozenset[str]:
        """A service with every team that lies within it on a London day."""
        teams = {one.team for one in self.assignments} | {one.team for one in self.shifts}
        teams |= {one.team for one in self.places}
        return frozenset(
            {service, *(one for one in teams if one and service in self.line(one, on))}
        )

    def away_on(self, on: date) -> AbstractSet[str]:
        """Who is away on a London day."""
        return {one.person for one in self.away if one.on(on)}

    def changes(self, role: str, after: datetime) -> Sequence[datetime]:
        """Every instant after this one at which somebody else may hold a role."""
        found = self._changes(role)
        return found[bisect_right(found, after) :]

    def gone(
        self, person: str, since: datetime
    ) -> tuple[datetime, Literal["owner-left", "owner-absent"]] | None:
        """When a known person is first not there: left, or away while nobody covers.

        Nothing while no such instant is known, and of a person of whom nothing is known.
        """
        mine = [one for one in self.assignments if one.person == person]
        if not mine:
            return None
        ends = [one.to_on for one in mine]
        last = None if None in ends else max(day for day in ends if day is not None)
        left = None if last is None else end_of(last)
        days = [one.from_on for one in self.away if one.person == person]
        days += [one.to_on for one in self._covering(person) if one.to_on]
        edges = {since, *(midnight(day) for day in days), *(end_of(day) for day in days)}
        for at in sorted(edge for edge in edges if edge >= since):
            if left is not None and left <= at:
                break
            if self.is_away(person, london_date(at)):
                return at, "owner-absent"
        return None if left is None else (max(left, since), "owner-left")

    def is_away(self, person: str, on: date) -> bool:
        """Whether a person is away on a London day and nobody covers."""
        covered = any(one.holds(on) for one in self._covering(person))
        return person in self.away_on(on) and not covered

    def is_here(self, person: str, on: date) -> bool:
        """Whether a person holds any role on a London day, and is at work or covered."""
        holds = any(one.person == person and one.holds(on) for one in self.assignments)
        return holds and not self.is_away(person, on)

    def _covering(self, person: str) -> Iterator[Assignment]:
        return (one for one in self.assignments if one.covers == person)

    @cached_property
    def _by_role(self) -> Mapping[str, tuple[Assignment, ...]]:
        roles = dict.fromkeys(one.role for one in self.assignments)
        return {role: tuple(o for o in self.assignments if o.role == role) for role in roles}

    @cached_property
    def _rota(self) -> Mapping[str, tuple[Shift, ...]]:
        roles = dict.fromkeys(one.role for one in self.shifts)
        return {role: tuple(one for one in self.shifts if one.role == role) for role in roles}

    @cached_property
    def _placed(self) -> Mapping[str, tuple[Place, ...]]:
        teams = dict.fromkeys(one.team for one in self.places)
        return {team: tuple(one for one in self.places if one.team == team) for team in teams}

    @cached_property
    def _known_changes(self) -> dict[str, tuple[datetime, ...]]:
        return {}

    def _changes(self, role: str) -> tuple[datetime, ...]:
        if role not in self._known_changes:
            held = self._by_role.get(role, ())
            shifts = self._rota.get(role, ())
            people = {one.person for one in held} | {one.person for one in shifts}
            spells = [(one.from_on, one.to_on) for one in held]
            spells += [(one.from_on, one.to_on) for one in self.away if one.person in people]
            spells += [(one.from_on, one.to_on) for one in self.places]
            edges = {midnight(first) for first, _ in spells}
            edges |= {end_of(last) for _, last in spells if last is not None}
            edges |= {at for one in shifts for at in (one.from_at, one.to_at)}
            self._known_changes[role] = tuple(sorted(edges))
        return self._known_changes[role]


def staff(facts: Sequence[Standing]) -> Staff:
    """Everybody the facts tell of; what is said again of the same beginning replaces."""
    held: dict[tuple[str, str, str | None, date], Assignment] = {}
    shifts: dict[tuple[str, str, str | None, datetime], Shift] = {}
    away: dict[tuple[str, date], Away] = {}
    places: dict[tuple[str, date], Place] = {}
    for one in facts:
        match one.fact:
            case PersonAssigned() as said:
                held[said.person_ref, said.role, said.team_ref, said.from_on] = Assignment(
                    said.person_ref, said.role, said.team_ref, said.from_on, said.to_on, said.covers
                )
            case ShiftRostered() as said:
                shifts[said.person_ref, said.role, said.team_ref, said.from_at] = Shift(
                    said.person_ref, said.role, said.team_ref, said.from_at, said.to_at
                )
            case PersonAway() as said:
                away[said.person_ref, said.from_on] = Away(
                    said.person_ref, said.from_on, said.to_on
                )
            case TeamPlaced() as said:
                places[said.team_ref, said.from_on] = Place(
                    said.team_ref, said.within, said.from_on, said.to_on
                )
            case _:
                pass
    return Staff(
        tuple(held.values()), tuple(shifts.values()), tuple(away.values()), tuple(places.values())
    )
