"""One referral of a census return with all that followed from it, as rows and their facts.

What the return holds without a date stands on a day we chose and says so (`dated_by: return`),
so that no figure counts the interval; what it cannot hold at all is `not-stated`, never guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.facts.assessment import AssessmentAuthorised, AssessmentStarted
from domain.facts.enquiry_and_conference import (
    ConferenceHeld,
    Section47Concluded,
    Section47Started,
    StrategyMeetingHeld,
)
from domain.facts.fact import NOT_STATED
from domain.facts.front_door import CaseClosed, ReferralDecided, ReferralReceived
from domain.facts.protection_plan import PlanCategoryChanged, PlanEnded, PlanStarted, ReviewHeld
from formats.census_elements import Contents
from formats.statement import CHILD_ROW, Link, Part, Row

# The only outcome of an assessment that a return lets us know: how the case closed after it.
OUTCOME_BY_CLOSURE: Final[Mapping[str, str]] = {"RC8": "nfa", "RC9": "early-help"}


@dataclass(frozen=True, slots=True)
class ReturnDays:
    """The days of a return that facts without a date of their own stand on."""

    reference_on: date
    chosen_on: date
    """The reference date; the day of the extraction, if that came first."""


def referral_rows(details: Contents, key: str, days: ReturnDays) -> list[Row]:
    """A referral, then its assessments, enquiries, plans and their reviews."""
    on = details.needed_day("CINreferralDate")
    closed = details.day("CINclosureDate")
    reason = details.code("ReasonForClosure", "closure_reason")
    protection = details.groups("ChildProtectionPlans")
    starts = [plan.needed_day("CPPstartDate") for plan in protection]
    plans = {day: f"{key}/cp-plan {index}" for index, day in enumerate(starts) if day}
    conference = details.day("DateOfInitialCPC")
    sat: dict[date, Link] = {conference: Link(key, "conference")} if conference else {}
    inside = [
        *_assessments(details, key, days, reason),
        *_enquiries(details, key, plans, sat),
        *_child_in_need_plans(details, key),
    ]
    for index, (plan, start) in enumerate(zip(protection, starts, strict=True)):
        inside.extend(_protection_plan(plan, (key, f"{key}/cp-plan {index}"), start, days, sat))
    parts = _received(details, key, on, reason if closed is None else None)
    if closed:
        ended = {"referral_ref": Link(key), "reason": reason or NOT_STATED}
        parts.append(Part(CaseClosed, closed, details.line, ended))
    if conference:
        parts.append(_initial_conference(Link(key, "conference"), conference, details.line, plans))
    return [Row(key, "referral", CHILD_ROW, on, details.line, tuple(parts)), *inside]


def _received(details: Contents, key: str, on: date | None, unused: str | None) -> list[Part]:
    """The referral and, where the return says that nothing further followed, that decision."""
    ref = {"referral_ref": Link(key)}
    received = ref | {
        "source": details.code("ReferralSource", "referral_source") or NOT_STATED,
        "primary_need": details.code("PrimaryNeedCode", "primary_need"),
    }
    nothing_further = details.flag("ReferralNFA")
    details.keep("ReasonForClosure", unused)
    unmapped = details.unmapped()
    if on is None:
        return []
    parts = [Part(ReferralReceived, on, details.line, received | {"unmapped": unmapped})]
    if nothing_further:
        decided = ref | {"outcome": "nfa", "dated_by": "return"}
        parts.append(Part(ReferralDecided, on, details.line, decided))
    return parts


def _assessments(details: Contents, parent: str, days: ReturnDays, reason: str | None) -> list[Row]:
    """Each assessment from its start to its authorisation."""
    found = [
        (
            each,
            each.needed_day("AssessmentActualStartDate"),
            each.day("AssessmentAuthorisationDate"),
        )
        for each in details.groups("Assessments")
    ]
    last = max((authorised for _, _, authorised in found if authorised), default=None)
    rows = []
    for index, (each, started, authorised) in enumerate(found):
        key = f"{parent}/assessment {index}"
        refs = {"kind": "child-and-family", "assessment_ref": Link(key)}
        refs |= {"referral_ref": Link(parent)}
        reviewed = each.day("AssessmentInternalReviewDate")
        planned = reviewed is not None and reviewed > days.reference_on
        factors = _factors(each)
        if authorised is None:
            each.keep("AssessmentFactors", list(factors))
        unmapped = each.unmapped()
        parts = []
        if started:
            begun = refs | {"review_point_on": reviewed if planned else None, "unmapped": unmapped}
            parts.append(Part(AssessmentStarted, started, each.line, begun))
        if reviewed and not planned:
            review = {"kind": "assessment", "review_ref": Link(key, "review")}
            parts.append(
                Part(ReviewHeld, reviewed, each.line, review | {"assessment_ref": Link(key)})
            )
        if authorised:
            outcome = OUTCOME_BY_CLOSURE.get(reason or "") if authorised == last else None
            signed = refs | {"outcome": outcome or NOT_STATED, "factors": factors or None}
            parts.append(Part(AssessmentAuthorised, authorised, each.line, signed))
        rows.append(Row(key, "assessment", parent, started, each.line, tuple(parts)))
    return rows


def _factors(assessment: Contents) -> tuple[str, ...]:
    """The factors identified, none where the wrapper is empty."""
    return tuple(
        code
        for wrapper in assessment.groups("FactorsIdentifiedAtAssessment")
        for code in wrapper.codes("AssessmentFactors", "assessment_factors")
    )


def _enquiries(
    details: Contents, parent: str, plans: Mapping[date, str], sat: dict[date, Link]
) -> list[Row]:
    """Each enquiry with the strategy discussion that began it; adds its conference to those that sat."""
    rows = []
    for index, each in enumerate(details.groups("Section47")):
        key = f"{parent}/enquiry {index}"
        started = each.needed_day("S47ActualStartDate")
        conference = each.day("DateOfInitialCPC")
        not_required = each.flag("ICPCnotRequired")
        each.pass_over("InitialCPCtarget")  # worked out by the case system: it states nothing
        unmapped = each.unmapped()
        parts = []
        if started:
            parts.extend(_enquiry_begun(key, parent, started, each.line, unmapped))
            if not_required:
                parts.append(_no_conference_needed(key, started, each.line))
        if conference:
            ref = Link(key, "conference")
            sat.setdefault(conference, ref)
            held = _initial_conference(ref, conference, each.line, plans, enquiry=Link(key))
            parts.append(held)
        rows.append(Row(key, "enquiry", parent, started, each.line, tuple(parts)))
    return rows


def _enquiry_begun(
    key: str, parent: str, on: date, line: int, unmapped: Mapping[str, object] | None
) -> list[Part]:
    # The guide defines the start date as the strategy discussion that initiated the enquiry.
    refs = {"enquiry_ref": Link(key), "meeting_ref": Link(key, "meeting")}
    met = refs | {"kind": "section-47", "outcome": NOT_STATED}
    begun = refs | {"referral_ref": Link(parent), "unmapped": unmapped}
    return [Part(StrategyMeetingHeld, on, line, met), Part(Section47Started, on, line, begun)]


def _no_conference_needed(key: str, on: date, line: int) -> Part:
    fields = {"enquiry_ref": Link(key), "outcome": NOT_STATED}
    fields |= {"conference_required": False, "dated_by": "return"}
    return Part(Section47Concluded, on, line, fields)


def _initial_conference(
    ref: Link, on: date, line: int, plans: Mapping[date, str], enquiry: Link | None = None
) -> Part:
    """An initial conference; its outcome is known only where a plan begins that day."""
    plan = plans.get(on)
    fields = {
        "kind": "initial",
        "conference_ref": ref,
        "enquiry_ref": enquiry,
        "plan_ref": Link(plan) if plan else None,
        "outcome": "cp-plan" if plan else NOT_STATED,
    }
    return Part(ConferenceHeld, on, line, fields)


def _child_in_need_plans(details: Contents, parent: str) -> list[Row]:
    """Each child in need plan, from 2022 on."""
    rows = []
    for index, each in enumerate(details.groups("CINPlanDates")):
        key = f"{parent}/cin-plan {index}"
        refs = {"kind": "child-in-need", "plan_ref": Link(key)}
        started = each.needed_day("CINPlanStartDate")
        ended = each.day("CINPlanEndDate")
        unmapped = each.unmapped()
        parts = []
        if started:
            begun = refs | {"referral_ref": Link(parent), "unmapped": unmapped}
            parts.append(Part(PlanStarted, started, each.line, begun))
        if ended:
            parts.append(Part(PlanEnded, ended, each.line, refs | {"reason": NOT_STATED}))
        rows.append(Row(key, "cin-plan", parent, started, each.line, tuple(parts)))
    return rows


def _protection_plan(
    plan: Contents,
    place: tuple[str, str],
    started: date | None,
    days: ReturnDays,
    sat: Mapping[date, Link],
) -> list[Row]:
    """A child protection plan, then its review conferences."""
    parent, key = place
    ended = plan.day("CPPendDate")
    first = plan.code("InitialCategoryOfAbuse", "cp_category")
    latest = plan.code("LatestCategoryOfAbuse", "cp_category")
    before = plan.number("NumberOfPreviousCPP")
    reviews = _reviews(plan, key, ended)
    unmapped = plan.unmapped()
    ref = {"plan_ref": Link(key)}
    kind = {"kind": "child-protection"}
    parts = []
    if started:
        begun: dict[str, object] = (
            ref | kind | {"referral_ref": Link(parent), "conference_ref": sat.get(started)}
        )
        begun |= {"initial_category": first, "previous_plans_here": before, "unmapped": unmapped}
        parts.append(Part(PlanStarted, started, plan.line, begun))
    if latest and latest != first:
        changed = ref | {"latest_category": latest, "dated_by": "return"}
        on = ended or days.chosen_on
        parts.append(Part(PlanCategoryChanged, on, plan.line, changed, chosen=True))
    if ended:
        parts.append(Part(PlanEnded, ended, plan.line, ref | kind | {"reason": NOT_STATED}))
    return [Row(key, "cp-plan", parent, started, plan.line, tuple(parts)), *reviews]


def _reviews(plan: Contents, parent: str, plan_ended: date | None) -> list[Row]:
    """Each review conference of a plan; the one on the day it ended is the one that ended it."""
    found = [day for wrapper in plan.groups("Reviews") for day in wrapper.days("CPPreviewDate")]
    rows = []
    for index, (on, line) in enumerate(found):
        key = f"{parent}/review {index}"
        goes_on = on != plan_ended
        fields = {
            "kind": "review",
            "conference_ref": Link(key),
            "plan_ref": Link(parent),
            "outcome": "continue-plan" if goes_on else "end-plan",
            "continue_plan": goes_on,
        }
        held = Part(ConferenceHeld, on, line, fields)
        rows.append(Row(key, "review", parent, on, line, (held,)))
    return rows
