"""The record of looks as its officer reads it: narrowed, of one child, as a file, and what is unusual."""

import csv
import hashlib
import io
import re
from datetime import timedelta

import pytest
from httpx2 import Response

from domain.access_events import RecordRead, SearchMissed
from domain.event import Event
from store.sealing import Said
from tests.histories import CODE, moment
from tests.web.client import TestClient
from tests.web.console.states import OFFICER, RESTRICTED, look_around
from tests.web.console.test_doors import TOKEN, sign_in
from tests.web.console.test_sittings import send
from tests.web.console.town import PEOPLE, Town

READS = "/audit/reads"
REFRESH = {"x-daymark-unattended": "yes"}
NO_CHILD = "CH-NONE"


def recorded(town: Town, person: str) -> list[Said]:
    """What stands in the record of somebody's looks, the first first."""
    return [one.event.said for one in town.log.history(town.log.stream(CODE, "reads", person))]


def find(client: TestClient, reference: str, **more: str) -> Response:
    """Ask for the looks at the child of a reference, by the form."""
    token = TOKEN.findall(client.get(READS).text)[0]
    form = {"token": token, "reference": reference, **more}
    return client.post(READS, data=form, follow_redirects=False)


def rows_of(answer: Response) -> list[list[str]]:
    """The rows of a file."""
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_looks_are_narrowed_to_days_by_boxes(guarded: tuple[Town, TestClient]) -> None:
    """The form leads to one address that can be kept, and the boxes show what it holds."""
    town, client = guarded
    look_around(town)
    sign_in(client, OFFICER)
    boxes = {"from-day": "11", "from-month": "1", "from-year": "2016", "person": "P-2"}
    empty = {"to-day": "", "to-month": "", "to-year": "", "purpose": ""}
    asked = client.get(READS, params=boxes | empty, follow_redirects=False)
    found = client.get(asked.headers["location"]).text
    before = client.get(f"{READS}?to=2016-01-10").text

    assert asked.headers["location"] == f"{READS}?person=P-2&from=2016-01-11"
    assert "4 looks are recorded." in found
    assert re.search(r'name="from-year"[^>]* value="2016"', found)
    assert f'href="{READS}">Clear filters' in found
    assert "Nobody has looked at anything that matches." in before
    assert "Clear filters" not in client.get(READS).text


@pytest.mark.parametrize(
    ("query", "said", "field"),
    [
        ("from-day=37&from-month=1&from-year=2016", "Enter a real date", "from-day"),
        ("to-day=&to-month=1&to-year=2016", "Enter a real date", "to-day"),
        ("from=soon", "Enter a real date", "from-day"),
        ("to=2016-02-31", "Enter a real date", "to-day"),
        ("to=9999-12-31", "The date must be today or in the past", "to-day"),
        (
            "from=2016-01-08&to=2016-01-07",
            "The last day must be the first day or later",
            "to-day",
        ),
        ("child=CH-0001", "This address names no child", "reference"),
    ],
)
def test_what_cannot_be_read_narrows_nothing_silently(
    guarded: tuple[Town, TestClient], query: str, said: str, field: str
) -> None:
    """The page says first what is wrong, and lists nothing; the file is not sent."""
    town, client = guarded
    look_around(town)
    sign_in(client, OFFICER)
    page = client.get(f"{READS}?{query}")
    file = client.get(f"{READS}.csv?{query}")

    assert page.status_code == file.status_code == 400
    assert "<title>Error: " in page.text
    assert f'<a href="#{field}">{said}' in page.text
    assert "recorded." not in page.text.partition("<main")[2].partition("</main")[0]


def test_looks_are_recorded_as_none_yet(guarded: tuple[Town, TestClient]) -> None:
    """Where nothing narrows them, nothing is said of what matches."""
    _, client = guarded
    sign_in(client, OFFICER)

    assert "Nobody has looked at anything yet." in client.get(READS).text


def test_a_child_is_found_by_a_form_and_not_by_an_address(
    guarded: tuple[Town, TestClient],
) -> None:
    """The reference leads to Daymark's own id, beside what narrows already; each row leads there too."""
    town, client = guarded
    look_around(town)
    sign_in(client, OFFICER)
    asked = find(client, "CH-0003", person="P-2", **{"from": "2016-01-04"})
    where = asked.headers["location"]
    narrowed, everything = client.get(where).text, client.get(READS).text
    nobody = find(client, NO_CHILD).headers["location"]
    empty = find(client, "")

    child = town.ref("CH-0003")
    assert asked.status_code == 303
    assert where == f"{READS}?person=P-2&child={child}&from=2016-01-04"
    assert f">{child}</code>" in narrowed
    assert f'href="{READS}?child={child}">Child {child[:12]}</a>' in everything
    assert 'name="child"' not in everything
    assert nobody == f"{READS}?child={town.ref(NO_CHILD)}"
    assert empty.status_code == 400
    assert "Enter the case system’s reference of the child" in empty.text


