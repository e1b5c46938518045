"""The pages of the authority itself: its allegations about no known child, each apart, and its clocks."""

import csv
import html
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from domain.engine_events import EscalationAcknowledged
from domain.own_matters import page_of
from domain.raised import raised_tellings
from tests.histories import moment
from tests.web.console.test_doors import OURS, TOKEN, sign_in
from tests.web.console.town import NOW, URL, Town, begin
from web.app import build

MADE = "Wed 6 Jan 2016 15:00"


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
