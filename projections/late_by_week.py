"""What ran late, by the week in which it ran out and by timescale; and what of it may be published."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from domain.calendar import london_date
from domain.permission import Visible
from projections.board import JOINED, TRUE_NOW
from projections.instants import read, written
from projections.permitted import permitted
from store.views import Views

SMALL: Final = 5
"""A count from 1 to this many could point at a child."""
HIDDEN: Final = -1
"""Stands for a count that was hidden because it is small."""
WITHHELD: Final = -2
"""Stands for a count that was hidden because a small one could be worked out from it."""

Grid = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class LateByWeek:
    """Counts of clocks that ran late: a line for each timescale, a column for each week, then the sums."""

    weeks: tuple[date, ...]
    """The Monday of each week, oldest first."""
    timescales: tuple[str, ...]
    """Most often late first; ties by name."""
    grid: Grid
    """A line for each timescale and one of sums, each with its own sum last."""

    @property
    def total(self) -> int:
        """How many there are in all, or how that is hidden."""
        return self.grid[-1][-1]


def monday(day: date) -> date:
    """The Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def late_by_week(
    views: Views,
    authority: str,
    now: datetime,
    *,
    weeks: int,
    timescale: str | None = None,
    team: str | None = None,
    visible: Visible | None = None,
) -> LateByWeek:
    """The clocks that are late or were done late, of this week and the weeks before it."""
    at, this = written(now), monday(london_date(now))
    mondays = tuple(this - timedelta(weeks=n) for n in reversed(range(weeks)))
    where, values = TRUE_NOW, list[object]([authority, at, at])
    where += " AND ((s.ended = 0 AND s.status = 'breached') OR s.status = 'met-late')"
    for column, wanted in (("timescale", timescale), ("team", team)):
        if wanted is not None:
            where, values = f"{where} AND c.{column} = ?", [*values, wanted]
    allowed, wants = permitted(visible, authority, at, clocks=True)
    with views.reading() as cursor:
        found = cursor.execute(
            f"SELECT c.timescale, c.due_at, c.due_on{JOINED}{where}{allowed}", [*values, *wants]
        )
    counted: Counter[tuple[str, date]] = Counter()
    for row in found:
        due = row["due_on"]
        on = london_date(read(row["due_at"])) if due is None else date.fromisoformat(due)
        if monday(on) in mondays:
            counted[row["timescale"], monday(on)] += 1
    return summed(mondays, counted)


def summed(weeks: tuple[date, ...], counted: Counter[tuple[str, date]]) -> LateByWeek:
    """The counts as a grid, with a sum at the end of each line and column."""
    often = Counter({name: 0 for name, _ in counted})
    for (name, _), count in counted.items():
        often[name] += count
    names = tuple(sorted(often, key=lambda name: (-often[name], name)))
    lines = [[counted[name, week] for week in weeks] for name in names]
    lines.append([sum(column) for column in zip(*lines, strict=True)] or [0] * len(weeks))
    return LateByWeek(weeks, names, tuple((*line, sum(line)) for line in lines))


def publishable(table: LateByWeek) -> LateByWeek:
    """The same without counts of 1 to 5, and without any from which such a one could be worked out."""
    grid = [[HIDDEN if 0 < count <= SMALL else count for count in line] for line in table.grid]
    while any(protect(line, grid, table.grid) for line in sums(grid)):
        pass
    return LateByWeek(table.weeks, table.timescales, tuple(tuple(line) for line in grid))


Place = tuple[int, int]


def sums(grid: Sequence[Sequence[int]]) -> list[list[Place]]:
    """The places of every sum: the parts first, what they add up to last."""
    across, down = range(len(grid)), range(len(grid[0]))
    return [[(n, m) for m in down] for n in across] + [[(n, m) for n in across] for m in down]


def protect(places: Sequence[Place], grid: list[list[int]], truth: Grid) -> bool:
    """Withhold one count more where a hidden one follows from the others; whether one was."""
    hidden = [(n, m) for n, m in places if grid[n][m] < 0]
    if not hidden or is_safe(hidden, places[-1], grid, truth):
        return False
    shown = [(truth[n][m] == 0, truth[n][m], n, m) for n, m in places if grid[n][m] >= 0]
    _, _, n, m = min(shown)
    grid[n][m] = WITHHELD
    return True


def is_safe(
    hidden: Sequence[Place], last: Place, grid: Sequence[Sequence[int]], truth: Grid
) -> bool:
    """Whether every hidden count of one sum could be more than one number, for all that is shown."""
    if len(hidden) == 1:
        return False
    if last in hidden or any(grid[n][m] == WITHHELD for n, m in hidden):
        return True
    whole = sum(truth[n][m] for n, m in hidden)
    others = len(hidden) - 1
    return max(1, whole - SMALL * others) < min(SMALL, whole - others)
