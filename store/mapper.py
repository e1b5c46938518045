"""Events to bytes and back: a closed registry of names, old versions raised, everything validated."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Annotated, Any, Final, Generic, NamedTuple, TypeVar
from uuid import UUID

import orjson
from eventsourcing.persistence import Mapper, StoredEvent
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticSerializationError

from domain.engine_events import EngineEvent
from domain.engine_vocabulary import ENGINE_EVENTS
from domain.errors import Unavailable, UnreadableFact
from domain.event import Event, Kind, Recorded, Unreadable
from domain.facts.fact import Fact, Word, to_utc
from domain.facts.vocabulary import FACTS
from store.recorder import StoredRow
from store.sealing import Said, Sealing, State, put_back, seal, with_lost_fields
from store.vault import Sealer

Upcast = Callable[[State], State]
S = TypeVar("S", bound=BaseModel)

KINDS: Final[tuple[type[Said], ...]] = (*FACTS.values(), *ENGINE_EVENTS.values())
"""Everything that can stand in the log."""

UPCASTS: Final[Mapping[tuple[str, int], Upcast]] = {
    # The first version knew fewer channels; what went by e-mail is said as before.
    ("manager-notified", 1): lambda said: said,
    # The first version knew of no days: it was about all of them, as one that names none is.
    ("scope-given", 1): lambda said: said,
    # The second knew of nobody who read what people wrote: as one that says nothing of it.
    ("scope-given", 2): lambda said: said,
    # The first version told no look apart that nobody asked for, and named nobody whom a file carries.
    ("record-read", 1): lambda said: said,
}
"""How what a version said is said in the next one: pure, looks nothing up, says unknown, never guesses.

A guarded field whose key is lost is missing from what an upcast is given.
"""

HAPPENED: Final = "happened"
TIMES: Final = ("occurred_at", "occurred_on")
"""When something happened, sealed too where that would tell what is guarded."""

SEALED: Final = b'"sealed"'
"""How a row is told that holds something sealed: in what people write the marks are escaped."""
READ_LATELY: Final = 4_096
"""Rows that are kept as the events they were read as: a page reads the same history several times."""

WORD: Final = re.compile(r"[^\x00-\x1f\x7f]{1,300}")
Moment = Annotated[AwareDatetime, AfterValidator(to_utc)]


class Stored(BaseModel, Generic[S]):
    """The state of a row: the envelope of an event, with what was said in it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    v: int
    authority: Word
    kind: Kind
    subject: Word
    source: Word
    id: Word
    occurred_at: Moment | None = None
    occurred_on: date | None = None
    source_recorded_at: Moment | None = None
    sequence: int | None = None
    by: Word | None = None
    trace: Word | None = None
    said: S


class Entry(NamedTuple):
    """An event with its place in a stream, ready to be stored."""

    originator_id: UUID
    originator_version: int
    event: Event


class UnreadableRow(Unavailable):
    """A row of the log that this release cannot read stands where all of a stream is needed."""

    def __init__(self, row: Unreadable) -> None:
        """Keep where it is and what is wrong with it."""
        super().__init__(
            f"position {row.position} of the log ({row.topic}) cannot be read: {row.reason}"
        )


