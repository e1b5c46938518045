"""Every page that judges says whether it can be relied on, and shows no colour where it cannot."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Final

import pytest
from fastapi import Response

from domain.authority import Authority
from domain.errors import AdoptedMissing
from domain.own_matters import page_of
from tests.histories import moment
from tests.web.client import TestClient
from tests.web.console.conftest import World, opened
from tests.web.console.panel import ADDRESS, FEBRUARY
from tests.web.console.states import (
    AUDITOR,
    NAMED,
    OFFICER,
    RESTRICTED,
    export_id,
    first_anomaly,
    put_right,
    scope_id,
)
from tests.web.console.test_every_route import pages_of, route_of
from tests.web.console.town import NOW, Town, begin
from web.app import build
from web.console.pages import TEMPLATES
from web.console.sessions import Sessions
from web.parts import Parts

LATER: Final = moment("Mon 11 Jan 2016 10:05")
DOUBT: Final = re.compile(r"Do not rely on this (page|board)")
SURE: Final = re.compile(r"Up to date at [0-9:]+[ap]m on ")
TAG: Final = re.compile(r'class="govuk-tag (govuk-tag--[a-z]+)"')
COLOURED: Final = re.compile(r"daymark-(?:card|counts__item)--(?!grey)\w+")

JUDGES: Final[dict[str, tuple[str | None, str]]] = {
    "/board": (None, "/board"),
    "/board/hand-over": ("P-4", "/board/hand-over?clock={clock}"),
    "/morning": ("P-7", "/morning"),
    "/workload": (None, "/workload"),
    "/missing": (None, "/missing"),
    "/children/{ref}": (None, "/children/{one}"),
    "/children/{ref}/clocks": (None, "/children/{one}/clocks"),
    "/children/{ref}/clocks/{key}": (None, "/children/{one}/clocks/{clock}"),
    "/children/{ref}/compare": (None, "/children/{one}/compare?known-at=2016-01-07&and-known-at="),
    "/children/{ref}/missing": (None, "/children/{nine}/missing"),
    "/escalations/{telling}": (None, "/escalations/{telling}"),
    "/authority": (None, "/authority"),
    "/authority/allegations/{mark}": (None, "{allegation}"),
    "/authority/clocks/{key}": (None, "/authority/clocks/{own_clock}"),
    "/authority/compare": (None, "/authority/compare?known-at=2016-01-05&and-known-at="),
    "/authority/allegations/{mark}/compare": (
        None,
        "{allegation}/compare?known-at=2016-01-05&and-known-at=",
    ),
    "/children/{ref}/anomalies/{event}": (None, "{contradiction}"),
    "/anomalies": (None, "/anomalies"),
    "/going-live": ("P-7", "/going-live"),
    "/figures/breaches": (None, "/figures/breaches"),
    "/figures/plans": (None, "/figures/plans"),
    "/figures/timeliness": (None, "/figures/timeliness"),
    "/forced-access/reviews": ("P-7", "/forced-access/reviews"),
    "/restrictions": ("P-8", "/restrictions"),
    "/audit/reads": (OFFICER, "/audit/reads"),
    "/audit/reads/mine": ("P-2", "/audit/reads/mine"),
    "/sittings/{panel}/{day}": (None, ADDRESS),
    "/sittings/{panel}/{day}/pack": (None, f"{ADDRESS}/pack"),
}
"""Every route whose page judges, or shows what was made from the log: who looks, and where."""

JUDGES_NOTHING: Final[dict[str, tuple[str, str | None, str]]] = {
    "/audit/as-seen": ("it is of a moment that has passed", None, "/audit/as-seen"),
    "/audit/exports": ("it reads the log itself", OFFICER, "/audit/exports"),
    "/audit/exports/{export}": ("it reads the log itself", OFFICER, "/audit/exports/{export}"),
    "/audit/scopes/{scope}/export": ("it is a form", AUDITOR, "/audit/scopes/{scope}/export"),
    "/audit/scopes": ("it reads the log itself", OFFICER, "/audit/scopes"),
    "/audit/scopes/{scope}": ("it reads the log itself", OFFICER, "/audit/scopes/{scope}"),
    "/children": ("it is a form, and finds by the log itself", None, "/children"),
    "/children/{ref}/export": ("it is a form", None, "/children/{one}/export"),
    "/children/{ref}/record": ("it lists kinds of fact", "P-5", "/children/{one}/record"),
    "/children/{ref}/record/{fact}": (
        "it is a form",
        "P-5",
        "/children/{one}/record/return-interview-held",
    ),
    "/children/{ref}/recorded/{event}": (
        "it is a form",
        "P-5",
        "{mended}",
    ),
    "/children/{ref}/restriction": ("it is a form", NAMED, "/children/{restricted}/restriction"),
    "/authority/export": ("it is a form", None, "/authority/export"),
    "/authority/allegations/{mark}/export": ("it is a form", None, "{allegation}/export"),
    "/why/{stream}": ("it is a form", "P-7", "/why/{one}?back=/board"),
    "/cover": ("who is away is read from the log itself", "P-7", "/cover"),
    "/forced-access": ("it is a form", "P-1", "/forced-access"),
    "/kept": ("it shows what one typed", "P-2", "/kept"),
    "/mailbox": ("it lists files of a folder", None, "/mailbox"),
    "/mailbox/{name}": ("it is a letter as it was sent", None, "/mailbox/0001"),
    "/record": ("it lists kinds of fact", "P-7", "/record"),
    "/settle": ("it is a form", "P-7", "/settle"),
    "/sittings": ("it lists dates, read from the log itself", None, "/sittings"),
    "/sittings/{panel}/{day}/postpone": ("it is a form", "P-7", f"{FEBRUARY}/postpone"),
    "/me": ("it is about the reader", None, "/me"),
    "/help": ("it is the same for everybody", None, "/help"),
    "/accessibility": ("it is the same for everybody", None, "/accessibility"),
    "/privacy": ("it is the same for everybody", None, "/privacy"),
    "/signed-out": ("it shows nothing", None, "/signed-out"),
}
"""Every other route, and why nothing on its page can be doubted."""

BEFORE_ANYBODY_IS_KNOWN: Final = {"/sign-in", "/sign-in/back"}
"""Routes that are there only beside a provider of sign-in, and name no child."""

QUIET: Final[dict[str, tuple[str | None, str, str]]] = {
    "/board": (None, "/board", "This does not mean that nothing is late."),
    "/workload": (None, "/workload", "This does not mean that nothing does."),
    "/missing": (None, "/missing", "This does not mean that nobody is."),
    "/anomalies": (
        None,
        "/anomalies",
        "Not known: whether anything that is recorded needs looking at.",
    ),
    "/going-live": (None, "/going-live", "Not known: whether everything late"),
    "/figures/breaches": (None, "/figures/breaches", "Not known: whether anything ran late"),
}
"""Pages on which nothing stands, and what they say instead of none."""


@dataclass(frozen=True)
class Asked:
    """A town's pages at one instant, and whoever asks for them."""

    town: Town
    parts: Parts
    client: TestClient

    def by(self, who: str | None, address: str) -> str:
        """What a page says to this person; it must be there."""
        self.client.cookies.clear()
        if who is not None:
            sessions, given = Sessions(self.parts), Response()
            sessions.keep(given, sessions.enter(who, self.parts.now()))
            name, _, value = given.headers["set-cookie"].partition(";")[0].partition("=")
            self.client.cookies.set(name, value.strip('"'))
        answer = self.client.get(named(address, self.town))
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.text


