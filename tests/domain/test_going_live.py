"""Going live: rules in shadow, switched on one by one, with a backlog and a way back."""

from dataclasses import replace
from datetime import date
from typing import Any

from domain.child_episode import outstanding
from domain.engine_events import EscalationRaised, ManagerNotified, TimescaleBreached
from domain.event import Recorded
from domain.going_live import GoingLive, said_of_shadows, stopped_by
from tests.domain.play import ROLES, Play, promise
from tests.histories import day, here, moment, of_authority, person, source, told

RULE = "missing-strategy-72h"
GONE = told("missing-episode-started", "Tue 10 Mar 2026 09:00", type="M")
EVERYBODY = (source(), *(person(role) for role in ROLES))


def off(at: str, timescale: str | None = None, team: str | None = None, **said: Any) -> Recorded:
    """Somebody decides that nobody is told any more."""
    return of_authority("telling-switched-off", at, timescale=timescale, team_ref=team, **said)


def on(at: str, timescale: str | None = None, team: str | None = None, **said: Any) -> Recorded:
    """Somebody decides that people are told."""
    return of_authority("telling-switched-on", at, timescale=timescale, team_ref=team, **said)


def decided(*decisions: Recorded) -> GoingLive:
    """What these decisions come to."""
    return here(*EVERYBODY, *decisions).going_live


def begin(at: str, *decisions: Recorded, facts: tuple[Recorded, ...] = (GONE,)) -> Play:
    """A story that begins with these decisions taken."""
    play = Play(here(*EVERYBODY, *decisions), moment(at))
    play.tell(*facts)
    return play


def decide(play: Play, *decisions: Recorded) -> None:
    """All that is decided by now."""
    play.authority = here(*EVERYBODY, *decisions)


def test_where_nothing_is_decided_everybody_is_told() -> None:
    """An authority that never switches anything is never silently in shadow."""
    live = decided()

    assert live.spell_at(RULE, None, moment("Tue 10 Mar 2026 09:00")).on
    assert live.told_from(
        RULE, "north", moment("Tue 10 Mar 2026 09:00"), moment("Mon 9 Mar 2026 09:00")
    ) == moment("Tue 10 Mar 2026 09:00")


def test_a_rule_in_shadow_records_everything_and_tells_nobody() -> None:
    """Warnings and breach stand in the log; no notice, no ladder, no letter, no digest."""
    play = begin("Tue 10 Mar 2026 09:30", off("Mon 9 Mar 2026 09:00"))

    assert play.until("Tue 31 Mar 2026 12:00") == [
        "missing-strategy-72h: warning 1 of 3",
        "missing-strategy-72h: warning 2 of 3",
        "missing-strategy-72h: warning 3 of 3",
        "missing-strategy-72h: breach",
    ]
    assert play.count(EscalationRaised) == 0
    assert play.count(ManagerNotified) == 0


def test_a_rule_is_switched_on_in_one_team_alone() -> None:
    """The decision names a rule and a team; the same rule of another team stays in shadow."""
    everything = off("Mon 2 Mar 2026 09:00")
    switched = on("Mon 9 Mar 2026 09:00", RULE, "north")
    north = told("case-allocated", "Mon 9 Mar 2026 10:00", team_ref="north", worker_ref="w")
    south = told("case-allocated", "Mon 9 Mar 2026 10:00", team_ref="south", worker_ref="w")

    told_north = begin("Tue 10 Mar 2026 09:30", everything, switched, facts=(north, GONE))
    told_south = begin("Tue 10 Mar 2026 09:30", everything, switched, facts=(south, GONE))
    told_north.until("Tue 17 Mar 2026 12:00")
    told_south.until("Tue 17 Mar 2026 12:00")

    assert told_north.count(EscalationRaised) == 1
    assert told_south.count(TimescaleBreached) == 1
    assert told_south.count(EscalationRaised) == 0


def test_what_was_broken_waits_on_the_backlog_and_is_told_after_the_amnesty() -> None:
    """No ladder before the amnesty is over; what is still broken then raises its own."""
    shadow = off("Mon 9 Mar 2026 09:00")
    play = begin("Tue 10 Mar 2026 09:30", shadow)
    play.until("Mon 16 Mar 2026 10:00")
    decide(play, shadow, on("Mon 16 Mar 2026 10:00", RULE, amnesty_to=day("Fri 27 Mar 2026")))

    (stage,) = outstanding(play.episode, play.authority)

    assert (stage.doing, stage.at) == ("raise", moment("Sat 28 Mar 2026 00:00"))
    assert play.until("Fri 27 Mar 2026 23:59") == []
    assert play.until("Sat 28 Mar 2026 00:30") == [
        "missing-strategy-72h: ladder of the backlog",
        "breach head_of_service by email",
    ]
    assert play.count(EscalationRaised) == 1
    assert outstanding(play.episode, play.authority) == ()