def test_a_file_of_looks_says_words_beside_codes(guarded: tuple[Town, TestClient]) -> None:
    """And what was refreshed by itself, how many children a file carried, and its hash."""
    town, client = guarded
    look_around(town)
    sign_in(client, OFFICER)
    head, *rows = rows_of(client.get(f"{READS}.csv?person=P-2"))
    said = [dict(zip(head, row, strict=True)) for row in rows]
    (file,) = [one for one in said if one["children in the file"]]

    assert len(said) == 4
    assert (file["page"], file["address"]) == ("The board, as a file", "/board.csv")
    assert (file["why"], file["purpose"]) == ("Working on this case", "case")
    assert file["rule"] == "own-teams"
    assert (file["children in the file"], file["SHA-256 of the file"]) == ("2", "ab" * 32)
    assert [one["how"] for one in said].count("refreshed by itself") == 1


@pytest.mark.parametrize(
    ("who", "address", "place", "what"),
    [
        (OFFICER, f"{READS}.csv", "audit", "looks"),
        ("P-5", "/board.csv", "board", "children"),
        ("P-5", "/board.csv?rows=clocks", "board", "clocks"),
    ],
)
def test_a_file_that_was_cut_says_so(
    guarded: tuple[Town, TestClient],
    monkeypatch: pytest.MonkeyPatch,
    who: str,
    address: str,
    place: str,
    what: str,
) -> None:
    """Before its rows, with how many it holds of how many; a whole one says nothing."""
    town, client = guarded
    look_around(town)
    sign_in(client, who)
    whole = rows_of(client.get(address))
    monkeypatch.setattr(f"web.console.{place}.MOST_IN_A_FILE", 2)
    (first, *_), *rows = rows_of(client.get(address))

    assert first.startswith("Not everything is in this file: it holds the first 2 of ")
    assert first.endswith(f" {what}. Narrow the list to take the rest.")
    assert len(rows) < len(whole)
    assert not any("Not everything" in cell for row in whole for cell in row)


def test_what_refreshes_itself_is_nobodys_look(guarded: tuple[Town, TestClient]) -> None:
    """It is recorded as such and no unusual pattern; of a child's record that is not believed."""
    town, client = guarded
    town.now = moment("Mon 11 Jan 2016 22:00")
    sign_in(client)
    client.get("/board")
    for _ in range(3):
        client.get("/board", headers=REFRESH)
    client.get(f"/children/{town.ref('CH-0001')}", headers=REFRESH)
    town.show()
    said = [one for one in recorded(town, "P-5") if isinstance(one, RecordRead)]
    sign_in(client, OFFICER)
    page = client.get(f"{READS}?person=P-5").text

    assert [one.unattended for one in said] == [False, True, True, True, False]
    assert page.count("Refreshed by itself") == 3
    assert f"{PEOPLE['P-5'][0]} looked 2 times out of hours" in page


def test_a_board_left_open_hides_no_child_that_was_opened(
    guarded: tuple[Town, TestClient],
) -> None:
    """What somebody opened lately is found beneath hundreds of lists."""
    town, client = guarded
    sign_in(client)
    client.get(f"/children/{town.ref('CH-0001')}")
    list_of = RecordRead(route="/board", purpose="case", rule="own-teams", unattended=True)
    town.log.append([read_by(town, "P-5", number, list_of) for number in range(600)])
    town.show()

    assert f"/children/{town.ref('CH-0001')}" in client.get("/children").text


@pytest.mark.parametrize("address", ["/board.csv", "/board.xlsx", "/board.csv?rows=clocks"])
def test_a_board_that_is_taken_away_is_a_look_at_each_child(
    guarded: tuple[Town, TestClient], address: str
) -> None:
    """One event names them all by their opaque ids, with the file's hash; the filter of a child finds it."""
    town, client = guarded
    sign_in(client)
    content = client.get(address).content
    (said,) = [one for one in recorded(town, "P-5") if isinstance(one, RecordRead)]
    town.show()
    sign_in(client, OFFICER)
    of_one = client.get(f"{READS}?child={town.ref('CH-0001')}").text
    of_hidden = client.get(f"{READS}?child={town.ref(RESTRICTED)}").text

    assert said.child is None
    assert said.sha256 == hashlib.sha256(content).hexdigest()
    assert town.ref("CH-0001") in said.children
    assert town.ref(RESTRICTED) not in said.children
    assert len(set(said.children)) == len(said.children)
    assert f"A file of {len(said.children)} children" in of_one
    assert "Nobody has looked at anything that matches." in of_hidden


