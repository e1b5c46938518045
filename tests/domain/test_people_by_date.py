"""People come, go and cover by date alone: what is planned already knows, and nobody need ask."""

from dataclasses import replace
from datetime import date

import pytest

from domain.child_episode import team_of
from domain.engine_events import ClockReassigned, EscalationRearmed, ManagerNotified
from domain.errors import NotFound, Refused
from domain.escalation import digest_steps, next_step, tellings
from domain.event import Event, Recorded
from domain.handover import may_be_asked, may_take, reassign
from domain.raised import raised_tellings
from domain.timescales import Policy
from domain.whose import Unheld, owner_of, unheld
from tests.domain.play import Play, promise
from tests.domain.test_staff import away, shift, town
from tests.histories import moment, person, told, working_days

HEAD = person("head_of_service", "hal")
DIRECTOR = person("director_of_childrens_services", "dee")
DIRECTOR_REF = "dee"
SERVICE = person("service_manager", "sue")
DUTY = person("emergency_duty_team", "eve")
MISSING = person("return_interview_team_manager", "mia")
GONE = told("missing-episode-started", "Tue 10 Mar 2026 09:00", type="M")
STARTED = told("assessment-started", "Mon 2 Feb 2026 09:00", assessment_ref="A-1")
REFERRED = told("referral-received", "Mon 2 Feb 2026 09:00")
NORTH = told("case-allocated", "Mon 2 Feb 2026 09:00", team_ref="north")
LONG = "assessment-45wd"


def begin(at: str, facts: tuple[Recorded, ...], *people: Recorded) -> Play:
    """A story with these people in it."""
    play = Play(town(*people), moment(at))
    play.tell(*facts)
    return play


def out(*people: Recorded) -> Play:
    """A child who has been missing since Tuesday at nine."""
    return begin("Tue 10 Mar 2026 09:30", (GONE,), DUTY, MISSING, SERVICE, DIRECTOR, *people)


def heard(play: Play, about: str = "breach") -> list[tuple[str | None, int]]:
    """Who was told of one thing, and how often before."""
    said = (one.event.said for one in play.events)
    return [
        (one.person, one.repeat)
        for one in said
        if isinstance(one, ManagerNotified) and one.about == about
    ]


def clock_of(play: Play, timescale: str = "missing-strategy-72h") -> str:
    """The key of a clock."""
    found = play.episode.clocks(play.authority)
    return next(one.key for one in found if one.timescale.id == timescale)


def given(play: Play, owner: str, until: date, timescale: str = "missing-strategy-72h") -> Event:
    """A clock handed over."""
    return reassign(
        play.episode, play.authority, clock_of(play, timescale), by="hal", owner=owner, until=until,
        reason="absence", token=f"form-{play.now}", now=play.now,
    )  # fmt: skip


def test_whoever_takes_over_a_rung_by_date_is_told_on_that_day() -> None:
    """The head of service leaves while the director still has time: the next one hears at midnight."""
    next_head = person("head_of_service", "ida", from_on="2026-03-14")
    play = out(person("head_of_service", "hal", to_on="2026-03-13"), next_head)
    play.until("Fri 13 Mar 2026 23:59")
    ladder = raised_tellings(play.episode, play.authority)[play.ladder]
    planned = next_step(play.episode, play.authority, ladder.id, play.now)

    assert planned is not None
    assert (planned.at, planned.person) == (moment("Sat 14 Mar 2026 00:00"), "ida")
    play.until("Sat 14 Mar 2026 00:00")
    assert heard(play)[-1] == ("ida", 0)


def test_a_rota_hands_a_breach_over_to_whoever_is_on_duty_next() -> None:
    """Nobody answered on the first shift; the second one hears as it begins."""
    play = out(
        HEAD,
        person("head_of_service", "ida"),
        shift("head_of_service", "hal", "Fri 13 Mar 2026 08:00", "Fri 13 Mar 2026 16:00"),
        shift("head_of_service", "ida", "Fri 13 Mar 2026 16:00", "Sat 14 Mar 2026 00:00"),
    )
    play.until("Fri 13 Mar 2026 16:00")

    assert heard(play) == [("hal", 0), ("ida", 0)]


