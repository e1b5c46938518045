"""Around every answer: its headers, its count and its trace, none of which holds an address."""

import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.measures import Measures

NO_ROUTE: Final = "none"
"""The route of a request that matched no address."""

METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})

UNWATCHED: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds: a trace of each would bury the others."""

tracer = trace.get_tracer("daymark.web")
sent_trace = TraceContextTextMapPropagator()


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
        elif scope["path"] in UNWATCHED:
            await self._answer(scope, receive, send)
        else:
            # Not the framework's own traces: those hold the address, and cost three times as much.
            with tracer.start_as_current_span(
                "HTTP",
                _parent(scope),
                trace.SpanKind.SERVER,
                record_exception=False,
                set_status_on_exception=False,  # its words may quote what was sent
            ):
                await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request with every header, and note how it was answered."""
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
            method, route = _method(scope), _route(scope)
            self._measures.answered(method, route, status, time.perf_counter() - began)
            _note(trace.get_current_span(), method, route, status)


def _note(span: trace.Span, method: str, route: str, status: int) -> None:
    """Say in a trace what was asked and how it was answered."""
    span.update_name(f"{method} {route}")
    span.set_attribute("http.request.method", method)
    span.set_attribute("http.route", route)
    span.set_attribute("http.response.status_code", status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        span.set_status(trace.StatusCode.ERROR)


def _parent(scope: Scope) -> Context | None:
    """The trace that the sender goes on with, if it says one; nothing else it says is kept."""
    for name, value in scope["headers"]:
        if name == b"traceparent":
            return sent_trace.extract({"traceparent": value.decode("latin-1")}, Context())
    return None


def _method(scope: Scope) -> str:
    """The method, where it is one of the known; a sender's invention is never a label."""
    method = str(scope["method"])
    return method if method in METHODS else "other"


def _route(scope: Scope) -> str:
    """The pattern of the address that answers, such as /children/{ref}, never the address."""
    path = getattr(scope.get("route"), "path", NO_ROUTE)
    return path if isinstance(path, str) else NO_ROUTE
