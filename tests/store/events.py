"""Events, places and small helps that the store's tests share."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson

from domain.engine_events import EscalationAcknowledged, TimescaleBreached
from domain.event import CONSOLE, Event
from domain.facts.corrections import FactCorrected
from domain.facts.fact import EventName
from domain.facts.missing import MissingEpisodeEnded, MissingEpisodeStarted
from domain.facts.whole_child import ChildBorn, ChildDetailsRecorded
from store.keys import Keys, make_keys
from store.log import Log, open_log
from store.migrations import migrate, migrate_tokens, migrate_vault, migrate_views
from store.vault import Vault

NOON = datetime(2016, 3, 1, 12, tzinfo=UTC)
AUTHORITY = "X99000001"


@dataclass
class Place:
    """One installation in a folder: the addresses of its databases, and its keys."""

    folder: Path
    keys: Keys = field(init=False)

    def __post_init__(self) -> None:
        """Make the keys and every table."""
        self.keys = make_keys(self.folder / "keys")
        migrate(self.log)
        migrate_vault(self.vault)
        migrate_views(self.views)
        migrate_tokens(self.tokens)

    @property
    def log(self) -> str:
        """Where the log is."""
        return f"sqlite:///{self.folder}/log.db"

    @property
    def vault(self) -> str:
        """Where the wrapped keys are."""
        return f"sqlite:///{self.folder}/keys.db"

    @property
    def views(self) -> str:
        """Where the views are."""
        return f"sqlite:///{self.folder}/views.db"

    @property
    def tokens(self) -> str:
        """Where the tokens are."""
        return f"sqlite:///{self.folder}/tokens.db"

    def open(self, **options: Any) -> Log:
        """The log, as another process would open it."""
        return open_log(
            self.log, keys=self.keys, vault=Vault(self.vault, self.keys.master), **options
        )

    def sql(
        self, statement: str, *parameters: object, database: str = "log.db"
    ) -> list[tuple[Any, ...]]:
        """Run a statement on a database behind Daymark's back."""
        connection = sqlite3.connect(self.folder / database, isolation_level=None)
        try:
            return connection.execute(statement, parameters).fetchall()
        finally:
            connection.close()

    def insert_raw(self, topic: str, state: bytes, stream: UUID | None = None) -> UUID:
        """Put a row into the log as an older or a newer release might have."""
        stream = stream or uuid4()
        statement = (
            "INSERT INTO stored_events (originator_id, originator_version, topic, state, recorded_at)"
            " VALUES (?, 1, ?, ?, 0)"
        )
        self.sql(statement, stream.hex, topic, state)
        return stream

    def forget(self, stream: UUID) -> None:
        """Lose the key of a stream, as forgetting a child does."""
        self.sql("DELETE FROM stream_keys WHERE stream = ?", stream.hex, database="keys.db")


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
