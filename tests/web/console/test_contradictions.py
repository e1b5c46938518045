"""Two facts that contradict each other stand side by side, and a person says which is right."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect

from domain.event import CONSOLE, Recorded
from domain.facts.corrections import FactConfirmed, FactCorrected, FactWithdrawn
from tests.web.console.conftest import be, serving
from tests.web.console.states import anomaly_of
from tests.web.console.test_doors import OURS, TOKEN, sign_in
from tests.web.console.test_every_page import look_at
from tests.web.console.test_sittings import send
from tests.web.console.town import NOW, URL, Town
from web.app import build

CHILD = "CH-0009"


@pytest.fixture
def twice(lived: Path, tmp_path: Path) -> Iterator[Town]:
    """A copy of the town, where one missing episode was told as begun twice."""
    shutil.copytree(lived, tmp_path, dirs_exist_ok=True)
    town = Town(tmp_path, now=NOW)
    town.tell(CHILD, "missing-episode-started", "Thu 7 Jan 2016 09:00", type="M")
    town.now = NOW
    town.show()
    yield town
    town.close()


@pytest.fixture
def client(twice: Town) -> Iterator[TestClient]:
    """A browser without eyes of somebody who may record about the child."""
    with TestClient(build(twice.parts()), base_url=URL, headers=OURS) as made:
        sign_in(made)
        yield made


def settled(town: Town) -> list[Recorded]:
    """What was said of the child through forms."""
    episode = town.log.episode(town.log.stream("343", "child", CHILD))
    assert episode is not None
    return [one for one in episode.facts if one.event.source == CONSOLE]


def surprising(client: TestClient) -> int:
    """How many things surprise about the child, as the list has it."""
    return client.get("/anomalies").text.count(f">{CHILD}</a>")


def test_both_facts_stand_side_by_side(page: Page, twice: Town) -> None:
    """With what each says, what follows from either, and the form; readable at both widths."""
    with serving(twice.parts()) as site:
        be(page, site, "Hannah Brook")
        page.goto(f"{site}/anomalies")
        page.get_by_role("link", name=CHILD).click()
        cards = page.locator(".govuk-summary-card")
        expect(cards).to_have_count(2)
        expect(cards.nth(0)).to_contain_text("The first fact: missing episode started")
        expect(cards.nth(1)).to_contain_text("7 January 2016 at 9am")
        expect(page.get_by_role("table")).to_contain_text("Does not run")
        look_at(page, "contradiction")
        page.get_by_label("The first is right: withdraw the second").check()
        page.get_by_role("button", name="Record what is right").click()

        expect(page.get_by_role("alert")).to_contain_text("Choose why the other is withdrawn")
        look_at(page, "contradiction-wrong")


def test_the_first_is_right(twice: Town, client: TestClient) -> None:
    """The second is withdrawn, once, by this person, with a receipt; then nothing surprises."""
    address = anomaly_of(twice, CHILD)
    page = client.get(address)
    form = {"token": TOKEN.findall(page.text)[0], "what": "first", "reason": "duplicate"}
    first = client.post(address, data=form, follow_redirects=False)
    second = client.post(address, data=form, follow_redirects=False)
    twice.show()
    (said,) = settled(twice)
    gone = said.event.said

    assert isinstance(gone, FactWithdrawn)
    assert (said.event.by, gone.reason) == ("P-5", "duplicate")
    assert gone.corrected_event.id.startswith(
        f"{CHILD}-missing-episode-started-Thu-7-Jan-2016-09:00"
    )
    assert "done=known" in second.headers["location"]
    assert said.event_id.hex in client.get(first.headers["location"]).text
    assert surprising(client) == 0
    assert client.get(address, follow_redirects=False).status_code == 303
    assert client.post(address, data=form, follow_redirects=False).status_code == 303


def test_both_are_right_because(twice: Town, client: TestClient) -> None:
    """A sentence is asked for, sealed, and both facts stand."""
    address = anomaly_of(twice, CHILD)
    short = send(client, address, address, what="right", because="so")
    none = send(client, address, address)
    right = send(client, address, address, what="right", because="Two schools each reported it.")
    twice.show()
    (said,) = settled(twice)

    assert short.status_code == none.status_code == 400
    assert 'href="#because"' in short.text
    assert 'href="#what"' in none.text
    assert "Recorded." in right.text
    assert isinstance(said.event.said, FactConfirmed)
    assert said.event.said.because == "Two schools each reported it."
    assert surprising(client) == 0


def test_a_fact_of_a_system_is_put_right_only_while_it_surprises(
    twice: Town, client: TestClient
) -> None:
    """The correction names the fact of the case system, and its receipt is the form's own."""
    page = client.get(anomaly_of(twice, CHILD)).text
    mending = re.findall(r'href="(/children/[0-9a-f]+/recorded/[0-9a-f]+)"', page)
    answer = send(client, mending[1], mending[1], what="correct", reason="wrong-code", type="A")
    send(client, mending[1], mending[1], what="withdraw", reason="duplicate")
    (changed, gone) = (one.event.said for one in settled(twice))

    assert len(mending) == 2
    assert answer.status_code == 200
    assert isinstance(changed, FactCorrected)
    assert isinstance(gone, FactWithdrawn)
    assert changed.corrected_event.source == "case-system"
    assert client.get(mending[0], follow_redirects=False).status_code == 303


def test_one_fact_alone_is_confirmed_or_withdrawn(twice: Town, client: TestClient) -> None:
    """Where no second fact contradicts it."""
    address = anomaly_of(twice, "CH-0007")
    page = client.get(address).text
    answer = send(client, address, address, what="wrong", reason="wrong-code")

    assert "Is this right? CH-0007" in page
    assert "It is wrong: withdraw it" in page
    assert "Recorded." in answer.text


def test_whoever_may_not_record_sees_no_form(twice: Town) -> None:
    """The facts are there to be read, and a form sent all the same records nothing."""
    with TestClient(build(twice.parts()), base_url=URL, headers=OURS) as nobody:
        page = nobody.get(anomaly_of(twice, CHILD))
        nobody.post(anomaly_of(twice, CHILD), data={"what": "first", "reason": "duplicate"})

    assert page.status_code == 200
    assert "The second fact" in page.text
    assert "Record what is right" not in page.text
    assert settled(twice) == []
