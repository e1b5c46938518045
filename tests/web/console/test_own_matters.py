"""The pages of the authority itself: its allegations about no known child, each apart, and its clocks."""

import csv
import hashlib
import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from domain.access_events import RecordRead
from domain.engine_events import EscalationAcknowledged
from domain.own_matters import page_of
from domain.raised import raised_tellings
from formats.export import MANIFEST
from tests.histories import CODE, moment
from tests.web.client import TestClient
from tests.web.console.test_doors import OURS, TOKEN, sign_in
from tests.web.console.test_two_moments import boxes
from tests.web.console.town import NOW, URL, Town, begin
from web.app import build

MADE = "Wed 6 Jan 2016 15:00"
FORMS = ("export", "export.zip")


@pytest.fixture
def store(server: str | None) -> str | None:
    """Every story of this file is told on both stores."""
    return server


@pytest.fixture
def town(tmp_path: Path, store: str | None) -> Iterator[Town]:
    """A town where two allegations were made about no known child, and neither was referred."""
    told = Town(tmp_path, server=store)
    begin(told)
    officer = {"person_ref": "P-5", "role": "designated_officer", "from_on": "2012-01-02"}
    told.tell_of_itself("person-assigned", "Mon 2 Jan 2012", **officer)
    told.now = moment(MADE)
    for reference in ("AL-0001", "AL-0002"):
        told.tell_of_itself(
            "allegation-made", MADE, allegation_ref=reference, employer_sector="health"
        )
    told.children.append(told.own_stream)
    told.pass_to(NOW)
    heard = moment("Mon 11 Jan 2016 02:10")
    told.tell_of_itself(
        "feed-advanced", "Mon 11 Jan 2016 02:10", source="nightly", complete_to=heard
    )
    told.show()
    yield told
    told.close()


@pytest.fixture
def client(town: Town) -> TestClient:
    """A browser."""
    return TestClient(build(town.parts()), base_url=URL, headers=OURS)


def words(page: str) -> str:
    """What a person reads of a page."""
    bare = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def ladder_of(town: Town, reference: str) -> str:
    """The escalation of one allegation's referral."""
    episode = town.log.episode(town.own_stream)
    assert episode is not None
    key = town.own_clock(reference)
    found = raised_tellings(episode, town.authority()).values()
    return next(one.id for one in found if one.kind == "breach" and one.key == key)


def test_the_board_names_the_allegation_and_leads_to_it(client: TestClient, town: Town) -> None:
    """Where a child's reference would stand, stands the allegation's, with its own pages behind it."""
    board = client.get("/board").text
    page = page_of("authority", town.own_stream, "AL-0001")
    clock = f"/authority/clocks/{town.own_clock('AL-0001')}"
    rows = list(csv.reader(io.StringIO(client.get("/board.csv").text.lstrip("\ufeff"))))

    assert f'<a class="govuk-link" href="{page}">Allegation AL-0001</a>' in board
    assert f'href="{clock}"' in board
    assert f'href="/escalations/{ladder_of(town, "AL-0002")}"' in board
    assert {row[0] for row in rows} >= {"Allegation AL-0001", "Allegation AL-0002"}
    assert client.get(page).status_code == client.get(clock).status_code == 200


def test_each_allegation_has_a_page_of_its_own(client: TestClient, town: Town) -> None:
    """Its clock and what happened about it; the other is on the page of the authority itself only."""
    said = words(client.get(page_of("authority", town.own_stream, "AL-0001")).text)
    itself = words(client.get("/authority").text)

    assert "Allegation AL-0001" in said
    assert "AL-0002" not in said
    assert said.count("Allegation made") >= 1
    assert "1 timescale is running, and it is late." in said
    assert "service manager safeguarding told" in said
    assert "Allegation AL-0001" in itself
    assert "Allegation AL-0002" in itself
    assert "Source registered" in itself
    assert "Person assigned" not in itself
    assert "Feed advanced" not in itself


def test_an_allegation_is_shown_as_it_was_known(client: TestClient, town: Town) -> None:
    """The evening it was made nothing was late; the form leads to the same address."""
    page = page_of("authority", town.own_stream, "AL-0001")
    then = words(client.get(f"{page}?known-at=2016-01-06").text)
    before = words(client.get(f"{page}?known-at=2016-01-05").text)
    form = {"as-of-day": "6", "as-of-month": "1", "as-of-year": "2016", "known": "then"}
    asked = client.get(page, params=form, follow_redirects=False)
    wrong = client.get(page, params=form | {"as-of-day": "37"})

    assert "none was known to be late" in then
    assert "Nothing had been recorded about this allegation by then." in before
    assert asked.headers["location"] == f"{page}?as-of=2016-01-06&known-at=2016-01-06"
    assert wrong.status_code == 400
    assert "Enter a real date" in wrong.text


