"""Every page in every state that a person can meet it in: one row each, in one of several towns.

A route without a row fails `test_every_route.py`, which says what to add.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

from domain.access_events import (
    AccessForced,
    BulkExportDecided,
    BulkExportProposed,
    BulkExportTaken,
    RecordRead,
    RestrictionLiftProposed,
    SampleDrawn,
    ScopeGiven,
    SearchMissed,
)
from domain.anomalies import anomalies
from domain.bulk_exports import hash_of
from domain.engine_events import EngineEvent
from domain.event import Event, engine_realm, event_id
from domain.facts.authority import PersonAssigned
from domain.own_matters import page_of
from formats.people import Person
from projections.looks import MISSES
from store.sealing import Said
from tests.histories import CODE, fact, moment
from tests.web.console.panel import ADDRESS, FEBRUARY
from tests.web.console.town import NOW, PEOPLE, Town

OFFICER: Final = "P-20"
AUDITOR: Final = "P-21"
SCOPE: Final = "the-scope"
NAMED: Final = "P-4"
"""Who may see the child whose record is restricted."""
DUTY: Final = "P-9"
"""Who forced a record open, and so does not review it."""
RESTRICTED: Final = "CH-0010"
SHUT: Final = ("CH-0011", "CH-0012", "CH-0013")
"""Whose records are restricted to one person, who can open none again alone."""
THEN: Final = "?as-of=2016-01-06&known-at=2016-01-07T14:30:00%2B00:00"
COMPARED: Final = "/compare?known-at=2016-01-07&and-known-at=2016-01-09"
BEFORE: Final = "?known-at=2015-12-01"
WRONG_MOMENTS: Final = "?happened-day=5&happened-month=1&happened-year=2016&known-by-day=37"


class State(NamedTuple):
    """One page in one state: its picture's name, in which town, who looks, and where."""

    name: str
    world: str
    """A fixture of conftest.py: `town`, `quiet`, `unsure`, `panels`, `guarded`, `provided`."""
    who: str | None
    """The id of the person who looks; nothing for whoever has not said who they are."""
    address: str | Callable[[Town], str]
    status: int = 200


def late_clock(town: Town) -> str:
    """The key of a clock that is late."""
    return town.clock("CH-0001", "icpc-15wd")


def first_clock(town: Town) -> str:
    """The page of a clock that is late."""
    return f"/children/{town.ref('CH-0001')}/clocks/{late_clock(town)}"


def looks_at_one(town: Town) -> str:
    """The looks at one child since a day."""
    return f"/audit/reads?child={town.ref('CH-0003')}&from=2016-01-04"


def scope_id() -> str:
    """The id of the scope that the guarded town's auditor was given."""
    return event_id(engine_realm(CODE), "town", SCOPE).hex


def export_id(how: str) -> str:
    """The id of an export of the guarded town, by how it stands."""
    return event_id(engine_realm(CODE), "town", f"export-{how}").hex


def first_anomaly(town: Town) -> str:
    """The page of the first thing that surprises about a child."""
    return anomaly_of(town, "CH-0007")


def anomaly_of(town: Town, subject: str) -> str:
    """The page of the first thing that surprises about a child of a reference."""
    found = anomalies(town.log.history(UUID(town.ref(subject))), town.authority())
    return f"/children/{town.ref(subject)}/anomalies/{found[0].event_id.hex}"


def put_right(town: Town) -> str:
    """The form that puts right what surprises about a child."""
    return first_anomaly(town).replace("/anomalies/", "/recorded/")


def warning_of(town: Town) -> str:
    """The page of a warning that stands."""
    key = town.clock("CH-0004", "missing-strategy-72h")
    return f"/escalations/{next(one.id for one in town.tellings('CH-0004') if one.clock == key)}"


def first_escalation(town: Town) -> str:
    """The page of an escalation that is open."""
    return f"/escalations/{town.ladders('CH-0001')[0]}"


def noted_escalation(town: Town) -> str:
    """The page of an escalation of which somebody wrote a note."""
    return f"/escalations/{town.ladders('CH-0003')[0]}"


def of_child(subject: str, more: str = "") -> Callable[[Town], str]:
    """An address below the page of a child."""
    return lambda town: f"/children/{town.ref(subject)}{more}"


def of_allegation(more: str) -> Callable[[Town], str]:
    """An address below the page of an allegation about no known child."""
    return lambda town: page_of("authority", town.own_stream, "AL-0001") + more


