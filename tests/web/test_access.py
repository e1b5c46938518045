"""Every route × role × record, asked over HTTP; what should come of it stands in `tests/access.csv`.

A pair that the table lacks fails, and every denial is compared byte for byte with what does not exist.
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi import Response as Given
from fastapi.testclient import TestClient

from domain import permission
from domain.child_episode import ChildEpisode
from domain.engine_events import AccessForced, EngineEvent, ManagerNotified, ScopeGiven
from domain.event import Event, Kind
from domain.own_matters import mark_of
from domain.permission import GROUPS, Action, Asker, Record, may
from formats.people import Person
from formats.sign_in import SignInFile
from tests.histories import CODE, fact, moment
from tests.web.console.town import NOW, URL, Town, begin, write_to
from web.access import Undeclared, every_route, needed, refuse_undeclared
from web.app import build
from web.console.gate import Gate, record_of, with_forced
from web.console.provider import Client, Provider
from web.console.sessions import Session, Sessions
from web.parts import Parts

TABLE: Final = {
    (row["role"], row["action"], row["relation"]): row["allowed"] == "yes"
    for row in csv.DictReader(
        (Path(__file__).parents[1] / "access.csv").read_text(encoding="utf-8").splitlines()
    )
}
OURS: Final = {"sec-fetch-site": "same-origin"}
POLICE: Final = "cse-police-same-day"

SERVICE: Final = "children"
"""In which the teams of the north and the south lie, as the authority's facts say."""

ROLES: Final[Mapping[str, tuple[str, tuple[str | None, ...]]]] = {
    "practitioner": ("practitioner", ("north",)),
    "coordinator": ("coordinator", ("north",)),
    "team manager": ("team_manager", ("north",)),
    "service manager": ("service_manager", (SERVICE,)),
    "head of service": ("head_of_service", (None,)),
    "director": ("director_of_childrens_services", (None,)),
    "told": ("cp_conference_chair", (None,)),
    "partner": ("police_cse_and_missing_coordinator", (None,)),
    "auditor": ("auditor", (None,)),
    "guest": ("guest_inspector", (None,)),
    "information-governance officer": ("information_governance_officer", (None,)),
    "administrator": ("administrator", (None,)),
    "case system": ("case_system", (None,)),
    "told only": ("independent_chair", (None,)),
}
TEAMS: Final = {
    "own-team": "north",
    "other-team": "south",
    "other-service": "west",
    "restricted": "north",
    "restricted-named": "north",
    "own-record": "north",
    "forced": "west",
}
RELATIONS: Final = (*TEAMS, "other-authority", "not-existing")
ITSELF: Final = "authority"
"""What its own pages show, which are of no child."""
ALLEGATION: Final = "AL-0001"
DAY: Final = "2016-02-04"
TOLD_OF: Final = ("own-team", "restricted", "restricted-named", "own-record")
TOLD: Final = ("told", "told only")
LEFT: Final = "gone"
NOBODY: Final = frozenset({"nobody"})
KINDS: Final[tuple[permission.Kind, ...]] = ("child", "clock")


def ref(role: str) -> str:
    """The opaque id of whoever stands for a role."""
    return "S-" + role.replace(" ", "-")


