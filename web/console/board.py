"""The board: what is late and what is due, and whether that can be relied on."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.authority import Authority
from domain.calendar import LONDON, london_date
from domain.clocks import Verdict
from domain.permission import Action, Visible
from domain.timescales import Timescale
from domain.words import (
    VERDICTS,
    say_day,
    say_days,
    say_hours,
    say_moment,
    say_role,
    say_time,
    say_weekday,
)
from projections.board import HISTORY, NOT_ACKNOWLEDGED, BoardRow, counts, rows
from projections.board_then import BoardThen, board_then
from projections.instants import written
from projections.permitted import Seeing
from projections.trust import Trust, trust
from web.access import needs
from web.console.gate import access
from web.console.look_back import View, WrongDate, view_from_form, view_of
from web.console.pages import Page, Pages
from web.console.statuses import COLOURS, NOT_CONFIRMED, Tag
from web.console.wording import capital, last_day
from web.parts import Parts

PER_PAGE: Final = 50
MOST_IN_A_FILE: Final = 100_000

STATUS_FILTERS: Final[Mapping[str, str]] = {
    "": "All that is running or late",
    Verdict.BREACHED: "Late",
    NOT_ACKNOWLEDGED: "Late and not acknowledged",
    Verdict.AWAITING_FEED: "Waiting for the case system",
    Verdict.DUE_SOON: "Due soon",
    Verdict.RUNNING: "Running",
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


@dataclass(frozen=True)
class Chosen:
    """What the address narrows the board to; empty words narrow nothing."""

    status: str = ""
    timescale: str = ""
    team: str = ""
    moments: tuple[tuple[str, str], ...] = ()
    """The two moments looked back to, as the address has them; empty for now."""

    @property
    def any(self) -> bool:
        """Whether anything is narrowed."""
        return bool(self.status or self.timescale or self.team)

    def query(self, page: int = 1) -> str:
        """The same choice as an address; empty for everything."""
        kept = {"status": self.status, "timescale": self.timescale, "team": self.team}
        asked = {name: word for name, word in kept.items() if word}
        asked |= dict(self.moments)
        if page > 1:
            asked["page"] = str(page)
        return "?" + urlencode(asked) if asked else ""


@dataclass(frozen=True)
class Line:
    """One clock as the board shows it."""

    page: str
    child: str
    """The child's reference, or what stands in its place where it is about no child."""
    clock_page: str
    title: str
    allowance: str
    due: str
    due_time: str
    sort_by: int
    tag: Tag
    distance: str
    told: str
    told_more: str
    promised: str
    escalation: str


def board(pages: Pages) -> APIRouter:
    """The board as a page and as a file."""
    routes = APIRouter()

    @routes.get("/board")
    @needs(Action.SEE, "list")
    def page(request: Request, page: str = "1") -> Response:
        words, mine = request.query_params, access(request).visible
        number = int(page) if re.fullmatch(r"[0-9]{1,6}", page) else 1
        now = pages.parts.now()
        try:
            if "as-of-day" in words:
                return RedirectResponse(f"/board{view_from_form(words, now).query}", 303)
            chosen, then = chosen_in(words), seen(pages.parts, view_of(words, now), mine)
        except WrongDate as wrong:
            then = seen(pages.parts, View(now), mine)
            return show(pages, request, Chosen(), then, 1, wrong, words.get("known", "now"))
        return show(pages, request, chosen, then, max(1, number))

    @routes.get("/board.csv")
    @needs(Action.SEE, "list")
    def file(request: Request) -> Response:
        parts, words = pages.parts, request.query_params
        try:
            then = seen(parts, view_of(words, parts.now()), access(request).visible)
        except WrongDate:
            raise HTTPException(400) from None
        found, _ = then.rows(chosen_in(words), 0, MOST_IN_A_FILE)
        return download("board.csv", list(table(found, parts, then)))

    return routes


def chosen_in(words: Mapping[str, str]) -> Chosen:
    """What an address narrows the board to."""
    moments = tuple((name, words[name]) for name in ("as-of", "known-at") if words.get(name))
    status, timescale, team = (words.get(name, "") for name in ("status", "timescale", "team"))
    return Chosen(status, timescale, team, moments)


