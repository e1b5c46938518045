"""Whatever arrives, the intake answers in its own words: no crash, no half-recorded batch."""

import json
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from domain.facts.vocabulary import FACTS
from tests.web.client import TestClient

MODES = st.sampled_from(
    [
        "application/cloudevents+json",
        "application/cloudevents-batch+json",
        "application/cloudevents+json; charset=utf-16",
        "application/json",
        "text/plain",
        "",
    ]
)
ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=2**63, max_value=2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(["\ud800", "\x00", "1e999", "2026-01-09", "2026-02-30T00:00:00Z", "9" * 400]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "type": "daymark.missing-episode-started.v1",
    "source": "case-system",
    "id": "e1",
    "subject": "CH-0100",
    "time": "2026-01-09T04:30:00Z",
    "data": {
        "missing_episode_ref": "ME-1",
        "type": "M",
        "missing_from": "home",
        "care_status": "not-stated",
    },
}
CORRECTION: dict[str, Any] = {
    "corrected_event": {"source": "case-system", "id": "e0"},
    "reason": "wrong-date",
}

bounded = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@bounded
@given(body=st.binary(max_size=400), mode=MODES)
def test_any_bytes_are_answered(client: TestClient, body: bytes, mode: str) -> None:
    """Bytes that are nothing at all are refused, not choked on."""
    answer = client.post("/events", headers={"content-type": mode}, content=body)

    assert answer.status_code in {202, 400, 415, 422}


@bounded
@given(
    name=st.sampled_from([*EVENT, "sequence", "sourcerecordedtime", "datacontenttype", "unknown"]),
    value=ANY_JSON,
    batch=st.booleans(),
)
@example(name="sequence", value=10**30, batch=False)
@example(name="time", value="9999-12-31T23:59:59-14:00", batch=False)
@example(name="time", value="0001-01-01T00:00:00+14:00", batch=False)
def test_any_value_of_any_attribute_is_answered(
    client: TestClient, *, name: str, value: object, batch: bool
) -> None:
    """One strange value costs at most the event that holds it."""
    event = EVENT | {name: value}
    if batch:
        mode, body = "application/cloudevents-batch+json", json.dumps([event, EVENT])
    else:
        mode, body = "application/cloudevents+json", json.dumps(event)
    answer = client.post("/events", headers={"content-type": mode}, content=body)

    assert answer.status_code in ({202} if batch else {202, 400, 403, 422})
    if batch:
        assert answer.json()[1]["result"] in {"recorded", "duplicate"}


@bounded
@given(
    kind=st.sampled_from(sorted(FACTS)),
    data=st.dictionaries(
        st.sampled_from(["missing_episode_ref", "type", "occurred_on", "fields", "x"])
        | st.text(max_size=5),
        ANY_JSON,
        max_size=4,
    ),
)
def test_any_data_of_any_type_is_answered(
    client: TestClient, kind: str, data: dict[str, object]
) -> None:
    """Every kind of fact may be sent with nonsense for its data."""
    event = EVENT | {"type": f"daymark.{kind}.v1", "data": data}
    answer = client.post(
        "/events",
        headers={"content-type": "application/cloudevents+json"},
        content=json.dumps(event),
    )

    assert answer.status_code in {202, 400, 422}


@bounded
@given(fields=ANY_JSON, n=st.integers(min_value=0))
@example(fields={"x": 2**64}, n=0)
@example(fields={"x": "\ud800"}, n=1)
@example(fields={"x": 1e308 * 10}, n=2)
def test_a_correction_may_say_anything(client: TestClient, fields: object, n: int) -> None:
    """What a correction puts in place is free in shape, so it is what could break the log."""
    event = EVENT | {
        "type": "daymark.fact-corrected.v1",
        "id": f"c{n}",
        "data": CORRECTION | {"fields": fields},
    }
    body = json.dumps(event).replace("Infinity", "1e999")
    answer = client.post(
        "/events", headers={"content-type": "application/cloudevents+json"}, content=body
    )

    assert answer.status_code in {202, 400, 422}
