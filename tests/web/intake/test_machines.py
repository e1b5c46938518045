"""What machines may ask besides sending facts."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from domain.facts.vocabulary import FACTS
from web.measures import MEASURES
from web.problems import PROBLEMS

Send = Callable[..., httpx2.Response]


def test_every_type_is_listed_with_its_schema(client: TestClient, event: dict[str, Any]) -> None:
    """What can be sent is published, and the schema of each names what the door takes."""
    types = client.get("/events/types").json()
    schema = client.get(f"/events/types/{event['type']}/schema")

    assert len(types) == len(FACTS)
    assert {client.get(kind["schema"]).status_code for kind in types} == {200}
    assert schema.headers["content-type"] == "application/schema+json"
    assert set(schema.json()["required"]) <= set(event["data"]) <= set(schema.json()["properties"])


def test_every_problem_explains_itself(client: TestClient) -> None:
    """The type of a problem is an address that says what it means and how it is mended."""
    for name in PROBLEMS:
        explained = client.get(f"/problems/{name}")

        assert explained.json()["detail"]


def test_the_description_names_every_answer(client: TestClient) -> None:
    """The OpenAPI document promises receipts and problem documents, never the framework's own."""
    text = client.get("/openapi.json").text
    described = json.loads(text)
    answers = described["paths"]["/events"]["post"]["responses"]

    assert set(answers) == {"202", *["400", "401", "403", "413", "415", "422", "429", "500", "503"]}
    assert {
        next(iter(answer["content"])) for status, answer in answers.items() if status != "202"
    } == {"application/problem+json"}
    assert "HTTPValidationError" not in text
    assert set(described["paths"]) == {
        "/events",
        "/events/types",
        "/events/types/{name}/schema",
        "/problems/{name}",
        "/healthz",
        "/readyz",
        "/metrics",
    }


def test_there_are_no_pages_that_load_scripts_from_elsewhere(client: TestClient) -> None:
    """The framework's own documentation pages are off."""
    assert {client.get(path).status_code for path in ("/docs", "/redoc")} == {404}


def test_the_process_says_that_it_is_alive(client: TestClient) -> None:
    """A supervisor asks this every few seconds."""
    assert client.get("/healthz").json() == {"alive": True}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/healthz"),
        ("GET", "/metrics"),
        ("GET", "/events/types"),
        ("GET", "/events"),
        ("GET", "/nothing"),
        ("POST", "/events"),
        ("PROPFIND", "/events"),
    ],
)
def test_every_answer_carries_the_headers(client: TestClient, method: str, path: str) -> None:
    """Errors too tell a browser to keep nothing, run nothing and frame nothing."""
    headers = client.request(method, path).headers

    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")


def test_the_measures_are_those_of_the_table(
    client: TestClient, send: Send, event: dict[str, Any]
) -> None:
    """/metrics shows every measure that is documented and no other, with its meaning."""
    send(event)
    send(event)
    send([event | {"id": "e2"}, 7], {"content-type": "application/cloudevents-batch+json"})
    send(event | {"source": "another-system"})
    text = client.get("/metrics").text
    families = {one.name: one for one in text_string_to_metric_families(text)}
    counted = {
        (sample.name, *sample.labels.values()): sample.value
        for one in families.values()
        for sample in one.samples
    }

    assert set(families) == {measure.name.removesuffix("_total") for measure in MEASURES}
    assert {one.documentation for one in families.values()} == {one.help for one in MEASURES}
    assert counted["daymark_receipts_total", "recorded"] == 2
    assert counted["daymark_receipts_total", "duplicate"] == 1
    assert counted["daymark_receipts_total", "refused"] == 1
    assert counted["daymark_refusals_total", "another-source"] == 1
    assert counted["daymark_refusals_total", "not-a-cloudevent"] == 1
    assert counted["daymark_http_requests_total", "POST", "/events", "202"] == 3
    assert counted["daymark_post_events_sum",] == 4
    assert counted["daymark_log_position",] == 2
