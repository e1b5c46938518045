"""A co-ordinator keeps the dates of a panel and records a sitting: every form, right and wrong."""

import html
import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response

from domain.event import CONSOLE, Recorded
from domain.facts.authority import (
    PanelAttendanceRecorded,
    PanelSittingPostponed,
    PanelSittingsPublished,
)
from domain.facts.corrections import FactCorrected
from domain.facts.exploitation import CaseHeardAtPanel, PanelActionAgreed, PanelActionDone
from domain.facts.fact import Fact
from tests.histories import CODE
from tests.web.client import TestClient
from tests.web.console.panel import ADDRESS, FEBRUARY, meet
from tests.web.console.test_doors import OURS, TOKEN, sign_in
from tests.web.console.town import NOW, URL, Town
from web.app import build


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a town whose panel has sat."""
    folder = tmp_path_factory.mktemp("met")
    meet(folder).close()
    return folder


@pytest.fixture
def own(met: Path, tmp_path: Path) -> Iterator[tuple[Town, TestClient]]:
    """A copy of it, and a browser without eyes of somebody who has said who they are."""
    shutil.copytree(met, tmp_path, dirs_exist_ok=True)
    town = Town(tmp_path, now=NOW)
    with TestClient(build(town.parts()), base_url=URL, headers=OURS) as client:
        sign_in(client)
        yield town, client
    town.close()


def send(client: TestClient, page: str, to: str, **typed: Any) -> Response:
    """A form as the browser sends it, with the token of its page."""
    token = TOKEN.findall(client.get(page).text)[0]
    return client.post(to, data={"token": token, **typed})


def day(name: str, text: str) -> dict[str, str]:
    """A day in three boxes."""
    year, month, number = text.split("-")
    return {f"{name}-day": number, f"{name}-month": month, f"{name}-year": year}


def words(answer: Response) -> str:
    """The text of a page, without its marks."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def last(town: Town, child: str | None, kind: type) -> Recorded:
    """The last fact of one kind in the stream of a child, or of the authority."""
    kept = town.log.stream(CODE, "authority", CODE)
    history = town.log.history(town.log.stream(CODE, "child", child) if child else kept)
    return [one for one in history if isinstance(one.event.said, kind)][-1]


def stated(town: Town) -> int:
    """How many facts were stated through forms."""
    told = (one.event for one in town.log.after(0, 5000) if isinstance(one, Recorded))
    return sum(one.source == CONSOLE and isinstance(one.said, Fact) for one in told)


def test_the_dates_of_every_panel_are_listed(own: tuple[Town, TestClient]) -> None:
    """What is to come with its cut-off, what was, and a panel without dates."""
    said = words(own[1].get("/sittings"))

    assert "Thursday 4 February 2016 Thursday 28 January 2016 Agenda open" in said
    assert "Thursday 7 January 2016 Thursday 31 December 2015" in said
    assert "No sitting to come is published." in said


