"""What /openapi.json says of the machines' door beyond what the framework can see for itself."""

from typing import Any, Final

from web.problems import MEDIA_TYPE, METHOD_NOT_ALLOWED, MOST_IN_A_BATCH, NOT_FOUND, PROBLEMS, Kind

STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"

COMPONENTS: Final[dict[str, Any]] = {
    "securitySchemes": {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "The token of one source, made by `daymark sources add`.",
        }
    },
    "schemas": {
        "CloudEvent": {
            "type": "object",
            "required": ["specversion", "id", "source", "type", "subject"],
            "properties": {
                "specversion": {"const": "1.0"},
                "id": {"type": "string", "description": "With source, names the fact for ever."},
                "source": {"type": "string", "description": "The source that the token names."},
                "type": {"type": "string", "description": "One that GET /events/types lists."},
                "subject": {"type": "string", "description": "The case system's own reference."},
                "time": {
                    "type": "string",
                    "format": "date-time",
                    "description": "When it happened; or occurred_on in data, never both.",
                },
                "sourcerecordedtime": {"type": "string", "format": "date-time"},
                "sequence": {"type": ["integer", "string"]},
                "data": {"type": "object", "description": "As the schema of its type has it."},
            },
        },
        "Receipt": {
            "type": "object",
            "required": ["index", "result"],
            "properties": {
                "index": {"type": "integer", "description": "Its place in what was sent, from 0."},
                "source": {"type": "string"},
                "id": {"type": "string"},
                "event_id": {"type": "string", "format": "uuid"},
                "result": {"enum": ["recorded", "duplicate", "refused"]},
                "differs": {
                    "const": True,
                    "description": "This source and id came before with other content.",
                },
                "problem": {"$ref": "#/components/schemas/Problem"},
            },
        },
        "Problem": {
            "type": "object",
            "required": ["type", "title", "status"],
            "properties": {
                "type": {"enum": [f"/problems/{name}" for name in PROBLEMS]},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
                "errors": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["pointer", "detail"],
                        "properties": {
                            "pointer": {"type": "string"},
                            "detail": {"type": "string"},
                        },
                    },
                },
            },
        },
    },
}


def gives_problems(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """The problem documents an address may answer, by status."""
    titles: dict[int | str, list[str]] = {}
    for kind in kinds:
        titles.setdefault(int(kind.status), []).append(kind.title)
    return {status: _problem("; or: ".join(said)) for status, said in titles.items()}


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}


def _takes_events() -> dict[str, Any]:
    event = {"$ref": "#/components/schemas/CloudEvent"}
    batch = {"type": "array", "maxItems": MOST_IN_A_BATCH, "items": event}
    bare = {
        "type": "object",
        "description": "The data alone, with the other attributes as ce- headers.",
    }
    receipts = {"type": "array", "items": {"$ref": "#/components/schemas/Receipt"}}
    recorded = {
        "description": "A receipt for each event in order, once all of them are on disk.",
        "content": {"application/json": {"schema": receipts}},
    }
    refusals = [kind for kind in PROBLEMS.values() if kind not in {NOT_FOUND, METHOD_NOT_ALLOWED}]
    problems = gives_problems(*refusals)
    return {
        "tags": ["events"],
        "summary": "Record what happened; sending the same thing twice is harmless.",
        "operationId": "events",
        "security": [{"token": []}],
        "requestBody": {
            "required": True,
            "content": {
                STRUCTURED: {"schema": event},
                BATCH: {"schema": batch},
                "application/json": {"schema": bare},
            },
        },
        "responses": {"202": recorded, **{str(status): said for status, said in problems.items()}},
    }


TAKES_EVENTS: Final = _takes_events()
"""What may be posted, and every answer."""

NO_SUCH: Final[dict[int | str, dict[str, Any]]] = {"4XX": _problem(NOT_FOUND.title)}
"""What an address answers that names nothing.

Said of every refusal, or the framework would promise a document of its own that it never sends.
"""
