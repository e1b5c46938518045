"""The authority's own clocks on the board, in its replay and in what is still to be done."""

from dataclasses import replace
from typing import Any

import pytest

from domain.clocks import Verdict
from domain.event import Event, Recorded, Unreadable
from domain.own_matters import Matter
from projections.anomalies import listed
from projections.board import (
    BoardRow,
    children,
    counts,
    find_child,
    find_clock,
    find_escalation,
    rows,
)
from projections.board_then import board_then
from projections.board_view import digest_of_tables, rebuild
from projections.history import History, history, judged
from projections.history_documents import clocks_json
from projections.outstanding import fed_streams, open_streams
from projections.tables import COLUMNS, VIEW
from projections.trust import trust
from tests.histories import CHILD, CODE, moment, of_authority, person, source, told
from tests.projections.lives import NIGHTLY
from tests.projections.test_board_view import worked_out
from tests.projections.world import World, feed, of, short
from tests.spec.judging import switched_on

MADE = "Fri 6 Mar 2026 15:00"
LATE = "Tue 10 Mar 2026 09:00"
REFERRED = "lado-referral-1wd"
OFFICERS = ("designated_officer", "service_manager_safeguarding", "head_of_service")


def allegation(
    reference: str, at: str = MADE, name: str = "allegation-made", **said: Any
) -> Recorded:
    """A fact of an allegation about no known child."""
    return of_authority(name, at, allegation_ref=reference, **said)


def of_ours(change: str, fact: Recorded, at: str, **said: Any) -> Event:
    """A correction or withdrawal of a fact of the authority's own stream, as the log knows that fact."""
    name = short(fact.event)
    event = of_authority(
        change, at, corrected_event={"source": name.source, "id": name.id}, **said
    ).event
    return replace(event, sequence=1)


def run_own(world: World, until: str) -> None:
    """Do what Daymark does of itself in the authority's own stream."""
    world.run_engine(CODE, until)
    world.take_in()


def own_rows(world: World, at: str) -> list[BoardRow]:
    """The authority's own rows of the board."""
    return [row for row in rows(world.views, CODE, moment(at))[0] if row.kind == "authority"]


def replayed(world: World, reference: str | None = None, **asked: Any) -> History:
    """The replay of the authority's own stream, or of one allegation in it."""
    stream = world.log.stream(CODE, "authority", CODE)
    moments: Any = {name: moment(text) for name, text in asked.items()}
    matter = Matter(reference) if reference else None
    return history(world.log, stream, authority=world.authority(), matter=matter, **moments)


@pytest.fixture
def accused(world: World) -> World:
    """Two allegations about no known child: one is referred in time, the other is not."""
    world.record(source(), *(person(role) for role in OFFICERS))
    world.record(allegation("AL-1"), allegation("AL-2"), at=MADE)
    world.record(told("missing-episode-started", MADE, type="M"))
    on_monday = "Mon 9 Mar 2026 10:00"
    world.record(allegation("AL-2", on_monday, "allegation-referred"), at=on_monday)
    world.take_in()
    run_own(world, LATE)
    return world


def test_an_allegation_stands_on_the_board_by_its_own_reference(accused: World) -> None:
    """It is late like any other clock, said to whom, and never passed off as a child."""
    found = own_rows(accused, LATE)
    late = next(row for row in found if row.status is Verdict.BREACHED)
    assert late.escalation is not None
    itself = find_escalation(accused.views, CODE, late.escalation)

    assert late.whose == "Allegation AL-1"
    assert late.told_person == "service_manager_safeguarding"
    assert (late.timescale, late.team) == (REFERRED, None)
    assert itself == (late.stream, late.clock, late.version)
    assert find_clock(accused.views, CODE, late.clock) == late.stream
    assert late.clock_page == f"/authority/clocks/{late.clock}"
    assert {row.whose for row in found} == {"Allegation AL-1", "Allegation AL-2"}
    assert late.page != next(row.page for row in found if row.whose == "Allegation AL-2")
    assert [one.reference for one in children(accused.views, CODE)] == [CHILD]
    assert find_child(accused.views, CODE, CODE) is None


def test_the_child_keeps_its_own_rows_and_pages(accused: World) -> None:
    """Nothing changes for whoever has a reference of their own."""
    found, _ = rows(accused.views, CODE, moment(LATE))
    child = next(row for row in found if row.kind == "child")

    assert (child.whose, child.allegation) == (CHILD, None)
    assert child.page == f"/children/{child.stream.hex}"
    assert child.clock_page == f"/children/{child.stream.hex}/clocks/{child.clock}"