def test_a_new_sitting_keeps_the_ones_after_it(own: tuple[Town, TestClient]) -> None:
    """One more date in between; sent twice it is recorded once, by whom and under the form's id."""
    town, client = own
    token = TOKEN.findall(client.get("/sittings").text)[0]
    form = {
        "token": token,
        "panel": "macse",
        **day("sits", "2016-01-21"),
        **day("closes", "2016-01-14"),
    }
    first, second = client.post("/sittings", data=form), client.post("/sittings", data=form)
    told = last(town, None, PanelSittingsPublished)

    assert "Recorded. Every clock that it concerns is worked out again." in words(first)
    assert "That is recorded already. Nothing was recorded twice." in words(second)
    assert [f"{one.sits_on}" for one in town.authority().sittings["macse"]] == [
        "2015-12-03", "2016-01-07", "2016-01-21", "2016-02-04",
    ]  # fmt: skip
    assert (told.event.source, told.event.by) == (CONSOLE, "P-5")
    assert told.event.id == f"{token.partition('.')[0]}-sitting"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Choose which panel sits"),
        ({"panel": "macse", **day("sits", "2016-01-08")}, "must be today or later"),
        ({"panel": "macse", **day("sits", "2016-02-04")}, "The panel sits on that day already"),
        ({"panel": "macse", **day("sits", "2016-13-04")}, "Enter a real date"),
        (
            {"panel": "macse", **day("sits", "2016-01-21"), **day("closes", "2016-01-22")},
            "The agenda must close on the day it sits, or before",
        ),
        (
            {"panel": "macse", **day("sits", "2016-01-21"), "closes-day": "14"},
            "Enter a real date",
        ),
    ],
)
def test_a_wrong_sitting_is_refused(
    own: tuple[Town, TestClient], typed: dict[str, str], said: str
) -> None:
    """What is wrong is said, and what was typed is kept."""
    town, client = own
    answer = send(client, "/sittings", "/sittings", **typed)

    assert answer.status_code == 400
    assert said in words(answer)
    assert len(town.authority().sittings["macse"]) == 3


def test_a_sitting_entered_without_a_day_closes_by_the_authoritys_number(
    own: tuple[Town, TestClient],
) -> None:
    """Every page says which day that is and whose number; a sitting with its own day says that."""
    client = own[1]
    asked = words(client.get("/sittings"))
    send(client, "/sittings", "/sittings", panel="macse", **day("sits", "2016-01-21"))
    counted = "5 working days before the sitting: a judgement to be confirmed, not law."
    listed = words(client.get("/sittings"))
    page, pack = (words(client.get(f"/sittings/macse/2016-01-21{end}")) for end in ("", "/pack"))

    assert (
        "Where you leave it empty, it closes 5 working days before for MACSE"
        " and 8 calendar days before for MARAC"
    ) in asked
    assert f"Thursday 21 January 2016 Thursday 14 January 2016 {counted} Agenda open" in listed
    assert f"Closes at the end of Thursday 14 January 2016 {counted}" in page
    assert f"closes at the end of Thursday 14 January 2016. {counted}" in pack
    assert "This day was set for this sitting." in words(client.get(ADDRESS))


def test_a_sitting_put_off_keeps_its_counted_day_whatever_is_entered_before_it(
    own: tuple[Town, TestClient],
) -> None:
    """It closes when it did, and a sitting entered in between says the later ones again as they are."""
    town, client = own
    entered = "/sittings/macse/2016-03-03"
    for sits in ("2016-03-03", "2016-04-07"):
        send(client, "/sittings", "/sittings", panel="macse", **day("sits", sits))
        town.now += timedelta(minutes=1)
    form = words(client.get(f"{entered}/postpone"))
    moved = {"held": "later", "reason": "other", **day("moved", "2016-03-10")}
    send(client, f"{entered}/postpone", f"{entered}/postpone", **moved)
    shown = words(client.get("/sittings/macse/2016-03-10"))
    town.now += timedelta(minutes=1)
    send(client, "/sittings", "/sittings", panel="macse", **day("sits", "2016-02-18"))

    assert "Leave it empty to keep Thursday 25 February 2016" in form
    assert (
        "Closes at the end of Thursday 25 February 2016"
        " 5 working days before 3 March 2016, the day first set:"
    ) in shown
    assert [
        (f"{one.sits_on}", one.cutoff_on and f"{one.cutoff_on}")
        for one in town.authority().sittings["macse"][-3:]
    ] == [("2016-02-18", None), ("2016-03-10", "2016-02-25"), ("2016-04-07", None)]


