"""The board's tables: a few rows per child, each table led by the authority it belongs to.

The authority's own clocks stand in them as a child's do, marked by the kind of their stream.
`board_status` says again what people narrow, sort and count the board by: a board of ten thousand
clocks is then counted in one table, and only the rows of a page are looked up in the others.
"""

from typing import Final

from projections.signs_of_life import HEARD, WORK

VIEW: Final = "board"
"""The name under which the board keeps its position and its parked rows."""

KEYS: Final = {
    "board_child": ("stream",),
    "board_person": ("stream", "link", "clock", "person"),
    "board_forced": ("stream", "event"),
    "look": ("stream", "version"),
    "look_child": ("stream", "version", "child"),
    "board_joined": ("stream", "other"),
    "board_meeting": ("stream", "meeting"),
    "board_news": ("stream", "version"),
    "board_clock": ("stream", "clock"),
    "board_status": ("stream", "clock", "place"),
    "board_telling": ("stream", "telling"),
    "outstanding": ("stream",),
    "digest_item": ("stream", "step"),
    "anomaly": ("stream", "place"),
    "unallocated": ("stream", "clock", "place"),
}
"""Every table with what makes a row of it unique; all rows of a child share its stream."""

COLUMNS: Final = {
    "board_child": {
        "authority": "TEXT NOT NULL",
        "stream": "TEXT NOT NULL",
        "kind": "TEXT NOT NULL",
        "reference": "TEXT NOT NULL",
        "team": "TEXT",
        "worker": "TEXT",
        "restricted": "BIGINT NOT NULL",
        "looked_for": "BIGINT NOT NULL",
        "version": "BIGINT NOT NULL",
        "recorded_at": "TEXT NOT NULL",
        "authority_version": "BIGINT NOT NULL",
        "informed_at": "TEXT NOT NULL",
    },
    "board_person": {
        "authority": "TEXT NOT NULL",
        "stream": "TEXT NOT NULL",
        "link": "TEXT NOT NULL",
        "clock": "TEXT NOT NULL",
        "person": "TEXT NOT NULL",
    },
    "board_forced": {
        "authority": "TEXT NOT NULL",
        "stream": "TEXT NOT NULL",
        "event": "TEXT NOT NULL",
        "person": "TEXT NOT NULL",
        "at": "TEXT NOT NULL",
        "until_at": "TEXT NOT NULL",
        "reviewed_by": "TEXT",
    },
    "look": {
        "authority": "TEXT NOT NULL",
        "stream": "TEXT NOT NULL",
        "version": "BIGINT NOT NULL",
        "person": "TEXT NOT NULL",
        "child": "TEXT",
        "route": "TEXT NOT NULL",
        "purpose": "TEXT NOT NULL",
        "rule": "TEXT NOT NULL",
        "unattended": "BIGINT NOT NULL",
        "carried": "BIGINT NOT NULL",
        "sha256": "TEXT",
        "at": "TEXT NOT NULL",
    },
    "look_child": {
        "authority": "TEXT NOT NULL",
        "stream": "TEXT NOT NULL",
        "version": "BIGINT NOT NULL",
        "child": "TEXT NOT NULL",
    },
    "board_joined": {
        "authority": "TEXT NOT NULL",
        "stream": "TEXT NOT NULL",
        "other": "TEXT NOT NULL",
    },
    "board_meeting": {
        "authority": "TEXT NOT NULL",
        "stream": "TEXT NOT NULL",
        "meeting": "TEXT NOT NULL",
    },
    "board_news": {
        "authority": "TEXT NOT NULL",
        "stream": "TEXT NOT NULL",
        "version": "BIGINT NOT NULL",
        "clock": "TEXT NOT NULL",
        "timescale": "TEXT NOT NULL",
        "what": "TEXT NOT NULL",
        "at": "TEXT NOT NULL",
    },
    "board_clock": {
        "authority": "TEXT NOT NULL",
        "stream": "TEXT NOT NULL",
        "clock": "TEXT NOT NULL",
        "version": "BIGINT NOT NULL",
        "timescale": "TEXT NOT NULL",
        "thread": "TEXT NOT NULL",
        "thread_ref": "TEXT",
        "team": "TEXT",
        "started_at": "TEXT NOT NULL",
        "started_on": "TEXT",
        "due_soon_at": "TEXT",
        "due_at": "TEXT NOT NULL",
        "due_on": "TEXT",
        "breaks_at": "TEXT",
        "heard_to": "TEXT",
        "stopped_by": "TEXT",
        "stopped_at": "TEXT",
        "stopped_on": "TEXT",
        "ending": "TEXT",
        "to_the_day": "BIGINT NOT NULL",
        "confirmed": "BIGINT NOT NULL",
        "urgent": "BIGINT NOT NULL",
        "provisional": "BIGINT NOT NULL",
        "ours": "BIGINT NOT NULL",
        "history": "BIGINT NOT NULL",
        "digest": "BIGINT NOT NULL",
        "owed_by": "TEXT NOT NULL",
        "escalation": "TEXT",
        "rearmed": "BIGINT NOT NULL",
        "exhausted": "BIGINT NOT NULL",
        "told_at": "TEXT",
        "told_rung": "BIGINT",
        "told_role": "TEXT",
        "told_person": "TEXT",
        "watching": "TEXT NOT NULL",
        "acknowledged_until": "TEXT",
        "acknowledged_owner": "TEXT",
        "handed_to": "TEXT",
        "handed_until": "TEXT",
    },
    "board_status": {
        "authority": "TEXT NOT NULL",
        "stream": "TEXT NOT NULL",
        "clock": "TEXT NOT NULL",
        "place": "BIGINT NOT NULL",
        "ended": "BIGINT NOT NULL",
        "status": "TEXT NOT NULL",
        "from_at": "TEXT NOT NULL",
        "to_at": "TEXT NOT NULL",
        "reference": "TEXT NOT NULL",
        "team": "TEXT",
        "worker": "TEXT",
        "restricted": "BIGINT NOT NULL",
        "timescale": "TEXT NOT NULL",
        "due_at": "TEXT NOT NULL",
        "due_on": "TEXT",
        "history": "BIGINT NOT NULL",
        "owed_by": "TEXT NOT NULL",
        "acknowledged_until": "TEXT",
        "acknowledged_owner": "TEXT",
        "handed_to": "TEXT",
        "handed_until": "TEXT",
    },
    "board_telling": {
        "authority": "TEXT NOT NULL",
        "stream": "TEXT NOT NULL",
        "telling": "TEXT NOT NULL",
        "clock": "TEXT NOT NULL",
        "clock_version": "BIGINT NOT NULL",
        "open": "BIGINT NOT NULL",
        "next_at": "TEXT",
    },
    "outstanding": {
        "authority": "TEXT NOT NULL",
        "stream": "TEXT NOT NULL",
        "next_at": "TEXT",
        "stage_at": "TEXT",
        "digest_at": "TEXT",
        "summary": "TEXT NOT NULL",
        "stages": "BIGINT NOT NULL",
        "tellings": "BIGINT NOT NULL",
    },
    "digest_item": {
        "authority": "TEXT NOT NULL",
        "stream": "TEXT NOT NULL",
        "step": "TEXT NOT NULL",
        "telling": "TEXT NOT NULL",
        "clock": "TEXT NOT NULL",
        "at": "TEXT NOT NULL",
        "team": "TEXT",
        "rung": "BIGINT NOT NULL",
        "role": "TEXT NOT NULL",
        "person": "TEXT",
    },
    "anomaly": {
        "authority": "TEXT NOT NULL",
        "stream": "TEXT NOT NULL",
        "place": "BIGINT NOT NULL",
        "event_id": "TEXT NOT NULL",
        "kind": "TEXT NOT NULL",
        "sentence": "TEXT NOT NULL",
        "recorded_at": "TEXT NOT NULL",
    },
    "unallocated": {
        "authority": "TEXT NOT NULL",
        "stream": "TEXT NOT NULL",
        "clock": "TEXT NOT NULL",
        "place": "BIGINT NOT NULL",
        "why": "TEXT NOT NULL",
        "role": "TEXT NOT NULL",
        "from_at": "TEXT NOT NULL",
        "to_at": "TEXT NOT NULL",
    },
}
"""What each table holds, in the order its rows are written."""

