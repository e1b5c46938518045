"""One CloudEvent 1.0, read into an event and written back."""

import inspect
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal, TypeVar
from urllib.parse import unquote

import orjson
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
)

from domain.errors import Refused, UnknownFact, UnreadableFact
from domain.event import Event, Kind
from domain.facts.corrections import FactCorrected
from domain.facts.fact import Day, Fact, Instant, Reference, Word
from domain.facts.vocabulary import FACTS
from domain.own_matters import may_stand_with_authority
from formats.wire import pointer, unusable

Model = TypeVar("Model", bound=BaseModel)

EARLIEST_YEAR: Final = 1900
LATEST_YEAR: Final = 2199  # beyond these a date is a default of some system, not a day

TYPE: Final = re.compile(r"daymark\.(?P<name>[a-z0-9-]+)\.v(?P<version>[0-9]{1,4})")
TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


class NotACloudEvent(UnreadableFact):
    """What came is not a CloudEvent 1.0 that carries JSON."""

    status: Final = 400
    slug: Final = "not-a-cloudevent"


class UnknownType(UnknownFact):
    """The type names no fact, or a version of it, that Daymark knows."""

    status: Final = 422
    slug: Final = "unknown-type"
    errors: Final = (("#/type", "no such type; /events/types lists what can be sent"),)


class InvalidFact(UnreadableFact):
    """A known fact lacks something, or says something in a shape that cannot be read."""

    status: Final = 422
    slug: Final = "invalid"


Refusal = NotACloudEvent | UnknownType | InvalidFact
"""Each has `status` (as HTTP counts), `slug` and `errors`: places with what is wrong there."""


def _whole_number(value: object) -> object:
    """Digits as a number: a header, and the sequence extension, can carry words only."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
        return int(value)
    return value


class Envelope(BaseModel):
    """What stands around the data of a CloudEvent; nothing that is missing is made up."""

    # Not the CloudEvents SDK: it makes up a missing id and time, which undoes idempotency
    # and invents the date of a fact.
    model_config = ConfigDict(extra="allow", frozen=True)

    specversion: Literal["1.0"]
    id: Word
    source: Word
    type: Word
    subject: Reference
    time: Instant | None = None
    datacontenttype: (
        Annotated[
            str, Field(max_length=200, pattern=r"(?i)^application/([a-z0-9.-]+\+)?json\s*(;.*)?$")
        ]
        | None
    ) = None
    sourcerecordedtime: Instant | None = None
    sequence: Annotated[int, Field(strict=True), BeforeValidator(_whole_number)] | None = None
    data: Any = None


def read_event(
    event: object,
    authority: str,
    *,
    keep_unknown: bool = False,
    by: str | None = None,
    trace: str | None = None,
) -> Event:
    """The event that a CloudEvent tells, or a `Refusal` with every place that cannot be read.

    `keep_unknown` is for files: a field that no fact has is kept under `unmapped`, not refused.
    """
    if not isinstance(event, Mapping):
        raise NotACloudEvent(("#", "a CloudEvent is a JSON object"))
    if problem := unusable(event):
        raise NotACloudEvent(problem)
    envelope = _validated(Envelope, event, NotACloudEvent, "#")
    _check_names(envelope.model_extra or {})
    model = known_fact(envelope.type)
    said, occurred_on = _read_data(model, envelope.data, keep_unknown=keep_unknown)
    _check_when(model, envelope, occurred_on)
    kind = _stream_kind(said, envelope.subject, authority)
    return Event(
        authority=authority,
        kind=kind,
        subject=envelope.subject,
        source=envelope.source,
        id=envelope.id,
        said=said,
        occurred_at=envelope.time,
        occurred_on=occurred_on,
        source_recorded_at=envelope.sourcerecordedtime,
        sequence=envelope.sequence,
        by=by,
        trace=trace or _own_trace(envelope),
    )


def write_event(event: Event) -> dict[str, Any]:
    """A fact as a structured CloudEvent; reading it gives the same fact again."""
    if not isinstance(event.said, Fact):
        message = "only facts are sent as CloudEvents, not what Daymark itself recorded"
        raise Refused(message)
    data = event.said.model_dump(mode="json", exclude_none=True)
    written: dict[str, Any] = {
        "specversion": "1.0",
        "type": type_of(type(event.said)),
        "source": event.source,
        "id": event.id,
        "subject": event.subject,
    }
    if event.occurred_at is not None:
        written["time"] = _written_instant(event.occurred_at)
    if event.occurred_on is not None:
        data["occurred_on"] = event.occurred_on.isoformat()
    if event.source_recorded_at is not None:
        written["sourcerecordedtime"] = _written_instant(event.source_recorded_at)
    if event.sequence is not None:
        written["sequence"] = event.sequence
    if event.trace is not None:
        written["traceparent"] = event.trace
    return written | {"datacontenttype": "application/json", "data": data}


def read_json(body: bytes) -> Any:  # noqa: ANN401 - any JSON at all
    """The JSON in a body; refused where it is not JSON, or nested beyond reason."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        place = f"not JSON: line {error.lineno}, column {error.colno}"
        raise NotACloudEvent(("#", place)) from None


