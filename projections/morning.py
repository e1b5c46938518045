"""What became of clocks since a moment: warned, broken, cured, and promises that no longer hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.event import Kind
from domain.own_matters import page_of, whose
from domain.permission import Visible
from projections.instants import read, written
from projections.permitted import marks, permitted
from store.views import Views


@dataclass(frozen=True)
class News:
    """Something that became of one clock, and when it was recorded."""

    what: str
    """`warned`, `broke`, `cured`, or why a promise no longer holds."""
    at: datetime
    stream: UUID
    kind: Kind
    clock: str
    timescale: str
    reference: str
    thread: str
    thread_ref: str | None

    @property
    def whose(self) -> str:
        """Whose clock it is, as people read it."""
        return whose(self.kind, self.reference, self.thread, self.thread_ref)

    @property
    def clock_page(self) -> str:
        """Where the clock is explained, as an address."""
        return f"{page_of(self.kind, self.stream)}/clocks/{self.clock}"


def since(
    views: Views,
    authority: str,
    before: datetime,
    now: datetime,
    what: Sequence[str],
    *,
    visible: Visible | None = None,
    limit: int = 20,
    offset: int = 0,
) -> tuple[tuple[News, ...], int]:
    """The latest of what happened after a moment up to now, and how much there was; each clock once."""
    allowed, wants = permitted(visible, authority, written(now), clocks=True)
    where = (
        " FROM board_news e JOIN board_child k ON k.stream = e.stream"
        " JOIN board_clock c ON c.stream = e.stream AND c.clock = e.clock"
        f" WHERE e.authority = ? AND e.at > ? AND e.at <= ? AND e.what IN ({marks(what)}){allowed}"
    )
    values = [authority, written(before), written(now), *what, *wants]
    columns = "c.stream, c.clock, c.timescale, c.thread, c.thread_ref, k.kind, k.reference"
    with views.reading() as cursor:
        total = cursor.execute(
            f"SELECT count(*) AS total FROM (SELECT DISTINCT c.stream, c.clock{where}) AS d",  # noqa: S608
            values,
        )[0]["total"]
        found = cursor.execute(
            f"SELECT {columns}, max(e.at) AS at, min(e.what) AS what{where} GROUP BY {columns}"
            " ORDER BY max(e.at) DESC, k.reference, c.clock LIMIT ? OFFSET ?",
            [*values, limit, offset],
        )
    return tuple(
        News(
            row["what"],
            read(row["at"]),
            UUID(row["stream"]),
            row["kind"],
            row["clock"],
            row["timescale"],
            row["reference"],
            row["thread"],
            row["thread_ref"],
        )
        for row in found
    ), int(total)
