"""Made histories judged by the product and by the oracle, second half; and how a failing one is shown."""

from functools import cache

import pytest

from tests.simulator import compared
from tests.simulator.histories_made import THREADS, make
from tests.simulator.law import RULES
from tests.simulator.simulate import Outcome, report, shrunk, tried

HISTORIES = 10_000
PORTION = 2_500
FIRSTS = range(10_001, 10_001 + HISTORIES, PORTION)


@cache
def portion(first: int) -> Outcome:
    """What came of the histories from one on; tried once, whoever asks."""
    return tried(range(first, first + PORTION), enough=1)


@pytest.mark.parametrize("first", FIRSTS)
def test_product_and_oracle_agree(first: int) -> None:
    """Every clock, verdict and stage is what the catalogue's sentences say."""
    outcome = portion(first)

    assert not outcome.failing, report(outcome.failing[0])
    assert outcome.verdicts > PORTION


def test_a_seed_always_tells_the_same_story() -> None:
    """What failed once can be looked at again."""
    assert make(4711) == make(4711)


def test_every_rule_about_a_child_is_reached() -> None:
    """No rule goes untried: the made histories start a clock of each, and tell of every thread."""
    outcomes = [portion(first) for first in FIRSTS]
    reached = {rule for one in outcomes for rule in one.rules}
    threads = {thread for one in outcomes for thread in one.threads}

    assert set(RULES) - reached == {"report-missing-quarterly", "report-cse-quarterly"}
    assert threads == set(THREADS)


def test_a_failing_story_is_shrunk_to_what_matters() -> None:
    """What is shown of a difference is short enough to read."""
    seed = tried(range(1, 500), compared.LOST, enough=1).failing[0]
    story, why = shrunk(make(seed), compared.LOST)

    assert why == "the order of delivery, or a duplicate, changed a clock"
    assert len(story.told) <= 3
    assert "recorded" not in report(seed, compared.LOST).splitlines()[0]
