"""What stands with the authority itself: allegations about no known child, each a matter of its own."""

from dataclasses import replace
from typing import Any

import pytest

from domain.adoption import Law
from domain.anomalies import anomalies
from domain.authority import Authority
from domain.authority import authority as authority_of
from domain.child_episode import ChildEpisode, from_history, outstanding, perform
from domain.clocks import Verdict, verdict
from domain.conventions import governed_by
from domain.engine_events import EscalationRaised, IdReused
from domain.escalation import next_step, tellings
from domain.event import Event, Recorded
from domain.explanation import explain
from domain.facts.vocabulary import FACTS
from domain.lateness import lateness
from domain.own_matters import (
    ITSELF,
    Matter,
    allegation_of,
    allegations_in,
    last_that_counts,
    may_stand_with_authority,
    page_of,
    whose,
)
from domain.packs import overlay
from tests.domain.packs import NATIONAL, form
from tests.histories import (
    CHILD,
    CODE,
    STREAM,
    corrected,
    england,
    fact,
    here,
    history,
    moment,
    of_authority,
    person,
    record,
    source,
    told,
    withdrawn,
    working_days,
)
from tests.spec.judging import judged_under

MADE = "Fri 6 Mar 2026 15:00"
LATE = moment("Tue 10 Mar 2026 09:00")
REFERRED = "lado-referral-1wd"


def allegation(
    reference: str, at: str = MADE, name: str = "allegation-made", **said: Any
) -> Recorded:
    """A fact of an allegation about no known child."""
    return of_authority(name, at, allegation_ref=reference, **said)


def with_the_authority(change: Recorded) -> Recorded:
    """A correction sent to the authority's own stream."""
    event = replace(change.event, kind="authority", subject=CODE)
    return replace(change, event=event)


def own(*facts: Recorded) -> tuple[ChildEpisode, Authority]:
    """The authority's own stream, and the authority it tells of."""
    stream = history(source(), *facts)
    return from_history(stream), here(*stream)


def late_by(*facts: Recorded) -> dict[str, Verdict]:
    """What is said of each allegation's referral once its time has run out."""
    episode, authority = own(*facts)
    found = episode.clocks(authority)
    return {str(one.reference): verdict(one, LATE) for one in found if one.timescale.id == REFERRED}


def test_each_allegation_has_its_own_clock() -> None:
    """The referral of one says nothing of the other."""
    said = late_by(
        allegation("AL-1"),
        allegation("AL-2"),
        allegation("AL-2", "Mon 9 Mar 2026 10:00", "allegation-referred"),
    )

    assert said == {"AL-1": Verdict.BREACHED, "AL-2": Verdict.MET}


def test_each_allegation_has_its_own_ladder() -> None:
    """Two late referrals in one stream raise two ladders, and each climbs by itself."""
    episode, authority = own(allegation("AL-1"), allegation("AL-2"))
    stages = [one for one in outstanding(episode, authority) if one.doing == "breach"]
    events = [event for stage in stages for event in perform(episode, authority, stage, LATE)]
    raised = [one.said for one in events if isinstance(one.said, EscalationRaised)]
    grown = from_history(history(*episode.history, *(record(one, LATE) for one in events)))

    assert len({one.escalation for one in raised}) == len(raised) == len(stages) == 2
    assert {event.kind for event in events} == {"authority"}
    assert [one.open for one in tellings(grown, authority, LATE)] == [True, True]


def test_whoever_holds_a_role_in_any_team_is_told_of_what_is_no_teams() -> None:
    """An officer of a team is told, unless somebody holds the role for the whole authority."""
    in_a_team = person("designated_officer", "P-1", team_ref="lado")
    for_all = person("designated_officer", "P-2")
    staff, both = here(in_a_team).staff, here(in_a_team, for_all).staff

    assert staff.anywhere("designated_officer", LATE) == ("P-1",)
    assert both.holders("designated_officer", LATE) == ("P-2",)
    assert staff.holders("designated_officer", LATE) == ()
    assert staff.anywhere("cafcass", LATE) == ()


