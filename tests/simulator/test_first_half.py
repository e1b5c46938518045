"""Made histories judged by the product and by the oracle, first half; and the faults both must find."""

import pytest

from tests.simulator import compared, oracle, played
from tests.simulator.fresh import BEYOND, FRESH, first_fresh
from tests.simulator.simulate import report, tried

HISTORIES = 10_000
"""How many the first half tries; the second half tries as many again."""
PORTION = 2_500


@pytest.mark.parametrize("first", range(1, 1 + HISTORIES, PORTION))
def test_product_and_oracle_agree(first: int) -> None:
    """Every clock, verdict and stage is what the catalogue's sentences say."""
    outcome = tried(range(first, first + PORTION), enough=1)

    assert not outcome.failing, report(outcome.failing[0])
    assert outcome.verdicts > PORTION


def test_histories_that_nobody_tried_before_agree_too(request: pytest.FixtureRequest) -> None:
    """Each run tries some of its own, and tells their seeds where product and oracle part."""
    first = first_fresh(request.config)
    outcome = tried(range(first, first + FRESH), enough=1)

    assert first >= BEYOND > HISTORIES
    assert not outcome.failing, f"fresh from {first}: {report(outcome.failing[0])}"
    assert outcome.verdicts > FRESH


@pytest.mark.parametrize("fault", [*oracle.FAULTS, *played.FAULTS, compared.LOST])
def test_a_planted_fault_is_found(fault: str) -> None:
    """A simulator that would not notice a wrong count, a lost cure or a lost delivery proves nothing."""
    outcome = tried(range(1, 3_000), fault, enough=1)

    assert outcome.failing, f"nobody noticed: {fault}"
    assert not tried(outcome.failing).failing
