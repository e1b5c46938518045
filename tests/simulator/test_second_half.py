"""Made histories judged by the product and by the oracle, second half; and how a failing one is shown."""

import pytest

from tests.simulator import compared
from tests.simulator.histories_made import THREADS, make
from tests.simulator.law import RULES
from tests.simulator.oracle import judge
from tests.simulator.simulate import report, shrunk, tried

HISTORIES = 10_000
PORTION = 2_500


@pytest.mark.parametrize("first", range(10_001, 10_001 + HISTORIES, PORTION))
def test_product_and_oracle_agree(first: int) -> None:
    """Every clock, verdict and stage is what the catalogue's sentences say."""
    outcome = tried(range(first, first + PORTION), enough=1)

    assert not outcome.failing, report(outcome.failing[0])
    assert outcome.verdicts > PORTION


def test_a_seed_always_tells_the_same_story() -> None:
    """What failed once can be looked at again."""
    assert make(4711) == make(4711)


def test_every_rule_about_a_child_is_reached() -> None:
    """No rule goes untried: the made histories start a clock of each, and tell of every thread."""
    reached, threads = set(), set()
    for seed in range(1, 6_000):
        story = make(seed)
        found = judge(story.told, story.of_authority, optional=story.optional).values()
        reached |= {watch.rule.id for watch in found}
        threads |= set(story.threads)

    assert set(RULES) - reached == {"report-missing-quarterly", "report-cse-quarterly"}
    assert threads == set(THREADS)


def test_a_failing_story_is_shrunk_to_what_matters() -> None:
    """What is shown of a difference is short enough to read."""
    seed = tried(range(1, 500), compared.LOST, enough=1).failing[0]
    story, why = shrunk(make(seed), compared.LOST)

    assert why == "the order of delivery, or a duplicate, changed a clock"
    assert len(story.told) <= 3
    assert "recorded" not in report(seed, compared.LOST).splitlines()[0]
