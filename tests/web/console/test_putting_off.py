"""Putting off (snoozing) what is late: with a reason, no further than the rules allow, and told after it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from httpx2 import Response

from domain.engine_events import EscalationRearmed, ManagerNotified
from tests.histories import moment
from tests.web.client import TestClient
from tests.web.console.conftest import opened
from tests.web.console.test_doors import OURS, TOKEN, sign_in
from tests.web.console.test_words import words
from tests.web.console.town import URL, Town
from web.app import build


@pytest.fixture
def own(lived: Path, tmp_path: Path) -> Iterator[Town]:
    """A town of one's own, on the morning of Monday 11 January 2016."""
    told = opened(lived, tmp_path)
    yield told
    told.close()


def browser(town: Town) -> TestClient:
    """A browser of the manager who answers for safeguarding, as it is now."""
    made = TestClient(build(town.parts()), base_url=URL, headers=OURS)
    sign_in(made, "P-5")
    return made


def put_off(client: TestClient, ladder: str, day: str, **changes: str) -> Response:
    """Promise to deal with it by a day."""
    page = client.get(f"/escalations/{ladder}").text
    sent = {"token": TOKEN.findall(page)[0], "owner": "me", "reason": "staff_capacity"}
    boxes = zip(("until-day", "until-month", "until-year"), day.split(), strict=True)
    return client.post(
        f"/escalations/{ladder}/acknowledge",
        data=sent | dict(boxes) | changes,
        follow_redirects=False,
    )


def said(client: TestClient, ladder: str) -> str:
    """What the page of the escalation says, on one line."""
    return " ".join(words(client.get(f"/escalations/{ladder}").text).split())


def test_the_page_says_how_far_it_can_be_put_off(own: Town) -> None:
    """Ten working days; what lies beyond is refused with the last day that may be named."""
    client, ladder = browser(own), own.ladders("CH-0001")[0]
    page = said(client, ladder)
    far, without = (
        put_off(client, ladder, "26 1 2016"),
        put_off(client, ladder, "14 1 2016", reason=""),
    )
    last = put_off(client, ladder, "25 1 2016")

    assert "This puts off (snoozes) telling the next manager" in page
    assert "You can put it off until 25 January 2016 at the latest." in page
    assert (far.status_code, without.status_code, last.status_code) == (400, 400, 303)
    assert "the day must be 25 January 2016 or earlier" in far.text
    assert "Choose a reason" in without.text


def test_putting_off_again_and_again_reaches_no_further(own: Town) -> None:
    """The bound is counted from the first of the promises that follow each other."""
    ladder = own.ladders("CH-0001")[0]
    put_off(browser(own), ladder, "14 1 2016")
    own.now = moment("Wed 13 Jan 2016 09:00")
    client = browser(own)
    page, further = said(client, ladder), put_off(client, ladder, "26 1 2016")

    assert "Promise again" in page
    assert "You can put it off until 25 January 2016 at the latest." in page
    assert further.status_code == 400


def test_what_was_put_off_is_told_again_when_its_day_has_passed(own: Town) -> None:
    """Nobody further up is told meanwhile; then the next manager is, and the page says when."""
    ladder = own.ladders("CH-0001")[0]
    own.children = [UUID(hex=own.ref("CH-0001"))]
    put_off(browser(own), ladder, "14 1 2016")
    before = of_the_ladder(own, ladder, ManagerNotified)
    own.pass_to(moment("Thu 14 Jan 2016 23:00"))
    meanwhile = of_the_ladder(own, ladder, ManagerNotified)
    own.pass_to(moment("Mon 18 Jan 2016 10:00"))
    own.show()
    (rearmed,) = of_the_ladder(own, ladder, EscalationRearmed, "escalation")
    later = of_the_ladder(own, ladder, ManagerNotified)[len(before) :]
    page = said(browser(own), ladder)

    assert meanwhile == before
    assert (rearmed[0], rearmed[1].reason) == (moment("Fri 15 Jan 2016 00:00"), "promise-passed")
    assert later
    assert {event.rung for _, event in later}.isdisjoint(event.rung for _, event in before)
    assert all(at >= rearmed[0] for at, _ in later)
    assert "15 January 2016" in page.partition("Who was told")[2].partition("Promised")[0]


def of_the_ladder(
    town: Town, ladder: str, kind: type[Any], name: str = "telling"
) -> list[tuple[Any, Any]]:
    """What was recorded of one kind about a ladder, and when."""
    return [
        (one.event.occurred_at, one.event.said)
        for one in town.log.history(UUID(hex=town.ref("CH-0001")))
        if isinstance(one.event.said, kind) and getattr(one.event.said, name) == ladder
    ]
