"""Why a record is looked at: asked once for each child in a session, of whoever is not of its team."""

import re
from typing import Final
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.access_rules import PURPOSES, Action
from web.access import needs
from web.addresses import Addresses
from web.console.gate import SayWhyFirst, access
from web.console.pages import Page, Pages, texts

TITLE: Final = "Why do you open this record?"
BACK_TO: Final = re.compile(r"/[a-z][a-z-]*(/[\w.-]+)*(\?[\w.&=%:+-]*)?", re.ASCII)
"""Where the form may send a browser on to: our own pages, with what they ask."""


def why(pages: Pages) -> Addresses:
    """The form: the same for a child who is there and for one who is not."""
    routes = pages.door()

    @routes.get("/why/{stream}")
    @needs(Action.OPEN, "staff")
    def ask(request: Request, stream: str, back: str = "") -> Response:
        return show(pages, request, stream, back or f"/children/{stream}")

    @routes.post("/why/{stream}")
    @needs(Action.OPEN, "staff")
    async def said(request: Request, stream: str) -> Response:
        form = texts(await request.form())
        return await run_in_threadpool(take, pages, request, stream, form)

    return routes


def ask_why(asked: SayWhyFirst) -> RedirectResponse:
    """Where somebody is sent who has not said why they look."""
    return RedirectResponse(f"/why/{asked.stream}?" + urlencode({"back": asked.back}), 303)


def show(
    pages: Pages, request: Request, stream: str, back: str, *, chosen: str = "", wrong: bool = False
) -> Response:
    """The form itself."""
    if not re.fullmatch(r"[0-9a-f]{32}", stream) or not BACK_TO.fullmatch(back):
        raise HTTPException(404)
    return pages.form(
        request,
        "why.html",
        Page(TITLE, "children", error=wrong, relies_on="nothing"),
        400 if wrong else 200,
        stream=stream,
        back=back,
        chosen=chosen,
        wrong=wrong,
        purposes=[{"value": code, "text": text} for code, text in PURPOSES.items()],
    )


def take(pages: Pages, request: Request, stream: str, form: dict[str, str]) -> Response:
    """Keep why, and go on to the record."""
    session, back = access(request).session, form.get("back", "")
    pages.sessions.accept(session, form.get("token", ""))
    purpose = form.get("purpose", "")
    if purpose not in PURPOSES or session is None:
        return show(pages, request, stream, back, chosen=purpose, wrong=True)
    if not BACK_TO.fullmatch(back):
        raise HTTPException(404)
    pages.parts.sessions.state(session.id, stream, purpose, pages.parts.now())
    return RedirectResponse(back, 303)
