"""Keeps the board's rows up to date: all rows of a child, whenever anything about it is recorded.

The rows of a batch and the position they were read up to change in one transaction,
and only from the position the batch was read after: every event counts exactly once.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Literal, TypeVar
from uuid import UUID

import structlog

from domain.access_events import OwnRecordAsked, RecordRead, SearchMissed
from domain.authority import Authority
from domain.errors import DaymarkError
from domain.event import Identity, Recorded, Unreadable
from domain.facts.authority import (
    FeedAdvanced,
    PanelInvitationExtended,
    PanelInvitationWithdrawn,
    PanelMemberInvited,
    PanelSharingAgreed,
    PersonAssigned,
    PersonAway,
    ShiftRostered,
    TeamPlaced,
    TrackerCompared,
)
from domain.facts.corrections import FactCorrected, FactWithdrawn
from domain.own_matters import FREQUENT, REGISTRY, last_that_counts
from projections.alike import DIFFERENCE, PROCESS
from projections.child_rows import Row, child_rows
from projections.instants import written_if
from projections.looks import NOT_FOUND
from projections.permitted import marks
from projections.shape import MADE, hold_shape, is_made, require_board, shape
from projections.signs_of_life import hear
from projections.tables import BOOKKEEPING, COLUMNS, KEYS, RETIRED, VIEW, statements
from store.database import Cursor, DatabaseUnavailable
from store.following import Overtaken
from store.log import Log
from store.views import Views

Found = TypeVar("Found")

Reach = Literal["fed", "open", "all"]
"""Whom a fact about the authority touches: children with a clock that waits for a batch feed,
children with a clock that nothing has ended, or every child."""

BEHIND: Final = """
    SELECT stream FROM board_child k WHERE k.authority = ? AND k.authority_version < ? AND CASE ?
        WHEN 'fed' THEN EXISTS
            (SELECT 1 FROM board_clock c WHERE c.stream = k.stream AND c.heard_to IS NOT NULL)
        WHEN 'open' THEN EXISTS
            (SELECT 1 FROM board_status s WHERE s.stream = k.stream AND s.ended = 0)
        ELSE 1 = 1 END
    ORDER BY stream"""
"""The children touched whose rows were worked out before a version of the authority."""

REBUILD_BATCH: Final = 5000

MOST_VALUES: Final = 10_000
"""Values in one statement; either database takes three times as many."""

logger = structlog.get_logger()


def create_tables(views: Views) -> None:
    """Make the board's tables, as `daymark migrate` alone may; another release's are made anew.

    They are then filled from the log by whoever follows it.
    """
    views.create([MADE, PROCESS, DIFFERENCE])
    if is_made(views):
        return
    views.create(
        [
            # First what every batch of another release's projector changes, in its order: it then ends,
            # or waits and finds itself overtaken, and never writes into the new tables.
            f"DELETE FROM view_position WHERE view = '{VIEW}'",  # noqa: S608  (a word of our own)
            "DELETE FROM board_made",
            *(f"DROP TABLE IF EXISTS {table}" for table in (*COLUMNS, *RETIRED)),
            *statements(),
            f"DELETE FROM parked WHERE view = '{VIEW}'",  # noqa: S608
            f"INSERT INTO board_made VALUES ('{shape()}')",  # noqa: S608
        ]
    )


class BoardView:
    """The board as something that follows the log."""

    def __init__(self, views: Views, log: Log, authority: Callable[[str], Authority]) -> None:
        """Keep where the rows lie, where histories are read, and how an authority is asked for."""
        self._views = views
        self._log = log
        self._authority = authority

    def position(self) -> int:
        """The position up to which the log has been taken in."""
        return self._views.position(VIEW)

    def apply(self, batch: Sequence[Recorded | Unreadable], *, after: int) -> None:
        """Take in what follows a position, or raise Overtaken and change nothing.

        Everything is worked out before the transaction begins, so that nobody waits for it.
        AnotherRelease, with nothing changed, where the tables have been made anew meanwhile.
        """
        try:
            self._apply(batch, after)
        except DatabaseUnavailable:
            require_board(self._views)  # a column that is not there is no outage that passes
            raise

    def _apply(self, batch: Sequence[Recorded | Unreadable], after: int) -> None:
        last = batch[-1].position
        unreadable = [item for item in batch if isinstance(item, Unreadable)]
        learned = [item.recorded_at for item in batch if isinstance(item, Recorded)]
        aside = {item.stream for item in unreadable}
        found, failed = self._work_out(self._touched(batch), last)
        note_when_learned(found, max(learned, default=None))
        with self._views.transaction(VIEW, after, last) as cursor:
            hold_shape(cursor)
            # A row that stands in this batch is parked itself, and so not once more for its child.
            others = [item for item in failed if item.stream not in aside]
            for item in (*unreadable, *whose(cursor, others, batch)):
                self._views.park(cursor, VIEW, item)
            write(cursor, found)
            hear(cursor, [item for item in batch if isinstance(item, Recorded)])
            write_looks(cursor, batch)

    def _touched(self, batch: Sequence[Recorded | Unreadable]) -> list[UUID]:
        """The streams whose rows may not yet say what these events say."""
        children: dict[UUID, int] = {}
        reached: dict[tuple[str, Reach], int] = {}
        for item in batch:
            if isinstance(item, Unreadable) or item.event.kind == "child":
                children[item.stream] = item.version
                continue
            if item.event.kind == "reads":
                continue  # a look changes nothing about anybody
            if item.event.name not in FREQUENT:
                children[item.stream] = item.version
            if (reach := self._reach(item)) is not None:
                reached[item.event.authority, reach] = item.version
        with self._views.reading() as cursor:
            known = up_to_date(cursor, children)
            touched = {stream: None for stream in children if stream not in known}
            # What is told under one reference changes the clocks of the others.
            touched |= dict.fromkeys(joined_with(cursor, children))
            for (code, reach), version in reached.items():
                touched |= dict.fromkeys(behind_authority(cursor, code, reach, version))
        return list(touched)

    def _reach(self, item: Recorded) -> Reach | None:
        """Whom a fact about the authority touches, if anybody."""
        match item.event.said:
            case FeedAdvanced(source=source):
                return "fed" if self._is_waited_for(item.event.authority, source) else None
            case (
                TrackerCompared()
                | PanelMemberInvited()
                | PanelInvitationExtended()
                | PanelInvitationWithdrawn()
                | PanelSharingAgreed()
            ):
                return None
            case PersonAssigned() | ShiftRostered() | PersonAway() | TeamPlaced():
                return "open"
            case FactCorrected() | FactWithdrawn() as said:
                name = said.corrected_event
                named = self._log.find(Identity(item.event.authority, name.source, name.id))
                return "all" if named is None or named.event.name in REGISTRY else None
            case _:
                # Allegations, reports and what Daymark did about them are nobody else's matter.
                return "all" if item.event.name in REGISTRY else None

    def _is_waited_for(self, code: str, source: str) -> bool:
        """Whether how far a source has come may change a clock: not where it speaks at once."""
        try:
            spans = self._authority(code).sources
        except DaymarkError:
            return True  # the children concerned say why when they are worked out
        return any(span.source == source and not span.continuous for span in spans)

    def _work_out(
        self, streams: Iterable[UUID], position: int
    ) -> tuple[dict[UUID, dict[str, list[Row]]], list[Unreadable]]:
        """The rows of each child, and those whose history or calendar does not allow it."""
        found: dict[UUID, dict[str, list[Row]]] = {}
        failed: list[Unreadable] = []
        known: dict[str, tuple[int, Authority]] = {}
        for stream in streams:
            try:
                found[stream] = self._rows_of(stream, known)
            except DatabaseUnavailable:
                raise
            except DaymarkError as error:
                # One child that cannot be worked out must not stop the others; the board turns grey.
                logger.warning("a child cannot be worked out", stream=stream.hex, reason=str(error))
                failed.append(Unreadable(stream, 0, position, type(error).__name__, str(error)))
        return found, failed

    def _rows_of(
        self, stream: UUID, known: dict[str, tuple[int, Authority]]
    ) -> dict[str, list[Row]]:
        """All rows of one child, with the version of the authority they were worked out by.

        Each authority is asked for once in a batch.
        """
        episode = self._log.episode(stream)
        if episode is None or last_that_counts(episode.history) is None:
            return {}
        code = episode.authority
        if code not in known:
            # The version before the authority itself: what is added meanwhile comes by again.
            version = self._log.version(self._log.stream(code, "authority", code))
            known[code] = version, self._authority(code)
        version, authority = known[code]
        rows = child_rows(episode, authority)
        for row in rows.get("board_child", ()):
            row["authority_version"] = version
        return rows


def whose(
    cursor: Cursor, failed: Sequence[Unreadable], batch: Sequence[Recorded | Unreadable]
) -> Iterator[Unreadable]:
    """What could not be worked out, with the authority it belongs to: no other's board turns grey."""
    told = {one.stream: one.event.authority for one in batch if isinstance(one, Recorded)}
    asked = "SELECT stream, authority FROM board_child WHERE stream IN"
    known = {
        UUID(row["stream"]): row["authority"]
        for row in asked_of(cursor, asked, [one.stream for one in failed])
    }
    for one in failed:
        yield replace(one, authority=told.get(one.stream, known.get(one.stream)))


