"""The board as a file: exactly the rows that are shown, as a spreadsheet reads them."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from domain.calendar import LONDON
from domain.words import say_role, say_title
from projections.board import BoardRow
from projections.trust import Trust
from web.console.board_lines import status_word
from web.console.wording import last_day
from web.parts import Parts


def table(found: Iterable[BoardRow], parts: Parts, sure: Trust, then: str) -> Iterator[list[str]]:
    """The rows of the file; doubts, or of which moment it is, before anything else."""
    if sure.doubts:
        yield ["Do not rely on this board"]
        yield from ([str(doubt)] for doubt in sure.doubts)
    if then:
        yield [f"Not the board as it stands now: {then}"]
    yield [
        "child",
        "timescale",
        "started",
        "due",
        "status",
        "told",
        "told to watch",
        "acknowledged until",
    ]
    policy = parts.authority(parts.code).policy
    for row in found:
        yield [
            row.whose,
            say_title(policy.timescale(row.timescale)),
            row.started_on.isoformat() if row.started_on else local(row.started_at),
            row.due_on.isoformat() if row.due_on else local(row.due_at),
            status_word(row),
            say_role(row.told_role) if row.told_role else "",
            ", ".join(say_role(role) for role in row.watching),
            last_day(row.acknowledged_until).isoformat() if row.acknowledged_until else "",
        ]


def local(instant: datetime) -> str:
    """An instant as a spreadsheet reads it, in London time."""
    return instant.astimezone(LONDON).isoformat(sep=" ", timespec="minutes")
