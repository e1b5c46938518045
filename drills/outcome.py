"""What a drill found."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Outcome:
    """Whether a promise held, in one line and in figures."""

    drill: str
    passed: bool
    sentence: str
    figures: Mapping[str, float] = field(default_factory=dict)
