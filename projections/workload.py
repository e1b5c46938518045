"""How many clocks fall due on which day, by team and timescale, as far as somebody may see."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.calendar import end_of, london_date, midnight
from domain.permission import Visible
from projections.board import conditions
from projections.instants import read, written
from projections.narrowing import Narrowed
from projections.permitted import on_status, permitted
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
            "SELECT s.due_on, CASE WHEN s.due_on IS NULL THEN s.due_at END AS due_at,"  # noqa: S608
            f" coalesce(s.team, '') AS team, s.timescale, count(*) AS clocks FROM board_status s{where}"
            " AND ((s.due_on >= ? AND s.due_on <= ?)"
            " OR (s.due_on IS NULL AND s.due_at >= ? AND s.due_at < ?))"
            f"{on_status(more + allowed)} GROUP BY s.due_on, CASE WHEN s.due_on IS NULL THEN s.due_at END,"
            " coalesce(s.team, ''), s.timescale",
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
