"""Of which shape the board's tables are, and by which law they are filled.

Another release may have made them anew beside this one.
"""

import hashlib
from contextlib import suppress
from functools import cache
from importlib.resources import files
from typing import Final

from domain.errors import Unavailable
from projections.tables import statements
from store.database import Cursor
from store.views import Views

MADE: Final = "CREATE TABLE IF NOT EXISTS board_made (sha256 TEXT NOT NULL)"
"""Of which shape the board's tables are, and by which law they were filled."""

LAW: Final = (("policies", "england"), ("calendars",))
"""Where the shipped timescales and calendars lie."""


class AnotherRelease(Unavailable):
    """The board's tables are not of this release, so nothing may be written into them."""

    def __init__(self) -> None:
        """Say what brings tables and release together."""
        super().__init__("the board's tables are not of this release: run `daymark migrate`")


@cache
def shape() -> str:
    """What this release's tables look like and by which law they are filled, as one hash.

    Where nothing was adopted the shipped law judges, and no fact tells that a release has changed it.
    """
    hashed = hashlib.sha256("\n".join(statements()).encode())
    for folder in LAW:
        shelf = files("domain").joinpath(*folder)
        for one in sorted(shelf.iterdir(), key=lambda each: each.name):
            hashed.update(f"\n{one.name}\n".encode() + one.read_bytes())
    return hashed.hexdigest()


def is_made(views: Views) -> bool:
    """Whether the board's tables are those of this release."""
    with views.reading() as cursor:
        return cursor.has_table("board_made") and of_this_release(cursor)


def of_this_release(cursor: Cursor) -> bool:
    """The same, asked where some release has surely made a board."""
    made = cursor.execute("SELECT sha256 FROM board_made")
    return [row["sha256"] for row in made] == [shape()]


def is_anothers(views: Views) -> bool:
    """Whether they are surely those of another release: where nobody can tell, they are not."""
    with suppress(Unavailable), views.reading() as cursor:
        return not of_this_release(cursor)
    return False


def require_board(views: Views) -> None:
    """Refuse to keep the board in another release's tables, or in none."""
    if not is_made(views):
        raise AnotherRelease


def hold_shape(cursor: Cursor) -> None:
    """Let nobody make the board anew until this transaction has ended; AnotherRelease where one has.

    A row that is only read could be another's by the time of writing; who makes tables takes it out first.
    """
    held = cursor.execute(
        "UPDATE board_made SET sha256 = sha256 WHERE sha256 = ? RETURNING sha256", [shape()]
    )
    if not held:
        raise AnotherRelease
