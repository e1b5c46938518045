"""What a person may see, as a condition on the board's rows: the domain's own rules, in a query.

It is part of every query that lists or counts, before anything is counted or paged.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final
from uuid import UUID

from domain.access_rules import ANYWHERE
from domain.audit_period import Period
from domain.permission import Condition, Grant, Visible
from projections.instants import written
from store.views import Views

Where = tuple[str, Sequence[object]]

OPEN: Final = (
    "(k.restricted = 0 OR EXISTS (SELECT 1 FROM board_person n WHERE n.stream = k.stream"
    " AND n.link = 'named' AND n.person = ?))"
)
NOT_FAMILY: Final = (
    "NOT EXISTS (SELECT 1 FROM board_person f WHERE f.stream = k.stream"
    " AND f.link = 'family' AND f.person = ?)"
)
WAS_TOLD: Final = (
    "EXISTS (SELECT 1 FROM board_person t WHERE t.stream = c.stream AND t.clock = c.clock"
    " AND t.link = 'told' AND t.person IN ({}))"
)
STILL_OPEN: Final = (
    " AND EXISTS (SELECT 1 FROM board_status o WHERE o.stream = c.stream AND o.clock = c.clock"
    " AND o.ended = 0 AND o.from_at <= ? AND o.to_at > ?)"
)
BESIDE_STATUS: Final = re.compile(r"\b[ck]\.")

OF_PERIOD: Final = (
    " AND EXISTS (SELECT 1 FROM board_clock p WHERE p.stream = k.stream AND p.clock = c.clock"
    " AND (p.started_at < ? AND (p.stopped_at IS NULL OR p.stopped_at >= ?)"
    " OR p.due_at > ? AND p.due_at <= ?))"
)
"""As the domain says of one clock; looked up, for the rows of the statuses do not repeat these instants."""

OF_KIND: Final = "EXISTS (SELECT 1 FROM board_child o WHERE o.stream = k.stream AND o.kind IN ({}))"
"""Looked up, because the rows of the statuses do not repeat the kind of their stream."""


def permitted(visible: Visible | None, authority: str, at: str, *, clocks: bool) -> Where:
    """The condition that leaves what a person may see, and its values; nobody in particular sees all.

    It speaks of `board_child k` and, where `clocks`, of `board_clock c`; `at` is the moment, as written.
    The rows tell how things stand today: what is about days that are over opens none of them.
    """
    if visible is None:
        return "", []
    parts, values = list[str](), list[object]()
    grants = [
        one
        for one in visible.grants
        if one.authority in {ANYWHERE, authority}
        and (clocks or is_of_children(one))
        and not one.over
    ]
    # One that opens everything need not be weighed beside the others, clock by clock.
    whole = [one for one in grants if one.condition is None]
    for grant in whole[:1] or grants:
        condition, wanted = of_grant(grant, at)
        if clocks and grant.period is not None:
            condition, wanted = condition + OF_PERIOD, [*wanted, *of_period(grant.period)]
        parts.append(condition)
        values += wanted
    allowed = " OR ".join(parts) or "1 = 0"
    person = visible.person or ""
    return f" AND ({allowed}) AND {OPEN} AND {NOT_FAMILY}", [*values, person, person]


def of_period(period: Period) -> Sequence[object]:
    """The values by which rows are asked whether they are of a period."""
    begins, ends = written(period.begins), written(period.ends)
    return [ends, begins, begins, ends]


def on_status(condition: str) -> str:
    """A condition on a clock and its child as one on `board_status s` alone, which repeats them."""
    return BESIDE_STATUS.sub("s.", condition)


def is_of_children(grant: Grant) -> bool:
    """Whether a grant opens whole children, not single clocks."""
    return grant.condition is None or grant.condition.attribute not in {"told", "owed_by"}


def of_grant(grant: Grant, at: str) -> Where:
    """One grant as a condition."""
    match grant.condition:
        case None:
            return "1 = 1", []
        case Condition("told", values):
            return f"({WAS_TOLD.format(marks(values))}{STILL_OPEN})", [*sorted(values), at, at]
        case Condition("owed_by", values):
            return f"c.owed_by IN ({marks(values)})", [*sorted(values)]
        case Condition("of", values):
            return OF_KIND.format(marks(values)), [*sorted(values)]
        case condition:
            values = condition.values
            return f"k.{condition.attribute} IN ({marks(values)})", [*sorted(values)]


def marks(values: Collection[str]) -> str:
    """A question mark for each value."""
    return ", ".join("?" * len(values))


def children_seen(views: Views, authority: str, visible: Visible, at: str) -> Iterator[UUID]:
    """Every child whose whole record may be seen."""
    where, values = permitted(visible, authority, at, clocks=False)
    with views.reading() as cursor:
        found = cursor.execute(
            f"SELECT k.stream FROM board_child k WHERE k.authority = ?{where}",  # noqa: S608
            [authority, *values],
        )
    return (UUID(row["stream"]) for row in found)


def clocks_seen(
    views: Views, authority: str, visible: Visible, at: str
) -> Iterator[tuple[UUID, str]]:
    """Every clock that may be seen."""
    where, values = permitted(visible, authority, at, clocks=True)
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT c.stream, c.clock FROM board_clock c JOIN board_child k ON k.stream = c.stream"  # noqa: S608
            f" WHERE c.authority = ?{where}",
            [authority, *values],
        )
    return ((UUID(row["stream"]), row["clock"]) for row in found)
