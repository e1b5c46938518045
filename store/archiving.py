"""What a restore of PostgreSQL would rest on: whether its own log leaves it, and when it was last copied.

Every role may ask; nothing here changes anything.
"""

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from store.database import Database, Part, Row, kind_of

ELSEWHERE: Final = "elsewhere"
"""What is noted in place of a moment where not our scripts but somebody else copies the server."""

ASK: Final = """
    SELECT clock_timestamp() AS now,
        current_setting('archive_mode') <> 'off' AS archives,
        coalesce(last_archived_time, stats_reset, pg_postmaster_start_time()) AS archived_at,
        coalesce(last_failed_time > last_archived_time, last_failed_time IS NOT NULL) AS fails,
        last_archived_wal AS archived,
        pg_walfile_name(
            pg_current_wal_lsn() - pg_size_bytes(current_setting('wal_segment_size'))) AS finished,
        current_setting('daymark.copied_at', true) AS copied
    FROM pg_stat_archiver"""

PIECE: Final = 24
"""How many letters the name of a piece has; that of a note about a copy has more, of a branch fewer."""
BRANCH: Final = 8
"""How many of them say on which branch of history a piece lies."""


class Archive(NamedTuple):
    """How one server is archived and copied."""

    archives: bool
    """Whether it archives at all."""
    failing: bool
    """Whether its last attempt to archive a piece failed."""
    waiting: timedelta
    """For how long a finished piece has waited to leave it; no time where none waits."""
    copied: timedelta | None
    """How long ago a whole copy of it was finished; nothing where none was ever noted."""
    elsewhere: bool
    """Whether it was noted that somebody else copies it."""


def archives(addresses: Mapping[Part, str]) -> dict[Part, Archive]:
    """How the server of each part is archived; files are left out, and an address is asked once."""
    asked: dict[str, Part] = {}
    for part, url in addresses.items():
        if kind_of(url) == "postgresql":
            asked.setdefault(url, part)
    return {part: archive_of(url, part) for url, part in asked.items()}


def archive_of(url: str, part: Part) -> Archive:
    """How one server is archived and copied, asked on a new connection: only that sees the last note."""
    with closing(Database(url, part)) as database, database.reading() as cursor:
        (row,) = cursor.execute(ASK)
    return read(row)


def read(row: Row) -> Archive:
    """What a server answered, in our words."""
    waits = bool(row["fails"]) or lies_behind(row["archived"], row["finished"])
    noted = moment(row["copied"] or "")
    return Archive(
        archives=bool(row["archives"]),
        failing=bool(row["fails"]),
        waiting=max(row["now"] - row["archived_at"], timedelta()) if waits else timedelta(),
        copied=max(row["now"] - noted, timedelta()) if noted else None,
        elsewhere=row["copied"] == ELSEWHERE,
    )


def lies_behind(archived: str | None, finished: str) -> bool:
    """Whether a piece later than the last that was archived is finished."""
    if archived is None or len(archived) != PIECE:
        return False
    return archived[BRANCH:] < finished[BRANCH:]


def moment(noted: str) -> datetime | None:
    """The moment that was noted; nothing where it is none."""
    try:
        found = datetime.fromisoformat(noted)
    except ValueError:
        return None
    return found if found.tzinfo else None
