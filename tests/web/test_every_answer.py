"""What holds of every route: its headers, and who has no right any more."""

from dataclasses import replace

import pytest

from domain.access_events import RecordRead, RestrictionLifted, RestrictionLiftProposed
from domain.access_rules import Action
from domain.permission import Asker, Post, Record, may
from tests.histories import CODE
from tests.web.console.test_doors import TOKEN
from tests.web.console.town import NOW
from tests.web.place import LEFT, TABLE, Place, ref
from tests.web.test_access import HEADERS, everything_asked, routes
from web.access import every_route, needed

OPEN = ("open service", "open operation")
REASON = "Her own manager cannot be reached tonight"


def test_machines_are_answered_with_the_same_headers(place: Place) -> None:
    """Their doors too, and addresses that nobody answers."""
    machines = {
        route.path for route in every_route(place.app.routes) if (n := needed(route)) and n.machine
    }
    with place.browser("nobody") as browser:
        for path in [*sorted(machines), "/nowhere"]:
            assert browser.get(path).headers.items() >= HEADERS.items(), path

    assert "/events" in machines


def test_who_has_left_is_told_what_nobody_is_told(place: Place) -> None:
    """On every route: their session was begun before, and opens no page but those of the service."""
    with place.browser(LEFT) as browser:
        opened = {
            (asked.method, asked.path, asked.need)
            for asked in everything_asked(place, browser, LEFT)
            if asked.answer[0] != 404
        }

    assert {need for _, _, need in opened} <= {*OPEN}
    assert {need for _, _, need in opened} == {"open service"}


def test_an_ended_session_is_nobodys_on_every_route(place: Place) -> None:
    """Each answers as it answers nobody: what opened a second ago leads to signing in."""
    with place.browser("head of service") as browser, place.browser("nobody") as stranger:
        place.parts.sessions.end_all(ref("head of service"), place.parts.now())
        ended = [
            (one.method, one.path, one.relation, one.status)
            for one in everything_asked(place, browser, "nobody")
        ]
        nobody = [
            (one.method, one.path, one.relation, one.status)
            for one in everything_asked(place, stranger, "nobody")
        ]

    assert ended == nobody
    assert all(
        status in {303, 404} or TABLE["nobody", need, "none"]
        for (_, _, _, status), (_, _, need) in zip(
            [one for one in ended if one[2] == "none"],
            [
                one
                for one in routes(place.app)
                if not one[2].endswith((" child", " clock", " sitting"))
            ],
            strict=True,
        )
    )


def said_of(place: Place, relation: str) -> list[type]:
    """What stands in a child's stream, by kind."""
    return [type(one.event.said) for one in place.town.log.history(place.stream(relation))]


def test_a_restriction_is_made_and_lifted_by_two(own_place: Place) -> None:
    """By the forms: who is not named is told there is no such child; one alone lifts nothing."""
    place = own_place
    page = f"/children/{place.stream('own-team').hex}/restriction"
    with place.browser("head of service") as first, place.browser("director") as second:
        token = TOKEN.findall(first.get(page).text)[0]
        nobody_named = first.post(page, data={"token": token, "reason": "adoption"})
        named = [ref("head of service"), ref("director")]
        first.post(page, data={"token": token, "reason": "adoption", "people": named})
        with place.browser("team manager") as other:
            hidden = other.get(page).status_code
        token = TOKEN.findall(first.get(page).text)[0]
        first.post(f"{page}/lift", data={"token": token})
        proposal = first.get(page).text
        confirm = second.get(page).text
        fields = dict(zip(("token", "proposal"), hidden_fields(confirm), strict=True))
        alone = first.post(
            f"{page}/lift",
            data={"token": TOKEN.findall(proposal)[0], "proposal": fields["proposal"]},
        )
        before = said_of(place, "own-team")
        second.post(f"{page}/lift", data=fields)
        with place.browser("team manager") as other:
            open_again = other.get(page).status_code

    assert nobody_named.status_code == 400
    assert hidden == 404
    assert "Somebody else who may see it must confirm that." in proposal
    assert alone.status_code == 403
    assert RestrictionLifted not in before
    assert before.count(RestrictionLiftProposed) == 1
    assert said_of(place, "own-team").count(RestrictionLifted) == 1
    assert open_again == 200


