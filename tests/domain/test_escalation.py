"""Who is told of what, and when: played out in pure functions and virtual time."""

from dataclasses import replace
from datetime import date

import pytest

from domain.answering import acknowledge, explain_breach
from domain.child_episode import notice_id, outstanding
from domain.engine_events import (
    BreachCured,
    EscalationRaised,
    ManagerNotified,
    TimescaleBreached,
    TimescaleWarned,
)
from domain.errors import NotFound, Refused
from domain.escalation import next_step, tellings
from domain.event import Recorded
from domain.recorded_words import sentence
from domain.telling_hours import digest_after, next_digest, working_moment
from tests.domain.play import ROLES, Play, begin, promise
from tests.histories import (
    CODE,
    corrected,
    here,
    moment,
    person,
    source,
    told,
    withdrawn,
    working_days,
)

GONE = told("missing-episode-started", "Tue 10 Mar 2026 09:00", type="M")
MET = told(
    "strategy-meeting-held", "Fri 13 Mar 2026 08:00", missing_episode_refs=("missing_episode-1",)
)


def test_a_missing_child_is_warned_of_broken_and_climbed_for() -> None:
    """Three warnings, the breach, the head of service at once, the director a day later, each told again."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)

    assert play.until("Fri 13 Mar 2026 08:59") == [
        "missing-strategy-72h: warning 1 of 3",
        "warning/1 return_interview_team_manager by email",
        "missing-strategy-72h: warning 2 of 3",
        "warning/2 return_interview_team_manager by email",
        "missing-strategy-72h: warning 3 of 3",
        "warning/3 emergency_duty_team by email",
    ]
    assert play.until("Tue 17 Mar 2026 12:00") == [
        "missing-strategy-72h: breach",
        "breach head_of_service by email",
        "breach head_of_service by email, again",
        "breach head_of_service by email, again",
        "breach director_of_childrens_services by email",
        "breach director_of_childrens_services by email, again",
        "breach director_of_childrens_services by email, again",
        "exhausted",
    ]
    assert outstanding(play.episode, play.authority) == ()


def test_a_birthday_years_ahead_silences_nothing() -> None:
    """A child whose date of birth is known is warned of, broken and climbed for like any other."""
    born = told("child-details-recorded", "Mon 2 Mar 2026", date_of_birth="2012-03-20")
    play = begin("Tue 10 Mar 2026 09:30", born, GONE)

    assert play.until("Fri 13 Mar 2026 09:00")[0] == "missing-strategy-72h: warning 1 of 3"
    assert play.count(EscalationRaised) == 1
    assert (
        play.until("Sat 14 Mar 2026 09:00")[-1] == "breach director_of_childrens_services by email"
    )


def test_the_emergency_duty_team_is_told_once_for_both_rungs() -> None:
    """Out of hours one team stands for the first two rungs; it is told once."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.until("Fri 13 Mar 2026 08:59")
    night = [
        e.said
        for one in play.events
        if isinstance((e := one.event).said, ManagerNotified) and e.said.about == "warning/3"
    ]

    assert [(one.rung, one.person) for one in night] == [(1, "emergency_duty_team")]
    assert play.until("Fri 13 Mar 2026 08:59") == []


def test_a_promise_halts_the_climb_until_its_day() -> None:
    """Acknowledged, the ladder waits; the day over and still broken, it goes on where it stood."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.until("Fri 13 Mar 2026 09:30")
    play.record(promise(play, until=date(2026, 3, 16)), play.now)

    assert play.until("Sat 14 Mar 2026 12:00") == ["breach director_of_childrens_services by email"]
    again = "breach director_of_childrens_services by email, again"
    assert play.until("Tue 17 Mar 2026 12:00") == ["rearmed/1", again]
    assert play.until("Wed 18 Mar 2026 12:00") == [again, "exhausted"]


def warning(play: Play, number: int) -> str:
    """The notice of one warning of the play's only clock."""
    (said,) = (
        e.said
        for one in play.events
        if isinstance((e := one.event).said, TimescaleWarned) and e.said.number == number
    )
    return notice_id(play.episode, said)


