"""What a manager's board showed is kept as it was sent, and shown again after everything has changed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import Response
from fastapi.testclient import TestClient

from tests.histories import CODE, moment
from tests.web.console.conftest import opened
from tests.web.console.test_words import words
from tests.web.console.town import URL, Town
from web.app import build
from web.console.sessions import Sessions

AT = "2016-01-11T09:05:00+00:00"
LATER = moment("Wed 13 Jan 2016 10:00")
ROW = re.compile(r'<tr class="govuk-table__row">.*?</tr>', re.DOTALL)


@pytest.fixture
def moving(lived: Path, tmp_path: Path) -> Iterator[Town]:
    """A town of one's own, whose days go on."""
    told = opened(lived, tmp_path)
    yield told
    told.close()


def browser(town: Town, person: str | None) -> TestClient:
    """A browser of somebody who is signed in; of whoever tries the town out where nobody is named."""
    parts = town.parts()
    made = TestClient(build(parts), base_url=URL, follow_redirects=False)
    if person is not None:
        sessions, given = Sessions(parts), Response()
        sessions.keep(given, sessions.enter(person, parts.now()))
        name, _, value = given.headers["set-cookie"].partition(";")[0].partition("=")
        made.cookies.set(name, value.strip('"'))
    return made


def rows(page: str) -> list[str]:
    """The rows of a board as a page shows them, in words.

    The past is not answered for nor handed over, and which children shared a meeting is not told of it.
    """
    if "daymark-board" not in page:
        return []
    table = page[page.index("daymark-board") : page.index("</table>")]
    table = re.sub(r'<a [^>]*href="/escalations/.*?</a>', "", table, flags=re.DOTALL)
    table = re.sub(r'<span class="daymark-under daymark-siblings">.*?</a></span>', "", table)
    table = re.sub(
        r'<td class="govuk-table__cell daymark-choose">.*?</td>', "", table, flags=re.DOTALL
    )
    return [" ".join(words(row).split()) for row in ROW.findall(table)[1:]]


def go_on(town: Town) -> None:
    """A conference turns out to have been held, a record is closed to most, a post ends, a start moves."""
    town.tell(
        *("CH-0001", "conference-held", "Tue 5 Jan 2016"),
        recorded="Mon 11 Jan 2016 15:00",
        kind="initial",
        enquiry_ref="enquiry-1",
    )
    town.tell(
        *("CH-0003", "record-restricted", "Mon 11 Jan 2016 16:00"),
        people=["P-4"],
        reason="adoption",
    )
    ended = {"person_ref": "P-1", "role": "team_manager", "team_ref": "north"}
    town.tell_of_itself(
        "person-assigned", "Mon 11 Jan 2016", **ended, from_on="2012-01-02", to_on="2016-01-11"
    )
    town.pass_to(LATER)
    town.now = LATER
    town.show()


@pytest.mark.parametrize("person", ["P-1", "P-2", "P-5", "P-6", "P-7"])
def test_a_board_is_shown_again_as_it_was_sent(moving: Town, person: str) -> None:
    """Row by row, the page of that morning and its replay two days on say the same."""
    with browser(moving, person) as theirs:
        sent = rows(theirs.get("/board").text)
    go_on(moving)
    with browser(moving, None) as auditor:
        page = auditor.get("/audit/as-seen", params={"person": person, "at": AT}).text
    expected = by_child(sent)
    # Who asks may not see her any more, and so is not shown that she was there.
    expected.pop("CH-0003", None)

    assert sent
    assert by_child(rows(page)) == expected


def by_child(board: list[str]) -> dict[str, list[str]]:
    """The rows of each child; children of one meeting stood together, which the replay does not tell."""
    found: dict[str, list[str]] = {}
    child = ""
    for row in board:
        if named := re.match(r"CH-\d+|Allegation \S+", row):
            child = named[0]
        found.setdefault(child, []).append(row)
    return found


def test_the_board_of_today_is_another(moving: Town) -> None:
    """The comparison would prove nothing if nothing had changed since."""
    with browser(moving, "P-7") as theirs:
        sent = rows(theirs.get("/board").text)
        go_on(moving)
        now = rows(theirs.get("/board").text)

    assert sent != now


def test_what_had_reached_somebody_is_listed_beside_it(town: Town) -> None:
    """Messages, posts, feeds and what cannot be told."""
    asked = {"person": "P-5", "at": "2016-01-11T09:00:00+00:00"}
    with browser(town, None) as auditor:
        page = auditor.get("/audit/as-seen", params=asked).text
    said = " ".join(words(page).split())

    assert "This is the board that Hannah Brook could see at 11 January 2016 at 9am" in said
    assert "Late: Initial child protection conference, CH-0001" in said
    assert "delivered" in said
    assert "nightly, which speaks at night had told everything up to 10 January 2016" in said
    assert "Whether an e-mail that was delivered was opened." in said


def test_the_form_leads_to_the_address(town: Town) -> None:
    """Whose board and when; what is missing is said, and a moment that has not passed is none."""
    typed = {"at-day": "8", "at-month": "1", "at-year": "2016", "at-time": "10am"}
    with browser(town, None) as auditor:
        good = auditor.get("/audit/as-seen", params={"person": "P-5", **typed})
        nobody = auditor.get("/audit/as-seen", params={"person": "", **typed})
        never = auditor.get("/audit/as-seen", params={"person": "P-5", "at-day": ""})
        strange = auditor.get("/audit/as-seen", params={"person": "P-99", "at": "2016-01-08"})
        unreadable = auditor.get("/audit/as-seen", params={"person": "P-5", "at": "soon"})

    assert good.headers["location"] == (
        "/audit/as-seen?person=P-5&at=2016-01-08T10%3A00%3A00%2B00%3A00"
    )
    assert (nobody.status_code, never.status_code) == (400, 400)
    assert "Choose whose board" in nobody.text
    assert "Enter a moment that has passed" in never.text
    assert (strange.status_code, unreadable.status_code) == (400, 400)


def test_the_look_of_the_auditor_is_recorded(moving: Town) -> None:
    """Before the page is sent, as every look is."""
    with browser(moving, "P-7") as head:
        head.get("/audit/as-seen", params={"person": "P-5", "at": "2016-01-08"})
    stream = moving.log.stream(CODE, "reads", "P-7")
    (look,) = [one.event.said for one in moving.log.history(stream)]

    assert getattr(look, "route", "") == "/audit/as-seen"
