"""Who would be told of what is late while its rule is in shadow, and how near the tracker is day by day."""

from dataclasses import replace
from datetime import date

from projections.backlog import backlog
from projections.going_live import compared_by_day, would_be_told
from tests.histories import CODE, of_authority, person, source, told
from tests.projections.world import World

RULE = "missing-strategy-72h"


def test_the_first_rung_of_a_breach_is_named_with_whoever_stands_on_it(world: World) -> None:
    """Nobody where the role is empty, and no role where the rules in force do not know the timescale."""
    world.record(source(), of_authority("telling-switched-off", "Mon 2 Mar 2026 09:00"))
    world.record(told("missing-episode-started", "Tue 10 Mar 2026 09:00", type="M"))
    world.now = told("missing-episode-started", "Mon 16 Mar 2026 09:00", type="M").recorded_at
    world.take_in()
    (late,) = [
        one
        for one in backlog(world.views, world.authority(), world.now)
        if one.row.timescale == RULE
    ]
    gone = replace(late, row=replace(late.row, timescale="no-longer-in-force"))
    empty, unknown = would_be_told((late, gone), world.authority(), world.now)
    world.record(person("head_of_service"))
    (held,) = would_be_told((late,), world.authority(), world.now)

    assert (empty.role, empty.people) == ("head_of_service", ())
    assert (unknown.role, unknown.people) == ("", ())
    assert (held.role, len(held.people)) == ("head_of_service", 1)


def test_the_last_word_of_a_day_counts(world: World) -> None:
    """Days stand in order, whichever was told first."""
    counts = {"due_differs": 0, "done_differs": 0, "only_tracker": 0, "only_daymark": 0}
    for minute, (on, both) in enumerate((("2026-03-03", 1), ("2026-03-02", 2), ("2026-03-03", 3))):
        said = of_authority(
            "tracker-compared", f"Tue 3 Mar 2026 09:0{minute}", compared_on=on, both=both, **counts
        )
        world.record(said)
    history = world.log.history(world.stream(CODE))

    assert [(on, said.both) for on, said in compared_by_day(history)] == [
        (date(2026, 3, 2), 2),
        (date(2026, 3, 3), 3),
    ]