def acknowledged(play: Play, number: int, until: date, owner: str) -> None:
    """Somebody promises to deal with what a warning speaks of."""
    said = acknowledge(
        play.episode, play.authority, warning(play, number), by=owner, owner=owner, until=until,
        reason="staff_capacity", token=f"form-{play.now}", now=play.now,
    )  # fmt: skip
    play.record(said, play.now)


def test_an_acknowledged_warning_is_not_repeated_to_whoever_heard_it() -> None:
    """The second is spared them; whoever has not heard, and the breach, are told as ever."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.until("Wed 11 Mar 2026 09:30")
    acknowledged(play, 1, date(2026, 3, 20), "return_interview_team_manager")
    after = play.until("Fri 13 Mar 2026 09:00")

    assert [one for one in after if "by email" in one] == [
        "warning/3 emergency_duty_team by email",
        "breach head_of_service by email",
    ]


def test_a_promise_on_a_warning_that_holds_no_more_spares_nobody() -> None:
    """Its day has passed, or whoever promised has left."""
    told_of = "warning/2 return_interview_team_manager by email"
    passed = begin("Tue 10 Mar 2026 09:30", GONE)
    passed.until("Wed 11 Mar 2026 09:30")
    acknowledged(passed, 1, date(2026, 3, 11), "return_interview_team_manager")
    leaver = person("service_manager", "leaver", to_on="2026-03-11")
    left = Play(
        here(source(), leaver, *(person(r) for r in ROLES)), moment("Tue 10 Mar 2026 09:30")
    )
    left.tell(GONE)
    left.until("Wed 11 Mar 2026 09:30")
    acknowledged(left, 1, date(2026, 3, 20), "leaver")

    assert told_of in passed.until("Fri 13 Mar 2026 08:59")
    assert told_of in left.until("Fri 13 Mar 2026 08:59")


def test_a_promise_before_anybody_was_told_still_lets_the_director_know() -> None:
    """Acknowledged in the same minute as the breach: who is told regardless counts from the breach."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.until("Fri 13 Mar 2026 08:59")
    play.now = moment("Fri 13 Mar 2026 09:00")
    play.do()
    play.record(promise(play, until=date(2026, 3, 27)), play.now)

    assert play.until("Sat 14 Mar 2026 08:59") == []
    assert play.until("Sat 14 Mar 2026 09:00") == ["breach director_of_childrens_services by email"]


def test_an_owner_who_leaves_holds_no_ladder() -> None:
    """When the owner's last day has passed the ladder re-arms, whatever was promised."""
    leaver = person("service_manager", "leaver", to_on="2026-03-14")
    conference = told("section-47-started", "Mon 2 Feb 2026")
    firm = told("section-47-concluded", "Mon 9 Feb 2026", conference_required=True)
    play = Play(here(source(), leaver, *(person(r) for r in ROLES)), moment("Mon 2 Feb 2026 12:00"))
    play.tell(conference, firm)
    play.until("Mon 2 Mar 2026 12:00")
    play.record(promise(play, until=date(2026, 3, 16), owner="leaver"), play.now)
    done = play.until("Mon 16 Mar 2026 12:00")

    assert done[0] == "rearmed/1"
    assert "breach head_of_service by email" in done
    assert "owner left" in " ".join(sentence(one, play.authority.policy) for one in play.events)


