"""A child's clocks as bars against time, and missing episodes with their interviews on one line."""

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from domain.permission import Action
from projections.history import judged
from web.access import needs
from web.console.children import replay
from web.console.look_back import WrongDate, view_of
from web.console.pages import Page, Pages
from web.console.picture_words import clocks_against_time, missing_line


def pictures(pages: Pages) -> APIRouter:
    """The page of a child's pictures, each with its table."""
    routes = APIRouter()

    @routes.get("/children/{ref}/clocks")
    @needs(Action.SEE, "child")
    def drawn(request: Request, ref: str) -> Response:
        try:
            view = view_of(request.query_params, pages.parts.now())
        except WrongDate:
            raise HTTPException(400) from None
        told = replay(pages, request, ref, view)
        page = Page(
            "Timescales against time",
            told.place,
            (*told.crumbs, (told.title, f"{told.where}{view.query}")),
            view=view.said,
        )
        return pages.show(
            request,
            "pictures.html",
            page,
            told=told,
            view=view,
            picture=clocks_against_time(judged(pages.parts.log, told.history, view.now), told),
            missing=missing_line(told),
            left_out=told.history.left_out,
            as_it_stands=told.clocks,
        )

    return routes
