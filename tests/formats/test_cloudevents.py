"""One CloudEvent, in and out."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.engine_events import TimescaleWarned
from domain.errors import Refused, UnknownFact, UnreadableFact
from domain.event import Event
from domain.facts.authority import FeedAdvanced
from domain.facts.corrections import FactCorrected
from domain.facts.fact import Fact
from domain.facts.front_door import ReferralReceived
from domain.facts.vocabulary import FACTS, THREADS
from formats.cloudevents import (
    InvalidFact,
    NotACloudEvent,
    Refusal,
    UnknownType,
    from_headers,
    read_event,
    read_json,
    schema,
    type_of,
    types,
    write_event,
)
from tests.histories import fact as any_fact

LATER = "2026-02-06T01:00:00Z"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def referral(**changes: Any) -> dict[str, Any]:
    """A referral as a case system sends it, with some attributes changed; None leaves one out."""
    event = {
        "specversion": "1.0",
        "type": "daymark.referral-received.v1",
        "source": "/case-system/343",
        "id": "R-2041:received",
        "subject": "C000017",
        "time": "2026-02-05T23:30:00Z",
        "data": {"referral_ref": "R-2041", "source": "6"},
    }
    return {name: value for name, value in (event | changes).items() if value is not None}


def refused(event: object, **options: Any) -> Refusal:
    """Why an event is refused."""
    with pytest.raises((NotACloudEvent, UnknownType, InvalidFact)) as caught:
        read_event(event, "343", **options)
    assert isinstance(caught.value, NotACloudEvent | UnknownType | InvalidFact)
    return caught.value


def places(event: object) -> list[str]:
    """The places an event is refused for."""
    return [place for place, _ in refused(event).errors]


def example(described: dict[str, Any], whole: dict[str, Any]) -> Any:
    """A value that a schema describes."""
    if "$ref" in described:
        return filled(whole["$defs"][described["$ref"].rsplit("/", 1)[1]], whole)
    match described.get("type"):
        case "string":
            by_format = {"date": "2026-01-05", "date-time": "2026-01-05T10:00:00Z"}
            return by_format.get(described.get("format", ""), described.get("const", "X1"))
        case "boolean":
            return True
        case "integer":
            return 3
        case "array":
            return [example(described["items"], whole)]
        case "object":
            return {"more": "things"}
        case _:
            return example(described["anyOf"][0], whole)


def filled(
    described: dict[str, Any], whole: dict[str, Any], *, everything: bool = True
) -> dict[str, Any]:
    """An object that a schema describes, with every field or only those it needs."""
    names = described["properties"] if everything else described.get("required", ())
    return {name: example(described["properties"][name], whole) for name in names}


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("model", FACTS.values(), ids=FACTS)
def test_every_fact_that_is_written_is_read_again(model: type[Fact], *, everything: bool) -> None:
    """Each fact, with the fewest fields and with all of them, comes back as it went out."""
    described = schema(type_of(model))
    data = filled(described, described, everything=everything)
    when = {} if "occurred_on" in data and model is not FactCorrected else {"time": LATER}
    sent = {
        "specversion": "1.0",
        "type": type_of(model),
        "source": "s",
        "id": "1",
        "subject": "343",
        "sourcerecordedtime": LATER,
        "sequence": 7,
        "traceparent": TRACE,
        "data": data,
    }
    event = read_event(sent | when, "343")

    assert read_event(json.loads(json.dumps(write_event(event))), "343") == event
    assert (
        event.said.model_dump(mode="json", exclude_none=True).items()
        >= {name: value for name, value in data.items() if name != "occurred_on"}.items()
    )


def test_a_referral_is_read() -> None:
    """Everything an event says has its place."""
    event = read_event(
        referral(sourcerecordedtime=LATER, sequence=3, traceparent=TRACE), "343", by="p1"
    )

    assert event == Event(
        authority="343",
        kind="child",
        subject="C000017",
        source="/case-system/343",
        id="R-2041:received",
        said=ReferralReceived(referral_ref="R-2041", source="6"),
        occurred_at=datetime(2026, 2, 5, 23, 30, tzinfo=UTC),
        source_recorded_at=datetime(2026, 2, 6, 1, tzinfo=UTC),
        sequence=3,
        by="p1",
        trace=TRACE,
    )


def test_what_was_not_said_is_not_written() -> None:
    """A fact without anything beside it is written as it came."""
    sent = referral(datacontenttype="application/json")

    assert write_event(read_event(sent, "343")) == sent


def test_a_fact_known_to_the_day_has_no_instant() -> None:
    """A day stands in the data, and stays a day."""
    data = {"referral_ref": "R", "source": "6", "occurred_on": "2026-07-01"}
    event = read_event(referral(time=None, data=data), "343")

    assert (event.occurred_at, event.occurred_on) == (None, date(2026, 7, 1))


def test_a_correction_says_its_own_time_beside_the_corrected_one() -> None:
    """The day in a correction is what the fact is corrected to, not when it was corrected."""
    data = {
        "corrected_event": {"source": "s", "id": "1"},
        "reason": "wrong-date",
        "occurred_on": "2026-01-05",
    }
    event = read_event(referral(type="daymark.fact-corrected.v1", data=data), "343")

    assert isinstance(event.said, FactCorrected)
    assert event.said.occurred_on == date(2026, 1, 5)
    assert event.occurred_on is None
    assert places(referral(type="daymark.fact-corrected.v1", data=data, time=None)) == ["#/time"]


def test_a_fact_of_the_authority_stands_in_its_own_stream() -> None:
    """A feed that advanced is about no child, so its subject is the authority's code."""
    sent = referral(
        type="daymark.feed-advanced.v1", data={"source": "s", "complete_to": LATER}, subject="343"
    )
    event = read_event(sent, "343")

    assert isinstance(event.said, FeedAdvanced)
    assert (event.kind, event.subject) == ("authority", "343")
    assert places(sent | {"subject": "C000017"}) == ["#/subject"]