class EventMapper(Mapper[UUID]):
    """Maps events by name; a name or version it does not know is an error, never an import."""

    def __init__(
        self,
        sealer: Sealer,
        kinds: Iterable[type[Said]] = KINDS,
        upcasts: Mapping[tuple[str, int], Upcast] = UPCASTS,
    ) -> None:
        """Check at start that no name is claimed twice and that every old version can be raised."""
        self.compressor = self.cipher = None  # the library's own, which know no place and no stream
        self.kinds: dict[str, type[Said]] = {}
        for kind in kinds:
            self._register(kind, upcasts)
        self._upcasts = upcasts
        self._sealer = sealer
        self._sealing = Sealing(self.kinds)
        self._readers: dict[type[Said], type[Stored[Any]]] = {}
        self._read_lately = lru_cache(maxsize=READ_LATELY)(self._open_event)

    def _register(self, kind: type[Said], upcasts: Mapping[tuple[str, int], Upcast]) -> None:
        if "NAME" not in kind.__dict__:
            message = f"{kind.__name__} has no NAME of its own"
            raise TypeError(message)
        if self.kinds.setdefault(kind.NAME, kind) is not kind:
            message = f"two kinds of event claim the name {kind.NAME}"
            raise TypeError(message)
        for version in range(1, kind.VERSION):
            if (kind.NAME, version) not in upcasts:
                message = f"nothing raises {kind.NAME} from version {version}"
                raise TypeError(message)

    def has_secrets(self, event: Event) -> bool:
        """Whether storing this event needs a key for its stream."""
        return self._sealing.has_secrets(event.said)

    def to_stored_event(self, domain_event: Entry) -> StoredEvent:  # type: ignore[override]
        """An event as a row; what is guarded is sealed for this place in this stream."""
        stream, version, event = domain_event
        said = event.said
        name = said.NAME
        if self.kinds.get(name) is not type(said):
            message = f"{type(said).__name__} is not a kind of event the log knows"
            raise TypeError(message)
        try:
            state = self._state(stream, version, event)
        except (orjson.JSONEncodeError, PydanticSerializationError) as error:
            raise UnreadableFact(("/data", "a number or a text that JSON cannot carry")) from error
        return StoredEvent(stream, version, name, state)

    def _state(self, stream: UUID, version: int, event: Event) -> bytes:
        said = event.said
        state = envelope(event)
        state["v"] = said.VERSION
        if self._sealing.has_secrets(said):
            words = said.model_dump(mode="json", exclude_unset=True)
            secrets = self._sealing.take_out(said.NAME, words)
            if isinstance(said, Fact) and said.GUARDED_TIME:
                secrets[HAPPENED] = {name: state.pop(name) for name in TIMES if name in state}
            state["said"] = words
            state["sealed"] = seal(self._sealer, stream, version, secrets)
        else:
            # Unset fields are left out: the log keeps what was said, not what a default made of it.
            written = said.__pydantic_serializer__.to_json(said, exclude_unset=True)
            state["said"] = orjson.Fragment(written)
        return orjson.dumps(state)

    def to_domain_event(self, stored_event: StoredRow) -> Recorded:  # type: ignore[override]
        """A row as an event; UnreadableRow when this release cannot read it."""
        row = self.read(stored_event)
        if isinstance(row, Unreadable):
            raise UnreadableRow(row)
        return row

    def read(self, row: StoredRow) -> Recorded | Unreadable:
        """A row as an event, or as the reason why not: so one bad row cannot stop the rest."""
        stream = row.originator_id
        try:
            event, _ = self._event(row)
        except (KeyError, TypeError, ValueError) as error:
            why, whose = reason(error), authority_in(row.state)
            return Unreadable(stream, row.originator_version, row.id, row.topic, why, whose)
        return Recorded(event, stream, row.originator_version, row.id, row.recorded_at)

    def says_the_same(self, row: StoredRow, event: Event) -> bool:
        """Whether a row holds what an event says; what can no longer be read is not held against it."""
        try:
            held, complete = self._event(row)
        except (KeyError, TypeError, ValueError):
            return True
        one, other = content(held), content(event)
        if not complete:
            self._sealing.take_out(row.topic, one["said"])
            self._sealing.take_out(event.name, other["said"])
        return one == other

    def _event(self, row: StoredRow) -> tuple[Event, bool]:
        if SEALED not in row.state:
            return self._read_lately(row.topic, row.state), True
        state = orjson.loads(row.state)
        kind, said = self._kind(row.topic, state["v"]), state["said"]
        place = row.originator_id, row.originator_version
        complete = put_back(self._sealer, *place, said, state.pop("sealed", {}))
        state |= said.pop(HAPPENED, {})
        raw = self._raised(row.topic, state)
        reader = self._reader(kind if complete else with_lost_fields(kind))
        return event_of(reader.model_validate_json(raw)), complete

    def _open_event(self, name: str, written: bytes) -> Event:
        """The event of a row that holds nothing sealed: the same words are the same event ever after."""
        state = orjson.loads(written)
        kind = self._kind(name, state["v"])
        raw = self._raised(name, state) if state["v"] < kind.VERSION else written
        return event_of(self._reader(kind).model_validate_json(raw))

    def _kind(self, name: str, version: int) -> type[Said]:
        """The kind of event of a row, in a version that this release reads."""
        kind = self.kinds[name]
        if version > kind.VERSION:
            raise TooNew(version)
        return kind

    def _raised(self, name: str, state: State) -> bytes:
        """A state in the words of this release."""
        for old in range(state["v"], self.kinds[name].VERSION):
            state["said"] = self._upcasts[name, old](state["said"])
        return orjson.dumps(state)

    def _reader(self, kind: type[Said]) -> type[Stored[Any]]:
        reader = self._readers.get(kind)
        if reader is None:
            reader = self._readers[kind] = Stored[kind]  # type: ignore[valid-type]
        return reader


