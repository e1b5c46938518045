"""How long plans have been open: counted at the ends of quarters by what the authority has settled."""

from typing import Any

import pytest

from domain.event import Event
from domain.permission import Condition, Grant, Visible
from domain.settling import changed, settled_by
from domain.timescales import Policy
from projections.long_plans import LongPlans, Open, answer, cells, headings, lines, long_plans
from tests.histories import CODE, moment, source, told
from tests.projections.world import World, of

NOW = "Mon 11 Apr 2016 09:00"


def plan(number: int, begun: str, ended: str = "", team: str = "") -> list[Event]:
    """The child protection plan of one of several children."""
    ref = f"P-{number}"
    facts = [told("plan-started", begun, kind="child-protection", plan_ref=ref)]
    if team:
        facts.insert(0, told("case-allocated", begun, team_ref=team))
    if ended:
        facts.append(told("plan-ended", ended, kind="child-protection", plan_ref=ref))
    return [of(f"CH-{number}", one) for one in facts]


@pytest.fixture
def planned(world: World) -> World:
    """Plans of every length: two years to the day, a day less, fifteen months to the day, and ended ones."""
    world.record(source())
    for number, (begun, *more) in enumerate(
        [
            ("Fri 11 Apr 2014", "", "north"),
            ("Sat 12 Apr 2014", "", "south"),
            ("Sun 11 Jan 2015",),
            ("Sat 10 Jan 2015",),
            ("Mon 4 Jan 2016", "Mon 11 Apr 2016"),
            ("Mon 6 Jan 2014", "Thu 31 Mar 2016"),
        ]
    ):
        world.record(*plan(number, begun, *more))
    world.record(of("CH-9", told("plan-started", "Mon 6 Jan 2014", kind="child-in-need")))
    world.take_in()
    return world


def counted(world: World, **more: Any) -> LongPlans:
    """The figure of a world."""
    return long_plans(world.views, world.authority(), moment(NOW), **more)


def test_open_plans_are_counted_with_how_long_they_have_been(planned: World) -> None:
    """More than fifteen months, and two years or more: to the day, at each end of a quarter and now."""
    found = counted(planned)

    assert [one.of for one in found.days] == [
        "2015-09-30", "2015-12-31", "2016-03-31", "2016-04-11",
    ]  # fmt: skip
    assert found.days[1] == Open("2015-12-31", plans=5, longer=3)
    assert found.days[2] == Open("2016-03-31", plans=5, longer=2)
    assert found.now == Open("2016-04-11", plans=4, longer=3, second=1)
    assert found.teams == (
        Open("", plans=2, longer=1), Open("north", 1, 1, 1), Open("south", 1, 1),
    )  # fmt: skip
    assert list(headings(found)) == [
        "Plans open", "Open for more than 15 months", "Open for 24 months or more",
    ]  # fmt: skip
    assert list(lines(found, ()))[-3] == ("no team", "2", "1", "0")
    assert list(lines(found, ()))[-2:] == [
        ("team north", "1", "1", "1"), ("team south", "1", "1", "0"),
    ]  # fmt: skip
    assert answer(found, sure=True) == (
        "4 child protection plans are open; 3 for more than 15 months, 1 for 24 months or more."
    )


def test_settling_the_second_length_changes_the_figure_and_no_clock(planned: World) -> None:
    """The authority that asks after eighteen months counts more; who is late stays as it was."""
    rule = "cp-plan-long-15m"
    before, clocks = counted(planned), planned.episode("CH-1").clocks(planned.authority())
    planned.policy = settled_by(planned.policy, {rule: {"second_threshold": 18}})
    after = counted(planned)
    judged = planned.episode("CH-1").clocks(planned.authority())

    assert (before.now.second, after.now.second) == (1, 2)
    assert after.second_length == "18 months"
    assert before.now.longer == after.now.longer
    assert [(one.key, one.due_at) for one in judged] == [(one.key, one.due_at) for one in clocks]


def test_only_the_plans_of_a_team_or_of_what_may_be_seen_are_counted(planned: World) -> None:
    """Another team's manager counts nothing of it; one plan is said as one."""
    south = Grant("own-teams", CODE, Condition("team", frozenset({"south"})))
    north = counted(planned, team="north", quarters=8)
    seen = counted(planned, visible=Visible((south,), "x"))

    assert (north.now.plans, north.now.second, len(north.days)) == (1, 1, 8)
    assert (seen.now.plans, seen.now.second) == (1, 0)
    assert answer(seen, sure=False) == (
        "1 child protection plan is open; 1 for more than 15 months, 0 for 24 months or more."
        " This cannot be relied on now."
    )


def otherwise(world: World, **changes: object) -> None:
    """The world under a pack that says something else of the rule, or of the whole."""
    kept = {name: getattr(world.policy, name) for name in Policy.model_fields}
    world.policy = Policy.model_validate(kept | changes)


def test_a_pack_that_asks_no_second_length_counts_none(planned: World) -> None:
    """What nobody asks stands in no column."""
    rules = tuple(
        changed(one, parameters=one.parameters[:1]) if one.id == "cp-plan-long-15m" else one
        for one in planned.policy.timescales
    )
    otherwise(planned, timescales=rules)
    found = counted(planned)

    assert list(headings(found)) == ["Plans open", "Open for more than 15 months"]
    assert list(cells(found, found.now)) == ["4", "3"]
    assert answer(found, sure=True) == (
        "4 child protection plans are open; 3 for more than 15 months."
    )


def test_where_the_rule_is_off_nothing_is_said_to_be_nought(world: World) -> None:
    """Nobody watches the plans then, and nobody says that there are none."""
    otherwise(world, switched={"cp-plan-long-15m": False})
    found = counted(world)

    assert answer(found, sure=True) == (
        "No plan is counted: the rule of plans open for long is switched off."
    )
    assert list(cells(found, found.now)) == ["not counted"] * 3


def test_no_plan_is_not_the_same_as_none_known(world: World) -> None:
    """Where something is doubted, nought is said of nothing."""
    found = counted(world)

    assert answer(found, sure=True).startswith("0 child protection plans are open")
    assert answer(found, sure=False) == (
        "No child protection plan is known to be open. This does not mean that none is."
    )
