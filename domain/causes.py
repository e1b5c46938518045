"""What changed what is said of a clock: the fact, correction, adoption or sitting that made it so."""

from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from domain.authority import Authority
from domain.clocks import Clock, clocks
from domain.engine_events import (
    BreachCured,
    BreachWorsened,
    ClockRetimed,
    TimescaleBreached,
    TimescaleWarned,
)
from domain.event import Recorded
from domain.facts.fact import Fact

JUDGEMENTS: Final = (
    TimescaleWarned,
    TimescaleBreached,
    BreachWorsened,
    BreachCured,
    ClockRetimed,
)
"""What is recorded only after every fact before it in the stream was weighed."""

Changed = Callable[[Clock | None], bool]
"""Whether a clock is as it was found now; nothing stands for a clock that never was."""


def changed_by(
    history: Sequence[Recorded], authority: Authority, key: str, changed: Changed
) -> UUID | None:
    """The event since something was last said of a clock that made it as it is now.

    Facts are taken away again, the newest first: the first one without which the clock is otherwise did it.
    Where none of them did, so are the packs and calendars that the authority has adopted, and for what
    waits for a panel the changes of its dates.
    Nothing where none of those did either: then it is a source that said something.
    """
    said = last_said_of(history, key)
    facts = [one for one in history if isinstance(one.event.said, Fact)]
    for number in reversed(range(len(facts))):
        if facts[number].position <= said:
            break
        if not changed(clock_of(facts[:number], authority, key)):
            return facts[number].event_id
    for adoption, before in authority.before_each_adoption():
        if not changed(clock_of(facts, before, key)):
            return adoption
    waits = clock_of(facts, authority, key)
    if waits is not None and (sitting := waits.timescale.sitting) is not None:
        for change, before in authority.before_each_sitting(sitting.panel):
            if not changed(clock_of(facts, before, key)):
                return change
    return None


def last_said_of(history: Sequence[Recorded], key: str) -> int:
    """The place in the log where Daymark last judged a clock; 0 if it never did."""
    judged = (
        one.position
        for one in history
        if isinstance(one.event.said, JUDGEMENTS) and one.event.said.clock == key
    )
    return max(judged, default=0)


def clock_of(history: Sequence[Recorded], authority: Authority, key: str) -> Clock | None:
    """A clock as these facts tell of it; nothing where none of them starts it."""
    return next((one for one in clocks(history, authority) if one.key == key), None)
