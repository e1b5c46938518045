"""What machines may ask besides sending facts."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from math import inf
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from domain.facts.vocabulary import FACTS
from projections.board_view import BoardView, create_tables
from projections.signs_of_life import WATCH, sign
from projections.trust import DISPATCHER
from store.archiving import Archive
from tests.web.client import TestClient
from web.app import build
from web.measures import MEASURES
from web.parts import Parts
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
        "/deadman",
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


@pytest.fixture
def watched(parts: Parts) -> Callable[[], None]:
    """Lets the projector take in what is recorded, and the dispatcher say that it is well."""
    create_tables(parts.views)
    board = BoardView(parts.views, parts.log, parts.authority)

    def watch() -> None:
        position = board.position()
        if batch := parts.log.after(position):
            board.apply(batch, after=position)
        sign(parts.views, DISPATCHER, parts.now())

    return watch


@pytest.fixture
def registered(event: dict[str, Any]) -> dict[str, Any]:
    """The case system says what it can state, so that its silence means something."""
    registration = {
        "source": event["source"],
        "delivers": "continuous",
        "states": ["missing-episode-started", "strategy-meeting-held", "return-interview-held"],
        "times": "happened",
        "from_on": "2020-01-01",
        "occurred_on": "2026-01-01",
    }
    registered = event | {
        "id": "s1",
        "type": "daymark.source-registered.v1",
        "subject": "E08000099",
        "data": registration,
    }
    del registered["time"]
    return registered


def gauges(client: TestClient) -> dict[tuple[str, ...], float]:
    """Every sample of /metrics by its name and the values of its labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for one in text_string_to_metric_families(client.get("/metrics").text)
        for sample in one.samples
    }


def test_without_a_projector_facts_are_taken_and_the_board_is_doubted(client: TestClient) -> None:
    """A doubt about the board never takes the intake out of service."""
    answer, counted = client.get("/readyz"), gauges(client)

    assert answer.status_code == 200
    assert answer.json()["ready"]
    assert not answer.json()["trusted"]
    assert [doubt["kind"] for doubt in answer.json()["doubts"]] == ["board"]
    assert (counted["daymark_doubts",], counted["daymark_doubt", "board"]) == (1, 1)


def test_a_board_that_is_up_to_date_is_trusted(
    client: TestClient,
    send: Send,
    event: dict[str, Any],
    registered: dict[str, Any],
    watched: Callable[[], None],
) -> None:
    """What /readyz says is what the board says of itself."""
    send(registered)
    send(event)
    watched()
    ready, counted = client.get("/readyz").json(), gauges(client)

    assert (ready["trusted"], ready["doubts"], ready["log_position"]) == (True, [], 2)
    assert ready["covered"] == ready["total"] > 0
    assert counted["daymark_doubts",] == 0
    assert {n for name, n in counted.items() if name[0] == "daymark_doubt"} == {0}
    assert counted["daymark_follower_lag_seconds", "board"] == 0
    assert counted["daymark_parked_rows", "board"] == 0
    assert counted["daymark_dispatcher_silent_seconds",] < 60
    assert counted["daymark_calendar_days",] > 0
    assert counted["daymark_clocks_not_covered",] == 0
    assert counted["daymark_follower_position", "board"] == 2
    assert counted["daymark_follower_lag_events", "board"] == 0
    open_clocks = sum(n for name, n in counted.items() if name[0] == "daymark_clocks")
    assert open_clocks == ready["total"]


