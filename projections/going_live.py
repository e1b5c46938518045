"""The way to going live, as a page shows it: who would be told, and how near the tracker is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.authority import Authority
from domain.event import Recorded
from domain.facts.authority import TrackerCompared
from projections.backlog import Waiting


@dataclass(frozen=True, slots=True)
class WouldBeTold:
    """A late clock of which nobody is told, and who would have been first, were its rule not in shadow."""

    waiting: Waiting
    role: str
    people: tuple[str, ...]
    """Whoever holds that role now; nobody where it is empty."""


def rules_of(authority: Authority) -> list[str]:
    """Every rule in force."""
    return [one.id for one in authority.policy.timescales]


def would_be_told(
    found: Sequence[Waiting], authority: Authority, now: datetime
) -> tuple[WouldBeTold, ...]:
    """For each clock of the list the first rung that a breach is told to, and who stands on it now."""
    return tuple(would_hear_first(one, authority, now) for one in found)


def would_hear_first(one: Waiting, authority: Authority, now: datetime) -> WouldBeTold:
    """The first of a ladder's rungs, watchers aside, that hears of a breach."""
    policy = authority.policy
    timescale = policy.by_id.get(one.row.timescale)
    rungs = () if timescale is None else policy.ladders[timescale.ladder].rungs
    acting = [rung for rung in rungs if not rung.watcher]
    hearing = [rung for rung in acting if not isinstance(rung.told, str)] or acting
    if not hearing:
        return WouldBeTold(one, "", ())
    role = hearing[0].role
    return WouldBeTold(one, role, authority.staff.holders(role, now, one.row.team))


def compared_by_day(history: Sequence[Recorded]) -> tuple[tuple[date, TrackerCompared], ...]:
    """What was counted on each day on which the tracker was set beside Daymark, the last word of each."""
    by_day = {
        one.event.said.compared_on: one.event.said
        for one in history
        if isinstance(one.event.said, TrackerCompared)
    }
    return tuple(sorted(by_day.items()))