def asked(town: Town, parts: Parts, now: datetime) -> Asked:
    """The pages of a town at an instant."""
    then = replace(parts, now=lambda: now)
    return Asked(town, then, TestClient(build(then), base_url="http://daymark.example"))


def named(address: str, town: Town) -> str:
    """An address with what the town calls its children, clocks and tellings."""
    here: dict[str, Callable[[], str]] = {
        "{one}": lambda: town.ref("CH-0001"),
        "{nine}": lambda: town.ref("CH-0009"),
        "{restricted}": lambda: town.ref(RESTRICTED),
        "{clock}": lambda: town.clock("CH-0001", "icpc-15wd"),
        "{telling}": lambda: town.ladders("CH-0001")[0],
        "{allegation}": lambda: page_of("authority", town.own_stream, "AL-0001"),
        "{own_clock}": lambda: town.own_clock("AL-0001"),
        "{scope}": scope_id,
        "{export}": lambda: export_id("waits"),
        "{contradiction}": lambda: first_anomaly(town),
        "{mended}": lambda: put_right(town),
    }
    for name, said in here.items():
        if name in address:
            address = address.replace(name, said())
    return address


Pages = Callable[[str | None, str, datetime], str]


@pytest.fixture(scope="module")
def page_at(guarded_world: World, panels_world: World) -> Pages:
    """What a page says at an instant: of the town whose panel has sat, or of the one with all else."""
    sites = {
        (panels, now): asked(world.town, world.parts, now)
        for panels, world in ((True, panels_world), (False, guarded_world))
        for now in (NOW, LATER)
    }

    def read(who: str | None, address: str, now: datetime) -> str:
        return sites[address.startswith("/sittings"), now].by(who, address)

    return read


