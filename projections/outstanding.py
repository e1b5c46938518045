"""What is still to be done: which children wait for what, and since when something is overdue."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from projections.instants import read, written
from store.views import Views


class Waiting(NamedTuple):
    """A child about whom something is to be done, and the earliest instant of it."""

    authority: str
    stream: UUID
    next_at: datetime


class OpenTelling(NamedTuple):
    """A ladder or a notice that waits for its next step."""

    stream: UUID
    telling: str
    next_at: datetime


def open_streams(views: Views, authority: str) -> tuple[tuple[UUID, datetime], ...]:
    """Every child of an authority, and the authority itself, with something to come, the earliest first."""
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT stream, coalesce(next_at, digest_at) AS at FROM outstanding"
            " WHERE authority = ? ORDER BY at, stream",
            [authority],
        )
    return tuple((UUID(row["stream"]), read(row["at"])) for row in found)


def fed_streams(views: Views, authority: str) -> tuple[tuple[UUID, datetime], ...]:
    """Those of them with a clock that waits for a feed: how far one has spoken changes no other."""
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT stream, coalesce(next_at, digest_at) AS at FROM outstanding o"
            " WHERE authority = ? AND EXISTS (SELECT 1 FROM board_clock c"
            " WHERE c.stream = o.stream AND c.heard_to IS NOT NULL) ORDER BY at, stream",
            [authority],
        )
    return tuple((UUID(row["stream"]), read(row["at"])) for row in found)


def open_tellings(views: Views, authority: str) -> tuple[OpenTelling, ...]:
    """Every ladder and notice of an authority that waits for a step, the earliest first."""
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT stream, telling, next_at FROM board_telling"
            " WHERE authority = ? AND open = 1 ORDER BY next_at, telling",
            [authority],
        )
    return tuple(
        OpenTelling(UUID(row["stream"]), row["telling"], read(row["next_at"])) for row in found
    )


def overdue(views: Views, before: datetime) -> tuple[Waiting, ...]:
    """Every child, of whichever authority, with a stage or a step due before an instant."""
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT authority, stream, next_at FROM outstanding"
            " WHERE next_at < ? ORDER BY next_at, stream",
            [written(before)],
        )
    return tuple(
        Waiting(row["authority"], UUID(row["stream"]), read(row["next_at"])) for row in found
    )


def fallen_due(views: Views, authority: str, due_by: datetime) -> dict[UUID, datetime]:
    """Every child with a stage to be recorded by then, and its instant, the earliest first."""
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT stream, stage_at FROM outstanding WHERE authority = ? AND stage_at <= ?"
            " ORDER BY stage_at, stream",
            [authority, written(due_by)],
        )
    return {UUID(row["stream"]): read(row["stage_at"]) for row in found}


def authorities(views: Views) -> tuple[str, ...]:
    """Every authority anything is recorded of, by code."""
    with views.reading() as cursor:
        found = cursor.execute("SELECT DISTINCT authority FROM board_child ORDER BY authority")
    return tuple(row["authority"] for row in found)
