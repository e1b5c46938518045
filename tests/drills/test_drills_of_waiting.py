"""Short runs of the drills of waiting and telling: a wiped Temporal, jumping clocks, a bad relay."""

from drills import clock_jumps, smtp, wipe_temporal
from tests.drills.side_by_side import with_control


def test_a_wiped_temporal_is_made_again_from_the_log() -> None:
    """Six overdue, three with time left and an open ladder; where nothing is rebuilt all six are missed."""
    found, control = with_control(wipe_temporal.drill, 6, 2)

    assert found.passed, found.sentence
    assert found.figures["tried"] == 10
    assert found.figures["rebuilt"] >= 6
    assert not control.passed
    assert control.figures["missed"] >= 2


def test_clocks_that_jump_make_no_breach_early_and_miss_none() -> None:
    """Eight clocks under five jumps, days on and hours back; who believes that clock is early."""
    found, control = with_control(clock_jumps.drill, 8, 4)

    assert found.passed, found.sentence
    assert found.figures["tried"] == 8
    assert not control.passed
    assert control.figures["early"] > 0


def test_a_relay_that_refuses_and_dies_still_tells_every_rung() -> None:
    """Six wrong answers, five of them in so many words; a name for each attempt doubles letters."""
    found, control = with_control(smtp.drill, 6, 3)

    assert found.passed, found.sentence
    assert found.figures["answered_wrongly"] == 5  # the slow one is right in the end
    assert not control.passed
    assert control.figures["doubled"] > 0