def test_its_clock_says_why_and_who_was_told(client: TestClient, town: Town) -> None:
    """Like a child's: the rule, the days counted and everybody told, on a page of its own."""
    key = town.own_clock("AL-0001")
    said = client.get(f"/authority/clocks/{key}")
    then = words(client.get(f"/authority/clocks/{key}?known-at=2016-01-06").text)

    assert "Why is this late?" in said.text
    assert "Allegation AL-0001" in words(said.text)
    assert "Hannah Brook, service manager safeguarding" in words(said.text)
    assert f'href="{page_of("authority", town.own_stream, "AL-0001")}"' in said.text
    assert "Nobody yet" in then
    assert client.get("/authority/clocks/nothing").status_code == 404
    assert client.get(f"/authority/clocks/{key}?known-at=never").status_code == 400
    assert client.get(f"/children/{town.own_stream.hex}/clocks/{key}").status_code == 404


def test_a_manager_answers_for_an_allegation(client: TestClient, town: Town) -> None:
    """The page names the allegation and no child, and takes the promise into the authority's stream."""
    ladder = ladder_of(town, "AL-0001")
    sign_in(client, "P-5")
    page = client.get(f"/escalations/{ladder}").text
    promise = {
        "token": TOKEN.findall(page)[0], "owner": "me", "reason": "other", "note": "The school is closed.",
        "until-day": "14", "until-month": "1", "until-year": "2016",
    }  # fmt: skip
    reasons = re.findall(r'name="reason"[^>]*value="([^"]+)"', page)
    promise["reason"] = reasons[0]
    answer = client.post(f"/escalations/{ladder}/acknowledge", data=promise, follow_redirects=False)
    made = [
        one.event
        for one in town.log.history(town.own_stream)
        if isinstance(one.event.said, EscalationAcknowledged)
    ]

    assert "Allegation AL-0001" in words(page)
    assert "child AL-" not in words(page)
    assert "child’s own key" not in page
    assert answer.status_code == 303
    assert [(event.kind, event.by) for event in made] == [("authority", "P-5")]
    assert made[0].said.escalation == ladder  # type: ignore[union-attr]


def test_a_warnings_link_leads_to_the_clock_of_the_authority(
    client: TestClient, town: Town
) -> None:
    """The notice of a warning has no page of its own."""
    episode = town.log.episode(town.own_stream)
    assert episode is not None
    found = raised_tellings(episode, town.authority()).values()
    notice = next(one for one in found if one.kind == "warning")
    answer = client.get(f"/escalations/{notice.id}", follow_redirects=False)

    assert answer.headers["location"] == f"/authority/clocks/{notice.key}"


def test_what_surprises_about_an_allegation_leads_to_its_fact(
    client: TestClient, town: Town
) -> None:
    """The list of what does not fit together says that it is the authority's own."""
    town.tell_of_itself(
        "allegation-concluded", "Tue 12 Jan 2016", allegation_ref="AL-0002", outcome="x"
    )
    town.show()
    said = client.get("/anomalies").text

    assert "The authority itself" in said
    assert 'href="/authority?fact=' in said


def test_an_unknown_allegation_is_not_found(client: TestClient) -> None:
    """In the same words as any other page that there is not."""
    assert client.get("/authority/allegations/0123456789ab").status_code == 404


def test_two_moments_of_the_authority_itself_are_compared(client: TestClient) -> None:
    """Which allegation became known and what it began; feeds and posts are no differences of their own."""
    address = "/authority/compare?known-at=2016-01-05&and-known-at=2016-01-11T09:00:00%2B00:00"
    said = words(client.get(address).text)

    assert "The authority itself What changed between two moments" in said
    assert "Became known: Allegation made. Allegation AL-0001. Happened 6 January 2016" in said
    assert "Only the second moment knows it: Late" in said
    assert said.count("Feed advanced") == said.count("Person assigned") == 0
    assert "This moment does not know of it." in said