@pytest.mark.parametrize("name", [name for name in FACTS if FACTS[name].THREAD == "allegation"])
def test_an_allegation_about_no_known_child_stands_with_the_authority(name: str) -> None:
    """Sent under the authority's own code it is the authority's; under a child's reference the child's."""
    said = any_fact(name, allegation_ref="AL-1")
    data = said.model_dump(mode="json", exclude_none=True)
    sent = referral(type=f"daymark.{name}.v1", data=data, subject="343")

    assert read_event(sent, "343").kind == "authority"
    assert read_event(sent | {"subject": "C000017"}, "343").kind == "child"
    assert write_event(read_event(sent, "343"))["subject"] == "343"


def test_what_ends_or_corrects_an_allegation_stands_beside_it() -> None:
    """A review that names it, a correction and a withdrawal; another review is about a child."""
    review = {"kind": "allegation", "review_ref": "R-1", "allegation_ref": "AL-1"}
    named = {"corrected_event": {"source": "s", "id": "1"}, "reason": "wrong-child"}
    sent = {
        "review-held": review,
        "fact-corrected": named | {"fields": {"employer_sector": "health"}},
        "fact-withdrawn": named,
    }
    kinds = {
        name: read_event(referral(type=f"daymark.{name}.v1", data=data, subject="343"), "343").kind
        for name, data in sent.items()
    }
    of_a_child = referral(
        type="daymark.review-held.v1", data=review | {"allegation_ref": None}, subject="343"
    )

    assert set(kinds.values()) == {"authority"}
    assert read_event(of_a_child, "343").kind == "child"
    assert read_event(referral(subject="343"), "343").kind == "child"


