"""Instants as the board's tables hold them: UTC text of one width, so that text order is time order."""

from datetime import UTC, datetime
from typing import Final

FOR_EVER: Final = "9999-12-31T23:59:59.999999Z"
"""Later than any moment anybody asks about."""


def written(instant: datetime) -> str:
    """The instant as text, always to the microsecond."""
    utc = instant.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="microseconds") + "Z"


def written_if(instant: datetime | None) -> str | None:
    """The instant as text, or nothing where there is none."""
    return None if instant is None else written(instant)


def read(text: str) -> datetime:
    """The instant that was written."""
    return datetime.fromisoformat(text)


def read_if(text: str | None) -> datetime | None:
    """The instant that was written, or nothing where nothing was."""
    return None if text is None else read(text)
