"""Nobody is told that something is not late when it is only no longer known whether it is."""

from dataclasses import replace

import pytest

from domain.all_clear import shows_no_breach, still_stands, why_not_known, why_not_late
from domain.authority import Authority
from domain.clocks import Clock, Verdict, clocks, verdict
from domain.engine_events import BreachCured, ClockRetimed, TimescaleBreached
from domain.event import Recorded
from domain.explanation import explain
from domain.holding import Hold
from tests.domain.play import ROLES, Play, begin
from tests.domain.test_escalation import GONE, MET, told_of
from tests.histories import (
    corrected,
    here,
    history,
    moment,
    of_authority,
    person,
    source,
    told,
    withdrawn,
)

BROKEN = "Fri 13 Mar 2026 09:30"
"""Half an hour after the meeting about the missing child should have been held."""
SOON = "Sat 14 Mar 2026 09:30"
FEWER = of_authority(
    "source-registered",
    "Fri 13 Mar 2026 10:00",
    source="story",
    delivers="continuous",
    states=("missing-episode-started",),
    times="happened",
    from_on="2012-01-02",
)
"""The only source says that it can no longer state most of what it did."""
AGAIN = of_authority("source-registered", "Mon 16 Mar 2026 10:00", **dict(source().event.said))


def where(*sources: Recorded) -> Authority:
    """The authority with these registrations, and somebody in every role."""
    return here(source(), *sources, *(person(role) for role in ROLES))


def broken() -> Play:
    """A child missing since Tuesday, with the breach told to the head of service."""
    play = begin("Tue 10 Mar 2026 09:30", GONE)
    play.until(BROKEN)
    return play


def meeting(play: Play) -> Clock:
    """The clock of the meeting about the missing child."""
    (found,) = (
        one
        for one in play.episode.clocks(play.authority)
        if one.timescale.id == "missing-strategy-72h"
    )
    return found


def test_a_source_that_states_less_cures_nothing_and_the_ladder_goes_on() -> None:
    """Nobody can tell any more whether the meeting was held: that is no reason to say that it was in time."""
    play = broken()
    play.authority = where(FEWER)
    done = play.until(SOON)
    clock, said = meeting(play), play.episode.told[meeting(play).key]

    assert verdict(clock, play.now) is Verdict.UNOBSERVABLE
    assert done[-1] == "breach director_of_childrens_services by email"
    assert play.count(BreachCured) == 0
    assert said.breached is not None
    assert "no source that is registered now can say" in why_not_known(clock)


def test_the_page_says_that_the_breach_stands_and_why_nobody_can_tell() -> None:
    """As known then it was late, as known now nobody knows: both are said."""
    play = broken()
    play.authority = where(FEWER)
    clock = meeting(play)
    at = play.episode.told[clock.key].breached_at
    lines = dict(explain(clock, play.authority, play.now, None, at).lines)

    assert lines["Told as late"] == (
        "Recorded as late 13 March 2026 at 9am. That stands until something shows that it was none;"
        " now nobody can tell, for no source that is registered now can say whether it was done."
    )
    assert "Told as late" not in dict(explain(clock, play.authority, play.now).lines)
    assert still_stands(meeting(broken()), play.now) == ""


def test_a_meeting_known_to_have_been_held_in_time_cures_though_nobody_states_it_any_more() -> None:
    """What shows that it is not late is the fact, not who may tell of it."""
    play = broken()
    play.authority = where(FEWER)
    play.until("Fri 13 Mar 2026 11:00")
    play.tell(MET)
    done = play.until("Fri 13 Mar 2026 12:00")
    (cured,) = (one.event.said for one in play.events if isinstance(one.event.said, BreachCured))

    assert done == ["missing-strategy-72h: cured", "cured head_of_service by email"]
    assert (cured.verdict, cured.cause) == ("met", MET.event_id)


def test_a_source_that_speaks_again_finds_the_breach_as_it_was() -> None:
    """It is neither recorded twice nor climbed for anew."""
    play = broken()
    play.authority = where(FEWER)
    play.until("Mon 16 Mar 2026 10:00")
    play.authority = where(FEWER, AGAIN)
    play.until("Wed 18 Mar 2026 12:00")

    assert verdict(meeting(play), play.now) is Verdict.BREACHED
    assert play.count(TimescaleBreached) == 1
    assert play.count(BreachCured) == 0


def test_what_moves_meanwhile_is_said_once_somebody_can_tell_again() -> None:
    """The child was last seen an hour later: the count begins anew when the source speaks again."""
    play = broken()
    play.authority = where(FEWER)
    play.tell(corrected(GONE, "Fri 13 Mar 2026 11:00", occurred_at="Tue 10 Mar 2026 10:00"))
    play.until("Mon 16 Mar 2026 10:00")
    meanwhile = play.count(ClockRetimed)
    play.authority = where(FEWER, AGAIN)
    again = play.until("Mon 16 Mar 2026 12:00")

    assert meanwhile == 0
    assert again[:2] == ["missing-strategy-72h: retimed", "missing-strategy-72h: breach"]


