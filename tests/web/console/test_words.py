"""The words of every page: a manager's own, no jargon, dates as people say them."""

import html
import re

import pytest

from domain.clocks import Verdict
from domain.words import VERDICTS
from tests.web.client import TestClient
from tests.web.console.test_every_page import NAMES, addresses
from tests.web.console.town import URL, Town
from web.access import every_route, needed
from web.app import build
from web.console.page_names import CALLED
from web.console.statuses import COLOURS, MEANINGS
from web.recording import IS_NO_PAGE, IS_RECORDED

ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
SPACED_HALF = re.compile(r"\d ?[ap]\.m\.|\d [ap]m\b")
STORED_NAME = re.compile(r"\b[a-z]+_[a-z_]+\b")
HOURS_OF_24 = re.compile(r"\b(1[3-9]|2[0-3]):\d\d\b")


def words(page: str) -> str:
    """What a person reads of a page, without scripts and marks."""
    bare = re.sub(r"<(script|pre|code)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", bare))


def must_speak_plainly(page: str) -> None:
    """Hold the words of a page to the rules of every page."""
    said = words(page)
    assert "breach" not in said.lower()
    assert ISO_DATE.findall(said) == []
    assert SPACED_HALF.findall(said) == []
    assert HOURS_OF_24.findall(said) == []
    assert STORED_NAME.findall(said) == []
    assert not any(word in said.lower() for word in (" please ", "failed to", "e.g.", "i.e."))


@pytest.fixture(scope="module")
def client(town: Town) -> TestClient:
    """A browser that only reads."""
    return TestClient(build(town.parts()), base_url=URL)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "letter"])
def test_every_page_speaks_plainly(client: TestClient, town: Town, name: str) -> None:
    """Late, not breached; 5 April 2016, not a row of digits; 9am, not 9 am or 21:00."""
    page = client.get(addresses(town)[name]).text

    must_speak_plainly(page)


def test_every_look_names_its_page_in_words(town: Town) -> None:
    """Whoever reads who looked at what reads no address: whatever can be recorded has a name."""
    app = build(town.parts())
    recorded = {
        route.path
        for route in every_route(app.routes)
        if (need := needed(route)) and not need.machine
        if need.kind in IS_RECORDED and route.path not in IS_NO_PAGE
    }

    assert recorded - set(CALLED) == set()


def test_every_status_has_a_colour_and_a_meaning() -> None:
    """A status without a word on the help page could not be looked up."""
    assert set(COLOURS) == set(Verdict)
    assert set(VERDICTS.values()) | {"Late, not confirmed"} == {word for word, _ in MEANINGS}
