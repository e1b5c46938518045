"""Care.

care_ref is one continuous period of being looked after; placements lie inside it.
"""

from typing import Annotated

from pydantic import StrictBool

from domain.facts.fact import Code, CodeSet, Day, Fact, NeededWhen, Reference


class ChildBecameLookedAfter(Fact):
    """The child came into the care of the authority.

    Not a change of placement or legal status while already looked after.
    """

    NAME = "child-became-looked-after"
    THREAD = "care"
    KEY = "care_ref"
    PRECISION = "date"

    care_ref: Reference
    legal_status: Annotated[Code, CodeSet("legal_status")]
    primary_need: Annotated[Code | None, CodeSet("primary_need")] = None
    police_protection_ref: Reference | None = None


class LegalStatusChanged(Fact):
    """The legal status of a looked-after child changed.

    Not a restart of the first-review clock.
    """

    NAME = "legal-status-changed"
    THREAD = "care"
    KEY = "care_ref"
    PRECISION = "date"

    care_ref: Reference
    from_status: Annotated[Code | None, CodeSet("legal_status")] = None
    to_status: Annotated[Code, CodeSet("legal_status")]


class ChildCeasedToBeLookedAfter(Fact):
    """The child left care.

    Not the end of a placement.
    """

    NAME = "child-ceased-to-be-looked-after"
    THREAD = "care"
    KEY = "care_ref"
    PRECISION = "date"

    care_ref: Reference
    reason: Annotated[Code, CodeSet("care_end_reason")]


class PlacementStarted(Fact):
    """A looked-after child began to live at a placement.

    Not a CICOLA child arriving (CicolaPlacementNotified).
    """

    NAME = "placement-started"
    THREAD = "care"
    KEY = "placement_ref"
    PRECISION = "date"

    placement_ref: Reference
    care_ref: Reference
    type: Annotated[Code | None, CodeSet("placement_type")] = None
    arrangement: Annotated[Code, CodeSet("placement_arrangement")]
    emergency: StrictBool
    out_of_area: StrictBool
    at_distance: StrictBool | None = None
    intended_to_18: StrictBool | None = None
    area_authority: Annotated[Code | None, CodeSet("la_code")] = None


class PlacementEnded(Fact):
    """The placement ended.

    Not the child leaving care.
    """

    NAME = "placement-ended"
    THREAD = "care"
    KEY = "placement_ref"
    PRECISION = "date"

    placement_ref: Reference
    care_ref: Reference
    reason: Annotated[Code | None, CodeSet("placement_change_reason")] = None


class PlacementNotified(Fact):
    """Written notice of the placement was given.

    It went to all parties (health, school, IRO, parents) or to the area's authority.

    Not a telephone call.
    """

    NAME = "placement-notified"
    THREAD = "care"
    KEY = "placement_ref"
    PRECISION = "date"

    kind: Annotated[Code, CodeSet("placement_notice_kind")]
    placement_ref: Reference
    care_ref: Reference | None = None
    area_authority: Annotated[Code | None, CodeSet("la_code")] = None


class PlanPrepared(Fact):
    """A document the regulations require was begun, made available or finished.

    A care, placement, personal education, health or pathway plan.

    Not a child in need or child protection plan.
    """

    NAME = "plan-prepared"
    THREAD = "care"
    KEY = "care_ref"
    PRECISION = "date"

    kind: Annotated[Code, CodeSet("prepared_plan_kind")]
    stage: Annotated[Code, CodeSet("plan_stage")]
    care_ref: Reference
    placement_ref: Annotated[Reference | None, NeededWhen({"kind": ("placement-plan",)})] = None


class HealthAssessmentCompleted(Fact):
    """A looked-after child's health assessment was done, the initial one or a review.

    Not an immunisation or dental check.
    """

    NAME = "health-assessment-completed"
    THREAD = "care"
    KEY = "care_ref"
    PRECISION = "date"

    kind: Annotated[Code, CodeSet("health_assessment_kind")]
    care_ref: Reference
    by_medical_practitioner: Annotated[StrictBool | None, NeededWhen({"kind": ("initial",)})] = None


class TemporaryApprovalGiven(Fact):
    """A connected person was approved for a time as foster carer, or that approval was extended.

    Regulation 24 gives the approval and regulation 25 its extension.

    Not full approval.
    """

    NAME = "temporary-approval-given"
    THREAD = "care"
    KEY = "placement_ref"
    PRECISION = "date"

    placement_ref: Reference
    care_ref: Reference | None = None
    expires_on: Day | None = None
    is_extension: StrictBool


class CarerApprovalDecided(Fact):
    """The fostering panel's decision maker decided on the carer.

    Not temporary approval.
    """

    NAME = "carer-approval-decided"
    THREAD = "care"
    KEY = "placement_ref"
    PRECISION = "date"

    placement_ref: Reference
    care_ref: Reference | None = None
    approved: StrictBool


class PermanencePlanChanged(Fact):
    """Whether the placement is meant to last until 18 changed.

    Not a move.
    """

    NAME = "permanence-plan-changed"
    THREAD = "care"
    KEY = "placement_ref"
    PRECISION = "date"

    placement_ref: Reference
    care_ref: Reference | None = None
    intended_to_18: StrictBool


class ShortBreakStarted(Fact):
    """A short break (respite) in a series began.

    Not becoming looked after in full.
    """

    NAME = "short-break-started"
    THREAD = "care"
    KEY = "short_break_ref"
    PRECISION = "date"

    short_break_ref: Reference
    series_ref: Reference


class ShortBreakEnded(Fact):
    """A short break ended.

    Not the end of the series.
    """

    NAME = "short-break-ended"
    THREAD = "care"
    KEY = "short_break_ref"
    PRECISION = "date"

    short_break_ref: Reference
    series_ref: Reference


class CareLeaverMoved(Fact):
    """A care leaver moved to new accommodation.

    Not a placement move of a looked-after child.
    """

    NAME = "care-leaver-moved"
    THREAD = "care"
    KEY = "care_ref"
    PRECISION = "date"

    care_ref: Reference
    accommodation: Annotated[Code | None, CodeSet("care_leaver_accommodation")] = None
