"""Staying signed in, and what was typed into a form when the session was over: kept for its writer alone."""

import base64
import hmac
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qsl

from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from domain.access_rules import Action
from store.vault import Tampered, decrypt, encrypt
from web.access import needs
from web.addresses import Addresses
from web.console.gate import access
from web.console.pages import Page, Pages
from web.console.people import ask_first
from web.console.wording import name_of
from web.parts import Parts

MOST_BYTES = 100_000
KEPT = "/kept"
A_BOX: Final = re.compile(r"-(day|month|year)$")
A_CODE: Final = re.compile(r"[a-z]+([-_][a-z]+)+")
FORM = "application/x-www-form-urlencoded"


def kept(pages: Pages) -> Addresses:
    """Staying signed in, and the page of what was kept."""
    routes = pages.door()

    @routes.get("/stay-signed-in")
    @needs(Action.OPEN, "staff")
    def stay(request: Request) -> Response:
        now = pages.parts.now()
        session = pages.sessions.read(request.cookies, now)
        ends = session.ends_at if session else None
        return JSONResponse({"left": int((ends - now).total_seconds()) if ends else 0})

    @routes.get(KEPT)
    @needs(Action.OPEN, "staff")
    def show(request: Request) -> Response:
        person, now = access(request).asker.person or "", pages.parts.now()
        sealed = pages.parts.sessions.take_kept(person, now)
        if sealed:
            # It is shown once: where this page cannot be sent, it is kept on.
            request.state.not_sent = partial(pages.parts.sessions.keep, person, sealed, now)
        typed = opened(pages, person, sealed) if sealed else None
        page = Page(
            "What you typed was kept" if typed else "Nothing is kept for you", relies_on="nothing"
        )
        return pages.form(request, "kept.html", page, typed=typed)

    return routes


async def keep_and_ask(pages: Pages, request: Request, back: str) -> RedirectResponse:
    """Send somebody to sign in; a form of theirs that came too late is kept, and shown to them alone."""
    was = pages.sessions.brought(request.cookies)
    if request.method != "POST" or was is None or was.person is None:
        return ask_first(pages, back)
    if not request.headers.get("content-type", "").startswith(FORM):
        return ask_first(pages, back)
    body = await request.body()
    fields = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
    token = next((value for name, value in fields if name == "token"), "")
    try:
        pages.sessions.accept(was, token)
    except HTTPException:
        return ask_first(pages, back)
    if len(body) > MOST_BYTES:
        return ask_first(pages, back)
    told = {"to": request.url.path, "fields": [one for one in fields if one[0] != "token"]}
    sealed = encrypt(key_of(pages), json.dumps(told).encode(), was.person.encode())
    pages.parts.sessions.keep(was.person, base64.b64encode(sealed).decode(), pages.parts.now())
    return ask_first(pages, KEPT)


def key_of(pages: Pages) -> bytes:
    """The key under which typed words are kept: who reads the table reads none of them."""
    return hmac.digest(pages.parts.session_key, b"kept", "sha256")


def opened(pages: Pages, person: str, sealed: str) -> dict[str, Any] | None:
    """What was typed, for whom it was sealed; nothing where it was sealed for another or altered."""
    try:
        plain = decrypt(key_of(pages), base64.b64decode(sealed), person.encode())
    except Tampered:
        return None
    told = json.loads(plain)
    return {
        "to": told["to"],
        "fields": told["fields"],
        "shown": list(shown(pages.parts, told["fields"])),
    }


def shown(parts: Parts, fields: Iterable[Sequence[str]]) -> Iterator[tuple[str, str]]:
    """What was typed, row by row: the boxes of a day in one row, a person by name, a code in words."""
    rows: dict[str, str] = {}
    for name, value in fields:
        if value.strip():
            row, between = A_BOX.sub("", name), " " if A_BOX.search(name) else ", "
            said = words_of(value) if A_CODE.fullmatch(value) else name_of(parts.people, value)
            rows[row] = f"{rows[row]}{between}{said}" if row in rows else said
    for name, said in rows.items():
        yield words_of(name), said


def words_of(name: str) -> str:
    """A name of a form's own making, as a person reads it."""
    return name.replace("-", " ").replace("_", " ")
