"""What a drill found."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from random import Random
from typing import Final

from domain.errors import DaymarkError

SEEDS: Final = 10**6
"""A seed is below this: short enough to be typed again."""


class CannotRun(DaymarkError):
    """Something that a drill needs is not on this machine; the message says what."""


def drawn(seed: int | None) -> int:
    """The seed that was asked for, or else a new one."""
    return secrets.randbelow(SEEDS) if seed is None else seed


@dataclass(frozen=True)
class Outcome:
    """Whether a promise held, in one line and in figures."""

    drill: str
    passed: bool
    sentence: str
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass
class Counts:
    """What was tried, and what went wrong with it."""

    tried: int = 0
    """Facts, cuts or tellings that the drill set out to do."""
    acknowledged: int = 0
    """Of those, how many somebody was told are safe."""
    lost: int = 0
    """Told safe, and not there."""
    missed: int = 0
    """Should have happened, and did not."""
    doubled: int = 0
    """Happened more than once."""
    early: int = 0
    """Happened before its time."""
    worst_delay_s: float = 0.0
    """The longest wait, in seconds."""
    seed: int = 0
    """What chance began with: the same seed makes the same choices again."""

    @property
    def chance(self) -> Random:
        """Chance from its beginning, for whatever the drill leaves to it."""
        return Random(self.seed)  # noqa: S311 -- chance, not a secret

    @property
    def nothing_wrong(self) -> bool:
        """Whether something was tried and acknowledged, and nothing went wrong."""
        wrong = self.lost or self.missed or self.doubled or self.early
        return bool(self.tried and self.acknowledged and not wrong)

    def delayed(self, delay: timedelta) -> None:
        """Take note of a delay."""
        self.worst_delay_s = max(self.worst_delay_s, round(delay.total_seconds(), 3))


def counted(drill: str, counts: Counts, sentence: str, **more: float) -> Outcome:
    """What a drill counted, as its outcome; what it says beside the counts comes last."""
    figures = asdict(counts)
    said = ", ".join(
        f"{name.removesuffix('_s').replace('_', ' ')} {n}" for name, n in figures.items()
    )
    said = said.replace(", seed", " s, seed")
    return Outcome(drill, counts.nothing_wrong, f"{said}; {sentence}", figures | more)