@pytest.mark.parametrize("event", [None, 1, "text", [], [referral()]])
def test_what_is_no_object_is_no_event(event: object) -> None:
    """A CloudEvent is a JSON object, and its sender is told so."""
    with pytest.raises(NotACloudEvent) as caught:
        read_event(event, "343")

    assert list(caught.value.errors) == [("#", "a CloudEvent is a JSON object")]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"specversion": None}, "#/specversion"),
        ({"specversion": "0.3"}, "#/specversion"),
        ({"id": None}, "#/id"),
        ({"id": ""}, "#/id"),
        ({"id": "x" * 301}, "#/id"),
        ({"id": "two\nlines"}, "#/id"),
        ({"source": None}, "#/source"),
        ({"type": None}, "#/type"),
        ({"subject": None}, "#/subject"),
        ({"subject": "x" * 201}, "#/subject"),
        ({"time": "yesterday"}, "#/time"),
        ({"time": "2026-02-05T23:30:00"}, "#/time"),
        ({"time": 1770334200}, "#/time"),
        ({"time": "9999-12-31T23:59:59Z"}, "#/time"),
        ({"time": "9999-12-31T23:59:59-05:00"}, "#/time"),
        ({"datacontenttype": "text/xml"}, "#/datacontenttype"),
        ({"sequence": "seven"}, "#/sequence"),
        ({"sequence": True}, "#/sequence"),
        ({"sequence": 2**63}, "#/sequence"),
        ({"data_base64": "e30="}, "#/data_base64"),
        ({"Upper": "x"}, "#/Upper"),
        ({"with_line": "x"}, "#/with_line"),
    ],
)
def test_a_faulty_envelope_is_refused_with_its_place(
    changes: dict[str, object], place: str
) -> None:
    """What is not a CloudEvent is answered as one would answer a bad request."""
    refusal = refused(referral() | changes)
    if None in changes.values():
        refusal = refused(referral(**changes))

    assert isinstance(refusal, NotACloudEvent)
    assert refusal.status == 400
    assert [at for at, _ in refusal.errors] == [place]


@pytest.mark.parametrize(
    "name",
    [
        "daymark.no-such-fact.v1",
        "daymark.referral-received.v2",
        "daymark.referral-received.v01",
        "daymark.referral-received",
        "referral-received",
        "Daymark.referral-received.v1",
    ],
)
def test_an_unknown_type_is_refused(name: str) -> None:
    """Only the versions released so far are taken, under exactly their names."""
    refusal = refused(referral(type=name))

    assert isinstance(refusal, UnknownType)
    assert (refusal.status, refusal.errors[0][0]) == (422, "#/type")
    with pytest.raises(UnknownFact):
        schema(name)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"data": {"source": "6"}}, "#/data/referral_ref"),
        ({"data": None}, "#/data/referral_ref"),
        ({"data": "words"}, "#/data"),
        ({"data": {"referral_ref": "R", "source": 6}}, "#/data/source"),
        ({"data": {"referral_ref": "R", "source": "a\tb"}}, "#/data/source"),
        ({"data": {"referral_ref": "R", "source": "6", "colour": "red"}}, "#/data/colour"),
        ({"data": {"referral_ref": "R", "source": "6", "a/b~": 1}}, "#/data/a~1b~0"),
        ({"data": {"referral_ref": "R", "source": "6", "made_at": LATER[:10]}}, "#/data/made_at"),
        (
            {"data": {"referral_ref": "R", "source": "6", "made_at": "0001-01-01T00:00:00Z"}},
            "#/data/made_at",
        ),
        (
            {"data": {"referral_ref": "R", "source": "6", "made_at": "0001-01-01T00:00:00+09:00"}},
            "#/data/made_at",
        ),
        ({"data": {"referral_ref": "R", "source": "6", "occurred_on": 5}}, "#/data/occurred_on"),
        (
            {"data": {"referral_ref": "R", "source": "6", "occurred_on": "1066-10-14"}},
            "#/data/occurred_on",
        ),
        ({"data": {"referral_ref": "R", "source": "6", "occurred_on": "2026-02-05"}}, "#/time"),
        ({"time": None}, "#/time"),
    ],
)
def test_a_faulty_fact_is_refused_with_its_place(changes: dict[str, object], place: str) -> None:
    """What cannot be read is answered with a JSON pointer, and never with the value sent."""
    refusal = refused(referral(**changes) if None in changes.values() else referral() | changes)

    assert isinstance(refusal, InvalidFact)
    assert refusal.status == 422
    assert place in [at for at, _ in refusal.errors]