STATES: Final = (
    # Nobody has told anything yet.
    State("quiet-board", "quiet", None, "/board"),
    State("quiet-children", "quiet", None, "/children"),
    State("quiet-anomalies", "quiet", None, "/anomalies"),
    State("quiet-sittings", "quiet", None, "/sittings"),
    State("quiet-authority", "quiet", None, "/authority"),
    # What is shown cannot be relied on.
    State("unsure-board", "unsure", None, "/board"),
    State("unsure-child", "unsure", None, of_child("CH-0001")),
    State("unsure-clock", "unsure", None, first_clock),
    # What contradicts itself.
    State("anomaly", "town", None, first_anomaly),
    # A warning that can be acknowledged.
    State("escalation-warning", "town", "P-4", warning_of),
    # A screen on a wall.
    State("wall", "town", None, "/board?display=wall"),
    State("wall-unsure", "unsure", None, "/board?display=wall"),
    State("wall-missing", "town", None, "/missing?display=wall"),
    # Panels.
    State("sittings", "panels", None, "/sittings"),
    State("sitting", "panels", None, ADDRESS),
    State("sitting-empty", "panels", None, "/sittings/macse/2015-12-03?known-at=2015-11-10"),
    State("sitting-then", "panels", None, f"{ADDRESS}?known-at=2016-01-06"),
    State("sitting-pack", "panels", None, f"{ADDRESS}/pack"),
    State("sitting-put-off", "panels", None, f"{FEBRUARY}/postpone"),
    # Where not everybody may look, and who watches over that.
    State("restricted-child", "guarded", NAMED, of_child(RESTRICTED)),
    State("restricted-child-to-others", "guarded", "P-2", of_child(RESTRICTED), 404),
    State("restriction", "guarded", NAMED, of_child(RESTRICTED, "/restriction")),
    State("restriction-of-none", "guarded", NAMED, of_child("CH-0001", "/restriction")),
    State("reads", "guarded", OFFICER, "/audit/reads"),
    State("reads-none", "guarded", OFFICER, "/audit/reads?person=P-8"),
    State("reads-of-a-child", "guarded", OFFICER, looks_at_one),
    State("reads-wrong-date", "guarded", OFFICER, "/audit/reads?from-day=37&from-month=1", 400),
    State("kept", "guarded", "P-5", "/kept"),
    State("kept-nothing", "guarded", "P-2", "/kept"),
    State("scopes", "guarded", OFFICER, "/audit/scopes"),
    State("scopes-mine", "guarded", AUDITOR, "/audit/scopes"),
    State("scope", "guarded", OFFICER, lambda _: f"/audit/scopes/{scope_id()}?again=yes"),
    State("scope-mine", "guarded", AUDITOR, lambda _: f"/audit/scopes/{scope_id()}"),
    State("exports", "guarded", OFFICER, "/audit/exports"),
    State("escalation-coded", "guarded", AUDITOR, noted_escalation),
    State("export-to-decide", "guarded", OFFICER, lambda _: f"/audit/exports/{export_id('waits')}"),
    State("export-to-take", "guarded", AUDITOR, lambda _: f"/audit/exports/{export_id('open')}"),
    State("export-proposed", "guarded", AUDITOR, lambda _: f"/audit/scopes/{scope_id()}/export"),
    State("reads-mine", "guarded", "P-2", "/audit/reads/mine"),
    State("reads-mine-none", "guarded", "P-8", "/audit/reads/mine"),
    State("forced-access", "guarded", "P-1", "/forced-access"),
    State("restricted-nobody-can-open", "guarded", "P-8", "/restrictions"),
    State("restricted-all-can-open", "town", "P-8", "/restrictions"),
    State("forced-access-reviews", "guarded", "P-7", "/forced-access/reviews"),
    State("forced-access-reviews-none", "guarded", DUTY, "/forced-access/reviews"),
    State("why", "guarded", "P-7", lambda t: f"/why/{t.ref('CH-0001')}?back=/board"),
    State("clock-of-no-own-team", "guarded", "P-2", first_clock, 404),
    State("signed-out", "guarded", None, "/signed-out"),
    # Pictures.
    State("pictures", "town", None, of_child("CH-0001", "/clocks")),
    State("pictures-missing", "town", None, of_child("CH-0009", "/clocks")),
    State("pictures-then", "town", None, of_child("CH-0002", "/clocks?known-at=2016-01-07")),
    State("pictures-empty", "town", None, of_child("CH-0002", "/clocks?known-at=2015-01-07")),
    State("late-by-week", "town", None, "/figures/breaches"),
    State("late-by-week-published", "town", None, "/figures/breaches?publish=yes&weeks=4"),
    State("late-by-week-empty", "quiet", None, "/figures/breaches"),
    State("late-by-week-unsure", "unsure", None, "/figures/breaches"),
    # Pages that judge, where they cannot be relied on.
    State("unsure-morning", "unsure", None, "/morning"),
    State("morning-part", "town", "P-7", "/morning?of=warned"),
    State("unsure-morning-part", "unsure", None, "/morning?of=cured"),
    State("unsure-workload", "unsure", None, "/workload"),
    State("unsure-missing", "unsure", None, "/missing"),
    State("unsure-escalation", "unsure", None, first_escalation),
    State("unsure-authority", "unsure", None, "/authority"),
    State("unsure-anomalies", "unsure", None, "/anomalies"),
    State("unsure-pictures", "unsure", None, of_child("CH-0009", "/clocks")),
    State("unsure-missing-child", "unsure", None, of_child("CH-0005", "/missing")),
    State("unsure-going-live", "unsure", "P-7", "/going-live"),
    State("unsure-hand-over", "unsure", "P-7", lambda t: f"/board/hand-over?clock={late_clock(t)}"),
    # Signing in at the council's own provider, and its refusal.
    State("sign-in", "provided", None, "/sign-in"),
    State("sign-in-refused", "provided", None, "/sign-in/back?code=odd&state=odd", 403),
    # Two moments, and what changed between them.
    State("moments-child", "town", None, of_child("CH-0002", "?look=moments")),
    State("moments-child-then", "town", None, of_child("CH-0002", THEN)),
    State("moments-child-wrong", "town", None, of_child("CH-0002", WRONG_MOMENTS), 400),
    State("moments-clocks", "town", None, of_child("CH-0002", f"/clocks{THEN}")),
    State(
        "moments-clocks-wrong", "town", None, of_child("CH-0002", f"/clocks{WRONG_MOMENTS}"), 400
    ),
    State("compare-empty", "town", None, of_child("CH-0002", "/compare")),
    State("compare", "town", None, of_child("CH-0002", COMPARED)),
    State("compare-begun", "town", None, of_child("CH-0007", COMPARED)),
    State("compare-wrong", "town", None, of_child("CH-0002", f"/compare{WRONG_MOMENTS}"), 400),
    # Going live.
    State("going-live", "town", "P-7", "/going-live"),
    # What must be settled, thread by thread.
    State("settle-thread", "town", None, "/settle?thread=missing"),
    State("settle-wrong", "town", None, "/settle?cp-visit.amount=often", 400),
    # What somebody's board showed.
    State("as-seen-empty", "town", None, "/audit/as-seen"),
    State("as-seen", "town", None, "/audit/as-seen?person=P-5&at=2016-01-08"),
    State("as-seen-nothing", "town", None, "/audit/as-seen?person=P-1&at=2015-01-07"),
    State("as-seen-wrong", "town", None, "/audit/as-seen?person=&at-day=37", 400),
    State("timeliness", "town", None, "/figures/timeliness"),
    State("timeliness-empty", "quiet", None, "/figures/timeliness?figure=visits&quarters=12"),
    State("timeliness-unsure", "unsure", None, "/figures/timeliness?figure=return-interviews"),
    # What a manager may do, and what no system tells.
    State("manager-board", "town", "P-7", "/board"),
    State("manager-cover", "town", "P-7", "/cover"),
    State("hand-over-one", "town", "P-7", lambda t: f"/board/hand-over?clock={late_clock(t)}"),
    State("record", "town", "P-5", "/record"),
    State("record-child", "town", "P-5", of_child("CH-0009", "/record")),
    State("record-form", "town", "P-5", of_child("CH-0006", "/record/return-interview-held")),
    State("record-mend", "town", "P-5", put_right),
    # The missing pages, now and at other moments.
    State("missing", "town", None, "/missing"),
    State("missing-child", "town", None, of_child("CH-0009", "/missing")),
    State("missing-then", "town", None, f"/missing{THEN}"),
    State("missing-full", "guarded", "P-7", "/missing"),
    State(
        "missing-child-wrong", "town", None, of_child("CH-0009", f"/missing{WRONG_MOMENTS}"), 400
    ),
    State("plans-open", "town", None, "/figures/plans"),
    State("plans-open-unsure", "unsure", None, "/figures/plans?quarters=8"),
    # What can be taken away.
    State("export", "town", None, of_child("CH-0002", "/export?known-at=2016-01-07")),
    # The same of the authority itself.
    State("authority-compare", "town", None, f"/authority/compare{BEFORE}"),
    State("authority-export", "town", None, "/authority/export"),
    State("allegation-compare", "town", None, of_allegation(f"/compare{BEFORE}")),
    State("allegation-export", "town", None, of_allegation("/export?known-at=2016-01-09")),
    # Something went wrong.
    State("problem-not-found", "town", None, "/no-such-page", 404),
    State("problem-unreadable", "town", None, lambda t: f"{first_clock(t)}?as-of=soon", 400),
)