def test_nobody_ends_a_ladder_by_pressing_a_button() -> None:
    """A promise for a day already over, and one on a ladder that is not there, are refused."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.until("Fri 13 Mar 2026 09:30")

    with pytest.raises(Refused, match="today or later"):
        promise(play, until=date(2026, 3, 12))
    with pytest.raises(NotFound):
        acknowledge(
            play.episode, play.authority, "unknown", by="a", owner="a", until=date(2026, 3, 20),
            reason="other", token="t", now=play.now,
        )  # fmt: skip


def test_the_stop_ends_the_ladder() -> None:
    """A meeting held late ends the climb and leaves the breach standing."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.until("Fri 13 Mar 2026 09:30")
    play.tell(
        told(
            "strategy-meeting-held",
            "Fri 13 Mar 2026 10:00",
            missing_episode_refs=("missing_episode-1",),
        )
    )

    assert play.until("Tue 31 Mar 2026 12:00") == []
    assert play.count(BreachCured) == 0


def test_breach_cure_and_breach_again_is_not_silent() -> None:
    """Done in time after all, then withdrawn: the second breach is recorded and climbed for anew."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.until("Fri 13 Mar 2026 09:30")
    play.tell(MET)
    cured = play.until("Fri 13 Mar 2026 10:00")
    play.tell(withdrawn(MET, "Fri 13 Mar 2026 11:00"))
    again = play.until("Fri 13 Mar 2026 12:00")

    assert cured == [
        "missing-strategy-72h: cured",
        "cured head_of_service by email",
    ]
    assert again[:2] == ["missing-strategy-72h: breach", "breach head_of_service by email"]
    assert play.count(TimescaleBreached) == 2
    assert len({e.event_id for e in play.events}) == len(play.events)


def test_a_withdrawn_start_cures_what_never_was() -> None:
    """When the child had not been missing at all, the breach is cured and nobody but who was told is."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.until("Fri 13 Mar 2026 09:30")
    play.tell(withdrawn(GONE, "Fri 13 Mar 2026 10:00"))

    assert play.until("Tue 31 Mar 2026 12:00") == [
        "missing-strategy-72h: cured, its start is withdrawn",
        "cured head_of_service by email",
    ]


def test_everybody_who_was_told_of_a_breach_is_told_once_that_it_is_none() -> None:
    """Head of service and director both heard; each gets one word, on the rung that told them."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.until("Sat 14 Mar 2026 09:30")
    play.tell(MET)

    assert play.until("Tue 31 Mar 2026 12:00") == [
        "missing-strategy-72h: cured",
        "cured head_of_service by email",
        "cured director_of_childrens_services by email",
    ]
    cured = told_of(play, "cured")
    assert [one.rung for one in cured] == [3, 4]
    assert sentence(play.events[-1], play.authority.policy).endswith("not late after all.")


def told_of(play: Play, about: str) -> list[ManagerNotified]:
    """Everybody told of one thing."""
    found = (one.event.said for one in play.events)
    return [one for one in found if isinstance(one, ManagerNotified) and one.about == about]


def test_whoever_was_told_in_the_digest_is_told_of_the_cure_in_the_digest() -> None:
    """Another body's duty that was done in time after all is no reason to ring anybody."""
    came = told("exploitation-referral-received", "Mon 2 Mar 2026 10:00", kind="sexual")
    play = begin("Mon 2 Mar 2026 12:00", came)
    play.until("Tue 3 Mar 2026 12:00")
    play.tell(told("police-investigation-started", "Mon 2 Mar 2026 15:00", outcome="investigation"))
    done = play.until("Wed 4 Mar 2026 12:00")

    assert "cured police_cse_and_missing_coordinator by digest" in done


def test_good_news_waits_for_the_morning_where_the_ladder_works_by_day() -> None:
    """A conference that proves at night to have been held in time is told of at eight."""
    firm = told("section-47-concluded", "Mon 2 Mar 2026", conference_required=True)
    play = begin("Mon 2 Mar 2026 12:00", CONFERENCE, firm)
    play.until("Tue 24 Mar 2026 21:00")
    held = told("conference-held", "Fri 20 Mar 2026", kind="initial", enquiry_ref="enquiry-1")
    play.tell(held)

    assert play.until("Wed 25 Mar 2026 07:59")[0] == "icpc-15wd: cured"
    assert "cured service_manager_safeguarding by email" in play.until("Wed 25 Mar 2026 08:00")


