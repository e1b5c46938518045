"""How much was done in time: each clock in its quarter and team, as data with its source says."""

from datetime import date

import pytest

from domain.event import Event
from domain.permission import Condition, Grant, Visible
from projections.timeliness import (
    BY_NAME,
    FIGURES,
    Share,
    cells,
    quarter_of,
    timeliness,
)
from tests.histories import CODE, england, moment, source, told
from tests.projections.world import World, of

NOW = moment("Mon 11 Apr 2016 09:00")


def enquiry(number: int, begun: str, held: str, team: str | None) -> list[Event]:
    """An enquiry of one of several children that leads to a conference."""
    child = f"CH-{number}"
    facts = [
        told("section-47-started", begun),
        told("conference-held", held, kind="initial", enquiry_ref="enquiry-1"),
    ]
    if team:
        facts.insert(0, told("case-allocated", begun, team_ref=team))
    return [of(child, one) for one in facts]


@pytest.fixture
def held(world: World) -> World:
    """Three conferences of this winter, one of them late, and one of the summer before last."""
    world.record(source())
    for number, (begun, day, team) in enumerate(
        [
            ("Mon 4 Jan 2016", "Fri 15 Jan 2016", "north"),
            ("Mon 4 Jan 2016", "Mon 15 Feb 2016", "north"),
            ("Mon 1 Feb 2016", "Fri 12 Feb 2016", None),
            ("Mon 2 Jun 2014", "Fri 13 Jun 2014", "south"),
        ]
    ):
        world.record(*enquiry(number, begun, day, team))
    world.take_in()
    return world


def test_a_conference_counts_in_the_quarter_in_which_it_was_held(held: World) -> None:
    """Two of three in time from January to March, none since, and none of two years ago."""
    found = timeliness(held.views, CODE, NOW, BY_NAME["conferences"], quarters=4)

    assert [one.of for one in found.quarters] == [
        "2015-07-01", "2015-10-01", "2016-01-01", "2016-04-01",
    ]  # fmt: skip
    assert found.quarters[2] == Share("2016-01-01", in_time=2, late=1)
    assert [one.percent for one in found.quarters] == [None, None, 67, None]
    assert found.teams == (Share("", in_time=1), Share("north", in_time=1, late=1))
    assert list(cells(found.together)) == ["2", "1", "0", "0", "67%"]
    assert list(cells(found.quarters[0]))[-1] == "none to count"


def test_a_figure_of_a_team_is_only_its_own(held: World) -> None:
    """Also of what may be seen: another team's manager counts nothing of it."""
    figure = BY_NAME["conferences"]
    south = Grant("own-teams", CODE, Condition("team", frozenset({"south"})))
    north = timeliness(held.views, CODE, NOW, figure, quarters=4, team="north")
    seen = timeliness(
        held.views, CODE, NOW, figure, quarters=12, visible=Visible((south,), "x")
    )  # fmt: skip

    assert (north.together.in_time, north.together.whole) == (1, 2)
    assert (seen.together.in_time, seen.together.whole) == (1, 1)


def test_only_the_days_asked_for_count(held: World) -> None:
    """A quarter that they cut counts in part; both ends are included."""
    figure = BY_NAME["conferences"]
    days = date(2016, 1, 16), date(2016, 2, 12)
    cut = timeliness(held.views, CODE, NOW, figure, days=days)
    long_ago = timeliness(
        held.views, CODE, NOW, figure, days=(date(2014, 6, 13), date(2016, 1, 15))
    )

    assert (cut.first, cut.last) == days
    assert cut.quarters == (Share("2016-01-01", in_time=1),)
    assert cut.teams == (Share("", in_time=1),)
    assert [one.of for one in long_ago.quarters][::6] == ["2014-04-01", "2015-10-01"]
    assert len(long_ago.quarters) == 8
    assert long_ago.together == Share("", in_time=2)


def test_interviews_count_by_return_with_and_without_who_declined(world: World) -> None:
    """One held in time, one declined, one untold; one that still runs counts nowhere."""
    world.record(source())
    for number, end in enumerate(("return-interview-held", "return-interview-declined", "", "")):
        at = "Sun 10 Apr 2016 09:00" if number == 3 else "Mon 1 Feb 2016 09:00"
        facts = [
            told("missing-episode-started", "Sat 30 Jan 2016 09:00", type="M"),
            told("missing-episode-ended", at),
        ]
        facts += [told(end, "Tue 2 Feb 2016 09:00")] if end else []
        world.record(*(of(f"CH-{number}", one) for one in facts))
    world.take_in()
    every = timeliness(world.views, CODE, NOW, BY_NAME["return-interviews"], quarters=4)
    not_declined = timeliness(
        world.views, CODE, NOW, BY_NAME["return-interviews-not-declined"], quarters=4
    )

    assert every.quarters[2] == Share("2016-01-01", 1, 1, 1, 0, declined_too=True)
    assert (every.together.percent, not_declined.together.percent) == (33, 50)
    assert every.quarters[3].whole == 0


def test_what_falls_due_counts_in_that_quarter_and_what_is_not_known_is_shown_apart(
    world: World,
) -> None:
    """Nobody can say whether the referral was decided: it is neither in time nor late."""
    world.record(source(states=("referral-received",)))
    world.record(told("referral-received", "Thu 31 Mar 2016 10:00"))
    world.take_in()
    found = timeliness(world.views, CODE, NOW, BY_NAME["referral-decisions"], quarters=4)

    assert found.quarters[3] == Share("2016-04-01", unknown=1)
    assert found.together.percent is None


def test_every_figure_is_defined_once_with_its_source() -> None:
    """Its name is its own, its timescale is shipped, and somebody is named who counts it so."""
    assert len(BY_NAME) == len(FIGURES)
    assert all(one.timescale in england().by_id for one in FIGURES)
    assert all(len(one.source) > 30 for one in FIGURES)
    assert quarter_of(date(2016, 12, 31)) == date(2016, 10, 1)
