"""Corrections.

Nothing is edited; a later fact names the event it corrects.
"""

from typing import Annotated, Any

from domain.facts.fact import Code, CodeSet, Day, EventName, Fact, Guarded, Instant


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
