"""Two moments of a child on one page: the differences, their causes, and both explanations."""

from collections.abc import Iterator

import pytest

from tests.web.client import TestClient
from tests.web.console.test_two_moments import boxes
from tests.web.console.test_words import words
from tests.web.console.town import URL, Town
from web.app import build


@pytest.fixture
def anybody(town: Town) -> Iterator[TestClient]:
    """A browser of whoever tries the town out."""
    with TestClient(build(town.parts()), base_url=URL, follow_redirects=False) as browser:
        yield browser


def second(typed: dict[str, str]) -> dict[str, str]:
    """The same boxes, as those of the second moment."""
    return {
        name.replace("-", "-2-")
        if name.startswith("h")
        else name.replace("known-by-", "known-by-2-"): word
        for name, word in typed.items()
    }


def test_what_became_known_is_named_with_what_it_changed(anybody: TestClient, town: Town) -> None:
    """The conference was recorded three days after it was held: late on Thursday, done on Saturday."""
    address = f"/children/{town.ref('CH-0002')}/compare?known-at=2016-01-07&and-known-at=2016-01-09"
    said = " ".join(words(anybody.get(address).text).split())

    assert "Became known: Conference held (initial)." in said
    assert "Recorded 8 January 2016 at 11:40am by case-system." in said
    assert "It is not late after all: Late at the first moment, Done in time at the second." in said
    assert (
        "Why it differs: Conference held (initial): happened 5 January 2016, time not given,"
        " recorded 8 January 2016 at 11:40am." in said
    )
    assert (
        "Initial child protection conference was due by the end of 6 January 2016 and is late"
        in said
    )
    assert "and was done in time: conference held on 5 January 2016." in said


def test_the_boxes_of_both_moments_lead_to_one_address(anybody: TestClient, town: Town) -> None:
    """The address holds all four; what stays empty is left out."""
    page = f"/children/{town.ref('CH-0002')}/compare"
    sent = boxes("6 1 2016", "7 1 2016 9am") | second(boxes("", "9 1 2016"))
    answer = anybody.get(page, params=sent)
    wrong = anybody.get(page, params=boxes("", "7 1 2016 9am") | second(boxes("", "x 1 2016")))

    assert answer.headers["location"] == (
        f"{page}?as-of=2016-01-06&known-at=2016-01-07T09%3A00%3A00%2B00%3A00"
        "&and-as-of=2016-01-09&and-known-at=2016-01-09"
    )
    assert (
        anybody.get(page, params=boxes("", "") | second(boxes("", ""))).headers["location"] == page
    )
    assert wrong.status_code == 400
    assert 'href="#known-by-2-day"' in wrong.text
    assert 'value="9am"' in wrong.text
    assert anybody.get(f"{page}?and-known-at=soon").status_code == 400


def test_what_no_source_could_have_stated_is_said(anybody: TestClient, town: Town) -> None:
    """Of both moments: the interview waits for the feed of the night, which was heard only so far."""
    address = f"/children/{town.ref('CH-0009')}/compare?known-at=2016-01-08&and-known-at=2016-01-10"
    first, _, later = words(anybody.get(address).text).partition("At the second moment")

    assert "could be stated by nightly alone, which had been heard up to 7 January 2016" in first
    assert "could be stated by nightly alone, which had been heard up to 10 January 2016" in later


def test_an_auditor_is_told_on_the_record_itself(anybody: TestClient, town: Town) -> None:
    """What no source could state stands below the timeline and the timescales."""
    for more in ("", "/clocks"):
        page = f"/children/{town.ref('CH-0009')}{more}?known-at=2016-01-08T09:00:00%2B00:00"

        assert "could be stated by nightly alone" in anybody.get(page).text
