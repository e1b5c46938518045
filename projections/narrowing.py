"""What a reader narrows the board to: by status, timescale, team, person and the day something is due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from domain.calendar import end_of, london_date, midnight
from projections.board import BoardRow
from projections.instants import written
from projections.permitted import Where, marks

MINE: Final = (
    " AND (k.worker = ? OR (c.acknowledged_owner = ? AND c.acknowledged_until > ?)"
    " OR (c.handed_to = ? AND c.handed_until > ?) OR EXISTS (SELECT 1 FROM board_person p"
    " WHERE p.stream = c.stream AND p.clock = c.clock AND p.link = 'told' AND p.person = ?))"
)
DUE_ON: Final = " AND (c.due_on = ? OR (c.due_on IS NULL AND c.due_at >= ? AND c.due_at < ?))"


@dataclass(frozen=True)
class Narrowed:
    """What is left of the board; nothing said of a thing leaves all of it."""

    status: str | None = None
    """A verdict, `history` or `not-acknowledged`; without one, all that runs or is late."""
    timescale: str | None = None
    teams: frozenset[str] | None = None
    person: str | None = None
    """Only this person's: children allocated to them; clocks they promised, took over or were told of."""
    due: date | None = None
    """Only what falls due on this London day."""

    def condition(self, now: datetime) -> Where:
        """The same as a condition on `board_clock c` and `board_child k`; the status stands elsewhere."""
        where, values, at = "", list[object](), written(now)
        if self.timescale is not None:
            where, values = " AND c.timescale = ?", [self.timescale]
        if self.teams is not None:
            where += f" AND c.team IN ({marks(self.teams)})"
            values += sorted(self.teams)
        if self.person is not None:
            me = self.person
            where, values = where + MINE, [*values, me, me, at, me, at, me]
        if self.due is not None:
            begins, ends = written(midnight(self.due)), written(end_of(self.due))
            where, values = where + DUE_ON, [*values, self.due.isoformat(), begins, ends]
        return where, values

    def leaves(self, rows: Iterable[BoardRow]) -> tuple[BoardRow, ...]:
        """The rows of another moment's board that are left; whose a child was then, its rows do not say."""
        return tuple(
            row
            for row in rows
            if self.timescale in (None, row.timescale)
            and (self.teams is None or row.team in self.teams)
            and self.person in (None, row.acknowledged_owner, row.handed_to, row.told_person)
            and self.due in (None, row.due_on or london_date(row.due_at))
        )


EVERYTHING: Final = Narrowed()
