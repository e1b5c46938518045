"""Every route, asked what it does not expect: whatever comes, no answer says that the service is broken.

Asked by whoever may go in, about what is there, with the fields of its own forms: half of it true and half
of it nonsense, so that what stands behind each door is reached and not the lock alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any, Final, NamedTuple

import lxml.html
import pytest
import schemathesis
from fastapi import Response as Given
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok

from domain.access_events import AccessForced, RestrictionWideningProposed
from domain.engine_events import EngineEvent
from domain.event import Event
from domain.rights import restriction
from tests.histories import CODE
from tests.web.client import TestClient
from tests.web.console.town import NOW
from tests.web.place import DAY, ITSELF, LEFT, NOBODY, OURS, TABLE, Place, ref
from web.access import Needs, every_route, needed

EXAMPLES: Final = 8
MOSTLY: Final = 0.8
"""How often what could be true is true."""
SOURCE: Final = "case-system"
SAYS_SO: Final = frozenset({"/deadman", "/readyz", "/sign-in/go"})
"""They answer 503, for in this town the dispatcher is silent and nobody is at the provider's address."""
LED_ON: Final = frozenset(
    {"/sign-in", "/sign-in/go", "/sign-in/back", "/me", "/mailbox/{name}", "/record/here"}
)
"""Where whoever is signed in is led back, or finds what only a trial shows."""
ASKERS: Final = (
    "head of service",
    "coordinator",
    "team manager",
    "information-governance officer",
    "auditor",
    "told",
)
"""Who asks, each where the table lets them in."""
ENDING: Final = ("/postpone", "/restriction", "/end", "/sign-out")
"""After these there is nothing there, or nothing that may be seen."""
WAITING: Final = "waiting"
"""Which export is yet to be decided."""
SAT: Final = "2016-01-07"
"""When the panel sat last."""
MACHINES: Final = {
    "/events/types/{name}/schema": {"name": "daymark.referral-received.v1"},
    "/problems/{name}": {"name": "not-json"},
}
"""What a machine asks for by name."""
EVENTS: Final = {
    "recorded": "exploitation-referral-received",
    "anomalies": "missing-episode-started",
}
"""Which fact is corrected, and which does not fit."""
BESIDES: Final[Sequence[tuple[str, dict[str, Any]]]] = (
    ("strategy-meeting-held", {"kind": "exploitation", "outcome": "macse", "exploitation_refs": ("X-1",)}),
    (
        "panel-action-agreed",
        {
            "by": "panel", "action_ref": "A-1", "panel": "macse", "kind": "disruption",
            "agency": "police", "due_on": "2016-02-18",
        },
    ),
    ("missing-episode-started", {"type": "M", "missing_from": "somewhere"}),
)  # fmt: skip
"""What else has happened to the child of one's own team, so that the next panel has an agenda."""
PUBLISHED: Final = [
    {"sits_on": SAT, "cutoff_on": "2016-01-06"},
    {"sits_on": DAY, "cutoff_on": "2016-01-28"},
]
TEXT: Final[Mapping[str, Any]] = {"type": "string", "maxLength": 60}
QUERIES: Final[Mapping[str, tuple[str, ...]]] = {
    "as-of": ("2016-01-06", "2016-01-06T09:00:00+00:00"),
    "known-at": ("2016-01-07", "2016-01-07T14:30:00+00:00"),
    "and-known-at": ("2016-01-09",),
    "as-of-day": ("6", "37"),
    "from": ("2016-01-04", "9999-12-31", "0001-01-01"),
    "to": ("2016-01-08", "2016-02-31"),
    "from-day": ("4", "37"),
    "status": ("breached", "due", "running"),
    "page": ("1", "2", "-1", "99999999999999999999"),
    "team": ("north", "children"),
    "weeks": ("4", "0"),
    "quarters": ("12", "-3"),
    "figure": ("visits", "return-interviews"),
    "at": ("2016-01-08",),
    "person": (ref("head of service"),),
    "child": ("own-team", "0" * 32),
    "back": ("/board", "//elsewhere.example"),
    "done": ("yes",),
}
DATED: Final = {"day": "7", "month": "1", "year": "2016"}
REASON: Final = "A reason that is long enough to be one"


class Route(NamedTuple):
    """One route with what it needs."""

    method: str
    path: str
    need: Needs


def allowed(route: Route) -> list[str]:
    """Who asks there: those whom the table lets in."""
    need = f"{route.need.action.value} {route.need.kind}"
    itself = route.path.startswith("/authority")
    about = route.need.kind in {"child", "clock"}
    relation = (ITSELF if itself else "own-team") if about else "none"
    if route.need.kind == "sitting":
        relation = "invited"
    return [role for role in ASKERS if TABLE.get((role, need, relation))] or ["nobody"]