def note_when_learned(
    found: Mapping[UUID, Mapping[str, Sequence[Row]]], learned_at: datetime | None
) -> None:
    """Keep since when each child's rows could be known: what follows from them has its time from then."""
    for rows in found.values():
        for row in rows.get("board_child", ()):
            row["informed_at"] = max(str(row["recorded_at"]), written_if(learned_at) or "")


def up_to_date(cursor: Cursor, children: Mapping[UUID, int]) -> set[UUID]:
    """The streams whose rows were worked out at these versions or later."""
    found = asked_of(cursor, "SELECT stream, version FROM board_child WHERE stream IN", children)
    return {one for row in found if row["version"] >= children[one := UUID(row["stream"])]}


def joined_with(cursor: Cursor, streams: Iterable[UUID]) -> list[UUID]:
    """The streams of the other references of these children, as far as the board knows."""
    found = asked_of(cursor, "SELECT stream, other FROM board_joined WHERE stream IN", streams)
    order = {stream.hex: place for place, stream in enumerate(streams)}
    found.sort(key=lambda row: (order[row["stream"]], row["other"]))
    return [UUID(row["other"]) for row in found]


def asked_of(cursor: Cursor, question: str, streams: Iterable[UUID]) -> list[dict[str, Any]]:
    """What a table says of some streams, asked of as many at once as one statement takes."""
    named = [stream.hex for stream in streams]
    return [
        row
        for some in portions(named, 1)
        for row in cursor.execute(f"{question} ({marks(some)})", some)
    ]


