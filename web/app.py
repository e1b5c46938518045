"""The application: both doors, built from their parts."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from domain.errors import Unavailable
from web.answering import Answering
from web.console.door import Console
from web.description import COMPONENTS
from web.intake import intake
from web.machines import machines, readings
from web.measures import Measures
from web.parts import Parts
from web.problems import BROKEN, Problem, of_status

MACHINES: Final = ("/events", "/problems", "/openapi.json", "/healthz", "/readyz", "/metrics")
"""Where problems are told as documents; everywhere else they are told as pages."""

UNWATCHED: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds: a trace of each would bury the others."""

MOST_BYTES_OF_A_FORM: Final = 1024 * 1024


class Doors(FastAPI):
    """A FastAPI application whose every answer passes one place, errors and backstops included."""

    def __init__(self, measures: Measures, headers: Mapping[str, str]) -> None:
        """Keep what each answer is counted by and the headers each answer carries."""
        super().__init__(
            title="Daymark",
            summary="Keeps the clocks that protect children.",
            version="1",
            docs_url=None,  # those pages load scripts from elsewhere
            redoc_url=None,
            telemetry={
                "operation_spans": False,
                "logs": False,  # they would carry what was sent
                "metrics": False,  # ours are in web/measures.py
                "exclude": lambda scope: scope["path"] in UNWATCHED,
            },
        )
        self._measures = measures
        self._headers = headers

    def openapi(self) -> dict[str, Any]:
        """The description of the machines' door, with the shapes the framework cannot see."""
        described = super().openapi()
        components = described.setdefault("components", {})
        for name, parts in COMPONENTS.items():
            components.setdefault(name, {}).update(parts)
        return described

    def build_middleware_stack(self) -> ASGIApp:
        """The framework's own layers, with ours around all of them."""
        # The framework answers an unhandled error, and a body past its limit, outside every
        # middleware that can be added: so ours is put around the whole.
        return Answering(super().build_middleware_stack(), self._measures, self._headers)


def build(parts: Parts) -> FastAPI:
    """Both doors over one log, with nothing read from the environment."""
    measures = Measures(partial(readings, parts))
    people = Console(parts)
    app = Doors(measures, people.headers)
    app.include_router(intake(parts, measures))
    app.include_router(machines(parts, measures))
    forms = APIRouter(max_body_size=MOST_BYTES_OF_A_FORM)
    forms.include_router(people.routes())
    app.include_router(forms)
    _tell_problems(app, measures, people)
    return app


def _tell_problems(app: FastAPI, measures: Measures, people: Console) -> None:
    """Answer each error as its door does: a document for machines, a page for people."""

    @app.exception_handler(Problem)
    async def refused(_request: Request, problem: Problem) -> Response:
        measures.refusal(problem.kind.name)
        return problem.answer()

    @app.exception_handler(Unavailable)
    async def unavailable(request: Request, _error: Unavailable) -> Response:
        return await decided(request, HTTPException(503, headers={"Retry-After": "1"}))

    @app.exception_handler(HTTPException)
    async def decided(request: Request, error: HTTPException) -> Response:
        if str(request.scope["path"]).startswith(MACHINES):
            return await refused(request, of_status(error.status_code, error.headers))
        return people.problem_page(request, error.status_code)

    @app.exception_handler(RequestValidationError)
    async def unreadable(request: Request, _error: RequestValidationError) -> Response:
        # The framework's own answer quotes what was sent.
        return await decided(request, HTTPException(400))

    @app.exception_handler(Exception)
    async def broken(request: Request, _error: Exception) -> Response:
        try:
            return await decided(request, HTTPException(500))
        except Exception:  # noqa: BLE001 a page needs the very parts that may be broken
            return Problem(BROKEN).answer()
