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

import httpx2
from starlette.testclient import TestClient as Framework

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

    def __init__(self, app: Any, caller: tuple[str, int], *, raising: bool) -> None:
        """Keep who answers, from where is asked, and whether what breaks there is raised here."""
        self._way = httpx2.ASGITransport(app, raise_app_exceptions=raising, client=caller)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, once all of it is there."""
        request.read()  # what is sent piece by piece is handed over whole
        return waited_for(self._asked(request))

    async def _asked(self, request: httpx2.Request) -> httpx2.Response:
        answer = await self._way.handle_async_request(request)
        whole = httpx2.ByteStream(b"".join([part async for part in answer.aiter_raw()]))
        return httpx2.Response(answer.status_code, headers=answer.headers, stream=whole)


def waited_for(answer: Coroutine[Any, Any, httpx2.Response]) -> httpx2.Response:
    """What the application answers.

    Only a thread that began while measuring is measured, and none that began before it rested.
    """
    if threading.gettrace() is None:
        return asyncio.run_coroutine_threadsafe(answer, loop()).result()
    with ThreadPoolExecutor(1) as begun_now:
        return begun_now.submit(asyncio.run, answer).result()


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
