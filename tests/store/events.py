"""Events, places and small helps that the store's tests share."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import orjson
import psycopg

from domain.engine_events import EscalationAcknowledged, TimescaleBreached
from domain.event import CONSOLE, Event
from domain.facts.corrections import FactCorrected
from domain.facts.fact import EventName
from domain.facts.missing import MissingEpisodeEnded, MissingEpisodeStarted
from domain.facts.whole_child import ChildBorn, ChildDetailsRecorded
from store.database import Part
from store.keys import Keys, make_keys
from store.log import Log, open_log
from store.migrations import bring_up_to_date
from store.recorder import EPOCH
from store.vault import Vault

NOON = datetime(2016, 3, 1, 12, tzinfo=UTC)
AUTHORITY = "X99000001"


PARTS: Final[dict[Part, str]] = {
    "log": "log.db",
    "views": "views.db",
    "tokens": "tokens.db",
    "vault": "keys.db",
}


@dataclass
class Place:
    """One installation: its keys in a folder, its databases there too or on a PostgreSQL server."""

    folder: Path
    server: str | None = None
    keys: Keys = field(init=False)

    def __post_init__(self) -> None:
        """Make the keys and every table."""
        self.keys = make_keys(self.folder / "keys")
        for part in PARTS if self.server is None else ():  # a copied database has every table
            bring_up_to_date(self.url(part), part)

    def url(self, part: Part) -> str:
        """Where a part is."""
        return self.server or f"sqlite:///{self.folder / PARTS[part]}"

    @property
    def log(self) -> str:
        """Where the log is."""
        return self.url("log")

    @property
    def vault(self) -> str:
        """Where the wrapped keys are."""
        return self.url("vault")

    @property
    def views(self) -> str:
        """Where the views are."""
        return self.url("views")

    @property
    def tokens(self) -> str:
        """Where the tokens are."""
        return self.url("tokens")

    @contextmanager
    def opened_vault(self) -> Iterator[Vault]:
        """The vault, as another process would open it."""
        with closing(Vault(self.vault, self.keys.master)) as vault:
            yield vault

    @contextmanager
    def open(self, **options: Any) -> Iterator[Log]:
        """The log, as another process would open it."""
        with (
            self.opened_vault() as vault,
            open_log(self.log, keys=self.keys, vault=vault, **options) as log,
        ):
            yield log

    def sql(self, statement: str, *parameters: object, part: Part = "log") -> list[tuple[Any, ...]]:
        """Run a statement on a database behind Daymark's back."""
        if self.server is None:
            path = self.folder / PARTS[part]
            with closing(sqlite3.connect(path, isolation_level=None)) as file:
                return file.execute(statement, parameters).fetchall()
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(f"SET search_path = {part}".encode())
            cursor = connection.execute(statement.replace("?", "%s").encode(), parameters)
            return cursor.fetchall() if cursor.description else []

    def everything(self) -> bytes:
        """Every byte of every database."""
        if self.server is None:
            files = [path for path in self.folder.iterdir() if path.is_file()]
            return b"".join(path.read_bytes() for path in files)
        tables = self.sql("SELECT table_schema, table_name FROM information_schema.tables")
        values = (
            value
            for schema, table in tables
            if schema in PARTS
            for row in self.sql(f"SELECT * FROM {schema}.{table}")  # noqa: S608
            for value in row
        )
        return b" ".join(
            value if isinstance(value, bytes) else str(value).encode() for value in values
        )

    def ring(self) -> None:
        """Wake every follower, as a commit would."""
        if self.server is None:
            # Any change rings.
            self.sql(f"PRAGMA user_version = {time.monotonic_ns() % 2**31}")
        else:
            self.sql("NOTIFY stored_events")

    def kill_connections(self) -> int:
        """End every other connection to the PostgreSQL database; how many there were."""
        (killed,) = self.sql(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(killed[0])

    @contextmanager
    def held_up(self) -> Iterator[None]:
        """While this lasts no append can commit."""
        if self.server is None:
            path = self.folder / PARTS["log"]
            with closing(sqlite3.connect(path, isolation_level=None)) as file:
                file.execute("BEGIN IMMEDIATE")
                yield
                file.execute("ROLLBACK")
            return
        with psycopg.connect(self.server) as connection:
            connection.execute("LOCK TABLE log.append_lock IN EXCLUSIVE MODE")
            yield

    def insert_raw(self, topic: str, state: bytes, stream: UUID | None = None) -> UUID:
        """Put a row into the log as an older or a newer release might have."""
        stream = stream or uuid4()
        statement = (
            "INSERT INTO stored_events (originator_id, originator_version, topic, state, recorded_at)"
            " VALUES (?, 1, ?, ?, ?)"
        )
        self.sql(statement, stream.hex, topic, state, 0 if self.server is None else EPOCH)
        return stream

    def forget(self, stream: UUID) -> None:
        """Lose the key of a stream, as forgetting a child does."""
        self.sql("DELETE FROM stream_keys WHERE stream = ?", stream.hex, part="vault")


def missing(message: str | None = None, *, child: str = "C-1", **changes: Any) -> Event:
    """A child went missing."""
    said = MissingEpisodeStarted(
        missing_episode_ref="m-1",
        type="missing",
        missing_from="placement",
        care_status="looked-after",
    )
    fields: dict[str, Any] = {
        "authority": AUTHORITY,
        "kind": "child",
        "subject": child,
        "source": "mosaic",
        "id": message or str(uuid4()),
        "said": said,
        "occurred_at": NOON,
    }
    return Event(**fields | changes)


def returned(message: str | None = None, *, child: str = "C-1") -> Event:
    """The child came back."""
    return missing(
        message, child=child, said=MissingEpisodeEnded(missing_episode_ref="m-1", how="police")
    )


def details(message: str | None = None, *, child: str = "C-1", **said: Any) -> Event:
    """The coded facts about a child, of which all are guarded."""
    return missing(
        message,
        child=child,
        said=ChildDetailsRecorded(**said),
        occurred_at=None,
        occurred_on=date(2016, 3, 1),
    )


def born(on: date, message: str | None = None, *, child: str = "C-1") -> Event:
    """A child was born; the day is guarded and required."""
    return missing(
        message,
        child=child,
        said=ChildBorn(date_of_birth=on),
        occurred_at=None,
        occurred_on=date(2016, 3, 1),
    )


def corrected(fields: dict[str, Any], message: str | None = None, *, child: str = "C-1") -> Event:
    """A fact already sent was wrong in part."""
    name = EventName(source="mosaic", id="evt-1")
    return missing(
        message,
        child=child,
        said=FactCorrected(corrected_event=name, reason="recording-error", fields=fields),
    )


def breached(stage: str = "breached", version: int = 1, **changes: Any) -> Event:
    """A clock is broken."""
    said = TimescaleBreached(
        clock="clock-7",
        clock_version=version,
        timescale="missing-strategy-72h",
        due_at=NOON,
        breached_at=NOON,
        history=False,
        confirmed=True,
    )
    told: dict[str, Any] = {"source": "clock-7", "message": f"{version}/{stage}", "said": said}
    return missing(**told | changes)


def acknowledged(token: str, note: str, *, at: datetime = NOON) -> Event:
    """A manager promised, with a note that is guarded."""
    said = EscalationAcknowledged(
        clock="clock-7",
        clock_version=1,
        timescale="missing-strategy-72h",
        escalation="e-1",
        owner="p-1",
        until=NOON,
        reason="staff-absence",
        note=note,
    )
    return missing(token, source=CONSOLE, said=said, by="p-1", occurred_at=at)


def state_of(event: Event, said: dict[str, Any], **changes: Any) -> bytes:
    """The bytes of a row that says something the models of today might not."""
    envelope = {
        "v": 1,
        "authority": event.authority,
        "kind": event.kind,
        "subject": event.subject,
        "source": event.source,
        "id": event.id,
    }
    return orjson.dumps(envelope | {"said": said} | changes)


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for a condition; fail when it does not come true in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.005)
