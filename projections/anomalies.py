"""What surprises, listed for a person to settle."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.event import Kind
from projections.instants import read
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


def listed(views: Views, authority: str) -> tuple[ListedAnomaly, ...]:
    """Every anomaly of an authority and its children, the latest recorded first."""
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT a.*, k.kind AS stream_kind, k.reference"
            " FROM anomaly a JOIN board_child k ON k.stream = a.stream"
            " WHERE a.authority = ? ORDER BY a.recorded_at DESC, a.stream, a.place",
            [authority],
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