def joined_streams(views: Views, streams: Iterable[UUID]) -> list[UUID]:
    """The same, asked by whoever pokes."""
    with views.reading() as cursor:
        return joined_with(cursor, streams)


def behind_authority(cursor: Cursor, code: str, reach: Reach, version: int) -> list[UUID]:
    """The children touched whose rows were worked out before this version of the authority."""
    found = cursor.execute(BEHIND, [code, version, reach])
    return [UUID(row["stream"]) for row in found]


def write(cursor: Cursor, found: Mapping[UUID, Mapping[str, Sequence[Row]]]) -> None:
    """Put the rows of each child in the place of those it had."""
    cursor.run_all(
        statement
        for table, columns in COLUMNS.items()
        for statement in (
            *(
                (f"DELETE FROM {table} WHERE stream IN ({marks(some)})", some)  # noqa: S608  (our own table names)
                for some in portions([stream.hex for stream in found], 1)
            ),
            *(
                (insert(table, len(some)), [row[column] for row in some for column in columns])
                for some in portions(
                    [row for rows in found.values() for row in rows.get(table, ())], len(columns)
                )
            ),
        )
    )


def insert(table: str, rows: int) -> str:
    """The statement that puts so many rows into a table."""
    columns = COLUMNS[table]
    row = f"({', '.join('?' * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * rows)}"  # noqa: S608


def portions(found: Sequence[Found], values: int) -> Iterator[Sequence[Found]]:
    """As many at a time as one statement takes, each with so many values."""
    most = MOST_VALUES // values
    for first in range(0, len(found), most):
        yield found[first : first + most]


def write_looks(cursor: Cursor, batch: Iterable[Recorded | Unreadable]) -> None:
    """Keep who was shown what; a look is never taken back, so a row is only added."""
    recorded = [item for item in batch if isinstance(item, Recorded)]
    for table, rows in (
        ("look", [row for item in recorded for row in look_of(item)]),
        ("look_child", [row for item in recorded for row in carried_by(item)]),
    ):
        columns = COLUMNS[table]
        cursor.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
            " ON CONFLICT DO NOTHING",
            rows,
        )


def look_of(item: Recorded) -> Iterator[tuple[object, ...]]:
    """The row of a look, of a refusal, or of a search that found nothing; nothing for any other event."""
    said = item.event.said
    more: tuple[object, ...]
    match said:
        case RecordRead():
            more = said.rule, int(said.unattended), len(set(said.children)), said.sha256
        case OwnRecordAsked():
            more = said.rule, 0, 0, None
        case SearchMissed():
            more = NOT_FOUND, 0, 0, None
        case _:
            return
    yield (
        item.event.authority,
        item.stream.hex,
        item.version,
        item.event.subject,
        said.child,
        said.route,
        said.purpose,
        *more,
        written_if(item.recorded_at),
    )


def carried_by(item: Recorded) -> Iterator[tuple[object, ...]]:
    """A row for each child whom a file carried away, each once."""
    said = item.event.said
    if isinstance(said, RecordRead):
        for child in dict.fromkeys(said.children):
            yield item.event.authority, item.stream.hex, item.version, child


def rebuild(views: Views, log: Log, authority: Callable[[str], Authority]) -> int:
    """Throw the board away and work it out again from the log; the position reached.

    A projector that runs meanwhile joins in: each batch is taken in by one of the two.
    """
    require_board(views)
    views.clear(VIEW, COLUMNS)
    view = BoardView(views, log, authority)
    while batch := log.after(position := view.position(), REBUILD_BATCH):
        with suppress(Overtaken):
            view.apply(batch, after=position)
    views.take_stock()
    return position


def digest_of_tables(views: Views) -> str:
    """One hash of everything the board says: equal for equal logs, however they were taken in."""
    hashed = hashlib.sha256()
    with views.reading() as cursor:
        for table, columns in COLUMNS.items():
            said = [column for column in columns if column not in BOOKKEEPING]
            found = cursor.execute(
                f"SELECT {', '.join(said)} FROM {table} ORDER BY {', '.join(KEYS[table])}"  # noqa: S608
            )
            for row in found:
                hashed.update(json.dumps([table, *row.values()]).encode() + b"\n")
    return hashed.hexdigest()
