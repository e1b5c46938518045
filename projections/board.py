"""What is late and what is due: asked of rows that the projector keeps, at the moment of asking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from domain.clocks import Verdict
from domain.event import Kind
from domain.own_matters import ALLEGATION, page_of, whose
from domain.permission import Visible
from projections.instants import read, read_if, written
from projections.permitted import Where, marks, on_status, permitted
from store.views import Views

ENDED: Final = frozenset(
    {Verdict.MET, Verdict.MET_LATE, Verdict.CANCELLED, Verdict.DECLINED, Verdict.SUPERSEDED}
)
"""What is said only of clocks that something has ended."""

HISTORY: Final = "history"
"""Late clocks that were already long late when they became known, and so woke nobody."""
NOT_ACKNOWLEDGED: Final = "not-acknowledged"
"""Late clocks that nobody's promise holds."""

URGENCY: Final = (
    "CASE s.status WHEN 'breached' THEN 0 WHEN 'due-soon' THEN 1 WHEN 'awaiting-feed' THEN 2"
    " WHEN 'undecidable' THEN 3 WHEN 'running' THEN 4 ELSE 5 END"
)
BESIDE: Final = (
    " JOIN board_clock c ON c.stream = s.stream AND c.clock = s.clock"
    " JOIN board_child k ON k.stream = s.stream"
)
JOINED: Final = f" FROM board_status s{BESIDE}"
IN_FORCE: Final = " AND s.from_at <= ? AND s.to_at > ?"
TRUE_NOW: Final = f" WHERE s.authority = ?{IN_FORCE}"
UNPROMISED: Final = " AND (s.acknowledged_until IS NULL OR s.acknowledged_until <= ?)"
IN_ORDER: Final = f" ORDER BY {URGENCY}, s.due_at, s.reference, s.clock"


@dataclass(frozen=True)
class BoardRow:
    """One clock on the board, with its status at the moment of asking."""

    authority: str
    stream: UUID
    clock: str
    """The clock's key."""
    version: int
    timescale: str
    """The id of the timescale; its words stand in the policy."""
    thread: str
    thread_ref: str | None
    kind: Kind
    """Whether a child's, or the authority's own."""
    reference: str
    """The case system's reference of the child: for the page, never for an address or an e-mail."""
    team: str | None
    status: Verdict
    ended: bool
    started_at: datetime
    started_on: date | None
    due_soon_at: datetime | None
    due_at: datetime
    due_on: date | None
    """The last day that is in time; nothing for rules that count hours."""
    breaks_at: datetime | None
    heard_to: datetime | None
    stopped_by: str | None
    stopped_at: datetime | None
    stopped_on: date | None
    ending: str | None
    to_the_day: bool
    confirmed: bool
    urgent: bool
    provisional: bool
    ours: bool
    history: bool
    digest: bool
    owed_by: str
    """Who owes it: the partner, where the fact that began it names one."""
    escalation: str | None
    """The ladder of its breach, if one was raised for its present version."""
    rearmed: int
    exhausted: bool
    told_at: datetime | None
    told_rung: int | None
    told_role: str | None
    told_person: str | None
    watching: tuple[str, ...]
    """The roles that were told only so that they can watch."""
    acknowledged_until: datetime | None
    """The end of the promised day, while that lies ahead."""
    acknowledged_owner: str | None
    handed_to: str | None
    """Whom it was handed over to, while that lasts."""
    handed_until: datetime | None

    @property
    def allegation(self) -> str | None:
        """The allegation it is about, where it is about no child."""
        known = self.kind == "authority" and self.thread == ALLEGATION
        return self.thread_ref if known else None

    @property
    def whose(self) -> str:
        """Whose clock it is, as people read it."""
        return whose(self.kind, self.reference, self.thread, self.thread_ref)

    @property
    def page(self) -> str:
        """Where all that happened is told, as an address."""
        return page_of(self.kind, self.stream, self.allegation)

    @property
    def clock_page(self) -> str:
        """Where the clock is explained, as an address."""
        return f"{page_of(self.kind, self.stream)}/clocks/{self.clock}"


