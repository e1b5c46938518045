"""The board is never green where it may be wrong: every cause is a doubt, with what to do."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from domain.event import Recorded, Unreadable
from domain.facts.vocabulary import FACTS
from domain.permission import Visible
from domain.words import DOUBTS
from projections import trust as module
from projections.board import counts
from projections.signs_of_life import last_heard, last_seen, sign
from projections.tables import COLUMNS, VIEW
from projections.trust import (
    ANOTHER_BOARD,
    DISPATCHER,
    KINDS,
    NO_BOARD,
    NOT_TOLD,
    Doubt,
    Trust,
    another_board,
    reasons,
    trust,
    undone,
)
from tests.histories import CHILD, CODE, STORY, england, moment, of_authority, source, told
from tests.projections.lives import NIGHTLY
from tests.projections.world import World, feed

MISSING = "Fri 3 Apr 2026 18:00"
SECOND = timedelta(seconds=1)


@pytest.fixture
def well(world: World) -> World:
    """A child is missing, and everything works."""
    world.record(source(), at=MISSING)
    world.record(told("missing-episode-started", MISSING, type="M"))
    world.all_well()
    return world


def judged(world: World, later: timedelta = timedelta()) -> Trust:
    """The trust at a moment some time on."""
    return trust(world.log, world.views, world.authority(), world.now + later)


def kinds(world: World, later: timedelta = timedelta()) -> list[str]:
    """The kinds of doubt at a moment some time on."""
    return [one.kind for one in judged(world, later).doubts]


def test_where_all_is_well_there_is_no_doubt(well: World) -> None:
    """Every open clock is covered."""
    found = judged(well)

    assert found.doubts == ()
    assert found.covered == found.total > 0
    assert found.checked_at == well.now


def test_an_empty_installation_gives_no_reason_to_doubt(world: World) -> None:
    """Nothing recorded, nothing late, nobody to be told."""
    assert judged(world) == Trust(world.now, 0, 0, ())


def test_a_board_behind_the_log_is_doubtful_after_some_seconds(well: World) -> None:
    """Since when is the moment the first thing it lacks was recorded."""
    well.record(told("missing-episode-ended", MISSING))
    sign(well.views, DISPATCHER, well.now)
    (doubt,) = judged(well, 6 * SECOND).doubts

    assert kinds(well, 5 * SECOND) == []
    assert (doubt.kind, doubt.since) == ("projector", well.now)
    assert "since 3 April 2026 at 6pm" in str(doubt)
    assert str(doubt).endswith("look in the case system too. The administrator of Daymark is told.")
    assert doubt.to_mend.endswith("is not on the board yet. If this stays, restart the projector.")


def test_a_board_behind_a_row_it_cannot_read_is_doubtful(well: World) -> None:
    """The moment it was recorded is not told by such a row; the last recording stands for it."""
    well.place.sql(
        "INSERT INTO stored_events (originator_id, originator_version, topic, state, recorded_at)"
        " SELECT originator_id, 9, 'of-another-release', ?, recorded_at"
        " FROM stored_events WHERE originator_id = ?",
        b"{}",
        well.stream(CHILD).hex,
    )

    assert kinds(well, 6 * SECOND) == ["projector"]


def test_a_silent_dispatcher_is_doubtful(well: World) -> None:
    """Half a minute without a sign of life, and managers may not be told."""
    (doubt,) = judged(well, 31 * SECOND).doubts

    assert kinds(well, 30 * SECOND) == []
    assert (doubt.kind, doubt.since) == ("dispatcher", well.now)
    assert doubt.sentence.startswith("Escalation has been paused since 3 April 2026 at 6pm")
    assert doubt.mend == NOT_TOLD
    assert "dispatcher" in doubt.to_mend


def test_what_to_do_meanwhile_is_said_once_where_several_doubts_ask_for_the_same() -> None:
    """After the last of them; a doubt that asks for something else keeps its own words."""
    one, two, three = (
        Doubt("projector", f"{name}.", None, mend)
        for name, mend in (("First", NOT_TOLD), ("Second", NOT_TOLD), ("Third", "Look there."))
    )
    checked = Trust(datetime(2026, 4, 3, tzinfo=UTC), 0, 0, (one, two, three))

    assert checked.reasons == ("First.", f"Second. {NOT_TOLD}", "Third. Look there.")
    assert reasons(()) == ()


def test_a_dispatcher_never_heard_of_is_doubtful(world: World) -> None:
    """From the first thing recorded there is somebody who may not be told."""
    world.record(source(), at=MISSING)
    world.take_in()

    assert last_seen(world.views, DISPATCHER) is None
    assert kinds(world, 31 * SECOND) == ["dispatcher"]


def test_the_last_sign_of_life_counts(well: World) -> None:
    """A sign of life ends the doubt."""
    later = well.now + timedelta(hours=1)
    sign(well.views, DISPATCHER, later)

    assert last_seen(well.views, DISPATCHER) == later
    assert kinds(well, timedelta(hours=1)) == []


def test_a_feed_silent_beyond_its_own_time_is_doubtful(well: World) -> None:
    """The source is named, with how far it was heard; one that speaks at once is never late."""
    well.record(source(NIGHTLY, delivers="batch", late_after_hours=30))
    well.all_well()
    never = judged(well).doubts
    well.record(feed(moment("Fri 3 Apr 2026 02:10"), NIGHTLY))
    well.all_well()
    heard = judged(well).doubts
    sign(well.views, DISPATCHER, moment("Sat 4 Apr 2026 09:00"))
    late = trust(well.log, well.views, well.authority(), moment("Sat 4 Apr 2026 09:00")).doubts

    assert [one.kind for one in never] == ["feed"]
    assert "never" in never[0].sentence
    assert heard == ()
    assert late[0].since == moment("Sat 4 Apr 2026 08:10")
    assert "nightly has been late since 4 April 2026 at 8:10am" in late[0].sentence
    assert "up to 3 April 2026 at 2:10am" in late[0].sentence


def test_a_feed_that_has_ended_is_not_waited_for(well: World) -> None:
    """A source replaced by another owes nothing after its last day."""
    well.record(source(NIGHTLY, delivers="batch", late_after_hours=30, to_on="2026-03-31"))
    well.all_well()

    assert kinds(well) == []


def test_an_expired_calendar_is_doubtful_from_the_day_after(well: World) -> None:
    """On its last day it still counts."""
    well.calendar = replace(well.calendar, expires=date(2026, 4, 3))
    last_day = kinds(well)
    well.calendar = replace(well.calendar, expires=date(2026, 4, 2))
    (doubt,) = judged(well).doubts

    assert last_day == []
    assert (doubt.kind, doubt.since) == ("calendar", moment("Fri 3 Apr 2026 00:00"))


def test_a_warning_not_given_within_a_minute_is_doubtful(well: World) -> None:
    """Which children it is about is counted, and how many clocks are covered falls."""
    due = timedelta(days=1)
    sign(well.views, DISPATCHER, well.now + due)
    found = judged(well, due + 61 * SECOND)
    coverage = [one for one in found.doubts if one.kind == "coverage"]

    assert kinds(well, due) == []
    assert coverage[0].since == moment("Sat 4 Apr 2026 18:00")
    assert coverage[0].sentence.startswith("Something about 1 child should have been")
    assert found.covered == 0 < found.total


def test_what_was_only_just_learned_is_given_its_minute(world: World) -> None:
    """Imported long after it was due, it is doubtful only when Daymark itself is slow."""
    world.record(source(), at="Fri 1 May 2026 09:00")
    for child in ("a", "b"):
        event = told("missing-episode-started", MISSING, type="M").event
        world.record(replace(event, subject=child, id=child))
    world.all_well()
    sign(world.views, DISPATCHER, world.now + 60 * SECOND)
    late = judged(world, 61 * SECOND).doubts

    assert kinds(world) == kinds(world, 60 * SECOND) == []
    assert late[0].sentence.startswith("Something about 2 children")
    assert judged(world).total == counts(world.views, CODE, world.now)["open"]


def test_what_could_not_be_read_is_doubtful_until_it_is_mended(well: World) -> None:
    """A row parked by the board is counted; one that another view parked is not."""
    bad = Unreadable(well.stream(CHILD), 3, 90, "of-another-release", "unknown")
    position = well.board.position()
    with well.views.transaction(VIEW, position, position) as cursor:
        well.views.park(cursor, "another", bad)
        well.views.park(cursor, VIEW, bad)
    one = judged(well).doubts[0].sentence
    with well.views.transaction(VIEW, position, position) as cursor:
        well.views.park(cursor, VIEW, replace(bad, position=91))

    assert one == "The board lacks 1 thing that Daymark could not read or work out."
    assert "2 things" in judged(well).doubts[0].sentence


def test_doubts_of_one_authority_are_not_another_s(well: World) -> None:
    """A warning not given elsewhere does not make this board grey."""
    later = timedelta(days=1) + 61 * SECOND
    sign(well.views, DISPATCHER, well.now + later)
    elsewhere = replace(well.authority(), code="999")

    assert trust(well.log, well.views, elsewhere, well.now + later).doubts == ()
    assert elsewhere.code != CODE


def test_what_another_authority_waits_for_does_not_make_this_board_grey(well: World) -> None:
    """One projector follows for all: who told nothing since is not behind."""
    other = replace(told("missing-episode-ended", MISSING).event, authority="999")
    well.log.append([other])
    sign(well.views, DISPATCHER, well.now)
    elsewhere = replace(well.authority(), code="999")
    (theirs,) = trust(well.log, well.views, elsewhere, well.now + 6 * SECOND).doubts

    assert judged(well, 6 * SECOND).doubts == ()
    assert theirs.kind == "projector"


def test_a_row_of_another_authority_that_cannot_be_read_hides_no_other_silence(
    well: World,
) -> None:
    """What their row says is their matter; what follows it here was never shown."""
    theirs = replace(told("missing-episode-started", MISSING).event, authority="999")
    well.log.append([theirs, replace(theirs, authority=CODE, id="ours")])
    stream = well.log.stream("999", "child", theirs.subject)
    well.place.sql(
        "UPDATE stored_events SET topic = 'of-another-release' WHERE originator_id = ?", stream.hex
    )
    sign(well.views, DISPATCHER, well.now)

    assert kinds(well, 6 * SECOND) == ["projector"]


def test_what_cannot_be_read_is_doubted_by_whose_it_is_and_by_all_where_that_is_not_known(
    well: World,
) -> None:
    """Two at one place that belong to two authorities are doubted by both."""
    stream = well.stream(CHILD)
    elsewhere = replace(well.authority(), code="999")

    def doubts() -> tuple[int, int]:
        theirs = trust(well.log, well.views, elsewhere, well.now).doubts
        return len(judged(well).doubts), len(theirs)

    def park(at: int, whose: str | None) -> None:
        position = well.views.position(VIEW)
        with well.views.transaction(VIEW, position, position) as cursor:
            well.views.park(cursor, VIEW, Unreadable(stream, 9, at, "later", "unknown", whose))

    park(90, "999")
    of_the_other = doubts()
    park(90, "999")
    again = doubts()
    park(90, CODE)

    assert (of_the_other, again, doubts()) == ((0, 1), (0, 1), (1, 1))
    well.views.clear(VIEW, ())
    park(91, None)
    assert [one.authority for one in well.views.parked()] == [""]


def test_a_source_that_speaks_at_once_is_late_only_where_it_said_after_how_long(
    well: World,
) -> None:
    """Whatever it sends is a word; where its registration names no hours, silence is nothing."""
    well.record(source("live", late_after_hours=24, from_on="2026-04-03"))
    well.record(replace_source(told("missing-episode-ended", MISSING), "live"))
    well.all_well()
    spoke = judged(well).doubts
    day_after = well.now + timedelta(hours=24)
    sign(well.views, DISPATCHER, day_after)
    late = trust(well.log, well.views, well.authority(), day_after).doubts
    (feed_doubt,) = [one for one in late if one.kind == "feed"]

    assert spoke == ()
    assert (feed_doubt.about, feed_doubt.since) == ("live", day_after)
    assert last_heard(well.views, CODE, "live") == well.now
    assert last_heard(well.views, CODE, "never-heard-of") is None


def test_a_board_that_is_made_again_forgets_no_word_of_a_source(well: World) -> None:
    """It hears everything once more, from the beginning: no source has fallen silent meanwhile."""
    well.record(source("live", late_after_hours=24, from_on="2026-04-03"))
    well.record(replace_source(told("missing-episode-ended", MISSING), "live"))
    later = told("contact-received", MISSING)
    well.record(replace_source(later, "live"), at="Sun 5 Apr 2026 18:00")
    well.all_well()
    before = last_heard(well.views, CODE, "live")
    well.views.clear(VIEW, COLUMNS)
    batch = well.log.after(0)
    well.board.apply(batch[:-1], after=0)

    assert before == well.now
    assert last_heard(well.views, CODE, "live") == well.now


def test_a_source_that_speaks_at_once_and_never_did_is_late_from_its_registration(
    well: World,
) -> None:
    """A feed that was promised and never came is the worst kind of silence."""
    well.record(source("live", late_after_hours=24, from_on="2012-01-02"))
    well.all_well()
    (doubt,) = judged(well).doubts

    assert (doubt.kind, doubt.about) == ("feed", "live")
    assert doubt.sentence.endswith("it has never been heard.")


def registered(at: str, states: set[str]) -> Recorded:
    """The source of every story registers again, and can state this."""
    said = dict(source(states=sorted(states)).event.said)
    return of_authority("source-registered", at, **said)


def test_a_source_that_states_less_is_doubtful_while_something_waits_for_it(well: World) -> None:
    """The operator is told which words are gone; once the source has them again nobody doubts."""
    before = kinds(well)
    well.record(registered("Thu 2 Apr 2026 09:00", {"missing-episode-started"}))
    well.all_well()
    (doubt,) = judged(well).doubts
    unseen = trust(
        well.log, well.views, well.authority(), well.now, visible=Visible((), "x")
    ).doubts
    well.record(registered("Thu 2 Apr 2026 10:00", set(FACTS)))
    well.all_well()

    assert (before, unseen) == ([], ())
    assert (doubt.kind, doubt.about, doubt.since) == ("registration", STORY, well.now)
    assert "strategy meeting held" in doubt.sentence
    assert "the source story does not state any more what it did" in doubt.sentence
    assert "register it again" in doubt.to_mend
    assert kinds(well) == []


def test_a_source_that_states_less_of_what_nobody_waits_for_is_no_doubt(well: World) -> None:
    """The child is back and everything was done: nothing hangs on what is not stated any more."""
    gone = {"report-published", "case-allocated"}
    asked = {stop.fact for rule in england().timescales for stop in rule.stops}
    well.record(registered("Thu 2 Apr 2026 09:00", set(FACTS) - {"case-allocated"}))
    well.all_well()
    by_no_rule = kinds(well)
    well.record(registered("Thu 2 Apr 2026 10:00", set(FACTS) - gone))
    well.all_well()

    assert asked & gone == {"report-published"}
    assert [one.names for one in well.authority().dropped] == [gone]
    assert by_no_rule == []
    assert kinds(well) == []


def test_a_board_of_another_release_is_not_relied_on(well: World) -> None:
    """What it says may be in words that this release does not know, so nothing is counted."""
    well.views.create(["UPDATE board_made SET sha256 = 'another'"])
    found = judged(well)

    assert found.doubts == (another_board(well.now),)
    assert str(found.doubts[0]) == str(ANOTHER_BOARD)
    assert (found.covered, found.total) == (0, 0)


def replace_source(one: Recorded, name: str) -> Recorded:
    """The same fact, told by another source."""
    return replace(one, event=replace(one.event, source=name))


def test_a_page_speaks_a_managers_words_and_the_operator_is_told_where_to_look(well: World) -> None:
    """What runs where is for whoever can mend it; a team manager reads what to do meanwhile."""
    well.record(told("missing-episode-ended", MISSING))
    found = [NO_BOARD, ANOTHER_BOARD, *judged(well, timedelta(minutes=2)).doubts]
    found += undone("1 child", well.now)
    process = re.compile("projector|dispatcher|worker|Temporal|release")

    assert {one.kind for one in found} == {"board", "projector", "dispatcher", "coverage"}
    for one in found:
        assert not process.search(str(one)), one
        assert process.search(one.to_mend), one


def test_every_kind_of_doubt_is_counted_from_the_start() -> None:
    """An alarm on a kind that no measure shows until it happens would be an alarm on nothing."""
    said = re.findall(r'Doubt\(\s*"([a-z]+)"', Path(module.__file__).read_text(encoding="utf-8"))

    assert said
    assert set(said) <= set(KINDS) == set(DOUBTS)
