"""What machines may ask: what can be sent, whether Daymark is well, and what it has counted."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from domain.errors import DaymarkError
from formats import cloudevents
from web import problems
from web.description import NO_SUCH
from web.measures import Measures, Reading
from web.parts import Parts
from web.problems import PROBLEMS, Problem


def machines(parts: Parts, measures: Measures) -> APIRouter:
    """The addresses for suppliers' and operators' tools; none of them knows of a child."""
    routes = APIRouter()
    _describe(routes)
    _tell_health(routes, parts, measures)
    return routes


def _describe(routes: APIRouter) -> None:
    """Add the addresses that say what can be sent, and what each problem means."""

    @routes.get("/events/types", tags=["events"])
    def types() -> list[dict[str, Any]]:
        """Every type of event that can be sent, with what it means."""
        return [dict(kind) for kind in cloudevents.types()]

    @routes.get("/events/types/{name}/schema", tags=["events"], responses=NO_SUCH)
    def schema(name: str) -> Response:
        """The JSON Schema of one type's data."""
        try:
            return JSONResponse(cloudevents.schema(name), media_type="application/schema+json")
        except DaymarkError:
            raise Problem(problems.NOT_FOUND) from None

    @routes.get("/problems/{name}", tags=["events"], responses=NO_SUCH)
    def problem(name: str) -> dict[str, Any]:
        """What a problem means and how it is mended."""
        if name not in PROBLEMS:
            raise Problem(problems.NOT_FOUND)
        return Problem(PROBLEMS[name]).document()


def _tell_health(routes: APIRouter, parts: Parts, measures: Measures) -> None:
    """Add the addresses that operators watch."""

    @routes.get("/healthz", tags=["operation"])
    async def healthz() -> dict[str, bool]:
        """Whether this process answers at all."""
        return {"alive": True}

    @routes.get("/readyz", tags=["operation"])
    def readyz() -> dict[str, Any]:
        """Whether facts can be taken in, and whether the board can be relied on.

        503 only when the log cannot be reached: a doubt about the board must never stop the intake.
        """
        return {"ready": True, "log": parts.log.head(), "at": parts.now()}

    @routes.get("/metrics", tags=["operation"])
    def metrics() -> Response:
        """Every measure of docs/metrics.md in the text format that Prometheus reads."""
        return Response(measures.text(), media_type=CONTENT_TYPE_LATEST)


def readings(parts: Parts) -> Iterator[Reading]:
    """What the gauges show now."""
    yield "daymark_log_position", (), parts.log.head()
