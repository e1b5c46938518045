"""Addresses as plain routes: what the framework would work out for each of them, ours do not need."""

from collections.abc import Callable, Collection
from functools import wraps
from inspect import Parameter, iscoroutinefunction, signature
from typing import Any, Final, TypeVar

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.routing import Match, Route
from starlette.types import Scope

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Gate = Callable[[Request], None]

MOST_BYTES_OF_A_FORM: Final = 1024 * 1024


class Plain(Route):
    """A route that leads to its endpoint and does nothing else."""

    def __init__(
        self, path: str, endpoint: Callable[..., Any], method: str, longest: int | None = None
    ) -> None:
        """Answer one method, and read no body past the longest."""
        super().__init__(path, endpoint, methods=[method], max_body_size=longest)
        self.methods: set[str] = {method}

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a request is for this address; it is then counted and traced under it."""
        match, found = super().matches(scope)
        return match, found if match is Match.NONE else {**found, "route": self}


class Addresses:
    """Where people can go to: whatever is added here is reached past the gate alone."""

    def __init__(self, gate: Gate) -> None:
        """Keep who stands before every address; it raises where somebody may not go in."""
        self._gate = gate
        self.routes: list[Plain] = []

    def get(self, path: str) -> Callable[[Endpoint], Endpoint]:
        """Add the address of a page or a file."""
        return self._at(path, "GET")

    def post(self, path: str) -> Callable[[Endpoint], Endpoint]:
        """Add the address to which a form is sent."""
        return self._at(path, "POST")

    def _at(self, path: str, method: str) -> Callable[[Endpoint], Endpoint]:
        def add(endpoint: Endpoint) -> Endpoint:
            route = Plain(path, behind(self._gate, endpoint), method, MOST_BYTES_OF_A_FORM)
            self.routes.append(route)
            return endpoint

        return add


def behind(gate: Gate, endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """An endpoint that is reached past the gate, and given what it asks for by name."""
    asked = signature(endpoint).parameters

    def answer(request: Request) -> Response:
        gate(request)
        found: Response = endpoint(**values_for(asked.values(), request))
        return found

    if not iscoroutinefunction(endpoint):
        return wraps(endpoint)(answer)

    @wraps(endpoint)
    async def answer_form(request: Request) -> Response:
        await run_in_threadpool(gate, request)
        found: Response = await endpoint(**values_for(asked.values(), request))
        return found

    return answer_form


def values_for(asked: Collection[Parameter], request: Request) -> dict[str, Any]:
    """The request itself, a part of its address, or a word of its query; else what the endpoint says."""
    told = {**request.query_params, **request.path_params, "request": request}
    return {one.name: told.get(one.name, one.default) for one in asked}
