"""What the log asks of the recorder of any database, and the rows the two exchange."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from eventsourcing.persistence import Notification, OperationalError

from domain.event import Identity

OF_THE_LOG: Final = "of the log"
"""What the log's database is called in a message."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True)
class StoredRow(Notification):
    """A row of the log: the library's notification plus the instant at which the store took it in."""

    originator_id: UUID
    recorded_at: datetime


class Once(NamedTuple):
    """One row of the table that lets each identity be recorded once."""

    identity: Identity
    event_id: UUID
    attempt: str
    """Random for each call of `append`: how a call knows its own commit again."""
    stream: UUID
    version: int


class Held(NamedTuple):
    """What the log holds of the identities and streams that were asked for, in one picture."""

    once: Mapping[Identity, Once]
    heads: Mapping[UUID, int]
    """The last version of each stream; nothing recorded is 0."""


class AnswerLost(OperationalError):
    """An append failed after it was sent: only the log itself can tell whether it was stored."""


class Bell(Protocol):
    """Rings when the log may have grown; a ring that is lost costs at most the timeout."""

    def wait(self, timeout: float) -> bool:
        """Return when it rings or after so many seconds; whether it rang."""
        ...

    def close(self) -> None:
        """Listen no longer."""
        ...


class LogRecorder(Protocol):
    """What a database must do to hold the log, beside what the library asks of it."""

    now: Callable[[], datetime]
    """The clock that `recorded_at` is taken from, under the lock that puts appends in order."""

    def look(self, identities: Iterable[Identity], streams: Iterable[UUID]) -> Held:
        """What is held of these identities, and how far these streams have come."""
        ...

    def version(self, stream: UUID) -> int:
        """The last version of one stream; 0 when nothing is recorded."""
        ...

    def rows_of(
        self, stream: UUID, *, after: int = 0, to: int | None = None
    ) -> Sequence[StoredRow]:
        """The rows of one stream in order: versions above `after`, up to and including `to`."""
        ...

    def rows_named(self, stream: UUID, names: Sequence[str]) -> Sequence[StoredRow]:
        """The rows of one stream that bear one of these names, in order; no other is taken out."""
        ...

    def rows_after(self, position: int, limit: int, but: Sequence[str] = ()) -> Sequence[StoredRow]:
        """The rows of the log after a position, oldest first, but for those that bear one of these names."""
        ...

    def head(self) -> tuple[int, datetime | None]:
        """The last position and when it was recorded; 0 and nothing for an empty log."""
        ...

    def position_at(self, known_at: datetime) -> int:
        """The last position recorded by then, itself included; 0 where there is none."""
        ...

    def keystone(self, name: str, mark: bytes) -> bytes:
        """The mark set under a name by whoever was first."""
        ...

    def require_durable(self) -> None:
        """Refuse a database whose commit could be lost in a power cut (UnsafeStore)."""
        ...

    def bell(self) -> Bell:
        """A bell that other processes ring too."""
        ...


def halve(
    known_at: datetime, high: int, last_up_to: Callable[[int], tuple[int, datetime] | None]
) -> int:
    """The last position recorded by an instant, 0 where there is none.

    `recorded_at` never falls along the log, so halving finds the place; positions may have gaps.
    """
    low = 0
    while low < high:
        middle = (low + high + 1) // 2
        row = last_up_to(middle)
        if row is None or row[1] <= known_at:
            low = middle
        else:
            high = row[0] - 1
    row = last_up_to(low)
    return row[0] if row else 0


def microseconds(instant: datetime) -> int:
    """Microseconds since 1970: a whole number, so that what is stored comes back exactly."""
    return (instant - EPOCH) // MICROSECOND


def instant_of(stamp: int) -> datetime:
    """The instant (UTC) so many microseconds after 1970 began."""
    return EPOCH + timedelta(microseconds=stamp)


def utc_now() -> datetime:
    """What the machine's clock says."""
    return datetime.now(UTC)
