"""The board of another moment, worked out from the log."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.clocks import Verdict
from projections.board import HISTORY, NOT_ACKNOWLEDGED, counts, rows
from projections.board_then import BoardThen, board_then
from projections.board_view import joined_streams
from projections.history import history, judged
from projections.what_if import Question, what_if
from projections.whole_log import every_stream
from tests.histories import CHILD, CODE, corrected, moment, person, source, told
from tests.projections.lives import live
from tests.projections.test_board_view import put_behind_our_back
from tests.projections.world import MANAGERS, World, of

MISSING = "Fri 3 Apr 2026 18:00"
RULE = "missing-strategy-72h"
STATUSES = [None, HISTORY, NOT_ACKNOWLEDGED, *Verdict]


def then(world: World, now: str, **view: str) -> BoardThen:
    """The board of another moment."""
    as_of, known_at = (view.get(name) for name in ("as_of", "known_at"))
    return board_then(
        world.log,
        world.authority(),
        moment(now),
        as_of=moment(as_of) if as_of else None,
        known_at=moment(known_at) if known_at else None,
    )


def only(board: BoardThen) -> Verdict:
    """What was said of the one strategy clock."""
    (row,) = [one for one in board.every if one.timescale == RULE]
    return row.status


@pytest.fixture
def late(world: World) -> World:
    """Missing since Friday; the meeting was held on Monday and recorded on Wednesday."""
    world.record(source(), *(person(role) for role in MANAGERS))
    world.record(told("missing-episode-started", MISSING, type="M"), at=MISSING)
    world.run_engine(CHILD, "Tue 7 Apr 2026 09:00")
    held = told(
        "strategy-meeting-held", "Mon 6 Apr 2026 10:00", missing_episode_refs=["missing_episode-1"]
    )
    world.record(held, at="Wed 8 Apr 2026 09:00")
    return world


def test_the_two_moments_are_asked_apart_and_together(late: World) -> None:
    """On Tuesday it was late as known then, and done in time as known now; on Saturday it ran."""
    now = "Fri 10 Apr 2026 09:00"

    assert only(then(late, now)) is Verdict.MET
    assert only(then(late, now, known_at="Tue 7 Apr 2026 09:00")) is Verdict.BREACHED
    assert only(then(late, now, as_of="Tue 7 Apr 2026 09:00")) is Verdict.MET
    assert only(then(late, now, as_of="Sat 4 Apr 2026 09:00")) is Verdict.RUNNING
    both = then(late, now, as_of="Tue 7 Apr 2026 09:00", known_at="Tue 7 Apr 2026 12:00")
    assert only(both) is Verdict.BREACHED
    assert both.moment == moment("Tue 7 Apr 2026 09:00")


def test_a_correction_made_later_tells_how_that_day_really_was(world: World) -> None:
    """As of a day, with what is known now of it; as known that day, without."""
    first = told("missing-episode-started", MISSING, type="M")
    moved = corrected(first, "Wed 8 Apr 2026 09:00", occurred_at="Mon 6 Apr 2026 12:00")
    world.record(source(), at="Fri 3 Apr 2026 17:00")
    world.record(first, at=MISSING)
    world.record(moved, at="Wed 8 Apr 2026 09:30")
    now = "Fri 10 Apr 2026 09:00"

    assert then(world, now, as_of="Sat 4 Apr 2026 09:00").every == ()
    assert only(then(world, now, known_at="Sat 4 Apr 2026 09:00")) is Verdict.RUNNING


def test_nobody_is_known_of_before_anything_was_recorded(late: World) -> None:
    """An empty board, of no children."""
    board = then(late, "Fri 10 Apr 2026 09:00", known_at="Fri 3 Apr 2026 09:00")

    assert (board.every, board.children) == ((), 0)
    assert board.rows() == ((), 0)


@pytest.mark.parametrize("number", range(4))
def test_the_board_of_a_moment_is_the_one_that_could_be_had_then(world: World, number: int) -> None:
    """Rows, order, filters and counts: what the kept board said then is worked out again later."""
    live(world, number)
    world.take_in()
    at = world.now + timedelta(hours=5)
    known = [(status, rows(world.views, CODE, at, status=status, limit=500)) for status in STATUSES]
    counted = dict(counts(world.views, CODE, at))
    world.now = at + timedelta(hours=1)
    live_on = [
        of("CH-1", told("child-died", "Fri 1 May 2026 10:00")),
        of("new", told("referral-received", "Sat 2 May 2026")),
    ]
    world.record(*live_on, source("another", delivers="batch"), at=world.now)
    board = board_then(world.log, world.authority(), world.now, known_at=at)

    for status, (found, total) in known:
        assert board.rows(status=status, limit=500) == (found, total), status
    assert board.counts() == counted


def test_a_filter_narrows_and_pages_like_the_board_of_today(world: World) -> None:
    """By rule, by team, and a page at a time."""
    live(world, 1)
    world.take_in()
    board = board_then(world.log, world.authority(), world.now)
    timescale = board.every[0].timescale

    for asked in ({"timescale": timescale}, {"team": "north"}, {"offset": 2, "limit": 3}):
        assert board.rows(**asked) == rows(world.views, CODE, world.now, **asked)


def test_the_whole_log_is_read_with_word_of_how_far(late: World) -> None:
    """Only this authority's streams, and only up to the moment."""
    late.record(replace(told("referral-received", "Wed 8 Apr 2026").event, authority="999"))
    reached: list[int] = []
    streams = every_stream(late.log, CODE, reached=reached.append)

    assert reached[-1] == late.log.head()
    assert late.stream(CHILD) in streams
    assert late.log.stream("999", "child", CHILD) not in streams
    before = every_stream(late.log, CODE, known_at=moment("Fri 3 Apr 2026 18:00"))
    assert [one.event.name for one in before[late.stream(CHILD)]] == ["missing-episode-started"]