FILES: Final = (".csv", ".json", ".pdf", ".xlsx", ".zip", "/static/{version}/{path:path}")
"""How the addresses of files end, which nobody looks at as a page."""

NO_PAGE: Final = frozenset({"/", "/stay-signed-in", "/sign-in/go"})
"""Routes that only lead on, or lead to the council's own provider: tests/web/console/test_signing_in.py."""


def guard(town: Town) -> dict[str, Person]:
    """Restrict a record, and let somebody watch over who looks: everybody of that town."""
    said = PersonAssigned.model_validate(
        {
            "person_ref": OFFICER,
            "role": "information_governance_officer",
            "from_on": "2012-01-02",
        }
    )
    town.log.append(
        [
            Event(
                authority=CODE,
                kind="authority",
                subject=CODE,
                source="town",
                id="the-officer",
                said=said,
                occurred_at=moment("Mon 2 Jan 2012 09:00"),
            )
        ]
    )
    for name, fields in (
        ("referral-received", {}),
        ("record-restricted", {"people": [NAMED, "P-7"], "reason": "adoption"}),
    ):
        town.log.append(
            [
                Event(
                    authority=CODE,
                    kind="child",
                    subject=RESTRICTED,
                    source="case-system",
                    id=name,
                    said=fact(name, **fields),
                    occurred_at=moment("Mon 11 Jan 2016 09:00"),
                )
            ]
        )
    drawn = [town.ref("CH-0001"), town.ref("CH-0003"), town.ref(RESTRICTED)]
    until = moment("Fri 29 Jan 2016 00:00")
    scope = ScopeGiven(person=AUDITOR, children=tuple(drawn), purpose="audit", until=until)
    how = SampleDrawn(
        scope=UUID(hex=scope_id()), seed="2016", strata=("team",), size=3, out_of=9, known_at=NOW
    )
    given: tuple[tuple[str, PersonAssigned | ScopeGiven | SampleDrawn], ...] = (
        ("the-auditor", auditor(AUDITOR)), (SCOPE, scope), ("the-drawing", how),
    )  # fmt: skip
    for name, each in given:
        town.log.append(
            [
                Event(
                    authority=CODE,
                    kind="authority",
                    subject=CODE,
                    source="town",
                    id=name,
                    said=each,
                    occurred_at=moment("Mon 11 Jan 2016 09:00"),
                    by="P-7",
                )
            ]
        )
    town.now = NOW
    town.show()
    people = {ref: Person(ref, name, "x@y.example") for ref, (name, _, _) in PEOPLE.items()}
    return people | {
        OFFICER: Person(OFFICER, "Olive Marsh", "x@y.example"),
        AUDITOR: Person(AUDITOR, "Anselm Reed", "x@y.example"),
    }


