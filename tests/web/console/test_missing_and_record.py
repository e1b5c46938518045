"""The missing page, and a person who records what no system tells: right, wrong, twice and put right."""

import csv
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.event import CONSOLE, Recorded
from domain.facts.authority import SourceRegistered
from domain.facts.corrections import FactCorrected, FactWithdrawn
from domain.facts.enquiry_and_conference import ConferenceScheduled
from domain.facts.missing import ReturnInterviewHeld
from tests.histories import moment
from tests.web.client import TestClient
from tests.web.console.test_doors import OURS, TOKEN, sign_in
from tests.web.console.test_sittings import day, send
from tests.web.console.town import NOW, URL, Town
from web.app import build

GONE = (
    ("Tue 12 Jan 2016 09:00", "Tue 12 Jan 2016 18:00", ("pull_friends",)),
    ("Thu 14 Jan 2016 09:00", "Thu 14 Jan 2016 18:00", ("push_placement", "pull_friends")),
)
"""When one child was away and back, and why, as the interview said."""
BOXES = ("day", "month", "year", "time")
NINE = "2016-01-10T09%3A00%3A00%2B00%3A00"
"""Nine in the morning of the day before, as an address has it."""


@pytest.fixture
def own(lived: Path, tmp_path: Path) -> Iterator[tuple[Town, TestClient]]:
    """A copy of the town, and a browser without eyes of somebody who has said who they are."""
    shutil.copytree(lived, tmp_path, dirs_exist_ok=True)
    town = Town(tmp_path, now=NOW)
    with TestClient(build(town.parts()), base_url=URL, headers=OURS) as client:
        sign_in(client)
        yield town, client
    town.close()


def by_hand(town: Town, child: str = "CH-0009") -> list[Recorded]:
    """What was recorded of a child through a form."""
    episode = town.log.episode(town.log.stream("343", "child", child))
    assert episode is not None
    return [one for one in episode.facts if one.event.source == CONSOLE]


def form_of(town: Town, fact: str = "return-interview-held", child: str = "CH-0009") -> str:
    """The address of a form."""
    return f"/children/{town.ref(child)}/record/{fact}"


def test_the_missing_page_and_its_file_say_the_same(own: tuple[Town, TestClient]) -> None:
    """Every child of the page stands in the file, out now by hours."""
    town, client = own
    text, file = client.get("/missing").text, client.get("/missing.csv").text
    rows = [one.split(",") for one in file.splitlines() if one.startswith("out now")]

    assert [one[1] for one in rows] == ["CH-0005", "CH-0007", "CH-0004"]
    assert all(f">{one[1]}</a>" in text for one in rows)
    assert f"/children/{town.ref('CH-0005')}/missing" in text


def test_the_times_of_one_child_are_a_page(own: tuple[Town, TestClient]) -> None:
    """Each with its interviews and reasons."""
    town, client = own
    text = client.get(f"/children/{town.ref('CH-0009')}/missing").text

    assert "CH-0009 has been missing once in all." in text
    assert "Return interview offered" in text


def test_the_missing_page_is_asked_for_the_end_of_a_day(own: tuple[Town, TestClient]) -> None:
    """The form leads to an address that can be kept; a day that is none is said, with what was typed."""
    _, client = own
    typed = {"as-of-day": "7", "as-of-month": "1", "as-of-year": "2016", "known": "then"}
    asked = client.get("/missing", params=typed, follow_redirects=False)
    then = client.get(asked.headers["location"]).text
    wrong = client.get("/missing", params=typed | {"as-of-day": "37"})

    assert asked.headers["location"] == "/missing?as-of=2016-01-07&known-at=2016-01-07"
    assert 'action="/missing"' in client.get("/missing").text
    assert "what was known at the end of 7 January 2016" in then
    assert (wrong.status_code, client.get("/missing?as-of=soon").status_code) == (400, 400)
    assert "Enter a real date" in wrong.text
    assert 'value="37"' in wrong.text


def test_the_missing_page_is_asked_for_two_moments(own: tuple[Town, TestClient]) -> None:
    """Each with its time of day; the children it leads to, and its file, are of the same moments."""
    town, client = own
    typed = {
        f"known-by-{part}": word
        for part, word in zip(BOXES, ["10", "1", "2016", "9am"], strict=True)
    }
    typed |= {f"happened-{part}": "" for part in BOXES}
    asked = client.get("/missing", params=typed, follow_redirects=False).headers["location"]
    then = client.get(asked).text
    file = client.get(asked.replace("/missing", "/missing.csv")).text
    wrong = client.get("/missing", params=typed | {"known-by-time": "soon"})
    query = asked.removeprefix("/missing")

    assert query == f"?as-of={NINE}&known-at={NINE}"
    assert "You are looking at what was known at 10 January 2016 at 9am." in then
    assert (
        "You are looking at the page as it stands now" in client.get("/missing?look=moments").text
    )
    assert f'href="/children/{town.ref("CH-0005")}/missing{query.replace("&", "&amp;")}"' in then
    assert "Not as it stands now: what was known at 10 January 2016 at 9am" in file
    assert wrong.status_code == 400
    assert 'href="#known-by-day"' in wrong.text
    assert "Enter a time of day" in wrong.text


