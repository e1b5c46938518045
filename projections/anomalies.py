"""What surprises, listed for a person to settle."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.event import Kind
from domain.permission import Visible
from projections.instants import read
from projections.permitted import permitted
from store.views import Views


@dataclass(frozen=True)
class ListedAnomaly:
    """Something recorded that a person should look at."""

    stream: UUID
    of: Kind
    """Whether it is recorded of a child, or in the authority's own stream."""
    reference: str
    """The case system's reference of the child: for the page, never for an address."""
    event_id: UUID
    kind: str
    sentence: str
    recorded_at: datetime


def listed(
    views: Views, authority: str, *, visible: Visible | None = None
) -> tuple[ListedAnomaly, ...]:
    """Every anomaly of an authority and its children, the latest recorded first."""
    allowed, wants = permitted(visible, authority, "", clocks=False)
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT a.*, k.kind AS stream_kind, k.reference"  # noqa: S608
            " FROM anomaly a JOIN board_child k ON k.stream = a.stream"
            f" WHERE a.authority = ?{allowed} ORDER BY a.recorded_at DESC, a.stream, a.place",
            [authority, *wants],
        )
    return tuple(
        ListedAnomaly(
            stream=UUID(row["stream"]),
            of=row["stream_kind"],
            reference=row["reference"],
            event_id=UUID(row["event_id"]),
            kind=row["kind"],
            sentence=row["sentence"],
            recorded_at=read(row["recorded_at"]),
        )
        for row in found
    )