def test_a_sitting_is_put_off_and_its_agenda_goes_along(own: tuple[Town, TestClient]) -> None:
    """The old date is gone, the reason is kept, the new one says where it comes from."""
    town, client = own
    typed = {"held": "later", "reason": "chair-unavailable", **day("moved", "2016-02-11")}
    answer = send(client, f"{FEBRUARY}/postpone", f"{FEBRUARY}/postpone", **typed)
    said = last(town, None, PanelSittingPostponed).event.said
    assert isinstance(said, PanelSittingPostponed)
    moved = words(client.get("/sittings/macse/2016-02-11"))

    assert "Recorded." in words(answer)
    assert (said.reason, said.cutoff_on) == ("chair-unavailable", None)
    assert client.get(FEBRUARY).status_code == 404
    assert "Put off from Thursday 4 February 2016: nobody could chair it" in moved
    assert "Closes at the end of Thursday 28 January 2016" in moved


def test_a_sitting_that_is_not_held_leaves_no_date(own: tuple[Town, TestClient]) -> None:
    """Without another day it is simply not held."""
    town, client = own
    typed = {"held": "no", "reason": "no-cases", **day("moved", "2016-02-11")}
    send(client, f"{FEBRUARY}/postpone", f"{FEBRUARY}/postpone", **typed)

    assert [f"{one.sits_on}" for one in town.authority().sittings["macse"]][-1] == "2016-01-07"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Say whether it sits on another day"),
        ({"held": "later", "reason": "other"}, "Enter a real date"),
        ({"held": "no"}, "Choose a reason"),
        (
            {"held": "later", "reason": "other", **day("moved", "2016-01-08")},
            "The new day must be today or later",
        ),
        (
            {"held": "later", "reason": "other", **day("moved", "2016-01-20")},
            "The agenda must close on the new day, or before: enter a day",
        ),
        (
            {"held": "later", "reason": "other", **day("moved", "2016-01-20"), **day("closes", "2016-01-21")},
            "The agenda must close on the day it sits, or before",
        ),
    ],
)  # fmt: skip
def test_a_wrong_postponement_is_refused(
    own: tuple[Town, TestClient], typed: dict[str, str], said: str
) -> None:
    """The sitting stays where it is."""
    town, client = own
    answer = send(client, f"{FEBRUARY}/postpone", f"{FEBRUARY}/postpone", **typed)

    assert answer.status_code == 400
    assert said in words(answer)
    assert len(town.authority().sittings["macse"]) == 3


def test_a_sitting_is_not_put_off_onto_another(own: tuple[Town, TestClient]) -> None:
    """Two sittings of a panel cannot be on one day; the same day with a new cut-off is no other."""
    town, client = own
    entered = day("sits", "2016-01-21") | day("closes", "2016-01-14")
    send(client, "/sittings", "/sittings", panel="macse", **entered)
    town.now += timedelta(minutes=1)
    typed = {"held": "later", "reason": "other", **day("closes", "2016-01-20")}
    clash = send(
        client,
        f"{FEBRUARY}/postpone",
        f"{FEBRUARY}/postpone",
        **typed,
        **day("moved", "2016-01-21"),
    )
    same = send(
        client,
        f"{FEBRUARY}/postpone",
        f"{FEBRUARY}/postpone",
        **typed,
        **day("moved", "2016-02-04"),
    )

    assert "The panel sits on that day already" in words(clash)
    assert "Recorded." in words(same)
    assert f"{town.authority().sittings['macse'][-1].cutoff_on}" == "2016-01-20"


def test_the_agenda_says_why_each_child_is_on_it(own: tuple[Town, TestClient]) -> None:
    """Each reason, what came too late, who was there, what was decided and what is to be done."""
    said = words(own[1].get(ADDRESS))

    for sentence in (
        "4 children are on the agenda; 1 is decided.",
        "Put off from Tuesday 5 January 2016: too few members could come",
        "CH-0011 New since the last sitting, 14 December 2015 X-CH-0011 Plan",
        "CH-0012 Deferred from the last sitting, 3 December 2015",
        "Review due by 3 January 2016 Missing since the last sitting, on 20 December 2015 Turns 18",
        "CH-0015 Moved in from another authority, 15 December 2015 CP-15",
        "After the cut-off, next sitting CH-0013 : New since the last sitting, 6 January 2016",
        "Police, Children’s social care and CAMHS Apologies: School",
        "CAMHS Direct work CH-0011 1 February 2016 Open",
        "Children’s social care Disruption CH-0014 15 January 2016 Open",
        "Police Disruption CH-0014 18 December 2015 Late",
    ):
        assert sentence in said


