"""What is recorded in a history, each event in one sentence; never free text, never a name."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from domain.access_events import (
    AccessForced,
    BulkExportDecided,
    BulkExportProposed,
    BulkExportTaken,
    ForcedAccessReviewed,
    ForcedAccessTold,
    OwnRecordAsked,
    RecordRead,
    RestrictionLifted,
    RestrictionLiftProposed,
    RestrictionWidened,
    RestrictionWideningProposed,
    SampleDrawn,
    ScopeEnded,
    ScopeGiven,
    SearchMissed,
)
from domain.all_clear import say_cured
from domain.calendar import london_date
from domain.engine_events import (
    BreachCured,
    BreachExplained,
    BreachWorsened,
    ClockEvent,
    ClockReassigned,
    ClockRetimed,
    EscalationAcknowledged,
    EscalationRaised,
    EscalationRearmed,
    IdReused,
    ManagerNotified,
    OperatorTold,
    ReferenceNamed,
    TimescaleBreached,
    TimescaleWarned,
)
from domain.event import Recorded
from domain.facts.corrections import FactCorrected, FactWithdrawn
from domain.facts.whole_child import ClockResumed, ClockSuspended
from domain.timescales import Policy
from domain.words import say_day, say_doubt, say_end, say_fact, say_role, say_title

OF_ACCESS: Final[Mapping[str, str]] = {
    RestrictionLiftProposed.NAME: "Somebody proposed that this record be open again.",
    RestrictionLifted.NAME: "Two people agreed that this record is open again.",
    RestrictionWideningProposed.NAME: "Somebody proposed that more people may see this record.",
    RestrictionWidened.NAME: "Two people agreed that more people may see this record.",
    AccessForced.NAME: "Somebody forced this record open, and said why.",
    ForcedAccessTold.NAME: "Somebody was told that this record was forced open.",
    ForcedAccessReviewed.NAME: "Somebody else reviewed why this record was forced open.",
    ScopeGiven.NAME: "Somebody was given records to look at.",
    SampleDrawn.NAME: "The records of a scope were drawn by a seed.",
    ScopeEnded.NAME: "A scope was ended before its time.",
    BulkExportProposed.NAME: "It was proposed to take all the records of a scope away.",
    BulkExportDecided.NAME: "A second person decided whether the records of a scope may be taken away.",
    BulkExportTaken.NAME: "The records of a scope were taken away.",
    RecordRead.NAME: "Somebody looked.",
    SearchMissed.NAME: "Somebody named a child and was told that there is none.",
    OwnRecordAsked.NAME: "Somebody asked for a record of their own or of their family, and was refused.",
}
"""What is recorded of who may see and who saw, in one sentence each."""


def sentence(recorded: Recorded, policy: Policy) -> str:
    """One event of a history in one sentence; never free text, never a name."""
    said = recorded.event.said
    match said:
        case FactCorrected():
            return f"A fact was corrected ({said.reason.replace('-', ' ')})."
        case FactWithdrawn():
            return f"A fact was withdrawn ({said.reason.replace('-', ' ')})."
        case IdReused():
            return "A source used an id again for something else: the first stands, this is kept."
        case OperatorTold():
            heard = "was told" if said.delivered else "could not be told"
            who = say_role(said.role)
            why = say_doubt(said.doubt, said.about)
            return f"The {who} {heard} that Daymark cannot be relied on: {why}."
        case ReferenceNamed():
            return "Under another reference it was told whether that is this child."
        case _ if said.NAME in OF_ACCESS:
            return OF_ACCESS[said.NAME]
        case ClockEvent():
            timescale = policy.by_id.get(said.timescale)
            return of_clock(said, say_title(timescale) if timescale else said.timescale)
        case ClockSuspended() | ClockResumed():
            timescale = policy.by_id.get(said.timescale)
            return of_hold(said, say_title(timescale) if timescale else said.timescale)
        case _:
            kind = getattr(said, "kind", None)
            return say_fact(said.NAME) + (f" ({str(kind).replace('-', ' ')})." if kind else ".")


def of_hold(said: ClockSuspended | ClockResumed, title: str) -> str:
    """A decision to hold a clock or to let it run on, in one sentence."""
    why = f"{said.reason.replace('-', ' ')}, decided by the {say_role(said.decided_by_role)}"
    done = "to be held" if isinstance(said, ClockSuspended) else "to run on"
    return f"{title}: {done} ({why})."


def of_clock(said: ClockEvent, title: str) -> str:
    """What became of a clock, in one sentence."""
    match said:
        case TimescaleWarned():
            return f"{title}: warning {said.number} of {said.of}, due by {say_end(said.due_at)}."
        case TimescaleBreached(history=True):
            return f"{title}: late since {say_end(said.breached_at)}, learned long afterwards."
        case TimescaleBreached(confirmed=False):
            return f"{title}: late since {say_end(said.breached_at)}, not confirmed."
        case TimescaleBreached():
            return f"{title}: late since {say_end(said.breached_at)}."
        case BreachCured():
            return f"{title}: {say_cured(said.verdict)}."
        case BreachWorsened():
            return f"{title}: late for longer than was known, since {say_end(said.due_at)}."
        case ClockRetimed():
            return f"{title}: due moved from {say_end(said.from_due_at)} to {say_end(said.due_at)}."
        case EscalationRaised():
            return f"{title}: escalation began."
        case EscalationRearmed():
            return f"{title}: escalation goes on ({said.reason.replace('-', ' ')})."
        case ManagerNotified(person=None):
            return f"{title}: nobody to tell as {say_role(said.role)}."
        case ManagerNotified(delivered=False):
            return f"{title}: {say_role(said.role)} could not be told ({said.failure})."
        case ManagerNotified(about="cured"):
            return f"{title}: {say_role(said.role)} told that it is not late after all."
        case ManagerNotified():
            again = " again" if said.repeat else ""
            return f"{title}: {say_role(said.role)} told{again}."
        case EscalationAcknowledged() | ClockReassigned():
            word = "acknowledged" if isinstance(said, EscalationAcknowledged) else "handed over"
            last = london_date(said.until - timedelta(microseconds=1))
            reason = said.reason.replace("_", " ")
            return f"{title}: {word} until the end of {say_day(last)} ({reason})."
        case BreachExplained():
            return f"{title}: reason recorded ({said.reason.replace('_', ' ')})."
        case _:  # the ladder is exhausted
            return f"{title}: everyone has been told and it is still late."
