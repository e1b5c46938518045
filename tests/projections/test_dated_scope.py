"""What a scope about certain days opens of the board's rows, asked of both stores."""

from datetime import date

import pytest

from domain.access_rules import Action as Doing
from domain.audit_period import Period
from domain.permission import Asker, Post, Scope, Visible, visible
from projections.board import counts, rows
from projections.instants import written
from projections.permitted import children_seen, clocks_seen
from tests.histories import CHILD, CODE, moment, person, source, told
from tests.projections.world import World

MISSING = "Fri 3 Apr 2026 18:00"
FOUND = "Sat 4 Apr 2026 09:00"
NOW = "Tue 7 Apr 2026 09:00"
MEETING = "missing-strategy-72h"
"""It ran from the day they went missing to the day they came back, and would have fallen due on the 6th."""
DAYS = [date(2026, 4, day) for day in range(1, 31)]


@pytest.fixture
def returned(world: World) -> World:
    """A child went missing on Good Friday, came back on Saturday, and nobody has asked them why."""
    world.record(source(), person("team_manager"))
    world.record(told("missing-episode-started", MISSING, type="M"), at=MISSING)
    world.record(told("missing-episode-ended", FOUND), at=FOUND)
    world.now = moment(NOW)
    world.take_in()
    return world


def seen_by(world: World, first: date | None, last: date | None, *more: Scope) -> Visible:
    """What an auditor sees whose scope of the child is about these days."""
    end = moment("Fri 1 May 2026 00:00")
    period = Period(first, last) if first or last else None
    scope = Scope(CODE, frozenset({world.stream(CHILD).hex}), "audit", end, period)
    asker = Asker("Q", (Post(CODE, "auditor", None),), scopes=(scope, *more))
    return visible(asker, Doing.SEE, "list", "audit", moment(NOW))


def clocks(world: World, seen: Visible) -> set[str]:
    """The timescales of the clocks that may be seen."""
    found = clocks_seen(world.views, CODE, seen, written(moment(NOW)))
    return {clock.partition(".")[0] for _, clock in found}


def test_the_clocks_of_the_days_are_seen_and_no_others(returned: World) -> None:
    """One that ended and was due before the first day is left out; those that run on it are there."""
    every = clocks(returned, seen_by(returned, None, None))
    ran = clocks(returned, seen_by(returned, DAYS[3], DAYS[29]))
    due = clocks(returned, seen_by(returned, DAYS[5], DAYS[29]))
    after = clocks(returned, seen_by(returned, DAYS[6], DAYS[29]))

    assert ran == due == every
    assert MEETING in every
    assert after == every - {MEETING}
    assert after != set()


def test_rows_and_counts_are_kept_to_the_days(returned: World) -> None:
    """The list, its total and the counts ask the same; a child with nothing in the days is not there."""
    now = moment(NOW)
    inside, before = seen_by(returned, DAYS[6], None), seen_by(returned, None, DAYS[1])
    listed, total = rows(returned.views, CODE, now, visible=inside)
    counted = counts(returned.views, CODE, now, visible=inside)

    assert {row.timescale for row in listed} == clocks(returned, inside)
    assert total == len(listed) == counted["open"]
    assert rows(returned.views, CODE, now, visible=before) == ((), 0)
    assert counts(returned.views, CODE, now, visible=before)["open"] == 0


def test_days_that_are_over_open_nothing_of_today(returned: World) -> None:
    """Neither a clock nor the child; while its last day lasts, both."""
    at = written(moment(NOW))
    last, over = seen_by(returned, None, DAYS[6]), seen_by(returned, None, DAYS[5])

    assert clocks(returned, last) != set()
    assert [*children_seen(returned.views, CODE, last, at)] == [returned.stream(CHILD)]
    assert clocks(returned, over) == set()
    assert [*children_seen(returned.views, CODE, over, at)] == []


def test_a_scope_without_days_lifts_the_limit_of_another(returned: World) -> None:
    """Whatever of the two is asked first."""
    whole = Scope(
        CODE, frozenset({returned.stream(CHILD).hex}), "audit", moment("Fri 1 May 2026 00:00")
    )

    assert clocks(returned, seen_by(returned, DAYS[4], None, whole)) == clocks(
        returned, seen_by(returned, None, None)
    )
