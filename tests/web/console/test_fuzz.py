"""Every route, asked what it does not expect: whatever comes, no answer says that the service is broken."""

import re
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok

from tests.web.console.town import Town
from web.access import every_route, needed
from web.app import build

EXAMPLES = 12
SAYS_SO = "/deadman"
"""It answers 503 where the dispatcher is silent, as it is in this town."""
TEXT: dict[str, Any] = {"type": "string", "maxLength": 60}
FORM = {"type": "object", "additionalProperties": TEXT, "maxProperties": 6}
QUERIES = (
    "as-of",
    "known-at",
    "as-of-day",
    "status",
    "page",
    "team",
    "back",
    "done",
    "person",
    "child",
)


@pytest.fixture(scope="module")
def application(town: Town) -> FastAPI:
    """Both doors, described as one: the people's pages too, which the published description leaves out."""
    app = build(town.parts())
    described = app.openapi()
    for route in every_route(app.routes):
        need = needed(route)
        if need is not None and not need.machine and "static" not in route.path:
            path = route.path.replace(":path", "")
            told = described["paths"].setdefault(path, {})
            told["post" if "POST" in route.methods else "get"] = operation(path)
    app.openapi_schema = described
    return app


def operation(path: str) -> dict[str, Any]:
    """What one page of people may be sent."""
    inside = [
        {"name": name, "in": "path", "required": True, "schema": TEXT | {"minLength": 1}}
        for name in re.findall(r"{(\w+)}", path)
    ]
    asked = [{"name": name, "in": "query", "schema": TEXT} for name in QUERIES]
    body = {"content": {"application/x-www-form-urlencoded": {"schema": FORM}}}
    return {
        "parameters": inside + asked,
        "requestBody": body,
        "responses": {"default": {"description": ""}},
    }


def test_no_route_breaks(application: FastAPI) -> None:
    """A dozen requests for each operation, well formed or not, and never a 5xx."""
    schema = schemathesis.openapi.from_asgi("/openapi.json", application)
    asked: dict[str, int] = {}
    broken: list[str] = []
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        found = result.ok()

        @given(case=found.as_strategy())
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: Any) -> None:
            answer = case.call(headers={"sec-fetch-site": "same-origin"})
            asked[found.label] = asked.get(found.label, 0) + 1  # noqa: B023
            if answer.status_code >= 500 and found.path != SAYS_SO:  # noqa: B023
                broken.append(f"{found.label} {answer.status_code}")  # noqa: B023

        ask()

    assert broken == []
    assert len(asked) > 30