def test_the_times_of_one_child_are_asked_for_an_earlier_moment(
    own: tuple[Town, TestClient],
) -> None:
    """What came later, or was told later, is on neither page nor file; without moments all of it is."""
    town, client = own
    away, back = "Tue 12 Jan 2016 09:00", "Tue 12 Jan 2016 18:00"
    town.tell("CH-0055", "missing-episode-started", away, type="M", missing_episode_ref="ME-0")
    town.tell(
        *("CH-0055", "missing-episode-ended", back),
        how="returned",
        missing_episode_ref="ME-0",
    )
    sign_in(client)
    page = f"/children/{town.ref('CH-0055')}/missing"
    moments = ("?as-of=2016-01-11", "?as-of=2016-01-12T12:00:00%2B00:00", "")
    said, files = zip(*(both(client, page, one) for one in moments), strict=True)
    times = [[row[:3] for row in rows if row[0].startswith("12 Jan")] for rows in files]

    assert "No time missing had been recorded of this child by then." in said[0]
    assert "CH-0055 was out then and had been missing once in all." in said[1]
    assert "CH-0055 has been missing once in all." in said[2]
    assert "Show the page as it stands now" in said[1]
    assert "Record something about" not in said[1]
    assert [rows[0] for rows in files[:2]] == [
        ["Not as it stands now: what we now know had happened by the end of 11 January 2016"],
        ["Not as it stands now: what we now know had happened by 12 January 2016 at midday"],
    ]
    assert times == [
        [],
        [["12 January 2016 at 9am", "still out", "3 hours"]],
        [["12 January 2016 at 9am", "12 January 2016 at 6pm", "9 hours"]],
    ]
    assert all(hours in text for text, rows in zip(said, times, strict=True) for *_, hours in rows)
    assert client.get(f"{page}.csv?as-of=soon").status_code == 400


def both(client: TestClient, page: str, moments: str) -> tuple[str, list[list[str]]]:
    """A page in words, and the rows of its file."""
    text = " ".join(client.get(page + moments).text.split())
    file = client.get(f"{page}.csv{moments}").content.decode("utf-8-sig")
    return text, list(csv.reader(file.splitlines()))


def test_the_reasons_of_interviews_stand_together_over_time(own: tuple[Town, TestClient]) -> None:
    """The most often given first, with when they were first and last given."""
    town, client = own
    for number, (away, back, reasons) in enumerate(GONE):
        ref = {"missing_episode_ref": f"ME-{number}"}
        town.tell("CH-0055", "missing-episode-started", away, type="M", **ref)
        town.tell("CH-0055", "missing-episode-ended", back, how="returned", **ref)
        refs = (f"ME-{number}",)
        town.tell(
            *("CH-0055", "return-interview-held", f"{back[:-5]}19:00"),
            missing_episode_refs=refs,
            independent=True,
            reasons=reasons,
        )
    sign_in(client)
    text = client.get(f"/children/{town.ref('CH-0055')}/missing").text
    table = text.partition("Reasons that interviews gave, over time")[2].partition("</table>")[0]
    cells = re.findall(r"<t[hd] (?:scope=\"row\" )?class=[^>]*>([^<]*)</t", table)

    assert cells == [
        *("To be with friends", "2 times", "12 January 2016 at 9am", "14 January 2016 at 9am"),
        "Unhappy with placement / rules",
        *("Once", "14 January 2016 at 9am", "14 January 2016 at 9am"),
    ]


def test_an_interview_is_recorded_once(own: tuple[Town, TestClient]) -> None:
    """The form of the fact's own model; pressed twice it is one fact, told by the person."""
    town, client = own
    address = form_of(town)
    page = client.get(address).text
    token = TOKEN.findall(page)[0]
    typed = {
        "token": token,
        **day("when", "2016-01-10"),
        "when-time": "2:30pm",
        "independent": "yes",
        "missing_episode_refs": ["missing_episode-1"],
        "reasons": ["pull_friends", "substance"],
    }
    boxes = page.partition('name="missing_episode_refs"')[2]
    typed["missing_episode_refs"] = [boxes.partition('value="')[2].partition('"')[0]]
    first = client.post(address, data=typed, follow_redirects=False)
    second = client.post(address, data=typed, follow_redirects=False)
    found = by_hand(town)

    assert "done=recorded" in first.headers["location"]
    assert "done=known" in second.headers["location"]
    assert [one.event.by for one in found] == ["P-5"]
    assert isinstance(found[0].event.said, ReturnInterviewHeld)
    assert found[0].event.said.reasons == ("pull_friends", "substance")
    assert found[0].event.occurred_at is not None
    assert "Receipt" in client.get(first.headers["location"]).text