def test_the_board_is_the_same_however_it_was_taken_in(accused: World) -> None:
    """Feeds and people that came between leave nothing behind that a rebuild would not."""
    accused.record(feed(moment(LATE)), person("cafcass"), allegation("AL-3", LATE))
    accused.record(feed(moment("Tue 10 Mar 2026 09:30")), person("independent_chair"))
    accused.take_in(1)
    digests = {digest_of_tables(accused.views)}
    for limit in (1, 3, 500):
        accused.views.clear(VIEW, COLUMNS)
        accused.take_in(limit)
        digests.add(digest_of_tables(accused.views))
    rebuild(accused.views, accused.log, accused.authority)

    assert digests == {digest_of_tables(accused.views)}


def test_the_board_of_another_moment_has_them_too(accused: World) -> None:
    """On Monday nobody had referred either, as far as was known that morning."""
    now, monday = moment(LATE), moment("Mon 9 Mar 2026 09:00")
    board = board_then(accused.log, accused.authority(), now)
    before = board_then(accused.log, accused.authority(), now, known_at=monday)
    own = [(row.whose, row.status) for row in before.every if row.kind == "authority"]

    assert board.counts() == counts(accused.views, CODE, now)
    assert sorted(own) == [
        ("Allegation AL-1", Verdict.RUNNING),
        ("Allegation AL-2", Verdict.RUNNING),
    ]
    assert (board.children, before.children) == (1, 1)


def test_a_busy_feed_and_new_colleagues_leave_the_authoritys_rows_alone(accused: World) -> None:
    """A source that speaks at once says all day how far it has come, and nothing changes by that."""
    report = of_authority("report-published", "Tue 10 Mar 2026")
    busy = feed(moment(LATE))

    assert worked_out(accused, busy, at="Tue 10 Mar 2026 09:10") == set()
    assert worked_out(accused, report, at="Tue 10 Mar 2026 09:20") == {CODE}
    assert CODE in worked_out(accused, person("cafcass"), at="Tue 10 Mar 2026 09:30")


def test_an_allegation_works_out_no_child_again(accused: World) -> None:
    """Neither does what Daymark does about it, nor its correction; a correction of a source does."""
    nobody = source("extra", states=["visit-made"])
    third = allegation("AL-3", LATE)
    accused.record(nobody)
    accused.take_in()
    gone = of_ours("fact-withdrawn", third, "Tue 10 Mar 2026 10:00", reason="never-happened")
    ended = of_ours("fact-withdrawn", nobody, "Tue 10 Mar 2026 10:00", reason="never-happened")
    early = of_ours("fact-withdrawn", allegation("AL-9"), LATE, reason="never-happened")

    assert worked_out(accused, third, at="Tue 10 Mar 2026 10:00") == {CODE}
    assert worked_out(accused, gone, at="Tue 10 Mar 2026 10:10") == {CODE}
    assert worked_out(accused, ended, at="Tue 10 Mar 2026 10:20") == {CODE, CHILD}
    assert worked_out(accused, early, at="Tue 10 Mar 2026 10:30") == {CODE, CHILD}


def test_who_only_speaks_and_is_told_waits_for_nothing(world: World) -> None:
    """Sources, feeds, people and panels alone leave nothing to be done, so nothing is started."""
    world.record(person("head_of_service"), feed(moment(MADE)), at=MADE)
    world.take_in()
    nothing_yet = counts(world.views, CODE, moment(MADE))["open"], open_streams(world.views, CODE)
    world.record(source(), of_authority("panel-sittings-published", "Fri 6 Mar 2026"))
    world.take_in()

    assert nothing_yet == (0, ())
    assert open_streams(world.views, CODE) == ()
    assert own_rows(world, MADE) == []
    assert trust(world.log, world.views, world.authority(), world.now).total == 0


def test_an_authority_of_which_only_feeds_are_told_has_no_rows(world: World) -> None:
    """Not even where something in its stream cannot be read: that is parked, and nothing stands for it."""
    world.record(feed(moment(MADE)), at=MADE)
    world.take_in()
    heard = feed(moment(LATE))
    world.record(heard, at=LATE)
    (later,), position = world.batch()
    unknown = Unreadable(
        later.stream, later.version, later.position, "of-another-release", "unknown"
    )
    world.board.apply([unknown], after=position)
    with world.views.reading() as cursor:
        found = cursor.execute("SELECT * FROM board_child")

    assert list(found) == []
    assert [one.reason for one in world.views.parked()] == ["unknown"]


def test_only_what_waits_for_a_feed_hears_of_one(world: World) -> None:
    """A nightly source that could say that the allegation was referred is waited for, no other."""
    world.record(source(states=["allegation-made"]), person("designated_officer"))
    world.record(source(NIGHTLY, delivers="batch", states=["visit-made"]), at=MADE)
    world.record(allegation("AL-1"))
    world.take_in()
    before = fed_streams(world.views, CODE)
    nightly = source(NIGHTLY, delivers="batch", states=["allegation-referred"])
    world.record(nightly)
    world.record(of("waiting", told("missing-episode-started", MADE, type="M")))
    world.take_in()
    own = world.log.stream(CODE, "authority", CODE)

    assert before == ()
    assert [stream for stream, _ in fed_streams(world.views, CODE)] == [own]
    assert CODE in worked_out(world, feed(moment(MADE), NIGHTLY), at="Fri 6 Mar 2026 16:00")


