"""How a measurement is taken and told: rounds, medians, rivals, bounds."""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

ROUNDS: Final = 7
"""Enough that one round in which the machine did something else does not show."""

FASTEST_UNIT: Final = ((1e-6, "ns", 1e9), (1e-3, "us", 1e6), (1.0, "ms", 1e3))


@dataclass(frozen=True)
class Measured:
    """One line of the table: what was measured, what it came to, beside what it must not exceed."""

    what: str
    ours: float
    bound: float
    unit: str = "s"
    at_least: bool = False
    """Whether more is better, as for a rate or a share."""
    beside: str = ""
    """What the rivals of the same run came to."""

    @property
    def holds(self) -> bool:
        """Whether it is within its bound."""
        return self.ours >= self.bound if self.at_least else self.ours <= self.bound

    def line(self) -> str:
        """The line as people read it."""
        sign = ">=" if self.at_least else "<="
        limit = f"{sign} {shown(self.bound, self.unit)}"
        verdict = "holds" if self.holds else "DOES NOT HOLD"
        return (
            f"{self.what:<46} {shown(self.ours, self.unit):>12}  {limit:>14}  "
            f"{verdict:<14} {self.beside}"
        ).rstrip()


def shown(value: float, unit: str) -> str:
    """A value with its unit; seconds in whichever part of a second reads best."""
    if unit != "s":
        return f"{value:,.2f} {unit}".rstrip()
    for below, name, times in FASTEST_UNIT:
        if abs(value) < below:
            return f"{value * times:,.1f} {name}"
    return f"{value:,.2f} s"


def seconds_each(work: Callable[[], object], repeats: int, rounds: int = ROUNDS) -> float:
    """The median over rounds of the processor's time for one call, in seconds.

    Pure functions wait for nothing, so what other programs do at the same time does not count.
    """
    work()
    taken = []
    for _ in range(rounds):
        gc.collect()
        began = time.process_time()
        for _ in range(repeats):
            work()
        taken.append((time.process_time() - began) / repeats)
    return median(taken)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]
