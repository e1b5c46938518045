"""Which children's records are restricted, with what rules ask of them."""

from domain.permission import Record
from store.views import Views


def restricted_records(views: Views, authority: str) -> tuple[Record, ...]:
    """Every restricted record of an authority, by its opaque id, with its team and its worker."""
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT stream, team, worker FROM board_child"
            " WHERE authority = ? AND restricted = 1 AND kind = 'child' ORDER BY stream",
            [authority],
        )
    return tuple(
        Record("child", authority, stream=row["stream"], team=row["team"], worker=row["worker"])
        for row in found
    )