class TooNew(ValueError):
    """The row was written by a newer release."""

    def __init__(self, version: int) -> None:
        """Keep the version it was written in."""
        super().__init__(f"version {version} is newer than this release reads")


def envelope(event: Event) -> State:
    """What an event carries beside what was said; UnreadableFact when a name could not be read back."""
    state: State = {
        "authority": readable_often("authority", event.authority),
        "kind": event.kind,
        "subject": readable_often("subject", event.subject),
        "source": readable_often("source", event.source),
        "id": readable("id", event.id),
    }
    if event.occurred_at is not None:
        state["occurred_at"] = in_utc(event.occurred_at, "/time")
    if event.occurred_on is not None:
        state["occurred_on"] = event.occurred_on
    if event.source_recorded_at is not None:
        state["source_recorded_at"] = in_utc(event.source_recorded_at, "/sourcerecordedtime")
    if event.sequence is not None:
        state["sequence"] = event.sequence
    if event.by is not None:
        state["by"] = readable("by", event.by)
    if event.trace is not None and WORD.fullmatch(event.trace):
        state["trace"] = event.trace  # a bent one is no reason to refuse a fact
    return state


def readable(place: str, word: str) -> str:
    """A word that can be read back as it was written, or UnreadableFact with its place."""
    if not WORD.fullmatch(word):
        raise UnreadableFact((f"/{place}", "1 to 300 characters, none of them a control character"))
    return word


@lru_cache(maxsize=1_000)
def readable_often(place: str, word: str) -> str:
    """The same for what many events carry, looked at once."""
    return readable(place, word)


def in_utc(instant: datetime, place: str) -> datetime:
    """The same instant in UTC; one without a time zone is no instant."""
    if instant.tzinfo is None:
        raise UnreadableFact((place, "an instant needs a time zone"))
    return instant.astimezone(UTC)


def event_of(stored: Stored[Any]) -> Event:
    """The event a state holds."""
    return Event(
        authority=stored.authority,
        kind=stored.kind,
        subject=stored.subject,
        source=stored.source,
        id=stored.id,
        said=stored.said,
        occurred_at=stored.occurred_at,
        occurred_on=stored.occurred_on,
        source_recorded_at=stored.source_recorded_at,
        sequence=stored.sequence,
        by=stored.by,
        trace=stored.trace,
    )


def content(event: Event) -> State:
    """What makes two events the same: what was said, of whom, when it happened; not how it came.

    The engine's own instants are when it was done, so a page sent twice says the same.
    """
    said = event.said
    happened = None if isinstance(said, EngineEvent) else (event.occurred_at, event.occurred_on)
    return {
        "name": said.NAME,
        "kind": event.kind,
        "subject": event.subject,
        "by": event.by,
        "happened": happened,
        "said": said.model_dump(mode="json"),
    }


def as_it_came(event: Event) -> State:
    """Everything an event carries, in plain JSON."""
    state = envelope(event)
    state["name"] = event.name
    state["v"] = event.said.VERSION
    state["said"] = event.said.model_dump(mode="json", exclude_unset=True)
    came: State = orjson.loads(orjson.dumps(state))
    return came


def authority_in(state: bytes) -> str | None:
    """Whose a row is that cannot be read as an event; nothing where not even that can be told."""
    try:
        whose = orjson.loads(state)["authority"]
    except (KeyError, TypeError, ValueError):
        return None
    return whose if isinstance(whose, str) else None


def reason(error: Exception) -> str:
    """Why a row cannot be read, without a word of its content: that may be personal."""
    match error:
        case TooNew():
            return str(error)
        case ValidationError():
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            return f"{'/'.join(map(str, first['loc']))}: {first['type']}"
        case KeyError():
            return "its name or its version is not known to this release"
        case _:
            return f"it is not as the log writes it ({type(error).__name__})"