def test_one_allegation_is_compared_apart(client: TestClient, town: Town) -> None:
    """The other is not named, and every way leads to the pages of this one."""
    page = page_of("authority", town.own_stream, "AL-0002")
    text = client.get(f"{page}/compare?known-at=2016-01-05&and-known-at=2016-01-09").text
    form = client.get(f"{page}/compare", params=boxes("", "5 1 2016"), follow_redirects=False)

    assert "Allegation AL-0002" in words(text)
    assert "AL-0001" not in text
    assert f'href="{page}?as-of=2016-01-05&amp;known-at=2016-01-05"' in text
    assert f'action="{page}/compare"' in text
    assert f'href="/authority/clocks/{town.own_clock("AL-0002")}?' in text
    assert form.headers["location"] == f"{page}/compare?as-of=2016-01-05&known-at=2016-01-05"
    assert client.get("/authority/allegations/0123456789ab/compare").status_code == 404


def test_the_page_leads_to_both_tools_of_an_audit(client: TestClient, town: Town) -> None:
    """Of the authority itself and of one allegation, as of a child."""
    for page in ("/authority", page_of("authority", town.own_stream, "AL-0001")):
        text = client.get(page).text

        assert f'href="{page}/compare"' in text
        assert f'href="{page}/export"' in text


def taken(client: TestClient, page: str, *kinds: str) -> dict[str, bytes]:
    """The files that a page gives, by their names."""
    asked = {"purpose": "audit", "kind": [*kinds]}
    answer = client.get(f"{page}/export.zip", params=asked)
    assert answer.status_code == 200, page
    with zipfile.ZipFile(io.BytesIO(answer.content)) as kept:
        return {name: kept.read(name) for name in kept.namelist()}


def test_the_authoritys_own_record_is_taken_away(client: TestClient, town: Town) -> None:
    """Each row says which allegation it is about, the files what is left out, and the look is recorded."""
    files = taken(client, "/authority", "pdf", "csv", "json", "xlsx")
    told = json.loads(files["history.json"])
    clocks = list(csv.reader(io.StringIO(files["clocks.csv"].decode("utf-8-sig"))))
    pdf = PdfReader(io.BytesIO(files["history.pdf"]))
    root: Any = pdf.trailer["/Root"]
    paper = " ".join("".join(one.extract_text() for one in pdf.pages).split())
    hashes = json.loads(files[MANIFEST])["files"]
    (look,) = [
        one.event.said
        for one in town.log.history(town.log.stream(CODE, "reads", "nobody"))
        if isinstance(one.event.said, RecordRead)
        and one.event.said.route == "/authority/export.zip"
    ]

    assert {*hashes} == {*files} - {MANIFEST}
    assert all(hashlib.sha256(files[name]).hexdigest() == each for name, each in hashes.items())
    assert told["whose"] == "The authority itself"
    assert {one["allegation"] for one in told["events"]} == {None, "AL-0001", "AL-0002"}
    assert {one["about"] for one in told["clocks"]} == {
        "Allegation AL-0001",
        "Allegation AL-0002",
    }
    assert "person-assigned" not in {one["name"] for one in told["events"]}
    assert told["not_included"].startswith("Who holds which role")
    assert clocks[1][3] == "About"
    assert {row[3] for row in clocks[2:]} == {"Allegation AL-0001", "Allegation AL-0002"}
    assert "History of the authority itself" in paper
    assert "Who holds which role" in paper
    assert root["/MarkInfo"]["/Marked"]
    assert (look.child, look.purpose) == (town.own_stream.hex, "audit")


def test_one_allegation_is_taken_away_alone(client: TestClient, town: Town) -> None:
    """At the moments of its page, and with nothing of the other; without a purpose nothing is sent."""
    page = page_of("authority", town.own_stream, "AL-0001")
    files = taken(client, page, "csv", "json")
    told = json.loads(files["history.json"])
    form = client.get(f"{page}/export?known-at=2016-01-06").text
    refused = client.get(f"{page}/export.zip?kind=csv")
    nobody = [client.get(f"/authority/allegations/0123456789ab/{one}") for one in FORMS]

    assert (told["allegation"], told["not_included"]) == ("AL-0001", "")
    assert b"AL-0002" not in b"".join(files.values())
    assert '<input type="hidden" name="known-at" value="2016-01-06">' in form
    assert f'action="{page}/export.zip"' in form
    assert refused.status_code == 400
    assert "Choose why you take it" in refused.text
    assert client.get("/authority/export?known-at=never").status_code == 400
    assert [one.status_code for one in nobody] == [404, 404]
