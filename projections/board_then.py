"""The board of another moment: what had happened by then, as it was known then, worked out from the log.

Nothing of it is kept, and nothing doubts it: it is not asked whether the processes of today are well.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from domain.authority import Authority
from domain.child_episode import ChildEpisode, from_history, team_of
from domain.clocks import Verdict, verdict
from domain.raised import raised_tellings
from projections.board import ENDED, HISTORY, NOT_ACKNOWLEDGED, BoardRow, board_row
from projections.child_rows import clock_row
from projections.history import as_told, happened_by, known_by, own_stream
from projections.statuses import has_begun, has_ended
from projections.whole_log import every_stream, joined_in, nobody_looks
from store.log import Log

ORDER: Final = (
    Verdict.BREACHED,
    Verdict.DUE_SOON,
    Verdict.AWAITING_FEED,
    Verdict.UNDECIDABLE,
    Verdict.RUNNING,
)
"""The most urgent first; whatever else is said of a clock comes after these."""


@dataclass(frozen=True)
class BoardThen:
    """The board as it stood at another moment."""

    every: tuple[BoardRow, ...]
    """Every clock that had started, the most urgent first."""
    moment: datetime
    """The moment at which clocks are judged."""
    children: int
    """How many children were known of."""

    def kept_to(self, shows: Callable[[UUID, str], bool]) -> "BoardThen":
        """The same board with only what may be seen, before anything is counted."""
        kept = tuple(row for row in self.every if shows(row.stream, row.clock))
        return replace(self, every=kept, children=len({row.stream for row in kept}))

    def rows(
        self,
        *,
        status: str | None = None,
        timescale: str | None = None,
        team: str | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[tuple[BoardRow, ...], int]:
        """The clocks a filter leaves, and how many there are in all, as the board of today has them."""
        found = [
            row
            for row in self.every
            if is_asked_for(row, status)
            and timescale in (None, row.timescale)
            and team in (None, row.team)
        ]
        return tuple(found[offset : offset + limit]), len(found)

    def counts(self) -> Mapping[str, int]:
        """How many clocks stood at each status, counted as the board of today counts them."""
        statuses = [status.value for status in Verdict]
        said = dict.fromkeys([*statuses, "open", HISTORY, NOT_ACKNOWLEDGED], 0)
        for row in self.every:
            if row.ended != (row.status in ENDED):
                continue
            if row.status is Verdict.BREACHED and row.history:
                said[HISTORY] += 1
                continue
            said[row.status.value] += 1
            said["open"] += not row.ended
            late = row.status is Verdict.BREACHED
            said[NOT_ACKNOWLEDGED] += late and row.acknowledged_until is None
        return said


def is_asked_for(row: BoardRow, status: str | None) -> bool:
    """Whether a status asks for a clock; without one every clock that runs or is late."""
    late = row.status is Verdict.BREACHED and not row.ended
    if status is None:
        return not row.ended and not (late and row.history)
    if status in {HISTORY, NOT_ACKNOWLEDGED, Verdict.BREACHED}:
        if not late or row.history != (status == HISTORY):
            return False
        return status != NOT_ACKNOWLEDGED or row.acknowledged_until is None
    return row.status == status and row.ended == (status in ENDED)


def board_then(
    log: Log,
    authority: Authority,
    now: datetime,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    reached: Callable[[int], None] = nobody_looks,
) -> BoardThen:
    """What had happened by one moment, as it was known at another; either may be left out."""
    moment = min(now, as_of or known_at or now)
    then = as_told(authority, known_by(own_stream(log, authority), known_at))
    streams = every_stream(log, authority.code, known_at=known_at, reached=reached)
    found: list[BoardRow] = []
    children = 0
    happened = {stream: happened_by(recorded, as_of) for stream, recorded in streams.items()}
    joined = joined_in(happened)
    for stream, history in happened.items():
        if history and history[0].event.kind != "reads":
            children += history[0].event.kind == "child"
            episode = from_history(history, joined.get(stream, ()))
            found += rows_of(stream, episode, then, moment)
    return BoardThen(tuple(sorted(found, key=urgency)), moment, children)


def rows_of(
    stream: UUID, episode: ChildEpisode, authority: Authority, moment: datetime
) -> Iterator[BoardRow]:
    """The clocks of one child, or of the authority itself, as they stood."""
    raised = raised_tellings(episode, authority)
    whose: dict[str, Any] = {
        "authority": episode.authority,
        "stream": stream.hex,
        "kind": episode.kind,
        "reference": episode.child,
        "team": team_of(episode),
    }
    for clock in episode.clocks(authority):
        if not has_begun(clock, moment):
            continue
        row = clock_row(clock, episode, authority, raised, moment)
        said = {"status": verdict(clock, moment).value, "ended": has_ended(clock, moment)}
        yield board_row(row | whose | said, moment)


def urgency(row: BoardRow) -> tuple[int, datetime, str, str]:
    """The order of the board: the most urgent first, then the earliest due."""
    place = ORDER.index(row.status) if row.status in ORDER else len(ORDER)
    return place, row.due_at, row.reference, row.clock