@dataclass(frozen=True)
class BoardChild:
    """One child the board knows of."""

    stream: UUID
    reference: str
    team: str | None
    version: int
    recorded_at: datetime


def rows(
    views: Views,
    authority: str,
    now: datetime,
    *,
    status: str | None = None,
    timescale: str | None = None,
    team: str | None = None,
    narrowed: Where = ("", ()),
    visible: Visible | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[tuple[BoardRow, ...], int]:
    """The clocks a filter leaves, most urgent first, and how many there are in all.

    Without a status: every clock still running or late, but for what was learned long afterwards.
    `status` is a verdict, `history` or `not-acknowledged`; `narrowed` is any further condition.
    """
    where, values = conditions(authority, now, status)
    for column, wanted in (("timescale", timescale), ("team", team)):
        if wanted is not None:
            where, values = f"{where} AND s.{column} = ?", [*values, wanted]
    allowed, wants = permitted(visible, authority, written(now), clocks=True)
    where += on_status(narrowed[0] + allowed)
    values = [*values, *narrowed[1], *wants]
    with views.reading() as cursor:
        total = cursor.execute(
            f"SELECT count(*) AS total FROM board_status s{where}",  # noqa: S608
            values,
        )[0]["total"]
        found = cursor.execute(
            f"SELECT c.*, k.kind, k.reference, s.status, s.ended FROM"  # noqa: S608
            f" (SELECT s.* FROM board_status s{where}{IN_ORDER} LIMIT ? OFFSET ?) s{BESIDE}{IN_ORDER}",
            [*values, limit, offset],
        )
    return tuple(board_row(row, now) for row in found), int(total)


def conditions(
    authority: str, now: datetime, status: str | None, *, among: Sequence[str] = ()
) -> tuple[str, list[object]]:
    """Which rows a status asks for, of an authority or of some of its streams alone."""
    at = written(now)
    where, values = TRUE_NOW, list[object]([authority, at, at])
    if among:
        # Without the authority, which would be looked for first.
        where = f" WHERE s.stream IN ({marks(among)}){IN_FORCE}"
        values = [*among, at, at]
    match status:
        case None:
            where += " AND s.ended = 0 AND NOT (s.status = 'breached' AND s.history = 1)"
        case _ if status == HISTORY:
            where += " AND s.ended = 0 AND s.status = 'breached' AND s.history = 1"
        case _ if status == NOT_ACKNOWLEDGED:
            where += " AND s.ended = 0 AND s.status = 'breached' AND s.history = 0" + UNPROMISED
            values = [*values, at]
        case Verdict.BREACHED:
            where += " AND s.ended = 0 AND s.status = 'breached' AND s.history = 0"
        case _:
            where += " AND s.ended = ? AND s.status = ?"
            values = [*values, int(status in ENDED), status]
    return where, values


def board_row(row: Mapping[str, Any], now: datetime) -> BoardRow:
    """A row of the table as a value; a promise whose day has passed, and a stop to come, are left out."""
    promise = read_if(row["acknowledged_until"])
    promised = promise is not None and promise > now
    handed = read_if(row["handed_until"])
    taken = handed is not None and handed > now
    ended = bool(row["ended"])  # a birthday ahead ends nothing yet
    return BoardRow(
        authority=row["authority"],
        stream=UUID(row["stream"]),
        clock=row["clock"],
        version=row["version"],
        timescale=row["timescale"],
        thread=row["thread"],
        thread_ref=row["thread_ref"],
        kind=row["kind"],
        reference=row["reference"],
        team=row["team"],
        status=Verdict(row["status"]),
        ended=ended,
        started_at=read(row["started_at"]),
        started_on=day(row["started_on"]),
        due_soon_at=read_if(row["due_soon_at"]),
        due_at=read(row["due_at"]),
        due_on=day(row["due_on"]),
        breaks_at=read_if(row["breaks_at"]),
        heard_to=read_if(row["heard_to"]),
        stopped_by=row["stopped_by"] if ended else None,
        stopped_at=read_if(row["stopped_at"]) if ended else None,
        stopped_on=day(row["stopped_on"]) if ended else None,
        ending=row["ending"] if ended else None,
        to_the_day=bool(row["to_the_day"]),
        confirmed=bool(row["confirmed"]),
        urgent=bool(row["urgent"]),
        provisional=bool(row["provisional"]),
        ours=bool(row["ours"]),
        history=bool(row["history"]),
        digest=bool(row["digest"]),
        owed_by=row["owed_by"],
        escalation=row["escalation"],
        rearmed=row["rearmed"],
        exhausted=bool(row["exhausted"]),
        told_at=read_if(row["told_at"]),
        told_rung=row["told_rung"],
        told_role=row["told_role"],
        told_person=row["told_person"],
        watching=tuple(row["watching"].split()),
        acknowledged_until=promise if promised else None,
        acknowledged_owner=row["acknowledged_owner"] if promised else None,
        handed_to=row["handed_to"] if taken else None,
        handed_until=handed if taken else None,
    )


def day(text: str | None) -> date | None:
    """A day that was written, or nothing where nothing was."""
    return None if text is None else date.fromisoformat(text)


def counts(
    views: Views, authority: str, now: datetime, *, visible: Visible | None = None
) -> Mapping[str, int]:
    """How many clocks stand at each status, with `open` for all that the board shows by itself.

    Every verdict is counted, those with none too.
    A breach counts while it lasts, apart under `history` where it was learned long afterwards;
    `not-acknowledged` are the breaches that nobody's promise holds.
    """
    at = written(now)
    allowed, wants = permitted(visible, authority, at, clocks=True)
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT s.status, s.ended, s.history, count(*) AS clocks,"  # noqa: S608
            " sum(CASE WHEN s.acknowledged_until > ? THEN 1 ELSE 0 END) AS promised"
            f" FROM board_status s{TRUE_NOW}{on_status(allowed)} GROUP BY s.status, s.ended, s.history",
            [at, authority, at, at, *wants],
        )
    said = {status.value: 0 for status in Verdict} | {"open": 0, HISTORY: 0, NOT_ACKNOWLEDGED: 0}
    for row in found:
        status, late = row["status"], row["status"] == Verdict.BREACHED
        if row["ended"] != int(status in ENDED):
            continue  # a breach that something has ended, and what is not known of ended clocks
        if late and row["history"]:
            said[HISTORY] += row["clocks"]
            continue
        said[status] += row["clocks"]
        said["open"] += 0 if row["ended"] else row["clocks"]
        said[NOT_ACKNOWLEDGED] += row["clocks"] - row["promised"] if late else 0
    return said


