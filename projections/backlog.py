"""What is late and told to nobody: in shadow, or on the backlog of its team until the amnesty is over."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.authority import Authority
from domain.permission import Visible
from projections.board import BoardRow, board_row
from projections.instants import written
from projections.permitted import permitted
from store.views import Views


@dataclass(frozen=True)
class Waiting:
    """A clock that is late and of which nobody is told at the moment of asking."""

    row: BoardRow
    in_shadow: bool
    """Whether its rule is in shadow; else an amnesty lasts."""
    told_from: datetime | None
    """When its ladder is raised or goes on; nothing while that is not decided."""


def backlog(
    views: Views,
    authority: Authority,
    now: datetime,
    team: str | None = None,
    *,
    visible: Visible | None = None,
) -> tuple[Waiting, ...]:
    """The list at a moment, by team, what is longest late first; however long ago it was due."""
    if not authority.going_live.decisions:
        return ()
    at = written(now)
    allowed, wants = permitted(visible, authority.code, at, clocks=True)
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT c.*, k.reference, k.kind, s.status, s.ended"  # noqa: S608  (words of our own)
            " FROM board_status s"
            " JOIN board_clock c ON c.stream = s.stream AND c.clock = s.clock"
            " JOIN board_child k ON k.stream = s.stream"
            " WHERE s.authority = ? AND s.status = 'breached' AND s.ended = 0"
            f" AND s.from_at <= ? AND s.to_at > ? AND c.ours = 1{allowed}"
            " ORDER BY c.team, c.due_at, k.reference, c.clock",
            [authority.code, at, at, *wants],
        )
    rows = (board_row(row, now) for row in found)
    asked = (row for row in rows if team is None or row.team == team)
    return tuple(one for row in asked if (one := waiting(row, authority, now)) is not None)


def waiting(row: BoardRow, authority: Authority, now: datetime) -> Waiting | None:
    """How a late clock waits; nothing where people are told of it."""
    live, rule = authority.going_live, row.timescale
    in_shadow = not live.spell_at(rule, row.team, now).on
    broken_at = row.breaks_at or row.due_at
    told_from = live.told_from(rule, row.team, now, broken_at)
    told = told_from == now or (row.escalation is not None and not in_shadow)
    return None if told else Waiting(row, in_shadow, told_from)


def by_team(found: Sequence[Waiting]) -> dict[str | None, int]:
    """How many wait in each team; those of children without one under no name."""
    return dict(Counter(one.row.team for one in found))
