"""Nobody is told so much that they stop reading, and nothing critical is told to nobody."""

from dataclasses import replace

import pytest

from domain.timescales import Policy
from tests.alert_budget.budget import (
    MOST,
    NIGHT,
    SAMPLES,
    a_year,
    left_undone,
    singles_a_week,
    stories,
)
from tests.alert_budget.played import Played, everybody


@pytest.fixture(scope="module")
def year() -> dict[str, Played]:
    """The year, played once."""
    return a_year(everybody())


def test_no_first_line_manager_gets_more_than_five_single_messages_a_week(
    year: dict[str, Played],
) -> None:
    """On average over a simulated year at Sefton's volumes, scaled from whole years of samples."""
    found = singles_a_week(year)

    assert set(found) == {NIGHT, *(sample.manager for sample in SAMPLES.values())}
    assert {who: number for who, number in found.items() if number > MOST} == {}
    assert found["return_interview_team_manager"] > 0
    assert found["team_manager"] > 0
    assert found[NIGHT] > 0


def test_every_breach_that_nothing_ends_reaches_the_end_of_its_ladder(
    year: dict[str, Played],
) -> None:
    """Nobody answers all year: each rung hears, and the ladder ends by saying so."""
    undone = Played().play(left_undone(), everybody())
    whole = {**year, "left undone": undone}

    assert {kind: played.fell_short for kind, played in whole.items() if played.fell_short} == {}
    assert undone.critical > 30
    assert year["missing"].critical > 0


def test_what_stays_quiet_is_not_forgotten(year: dict[str, Played]) -> None:
    """What is not told singly stands in a morning's digest."""
    for kind, played in year.items():
        assert played.lines[SAMPLES[kind].manager] > 0, kind


def test_every_last_warning_told_singly_would_break_the_budget() -> None:
    """The control: the same year, were no ladder to leave anything to the digest."""
    here = everybody()
    said = {name: getattr(here.policy, name) for name in Policy.model_fields}
    loud = {
        name: ladder.model_copy(update={"single_warnings": "all"})
        for name, ladder in here.policy.ladders.items()
    }
    shouting = replace(here, policy=Policy.model_validate(said | {"ladders": loud}))
    found = singles_a_week(
        {kind: Played().play(stories(kind), shouting) for kind in ("contacts", "early help")}
    )

    assert found["mash_team_manager"] > MOST


def test_the_same_seed_makes_the_same_year() -> None:
    """Another seed makes another one."""
    first = [one.told for one in stories("exploitation")]

    assert [one.told for one in stories("exploitation")] == first
    assert [one.told for one in stories("exploitation", "another")] != first