@pytest.fixture(scope="module")
def silence(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """A town about which nothing has been told, an hour after the dispatcher fell silent."""
    told = Town(tmp_path_factory.mktemp("silence"))
    begin(told)
    told.now = NOW
    told.show()
    yield asked(told, told.parts(), LATER)
    told.close()


@pytest.mark.parametrize("route", JUDGES)
def test_no_page_that_judges_is_falsely_green(page_at: Pages, route: str) -> None:
    """In order it says when it was checked; an hour after the dispatcher fell silent it is grey."""
    who, address = JUDGES[route]
    well, doubtful = (page_at(who, address, now) for now in (NOW, LATER))

    assert SURE.search(well)
    assert not DOUBT.search(well)
    assert DOUBT.search(doubtful)
    assert "Escalation has been paused since" in doubtful
    assert not SURE.search(doubtful)
    assert set(TAG.findall(doubtful)) <= {"govuk-tag--grey"}
    assert not COLOURED.search(doubtful)


def test_the_town_shows_colours_while_it_is_trusted(page_at: Pages) -> None:
    """The pages on which the grey is looked for have tags that are not grey, or this would prove nothing."""
    coloured = {
        route
        for route, (who, address) in JUDGES.items()
        if {*TAG.findall(page_at(who, address, NOW))} - {"govuk-tag--grey"}
    }

    assert coloured >= {
        "/board",
        "/morning",
        "/missing",
        "/children/{ref}",
        "/children/{ref}/clocks",
        "/children/{ref}/clocks/{key}",
        "/escalations/{telling}",
        "/authority",
        "/authority/clocks/{key}",
        "/going-live",
        "/sittings/{panel}/{day}",
    }


@pytest.mark.parametrize("route", JUDGES_NOTHING)
def test_what_carries_no_line_judges_nothing(page_at: Pages, route: str) -> None:
    """A page without the line shows no status at all."""
    _, who, address = JUDGES_NOTHING[route]
    said = page_at(who, address, LATER)

    assert not SURE.search(said)
    assert not DOUBT.search(said)
    assert TAG.findall(said) == []


def test_no_page_route_is_forgotten(guarded_world: World) -> None:
    """Every page route judges or is exempt with a reason, and each address above is of its route."""
    app = build(guarded_world.parts)
    visited = {route: address for route, (_, address) in JUDGES.items()}
    visited |= {route: address for route, (_, _, address) in JUDGES_NOTHING.items()}
    reached = {
        route: route_of(app, named(address, guarded_world.town))
        for route, address in visited.items()
    }

    assert set(JUDGES) | set(JUDGES_NOTHING) | BEFORE_ANYBODY_IS_KNOWN == pages_of(app)
    assert set(JUDGES).isdisjoint(JUDGES_NOTHING)
    assert reached == {route: route for route in visited}
    assert all(reason for reason, _, _ in JUDGES_NOTHING.values())


@pytest.mark.parametrize(
    ("who", "address", "what"),
    [
        (OFFICER, "/audit/reads.csv", "this list"),
        (None, "/missing.csv", "this page"),
        (None, "/children/{nine}/missing.csv", "this page"),
        (None, "/board.csv", "this board"),
        (None, "/figures/breaches.csv", "these figures"),
        (None, "/figures/timeliness.csv", "these figures"),
    ],
)
def test_a_file_says_when_it_cannot_be_relied_on(
    page_at: Pages, who: str | None, address: str, what: str
) -> None:
    """As its page does: first, and only then."""
    well, doubtful = (page_at(who, address, now) for now in (NOW, LATER))

    assert f"Do not rely on {what}" in doubtful.splitlines()[0]
    assert "Escalation has been paused since" in doubtful
    assert "Do not rely" not in well


@pytest.mark.parametrize("route", QUIET)
def test_nothing_is_not_said_where_it_is_not_known(silence: Asked, route: str) -> None:
    """Where nothing stands and nothing can be relied on, no page says that there is none."""
    who, address, said = QUIET[route]
    page = silence.by(who, address)

    assert DOUBT.search(page)
    assert said in " ".join(page.split())


@pytest.mark.parametrize(
    "address",
    ["/children/{one}?known-at=2016-01-10", "/missing?known-at=2016-01-10"],
)
def test_what_is_past_is_not_doubted_for_what_ails_today(page_at: Pages, address: str) -> None:
    """A record of another moment keeps its colours."""
    said = page_at(None, address, LATER)

    assert not DOUBT.search(said)
    assert {*TAG.findall(said)} - {"govuk-tag--grey"}


def test_tags_are_made_in_one_place() -> None:
    """No template makes a tag of its own, which would not know of a doubt."""
    made = {
        path.name
        for path in TEMPLATES.glob("*.html")
        if re.search(r"govuk-tag[ \"]|govukTag", path.read_text(encoding="utf-8"))
    }

    assert made == {"parts.html"}


def test_rules_that_are_gone_are_said_with_the_same_words_everywhere(town: Town) -> None:
    """Where what was adopted does not lie here, the board, /readyz and the metric say so; facts go on."""
    what = "pack"

    def gone(code: str) -> Authority:
        raise AdoptedMissing(what, code, "0" * 64)

    client = TestClient(build(town.parts(authority=gone)), raise_server_exceptions=False)
    board, ready = client.get("/board"), client.get("/readyz")
    (doubt,) = [one for one in ready.json()["doubts"] if one["kind"] == "policy"]
    measured = client.get("/metrics").text

    assert board.status_code == 503
    assert DOUBT.search(board.text)
    assert doubt["sentence"] in unescape(board.text)
    assert doubt["sentence"].startswith("Nothing can be judged: ")
    assert ready.status_code == 200
    assert 'daymark_doubt{kind="policy"} 1.0' in measured


def test_a_board_of_another_release_is_doubted_and_breaks_no_page(
    lived: Path, tmp_path: Path
) -> None:
    """While the other server is changed: what can be shown is shown in grey, and the rest says why not."""
    town = opened(lived, tmp_path)
    client = TestClient(build(town.parts()), raise_server_exceptions=False)
    before = client.get("/board")
    town.views.create(["UPDATE board_made SET sha256 = 'another'"])
    beside = client.get("/board")
    town.views.create(["ALTER TABLE board_status RENAME COLUMN status TO standing"])
    without, ready = client.get("/board"), client.get("/readyz").json()
    (doubt,) = ready["doubts"]
    town.close()

    assert not DOUBT.search(before.text)
    assert (beside.status_code, without.status_code) == (200, 503)
    for page in (beside, without):
        assert DOUBT.search(page.text)
        assert "The board is being renewed" in page.text
        assert not COLOURED.search(page.text)
    assert (ready["trusted"], doubt["kind"]) == (False, "board")
    assert "the same release on every server" in doubt["operator"]