def test_no_refusal_says_what_was_sent() -> None:
    """A problem may be logged by whoever gets it, so it names places only."""
    canary = "CANARY"
    data = {"referral_ref": {canary: canary}, "source": [canary], "made_at": canary}
    refusals = [
        refused(referral(data=data)),
        refused(referral(time=canary)),
        refused(referral(sequence=canary)),
        refused(referral(data={"referral_ref": "R", "source": "6", "occurred_on": canary})),
    ]

    assert not [refusal for refusal in refusals if canary in str(refusal)]


def test_a_file_may_say_what_no_field_holds() -> None:
    """From files an unknown field is kept as unmapped, beside what was unmapped before."""
    data = {"referral_ref": "R", "source": "6", "colour": "red"}
    plain = read_event(referral(data=data), "343", keep_unknown=True)
    both = read_event(referral(data=data | {"unmapped": {"a": 1}}), "343", keep_unknown=True)
    odd = read_event(referral(data=data | {"unmapped": "x"}), "343", keep_unknown=True)
    none = read_event(referral(), "343", keep_unknown=True)

    assert [getattr(event.said, "unmapped", 0) for event in (plain, both, odd, none)] == [
        {"colour": "red"},
        {"a": 1, "colour": "red"},
        {"colour": "red"},
        None,
    ]


def test_extensions_of_others_are_passed_over() -> None:
    """A sender's own extension, or a trace that is not well formed, does no harm."""
    event = read_event(referral(tenant="x", dataschema="urn:x", traceparent="broken"), "343")
    elsewhere = read_event(referral(traceparent=TRACE), "343", trace="of the request")

    assert event.trace is None
    assert elsewhere.trace == "of the request"


def test_digits_are_a_sequence() -> None:
    """The standard's sequence is words, and a header can be nothing else."""
    assert read_event(referral(sequence="0042"), "343").sequence == 42


def nested(depth: int) -> object:
    """Objects within objects."""
    value: object = 1
    for _ in range(depth):
        value = {"a": value}
    return value


def test_endless_nesting_is_refused() -> None:
    """What lies deeper than anybody can read gets a clear sentence."""
    refusal = refused(referral(data={"unmapped": nested(500_000)}))

    assert isinstance(refusal, NotACloudEvent)
    assert refusal.errors[0][0].startswith("#")


@pytest.mark.parametrize(
    ("kept", "place"),
    [
        ("\ud800", "#/data/unmapped"),
        ("a\x00b", "#/data/unmapped"),
        ([1, "a\x00b"], "#/data/unmapped/1"),
        ({"a\x00b": 1}, "#/data/unmapped"),
        ({7: 1}, "#/data/unmapped"),
        (float("nan"), "#/data/unmapped"),
        (10**30, "#/data/unmapped"),
        (b"bytes", "#/data/unmapped"),
    ],
)
def test_what_no_store_could_keep_is_refused(kept: object, place: str) -> None:
    """Broken characters and numbers beyond 64 bits get a clear sentence."""
    refusal = refused(referral(data={"unmapped": kept}))

    assert isinstance(refusal, NotACloudEvent)
    assert refusal.errors[0][0].startswith(place)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(event=json_values)
def test_any_json_is_read_or_refused(event: object) -> None:
    """Whatever JSON comes, there is an event or one of our refusals."""
    try:
        read = read_event(event, "343")
    except (UnknownFact, UnreadableFact) as refusal:
        said = str(refusal)
    else:
        said = read.name

    assert said