def test_the_missing_children_that_are_taken_away_are_named(
    guarded: tuple[Town, TestClient],
) -> None:
    """Each child of the file, and no other."""
    town, client = guarded
    sign_in(client)
    rows = rows_of(client.get("/missing.csv"))
    (said,) = [one for one in recorded(town, "P-5") if isinstance(one, RecordRead)]
    head = next(row for row in rows if row[0] == "section")
    named = {row[1] for row in rows[rows.index(head) + 1 :]}

    assert len(named) > 2
    assert set(said.children) == {town.ref(child) for child in named}


@pytest.mark.parametrize("page", ["/children", "/record"])
def test_a_search_that_finds_nothing_is_recorded(
    guarded: tuple[Town, TestClient], page: str
) -> None:
    """The reader is told the same of nobody's child and of a hidden one, and so is the log."""
    town, client = guarded
    sign_in(client)
    before = len(recorded(town, "P-5"))
    answers = [
        send(client, page, page, reference=one).text.replace(one, "")
        for one in (NO_CHILD, RESTRICTED)
    ]
    missed = [one for one in recorded(town, "P-5")[before:] if isinstance(one, SearchMissed)]
    town.show()
    mine = client.get(f"{READS}/mine").text

    without = [TOKEN.sub("", one) for one in answers]
    assert without[0] == without[1]
    assert [one.child for one in missed] == [town.ref(NO_CHILD), town.ref(RESTRICTED)]
    assert {one.route for one in missed} == {page}
    assert "Not shown" not in mine


def test_a_record_forced_open_that_is_not_there_is_a_search_too(
    guarded: tuple[Town, TestClient],
) -> None:
    """Whoever forces one open learns only behind the form whether there is one: that step is recorded."""
    town, client = guarded
    sign_in(client, "P-1")
    form = {"reference": NO_CHILD, "reason": "Her own manager cannot be reached tonight"}
    led = send(client, "/forced-access", "/forced-access", **form)
    missed = [one for one in recorded(town, "P-1") if isinstance(one, SearchMissed)]

    assert led.status_code == 404
    assert [(one.route, one.child) for one in missed] == [("/children/{ref}", town.ref(NO_CHILD))]


def test_many_searches_that_find_nothing_are_unusual(guarded: tuple[Town, TestClient]) -> None:
    """The officer reads how often; a few are slips of the hand, and no look out of hours either."""
    town, client = guarded
    town.now = moment("Mon 11 Jan 2016 22:00")
    for person, times in (("P-5", 5), ("P-1", 4)):
        for number in range(times):
            missed = SearchMissed(route="/children", child=f"{number:032x}", purpose="case")
            town.log.append([read_by(town, person, number, missed)])
    town.show()
    sign_in(client, OFFICER)
    page = client.get(READS).text

    said = f"{PEOPLE['P-5'][0]} searched 5 times for what they may not see or what does not exist"
    assert said in page
    assert f"{PEOPLE['P-1'][0]} searched" not in page
    assert f"{PEOPLE['P-5'][0]} looked" not in page
    assert "Not shown: no such child, or one they may not see" in page


def test_one_person_searches_only_so_often(guarded: tuple[Town, TestClient]) -> None:
    """By all forms and sessions together, then they wait: of a child who is there and of one who is not."""
    town, client = guarded
    sign_in(client)
    forms = [("/children", "CH-0001"), ("/record", NO_CHILD), ("/forced-access", RESTRICTED)]
    answers = searched(client, forms * 9)
    sign_in(client)
    answers += searched(client, forms * 2)
    sign_in(client, "P-4")
    of_another = searched(client, forms)
    sign_in(client)
    town.now += timedelta(minutes=1)
    again = send(client, "/children", "/children", reference=NO_CHILD)
    refused = answers[30:]

    assert 429 not in {answer.status_code for answer in answers[:30] + of_another}
    assert {answer.status_code for answer in refused} == {429}
    assert len({answer.text for answer in refused}) == 1
    assert "Wait a minute, then try again." in refused[0].text
    # Until the next minute begins: it is five past nine to the second.
    assert refused[0].headers["retry-after"] == "60"
    assert "No child was found under this reference" in again.text


def searched(client: TestClient, forms: list[tuple[str, str]]) -> list[Response]:
    """References sent by one form after another."""
    token = TOKEN.findall(client.get("/children").text)[0]
    return [
        client.post(page, data={"token": token, "reference": one}, follow_redirects=False)
        for page, one in forms
    ]


def read_by(town: Town, person: str, number: int, said: Said) -> Event:
    """An event of somebody's looks."""
    return Event(
        authority=CODE,
        kind="reads",
        subject=person,
        source="town",
        id=f"{person}-{said.NAME}-{number}",
        said=said,
        occurred_at=town.now,
        by=person,
    )
