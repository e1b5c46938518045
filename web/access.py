"""What each route declares: what is done there, and with which kind of record.

A route says it beside its address, `@needs(Action.SEE, "child")` under `@routes.get(...)`.
One without it stops the application from being built.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from domain.access_rules import Action, Kind

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

MARK: Final = "daymark_needs"


class Needs(NamedTuple):
    """What a route needs its caller to be allowed."""

    action: Action
    kind: Kind
    machine: bool = False
    """Whether it is for systems, who bring a token where one is needed, not for people."""


class Undeclared(TypeError):
    """A route that does not say what it needs: nobody could be refused there."""


def needs(action: Action, kind: Kind) -> Callable[[Endpoint], Endpoint]:
    """Declare what a route needs; the gate before it then asks the rules."""

    def declare(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, MARK, Needs(action, kind))
        return endpoint

    return declare


def for_machines(endpoint: Endpoint) -> Endpoint:
    """Declare a route that systems ask: it knows of no child, or checks a token itself."""
    setattr(endpoint, MARK, Needs(Action.OPERATE, "operation", machine=True))
    return endpoint


def needed(route: object) -> Needs | None:
    """What a route declares; nothing where it forgot to."""
    found = getattr(getattr(route, "endpoint", None), MARK, None)
    return found if isinstance(found, Needs) else None


def every_route(routes: Sequence[BaseRoute]) -> Iterator[Any]:
    """Every route that answers, however deep it was included."""
    return iter(iter_route_contexts(routes))


def refuse_undeclared(routes: Sequence[BaseRoute]) -> None:
    """Raise Undeclared, naming every route that says nothing."""
    silent = [str(getattr(one, "path", one)) for one in every_route(routes) if needed(one) is None]
    if silent:
        message = f"say with @needs what these routes need: {', '.join(sorted(silent))}"
        raise Undeclared(message)
