"""The form of two moments: what had happened by the one, and what was known by the other."""

import re
from collections.abc import Iterator

import pytest

from tests.web.client import TestClient
from tests.web.console.town import URL, Town
from web.app import build


@pytest.fixture
def anybody(town: Town) -> Iterator[TestClient]:
    """A browser of whoever tries the town out."""
    with TestClient(build(town.parts()), base_url=URL, follow_redirects=False) as browser:
        yield browser


def boxes(happened: str, known: str) -> dict[str, str]:
    """What the form sends for two moments, each written `day month year time`."""
    names = ("day", "month", "year", "time")
    sent = dict[str, str]()
    for which, typed in (("happened", happened), ("known-by", known)):
        words = [*typed.split(), "", "", "", ""][:4]
        sent |= {f"{which}-{name}": word for name, word in zip(names, words, strict=True)}
    return sent


@pytest.mark.parametrize("more", ["", "/clocks", "/missing"])
@pytest.mark.parametrize(
    ("happened", "known", "address"),
    [
        (
            "6 1 2016",
            "7 1 2016 14:30",
            "?as-of=2016-01-06&known-at=2016-01-07T14%3A30%3A00%2B00%3A00",
        ),
        ("", "7 1 2016", "?as-of=2016-01-07&known-at=2016-01-07"),
        (
            "6 1 2016 12am",
            "6 1 2016 12pm",
            "?as-of=2016-01-06T00%3A00%3A00%2B00%3A00&known-at=2016-01-06T12%3A00%3A00%2B00%3A00",
        ),
        (
            "6 1 2016 midnight",
            "6 1 2016 Midday",
            "?as-of=2016-01-06T00%3A00%3A00%2B00%3A00&known-at=2016-01-06T12%3A00%3A00%2B00%3A00",
        ),
        ("1 7 2015 9.05am", "", "?as-of=2015-07-01T09%3A05%3A00%2B01%3A00"),
        ("", "", ""),
        ("11 1 2016", "11 1 2016 09:05", ""),
    ],
)
def test_the_address_holds_both_moments(
    anybody: TestClient, town: Town, more: str, happened: str, known: str, address: str
) -> None:
    """Each with its own time of day in London; a moment that is not yet over is now."""
    page = f"/children/{town.ref('CH-0002')}{more}"
    answer = anybody.get(page, params=boxes(happened, known))

    assert (answer.status_code, answer.headers["location"]) == (303, page + address)


@pytest.mark.parametrize("more", ["", "/clocks", "/missing"])
def test_the_page_says_in_plain_words_what_is_looked_at(
    anybody: TestClient, town: Town, more: str
) -> None:
    """And keeps both moments in their boxes, as they were typed."""
    address = f"/children/{town.ref('CH-0002')}{more}"
    sent = anybody.get(address, params=boxes("6 1 2016", "7 1 2016 14:30:09"))
    text = anybody.get(sent.headers["location"]).text
    values = re.findall(r'<input[^>]*name="(?:happened|known-by)-[^>]*value="([^"]*)"', text)

    assert (
        "You are looking at what had happened by the end of 6 January 2016,"
        " as far as was known at 7 January 2016 at 2:30pm."
    ) in text
    assert values == ["6", "1", "2016", "", "7", "1", "2016", "2:30:09pm"]


@pytest.mark.parametrize("more", ["", "/clocks", "/missing"])
@pytest.mark.parametrize(
    ("happened", "known", "said"),
    [
        ("37 1 2016", "", "Enter a real date"),
        ("", "7 1 2016 half-past", "Enter a time of day, for example 2:30pm"),
        ("", "7 1 2016 14pm", "Enter a time of day, for example 2:30pm"),
        ("", "7 1 2016 25:00", "Enter a time of day, for example 2:30pm"),
        ("", "7 1 2016 9", "Enter a time of day, for example 2:30pm"),
        ("12 1 2016", "", "The date must be today or in the past"),
        ("", "11 1 2016 09:06", "The date must be today or in the past"),
        ("", "x x x 10:00", "Enter a real date"),
    ],
)
def test_a_moment_that_cannot_be_looked_back_to_is_said_so(
    anybody: TestClient, town: Town, more: str, happened: str, known: str, said: str
) -> None:
    """In a sentence that leads to its box, with everything still there that was typed."""
    address = f"/children/{town.ref('CH-0002')}{more}"
    answer = anybody.get(address, params=boxes(happened, known))
    box = "happened-day" if happened else "known-by-day"

    assert answer.status_code == 400
    assert f'href="#{box}"' in answer.text
    assert said in answer.text
    for typed in f"{happened} {known}".split():
        assert f'value="{typed}"' in answer.text


def test_the_day_alone_is_asked_for_first(anybody: TestClient, town: Town) -> None:
    """Who does not audit sees the form of one day, and a link to the other."""
    page = f"/children/{town.ref('CH-0002')}"
    first, link = anybody.get(page).text, f"{page}?look=moments"

    assert 'name="as-of-day"' in first
    assert f'href="{link}"' in first
    assert 'name="known-by-day"' in anybody.get(link).text
    assert 'name="known-by-day"' not in first
