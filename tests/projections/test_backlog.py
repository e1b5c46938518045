"""What is late and told to nobody: nothing where nobody decided so, else by team with when it is told."""

import pytest

from projections.backlog import backlog, by_team
from tests.histories import day, moment, of_authority, source, told
from tests.projections.world import World

GONE = told("missing-episode-started", "Tue 10 Mar 2026 09:00", type="M")
NORTH = told("case-allocated", "Mon 9 Mar 2026 10:00", team_ref="north", worker_ref="w")
RULE = "missing-strategy-72h"
LATE = moment("Mon 16 Mar 2026 09:00")


@pytest.fixture
def late(world: World) -> World:
    """The meeting about a missing child of the north team is late."""
    world.record(source(), NORTH, GONE, at="Tue 10 Mar 2026 10:00")
    world.take_in()
    return world


def test_where_nobody_decided_anything_there_is_no_backlog(late: World) -> None:
    """Everybody is told: what is late stands on the board, not on a list of what waits."""
    assert backlog(late.views, late.authority(), LATE) == ()


def test_what_is_late_in_shadow_waits_and_then_for_the_amnesty(late: World) -> None:
    """In the team's list only, first without and then with the day from which it is told."""
    late.record(
        of_authority("telling-switched-off", "Mon 9 Mar 2026 09:00"), at="Mon 9 Mar 2026 09:00"
    )
    shadow = backlog(late.views, late.authority(), LATE, "north")
    late.record(
        of_authority(
            "telling-switched-on", "Mon 16 Mar 2026 08:00", amnesty_to=day("Fri 27 Mar 2026")
        ),
        at="Mon 16 Mar 2026 08:00",
    )
    amnesty = backlog(late.views, late.authority(), LATE, "north")
    waiting = {one.row.timescale: (one.in_shadow, one.told_from) for one in shadow}
    told_from = {one.row.timescale: (one.in_shadow, one.told_from) for one in amnesty}

    assert waiting[RULE] == (True, None)
    assert told_from[RULE] == (False, moment("Sat 28 Mar 2026 00:00"))
    assert by_team(shadow) == {"north": len(shadow)}
    assert backlog(late.views, late.authority(), LATE, "south") == ()
    after = moment("Sat 28 Mar 2026 00:00")
    assert RULE not in {
        one.row.timescale for one in backlog(late.views, late.authority(), after, "north")
    }
