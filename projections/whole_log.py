"""The whole log of one authority, read once from beginning to end: for questions about every child."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from domain.event import Recorded, Unreadable
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
