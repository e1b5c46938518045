"""The board as an address asks for it: what it is narrowed to, and at which moment."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, cast, get_args
from urllib.parse import urlencode

from domain.calendar import london_date
from domain.permission import Visible
from projections.board import BoardRow, counts, rows
from projections.board_children import Listed, Order, board_children, listed_then
from projections.board_then import BoardThen, board_then
from projections.instants import written
from projections.narrowing import Narrowed
from projections.seeing import Seeing
from projections.trust import Trust
from web.console.look_back import View
from web.console.trusted import believed
from web.console.within import on_the_days
from web.parts import Parts

NARROWS: Final = ("status", "timescale", "team", "mine", "due")
MANY: Final = 1_000_000


@dataclass(frozen=True)
class Chosen:
    """What the address narrows the board to; empty words narrow nothing."""

    status: str = ""
    timescale: str = ""
    team: str = ""
    mine: str = ""
    """`yes` for only what is the reader's own."""
    due: str = ""
    """A day as the address has it."""
    sort: str = ""
    rows: str = ""
    """`clocks` for a row to each clock; else each child is one row."""
    moments: tuple[tuple[str, str], ...] = ()
    """The two moments looked back to, as the address has them; empty for now."""

    @property
    def any(self) -> bool:
        """Whether anything is narrowed."""
        return any(getattr(self, name) for name in NARROWS)

    @property
    def by_clock(self) -> bool:
        """Whether each clock has a row to itself."""
        return self.rows == "clocks"

    @property
    def order(self) -> Order:
        """By what the children are sorted; the most urgent first where nothing is said."""
        known = self.sort in get_args(Order)
        return cast(Order, self.sort) if known else "urgent"

    @property
    def due_on(self) -> date | None:
        """The day on which things are to fall due; nothing where the address has no real one."""
        with suppress(ValueError):
            return date.fromisoformat(self.due)
        return None

    def query(self, page: int = 1) -> str:
        """The same choice as an address; empty for everything."""
        kept = {name: getattr(self, name) for name in (*NARROWS, "sort", "rows")}
        asked = {name: word for name, word in kept.items() if word}
        asked |= dict(self.moments)
        if page > 1:
            asked["page"] = str(page)
        return "?" + urlencode(asked) if asked else ""

    def but(self, **changes: str) -> str:
        """The address of the same choice with something else in it."""
        said = {name: getattr(self, name) for name in (*NARROWS, "sort", "rows")}
        return Chosen(**(said | changes), moments=self.moments).query()


def chosen_in(words: Mapping[str, str]) -> Chosen:
    """What an address narrows the board to."""
    moments = tuple((name, words[name]) for name in ("as-of", "known-at") if words.get(name))
    said = {name: words.get(name, "") for name in (*NARROWS, "sort", "rows")}
    return Chosen(**said, moments=moments)


@dataclass(frozen=True)
class Seen:
    """The board of a view: the one that is kept, or one of another moment worked out from the log."""

    parts: Parts
    view: View
    then: BoardThen | None
    sure: Trust
    visible: Visible
    """What the reader may see; nothing else is shown or counted."""
    person: str | None
    """Who reads, for what is theirs."""

    @property
    def moment(self) -> datetime:
        """The moment of which it speaks."""
        return self.then.moment if self.then else self.view.now

    def narrowed(self, chosen: Chosen) -> Narrowed:
        """The choice as the projections take it; a team stands for all that lies within it."""
        staff, today = self.parts.authority(self.parts.code).staff, london_date(self.view.now)
        return Narrowed(
            status=chosen.status or None,
            timescale=chosen.timescale or None,
            teams=staff.subtree(chosen.team, today) if chosen.team else None,
            person=(self.person or "") if chosen.mine else None,
            due=chosen.due_on,
        )

    def counts(self) -> Mapping[str, int]:
        """How many clocks stand at each status."""
        if self.then:
            return self.then.counts()
        parts, now = self.parts, self.view.now
        return counts(parts.views, parts.code, now, visible=self.visible)

    def rows(self, chosen: Chosen, offset: int, limit: int) -> tuple[tuple[BoardRow, ...], int]:
        """The rows a choice leaves, and how many there are in all."""
        narrowed = self.narrowed(chosen)
        if self.then:
            found, _ = self.then.rows(status=narrowed.status, limit=MANY)
            left = narrowed.leaves(found)
            return left[offset : offset + limit], len(left)
        return rows(
            self.parts.views,
            self.parts.code,
            self.view.now,
            status=narrowed.status,
            narrowed=narrowed.condition(self.view.now),
            visible=self.visible,
            offset=offset,
            limit=limit,
        )

    def children(self, chosen: Chosen, offset: int, limit: int) -> Listed:
        """The children a choice leaves, each with the clocks it leaves."""
        narrowed = self.narrowed(chosen)
        if self.then:
            found, _ = self.then.rows(status=narrowed.status, limit=MANY)
            return listed_then(narrowed.leaves(found), chosen.order, offset, limit)
        return board_children(
            self.parts.views,
            self.parts.code,
            self.view.now,
            narrowed,
            visible=self.visible,
            order=chosen.order,
            offset=offset,
            limit=limit,
        )


def seen(parts: Parts, view: View, visible: Visible, person: str | None) -> Seen:
    """The board as a view asks for it; what is past is not doubted for what ails today."""
    if view.is_now:
        return Seen(parts, view, None, believed(parts, view.now, visible), visible, person)
    view = on_the_days(visible, view)
    then = board_then(
        parts.log,
        parts.authority(parts.code),
        view.now,
        as_of=view.as_of.at if view.as_of else None,
        known_at=view.known_at.at if view.known_at else None,
    )
    at = written(view.now)
    sees = Seeing(parts.views, parts.code, visible, at, (view.latest, then.every))
    then = then.kept_to(sees.shows)
    total = then.counts()["open"]
    return Seen(parts, view, then, Trust(view.now, total, total, ()), visible, person)
