"""What Daymark itself must still do about each clock, and at which instant.

A stage is unique in the log on (clock key, version, stage), so doing it twice is nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import Final, Literal, NamedTuple
from uuid import UUID

from domain.all_clear import shows_no_breach
from domain.clocks import Clock
from domain.engine_events import (
    BreachCured,
    BreachWorsened,
    ClockEvent,
    ClockRetimed,
    EscalationRaised,
    TimescaleBreached,
    TimescaleWarned,
)
from domain.event import Recorded
from domain.standing import Standing

Doing = Literal["warn", "breach", "raise", "cure", "worsen", "retime"]


class Stage(NamedTuple):
    """One thing to do about one clock, at an instant (UTC) that may lie in the past."""

    clock: str
    clock_version: int
    stage: str
    """`warned/2`, `breached`, `raised`, `cured`, `worsened/<event id>`, `retimed`."""
    doing: Doing
    at: datetime
    timescale: str
    summary: str
    """For operators: the rule and the step, nothing personal."""
    number: int = 0

    @property
    def key(self) -> str:
        """What is unique in the log."""
        return f"{self.clock}/{self.clock_version}/{self.stage}"


@dataclass(slots=True)
class Said:
    """What the log already says of one clock, at its present version."""

    version: int = 1
    warned: int = 0
    breached: TimescaleBreached | None = None
    breached_at: datetime | None = None
    raised: bool = False
    """Whether its breach has raised a ladder."""
    said_at: datetime | None = None
    """When something was last recorded of it."""
    due_at: datetime | None = None
    """The due instant last told to anybody."""
    worsened: set[UUID] = field(default_factory=set)
    timescale: str = ""


UNTOLD: Final = Said()
"""What the log says of a clock of which it says nothing."""


def said(history: Iterable[Recorded]) -> dict[str, Said]:
    """What the log says of each clock, by key."""
    found: dict[str, Said] = {}
    for recorded in history:
        event = recorded.event.said
        if isinstance(event, ClockEvent):
            state = found.setdefault(event.clock, Said())
            state.timescale = event.timescale
            hear(state, event, recorded.recorded_at)
    return found


def hear(state: Said, event: ClockEvent, at: datetime) -> None:
    """Take in one event of a clock."""
    state.said_at = at
    match event:
        case TimescaleWarned():
            state.warned, state.due_at = max(state.warned, event.number), event.due_at
        case TimescaleBreached():
            state.breached, state.breached_at, state.due_at = event, at, event.due_at
        case EscalationRaised():
            state.raised = True
        case BreachWorsened():
            state.due_at = event.due_at
            state.worsened.add(event.cause)
        case BreachCured():
            renew(state, None)
        case ClockRetimed():
            renew(state, event.due_at)
        case _:
            pass


def renew(state: Said, due_at: datetime | None) -> None:
    """The next version of a clock, of which nothing has been said but perhaps when it is due."""
    state.version += 1
    state.warned, state.breached, state.breached_at, state.due_at = 0, None, None, due_at
    state.worsened, state.raised = set(), False


Why = Callable[[Clock], UUID]
"""The event that made a clock due when it is."""

Raises = Callable[[Clock, TimescaleBreached], datetime | None]
"""When a breach that has raised no ladder raises it after all; nothing where it never does."""


def stages(
    clocks: Sequence[Clock], told: Mapping[str, Said], why: Why, raises: Raises
) -> tuple[Stage, ...]:
    """Every stage still to be done, earliest first; among equals the weightiest last."""
    found = [
        stage
        for clock in clocks
        for stage in of_clock(clock, told.get(clock.key, UNTOLD), why, raises)
    ]
    standing = {clock.key for clock in clocks}
    found += [
        vanished(key, one) for key, one in told.items() if key not in standing and one.breached
    ]
    return tuple(sorted(found, key=attrgetter("at", "stage", "clock")))


def of_clock(clock: Clock, told: Said, why: Why, raises: Raises) -> list[Stage]:
    """What is still to be done about one clock."""
    if told.breached is not None:
        return of_broken(clock, told, told.breached, why, raises)
    if told.due_at is not None and clock.due_at != told.due_at:
        # It is due at once: the instant lies in the past, so that no clock's skew can delay it.
        return [stage(clock, told, "retimed", "retime", told.said_at or told.due_at)]
    found = []
    if clock.breaks_at is not None:
        found.append(stage(clock, told, "breached", "breach", clock.breaks_at))
    if clock.observable:
        found += [
            stage(clock, told, f"warned/{number}", "warn", at, number)
            for number, at in enumerate(clock.warnings, 1)
            if number > told.warned and (clock.stop is None or ahead_of(at, clock.stop))
        ]
    return found


def ahead_of(at: datetime, stop: Standing) -> bool:
    """Whether an instant comes before a stop that was told, or known, before it happened."""
    return stop.earliest > stop.visible_at and at < stop.earliest


def of_broken(
    clock: Clock, told: Said, breached: TimescaleBreached, why: Why, raises: Raises
) -> list[Stage]:
    """What is still to be done about a clock whose breach is recorded.

    While nobody can tell any more whether it is late, nothing is: the breach stands, and its ladder goes on.
    """
    at = told.breached_at or breached.breached_at
    if clock.breaks_at is None:
        return [stage(clock, told, "cured", "cure", at)] if shows_no_breach(clock) else []
    if told.due_at is not None and clock.due_at < told.due_at:
        cause = why(clock)
        # The same fact worsens a breach once; what it says of another clock has another key.
        return (
            []
            if cause in told.worsened
            else [stage(clock, told, f"worsened/{cause}", "worsen", at)]
        )
    if told.due_at is not None and clock.due_at > told.due_at:
        return [stage(clock, told, "retimed", "retime", at)]
    raised_at = None if told.raised else raises(clock, breached)
    return [] if raised_at is None else [stage(clock, told, "raised", "raise", raised_at)]


def vanished(key: str, told: Said) -> Stage:
    """The cure of a breach whose clock never was: the fact that started it is withdrawn."""
    assert told.breached_at is not None
    return Stage(
        clock=key,
        clock_version=told.version,
        stage="cured",
        doing="cure",
        at=told.breached_at,
        timescale=told.timescale,
        summary=f"{told.timescale}: cured, its start is withdrawn",
    )


SUMMARIES: Mapping[Doing, str] = {
    "warn": "warning {number} of {of}",
    "breach": "breach",
    "raise": "ladder of the backlog",
    "cure": "cured",
    "worsen": "worsened",
    "retime": "retimed",
}


def stage(
    clock: Clock, told: Said, name: str, doing: Doing, at: datetime, number: int = 0
) -> Stage:
    """One stage of a clock at its present version."""
    rule = clock.timescale.id
    words = summary(rule, doing, number, len(clock.warnings))
    # By position: a long stream has thousands, and naming each field takes longer than the rest.
    return Stage(clock.key, told.version, name, doing, at, rule, words, number)


@lru_cache(maxsize=2_000)
def summary(rule: str, doing: Doing, number: int, of: int) -> str:
    """The rule and the step, as operators read them; the same for every child."""
    return f"{rule}: {SUMMARIES[doing].format(number=number, of=of)}"
