"""The whole log of one authority, read once from beginning to end: for questions about every child."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from domain.event import Recorded, Unreadable
from domain.joining import joined_history, named_in
from store.log import Log

BATCH: Final = 5000

Streams = dict[UUID, list[Recorded]]
"""What is recorded in each stream, oldest first."""


def nobody_looks(_position: int) -> None:
    """Tell nobody how far the reading has come."""


def every_stream(
    log: Log,
    code: str,
    *,
    known_at: datetime | None = None,
    reached: Callable[[int], None] = nobody_looks,
) -> Streams:
    """Everything recorded of an authority and its children, with `known_at` by that instant.

    What this release cannot read is left out; the board says so.
    """
    last = log.head() if known_at is None else log.position_at(known_at)
    found: Streams = {}
    position = 0
    while position < last and (batch := log.after(position, BATCH)):
        for item in batch:
            if isinstance(item, Unreadable) or item.position > last:
                continue
            if item.event.authority == code:
                found.setdefault(item.stream, []).append(item)
        position = batch[-1].position
        reached(min(position, last))
    return found


def of_records(item: Recorded, code: str) -> bool:
    """Whether something recorded is of an authority's own and of no look at it."""
    return item.event.authority == code and item.event.kind != "reads"


def touched_after(log: Log, code: str, position: int) -> Iterator[UUID]:
    """Every stream of an authority of which something is recorded after a position, each once."""
    found: set[UUID] = set()
    while batch := log.after(position, BATCH):
        for item in batch:
            if isinstance(item, Unreadable) or item.stream in found or not of_records(item, code):
                continue
            found.add(item.stream)
            yield item.stream
        position = batch[-1].position


def joined_in(
    streams: Mapping[UUID, Sequence[Recorded]],
) -> dict[UUID, tuple[Recorded, ...]]:
    """What is recorded under other references of the same child, for each stream where there is any."""
    named = {
        history[0].event.subject: (stream, history)
        for stream, history in streams.items()
        if history and history[0].event.kind == "child" and named_in(history)
    }
    histories = {subject: history for subject, (_, history) in named.items()}
    found = {stream: joined_history(subject, histories) for subject, (stream, _) in named.items()}
    return {stream: joined for stream, joined in found.items() if joined}
