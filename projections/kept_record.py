"""What the rules ask of a child, as the board keeps it: as soon found for a long history as for none."""

from collections.abc import Iterable
from uuid import UUID

from domain.access_rules import Kind
from domain.permission import Record
from store.database import Row
from store.views import Views


def kept_record(
    views: Views, stream: UUID, version: int, kind: Kind, clock: str | None
) -> Record | None:
    """A child, or one of its clocks, in this version of its history; nothing where the board is elsewhere.

    Whoever was ever told of the clock counts as told: this may open too much, and never too little.
    """
    with views.reading() as cursor:
        children = cursor.execute(
            "SELECT authority, kind, team, worker, restricted, version FROM board_child"
            " WHERE stream = ?",
            [stream.hex],
        )
        people = cursor.execute(
            "SELECT link, clock, person FROM board_person WHERE stream = ?", [stream.hex]
        )
        owed = cursor.execute(
            "SELECT owed_by FROM board_clock WHERE stream = ? AND clock = ?", [stream.hex, clock]
        )
    if not children or children[0]["version"] != version:
        return None
    child = children[0]
    return Record(
        kind,
        child["authority"],
        stream=stream.hex,
        team=child["team"],
        worker=child["worker"],
        of=child["kind"],
        restricted=bool(child["restricted"]),
        named=frozenset(one["person"] for one in people if one["link"] == "named"),
        family=frozenset(one["person"] for one in people if one["link"] == "family"),
        told=told_of(people, clock),
        owed_by=owed[0]["owed_by"] if owed else None,
    )


def told_of(people: Iterable[Row], clock: str | None) -> frozenset[str]:
    """Everybody who was ever told of a clock."""
    return frozenset(
        one["person"] for one in people if one["link"] == "told" and one["clock"] == clock
    )
