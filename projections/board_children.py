"""The board child by child: each child once, with its clocks, beside the children of the same meeting."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from domain.permission import Visible
from projections.board import JOINED, URGENCY, BoardRow, board_row, conditions
from projections.instants import written
from projections.narrowing import Narrowed
from projections.permitted import marks, on_status, permitted
from store.database import Cursor
from store.views import Views

Order = Literal["urgent", "due", "child", "team"]
"""By what the children are sorted."""

SEEN: Final = (
    "WITH seen AS (SELECT s.stream AS stream, count(*) AS clocks, min(s.due_at) AS due,"  # noqa: S608
    " min(s.reference) AS reference, min(coalesce(s.team, '')) AS team,"
    f" min(CAST({URGENCY} AS TEXT) || s.due_at || s.reference || s.stream) AS urgency"
    " FROM board_status s"
)
KIN: Final = (
    ", met AS (SELECT n.meeting AS meeting, min(q.urgency) AS urgency"
    " FROM seen q JOIN board_meeting n ON n.stream = q.stream WHERE n.authority = ?"
    " GROUP BY n.meeting)"
    ", kin AS (SELECT m.stream AS stream, min(t.urgency) AS urgency"
    " FROM met t JOIN board_meeting m ON m.authority = ? AND m.meeting = t.meeting"
    " GROUP BY m.stream)"
)
"""Meeting by meeting first: a meeting that spoke of a thousand children is no million pairs."""
ORDERS: Final[Mapping[Order, str]] = {
    "urgent": "coalesce(f.urgency, p.urgency), p.urgency",
    "due": "p.due, p.reference, p.stream",
    "child": "p.reference, p.stream",
    "team": "p.team, p.urgency",
}
"""The most urgent child brings the children of its meetings along."""


@dataclass(frozen=True)
class Sibling:
    """A child of whom the same meeting spoke."""

    stream: UUID
    reference: str


@dataclass(frozen=True)
class OnBoard:
    """One child, or the authority itself, with the clocks that a filter leaves."""

    stream: UUID
    rows: tuple[BoardRow, ...]
    """The most urgent first."""
    siblings: tuple[Sibling, ...] = ()


@dataclass(frozen=True)
class Listed:
    """A page of the board, and how much there is in all."""

    children: tuple[OnBoard, ...]
    total: int
    """How many children, with the authority itself where it has clocks."""
    clocks: int


def board_children(
    views: Views,
    authority: str,
    now: datetime,
    narrowed: Narrowed,
    *,
    visible: Visible | None = None,
    order: Order = "urgent",
    offset: int = 0,
    limit: int = 50,
) -> Listed:
    """The children a filter leaves, sorted and cut in the database, with all of their clocks it leaves."""
    where, values = conditions(authority, now, narrowed.status)
    more, wanted = narrowed.condition(now)
    allowed, wants = permitted(visible, authority, written(now), clocks=True)
    narrowing, asked = on_status(more + allowed), [*wanted, *wants]
    kin, whose = (KIN, [authority, authority]) if order == "urgent" else ("", [])
    beside = " LEFT JOIN kin f ON f.stream = p.stream" if kin else ""
    with views.reading() as cursor:
        found = cursor.execute(
            f"{SEEN}{where}{narrowing} GROUP BY s.stream){kin}"  # noqa: S608
            " SELECT p.stream, (SELECT count(*) FROM seen) AS total,"
            f" (SELECT sum(clocks) FROM seen) AS clocks FROM seen p{beside}"
            f" ORDER BY {ORDERS[order]} LIMIT ? OFFSET ?",
            [*values, *asked, *whose, limit, offset],
        )
        streams = [row["stream"] for row in found]
        where, values = conditions(authority, now, narrowed.status, among=streams)
        clocks = rows_of(cursor, where + narrowing, [*values, *asked], now) if streams else ()
        beside_them = siblings(cursor, authority, streams, visible, now) if streams else {}
    return Listed(
        one_by_one(streams, clocks, beside_them),
        int(found[0]["total"]) if found else 0,
        int(found[0]["clocks"]) if found else 0,
    )


def rows_of(
    cursor: Cursor, where: str, values: Sequence[object], now: datetime
) -> tuple[BoardRow, ...]:
    """The clocks that a condition leaves, the most urgent first."""
    found = cursor.execute(
        f"SELECT c.*, k.kind, k.reference, s.status, s.ended{JOINED}{where}"
        f" ORDER BY {URGENCY}, s.due_at, s.clock",
        values,
    )
    return tuple(board_row(row, now) for row in found)


def siblings(
    cursor: Cursor, authority: str, streams: Sequence[str], visible: Visible | None, now: datetime
) -> dict[str, list[Sibling]]:
    """Of each of these children, those of the same meetings whose record the reader may open."""
    allowed, wants = permitted(visible, authority, written(now), clocks=False)
    found = cursor.execute(
        "SELECT DISTINCT m.stream AS whose, k.stream, k.reference FROM board_meeting m"  # noqa: S608
        " JOIN board_meeting n ON n.authority = m.authority AND n.meeting = m.meeting"
        " AND n.stream <> m.stream JOIN board_child k ON k.stream = n.stream"
        f" WHERE m.authority = ? AND m.stream IN ({marks(streams)}){allowed} ORDER BY k.reference",
        [authority, *streams, *wants],
    )
    beside: dict[str, list[Sibling]] = {}
    for row in found:
        beside.setdefault(row["whose"], []).append(Sibling(UUID(row["stream"]), row["reference"]))
    return beside


def one_by_one(
    streams: Iterable[str],
    rows: Iterable[BoardRow],
    beside: Mapping[str, Sequence[Sibling]],
) -> tuple[OnBoard, ...]:
    """The rows child by child, in the order of the children."""
    whose: dict[str, list[BoardRow]] = {stream: [] for stream in streams}
    for row in rows:
        whose[row.stream.hex].append(row)
    return tuple(
        OnBoard(UUID(stream), tuple(mine), tuple(beside.get(stream, ())))
        for stream, mine in whose.items()
    )


def listed_then(rows: Sequence[BoardRow], order: Order, offset: int, limit: int) -> Listed:
    """The same of another moment's rows, which nothing keeps; which meetings there were is not said."""
    streams = dict.fromkeys(row.stream.hex for row in rows)
    every = list(one_by_one(streams, rows, {}))
    if order != "urgent":
        every.sort(key=lambda one: sorted_by(one, order))
    return Listed(tuple(every[offset : offset + limit]), len(every), len(rows))


def sorted_by(one: OnBoard, order: Order) -> tuple[str, str]:
    """What a child is sorted by."""
    first = one.rows[0]
    match order:
        case "due":
            return written(min(row.due_at for row in one.rows)), first.reference
        case "team":
            return first.team or "", ""
        case _:
            return first.reference, one.stream.hex
