"""Which warnings were given of each clock: as the log recorded them, not as they were planned."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from domain.engine_events import ManagerNotified, TimescaleWarned
from domain.event import Recorded

Telling = tuple[ManagerNotified, datetime]
"""Somebody told, or not reached, and when that was recorded."""


class Warned(NamedTuple):
    """One warning that was recorded of a clock, and who was told of it."""

    at: datetime
    """When it was recorded: later than planned where what starts the clock was recorded late."""
    tellings: tuple[Telling, ...]
    """Everybody it was meant for, oldest first; nobody in shadow, or where a rung was empty."""

    @property
    def reached(self) -> tuple[Telling, ...]:
        """Those who were told."""
        return tuple(one for one in self.tellings if one[0].delivered)

    @property
    def missed(self) -> tuple[Telling, ...]:
        """Those whom no message of it ever reached."""
        heard = {event.person for event, _ in self.reached}
        return tuple(one for one in self.tellings if one[0].person not in heard)


def warnings_given(history: Iterable[Recorded]) -> dict[str, tuple[Warned, ...]]:
    """Every warning recorded of each clock, by its key, oldest first.

    A clock that was retimed keeps those of its earlier due instant: they were given.
    """
    found: dict[tuple[str, int, str], tuple[datetime, list[Telling]]] = {}
    for one in history:
        match one.event.said:
            case TimescaleWarned() as said:
                about = (said.clock, said.clock_version, f"warning/{said.number}")
                found[about] = (one.recorded_at, [])
            case ManagerNotified(person=str()) as said:
                notice = found.get((said.clock, said.clock_version, said.about))
                if notice is not None:
                    notice[1].append((said, one.recorded_at))
            case _:
                pass
    given: dict[str, tuple[Warned, ...]] = {}
    for (clock, _, _), (at, tellings) in found.items():
        given[clock] = (*given.get(clock, ()), Warned(at, tuple(tellings)))
    return given
