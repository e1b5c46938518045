"""A scope about certain days, on every door it opens: at their edge, a day outside, and as for nobody."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx2 import Response

from tests.histories import day
from tests.web.client import TestClient
from tests.web.console.conftest import opened
from tests.web.console.states import AUDITOR, OFFICER, guard, scope_id
from tests.web.console.test_doors import OURS, TOKEN, sign_in
from tests.web.console.test_scopes import children_of, give
from tests.web.console.town import URL, Town
from web.app import build

ENQUIRY = "s47-enquiry-complete"
CONFERENCE = "icpc-15wd"
ASSESSMENT = "assessment-45wd"
REVIEW = "cp-review-first-3m"
DECISION = "referral-decision-1wd"


@pytest.fixture
def own(lived: Path, tmp_path: Path) -> Iterator[tuple[Town, TestClient]]:
    """A town of one's own with an auditor, and a browser that knows nobody yet."""
    town = opened(lived, tmp_path)
    app = build(town.parts(people=guard(town)))
    with TestClient(app, base_url=URL, headers=OURS, raise_server_exceptions=False) as made:
        yield town, made
    town.close()


def boxes(name: str, text: str) -> dict[str, str]:
    """A London day in its three boxes; empty for none."""
    if not text:
        return {}
    on = day(text)
    return {
        f"{name}-day": str(on.day),
        f"{name}-month": str(on.month),
        f"{name}-year": str(on.year),
    }


def given(client: TestClient, first: str, last: str, *references: str, **changes: object) -> str:
    """Give a scope of children about certain days, and sign in as who holds it; its page."""
    chosen = {"by": "references", "references": "\n".join(references)} if references else {}
    sent = give(client, **(chosen | boxes("from", first) | boxes("to", last) | changes))
    assert sent.status_code == 303, sent.text
    sign_in(client, AUDITOR)
    return str(sent.headers["location"])


def clocks_on(answer: Response) -> set[str]:
    """The timescales whose clocks a page leads to."""
    return set(re.findall(r"/clocks/([a-z0-9-]+)\.", answer.text))


def files_of(answer: Response) -> zipfile.ZipFile:
    """The files that were sent in one."""
    return zipfile.ZipFile(io.BytesIO(answer.content))


def test_the_page_of_a_child_ends_with_the_last_day(own: tuple[Town, TestClient]) -> None:
    """Clocks that ran or fell due on the days, and the history up to their end; nothing that came later."""
    town, client = own
    given(client, "Wed 6 Jan 2016", "Thu 7 Jan 2016", "CH-0002")
    page = client.get(f"/children/{town.ref('CH-0002')}")

    assert clocks_on(page) == {CONFERENCE, ENQUIRY, ASSESSMENT}
    assert "the end of 7 January 2016" in page.text
    assert "You were given what this record was about from 6 January 2016 to 7 January" in page.text
    assert "Referral received" in page.text
    assert "Conference held" not in page.text
    assert "8 January" not in page.text


@pytest.mark.parametrize(
    ("first", "last", "clocks"),
    [
        ("Thu 7 Jan 2016", "Thu 7 Jan 2016", {CONFERENCE, ASSESSMENT}),
        ("Sat 12 Dec 2015", "Tue 15 Dec 2015", {CONFERENCE, ENQUIRY, ASSESSMENT}),
        ("Tue 5 Jan 2016", "", {CONFERENCE, ENQUIRY, ASSESSMENT, REVIEW}),
    ],
)
def test_which_clocks_are_of_the_days(
    own: tuple[Town, TestClient], first: str, last: str, clocks: set[str]
) -> None:
    """By what was known at their end: a conference told of on the 8th had not been held for the 7th."""
    town, client = own
    given(client, first, last, "CH-0002")
    ref = town.ref("CH-0002")

    assert clocks_on(client.get(f"/children/{ref}")) == clocks
    assert clocks_on(client.get(f"/children/{ref}/clocks")) == clocks