def test_a_breach_that_comes_back_before_anybody_heard_of_the_cure_is_all_that_is_told() -> None:
    """The second breach speaks for itself; its own cure is then told once."""
    firm = told("section-47-concluded", "Mon 2 Mar 2026", conference_required=True)
    play = begin("Mon 2 Mar 2026 12:00", CONFERENCE, firm)
    play.until("Tue 24 Mar 2026 21:00")
    held = told("conference-held", "Fri 20 Mar 2026", kind="initial", enquiry_ref="enquiry-1")
    play.tell(held)
    play.until("Tue 24 Mar 2026 22:00")
    play.tell(withdrawn(held, "Tue 24 Mar 2026 23:00"))
    again = play.until("Wed 25 Mar 2026 09:00")
    play.tell(
        told(
            "conference-held", "Thu 19 Mar 2026", kind="initial", enquiry_ref="enquiry-1",
            identity="really held",
        )
    )  # fmt: skip
    cured = play.until("Wed 25 Mar 2026 10:00")

    assert "icpc-15wd: breach" in again
    assert not any(line.startswith("cured") for line in again)
    assert cured.count("cured service_manager_safeguarding by email") == 1


def test_who_could_not_be_told_of_the_breach_is_told_nothing_of_its_cure() -> None:
    """There is nothing to take back from an empty rung."""
    play = begin("Tue 10 Mar 2026 09:30", GONE, roles=("director_of_childrens_services",))
    play.until("Fri 13 Mar 2026 09:00")
    play.tell(MET)

    assert play.until("Tue 31 Mar 2026 12:00") == [
        "missing-strategy-72h: cured",
        "cured director_of_childrens_services by email",
    ]


def test_a_start_corrected_earlier_worsens_and_later_retimes() -> None:
    """Late for longer is said once and the ladder goes on; late for less begins a new count."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.until("Fri 13 Mar 2026 09:30")
    play.tell(
        corrected(GONE, "Fri 13 Mar 2026 10:00", sequence=1, occurred_at="Tue 10 Mar 2026 06:00")
    )
    assert play.until("Fri 13 Mar 2026 10:30") == ["missing-strategy-72h: worsened"]
    play.tell(
        corrected(
            GONE,
            "Fri 13 Mar 2026 11:00",
            sequence=2,
            identity="c2",
            occurred_at="Tue 10 Mar 2026 10:00",
        )
    )

    assert play.until("Fri 13 Mar 2026 11:30") == [
        "missing-strategy-72h: retimed",
        "missing-strategy-72h: breach",
        "breach head_of_service by email",
    ]
    play.tell(
        corrected(
            GONE,
            "Fri 13 Mar 2026 12:00",
            sequence=3,
            identity="c3",
            occurred_at="Thu 12 Mar 2026 10:00",
        )
    )
    less = play.until("Fri 13 Mar 2026 12:30")
    assert less[0] == "missing-strategy-72h: retimed"
    assert less.count("cured head_of_service by email") == 1
    assert "missing-strategy-72h: breach" not in play.until("Sat 14 Mar 2026 12:00")
    assert "missing-strategy-72h: breach" in play.until("Sun 15 Mar 2026 12:00")


def test_a_warned_clock_that_moves_says_so() -> None:
    """After a warning a corrected start is a retiming, and the warnings count anew."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.until("Wed 11 Mar 2026 10:00")
    play.tell(
        corrected(GONE, "Wed 11 Mar 2026 11:00", sequence=1, occurred_at="Tue 10 Mar 2026 12:00")
    )

    assert play.until("Wed 11 Mar 2026 13:00") == [
        "missing-strategy-72h: retimed",
        "missing-strategy-72h: warning 1 of 3",
        "warning/1 return_interview_team_manager by email",
    ]


