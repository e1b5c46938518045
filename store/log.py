"""The log's front door: append events, read one child's history, read the log after a position."""

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, Final, NamedTuple, Self
from uuid import UUID, uuid4

import orjson
from eventsourcing.application import AggregateNotFoundError
from eventsourcing.persistence import IntegrityError

from domain.child_episode import ChildEpisode
from domain.engine_events import EngineEvent, IdReused, ReferenceNamed
from domain.errors import Contended, DaymarkError, Grown
from domain.event import CONSOLE, Event, Identity, Kind, Receipt, Recorded, Unreadable, event_id
from domain.joining import joined_history, named_by, named_in
from store.application import Episodes, fold, speaking_of_the_log
from store.database import DatabaseUnavailable
from store.keys import Keys
from store.keystone import NAME, mark_of, require_mark
from store.mapper import Entry, EventMapper, as_it_came, content
from store.migrations import open_part
from store.recorder import OF_THE_LOG, AnswerLost, Bell, Held, LogRecorder, Once, utc_now
from store.vault import Vault

ROUNDS: Final = 20
ANSWERS_LOST: Final = 3
"""Times that one append may lose its line to the database before its sender is told."""

STREAMS_AT_HAND: Final = 10_000
"""Streams whose ids are kept once they were worked out: an import speaks of the same children often."""


class Asked(NamedTuple):
    """One event of an append, with what is looked up of it."""

    event: Event
    identity: Identity
    stream: UUID
    event_id: UUID


class Decision(NamedTuple):
    """What an append comes to, given what is held."""

    receipts: list[Receipt]
    fresh: list[Asked]
    reused: list[Asked]


