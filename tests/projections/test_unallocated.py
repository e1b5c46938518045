"""The queue of clocks that are nobody's."""

import pytest

from projections.unallocated import unallocated
from tests.histories import moment, person, source, told
from tests.projections.world import MANAGERS, World

MISSING = "Fri 3 Apr 2026 18:00"
GONE = told("missing-episode-started", MISSING, type="M")
MET = told(
    "strategy-meeting-held", "Tue 7 Apr 2026 09:00", missing_episode_refs=("missing_episode-1",)
)


@pytest.fixture
def alone(world: World) -> World:
    """A child is missing, and nobody manages the return interviews until after Easter."""
    later = person("return_interview_team_manager", "mia", from_on="2026-04-07")
    others = [person(role) for role in MANAGERS if role != "return_interview_team_manager"]
    world.record(source(), *others, later)
    world.record(GONE, at=MISSING)
    world.take_in()
    return world


def queue(world: World, at: str) -> list[tuple[str, str, str]]:
    """What waits at a moment, and why."""
    found = unallocated(world.views, world.authority(), moment(at))
    return [(one.row.timescale, one.why, one.role) for one in found.waiting]


def test_what_nobody_holds_waits_until_somebody_begins(alone: World) -> None:
    """By date alone: nothing is recorded on the day on which the manager begins."""
    found = unallocated(alone.views, alone.authority(), moment(MISSING))

    assert ("missing-strategy-72h", "nobody", "return_interview_team_manager") in queue(
        alone, MISSING
    )
    assert found.keepers == ("head_of_service",)
    assert found.waiting[0].since == moment(MISSING)
    assert queue(alone, "Tue 7 Apr 2026 00:00") == []


def test_a_new_name_on_the_queue_and_a_new_manager_are_known_at_once(alone: World) -> None:
    """Facts about people refresh the rows of every child with a clock that runs."""
    alone.record(person("unallocated_queue", "kim"), at="Sat 4 Apr 2026 09:00")
    alone.record(person("return_interview_team_manager", "ann"))
    alone.take_in()
    found = unallocated(alone.views, alone.authority(), moment("Sat 4 Apr 2026 09:00"))

    assert (found.keepers, found.waiting) == (("kim",), ())
