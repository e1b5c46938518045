"""Nothing leaves before it is recorded who was shown it; where that fails, nothing leaves.

Every page and every file is a look, but for what shows nothing of a child, of anybody or of a look:
the service's own pages (help, privacy, who one is, signing in, styles and scripts), which are the same
for everybody or about the reader alone, and how long a session lasts, which a page's script asks.
"""

import secrets
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final, NamedTuple, get_args

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.access_events import RecordRead
from domain.access_rules import Kind
from domain.errors import DaymarkError
from domain.event import CONSOLE, Event
from web.console.gate import UNATTENDED, Access
from web.parts import Parts

SHOWN_WITH: Final = frozenset({HTTPStatus.OK, HTTPStatus.BAD_REQUEST})
"""The answers that carry a page; a redirect or a problem shows nothing."""

IS_RECORDED: Final[frozenset[str]] = frozenset(get_args(Kind)) - {"service"}
"""The kinds of record that are a look: a new kind is one unless it is named here."""

IS_NO_PAGE: Final = frozenset({"/stay-signed-in"})
"""What a page's script asks by itself, and nobody looks at."""

LONGEST: Final = 1000


class Carried(NamedTuple):
    """Whom a file carries away, by their opaque ids, and the hash of that file."""

    children: tuple[str, ...]
    sha256: str


class Recording:
    """A layer that holds an answer back until the look is in the log."""

    def __init__(
        self, app: ASGIApp, parts: Parts, problem: Callable[[Request, int], Response]
    ) -> None:
        """Keep the application within, the log, and the page of a problem."""
        self.app = app
        self._parts = parts
        self._problem = problem

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer once the look is recorded."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refused = False

        async def send_recorded(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and not await self._recorded(
                scope, message
            ):
                refused = True
                answer = self._problem(Request(scope), HTTPStatus.SERVICE_UNAVAILABLE)
                answer.headers["Retry-After"] = "1"
                await answer(scope, receive, send)
            elif not refused:
                await send(message)

        await self.app(scope, receive, send_recorded)

    async def _recorded(self, scope: Scope, start: Message) -> bool:
        """Whether an answer may leave: what it shows is recorded, or it shows nothing."""
        access = scope.get("state", {}).get("access")
        if not isinstance(access, Access) or start["status"] not in SHOWN_WITH:
            return True
        if not is_look(access, route_of(scope)):
            return True
        try:
            await self._parts.commits.submit([look(self._parts, access, scope)])
        except DaymarkError:
            if (undo := scope["state"].get("not_sent")) is not None:
                await run_in_threadpool(undo)
            return False
        return True


def is_look(access: Access, route: str) -> bool:
    """Whether what the gate let through to is recorded where it is shown."""
    return access.needs.kind in IS_RECORDED and route not in IS_NO_PAGE


def route_of(scope: Scope) -> str:
    """The pattern of the address that answers, such as /children/{ref}."""
    return str(getattr(scope.get("route"), "path", ""))


def look(
    parts: Parts, access: Access, scope: Scope, *, child: str = "", purpose: str = ""
) -> Event:
    """The record of one look, in the stream of whoever looked; of a file about many, one for each child."""
    asked = scope["query_string"].decode("latin-1")
    if access.record.sitting is not None:
        asked = "&".join(filter(None, [f"sitting={access.record.sitting}", asked]))
    asked = asked[:LONGEST]
    said = RecordRead(
        route=route_of(scope),
        child=child or access.record.stream,
        purpose=purpose or access.purpose,
        rule=access.decision.rule,
        **({"asked": asked} if asked else {}),
        **noticed(access, scope),
    )
    return Event(
        authority=parts.code,
        kind="reads",
        subject=access.asker.person or "nobody",
        source=CONSOLE,
        id=f"read-{secrets.token_urlsafe(16)}",
        said=said,
        occurred_at=parts.now(),
        by=access.asker.person,
    )


def noticed(access: Access, scope: Scope) -> dict[str, Any]:
    """What else of a look is recorded: whom its file carries, and that nobody asked for it.

    A page says of itself that it asks unattended, so it is believed of lists alone: a script that
    says it of a child's record would hide that somebody reads.
    """
    found: dict[str, Any] = {}
    if access.record.stream is None and any(
        name == UNATTENDED.encode() for name, _ in scope["headers"]
    ):
        found["unattended"] = True
    carried = scope.get("state", {}).get("carried")
    if isinstance(carried, Carried):
        found |= carried._asdict()
    return found
