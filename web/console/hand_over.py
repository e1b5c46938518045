"""Handing clocks over to somebody else: those that were chosen on the board, all in one form."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.access_rules import Action
from domain.authority import Authority
from domain.calendar import end_of, london_date
from domain.code_sets import CODE_SETS
from domain.errors import CalendarExpired, Grown, NotFound, Refused
from domain.handover import may_be_asked, reassign
from projections.board import BoardRow, rows
from projections.permitted import marks
from web.access import needs
from web.addresses import Addresses
from web.console.board_lines import line
from web.console.gate import access
from web.console.look_back import day_typed
from web.console.pages import Page, Pages, texts
from web.console.telling import Filled, Teller, begin
from web.console.wording import capital

REASONS: Final = CODE_SETS["reassignment_reason"].labels
"""Why somebody else is to see to it, the same as `daymark reassign` takes: not why anything is late."""
MOST: Final = 200
"""How many clocks one form may hand over."""
LONGEST_NOTE: Final = 500
ATTEMPTS: Final = 5


@dataclass(frozen=True)
class Asked:
    """What the form asks for: to whom, until when and why."""

    owner: str
    until: date
    reason: str
    note: str


def hand_over(pages: Pages) -> Addresses:
    """The page on which chosen clocks are handed over, and its form."""
    routes = pages.door()

    @routes.get("/board/hand-over")
    @needs(Action.REASSIGN, "list")
    def page(request: Request) -> Response:
        return show(pages, request, chosen_rows(pages, request, keys_of(request)), Filled())

    @routes.post("/board/hand-over")
    @needs(Action.REASSIGN, "list")
    async def handed(request: Request) -> Response:
        form = await request.form()
        keys = [one for one in form.getlist("clock") if isinstance(one, str)][:MOST]
        return await run_in_threadpool(take, pages, request, keys, texts(form))

    return routes


def keys_of(request: Request) -> list[str]:
    """The clocks that an address names."""
    return request.query_params.getlist("clock")[:MOST]


def chosen_rows(pages: Pages, request: Request, keys: Sequence[str]) -> tuple[BoardRow, ...]:
    """The running clocks of these keys that the reader may hand over; no other is spoken of."""
    parts = pages.parts
    if not keys:
        return ()
    found, _ = rows(
        parts.views,
        parts.code,
        parts.now(),
        narrowed=(f" AND c.clock IN ({marks(keys)})", keys),
        visible=access(request).visible,
        limit=MOST,
    )
    return found


def show(
    pages: Pages,
    request: Request,
    chosen: Sequence[BoardRow],
    filled: Filled,
    left: Sequence[str] = (),
    done: int = 0,
) -> Response:
    """The page, with what is wrong where the form could not be taken."""
    parts, now = pages.parts, pages.parts.now()
    authority, today = parts.authority(parts.code), london_date(now)
    here = [
        {"value": one.ref, "text": f"{one.name}, {pages.posts(one.ref, now)[0]}"}
        for one in sorted(parts.people.values(), key=lambda one: one.name)
        if may_become_owner(authority, one.ref, today)
    ]
    many = f"{len(chosen)} clocks" if len(chosen) != 1 else "this clock"
    title = f"Hand over {many}" if chosen else "Choose what to hand over"
    wrong = bool(filled.faults or left)
    return pages.form(
        request,
        "hand_over.html",
        Page(title, "board", (("Board", "/board"),), error=wrong),
        400 if wrong else 200,
        token=filled.value("token"),
        lines=[line(row, parts, authority, now, sure=True) for row in chosen],
        people=[{"value": "", "text": "Choose a person"}, *here],
        reasons=[{"value": code, "text": capital(label)} for code, label in REASONS.items()],
        example=example(pages),
        filled=filled,
        left=left,
        done=done,
    )


def may_become_owner(authority: Authority, person: str, today: date) -> bool:
    """Whether somebody is at work today and some clock could be theirs; of each it is asked again."""
    return authority.staff.is_here(person, today) and may_be_asked(authority, person, today)


def example(pages: Pages) -> str:
    """A day soon, as its three boxes take it."""
    today = london_date(pages.parts.now())
    try:
        soon = pages.parts.authority(pages.parts.code).calendar.add(today, 3)
    except CalendarExpired:
        soon = today
    return f"{soon.day} {soon.month} {soon.year}"


def take(pages: Pages, request: Request, keys: Sequence[str], form: dict[str, str]) -> Response:
    """Hand the clocks over, or show the form again with what is wrong."""
    teller = begin(pages, request, form, "hand-over")
    chosen = chosen_rows(pages, request, keys)
    if not chosen:
        raise HTTPException(404)
    filled = Filled(typed=form)
    asked = read(pages, filled)
    if asked is None:
        return show(pages, request, chosen, filled)
    left, done = [], []
    for row in chosen:
        refused = handed(pages, teller, row, asked)
        if refused:
            left.append((row, refused))
        else:
            done.append(row)
    if not left:
        return RedirectResponse(f"/board?handed={len(done)}", 303)
    said = [f"{row.whose}: {why}." for row, why in left]
    return show(pages, request, [row for row, _ in left], filled, said, len(done))


def read(pages: Pages, filled: Filled) -> Asked | None:
    """What the form asks for; nothing where something is wrong with it, which it then holds."""
    until, filled.days["until"] = day_typed(filled.typed, "until")
    owner, reason, note = (filled.value(name) for name in ("owner", "reason", "note"))
    parts, now = pages.parts, pages.parts.now()
    if not may_become_owner(parts.authority(parts.code), owner, london_date(now)):
        filled.faults["owner"] = "Choose to whom you hand it over"
    if until is None:
        filled.faults["until-day"] = f"Enter a real date, for example {example(pages)}"
    elif end_of(until) <= now:
        filled.faults["until-day"] = "The last day must be today or later"
    if reason not in REASONS:
        filled.faults["reason"] = "Choose a reason"
    if len(note) > LONGEST_NOTE:
        filled.faults["note"] = f"The note must be {LONGEST_NOTE} characters or fewer"
    if filled.faults or until is None:
        return None
    return Asked(owner, until, reason, note)


def handed(pages: Pages, teller: Teller, row: BoardRow, asked: Asked) -> str:
    """Record that one clock was handed over; why not, where it is refused."""
    parts = pages.parts
    for _ in range(ATTEMPTS):
        episode = parts.log.episode(row.stream)
        if episode is None:
            return "nothing is known of it any more"
        try:
            said = reassign(
                episode,
                parts.authority(parts.code),
                row.clock,
                by=teller.by,
                owner=asked.owner,
                until=asked.until,
                reason=asked.reason,
                token=f"{teller.token}-{row.clock}",
                now=teller.now,
                note=asked.note or None,
            )
            parts.log.save(episode, [said])
        except Grown:
            continue
        except (NotFound, Refused) as refused:
            return str(refused)
        return ""
    raise HTTPException(503)
