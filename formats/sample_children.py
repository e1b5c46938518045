"""The seventy or so made-up children of the sample authority, each a small story in the words of facts."""

from datetime import datetime, timedelta
from itertools import count
from typing import Final

from domain.calendar import WorkingDays, london_date
from domain.event import Event
from domain.facts.assessment import AssessmentAuthorised, AssessmentStarted
from domain.facts.corrections import FactCorrected, FactWithdrawn
from domain.facts.emergency_and_court import (
    OrderMade,
    PoliceProtectionEnded,
    PoliceProtectionTaken,
)
from domain.facts.enquiry_and_conference import (
    ConferenceHeld,
    Section47Concluded,
    Section47Started,
    StrategyMeetingHeld,
)
from domain.facts.fact import EventName
from domain.facts.front_door import (
    CaseClosed,
    ContactReceived,
    ContactScreened,
    ReferralDecided,
    ReferralReceived,
    ReferrerAcknowledged,
)
from domain.facts.missing import (
    MissingEpisodeEnded,
    MissingEpisodeStarted,
    ReturnInterviewDeclined,
    ReturnInterviewHeld,
    ReturnInterviewOffered,
)
from domain.facts.protection_plan import (
    CoreGroupHeld,
    PlanEnded,
    PlanStarted,
    ReviewHeld,
    VisitMade,
)
from domain.facts.whole_child import CaseAllocated, ChildDetailsRecorded
from formats.sample_elsewhere import of_other_authorities
from formats.sample_panels import before_the_panels
from formats.sample_story import Another, Story

THE_CHILD: Final = "CH-0042"
"""The child whose story the README tells."""
PROMISED: Final = "CH-0101"
"""Late, and a manager has promised to deal with it."""
BROKEN_PROMISE: Final = "CH-0102"
"""Late, and the manager who promised has left."""
HEARD_LATE: Final = "CH-0103"
"""Late as far as was known, until the nightly feed tells that it was done in time."""


def children(code: str, hour: datetime, calendar: WorkingDays) -> tuple[Event, ...]:
    """Every fact about the made-up children, in the order in which they were typed."""
    stories: list[Story] = []

    def story(child: str) -> Story:
        stories.append(Story(code, child, hour, calendar))
        return stories[-1]

    numbers = (number for number in count(1) if f"CH-{number:04}" != THE_CHILD)
    the_child(story(THE_CHILD))
    out_too_long(story(PROMISED), 76)
    out_too_long(story(BROKEN_PROMISE), 90)
    back_not_yet_heard(story(HEARD_LATE))
    for tell in (
        at_the_front_door,
        in_assessment,
        in_enquiry,
        on_a_plan,
        gone,
        odd,
        before_the_panels,
        of_other_authorities,
    ):
        tell(lambda: story(f"CH-{next(numbers):04}"))
    told = (event for one in stories for event in one.events)
    return tuple(sorted(told, key=lambda event: event.source_recorded_at or hour))


def afterwards(code: str, hour: datetime, calendar: WorkingDays) -> tuple[Event, ...]:
    """What the next nightly feed tells: an interview was held in time and typed in late."""
    story = Story(code, HEARD_LATE, hour, calendar)
    back_not_yet_heard(story)
    held = ReturnInterviewHeld(missing_episode_refs=(story.ref("ME"),), independent=True)
    return (story.said(held, story.ago(60)),)


# One child at a time ----------------------------------------------------------------------------