@dataclass(frozen=True)
class Seen:
    """The board of a view: the one that is kept, or one of another moment worked out from the log."""

    parts: Parts
    view: View
    then: BoardThen | None
    sure: Trust
    visible: Visible
    """What the reader may see; nothing else is shown or counted."""

    @property
    def moment(self) -> datetime:
        """The moment of which it speaks."""
        return self.then.moment if self.then else self.view.now

    def counts(self) -> Mapping[str, int]:
        """How many clocks stand at each status."""
        if self.then:
            return self.then.counts()
        parts, now = self.parts, self.view.now
        return counts(parts.views, parts.code, now, visible=self.visible)

    def rows(self, chosen: Chosen, offset: int, limit: int) -> tuple[tuple[BoardRow, ...], int]:
        """The rows a choice leaves, and how many there are in all."""
        if self.then:
            return self.then.rows(
                status=chosen.status or None,
                timescale=chosen.timescale or None,
                team=chosen.team or None,
                offset=offset,
                limit=limit,
            )
        return rows(
            self.parts.views,
            self.parts.code,
            self.view.now,
            status=chosen.status or None,
            timescale=chosen.timescale or None,
            team=chosen.team or None,
            visible=self.visible,
            offset=offset,
            limit=limit,
        )


def seen(parts: Parts, view: View, visible: Visible) -> Seen:
    """The board as a view asks for it; what is past is not doubted for what ails today."""
    if view.is_now:
        return Seen(parts, view, None, believed(parts, view.now, visible), visible)
    then = board_then(
        parts.log,
        parts.authority(parts.code),
        view.now,
        as_of=view.as_of.at if view.as_of else None,
        known_at=view.known_at.at if view.known_at else None,
    )
    then = then.kept_to(Seeing(parts.views, parts.code, visible, written(view.now)).shows)
    total = then.counts()["open"]
    return Seen(parts, view, then, Trust(view.now, total, total, ()), visible)


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
    parts, view, sure = pages.parts, then.view, then.sure
    authority = parts.authority(parts.code)
    found, total = then.rows(chosen, (number - 1) * PER_PAGE, PER_PAGE)
    counted = then.counts()
    return pages.show(
        request,
        "board.html",
        Page("What is late and what is due", "board", error=bool(wrong), view=view.said),
        400 if wrong else 200,
        trust=sure,
        checked=f"{say_time(sure.checked_at)} on {say_weekday(london_date(sure.checked_at))}",
        view=view,
        error=str(wrong) if wrong else "",
        typed=wrong.typed if wrong else view.typed,
        known=known or ("now" if view.known_at is None else "then"),
        counts=[
            (replace(chosen, status=status, timescale="", team="").query(), counted[status], *said)
            for status, *said in IN_SHORT
        ],
        long_after=Chosen(HISTORY, moments=chosen.moments).query(),
        counted=counted,
        chosen=chosen,
        lines=[line(row, parts, authority, then.moment, sure=not sure.doubts) for row in found],
        total=total,
        first=(number - 1) * PER_PAGE + 1,
        pager=pager(chosen, number, total),
        statuses=[{"value": value, "text": text} for value, text in STATUS_FILTERS.items()],
        timescales=[
            {"value": "", "text": "All"},
            *(
                {"value": one.id, "text": one.title}
                for one in sorted(authority.policy.timescales, key=lambda one: one.title)
            ),
        ],
        teams=[{"value": "", "text": "All"}, *({"value": t, "text": t} for t in teams(authority))],
    )


def believed(parts: Parts, now: datetime, visible: Visible) -> Trust:
    """Whether the board can be relied on, of what may be seen."""
    return trust(parts.log, parts.views, parts.authority(parts.code), now, visible=visible)


def teams(authority: Authority) -> list[str]:
    """Every team somebody works in."""
    return sorted({one.team for one in authority.assignments if one.team})