def hidden_fields(text: str) -> tuple[str, str]:
    """The token and the proposal that the form of the lifting carries."""
    proposal = text.partition('name="proposal" value="')[2].partition('"')[0]
    return TOKEN.findall(text)[0], proposal


def test_a_forced_record_is_reviewed_by_somebody_else(own_place: Place) -> None:
    """The form is the same for a child who is not there; nobody reviews what they did themselves."""
    place = own_place
    with place.browser("team manager") as browser, place.browser("director") as second:
        token = TOKEN.findall(browser.get("/forced-access").text)[0]
        short = browser.post(
            "/forced-access", data={"token": token, "reference": "other-service", "reason": "hm"}
        )
        opened = browser.post(
            "/forced-access", data={"token": token, "reference": "other-service", "reason": REASON}
        )
        nowhere = browser.post(
            "/forced-access", data={"token": token, "reference": "CH-none", "reason": REASON}
        )
        sees = browser.get(f"/children/{place.stream('other-service').hex}").status_code
        place.town.show()
        mine = browser.get("/forced-access/reviews").text
        theirs = second.get("/forced-access/reviews").text
        action = review_of(theirs)
        token = TOKEN.findall(mine)[0] if TOKEN.findall(mine) else token
        alone = browser.post(action, data={"token": token, "right": "yes"})
        judged = second.post(action, data={"token": TOKEN.findall(theirs)[0], "right": "no"})
        place.town.show()
        after = second.get("/forced-access/reviews").text

    assert short.status_code == 400
    assert opened.status_code == nowhere.status_code == 303
    assert sees == 200
    assert REASON not in mine
    assert REASON in theirs
    assert "Child other-service" in theirs
    assert alone.status_code == 404
    assert judged.status_code == 303
    assert REASON not in after


def review_of(text: str) -> str:
    """The address of the form under the reason of this test."""
    after = text.partition(REASON)[2]
    return after.partition('action="')[2].partition('"')[0]