def find_escalation(views: Views, authority: str, telling: str) -> tuple[UUID, str, int] | None:
    """The stream, the clock's key and its version that a ladder or a notice is about."""
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT stream, clock, clock_version FROM board_telling"
            " WHERE authority = ? AND telling = ?",
            [authority, telling],
        )
    return (
        (UUID(found[0]["stream"]), found[0]["clock"], found[0]["clock_version"]) if found else None
    )


def find_clock(views: Views, authority: str, clock: str) -> UUID | None:
    """The stream that a clock runs in, by the clock's key."""
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT stream FROM board_clock WHERE authority = ? AND clock = ?", [authority, clock]
        )
    return UUID(found[0]["stream"]) if found else None


def children(views: Views, authority: str) -> tuple[BoardChild, ...]:
    """Every child anything is recorded about, by the case system's reference."""
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT * FROM board_child WHERE authority = ? AND kind = 'child' ORDER BY reference",
            [authority],
        )
    return tuple(board_child(row) for row in found)


def find_child(views: Views, authority: str, reference: str) -> BoardChild | None:
    """The child of exactly this reference; nothing where none is known."""
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT * FROM board_child WHERE authority = ? AND kind = 'child' AND reference = ?",
            [authority, reference],
        )
    return board_child(found[0]) if found else None


def board_child(row: Mapping[str, Any]) -> BoardChild:
    """A row of the table as a value."""
    return BoardChild(
        stream=UUID(row["stream"]),
        reference=row["reference"],
        team=row["team"],
        version=row["version"],
        recorded_at=read(row["recorded_at"]),
    )
