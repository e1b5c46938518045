"""What a case system is told for each thing it may send."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx2
import pytest

from tests.web.client import TestClient
from web.intake import REMEMBERED
from web.parts import Parts
from web.problems import MEDIA_TYPE, MOST_BYTES, MOST_IN_A_BATCH, PROBLEMS

STRUCTURED = {"content-type": "application/cloudevents+json"}
BATCH = {"content-type": "application/cloudevents-batch+json"}

Send = Callable[..., httpx2.Response]


def without(event: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The event with some of its attributes left out."""
    return {name: value for name, value in event.items() if name not in names}


def test_a_fact_gets_a_receipt(send: Send, event: dict[str, Any], facts: Callable[[], int]) -> None:
    """One readable event is answered by a list of one receipt, after it is in the log."""
    answer = send(event)

    assert answer.status_code == 202
    receipt = answer.json()[0]
    assert without(receipt, "event_id") == {
        "index": 0,
        "source": event["source"],
        "id": event["id"],
        "result": "recorded",
    }
    assert len(receipt["event_id"]) == 36
    assert facts() == 1


def test_a_fact_sent_twice_is_a_duplicate(
    send: Send, event: dict[str, Any], facts: Callable[[], int]
) -> None:
    """The second copy changes nothing and is answered with the same event id."""
    first, second = send(event).json()[0], send(event).json()[0]

    assert second == first | {"result": "duplicate"}
    assert facts() == 1


def test_another_mode_is_the_same_fact(
    send: Send, client: TestClient, event: dict[str, Any], facts: Callable[[], int]
) -> None:
    """What counts is what was said, not how it was wrapped."""
    send(event)
    headers = {f"ce-{name}": value for name, value in without(event, "data").items()}
    answer = client.post(
        "/events",
        headers=headers | {"content-type": "application/json"},
        content=json.dumps(event["data"]),
    )

    assert answer.status_code == 202
    assert answer.json()[0]["result"] == "duplicate"
    assert "differs" not in answer.json()[0]
    assert facts() == 1


def test_a_known_id_with_other_content_differs(send: Send, event: dict[str, Any]) -> None:
    """A changed fact under an old id is never taken for a plain duplicate."""
    send(event)
    receipt = send(event | {"time": "2026-01-09T05:30:00Z"}).json()[0]

    assert (receipt["result"], receipt["differs"]) == ("duplicate", True)


def test_a_batch_is_answered_in_its_order(
    send: Send, event: dict[str, Any], facts: Callable[[], int]
) -> None:
    """What is unreadable, or another source's, is refused in its place and holds up nothing."""
    answer = send(
        [
            event,
            event | {"id": "e2"},
            event,
            event | {"id": "e3", "type": "daymark.nothing.v1"},
            7,
            event | {"id": "e4", "source": "another-system"},
            event | {"id": "e5", "data": event["data"] | {"mood": "fine"}},
            event | {"id": "e6"},
        ],
        BATCH,
    )

    assert answer.status_code == 202
    receipts = answer.json()
    assert [receipt["index"] for receipt in receipts] == list(range(8))
    assert [receipt["result"] for receipt in receipts] == [
        "recorded",
        "recorded",
        "duplicate",
        *["refused"] * 4,
        "recorded",
    ]
    assert [receipts[n]["problem"]["status"] for n in range(3, 7)] == [422, 400, 403, 422]
    assert receipts[6]["problem"]["errors"][0]["pointer"] == "#/data/mood"
    assert facts() == 3


def test_an_empty_batch_is_answered_by_no_receipts(send: Send) -> None:
    """A system with nothing to say may say so."""
    answer = send([], BATCH)

    assert (answer.status_code, answer.json()) == (202, [])


def test_a_batch_may_hold_as_many_events_as_are_allowed(send: Send, event: dict[str, Any]) -> None:
    """The last event of the largest batch is recorded like the first; one more is too many."""
    events = [event | {"id": f"e{n}"} for n in range(MOST_IN_A_BATCH)]
    answer = send(events, BATCH)
    refused = send([*events, event], BATCH)

    assert [receipt["result"] for receipt in answer.json()] == ["recorded"] * MOST_IN_A_BATCH
    assert (refused.status_code, refused.json()["type"]) == (413, "/problems/too-many-events")


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"type": "daymark.nothing.v1"}, 422, "#/type"),
        ({"type": "daymark.missing-episode-started.v99"}, 422, "#/type"),
        ({"type": "uk.police.missing"}, 422, "#/type"),
        ({"subject": None}, 400, "#/subject"),
        ({"id": None}, 400, "#/id"),
        ({"id": ""}, 400, "#/id"),
        ({"id": "a\x00b"}, 400, "#/id"),
        ({"id": "\ud800"}, 400, "#/id"),
        ({"source": None}, 400, "#/source"),
        ({"source": 7}, 400, "#/source"),
        ({"specversion": "0.3"}, 400, "#/specversion"),
        ({"time": None}, 422, "#/time"),
        ({"time": "2026-01-09T04:30:00"}, 400, "#/time"),
        ({"time": "soon"}, 400, "#/time"),
        ({"time": 1452313800}, 400, "#/time"),
        ({"time": "1452313800"}, 400, "#/time"),
        ({"sourcerecordedtime": "yesterday"}, 400, "#/sourcerecordedtime"),
        ({"data": {"surprise": 1}}, 422, "#/data/missing_episode_ref"),
        ({"data": "words"}, 422, "#/data"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_place(
    send: Send, event: dict[str, Any], change: dict[str, Any], status: int, pointer: str
) -> None:
    """A refusal is a problem document that points at what is wrong."""
    answer = send({k: v for k, v in (event | change).items() if v is not None})

    assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA_TYPE)
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


