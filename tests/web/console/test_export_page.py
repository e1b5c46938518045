"""A history taken away from its page: only with a purpose, and only once that is recorded."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.access_events import RecordRead
from formats.export import MANIFEST
from tests.histories import CODE
from tests.web.client import TestClient
from tests.web.console.conftest import opened
from tests.web.console.test_as_seen_page import appoint, browser
from tests.web.console.test_doors import say_why
from tests.web.console.town import Town


@pytest.fixture
def own(lived: Path, tmp_path: Path) -> Iterator[Town]:
    """A town of one's own, whose record of looks begins empty."""
    told = opened(lived, tmp_path)
    yield told
    told.close()


@pytest.fixture
def head(own: Town) -> Iterator[TestClient]:
    """The head of service."""
    with browser(own, "P-7") as made:
        say_why(made, own.ref("CH-0002"))
        yield made


def looks(town: Town) -> list[RecordRead]:
    """What the log holds of the looks of the head of service at a child."""
    found = town.log.history(town.log.stream(CODE, "reads", "P-7"))
    said = [one.event.said for one in found]
    return [one for one in said if isinstance(one, RecordRead) and one.child]


def test_the_files_are_marked_and_the_look_is_recorded(own: Town, head: TestClient) -> None:
    """Who, when and why stand in each table, and in the record of looks before they were sent."""
    address = f"/children/{own.ref('CH-0002')}/export.zip"
    answer = head.get(address, params={"purpose": "complaint", "kind": ["csv", "json"]})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as kept:
        files = {name: kept.read(name) for name in kept.namelist()}
    mark = next(csv.reader(io.StringIO(files["clocks.csv"].decode("utf-8-sig"))))
    (look,) = looks(own)

    assert {*files} == {"history.json", "events.csv", "clocks.csv", MANIFEST}
    assert mark == [
        "Taken by Imran Siddiqui (P-7), 11 January 2016 at 9:05am, for: a complaint or a review"
    ]
    assert json.loads(files[MANIFEST])["purpose"] == "complaint"
    assert (look.route, look.purpose, look.child) == (
        "/children/{ref}/export.zip",
        "complaint",
        own.ref("CH-0002"),
    )


def test_the_moments_of_the_page_are_those_of_the_files(own: Town, head: TestClient) -> None:
    """What was not known then is not in them."""
    page = f"/children/{own.ref('CH-0002')}"
    form = head.get(f"{page}/export?known-at=2016-01-07").text
    asked = {"purpose": "audit", "kind": "json", "known-at": "2016-01-07"}
    answer = head.get(f"{page}/export.zip", params=asked)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as kept:
        told = json.loads(kept.read("history.json"))

    assert '<input type="hidden" name="known-at" value="2016-01-07">' in form
    assert told["known_at"] == "2016-01-08T00:00:00Z"
    assert "conference-held" not in {one["name"] for one in told["events"]}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"kind": "pdf"}, "Choose why you take it"),
        ({"purpose": "fun", "kind": "pdf"}, "Choose why you take it"),
        ({"purpose": "audit"}, "Choose at least one kind of file"),
        ({"purpose": "audit", "kind": "exe"}, "Choose at least one kind of file"),
    ],
)
def test_nothing_is_sent_without_a_purpose(
    own: Town, head: TestClient, asked: dict[str, str], said: str
) -> None:
    """The form comes back with what is wrong, and no file."""
    answer = head.get(f"/children/{own.ref('CH-0002')}/export.zip", params=asked)

    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")
    assert said in answer.text


def test_who_may_only_look_takes_nothing_away(own: Town) -> None:
    """A manager of another team gets what does not exist, and whoever chairs a conference too."""
    address = f"/children/{own.ref('CH-0002')}/export.zip?purpose=audit&kind=csv"
    for person in ("P-2", "P-6"):
        with browser(own, person) as made:
            assert made.get(address).status_code == 404


def test_the_files_of_a_scope_say_what_it_was_given_for(own: Town) -> None:
    """Whatever an auditor chooses, the mark and the record of the look name one purpose."""
    appoint(own, "CH-0002")
    address = f"/children/{own.ref('CH-0002')}/export.zip?purpose=complaint&kind=csv"
    with browser(own, "P-9") as auditor:
        answer = auditor.get(address)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as kept:
        manifest = json.loads(kept.read(MANIFEST))
    found = own.log.history(own.log.stream(CODE, "reads", "P-9"))
    (look,) = [one.event.said for one in found if isinstance(one.event.said, RecordRead)]

    assert (manifest["purpose"], look.purpose) == ("audit", "audit")
