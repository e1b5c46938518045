"""The page of timescales against time says what was recorded, not what had been planned."""

import re

from tests.web.client import TestClient
from tests.web.console.test_held_and_unconfirmed import words
from tests.web.console.town import URL, Town
from web.app import build

TRIANGLE = re.compile(r'class="daymark-drawing__(warned|untold)"')


def shown(town: Town, query: str = "") -> str:
    """The pictures of a child of the town, as they are sent."""
    address = f"/children/{town.ref('CH-0001')}/clocks{query}"
    answer = TestClient(build(town.parts()), base_url=URL).get(address)
    assert answer.status_code == 200
    return answer.text


def rows(page: str) -> list[str]:
    """What the table says of each timescale."""
    found = re.findall(r"<tr\b.*?</tr>", page, flags=re.DOTALL)
    return [words(one) for one in found]


def row(page: str, title: str) -> str:
    """What the table says of one timescale."""
    (one,) = [found for found in rows(page) if found.startswith(title)]
    return one


def test_a_decision_taken_in_time_was_never_warned_of(town: Town) -> None:
    """It was taken on 10 December; its warning had been planned for the morning after."""
    decision = row(shown(town), "Manager decision")

    assert "No warning recorded" in decision
    assert "11 December 2015 at 7am" not in decision


def test_a_warning_that_was_given_says_when_and_who_was_told(town: Town) -> None:
    """By name, of the conference that nobody held; a triangle for each, hollow where nobody was told."""
    page = shown(town)
    conference = row(page, "Initial child protection conference")
    drawn = TRIANGLE.findall(page)

    assert re.search(r"\d{1,2} \w+ 201\d at \w+: told [A-Z]\w+ [A-Z]\w+", conference)
    assert drawn.count("warned") == sum(one.count(": told ") for one in rows(page))
    assert drawn.count("untold") == sum(one.count(": nobody was told") for one in rows(page))


def test_what_was_warned_of_later_is_not_known_earlier(town: Town) -> None:
    """Looking back to the day after it began, no warning of the conference had been given."""
    page = shown(town, "?known-at=2015-12-12")

    assert "No warning recorded" in row(page, "Initial child protection conference")
