"""Corrections.

Nothing is edited; a later fact names the event it corrects.
"""

from typing import Annotated, Any

from domain.facts.fact import Code, CodeSet, Day, EventName, Fact, Guarded, Instant, Word


class FactCorrected(Fact):
    """A fact already sent was wrong in part; this one replaces the named fields or the time.

    Not a new happening: its own occurred time is when the correction was made.
    """

    NAME = "fact-corrected"
    THREAD = "corrections"
    KEY = "corrected_event"
    PRECISION = "instant"

    corrected_event: EventName
    reason: Annotated[Code, CodeSet("correction_reason")]
    occurred_at: Annotated[Instant | None, Guarded()] = None
    occurred_on: Annotated[Day | None, Guarded()] = None
    fields: dict[str, Any] | None = None


class FactWithdrawn(Fact):
    """A fact already sent never happened, or was sent for the wrong child.

    Not the end of a thread.
    """

    NAME = "fact-withdrawn"
    THREAD = "corrections"
    KEY = "corrected_event"
    PRECISION = "instant"

    corrected_event: EventName
    reason: Annotated[Code, CodeSet("correction_reason")]


class FactConfirmed(Fact):
    """A person looked at a fact that surprises or contradicts another, and says that it is right.

    Not a correction: nothing changes but that it surprises no more, until the fact itself changes.
    """

    NAME = "fact-confirmed"
    THREAD = "corrections"
    KEY = "about"
    PRECISION = "instant"

    about: EventName
    kind: Code
    """What surprised, in the words of the list of anomalies."""
    because: Annotated[Word | None, Guarded()] = None
