"""The form of what an authority must settle, as a page: sent right it comes back as a file."""

import html
import re
import tomllib

import pytest
from httpx2 import Response

from domain.packs import overlay
from domain.settling import questions
from tests.domain.packs import NATIONAL
from tests.histories import england
from tests.web.client import TestClient
from tests.web.console.test_doors import OURS, TOKEN
from tests.web.console.town import URL, Town
from web.app import build

HEAD = {"name": "sefton", "version": "2", "from-day": "1", "from-month": "4", "from-year": "2016"}


@pytest.fixture
def client(town: Town) -> TestClient:
    """A browser without eyes."""
    return TestClient(build(town.parts()), base_url=URL, headers=OURS)


def send(client: TestClient, **changes: str) -> Response:
    """The form as a browser sends it."""
    token = TOKEN.findall(client.get("/settle").text)[0]
    return client.post("/settle", data={"token": token, **HEAD, **changes})


CONTENTS = re.compile(r'<li><a class="govuk-link" href="(/settle[^"]*thread=[^"]*)">([^<]+)</a>')


def listed(page: str) -> dict[str, str]:
    """The address of each thread, by its name, as the list has it."""
    return {title: html.unescape(address) for address, title in CONTENTS.findall(page)}


def fields(page: str) -> dict[str, str]:
    """What a form of the page would send as it stands: its boxes, its ticked answers, and what it carries."""
    inputs = [
        dict(re.findall(r'(\w+)="([^"]*)"', one)) for one in re.findall(r"<input[^>]*>", page)
    ]
    ticked = re.findall(r'<input [^>]*name="([^"]+)" type="radio" value="([^"]*)" checked', page)
    boxes = {one["name"]: one.get("value", "") for one in inputs if one.get("type") != "radio"}
    return boxes | dict(ticked)


def test_every_question_stands_on_the_page_of_its_thread(client: TestClient) -> None:
    """Each of the 48 once, with what holds until it is settled, what is said of it, and its rule."""
    list_page = client.get("/settle").text
    sent = [client.get(address).text for address in listed(list_page).values()]
    whole = html.unescape("".join(sent))

    assert "Until it is settled" not in list_page
    assert len(sent) > 5
    assert max(page.count("Until it is settled: ") for page in sent) < 16
    assert whole.count("Until it is settled: ") == 48
    assert "&lt;span" not in "".join(sent)
    for one in questions(england()):
        assert f'name="{one.name}"' in whole
        assert one.rule.title in whole
    assert "Until it is settled: 10 working days. No national interval" in whole
    assert "It changes nothing yet: no fact says yet that the court has extended" in whole
    assert "It changes no clock: it counts in the figure “Plans open for long”." in whole


def test_answers_are_kept_from_thread_to_thread_and_end_in_one_file(client: TestClient) -> None:
    """By the links and buttons of the pages alone: two threads answered, and one answer taken back."""
    plans = listed(client.get("/settle").text)["Child in need and child protection plans"]
    typed = fields(client.get(plans).text) | {"cp-visit.amount": "20", "cin-visit.amount": "25"}
    back = client.get("/settle", params=typed).text
    missing = client.get(listed(back)["Missing"]).text
    typed = fields(missing) | {"missing-rhi-72h.missing_again": "runs-on"}
    again = client.get("/settle", params=typed).text
    changed = fields(client.get(listed(again)["Child in need and child protection plans"]).text)
    last = client.get("/settle", params=changed | {"cin-visit.amount": ""}).text
    form = fields(last[last.index('action="/settle"') :])
    file = client.post("/settle", data=form | HEAD)
    said = tomllib.loads(file.text)["settled"]

    assert changed["cp-visit.amount"] == "20"
    assert "2 answered" in back
    assert {rule: value for rule, value in said.items() if value} == {
        "cp-visit": {"amount": 20},
        "missing-rhi-72h": {"missing_again": "runs-on"},
    }