def test_everything_that_was_said_of_an_allegation_belongs_to_it() -> None:
    """Facts, their corrections, what Daymark did about their clocks, and ids used again."""
    first, second = allegation("AL-1"), allegation("AL-2")
    moved = with_the_authority(corrected(second, "Mon 9 Mar 2026 09:00", allegation_ref="AL-3"))
    gone = with_the_authority(withdrawn(first, "Mon 9 Mar 2026 10:00"))
    reused = record(
        Event(
            authority=CODE,
            kind="authority",
            subject=CODE,
            source=str(first.event_id),
            id="1/reused/x",
            said=IdReused(reused=first.event_id, came={}),
            occurred_at=LATE,
        )
    )
    episode, authority = own(first, second)
    stage = next(one for one in outstanding(episode, authority) if one.doing == "breach")
    breach = record(perform(episode, authority, stage, LATE)[0], LATE)
    nobody = person("cafcass")
    other = with_the_authority(withdrawn(person("cafcass"), "Mon 9 Mar 2026 10:00"))
    stream = history(source(), first, second, moved, gone, reused, breach, other, nobody)
    found = allegations_in(stream)
    reference = "AL-1" if str(first.event_id) in stage.clock else "AL-3"

    assert found == {
        first.event_id: "AL-1",
        second.event_id: "AL-3",
        moved.event_id: "AL-3",
        gone.event_id: "AL-1",
        reused.event_id: "AL-1",
        breach.event_id: reference,
    }
    assert [one.event_id for one in Matter("AL-3").of(stream)][:2] == [
        second.event_id,
        moved.event_id,
    ]
    assert Matter().of(stream) == stream[:-1]


def test_a_clock_is_said_to_be_about_its_allegation_even_when_its_start_is_withdrawn() -> None:
    """The letter that says it was none after all must say what it speaks of."""
    made = allegation("AL-1")
    episode, authority = own(made)
    (clock,) = (one for one in episode.clocks(authority) if one.timescale.id == REFERRED)
    gone = history(*episode.history, with_the_authority(withdrawn(made, "Mon 9 Mar 2026 10:00")))

    assert allegation_of(gone, "allegation", None, clock.key) == "AL-1"
    assert allegation_of(gone, "authority", "2026-03-31", clock.key) is None
    assert allegation_of(history(told("allegation-made", MADE)), "allegation", "A", "") is None
    assert Matter("AL-1").is_about(clock)
    assert not Matter("AL-2").is_about(clock)
    assert Matter().is_about(clock)


def test_whose_a_clock_is_is_said_in_words_and_its_page_names_no_reference() -> None:
    """A child has a reference, an allegation its own, and a report is the authority's."""
    assert whose("child", CHILD, "allegation", "AL-1") == CHILD
    assert whose("authority", CODE, "allegation", "AL-1") == "Allegation AL-1"
    assert whose("authority", CODE, "authority", "2026-03-31") == ITSELF
    assert page_of("child", STREAM) == f"/children/{STREAM.hex}"
    assert page_of("authority", STREAM) == "/authority"
    assert "AL-1" not in page_of("authority", STREAM, "AL-1")
    assert page_of("authority", STREAM, "AL-1") != page_of("authority", STREAM, "AL-2")


@pytest.mark.parametrize("name", sorted(FACTS))
def test_only_what_may_be_about_no_child_may_stand_with_the_authority(name: str) -> None:
    """Its own facts, those of allegations, and corrections; a review only where it names one."""
    may = {"authority", "allegation", "corrections"}

    assert may_stand_with_authority(fact(name)) == (FACTS[name].THREAD in may)


def test_a_review_of_an_allegation_may_stand_with_the_authority() -> None:
    """It ends the clock of the first review, wherever the allegation stands."""
    assert may_stand_with_authority(fact("review-held", kind="allegation", allegation_ref="AL-1"))


def test_feeds_and_people_are_not_what_last_happened_to_the_authority() -> None:
    """They come every night, and say nothing of an allegation by themselves."""
    made = allegation("AL-1")
    heard = of_authority("feed-advanced", source="s", complete_to=LATE)
    stream = history(source(), made, heard, person("head_of_service"))
    last = last_that_counts(stream)
    child = history(told("allegation-made", MADE))

    assert last is not None
    assert last.event_id == made.event_id
    assert last_that_counts(history(heard, person("head_of_service"))) is None
    assert last_that_counts(child) == child[-1]


def test_who_speaks_is_no_anomaly_of_the_authority() -> None:
    """A source need not be registered to say how far it has come; to report an allegation it must."""
    narrow = source(states=["missing-episode-started"])
    heard = of_authority("feed-advanced", source="s", complete_to=LATE)
    made = allegation("AL-1")
    stream = history(narrow, heard, made)

    assert [one.event_id for one in anomalies(stream, here(*stream))] == [made.event_id]