def test_the_board_is_doubted_when_the_authoritys_own_stages_are_late(accused: World) -> None:
    """Nobody did what was due about a third allegation, and the board says about whom."""
    accused.record(allegation("AL-3"), at=LATE)
    accused.all_well()
    accused.now = moment("Tue 10 Mar 2026 11:00")
    alone = [one for one in trust(*asked(accused)).doubts if one.kind == "coverage"]
    accused.record(of("b", told("missing-episode-started", MADE, type="M")))
    accused.take_in()
    accused.now = moment("Tue 10 Mar 2026 12:00")
    both = [one for one in trust(*asked(accused)).doubts if one.kind == "coverage"]

    assert alone[0].sentence.startswith("Something about 1 child and the authority itself should")
    assert both[0].sentence.startswith("Something about 2 children and the authority itself should")


def asked(world: World) -> Any:
    """What the board is judged by."""
    return world.log, world.views, world.authority(), world.now


def test_what_surprises_about_an_allegation_is_listed_as_the_authoritys(world: World) -> None:
    """A person finds it with everything else that does not fit together."""
    world.record(source(), at=MADE)
    world.record(allegation("AL-1", "Sat 7 Mar 2026 10:00"))
    world.take_in()
    (found,) = listed(world.views, CODE)

    assert (found.of, found.kind) == ("authority", "dated in the future")
    assert found.stream == world.log.stream(CODE, "authority", CODE)


def test_each_allegation_has_a_replay_of_its_own(accused: World) -> None:
    """What happened to the one, what Daymark did about it and its clocks, and nothing of the other."""
    first, second = replayed(accused, "AL-1"), replayed(accused, "AL-2")
    names = [line.recorded.event.name for line in first.lines]

    assert names[0] == "allegation-made"
    assert {"timescale-warned", "timescale-breached", "manager-notified"} < set(names)
    assert [line.recorded.event.name for line in second.lines][:2] == [
        "allegation-made",
        "allegation-referred",
    ]
    assert {clock.reference for clock in first.clocks} == {"AL-1"}
    assert {clock.reference for clock in second.clocks} == {"AL-2"}
    assert first.lines[0].sentence == "Allegation made."
    assert not {line.recorded for line in first.lines} & {line.recorded for line in second.lines}


def test_an_allegation_is_replayed_as_it_was_known(accused: World) -> None:
    """On Monday at nine the second was not referred yet; what is left out is counted for it alone."""
    monday = "Mon 9 Mar 2026 09:00"
    then = replayed(accused, "AL-2", known_at=monday)
    now = replayed(accused, "AL-2")
    (clock,) = judged(accused.log, then, moment(LATE))
    made = {one["timescale"]: one for one in clocks_json(accused.log, now, moment(LATE))}

    assert clock.verdict is Verdict.RUNNING
    assert then.not_yet_known == len(now.lines) - len(then.lines) > 0
    assert made[REFERRED]["verdict"] == "met"
    assert replayed(accused).kind == "authority"
    assert replayed(accused, "AL-2", as_of="Fri 6 Mar 2026 14:00").lines == ()


def test_a_report_is_the_authoritys_own_and_only_of_quarters_that_have_ended(world: World) -> None:
    """The quarters to come are on no board, though what they will ask is already waited for."""
    world.policy = switched_on("report-missing-quarterly")
    registered = source(from_on="2026-01-05").event
    begins = "Mon 5 Jan 2026 09:00"
    world.record(replace(registered, occurred_at=moment(begins)), at=begins)
    world.take_in()
    begun = own_rows(world, "Mon 5 Jan 2026 09:30")
    april = own_rows(world, "Wed 1 Apr 2026 09:00")
    replay, april_first = replayed(world), moment("Wed 1 Apr 2026 09:00")
    published = of_authority(
        "report-published", "Mon 20 Apr 2026", kind="missing-quarterly", period_ends_on="2026-03-31"
    )
    world.record(published, at="Mon 20 Apr 2026 17:00")
    world.take_in()
    then = board_then(world.log, world.authority(), moment("Wed 1 Jul 2026 09:00"))

    assert {row.whose for row in april} == {"The authority itself"}
    assert begun == []
    assert [row.thread_ref for row in april] == ["2026-03-31"]
    assert {one.clock.reference for one in judged(world.log, replay, april_first)} == {"2026-03-31"}
    assert ("2026-03-31", Verdict.MET) in {(row.thread_ref, row.status) for row in then.every}
    assert "2026-09-30" not in {row.thread_ref for row in then.every}
    assert open_streams(world.views, CODE)