def routes(place: Place) -> Iterator[Route]:
    """Every route of people, but for files that never change."""
    for one in every_route(place.app.routes):
        need = needed(one)
        if need is not None and not need.machine and "static" not in one.path:
            yield Route("POST" if "POST" in one.methods else "GET", one.path, need)


def signed_in(place: Place, role: str) -> tuple[dict[str, str], str]:
    """The cookie of a session that has just begun, and the token of its form; none of nobody."""
    if role in NOBODY:
        return {}, ""
    kept = Given()
    session = place.sessions.enter(ref(role), place.parts.now())
    place.sessions.keep(kept, session)
    cookie = {"cookie": kept.headers["set-cookie"].partition(";")[0]}
    return cookie, place.sessions.token(session)


def fact_of(place: Place, name: str) -> str:
    """The id of a fact of this name about the child of one's own team."""
    history = place.town.log.history(place.stream("own-team"))
    return next(one.event.event_id.hex for one in history if name == one.event.said.NAME)


def address_of(place: Place, path: str) -> str:
    """The address of a route about what is there."""
    for before, name in EVENTS.items():
        path = path.replace(f"/{before}/{{event}}", f"/{before}/{fact_of(place, name)}")
    if path.startswith("/sittings/{panel}/{day}") and not path.endswith("/postpone"):
        path = path.replace("{day}", SAT)
    if path == "/audit/exports/{export}":
        path = path.replace("{export}", place.exports[WAITING])
    path = path.replace("{fact}", "return-interview-offered")
    return place.address(path, "restricted-named" if "/restriction" in path else "own-team")


def query_of(place: Place, path: str) -> str:
    """What an address must ask for before its page has a form."""
    queries = {
        "/board/hand-over": f"?clock={place.key('own-team')}",
        "/sittings/{panel}/{day}/pack": "?agency=police",
    }
    return queries.get(path, "")


Fields = dict[str, set[str]]


class Form(NamedTuple):
    """Where one form is sent to, and its fields with the values that they offer."""

    address: str
    fields: Fields


def forms(place: Place) -> dict[str, Form]:
    """The form that each route takes, as somebody's page shows it, by the route's path."""
    taking = {
        route.path: re.compile(re.sub(r"{\w+}", "[^/]+", route.path))
        for route in routes(place)
        if route.method == "POST"
    }
    found: dict[str, Form] = {}
    with TestClient(place.app, base_url=place.parts.url) as browser:
        for route in routes(place):
            if route.method != "GET":
                continue
            address = address_of(place, route.path)
            for role in allowed(route):
                answer = browser.get(
                    address + query_of(place, route.path),
                    headers=OURS | signed_in(place, role)[0],
                )
                if "html" not in answer.headers.get("content-type", "") or not answer.content:
                    continue
                for form in lxml.html.fromstring(answer.text).forms:
                    action = str(form.get("action") or address).partition("?")[0]
                    for path, pattern in taking.items():
                        if form.method == "POST" and pattern.fullmatch(action):
                            read(form, found.setdefault(path, Form(action, {})).fields)
    return found


def read(form: lxml.html.FormElement, into: Fields) -> None:
    """Every field of a form with its values; something likely where it is empty."""
    for field in form.inputs:
        if field.name is None:
            continue
        given = {str(field.get("value") or "")}
        if isinstance(field, lxml.html.SelectElement):
            given = {str(one) for one in field.value_options}
        hidden = field.get("type") == "hidden"
        likely = "" if hidden else DATED.get(field.name.rpartition("-")[2], REASON)
        into.setdefault(field.name, set()).update(value or likely for value in given)


