"""Assessment.

Single (child and family) assessment; initial and core only to replay histories before 15 April
2013.
"""

from typing import Annotated

from pydantic import StrictBool

from domain.facts.fact import Code, CodeSet, Day, Fact, NeededWhen, Reference


class AssessmentStarted(Fact):
    """A social worker began an assessment.

    Not the start of the statutory 45 working days (that is the referral); only DfE query 8670Q
    measures from here.
    """

    NAME = "assessment-started"
    THREAD = "assessment"
    KEY = "assessment_ref"
    PRECISION = "date"

    kind: Annotated[Code, CodeSet("assessment_kind")]
    assessment_ref: Reference
    referral_ref: Reference | None = None
    order_ref: Reference | None = None
    review_point_on: Day | None = None


class AssessmentAuthorised(Fact):
    """A manager signed the assessment off; this is when an assessment ends.

    Not the last visit or the day the draft was written.
    """

    NAME = "assessment-authorised"
    THREAD = "assessment"
    KEY = "assessment_ref"
    PRECISION = "date"

    kind: Annotated[Code, CodeSet("assessment_kind")]
    assessment_ref: Reference
    referral_ref: Reference | None = None
    order_ref: Reference | None = None
    placement_ref: Reference | None = None
    outcome: Annotated[
        Code | None, CodeSet("assessment_outcome"), NeededWhen({"kind": ("child-and-family",)})
    ] = None
    factors: Annotated[tuple[Code, ...] | None, CodeSet("assessment_factors")] = None
    child_seen: StrictBool | None = None
    overrun_reason: Annotated[Code | None, CodeSet("breach_reason")] = None


class ReassessmentDecided(Fact):
    """On an open case, a manager decided a new assessment is needed.

    Not a new referral.
    """

    NAME = "reassessment-decided"
    THREAD = "assessment"
    KEY = "referral_ref"
    PRECISION = "date"

    referral_ref: Reference
    assessment_ref: Reference | None = None
    reason: Annotated[Code | None, CodeSet("reassessment_reason")] = None
