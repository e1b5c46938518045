"""What an authority's own stream holds beside who speaks and who is told: allegations, and duties of its own.

An allegation about no identified child stands there with its clocks, and so do the authority's reports.
Every allegation in the stream is a matter of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID

from domain.access_events import (
    BulkExportDecided,
    BulkExportProposed,
    BulkExportTaken,
    SampleDrawn,
    ScopeEnded,
    ScopeGiven,
)
from domain.clocks import Clock
from domain.engine_events import ClockEvent, IdReused, OperatorTold
from domain.event import Kind, Recorded
from domain.facts.authority import (
    CalendarAdopted,
    FeedAdvanced,
    PanelAttendanceRecorded,
    PanelInvitationExtended,
    PanelInvitationWithdrawn,
    PanelMemberInvited,
    PanelSharingAgreed,
    PanelSittingPostponed,
    PanelSittingsPublished,
    PersonAssigned,
    PersonAway,
    PolicyAdopted,
    ShiftRostered,
    SourceRegistered,
    TeamPlaced,
    TellingSwitchedOff,
    TellingSwitchedOn,
    TrackerCompared,
)
from domain.facts.corrections import FactCorrected, FactWithdrawn
from domain.facts.fact import Fact
from domain.standing import named, standing

ALLEGATION: Final = "allegation"
"""The thread whose matters may stand with the authority."""

ITSELF: Final = "The authority itself"
"""Whose clock it is where it is about no allegation and no child."""

LEFT_OUT: Final = "Who holds which role, and how far each system has been heard, is left out."
"""What is said where the authority's own record is shown without what comes again and again."""

REGISTRY: Final = frozenset(
    {
        SourceRegistered.NAME,
        FeedAdvanced.NAME,
        PersonAssigned.NAME,
        ShiftRostered.NAME,
        PersonAway.NAME,
        TeamPlaced.NAME,
        PanelSittingsPublished.NAME,
        PanelSittingPostponed.NAME,
        PanelAttendanceRecorded.NAME,
        PanelMemberInvited.NAME,
        PanelInvitationExtended.NAME,
        PanelInvitationWithdrawn.NAME,
        PanelSharingAgreed.NAME,
        PolicyAdopted.NAME,
        CalendarAdopted.NAME,
        TellingSwitchedOn.NAME,
        TellingSwitchedOff.NAME,
        TrackerCompared.NAME,
    }
)
"""The facts that only say who speaks, who is told and by which law: none is a matter by itself."""

FREQUENT: Final = frozenset(
    {
        FeedAdvanced.NAME,
        PersonAssigned.NAME,
        ShiftRostered.NAME,
        PersonAway.NAME,
        TeamPlaced.NAME,
        TrackerCompared.NAME,
        OperatorTold.NAME,
        ScopeGiven.NAME,
        SampleDrawn.NAME,
        ScopeEnded.NAME,
        BulkExportProposed.NAME,
        BulkExportDecided.NAME,
        BulkExportTaken.NAME,
    }
)
"""What comes again and again and begins nothing: at most it changes what has begun."""

THREADS_WITHOUT_A_CHILD: Final = frozenset({"authority", ALLEGATION, "corrections"})


@dataclass(frozen=True, slots=True)
class Matter:
    """What of an authority's own stream is asked for: one allegation, or all but feeds and people."""

    allegation: str | None = None

    def of(self, history: Sequence[Recorded]) -> tuple[Recorded, ...]:
        """The events that belong to it."""
        if self.allegation is None:
            return tuple(one for one in history if one.event.name not in FREQUENT)
        speaks = allegations_in(history)
        return tuple(one for one in history if speaks.get(one.event_id) == self.allegation)

    def is_about(self, clock: Clock) -> bool:
        """Whether a clock belongs to it."""
        if self.allegation is None:
            return True
        return clock.timescale.thread == ALLEGATION and clock.reference == self.allegation


def may_stand_with_authority(fact: Fact) -> bool:
    """Whether a fact may be about no child: of the authority, of an allegation, or a correction."""
    if fact.THREAD in THREADS_WITHOUT_A_CHILD:
        return True
    return getattr(fact, "allegation_ref", None) is not None


def last_that_counts(history: Sequence[Recorded]) -> Recorded | None:
    """The last event that may have begun, ended or changed something of this stream by itself."""
    if history[0].event.kind == "child":
        return history[-1]
    return next((one for one in reversed(history) if one.event.name not in FREQUENT), None)


def allegations_in(history: Iterable[Recorded]) -> dict[UUID, str]:
    """Which allegation each event speaks of, by event id; what speaks of none is left out."""
    held = tuple(history)
    found = {
        one.event_id: str(reference)
        for one in held
        if (reference := getattr(one.event.said, "allegation_ref", None)) is not None
    }
    # A corrected reference moves the fact, and all that was said of it, to the other allegation.
    for stands in standing(held):
        if stands.event_id in found:
            found[stands.event_id] = str(getattr(stands.fact, "allegation_ref", None))
    for one in held:
        about = speaks_of(one)
        if about in found:
            found[one.event_id] = found[about]
    return found


def speaks_of(recorded: Recorded) -> UUID | None:
    """The fact that another event is about; nothing for what stands by itself."""
    match recorded.event.said:
        case FactCorrected() | FactWithdrawn() as said:
            return named(recorded.event, said.corrected_event)
        case IdReused() as said:
            return said.reused
        case ClockEvent() as said:
            return started_by(said.clock)
        case _:
            return None


def started_by(clock: str) -> UUID:
    """The event that started the clock of this key."""
    return UUID(clock.split(".")[1])


def allegation_of(
    history: Sequence[Recorded], thread: str, reference: str | None, key: str
) -> str | None:
    """The allegation that a clock of the authority's own stream is about.

    `reference` is what the clock carries; where its start is withdrawn there is no clock, and the key tells.
    """
    if history[0].event.kind == "child" or thread != ALLEGATION:
        return None
    return reference or allegations_in(history).get(started_by(key))


def whose(kind: Kind, reference: str, thread: str = "", thread_ref: str | None = None) -> str:
    """Whose clock it is, as people read it: a child's reference, an allegation, or the authority itself."""
    if kind == "child":
        return reference
    return of_allegation(thread_ref) if thread == ALLEGATION and thread_ref else ITSELF


def of_allegation(reference: str) -> str:
    """An allegation as people read it, by the reference its source gave it."""
    return f"Allegation {reference}"


def page_of(kind: Kind, stream: UUID, allegation: str | None = None) -> str:
    """What follows the address of Daymark where this is told of; no source's reference stands in it."""
    if kind == "child":
        return f"/children/{stream.hex}"
    return f"/authority/allegations/{mark_of(allegation)}" if allegation else "/authority"


def mark_of(allegation: str) -> str:
    """What an allegation is called in an address."""
    return sha256(allegation.encode()).hexdigest()[:12]