def test_empty_rungs_are_skipped_at_once() -> None:
    """Where nobody holds the role the ladder says so and the next rung is told without waiting."""
    play = begin("Tue 10 Mar 2026 09:30", GONE, roles=("director_of_childrens_services",))
    play.until("Fri 13 Mar 2026 08:59")

    assert play.until("Fri 13 Mar 2026 09:00") == [
        "missing-strategy-72h: breach",
        "breach head_of_service by none",
        "breach director_of_childrens_services by email",
    ]
    assert "nobody to tell as head of service" in " ".join(
        sentence(one, play.authority.policy) for one in play.events
    )


def test_a_ladder_nobody_stands_on_is_exhausted_in_the_open() -> None:
    """Even with no one to tell, the ladder ends by saying that it is exhausted."""
    play = begin("Tue 10 Mar 2026 09:30", GONE, roles=())

    assert play.until("Mon 16 Mar 2026 12:00")[-1] == "exhausted"


def test_history_wakes_nobody() -> None:
    """A breach that lay more than 14 days back when it was recorded raises no ladder."""
    old = told("missing-episode-started", "Sun 1 Feb 2026 09:00", type="M")
    play = begin("Tue 10 Mar 2026 09:30", old)

    assert play.until("Tue 31 Mar 2026 12:00") == ["missing-strategy-72h: breach"]
    assert play.count(ManagerNotified) == 0
    assert sentence(play.events[-1], play.authority.policy).endswith("learned long afterwards.")


def test_a_duty_of_another_authority_is_recorded_not_escalated() -> None:
    """A placing authority's late interview is shown and reported; our managers are not told."""
    back = told("missing-episode-ended", "Mon 9 Mar 2026 09:00", responsible_authority="344")
    play = begin("Mon 9 Mar 2026 09:30", back)
    play.until("Tue 31 Mar 2026 12:00")

    assert play.count(EscalationRaised) == 0


CONFERENCE = told("section-47-started", "Mon 2 Mar 2026")


def test_a_conference_not_yet_certain_is_kept_within_the_team() -> None:
    """Until a conference is required, nobody above the team manager hears of the breach."""
    play = begin("Mon 2 Mar 2026 12:00", CONFERENCE)
    done = play.until("Fri 10 Apr 2026 12:00")
    breach = [line for line in done if line.startswith("breach")]
    play.tell(told("section-47-concluded", "Fri 10 Apr 2026", conference_required=True))
    firm = play.until("Mon 13 Apr 2026 12:00")

    assert breach.count("breach team_manager by email") == 1
    assert "breach service_manager_safeguarding by email" not in breach
    assert "breach service_manager_safeguarding by email" in firm
    assert "breach cp_conference_chair by email" in firm


def test_warnings_of_day_rules_wait_for_the_digest() -> None:
    """What falls at midnight comes in the 8am digest, the last one too."""
    play = begin("Mon 2 Mar 2026 12:00", CONFERENCE)
    done = play.until("Thu 19 Mar 2026 12:00")

    assert done == [
        "icpc-15wd: warning 1 of 3",
        "warning/1 team_manager by digest",
        "icpc-15wd: warning 2 of 3",
        "s47-enquiry-complete: warning 1 of 2",
        "warning/2 team_manager by digest",
        "warning/1 team_manager by digest",
        "icpc-15wd: warning 3 of 3",
        "s47-enquiry-complete: warning 2 of 2",
        "warning/3 team_manager by digest",
        "warning/2 team_manager by digest",
    ]


def test_a_monitored_duty_is_told_in_the_digest() -> None:
    """Another body's duty climbs in digests only."""
    came = told("exploitation-referral-received", "Mon 2 Mar 2026 10:00", kind="sexual")
    play = begin("Mon 2 Mar 2026 12:00", came)
    done = play.until("Tue 3 Mar 2026 12:00")

    assert "breach police_cse_and_missing_coordinator by digest" in done
    assert play.until("Thu 12 Mar 2026 12:00").count("breach cse_strategic_lead by digest") == 1


