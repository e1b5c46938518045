"""What made something said of a clock change, in words: the fact, correction, adoption or sitting."""

from collections.abc import Mapping
from uuid import UUID

from domain.calendar import london_date
from domain.engine_events import BreachCured, BreachWorsened, ClockRetimed, EngineEvent
from domain.event import Recorded
from domain.facts.authority import (
    CalendarAdopted,
    PanelSittingPostponed,
    PanelSittingsPublished,
    PolicyAdopted,
)
from domain.facts.corrections import FactCorrected, FactWithdrawn
from domain.facts.fact import Fact
from domain.standing import named
from domain.words import say_day, say_fact


def because(recorded: Recorded, known: Mapping[UUID, Recorded]) -> str:
    """Why what is said of a clock changed, and by whose word; empty where nothing known did it."""
    said = recorded.event.said
    if not isinstance(said, BreachCured | BreachWorsened | ClockRetimed) or said.cause is None:
        return ""
    cause = known.get(said.cause)
    return "" if cause is None else say_cause(cause, known)


def say_cause(cause: Recorded, known: Mapping[UUID, Recorded]) -> str:
    """A cause in words: `sittings of MACSE withdrawn by P-9 on 5 April 2016`."""
    event = cause.event
    by = f" by {event.by}" if event.by else ""
    on = say_day(london_date(cause.recorded_at))
    return f"{what_was_done(cause, known)}{by} on {on}"


def what_was_done(cause: Recorded, known: Mapping[UUID, Recorded]) -> str:
    """What was recorded, and of a correction or withdrawal of what."""
    said = cause.event.said
    if isinstance(said, FactCorrected | FactWithdrawn):
        done = "corrected" if isinstance(said, FactCorrected) else "withdrawn"
        first = known.get(named(cause.event, said.corrected_event))
        return f"{what_it_told(first.event.said) if first else 'a fact'} {done}"
    match said:
        case PanelSittingsPublished():
            return f"{what_it_told(said)} published"
        case PanelSittingPostponed(moved_to=None):
            return f"{what_it_told(said)} called off"
        case PanelSittingPostponed():
            return f"{what_it_told(said)} put off"
        case PolicyAdopted() | CalendarAdopted():
            return f"{what_it_told(said)} adopted"
        case _:
            return f"{what_it_told(said)} recorded"


def what_it_told(said: Fact | EngineEvent) -> str:
    """What a fact is about, as a cause names it."""
    match said:
        case PanelSittingsPublished():
            return f"sittings of {said.panel.upper()}"
        case PanelSittingPostponed():
            return f"sitting of {said.panel.upper()} on {say_day(said.sits_on)}"
        case PolicyAdopted():
            return f"timescales {said.pack} {said.version}"
        case CalendarAdopted():
            return f"calendar {said.calendar}"
        case _:
            return say_fact(said.NAME).lower()