def test_each_page_of_a_record_opens_at_the_edge_and_not_a_day_outside(
    own: tuple[Town, TestClient],
) -> None:
    """A later moment, and a clock of other days, is answered byte for byte as a child who is not there."""
    town, client = own
    given(client, "Wed 6 Jan 2016", "Thu 7 Jan 2016", "CH-0002")
    child, nobody = f"/children/{town.ref('CH-0002')}", f"/children/{town.ref('CH-nobody')}"
    key = {name: town.clock("CH-0002", name) for name in (ENQUIRY, DECISION, REVIEW)}
    inside = (
        "", "?as-of=2016-01-07&known-at=2016-01-07", "?as-of=2016-01-07", "?known-at=2016-01-06",
        f"/clocks/{key[ENQUIRY]}", "/clocks?known-at=2016-01-07", "/missing", "/export",
        "/compare?known-at=2016-01-05&and-known-at=2016-01-07",
    )  # fmt: skip
    outside = (
        "?known-at=2016-01-08", "?as-of=2016-01-08&known-at=2016-01-07", "?known-at=2016-01-08T00:00:01Z",
        f"/clocks/{key[DECISION]}", f"/clocks/{key[REVIEW]}", "/clocks?known-at=2016-01-08",
        "/missing?known-at=2016-01-08", "/missing.csv?known-at=2016-01-08",
        "/export?known-at=2016-01-08", "/export.zip?purpose=audit&kind=json&known-at=2016-01-08",
        "/compare?known-at=2016-01-05&and-known-at=2016-01-08",
    )  # fmt: skip
    denied = {path: client.get(child + path) for path in outside}

    assert [client.get(child + path).status_code for path in inside] == [200] * len(inside)
    assert {one.status_code for one in denied.values()} == {404}
    for path, one in denied.items():
        assert one.content == client.get(nobody + path).content, path


def test_the_form_of_a_moment_says_that_it_is_too_late(own: tuple[Town, TestClient]) -> None:
    """The last day itself is shown; a day after it is a fault of the form, not a page that is not there."""
    town, client = own
    given(client, "", "Thu 7 Jan 2016", "CH-0002")
    child = f"/children/{town.ref('CH-0002')}"
    late, last = (
        client.get(child, params=boxes("as-of", on), follow_redirects=False)
        for on in ("Fri 8 Jan 2016", "Thu 7 Jan 2016")
    )

    assert late.status_code == 400
    assert "The date must be" in late.text
    assert last.status_code == 303
    assert client.get(last.headers["location"]).status_code == 200


@pytest.mark.parametrize(
    ("reference", "first", "last", "status"),
    [
        ("CH-0008", "", "Mon 4 Jan 2016", 200),
        ("CH-0008", "", "Sun 3 Jan 2016", 404),
        ("CH-0007", "Mon 4 Jan 2016", "Fri 8 Jan 2016", 200),
    ],
)
def test_a_child_with_nothing_in_the_days_is_not_there(
    own: tuple[Town, TestClient], reference: str, first: str, last: str, status: int
) -> None:
    """Nor by its reference, nor among the cases: what was told late of an old day was not known then."""
    town, client = own
    scope = given(client, first, last, reference)
    ref = town.ref(reference)
    page, nobody = client.get(f"/children/{ref}"), client.get("/children/" + "0" * 32)

    assert page.status_code == status
    assert (page.content == nobody.content) == (status == 404)
    assert (ref in children_of(client.get(scope).text)) == (status == 200)


def test_a_history_taken_away_is_kept_to_the_days(own: tuple[Town, TestClient]) -> None:
    """Every file says so; nothing in it was recorded later, and no clock is of other days."""
    town, client = own
    given(client, "Wed 6 Jan 2016", "Thu 7 Jan 2016", "CH-0002")
    asked = "".join(f"&kind={kind}" for kind in ("json", "csv", "xlsx", "pdf"))
    sent = client.get(f"/children/{town.ref('CH-0002')}/export.zip?purpose=audit{asked}")
    files = files_of(sent)
    told, manifest = (json.loads(files.read(name)) for name in ("history.json", "manifest.json"))
    days = [{"from": "2016-01-06", "to": "2016-01-07"}]

    assert {one["timescale"] for one in told["clocks"]} == {CONFERENCE, ENQUIRY, ASSESSMENT}
    assert max(one["recorded_at"] for one in told["events"]) < "2016-01-08"
    assert not [one for one in told["events"] if one["sentence"].startswith("Conference held")]
    assert (told["left_out"], manifest["periods"], told["periods"]) == (0, days, days)
    for name in ("events.csv", "clocks.csv"):
        second = files.read(name).decode("utf-8-sig").splitlines()[1]
        assert "from 6 January 2016 to 7 January 2016" in second


