"""What Daymark itself had left undone at a past moment, and what its operators had been told of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from domain.authority import Authority
from domain.child_episode import ChildEpisode, stages_of
from domain.engine_events import OperatorTold
from domain.escalation import next_of
from domain.event import Recorded
from domain.own_matters import last_that_counts
from domain.raised import raised_tellings
from projections.board import BoardRow
from projections.trust import STAGE_GRACE, Doubt, in_words, undone

NEAR: Final = timedelta(days=1)
"""How long before the moment a word to operators still counts as one near it."""


@dataclass(frozen=True, slots=True)
class OperatorsTold:
    """One word to somebody who looks after Daymark that it was not well."""

    at: datetime
    doubt: str
    about: str | None
    since: datetime | None
    person: str
    delivered: bool


def waiting_then(
    rows: Sequence[BoardRow],
    episodes: Mapping[UUID, ChildEpisode],
    authority: Authority,
    at: datetime,
) -> dict[UUID, datetime]:
    """Each record on a board of which something should have been recorded or told, with since when."""
    found: dict[UUID, datetime] = {}
    for stream in dict.fromkeys(row.stream for row in rows):
        since = left_undone(episodes[stream], authority, at)
        if since is not None:
            found[stream] = since
    return found


def left_undone(episode: ChildEpisode, authority: Authority, at: datetime) -> datetime | None:
    """Since when something should have been recorded or told; nothing where all was.

    What was only just learned is given its time, however long ago it was due.
    """
    last = last_that_counts(episode.history) or episode.history[-1]
    asked = max(last.recorded_at, authority.going_live.last_recorded)
    due = [one.at for one in stages_of(episode, authority, episode.clocks(authority))]
    for one in raised_tellings(episode, authority).values():
        step = next_of(one, episode, authority, asked)
        due += [step.at] if step is not None else []
    since, before = min(due, default=at), at - STAGE_GRACE
    return since if since < before and last.recorded_at < before else None


def undone_then(waiting: Mapping[UUID, datetime], rows: Iterable[BoardRow]) -> Iterator[Doubt]:
    """The doubt that the board then had of itself, in the words it had."""
    itself = {row.stream for row in rows if row.kind == "authority"} & waiting.keys()
    whose = in_words(len(waiting) - len(itself), itself=bool(itself))
    yield from undone(whose, min(waiting.values(), default=None))


def operators_told(history: Iterable[Recorded], at: datetime) -> Iterator[OperatorsTold]:
    """Every word to whoever looks after Daymark in the day before the moment."""
    for one in history:
        said = one.event.said
        if isinstance(said, OperatorTold) and at - one.recorded_at <= NEAR:
            yield OperatorsTold(
                one.recorded_at, said.doubt, said.about, said.since, said.person, said.delivered
            )
