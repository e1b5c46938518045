"""A fact is recorded once, whoever sends it, however often and however many at a time."""

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI

from tests.web.client import TestClient
from web.app import build
from web.parts import Parts

STRUCTURED = {"content-type": "application/cloudevents+json"}


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of a real server that answers for the application."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def store(server: str | None) -> str | None:
    """Every story of this file is told on both stores."""
    return server


async def post_all(address: str, token: str, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The receipts of many events, each posted alone, all at the same time."""
    headers = STRUCTURED | {"authorization": f"Bearer {token}"}
    limits = httpx2.Limits(max_connections=64)
    async with httpx2.AsyncClient(
        base_url=address, headers=headers, limits=limits, timeout=30, trust_env=False
    ) as client:
        answers = await asyncio.gather(
            *(client.post("/events", content=json.dumps(event)) for event in events)
        )
    assert {answer.status_code for answer in answers} == {202}
    return [answer.json()[0] for answer in answers]


def test_a_restart_forgets_nothing(opened: Callable[..., Any], event: dict[str, Any]) -> None:
    """A fact resent after the process was restarted is still a duplicate, under the same id."""
    receipts = []
    token = None
    for _ in range(2):
        with opened() as parts:
            token = token or parts.tokens.add("E08000099", "case-system")
            headers = STRUCTURED | {"authorization": f"Bearer {token}"}
            with TestClient(build(parts), headers=headers) as client:
                answer = client.post("/events", content=json.dumps(event))
                receipts.append(answer.json()[0])

    assert [receipt["result"] for receipt in receipts] == ["recorded", "duplicate"]
    assert receipts[0]["event_id"] == receipts[1]["event_id"]


def test_sixty_four_senders_at_once_lose_and_double_nothing(
    parts: Parts, token: str, event: dict[str, Any], facts: Callable[[], int]
) -> None:
    """Different facts of the same children, posted at once, are each recorded exactly once."""
    events = [event | {"id": f"e{n}", "subject": f"CH-{n % 7}"} for n in range(256)]
    with served(build(parts)) as address:
        receipts = asyncio.run(post_all(address, token, events))

    assert Counter(receipt["result"] for receipt in receipts) == {"recorded": 256}
    assert len({receipt["event_id"] for receipt in receipts}) == 256
    assert facts() == 256


def test_the_same_fact_from_sixty_four_senders_is_recorded_once(
    parts: Parts, token: str, event: dict[str, Any], facts: Callable[[], int]
) -> None:
    """Exactly one of them is told that it was recorded, the others that it was known."""
    with served(build(parts)) as address:
        receipts = asyncio.run(post_all(address, token, [event] * 64))

    assert Counter(receipt["result"] for receipt in receipts) == {"recorded": 1, "duplicate": 63}
    assert len({receipt["event_id"] for receipt in receipts}) == 1
    assert facts() == 1


def test_a_body_past_every_limit_is_answered_over_a_real_connection(
    parts: Parts, token: str
) -> None:
    """A sender that says it will send far too much is told so, in a problem document."""
    headers = STRUCTURED | {"authorization": f"Bearer {token}"}
    with served(build(parts)) as address:
        answer = httpx2.post(
            f"{address}/events", headers=headers, content=b" " * 12_000_000, trust_env=False
        )

    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")
