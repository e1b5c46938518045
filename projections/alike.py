"""Whether every process of an installation runs with the same: each states what it runs with, here.

The people file, adopted timescales and calendars, settings and the release are files of each server, so two
servers can differ, and each would be right by its own.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from domain.words import say_list, say_moment
from projections.instants import read, written
from projections.shape import of_this_release, shape
from store.database import Cursor
from store.leases import has_ended, shown
from store.views import Views

EVERY: Final = timedelta(seconds=20)
"""Between two statements of a process."""
LIVES: Final = timedelta(minutes=2)
"""For so long a process counts as one that runs; who ends as it should takes its statement back."""
ROLLING: Final = timedelta(minutes=15)
"""For so long a difference is what a change of one server after the other looks like.

Somebody needs that to install a release on the second by hand, and longer nobody should judge by two laws.
"""
FORGOTTEN: Final = timedelta(hours=1)

PROCESS: Final = (
    "CREATE TABLE IF NOT EXISTS process"
    " (holder TEXT NOT NULL, authority TEXT NOT NULL, work TEXT NOT NULL, stated TEXT NOT NULL,"
    " seen_at TEXT NOT NULL, PRIMARY KEY (holder, authority))"
)
"""Who runs, and with what."""
DIFFERENCE: Final = (
    "CREATE TABLE IF NOT EXISTS difference"
    " (authority TEXT NOT NULL, about TEXT NOT NULL, since TEXT NOT NULL,"
    " PRIMARY KEY (authority, about))"
)
"""Since when any two of them differ.

