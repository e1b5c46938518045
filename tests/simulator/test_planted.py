"""The truth of a story is planted before it is told: both the product and the oracle must find it again."""

from collections import Counter

import pytest

from domain.clocks import clocks, verdict
from tests.simulator import oracle
from tests.simulator.compared import Trial, policy
from tests.simulator.known import HERE, name_of
from tests.simulator.planted import AFTER_ALL, FATES, PLAIN, Planted, plant


def found(planted: Planted) -> tuple[str, str]:
    """What the oracle and the product say of the planted clock, long after everything."""
    trial = Trial(planted.story)
    begins = f"{planted.rule.id}.{name_of(HERE, 'cases', planted.started_by)}"
    now = planted.due + AFTER_ALL
    mine = next(one for key, one in trial.mine(None).items() if key.startswith(begins))
    theirs = next(one for key, one in trial.theirs(None).items() if key.startswith(begins))
    assert mine.due == theirs.due_at == planted.due
    return oracle.verdict(mine, now), verdict(theirs, now)


@pytest.mark.parametrize("first", range(1, 8_001, 4_000))
def test_what_was_planted_is_found(first: int) -> None:
    """In time, late, never, cancelled or done elsewhere: told late, wrong and in any order, it comes out."""
    reached: Counter[str] = Counter()
    for seed in range(first, first + 4_000):
        planted = plant(seed)
        if planted is None:
            continue
        reached[planted.fate] += 1
        reached[planted.rule.id] += 1

        assert found(planted) == (planted.verdict, planted.verdict), (
            f"seed {seed}: {planted.rule.id} was {planted.fate}"
        )

    assert set(FATES) | {rule.id for rule in PLAIN} == set(reached)


def test_every_planted_rule_is_in_the_shipped_pack() -> None:
    """A rule of the catalogue that the pack had lost would be planted in vain."""
    shipped = {one.id for one in policy(optional=True).timescales}

    assert {rule.id for rule in PLAIN} <= shipped
    assert clocks((), Trial(next(p for p in map(plant, range(1, 99)) if p).story).here(None)) == ()