def test_a_notice_passes_to_the_queue_when_its_reader_leaves() -> None:
    """The only manager leaves by date; whoever keeps the queue hears of what is about to be late."""
    leaver = person("return_interview_team_manager", "lea", to_on="2026-03-11")
    play = begin("Tue 10 Mar 2026 09:30", (GONE,), leaver, SERVICE, HEAD, DIRECTOR)
    play.until("Thu 12 Mar 2026 00:00")

    assert heard(play, "warning/1") == [("lea", 0), ("hal", 0)]
    assert play.log[-1] == "warning/1 return_interview_team_manager by email"


def test_nobody_in_any_role_is_said_and_waits_for_nobody() -> None:
    """Not even the queue has a name: the notice says so once, and a later beginner is told by date."""
    late = person("return_interview_team_manager", "lea", from_on="2026-03-12")
    play = begin("Tue 10 Mar 2026 09:30", (GONE,), SERVICE, DIRECTOR, late)
    play.until("Thu 12 Mar 2026 08:00")

    assert heard(play, "warning/1") == [(None, 0), ("lea", 0)]


def test_a_rung_that_nobody_answers_is_told_again_and_then_the_next_one() -> None:
    """Twice more, eight hours apart, as the policy says; a promise ends that."""
    play = out(HEAD)
    play.until("Sat 14 Mar 2026 08:59")

    assert heard(play) == [("hal", 0), ("hal", 1), ("hal", 2)]
    answered = out(HEAD)
    answered.until("Fri 13 Mar 2026 09:30")
    answered.record(promise(answered, until=date(2026, 3, 16), owner="hal"), answered.now)
    answered.until("Sat 14 Mar 2026 12:00")
    assert heard(answered) == [("hal", 0), ("dee", 0)]


def test_whom_no_message_reaches_is_not_tried_again() -> None:
    """The ladder climbs instead."""
    play = out(HEAD)
    play.delivers = False
    play.until("Sat 14 Mar 2026 09:00")

    assert heard(play) == [("hal", 0), ("dee", 0)]


def test_the_ladder_goes_over_a_rung_that_nobody_holds_and_says_so() -> None:
    """The director hears at once, and why it is she."""
    play = out()
    play.until("Fri 13 Mar 2026 09:00")
    raised = raised_tellings(play.episode, play.authority)[play.ladder]
    step = next_step(play.episode, play.authority, raised.id, play.now)

    assert heard(play) == [(None, 0), ("dee", 0)]
    assert step is not None
    assert step.skipped == ()
    first = out()
    first.until("Fri 13 Mar 2026 08:59")
    first.now = moment("Fri 13 Mar 2026 09:00")
    first.do()
    first.do()
    told_next = next_step(first.episode, first.authority, first.ladder, first.now)
    assert told_next is not None
    assert (told_next.person, told_next.skipped) == ("dee", ("head_of_service",))


def test_a_promise_falls_when_its_owner_goes_away_and_nobody_covers() -> None:
    """By date alone, however long it was promised for; a cover keeps it."""
    absence = away("hal", "2026-03-16", "2026-03-20")
    play = out(HEAD, absence)
    play.until("Fri 13 Mar 2026 09:30")
    play.record(promise(play, until=date(2026, 3, 26), owner="hal"), play.now)
    play.until("Mon 16 Mar 2026 00:00")
    said = [e.said for one in play.events if isinstance((e := one.event).said, EscalationRearmed)]

    assert [one.reason for one in said if isinstance(one, EscalationRearmed)] == ["owner-absent"]
    covered = out(
        HEAD, absence, person("head_of_service", "ida", covers="hal", from_on="2026-03-16")
    )
    covered.until("Fri 13 Mar 2026 09:30")
    covered.record(promise(covered, until=date(2026, 3, 26), owner="hal"), covered.now)
    covered.until("Thu 26 Mar 2026 12:00")
    assert covered.count(EscalationRearmed) == 0