def test_an_archive_that_waits_and_a_copy_that_is_old_are_numbers(
    opened: Callable[..., Any],
) -> None:
    """What never was is longer ago than anything; a copy that somebody else makes is not shown at all."""
    long_ago = Archive(
        archives=True,
        failing=True,
        waiting=timedelta(minutes=20),
        copied=timedelta(days=2),
        elsewhere=False,
    )
    never = long_ago._replace(archives=False, copied=None)
    provided = long_ago._replace(waiting=timedelta(), copied=None, elsewhere=True)
    shown = []
    for one in (long_ago, never, provided):
        with opened(archives={"log": one}.copy) as parts, TestClient(build(parts)) as client:
            found = gauges(client)
            copied = found.get(("daymark_copied_seconds", "log"))
            shown.append((found["daymark_archive_waiting_seconds", "log"], copied))

    assert shown == [(20 * 60, 2 * 24 * 3600), (inf, inf), (0, None)]


def test_a_follower_that_has_not_moved_lags(
    client: TestClient, send: Send, event: dict[str, Any], watched: Callable[[], None]
) -> None:
    """How far each follower is behind is a number before it is a doubt."""
    watched()
    send(event)
    counted = gauges(client)

    assert counted["daymark_log_position",] == 1
    assert counted["daymark_follower_lag_events", "board"] == 1


def test_a_log_that_cannot_be_read_is_not_ready(client: TestClient, tmp_path: Path) -> None:
    """Without its log Daymark asks for no more work; the measures leave out what is not known."""
    with closing(sqlite3.connect(tmp_path / "log.db")) as base:
        base.execute("ALTER TABLE stored_events RENAME TO gone")
        base.commit()
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
    assert ("daymark_log_position",) not in gauges(client)


def test_the_measures_are_those_of_the_table(
    client: TestClient, send: Send, event: dict[str, Any], watched: Callable[[], None]
) -> None:
    """/metrics shows every measure that is documented and no other, with its meaning."""
    send(event)
    send(event)
    send([event | {"id": "e2"}, 7], {"content-type": "application/cloudevents-batch+json"})
    send(event | {"source": "another-system"})
    watched()
    text = client.get("/metrics").text
    families = {one.name: one for one in text_string_to_metric_families(text)}
    counted = gauges(client)

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


def test_somebody_outside_hears_that_all_is_well_only_while_it_is(
    client: TestClient,
    send: Send,
    event: dict[str, Any],
    registered: dict[str, Any],
    watched: Callable[[], None],
    parts: Parts,
) -> None:
    """Nobody has looked: 503. A look a moment ago and no doubt: 200. A look too long ago: 503 again."""
    send(registered)
    send(event)
    watched()
    unseen = client.get("/deadman")
    sign(parts.views, WATCH, parts.now())
    well = client.get("/deadman")
    sign(parts.views, WATCH, parts.now() - timedelta(minutes=6))
    stale = client.get("/deadman")

    assert (unseen.status_code, well.status_code, stale.status_code) == (503, 200, 503)
    assert well.json()["alive"]
    assert well.json()["covered"] > 0
    assert stale.json()["type"].endswith("/problems/not-watched")


def test_a_silent_feed_is_late_in_the_measures_as_it_is_in_readyz(
    client: TestClient,
    send: Send,
    event: dict[str, Any],
    registered: dict[str, Any],
    watched: Callable[[], None],
) -> None:
    """How long each source was silent is a number before it is a doubt; both name the source alone."""
    data = registered["data"] | {"delivers": "batch"}
    send(registered | {"data": data})
    watched()
    never, doubts = gauges(client), client.get("/readyz").json()["doubts"]
    advanced = registered | {
        "id": "s2",
        "type": "daymark.feed-advanced.v1",
        "time": "2026-01-03T16:00:00Z",
        "data": {"source": event["source"], "complete_to": "2026-01-02T16:00:00Z"},
    }
    receipt = send(advanced)
    heard = gauges(client)

    assert receipt.status_code == 202
    assert never["daymark_feed_late", event["source"]] == 1
    assert ("daymark_feed_heard_seconds", event["source"]) not in never
    assert [doubt["kind"] for doubt in doubts] == ["feed"]
    assert never["daymark_doubt", "feed"] == 1
    assert heard["daymark_feed_heard_seconds", event["source"]] > 0