@settings(
    suppress_health_check=[HealthCheck.too_slow]
)  # a busy machine is no fault of the reader's
@given(
    attributes=st.dictionaries(
        st.sampled_from(["time", "sequence", "data", "id", "subject", "sourcerecordedtime", "x"]),
        json_values | st.datetimes().map(str) | st.dates().map(str),
        max_size=4,
    ),
    name=st.sampled_from(sorted(FACTS)),
    data=st.dictionaries(
        st.sampled_from(
            sorted({field for model in FACTS.values() for field in model.model_fields})
        ),
        json_values | st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat),
    ),
    keep_unknown=st.booleans(),
)
def test_any_event_of_a_known_type_is_read_or_refused(
    attributes: dict[str, object], name: str, data: dict[str, object], *, keep_unknown: bool
) -> None:
    """Whatever a known type carries, what is read can be written, and the rest is refused."""
    sent = referral(type=f"daymark.{name}.v1", data=data) | attributes
    try:
        event = read_event(sent, "343", keep_unknown=keep_unknown)
    except (UnknownFact, UnreadableFact):
        return

    assert read_event(write_event(event), "343") == event


def test_a_body_that_is_no_json_is_refused() -> None:
    """Only JSON is read, however deep it is said to go."""
    for body in (b"", b"{", b"\xff", b'{"a": NaN}', b"[" * 100_000, b'"\\ud800"'):
        with pytest.raises(NotACloudEvent, match="not JSON"):
            read_json(body)

    assert read_json(b'{"a": [1]}') == {"a": [1]}


def test_an_event_in_headers_is_read() -> None:
    """In binary mode the attributes are headers and the body is the fact's own data."""
    headers = {
        "CE-SpecVersion": "1.0",
        "ce-id": "R%3A1",
        "ce-source": "/case-system/343",
        "ce-type": "daymark.referral-received.v1",
        "ce-subject": "C000017",
        "ce-time": LATER,
        "ce-sequence": "12",
        "Content-Type": "application/json; charset=utf-8",
        "Accept": "*/*",
    }
    event = read_event(from_headers(headers, b'{"referral_ref":"R","source":"6"}'), "343")

    assert (event.id, event.sequence) == ("R:1", 12)
    assert "data" not in from_headers(headers, b"")


def test_a_header_that_cannot_be_decoded_is_refused_with_its_name() -> None:
    """Percent-encoding that is not UTF-8 names nothing."""
    with pytest.raises(NotACloudEvent) as caught:
        from_headers({"ce-subject": "%ff"}, b"")

    assert caught.value.errors[0][0] == "#/subject"


def test_what_daymark_recorded_itself_is_not_sent() -> None:
    """Only facts leave as CloudEvents."""
    at = datetime(2026, 1, 5, tzinfo=UTC)
    said = TimescaleWarned(
        clock="k", clock_version=1, timescale="t", number=1, of=1, warn_at=at, due_at=at
    )
    event = Event(
        authority="343",
        kind="child",
        subject="C1",
        source="k",
        id="1/warned/1",
        said=said,
        occurred_at=at,
    )
    with pytest.raises(Refused, match="only facts"):
        write_event(event)


def test_every_type_says_what_it_means_and_what_it_is_not() -> None:
    """A sender can look up each type, its thread, its definition and its schema."""
    listed = types()

    assert len(listed) == len(FACTS)
    assert {one["thread"] for one in listed} <= set(THREADS)
    assert all(one["means"] and one["schema"] for one in listed)
    assert listed[0]["is_not"].startswith("Not ")


def test_a_schema_has_the_day_among_its_fields() -> None:
    """The schema describes the data as it is sent, its day included, and nothing beside it."""
    described = schema("daymark.referral-received.v1")

    assert described["title"] == "referral received"
    assert "occurred_on" in described["properties"]
    assert described["additionalProperties"] is False