def the_child(one: Story) -> None:
    """A child in assessment who went missing once and came back, and is missing again."""
    born = london_date(one.hour) - timedelta(days=15 * 365)
    one.said(ChildDetailsRecorded(date_of_birth=born, sex="F"), one.day(31))
    contact, referral = one.ref("C"), one.ref("R")
    one.said(
        ContactReceived(contact_ref=contact, source="2A", channel="telephone"), one.at(31, "10:05")
    )
    one.said(ContactScreened(contact_ref=contact, outcome="new_referral"), one.at(31, "15:40"))
    referred(one, 30, decided_after=1)
    one.said(
        CaseAllocated(duty_ref=referral, team_ref="north", worker_ref="W-17", role="social-worker"),
        one.day(29),
    )
    missed(one, 480, "A1")
    returned(one, 470, "A1")
    one.said(
        ReturnInterviewOffered(missing_episode_ref=one.ref("MEA1"), offered_to="child"),
        one.ago(455),
    )
    one.said(
        ReturnInterviewHeld(
            missing_episode_refs=(one.ref("MEA1"),), independent=True, reasons=("pull_friends",)
        ),
        one.ago(430),
    )
    out_too_long(one, 80)


def out_too_long(one: Story, hours: int) -> None:
    """Away for more than 72 hours, and no strategy meeting."""
    missed(one, hours)


def back_not_yet_heard(one: Story) -> None:
    """Back for days; the nightly feed has told of the offer but of no interview."""
    missed(one, 110)
    returned(one, 102)
    one.said(
        ReturnInterviewOffered(missing_episode_ref=one.ref("ME"), offered_to="child"), one.ago(95)
    )


def referred(one: Story, ago: int, decided_after: int | None = 1) -> None:
    """A referral, decided so many working days later, or not at all; then an assessment."""
    ref = one.ref("R")
    one.said(
        ReferralReceived(referral_ref=ref, source="2A", primary_need="N1"), one.at(ago, "11:20")
    )
    one.said(ReferrerAcknowledged(referral_ref=ref, method="email"), one.at(ago, "16:30"))
    if decided_after is not None:
        decided = ReferralDecided(referral_ref=ref, outcome="assessment")
        one.said(decided, one.at(ago - decided_after, "11:00"))
        started = AssessmentStarted(
            kind="child-and-family", assessment_ref=one.ref("A"), referral_ref=ref
        )
        one.said(started, one.day(ago - decided_after))
        if (reviewed := ago - decided_after - 9) >= 0:
            review = ReviewHeld(
                kind="assessment", review_ref=one.ref("AR"), assessment_ref=one.ref("A")
            )
            one.said(review, one.day(reviewed))


def authorised(one: Story, ago: int) -> None:
    """A manager signed the assessment off."""
    done = AssessmentAuthorised(
        kind="child-and-family",
        assessment_ref=one.ref("A"),
        referral_ref=one.ref("R"),
        outcome="child-in-need-plan",
    )
    one.said(done, one.day(ago))


def missed(one: Story, hours: float, which: str = "") -> None:
    """Last seen so many hours ago; the police were told two hours later."""
    went = MissingEpisodeStarted(
        missing_episode_ref=one.ref(f"ME{which}"),
        type="M",
        missing_from="home",
        care_status="not-looked-after",
        reported_at=one.ago(max(hours - 2, 0)),
        reported_by="police",
        police_grade="medium",
    )
    one.said(went, one.ago(hours))


def returned(one: Story, hours: float, which: str = "") -> None:
    """Came back so many hours ago."""
    back = MissingEpisodeEnded(missing_episode_ref=one.ref(f"ME{which}"), how="returned")
    one.said(back, one.ago(hours))


def met_about(one: Story, hours: float) -> None:
    """A strategy meeting about the missing episode."""
    meeting = StrategyMeetingHeld(
        kind="missing",
        meeting_ref=one.ref("M"),
        missing_episode_refs=(one.ref("ME"),),
        trigger="missing-72-hours",
        outcome="plan-agreed",
    )
    one.said(meeting, one.ago(hours))