def test_what_is_wrong_leads_to_its_field(own: tuple[Town, TestClient]) -> None:
    """Nothing is recorded, and what was typed is kept."""
    town, client = own
    answer = send(client, form_of(town), form_of(town), **{"when-day": "37", "when-time": "25:00"})

    assert answer.status_code == 400
    assert 'href="#when-day"' in answer.text
    assert 'href="#independent"' in answer.text
    assert 'value="37"' in answer.text
    assert by_hand(town) == []


def test_what_was_recorded_by_hand_is_put_right(own: tuple[Town, TestClient]) -> None:
    """Corrected in part, then withdrawn: nothing is edited, each with its reason."""
    town, client = own
    address = form_of(town, "return-interview-declined")
    ref = client.get(address).text.partition('name="missing_episode_ref"')[2]
    ref = ref.partition('value="')[2].partition('"')[0]
    typed = {**day("when", "2016-01-10"), "declined_by": "child", "missing_episode_ref": ref}
    send(client, address, address, **typed)
    event = by_hand(town)[0].event_id.hex
    mending = f"/children/{town.ref('CH-0009')}/recorded/{event}"
    nothing = send(client, mending, mending, what="correct", reason="wrong-code")
    send(client, mending, mending, what="correct", reason="wrong-code", declined_by="parent")
    send(client, mending, mending, what="withdraw", reason="never-happened")
    said = [one.event.said for one in by_hand(town)[1:]]

    assert nothing.status_code == 400
    assert isinstance(said[0], FactCorrected)
    assert said[0].fields == {"declined_by": "parent"}
    assert isinstance(said[1], FactWithdrawn)
    assert client.get(mending, follow_redirects=False).status_code == 303


def test_the_hour_of_a_conference_is_told_in_the_form(own: tuple[Town, TestClient]) -> None:
    """In London's time; a day without its hour is not enough."""
    town, client = own
    address = form_of(town, "conference-scheduled")
    typed = {**day("when", "2016-01-10"), "kind": "initial", "conference_ref": "new"}
    typed |= day("scheduled_for", "2016-07-04")
    wrong = send(client, address, address, **typed)
    right = send(client, address, address, **typed, **{"scheduled_for-time": "14:30"})
    found = [one.event.said for one in by_hand(town)]

    assert wrong.status_code == 400
    assert 'href="#scheduled_for-time"' in wrong.text
    assert right.status_code == 200
    assert [one.scheduled_for for one in found if isinstance(one, ConferenceScheduled)] == [
        moment("Mon 4 Jul 2016 14:30")
    ]


def test_the_console_is_registered_as_a_source(own: tuple[Town, TestClient]) -> None:
    """From the day that is typed, for everything that no system states."""
    town, client = own
    town.tell_of_itself(
        "source-registered",
        "Mon 11 Jan 2016 08:00",
        source="nightly",
        delivers="batch",
        states=["return-interview-held"],
        times="happened",
        from_on="2012-01-02",
    )
    wrong = send(client, "/record", "/record/here", **day("from", "2016-02-04"))
    right = send(client, "/record", "/record/here", **day("from", "2016-01-04"))
    said = [one.event.said for one in town.log.history(town.own_stream)]
    found = [one for one in said if isinstance(one, SourceRegistered) and one.source == CONSOLE]

    assert wrong.status_code == 400
    assert "People here tell it" in right.text
    assert [(one.states, str(one.from_on)) for one in found] == [
        (("return-interview-declined",), "2016-01-04")
    ]


def test_a_child_is_found_by_reference_alone(own: tuple[Town, TestClient]) -> None:
    """The same words for a child who does not exist."""
    town, client = own
    wrong = send(client, "/record", "/record", reference="nobody")
    right = send(client, "/record", "/record", reference="CH-0009")

    assert "No child of this reference is known" in wrong.text
    assert str(right.url).endswith(f"/children/{town.ref('CH-0009')}/record")


def test_a_child_and_an_escalation_lead_into_the_case_system(town: Town) -> None:
    """Where an address is set for the source that told of a child, both pages link to it plainly."""
    where = {"case-system": "https://cases.example/children/{reference}"}
    link = 'href="https://cases.example/children/CH-0001" rel="noreferrer noopener"'
    pages = (f"/children/{town.ref('CH-0001')}", f"/escalations/{town.ladders('CH-0001')[0]}")
    linked, bare = (
        TestClient(build(town.parts(case_links=links)), base_url=URL) for links in (where, {})
    )

    assert all(link in linked.get(page).text for page in pages)
    assert all("cases.example" not in bare.get(page).text for page in pages)
