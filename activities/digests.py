"""The morning digest: who is told of what, gathered over all children of an authority."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

import structlog

from activities.messages import EpisodeRef
from activities.notices import Notice, notice
from domain.authority import Authority
from domain.errors import DaymarkError
from domain.escalation import digest_steps
from domain.telling_steps import Step
from store.log import Log

logger = structlog.get_logger()


class Entry(NamedTuple):
    """One thing a digest says, and where it is recorded that it was said."""

    episode: EpisodeRef
    step: Step
    notice: Notice


@dataclass(frozen=True)
class Page:
    """The digest of one person for one team on one morning."""

    person: str | None
    team: str | None
    day: datetime
    """The eight o'clock it belongs to, UTC."""
    entries: tuple[Entry, ...]

    @property
    def key(self) -> str:
        """The same for every attempt to send it."""
        return f"digest/{self.person}/{self.team}/{self.day.isoformat()}"


def pages(
    log: Log, streams: Iterable[UUID], authority: Authority, now: datetime
) -> tuple[Page, ...]:
    """What is to be told by now, one page a person and team, the earliest due first on each."""
    entries = [entry for stream in streams for entry in entries_of(log, stream, authority, now)]
    entries.sort(key=lambda entry: (*_reader(entry), entry.notice.due_at, entry.step.key))
    return tuple(
        Page(
            person=person or None,
            team=team or None,
            day=max(entry.step.at for entry in found),
            entries=tuple(found),
        )
        for (person, team), group in groupby(entries, key=_reader)
        if (found := list(group))
    )


def entries_of(log: Log, stream: UUID, authority: Authority, now: datetime) -> Iterator[Entry]:
    """What the digest has to say of one child by now.

    A child that cannot be judged, because a calendar has ended, say, keeps no other from being told.
    """
    episode = log.episode(stream)
    if episode is None:
        return
    ref = EpisodeRef(authority=authority.code, stream=stream)
    try:
        for step in digest_steps(episode, authority, now):
            if step.at <= now:
                yield Entry(ref, step, notice(episode, authority, step, now))
    except DaymarkError as error:
        logger.warning("left out of the digest", stream=stream.hex, reason=str(error))


def _reader(entry: Entry) -> tuple[str, str]:
    return entry.step.person or "", entry.step.team or ""
