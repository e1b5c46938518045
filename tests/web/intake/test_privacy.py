"""Nothing that is said of a child leaves by a side door."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from structlog.testing import capture_logs

from domain.event import Recorded
from telemetry import Discreet
from tests.web.client import TestClient
from web.parts import Parts

Send = Callable[..., httpx2.Response]

CHILD = "CANARY-CHILD-7f3a"
BORN = "2013-02-28"
SEX = "canary-sex-51cc"
EPISODE = "CANARY-EPISODE-90d1"
CANARIES = (CHILD, BORN, SEX, EPISODE, "CANARY")

BATCH = {"content-type": "application/cloudevents-batch+json"}


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Every span that is exported as the processes export them."""
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider()
        trace.set_tracer_provider(provider)
    exporter = InMemorySpanExporter()
    processor = SimpleSpanProcessor(Discreet(exporter))
    provider.add_span_processor(processor)
    yield exporter
    exporter.shutdown()


def canary_events(event: dict[str, Any]) -> list[dict[str, Any]]:
    """Facts with a canary in every place that could leak, readable and not."""
    missing = event | {
        "subject": CHILD,
        "data": event["data"] | {"missing_episode_ref": EPISODE},
    }
    birth = missing | {
        "id": "e2",
        "type": "daymark.child-details-recorded.v1",
        "time": None,
        "data": {"date_of_birth": BORN, "sex": SEX, "occurred_on": "2026-01-09"},
    }
    birth = {name: value for name, value in birth.items() if value is not None}
    return [
        missing,
        birth,
        missing | {"id": "e3", "time": "CANARY-TIME"},
        missing | {"id": "e4", "data": missing["data"] | {"reported_at": "CANARY-REPORTED"}},
        missing | {"id": "e5", "data": missing["data"] | {"last_seen_known": "CANARY-SEEN"}},
        missing | {"id": "e6", "type": "CANARY-TYPE"},
        missing | {"id": "e7", "data": "CANARY-DATA"},
        missing | {"id": "e8", "subject": ["CANARY-SUBJECT"]},
        missing | {"id": "e9", "datacontenttype": "CANARY"},
        missing | {"id": "e10", "data": missing["data"] | {"type": {"CANARY": 1}}},
    ]


def test_no_sink_sees_a_canary(
    send: Send,
    client: TestClient,
    event: dict[str, Any],
    spans: InMemorySpanExporter,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """No answer, log line, span or metric repeats a reference or a value about a child."""
    caplog.set_level(logging.DEBUG)
    with capture_logs() as lines:
        answers = [send(one) for one in canary_events(event)]
        answers.append(send(canary_events(event), BATCH))
        answers.append(client.get("/nothing", params={"child": CHILD}))
        answers.append(client.get(f"/children/{CHILD}"))
        answers.append(client.get(f"/events/{CHILD}"))
        answers.append(send(event | {"source": CHILD}))
        client.post(
            "/events",
            headers={"content-type": "application/cloudevents+json"},
            content=f'{{"subject": "{CHILD}", ',
        )
        answers.append(client.get("/metrics"))
        answers.append(client.get("/readyz"))
    recorded = [receipt["result"] for receipt in answers[10].json()]
    sinks = {
        "answers": " ".join(str(dict(one.headers)) + one.text for one in answers),
        "logs": json.dumps(lines, default=str),
        # But for the lines of the client with which this test posts.
        "library logs": str([r.getMessage() for r in caplog.records if r.name != "httpx2"]),
        "printed": "".join(capfd.readouterr()),
        "spans": " ".join(span.to_json() for span in spans.get_finished_spans()),
    }

    assert recorded[:2] == ["duplicate", "duplicate"]
    assert recorded[2:] == ["refused"] * 8
    assert spans.get_finished_spans()
    assert {
        (sink, canary) for sink, text in sinks.items() for canary in CANARIES if canary in text
    } == set()


def test_a_new_child_is_answered_like_a_known_one(send: Send, event: dict[str, Any]) -> None:
    """A case system cannot learn from a receipt whether Daymark knows a child."""
    send(event)
    known = send(event | {"id": "e2"})
    new = send(event | {"id": "e3", "subject": "CH-0999"})

    assert known.status_code == new.status_code
    assert dict(known.headers) == dict(new.headers)
    assert known.json()[0].keys() == new.json()[0].keys()
    assert {name for name, value in known.json()[0].items() if new.json()[0][name] != value} == {
        "id",
        "event_id",
    }


def test_one_trace_leads_from_the_post_to_the_event(
    send: Send, event: dict[str, Any], parts: Parts, spans: InMemorySpanExporter
) -> None:
    """The event keeps the trace of the request that told it, which follows on the sender's own."""
    theirs = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    send(event, {"content-type": "application/cloudevents+json", "traceparent": theirs})
    recorded = parts.log.after(0)[-1]
    assert isinstance(recorded, Recorded)
    request = next(s for s in spans.get_finished_spans() if s.name == "POST /events")

    assert recorded.event.trace == (
        f"00-0af7651916cd43dd8448eb211c80319c-{request.context.span_id:016x}-01"
    )
    assert dict(request.attributes or {})["http.route"] == "/events"
