"""A real log in a file, a case system with its token, and the door between them."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from domain.authority import Authority, authority
from domain.calendar import read_calendar
from domain.timescales import read_policy
from store.group_commit import GroupCommit
from store.log import Log
from store.sessions import SessionTable
from store.tokens import Tokens
from store.views import Views
from tests.store.events import Place
from tests.web.client import TestClient
from web.app import build
from web.parts import Parts

DOMAIN = Path(__file__).parents[3] / "domain"
AUTHORITY = "E08000099"
SOURCE = "case-system"
NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)

Open = Callable[[], Any]


@pytest.fixture(scope="session")
def judge() -> Callable[[str, Log], Authority]:
    """The made-up authority under the national rules, as its own stream tells."""
    policy = read_policy(
        {file.name: file.read_text("utf-8") for file in (DOMAIN / "policies/england").glob("*")}
    )
    calendar = read_calendar((DOMAIN / "calendars/england.csv").read_text("utf-8"))

    def fold(code: str, log: Log) -> Authority:
        return authority(code, policy, calendar, log.history(log.stream(code, "authority", code)))

    return fold


@pytest.fixture
def opened(
    tmp_path: Path, store: str | None, judge: Callable[[str, Log], Authority]
) -> Callable[..., Any]:
    """Opens the same store again, as a process does that has been restarted."""

    @contextmanager
    def open_store(**changes: object) -> Iterator[Parts]:
        place = Place(tmp_path, store)
        with (
            place.open(now=lambda: NOW) as log,
            closing(GroupCommit(log)) as commits,
            closing(Tokens(place.tokens)) as tokens,
            closing(SessionTable(place.tokens)) as sessions,
            closing(Views(place.views)) as views,
        ):
            parts: dict[str, Any] = {
                "log": log,
                "commits": commits,
                "tokens": tokens,
                "sessions": sessions,
                "views": views,
                "authority": lambda code: judge(code, log),
                "code": AUTHORITY,
                "people": {},
                "now": lambda: NOW,
                "session_key": bytes(32),
                "url": "http://testserver",
                "council": "Example Council",
                "rate": "10000/second",
            }
            yield Parts(**parts | changes)

    return open_store


@pytest.fixture
def parts(opened: Callable[..., Any]) -> Iterator[Parts]:
    """An empty store."""
    with opened() as parts:
        yield parts


@pytest.fixture
def token(parts: Parts) -> str:
    """The token of the case system."""
    return parts.tokens.add(AUTHORITY, SOURCE)


@pytest.fixture
def client(parts: Parts, token: str) -> Iterator[TestClient]:
    """The case system."""
    headers = {"authorization": f"Bearer {token}"}
    with TestClient(build(parts), headers=headers) as client:
        yield client


@pytest.fixture
def send(client: TestClient) -> Callable[..., httpx2.Response]:
    """Posts one thing as JSON; structured unless the headers say otherwise."""

    def post(
        sent: object,
        headers: dict[str, str] = {"content-type": "application/cloudevents+json"},  # noqa: B006
    ) -> httpx2.Response:
        return client.post("/events", headers=headers, content=json.dumps(sent))

    return post


@pytest.fixture
def event() -> dict[str, Any]:
    """A child went missing."""
    return {
        "specversion": "1.0",
        "type": "daymark.missing-episode-started.v1",
        "source": SOURCE,
        "id": "e1",
        "subject": "CH-0100",
        "time": "2026-01-09T04:30:00Z",
        "sourcerecordedtime": "2026-01-09T06:00:00Z",
        "data": {
            "missing_episode_ref": "ME-1",
            "type": "M",
            "missing_from": "home",
            "care_status": "not-stated",
        },
    }


@pytest.fixture
def facts(parts: Parts) -> Callable[[], int]:
    """How many events the log holds."""
    return lambda: len(parts.log.after(0, limit=10_000))