def shut_out(town: Town) -> None:
    """Three records that nobody named can open again: of two the director and a head proposed to."""
    proposed_by = (None, "P-7", "P-8")
    for subject, by in zip(SHUT, proposed_by, strict=True):
        said = fact("record-restricted", people=["P-6"], reason="staff-or-family")
        closed = told_of(subject, "shut", said)
        town.log.append([closed])
        if by:
            asked = RestrictionLiftProposed(restricted=closed.event_id)
            town.log.append([told_of(subject, "asked", asked, by)])
    town.show()


def go_missing(town: Town) -> None:
    """One child came back yesterday from a second time away, and one of another authority is out."""
    home = {"type": "M", "missing_from": "home", "care_status": "not-looked-after"}
    cared = {"type": "M", "missing_from": "care", "care_status": "other-authority"}
    of_liverpool = cared | {"responsible_authority": "341", "police_grade": "medium"}
    for subject, ref, began, ended, said in (
        ("CH-0014", "ME-1", "Wed 6 Jan 2016 18:00", "Thu 7 Jan 2016 09:00", home),
        ("CH-0014", "ME-2", "Sat 9 Jan 2016 20:00", "Sun 10 Jan 2016 12:00", home),
        ("CH-0015", "ME-3", "Mon 11 Jan 2016 02:00", "", of_liverpool),
    ):
        whose = {"missing_episode_ref": ref}
        town.tell(subject, "missing-episode-started", began, **said, **whose)
        if ended:
            town.tell(subject, "missing-episode-ended", ended, how="returned", **whose)
    town.show()


