"""Each page and file, asked by who may open it: what must be recorded first stands in `tests/looks.csv`.

A page that the table lacks fails, and so does one whose look is not recorded, or that leaves unrecorded.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from fastapi import Response
from httpx2 import Response as Answer

from domain.access_events import RecordRead
from domain.errors import Unavailable
from formats.sign_in import SignInFile
from tests.histories import CODE
from tests.web.client import TestClient
from tests.web.console.conftest import opened
from tests.web.console.states import (
    AUDITOR,
    NAMED,
    OFFICER,
    ask_for_exports,
    export_id,
    guard,
    put_right,
)
from tests.web.console.test_doors import OURS
from tests.web.console.test_trust_line import named
from tests.web.console.town import URL, Town
from tests.web.test_access import HEADERS, routes
from web import recording
from web.access import every_route, needed
from web.app import build
from web.console.provider import Client, Provider
from web.console.sessions import Sessions
from web.recording import IS_RECORDED

WHO: Final = {
    "team manager": "P-1",
    "service manager": NAMED,
    "safeguarding manager": "P-5",
    "conference chair": "P-6",
    "head of service": "P-7",
    "officer": OFFICER,
    "auditor": AUDITOR,
    "nobody": "nobody",
}
"""Who of the town stands for each role of the table."""


class Row(NamedTuple):
    """One page or file: who may open it, where it lies, and whether a look at it is recorded."""

    page: str
    who: str
    address: str
    recorded: bool


ROWS: Final = [
    Row(row["page"], row["as"], row["address"], row["recorded"] == "yes")
    for row in csv.DictReader(
        (Path(__file__).parents[2] / "looks.csv").read_text(encoding="utf-8").splitlines()
    )
]


class Watched(NamedTuple):
    """A town with everything that a page can show, and a browser of each role."""

    town: Town
    browsers: dict[str, TestClient]
    here: dict[str, str]
    """What the table calls some addresses, and where they lie in this town."""

    def looks(self, who: str) -> list[str]:
        """Every page that somebody was recorded to have been shown, the first first."""
        reads = self.town.log.history(self.town.log.stream(CODE, "reads", WHO[who]))
        return [one.event.said.route for one in reads if isinstance(one.event.said, RecordRead)]

    def answer(self, row: Row) -> tuple[Answer, list[str]]:
        """What comes when a page is asked for, and the looks that were recorded meanwhile."""
        address = row.address
        for name, said in self.here.items():
            address = address.replace(name, said)
        before = len(self.looks(row.who))
        answer = self.browsers[row.who].get(named(address, self.town))
        return answer, self.looks(row.who)[before:]


@pytest.fixture(scope="module")
def watched(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """A copy of the town with scopes, exports and a panel, which only these tests look at."""
    town = opened(lived, tmp_path_factory.mktemp("watched"))
    people = guard(town)
    ask_for_exports(town)
    town.tell_of_itself(
        "panel-sittings-published",
        "Mon 2 Nov 2015",
        panel="macse",
        sittings=[{"sits_on": "2016-02-04", "cutoff_on": "2016-01-28"}],
    )
    town.show()
    parts = town.parts(people=people)
    client = Client(issuer="http://localhost:9", id="d", secret="secret-1", callback=URL)
    provided = replace(parts, provider=Provider(client, SignInFile()))
    inside, sessions = build(parts), Sessions(parts)
    browsers = {
        role: TestClient(
            build(provided) if role == "nobody" else inside,
            base_url=URL,
            headers=OURS,
            follow_redirects=False,
            raise_server_exceptions=False,
        )
        for role in WHO
    }
    for role, browser in browsers.items():
        if role != "nobody":
            given = Response()
            sessions.keep(given, sessions.enter(WHO[role], parts.now()))
            name, _, value = given.headers["set-cookie"].partition(";")[0].partition("=")
            browser.cookies.set(name, value.strip('"'))
    asset = browsers["nobody"].get("/help").text.partition('href="/static/')[2].partition('"')[0]
    here = {
        "{waits}": export_id("waits"),
        "{open}": export_id("open"),
        "{mended}": put_right(town),
        "{asset}": f"/static/{asset}",
    }
    yield Watched(town, browsers, here)
    town.close()


def wrong_in(watched: Watched, row: Row) -> str:
    """What is not as the table says when a page is asked for; empty where nothing is."""
    answer, looks = watched.answer(row)
    if row.recorded and answer.status_code != 200:
        return f"is answered with {answer.status_code}"
    if set(looks) != ({row.page} if row.recorded else set()):
        return f"records {looks}"
    is_page = answer.headers.get("content-type", "").startswith("text/html")
    says = "Everything you look at here is recorded." in answer.text.partition("<footer")[2]
    return "says at its foot what is not so" if is_page and says != row.recorded else ""


def test_every_page_has_its_row(watched: Watched) -> None:
    """Each page and file of people, and no other, stands in the table."""
    app = build(watched.town.parts())

    assert {row.page for row in ROWS} == {
        path for method, path, _ in routes(app) if method == "GET"
    }
    assert {row.who for row in ROWS} == {*WHO}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.page} as {row.who}")
def test_every_look_is_recorded_as_the_table_says(watched: Watched, row: Row) -> None:
    """Whoever opens it: the page is named in their record of looks, or nothing is added to that."""
    assert wrong_in(watched, row) == ""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.page} as {row.who}")
def test_nothing_leaves_whose_look_cannot_be_recorded(
    watched: Watched, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page is then a problem page; what is no look is answered as before."""

    async def full(_events: object) -> None:
        message = "the disk is full"
        raise Unavailable(message)

    before, _ = watched.answer(row)
    monkeypatch.setattr(watched.town.commits, "submit", full)
    answer, _ = watched.answer(row)

    assert answer.status_code == (503 if row.recorded else before.status_code)
    assert not row.recorded or answer.headers["retry-after"] == "1"
    assert answer.headers.items() >= HEADERS.items()
    assert "CH-000" not in answer.text


@pytest.mark.parametrize("kind", sorted(IS_RECORDED))
def test_a_kind_that_is_not_recorded_is_found(
    watched: Watched, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without any one kind the table is wrong of its pages."""
    kinds = {
        route.path: need.kind
        for route in every_route(build(watched.town.parts()).routes)
        if (need := needed(route)) and "GET" in route.methods
    }
    monkeypatch.setattr(recording, "IS_RECORDED", IS_RECORDED - {kind})
    asked = [row for row in ROWS if kinds[row.page] == kind and row.recorded][:2]
    found = [row for row in asked if wrong_in(watched, row)]

    assert found == asked
    # A child as it stands on an agenda is asked of within the page of a sitting.
    assert bool(found) == (kind != "agenda")
