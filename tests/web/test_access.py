"""Every route × role × record, asked over HTTP; what should come of it stands in `tests/access.csv`.

A pair that the table lacks fails, and every denial is compared byte for byte with what does not exist.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, cast

import pytest
from fastapi import FastAPI

from domain import permission
from domain.access_rules import GROUPS, RULES, Action, Rule
from domain.child_episode import ChildEpisode
from domain.permission import Asker, Record, may
from tests.histories import CODE
from tests.web.client import TestClient
from tests.web.console.town import NOW
from tests.web.place import (
    ALLEGATION,
    ANSWERS,
    DATED,
    ITSELF,
    KINDS,
    LEFT,
    NOBODY,
    RELATIONS,
    ROLES,
    SCOPED,
    SITTINGS,
    TABLE,
    TEAMS,
    Place,
    ref,
)
from web.access import Undeclared, every_route, needed, refuse_undeclared
from web.console.askers import with_forced
from web.console.gate import Gate, record_of
from web.console.sessions import Session

HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow",
}


def routes(app: FastAPI) -> list[tuple[str, str, str]]:
    """Every route of people: method, pattern, and what it needs, as the table writes it."""
    found = []
    for route in every_route(app.routes):
        need = needed(route)
        assert need is not None
        if not need.machine:
            method = "POST" if "POST" in route.methods else "GET"
            found.append((method, route.path, f"{need.action.value} {need.kind}"))
    return sorted(found)


Answer = tuple[int, list[tuple[str, str]], bytes]


def ask(browser: TestClient, method: str, address: str) -> Answer:
    """All that an answer tells."""
    answer = browser.request(method, address)
    headers = sorted((k, v) for k, v in answer.headers.items() if k != "set-cookie")
    return answer.status_code, headers, answer.content


class Question(NamedTuple):
    """One route asked about one record, what came, and what comes of a child who does not exist."""

    method: str
    path: str
    need: str
    relation: str
    answer: Answer
    nothing: Answer

    @property
    def status(self) -> int:
        """What came, as a number."""
        return self.answer[0]

    @property
    def of_one(self) -> bool:
        """Whether the route is about one child, one clock or one sitting."""
        return self.need.endswith((" child", " clock", " sitting"))

    def allows(self, role: str) -> bool:
        """Whether the page opened: anything but not-found, and no way to sign in."""
        return self.status != 404 and not (role in NOBODY and "sign-in?" in str(self.answer[1]))

    @property
    def guarded(self) -> bool:
        """Whether the answer carries every header; only what never changes may be kept."""
        found = dict(self.answer[1])
        policy = found["content-security-policy"]
        return (
            found.items() >= HEADERS.items()
            and "default-src 'none'" in policy
            and "unsafe" not in policy
            and (found["cache-control"] == "no-store") != self.path.startswith("/static/")
            and "camera=()" in found["permissions-policy"]
        )

    def tells_nothing(self, role: str) -> bool:
        """Whether no difference can be told; who is nobody is led back to where they were going."""
        if role in NOBODY:
            return self.answer[::2] == self.nothing[::2]
        return self.answer == self.nothing


def everything_asked(place: Place, browser: TestClient, role: str) -> Iterator[Question]:
    """Every route of people, for a child of each relation where it is about one."""
    for method, path, need in routes(place.app):
        itself = path.startswith("/authority")
        missing = place.address("/children/{ref}" if itself else path, nothing_of(need), role)
        nothing = ask(browser, method, missing)
        for relation in (ITSELF,) if itself else relations(need, role):
            of = "own-team" if relation in {ITSELF, "none"} else relation
            address = place.address(path, of, role)
            answer = nothing if address == missing else ask(browser, method, address)
            yield Question(method, path, need, relation, answer, nothing)


def relations(need: str, role: str) -> tuple[str, ...]:
    """Of which records a route is asked: of a child of each relation, of each sitting, or of nothing.

    Only whoever is given scopes is asked of the days of one: to everybody else it is a child of another
    service, which is asked of anyway.
    """
    if need.endswith(" sitting"):
        return tuple(SITTINGS)
    if not need.endswith((" child", " clock")):
        return ("none",)
    return tuple(one for one in RELATIONS if role in SCOPED or one not in DATED)


def nothing_of(need: str) -> str:
    """What there is not, of the kind that a route is about."""
    return "no-sitting" if need.endswith(" sitting") else "not-existing"


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
def test_every_route_answers_each_role_as_the_table_says(place: Place, role: str) -> None:
    """Allowed is anything but not-found; denied is, byte for byte, what does not exist.

    Pages, files, forms, redirects and problems alike carry every header.
    """
    found, bare = [], []
    with place.browser(role) as browser:
        for asked in everything_asked(place, browser, role):
            expected = TABLE[role, asked.need, asked.relation]
            tells = asked.of_one and not expected and not asked.tells_nothing(role)
            if asked.allows(role) != expected or tells:
                found.append((asked.method, asked.path, asked.relation, asked.status, expected))
            if not asked.guarded:
                bare.append((asked.method, asked.path, asked.answer[1]))

    assert found == []
    assert bare == []


def test_the_table_has_no_row_for_nothing(place: Place) -> None:
    """Each row is asked by some route, and each role and relation is one of the town's."""
    needs_here = {need for _, _, need in routes(place.app)}

    assert {action for _, action, _ in TABLE} == needs_here
    assert {role for role, _, _ in TABLE} == {*ROLES, "nobody", "trial"}
    assert set(GROUPS.values()) <= {*ROLES}


