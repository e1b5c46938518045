"""Allegations against people who work with children.

The person complained of is an adult: only an opaque allegation_ref is carried.
An allegation with no identified child stands in the authority's stream.
"""

from typing import Annotated

from pydantic import StrictBool

from domain.facts.fact import Code, CodeSet, Fact, Reference


class AllegationMade(Fact):
    """An employer or voluntary body heard an allegation about someone who works with children.

    Not the referral to the designated officer.
    """

    NAME = "allegation-made"
    THREAD = "allegation"
    KEY = "allegation_ref"
    PRECISION = "instant"

    allegation_ref: Reference
    employer_sector: Annotated[Code, CodeSet("employer_sector")]


class AllegationReferred(Fact):
    """The allegation reached the designated officer (DO; formerly LADO).

    Not the decision that it meets the threshold.
    """

    NAME = "allegation-referred"
    THREAD = "allegation"
    KEY = "allegation_ref"
    PRECISION = "instant"

    allegation_ref: Reference
    employer_sector: Annotated[Code, CodeSet("employer_sector")]


class AllegationEvaluated(Fact):
    """The designated officer made the initial assessment: whether it meets the threshold.

    Not an outcome.
    """

    NAME = "allegation-evaluated"
    THREAD = "allegation"
    KEY = "allegation_ref"
    PRECISION = "date"

    allegation_ref: Reference
    threshold_met: StrictBool
    meeting_ref: Reference | None = None


class AllegationConcluded(Fact):
    """The allegation was concluded.

    Not the end of a criminal case.
    """

    NAME = "allegation-concluded"
    THREAD = "allegation"
    KEY = "allegation_ref"
    PRECISION = "date"

    allegation_ref: Reference
    outcome: Annotated[Code, CodeSet("allegation_outcome")]
    referred_to_dbs: StrictBool | None = None


class SuspensionDecided(Fact):
    """The employer decided to suspend the person.

    Not a dismissal.
    """

    NAME = "suspension-decided"
    THREAD = "allegation"
    KEY = "allegation_ref"
    PRECISION = "date"

    allegation_ref: Reference


class SuspensionConfirmed(Fact):
    """The employer confirmed the suspension in writing.

    Not the decision.
    """

    NAME = "suspension-confirmed"
    THREAD = "allegation"
    KEY = "allegation_ref"
    PRECISION = "date"

    allegation_ref: Reference