def line(row: BoardRow, parts: Parts, authority: Authority, now: datetime, *, sure: bool) -> Line:
    """One clock in the words of the board."""
    timescale = authority.policy.timescale(row.timescale)
    by_day = row.due_on is not None and timescale.kind != "same-day"
    day = row.due_on if by_day and row.due_on else london_date(row.due_at)
    told, more, promised = told_words(row, parts)
    return Line(
        page=row.page,
        child=row.whose,
        clock_page=row.clock_page,
        title=timescale.title,
        allowance=timescale.allowance,
        due=say_day(day),
        due_time="End of the day" if by_day else say_time(row.due_at),
        sort_by=int(row.due_at.timestamp()),
        tag=Tag(status_word(row), COLOURS[row.status] if sure else "grey"),
        distance=distance(row, timescale, authority, now),
        told=told,
        told_more=more,
        promised=promised,
        escalation=row.escalation or "",
    )


def status_word(row: BoardRow) -> str:
    """The status of a row as a manager reads it."""
    if row.status is Verdict.BREACHED and not row.confirmed and row.stopped_by is None:
        return NOT_CONFIRMED
    return VERDICTS[row.status]


def distance(row: BoardRow, timescale: Timescale, authority: Authority, now: datetime) -> str:
    """How far past due or how far from it, in the timescale's own unit; empty where neither is known."""
    late = row.status is Verdict.BREACHED
    if row.status is Verdict.AWAITING_FEED and row.heard_to is not None:
        return f"heard up to {say_moment(row.heard_to)}"
    if not late and row.status not in {Verdict.DUE_SOON, Verdict.RUNNING}:
        return ""
    if row.due_on is None or timescale.counts_hours:
        length = say_hours(now - row.due_at if late else row.due_at - now)
        return f"by {length}" if late else f"{length} left"
    today = london_date(now)
    if not late and today == row.due_on:
        return "today"
    start, end = (row.due_on, today) if late else (today, row.due_on)
    working = timescale.unit == "working-days" and end <= authority.calendar.expires
    if working:
        length = say_days(authority.calendar.between(start, end), "working-days")
    else:
        length = say_days((end - start).days, "calendar-days").replace("calendar ", "")
    return f"by {length}" if late else f"{length} left"


def told_words(row: BoardRow, parts: Parts) -> tuple[str, str, str]:
    """Who was told, when, and what was promised."""
    if row.told_role is None or row.told_at is None:
        return "", "", ""
    person = parts.people.get(row.told_person) if row.told_person else None
    told = capital(say_role(row.told_role))
    more = f"{person.name}, {say_day(london_date(row.told_at))}" if person else ""
    if row.acknowledged_until is None:
        return told, more, ""
    owner = parts.people.get(row.acknowledged_owner) if row.acknowledged_owner else None
    until = say_day(last_day(row.acknowledged_until))
    return told, more, f"Acknowledged until {until}" + (f" by {owner.name}" if owner else "")


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


def table(found: tuple[BoardRow, ...], parts: Parts, then: Seen) -> Iterator[list[str]]:
    """The rows of the file; doubts, or of which moment it is, before anything else."""
    if then.sure.doubts:
        yield ["Do not rely on this board"]
        yield from ([str(doubt)] for doubt in then.sure.doubts)
    if then.view.said:
        yield [f"Not the board as it stands now: {then.view.said}"]
    yield ["child", "timescale", "started", "due", "status", "told", "acknowledged until"]
    policy = parts.authority(parts.code).policy
    for row in found:
        yield [
            row.whose,
            policy.timescale(row.timescale).title,
            row.started_on.isoformat() if row.started_on else local(row.started_at),
            row.due_on.isoformat() if row.due_on else local(row.due_at),
            status_word(row),
            say_role(row.told_role) if row.told_role else "",
            last_day(row.acknowledged_until).isoformat() if row.acknowledged_until else "",
        ]


def local(instant: datetime) -> str:
    """An instant as a spreadsheet reads it, in London time."""
    return instant.astimezone(LONDON).isoformat(sep=" ", timespec="minutes")


def download(name: str, lines: list[list[str]]) -> Response:
    """A CSV file that a spreadsheet opens as text and never as a formula."""
    out = io.StringIO()
    csv.writer(out).writerows([harmless(cell) for cell in cells] for cells in lines)
    return Response(
        out.getvalue().encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def harmless(cell: str) -> str:
    """A cell no spreadsheet would run."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
