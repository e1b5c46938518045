"""A town with one child of each relation to its staff, and one person of each role, for tests of rights."""

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Final
from uuid import UUID

from fastapi import FastAPI
from fastapi import Response as Given

from domain import access_rules
from domain.access_events import AccessForced, BulkExportDecided, BulkExportProposed, ScopeGiven
from domain.bulk_exports import hash_of
from domain.engine_events import EngineEvent, ManagerNotified
from domain.event import Event, Kind
from domain.own_matters import mark_of
from formats.people import Person
from formats.sign_in import SignInFile
from tests.histories import CODE, fact, moment
from tests.web.client import TestClient
from tests.web.console.town import NOW, URL, Town, begin, write_to
from web.app import build
from web.console.provider import Client, Provider
from web.console.sessions import Sessions
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
    "designated officer": ("designated_officer", (None,)),
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
    "scope-days": "west",
    "scope-other-days": "west",
}
DATED: Final[Mapping[str, tuple[date, date]]] = {
    "scope-days": (date(2016, 1, 4), date(2016, 1, 15)),
    "scope-other-days": (date(2015, 12, 1), date(2015, 12, 31)),
}
"""The days that the scope of a child is about: with something of them in its record, and with nothing."""
SCOPED: Final = ("auditor", "guest")
"""Who is given scopes."""
ANSWERS: Final = "information-governance officer"
"""Who is given one child's record to answer a request."""
RELATIONS: Final = (*TEAMS, "other-authority", "not-existing")
ITSELF: Final = "authority"
"""What its own pages show, which are of no child."""
ALLEGATION: Final = "AL-0001"
DAY: Final = "2016-02-04"
SITTINGS: Final[Mapping[str, str]] = {
    "invited": DAY,
    "not-invited": "2016-03-03",
    "withdrawn": "2016-04-07",
    "invitation over": "2016-01-07",
    "no-sitting": "2016-05-05",
}
"""Each sitting by how whoever is invited stands to it; on the last of these days the panel does not sit."""
INVITED: Final = ("guest", "told only")
"""Who is invited to the same sittings as the partner, by name."""
TOLD_OF: Final = ("own-team", "restricted", "restricted-named", "own-record")
TOLD: Final = ("told", "told only")
LEFT: Final = "gone"
NOBODY: Final = frozenset({"nobody"})
KINDS: Final[tuple[access_rules.Kind, ...]] = ("child", "clock")


def ref(role: str) -> str:
    """The opaque id of whoever stands for a role."""
    return "S-" + role.replace(" ", "-")


class Place:
    """A town with one child of each relation, and one person of each role."""

    def __init__(self, folder: Path) -> None:
        """Let everything happen, and begin a session for everybody."""
        self.town = Town(folder)
        self.scopes: dict[str, str] = {}
        self.exports: dict[str, str] = {}
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
        days = [
            {"sits_on": day, "cutoff_on": day}
            for how, day in SITTINGS.items()
            if how != "no-sitting"
        ]
        tell("panel-sittings-published", "Mon 2 Nov 2015", panel="macse", sittings=days)
        for how in ("invited", "invitation over", "withdrawn"):
            police = {"panel": "macse", "sits_on": SITTINGS[how], "agency": "merseyside_police"}
            tell("panel-member-invited", "Wed 6 Jan 2016 10:00", **police)
            by_name = [police | {"agency": "other", "person_ref": ref(role)} for role in INVITED]
            for one in by_name:
                tell("panel-member-invited", "Wed 6 Jan 2016 10:00", **one)
        for one in (police, *by_name):
            tell("panel-invitation-withdrawn", "Wed 6 Jan 2016 11:00", **one)
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
        for role in SCOPED:
            for relation, (first, last) in DATED.items():
                dated = ScopeGiven(
                    person=ref(role), children=(self.stream(relation).hex,), purpose="audit",
                    until=moment("Fri 1 Apr 2016 09:00"), from_on=first, to_on=last,
                )  # fmt: skip
                self._append("authority", CODE, f"{relation}/{role}", dated)
            scope = ScopeGiven(
                person=ref(role),
                children=children,
                purpose="audit",
                until=moment("Fri 1 Apr 2016 09:00"),
            )
            given = self._append("authority", CODE, f"scope/{role}", scope)
            self.scopes[role] = given.event_id.hex
            self.exports[role] = self._exported(role)

        self._to_answer()

    def _to_answer(self) -> None:
        """The officer audited once, and answers one request; what else they were given opens nothing."""
        given = (
            ("audited", ("other-service",), "audit"),
            ("two", ("other-team", "other-service"), "subject-request"),
            ("request", ("own-team",), "subject-request"),
            ("another", ("other-team",), "subject-request"),
        )
        for name, relations, purpose in given:
            scope = ScopeGiven(
                person=ref(ANSWERS),
                children=tuple(self.stream(one).hex for one in relations),
                purpose=purpose,
                until=moment("Fri 1 Apr 2016 09:00"),
                words=True,
            )
            event = self._append("authority", CODE, f"{name}/{ANSWERS}", scope)
            if name == "request":
                self.scopes[ANSWERS] = event.event_id.hex

    def _exported(self, role: str) -> str:
        """An export that was proposed and confirmed, and is open; its id."""
        event_id, asked = self.propose(role, "open")
        decided = BulkExportDecided(
            proposed=event_id, sha256=hash_of(asked), confirmed=True,
            until=moment("Mon 18 Jan 2016 00:00"),
        )  # fmt: skip
        officer = ref("information-governance officer")
        self._append("authority", CODE, f"export-decided/{role}", decided, by=officer)
        return event_id.hex

    def propose(self, role: str, name: str) -> tuple[UUID, BulkExportProposed]:
        """Whoever holds a scope proposes an export of it, which waits to be decided."""
        asked = BulkExportProposed(
            scope=UUID(hex=self.scopes[role]),
            purpose="audit",
            kinds=("csv",),
            children=(self.stream("own-team").hex,),
        )
        proposed = self._append("authority", CODE, f"export-{name}/{role}", asked, by=ref(role))
        return proposed.event_id, asked

    def _append(
        self, kind: Kind, subject: str, name: str, said: EngineEvent, by: str | None = None
    ) -> Event:
        event = Event(
            authority=CODE,
            kind=kind,
            subject=subject,
            source="by-hand",
            id=f"{subject}/{name}",
            said=said,
            occurred_at=NOW,
            by=by,
        )
        self.town.log.append([event])
        return event

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

    def address(self, path: str, relation: str, role: str = "auditor") -> str:
        """The address of a route for the child of a relation, a sitting, or the authority's own page."""
        if relation in SITTINGS:
            path, relation = path.replace("{day}", SITTINGS[relation]), "own-team"
        holder = "guest" if role == "guest" else "auditor"
        path = path.replace("{scope}", self.scopes[role if role == ANSWERS else holder])
        path = path.replace("{export}", self.exports[holder])
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

    def browser(self, role: str, saying: str = "oversight") -> TestClient:
        """A browser of somebody who is signed in and has said why they look; or of nobody."""
        made = TestClient(
            self.app,
            base_url=URL,
            headers=OURS,
            follow_redirects=False,
            raise_server_exceptions=False,
        )
        if role != "nobody":
            given, session = Given(), self.sessions.enter(ref(role), self.parts.now())
            self.sessions.keep(given, session)
            for relation in TEAMS if saying else ():
                self.parts.sessions.state(
                    session.id, self.stream(relation).hex, saying, self.parts.now()
                )
            name, _, value = given.headers["set-cookie"].partition(";")[0].partition("=")
            made.cookies.set(name, value.strip('"'))
        return made
