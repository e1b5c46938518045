"""The log on PostgreSQL: the library's pipeline, with a lock, tables, an insert and a bell of our own."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg
from eventsourcing.persistence import InterfaceError, OperationalError, StoredEvent
from eventsourcing.postgres import (
    PostgresApplicationRecorder,
    PostgresDatastore,
    PostgresFactory,
)
from eventsourcing.utils import Environment
from psycopg.rows import DictRow, dict_row, tuple_row
from psycopg.sql import SQL, Identifier
from psycopg_pool import PoolTimeout

from domain.errors import UnsafeStore
from domain.event import Identity
from store.database import LOCK_TIMEOUT
from store.postgres_database import PATIENCE, Connection, connect, settings_of, speaking_of
from store.recorder import OF_THE_LOG, AnswerLost, Held, Once, StoredRow, halve, utc_now

CHANNEL: Final = "stored_events"
SIZE: Final = 10
"""Connections of one process to the log at most; one is kept, the others come and go."""

TRUSTED: Final = 1.0
"""Seconds after its last work in which a connection is not asked whether it still stands."""

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

COLUMNS: Final = "position, originator_id, originator_version, topic, state, recorded_at"

SESSION: Final = r"-c default_transaction_isolation=read\ committed"
"""With another isolation an append would not see what was recorded while it waited for its turn."""

LOCK: Final = (
    # Everybody who appends takes turns, so positions are committed in the order they are handed out and a
    # follower never passes one. Locking the log itself would need the right to change what is recorded.
    SQL("SET LOCAL lock_timeout = {}").format(f"{int(LOCK_TIMEOUT)}s"),
    SQL("LOCK TABLE log.append_lock IN EXCLUSIVE MODE"),
    SQL("NOTIFY {}").format(Identifier(CHANNEL)),
)

# One statement for both tables, under the lock: once rows cannot deadlock, and nothing else can conflict,
# for a conflict in an earlier statement of a pipeline may be reported as something else.
# Typed arrays, not one array of composites: twice as fast from a hundred rows on.
INSERT: Final = SQL("""
    WITH stamp AS MATERIALIZED (
        SELECT greatest(
            coalesce(%b::timestamptz, clock_timestamp()),
            (SELECT recorded_at FROM log.stored_events ORDER BY position DESC LIMIT 1)) AS at),
    given AS MATERIALIZED (
        SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::uuid[], %b::uuid[],
            %b::bigint[], %b::text[], %b::bytea[])
            WITH ORDINALITY AS e (realm, source, name, event_id, stream, version, topic, state, n)),
    taken AS (
        INSERT INTO log.once
            (realm, source, message_id, event_id, attempt, originator_id, originator_version)
        SELECT realm, source, name, event_id, %b, stream, version FROM given)
    INSERT INTO log.stored_events
        (originator_id, originator_version, topic, state, recorded_at)
    SELECT stream, version, topic, state, stamp.at FROM stamp, given
    ORDER BY n""")

# Both questions in one statement, so that both are answered from one picture.
LOOK: Final = SQL("""
    SELECT once.* FROM log.once
    JOIN unnest(%b::text[], %b::text[], %b::text[]) AS asked (realm, source, message_id)
        USING (realm, source, message_id)
    UNION ALL
    SELECT NULL, NULL, NULL, NULL, NULL, asked.id, coalesce(
        (SELECT max(originator_version) FROM log.stored_events WHERE originator_id = asked.id), 0)
    FROM unnest(%b::uuid[]) AS asked (id)""")

SAFE: Final = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
}
"""Settings of a server with the values under which a receipt survives a power cut."""


class LogDatastore(PostgresDatastore):
    """The library's pool, whose connections are asked whether they still stand before they are used.

    One that did its work a moment ago is trusted, and once any fails none is: what was cut then shows
    as a lost answer, which every append and every read is ready for.
    The pool's own way of asking pauses for a second, then two, then four, at each that does not.
    """

    def __init__(self, url: str, *, overflow: int, functions: bool) -> None:
        """Name the database; it is opened when first used."""
        super().__init__(
            *("",) * 5,
            connect_timeout=PATIENCE,
            idle_in_transaction_session_timeout=5,
            pool_size=1,
            max_overflow=overflow,
            lock_timeout=int(LOCK_TIMEOUT),
            enable_db_functions=functions,
        )
        settings = settings_of(url, "log")
        # The library asks for nothing beside a name; what else an address says goes in here.
        self.settings = settings | {"options": f"{settings.get('options', '')} {SESSION}"}
        self.pool.kwargs = self.settings | {"row_factory": dict_row}
        self._worked_at: WeakKeyDictionary[Connection, float] = WeakKeyDictionary()

    @contextmanager
    def get_connection(self) -> Iterator[Connection]:
        """A connection that answered just now; one that was cut is given back, and so replaced."""
        while True:  # where the server is away, the pool itself gives up
            with super().get_connection() as connection:
                worked_at = self._worked_at.get(connection, -TRUSTED)
                if time.monotonic() - worked_at < TRUSTED or answers(connection):
                    try:
                        yield connection
                    except BaseException:
                        self._worked_at.clear()
                        raise
                    self._worked_at[connection] = time.monotonic()
                    return


def answers(connection: Connection) -> bool:
    """Whether a connection still stands."""
    try:
        connection.execute("")
    except psycopg.OperationalError:
        return False
    return True


def asked_again(read: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """A read that is tried once more where its line was cut: then every connection is asked first."""

    @wraps(read)
    def again(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        try:
            return read(*args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            if not is_lost(error.__cause__):
                raise
        return read(*args, **kwargs)

    return again


class PostgresLogRecorder(PostgresApplicationRecorder):
    """Appends events with their once rows in one transaction."""

    now: Callable[[], datetime] = staticmethod(utc_now)
    datastore: LogDatastore

    def __init__(self, datastore: LogDatastore, *, events_table_name: str = CHANNEL) -> None:
        """Refuse the library's database functions: they take no lock, and followers would miss events."""
        if datastore.enable_db_functions:
            message = (
                "POSTGRES_ENABLE_DB_FUNCTIONS must not be set: an append without its lock is one that"
                " followers can miss"
            )
            raise UnsafeStore(message)
        super().__init__(datastore, events_table_name=events_table_name)
        self.sql_create_statements = []  # `daymark migrate` makes what is needed

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: object
    ) -> Sequence[int] | None:
        """The library's pipeline, tried once: whether a lost answer meant yes is for the log to find out."""
        try:
            return once_only(self, stored_events, **kwargs)
        except (OperationalError, InterfaceError) as error:
            if is_lost(error.__cause__):
                raise AnswerLost(str(error)) from error
            raise

    def _insert_stored_events(
        self,
        curs: psycopg.Cursor[DictRow],
        stored_events: Sequence[StoredEvent],
        *,
        once: Sequence[Once] = (),
        **_: object,
    ) -> None:
        # Nothing in this pipeline may be prepared: after an error the server skips what follows, while the
        # driver believes that it was prepared, and that connection fails from then on. The driver
        # prepares by itself what it sees for the sixth time, so each statement must say no.
        for statement in LOCK:
            curs.execute(statement, prepare=False)
        rows = [
            (*o.identity, o.event_id, o.stream, o.version, s.topic, s.state)
            for o, s in zip(once, stored_events, strict=True)
        ]
        columns = [list(column) for column in zip(*rows, strict=True)]
        # All of one append are of one attempt.
        curs.execute(INSERT, [self._told_time(), *columns, once[0].attempt], prepare=False)

    def _fetch_ids_after_insert_events(self, *_: object, **__: object) -> None:
        """Nobody asks at which positions an append was put, so they are not fetched."""

    def _told_time(self) -> datetime | None:
        """Nothing where the server's own clock is to be asked, under the lock."""
        return None if self.now is utc_now else self.now()

    @contextmanager
    def _asking(self) -> Iterator[psycopg.Cursor[tuple[Any, ...]]]:
        with (
            self.datastore.get_connection() as connection,
            connection.cursor(binary=True, row_factory=tuple_row) as cursor,
        ):
            yield cursor

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredRow]:
        """What the library's repository asks for: one stream, oldest first, whole or in part."""
        assert not desc
        assert limit is None
        return self.rows_of(UUID(str(originator_id)), after=gt or 0, to=lte)

    def rows_of(self, stream: UUID, *, after: int = 0, to: int | None = None) -> list[StoredRow]:
        """The rows of one stream in order: versions above `after`, up to and including `to`."""
        where = (
            "originator_id = %s AND originator_version > %s AND originator_version <= %s"
            " ORDER BY originator_version"
        )
        return self._rows(where, (stream, after, 2**62 if to is None else to))

    def rows_named(self, stream: UUID, names: Sequence[str]) -> list[StoredRow]:
        """The rows of one stream that bear one of these names, in order; no other is taken out."""
        where = "originator_id = %s AND topic = ANY(%s) ORDER BY originator_version"
        return self._rows(where, (stream, list(names)))

    def rows_after(self, position: int, limit: int, but: Sequence[str] = ()) -> list[StoredRow]:
        """The rows of the log after a position, oldest first, but for those that bear one of these names."""
        where = "position > %s AND topic <> ALL(%s) ORDER BY position LIMIT %s"
        return self._rows(where, (position, list(but), limit))

    @asked_again
    def _rows(self, where: str, parameters: tuple[Any, ...]) -> list[StoredRow]:
        ask = f"SELECT {COLUMNS} FROM log.stored_events WHERE {where}"  # noqa: S608  (our own text)
        with self._asking() as cursor:
            return [
                StoredRow(
                    originator_id=stream,
                    originator_version=version,
                    topic=topic,
                    state=state,
                    id=position,
                    recorded_at=at.astimezone(UTC),
                )
                for position, stream, version, topic, state, at in cursor.execute(
                    ask.encode(), parameters
                )
            ]

    @asked_again
    def look(self, identities: Iterable[Identity], streams: Iterable[UUID]) -> Held:
        """What is held of these identities, and how far these streams have come."""
        # What this database cannot hold it does not hold; storing it is refused later, by place.
        asked = [one for one in identities if "\x00" not in "".join(one)]
        columns = [[one[n] for one in asked] for n in range(3)]
        held: dict[Identity, Once] = {}
        heads: dict[UUID, int] = {}
        with self._asking() as cursor:
            for realm, source, name, event_id, attempt, stream, version in cursor.execute(
                LOOK, [*columns, list(streams)]
            ):
                if realm is None:
                    heads[stream] = version
                else:
                    identity = Identity(realm, source, name)
                    held[identity] = Once(identity, event_id, attempt, stream, version)
        return Held(held, heads)

    def version(self, stream: UUID) -> int:
        """The last version of one stream; 0 when nothing is recorded."""
        return self.look((), [stream]).heads[stream]

    def head(self) -> tuple[int, datetime | None]:
        """The last position and when it was recorded; 0 and nothing for an empty log."""
        return self._last_up_to(2**62) or (0, None)

    @asked_again
    def _last_up_to(self, position: int) -> tuple[int, datetime] | None:
        ask = (
            "SELECT position, recorded_at FROM log.stored_events WHERE position <= %s"
            " ORDER BY position DESC LIMIT 1"
        )
        with self._asking() as cursor:
            row = cursor.execute(ask, (position,)).fetchone()
        return (row[0], row[1].astimezone(UTC)) if row else None

    def position_at(self, known_at: datetime) -> int:
        """The last position recorded by then, itself included; 0 where there is none."""
        return halve(known_at, self.head()[0], self._last_up_to)

    @asked_again
    def keystone(self, name: str, mark: bytes) -> bytes:
        """The mark set under a name by whoever was first."""
        with self._asking() as cursor:
            row = cursor.execute(
                "SELECT mark FROM log.keystone WHERE name = %s", (name,)
            ).fetchone()
            if row is None:
                cursor.execute(
                    "INSERT INTO log.keystone VALUES (%s, %s) ON CONFLICT DO NOTHING", (name, mark)
                )
        return self.keystone(name, mark) if row is None else bytes(row[0])

    def require_durable(self) -> None:
        """Refuse a server whose commit could be lost in a power cut (UnsafeStore)."""
        with self._asking() as cursor:
            for setting, safe in SAFE.items():
                (value,) = cursor.execute("SELECT current_setting(%s)", (setting,)).fetchone() or ()
                if value not in safe:
                    message = (
                        f"PostgreSQL runs with {setting}={value}, so a power cut could lose what was"
                        f" acknowledged: set {setting}=on, for the server and for this role"
                    )
                    raise UnsafeStore(message)

    def bell(self) -> "PostgresBell":
        """A bell that other processes ring too."""
        return PostgresBell(self.datastore.settings)


