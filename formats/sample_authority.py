"""A made-up authority: who is told, which systems speak to it, and how far each has spoken.

Nobody in it exists; its children stand in `sample_children`.
All of it is a pure function of one hour, so that a newcomer sees clocks in every state at once.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from domain.calendar import at_clock, london_date
from domain.event import Event
from domain.facts.authority import (
    FeedAdvanced,
    PanelAttendanceRecorded,
    PanelInvitationExtended,
    PanelInvitationWithdrawn,
    PanelMemberInvited,
    PanelSharingAgreed,
    PanelSittingPostponed,
    PanelSittingsPublished,
    Sitting,
    SourceRegistered,
)
from domain.facts.fact import Fact
from formats.people import COLUMNS

POLICE: Final = "police"
FRONT_DOOR: Final = "front-door"
CASE_SYSTEM: Final = "case-system"

NIGHTLY: Final = time(2, 10)
THURSDAY: Final = 3
SENDS_AT_ONCE: Final[dict[str, tuple[str, ...]]] = {
    POLICE: (
        "missing-episode-started",
        "missing-episode-reclassified",
        "missing-episode-ended",
        "police-protection-taken",
        "police-protection-ended",
        "exploitation-referral-received",
    ),
    FRONT_DOOR: (
        "contact-received",
        "contact-screened",
        "referral-received",
        "referral-decided",
        "referrer-acknowledged",
        "strategy-meeting-called",
        "strategy-meeting-held",
        "case-allocated",
    ),
}
SENDS_AT_NIGHT: Final = (
    "assessment-started",
    "assessment-authorised",
    "section-47-started",
    "section-47-concluded",
    "conference-held",
    "plan-started",
    "plan-ended",
    "core-group-held",
    "visit-made",
    "review-held",
    "case-heard-at-panel",
    "panel-action-agreed",
    "panel-action-done",
    "cicola-placement-notified",
    "cicola-placement-ended",
    "marac-referral-received",
    "exploitation-risk-assessed",
    "return-interview-offered",
    "return-interview-held",
    "return-interview-declined",
    "order-made",
    "order-ended",
    "child-details-recorded",
    "case-closed",
    "fact-corrected",
    "fact-withdrawn",
)


@dataclass(frozen=True)
class Post:
    """Somebody made up, and the role held here or in a team."""

    ref: str
    name: str
    role: str
    team: str | None = None

    @property
    def email(self) -> str:
        """An address under a name that is reserved for examples."""
        return f"{self.name.lower().replace(' ', '.')}@sample.example"


POSTS: Final = (
    Post("P-01", "Amara Okafor", "team_manager", "north"),
    Post("P-02", "Bryn Howells", "team_manager", "south"),
    Post("P-03", "Carys Doyle", "mash_team_manager"),
    Post("P-04", "Dinesh Rao", "early_help_team_manager"),
    Post("P-05", "Eilidh Stewart", "return_interview_team_manager"),
    Post("P-06", "Farah Aziz", "emergency_duty_team"),
    Post("P-07", "Gareth Lunt", "service_manager"),
    Post("P-08", "Hannah Brook", "service_manager_safeguarding"),
    Post("P-08", "Hannah Brook", "cse_strategic_lead"),
    Post("P-09", "Imran Siddiqui", "head_of_service"),
    Post("P-10", "Joan Pickering", "head_of_schools_and_families"),
    Post("P-11", "Keith Marsden", "director_of_childrens_services"),
    Post("P-12", "Leila Haddad", "independent_reviewing_officer"),
    Post("P-13", "Martin Crewe", "cp_conference_chair"),
    Post("P-14", "Nadia Kowalska", "virtual_school_head"),
    Post("P-15", "Owen Tully", "designated_officer"),
    Post("P-16", "Petra Lindqvist", "cme_coordinator"),
    Post("P-17", "Quentin Ashe", "partnership_business_manager"),
    Post("P-18", "Rosa Delgado", "police_cse_and_missing_coordinator"),
    Post("P-19", "Simon Wrigley", "independent_chair"),
    Post("P-20", "Tomasz Nowak", "cafcass"),
    Post("P-22", "Vera Lindgren", "health_partner"),
    Post("P-23", "Walter Okoye", "coordinator"),
    Post("P-30", "Ines Calder", "administrator"),
    Post("P-21", "Una Fairclough", "head_of_service"),
)

HEALTH: Final = next(post for post in POSTS if post.role == "health_partner")
"""Comes to the exploitation panel for the mental health service, invited by name."""
LEAVER: Final = POSTS[-1]
"""Promises to deal with one late meeting, and then is no longer there."""


def sender(name: str) -> str:
    """The made-up system that tells facts of this name."""
    told = (source for source, names in SENDS_AT_ONCE.items() if name in names)
    return next(told, CASE_SYSTEM)


def of_authority(code: str, fact: Fact, name: str, when: datetime | date) -> Event:
    """A fact of the authority's own stream, told by the made-up authority itself."""
    known = isinstance(when, datetime)
    return Event(
        authority=code,
        kind="authority",
        subject=code,
        source="sample",
        id=name,
        said=fact,
        occurred_at=when if isinstance(when, datetime) else None,
        occurred_on=None if known else when,
    )


