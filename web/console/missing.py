"""The daily missing page: who is out, who is back, and of whom nothing is heard; and one child's times."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.access_rules import Action
from domain.permission import reaching_back
from domain.words import say_when
from formats.missing_lines import (
    HEADINGS,
    OF_A_CHILD,
    WHY,
    duty,
    grade,
    hours,
    lines,
    nothing_since,
    reasons,
    recorded_of,
    say_authority,
    times,
    times_missing,
)
from projections.instants import written
from projections.missing import MissingPage, life_in, missing_page, page_of
from projections.missing_episodes import Life, Missing
from projections.missing_lives import LivesNow
from projections.permitted import children_seen
from web.access import needs
from web.addresses import Addresses
from web.console.children import Told, replay
from web.console.gate import access
from web.console.look_back import View, WrongDate, view_of
from web.console.pages import Page, Pages
from web.console.spreadsheets import carrying, download
from web.console.trusted import believed
from web.console.two_moments import looking_back, view_sent
from web.console.wall import asks_for_wall, wall
from web.console.within import on_the_days
from web.console.wording import capital

TITLE = "Missing children today"
THEN = "Missing children at another time"


def missing(pages: Pages) -> Addresses:
    """The page, its file, and the times of one child."""
    routes, kept = pages.door(), LivesNow()

    @routes.get("/missing")
    @needs(Action.SEE, "list")
    def page(request: Request) -> Response:
        now, words = pages.parts.now(), request.query_params
        try:
            if (sent := view_sent(words, now)) is not None:
                return RedirectResponse(f"/missing{sent.query}", 303)
        except WrongDate as wrong:
            return show(pages, request, asked(pages, request, View(now), kept), wrong)
        return show(pages, request, asked(pages, request, view_in(request, now), kept))

    @routes.get("/missing.csv")
    @needs(Action.SEE, "list")
    def file(request: Request) -> Response:
        found = asked(pages, request, view_in(request, pages.parts.now()), kept)
        rows = map(list, lines(found.page))
        head_rows = head(pages, request, found.view)
        file = download("missing.csv", [*head_rows, list(HEADINGS), *rows])
        return carrying(request, file, named_on(found.page))

    @routes.get("/children/{ref}/missing")
    @needs(Action.SEE, "child")
    def child(request: Request, ref: str) -> Response:
        now, words = pages.parts.now(), request.query_params
        try:
            if (sent := view_sent(words, access(request).moment(now))) is not None:
                return RedirectResponse(f"/children/{ref}/missing{sent.query}", 303)
            return show_child(pages, request, replay(pages, request, ref, view_of(words, now)))
        except WrongDate as wrong:
            return show_child(pages, request, replay(pages, request, ref, View(now)), wrong)

    @routes.get("/children/{ref}/missing.csv")
    @needs(Action.SEE, "child")
    def file_of_child(request: Request, ref: str) -> Response:
        view = view_in(request, pages.parts.now())
        told = replay(pages, request, ref, view)
        life = life_in(told.history, view.now)
        rows = map(list, times_missing(life, told.moment)) if life else ()
        head_rows = [*head(pages, request, told.view), [told.title], list(OF_A_CHILD)]
        return download("times-missing.csv", [*head_rows, *rows])

    return routes


def view_in(request: Request, now: datetime) -> View:
    """The view that an address names; HTTPException 400 where it cannot be read."""
    try:
        return view_of(request.query_params, now)
    except WrongDate:
        raise HTTPException(400) from None


def head(pages: Pages, request: Request, view: View) -> list[list[str]]:
    """The first rows of a file: what is doubtful of now, or of which other moments it is."""
    if not view.is_now:
        return [[f"Not as it stands now: {view.said}"]]
    doubts = believed(pages.parts, view.now, access(request).visible).doubts
    return [["Do not rely on this page"], *([str(one)] for one in doubts)] if doubts else []


def named_on(page: MissingPage) -> Iterator[UUID]:
    """Every child who stands on the page, some more than once."""
    yield from (one.stream for one in (*page.out, *page.back))
    yield from (one.stream for one in page.about_to_be_nth)
    yield from (one.life.stream for one in page.elsewhere)
    yield from (one.stream for one in page.unheard)


class Found(NamedTuple):
    """The page of the moments that were asked for."""

    view: View
    page: MissingPage


def asked(pages: Pages, request: Request, view: View, kept: LivesNow) -> Found:
    """The page of two moments, with no child whom the reader may not see."""
    parts, now = pages.parts, view.now
    authority, visible = parts.authority(parts.code), access(request).visible
    view = on_the_days(visible, view)
    if view.is_now:
        lives = kept.lives(parts.log, parts.views, authority, now, visible=visible)
        return Found(view, page_of(lives, authority, now))
    found = missing_page(
        parts.log,
        authority,
        now,
        as_of=view.as_of.at if view.as_of else None,
        known_at=view.known_at.at if view.known_at else None,
        shows=frozenset(
            children_seen(
                parts.views, parts.code, reaching_back(visible, view.latest), written(now)
            )
        ).__contains__,
    )
    return Found(view, found)


def show(
    pages: Pages, request: Request, asked_for: Found, wrong: WrongDate | None = None
) -> Response:
    """The page itself, with what is wrong where a moment could not be read."""
    view, found = asked_for
    if asks_for_wall(request) and view.is_now:
        doubts = believed(pages.parts, view.now, access(request).visible).doubts
        numbers = [
            ("out now", len(found.out), "red"),
            ("back within 72 hours", len(found.back), "blue"),
        ]
        return wall(pages, request, Page(TITLE, "missing"), numbers, doubts, found.moment)
    return pages.show(
        request,
        "missing.html",
        Page(TITLE if view.is_now else THEN, "missing", error=wrong is not None, view=view.said),
        400 if wrong else 200,
        view=view,
        **looking_back(request, view, wrong, of="the page"),
        found=found,
        out=[line(one, asked_for) for one in found.out],
        back=[line(one, asked_for) for one in found.back],
        nearly=[
            line(one.episodes[-1], asked_for) | {"count": one.count}
            for one in found.about_to_be_nth
        ],
        others=[
            line(one.life.episodes[-1], asked_for)
            | {
                "where": "Placed here by" if one.placed_here else "Ours, placed in",
                "other": say_authority(one.authority),
                "out": one.out,
                "times": one.times,
            }
            for one in found.elsewhere
        ],
        unheard=[
            {
                "href": f"/children/{one.stream.hex}{view.query}",
                "child": one.child,
                "team": one.team or "No team",
                "why": capital(WHY.get(one.why, one.why)),
                "allowed": one.allowed,
                "since": nothing_since(one),
            }
            for one in found.unheard
        ],
    )


def line(one: Missing, asked_for: Found) -> dict[str, Any]:
    """One time missing as the page shows it."""
    view, page = asked_for
    return {
        "href": f"/children/{one.stream.hex}/missing{view.query}",
        "child": one.child,
        "team": one.team or "No team",
        "worker": one.worker or "",
        "placing": say_authority(one.placing) if one.placing is not None else "",
        "plan": one.plan,
        "hours": hours(one.hours_out(page.moment)),
        "seen": say_when(one.started),
        "back": say_when(one.ended) if one.ended else "",
        "nth": capital(times(one, page)),
        "meeting": capital(duty(one.meeting)),
        "meeting_late": one.meeting.state == "late",
        "interview": capital(duty(one.interview)),
        "interview_late": one.interview.state == "late",
        "grade": capital(grade(one)),
        "away": one.type == "A",
    }


def show_child(
    pages: Pages, request: Request, told: Told, wrong: WrongDate | None = None
) -> Response:
    """Every time that one child was missing, with what was said of the reasons, the first first."""
    view, life = told.view, life_in(told.history, told.view.now)
    found = [
        {
            "seen": say_when(one.started),
            "back": say_when(one.ended) if one.ended else "",
            "hours": hours(one.hours_out(told.moment)),
            "meeting": capital(duty(one.meeting)),
            "said": recorded_of(one),
            "interview": capital(duty(one.interview)),
            "reasons": reasons(one.reasons),
        }
        for one in (life.episodes if life else ())
    ]
    child = told.history.reference
    crumbs = (("Missing", f"/missing{view.query}"), (child, f"{told.where}{view.query}"))
    return pages.show(
        request,
        "missing_child.html",
        Page(f"{child}: times missing", "missing", crumbs, error=bool(wrong), view=view.said),
        400 if wrong else 200,
        view=view,
        **looking_back(request, view, wrong),
        episodes=found,
        over_time=list(over_time(life)) if life else [],
        child=child,
        where=told.where,
        left_out=told.history.left_out,
        out=any(not one["back"] for one in found),
    )


def over_time(life: Life) -> Iterator[dict[str, object]]:
    """Each reason that interviews gave, the most often given first: how often, and when first and last."""
    given: dict[str, list[str]] = {}
    for one in life.episodes:
        for reason in reasons(one.reasons):
            given.setdefault(reason, []).append(say_when(one.started))
    for reason, when in sorted(given.items(), key=lambda one: -len(one[1])):
        yield {
            "reason": reason,
            "times": "Once" if len(when) == 1 else f"{len(when)} times",
            "first": when[0],
            "last": when[-1],
        }