def from_headers(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """A CloudEvent in binary mode: its attributes are headers, its data is the body."""
    names = {name.lower(): value for name, value in headers.items()}
    event: dict[str, Any] = {}
    for name, value in names.items():
        if name.startswith("ce-"):
            try:
                event[name[3:]] = unquote(value, errors="strict")
            except UnicodeDecodeError:
                problem = (pointer(name[3:]), "the header is not percent-encoded UTF-8")
                raise NotACloudEvent(problem) from None
    if body:
        event["data"] = read_json(body)
        event["datacontenttype"] = names.get("content-type", "application/json")
    return event


def type_of(model: type[Fact]) -> str:
    """The CloudEvents type under which a fact is sent."""
    return f"daymark.{model.NAME}.v{model.VERSION}"


def known_fact(type_sent: str) -> type[Fact]:
    """The fact a type names, in the version that is taken now."""
    named = TYPE.fullmatch(type_sent)
    model = FACTS.get(named["name"]) if named else None
    if model is None or type_of(model) != type_sent:
        raise UnknownType(type_sent[:100])
    return model


def types() -> list[dict[str, str]]:
    """What can be sent: each type with its thread, what it means, and what it is not."""
    return [
        {
            "type": type_of(model),
            "thread": model.THREAD,
            "means": means,
            "is_not": is_not,
            "schema": f"/events/types/{type_of(model)}/schema",
        }
        for model in FACTS.values()
        for means, is_not in [definition(model)]
    ]


def definition(model: type[Fact]) -> tuple[str, str]:
    """What a fact means, and what it is not."""
    sentences = [
        " ".join(paragraph.split())
        for paragraph in re.split(r"\n\s*\n|\n(?=Not )", inspect.cleandoc(model.__doc__ or ""))
    ]
    means = " ".join(each for each in sentences if not each.startswith("Not "))
    return means, " ".join(each for each in sentences if each.startswith("Not "))


def schema(type_sent: str) -> dict[str, Any]:
    """The JSON Schema of a type's data, `occurred_on` included; `UnknownType` where there is none."""
    model = known_fact(type_sent)
    described: type[BaseModel] = model
    if not _dates_are_its_own(model):
        described = create_model(model.__name__, __base__=model, occurred_on=(Day | None, None))
    means, is_not = definition(model)
    written = described.model_json_schema(mode="validation")
    about = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": model.NAME.replace("-", " "),
        "description": f"{means} {is_not}".strip(),
    }
    return written | about


def _dates_are_its_own(model: type[Fact]) -> bool:
    """Whether the data's dates are what is said (the corrected ones), not when it happened."""
    return model is FactCorrected