def beginnings(code: str, hour: datetime) -> tuple[Event, ...]:
    """The systems that speak, and the dates of the panel."""
    since = london_date(hour) - timedelta(days=400)
    sends = {**SENDS_AT_ONCE, CASE_SYSTEM: SENDS_AT_NIGHT}
    systems = (
        SourceRegistered(
            source=source,
            delivers="batch" if source == CASE_SYSTEM else "continuous",
            states=names,
            times="happened",
            from_on=since,
            late_after_hours=30 if source == CASE_SYSTEM else None,
        )
        for source, names in sends.items()
    )
    return (
        *(of_authority(code, one, f"source-{one.source}", hour) for one in systems),
        *panels(code, hour),
    )


def panels(code: str, hour: datetime) -> tuple[Event, ...]:
    """When the panels sit, one date of one of them put off, and who was at the last sitting."""
    today, last = london_date(hour), last_sitting(hour)
    published = today - timedelta(days=90)
    put_off = PanelSittingPostponed(
        panel="marac",
        sits_on=today + timedelta(days=9),
        moved_to=today + timedelta(days=10),
        reason="chair-unavailable",
    )
    was_there = PanelAttendanceRecorded(
        panel="macse",
        sits_on=last,
        present=("police", "childrens_social_care", "school", "camhs"),
        apologies=("probation",),
    )
    return (
        of_authority(code, sittings(hour), "sittings", published),
        of_authority(code, marac_sittings(hour), "marac-sittings", published),
        of_authority(code, put_off, "marac-put-off", hour),
        of_authority(code, was_there, "attendance", at_clock(last, time(16))),
        *invitations(code, hour),
    )


def invitations(code: str, hour: datetime) -> tuple[Event, ...]:
    """Who is invited to the exploitation panel's last sitting and the next, and who is not any more."""
    last = last_sitting(hour)
    found = [
        of_authority(
            code,
            PanelMemberInvited(panel="macse", sits_on=sits, agency=agency, person_ref=person),
            f"invited-{agency}-{sits}",
            at_clock(last - timedelta(days=10), time(11)),
        )
        for sits in (last, last + timedelta(weeks=4))
        for agency, person in (
            ("police", None),
            ("camhs", HEALTH.ref),
            ("school", None),
            ("probation", None),
        )
    ]
    longer = PanelInvitationExtended(
        panel="macse", sits_on=last, agency="police", until_on=last + timedelta(weeks=4)
    )
    read_on = of_authority(code, longer, "police-read-on", at_clock(last, time(17)))
    gone = PanelInvitationWithdrawn(
        panel="macse", sits_on=last + timedelta(weeks=4), agency="probation"
    )
    withdrawn = of_authority(code, gone, "probation-withdrawn", at_clock(last, time(17)))
    return (*found, read_on, withdrawn, *sharing(code, hour))


def sharing(code: str, hour: datetime) -> tuple[Event, ...]:
    """What the exploitation panel's sharing agreement gives its members: the police all, others their own."""
    agreed = at_clock(last_sitting(hour) - timedelta(weeks=6), time(10))
    called = "Information sharing agreement of the exploitation panel, version 3"
    return tuple(
        of_authority(
            code,
            PanelSharingAgreed(panel="macse", agency=agency, shares=shares, agreement=called),
            f"shared-{agency or 'others'}",
            agreed,
        )
        for agency, shares in (("police", "everything"), (None, "own"))
    )


def people_file(hour: datetime, *, leaver_has_left: bool = False) -> str:
    """The people file: who is who, and who has held which role since when."""
    today = london_date(hour)
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(COLUMNS)
    for post in POSTS:
        left = today - timedelta(days=1) if leaver_has_left and post == LEAVER else ""
        since = today - timedelta(days=400)
        rows.writerow(
            (post.ref, post.name, post.email, post.role, post.team or "", since, left, "")
        )
    return table.getvalue()


def last_sitting(hour: datetime) -> date:
    """The Thursday on which the exploitation panel sat last: three weeks ago or a little more."""
    today = london_date(hour)
    return today + timedelta(days=(THURSDAY - today.weekday() - 1) % 7 + 1 - 28)


def sittings(hour: datetime) -> PanelSittingsPublished:
    """The exploitation panel sits every fourth Thursday; its agenda closes eight days before."""
    first = last_sitting(hour) - timedelta(weeks=4)
    days = [first + timedelta(weeks=4 * number) for number in range(8)]
    return PanelSittingsPublished(
        panel="macse",
        sittings=tuple(Sitting(sits_on=day, cutoff_on=day - timedelta(days=8)) for day in days),
    )


def marac_sittings(hour: datetime) -> PanelSittingsPublished:
    """The risk assessment conference sits every fortnight; the authority's number closes its agenda."""
    first = london_date(hour) - timedelta(days=33)
    days = [first + timedelta(weeks=2 * number) for number in range(8)]
    return PanelSittingsPublished(
        panel="marac",
        sittings=tuple(Sitting(sits_on=day) for day in days),
    )


def heard(code: str, now: datetime) -> tuple[Event, ...]:
    """How far each system has spoken: two up to now, the third up to the night before.

    The night counts only once it lies three hours back, so that there is always something to wait
    for.
    """
    night = at_clock(london_date(now - timedelta(hours=5, minutes=10)), NIGHTLY)
    reached = {POLICE: now, FRONT_DOOR: now, CASE_SYSTEM: night}
    return tuple(
        of_authority(
            code,
            FeedAdvanced(source=source, complete_to=to),
            f"heard-{source}-{to:%Y%m%dT%H%M}",
            to,
        )
        for source, to in reached.items()
    )
