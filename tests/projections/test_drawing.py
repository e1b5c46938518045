"""Where the marks of a picture stand, to the number."""

from datetime import date, timedelta

import pytest

from domain.calendar import london_date
from domain.clocks import Verdict
from domain.standing import standing
from projections.drawing import (
    WIDTH,
    Picture,
    Span,
    clocks_drawn,
    missing_drawn,
    shades,
    ticks,
    weeks_drawn,
)
from projections.history import history, judged
from projections.late_by_week import HIDDEN, WITHHELD, LateByWeek
from tests.histories import CHILD, moment, source, told, working_days
from tests.histories import history as recorded
from tests.projections.world import World

MISSING = "Fri 3 Apr 2026 18:00"
EASTER = Span(date(2026, 4, 2), date(2026, 4, 10))


def drawn(world: World, now: str) -> Picture:
    """The picture of the one child at a moment."""
    replay = history(world.log, world.stream(CHILD), authority=world.authority())
    found = clocks_drawn(judged(world.log, replay, moment(now)), working_days(), moment(now))
    assert found is not None
    return found


@pytest.fixture
def missing(world: World) -> World:
    """A child is missing since Good Friday evening."""
    world.record(source())
    world.record(told("missing-episode-started", MISSING, type="M"), at=MISSING)
    return world


def test_weekends_and_bank_holidays_are_one_shade() -> None:
    """Nothing is counted over Easter; what lies beyond the calendar has its weekends."""
    beyond = Span(date(2150, 1, 2), date(2150, 1, 6))

    assert list(shades(EASTER, working_days())) == [(80.0, 320.0)]
    assert list(shades(beyond, working_days())) == [(160.0, 320.0)]


def test_days_are_named_where_there_is_room() -> None:
    """Every day of a short picture, every second of a longer, and Mondays of a long one."""
    long = Span(date(2026, 3, 3), date(2026, 7, 1))
    named = [list(ticks(span)) for span in (Span(date(2026, 4, 2), date(2026, 4, 4)), EASTER, long)]

    assert [[tick.x for tick in some] for some in named[:2]] == [
        [0.0, 320.0],
        [0.0, 160.0, 320.0, 480.0],
    ]
    assert {tick.on.weekday() for tick in named[2]} == {0}
    assert all(b.x - a.x > 60 for a, b in zip(named[2], named[2][1:], strict=False))


def test_a_running_clock_is_allowed_up_to_now_and_has_time_left(missing: World) -> None:
    """Three days from Friday evening: after one of them a third is spent."""
    (one,) = [
        one for one in drawn(missing, "Sat 4 Apr 2026 18:00").bars
        if one.one.clock.timescale.id == "missing-strategy-72h"
    ]  # fmt: skip

    assert one.left == pytest.approx(2 * one.allowed, abs=0.3)
    assert (one.late, one.stopped) == (0.0, None)
    assert one.due == pytest.approx(one.x + 3 * one.allowed, abs=0.3)


def test_a_late_clock_has_a_late_part_that_ends_now(missing: World) -> None:
    """Due on Monday evening; on Tuesday evening a day of four is late."""
    picture = drawn(missing, "Tue 7 Apr 2026 18:00")
    one = next(one for one in picture.bars if one.one.verdict is Verdict.BREACHED)

    assert one.late == pytest.approx(one.allowed / 3, abs=0.3)
    assert one.x + one.allowed + one.late == pytest.approx(picture.now, abs=0.2)
    assert len(one.warned) > 0
    assert all(one.x <= at <= one.x + one.allowed + one.late for at in one.warned)


def test_a_clock_that_stopped_ends_at_its_stop(missing: World) -> None:
    """Nothing is left after it, and the circle stands where the bar ends."""
    held = told(
        "strategy-meeting-held", "Sun 5 Apr 2026 18:00", missing_episode_refs=["missing_episode-1"]
    )
    missing.record(held, at="Sun 5 Apr 2026 18:00")
    one = next(
        b for b in drawn(missing, "Tue 7 Apr 2026 18:00").bars if b.one.verdict is Verdict.MET
    )

    assert (one.left, one.late) == (0.0, 0.0)
    assert one.stopped == pytest.approx(one.x + one.allowed, abs=0.2)


def test_a_picture_has_at_most_120_days(missing: World) -> None:
    """What ended before them is counted, not drawn."""
    held = told(
        "strategy-meeting-held", "Sun 5 Apr 2026 18:00", missing_episode_refs=["missing_episode-1"]
    )
    missing.record(held, at="Sun 5 Apr 2026 18:00")
    back = told("missing-episode-ended", "Sun 5 Apr 2026 19:00")
    missing.record(back, at="Sun 5 Apr 2026 19:00")
    picture = drawn(missing, "Tue 1 Dec 2026 09:00")

    assert picture.span.last - picture.span.first == timedelta(days=120)
    assert picture.left_out >= 1
    assert all(0 <= bar.x <= bar.x + bar.allowed + bar.late <= WIDTH + 0.2 for bar in picture.bars)


def test_a_child_without_clocks_has_no_picture() -> None:
    """An empty drawing would look like good news."""
    assert clocks_drawn((), working_days(), moment(MISSING)) is None


def test_episodes_are_bars_and_interviews_are_words_with_room() -> None:
    """An episode that has not ended runs to now; two words at one place stand in two rows."""
    facts = standing(
        recorded(
            told("missing-episode-started", "Wed 1 Apr 2026 12:00", type="M", identity="1"),
            told("missing-episode-ended", "Thu 2 Apr 2026 12:00", identity="2"),
            told("return-interview-offered", "Fri 3 Apr 2026 10:00", identity="3"),
            told("return-interview-declined", "Fri 3 Apr 2026 11:00", identity="4"),
            told(
                "missing-episode-started", "Sun 5 Apr 2026 12:00", type="M", identity="5",
                missing_episode_ref="second",
            ),
        )
    )  # fmt: skip
    now = moment("Mon 6 Apr 2026 12:00")
    line = missing_drawn(facts, now)
    assert line is not None
    first, second = line.episodes

    assert (first.width, second.width) == (
        pytest.approx(91.4, abs=0.2),
        pytest.approx(91.4, abs=0.2),
    )
    assert (first.ended is None, second.ended is None) == (False, True)
    assert [(mark.word, mark.row) for mark in line.marks] == [("offered", 0), ("declined", 1)]
    assert line.rows == 2
    assert london_date(now) < line.span.last
    assert missing_drawn(facts, moment("Tue 31 Mar 2026 12:00")) is None


def test_columns_begin_at_zero_and_a_hidden_one_says_nothing_of_its_height() -> None:
    """All timescales share one scale; what is withheld has no height at all."""
    weeks = (date(2026, 3, 30), date(2026, 4, 6))
    grid = ((12, 6, 18), (HIDDEN, WITHHELD, WITHHELD), (WITHHELD, WITHHELD, 30))
    first, second = weeks_drawn(LateByWeek(weeks, ("a", "b"), grid))

    assert [one.height for one in first.columns] == [60.0, 30.0]
    assert [one.y + one.height for one in (*first.columns, *second.columns)] == [94.0] * 4
    assert [one.height for one in second.columns] == [25.0, 0.0]