def test_a_pack_is_kept_to_the_days_of_its_own_scope(own: tuple[Town, TestClient]) -> None:
    """Whatever another scope opens besides; a case with nothing in them is not in it."""
    town, client = own
    given(client, "", "", "CH-0002", "CH-0004")
    page = given(client, "Wed 6 Jan 2016", "Thu 7 Jan 2016", "CH-0002", "CH-0004")
    files = files_of(client.get(f"{page}/pack.zip"))
    manifest = json.loads(files.read("manifest.json"))
    told = json.loads(files.read("case-01/history.json"))
    listed = files.read("cases.csv").decode("utf-8-sig")

    assert (manifest["from_on"], manifest["to_on"]) == ("2016-01-06", "2016-01-07")
    assert manifest["cases"] == 1
    assert "CH-0004" not in listed
    assert {one["timescale"] for one in told["clocks"]} == {CONFERENCE, ENQUIRY, ASSESSMENT}
    assert max(one["recorded_at"] for one in told["events"]) < "2016-01-08"
    assert clocks_on(client.get(f"/children/{town.ref('CH-0002')}")) > {REVIEW}


def test_a_sample_is_drawn_from_children_with_anything_in_the_days(
    own: tuple[Town, TestClient],
) -> None:
    """Drawn again later, it is the same; by strata, only those that have a clock of the days count."""
    town, client = own
    page = given(client, "Mon 4 Jan 2016", "Wed 6 Jan 2016", size="100", strata=["timescale"])
    cases = children_of(client.get(page).text)
    town.tell("CH-0099", "referral-received", "Tue 12 Jan 2016 08:30")
    sign_in(client, OFFICER)
    again = client.get(f"{page}?again=yes").text

    known = {f"CH-000{number}" for number in (1, 2, 3, 5, 8, 9)}
    assert cases == {town.ref(reference) for reference in known}
    assert "Drawn again just now, the sample holds the same children in the same order." in again


def test_lists_of_today_show_nothing_of_days_that_are_over(own: tuple[Town, TestClient]) -> None:
    """The board of one of the days does; the board of the day after does not."""
    town, client = own
    given(client, "Wed 6 Jan 2016", "Thu 7 Jan 2016", "CH-0002")
    ref = town.ref("CH-0002")
    boards = {
        query: ref in client.get(f"/board{query}").text
        for query in ("", "?known-at=2016-01-07", "?known-at=2016-01-08", "?as-of=2016-01-07")
    }

    assert boards == {
        "": False,
        "?known-at=2016-01-07": True,
        "?known-at=2016-01-08": False,
        "?as-of=2016-01-07": False,
    }
    assert "a list of today shows their timescales of those days" in client.get("/board").text
    assert "CH-0002" not in client.get("/board.csv").text
    assert "CH-0002" in client.get("/board.csv?known-at=2016-01-07").text


def test_lists_of_today_show_the_clocks_of_days_that_still_run(
    own: tuple[Town, TestClient],
) -> None:
    """What ended and fell due before the first of them is on no list."""
    town, client = own
    given(client, "Thu 7 Jan 2016", "", "CH-0002", "CH-0003")
    rows = client.get("/board?rows=clocks&status=open").text
    met = client.get("/board.csv?status=met").text

    assert {town.ref("CH-0002"), town.ref("CH-0003")} <= children_of(client.get("/board").text)
    assert "CH-0001" not in rows
    assert "CH-0002" not in met


def test_what_a_board_showed_is_asked_of_the_days_alone(own: tuple[Town, TestClient]) -> None:
    """At their end, with only their clocks, and of no moment after it."""
    town, client = own
    given(client, "Wed 6 Jan 2016", "Thu 7 Jan 2016", "CH-0002")
    seen, after = (
        client.get(f"/audit/as-seen?person=P-5&at={at}") for at in ("2016-01-07", "2016-01-08")
    )

    assert seen.status_code == 200
    assert town.ref("CH-0002") in seen.text
    assert town.ref("CH-0002") not in after.text
    assert "Initial child protection conference" in seen.text


