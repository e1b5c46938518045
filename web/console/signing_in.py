"""Signing in at the council's own provider, and out again; where there is none, one chooses who one is."""

import hmac
import secrets
from typing import TYPE_CHECKING, Final

import structlog
from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.access_rules import Action
from formats.sign_in import signed_in
from store.sessions import SIGNING_IN, SignIn
from web.access import needs
from web.addresses import Addresses
from web.allowance import Allowance
from web.believing import NotBelieved
from web.console.pages import Page, Pages
from web.console.people import way_back
from web.problems import Problem

if TYPE_CHECKING:
    from web.console.provider import Provider

RATE: Final = "30/minute"
"""How often one address may begin to sign in, or come back from it."""

logger = structlog.get_logger()


def signing_in(pages: Pages) -> Addresses:
    """The pages of signing in and out."""
    routes = pages.door()
    allowance = Allowance(RATE)

    @routes.get("/sign-in")
    @needs(Action.OPEN, "service")
    def sign_in(request: Request, back: str = "") -> Response:
        provider_of(pages)
        return pages.show(request, "sign_in.html", Page("Sign in", "me"), back=way_back(back))

    @routes.get("/sign-in/go")
    @needs(Action.OPEN, "service")
    def go(request: Request, back: str = "") -> Response:
        spend(allowance, request)
        return send_away(pages, way_back(back))

    @routes.get("/sign-in/back")
    @needs(Action.OPEN, "service")
    def came_back(request: Request, code: str = "", state: str = "") -> Response:
        spend(allowance, request)
        return let_in(pages, request, code, state)

    @routes.post("/sign-out")
    @needs(Action.OPEN, "service")
    async def sign_out(request: Request) -> Response:
        _, session = await pages.sent(request)
        pages.sessions.leave(session, pages.parts.now())
        provider, there = pages.parts.provider, None
        if provider is not None and session is not None:
            there = provider.leaving(session.hint, f"{pages.parts.url}/signed-out")
        answer = RedirectResponse(there or "/signed-out", 303)
        pages.sessions.keep(answer, pages.sessions.begin(pages.parts.now()))
        return answer

    @routes.get("/signed-out")
    @needs(Action.OPEN, "service")
    def signed_out(request: Request) -> Response:
        return pages.show(request, "signed_out.html", Page("You have signed out"))

    return routes


def provider_of(pages: Pages) -> "Provider":
    """The provider of sign-in; HTTPException 404 where there is none."""
    if pages.parts.provider is None:
        raise HTTPException(404)
    return pages.parts.provider


def spend(allowance: Allowance, request: Request) -> None:
    """Count one attempt of an address; HTTPException 429 where there were too many."""
    try:
        allowance.spend(request.client.host if request.client else "")
    except Problem as problem:
        raise HTTPException(429, headers=problem.headers) from None


def send_away(pages: Pages, back: str) -> Response:
    """Send a browser to the provider, keeping what its answer will be held against."""
    provider = provider_of(pages)
    state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
    address = provider.address(state, nonce, verifier)
    pages.parts.sessions.expect(state, SignIn(nonce, verifier, back), pages.parts.now())
    answer = RedirectResponse(address, 303)
    seconds = int(SIGNING_IN.total_seconds())
    pages.sessions.set_cookie(answer, cookie_of(pages), state, seconds)
    return answer


def cookie_of(pages: Pages) -> str:
    """The cookie that ties an answer of the provider to the browser that was sent there."""
    return "__Host-sign-in" if pages.sessions.secure else "sign-in"


def let_in(pages: Pages, request: Request, code: str, state: str) -> Response:
    """Begin the session of whom the provider's answer means, or say that it means nobody here."""
    provider, now = provider_of(pages), pages.parts.now()
    sent = request.cookies.get(cookie_of(pages), "")
    known = pages.parts.sessions.take(state, now) if state else None
    if known is None or not hmac.compare_digest(sent.encode(), state.encode()):
        return refused(pages, request, "another browser, or too late")
    try:
        claims, hint = provider.claims(code, known.nonce, known.verifier)
    except NotBelieved as error:
        return refused(pages, request, str(error))
    found = signed_in(provider.file, claims, pages.parts.people, pages.parts.code)
    if found is None:
        return refused(pages, request, "not in the people file")
    answer = RedirectResponse(known.back or "/board", 303)
    session = pages.sessions.enter(found.person, now, found.posts, hint)
    pages.sessions.keep(answer, session)
    answer.delete_cookie(cookie_of(pages), path="/", secure=pages.sessions.secure, httponly=True)
    logger.info("signed in", person=found.person)
    return answer


def refused(pages: Pages, request: Request, reason: str) -> Response:
    """The page for somebody whom the provider knows and Daymark does not, or whose answer is odd."""
    logger.warning("sign-in refused", reason=reason)
    return pages.show(request, "sign_in.html", Page("Sign in", "me"), 403, back="", refused=True)
