"""The made-up panels: children on their agendas for every reason, and what is to be done for them."""

from datetime import date, time, timedelta
from typing import Final

from domain.calendar import at_clock, london_date
from domain.facts.domestic_abuse import MaracReferralReceived
from domain.facts.enquiry_and_conference import StrategyMeetingHeld
from domain.facts.exploitation import (
    CaseHeardAtPanel,
    ExploitationReferralReceived,
    PanelActionAgreed,
    PanelActionDone,
)
from domain.facts.missing import MissingEpisodeEnded, MissingEpisodeStarted
from domain.facts.out_of_area import CicolaPlacementNotified
from domain.facts.protection_plan import PlanStarted
from domain.facts.whole_child import ChildDetailsRecorded
from formats.sample_authority import last_sitting
from formats.sample_story import Another, Story

EIGHTEEN: Final = 18
LATE_EVENING: Final = time(22)


def before_the_panels(another: Another) -> None:
    """New, too late, deferred, on a plan that is due for review, moved in, and before MARAC."""
    for days, met in ((0, None), (3, None), (14, 11), (1, 0)):
        one = another()
        exploited(one, days)
        if met is not None:
            sent_to_the_panel(one, met)
    deferred(another())
    planned(another())
    grows_up(another())
    moved_in(another())
    one = another()
    one.said(MaracReferralReceived(marac_ref=one.ref("MA"), repeat=True), one.day(2))


def exploited(one: Story, days: int) -> None:
    """A referral about exploitation."""
    referral = ExploitationReferralReceived(
        kind="sexual",
        exploitation_ref=one.ref("X"),
        referring_agency="school",
        models=("online",),
    )
    one.said(referral, one.at(days, "09:40"))


def sent_to_the_panel(one: Story, days: int) -> None:
    """A strategy meeting that sends the child to the panel."""
    meeting = StrategyMeetingHeld(
        kind="exploitation",
        meeting_ref=one.ref("M"),
        exploitation_refs=(one.ref("X"),),
        outcome="macse",
    )
    one.said(meeting, one.at(days, "10:30"))


def heard(one: Story, decision: str) -> date:
    """The child was heard at the last sitting, weeks after the referral."""
    on = last_sitting(one.hour)
    exploited(one, 40)
    sent_to_the_panel(one, 39)
    hearing = CaseHeardAtPanel(kind="macse", exploitation_refs=(one.ref("X"),), decision=decision)
    one.said(hearing, on)
    return on


def deferred(one: Story) -> None:
    """Nobody could tell enough of the child: it comes again."""
    heard(one, "deferred")


def planned(one: Story) -> None:
    """A plan, with an action done, one that is late, and one to come; missing for a night since."""
    on = heard(one, "plan")
    plan_of(one, on)
    for number, (kind, agency, days) in enumerate(
        (
            ("disruption", "police", 7),
            ("direct-work", "childrens_social_care", 14),
            ("education", "school", 35),
        ),
        start=1,
    ):
        agreed(one, number, kind, agency, on, days)
    one.said(PanelActionDone(action_ref=one.ref("PA1")), on + timedelta(days=6))
    night = at_clock(on + timedelta(days=4), LATE_EVENING)
    went = MissingEpisodeStarted(
        missing_episode_ref=one.ref("ME"),
        type="M",
        missing_from="home",
        care_status="not-looked-after",
        reported_at=night + timedelta(hours=1),
        reported_by="police",
    )
    one.said(went, night)
    back = MissingEpisodeEnded(missing_episode_ref=one.ref("ME"), how="returned")
    one.said(back, night + timedelta(hours=9))


def plan_of(one: Story, on: date) -> None:
    """The panel's own plan, begun at its sitting."""
    plan = PlanStarted(
        kind="macse",
        plan_ref=one.ref("P"),
        exploitation_refs=(one.ref("X"),),
        risk_level="high",
        status="at_risk",
        lead_agency="childrens_social_care",
    )
    one.said(plan, on)


def agreed(one: Story, number: int, kind: str, agency: str, on: date, days: int) -> None:
    """One thing that one agency does for the child within so many days."""
    action = PanelActionAgreed(
        action_ref=one.ref(f"PA{number}"),
        exploitation_ref=one.ref("X"),
        panel="macse",
        kind=kind,
        agency=agency,
        due_on=on + timedelta(days=days),
    )
    one.said(action, on)


def grows_up(one: Story) -> None:
    """A plan of somebody who is 18 before the panel sits again after its next sitting."""
    on = heard(one, "plan")
    plan_of(one, on)
    eighteenth = london_date(one.hour) + timedelta(days=20)
    born = eighteenth.replace(year=eighteenth.year - EIGHTEEN, day=min(eighteenth.day, 28))
    one.said(ChildDetailsRecorded(date_of_birth=born, sex="M"), on)
    agreed(one, 1, "health", "camhs", on, 40)


def moved_in(one: Story) -> None:
    """Placed here by another authority, with a plan of its own panel."""
    notice = CicolaPlacementNotified(
        cicola_placement_ref=one.ref("CP"),
        placing_authority="344",
        placed_on=one.day(13),
        cse_plan_elsewhere=True,
        notified_by="social-worker",
    )
    one.said(notice, one.at(12, "11:15"))
