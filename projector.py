"""The process that follows the log and keeps the board."""

from collections.abc import Callable, Sequence
from threading import Event
from time import perf_counter
from typing import Final

import structlog
from opentelemetry import metrics, trace

from domain.authority import Authority
from domain.event import Recorded, Unreadable
from projections.board_view import BoardView
from projections.measures import PROJECTED, PROJECTION
from projections.shape import require_board
from store.following import follow
from store.log import Log
from store.views import Views

PATIENCE: Final = 1.0
"""Seconds by which a lost ring may delay an event."""
BACKLOG: Final = 5_000
"""So many events without a pause are a load, and no day's work."""

logger = structlog.get_logger()
tracer = trace.get_tracer("daymark.projector")
meter = metrics.get_meter("daymark.projector")
taken_in = meter.create_counter(PROJECTED.name, description=PROJECTED.help)
seconds = meter.create_histogram(
    PROJECTION.name,
    unit="s",
    description=PROJECTION.help,
    explicit_bucket_boundaries_advisory=(0.001, 0.005, 0.02, 0.1, 0.5, 2, 10),
)


class Measured:
    """The board, with each batch counted, timed and traced."""

    def __init__(self, board: BoardView) -> None:
        """Keep the board."""
        self._board = board

    def position(self) -> int:
        """The position up to which the log has been taken in."""
        return self._board.position()

    def apply(self, batch: Sequence[Recorded | Unreadable], *, after: int) -> None:
        """Take in what follows a position."""
        started = perf_counter()
        with tracer.start_as_current_span("project") as span:
            span.set_attributes({"events": len(batch), "position": batch[-1].position})
            self._board.apply(batch, after=after)
        taken_in.add(len(batch))
        seconds.record(perf_counter() - started)


def run(log: Log, views: Views, authority: Callable[[str], Authority], stop: Event) -> None:
    """Follow the log until told to stop; any number may run, each batch is taken in once."""
    require_board(views)
    logger.info("the board follows the log", position=views.position("board"))

    def rested(taken: int) -> None:
        """After a backlog the tables are far fuller than the database knows."""
        if taken >= BACKLOG:
            views.take_stock()

    board = Measured(BoardView(views, log, authority))
    follow(log, board, stop, patience=PATIENCE, rested=rested)
    logger.info("the board stopped")