def test_promise_after_promise_reaches_no_further_than_the_first_could() -> None:
    """Ten working days from the first that held; once the ladder has gone on, ten more."""
    play = out(HEAD)
    play.until("Fri 13 Mar 2026 09:30")
    play.record(promise(play, until=date(2026, 3, 20), owner="hal"), play.now)
    play.until("Thu 19 Mar 2026 09:00")

    with pytest.raises(Refused, match="27 March 2026 or earlier"):
        promise(play, until=date(2026, 3, 30), owner="hal")
    play.record(promise(play, until=date(2026, 3, 27), owner="hal"), play.now)
    play.until("Sat 28 Mar 2026 00:00")
    assert play.count(EscalationRearmed) == 1
    assert promise(play, until=date(2026, 4, 14), owner="hal")


def test_a_pack_without_a_bound_and_a_calendar_that_ends_refuse_nobody() -> None:
    """What a pack does not bound is not bounded; past the calendar's end every day counts."""
    play = out(HEAD)
    play.until("Fri 13 Mar 2026 09:30")
    policy = play.authority.policy
    unbounded = Policy.model_validate(
        {name: getattr(policy, name) for name in Policy.model_fields} | {"longest_promise": None}
    )
    before = play.authority
    play.authority = replace(before, policy=unbounded)

    assert promise(play, until=date(2027, 3, 30), owner="hal")
    ending = replace(
        working_days(), expires=date(2026, 3, 13), ordinals=working_days().ordinals[:1]
    )
    play.authority = replace(before, calendar=ending)
    assert promise(play, until=date(2026, 3, 23), owner="hal")
    with pytest.raises(Refused, match="23 March 2026 or earlier"):
        promise(play, until=date(2026, 3, 24), owner="hal")


# Whose it is ------------------------------------------------------------------------------------


def test_a_clock_handed_over_is_told_to_its_new_owner_until_its_day() -> None:
    """Warnings go to whoever has it; the day over, whoever would have been told hears what is still open."""
    play = out(HEAD, person("practitioner", "pat"))
    play.until("Tue 10 Mar 2026 10:00")
    play.record(given(play, "pat", date(2026, 3, 11)), play.now)
    play.until("Thu 12 Mar 2026 08:00")

    assert play.count(ClockReassigned) == 1
    assert heard(play, "warning/1") == [("pat", 0), ("eve", 0)]


def test_handing_over_what_is_late_tells_the_new_owner_and_halts_nothing() -> None:
    """The climb goes on as it would."""
    play = out(HEAD, person("practitioner", "pat"))
    play.until("Fri 13 Mar 2026 10:00")
    play.record(given(play, "pat", date(2026, 3, 17)), play.now)
    play.until("Sat 14 Mar 2026 09:00")

    assert heard(play) == [("hal", 0), ("pat", 0), ("hal", 1), ("hal", 2), ("dee", 0)]


def test_a_handing_over_is_bounded() -> None:
    """To somebody who is here, for a day not past and not too far, and three times at most."""
    play = out(HEAD, person("practitioner", "pat"))
    play.until("Tue 10 Mar 2026 10:00")

    for owner, until, reason in (
        ("nobody", date(2026, 3, 12), "hold a role"),
        ("pat", date(2026, 3, 9), "today or later"),
        ("pat", date(2026, 3, 25), "24 March 2026 or earlier"),
    ):
        with pytest.raises(Refused, match=reason):
            given(play, owner, until)
    for hour in (10, 11, 12):
        play.now = moment(f"Tue 10 Mar 2026 {hour}:30")
        play.record(given(play, "pat", date(2026, 3, 12)), play.now)
    with pytest.raises(Refused, match="3 times"):
        given(play, "pat", date(2026, 3, 12))
    with pytest.raises(NotFound, match="no clock runs"):
        reassign(
            play.episode, play.authority, "unknown", by="hal", owner="pat", until=date(2026, 3, 12),
            reason="absence", token="t", now=play.now,
        )  # fmt: skip