class Place:
    """A town with one child of each relation, and one person of each role."""

    def __init__(self, folder: Path) -> None:
        """Let everything happen, and begin a session for everybody."""
        self.town = Town(folder)
        begin(self.town)
        self._people()
        for relation, team in TEAMS.items():
            self._child(relation, team)
        self._other_authority()
        self._own_matters()
        self.town.pass_to(NOW)
        self._told_and_scoped()
        self.town.show()
        write_to(self.town, "0001", "x")
        client = Client(issuer="http://localhost:9", id="d", secret="secret-1", callback=URL)
        people = {ref(role): Person(ref(role), role, "x@y.example") for role in [*ROLES, LEFT]}
        self.parts: Parts = self.town.parts(people=people, provider=Provider(client, SignInFile()))
        self.app: FastAPI = build(self.parts)
        self.sessions = Sessions(self.parts)

    def _people(self) -> None:
        for role, (code, teams) in [*ROLES.items(), (LEFT, ("team_manager", ("north",)))]:
            for team in teams:
                more = {"to_on": "2016-01-08"} if role == LEFT else {}
                self.town.tell_of_itself(
                    "person-assigned",
                    "Mon 2 Jan 2012",
                    person_ref=ref(role),
                    role=code,
                    team_ref=team,
                    # Nobody told a partner who came today: what they see their agency owes.
                    from_on="2016-01-11" if role == "partner" else "2012-01-02",
                    **more,
                )

    def _child(self, relation: str, team: str) -> None:
        tell = self.town.tell
        worker = {"worker_ref": ref("practitioner")} if team == "north" else {}
        tell(relation, "case-allocated", "Fri 1 Jan 2016", team_ref=team, **worker)
        if relation.startswith(("restricted", "forced")):
            named = [ref(role) for role in ROLES] if relation == "restricted-named" else ["S-other"]
            at = "Fri 1 Jan 2016 12:00"
            tell(relation, "record-restricted", at, people=named, reason="adoption")
        if relation == "own-record":
            for role in ROLES:
                at = "Fri 1 Jan 2016"
                tell(relation, "staff-relation-declared", at, by=ref(role), person_ref=ref(role))
        tell(relation, "exploitation-referral-received", "Mon 4 Jan 2016 10:00", kind="sexual")

    def _own_matters(self) -> None:
        tell = self.town.tell_of_itself
        for team in ("north", "south"):
            tell(
                "team-placed", "Mon 2 Jan 2012", team_ref=team, within=SERVICE, from_on="2012-01-02"
            )
        day = {"sits_on": DAY, "cutoff_on": "2016-01-28"}
        tell("panel-sittings-published", "Mon 2 Nov 2015", panel="macse", sittings=[day])
        made = {"allegation_ref": ALLEGATION, "employer_sector": "health"}
        tell("allegation-made", "Wed 6 Jan 2016 15:00", **made)
        self.town.children.append(self.town.own_stream)

    def _other_authority(self) -> None:
        event = Event(
            authority="344", kind="child", subject="other-authority", source="case-system", id="1",
            said=fact("referral-received"), occurred_at=moment("Mon 4 Jan 2016 10:00"),
        )  # fmt: skip
        self.town.log.append([event])

    def _told_and_scoped(self) -> None:
        for relation in TOLD_OF:
            for role in TOLD:
                said = ManagerNotified(
                    clock=self.key(relation), clock_version=1, timescale=POLICE,
                    telling=self.ladder(relation), about="breach", rung=9, role="cp_conference_chair",
                    person=ref(role), channel="email", repeat=0, delivered=True,
                )  # fmt: skip
                self._append("child", relation, f"told/{role}", said)
        for role in ROLES:
            forced = AccessForced(
                until=NOW + timedelta(hours=1), reason="a reason of twenty letters"
            )
            self._append("child", "forced", f"forced/{role}", forced, by=ref(role))
        children = tuple(self.stream(relation).hex for relation in TOLD_OF)
        for role in ("auditor", "guest"):
            scope = ScopeGiven(
                person=ref(role),
                children=children,
                purpose="audit",
                until=moment("Fri 1 Apr 2016 09:00"),
            )
            self._append("authority", CODE, f"scope/{role}", scope)

    def _append(
        self, kind: Kind, subject: str, name: str, said: EngineEvent, by: str | None = None
    ) -> None:
        self.town.log.append(
            [
                Event(
                    authority=CODE,
                    kind=kind,
                    subject=subject,
                    source="by-hand",
                    id=f"{subject}/{name}",
                    said=said,
                    occurred_at=NOW,
                    by=by,
                )
            ]
        )

    def stream(self, relation: str) -> UUID:
        """The stream of the child of a relation."""
        code = "344" if relation == "other-authority" else CODE
        return self.town.log.stream(code, "child", relation)

    def key(self, relation: str) -> str:
        """The key of the child's clock; something like it where there is none."""
        return self.town.clock(relation, POLICE) if relation in TEAMS else f"{POLICE}.x"

    def ladder(self, relation: str) -> str:
        """The child's escalation; something like it where there is none."""
        return self.town.ladders(relation)[0] if relation in TEAMS else "x"

    def address(self, path: str, relation: str) -> str:
        """The address of a route for the child of a relation, or of the authority's own page."""
        if path.startswith("/authority"):
            path = path.replace("{key}", self._own_key)
        for name, value in self._names[relation].items():
            path = path.replace(name, value)
        return path

    @cached_property
    def asset(self) -> str:
        """A file of the pages."""
        with TestClient(self.app, base_url=URL) as anybody:
            text = anybody.get("/help").text
        return text.partition('href="/static/')[2].partition('"')[0]

    @cached_property
    def _own_key(self) -> str:
        return self.town.own_clock(ALLEGATION)

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        """What each part of an address is called for the child of each relation, found out once."""
        return {
            relation: {
                "{mark}": mark_of(ALLEGATION),
                "{panel}": "macse",
                "{day}": DAY,
                "{ref}": self.stream(relation).hex,
                "{key}": self.key(relation),
                "{telling}": self.ladder(relation),
                "{stream}": self.stream("own-team").hex,
                "{event}": "0" * 32,
                "{name}": "0001",
                "{version}/{path:path}": self.asset,
            }
            for relation in RELATIONS
        }

    def browser(self, role: str) -> TestClient:
        """A browser of somebody who is signed in; of nobody where nobody is named."""
        made = TestClient(
            self.app,
            base_url=URL,
            headers=OURS,
            follow_redirects=False,
            raise_server_exceptions=False,
        )
        if role != "nobody":
            given = Given()
            self.sessions.keep(given, self.sessions.enter(ref(role), self.parts.now()))
            name, _, value = given.headers["set-cookie"].partition(";")[0].partition("=")
            made.cookies.set(name, value.strip('"'))
        return made


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One town for all."""
    made = Place(tmp_path_factory.mktemp("access"))
    yield made
    made.town.close()


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
    def of_a_child(self) -> bool:
        """Whether the route is about one child, or one clock."""
        return self.need.endswith((" child", " clock"))

    def allows(self, role: str) -> bool:
        """Whether the page opened: anything but not-found, and no way to sign in."""
        return self.status != 404 and not (role in NOBODY and "sign-in?" in str(self.answer[1]))

    def tells_nothing(self, role: str) -> bool:
        """Whether no difference can be told; who is nobody is led back to where they were going."""
        if role in NOBODY:
            return self.answer[::2] == self.nothing[::2]
        return self.answer == self.nothing


def everything_asked(place: Place, browser: TestClient) -> Iterator[Question]:
    """Every route of people, for a child of each relation where it is about one."""
    for method, path, need in routes(place.app):
        itself = path.startswith("/authority")
        of_a_child = need.endswith((" child", " clock"))
        missing = place.address("/children/{ref}" if itself else path, "not-existing")
        nothing = ask(browser, method, missing)
        for relation in ((ITSELF,) if itself else RELATIONS) if of_a_child else ("none",):
            address = place.address(path, "own-team" if relation in {ITSELF, "none"} else relation)
            answer = nothing if address == missing else ask(browser, method, address)
            yield Question(method, path, need, relation, answer, nothing)


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
def test_every_route_answers_each_role_as_the_table_says(place: Place, role: str) -> None:
    """Allowed is anything but not-found; denied is, byte for byte, what does not exist."""
    with place.browser(role) as browser:
        found = [
            (asked.method, asked.path, asked.relation, asked.status, expected)
            for asked in everything_asked(place, browser)
            for expected in [TABLE[role, asked.need, asked.relation]]
            if asked.allows(role) != expected
            or (asked.of_a_child and not expected and not asked.tells_nothing(role))
        ]

    assert found == []


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
        listed = {one for one in TEAMS if f">{one}</a>" in text}

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
    found: Known = {}
    for relation in (*RELATIONS, ITSELF):
        stream = place.town.own_stream if relation == ITSELF else place.stream(relation)
        key = place.town.own_clock(ALLEGATION) if relation == ITSELF else place.key(relation)
        episode = gate.child(stream.hex)
        for kind in KINDS:
            found[relation, kind] = None
            if episode is not None:
                record = record_of(kind, episode, authority, key, now)
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
        if relation != "none":
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


@pytest.mark.parametrize("rule", permission.RULES, ids=lambda rule: rule.name)
def test_a_rule_turned_round_is_found(
    known: tuple[dict[str, Asker], Known], rule: permission.Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without any one rule some row of the table is wrong."""
    monkeypatch.setattr(permission, "RULES", tuple(r for r in permission.RULES if r is not rule))

    assert decided(known) != TABLE
