"""What a person may see, to be asked of rows that come from elsewhere: of now, or of an earlier moment."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from domain.permission import Visible, of_all_days, reaching_back
from projections.board import BoardRow
from projections.permitted import children_seen, clocks_seen
from store.views import Views


class Seeing:
    """Which children and which single clocks a person may see now, to be asked of other rows."""

    def __init__(
        self,
        views: Views,
        authority: str,
        visible: Visible,
        at: str,
        then: tuple[datetime, Sequence[BoardRow]] | None = None,
    ) -> None:
        """Ask once for everything; `then` is the moment that is looked back to, with every row of it.

        What is about certain days opens their clocks alone: now those of the board,
        and of an earlier moment the rows as they stood then, where that moment lies within its days.
        """
        whole = of_all_days(visible)
        self._children = frozenset(children_seen(views, authority, whole, at))
        if then is None:
            self._clocks = frozenset(clocks_seen(views, authority, visible, at))
        else:
            rows = rows_held(views, authority, visible, at, *then)
            self._clocks = frozenset([*clocks_seen(views, authority, whole, at), *rows])
        self._in_part = frozenset(stream for stream, _ in self._clocks)

    def shows(self, stream: UUID, clock: str) -> bool:
        """Whether a clock of a child is among what may be seen."""
        return stream in self._children or (stream, clock) in self._clocks

    def shows_any(self, stream: UUID) -> bool:
        """Whether a child, or any clock of it, is among what may be seen."""
        return stream in self._children or stream in self._in_part


def rows_held(
    views: Views,
    authority: str,
    visible: Visible,
    at: str,
    moment: datetime,
    rows: Sequence[BoardRow],
) -> Iterator[tuple[UUID, str]]:
    """Every row of an earlier moment that is of the days somebody was given to look at."""
    for grant in reaching_back(visible, moment).grants:
        if grant.period is None:
            continue
        alone = Visible((grant,), visible.person)
        streams = frozenset(children_seen(views, authority, alone, at))
        for row in rows:
            held = grant.period.holds(row.started_at, row.stopped_at, row.due_at)
            if held and row.stream in streams:
                yield row.stream, row.clock