def test_what_is_wrong_is_said_before_another_thread_opens(client: TestClient) -> None:
    """The thread with the fault comes back with what was typed, whichever was asked for."""
    asked = {
        "cp-visit.amount": "often",
        "thread": "missing",
        "missing-rhi-72h.missing_again": "runs-on",
    }
    found = client.get("/settle", params=asked)
    page = html.unescape(found.text)

    assert found.status_code == 400
    assert page.count("say a whole number of working days") == 2
    assert re.search(r'name="cp-visit.amount"[^>]*value="often"', page)
    assert re.search(r'type="hidden" name="missing-rhi-72h.missing_again" value="runs-on"', page)


def test_a_thread_that_is_not_known_is_the_list(client: TestClient) -> None:
    """An address of another release, or a mistyped one, loses nobody their way."""
    found = client.get("/settle", params={"thread": "no-such"})

    assert found.status_code == 200
    assert len(listed(found.text)) > 5


def test_the_answers_come_back_as_a_file(client: TestClient) -> None:
    """The file is the one that an operator looks at and adopts; what was left out stays unsettled."""
    answers = {
        "cp-visit.amount": "20",
        "missing-rhi-72h.missing_again": "runs-on",
        "cin-visit.amount": "",
    }
    found = send(client, **answers)
    policy = overlay(NATIONAL, {"settled.toml": found.text})

    assert found.status_code == 200
    assert found.headers["content-disposition"] == 'attachment; filename="settled.toml"'
    assert (policy.name, policy.version) == ("sefton", "2")
    said = tomllib.loads(found.text)["settled"]
    assert {rule: value for rule, value in said.items() if value} == {
        "cp-visit": {"amount": 20},
        "missing-rhi-72h": {"missing_again": "runs-on"},
    }


@pytest.mark.parametrize(
    ("field", "typed", "sentence", "leads_to"),
    [
        ("cp-visit.amount", "often", "say a whole number of working days", "#cp-visit-amount"),
        ("cp-visit.seen_alone_required", "perhaps", "say true or false", "#cp-visit-seen-alone-required"),
        ("name", 'x"\nfrom = 1', "Enter a name of letters", "#name"),
        ("version", "../2", "Enter a version of letters", "#version"),
        ("from-month", "13", "Enter a real date", "#from-day"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_the_top_and_at_its_field(
    client: TestClient, field: str, typed: str, sentence: str, leads_to: str
) -> None:
    """Nothing typed is lost, and each fault leads to where it is."""
    found = send(client, **{field: typed, "cp-core-group-next.amount": "4"})
    page = html.unescape(found.text)

    assert found.status_code == 400
    assert "There is a problem" in page
    assert page.count(sentence) == 2
    assert f'href="{leads_to}"' in page
    assert f'id="{leads_to[1:]}"' in page
    assert re.search(r'name="cp-core-group-next.amount"[^>]*value="4"', page)


def test_answers_that_take_warnings_away_are_shown_before_they_are_a_file(
    client: TestClient,
) -> None:
    """The page says which; sent again as they are, they come back as a file that says it too."""
    answers = {"missing-strategy-72h.amount": "24"}
    warned = send(client, **answers)
    page = html.unescape(warned.text)
    stamp = re.findall(r'name="lost" value="(\w+)"', page)[0]
    file = send(client, **answers, lost=stamp)
    other = send(client, **answers, **{"cp-visit.amount": "2"}, lost=stamp)

    assert warned.status_code == 200
    assert "missing-strategy-72h allows 24 hours, so its warnings 24 hours after the start" in page
    assert re.search(r'name="missing-strategy-72h.amount"[^>]*value="24"', page)
    assert file.headers["content-type"].startswith("application/toml")
    assert "# missing-strategy-72h allows 24 hours" in file.text
    assert "cp-visit allows 2 working days" in html.unescape(other.text)
    assert not other.headers["content-type"].startswith("application/toml")


def test_a_form_from_elsewhere_is_refused(client: TestClient) -> None:
    """A token of another session makes no file."""
    assert client.post("/settle", data={"token": "x.y", **HEAD}).status_code == 403
