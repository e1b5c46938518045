"""What is still to be done, for those who see to it that it is."""

from datetime import timedelta

import pytest

from domain.child_episode import outstanding, perform
from projections.anomalies import listed
from projections.digest import due
from projections.outstanding import authorities, fallen_due, open_streams, open_tellings, overdue
from tests.histories import CHILD, CODE, moment, person, source, told
from tests.projections.world import MANAGERS, World, of

MISSING = "Fri 3 Apr 2026 18:00"
WARNED = "Sat 4 Apr 2026 18:00"
BREAKS = "Mon 6 Apr 2026 18:00"


@pytest.fixture
def missing(world: World) -> World:
    """A child is missing since Good Friday evening, and there is somebody in every role."""
    world.record(source(), *(person(role) for role in MANAGERS))
    world.record(told("missing-episode-started", MISSING, type="M"), at=MISSING)
    world.take_in()
    return world


def test_a_child_waits_for_its_next_stage(missing: World) -> None:
    """The earliest instant at which something must be done, and from when it is overdue."""
    stream, at = missing.stream(CHILD), moment(WARNED)

    assert open_streams(missing.views, CODE) == ((stream, at),)
    assert open_streams(missing.views, "999") == ()
    assert overdue(missing.views, at) == ()
    assert overdue(missing.views, at + timedelta(seconds=1)) == ((CODE, stream, at),)
    assert authorities(missing.views) == (CODE,)


def test_who_has_come_to_a_stage_is_known_whatever_letters_wait(missing: World) -> None:
    """The warning is recorded, nobody was told of it yet, and the breach is found at its own instant."""
    stream, first, breaks = missing.stream(CHILD), moment(WARNED), moment(BREAKS)
    before = fallen_due(missing.views, CODE, first - timedelta(seconds=1))
    warned = fallen_due(missing.views, CODE, first)
    episode, authority = missing.episode(CHILD), missing.authority()
    missing.now = first
    missing.log.save(
        episode, perform(episode, authority, outstanding(episode, authority)[0], first)
    )
    missing.take_in()

    assert (before, warned) == ({}, {stream: first})
    assert overdue(missing.views, first + timedelta(hours=1)) == ((CODE, stream, first),)
    assert fallen_due(missing.views, CODE, first + timedelta(hours=1)) == {}
    assert fallen_due(missing.views, CODE, breaks)[stream] <= breaks
    assert fallen_due(missing.views, "999", breaks) == {}


def test_a_child_with_nothing_to_be_done_waits_for_nothing(missing: World) -> None:
    """Once everything has ended and been told, nobody need look at the child."""
    missing.record(told("case-transferred", "Fri 3 Apr 2026"), at="Fri 3 Apr 2026 21:00")
    missing.take_in()

    assert open_streams(missing.views, CODE) == ()


def test_an_open_ladder_waits_for_its_next_rung(missing: World) -> None:
    """After the breach nothing is left of the clock, and the rung that nobody answers is told again."""
    missing.run_engine(CHILD, BREAKS)
    missing.take_in()
    (ladder,) = open_tellings(missing.views, CODE)

    assert ladder.stream == missing.stream(CHILD)
    assert ladder.next_at == moment("Tue 7 Apr 2026 02:00")
    assert open_streams(missing.views, CODE) == ((ladder.stream, ladder.next_at),)


def test_the_digest_is_owed_and_nobody_s_delay(world: World) -> None:
    """What waits for eight in the morning keeps the child open, and is never overdue."""
    world.record(source(), *(person(role) for role in MANAGERS))
    world.record(told("section-47-started", "Mon 13 Apr 2026"), at="Mon 13 Apr 2026 17:00")
    first = world.now
    for days in range(1, 30):
        world.run_engine(CHILD, first + timedelta(days=days))
        world.take_in()
        if items := due(world.views, CODE, world.now + timedelta(days=4)):
            break
    item = items[0]

    assert item.at.astimezone().tzinfo is not None
    assert due(world.views, CODE, item.at - timedelta(seconds=1)) == ()
    assert due(world.views, "999", item.at) == ()
    assert item.role == "team_manager"
    assert (item.stream, item.team) == (world.stream(CHILD), None)
    assert item.step.endswith(f"told/{item.rung}/{item.person}/digest/0")
    assert item.stream in dict(open_streams(world.views, CODE))
    assert item.stream not in {one.stream for one in overdue(world.views, item.at)}


def test_anomalies_are_listed_the_latest_first(world: World) -> None:
    """What surprises is found with its child, and again when the board is asked."""
    world.record(source())
    world.record(of("a", told("missing-episode-ended", MISSING)), at="Wed 1 Apr 2026 09:00")
    world.record(of("b", told("missing-episode-ended", MISSING)), at="Thu 2 Apr 2026 09:00")
    world.take_in()
    found = [one for one in listed(world.views, CODE) if one.kind == "dated in the future"]

    assert [one.reference for one in found] == ["b", "a"]
    assert found[0].sentence == "Missing episode ended is dated after it was recorded."
    assert found[0].recorded_at == moment("Thu 2 Apr 2026 09:00")
    assert found[0].stream == world.stream("b")
    assert found[0].event_id == world.episode("b").history[0].event_id
