"""The rules as one page sees them: asked for once, so that no page is judged by two versions of them."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from domain.authority import Authority

Ask = Callable[[str], Authority]

LOOKS: Final = frozenset({"GET", "HEAD"})
"""What alters no rules; whoever sends a form may, and asks each time."""

asked: ContextVar[dict[str, Authority] | None] = ContextVar("asked", default=None)
"""Each authority that the page being answered has asked for; nothing outside a page."""


class Steady:
    """A layer within which each authority is asked for once for each page."""

    def __init__(self, app: ASGIApp) -> None:
        """Keep the application within."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; the next one asks anew."""
        if scope["type"] != "http" or scope["method"] not in LOOKS:
            await self.app(scope, receive, send)
            return
        before = asked.set({})
        try:
            await self.app(scope, receive, send)
        finally:
            asked.reset(before)


def steady(ask: Ask) -> Ask:
    """How an authority is asked for where one page may ask often."""

    def authority(code: str) -> Authority:
        known = asked.get()
        if known is None:
            return ask(code)
        if code not in known:
            known[code] = ask(code)
        return known[code]

    return authority