def test_what_is_done_during_the_amnesty_is_never_told() -> None:
    """The list has become shorter, and nobody has been written to."""
    shadow = off("Mon 9 Mar 2026 09:00")
    play = begin("Tue 10 Mar 2026 09:30", shadow)
    play.until("Mon 16 Mar 2026 10:00")
    decide(play, shadow, on("Mon 16 Mar 2026 10:00", RULE, amnesty_to=day("Fri 27 Mar 2026")))
    play.until("Tue 17 Mar 2026 10:00")

    play.tell(
        told("strategy-meeting-held", "Tue 17 Mar 2026 09:00",
             missing_episode_refs=("missing_episode-1",))
    )  # fmt: skip

    assert play.until("Tue 31 Mar 2026 12:00") == []
    assert play.count(EscalationRaised) == 0


def test_without_an_amnesty_the_backlog_is_told_at_once() -> None:
    """Somebody decided it so, on the first day named."""
    shadow = off("Mon 9 Mar 2026 09:00")
    play = begin("Tue 10 Mar 2026 09:30", shadow)
    play.until("Mon 16 Mar 2026 10:00")
    decide(play, shadow, on("Mon 16 Mar 2026 10:00", RULE, from_on=day("Wed 18 Mar 2026")))

    assert play.until("Tue 17 Mar 2026 23:59") == []
    assert play.until("Wed 18 Mar 2026 00:10") == [
        "missing-strategy-72h: ladder of the backlog",
        "breach head_of_service by email",
    ]


def test_what_breaks_after_the_switch_is_told_although_an_amnesty_lasts() -> None:
    """The amnesty is for what was broken before, and for nothing else."""
    play = begin(
        "Tue 10 Mar 2026 09:30",
        off("Mon 2 Mar 2026 09:00"),
        on("Mon 9 Mar 2026 09:00", RULE, amnesty_to=day("Fri 27 Mar 2026")),
    )

    assert "breach head_of_service by email" in play.until("Fri 13 Mar 2026 10:00")


def test_the_way_back_stops_a_ladder_and_keeps_its_promises() -> None:
    """Nobody is told after the switch; what was promised stays in the history."""
    play = begin("Tue 10 Mar 2026 09:30")
    play.until("Fri 13 Mar 2026 10:00")
    play.record(promise(play, until=date(2026, 3, 16)), play.now)
    so_far = len(play.events)
    decide(play, off("Fri 13 Mar 2026 11:00", reason="Half of it was wrong."))

    assert play.until("Thu 30 Apr 2026 12:00") == []
    assert len(play.events) == so_far


def test_a_ladder_that_was_stopped_goes_on_where_it_stood() -> None:
    """After the amnesty of the second switch the next rung is told, as when a promise has passed."""
    play = begin("Tue 10 Mar 2026 09:30")
    play.until("Fri 13 Mar 2026 09:30")
    stopped = off("Fri 13 Mar 2026 10:00")
    again = on("Mon 16 Mar 2026 10:00", amnesty_to=day("Tue 17 Mar 2026"))
    decide(play, stopped)
    play.until("Mon 16 Mar 2026 10:00")
    decide(play, stopped, again)

    for at, decision in (
        ("Fri 13 Mar 2026 09:59", None),
        ("Fri 13 Mar 2026 10:00", stopped),
        ("Mon 16 Mar 2026 09:59", stopped),
        ("Mon 16 Mar 2026 10:00", None),
    ):
        found = stopped_by(play.authority.going_live, RULE, None, moment(at))
        assert (found and found.event_id) == (decision and decision.event_id)
    assert play.until("Tue 17 Mar 2026 23:00") == []
    assert play.until("Wed 18 Mar 2026 01:00") == ["breach director_of_childrens_services by email"]
    assert play.count(EscalationRaised) == 1


def test_a_warning_of_the_shadow_is_never_told_later() -> None:
    """It would be stale; the next warning, or the breach, says it."""
    shadow = off("Mon 9 Mar 2026 09:00")
    play = begin("Tue 10 Mar 2026 09:30", shadow)
    first = play.until("Wed 11 Mar 2026 20:00")
    decide(play, shadow, on("Wed 11 Mar 2026 20:00"))

    assert first == ["missing-strategy-72h: warning 1 of 3"]
    assert play.until("Thu 12 Mar 2026 12:00") == [
        "missing-strategy-72h: warning 2 of 3",
        "warning/2 return_interview_team_manager by email",
    ]


