"""An event: what was said, by whom, of whom; and the same once the log has it."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from hashlib import sha1
from typing import Final, Literal, NamedTuple
from uuid import UUID

from domain.engine_events import EngineEvent
from domain.facts.fact import Fact

DAYMARK: Final = UUID("8b7c64c5-02f5-5a2e-a2fb-6f1c4f6f0d11")
"""The namespace of every event id; never changed."""

SPACE: Final = DAYMARK.bytes

Kind = Literal["child", "authority", "reads"]

CONSOLE: Final = "console"
"""The source of what people say through Daymark itself."""


class Identity(NamedTuple):
    """What makes a second copy a duplicate: unique in the log, across all streams."""

    realm: str
    source: str
    message_id: str


@lru_cache(maxsize=50_000)
def event_id(realm: str, source: str, message_id: str) -> UUID:
    """The same in every store and for every resend; lengths keep two identities apart."""
    name = f"{len(realm)}:{realm}{len(source)}:{source}{len(message_id)}:{message_id}"
    # As the standard library's uuid5 does, which reckons the bytes of the namespace anew each time.
    return UUID(bytes=sha1(SPACE + name.encode(), usedforsecurity=False).digest()[:16], version=5)


def engine_realm(authority: str) -> str:
    """The realm of what Daymark itself records; no source can take a place in it."""
    return f"{authority}/engine"


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something to be recorded in one stream of one authority.

    `subject` is the case system's reference of the child, for its own stream the authority's code, and for
    what somebody looked at their opaque id.
    A fact carries exactly one of `occurred_at` (UTC) and `occurred_on` (a London date).
    For an engine event `source` is what it is about (a clock key) and `id` is `version/stage`.
    """

    authority: str
    kind: Kind
    subject: str
    source: str
    id: str
    said: Fact | EngineEvent
    occurred_at: datetime | None = None
    occurred_on: date | None = None
    source_recorded_at: datetime | None = None
    sequence: int | None = None
    by: str | None = None
    """The opaque id of the person who did it, where a person did."""
    trace: str | None = None
    """The W3C traceparent of the request that told it, so that one trace leads to the notice."""

    @property
    def name(self) -> str:
        """What happened, as it is stored and sent."""
        return self.said.NAME

    @property
    def identity(self) -> Identity:
        """The key under which this is recorded once."""
        realm = self.authority
        if isinstance(self.said, EngineEvent):
            realm = engine_realm(self.authority)
        return Identity(realm, self.source, self.id)

    @cached_property
    def event_id(self) -> UUID:
        """The id by which other events name this one."""
        return event_id(*self.identity)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event in the log, with what only the store knows about it."""

    event: Event
    stream: UUID
    version: int
    position: int
    recorded_at: datetime

    @property
    def event_id(self) -> UUID:
        """The id by which other events name this one."""
        return self.event.event_id


class Receipt(NamedTuple):
    """What became of one event.

    `differs` marks a known (source, id) that came again with other content.
    """

    event_id: UUID
    result: Literal["recorded", "duplicate"]
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row of the log that this release cannot read: to be parked, never skipped in silence."""

    stream: UUID
    version: int
    position: int
    topic: str
    reason: str
    authority: str | None = None
    """Whose it is, where even that can be read; nothing may be anybody's."""
