"""The application: both doors, built from their parts."""

from functools import partial
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from domain.errors import AdoptedMissing, CannotPrint, Unavailable, UnreadablePolicy
from projections.shape import is_anothers
from projections.trust import ANOTHER_BOARD, unjudged
from web.access import for_machines, refuse_undeclared
from web.addresses import Plain
from web.answering import Answering
from web.console.door import Console
from web.console.gate import SayWhyFirst, SignInFirst
from web.console.why import ask_why
from web.description import COMPONENTS, TAKES_EVENTS
from web.intake import intake
from web.issuer import ProviderAway
from web.machines import machines, readings
from web.measures import Measures
from web.parts import Parts
from web.problems import BROKEN, Problem, of_status
from web.recording import Recording

MACHINES: Final = ("/events", "/problems", "/openapi.json", "/healthz", "/readyz", "/metrics")
"""Where problems are told as documents; everywhere else they are told as pages."""

logger = structlog.get_logger()


def for_people(request: Request) -> bool:
    """Whether a page was asked for, and not one of the machines' documents."""
    return not str(request.scope["path"]).startswith(MACHINES)


class Doors(FastAPI):
    """A FastAPI application whose every answer passes one place, errors and backstops included."""

    def __init__(self, parts: Parts, measures: Measures, people: Console) -> None:
        """Keep what each answer is counted by, the headers it carries and where looks are recorded."""
        super().__init__(
            title="Daymark",
            summary="Keeps the clocks that protect children.",
            version="1",
            openapi_url=None,  # ours declares what it needs
            docs_url=None,  # those pages load scripts from elsewhere
            redoc_url=None,
            # Its traces hold addresses, its logs what was sent: ours are in web/answering.py.
            telemetry={"tracing": False, "metrics": False, "logs": False},
        )
        self.measures = measures
        self._parts = parts
        self._people = people

    def openapi(self) -> dict[str, Any]:
        """The description of the machines' door, with the shapes the framework cannot see."""
        described = super().openapi()
        described["paths"] = {"/events": {"post": TAKES_EVENTS}, **described["paths"]}
        components = described.setdefault("components", {})
        for name, parts in COMPONENTS.items():
            components.setdefault(name, {}).update(parts)
        return described

    def build_middleware_stack(self) -> ASGIApp:
        """The framework's own layers, with ours around all of them."""
        # The framework answers an unhandled error, and a body past its limit, outside every
        # middleware that can be added: so ours is put around the whole.
        recorded = Recording(
            super().build_middleware_stack(), self._parts, self._people.problem_page
        )
        return Answering(recorded, self.measures, self._people.headers)


def build(parts: Parts) -> Doors:
    """Both doors over one log, with nothing read from the environment."""
    measures = Measures(partial(readings, parts))
    people = Console(parts)
    app = Doors(parts, measures, people)
    # A plain one too, for facts that come in thousands.
    app.router.routes.append(Plain("/events", for_machines(intake(parts, measures)), "POST"))
    app.include_router(machines(parts, measures))
    app.router.routes.extend(people.routes())
    _describe(app)
    _tell_problems(app, measures, people, parts)
    refuse_undeclared(app.routes)
    return app


def _describe(app: FastAPI) -> None:
    """Add the address of the description of the machines' door."""

    @app.get("/openapi.json", include_in_schema=False)
    @for_machines
    def description() -> dict[str, Any]:
        return app.openapi()


def _tell_problems(app: FastAPI, measures: Measures, people: Console, parts: Parts) -> None:
    """Answer each error as its door does: a document for machines, a page for people."""

    @app.exception_handler(Problem)
    async def refused(_request: Request, problem: Problem) -> Response:
        measures.refusal(problem.kind.name)
        return problem.answer()

    @app.exception_handler(Unavailable)
    async def unavailable(request: Request, error: Unavailable) -> Response:
        if isinstance(error, AdoptedMissing):
            request.state.doubt = unjudged(error)
        elif for_people(request) and await run_in_threadpool(is_anothers, parts.views):
            request.state.doubt = ANOTHER_BOARD
        if isinstance(error, ProviderAway):
            # A page says only that it passes; this line says to the operator what to mend.
            logger.warning("an issuer cannot be asked", reason=str(error))
        return await decided(request, HTTPException(503, headers={"Retry-After": "1"}))

    @app.exception_handler(UnreadablePolicy)
    async def spoilt(request: Request, error: UnreadablePolicy) -> Response:
        request.state.doubt = unjudged(error)
        return await decided(request, HTTPException(503, headers={"Retry-After": "1"}))

    @app.exception_handler(CannotPrint)
    async def unprinted(request: Request, _error: CannotPrint) -> Response:
        return people.cannot_print(request)

    @app.exception_handler(HTTPException)
    async def decided(request: Request, error: HTTPException) -> Response:
        if not for_people(request):
            return await refused(request, of_status(error.status_code, error.headers))
        if error.status_code == HTTPStatus.NOT_FOUND:
            await people.wait_after(request)
        answer = people.problem_page(request, error.status_code)
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(SayWhyFirst)
    async def say_why_first(_request: Request, asked: SayWhyFirst) -> Response:
        return ask_why(asked)

    @app.exception_handler(SignInFirst)
    async def sign_in_first(request: Request, asked: SignInFirst) -> Response:
        return await people.sign_in_first(request, asked.back)

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