RETIRED: Final = ("board_reader",)
"""Tables that earlier releases filled, taken away when the board is made anew."""

OF_CHILD: Final = ("reference", "team", "worker", "restricted")
OF_CLOCK: Final = (
    "timescale",
    "due_at",
    "due_on",
    "history",
    "owed_by",
    "acknowledged_until",
    "acknowledged_owner",
    "handed_to",
    "handed_until",
)
"""What `board_status` repeats of the child and of the clock."""

BOOKKEEPING: Final = frozenset({"authority_version", "informed_at"})
"""What says only when a row was last worked out: two boards may differ in it and say the same."""

INDEXES: Final = {
    "board_child_by_reference": "board_child (authority, reference)",
    "board_meeting_by_meeting": "board_meeting (authority, meeting)",
    "board_news_by_instant": "board_news (authority, at)",
    "board_clock_by_key": "board_clock (authority, clock)",
    "board_clock_by_due": "board_clock (authority, due_at)",
    "board_status_by_status": (
        "board_status (authority, ended, status, from_at, to_at, history, restricted, stream, team,"
        " acknowledged_until)"
    ),
    "board_telling_by_id": "board_telling (authority, telling)",
    "outstanding_by_instant": "outstanding (next_at)",
    "outstanding_by_stage": "outstanding (authority, stage_at)",
    "digest_item_by_instant": "digest_item (authority, at)",
    "unallocated_by_authority": "unallocated (authority, from_at, to_at)",
    "look_by_instant": "look (authority, at)",
    "look_by_child": "look (authority, child, at)",
    "look_by_person": "look (authority, person, at)",
    "look_child_by_child": "look_child (authority, child)",
    "anomaly_by_authority": "anomaly (authority, recorded_at)",
}
"""How questions find their rows without reading a whole table."""


def statements() -> tuple[str, ...]:
    """What makes the tables where they do not stand yet."""
    tables = (
        f"CREATE TABLE IF NOT EXISTS {table} ("
        + ", ".join(f"{name} {kind}" for name, kind in columns.items())
        + f", PRIMARY KEY ({', '.join(KEYS[table])}))"
        for table, columns in COLUMNS.items()
    )
    indexes = (f"CREATE INDEX IF NOT EXISTS {name} ON {on}" for name, on in INDEXES.items())
    return (*tables, *indexes, WORK, HEARD)