def test_the_childs_team_is_told_and_without_one_the_head_of_service() -> None:
    """A team manager means the child's own team's; where no team is known the head of service is told."""
    ours, other = (
        person("team_manager", "ours", team_ref="t-1"),
        person("team_manager", "other", team_ref="t-2"),
    )
    authority = here(source(), ours, other, person("head_of_service"))
    allocated = told("case-allocated", "Mon 2 Mar 2026", team_ref="t-1")
    for facts, expected in (((CONFERENCE, allocated), "ours"), ((CONFERENCE,), "head_of_service")):
        play = Play(authority, moment("Mon 2 Mar 2026 12:00"))
        play.tell(*facts)
        play.until("Tue 10 Mar 2026 12:00")
        (first, *_) = (
            e.said for one in play.events if isinstance((e := one.event).said, ManagerNotified)
        )

        assert first.person == expected


def test_who_joins_a_rung_the_ladder_has_left_is_not_told_late() -> None:
    """The rungs above speak for it; nobody is told a day later of what others already heard."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.until("Sat 14 Mar 2026 10:00")
    joined = here(source(), *(person(r) for r in ROLES), person("head_of_service", "joined"))
    play.authority = joined

    again = "breach director_of_childrens_services by email, again"
    assert play.until("Mon 16 Mar 2026 12:00") == [again, again, "exhausted"]


def test_a_reason_for_a_breach_promises_nothing() -> None:
    """Explaining is recorded under the person who did it; without a breach there is nothing to explain."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.until("Fri 13 Mar 2026 09:30")
    clock = next(iter(play.episode.told))
    explained = explain_breach(
        play.episode,
        clock,
        by="head_of_service",
        reason="police_advice",
        token="f",
        now=play.now,
    )
    play.record(explained, play.now)

    assert explained.by == "head_of_service"
    assert sentence(play.events[-1], play.authority.policy).endswith(
        "reason recorded (police advice)."
    )
    assert "breach director_of_childrens_services by email" in play.until("Sat 14 Mar 2026 12:00")
    with pytest.raises(NotFound):
        explain_breach(play.episode, "unknown", by="a", reason="other", token="t", now=play.now)


@pytest.mark.parametrize(
    ("at", "morning"),
    [
        ("Fri 3 Apr 2026 12:00", "Tue 7 Apr 2026 08:00"),
        ("Wed 8 Apr 2026 07:59", "Wed 8 Apr 2026 08:00"),
        ("Wed 8 Apr 2026 12:00", "Wed 8 Apr 2026 12:00"),
        ("Wed 8 Apr 2026 18:00", "Thu 9 Apr 2026 08:00"),
    ],
)
def test_working_hours(at: str, morning: str) -> None:
    """From 8am to 6pm on working days; what falls outside waits for the next such morning."""
    assert working_moment(moment(at), working_days()) == moment(morning)


def test_the_digest_is_at_8am_on_working_days() -> None:
    """At 8am sharp the digest of that morning still carries it; the next one is the next working day's."""
    good_friday, eight = moment("Fri 3 Apr 2026 08:00"), moment("Wed 8 Apr 2026 08:00")

    assert digest_after(good_friday, working_days()) == moment("Tue 7 Apr 2026 08:00")
    assert digest_after(eight, working_days()) == eight
    assert next_digest(working_days(), eight) == moment("Thu 9 Apr 2026 08:00")


def test_what_nobody_began_has_no_next_step() -> None:
    """A ladder that is not in the log has nothing to do."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)

    assert next_step(play.episode, play.authority, "unknown", play.now) is None


def test_the_child_as_known_before() -> None:
    """As known at a moment is a prefix of the stream."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.until("Sat 14 Mar 2026 12:00")
    before = play.episode.as_known_at(moment("Tue 10 Mar 2026 10:00"))

    assert (before.version, len(before.facts), before.engine) == (1, 1, ())
    assert before.authority == CODE