def described(route: Route, fields: Fields) -> dict[str, Any]:
    """What one page of people may be sent, as the published description would say it."""
    inside = [
        {"name": name, "in": "path", "required": True, "schema": {**TEXT, "minLength": 1}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    asked = [
        {"name": name, "in": "query", "schema": {"anyOf": [{"enum": list(values)}, TEXT]}}
        for name, values in QUERIES.items()
    ]
    told: dict[str, Any] = {
        "parameters": inside + (asked if route.method == "GET" else []),
        "responses": {"default": {"description": ""}},
    }
    if route.method == "POST":
        form = {
            "type": "object",
            "properties": dict.fromkeys(fields, TEXT),
            "maxProperties": 12,
            "additionalProperties": TEXT,
        }
        told["requestBody"] = {"content": {"application/x-www-form-urlencoded": {"schema": form}}}
    return told


class Door(NamedTuple):
    """What is true of one operation: who may ask, the address of what is there, what its form offers."""

    who: list[str]
    parts: dict[str, str]
    fields: Fields


def made_true(case: Any, door: Door, token: str, chance: Random) -> None:
    """Let most of what was drawn be true, so that what is not true is met behind the door."""
    if chance.random() < MOSTLY:
        case.path_parameters = {**(case.path_parameters or {}), **door.parts}
    if door.fields and chance.random() < MOSTLY:
        drawn = case.body if isinstance(case.body, dict) else {}
        case.body = {
            name: drawn.get(name, "") if chance.random() > MOSTLY else chance.choice(sorted(values))
            for name, values in door.fields.items()
        }
        case.body["token"] = token


def wait_for_an_answer(place: Place) -> None:
    """Somebody else forced a record open, and proposed that one more person may see another."""
    log = place.town.log
    closed = restriction(log.history(place.stream("restricted-named")))
    assert closed is not None
    more = RestrictionWideningProposed(restricted=closed.event_id, people=(LEFT,))
    opened = AccessForced(until=NOW, reason=REASON)
    waits: tuple[tuple[str, EngineEvent], ...] = (("restricted-named", more), ("own-team", opened))
    log.append(
        [
            Event(
                authority=CODE, kind="child", subject=child, source="by-hand", id=f"waits/{child}",
                said=said, occurred_at=NOW, by="S-other",
            )
            for child, said in waits
        ]
    )  # fmt: skip


@pytest.fixture
def lively(own_place: Place) -> Place:
    """A town in which every form has something to offer."""
    town = own_place.town
    for name, fields in BESIDES:
        town.tell("own-team", name, "Tue 5 Jan 2016 10:00", **fields)
    town.tell_of_itself(
        "panel-sittings-published", "Mon 2 Nov 2015", panel="macse", sittings=PUBLISHED
    )
    invited = {"panel": "macse", "sits_on": SAT, "agency": "merseyside_police"}
    town.tell_of_itself("panel-member-invited", "Wed 6 Jan 2016 10:00", **invited)
    until = {"until_on": "2016-01-31"}
    town.tell_of_itself("panel-invitation-extended", "Wed 6 Jan 2016 10:00", **invited, **until)
    wait_for_an_answer(own_place)
    own_place.exports[WAITING] = own_place.propose("auditor", WAITING)[0].hex
    town.show()
    return own_place


@pytest.fixture
def doors(lively: Place) -> dict[tuple[str, str], Door]:
    """Both doors described as one, the people's pages too; and what is true at each."""
    app, given_forms = lively.app, forms(lively)
    description = app.openapi()
    found: dict[tuple[str, str], Door] = {}
    for route in routes(lively):
        address = address_of(lively, route.path)
        form = given_forms.get(route.path, Form(address, {})) if route.method == "POST" else None
        fields = form.fields if form else {}
        told = description["paths"].setdefault(route.path, {})
        told[route.method.lower()] = described(route, fields)
        parts = zip(
            route.path.split("/"), (form.address if form else address).split("/"), strict=True
        )
        true = {name.strip("{}"): value for name, value in parts if "{" in name}
        found[route.method, route.path] = Door(allowed(route), true, fields)
    app.openapi_schema = description
    return found


def is_inside(answer: Any) -> bool:
    """Whether what stands behind the door was reached."""
    led_away = str(answer.headers.get("location", [""])).find("/sign-in") >= 0
    return answer.status_code not in {401, 403, 404, 405, 406, 415, 429} and not led_away


def test_no_route_breaks(lively: Place, doors: dict[tuple[str, str], Door]) -> None:
    """Eight requests for each operation, well formed or not: each door opens, and never a 5xx."""
    schema = schemathesis.openapi.from_asgi("/openapi.json", lively.app)
    given_token = f"Bearer {lively.town.tokens.add(CODE, SOURCE)}"
    inside: dict[str, int] = {}
    broken: list[str] = []
    operations = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
    # What is there is read before it is changed, and changed before it is taken away.
    for found in sorted(operations, key=lambda one: (one.method, one.path.endswith(ENDING))):
        inside[found.label] = 0
        door = doors.get((found.method.upper(), found.path))

        @given(case=found.as_strategy(), chance=st.randoms(use_true_random=False))
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: Any, chance: Random) -> None:
            known = {"authorization": given_token}
            if door is None:  # noqa: B023
                case.path_parameters = (case.path_parameters or {}) | MACHINES.get(found.path, {})  # noqa: B023
            else:
                known, token = signed_in(lively, chance.choice(door.who))  # noqa: B023
                made_true(case, door, token, chance)  # noqa: B023
            answer = case.call(headers=OURS | known)
            inside[found.label] += is_inside(answer)  # noqa: B023
            if answer.status_code >= 500 and found.path not in SAYS_SO:  # noqa: B023
                broken.append(f"{found.label} {answer.status_code}")  # noqa: B023

        ask()

    closed = sorted(label for label, times in inside.items() if not times)

    assert broken == []
    assert [label for label in closed if label.partition(" ")[2] not in LED_ON] == []
