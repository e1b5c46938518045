"""Around every answer: its headers and its count."""

import time
from collections.abc import Mapping
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.measures import Measures

NO_ROUTE: Final = "none"
"""The route of a request that matched no address."""

METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class Answering:
    """The outermost layer of the application, so that no answer escapes it."""

    def __init__(self, app: ASGIApp, measures: Measures, headers: Mapping[str, str]) -> None:
        """Keep the application within, what counts its answers and the headers of each."""
        self.app = app
        self._measures = measures
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and see its answer out."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                said = {name for name, _ in message["headers"]}
                message["headers"] += [one for one in self._headers if one[0] not in said]
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        finally:
            took = time.perf_counter() - began
            self._measures.answered(_method(scope), _route(scope), status, took)


def _method(scope: Scope) -> str:
    """The method, where it is one of the known; a sender's invention is never a label."""
    method = str(scope["method"])
    return method if method in METHODS else "other"


def _route(scope: Scope) -> str:
    """The pattern of the address that answers, such as /children/{ref}, never the address."""
    path = getattr(scope.get("route"), "path", NO_ROUTE)
    return path if isinstance(path, str) else NO_ROUTE