def _validated(
    model: type[Model],
    value: object,
    refusal: type[NotACloudEvent | InvalidFact],
    at: str,
) -> Model:
    try:
        read = model.model_validate(value)
    except ValidationError as error:
        # Never the value that was sent: a problem may be logged by whoever gets it.
        raise refusal(
            *(
                (pointer(*problem["loc"], at=at), _in_words(problem["type"], problem["msg"]))
                for problem in error.errors(
                    include_input=False, include_url=False, include_context=False
                )
            )
        ) from None
    if problems := tuple(_out_of_reach(read, at)):
        raise refusal(*problems)
    return read


def _in_words(kind: str, message: str) -> str:
    """A problem in the words its sender needs."""
    match kind:
        case "extra_forbidden":
            return "no such field"
        case "string_pattern_mismatch":
            return "not written as it must be, or with control characters"
        case _:
            return message.removeprefix("Value error, ")


def _out_of_reach(read: BaseModel, at: str) -> list[tuple[str, str]]:
    """The places of dates that cannot be meant: some systems write year 1 or 9999 for no date."""
    names = [
        name
        for name, value in vars(read).items()
        if isinstance(value, date) and not EARLIEST_YEAR <= value.year <= LATEST_YEAR
    ]
    reason = f"the year must lie between {EARLIEST_YEAR} and {LATEST_YEAR}"
    return [(pointer(name, at=at), reason) for name in names]


def _check_names(extensions: Mapping[str, Any]) -> None:
    """Refuse an attribute whose name the standard forbids."""
    if "data_base64" in extensions:
        raise NotACloudEvent(("#/data_base64", "send data as JSON, not data_base64"))
    problems = [
        (pointer(name), "not the name of a CloudEvents attribute: lower-case letters and digits")
        for name in extensions
        if not re.fullmatch(r"[a-z0-9]+", name)
    ]
    if problems:
        raise NotACloudEvent(*problems)


def _read_data(model: type[Fact], sent: object, *, keep_unknown: bool) -> tuple[Fact, date | None]:
    """The fact and, where it is known only to the day, its day."""
    if not isinstance(sent, Mapping | None):
        raise InvalidFact(("#/data", "the data of a fact is a JSON object"))
    data = dict(sent or {})
    day = None
    if not _dates_are_its_own(model):
        day = _validated(
            _When, {"occurred_on": data.pop("occurred_on", None)}, InvalidFact, "#/data"
        )
    if keep_unknown:
        data = _with_unmapped(model, data)
    said = _validated(model, data, InvalidFact, "#/data")
    return said, day.occurred_on if day else None


class _When(BaseModel):
    """The day of a fact that is known only to the day."""

    occurred_on: Day | None = None


def _with_unmapped(model: type[Fact], data: Mapping[str, Any]) -> dict[str, Any]:
    unknown = {name: value for name, value in data.items() if name not in model.model_fields}
    if not unknown:
        return dict(data)
    kept = data.get("unmapped")
    known = {name: value for name, value in data.items() if name in model.model_fields}
    return known | {"unmapped": (dict(kept) if isinstance(kept, Mapping) else {}) | unknown}


def _check_when(model: type[Fact], envelope: Envelope, occurred_on: date | None) -> None:
    """Exactly one of an instant and a day; nothing is made up for a fact without a time."""
    if envelope.time is not None and occurred_on is not None:
        raise InvalidFact(("#/time", "give time, or occurred_on in data, not both"))
    if envelope.time is None and occurred_on is None:
        where = "time" if _dates_are_its_own(model) else "time, or occurred_on in data"
        raise InvalidFact(("#/time", f"say when it happened: {where}"))


def _stream_kind(said: Fact, subject: str, authority: str) -> Kind:
    """A fact about no child stands in the authority's own stream, under the authority's code."""
    if subject == authority and may_stand_with_authority(said):
        return "authority"
    if said.THREAD == "authority":
        raise InvalidFact(("#/subject", "the subject of this fact is the authority's own code"))
    return "child"


def _own_trace(envelope: Envelope) -> str | None:
    """The trace an event brought along; one that is not well formed is passed over, as W3C says."""
    brought = (envelope.model_extra or {}).get("traceparent")
    if isinstance(brought, str) and TRACEPARENT.fullmatch(brought):
        return brought
    return None


def _written_instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
