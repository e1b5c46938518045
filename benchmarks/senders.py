"""Many senders at once over HTTP, each on a connection it keeps, each waiting for every receipt."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

LENGTH: Final = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
ACCEPTED: Final = b"HTTP/1.1 202"


@dataclass(frozen=True)
class Sent:
    """What a round of sending came to."""

    rate: float
    """Receipts a second, all senders together."""
    waits: Sequence[float]
    """How long each sender waited for each receipt, in seconds."""


class Sender(asyncio.Protocol):
    """One connection: sends the next request when the last was answered, until there is none."""

    def __init__(
        self, requests: Iterator[bytes], waits: list[float], done: asyncio.Future[None]
    ) -> None:
        """Keep what to send, where to note each wait, and whom to tell at the end."""
        self.requests = requests
        self.waits = waits
        self.done = done
        self.seen = b""
        self.began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        """Send the next once the whole answer is here."""
        self.seen += data
        head, gap, body = self.seen.partition(b"\r\n\r\n")
        if not gap:
            return
        length = LENGTH.search(head)
        if length is None or len(body) < int(length[1]):
            return
        self.seen = b""
        if not head.startswith(ACCEPTED):
            self._end(AssertionError(f"not accepted: {head[:60]!r} {body[:300]!r}"))
            return
        self.waits.append(time.perf_counter() - self.began)
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        """A connection that is closed before the end is a failure."""
        self._end(exc or ConnectionError("the server closed the connection"))

    def _send(self) -> None:
        request = next(self.requests, None)
        if request is None:
            self._end(None)
            self.transport.close()
            return
        self.began = time.perf_counter()
        self.transport.write(request)

    def _end(self, error: Exception | None) -> None:
        if self.done.done():
            return
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)


async def send(port: int, each: int, senders: Sequence[Callable[[], Iterator[bytes]]]) -> Sent:
    """Let each sender send so many requests, all at once."""
    loop = asyncio.get_running_loop()
    waits: list[float] = []
    ends = [loop.create_future() for _ in senders]
    began = time.perf_counter()
    for sender, end in zip(senders, ends, strict=True):
        requests = islice(sender(), each)
        await loop.create_connection(
            lambda requests=requests, end=end: Sender(requests, waits, end),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
    await asyncio.gather(*ends)
    return Sent(len(waits) / (time.perf_counter() - began), waits)


def post(body: bytes, token: str) -> bytes:
    """One structured CloudEvent as an HTTP request."""
    head = (
        "POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/cloudevents+json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
