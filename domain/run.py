"""One timescale running in one thread of one child: what every question about a clock begins with."""

from dataclasses import dataclass
from datetime import date

from domain.calendar import WorkingDays
from domain.derived import Child
from domain.standing import Standing
from domain.timescales import Counting, Policy, Timescale


@dataclass(slots=True)
class Run:
    """A rule, the fact that started it, and the reference that ties other facts to it."""

    key: str
    timescale: Timescale
    policy: Policy
    """The pack that governs it: the one in force when it started."""
    counting: Counting
    start: Standing
    match: str
    """The field that must hold the reference; `child` means any fact of the child."""
    reference: str | date | None
    child: Child
    origin: Standing
    """The start as it happened, whatever time the count begins at."""
    calendar: WorkingDays
    """The calendar that counts it."""
    gate: bool = False
    """Whether it is judged only once both facts are known."""
    hangs_on_age: bool = False
    """Whether it runs only at a certain age, and no date of birth is known."""

    def tie(self, match: str) -> tuple[str, str | date | None]:
        """The field and the reference by which facts belong to this clock that a trigger ties otherwise.

        Where the start carries that field too, its value ties them.
        """
        # A fact's own fields stand in its dictionary, whether it said anything in them or not.
        return match, self.start.fact.__dict__.get(match, self.reference)