def test_a_decision_is_recorded_with_what_it_is_about(own: tuple[Town, TestClient]) -> None:
    """On the day of the sitting, by whom, for every reference that waited; twice it is once."""
    town, client = own
    token = TOKEN.findall(client.get(ADDRESS).text)[0]
    form = {"token": token, "child": town.ref("CH-0012"), "decision": "plan"}
    first = client.post(f"{ADDRESS}/decision", data=form)
    second = client.post(f"{ADDRESS}/decision", data=form)
    told = last(town, "CH-0012", CaseHeardAtPanel)
    assert isinstance(told.event.said, CaseHeardAtPanel)

    assert "Recorded." in words(first)
    assert "That is recorded already." in words(second)
    assert (f"{told.event.occurred_on}", told.event.by) == ("2016-01-07", "P-5")
    assert told.event.said.exploitation_refs == ("X-CH-0012",)
    assert "2 are decided" in words(client.get(ADDRESS))


def test_a_decision_said_again_corrects_the_first(own: tuple[Town, TestClient]) -> None:
    """Nothing is edited: a correction names the fact of the case system."""
    town, client = own
    send(client, ADDRESS, f"{ADDRESS}/decision", child=town.ref("CH-0011"), decision="no-plan")
    told = last(town, "CH-0011", FactCorrected).event.said
    assert isinstance(told, FactCorrected)

    assert told.corrected_event.source == "case-system"
    assert told.fields == {"decision": "no-plan"}
    assert "14 December 2015 X-CH-0011 No plan" in words(client.get(ADDRESS))


def test_a_child_from_elsewhere_is_heard_under_its_placement(own: tuple[Town, TestClient]) -> None:
    """The decision names the placement that waited."""
    town, client = own
    send(client, ADDRESS, f"{ADDRESS}/decision", child=town.ref("CH-0015"), decision="plan")
    told = last(town, "CH-0015", CaseHeardAtPanel).event.said
    assert isinstance(told, CaseHeardAtPanel)

    assert told.cicola_placement_ref == "CP-15"
    assert town.clock("CH-0015", "cse-cicola-transfer-next-panel")


def test_an_action_is_agreed_for_an_agency_by_a_day(own: tuple[Town, TestClient]) -> None:
    """With its agency and day; afterwards it is done on a day."""
    town, client = own
    typed = {"child": town.ref("CH-0012"), "agency": "school", "kind": "education"}
    answer = send(client, ADDRESS, f"{ADDRESS}/action", **typed, **day("due", "2016-01-29"))
    agreed = last(town, "CH-0012", PanelActionAgreed).event.said
    assert isinstance(agreed, PanelActionAgreed)
    shown = words(answer)
    done = send(
        client, ADDRESS, f"{ADDRESS}/done", action=agreed.action_ref, **day("on", "2016-01-11")
    )
    told = last(town, "CH-0012", PanelActionDone)

    assert "School Education CH-0012 29 January 2016 Open" in shown
    assert agreed.exploitation_ref == "X-CH-0012"
    assert "School Education CH-0012 29 January 2016 Done on 11 January 2016" in words(done)
    assert f"{told.event.occurred_on}" == "2016-01-11"


def test_an_action_done_late_is_said_to_be(own: tuple[Town, TestClient]) -> None:
    """From an earlier sitting, done today."""
    client = own[1]
    answer = send(client, ADDRESS, f"{ADDRESS}/done", action="A-1", **day("on", "2016-01-11"))

    assert "Police Disruption CH-0014 18 December 2015 Done late on 11 January 2016" in words(
        answer
    )