def test_a_time_and_a_date_are_not_both_given(send: Send, event: dict[str, Any]) -> None:
    """Two statements of when it happened could contradict each other."""
    both = send(event | {"data": event["data"] | {"occurred_on": "2026-01-09"}})
    date = without(event, "time") | {"data": event["data"] | {"occurred_on": "2026-01-09"}}

    assert both.status_code == 422
    assert send(date).json()[0]["result"] == "recorded"


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (STRUCTURED, b"{", 400),
        (STRUCTURED, b"", 400),
        (STRUCTURED, b"[]", 400),
        (STRUCTURED, b"\xff", 400),
        (STRUCTURED, b"[" * 100_000, 400),
        (STRUCTURED, b'{"a":' * 100_000, 400),
        (STRUCTURED, b"NaN", 400),
        (STRUCTURED, b"9" * 10_000, 400),
        (STRUCTURED, b"null", 400),
        (BATCH, b"{}", 400),
        (BATCH, b"nonsense", 400),
        ({"content-type": "text/plain"}, b"hello", 415),
        ({"content-type": "application/json"}, b"{}", 415),
        ({"content-type": ""}, b"{}", 415),
        (STRUCTURED | {"content-encoding": "gzip"}, b"{}", 415),
        (STRUCTURED, b"x" * (MOST_BYTES + 1), 413),
        (BATCH, b" " * (3 * MOST_BYTES), 413),
    ],
)
def test_nonsense_is_a_problem_and_never_a_crash(
    client: TestClient, headers: dict[str, str], body: bytes, status: int
) -> None:
    """Whatever arrives, the answer is a problem document that says how to mend it."""
    answer = client.post("/events", headers=headers, content=body)

    assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA_TYPE)
    assert answer.json()["status"] == status
    assert answer.json()["type"].removeprefix("/problems/") in PROBLEMS


def test_a_body_of_unsaid_length_is_counted_too(client: TestClient) -> None:
    """A sender that streams meets the same limit as one that says how much will come."""
    answer = client.post("/events", headers=STRUCTURED, content=(b" " * MOST_BYTES for _ in "ab"))

    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer ", "Basic dXNlcjp3b3Jk", "token"]
)
def test_a_post_needs_a_token(
    client: TestClient, event: dict[str, Any], authorization: str | None
) -> None:
    """Without a token nothing is read, and the answer says which kind is asked for."""
    del client.headers["authorization"]
    headers = STRUCTURED | ({} if authorization is None else {"authorization": authorization})
    answer = client.post("/events", headers=headers, content=json.dumps(event))

    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/no-token")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_that_is_not_known_is_no_token(
    client: TestClient, event: dict[str, Any], facts: Callable[[], int]
) -> None:
    """A token nobody was given opens nothing."""
    headers = STRUCTURED | {"authorization": "Bearer let-me-in"}
    answer = client.post("/events", headers=headers, content=json.dumps(event))

    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unknown-token")
    assert facts() == 0


def test_a_revoked_token_is_soon_no_token(
    send: Send, parts: Parts, event: dict[str, Any], facts: Callable[[], int]
) -> None:
    """A token is remembered for a second, and not for longer."""
    send(event)
    parts.tokens.revoke("E08000099", event["source"])
    time.sleep(REMEMBERED + 0.05)
    answer = send(event | {"id": "e2"})

    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unknown-token")
    assert facts() == 1


def test_a_token_speaks_for_one_source(
    send: Send, event: dict[str, Any], facts: Callable[[], int]
) -> None:
    """A post in another source's name is forbidden, whatever else is right or wrong with it."""
    answers = [
        send(event | {"source": "another-system"}),
        send(event | {"source": "another-system", "type": "daymark.nothing.v1"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert facts() == 0


def test_no_source_speaks_for_anothers_feed(
    send: Send, client: TestClient, event: dict[str, Any]
) -> None:
    """Nobody else may say how far a source has spoken: it decides when a clock is broken."""
    del client
    feed = without(event, "data") | {
        "type": "daymark.feed-advanced.v1",
        "subject": "E08000099",
        "data": {"source": "another-system", "complete_to": "2026-01-09T02:10:00Z"},
    }
    answer = send(feed)

    assert answer.status_code == 403
    assert answer.json()["errors"][0]["pointer"] == "#/data/source"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/events", 405),
        ("DELETE", "/events", 405),
        ("GET", "/events/nothing", 404),
        ("GET", "/events/types/daymark.nothing.v1/schema", 404),
        ("GET", "/problems/nothing", 404),
        ("POST", "/healthz", 405),
    ],
)
def test_a_wrong_address_is_a_problem_too(
    client: TestClient, method: str, path: str, status: int
) -> None:
    """At the machines' door even the framework's own refusals are problem documents."""
    answer = client.request(method, path)

    assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA_TYPE)
    if status == 405:
        assert answer.headers["allow"]
