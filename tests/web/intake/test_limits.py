"""What happens when too much comes, when the log cannot be written, or when something breaks."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.web.client import TestClient
from web.app import build
from web.parts import Parts
from web.problems import MEDIA_TYPE

STRUCTURED = {"content-type": "application/cloudevents+json"}

Send = Callable[..., httpx2.Response]


class BrokenClock:
    """A machine whose clock stops answering."""

    def __init__(self) -> None:
        """Begin well."""
        self.broken = False

    def __call__(self) -> datetime:
        """The time, or nothing but trouble."""
        if self.broken:
            message = "CANARY the clock is broken"
            raise OSError(message)
        return datetime(2026, 1, 9, 12, tzinfo=UTC)


def test_a_token_may_post_only_so_often(opened: Callable[..., Any], event: dict[str, Any]) -> None:
    """Past its rate a token is told when to try again; another token is not kept waiting."""
    with opened(rate="2/day") as parts:
        busy = STRUCTURED | {"authorization": f"Bearer {parts.tokens.add('E08000099', 'busy')}"}
        calm = STRUCTURED | {"authorization": f"Bearer {parts.tokens.add('E08000099', 'calm')}"}
        with TestClient(build(parts)) as client:
            answers = [
                client.post("/events", headers=busy, content=json.dumps(event | {"source": "busy"}))
                for _ in range(3)
            ]
            other = client.post(
                "/events", headers=calm, content=json.dumps(event | {"source": "calm"})
            )

    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert answers[2].json()["type"] == "/problems/too-many-requests"
    assert 1 <= int(answers[2].headers["retry-after"]) <= 24 * 60 * 60
    assert other.status_code == 202


@pytest.mark.timeout(60)
def test_a_log_that_cannot_be_written_is_said_to_be_so(
    send: Send, client: TestClient, event: dict[str, Any], tmp_path: Path
) -> None:
    """While another process holds the log nothing is promised; afterwards the same post succeeds."""
    with closing(sqlite3.connect(tmp_path / "log.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = send(event)
        alive = client.get("/healthz")
        other.rollback()
    accepted = send(event)

    assert (refused.status_code, refused.headers["content-type"]) == (503, MEDIA_TYPE)
    assert int(refused.headers["retry-after"]) >= 1
    assert alive.status_code == 200
    assert accepted.json()[0]["result"] == "recorded"


def test_an_error_nobody_expected_is_still_answered(opened: Callable[..., Any]) -> None:
    """Each door says it in its own way, with every header and without the error's words."""
    clock = BrokenClock()
    with (
        opened(now=clock) as parts,
        TestClient(build(parts), raise_server_exceptions=False) as client,
    ):
        clock.broken = True
        machine = client.get("/readyz")
        person = client.get("/board")

    assert (machine.status_code, machine.headers["content-type"]) == (500, MEDIA_TYPE)
    assert machine.json()["type"] == "/problems/broken"
    assert person.status_code == 500
    for answer in (machine, person):
        assert answer.headers["cache-control"] == "no-store"
        assert "CANARY" not in answer.text


def test_a_form_has_its_limit_too(client: TestClient) -> None:
    """A page's form is never a megabyte; what is longer is refused before it is read."""
    answer = client.post(
        "/me",
        headers={
            "content-type": "application/x-www-form-urlencoded",
            "origin": "http://testserver",
        },
        content=b"person=" + b"x" * 2_000_000,
    )

    assert answer.status_code == 413
    assert answer.headers["cache-control"] == "no-store"


def test_a_process_that_is_about_to_end_promises_nothing(
    send: Send, parts: Parts, event: dict[str, Any], facts: Callable[[], int]
) -> None:
    """What comes after the door has closed is sent again, to the process that follows."""
    parts.commits.close()
    answer = send(event)

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
    assert answer.headers["retry-after"] == "1"
    assert facts() == 0