def test_who_was_there_is_said_anew(own: tuple[Town, TestClient]) -> None:
    """The last word counts; the same form with other words is not taken for another."""
    town, client = own
    token = TOKEN.findall(client.get(ADDRESS).text)[0]
    first = client.post(f"{ADDRESS}/attendance", data={"token": token, "present": ["school", "gp"]})
    again = client.post(f"{ADDRESS}/attendance", data={"token": token, "present": ["gp"]})
    told = last(town, None, PanelAttendanceRecorded).event.said
    assert isinstance(told, PanelAttendanceRecorded)

    assert "GP and School" in words(first)
    assert "This form was sent before with other words" in words(again)
    assert told.present == ("gp", "school")


@pytest.mark.parametrize(
    ("form", "typed", "said"),
    [
        ("decision", {"decision": "plan"}, "Choose the child"),
        ("decision", {"child": "x", "decision": "x"}, "Choose what was decided"),
        ("action", {}, "Choose the child"),
        ("action", {"kind": "health"}, "Choose the agency that does it"),
        ("action", {"agency": "gp"}, "Choose what is to be done"),
        ("action", day("due", "2016-01-06"), "It must be due on the day of the sitting, or later"),
        ("action", day("due", "2016-02-31"), "Enter a real date"),
        ("done", {}, "Choose the action"),
        ("done", {"action": "A-1"}, "Enter a real date"),
        ("done", {"action": "A-1", **day("on", "2016-01-12")}, "must be today or in the past"),
        ("done", {"action": "A-1", **day("on", "2015-12-01")}, "It was agreed only on 3 December"),
        ("attendance", {}, "Choose every agency that was there"),
        ("attendance", {"present": ["gp"], "apologies": ["gp"]}, "has sent no apologies"),
    ],
)
def test_a_wrong_form_of_a_sitting_is_refused(
    own: tuple[Town, TestClient], form: str, typed: dict[str, Any], said: str
) -> None:
    """Nothing is recorded, what is wrong is said, and the form stands open."""
    town, client = own
    before = stated(town)
    answer = send(client, ADDRESS, f"{ADDRESS}/{form}", **typed)

    assert answer.status_code == 400
    assert said in words(answer)
    assert 'daymark-no-print" open' in answer.text
    assert stated(town) == before == 0


def test_nothing_is_decided_before_the_sitting(own: tuple[Town, TestClient]) -> None:
    """The page says so, and a form sent all the same is refused."""
    town, client = own
    page = client.get(FEBRUARY)
    answers = [
        send(client, FEBRUARY, f"{FEBRUARY}/{form}", child=town.ref("CH-0013"), present=["gp"])
        for form in ("decision", "action", "attendance")
    ]

    assert "The panel has not sat yet." in words(page)
    assert {one.status_code for one in answers} == {400}
    assert all("This sitting has not been held yet" in words(one) for one in answers)


def test_whoever_has_not_said_who_they_are_is_asked_first(met: Path, tmp_path: Path) -> None:
    """They see the pages without forms, and are led back to them."""
    shutil.copytree(met, tmp_path, dirs_exist_ok=True)
    town = Town(tmp_path, now=NOW)
    with TestClient(build(town.parts()), base_url=URL, headers=OURS) as client:
        pages = [client.get(path).text for path in ("/sittings", ADDRESS, f"{FEBRUARY}/postpone")]
        token = TOKEN.findall(client.get("/me").text)[0]
        sent = [
            client.post(path, data={"token": token}, follow_redirects=False)
            for path in (
                "/sittings", f"{FEBRUARY}/postpone",
                *(f"{ADDRESS}/{form}" for form in ("decision", "action", "done", "attendance")),
            )
        ]  # fmt: skip
    town.close()

    assert all("Say who you are" in page and '<form method="post"' not in page for page in pages)
    assert {one.status_code for one in sent} == {303}
    assert sent[2].headers["location"].endswith("%2Fsittings%2Fmacse%2F2016-01-07")