def enquired(one: Story, ago: int, *, required: bool | None = None) -> None:
    """A section 47 enquiry from a strategy meeting; concluded later where that is said."""
    meeting, enquiry = one.ref("M"), one.ref("E")
    one.said(
        StrategyMeetingHeld(
            kind="section-47",
            meeting_ref=meeting,
            enquiry_ref=enquiry,
            outcome="section-47-joint",
            agencies=("police", "childrens_social_care", "school"),
        ),
        one.at(ago, "14:00"),
    )
    one.said(
        Section47Started(enquiry_ref=enquiry, meeting_ref=meeting, joint_with_police=True),
        one.day(ago),
    )
    if required is not None:
        outcome = "substantiated-conference" if required else "not-substantiated"
        concluded = Section47Concluded(
            enquiry_ref=enquiry, outcome=outcome, conference_required=required
        )
        one.said(concluded, one.day(max(ago - 8, 0)))


def conferred(one: Story, ago: int) -> None:
    """An initial conference that made a child protection plan."""
    held = ConferenceHeld(
        kind="initial",
        conference_ref=one.ref("CF"),
        enquiry_ref=one.ref("E"),
        plan_ref=one.ref("P"),
        outcome="cp-plan",
        category="NEG",
        quorate=True,
    )
    one.said(held, one.day(ago))
    plan = PlanStarted(
        kind="child-protection",
        plan_ref=one.ref("P"),
        conference_ref=one.ref("CF"),
        initial_category="NEG",
        previous_plans_here=0,
    )
    one.said(plan, one.day(ago))


def visited(one: Story, *days_ago: int, seen: bool = True) -> None:
    """Visits under the plan."""
    for number, ago in enumerate(days_ago, start=1):
        visit = VisitMade(
            kind="child-protection",
            visit_ref=one.ref(f"V{number}"),
            plan_ref=one.ref("P"),
            child_seen=seen,
            seen_alone=seen,
        )
        one.said(visit, one.day(ago))


def core_group(one: Story, ago: int) -> None:
    """The first core group met."""
    met = CoreGroupHeld(plan_ref=one.ref("P"), meeting_ref=one.ref("CG"))
    one.said(met, one.day(ago))


# Many children ----------------------------------------------------------------------------------


def at_the_front_door(another: Another) -> None:
    """Contacts that became nothing more, and referrals decided in time, late and not yet."""
    for days, outcome in ((1, "advice"), (2, "nfa"), (3, "early_help")):
        one = another()
        contact = ContactReceived(contact_ref=one.ref("C"), source="6", channel="system")
        one.said(contact, one.at(days, "08:30"))
        one.said(ContactScreened(contact_ref=one.ref("C"), outcome=outcome), one.at(days, "12:15"))
    for days in (0, 0, 1):
        referred(another(), days, decided_after=None)
    for days in (3, 4):
        referred(another(), days, decided_after=None)
    for days in (9, 12):
        referred(another(), days, decided_after=3)
    one = another()
    referred(one, 20)
    one.said(CaseClosed(referral_ref=one.ref("R"), reason="RC8"), one.day(12))


def in_assessment(another: Another) -> None:
    """Forty-five working days: running, nearly over, over, done in time and done late."""
    for days in (3, 9, 14, 22, 33):
        referred(another(), days)
    for days in (36, 41, 43):
        referred(another(), days)
    for days in (46, 52):
        referred(another(), days)
    for days, took in ((44, 30), (50, 38), (58, 44), (54, 49), (52, 47)):
        one = another()
        referred(one, days)
        authorised(one, days - took)


def in_enquiry(another: Another) -> None:
    """Fifteen working days to a conference: running, nearly over, over, and not needed."""
    for days in (2, 5, 11, 13):
        enquired(another(), days)
    for days in (12, 17):
        enquired(another(), days, required=True)
    enquired(another(), 14, required=False)


