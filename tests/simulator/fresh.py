"""Histories that no run before has tried: where they begin is drawn once for a whole run."""

from typing import Final

import pytest

FRESH: Final = 500
"""How many each run tries beside those that are always the same."""
BEYOND: Final = 1_000_000_000
"""No seed of those, nor of a million by a command, comes so far."""


def first_fresh(config: pytest.Config) -> int:
    """The first fresh seed, the same in every process of a run: it follows from the order of its tests."""
    drawn = config.getoption("randomly_seed", default=0)
    return BEYOND + FRESH * int(drawn)
