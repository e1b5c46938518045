"""Senders we did not write: the CloudEvents SDK in both of its modes."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent

from tests.web.client import TestClient


@pytest.fixture
def store(server: str | None) -> str | None:
    """Every story of this file is told on both stores."""
    return server


@pytest.mark.parametrize("write", [to_structured_event, to_binary_event])
def test_the_sdk_is_understood(
    client: TestClient,
    event: dict[str, Any],
    write: Callable[[CloudEvent], HTTPMessage],
    facts: Callable[[], int],
) -> None:
    """What the SDK writes is recorded once, however often it is sent."""
    attributes = {
        "id": "sdk-1",
        "source": event["source"],
        "type": event["type"],
        "subject": event["subject"],
        "time": datetime(2026, 1, 9, 4, 30, tzinfo=UTC),
        "datacontenttype": "application/json",
        "sequence": "7",
    }
    message = write(CloudEvent(attributes, event["data"]))
    answers = [
        client.post("/events", headers=message.headers, content=message.body) for _ in range(2)
    ]

    assert [(one.status_code, one.json()[0]["result"]) for one in answers] == [
        (202, "recorded"),
        (202, "duplicate"),
    ]
    assert facts() == 1


def test_both_modes_of_the_sdk_say_the_same(
    client: TestClient, event: dict[str, Any], facts: Callable[[], int]
) -> None:
    """A fact sent structured and again in binary is one fact, letters beyond ASCII included."""
    attributes = {
        "id": "überführt-7",
        "source": event["source"],
        "type": event["type"],
        "subject": "CH 0100 ß",
        "time": datetime(2026, 1, 9, 4, 30, tzinfo=UTC),
        "datacontenttype": "application/json",
    }
    for write in (to_structured_event, to_binary_event):
        message = write(CloudEvent(attributes, event["data"]))
        answer = client.post("/events", headers=message.headers, content=message.body)

    assert answer.json()[0]["result"] == "duplicate"
    assert "differs" not in answer.json()[0]
    assert facts() == 1
