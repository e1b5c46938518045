"""What happens in a year, made from a seed: each story is one child's, and each is one manager's."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from domain.calendar import LONDON, at_clock
from domain.event import Event, Recorded
from tests.histories import CHILD, CODE, STORY, fact, record, working_days

VOLUMES: Final = tomllib.loads(Path(__file__).with_name("volumes.toml").read_text("utf-8"))
PUBLISHED: Final[dict[str, int]] = VOLUMES["published"]
JUDGED: Final[dict[str, Any]] = VOLUMES["judged"]
FIRST: Final = date(2026, 3, 2)
DAYS: Final = 364
WEEKS: Final = 52
TEAM: Final = "team-07"
Bands = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Story:
    """What happens to one child, as it comes."""

    name: str
    told: tuple[Recorded, ...]


class Maker:
    """Makes stories; the same seed and name make the same ones."""

    def __init__(self, seed: str) -> None:
        """Begin one stream of chance."""
        self.chance = Random(seed)  # noqa: S311  (the same year each time, not secrets)
        self.calendar = working_days()

    def amount(self, lowest: int, highest: int) -> int:
        """A whole number between two, both included."""
        return lowest + int(self.chance.random() * (highest - lowest + 1))

    def happens(self, share: float) -> bool:
        """Whether something that happens so often happens now."""
        return self.chance.random() < share

    def of(self, bands: Bands) -> int:
        """An amount, as often in each band as its count says."""
        at = self.chance.random() * sum(band[2] for band in bands)
        reached = 0
        for band in bands:
            reached += band[2]
            if at < reached:
                break
        return self.amount(band[0], band[1])

    def day(self, *, working: bool = True) -> date:
        """Some day of the year."""
        on = FIRST + timedelta(days=self.amount(0, DAYS - 1))
        return self.calendar.add(on, 1) if working and not self.calendar.is_working(on) else on

    def moment(self, on: date, first: int = 9, last: int = 17) -> datetime:
        """Some instant of a day, between two hours of London's clocks."""
        return at_clock(on, time(self.amount(first, last - 1), self.amount(0, 59)))

    def evening(self) -> tuple[int, int]:
        """Between which hours a child is mostly missed."""
        return (18, 24) if self.happens(0.6) else (8, 18)

    def later(self, on: date, working: int) -> date:
        """So many working days later."""
        return self.calendar.add(on, working)

    def late(self, in_time: int, allowance: int) -> int:
        """How long something takes that is mostly done shortly before it is due."""
        if self.happens(JUDGED["done_in_time"]):
            return self.amount(in_time, allowance)
        return self.amount(allowance + 1, allowance + max(2, allowance // 3))


def told(name: str, at: datetime | date, **fields: Any) -> Recorded:
    """A fact of the child, heard when it happened, or at noon of a day."""
    instant = at if isinstance(at, datetime) else None
    on = None if isinstance(at, datetime) else at
    said = fact(name, **fields)
    heard = instant or datetime.combine(at, time(12), LONDON)
    event = Event(
        authority=CODE, kind="child", subject=CHILD, source=STORY, id=f"{name}@{at}@{fields}",
        said=said, occurred_at=instant, occurred_on=on,
    )  # fmt: skip
    return record(event, heard)


def allocated(on: date) -> Recorded:
    """The child is the team's whose manager is watched."""
    return told("case-allocated", at_clock(on, time(0, 1)), team_ref=TEAM)


def ordered(name: str, *facts: Recorded) -> Story:
    """A story in the order in which it was heard."""
    return Story(name, tuple(sorted(facts, key=lambda one: one.recorded_at)))


# The front door ---------------------------------------------------------------------------------


def contacts(make: Maker, number: int) -> Iterator[Story]:
    """Contacts, screened mostly at once and nearly all by the end of the next working day."""
    for _ in range(number):
        on = make.day()
        came = make.moment(on, 8, 18)
        done = came + timedelta(minutes=make.amount(5, 120))
        if make.happens(0.3):
            done = make.moment(make.later(on, 1))
        if not make.happens(JUDGED["screened_in_time"]):
            done = make.moment(make.later(on, make.amount(2, 4)))
        yield ordered(
            "contact", told("contact-received", came), told("contact-screened", done, outcome="nfa")
        )


def referrals(make: Maker, number: int) -> Iterator[Story]:
    """Referrals, decided and acknowledged; what follows is the team's."""
    for _ in range(number):
        on = make.day()
        came = make.moment(on, 8, 18)
        decided = make.moment(make.later(on, make.late(0, 1)))
        answered = make.moment(make.later(on, make.late(0, 1)))
        yield ordered(
            "referral",
            told("referral-received", came),
            told("referral-decided", max(decided, came), outcome="nfa"),
            told("referrer-acknowledged", max(answered, came)),
        )


def exploitation(make: Maker, number: int) -> Iterator[Story]:
    """Referrals of exploitation: a strategy meeting, and for one in four the next panel."""
    to_panel = PUBLISHED["exploitation_plans"] / PUBLISHED["exploitation_referrals"]
    for _ in range(number):
        on = make.day()
        came = make.moment(on, 8, 18)
        met = make.moment(make.later(on, 1 if make.happens(0.85) else make.amount(2, 5)))
        heard = make.happens(to_panel * 2)
        facts = [
            told("exploitation-referral-received", came, kind="sexual"),
            told("strategy-meeting-held", met, kind="exploitation", exploitation_refs=("exploitation-1",),
                 outcome="macse" if heard else "no-section-47"),
        ]  # fmt: skip
        if heard:
            panel = make.later(met.astimezone(LONDON).date(), make.amount(8, 24))
            facts.append(
                told(
                    "case-heard-at-panel",
                    panel,
                    kind="macse",
                    decision="plan",
                    exploitation_refs=("exploitation-1",),
                )
            )
        yield ordered("exploitation", *facts)


def early_help(make: Maker, number: int) -> Iterator[Story]:
    """Plans of early help, mostly completed within their three months."""
    for _ in range(number):
        on = make.day()
        over = on + timedelta(days=make.late(40, 91))
        yield ordered(
            "early help",
            told("plan-started", on, kind="early-help"),
            told("plan-ended", over, kind="early-help", reason="completed"),
        )


# Children missing -------------------------------------------------------------------------------


def missing(make: Maker, number: int) -> Iterator[Story]:
    """Children who go missing, some of them many times, until there are so many episodes."""
    left = number
    while left > 0:
        times = min(left, make.of(JUDGED["episodes_per_child"]))
        left -= times
        facts: list[Recorded] = []
        free = at_clock(FIRST, time(0, 0))
        for count in range(times):
            on = make.day(working=False) if not count else free.date()
            if not count and times > 4:
                on = FIRST + timedelta(days=make.amount(0, 90))
            gone = make.moment(on + timedelta(days=make.amount(0, 6)), *make.evening())
            gone = max(gone, free)
            facts += episode(make, gone, f"E-{count}")
            free = facts[-1].recorded_at + timedelta(days=make.amount(2, 18))
        yield ordered("missing", *facts)


def episode(make: Maker, gone: datetime, ref: str) -> list[Recorded]:
    """One episode: away, mostly a meeting where it lasts, back, and an interview."""
    back = gone + timedelta(hours=make.of(JUDGED["hours_away"]))
    facts = [told("missing-episode-started", gone, type="M", missing_episode_ref=ref)]
    met = gone + timedelta(hours=make.amount(20, 70))
    if met < back and make.happens(JUDGED["strategy_meeting_held"]):
        facts.append(
            told("strategy-meeting-held", met, kind="missing", missing_episode_refs=(ref,),
                 meeting_ref=f"M-{ref}")
        )  # fmt: skip
    facts.append(told("missing-episode-ended", back, missing_episode_ref=ref))
    soon = make.happens(JUDGED["interview_offered_in_a_day"])
    offered = back + timedelta(hours=make.amount(2, 23) if soon else make.amount(25, 60))
    facts.append(
        told("return-interview-offered", offered, missing_episode_ref=ref, offered_to="child")
    )
    if not make.happens(JUDGED["interview_accepted"]):
        later = offered + timedelta(hours=2)
        facts.append(told("return-interview-declined", later, missing_episode_ref=ref))
        carer = later + timedelta(days=make.amount(0, 2))
        facts.append(
            told("return-interview-offered", carer, missing_episode_ref=ref, offered_to="carer")
        )
        return facts
    spent = (offered - back).total_seconds() / 3600
    in_time = make.happens(JUDGED["interview_in_time"])
    hours = make.amount(int(spent) + 1, 71) if in_time else make.amount(73, 140)
    held = back + timedelta(hours=hours)
    facts.append(told("return-interview-held", held, missing_episode_refs=(ref,), independent=True))
    return facts


# A team -----------------------------------------------------------------------------------------


def a_team(make: Maker, share: float = 1.0) -> Iterator[Story]:
    """The year of one team of eighteen, or a share of it, each kind of case in its number."""

    def mine(count: float) -> range:
        """How many of an authority's are this team's."""
        return range(max(1, round(count * share / JUDGED["teams"])))

    for _ in mine(sum(band[2] for band in VOLUMES["assessments"]["bands"])):
        yield assessment(make)
    for _ in mine(PUBLISHED["enquiries"]):
        yield enquiry(make)
    for _ in mine(PUBLISHED["plans_open"]):
        yield protection_plan(make, FIRST - timedelta(days=make.amount(10, 80)), DAYS)
    for _ in mine(PUBLISHED["plans_started"] - PUBLISHED["plans_open"]):
        yield protection_plan(make, make.day(), 180)
    for _ in mine(PUBLISHED["looked_after"]):
        yield looked_after(make, FIRST - timedelta(days=make.amount(130, 300)))
    for _ in mine(PUBLISHED["became_looked_after"]):
        yield looked_after(make, make.day())
    for _ in mine(PUBLISHED["in_need_open"] * JUDGED["in_need_with_plan"]):
        yield in_need(make)
    for _ in mine(PUBLISHED["police_protection"] + PUBLISHED["emergency_protection"]):
        yield power(make)


def assessment(make: Maker) -> Story:
    """From the referral to the manager's signature, in the days that the table says."""
    on = make.day()
    days = make.of(VOLUMES["assessments"]["bands"])
    return ordered(
        "assessment",
        allocated(on),
        told("referral-received", make.moment(on)),
        told("referral-decided", make.moment(on, 17, 18), outcome="assessment"),
        told("referrer-acknowledged", make.moment(on, 17, 18)),
        told("assessment-started", make.moment(on, 17, 18), kind="child-and-family"),
        told("review-held", make.moment(make.later(on, make.late(5, 10))), kind="assessment",
             assessment_ref="assessment-1"),
        told("assessment-authorised", make.moment(make.later(on, days)), kind="child-and-family",
             referral_ref="referral-1"),
    )  # fmt: skip


def enquiry(make: Maker) -> Story:
    """An enquiry with its strategy discussion, and for two in three a conference."""
    on = make.day()
    called = make.moment(on)
    started = called + timedelta(hours=make.late(2, 24))
    facts = [
        allocated(on),
        told("strategy-meeting-called", called, kind="section-47"),
        told("strategy-meeting-held", started, kind="section-47"),
        told("section-47-started", started),
    ]
    day = started.astimezone(LONDON).date()
    conference = make.happens(385 / PUBLISHED["enquiries"])
    over = make.moment(make.later(day, make.late(6, 15)))
    facts.append(told("section-47-concluded", over, conference_required=conference))
    if conference:
        days = make.of(VOLUMES["conferences"]["bands"])
        held = make.moment(make.later(day, days))
        facts.append(
            told("conference-held", held, kind="initial", enquiry_ref="enquiry-1", outcome="nfa")
        )
    return ordered("enquiry", *facts)


def protection_plan(make: Maker, on: date, lasts: int) -> Story:
    """A child on a plan: visits, core groups and reviews, each mostly shortly before it is due."""
    over = min(on + timedelta(days=lasts), FIRST + timedelta(days=DAYS))
    facts = [
        allocated(on),
        told("conference-held", on, kind="initial", enquiry_ref="enquiry-1", outcome="cp-plan",
             plan_ref="plan-1"),
        told("plan-started", on, kind="child-protection"),
    ]  # fmt: skip
    day = on
    while (day := make.later(day, make.late(5, 10))) < over:
        facts.append(
            told("visit-made", day, kind="child-protection", child_seen=True, plan_ref="plan-1")
        )
    day = make.later(on, make.late(6, 10))
    while day < over:
        facts.append(told("core-group-held", day, plan_ref="plan-1"))
        day = workday(make, day + timedelta(days=make.late(28, 42)))
    day = workday(make, on + timedelta(days=make.late(70, 91)))
    while day < over:
        facts.append(
            told("conference-held", day, kind="review", conference_ref=f"C-{day}", plan_ref="plan-1",
                 outcome="cp-plan", continue_plan=True)
        )  # fmt: skip
        day = workday(make, day + timedelta(days=make.late(150, 182)))
    facts.append(told("plan-ended", over, kind="child-protection"))
    return ordered("protection plan", *facts)


def looked_after(make: Maker, on: date) -> Story:
    """A child in care: visits, reviews, health, and the papers of a first placement."""
    over = FIRST + timedelta(days=DAYS)
    facts = [
        allocated(on),
        told("child-became-looked-after", make.moment(on)),
        told("placement-started", make.moment(on), emergency=False),
        told("placement-notified", make.later(on, make.late(0, 5)), kind="all-parties"),
        told("health-assessment-completed", make.later(on, make.late(8, 20)), kind="initial"),
        told("plan-prepared", make.later(on, make.late(4, 10)), kind="care-plan", stage="complete"),
    ]
    day = on + timedelta(days=make.late(2, 7))
    while day < over:
        facts.append(
            told(
                "visit-made", day, kind="looked-after", child_seen=True, placement_ref="placement-1"
            )
        )
        day = workday(make, day + timedelta(days=make.late(28, 42)))
    day = make.later(on, make.late(12, 20))
    for gap in (91, 182, 182, 182):
        if day < over:
            facts.append(
                told(
                    "review-held",
                    day,
                    kind="looked-after",
                    care_ref="care-1",
                    review_ref=f"R-{day}",
                )
            )
        day = workday(make, day + timedelta(days=make.late(gap - 25, gap)))
    return ordered("looked after", *facts)


def in_need(make: Maker) -> Story:
    """A child in need with a plan that is reviewed every three months."""
    on = FIRST - timedelta(days=make.amount(0, 90))
    facts = [allocated(on), told("plan-started", on, kind="child-in-need")]
    day = workday(make, on + timedelta(days=make.late(60, 91)))
    while day < FIRST + timedelta(days=DAYS):
        facts.append(
            told("review-held", day, kind="child-in-need", plan_ref="plan-1", review_ref=f"R-{day}")
        )
        day = workday(make, day + timedelta(days=make.late(60, 91)))
    return ordered("child in need", *facts)


def power(make: Maker) -> Story:
    """Police protection that nobody ends: the power lapses."""
    on = make.day(working=False)
    return ordered(
        "police protection", allocated(on), told("police-protection-taken", make.moment(on))
    )


def workday(make: Maker, on: date) -> date:
    """The day itself, or the next that is worked."""
    return on if make.calendar.is_working(on) else make.calendar.add(on, 1)
