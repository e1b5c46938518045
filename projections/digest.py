"""What the 8am digest still has to tell, by team and role."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from projections.instants import read, written
from store.views import Views


@dataclass(frozen=True)
class DigestItem:
    """One thing one role of a team is to be told in the digest.

    Who holds the role is asked of the domain when the digest goes out, for people come and go.
    """

    stream: UUID
    step: str
    """The step's key, by which the domain finds it again."""
    telling: str
    clock: str
    at: datetime
    team: str | None
    rung: int
    role: str
    person: str | None


def due(views: Views, authority: str, now: datetime) -> tuple[DigestItem, ...]:
    """Everything whose digest has come by now, team by team, the earliest first."""
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT * FROM digest_item WHERE authority = ? AND at <= ?"
            " ORDER BY coalesce(team, ''), at, stream, step",
            [authority, written(now)],
        )
    return tuple(
        DigestItem(
            stream=UUID(row["stream"]),
            step=row["step"],
            telling=row["telling"],
            clock=row["clock"],
            at=read(row["at"]),
            team=row["team"],
            rung=row["rung"],
            role=row["role"],
            person=row["person"],
        )
        for row in found
    )