def test_a_clock_becomes_theirs_whose_work_it_is_and_who_may_see_the_record() -> None:
    """Not an auditor's, nor a watcher's of its ladder; nor a relative's, nor whoever is not named."""
    ask = next(one for one in out().authority.policy.ladders["partnership"].rungs)
    others = (
        person("auditor", "ida"),
        person("administrator", "ada"),
        person("cp_conference_chair", "cat"),
        person(ask.role, "bea"),
        person("practitioner", "kin"),
        person("practitioner", "pat"),
        person("team_manager", "ann", team_ref="north"),
    )
    play = out(HEAD, *others)
    play.until("Tue 10 Mar 2026 10:00")
    at = "Tue 10 Mar 2026 10:00"
    play.tell(
        told("staff-relation-declared", "Mon 9 Mar 2026", person_ref="kin"),
        told("record-restricted", at, people=("pat", "kin"), reason="adoption"),
    )
    for owner in ("ida", "ada", "cat", "bea", "kin", "ann"):
        with pytest.raises(Refused, match="one who may see this record"):
            given(play, owner, date(2026, 3, 12))
    ladders = play.authority.policy.ladders
    handed = given(play, "pat", date(2026, 3, 12)).said

    assert isinstance(handed, ClockReassigned)
    assert handed.owner == "pat"
    assert not may_take(out(*others).episode, play.authority, None, "bea", play.now)
    assert may_take(
        out(*others).episode, out(*others).authority, ladders["partnership"], "bea", play.now
    )
    assert not may_be_asked(play.authority, "ida", date(2026, 3, 10))


def test_a_clock_is_whose_work_it_was_promised_handed_to_or_is_by_role() -> None:
    """Others have heard of it; the manager owns it until somebody else takes it, and again after that."""
    play = out(HEAD, person("practitioner", "pat"))
    play.until("Fri 13 Mar 2026 10:00")
    clock = next(c for c in play.episode.clocks(play.authority) if c.key == clock_of(play))

    def owner() -> tuple[str, tuple[str, ...]]:
        """Whose it is now, and why."""
        told_so = tuple(raised_tellings(play.episode, play.authority).values())
        found = owner_of(clock, play.episode, play.authority, told_so, play.now)
        return found.by, found.people

    assert owner() == ("role", ("mia",))
    play.record(given(play, "pat", date(2026, 3, 17)), play.now)
    assert owner() == ("handover", ("pat",))
    play.record(promise(play, until=date(2026, 3, 16), owner="sue"), play.now)
    assert owner() == ("promise", ("sue",))
    play.now = moment("Wed 18 Mar 2026 09:00")
    assert owner() == ("role", ("mia",))


def test_who_only_watches_is_told_beside_who_must_act() -> None:
    """The conference chair hears of a late conference beside the manager, as a watcher."""
    started = told("section-47-started", "Mon 2 Feb 2026")
    needed = told("section-47-concluded", "Mon 9 Feb 2026", conference_required=True)
    chair = person("cp_conference_chair", "cleo")
    play = begin(
        "Mon 2 Feb 2026 12:00", (started, needed), chair, HEAD,
        person("service_manager_safeguarding", "sam"), person("team_manager", "tom"),
    )  # fmt: skip
    play.until("Mon 2 Mar 2026 12:00")
    late = [e for e in heard(play) if e[0] in {"cleo", "sam"}]

    assert late == [("sam", 0), ("cleo", 0)]


# Nobody's ---------------------------------------------------------------------------------------


def spells(play: Play, timescale: str) -> list[Unheld]:
    """When a clock is nobody's, as far as is known now."""
    raised = raised_tellings(play.episode, play.authority).values()
    clock = next(c for c in play.episode.clocks(play.authority) if c.timescale.id == timescale)
    return list(unheld(clock, play.episode, play.authority, raised, play.now))


def test_a_clock_without_team_or_holder_is_nobody_s_and_becomes_somebody_s_by_date() -> None:
    """The queue knows when a manager begins, and when the last one leaves."""
    tom = {"team_ref": "north", "from_on": "2026-02-09", "to_on": "2026-02-20"}
    play = begin(
        "Mon 2 Feb 2026 12:00", (REFERRED, NORTH), person("team_manager", "tom", **tom), HEAD
    )
    nobody = begin("Mon 2 Feb 2026 12:00", (REFERRED,), person("team_manager", "tom", **tom), HEAD)
    rule = next(
        one.timescale.id
        for one in play.episode.clocks(play.authority)
        if play.authority.policy.ladders[one.timescale.ladder].rungs[0].role == "team_manager"
    )

    assert team_of(play.episode) == "north"
    assert spells(play, rule) == [
        Unheld("nobody", "team_manager", play.now, moment("Mon 9 Feb 2026 00:00")),
        Unheld("nobody", "team_manager", moment("Sat 21 Feb 2026 00:00"), None),
    ]
    assert [(one.why, one.to_at) for one in spells(nobody, rule)] == [("no-team", None)]