def test_a_rule_that_a_later_pack_dropped_has_no_ladder_left() -> None:
    """Events of a rule no longer in the pack stay in the history and tell nobody."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.until("Fri 13 Mar 2026 09:30")
    policy = play.authority.policy
    said = {name: getattr(policy, name) for name in type(policy).model_fields}
    kept = tuple(rule for rule in policy.timescales if rule.id != "missing-strategy-72h")
    dropped = type(policy).model_validate(said | {"timescales": kept})

    assert tellings(play.episode, replace(play.authority, policy=dropped), play.now) == ()


def test_a_meeting_dated_next_week_by_mistake_silences_nothing() -> None:
    """A stop dated after it was recorded is an anomaly: warnings, breach and ladder go on."""
    ahead = told(
        "strategy-meeting-held", "Tue 17 Mar 2026 10:00", recorded="Tue 10 Mar 2026 10:00",
        missing_episode_refs=("missing_episode-1",),
    )  # fmt: skip
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.tell(ahead)
    done = play.until("Sat 14 Mar 2026 12:00")

    assert done.count("missing-strategy-72h: breach") == 1
    assert "warning/3 emergency_duty_team by email" in done
    assert "breach director_of_childrens_services by email" in done


def closed(*named: str) -> Recorded:
    """The record is restricted to some people, by now."""
    return told("record-restricted", "Tue 10 Mar 2026 10:00", people=named, reason="adoption")


def heard(play: Play) -> set[tuple[str, str]]:
    """Who was told, and as what."""
    said = (one.event.said for one in play.events)
    return {
        (one.person, one.role) for one in said if isinstance(one, ManagerNotified) if one.person
    }


def test_a_ladder_climbs_only_rungs_that_may_see_a_restricted_record() -> None:
    """Who is not named is told of nothing; the rung says that it had nobody, and the next is told."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.tell(closed("director_of_childrens_services"))
    play.until("Tue 17 Mar 2026 12:00")
    said = [one.event.said for one in play.events]
    empty = {one.failure for one in said if isinstance(one, ManagerNotified) and not one.person}

    assert heard(play) == {("director_of_childrens_services", "director_of_childrens_services")}
    assert empty == {"nobody who may see the record holds this role"}


def test_a_restricted_clock_that_nobody_may_see_comes_to_the_director() -> None:
    """Once for the warnings and once for the breach, not at every rung: somebody has to see to it."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.tell(closed("somebody-else"))
    play.until("Tue 17 Mar 2026 12:00")
    said = [one.event.said for one in play.events]
    breach = [
        one
        for one in said
        if isinstance(one, ManagerNotified) and one.about == "breach" and not one.repeat
    ]

    assert heard(play) == {("director_of_childrens_services", "director_of_childrens_services")}
    assert len([one for one in breach if one.person]) == 1
    assert len([one for one in breach if not one.person]) >= 1


def test_nobody_is_told_of_a_record_of_their_own_family() -> None:
    """It is open to all others."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    ours = "head_of_service"
    play.tell(told("staff-relation-declared", "Tue 10 Mar 2026 10:00", person_ref=ours))
    play.until("Tue 17 Mar 2026 12:00")

    assert ours not in {person for person, _ in heard(play)}
    assert ("director_of_childrens_services", "director_of_childrens_services") in heard(play)


def test_who_was_told_before_the_record_was_closed_is_told_no_more_of_it() -> None:
    """Neither again, nor of its cure, nor when it is handed to them."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.until("Fri 13 Mar 2026 09:30")
    before = play.count(ManagerNotified)
    play.tell(
        told("record-restricted", "Fri 13 Mar 2026 09:30", people=("x",), reason="adoption"), MET
    )
    play.until("Tue 17 Mar 2026 12:00")

    assert before
    assert play.count(ManagerNotified) == before