def on_a_plan(another: Another) -> None:
    """Core groups and visits: due, late and done."""
    for enquiry, conference, visits, group in (
        (14, 3, (), None),
        (22, 8, (1,), None),
        (25, 12, (7, 2), None),
        (50, 38, (31, 24, 16, 8), 30),
        (60, 46, (38, 30, 21, 13), 38),
        (30, 20, (14, 6), 12),
    ):
        one = another()
        enquired(one, enquiry, required=True)
        conferred(one, conference)
        visited(one, *visits)
        if group is not None:
            core_group(one, group)
    ended = PlanEnded(kind="child-protection", plan_ref=one.ref("P"), reason="risk-reduced")
    one.said(ended, one.day(2))


def gone(another: Another) -> None:
    """Missing now, met about in time, back before a meeting, and talked with or not since."""
    for hours in (10, 30, 50, 69):
        missed(another(), hours)
    one = another()
    missed(one, 96)
    met_about(one, 40)
    one = another()
    missed(one, 44)
    returned(one, 26)  # due two hours ago; the nightly feed has not spoken since
    one = another()
    missed(one, 80)
    returned(one, 66)
    declined = ReturnInterviewDeclined(
        missing_episode_ref=one.ref("ME"), declined_by="child", reason="does-not-want-to-talk"
    )
    one.said(declined, one.ago(48))
    for back, talked in ((120, 70), (130, 40)):
        one = another()
        missed(one, back + 9)
        returned(one, back)
        offered = ReturnInterviewOffered(missing_episode_ref=one.ref("ME"), offered_to="child")
        one.said(offered, one.ago(back - 6))
        held = ReturnInterviewHeld(missing_episode_refs=(one.ref("ME"),), independent=True)
        one.said(held, one.ago(talked))
    third_time(another())


def third_time(one: Story) -> None:
    """Missing three times within weeks; each time back the same night."""
    for which, hours in (("1", 500), ("2", 260), ("3", 28)):
        missed(one, hours, which)
        returned(one, hours - 8, which)


def odd(another: Another) -> None:
    """What contradicts itself, what was corrected, and powers about to lapse."""
    returned(another(), 30)  # nobody ever said that this child was missing
    one = another()
    unknown = ReferralReceived(referral_ref=one.ref("R"), source="Z9")
    one.said(unknown, one.at(5, "13:00"))
    one.said(ReferralDecided(referral_ref=one.ref("R"), outcome="nfa"), one.at(4, "12:00"))
    one = another()
    enquired(one, 18, required=True)
    conferred(one, 6)
    tomorrow = london_date(one.hour) + timedelta(days=1)
    visit = VisitMade(
        kind="child-protection", visit_ref=one.ref("V1"), plan_ref=one.ref("P"), child_seen=True
    )
    one.said(visit, tomorrow)
    corrected(another())
    for hours, ended in ((50, None), (90, 40)):
        one = another()
        taken = PoliceProtectionTaken(police_protection_ref=one.ref("PP"), place="relative")
        one.said(taken, one.ago(hours))
        if ended is not None:
            end = PoliceProtectionEnded(
                police_protection_ref=one.ref("PP"), outcome="returned-home"
            )
            one.said(end, one.ago(ended))
    one = another()
    order = OrderMade(kind="emergency-protection", order_ref=one.ref("O"))
    one.said(order, one.ago(72))
    one = another()
    missed(one, 1000)
    returned(one, 990)  # so long ago that it wakes nobody


def corrected(one: Story) -> None:
    """A conference whose day was typed wrongly, and a visit that never was."""
    enquired(one, 20, required=True)
    conferred(one, 3)
    wrong = next(event for event in one.events if event.name == ConferenceHeld.NAME)
    right = FactCorrected(
        corrected_event=EventName(source=wrong.source, id=wrong.id),
        reason="wrong-date",
        occurred_on=one.day(7),
    )
    one.said(right, one.at(1, "09:00"))
    visited(one, 2)
    visit = one.events[-1]
    never = FactWithdrawn(
        corrected_event=EventName(source=visit.source, id=visit.id), reason="never-happened"
    )
    one.said(never, one.at(1, "09:05"))
