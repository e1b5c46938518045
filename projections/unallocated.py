"""The queue of clocks that are nobody's, and who may read a clock because they were told of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.authority import Authority
from domain.permission import Visible
from projections.board import BoardRow, board_row
from projections.instants import read, written
from projections.permitted import permitted
from store.views import Views

WHY: Final = {
    "no-team": "the child has no team",
    "nobody": "nobody holds the role",
}
"""Why a clock is nobody's, in words."""


@dataclass(frozen=True)
class Unallocated:
    """A clock that is nobody's at the moment of asking."""

    row: BoardRow
    why: str
    """`no-team` or `nobody`."""
    role: str
    """The role that nobody holds."""
    since: datetime
    """Since when, or since the child was last heard of where it was so before."""


@dataclass(frozen=True)
class Queue:
    """Every clock that is nobody's, and whose name the queue carries."""

    keepers: tuple[str, ...]
    """By opaque id; none where nobody keeps it either, which an operator must mend."""
    waiting: tuple[Unallocated, ...]
    """What is late first, then the earliest due."""


def unallocated(
    views: Views, authority: Authority, now: datetime, *, visible: Visible | None = None
) -> Queue:
    """The queue at a moment, of what may be seen; what was learned long afterwards is not in it."""
    at = written(now)
    allowed, wants = permitted(visible, authority.code, at, clocks=True)
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT c.*, k.reference, k.kind, s.status, s.ended, u.why, u.role, u.from_at AS since"  # noqa: S608
            " FROM unallocated u"
            " JOIN board_clock c ON c.stream = u.stream AND c.clock = u.clock"
            " JOIN board_status s ON s.stream = u.stream AND s.clock = u.clock"
            " JOIN board_child k ON k.stream = u.stream"
            " WHERE u.authority = ? AND u.from_at <= ? AND u.to_at > ?"
            " AND s.ended = 0 AND s.from_at <= ? AND s.to_at > ?"
            f" AND NOT (s.status = 'breached' AND c.history = 1){allowed}"
            " ORDER BY CASE s.status WHEN 'breached' THEN 0 ELSE 1 END,"
            " c.due_at, k.reference, c.clock",
            [authority.code, at, at, at, at, *wants],
        )
    waiting = tuple(
        Unallocated(board_row(row, now), row["why"], row["role"], read(row["since"]))
        for row in found
    )
    return Queue(authority.staff.keepers(now), waiting)
