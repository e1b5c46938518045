"""The daily missing page: who is out, who is back, and of whom nothing is heard; and one child's times."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.permission import Action
from domain.words import say_fact, say_when
from formats.missing_lines import (
    HEADINGS,
    WHY,
    duty,
    grade,
    hours,
    lines,
    nothing_since,
    reasons,
    say_authority,
    times,
)
from projections.instants import written
from projections.missing import MissingPage, missing_page, page_of
from projections.missing_episodes import Life, Missing, life_of
from projections.missing_lives import LivesNow
from projections.permitted import children_seen
from web.access import needs
from web.console.gate import access
from web.console.look_back import View, WrongDate, view_from_form, view_of
from web.console.pages import Page, Pages
from web.console.spreadsheets import download
from web.console.trusted import believed
from web.console.wall import asks_for_wall, wall
from web.console.wording import capital

TITLE = "Missing children today"


def missing(pages: Pages) -> APIRouter:
    """The page, its file, and the times of one child."""
    routes, kept = APIRouter(), LivesNow()

    @routes.get("/missing")
    @needs(Action.SEE, "list")
    def page(request: Request) -> Response:
        words, now = request.query_params, pages.parts.now()
        try:
            if "as-of-day" in words:
                return RedirectResponse(f"/missing{view_from_form(words, now).query}", 303)
        except WrongDate as wrong:
            return show(pages, request, kept, wrong)
        return show(pages, request, kept)

    @routes.get("/missing.csv")
    @needs(Action.SEE, "list")
    def file(request: Request) -> Response:
        view, found = asked(pages, request, kept)
        doubts = (
            believed(pages.parts, view.now, access(request).visible).doubts if view.is_now else ()
        )
        head = [["Do not rely on this page"], *([str(one)] for one in doubts)] if doubts else []
        if view.said:
            head.append([f"Not as it stands now: {view.said}"])
        return download("missing.csv", [*head, list(HEADINGS), *map(list, lines(found))])

    @routes.get("/children/{ref}/missing")
    @needs(Action.SEE, "child")
    def child(request: Request, ref: str) -> Response:
        return show_child(pages, request, ref)

    return routes


def asked(pages: Pages, request: Request, kept: LivesNow) -> tuple[View, MissingPage]:
    """The page of the moments that an address names, with no child whom the reader may not see."""
    parts, now = pages.parts, pages.parts.now()
    try:
        view = view_of(request.query_params, now)
    except WrongDate:
        raise HTTPException(400) from None
    authority, visible = parts.authority(parts.code), access(request).visible
    if view.is_now:
        lives = kept.lives(parts.log, parts.views, authority, now, visible=visible)
        return view, page_of(lives, authority, now)
    found = missing_page(
        parts.log,
        authority,
        now,
        as_of=view.as_of.at if view.as_of else None,
        known_at=view.known_at.at if view.known_at else None,
        shows=frozenset(children_seen(parts.views, parts.code, visible, written(now))).__contains__,
    )
    return view, found


def show(
    pages: Pages, request: Request, kept: LivesNow, wrong: WrongDate | None = None
) -> Response:
    """The page itself, with what is wrong in the day that was typed."""
    view, found = asked(pages, request, kept)
    known = request.query_params.get("known", "now") if wrong else ""
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
        Page(TITLE, "missing", error=wrong is not None, view=view.said),
        400 if wrong else 200,
        view=view,
        typed=wrong.typed if wrong else view.typed,
        known=known or ("now" if view.known_at is None else "then"),
        error=str(wrong) if wrong else "",
        found=found,
        out=[line(one, found) for one in found.out],
        back=[line(one, found) for one in found.back],
        nearly=[
            line(one.episodes[-1], found) | {"count": one.count} for one in found.about_to_be_nth
        ],
        others=[
            line(one.life.episodes[-1], found)
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
                "href": f"/children/{one.stream.hex}",
                "child": one.child,
                "team": one.team or "No team",
                "why": capital(WHY.get(one.why, one.why)),
                "allowed": one.allowed,
                "since": nothing_since(one),
            }
            for one in found.unheard
        ],
    )


def line(one: Missing, page: MissingPage) -> dict[str, Any]:
    """One time missing as the page shows it."""
    return {
        "href": f"/children/{one.stream.hex}/missing",
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


def show_child(pages: Pages, request: Request, ref: str) -> Response:
    """Every time that one child was missing, with what was said of the reasons, the first first."""
    episode = access(request).episode
    assert episode is not None
    now, authority = pages.parts.now(), pages.parts.authority(pages.parts.code)
    life = life_of(episode, authority, now)
    found = [
        {
            "seen": say_when(one.started),
            "back": say_when(one.ended) if one.ended else "",
            "hours": hours(one.hours_out(now)),
            "meeting": capital(duty(one.meeting)),
            "said": [f"{say_fact(said.name)}, {say_when(said)}" for said in one.interviews],
            "interview": capital(duty(one.interview)),
            "reasons": reasons(one.reasons),
        }
        for one in life.episodes
    ]
    title = f"{episode.child}: times missing"
    crumbs = (("Missing", "/missing"), (episode.child, f"/children/{ref}"))
    return pages.show(
        request, "missing_child.html", Page(title, "missing", crumbs), episodes=found,
        over_time=list(over_time(life)), child=episode.child, ref=ref,
        out=any(one.ended is None for one in life.episodes),
    )  # fmt: skip


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
