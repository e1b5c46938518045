"""What ran late by week, and what of it may be published."""

from collections import Counter
from datetime import date
from itertools import product

import pytest

from projections.late_by_week import (
    HIDDEN,
    WITHHELD,
    LateByWeek,
    late_by_week,
    publishable,
    summed,
)
from tests.histories import CODE, moment, source, told
from tests.projections.world import World

WEEKS = (date(2026, 3, 30), date(2026, 4, 6))


def table(*lines: tuple[int, int]) -> LateByWeek:
    """A table of two weeks with these counts."""
    counted = Counter(
        {
            (f"t{n}", week): c
            for n, line in enumerate(lines)
            for week, c in zip(WEEKS, line, strict=True)
        }
    )
    return summed(WEEKS, counted)


def test_a_clock_counts_in_the_week_in_which_it_ran_out(world: World) -> None:
    """Due on Easter Monday: late in that week, and in none before it was due."""
    at = "Fri 3 Apr 2026 18:00"
    world.record(source())
    world.record(told("missing-episode-started", at, type="M"), at=at)
    world.take_in()
    now = moment("Tue 7 Apr 2026 18:00")
    found = late_by_week(world.views, CODE, now, weeks=2, timescale="missing-strategy-72h")
    before = late_by_week(world.views, CODE, moment("Sat 4 Apr 2026 18:00"), weeks=1)
    elsewhere = late_by_week(world.views, CODE, now, weeks=2, team="north")

    assert (found.weeks, found.grid) == (WEEKS, ((0, 1, 1), (0, 1, 1)))
    assert (before.grid, before.timescales) == (((0, 0),), ())
    assert elsewhere.total == 0
    assert late_by_week(world.views, CODE, moment("Mon 4 May 2026 09:00"), weeks=1).total == 0


def test_small_counts_are_hidden_and_what_would_give_them_away() -> None:
    """One small count in a line takes another with it; large ones elsewhere stay."""
    told_of = publishable(table((3, 20), (40, 50)))

    assert told_of.grid[0][0] == HIDDEN
    assert WITHHELD in {count for line in told_of.grid for count in line}
    for line in [*told_of.grid, *zip(*told_of.grid, strict=True)]:
        hidden = [count for count in line if count < 0]
        assert len(hidden) != 1


def test_nothing_small_leaves_everything_shown() -> None:
    """A table without small counts is published as it is; zero points at nobody."""
    whole = table((0, 20), (40, 50))

    assert publishable(whole) == whole


@pytest.mark.parametrize("seed", list(product((0, 1, 5, 6, 30), repeat=4)))
def test_no_small_count_follows_from_one_sum(seed: tuple[int, int, int, int]) -> None:
    """Whatever the counts: no line and no column leaves only one number for a hidden one."""
    whole = table((seed[0], seed[1]), (seed[2], seed[3]))
    shown = publishable(whole)

    assert not any(0 < count <= 5 for line in shown.grid for count in line)
    for truth, line in [
        *zip(whole.grid, shown.grid, strict=True),
        *zip(zip(*whole.grid, strict=True), zip(*shown.grid, strict=True), strict=True),
    ]:
        parts = [n for n, count in enumerate(line[:-1]) if count < 0]
        if parts and line[-1] >= 0:
            rest = line[-1] - sum(count for count in line[:-1] if count >= 0)
            ranges = [range(1, 6) if line[n] == HIDDEN else range(rest + 1) for n in parts]
            fits = [some for some in product(*ranges) if sum(some) == rest]
            for place, n in enumerate(parts):
                assert line[n] == WITHHELD or len({some[place] for some in fits}) > 1, (truth, line)