def told_of(subject: str, name: str, said: Said, by: str | None = None) -> Event:
    """What is recorded of a child of the guarded town."""
    return Event(
        authority=CODE, kind="child", subject=subject, source="town", id=f"{subject}-{name}",
        said=said, occurred_at=moment("Mon 11 Jan 2016 09:00"), by=by,
    )  # fmt: skip


def ask_for_exports(town: Town) -> None:
    """The auditor proposes three exports: one waits, one was declined, one was confirmed and taken."""
    children = (town.ref("CH-0001"), town.ref("CH-0003"))
    asked = BulkExportProposed(
        scope=UUID(hex=scope_id()), purpose="audit", kinds=("pdf", "csv"), children=children
    )
    until = moment("Tue 19 Jan 2016 00:00")
    events: list[tuple[str, str, EngineEvent]] = [
        (f"export-{how}", AUDITOR, asked) for how in ("declined", "open", "waits")
    ]
    for how in ("declined", "open"):
        confirmed = how == "open"
        decided = BulkExportDecided(
            proposed=UUID(hex=export_id(how)), sha256=hash_of(asked), confirmed=confirmed,
            until=until if confirmed else None,
            **({} if confirmed else {"reason": "Twelve cases are enough for this question."}),
        )  # fmt: skip
        events.append((f"decided-{how}", OFFICER, decided))
    taken = BulkExportTaken(
        proposed=UUID(hex=export_id("open")), children=children, sha256=hash_of(asked)
    )
    events.append(("taken", AUDITOR, taken))
    town.log.append(
        [
            Event(
                authority=CODE,
                kind="authority",
                subject=CODE,
                source="town",
                id=name,
                said=said,
                occurred_at=NOW,
                by=by,
            )
            for name, by, said in events
        ]
    )


def look_around(town: Town) -> None:
    """Records are looked at, carried away, searched for in vain and forced open, and wait for a review."""
    page, list_of, seen = "/children/{ref}", "/board", town.ref("CH-0003")
    carried = {"children": (seen, town.ref("CH-0002")), "sha256": "ab" * 32}
    looks: list[tuple[str, dict[str, object]]] = [
        ("P-2", {"route": list_of, "rule": "own-teams"}),
        ("P-2", {"route": list_of, "rule": "own-teams", "unattended": True}),
        ("P-2", {"route": page, "child": seen, "rule": "own-teams"}),
        ("P-2", {"route": f"{list_of}.csv", "rule": "own-teams", **carried}),
        ("P-6", {"route": page, "child": seen, "rule": "told"}),
        (DUTY, {"route": page, "child": town.ref("CH-0008"), "rule": "forced"}),
    ]
    said: list[tuple[str, EngineEvent]] = [
        (who, RecordRead.model_validate({"purpose": "case", **each})) for who, each in looks
    ]
    said += [
        ("P-3", SearchMissed(route="/children", child=UUID(int=number).hex, purpose="case"))
        for number in range(MISSES)
    ]
    events = [
        Event(
            authority=CODE, kind="reads", subject=who, source="town", id=f"look-{number}",
            said=each, occurred_at=NOW, by=who,
        )
        for number, (who, each) in enumerate(said)
    ]  # fmt: skip
    reason = "A neighbour rang at night, and her own manager cannot be reached"
    forced = AccessForced(until=NOW + timedelta(hours=4), reason=reason)
    opened = Event(
        authority=CODE, kind="child", subject="CH-0008", source="town", id="forced",
        said=forced, occurred_at=NOW, by=DUTY,
    )  # fmt: skip
    town.log.append([*events, opened])
    town.show()


def auditor(ref: str) -> PersonAssigned:
    """That somebody audits here."""
    return PersonAssigned.model_validate(
        {"person_ref": ref, "role": "auditor", "from_on": "2012-01-02"}
    )


def is_page(method: str, path: str) -> bool:
    """Whether a route shows a page to look at."""
    return method == "GET" and not path.endswith(FILES) and path not in NO_PAGE