once_only: Final[Callable[..., Sequence[int] | None]] = (
    PostgresApplicationRecorder.insert_events.__wrapped__
)
"""The library's insert without its ten repeats, each of which may wait for a server that is not there."""


def is_lost(cause: BaseException | None) -> bool:
    """Whether an append may have been stored although it failed: the line was cut, or the server stopped."""
    if isinstance(cause, PoolTimeout):
        return False  # nothing was ever sent
    state = getattr(cause, "sqlstate", None) or ""
    return state == "" or state.startswith(("08", "57P"))


class PostgresBell:
    """Listens on a connection of its own, outside the pool, which was there before the first look."""

    def __init__(self, settings: dict[str, Any]) -> None:
        """Everything committed from now on rings."""
        with speaking_of(OF_THE_LOG):
            self._connection: Connection = connect(settings)
            self._connection.execute(SQL("LISTEN {}").format(Identifier(CHANNEL)))

    def wait(self, timeout: float) -> bool:
        """Return when it rings or after so many seconds; whether it rang."""
        with speaking_of(OF_THE_LOG):
            rings = list(self._connection.notifies(timeout=timeout, stop_after=1))
        return rings != []

    def close(self) -> None:
        """Listen no longer."""
        self._connection.close()


class PostgresLogFactory(PostgresFactory):
    """Makes the log's recorder over connections that are looked after."""

    datastore: LogDatastore

    def __init__(self, env: Environment) -> None:
        """Open the database that DATABASE_URL names, when it is first used."""
        super().__init__(env)
        functions = self.datastore.enable_db_functions
        self.datastore.close()
        self.datastore = LogDatastore(
            env["DATABASE_URL"], overflow=int(env["POSTGRES_MAX_OVERFLOW"]), functions=functions
        )

    def application_recorder(self) -> PostgresLogRecorder:
        """The recorder of the one table there is."""
        return PostgresLogRecorder(self.datastore)


def environment_of(url: str) -> dict[str, str]:
    """The library's settings for an address; what it says of the connection itself is read elsewhere."""
    nameless = dict.fromkeys(("DBNAME", "HOST", "USER", "PASSWORD"), "")
    return {f"POSTGRES_{name}": value for name, value in nameless.items()} | {
        "DATABASE_URL": url,
        "POSTGRES_MAX_OVERFLOW": str(SIZE - 1),
        "POSTGRES_ENABLE_DB_FUNCTIONS": "n",
        "CREATE_TABLE": "n",
    }
