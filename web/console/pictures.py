"""A child's clocks as bars against time, and missing episodes with their interviews on one line."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.access_rules import Action
from projections.history import judged
from web.access import needs
from web.addresses import Addresses
from web.console.children import Told, replay
from web.console.gate import access
from web.console.look_back import View, WrongDate, view_of
from web.console.pages import Page, Pages
from web.console.picture_words import clocks_against_time, missing_line
from web.console.silent import silent
from web.console.two_moments import (
    TwoMoments,
    WrongMoments,
    asks_for_moments,
    offered,
    two_moments,
    view_typed,
)


def pictures(pages: Pages) -> Addresses:
    """The page of a child's pictures, each with its table."""
    routes = pages.door()

    @routes.get("/children/{ref}/clocks")
    @needs(Action.SEE, "child")
    def drawn(request: Request, ref: str) -> Response:
        now, asked = pages.parts.now(), request.query_params
        try:
            if asks_for_moments(asked):
                query = view_typed(asked, access(request).moment(now)).query
                return RedirectResponse(f"/children/{ref}/clocks{query}", 303)
            view = view_of(asked, now)
        except WrongMoments as wrong:
            return against_time(pages, request, replay(pages, request, ref, View(now)), wrong.form)
        except WrongDate:
            raise HTTPException(400) from None
        told = replay(pages, request, ref, view)
        moments = two_moments(view) if offered(request, view) else None
        return against_time(pages, request, told, moments)

    return routes


def against_time(
    pages: Pages, request: Request, told: Told, moments: TwoMoments | None
) -> Response:
    """The page itself, with what is wrong where a moment could not be read."""
    view, wrong = told.view, bool(moments and moments.faults)
    page = Page(
        "Timescales against time",
        told.place,
        (*told.crumbs, (told.title, f"{told.where}{view.query}")),
        error=wrong,
        view=view.said,
    )
    return pages.show(
        request,
        "pictures.html",
        page,
        400 if wrong else 200,
        told=told,
        view=view,
        picture=clocks_against_time(
            judged(pages.parts.log, told.history, view.now), told, pages.parts.people
        ),
        missing=missing_line(told),
        left_out=told.history.left_out,
        as_it_stands=told.clocks,
        moments=moments,
        silent=silent(told.history, view.now) if moments else None,
    )