def test_a_sitting_that_is_not_known_is_not_found(own: tuple[Town, TestClient]) -> None:
    """No such day, no such panel, no such form, no such member, no such moment."""
    client = own[1]
    paths = ("/sittings/macse/2016-01-05", "/sittings/none/2016-01-07", "/sittings/macse/today")
    missing = [client.get(path).status_code for path in (*paths, f"{ADDRESS}/pack?agency=x")]

    assert missing == [404, 404, 404, 404]
    assert client.post(f"{ADDRESS}/nothing").status_code in {404, 405}
    assert client.get(f"{ADDRESS}?as-of=never").status_code == 400


def test_an_agenda_is_shown_as_it_was_known(own: tuple[Town, TestClient]) -> None:
    """On 6 January nobody was heard yet; the page says that it is not of now, and takes no form."""
    page = own[1].get(f"{ADDRESS}?known-at=2016-01-06")
    said = words(page)

    assert "This is not the agenda as it stands now" in said
    assert "4 children are on the agenda." in said
    assert "Record what happened" not in said


def test_the_pack_holds_no_name_and_no_link(own: tuple[Town, TestClient]) -> None:
    """For whoever runs the sitting, or for one member, whose actions alone are in it."""
    client = own[1]
    whole, police = client.get(f"{ADDRESS}/pack"), client.get(f"{ADDRESS}/pack?agency=police")
    nobody = client.get(f"{ADDRESS}/pack?agency=housing")

    assert "Pack for MACSE on Thursday 7 January 2016" in words(whole)
    assert "Children’s social care Disruption CH-0014" in words(whole)
    assert 'href="/children/' not in whole.text
    assert "Police Disruption CH-0014 18 December 2015 Late" in words(police)
    assert "CAMHS Direct work" not in words(police)
    assert "No action is open for this member." in words(nobody)


def test_a_form_from_elsewhere_is_refused(own: tuple[Town, TestClient]) -> None:
    """A token of another session records nothing."""
    town, client = own
    paths = ("/sittings", f"{FEBRUARY}/postpone", f"{ADDRESS}/decision", f"{ADDRESS}/attendance")

    assert {client.post(path, data={"token": "x.y"}).status_code for path in paths} == {403}
    assert stated(town) == 0


def test_a_restricted_child_is_on_nobody_elses_agenda(own: tuple[Town, TestClient]) -> None:
    """Neither shown nor counted nor to be chosen, in the page, the pack and the forms."""
    town, client = own
    child = town.ref("CH-0014")
    town.tell("CH-0014", "record-restricted", "Mon 11 Jan 2016 09:05", people=["P-4"])
    pages = [client.get(path) for path in (ADDRESS, f"{ADDRESS}/pack")]
    chosen = send(client, ADDRESS, f"{ADDRESS}/decision", child=child, decision="plan")
    done = send(client, ADDRESS, f"{ADDRESS}/done", action="A-1", **day("on", "2016-01-11"))

    assert "3 children are on the agenda" in words(pages[0])
    assert all("CH-0014" not in page.text and child not in page.text for page in pages)
    assert "Choose the child" in words(chosen)
    assert "Choose the action" in words(done)
    sign_in(client, "P-4")
    assert "4 children are on the agenda" in words(client.get(ADDRESS))


def test_who_may_not_record_gets_no_form(own: tuple[Town, TestClient]) -> None:
    """A conference chair, told of single clocks only, sees the dates and can enter none."""
    client = own[1]
    sign_in(client, "P-6")
    page = client.get("/sittings")

    assert 'action="/sittings"' not in page.text
    assert "Say who you are to enter" not in page.text
    assert client.post("/sittings", data={}).status_code == 404