def test_lists_show_only_what_may_be_seen(place: Place) -> None:
    """The board, its file and its counts hold exactly the children whose clock the table opens."""
    for role in ROLES:
        with place.browser(role) as browser:
            text = browser.get("/board").text
            file = browser.get("/board.csv").content.decode("utf-8-sig").partition("child,")[2]
        rows = file.splitlines()[1:]
        # What was forced open is one record, and stands on no list.
        expected = {one for one in TEAMS if TABLE[role, "see clock", one] and one != "forced"}
        heads = re.findall(r'daymark-nowrap">(?:<a [^>]*>)?([\w-]+)', text)
        listed = {one for one in TEAMS if one in heads}

        assert listed == expected, role
        first = {line.partition(",")[0] for line in rows}
        itself = {f"Allegation {ALLEGATION}"} if TABLE[role, "see clock", ITSELF] else set()
        assert first == expected | itself, role


def test_who_has_left_sees_nothing(place: Place) -> None:
    """A session that was begun before, and a new one, open no page of a child and no list."""
    browser = place.browser(LEFT)

    assert {browser.get(path).status_code for path in ("/board", "/children", "/anomalies")} == {
        404
    }


def test_an_ended_session_is_nobody(place: Place) -> None:
    """From the next page on."""
    browser = place.browser("head of service")
    before = browser.get("/board").status_code
    place.parts.sessions.end_all(ref("head of service"), place.parts.now())

    assert before == 200
    assert browser.get("/board").status_code == 303


