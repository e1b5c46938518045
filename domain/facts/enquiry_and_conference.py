"""Enquiry and conference.

Strategy meeting, section 47 enquiry, child protection conferences.
One open enquiry per child at a time.
"""

from typing import Annotated

from pydantic import StrictBool

from domain.facts.fact import Code, CodeSet, Day, Fact, Instant, NeededWhen, Reference


class StrategyMeetingCalled(Fact):
    """Someone with authority decided a strategy meeting must be held.

    Not the meeting itself.
    """

    NAME = "strategy-meeting-called"
    THREAD = "enquiry-and-conference"
    KEY = "meeting_ref"
    PRECISION = "instant"

    kind: Annotated[Code, CodeSet("strategy_meeting_kind")]
    meeting_ref: Reference
    enquiry_ref: Reference | None = None
    missing_episode_refs: tuple[Reference, ...] | None = None
    exploitation_refs: tuple[Reference, ...] | None = None
    trigger: Annotated[Code | None, CodeSet("strategy_trigger")] = None


class StrategyMeetingHeld(Fact):
    """Agencies met (in a room, by telephone, on line) to decide how to protect the child.

    Working Together says "strategy discussion", local reports "strategy meeting", and below the
    threshold "case discussion".

    Not a core group, a conference or a panel.
    One meeting may satisfy several clocks: it counts for every episode or referral it names.
    """

    NAME = "strategy-meeting-held"
    THREAD = "enquiry-and-conference"
    KEY = "meeting_ref"
    PRECISION = "instant"

    kind: Annotated[Code, CodeSet("strategy_meeting_kind")]
    meeting_ref: Reference
    enquiry_ref: Reference | None = None
    missing_episode_refs: Annotated[
        tuple[Reference, ...] | None, NeededWhen({"kind": ("missing",)})
    ] = None
    exploitation_refs: Annotated[
        tuple[Reference, ...] | None, NeededWhen({"kind": ("exploitation",)})
    ] = None
    form: Annotated[Code | None, CodeSet("meeting_form")] = None
    trigger: Annotated[Code | None, CodeSet("strategy_trigger")] = None
    is_review: StrictBool | None = None
    outcome: Annotated[Code, CodeSet("strategy_outcome")]
    agencies: Annotated[tuple[Code, ...] | None, CodeSet("agency")] = None
    chair_authority: Annotated[Code | None, CodeSet("la_code")] = None


class Section47Started(Fact):
    """The strategy meeting at which section 47 enquiries were initiated. occurred = that meeting.

    Not a review strategy meeting in the same enquiry, which must not restart the conference
    clock.
    """

    NAME = "section-47-started"
    THREAD = "enquiry-and-conference"
    KEY = "enquiry_ref"
    PRECISION = "date"

    enquiry_ref: Reference
    meeting_ref: Reference
    referral_ref: Reference | None = None
    joint_with_police: StrictBool | None = None


class Section47Concluded(Fact):
    """The enquiry ended with a decision on whether a conference is needed.

    Not the end of the assessment; the 45-day clock runs on.
    """

    NAME = "section-47-concluded"
    THREAD = "enquiry-and-conference"
    KEY = "enquiry_ref"
    PRECISION = "date"

    enquiry_ref: Reference
    outcome: Annotated[Code, CodeSet("section_47_outcome")]
    conference_required: StrictBool


class ConferenceScheduled(Fact):
    """A date was set (or moved) for a child protection conference.

    A second fact with the same conference_ref is a new date.

    Not the conference having taken place; scheduling stops no clock.
    """

    NAME = "conference-scheduled"
    THREAD = "enquiry-and-conference"
    KEY = "conference_ref"
    PRECISION = "instant"

    kind: Annotated[Code, CodeSet("conference_kind")]
    conference_ref: Reference
    enquiry_ref: Reference | None = None
    plan_ref: Reference | None = None
    scheduled_for: Instant


class ConferenceHeld(Fact):
    """A child protection conference sat and decided.

    An initial (ICPC), review or transfer-in conference.

    Not an inquorate or adjourned sitting that took no decision (do not send it; schedule
    again).
    """

    NAME = "conference-held"
    THREAD = "enquiry-and-conference"
    KEY = "conference_ref"
    PRECISION = "date"

    kind: Annotated[Code, CodeSet("conference_kind")]
    conference_ref: Reference
    enquiry_ref: Annotated[Reference | None, NeededWhen({"kind": ("initial",)})] = None
    transfer_ref: Annotated[Reference | None, NeededWhen({"kind": ("transfer-in",)})] = None
    plan_ref: Annotated[
        Reference | None, NeededWhen({"kind": ("review",), "outcome": ("cp-plan",)})
    ] = None
    meeting_ref: Reference | None = None
    outcome: Annotated[Code, CodeSet("conference_outcome")]
    continue_plan: Annotated[StrictBool | None, NeededWhen({"kind": ("review",)})] = None
    category: Annotated[Code | None, CodeSet("cp_category")] = None
    quorate: StrictBool | None = None
    agencies: Annotated[tuple[Code, ...] | None, CodeSet("agency")] = None


class ConferenceCancelled(Fact):
    """A booked conference will not take place on that booking.

    Not a decision that no conference is required (Section47Concluded); the 15-day clock keeps
    running.
    """

    NAME = "conference-cancelled"
    THREAD = "enquiry-and-conference"
    KEY = "conference_ref"
    PRECISION = "instant"

    conference_ref: Reference
    reason: Annotated[Code | None, CodeSet("conference_cancel_reason")] = None


class ConferenceReportShared(Fact):
    """A report for the conference was given to the family or the chair.

    Not the minutes.
    """

    NAME = "conference-report-shared"
    THREAD = "enquiry-and-conference"
    KEY = "conference_ref"
    PRECISION = "instant"

    conference_ref: Reference
    agency: Annotated[Code, CodeSet("agency")]
    shared_with: Annotated[Code | None, CodeSet("report_recipient")] = None


class TransferInNotified(Fact):
    """Another authority told us that a child on its child protection plan has moved here.

    Not a section 47 enquiry of ours; it is counted apart from ICPCs.
    """

    NAME = "transfer-in-notified"
    THREAD = "enquiry-and-conference"
    KEY = "transfer_ref"
    PRECISION = "date"

    transfer_ref: Reference
    from_authority: Annotated[Code, CodeSet("la_code")]
    category: Annotated[Code | None, CodeSet("cp_category")] = None
    moved_on: Day | None = None
