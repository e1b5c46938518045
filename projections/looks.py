"""Who looked at what, when and why; and what of it is unusual."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID

from domain.calendar import LONDON, london_date
from domain.permission import OWN_RECORD, Visible
from projections.instants import read, written
from projections.permitted import marks, permitted
from store.views import Views

NOT_FOUND: Final = "not-found"
"""The rule under which a search stands that led to nobody, or to whom may not be seen."""
NOT_SHOWN: Final = frozenset({OWN_RECORD, NOT_FOUND})
"""What is no look: nothing was shown."""

MANY: Final = 30
"""So many different children in one day are unusual for one person."""
MISSES: Final = 5
"""So many searches in one day that find nothing are unusual for one person: fewer are slips of the hand."""
BEGINS: Final = time(7)
ENDS: Final = time(20)
"""Outside these hours, and at weekends, looking is unusual for who is not on duty then."""
FRIDAY: Final = 4
OF_CHILD: Final = (
    "(child = ? OR (stream, version) IN"
    " (SELECT stream, version FROM look_child WHERE authority = ? AND child = ?))"
)
"""A look at a child: of it alone, or a file that carried it away with others."""
MOST: Final = 200_000


@dataclass(frozen=True, slots=True)
class Look:
    """One look: who was shown what, and which rule allowed it; or who was refused, or found nothing."""

    person: str
    child: str | None
    """The opaque id of the child; nothing for a page that lists many."""
    route: str
    purpose: str
    rule: str
    at: datetime
    unattended: bool = False
    """Whether nobody asked for it: a list brought itself up to date."""
    carried: int = 0
    """How many children a file carried away; none where it is of one, or is a page."""
    sha256: str | None = None
    """The hash of that file."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What narrows the list; nothing narrows nothing."""

    person: str | None = None
    child: str | None = None
    purpose: str | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None
    own: bool = False
    """Whether they are asked for by whoever looked: what was refused must not tell that it exists."""
    of_children: bool = False
    """Whether only looks at one child are asked for."""


@dataclass(frozen=True, slots=True)
class Unusual:
    """Something in the looks of one person on one day that somebody should ask about."""

    person: str
    on: date
    kind: str
    count: int


def looks(
    views: Views, authority: str, asked: Asked, *, offset: int = 0, limit: int = 50
) -> tuple[tuple[Look, ...], int]:
    """The looks that are asked for, the latest first, and how many there are in all."""
    where, values = "authority = ?", list[object]([authority])
    for condition, value in (
        ("person = ?", asked.person),
        ("purpose = ?", asked.purpose),
        ("at >= ?", asked.from_at and written(asked.from_at)),
        ("at < ?", asked.to_at and written(asked.to_at)),
    ):
        if value is not None:
            where, values = f"{where} AND {condition}", [*values, value]
    if asked.child is not None:
        where, values = f"{where} AND {OF_CHILD}", [*values, asked.child, authority, asked.child]
    if asked.of_children:
        where = f"{where} AND child IS NOT NULL"
    if asked.own:
        where = f"{where} AND rule NOT IN ({marks(NOT_SHOWN)})"
        values = [*values, *sorted(NOT_SHOWN)]
    with views.reading() as cursor:
        total = cursor.execute(f"SELECT count(*) AS total FROM look WHERE {where}", values)  # noqa: S608
        found = cursor.execute(
            f"SELECT * FROM look WHERE {where} ORDER BY at DESC, stream, version DESC"  # noqa: S608
            " LIMIT ? OFFSET ?",
            [*values, limit, offset],
        )
    return tuple(map(look, found)), int(total[0]["total"])


def look(row: Mapping[str, Any]) -> Look:
    """A row of the table as a value."""
    return Look(
        row["person"],
        row["child"],
        row["route"],
        row["purpose"],
        row["rule"],
        read(row["at"]),
        bool(row["unattended"]),
        row["carried"],
        row["sha256"],
    )


def unusual(
    views: Views, authority: str, asked: Asked, on_duty: AbstractSet[str]
) -> tuple[Unusual, ...]:
    """What is unusual in the looks that are asked for, the latest day first."""
    found, _ = looks(views, authority, asked, limit=MOST)
    return tuple(sorted(patterns(found, on_duty), key=lambda one: one.on, reverse=True))


def patterns(found: Sequence[Look], on_duty: AbstractSet[str]) -> Iterator[Unusual]:
    """Each pattern of each person's day; what brought itself up to date is nobody's look."""
    days: dict[tuple[str, date], list[Look]] = defaultdict(list)
    for one in found:
        if not one.unattended:
            days[one.person, london_date(one.at)].append(one)
    for (person, on), asked in days.items():
        seen = [one for one in asked if one.rule not in NOT_SHOWN]
        refused = sum(one.rule == OWN_RECORD for one in asked)
        missed = len(asked) - len(seen) - refused
        if refused:
            yield Unusual(person, on, "own-family", refused)
        if missed >= MISSES:
            yield Unusual(person, on, "searched", missed)
        children = {one.child for one in seen if one.child}
        late = [one for one in seen if is_out_of_hours(one.at)]
        if len(children) >= MANY:
            yield Unusual(person, on, "many-children", len(children))
        if late and person not in on_duty:
            yield Unusual(person, on, "out-of-hours", len(late))
        for rule, kind in (("forced", "forced-open"), ("told", "of-other-teams")):
            elsewhere = {one.child for one in seen if one.child and one.rule == rule}
            if elsewhere:
                yield Unusual(person, on, kind, len(elsewhere))


def is_out_of_hours(at: datetime) -> bool:
    """Whether an instant lies outside working hours in London."""
    there = at.astimezone(LONDON)
    return there.weekday() > FRIDAY or not BEGINS <= there.time() < ENDS


def open_now(views: Views, authority: str, now: datetime) -> tuple[UUID, ...]:
    """The children whose records somebody has forced open and which are open still."""
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT DISTINCT stream FROM board_forced WHERE authority = ? AND until_at > ?"
            " ORDER BY stream",
            [authority, written(now)],
        )
    return tuple(UUID(row["stream"]) for row in found)


@dataclass(frozen=True, slots=True)
class ToReview:
    """One record that somebody forced open, which nobody else has reviewed yet."""

    stream: UUID
    event: str
    person: str
    at: datetime
    until: datetime


def to_review(
    views: Views, authority: str, reviewer: str, now: datetime, *, visible: Visible
) -> tuple[ToReview, ...]:
    """What waits for a review that this person may give: of what they may see, never of their own doing."""
    where, values = permitted(visible, authority, written(now), clocks=False)
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT b.* FROM board_forced b JOIN board_child k ON k.stream = b.stream"  # noqa: S608
            f" WHERE b.authority = ? AND b.reviewed_by IS NULL AND b.person <> ?{where}"
            " ORDER BY b.at, b.stream, b.event",
            [authority, reviewer, *values],
        )
    return tuple(
        ToReview(
            UUID(row["stream"]), row["event"], row["person"], read(row["at"]), read(row["until_at"])
        )
        for row in found
    )