def test_an_age_that_is_no_longer_known_cures_nothing() -> None:
    """The birth date is withdrawn, so the next health assessment cannot be counted: it stays told as late."""
    born = told("child-details-recorded", "Mon 5 Jan 2026", date_of_birth="2023-02-01")
    seen = told("health-assessment-completed", "Mon 5 Jan 2026")
    play = begin("Mon 5 Jan 2026 12:00", born, seen)
    play.until("Tue 7 Jul 2026 12:00")
    play.tell(withdrawn(born, "Tue 7 Jul 2026 13:00"))
    before = play.count(TimescaleBreached)
    play.until("Wed 8 Jul 2026 12:00")
    (clock,) = (
        one
        for one in play.episode.clocks(play.authority)
        if one.timescale.id == "lac-rha-6m-under5"
    )
    shown = explain(clock, play.authority, play.now, None, play.now)

    assert before > 0
    assert clock.uncounted
    assert (play.count(BreachCured), play.count(ClockRetimed)) == (0, 0)
    assert "it cannot be counted any more, and nothing is guessed" in why_not_known(clock)
    assert dict(shown.lines)["Due"].startswith("Not known: ")


def test_a_meeting_known_only_to_the_day_it_was_due_cures_nothing_and_ends_the_ladder() -> None:
    """It was held on that day, before or after nine: nobody is told that it was in time."""
    play = broken()
    refs = ("missing_episode-1",)
    play.tell(told("strategy-meeting-held", "Fri 13 Mar 2026", missing_episode_refs=refs))

    assert play.until("Tue 31 Mar 2026 12:00") == []
    assert play.count(BreachCured) == 0
    assert verdict(meeting(play), play.now) is Verdict.UNDECIDABLE
    assert why_not_known(meeting(play)) == "what is known says only the day, not the hour"


def test_a_return_after_it_was_late_is_no_reason_to_say_that_nothing_was_needed() -> None:
    """The child came back on Saturday: that the source states less does not make the meeting needless."""
    play = broken()
    play.authority = where(FEWER)
    play.tell(told("missing-episode-ended", SOON))
    play.until("Tue 17 Mar 2026 12:00")

    assert meeting(play).ending == "cancelled"
    assert play.count(BreachCured) == 0


def test_good_news_that_is_no_longer_true_is_told_to_nobody() -> None:
    """Shown in time at night, taken back before eight, and by then no source can state it."""
    firm = told("section-47-concluded", "Mon 2 Mar 2026", conference_required=True)
    play = begin("Mon 2 Mar 2026 12:00", told("section-47-started", "Mon 2 Mar 2026"), firm)
    play.until("Tue 24 Mar 2026 21:00")
    held = told("conference-held", "Fri 20 Mar 2026", kind="initial", enquiry_ref="enquiry-1")
    play.tell(held)
    cured = play.until("Tue 24 Mar 2026 22:00")
    play.tell(withdrawn(held, "Tue 24 Mar 2026 23:00"))
    play.authority = where(replace(FEWER, event=replace(FEWER.event, occurred_at=play.now)))
    play.until("Wed 25 Mar 2026 12:00")

    assert "icpc-15wd: cured" in cured
    assert told_of(play, "cured") == []


def one_clock(*facts: Recorded) -> Clock:
    """The clock of the meeting about a missing child, where everything can be told."""
    found = clocks(history(*facts), here())
    return next(one for one in found if one.timescale.id == "missing-strategy-72h")


@pytest.mark.parametrize(
    ("at", "said"),
    [("Fri 13 Mar 2026 08:59", "running"), ("Fri 13 Mar 2026 09:00", None)],
)
def test_what_is_not_due_yet_is_not_late_and_what_is_due_may_be(at: str, said: str | None) -> None:
    """Nothing shows that it was done, so after its instant nobody can say that it is not late."""
    assert why_not_late(one_clock(GONE), moment(at)) == said


def test_what_was_never_begun_or_was_done_in_time_is_not_late() -> None:
    """A clock whose start is withdrawn is none; one that was stopped in time says by what."""
    now = moment(SOON)

    assert shows_no_breach(None)
    assert why_not_late(None, now) == "withdrawn"
    assert why_not_late(one_clock(GONE, MET), now) == "met"


def test_what_stands_still_is_not_late_while_it_does() -> None:
    """It runs on from a moment that is known already; until then it is held."""
    clock = one_clock(GONE)
    resumed = clock.start._replace(earliest=moment("Mon 16 Mar 2026 09:00"))
    held = clock._replace(holds=(Hold(clock.start, resumed),))

    assert why_not_late(held, moment(SOON)) == "suspended"
    assert why_not_late(held, moment("Mon 16 Mar 2026 09:00")) is None


def test_what_is_judged_only_once_both_facts_are_known_is_not_said_to_run() -> None:
    """One of the two is taken back: it is neither late nor not late."""
    gate = one_clock(GONE)._replace(gate=True, breaks_at=None)

    assert why_not_late(gate, moment("Tue 10 Mar 2026 12:00")) is None
    assert why_not_known(gate) == "what it asks for is not known any more"