def test_a_route_that_says_nothing_stops_the_start() -> None:
    """Nobody could be refused there."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.get("/forgotten")
    def forgotten() -> str:
        return "anybody may read this"

    with pytest.raises(Undeclared, match="/forgotten"):
        refuse_undeclared(app.routes)


def askers(place: Place) -> dict[str, Asker]:
    """Everybody, as the gate makes them."""
    gate, now = Gate(place.parts, place.sessions), place.parts.now()
    found = {role: gate.asker(Session("x", ref(role), 0), now) for role in ROLES}
    return found | {"nobody": Asker(None), "trial": Asker(None, trial=True)}


Known = dict[tuple[str, str], tuple[Record, ChildEpisode] | None]


def records(place: Place) -> Known:
    """Every child and clock, as the gate makes them; nothing for what the gate does not find."""
    gate, now = Gate(place.parts, place.sessions), place.parts.now()
    authority = place.parts.authority(CODE)
    auditor = gate.asker(Session("x", ref("auditor"), 0), now)
    found: Known = {}
    for relation in (*RELATIONS, ITSELF):
        stream = place.town.own_stream if relation == ITSELF else place.stream(relation)
        key = place.town.own_clock(ALLEGATION) if relation == ITSELF else place.key(relation)
        episode = gate.child(stream.hex)
        for kind in KINDS:
            found[relation, kind] = None
            if episode is not None:
                record = record_of(kind, episode, authority, key, now)
                one_of = key if kind == "clock" else None
                record = gate.in_periods(record, episode, auditor, one_of, now)
                found[relation, kind] = record, episode
    return found


@pytest.fixture(scope="module")
def known(place: Place) -> tuple[dict[str, Asker], Known]:
    """Everybody and everything that rules are asked of."""
    return askers(place), records(place)


def decided(known: tuple[dict[str, Asker], Known]) -> dict[tuple[str, str, str], bool]:
    """What the rules alone say of every row of the table."""
    people, things = known
    found = {}
    for role, need, relation in TABLE:
        action, _, kind = need.partition(" ")
        asker = people[role]
        record: Record | None = Record(cast(Any, kind), CODE)
        if relation in SITTINGS:
            sitting = f"macse/{SITTINGS[relation]}"
            record = None if relation == "no-sitting" else Record("sitting", CODE, sitting=sitting)
        elif relation != "none":
            thing = things[relation, kind]
            record = thing and thing[0]
            asker = with_forced(asker, thing[1]) if thing else asker
        found[role, need, relation] = record is not None and (
            may(asker, Action(action), record, "case", NOW).allowed
        )
    return found


def test_the_rules_say_what_the_table_says(
    known: tuple[dict[str, Asker], Known],
) -> None:
    """The one function and the table written by hand agree in every row."""
    said = decided(known)

    assert {row: said[row] for row in TABLE if said[row] != TABLE[row]} == {}


MANAGES: Final = {"team manager", "service manager", "head of service", "director"}
READS_WORDS: Final[dict[str, set[str]]] = {
    "own-team": {"practitioner", "coordinator", ANSWERS, *MANAGES},
    "other-team": {"service manager", "head of service", "director"},
    "other-service": {"head of service", "director"},
    "other-authority": set(),
    "restricted": set(),
    "restricted-named": {"practitioner", "coordinator", *MANAGES},
    "own-record": set(),
    "not-existing": set(),
    "forced": {"practitioner", *MANAGES},
    "scope-days": {"head of service", "director"},
    "scope-other-days": {"head of service", "director"},
    ITSELF: {"designated officer", "head of service", "director"},
}
"""Who reads what people wrote of a clock; everybody else who sees it sees what is coded alone."""


@pytest.mark.parametrize("relation", READS_WORDS)
def test_what_people_wrote_is_read_by_those_who_work_on_it(
    known: tuple[dict[str, Asker], Known], relation: str
) -> None:
    """An auditor, a guest, a partner and whoever was only told read none of it."""
    people, things = known
    thing = things[relation, "clock"]
    who = {role: with_forced(one, thing[1]) if thing else one for role, one in people.items()}
    found = {
        role
        for role, one in who.items()
        if thing and may(one, Action.SEE, thing[0], "case", NOW).words_to is not None
    }
    trial = {"trial"} if TABLE["trial", "see clock", relation] else set[str]()

    assert found == READS_WORDS[relation] | trial


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_turned_round_is_found(
    known: tuple[dict[str, Asker], Known], rule: Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without any one rule some row of the table is wrong."""
    monkeypatch.setattr(permission, "RULES", tuple(r for r in RULES if r is not rule))

    assert decided(known) != TABLE
