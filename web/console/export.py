"""A history to take away: the form that asks why, and the files with their manifest.

They lie at an address in one ZIP file: the look is recorded as that of every page, before anything is sent.
"""

from collections.abc import Callable
from functools import partial

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from domain.access_rules import PURPOSES, Action
from formats.export import FILE_KINDS, Taken, export, in_one
from projections.history import judged
from web.access import needs
from web.addresses import Addresses
from web.console.children import Told, replay
from web.console.gate import access
from web.console.look_back import View, WrongDate, view_of
from web.console.pages import Page, Pages
from web.console.spreadsheets import as_file
from web.console.wording import name_of

TITLE = "Take this history away"
ZIP = "application/zip"


def exports(pages: Pages) -> Addresses:
    """The form, and the files it leads to."""
    routes = pages.door()

    @routes.get("/children/{ref}/export")
    @needs(Action.EXPORT, "child")
    def form(request: Request, ref: str) -> Response:
        return ask(pages, request, told_in(pages, request, partial(replay, pages, request, ref)))

    @routes.get("/children/{ref}/export.zip")
    @needs(Action.EXPORT, "child")
    def files(request: Request, ref: str) -> Response:
        return sent(pages, request, told_in(pages, request, partial(replay, pages, request, ref)))

    return routes


def sent(pages: Pages, request: Request, told: Told) -> Response:
    """The files of a record, or the form again with what is wrong in it."""
    asked = request.query_params
    purpose = asked.get("purpose", "")
    kinds = [kind for kind in asked.getlist("kind") if kind in FILE_KINDS]
    faults = []
    if purpose not in PURPOSES:
        faults.append(("Choose why you take it", "#purpose"))
    if not kinds:
        faults.append(("Choose at least one kind of file", "#kind"))
    if faults:
        return ask(pages, request, told, faults, purpose, kinds)
    # What a scope was given for stands in the record of the look: the files say the same.
    return taken_away(pages, request, told, access(request).purpose, kinds)


def told_in(pages: Pages, request: Request, replayed: Callable[[View], Told]) -> Told:
    """The record in the view that the address asks for."""
    try:
        return replayed(view_of(request.query_params, pages.parts.now()))
    except WrongDate:
        raise HTTPException(400) from None


def ask(
    pages: Pages,
    request: Request,
    told: Told,
    faults: list[tuple[str, str]] | None = None,
    purpose: str = "",
    kinds: list[str] | None = None,
) -> Response:
    """The form, with what is wrong in it."""
    page = Page(
        TITLE,
        told.place,
        (*told.crumbs, (told.title, f"{told.where}{told.view.query}")),
        error=bool(faults),
        view=told.view.said,
        relies_on="nothing",
    )
    known_at, as_of = told.view.known_at, told.view.as_of
    moments = {"known-at": known_at, "as-of": as_of}
    wrong = {href.removeprefix("#"): {"text": text} for text, href in faults or []}
    return pages.show(
        request,
        "export.html",
        page,
        400 if faults else 200,
        told=told,
        faults=[{"text": text, "href": href} for text, href in faults or []],
        wrong=wrong,
        moments={name: one.written for name, one in moments.items() if one},
        purposes=[{"value": code, "text": text} for code, text in PURPOSES.items()],
        purpose=purpose,
        kinds=[
            {"value": code, "text": text, "checked": kinds is None or code in kinds}
            for code, text in FILE_KINDS.items()
        ],
    )


def taken_away(
    pages: Pages, request: Request, told: Told, purpose: str, kinds: list[str]
) -> Response:
    """The files in one, each marked with who took it, when and why."""
    parts, now = pages.parts, told.view.now
    person = access(request).asker.person
    by = "somebody who has not said who they are"
    if person is not None:
        by = f"{name_of(parts.people, person)} ({person})"
    taken = Taken(by, now, parts.log.head(), purpose)
    found = export(told.history, judged(parts.log, told.history, now), taken, kinds)
    return as_file(f"history-{told.history.stream.hex[:12]}.zip", in_one(found, now), ZIP)
