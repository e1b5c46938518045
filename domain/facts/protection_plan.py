"""Child in need and child protection plans.

From plan start to plan end: core groups, visits, reviews.
"""

from typing import Annotated

from pydantic import StrictBool, StrictInt

from domain.facts.fact import Code, CodeSet, Fact, NeededWhen, Reference


class PlanStarted(Fact):
    """A plan for the child began: child in need, child protection, MACSE or early help.

    Not a care, placement, pathway or education plan: those are documents prepared
    (PlanPrepared).
    A child protection plan starts on the day of the conference.
    """

    NAME = "plan-started"
    THREAD = "protection-plan"
    KEY = "plan_ref"
    PRECISION = "date"

    kind: Annotated[Code, CodeSet("plan_kind")]
    plan_ref: Reference
    referral_ref: Reference | None = None
    conference_ref: Reference | None = None
    early_help_ref: Reference | None = None
    exploitation_refs: tuple[Reference, ...] | None = None
    initial_category: Annotated[
        Code | None, CodeSet("cp_category"), NeededWhen({"kind": ("child-protection",)})
    ] = None
    previous_plans_here: Annotated[
        StrictInt | None, NeededWhen({"kind": ("child-protection",)})
    ] = None
    from_other_authority: StrictBool | None = None
    risk_level: Annotated[Code | None, CodeSet("exploitation_risk_level")] = None
    status: Annotated[Code | None, CodeSet("exploitation_status")] = None
    lead_agency: Annotated[Code | None, CodeSet("agency")] = None


class PlanEnded(Fact):
    """The plan ended.

    Not the case closing, nor that agencies agreed to it: that is the meeting of meeting_ref.
    """

    NAME = "plan-ended"
    THREAD = "protection-plan"
    KEY = "plan_ref"
    PRECISION = "date"

    kind: Annotated[Code, CodeSet("plan_kind")]
    plan_ref: Reference
    reason: Annotated[Code, CodeSet("plan_end_reason")]
    meeting_ref: Reference | None = None
    needs_met: Annotated[StrictBool | None, NeededWhen({"kind": ("early-help",)})] = None
    destination: Annotated[Code | None, CodeSet("early_help_destination")] = None


class PlanCategoryChanged(Fact):
    """A conference changed the category of a child protection plan.

    Not a new plan.
    """

    NAME = "plan-category-changed"
    THREAD = "protection-plan"
    KEY = "plan_ref"
    PRECISION = "date"

    plan_ref: Reference
    conference_ref: Reference | None = None
    latest_category: Annotated[Code, CodeSet("cp_category")]


class CoreGroupHeld(Fact):
    """The core group of a child protection plan met.

    Not a conference.
    """

    NAME = "core-group-held"
    THREAD = "protection-plan"
    KEY = "plan_ref"
    PRECISION = "date"

    plan_ref: Reference
    meeting_ref: Reference
    agencies: Annotated[tuple[Code, ...] | None, CodeSet("agency")] = None


class VisitMade(Fact):
    """A worker made a visit that the law or the plan requires.

    Only child_seen: true resets a visiting clock.

    Not a call where nobody answered: send it with child_seen: false; it is history and resets
    nothing.
    """

    NAME = "visit-made"
    THREAD = "protection-plan"
    KEY = "plan_ref"
    PRECISION = "date"

    kind: Annotated[Code, CodeSet("visit_kind")]
    visit_ref: Reference
    plan_ref: Annotated[
        Reference | None,
        NeededWhen(
            {
                "kind": (
                    "child-in-need",
                    "child-protection",
                )
            }
        ),
    ] = None
    care_ref: Annotated[
        Reference | None,
        NeededWhen(
            {
                "kind": (
                    "looked-after",
                    "care-leaver",
                )
            }
        ),
    ] = None
    placement_ref: Annotated[Reference | None, NeededWhen({"kind": ("looked-after",)})] = None
    arrangement_ref: Annotated[Reference | None, NeededWhen({"kind": ("private-fostering",)})] = (
        None
    )
    education_ref: Annotated[Reference | None, NeededWhen({"kind": ("home-education",)})] = None
    child_seen: StrictBool
    seen_alone: StrictBool | None = None
    bedroom_seen: StrictBool | None = None
    outcome: Annotated[Code | None, CodeSet("visit_outcome")] = None


class ReviewHeld(Fact):
    """A review took place.

    Child protection reviews are conferences (ConferenceHeld kind review).

    Not a review in preparation, cancelled or adjourned: a looked-after review held as several
    meetings counts on the day it is completed.
    """

    NAME = "review-held"
    THREAD = "protection-plan"
    KEY = "plan_ref"
    PRECISION = "date"

    kind: Annotated[Code, CodeSet("review_kind")]
    review_ref: Reference
    plan_ref: Annotated[
        Reference | None,
        NeededWhen(
            {
                "kind": (
                    "child-in-need",
                    "macse",
                    "early-help",
                )
            }
        ),
    ] = None
    care_ref: Annotated[
        Reference | None,
        NeededWhen(
            {
                "kind": (
                    "looked-after",
                    "pathway",
                )
            }
        ),
    ] = None
    missing_episode_ref: Annotated[Reference | None, NeededWhen({"kind": ("still-missing",)})] = (
        None
    )
    allegation_ref: Annotated[Reference | None, NeededWhen({"kind": ("allegation",)})] = None
    channel_ref: Annotated[Reference | None, NeededWhen({"kind": ("channel",)})] = None
    assessment_ref: Annotated[Reference | None, NeededWhen({"kind": ("assessment",)})] = None
    meeting_ref: Reference | None = None
    participation: Annotated[
        Code | None, CodeSet("review_participation"), NeededWhen({"kind": ("looked-after",)})
    ] = None
    risk_level: Annotated[Code | None, CodeSet("exploitation_risk_level")] = None
    adjourned: StrictBool | None = None
