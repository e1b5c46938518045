"""Private fostering.

Clocks start when the authority becomes aware, not when the stay began.
"""

from typing import Annotated

from pydantic import StrictInt

from domain.facts.fact import Code, CodeSet, Day, Fact, Reference


class PrivateFosteringNotified(Fact):
    """The authority became aware of a private fostering arrangement.

    Not the start of the stay.
    The clock counts from when it was recorded.
    """

    NAME = "private-fostering-notified"
    THREAD = "private-fostering"
    KEY = "arrangement_ref"
    PRECISION = "date"

    arrangement_ref: Reference
    notified_by: Annotated[Code | None, CodeSet("referral_source")] = None
    intended_from: Day | None = None


class StayWithNonRelativeStarted(Fact):
    """The child began to live with someone who is not a parent or close relative.

    Not private fostering yet: that needs 28 days, or the intention.
    """

    NAME = "stay-with-non-relative-started"
    THREAD = "private-fostering"
    KEY = "arrangement_ref"
    PRECISION = "date"

    arrangement_ref: Reference
    intended_days: StrictInt | None = None


class PrivateFosteringEnded(Fact):
    """The arrangement or stay ended, did not start, or turned out not to be private fostering.

    Not a missed visit.
    """

    NAME = "private-fostering-ended"
    THREAD = "private-fostering"
    KEY = "arrangement_ref"
    PRECISION = "date"

    arrangement_ref: Reference
    reason: Annotated[Code, CodeSet("private_fostering_end_reason")]