def test_what_a_board_showed_after_the_only_days_is_not_there(
    own: tuple[Town, TestClient],
) -> None:
    """Whoever holds no other scope is told that there is no such page; at the edge there is."""
    _, client = own
    sign_in(client, OFFICER)
    other = f"/audit/scopes/{scope_id()}"
    client.post(f"{other}/end", data={"token": TOKEN.findall(client.get(other).text)[0]})
    given(client, "", "Thu 7 Jan 2016", "CH-0002")
    statuses = [
        client.get(f"/audit/as-seen?person=P-5&at={at}").status_code
        for at in ("2016-01-07", "2016-01-08")
    ]

    assert statuses == [200, 404]


def test_an_escalation_raised_after_the_days_is_not_there(own: tuple[Town, TestClient]) -> None:
    """One raised on one of them is shown as it stood at their end."""
    town, client = own
    later, ladder = town.ladders("CH-0005")[0], town.ladders("CH-0002")[0]
    given(client, "Wed 6 Jan 2016", "Thu 7 Jan 2016", "CH-0002", "CH-0005")
    shown = client.get(f"/escalations/{ladder}")
    denied, nobody = (client.get(f"/escalations/{one}") for one in (later, "0" * 32))

    assert shown.status_code == 200
    assert denied.status_code == 404
    assert denied.content == nobody.content


def test_two_scopes_open_each_its_own_days(own: tuple[Town, TestClient]) -> None:
    """The later alone where the earlier has ended; both where a moment lies within both."""
    town, client = own
    given(client, "", "Thu 10 Dec 2015", "CH-0002")
    given(client, "Thu 7 Jan 2016", "Thu 7 Jan 2016", "CH-0002")
    child = f"/children/{town.ref('CH-0002')}"

    assert clocks_on(client.get(child)) == {CONFERENCE, ASSESSMENT}
    assert clocks_on(client.get(f"{child}?known-at=2015-12-10")) == {DECISION, ASSESSMENT}
    assert client.get(f"{child}?known-at=2016-01-08").status_code == 404


def test_the_authoritys_own_record_is_kept_to_the_days_too(own: tuple[Town, TestClient]) -> None:
    """Its page, its files and each allegation; a period before anything of it was known opens nothing."""
    _, client = own
    given(client, "Tue 15 Dec 2015", "Fri 18 Dec 2015", "CH-0002", itself="yes")
    page, late = client.get("/authority"), client.get("/authority?known-at=2015-12-19")

    assert page.status_code == 200
    assert "the end of 18 December 2015" in page.text
    assert late.status_code == 404
    assert client.get("/authority/export").status_code == 200


def test_the_scope_says_its_days_to_who_gave_it_and_who_holds_it(
    own: tuple[Town, TestClient],
) -> None:
    """On its page and in the list; a scope of all days says that."""
    _, client = own
    given(client, "", "", "CH-0004")
    page = given(client, "", "Thu 7 Jan 2016", "CH-0004")
    listed = client.get("/audit/scopes").text

    assert "Up to 7 January 2016: the timescales that ran" in client.get(page).text
    assert listed.count('data-label="About">Up to 7 January 2016</td>') == 1
    assert 'data-label="About">All days</td>' in listed


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (boxes("from", "Tue 12 Jan 2016"), "The first day it is about must be today or earlier"),
        (
            boxes("from", "Fri 8 Jan 2016") | boxes("to", "Thu 7 Jan 2016"),
            "The last day it is about must be the first day or later",
        ),
        ({"from-day": "41"}, "Enter a real date"),
        ({"to-month": "3"}, "Enter a real date"),
    ],
)
def test_each_fault_of_the_days_is_said(
    own: tuple[Town, TestClient], changes: dict[str, str], said: str
) -> None:
    """Nothing is given, and what was typed stays."""
    _, client = own
    sent = give(client, **changes)

    assert sent.status_code == 400
    assert sent.text.count(said) == 2