class Log:
    """Everything recorded: one stream for each child and each authority, in one order."""

    def __init__(
        self, application: Episodes, mapper: EventMapper, vault: Vault, key: bytes
    ) -> None:
        """Use `open_log`."""
        self._application = application
        self._recorder: LogRecorder = application.recorder
        self._mapper = mapper
        self._vault = vault
        self._key = key
        self._streams: dict[tuple[str, str, str], UUID] = {}

    def __enter__(self) -> Self:
        """Use the log, and close it afterwards."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the log."""
        self.close()

    def close(self) -> None:
        """Close every connection; the vault stays open."""
        self._application.close()

    def stream(self, authority: str, kind: Kind, subject: str) -> UUID:
        """The stream of one child or one authority.

        It is keyed, because stream ids lie in clear and a child's reference can be guessed.
        """
        asked = (authority, kind, subject)
        found = self._streams.get(asked)
        if found is None:
            name = f"{len(authority)}:{authority}{len(kind)}:{kind}{len(subject)}:{subject}"
            found = UUID(bytes=hmac.digest(self._key, name.encode(), "sha256")[:16])
            if len(self._streams) >= STREAMS_AT_HAND:
                self._streams.clear()
            self._streams[asked] = found
        return found

    def append(
        self, events: Sequence[Event], *, after: Mapping[UUID, int] | None = None
    ) -> tuple[Receipt, ...]:
        """Record events in one transaction, each identity once, and answer each in order.

        With `after` nothing is stored when a named stream has grown beyond its version (Grown);
        what is held already is answered `duplicate` before versions are looked at.
        Contended after 20 rounds in which other writers were first.
        """
        if not events:
            return ()
        # A reference named as the same child is told so in its own stream, in the same transaction.
        named = [note for event in events if (note := self._naming(event)) is not None]
        asked = [self._asked(event) for event in (*events, *named)]
        attempt = uuid4().hex
        lost = 0
        for _ in range(ROUNDS):
            held = self._look(asked, after or {})
            decision = self._decide(asked, held, attempt)
            if decision.fresh and has_grown(held, after or {}):
                message = "the stream has grown since it was read"
                raise Grown(message)
            to_store = [*decision.fresh, *self._not_yet_noted(decision.reused)]
            try:
                if not to_store or self._put(to_store, held, attempt):
                    return tuple(decision.receipts[: len(events)])
            except AnswerLost as error:
                lost += 1
                if lost == ANSWERS_LOST:
                    raise DatabaseUnavailable(OF_THE_LOG, error) from error
        message = f"other writers were first {ROUNDS} times: send it again"
        raise Contended(message)

    def _asked(self, event: Event) -> Asked:
        identity, stream = event.identity, self.stream(event.authority, event.kind, event.subject)
        return Asked(event, identity, stream, event_id(*identity))

    def _look(self, asked: Sequence[Asked], after: Mapping[UUID, int]) -> Held:
        with speaking_of_the_log():
            return self._recorder.look(
                {one.identity for one in asked}, {one.stream for one in asked} | after.keys()
            )

    def _decide(self, asked: Sequence[Asked], held: Held, attempt: str) -> Decision:
        first: dict[Identity, Event] = {}
        decision = Decision([], [], [])
        for one in asked:
            event, identity, _, named = one
            row = held.once.get(identity)
            is_first = identity not in first
            first.setdefault(identity, event)
            if is_first and (row is None or row.attempt == attempt):
                # Held by our own attempt: an earlier round was stored, though its answer was lost.
                decision.receipts.append(Receipt(named, "recorded"))
                if row is None:
                    decision.fresh.append(one)
                continue
            differs = self._differs(event, row, first[identity])
            decision.receipts.append(Receipt(named, "duplicate", differs))
            if differs:
                decision.reused.append(one)
        return decision

    def _differs(self, event: Event, row: Once | None, first: Event) -> bool:
        if isinstance(event.said, EngineEvent) and event.source != CONSOLE:
            return False  # a rival did the same stage; what it says beside that is when
        if row is None:
            return content(first) != content(event)
        with speaking_of_the_log():
            rows = self._recorder.rows_of(row.stream, after=row.version - 1, to=row.version)
        return not self._mapper.says_the_same(rows[0], event)

    def _not_yet_noted(self, reused: Sequence[Asked]) -> list[Asked]:
        """What came under an identity already taken, as events that keep it, once for each content."""
        if not reused:
            return []
        notes: dict[Identity, Asked] = {}
        for one in reused:
            note = self._note(one.event)
            notes.setdefault(
                note.identity,
                one._replace(event=note, identity=note.identity, event_id=note.event_id),
            )
        with speaking_of_the_log():
            held = self._recorder.look(notes, ())
        return [note for identity, note in notes.items() if identity not in held.once]

    def _note(self, event: Event) -> Event:
        said = orjson.dumps(content(event), option=orjson.OPT_SORT_KEYS)
        # Keyed: a plain hash of something guarded could be found by trying every value.
        mark = hmac.digest(self._key, said, "sha256")[:6].hex()
        return Event(
            authority=event.authority,
            kind=event.kind,
            subject=event.subject,
            source=str(event.event_id),
            id=f"1/reused/{mark}",
            said=IdReused(reused=event.event_id, came=as_it_came(event)),
            occurred_at=self._recorder.now(),
            trace=event.trace,
        )

    def _naming(self, event: Event) -> Event | None:
        """The word to another reference that this event names it; nothing where it names none."""
        other = None if isinstance(event.said, EngineEvent) else named_by(event)
        if other is None or event.kind != "child":
            return None
        return Event(
            authority=event.authority,
            kind="child",
            subject=other,
            source=str(event.event_id),
            id="1/named",
            said=ReferenceNamed(other_child=event.subject, told=event.event_id),
            occurred_at=self._recorder.now(),
            trace=event.trace,
        )

    def _put(self, to_store: Sequence[Asked], held: Held, attempt: str) -> bool:
        """Store the events at the ends of their streams; False when another writer was first."""
        heads = dict(held.heads)
        entries, once = [], []
        for event, identity, stream, named in to_store:
            version = heads[stream] = heads[stream] + 1
            entries.append(Entry(stream, version, event))
            once.append(Once(identity, named, attempt, stream, version))
        secret = [entry.originator_id for entry in entries if self._mapper.has_secrets(entry.event)]
        self._vault.make_keys(secret)
        with speaking_of_the_log():
            try:
                self._application.events.put(entries, once=once)
            except IntegrityError:
                # Another writer took a version or an identity, or our own commit went through unheard:
                # what the log holds now tells which.
                return False
        return True

    def save(self, episode: ChildEpisode, events: Sequence[Event]) -> tuple[Receipt, ...]:
        """Record what an episode's functions returned, unless it has grown since it was read (Grown)."""
        return self.append(events, after=episode.read_at)

    def episode(self, stream: UUID) -> ChildEpisode | None:
        """A child as its stream tells; nothing when nothing is recorded."""
        projector: Any = (
            fold  # the library would type it by its own event protocol, which it never uses
        )
        with speaking_of_the_log():
            try:
                episode: ChildEpisode = self._application.repository.get(
                    stream, projector_func=projector
                )
            except AggregateNotFoundError:
                return None
        named = self.named(episode.history)
        if not named:
            return episode
        return replace(episode, joined=joined_history(episode.child, named))

    def named(self, history: Sequence[Recorded]) -> dict[str, Sequence[Recorded]]:
        """The streams of every reference ever named as the same child, this one's among them.

        Whether they are is for the facts in them to say; nothing where none was ever named.
        """
        waiting = named_in(history)
        if not waiting:
            return {}
        first = history[0].event
        found: dict[str, Sequence[Recorded]] = {first.subject: history}
        while waiting:
            other = waiting.pop()
            found[other] = self.history(self.stream(first.authority, "child", other))
            waiting |= named_in(found[other]) - found.keys()
        return found

    def history(self, stream: UUID, *, known_at: datetime | None = None) -> tuple[Recorded, ...]:
        """One stream in the order recorded; with `known_at`, what was recorded by then, itself included."""
        with speaking_of_the_log():
            rows = self._recorder.rows_of(stream)
        wanted = (row for row in rows if known_at is None or row.recorded_at <= known_at)
        return tuple(map(self._mapper.to_domain_event, wanted))

    def named_events(self, stream: UUID, names: Sequence[str]) -> tuple[Recorded, ...]:
        """What of one stream bears one of these names, in the order recorded; nothing else is read.

        What this release cannot read is left out.
        """
        with speaking_of_the_log():
            rows = self._recorder.rows_named(stream, names)
        read = map(self._mapper.read, rows)
        return tuple(one for one in read if isinstance(one, Recorded))

    def after(
        self, position: int, limit: int = 500, *, but: Sequence[str] = ()
    ) -> list[Recorded | Unreadable]:
        """The log after a position, oldest first; positions only ever grow, but may have gaps.

        What bears one of the names in `but` is not read at all.
        """
        with speaking_of_the_log():
            rows = self._recorder.rows_after(position, limit, but)
        return [self._mapper.read(row) for row in rows]

    def find(self, identity: Identity) -> Recorded | None:
        """The event recorded under an identity, if there is one."""
        with speaking_of_the_log():
            row = self._recorder.look([identity], ()).once.get(identity)
            if row is None:
                return None
            rows = self._recorder.rows_of(row.stream, after=row.version - 1, to=row.version)
        return self._mapper.to_domain_event(rows[0])

    def version(self, stream: UUID) -> int:
        """The last version of a stream, without reading it; 0 when nothing is recorded."""
        with speaking_of_the_log():
            return self._recorder.version(stream)

    def head(self) -> int:
        """The position of the last event; 0 for an empty log."""
        with speaking_of_the_log():
            return self._recorder.head()[0]

    def last_recorded_at(self) -> datetime | None:
        """When the last event was recorded."""
        with speaking_of_the_log():
            return self._recorder.head()[1]

    def position_at(self, known_at: datetime) -> int:
        """The last position recorded by an instant: what was known then is the log up to there."""
        with speaking_of_the_log():
            return self._recorder.position_at(known_at)

    def bell(self) -> Bell:
        """A bell that rings when anybody appends."""
        with speaking_of_the_log():
            return self._recorder.bell()


def has_grown(held: Held, after: Mapping[UUID, int]) -> bool:
    """Whether a stream stands elsewhere than where it was read."""
    return any(held.heads[stream] != version for stream, version in after.items())


def open_log(url: str, *, keys: Keys, vault: Vault, now: Callable[[], datetime] = utc_now) -> Log:
    """Open the log, or refuse to: missing tables, an unsafe database, another installation's key.

    `now` is the clock that `recorded_at` is taken from.
    """
    open_part(url, "log").close()
    mapper = EventMapper(vault)
    with speaking_of_the_log():
        application = Episodes(mapper, url)
    application.recorder.now = now
    try:
        with speaking_of_the_log():
            application.recorder.require_durable()
        require_same_key(application.recorder, keys.stream)
    except DaymarkError:
        application.close()
        raise
    return Log(application, mapper, vault, keys.stream)


def require_same_key(recorder: LogRecorder, key: bytes) -> None:
    """Mark a new log with this key, and refuse another installation's key (UnsafeStore)."""
    with speaking_of_the_log():
        known = recorder.keystone(NAME, mark_of(key))
    require_mark(known, key)
