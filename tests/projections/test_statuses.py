"""What the board says at a moment is what the domain says at that moment."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from domain.clocks import Clock, Verdict, verdict
from projections.board import ENDED, HISTORY, counts
from projections.instants import written
from projections.statuses import has_ended, spells
from tests.histories import CODE, moment, source, told
from tests.projections.lives import live, subjects
from tests.projections.world import World
from tests.spec.judging import switched_on

INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize("number", range(6))
def test_the_board_and_the_domain_agree_on_every_clock_at_every_moment(
    tmp_path: Path, number: int
) -> None:
    """Over made-up lives, whatever the moment: the same clocks with the same verdicts."""
    world = World(tmp_path)
    live(world, number, engine=number % 2 == 0)
    world.take_in()
    found = every_clock(world)
    moments = [at for clock in found for at in turning(clock) if at >= world.now]
    chosen = Random(number).sample(moments, min(60, len(moments)))  # noqa: S311
    for now in chosen:
        expected = {clock.key: (verdict(clock, now), has_ended(clock, now)) for clock in found}

        assert said(world, now) == expected
        assert tallied(world, now) == {
            status: count
            for status, count in Counter(
                one for one, ended in expected.values() if ended == (one in ENDED)
            ).items()
            if count
        }
    world.close()


def every_clock(world: World) -> list[Clock]:
    """The clocks of every child, as the domain works them out."""
    authority = world.authority()
    return [one for child in subjects(world) for one in world.episode(child).clocks(authority)]


def turning(clock: Clock) -> Iterator[datetime]:
    """The instants at which something may change, and the last before each."""
    points = [clock.due_at, clock.latest_due_at, *clock.warnings]
    points += [clock.breaks_at] if clock.breaks_at else []
    points += [clock.stop.earliest] if clock.stop else []
    for at in points:
        yield at - INSTANT
        yield at


def said(world: World, now: datetime) -> dict[str, tuple[Verdict, bool]]:
    """What the board's rows say of every clock."""
    with world.views.reading() as cursor:
        found = cursor.execute(
            "SELECT clock, status, ended FROM board_status WHERE from_at <= ? AND to_at > ?",
            [written(now), written(now)],
        )
    return {row["clock"]: (Verdict(row["status"]), bool(row["ended"])) for row in found}


def tallied(world: World, now: datetime) -> dict[Verdict, int]:
    """How many clocks the board counts at each verdict, history among the late."""
    counted = dict(counts(world.views, CODE, now))
    counted[Verdict.BREACHED] += counted[HISTORY]
    return {status: counted[status] for status in Verdict if counted[status]}


def test_spells_follow_one_another_without_gap(tmp_path: Path) -> None:
    """From the last recording on exactly one thing can be said of a clock, for ever."""
    world = World(tmp_path)
    live(world, 7)
    for clock in every_clock(world):
        found = spells(clock, world.now)

        assert found[0].from_at == world.now
        assert [one.to_at for one in found[:-1]] == [one.from_at for one in found[1:]]
        assert found[-1].to_at is None
        assert all(one[:2] != other[:2] for one, other in pairwise(found))
    world.close()


def test_a_held_clock_stands_still_until_it_runs_on(tmp_path: Path) -> None:
    """From the hour in which it is held to the hour in which it runs on, recorded ahead or not."""
    rule = "assessment-45wd"
    world = World(tmp_path, policy=switched_on(rule, "service_manager"))
    said = {"timescale": rule, "duty_ref": "referral-1", "decided_by_role": "service_manager"}
    world.record(
        source(),
        told("referral-received", "Mon 7 Mar 2016 10:00"),
        told("clock-suspended", "Mon 14 Mar 2016 12:00", reason="child-in-hospital", **said),
        told("clock-resumed", "Mon 4 Apr 2016 09:00", reason="reason-ended", **said),
        at="Mon 7 Mar 2016 10:00",
    )
    (clock,) = (one for one in every_clock(world) if one.timescale.id == rule)
    found = [(one.status.value, one.from_at) for one in spells(clock, world.now)]
    world.close()

    assert found[:3] == [
        ("running", moment("Mon 7 Mar 2016 10:00")),
        ("suspended", moment("Mon 14 Mar 2016 12:00")),
        ("running", moment("Mon 4 Apr 2016 09:00")),
    ]
