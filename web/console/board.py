"""The board: what is late and what is due, child by child, and whether that can be relied on."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, NamedTuple
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.access_rules import Action
from domain.authority import Authority
from domain.clocks import Verdict
from domain.going_live import shadows
from domain.permission import Record, may
from domain.words import say_day, say_time, say_title
from formats.workbook import workbook
from projections.board import HISTORY, NOT_ACKNOWLEDGED
from projections.board_children import OnBoard
from web.access import needs
from web.addresses import Addresses
from web.console.board_file import table
from web.console.board_lines import Line, line
from web.console.board_seen import Chosen, Seen, chosen_in, seen
from web.console.gate import Access, access
from web.console.look_back import View, WrongDate, view_from_form, view_of
from web.console.pages import Page, Pages
from web.console.spreadsheets import EXCEL, as_file, carrying, cut_short, download
from web.console.wall import asks_for_wall, wall
from web.console.wording import shadows_in_words
from web.parts import Parts

PER_PAGE: Final = 50
MOST_IN_A_FILE: Final = 100_000

STATUS_FILTERS: Final[Mapping[str, str]] = {
    "": "Running or late",
    Verdict.BREACHED: "Late",
    NOT_ACKNOWLEDGED: "Late and not acknowledged",
    Verdict.AWAITING_FEED: "Waiting for the case system",
    Verdict.DUE_SOON: "Due soon",
    Verdict.RUNNING: "Running",
    Verdict.SUSPENDED: "Held",
    Verdict.UNOBSERVABLE: "Not known: no source can say",
    Verdict.UNDECIDABLE: "Not known: only the day is known",
    HISTORY: "Recorded long after the event",
}
"""Every status the board can be narrowed to, in the words of its list."""

IN_SHORT: Final = (
    (Verdict.BREACHED.value, "late", "red"),
    (Verdict.DUE_SOON.value, "due soon", "yellow"),
    (Verdict.RUNNING.value, "running", "blue"),
    (NOT_ACKNOWLEDGED, "late and not acknowledged", "black"),
)
"""The board in four numbers: which status, its words and its colour."""

SORTED: Final[Mapping[str, str]] = {
    "urgent": "most urgent first",
    "due": "earliest due first",
    "child": "by reference",
    "team": "by team",
}
"""By what the board can be sorted, in words."""


def board(pages: Pages) -> Addresses:
    """The board as a page and as files."""
    routes = pages.door()

    @routes.get("/board")
    @needs(Action.SEE, "list")
    def page(request: Request, page: str = "1") -> Response:
        words, allowed = request.query_params, access(request)
        if asks_for_wall(request):
            return on_the_wall(pages, request)
        number = int(page) if re.fullmatch(r"[0-9]{1,6}", page) else 1
        now = pages.parts.now()
        try:
            if "as-of-day" in words:
                return RedirectResponse(f"/board{view_from_form(words, now).query}", 303)
            chosen = chosen_in(words)
            then = seen(pages.parts, view_of(words, now), allowed.visible, allowed.asker.person)
        except WrongDate as wrong:
            then = seen(pages.parts, View(now), allowed.visible, allowed.asker.person)
            return show(pages, request, Chosen(), then, 1, wrong, words.get("known", "now"))
        return show(pages, request, chosen, then, max(1, number))

    @routes.get("/board.csv")
    @needs(Action.SEE, "list")
    def file(request: Request) -> Response:
        taken = taken_away(pages.parts, request)
        return carrying(request, download("board.csv", taken.lines), taken.children)

    @routes.get("/board.xlsx")
    @needs(Action.SEE, "list")
    def excel(request: Request) -> Response:
        taken = taken_away(pages.parts, request)
        sheet = as_file("board.xlsx", workbook("Board", taken.lines), EXCEL)
        return carrying(request, sheet, taken.children)

    return routes


def on_the_wall(pages: Pages, request: Request) -> Response:
    """The board as four numbers of now, for a screen that many pass by."""
    allowed = access(request)
    then = seen(pages.parts, View(pages.parts.now()), allowed.visible, allowed.asker.person)
    counted = then.counts()
    counts = [(label, counted[status], colour) for status, label, colour in IN_SHORT]
    page = Page("What is late and what is due", "board")
    return wall(pages, request, page, counts, then.sure.doubts, then.sure.checked_at)


class Taken(NamedTuple):
    """The lines of a file, and the children who stand in them."""

    lines: list[list[str]]
    children: tuple[UUID, ...]


def taken_away(parts: Parts, request: Request) -> Taken:
    """What a file holds: the clocks that the page of the same address shows, in its order."""
    words, allowed = request.query_params, access(request)
    try:
        view = view_of(words, parts.now())
    except WrongDate:
        raise HTTPException(400) from None
    then, chosen = seen(parts, view, allowed.visible, allowed.asker.person), chosen_in(words)
    if chosen.by_clock:
        rows, total = then.rows(chosen, 0, MOST_IN_A_FILE)
        cut = cut_short(len(rows), total, "clocks")
    else:
        listed = then.children(chosen, 0, MOST_IN_A_FILE)
        rows = tuple(row for one in listed.children for row in one.rows)
        cut = cut_short(len(listed.children), listed.total, "children")
    found = table(rows, parts, then.sure, then.view.said)
    return Taken([*cut, *found], tuple(row.stream for row in rows))


def show(
    pages: Pages,
    request: Request,
    chosen: Chosen,
    then: Seen,
    number: int,
    wrong: WrongDate | None = None,
    known: str = "",
) -> Response:
    """The page itself, with what is wrong where a date could not be read."""
    view, sure = then.view, then.sure
    return pages.show(
        request,
        "board.html",
        Page("What is late and what is due", "board", error=bool(wrong), view=view.said),
        400 if wrong else 200,
        trust=sure,
        refreshed=view.is_now and wrong is None,
        refreshed_at=say_time(view.now),
        view=view,
        error=str(wrong) if wrong else "",
        typed=wrong.typed if wrong else view.typed,
        known=known or ("now" if view.known_at is None else "then"),
        **in_numbers(chosen, then),
        **of_rows(pages, chosen, then, number),
        **filters(pages.parts.authority(pages.parts.code), chosen),
        chosen=chosen,
        handed=handed_in(request),
        shadow=shadow_said(pages.parts) if view.is_now else "",
        may_hand_over=view.is_now and may_hand_over(access(request), pages.parts),
    )


def shadow_said(parts: Parts) -> str:
    """That rules are in shadow, in a sentence; empty where every rule is told in every team."""
    authority = parts.authority(parts.code)
    rules = [one.id for one in authority.policy.timescales]
    if not shadows(authority.going_live, rules, parts.now()):
        return ""
    return shadows_in_words(authority, parts.now())


def handed_in(request: Request) -> int:
    """How many clocks were just handed over, as the form's way back says."""
    said = request.query_params.get("handed", "")
    return int(said) if re.fullmatch(r"[0-9]{1,3}", said) else 0


