"""The authority's own record: allegations about no identified child, each apart, and its own duties."""

from dataclasses import replace
from functools import partial

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from domain.access_rules import Action
from domain.own_matters import (
    ALLEGATION,
    ITSELF,
    Matter,
    allegations_in,
    mark_of,
    of_allegation,
    page_of,
)
from projections.history import history
from web.access import needs
from web.addresses import Addresses
from web.console.children import Told, record_page
from web.console.clock import clock_in, why
from web.console.compare import TellIn, compare_page
from web.console.export import ask, sent, told_in
from web.console.gate import access, episode_of
from web.console.look_back import View, WrongDate, view_of
from web.console.pages import Pages
from web.console.within import within


def own_matters(pages: Pages) -> Addresses:
    """The page of the authority itself, of one allegation, and of one of their clocks."""
    routes = pages.door()

    @routes.get("/authority")
    @needs(Action.SEE, "child")
    def itself(request: Request) -> Response:
        return record_page(pages, request, "/authority", partial(own, pages, request))

    @routes.get("/authority/allegations/{mark}")
    @needs(Action.SEE, "child")
    def allegation(request: Request, mark: str) -> Response:
        where = f"/authority/allegations/{mark}"
        return record_page(pages, request, where, of_mark(pages, request, mark))

    @routes.get("/authority/compare")
    @needs(Action.REPLAY, "child")
    def itself_compared(request: Request) -> Response:
        return compare_page(pages, request, partial(own, pages, request))

    @routes.get("/authority/allegations/{mark}/compare")
    @needs(Action.REPLAY, "child")
    def allegation_compared(request: Request, mark: str) -> Response:
        return compare_page(pages, request, of_mark(pages, request, mark))

    @routes.get("/authority/export")
    @needs(Action.EXPORT, "child")
    def itself_asked(request: Request) -> Response:
        return ask(pages, request, told_in(pages, request, partial(own, pages, request)))

    @routes.get("/authority/export.zip")
    @needs(Action.EXPORT, "child")
    def itself_taken(request: Request) -> Response:
        return sent(pages, request, told_in(pages, request, partial(own, pages, request)))

    @routes.get("/authority/allegations/{mark}/export")
    @needs(Action.EXPORT, "child")
    def allegation_asked(request: Request, mark: str) -> Response:
        return ask(pages, request, told_in(pages, request, of_mark(pages, request, mark)))

    @routes.get("/authority/allegations/{mark}/export.zip")
    @needs(Action.EXPORT, "child")
    def allegation_taken(request: Request, mark: str) -> Response:
        return sent(pages, request, told_in(pages, request, of_mark(pages, request, mark)))

    @routes.get("/authority/clocks/{key}")
    @needs(Action.SEE, "clock")
    def explained(request: Request, key: str) -> Response:
        try:
            view = view_of(request.query_params, pages.parts.now())
        except WrongDate:
            raise HTTPException(400) from None
        told = own(pages, request, view)
        one = clock_in(pages, told, key)
        if one.clock.timescale.thread == ALLEGATION and one.clock.reference:
            told = spoken_of(told, one.clock.reference)
        return why(pages, request, told, one)

    return routes


def known_as(request: Request, mark: str) -> str:
    """The allegation that an address names; HTTPException 404 where none is known by this."""
    known = allegations_in(episode_of(request).history).values()
    found = next((one for one in known if mark_of(one) == mark), None)
    if found is None:
        raise HTTPException(404)
    return found


def of_mark(pages: Pages, request: Request, mark: str) -> TellIn:
    """How the allegation that an address names is replayed; HTTPException 404 where there is none."""
    found = known_as(request, mark)
    return lambda view: own(pages, request, view, found)


def own(pages: Pages, request: Request, view: View, allegation: str | None = None) -> Told:
    """The authority's own record as a view asks for it, or one allegation's alone."""
    parts, itself_read = pages.parts, episode_of(request)
    view, periods = within(request, view)
    told = history(
        parts.log,
        itself_read.id,
        everything=itself_read.history,
        authority=parts.authority(parts.code),
        as_of=view.as_of.at if view.as_of else None,
        known_at=view.known_at.at if view.known_at else None,
        matter=Matter(allegation),
        periods=periods,
        words_to=access(request).decision.words_to,
    )
    itself = Told(
        told,
        view,
        where="/authority",
        clocks="/authority/clocks",
        title=ITSELF,
        about="the authority itself",
        place="authority",
    )
    return itself if allegation is None else spoken_of(itself, allegation)


def spoken_of(itself: Told, allegation: str) -> Told:
    """The same record, as the page of one allegation speaks of it."""
    return replace(
        itself,
        where=page_of("authority", itself.history.stream, allegation),
        title=of_allegation(allegation),
        about="this allegation",
        crumbs=(*itself.crumbs, (ITSELF, f"/authority{itself.view.query}")),
    )
