"""How many clocks fall due on which day, by team and timescale, as far as somebody may see."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.calendar import end_of, london_date, midnight
from domain.permission import Visible
from projections.board import JOINED, conditions
from projections.instants import read, written
from projections.narrowing import Narrowed
from projections.permitted import permitted
from store.views import Views


@dataclass(frozen=True)
class Due:
    """So many clocks of one timescale that fall due on one day in one team."""

    on: date
    team: str
    """Empty where the child has no team."""
    timescale: str
    clocks: int


def falling_due(
    views: Views,
    authority: str,
    now: datetime,
    first: date,
    last: date,
    *,
    narrowed: Narrowed,
    visible: Visible | None = None,
) -> tuple[Due, ...]:
    """What is outstanding and falls due from one London day to another, both included."""
    where, values = conditions(authority, now, None)
    more, wanted = narrowed.condition(now)
    allowed, wants = permitted(visible, authority, written(now), clocks=True)
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT c.due_on, CASE WHEN c.due_on IS NULL THEN c.due_at END AS due_at,"
            f" coalesce(c.team, '') AS team, c.timescale, count(*) AS clocks{JOINED}{where}"
            " AND ((c.due_on >= ? AND c.due_on <= ?)"
            " OR (c.due_on IS NULL AND c.due_at >= ? AND c.due_at < ?))"
            f"{more}{allowed} GROUP BY c.due_on, CASE WHEN c.due_on IS NULL THEN c.due_at END,"
            " coalesce(c.team, ''), c.timescale",
            [
                *values,
                first.isoformat(),
                last.isoformat(),
                written(midnight(first)),
                written(end_of(last)),
                *wanted,
                *wants,
            ],
        )
    counted: dict[tuple[date, str, str], int] = {}
    for row in found:
        by_day = row["due_on"]
        on = date.fromisoformat(by_day) if by_day else london_date(read(row["due_at"]))
        key = (on, row["team"], row["timescale"])
        counted[key] = counted.get(key, 0) + int(row["clocks"])
    return tuple(Due(*key, clocks) for key, clocks in sorted(counted.items()))