def in_numbers(chosen: Chosen, then: Seen) -> dict[str, object]:
    """The board in four numbers, each a link."""
    counted = then.counts()
    return {
        "counts": [
            (
                Chosen(status, rows=chosen.rows, moments=chosen.moments).query(),
                counted[status],
                *said,
            )
            for status, *said in IN_SHORT
        ],
        "long_after": Chosen(HISTORY, rows=chosen.rows, moments=chosen.moments).query(),
        "counted": counted,
    }


def of_rows(pages: Pages, chosen: Chosen, then: Seen, number: int) -> dict[str, object]:
    """The rows of one page of the list, child by child or clock by clock."""
    parts, offset = pages.parts, (number - 1) * PER_PAGE
    authority, sure = parts.authority(parts.code), not then.sure.doubts

    def in_words(one: OnBoard) -> list[Line]:
        return [line(row, parts, authority, then.moment, sure=sure) for row in one.rows]

    if chosen.by_clock:
        found, total = then.rows(chosen, offset, PER_PAGE)
        alone = [OnBoard(row.stream, (row,)) for row in found]
        listed, clocks = [(one, in_words(one)) for one in alone], total
    else:
        some = then.children(chosen, offset, PER_PAGE)
        apart = (matter for one in some.children for matter in matters(one))
        listed = [(one, in_words(one)) for one in apart]
        total, clocks = some.total, some.clocks
    return {
        "listed": listed,
        "total": total,
        "clocks": clocks,
        "first": offset + 1,
        "pager": pager(chosen, number, total),
    }


def matters(one: OnBoard) -> Iterator[OnBoard]:
    """A child as it is; the authority itself matter by matter, for its allegations are not one."""
    whose = dict.fromkeys(row.whose for row in one.rows)
    for each in whose:
        yield replace(one, rows=tuple(row for row in one.rows if row.whose == each))


def filters(authority: Authority, chosen: Chosen) -> dict[str, object]:
    """What the board can be narrowed and sorted by, in the words of its lists."""
    titles = sorted(authority.policy.timescales, key=lambda one: say_title(one).casefold())
    return {
        "statuses": [{"value": value, "text": text} for value, text in STATUS_FILTERS.items()],
        "timescales": [
            {"value": "", "text": "All"},
            *({"value": one.id, "text": say_title(one)} for one in titles),
        ],
        "teams": [
            {"value": "", "text": "All"},
            *({"value": team, "text": team} for team in teams(authority)),
        ],
        "sorts": SORTED,
        "due": say_day(chosen.due_on) if chosen.due_on else "",
    }


def may_hand_over(allowed: Access, parts: Parts) -> bool:
    """Whether whoever looks may hand clocks over to others."""
    record = Record("list", parts.code)
    return may(allowed.asker, Action.REASSIGN, record, allowed.purpose, parts.now()).allowed


def teams(authority: Authority) -> list[str]:
    """Every team somebody works in, and every service that teams lie within."""
    found = {one.team for one in authority.assignments}
    found |= {name for one in authority.staff.places for name in (one.team, one.within)}
    return sorted(one for one in found if one)


def pager(chosen: Chosen, number: int, total: int) -> dict[str, object] | None:
    """The pages of the list; nothing where one holds it all."""
    last = -(-total // PER_PAGE)
    if last <= 1:
        return None
    near = sorted({1, last, *range(max(1, number - 1), min(last, number + 1) + 1)})
    items: list[dict[str, object]] = []
    before = 0
    for n in near:
        if n > before + 1:
            items.append({"ellipsis": True})
        items.append({"number": n, "href": f"/board{chosen.query(n)}", "current": n == number})
        before = n
    pages: dict[str, object] = {"items": items, "landmarkLabel": "Pages of the board"}
    if number > 1:
        pages["previous"] = {"href": f"/board{chosen.query(number - 1)}"}
    if number < last:
        pages["next"] = {"href": f"/board{chosen.query(number + 1)}"}
    return pages
