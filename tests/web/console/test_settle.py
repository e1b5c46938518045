"""The form of what an authority must settle, as a page: sent right it comes back as a file."""

import html
import re
import tomllib

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from domain.packs import overlay
from domain.settling import questions
from tests.domain.packs import NATIONAL
from tests.histories import england
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


def test_the_page_asks_every_question_with_its_default(client: TestClient) -> None:
    """Each of the 48, with what holds until it is settled, what is said of it, and its rule."""
    page = html.unescape(client.get("/settle").text)

    assert page.count("Until it is settled: ") == 48
    assert "&lt;span" not in client.get("/settle").text
    for one in questions(england()):
        assert f'name="{one.name}"' in page
        assert one.rule.title in page
    assert "Until it is settled: 10 working days. No national interval" in page
    assert "It changes nothing yet: no fact says yet that the court has extended" in page
    assert "It changes no clock: it counts in the figure “Plans open for long”." in page


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
