"""The sign of life to somebody outside: asked plainly, never followed elsewhere, never a failure of ours."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from activities.pinging import calling


@asynccontextmanager
async def outside(answer: bytes) -> AsyncIterator[tuple[str, list[str]]]:
    """Somebody who listens, and every first line that was asked of them."""
    asked: list[str] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readline()).decode().strip())
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield f"http://127.0.0.1:{port}/alive", asked


def answered(status: str, *headers: str) -> bytes:
    """An answer without a body."""
    return "\r\n".join([f"HTTP/1.1 {status}", "content-length: 0", *headers, "", ""]).encode()


async def test_a_sign_of_life_is_one_plain_question() -> None:
    """The address is asked once, and the answer is not read."""
    async with outside(answered("200 OK")) as (url, asked):
        await calling(url)()

        assert asked == ["GET /alive HTTP/1.1"]


async def test_a_sign_that_is_not_taken_stops_nothing() -> None:
    """Refused, sent elsewhere or unheard: the alarm is for whoever listens to raise."""
    elsewhere = "location: http://127.0.0.1:9/elsewhere"
    async with outside(answered("302 Found", elsewhere)) as (url, asked):
        await calling(url)()
    await calling(url)()

    assert asked == ["GET /alive HTTP/1.1"]
