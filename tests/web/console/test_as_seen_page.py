"""What a manager's board showed is kept as it was sent, and shown again after everything has changed."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import Response

from domain.access_events import AccessForced, ScopeGiven
from domain.engine_events import EngineEvent, OperatorTold
from domain.event import Event, Kind
from tests.histories import CODE, moment
from tests.web.client import TestClient
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
        r'<td class="govuk-table__cell daymark-choose"[^>]*>.*?</td>', "", table, flags=re.DOTALL
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
        *("CH-0004", "fact-corrected", "Mon 11 Jan 2016 15:30"),
        corrected_event={
            "source": "case-system",
            "id": "CH-0004-missing-episode-started-Sat-9-Jan-2016-14:00-Sat-9-Jan-2016-14:00",
        },
        reason="wrong-date",
        occurred_at=moment("Sat 9 Jan 2016 10:00"),
        fields={},
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

    assert good.headers["location"] == (
        "/audit/as-seen?person=P-5&at=2016-01-08T10%3A00%3A00%2B00%3A00"
    )
    assert (nobody.status_code, never.status_code) == (400, 400)
    assert "Choose whose board" in nobody.text
    assert "Enter a moment that has passed" in never.text


@pytest.mark.parametrize(
    ("person", "at", "fault"),
    [
        ("P-99", "2016-01-08", "The person in this address is not known here"),
        ("", "2016-01-08", "Choose whose board"),
        ("P-5", "soon", "The moment in this address cannot be read"),
        ("P-5", "2016-01-12", "The moment in this address has not passed yet"),
        ("P-5", "", "Enter a moment that has passed"),
    ],
)
def test_an_address_that_cannot_be_followed_says_why(
    town: Town, person: str, at: str, fault: str
) -> None:
    """Each fault by itself, above the form in which it is mended; what was right stands in it still."""
    with browser(town, None) as auditor:
        answer = auditor.get("/audit/as-seen", params={"person": person, "at": at})
    said = " ".join(words(answer.text).split())

    assert answer.status_code == 400
    assert f"There is a problem {fault}" in said
    assert ("The person in this address" in said) == (person == "P-99")
    assert "could see at" not in said
    assert ('value="P-5" selected' in answer.text) == (person == "P-5")
    assert ('value="2016"' in answer.text) == (at == "2016-01-08")


def test_the_replay_speaks_of_pages_and_people_by_name(moving: Town) -> None:
    """What was sent to somebody is called as its reader knows it; on paper, too, nobody is a number."""
    clock = moving.clock("CH-0001", "icpc-15wd")
    with browser(moving, "P-5") as theirs:
        theirs.get(f"/children/{moving.ref('CH-0001')}/clocks/{clock}")
    moving.now += timedelta(minutes=10)
    asked = {"person": "P-5", "at": moving.now.isoformat()}
    moving.now += timedelta(minutes=10)
    with browser(moving, None) as auditor:
        page = auditor.get("/audit/as-seen", params=asked).text
    said = " ".join(words(page).split())

    assert "How a clock was worked out" in said
    assert "{ref}" not in page
    assert "This shows what Hannah Brook could see at 11 January 2016 at 9:15am" in said
    assert "P-5 could see" not in said
    assert re.search(r'breadcrumbs__link" href="/children">Find a child<', page)


def appoint(town: Town, *children: str) -> None:
    """An auditor, given some children to look at."""
    town.tell_of_itself(
        "person-assigned", "Fri 1 Jan 2016", person_ref="P-9", role="auditor", from_on="2016-01-01"
    )
    ended = {"person_ref": "P-9", "role": "emergency_duty_team", "to_on": "2015-12-31"}
    town.tell_of_itself("person-assigned", "Fri 1 Jan 2016", **ended, from_on="2012-01-02")
    scope = ScopeGiven(
        person="P-9",
        children=tuple(town.ref(one) for one in children),
        purpose="audit",
        until=moment("Fri 1 Apr 2016 09:00"),
    )
    engine(town, "authority", CODE, "scope-1", scope, by="P-7")


def engine(town: Town, kind: Kind, subject: str, name: str, said: EngineEvent, by: str) -> None:
    """Something that somebody did, recorded now."""
    event = Event(
        authority=CODE, kind=kind, subject=subject, source="console", id=name, said=said,
        occurred_at=town.now, by=by,
    )  # fmt: skip
    town.log.append([event])


def test_the_look_of_the_auditor_is_recorded(moving: Town) -> None:
    """Before the page is sent, as every look is."""
    appoint(moving, "CH-0001")
    with browser(moving, "P-9") as auditor:
        auditor.get("/audit/as-seen", params={"person": "P-5", "at": "2016-01-08"})
    stream = moving.log.stream(CODE, "reads", "P-9")
    (look,) = [one.event.said for one in moving.log.history(stream)]

    assert getattr(look, "route", "") == "/audit/as-seen"


def test_only_who_audits_may_ask_and_of_their_own_children(moving: Town) -> None:
    """A head of service finds no such page; an auditor finds one child of the several."""
    appoint(moving, "CH-0001")
    asked = {"person": "P-7", "at": "2016-01-08"}
    with browser(moving, "P-7") as head:
        refused = head.get("/audit/as-seen", params=asked).status_code
    with browser(moving, "P-9") as auditor:
        page = auditor.get("/audit/as-seen", params=asked).text
    with browser(moving, None) as anybody:
        whole = anybody.get("/audit/as-seen", params=asked).text

    assert refused == 404
    assert set(re.findall(r"CH-\d+", words(page))) == {"CH-0001"}
    assert len({*by_child(rows(whole))}) > 1


def test_a_board_that_was_grey_is_shown_grey_again(moving: Town) -> None:
    """Something was left undone: the same words stand on the page of then and on its replay."""
    moving.now += timedelta(days=60)
    moving.tell_of_itself(
        "feed-advanced", "Fri 11 Mar 2016 02:10", source="nightly", complete_to=moving.now
    )
    moving.now += timedelta(minutes=10)
    moving.show()
    at = moving.now.isoformat()
    with browser(moving, "P-7") as theirs:
        sent = " ".join(words(theirs.get("/board").text).split())
    moving.now += timedelta(minutes=10)
    moving.pass_to(moving.now + timedelta(days=1))
    with browser(moving, None) as auditor:
        page = auditor.get("/audit/as-seen", params={"person": "P-7", "at": at}).text
    doubt = re.search(r"Something about [^.]* since [^.]*\.", sent)

    assert doubt is not None
    assert f"The board could not be relied on then {doubt[0]}" in " ".join(words(page).split())


def test_what_was_forced_open_stands_beside_the_board(moving: Town) -> None:
    """With the clocks that its page showed, who had reviewed it by then, and who had been told."""
    opened = AccessForced(
        until=moving.now + timedelta(hours=4), reason="a reason of twenty letters"
    )
    engine(moving, "child", "CH-0003", "forced-1", opened, by="P-1")
    told = OperatorTold(
        doubt="feed", about="nightly", since=moving.now, rung=1, role="administrator",
        person="P-8", delivered=True,
    )  # fmt: skip
    engine(moving, "authority", CODE, "operator-1", told, by="P-8")
    at = moving.now.isoformat()
    moving.now += timedelta(days=2)
    with browser(moving, None) as auditor:
        page = auditor.get("/audit/as-seen", params={"person": "P-1", "at": at}).text
    said = " ".join(words(page).split())

    assert "CH-0003" not in by_child(rows(page))
    assert "reviewed by nobody by then. Initial child protection conference: Late" in said
    assert "A source has been silent for too long (nightly), to Keith Marsden" in said


def test_who_had_answered_is_told_beside_the_message(town: Town) -> None:
    """The promise of Thursday stands beside its ladder's messages, and only from then on."""
    asked = [{"person": "P-5", "at": f"2016-01-{day}"} for day in ("06", "08")]
    with browser(town, None) as auditor:
        before, after = (auditor.get("/audit/as-seen", params=one).text for one in asked)

    assert "acknowledged 7 January 2016 at" not in words(before)
    assert "by Hannah Brook" in words(after).partition("; acknowledged 7 January 2016 at")[2]