def test_what_cannot_be_read_is_left_out(world: World) -> None:
    """The rest of the child is there; that something is lacking is said by the board of today."""
    world.record(source(), of("a", told("missing-episode-started", MISSING, type="M")))
    put_behind_our_back(world, world.stream("a"))

    assert [one.version for one in every_stream(world.log, CODE)[world.stream("a")]] == [1]


def test_a_breach_that_something_ended_is_counted_as_neither_late_nor_done(world: World) -> None:
    """The child came back after the meeting was due: as on the board of today."""
    world.record(source(), told("missing-episode-started", MISSING, type="M"), at=MISSING)
    world.record(told("missing-episode-ended", "Tue 7 Apr 2026 09:00"), at="Tue 7 Apr 2026 09:00")
    world.take_in()
    at = moment("Tue 7 Apr 2026 10:00")
    board = then(world, "Tue 7 Apr 2026 10:00")

    assert only(board) is Verdict.BREACHED
    assert board.counts() == counts(world.views, CODE, at)


def test_what_was_learned_long_afterwards_is_counted_apart(world: World) -> None:
    """It woke nobody, then or now."""
    world.record(
        source(), told("missing-episode-started", MISSING, type="M"), at="Fri 1 May 2026 09:00"
    )
    world.take_in()
    at = "Fri 1 May 2026 10:00"
    board = then(world, at)

    assert board.counts()[HISTORY] == 1
    assert board.counts() == counts(world.views, CODE, moment(at))
    assert board.rows(status=HISTORY) == rows(world.views, CODE, moment(at), status=HISTORY)


def test_references_of_one_child_are_judged_together_on_both_boards(world: World) -> None:
    """The board of today works both out again when either is told of; so does the board of then."""
    started = told("missing-episode-started", MISSING, type="M")
    held = told(
        "strategy-meeting-held", "Sat 4 Apr 2026 10:00", missing_episode_refs=["missing_episode-1"]
    )
    joined = told("child-references-joined", "Sun 5 Apr 2026 09:00", other_child="two")
    world.record(source(), of("one", started), at=MISSING)
    world.take_in()
    world.record(of("one", joined), at="Sun 5 Apr 2026 09:00")
    world.take_in()
    world.record(of("two", held), at="Tue 7 Apr 2026 09:00")
    world.take_in()
    now = "Tue 7 Apr 2026 10:00"
    kept, _ = rows(world.views, CODE, moment(now), timescale=RULE, status=Verdict.MET)

    assert [row.reference for row in kept] == ["one"]
    assert only(then(world, now)) is Verdict.MET
    assert only(then(world, now, known_at="Mon 6 Apr 2026 19:00")) is Verdict.BREACHED
    assert joined_streams(world.views, [world.stream("one")]) == [world.stream("two")]
    question = Question(
        world.authority(), (world.authority(),), date(2026, 1, 1), date(2026, 12, 31), moment(now)
    )
    (found,) = what_if(every_stream(world.log, CODE), question)
    assert found.before[RULE] == {"met": 1}
    replay = history(world.log, world.stream("one"), authority=world.authority())
    (clock,) = [
        one for one in judged(world.log, replay, moment(now)) if one.clock.timescale.id == RULE
    ]
    assert (clock.verdict, clock.verdict_then) == (Verdict.MET, Verdict.BREACHED)
    early = history(
        world.log,
        world.stream("one"),
        authority=world.authority(),
        as_of=moment("Sat 4 Apr 2026 12:00"),
    )
    assert [
        one.verdict
        for one in judged(world.log, early, moment(now))
        if one.clock.timescale.id == RULE
    ] == [Verdict.RUNNING]
