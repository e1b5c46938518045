"""Where the marks of a picture stand, to the number."""

from datetime import date, timedelta

import pytest

from domain.calendar import london_date
from domain.clocks import Verdict
from domain.event import Recorded
from domain.standing import standing
from projections.drawing import (
    WIDTH,
    Bar,
    Picture,
    Span,
    clocks_drawn,
    missing_drawn,
    shades,
    ticks,
    triangles,
    weeks_drawn,
)
from projections.history import history, judged
from projections.late_by_week import HIDDEN, WITHHELD, LateByWeek
from projections.warned import Warned
from tests.histories import CHILD, moment, of_authority, person, source, told, working_days
from tests.histories import history as recorded
from tests.projections.world import MANAGERS, World

MISSING = "Fri 3 Apr 2026 18:00"
STRATEGY = "missing-strategy-72h"
EASTER = Span(date(2026, 4, 2), date(2026, 4, 10))


def drawn(world: World, now: str, known_at: str = "") -> Picture:
    """The picture of the one child at a moment, as it is known or was."""
    known = moment(known_at) if known_at else None
    authority = world.authority()
    replay = history(world.log, world.stream(CHILD), authority=authority, known_at=known)
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
    missing.record(*map(person, MANAGERS))
    missing.run_engine(CHILD, "Tue 7 Apr 2026 18:00")
    picture = drawn(missing, "Tue 7 Apr 2026 18:00")
    one = next(one for one in picture.bars if one.one.verdict is Verdict.BREACHED)

    assert one.late == pytest.approx(one.allowed / 3, abs=0.3)
    assert one.x + one.allowed + one.late == pytest.approx(picture.now, abs=0.2)
    assert len(one.warned) > 0
    assert all(one.x <= mark.x <= one.x + one.allowed + one.late for mark in one.warned)


def strategy(picture: Picture) -> Bar:
    """The bar of the strategy meeting."""
    (one,) = [one for one in picture.bars if one.one.clock.timescale.id == STRATEGY]
    return one


def meeting(at: str) -> Recorded:
    """The strategy meeting of the episode is held."""
    return told("strategy-meeting-held", at, missing_episode_refs=["missing_episode-1"])


def test_a_clock_that_stopped_before_its_warnings_has_none(missing: World) -> None:
    """Whatever instants were planned for them: nothing was recorded, and nothing is drawn."""
    held = "Sat 4 Apr 2026 10:00"
    missing.record(*map(person, MANAGERS))
    missing.record(meeting(held), at=held)
    missing.run_engine(CHILD, "Tue 7 Apr 2026 18:00")
    one = strategy(drawn(missing, "Tue 7 Apr 2026 18:00"))

    assert len(one.one.clock.warnings) > 0
    assert (one.one.warned, one.warned) == ((), ())


def test_a_warning_in_shadow_is_recorded_and_nobody_is_told(missing: World) -> None:
    """Its mark stands where it was recorded, and says that it reached nobody."""
    missing.record(*map(person, MANAGERS))
    off = of_authority("telling-switched-off", "Fri 3 Apr 2026 19:00", timescale=STRATEGY)
    missing.record(off, at="Fri 3 Apr 2026 19:00")
    missing.run_engine(CHILD, "Tue 7 Apr 2026 18:00")
    one = strategy(drawn(missing, "Tue 7 Apr 2026 18:00"))

    assert [given.at for given in one.one.warned] == list(one.one.clock.warnings)
    assert [given.tellings for given in one.one.warned] == [()] * len(one.warned)
    assert {mark.told for mark in one.warned} == {False}


def test_a_warning_recorded_late_stands_where_it_was_recorded(world: World) -> None:
    """What starts the clock was told on the last day: nobody could have been warned before."""
    known = "Mon 6 Apr 2026 13:00"
    world.record(source(), *map(person, MANAGERS))
    world.record(told("missing-episode-started", MISSING, type="M"), at=known)
    world.run_engine(CHILD, "Mon 6 Apr 2026 14:00")
    picture = drawn(world, "Mon 6 Apr 2026 14:00")
    one = strategy(picture)

    assert max(one.one.clock.warnings) < moment(known)
    assert len(one.warned) > 0
    assert {given.at for given in one.one.warned} == {moment(known)}
    assert {mark.x for mark in one.warned} == {picture.span.at(moment(known))}


def test_a_warning_is_drawn_as_far_as_was_known(missing: World) -> None:
    """Of the next morning's warnings the evening before knows nothing; other days show none."""
    missing.record(*map(person, MANAGERS))
    missing.run_engine(CHILD, "Tue 7 Apr 2026 18:00")
    now = strategy(drawn(missing, "Tue 7 Apr 2026 18:00")).one
    first, *later = now.warned
    then = strategy(drawn(missing, "Tue 7 Apr 2026 18:00", "Sat 4 Apr 2026 19:00")).one.warned

    assert [given.at for given in then] == [first.at]
    assert len(later) > 0
    assert list(triangles(now, Span(date(2026, 5, 1), date(2026, 5, 2)))) == []


def test_whom_no_message_reached_is_named_until_one_does(missing: World) -> None:
    """A second message that arrives makes up for the first that did not."""
    missing.record(*map(person, MANAGERS))
    missing.run_engine(CHILD, "Sat 4 Apr 2026 19:00")
    one = strategy(drawn(missing, "Sat 4 Apr 2026 19:00"))
    (given,) = one.one.warned
    (event, at), *_ = given.tellings
    failed = (event.model_copy(update={"delivered": False}), at)

    assert [mark.told for mark in one.warned] == [True]
    assert Warned(given.at, (failed,)).missed == (failed,)
    assert Warned(given.at, (failed,)).reached == ()
    assert Warned(given.at, (failed, (event, at))).missed == ()


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

    assert first.width == pytest.approx(91.4, abs=0.2)
    assert second.width == pytest.approx(91.4, abs=0.2)
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
    assert [one.y + one.height for one in (*first.columns, *second.columns)] == [100.0] * 4
    assert [one.height for one in second.columns] == [25.0, 0.0]