def test_the_last_decision_counts_and_takes_the_place_of_what_was_planned() -> None:
    """A switch that was to come is called off; one said again moves its amnesty."""
    planned = on("Mon 9 Mar 2026 09:00", RULE, from_on=day("Mon 16 Mar 2026"))
    shadow, called_off = off("Mon 2 Mar 2026 09:00"), off("Tue 10 Mar 2026 09:00")
    later = on("Wed 11 Mar 2026 09:00", amnesty_to=day("Fri 20 Mar 2026"))
    longer = on("Thu 12 Mar 2026 09:00", amnesty_to=day("Fri 27 Mar 2026"))
    broken, now = moment("Sun 1 Mar 2026 09:00"), moment("Fri 13 Mar 2026 09:00")

    assert decided(shadow, planned, called_off).told_from(RULE, None, now, broken) is None
    assert decided(shadow, later).told_from(RULE, None, now, broken) == moment(
        "Sat 21 Mar 2026 00:00"
    )
    assert decided(shadow, later, longer).told_from(RULE, None, now, broken) == moment(
        "Sat 28 Mar 2026 00:00"
    )
    assert decided(later).told_from(RULE, None, now, broken) == now


def test_what_a_late_import_tells_of_long_ago_still_wakes_nobody() -> None:
    """Only what was known when the rule was switched on is on the backlog, however old."""
    old = told("missing-episode-started", "Tue 6 Jan 2026 09:00", type="M")
    shadow, live = off("Mon 9 Mar 2026 09:00"), on("Mon 16 Mar 2026 10:00")
    before = begin("Tue 10 Mar 2026 09:30", shadow, facts=(old,))
    before.until("Mon 16 Mar 2026 09:59")
    decide(before, shadow, live)
    after = begin("Tue 17 Mar 2026 09:30", shadow, live, facts=(old,))

    before.until("Mon 16 Mar 2026 12:00")
    after.until("Wed 18 Mar 2026 12:00")

    assert before.count(EscalationRaised) == 1
    assert after.count(TimescaleBreached) == 1
    assert after.count(EscalationRaised) == 0


def test_a_decision_names_who_took_it_and_when() -> None:
    """So that whoever asks who switched a rule on is answered from the log."""
    one = off("Mon 9 Mar 2026 09:00", RULE, "north", reason="We compare first.")
    said = replace(one, event=replace(one.event, by="P-01"))

    (decision,) = decided(said).decisions

    assert (decision.by, decision.team, decision.on) == ("P-01", "north", False)
    assert decision.reason == "We compare first."
    assert decided(said).teams == ("north",)
    assert decided(said).last_recorded == moment("Mon 9 Mar 2026 09:00")


def test_many_rules_in_shadow_are_counted_and_few_are_named() -> None:
    """Three fit into a sentence; of more the number says how far the authority has come."""
    at = moment("Tue 10 Mar 2026 09:00")
    rules = ("a", "b", "c", "d", RULE)
    live = decided(off("Mon 2 Mar 2026 09:00"), on("Mon 9 Mar 2026 09:00", RULE))

    assert said_of_shadows(live, rules[1:], at, called=str.upper) == (
        "IN SHADOW: B, C, D are judged and nobody is told."
    )
    assert said_of_shadows(live, rules, at, called=str.upper) == (
        "IN SHADOW: 4 of 5 rules are judged and nobody is told."
    )


def test_what_is_in_shadow_is_said_in_a_sentence() -> None:
    """Nothing, some rules, some teams, or everything."""
    rules = ("icpc-15wd", "missing-rhi-72h", RULE)
    at = moment("Tue 10 Mar 2026 09:00")
    all_off, back_on = off("Mon 2 Mar 2026 09:00"), "Mon 9 Mar 2026 09:00"
    everything = on(back_on)

    assert [
        said_of_shadows(decided(*decisions), rules, at)
        for decisions in (
            (),
            (all_off,),
            (off(back_on, RULE),),
            (all_off, on(back_on, "icpc-15wd")),
            (all_off, everything, off("Tue 10 Mar 2026 08:00", RULE, "north")),
        )
    ] == [
        "All 3 rules are live: people are told in every team.",
        "IN SHADOW: every rule is judged and nobody is told.",
        "IN SHADOW: missing-strategy-72h is judged and nobody is told.",
        "IN SHADOW: missing-rhi-72h, missing-strategy-72h are judged and nobody is told.",
        "IN SHADOW: missing-strategy-72h is judged in north and nobody is told.",
    ]