def test_a_quarter_is_explained_by_the_calendar() -> None:
    """No source tells that a quarter has ended, so none is said to have recorded it."""
    authority = judged_under("report-missing-quarterly")
    own_clocks = from_history(history(source())).clocks(authority)
    clock = next(
        one
        for one in own_clocks
        if one.timescale.id == "report-missing-quarterly" and one.reference == "2015-12-31"
    )
    now = moment("Mon 1 Feb 2016 09:00")
    said = dict(explain(clock, authority, now).lines)
    whole = lateness(clock, now)

    assert said["Started"] == "Quarter ended on 31 December 2015, by the calendar."
    assert whole is not None
    assert whole.whole == whole.practice


REPORTS = "[switched]\nreport-missing-quarterly = true\n"


def quarters(authority: Authority, now: str) -> tuple[list[str], list[str]]:
    """The quarters whose report is owed or was, and those for which a ladder would begin."""
    at = moment(now)
    episode = from_history(history(source()))
    owed = [
        str(one.reference)
        for one in episode.clocks(authority)
        if one.timescale.id == "report-missing-quarterly" and one.start.earliest <= at
    ]
    late = [
        one for one in outstanding(episode, authority) if one.doing == "breach" and one.at <= at
    ]
    told = [event.said for one in late for event in perform(episode, authority, one, at)]
    return owed, [one.clock for one in told if isinstance(one, EscalationRaised)]


def test_a_report_switched_on_without_adoption_is_not_owed_for_the_past() -> None:
    """Nothing says since when but the first day that the authority's own pack names."""
    own = overlay(NATIONAL, {"settled.toml": form(REPORTS, first="2016-04-01")})
    here_in_use = replace(here(), policy=own)
    before = quarters(here_in_use, "Wed 29 Jun 2016 09:00")
    later = quarters(here_in_use, "Mon 1 Aug 2016 09:00")

    assert before == ([], [])
    assert (later[0], len(later[1])) == (["2016-06-30"], 1)


def test_a_pack_that_is_only_thought_about_judges_the_past_too() -> None:
    """As though it had always been in use: that is what is asked."""
    own = overlay(NATIONAL, {"settled.toml": form(REPORTS, first="2016-04-01")})
    asked = governed_by(here(), policy=own)

    assert quarters(asked, "Wed 29 Jun 2016 09:00")[0][-2:] == ["2015-12-31", "2016-03-31"]


def test_a_report_is_owed_from_the_first_day_of_the_pack_that_was_adopted() -> None:
    """Whatever day the form names: somebody decided, and the log says who."""
    own = overlay(NATIONAL, {"settled.toml": form(REPORTS, first="2016-04-01")})
    adopted = of_authority(
        "policy-adopted", "Tue 1 Dec 2015 09:00", pack=own.name, version=own.version,
        sha256=own.sha256, from_on="2016-01-01",
    )  # fmt: skip
    law = Law(own, working_days(), national=england(), policies={own.sha256: own})
    decided = authority_of(CODE, own, working_days(), history(source(), adopted), law)

    assert quarters(decided, "Wed 29 Jun 2016 09:00")[0] == ["2016-03-31"]


def test_nothing_is_owed_while_all_that_was_told_is_withdrawn() -> None:
    """A withdrawal may come before what it withdraws: until a fact stands, no quarter counts."""
    reports_on = judged_under("report-missing-quarterly")
    made = allegation("AL-1")
    withdrawal = of_authority(
        "fact-withdrawn",
        "Mon 4 Jan 2016 09:00",
        corrected_event={"source": made.event.source, "id": made.event.id},
        reason="never-happened",
    )

    assert from_history(history(withdrawal)).clocks(reports_on) == ()
    assert from_history(history(made, withdrawal)).clocks(reports_on) == ()


def test_a_step_of_a_ladder_is_told_in_the_authoritys_own_stream() -> None:
    """What is done about an allegation stands where the allegation stands."""
    episode, authority = own(allegation("AL-1"), person("designated_officer"))
    warn = next(one for one in outstanding(episode, authority) if one.doing == "warn")
    (warned,) = perform(episode, authority, warn, warn.at)
    grown = from_history(history(*episode.history, record(warned, warn.at)))
    (notice,) = tellings(grown, authority, warn.at)
    step = next_step(grown, authority, notice.id, warn.at)

    assert step is not None
    assert (step.role, step.person, step.team) == ("designated_officer", "designated_officer", None)
