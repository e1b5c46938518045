"""One timescale running in one thread of one child: what every question about a clock begins with."""

from dataclasses import dataclass
from datetime import date

from domain.calendar import WorkingDays
from domain.derived import Child
from domain.standing import Standing
from domain.timescales import Counting, Policy, Timescale, Trigger


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

    def tie(self, trigger: Trigger) -> tuple[str, str | date | None]:
        """The field and the reference by which a trigger's facts belong to this clock.

        A trigger's own match beats the rule's; where the start carries that field too, its value ties them.
        """
        if trigger.match is None or trigger.match == self.match:
            return self.match, self.reference
        if trigger.match in type(self.start.fact).model_fields:
            return trigger.match, getattr(self.start.fact, trigger.match)
        return trigger.match, self.reference
