"""Saying who one is: in embedded mode a person chooses from the people file, without a password."""

import re
from typing import Final
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.access_rules import Action
from domain.words import say_list
from web.access import needs
from web.addresses import Addresses
from web.console.gate import access
from web.console.pages import Page, Pages
from web.console.wording import capital

BACK_TO: Final = re.compile(r"/[a-z][a-z-]*(/[\w.-]+)*", re.ASCII)
"""Where a form may send a browser back to: our own pages and nowhere else."""


def people(pages: Pages) -> Addresses:
    """The page on which one says who one is."""
    routes = pages.door()

    @routes.get("/me")
    @needs(Action.OPEN, "service")
    def who(request: Request) -> Response:
        back = way_back(request.query_params.get("back", ""))
        if not pages.parts.embedded:
            return you(pages, request)
        return ask(pages, request, back)

    @routes.post("/me")
    @needs(Action.OPEN, "service")
    async def chosen(request: Request) -> Response:
        form, session = await pages.sent(request)
        if not pages.parts.embedded:
            raise HTTPException(404)
        person, back = form.get("person", ""), way_back(form.get("back", ""))
        if form.get("leave"):
            pages.sessions.leave(session, pages.parts.now())
            answer = RedirectResponse("/me", 303)
            pages.sessions.keep(answer, pages.sessions.begin(pages.parts.now()))
            return answer
        if not person:
            return ask(pages, request, back, error="Choose who you are")
        if person not in pages.parts.people:
            raise HTTPException(403)
        answer = RedirectResponse(back or "/board", 303)
        # A new id, so that nothing held before the choice is worth anything after it.
        pages.sessions.keep(answer, pages.sessions.enter(person, pages.parts.now()))
        return answer

    return routes


def you(pages: Pages, request: Request) -> Response:
    """The page of who one is, from which one signs out."""
    if access(request).asker.person is None:
        return RedirectResponse("/sign-in", 303)
    return pages.form(request, "you.html", Page("Your account", "me"))


def ask(pages: Pages, request: Request, back: str, error: str = "") -> Response:
    """The page with everybody of the people file on it."""
    now = pages.parts.now()
    known = sorted(pages.parts.people.values(), key=lambda person: person.name)
    items = [
        {"value": person.ref, "text": person.name, "hint": {"text": said} if said else None}
        for person in known
        for said in [post(*pages.posts(person.ref, now))]
    ]
    page = Page("Who are you?", "me", error=bool(error))
    return pages.form(
        request, "me.html", page, 400 if error else 200, people=items, back=back, error=error
    )


def post(roles: str, teams: tuple[str, ...]) -> str:
    """The roles and teams of a person, as a hint under the name."""
    return capital(roles) + (f", team {say_list([*teams], 'and')}" if teams else "")


def way_back(address: str) -> str:
    """The address, if it is one of ours; nothing otherwise."""
    return address if BACK_TO.fullmatch(address) else ""


def ask_first(pages: Pages, back: str) -> RedirectResponse:
    """Where a person is sent who wants to do something and has not said who they are."""
    where = "/me" if pages.parts.embedded else "/sign-in"
    return RedirectResponse(f"{where}?" + urlencode({"back": back}), 303)
