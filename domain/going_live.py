"""Going live: which rule is told in which team, by whose decision, and what waits out an amnesty.

While a rule is in shadow its clocks run and its breaches are recorded, and nobody is told.
Where nothing was decided everybody is told, so that silence is always somebody's decision.
What was broken before a rule was switched on is a list of its team until the amnesty is over.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from domain.calendar import end_of, midnight
from domain.event import Recorded
from domain.facts.authority import TellingSwitchedOff, TellingSwitchedOn
from domain.standing import Standing

ALWAYS: Final = datetime.min.replace(tzinfo=UTC)
"""Since when a rule is told about which nothing was decided."""
NAMED: Final = 3
"""So many rules are named in a sentence; more are counted."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Somebody's decision that people are told from an instant on, or are told no more."""

    on: bool
    at: datetime
    """From when it holds: never earlier than it was recorded."""
    recorded_at: datetime
    timescale: str | None
    """Which rule; every rule where none is named."""
    team: str | None
    """In which team; in every team, and for children without one, where none is named."""
    amnesty_to: date | None
    event_id: UUID
    by: str | None
    reason: str | None

    def covers(self, timescale: str, team: str | None) -> bool:
        """Whether it is about this rule in this team."""
        return self.timescale in {None, timescale} and self.team in {None, team}

    @property
    def amnesty_ends(self) -> datetime:
        """From when what was broken before is told."""
        return max(self.at, end_of(self.amnesty_to)) if self.amnesty_to else self.at


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which a rule is told in a team, or is not; it lasts until the next one begins."""

    since: datetime
    on: bool
    decision: Decision | None = None
    """What began it; nothing where nothing was decided yet."""
    said: Decision | None = None
    """The last decision that says the same, whose amnesty counts."""

    def told_from(self, true_since: datetime) -> datetime:
        """From when something is told in this spell that was true since an instant."""
        if true_since >= self.since or self.said is None:
            return self.since
        return max(self.since, self.said.amnesty_ends)


@dataclass(frozen=True, slots=True)
class GoingLive:
    """What an authority has decided about whom it tells, in the order in which it was recorded."""

    decisions: tuple[Decision, ...] = ()

    def spells(self, timescale: str, team: str | None) -> tuple[Spell, ...]:
        """When a rule is told in a team and when it is not, the first spell first.

        The last decision counts: it also takes the place of one that was still to come.
        """
        found = [Spell(ALWAYS, on=True)]
        for one in self.decisions:
            if not one.covers(timescale, team):
                continue
            while found[-1].since >= one.at:
                found.pop()
            last = found[-1]
            if last.on is not one.on:
                found.append(Spell(one.at, one.on, one, one))
            elif last.decision is not None:
                found[-1] = Spell(last.since, last.on, last.decision, one)
        return tuple(found)

    def spell_at(self, timescale: str, team: str | None, at: datetime) -> Spell:
        """The spell that lasts at an instant."""
        return next(one for one in reversed(self.spells(timescale, team)) if one.since <= at)

    def told_from(
        self, timescale: str, team: str | None, at: datetime, true_since: datetime
    ) -> datetime | None:
        """The first instant, from `at` on, at which what was true since an instant is told.

        Nothing where it is in shadow from then on, so far as is decided.
        """
        if not self.decisions:
            return at
        spells = self.spells(timescale, team)
        for spell, end in ends(spells):
            found = max(at, spell.told_from(true_since))
            if spell.on and (end is None or found < end):
                return found
        return None

    def backlog_of(
        self, timescale: str, team: str | None, broken_at: datetime
    ) -> tuple[Spell, datetime] | None:
        """On whose backlog a clock is that was broken at an instant: the spell, and when it is told.

        Nothing where it was told when it broke, or is in shadow still.
        """
        if not self.decisions:
            return None
        for spell, end in ends(self.spells(timescale, team)):
            at = spell.told_from(broken_at)
            if spell.on and spell.since > broken_at and (end is None or at < end):
                return spell, at
        return None

    @property
    def last_recorded(self) -> datetime:
        """When something was last decided."""
        return max((one.recorded_at for one in self.decisions), default=ALWAYS)

    @property
    def teams(self) -> tuple[str, ...]:
        """Every team that a decision names."""
        return tuple(sorted({one.team for one in self.decisions if one.team}))


def ends(spells: Sequence[Spell]) -> Iterator[tuple[Spell, datetime | None]]:
    """Each spell with the instant at which the next begins."""
    for place, spell in enumerate(spells):
        yield spell, spells[place + 1].since if place + 1 < len(spells) else None


@dataclass(frozen=True, slots=True)
class State:
    """Whether a rule is told in a team at a moment; everywhere else where no team is named."""

    timescale: str
    team: str | None
    spell: Spell
    planned: Spell | None
    """What comes next, where that is decided already."""

    @property
    def in_shadow(self) -> bool:
        """Whether nobody is told."""
        return not self.spell.on


def states(live: GoingLive, timescales: Sequence[str], now: datetime) -> tuple[State, ...]:
    """Every rule as it is in general, and in each team in which it is otherwise."""
    found = []
    for timescale in timescales:
        spells = {team: live.spells(timescale, team) for team in (None, *live.teams)}
        for team, some in spells.items():
            if team is None or some != spells[None]:
                spell = live.spell_at(timescale, team, now)
                planned = next((one for one in some if one.since > now), None)
                found.append(State(timescale, team, spell, planned))
    return tuple(found)


def stopped_by(live: GoingLive, timescale: str, team: str | None, now: datetime) -> Decision | None:
    """The decision by which nobody is told of a rule in a team at a moment; nothing where people are."""
    if not live.decisions:
        return None
    spell = live.spell_at(timescale, team, now)
    return None if spell.on else spell.decision


def was_in_shadow(live: GoingLive, timescales: Sequence[str], team: str | None) -> bool:
    """Whether any of these rules was ever put in shadow in a team: else there is nothing to switch on."""
    return any(len(live.spells(one, team)) > 1 for one in timescales)


def shadows(live: GoingLive, timescales: Sequence[str], now: datetime) -> tuple[State, ...]:
    """Every rule that is in shadow, in general or in a team."""
    if not live.decisions:
        return ()
    return tuple(one for one in states(live, timescales, now) if one.in_shadow)


def said_of_shadows(
    live: GoingLive,
    timescales: Sequence[str],
    now: datetime,
    called: Callable[[str], str] = str,
) -> str:
    """Whether anybody is not told of something, in a sentence that calls each rule as its reader does."""
    found = shadows(live, timescales, now)
    if not found:
        return f"All {len(timescales)} rules are live: people are told in every team."
    everywhere = {one.timescale for one in found if one.team is None}
    teams = sorted({one.team for one in found if one.team})
    concerned = {one.timescale for one in found}
    if len(everywhere) == len(timescales):
        which = "every rule is"
    elif len(concerned) > NAMED:
        which = f"{len(concerned)} of {len(timescales)} rules are"
    else:
        which = ", ".join(sorted(map(called, concerned)))
        which += " is" if len(concerned) == 1 else " are"
    where = f" in {', '.join(teams)}" if teams and not everywhere else ""
    return f"IN SHADOW: {which} judged{where} and nobody is told."


def going_live(facts: Sequence[Standing], history: Sequence[Recorded]) -> GoingLive:
    """What was decided, by the facts that stand; each works from when it was recorded, or later."""
    who = {one.event_id: one.event.by for one in history}
    found = [
        decision for one in facts if (decision := decided(one, who.get(one.event_id))) is not None
    ]
    return GoingLive(tuple(sorted(found, key=lambda one: (one.recorded_at, one.event_id))))


def decided(stands: Standing, by: str | None) -> Decision | None:
    """The decision that a fact states; nothing for any other fact."""
    match stands.fact:
        case TellingSwitchedOn() as said:
            first = midnight(said.from_on) if said.from_on else stands.recorded_at
            return Decision(
                on=True,
                at=max(first, stands.recorded_at),
                recorded_at=stands.recorded_at,
                timescale=said.timescale,
                team=said.team_ref,
                amnesty_to=said.amnesty_to,
                event_id=stands.event_id,
                by=by,
                reason=said.reason,
            )
        case TellingSwitchedOff() as said:
            return Decision(
                on=False,
                at=stands.recorded_at,
                recorded_at=stands.recorded_at,
                timescale=said.timescale,
                team=said.team_ref,
                amnesty_to=None,
                event_id=stands.event_id,
                by=by,
                reason=said.reason,
            )
        case _:
            return None
