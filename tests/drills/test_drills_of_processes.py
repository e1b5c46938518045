"""Short runs of the drills that hurt running processes: killed, doubled, fed with poison, without a disk."""

from drills import disk_full, kill_processes, poison, two_of_each
from tests.drills.side_by_side import with_control


def test_killed_processes_lose_and_double_nothing() -> None:
    """Three kills under a load of facts; a case system that believes its own sending loses some."""
    found, control = with_control(kill_processes.drill, 3, 1)

    assert found.passed, found.sentence
    assert found.figures["acknowledged"] == found.figures["tried"] > 3
    assert not control.passed
    assert control.figures["lost"] > 0
    assert control.figures["missed"] == 0


def test_one_of_each_killed_and_the_other_takes_over() -> None:
    """Four kills on PostgreSQL, two take-overs within ten seconds; a forged lease lets two work at once.

    Every process connects as one of the two roles of production, so its whole work is within their rights.
    """
    found = two_of_each.drill(1)  # alone: another must be at work within ten seconds
    control = two_of_each.drill(1, control=True)

    assert found.passed, found.sentence
    assert found.figures["acknowledged"] == found.figures["tried"] > 3
    assert 0 < found.figures["slowest_takeover_s"] <= two_of_each.TAKEN_OVER_WITHIN
    assert found.figures["two_at_work"] == found.figures["as_the_owner"] == 0
    assert not control.passed
    assert control.figures["two_at_work"] > 0


def test_poison_is_refused_and_all_others_go_on() -> None:
    """Two dozen bodies and five rows of a newer release; a follower that stops at one misses the rest."""
    found, control = with_control(poison.drill, 1, 1)

    assert found.passed, found.sentence
    assert found.figures["acknowledged"] == 23
    assert found.figures["put_aside"] == 5
    assert not control.passed
    assert control.figures["missed"] > 0


def test_a_full_disk_is_said_and_heals() -> None:
    """In each way twenty posts are answered 503 and not stored; who believes any answer loses them."""
    found, control = with_control(disk_full.drill, 1, 1)

    assert found.passed, found.sentence
    assert found.figures["answered_503"] == 20 * found.figures["ways"]
    assert not control.passed
    assert control.figures["lost"] > 0