Both lie beside the board and are no part of its shape: an older release uses them while a newer one begins.
"""

BOARD: Final = ""
"""In place of an authority: the board, which is made once for all of them."""

FOLDER: Final = "the folder of adopted timescales (DAYMARK_POLICY, else HOME/policy)"
MENDS: Final[Mapping[str, str]] = {
    "people": "copy the people file from the server that is right to the other; it is read again by itself",
    "rules": f"copy {FOLDER} from the server that is right to the other, and restart what runs there",
    "calendar": f"copy {FOLDER} from the server that is right to the other, and restart what runs there",
    "release": "finish the upgrade: install the same release on both, and restart what runs there",
}
"""How each is made the same again."""
SETTINGS_MEND: Final = (
    "give both the same settings, which `daymark doctor` lists, and restart what runs there"
)
ONE_SERVER_MEND: Final = "restart whichever still runs with what was there before"
ON_A_PAGE: Final[Mapping[str, str]] = {
    "people": "who works here",
    "rules": "which timescales count",
    "calendar": "which days count",
    "release": "how it is told",
}
"""What people read of each."""


class Process(NamedTuple):
    """A process that lately said that it runs."""

    holder: str
    work: str
    """What it does, such as `web`."""
    stated: Mapping[str, str]
    """What it runs with, each by a short name of its content."""
    seen_at: datetime

    @property
    def machine(self) -> str:
        """The machine it runs on, as people call it."""
        return shown(self.holder.split("/")[0])

    @property
    def number(self) -> str:
        """Its number there."""
        return self.holder.split("/")[1]


class Difference(NamedTuple):
    """Processes that run with different things."""

    about: str
    """What differs: `people`, `rules`, `calendar`, `release`, or settings, such as `web-settings`."""
    since: datetime
    sides: Mapping[str, Sequence[Process]]
    """Who runs with which."""

    @property
    def passes_until(self) -> datetime:
        """Up to when it looks like a change of one server after the other."""
        return self.since + ROLLING

    @property
    def on_a_page(self) -> str:
        """What is not sure, in the words of a page."""
        return ON_A_PAGE.get(self.about, "how it is set")

    @property
    def to_mend(self) -> str:
        """Which servers or processes disagree, about what, and what makes them the same."""
        machines = {
            name: sorted({one.machine for one in side}) for name, side in self.sides.items()
        }
        apart = len({tuple(one) for one in machines.values()}) > 1
        who = "two servers disagree" if apart else "processes of one server disagree"
        sides = say_list(
            [f"{said_of(side)} with {name}" for name, side in self.sides.items()], "and"
        )
        mend = MENDS.get(self.about, SETTINGS_MEND) if apart else ONE_SERVER_MEND
        return f"{who} about {self.about.replace('-', ' ')}: {sides} since {say_moment(self.since)}; {mend}"


def said_of(side: Iterable[Process]) -> str:
    """Which processes stand on one side, machine by machine."""
    found: dict[str, list[str]] = {}
    for one in side:
        found.setdefault(one.machine, []).append(f"{one.work} {one.number}")
    return say_list(
        [f"{machine} ({', '.join(sorted(works))})" for machine, works in sorted(found.items())],
        "and",
    )


def state(
    views: Views, holder: str, work: str, said: Mapping[str, Mapping[str, str]], now: datetime
) -> None:
    """Say that a process runs, and with what for each authority; note since when any two differ."""
    with views.writing() as cursor:
        cursor.take_turns("process")
        put_away(cursor, now)
        for authority, stated in sorted(said.items()):
            cursor.execute(
                "INSERT INTO process VALUES (?, ?, ?, ?, ?) ON CONFLICT (holder, authority) DO UPDATE"
                " SET work = excluded.work, stated = excluded.stated, seen_at = excluded.seen_at",
                (holder, authority, work, json.dumps(stated, sort_keys=True), written(now)),
            )
            note(cursor, authority, set(apart(running(cursor, authority, now))), now)
        note_another_board(cursor, now)


def withdraw(views: Views, holder: str) -> None:
    """Take back what a process stated, for it ends."""
    with views.writing() as cursor:
        cursor.take_turns("process")
        cursor.execute("DELETE FROM process WHERE holder = ?", [holder])


def put_away(cursor: Cursor, now: datetime) -> None:
    """Forget those who were seen to end, and those who have said nothing for long."""
    cursor.execute("DELETE FROM process WHERE seen_at < ?", [written(now - FORGOTTEN)])
    for row in cursor.execute("SELECT DISTINCT holder FROM process"):
        if has_ended(str(row["holder"])):
            cursor.execute("DELETE FROM process WHERE holder = ?", [row["holder"]])


def running(cursor: Cursor, authority: str, now: datetime) -> list[Process]:
    """Every process that has lately said that it works for an authority."""
    found = cursor.execute(
        "SELECT holder, work, stated, seen_at FROM process WHERE authority = ? AND seen_at >= ?"
        " ORDER BY work, holder",
        [authority, written(now - LIVES)],
    )
    return [
        Process(
            str(row["holder"]), str(row["work"]), json.loads(row["stated"]), read(row["seen_at"])
        )
        for row in found
    ]


def apart(processes: Iterable[Process]) -> dict[str, dict[str, list[Process]]]:
    """What some of these run with otherwise than others, with who runs with which."""
    found: dict[str, dict[str, list[Process]]] = {}
    for one in processes:
        for about, name in one.stated.items():
            found.setdefault(about, {}).setdefault(name, []).append(one)
    return {about: sides for about, sides in found.items() if len(sides) > 1}


def note(cursor: Cursor, authority: str, differ: Iterable[str], now: datetime) -> None:
    """Keep since when each of these differs, and forget what does so no more."""
    kept = {
        str(row["about"])
        for row in cursor.execute("SELECT about FROM difference WHERE authority = ?", [authority])
    }
    wanted = set(differ)
    for about in sorted(wanted - kept):
        cursor.execute("INSERT INTO difference VALUES (?, ?, ?)", [authority, about, written(now)])
    for about in sorted(kept - wanted):
        cursor.execute(
            "DELETE FROM difference WHERE authority = ? AND about = ?", [authority, about]
        )


def note_another_board(cursor: Cursor, now: datetime) -> None:
    """Keep since when the board has been another release's, as this one sees it."""
    if of_this_release(cursor):
        cursor.execute("DELETE FROM difference WHERE authority = ? AND about = ?", [BOARD, shape()])
    else:
        cursor.execute(
            "INSERT INTO difference VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [BOARD, shape(), written(now)],
        )


def another_board_since(cursor: Cursor, now: datetime) -> datetime:
    """Since when the board has been another release's; only now where nobody has noted it yet."""
    found = cursor.execute(
        "SELECT since FROM difference WHERE authority = ? AND about = ?", [BOARD, shape()]
    )
    return read(found[0]["since"]) if found else now


def differences(views: Views, authority: str, now: datetime) -> list[Difference]:
    """What processes that run now disagree about, however short a time."""
    with views.reading() as cursor:
        since = {
            str(row["about"]): read(row["since"])
            for row in cursor.execute(
                "SELECT about, since FROM difference WHERE authority = ? ORDER BY about",
                [authority],
            )
        }
        sides = apart(running(cursor, authority, now)) if since else {}
    return [Difference(about, at, sides[about]) for about, at in since.items() if about in sides]


def lasting(views: Views, authority: str, now: datetime) -> Iterator[Difference]:
    """Those that no change of one server after the other explains any more."""
    return (one for one in differences(views, authority, now) if now >= one.passes_until)


def seen_lately(views: Views, now: datetime) -> list[Process]:
    """Every process, for whatever authority, that lately said that it runs, and is not seen to have ended."""
    with views.reading() as cursor:
        codes = [
            row["authority"] for row in cursor.execute("SELECT DISTINCT authority FROM process")
        ]
        found = {one.holder: one for code in codes for one in running(cursor, str(code), now)}
    return [one for _, one in sorted(found.items()) if not has_ended(one.holder)]