def test_a_denial_that_a_page_finds_by_itself_takes_as_long(
    own_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An allegation, a scope or a review that is not there waits like what the gate denies."""
    place = own_place
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("web.console.gate.asyncio.sleep", wait)
    with place.browser("head of service") as browser:
        token = TOKEN.findall(browser.get("/forced-access").text)[0]
        for method, path in (
            ("GET", "/audit/scopes/0123"),
            ("GET", "/authority/allegations/0123"),
            ("GET", f"/children/{place.stream('own-team').hex}/clocks/x"),
            ("POST", f"/forced-access/reviews/{'0' * 32}/{'0' * 32}"),
        ):
            waits.clear()
            assert browser.request(method, path, data={"token": token}).status_code == 404
            assert waits, path


def test_whoever_is_not_of_the_team_is_asked_why_before_a_record_opens(own_place: Place) -> None:
    """From a link, an address or an escalation: once for each child, and no look is sent before it."""
    place = own_place
    child, other = (f"/children/{place.stream(one).hex}" for one in ("own-team", "other-team"))
    with place.browser("director", saying="") as browser:
        asked = browser.get(f"{child}?as-of=2016-01-08")
        form = browser.get(asked.headers["location"])
        fields = {"token": TOKEN.findall(form.text)[0], "back": f"{child}?as-of=2016-01-08"}
        silent = browser.post(f"/why/{child[10:]}", data=fields)
        before = looks_of(place, "director")
        said = browser.post(f"/why/{child[10:]}", data=fields | {"purpose": "complaint"})
        opened = [browser.get(one).status_code for one in (said.headers["location"], child)]
        clock = browser.get(f"{child}/clocks/{place.key('own-team')}")
        others = [
            browser.get(one).headers.get("location", "").partition("?")[0]
            for one in (other, f"/escalations/{place.ladder('other-team')}")
        ]
        elsewhere = browser.post(
            f"/why/{child[10:]}",
            data=fields | {"purpose": "case", "back": "//elsewhere.example"},
        )
    with place.browser("director", saying="") as again:
        anew = again.get(child).status_code
    with place.browser("team manager", saying="") as mine:
        own = mine.get(child).status_code

    assert asked.status_code == 303
    assert "Why do you open this record?" in form.text
    assert silent.status_code == 400
    assert before == []
    assert opened == [200, 200]
    assert clock.status_code == 200
    assert others == [f"/why/{other[10:]}"] * 2
    assert elsewhere.status_code == 404
    assert {one.purpose for one in looks_of(place, "director")} == {"complaint"}
    assert anew == 303
    assert own == 200


def looks_of(place: Place, role: str) -> list[RecordRead]:
    """Every look of somebody at a child."""
    reads = place.town.log.history(place.town.log.stream(CODE, "reads", ref(role)))
    said = [one.event.said for one in reads]
    return [one for one in said if isinstance(one, RecordRead) and one.child]


def test_asking_why_tells_of_no_child(own_place: Place) -> None:
    """A child who is hidden or not there is not found; the form alone is the same for every id."""
    place = own_place
    with place.browser("director", saying="") as browser:
        hidden = [
            browser.get(f"/children/{place.stream(one).hex}").status_code
            for one in ("restricted", "not-existing", "own-record")
        ]
        forms = [
            browser.get(f"/why/{place.stream(one).hex}?back=/board").status_code
            for one in ("restricted", "not-existing", "own-team")
        ]
        nowhere = [
            browser.get(one).status_code
            for one in ("/why/x?back=/board", f"/why/{'0' * 32}?back=//e.example")
        ]

    assert hidden == [404, 404, 404]
    assert forms == [200, 200, 200]
    assert nowhere == [404, 404]


def test_who_may_look_for_any_child_says_why(own_place: Place) -> None:
    """It is asked before the search, and stands with the look; of one's own children it is not asked."""
    place = own_place
    with place.browser("head of service", saying="") as browser:
        text = browser.get("/children").text
        token = TOKEN.findall(text)[0]
        form = {"token": token, "reference": "other-service"}
        silent = browser.post("/children", data=form)
        found = browser.post("/children", data=form | {"purpose": "complaint"})
        browser.get(found.headers["location"])
    with place.browser("team manager") as browser:
        own = browser.get("/children").text
        token = TOKEN.findall(own)[0]
        theirs = browser.post("/children", data={"token": token, "reference": "own-team"})
    reads = place.town.log.history(place.town.log.stream(CODE, "reads", ref("head of service")))
    said = [one.event.said for one in reads if isinstance(one.event.said, RecordRead)]

    assert "Why do you look for this child?" in text
    assert silent.status_code == 400
    assert "Choose why you look for this child" in silent.text
    assert [one.purpose for one in said if one.child] == ["complaint"]
    assert "Why do you look" not in own
    assert theirs.headers["location"] == f"/children/{place.stream('own-team').hex}"


def test_a_partner_from_health_sees_what_health_owes_and_no_more(own_place: Place) -> None:
    """The clocks of its own agency alone: neither those of the police nor the child they are of."""
    place = own_place
    place.town.tell_of_itself(
        "person-assigned",
        "Mon 2 Jan 2012",
        person_ref=ref(LEFT),
        role="health_partner",
        team_ref=None,
        from_on="2016-01-11",
    )
    with place.browser(LEFT) as browser:
        clock = browser.get(
            f"/children/{place.stream('own-team').hex}/clocks/{place.key('own-team')}"
        )
        child = browser.get(f"/children/{place.stream('own-team').hex}")
        rows = browser.get("/board.csv").content.decode("utf-8-sig").partition("child,")[2]
    record = Record("clock", CODE, stream="x", owed_by="health")
    mine = Post(CODE, "health_partner", None)

    assert clock.status_code == child.status_code == 404
    assert rows.splitlines()[1:] == []
    assert may(Asker("x", (mine,)), Action.SEE, record, "case", NOW).allowed
    assert not may(
        Asker("x", (mine,)), Action.SEE, replace(record, owed_by="police"), "case", NOW
    ).allowed
