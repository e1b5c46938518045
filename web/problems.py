"""What machines are told when something cannot be done: problem documents, as RFC 9457 has them.

A problem says what is wrong and where, never the value that was sent: whoever gets it may log it.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from fastapi.responses import JSONResponse

MEDIA_TYPE: Final = "application/problem+json"

MOST_BYTES: Final = 4 * 1024 * 1024
MOST_IN_A_BATCH: Final = 1_000

MOST_PLACES: Final = 50  # one event may be wrong in a thousand places; the first tell enough
LONGEST_PLACE: Final = 200  # a place holds names the sender chose


class Kind(NamedTuple):
    """One kind of problem: its name, its HTTP status, what is wrong and how it is mended.

    The name ends its `type` on the wire and never changes.
    """

    name: str
    status: HTTPStatus
    title: str
    mend: str


NOT_JSON: Final = Kind(
    "not-json",
    HTTPStatus.BAD_REQUEST,
    "The body is not JSON",
    "Send one JSON document as RFC 8259 has it.",
)
NOT_A_CLOUDEVENT: Final = Kind(
    "not-a-cloudevent",
    HTTPStatus.BAD_REQUEST,
    "The event is not a CloudEvent",
    "Send CloudEvents 1.0 with specversion, id, source, type and subject.",
)
NOT_A_BATCH: Final = Kind(
    "not-a-batch",
    HTTPStatus.BAD_REQUEST,
    "The batch is not a JSON array",
    "Send a JSON array of CloudEvents.",
)
NO_TOKEN: Final = Kind(
    "no-token",
    HTTPStatus.UNAUTHORIZED,
    "A token is needed",
    "Send Authorization: Bearer with the token made by `daymark sources add`.",
)
UNKNOWN_TOKEN: Final = Kind(
    "unknown-token",
    HTTPStatus.UNAUTHORIZED,
    "The token is not known",
    "It was revoked, replaced or copied badly: ask the operator for a new one.",
)
ANOTHER_SOURCE: Final = Kind(
    "another-source",
    HTTPStatus.FORBIDDEN,
    "The token belongs to another source",
    "A token names one source: send each source's events with its own token.",
)
NOT_FOUND: Final = Kind(
    "not-found",
    HTTPStatus.NOT_FOUND,
    "Nothing is here",
    "See /openapi.json for what there is.",
)
METHOD_NOT_ALLOWED: Final = Kind(
    "method-not-allowed",
    HTTPStatus.METHOD_NOT_ALLOWED,
    "This address does not take that method",
    "Use one that the Allow header names.",
)
TOO_LARGE: Final = Kind(
    "too-large",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "The body is too large",
    f"Send at most {MOST_BYTES // 1024 // 1024} MiB at a time.",
)
TOO_MANY_EVENTS: Final = Kind(
    "too-many-events",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "The batch holds too many events",
    f"Send at most {MOST_IN_A_BATCH:,} events in a batch.",
)
NOT_TAKEN: Final = Kind(
    "not-taken",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "This content type is not taken",
    "Send application/cloudevents+json, application/cloudevents-batch+json, "
    "or JSON with ce- headers; not compressed.",
)
UNKNOWN_TYPE: Final = Kind(
    "unknown-type",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "This type of event is not known",
    "GET /events/types lists what can be sent.",
)
UNREADABLE_FACT: Final = Kind(
    "unreadable-fact",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "The fact could not be read",
    "Put right each place that errors names; the schema of the type says what it takes.",
)
TOO_MANY_REQUESTS: Final = Kind(
    "too-many-requests",
    HTTPStatus.TOO_MANY_REQUESTS,
    "Too many posts with this token",
    "Wait as long as Retry-After says, or send events in batches.",
)
BROKEN: Final = Kind(
    "broken",
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "The service could not answer",
    "Send it again: what is already recorded is answered as a duplicate.",
)
UNAVAILABLE: Final = Kind(
    "unavailable",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The log cannot be written to now",
    "Send it again after Retry-After: what is already recorded is answered as a duplicate.",
)
NOT_WATCHED: Final = Kind(
    "not-watched",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Daymark cannot say that clocks are kept and managers told",
    "Use your paper procedure; /readyz and `daymark doctor` say why.",
)

PROBLEMS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            NOT_JSON,
            NOT_A_CLOUDEVENT,
            NOT_A_BATCH,
            NO_TOKEN,
            UNKNOWN_TOKEN,
            ANOTHER_SOURCE,
            NOT_FOUND,
            METHOD_NOT_ALLOWED,
            TOO_LARGE,
            TOO_MANY_EVENTS,
            NOT_TAKEN,
            UNKNOWN_TYPE,
            UNREADABLE_FACT,
            TOO_MANY_REQUESTS,
            BROKEN,
            UNAVAILABLE,
            NOT_WATCHED,
        )
    }
)
"""Every problem a machine may be told of, by its name."""


class Problem(Exception):
    """Why a request, or one event of a batch, is refused, and in which places."""

    def __init__(
        self, kind: Kind, *errors: tuple[str, str], headers: Mapping[str, str] | None = None
    ) -> None:
        """Keep each place (a JSON pointer) with what is wrong there, and headers for the answer."""
        super().__init__(kind.title)
        self.kind = kind
        self.errors: Sequence[tuple[str, str]] = errors
        self.headers = dict(headers or {})

    def document(self) -> dict[str, Any]:
        """The problem as RFC 9457 writes it, with `errors: [{pointer, detail}]` where known."""
        document: dict[str, Any] = {
            "type": f"/problems/{self.kind.name}",
            "title": self.kind.title,
            "status": int(self.kind.status),
            "detail": self.kind.mend,
        }
        if self.errors:
            document["errors"] = [
                {"pointer": place[:LONGEST_PLACE], "detail": detail}
                for place, detail in self.errors[:MOST_PLACES]
            ]
        return document

    def answer(self) -> JSONResponse:
        """The problem as an HTTP answer."""
        return JSONResponse(
            self.document(), self.kind.status, headers=self.headers, media_type=MEDIA_TYPE
        )


def of_status(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """The problem that says an HTTP status, where the framework has already decided it."""
    for kind in (NOT_JSON, NOT_FOUND, METHOD_NOT_ALLOWED, TOO_LARGE, UNAVAILABLE):
        if kind.status == status:
            return Problem(kind, headers=headers)
    return Problem(BROKEN, headers=headers)
