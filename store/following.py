"""Follow the log: read after a position, apply in order, wait for the bell, begin again after a loss."""

from collections.abc import Callable, Sequence
from contextlib import closing
from threading import Event
from typing import Final, Protocol

import structlog

from domain.errors import DaymarkError
from domain.event import Recorded, Unreadable
from store.database import DatabaseUnavailable
from store.log import Log

LONGEST_PAUSE: Final = 30.0  # seconds between two tries to reach a lost database

logger = structlog.get_logger()


class Overtaken(DaymarkError):
    """Another follower of the same view has moved its position: read it again."""


class View(Protocol):
    """Something computed from the log that keeps its own position, in the same transaction."""

    def position(self) -> int:
        """The position up to which the log has been applied."""
        ...

    def apply(self, batch: Sequence[Recorded | Unreadable], *, after: int) -> None:
        """Apply what follows a position, or raise Overtaken and change nothing.

        What cannot be read is parked, with the position moved on.
        """
        ...


def follow(
    log: Log,
    view: View,
    stop: Event,
    *,
    patience: float = 1.0,
    limit: int = 500,
    rested: Callable[[int], None] = lambda _: None,
) -> None:
    """Deliver every event after the view's position, each exactly once and in order, until told to stop.

    `patience` is how long, in seconds, a lost ring may delay an event.
    `rested` is told how many events came without a pause, whenever there is one.
    """
    failures = taken = 0
    while not stop.is_set():
        try:
            # The bell is there before the first look, so nothing falls between look and listening.
            with closing(log.bell()) as bell:
                position = view.position()
                failures = 0
                while not stop.is_set():
                    if batch := log.after(position, limit):
                        view.apply(batch, after=position)
                        position = batch[-1].position
                        taken += len(batch)
                    else:
                        if taken:
                            rested(taken)
                            taken = 0
                        bell.wait(patience)
        except Overtaken:
            stop.wait(patience)
        except DatabaseUnavailable as error:
            failures += 1
            logger.warning("follower lost its database", error=str(error), failures=failures)
            stop.wait(min(LONGEST_PAUSE, 0.1 * 2.0 ** min(failures, 10)))
