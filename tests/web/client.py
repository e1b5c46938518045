"""A browser without eyes that asks the application itself, with one hop between threads for each answer.

The framework's own client makes eight of them, and a loop for each request outside a `with`.
"""

import asyncio
import atexit
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Final, Self
from urllib.parse import unquote

import httpx2
from starlette.testclient import TestClient as Framework
from starlette.types import ASGIApp, Message, Scope

PORTS: Final = {"http": 80, "https": 443}
ANYBODY: Final = ("testclient", 50000)


@cache
def loop() -> asyncio.AbstractEventLoop:
    """The loop in which the applications of this process answer, in a thread of its own."""
    made, over = asyncio.new_event_loop(), asyncio.Event()
    # One task all the while: the threads in which pages are made end with the task that began them.
    thread = threading.Thread(
        target=made.run_until_complete, args=(over.wait(),), name="answers", daemon=True
    )
    thread.start()

    def end() -> None:
        made.call_soon_threadsafe(over.set)
        thread.join()
        made.close()

    atexit.register(end)
    return made


class Straight(httpx2.BaseTransport):
    """Hands each request to the application, and its whole answer back."""

    def __init__(self, app: ASGIApp, caller: tuple[str, int], *, raising: bool) -> None:
        """Keep who answers, from where is asked, and whether what breaks there is raised here."""
        self._app = app
        self._caller = caller
        self._raising = raising

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, once all of it is there."""
        answer = Answer(request.read())
        asked = self._app(scope_of(request, self._caller), answer.receive, answer.send)
        try:
            waited_for(ended(asked))
        except Exception:
            if self._raising or answer.status is None:
                raise
        assert answer.status is not None
        body = b"" if request.method == "HEAD" else b"".join(answer.body)
        return httpx2.Response(
            answer.status, headers=answer.headers, stream=httpx2.ByteStream(body), request=request
        )


def waited_for(answer: Coroutine[Any, Any, None]) -> None:
    """Let the application answer.

    Only a thread that began while measuring is measured, and none that began before it rested.
    """
    if threading.gettrace() is None:
        asyncio.run_coroutine_threadsafe(answer, loop()).result()
    else:
        with ThreadPoolExecutor(1) as begun_now:
            begun_now.submit(asyncio.run, answer).result()


async def ended(asked: Any) -> None:
    """Wait until the application has done what it does for a request."""
    await asked


class Answer:
    """What goes to the application for one request, and what has come back."""

    def __init__(self, sent: bytes) -> None:
        """Nothing is asked for yet and nothing told."""
        self._sent: bytes | None = sent
        self._over = asyncio.Event()
        self.status: int | None = None
        self.headers: list[tuple[bytes, bytes]] = []
        self.body: list[bytes] = []

    async def receive(self) -> Message:
        """What was sent, and after the answer that nobody is there any more."""
        if self._sent is None:
            await self._over.wait()
            return {"type": "http.disconnect"}
        sent, self._sent = self._sent, None
        return {"type": "http.request", "body": sent, "more_body": False}

    async def send(self, message: Message) -> None:
        """Keep a part of the answer."""
        if message["type"] == "http.response.start":
            assert self.status is None, "an answer begins once"
            self.status, self.headers = message["status"], list(message["headers"])
        elif message["type"] == "http.response.body":
            assert self.status is not None, "an answer begins with its status"
            assert not self._over.is_set(), "nothing follows the end of an answer"
            self.body.append(bytes(message.get("body", b"")))
            if not message.get("more_body", False):
                self._over.set()


def scope_of(request: httpx2.Request, caller: tuple[str, int]) -> Scope:
    """A request as the application is told of it."""
    url = request.url
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "path": unquote(url.path),
        "raw_path": url.raw_path.split(b"?", 1)[0],
        "root_path": "",
        "scheme": url.scheme,
        "query_string": url.query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": caller,
        "server": [url.host, url.port or PORTS[url.scheme]],
        "state": {},
    }


class TestClient(Framework):
    """The framework's client, but for the way to the application."""

    __test__ = False

    def __init__(
        self,
        app: Callable[..., Any],
        base_url: str = "http://testserver",
        *,
        raise_server_exceptions: bool = True,
        headers: dict[str, str] | None = None,
        follow_redirects: bool = True,
        client: tuple[str, int] = ANYBODY,
    ) -> None:
        """Keep who answers; the application begins nothing and ends nothing of its own."""
        super().__init__(app, base_url=base_url, headers=headers, follow_redirects=follow_redirects)
        self._transport = Straight(app, client, raising=raise_server_exceptions)

    def __enter__(self) -> Self:
        """Nothing has to begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing has to end."""