def test_what_was_handed_over_is_nobody_s_again_from_the_day_after() -> None:
    """Unless its new owner leaves first."""
    leaver = person("practitioner", "pat", to_on="2026-02-04")
    play = begin("Mon 2 Feb 2026 12:00", (REFERRED,), leaver, HEAD)
    rule = next(
        one.timescale.id
        for one in play.episode.clocks(play.authority)
        if play.authority.policy.ladders[one.timescale.ladder].rungs[0].role == "team_manager"
    )
    play.record(given(play, "pat", date(2026, 2, 6), rule), play.now)

    assert spells(play, rule) == [
        Unheld("no-team", "team_manager", moment("Thu 5 Feb 2026 00:00"), None)
    ]


def test_what_is_promised_is_somebody_s_until_its_day() -> None:
    """A promise stands before the role that nobody holds."""
    play = begin("Tue 10 Mar 2026 09:30", (GONE,), SERVICE, HEAD, DIRECTOR)
    play.until("Fri 13 Mar 2026 09:30")
    play.record(promise(play, until=date(2026, 3, 16), owner="hal"), play.now)

    assert [one.from_at for one in spells(play, "missing-strategy-72h")] == [
        moment("Tue 17 Mar 2026 00:00")
    ]
    assert digest_steps(play.episode, play.authority, play.now) == ()
    assert any(one.open for one in tellings(play.episode, play.authority, play.now))


def test_a_clock_that_has_stopped_is_in_no_queue() -> None:
    """Nobody need be found for it."""
    play = begin("Tue 10 Mar 2026 09:30", (GONE,), SERVICE, DIRECTOR)
    held = told(
        "strategy-meeting-held",
        "Tue 10 Mar 2026 11:00",
        missing_episode_refs=("missing_episode-1",),
    )
    play.tell(held)
    play.now = moment("Tue 10 Mar 2026 12:00")

    assert spells(play, "missing-strategy-72h") == []


# Told singly or in the digest -------------------------------------------------------------------


def test_a_warning_that_the_digest_would_bring_too_late_is_told_singly() -> None:
    """Heard after that morning's digest, or past the calendar's end, when nobody knows the next one."""
    late = told("referral-received", "Mon 2 Feb 2026 17:00", recorded="Tue 3 Feb 2026 10:00")
    manager = person("mash_team_manager", "max")
    play = begin("Tue 3 Feb 2026 10:00", (late,), manager, HEAD)
    play.until("Tue 3 Feb 2026 12:00")

    assert "warning/1 mash_team_manager by email" in play.log
    early = told("referral-received", "Mon 2 Feb 2026 17:00")
    usual = begin("Mon 2 Feb 2026 17:00", (early,), manager, HEAD)
    usual.until("Tue 3 Feb 2026 12:00")
    assert "warning/1 mash_team_manager by digest" in usual.log
    ended = replace(working_days(), expires=date(2026, 2, 2))
    usual.authority = replace(usual.authority, calendar=ended)
    warned = raised_tellings(usual.episode, usual.authority).values()
    assert {one.single for one in warned if one.kind == "warning"} == {True}


def test_the_last_warning_before_a_power_lapses_is_told_singly() -> None:
    """Whatever its ladder leaves to the digest."""
    made = told("order-made", "Mon 2 Feb 2026 10:00", kind="emergency-protection")
    play = begin("Mon 2 Feb 2026 10:00", (made, NORTH), person("team_manager", "tom"), HEAD)
    play.until("Mon 9 Feb 2026 12:00")

    assert "warning/2 team_manager by email" in play.log


def test_nobody_owns_what_even_the_queue_has_no_name_for() -> None:
    """Then the owner is said to be nobody, and it is the queue's all the same."""
    play = begin("Mon 2 Feb 2026 12:00", (REFERRED,))
    clock = play.episode.clocks(play.authority)[0]
    found = owner_of(clock, play.episode, play.authority, (), play.now)

    assert (found.by, found.people) == ("queue", ())
