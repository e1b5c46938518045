"""Audit scopes: giving one, what is seen by it and how long, drawing it again, and its pack."""

import hashlib
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterable

import pytest
from httpx2 import Response

from domain.access_events import RecordRead
from domain.errors import Unavailable
from domain.event import Event, Receipt, Recorded
from tests.histories import CODE, moment
from tests.web.client import TestClient
from tests.web.console.states import AUDITOR, OFFICER, RESTRICTED
from tests.web.console.test_doors import TOKEN, sign_in
from tests.web.console.town import Town

FORM = {
    "person": AUDITOR,
    "purpose": "complaint",
    "until-day": "20",
    "until-month": "1",
    "until-year": "2016",
    "by": "sample",
    "size": "12",
    "strata": ["team", "verdict"],
}


def give(client: TestClient, **changes: object) -> Response:
    """Send the form as the officer; without its purposes of yesterday."""
    sign_in(client, OFFICER)
    token = TOKEN.findall(client.get("/audit/scopes").text)[0]
    data = {"token": token, **FORM, **changes}
    return client.post("/audit/scopes", data=data, follow_redirects=False)


def children_of(text: str) -> set[str]:
    """The children to whose pages a page leads."""
    return set(re.findall(r'href="/children/([0-9a-f]{32})"', text))


def test_a_sample_can_be_given_and_drawn_again(guarded: tuple[Town, TestClient]) -> None:
    """Its seed is recorded; facts that come later do not change what the same drawing gives."""
    town, client = guarded
    page = give(client, seed="two thousand").headers["location"]
    town.now = moment("Tue 12 Jan 2016 09:00")
    town.tell("CH-0099", "referral-received", "Tue 12 Jan 2016 08:30")
    sign_in(client, OFFICER)
    said = client.get(f"{page}?again=yes").text

    assert "with the seed two thousand" in said
    assert "by status and team" in said
    assert "Drawn again just now, the sample holds the same children in the same order." in said


def test_what_is_recorded_for_a_moment_after_it_changes_the_drawing(
    guarded: tuple[Town, TestClient],
) -> None:
    """Control: a child that was told of in the same moment, afterwards, is named as a difference."""
    town, client = guarded
    page = give(client, size="100", strata=[]).headers["location"]
    town.tell("CH-0099", "referral-received", "Mon 11 Jan 2016 09:05")
    sign_in(client, OFFICER)

    assert (
        "Drawn again just now, the sample holds other children:"
        in client.get(f"{page}?again=yes").text
    )


def test_a_restricted_child_is_never_drawn(guarded: tuple[Town, TestClient]) -> None:
    """Nor counted among those to draw from."""
    town, client = guarded
    page = give(client, size="100", strata=[]).headers["location"]
    sign_in(client, AUDITOR)
    cases = children_of(client.get(page).text)

    assert town.ref(RESTRICTED) not in cases
    assert cases == {town.ref(f"CH-000{number}") for number in range(1, 10)}


def test_the_auditor_sees_the_scope_until_it_ends(guarded: tuple[Town, TestClient]) -> None:
    """Only those children, for the purpose of the scope, and nothing from the first moment after."""
    town, client = guarded
    page = give(client, by="references", references="CH-0004 CH-nobody").headers["location"]
    sign_in(client, AUDITOR)
    inside, outside = f"/children/{town.ref('CH-0004')}", f"/children/{town.ref('CH-0005')}"
    within = [client.get(path).status_code for path in (page, inside, outside)]
    reads = town.log.history(town.log.stream(CODE, "reads", AUDITOR))
    purposes = [said.purpose for said in looks(reads) if inside.endswith(str(said.child))]
    town.now = moment("Wed 20 Jan 2016 23:59")
    sign_in(client, AUDITOR)
    last = client.get(inside).status_code
    town.now = moment("Thu 21 Jan 2016 00:00")
    sign_in(client, AUDITOR)
    after = [client.get(path).status_code for path in (inside, f"{page}/pack.zip")]

    assert within == [200, 200, 404]
    assert purposes == ["complaint"]
    assert last == 200
    assert after == [404, 404]


def test_a_look_bears_the_purpose_of_the_scope_that_lasts(guarded: tuple[Town, TestClient]) -> None:
    """Never that of an earlier one that is over."""
    town, client = guarded
    page = give(client, by="references", references="CH-0004").headers["location"]
    client.post(f"{page}/end", data={"token": TOKEN.findall(client.get(page).text)[0]})
    give(client, by="references", references="CH-0004", purpose="audit")
    sign_in(client, AUDITOR)
    inside = f"/children/{town.ref('CH-0004')}"
    client.get(inside)
    reads = town.log.history(town.log.stream(CODE, "reads", AUDITOR))

    assert [one.purpose for one in looks(reads) if inside.endswith(str(one.child))] == ["audit"]


def looks(reads: Iterable[Recorded]) -> list[RecordRead]:
    """What was recorded of each look."""
    return [one.event.said for one in reads if isinstance(one.event.said, RecordRead)]


def test_a_scope_can_be_ended_at_once(guarded: tuple[Town, TestClient]) -> None:
    """From the next page on its holder sees nothing by it; a second press ends nothing more."""
    town, client = guarded
    page = give(client, by="references", references="CH-0004").headers["location"]
    inside = f"/children/{town.ref('CH-0004')}"
    token = TOKEN.findall(client.get(page).text)[0]
    for _ in range(2):
        client.post(f"{page}/end", data={"token": token})
    said = client.get(page).text
    sign_in(client, AUDITOR)

    assert "Over since 11 January 2016" in said
    assert "End this scope now" not in said
    assert client.get(inside).status_code == 404
    assert "Nothing can be seen by it any more." in client.get(page).text


def test_a_second_press_gives_one_scope(guarded: tuple[Town, TestClient]) -> None:
    """It leads to what the first one drew."""
    _, client = guarded
    sign_in(client, OFFICER)
    token = TOKEN.findall(client.get("/audit/scopes").text)[0]
    sent = [
        client.post("/audit/scopes", data={"token": token, **FORM}, follow_redirects=False)
        for _ in range(2)
    ]
    listed = client.get("/audit/scopes").text

    assert sent[0].headers["location"] == sent[1].headers["location"]
    assert listed.count("A complaint or a review</td>") == 1


def test_a_pack_holds_every_case_and_says_what_each_file_is(
    guarded: tuple[Town, TestClient],
) -> None:
    """One folder to a case, hashes of all, and each child's look recorded before it was sent."""
    town, client = guarded
    page = give(client, by="references", references="CH-0004\nCH-0001\nCH-nobody")
    sign_in(client, AUDITOR)
    sent = client.get(f"{page.headers['location']}/pack.zip")
    files = zipfile.ZipFile(io.BytesIO(sent.content))
    manifest = json.loads(files.read("manifest.json"))
    reads = town.log.history(town.log.stream(CODE, "reads", AUDITOR))
    taken = {one.child for one in looks(reads) if one.route.endswith("pack.zip")}

    assert sent.headers["content-disposition"] == 'attachment; filename="pack.zip"'
    assert set(files.namelist()) == {"manifest.json", *manifest["files"]}
    assert all(
        hashlib.sha256(files.read(name)).hexdigest() == hashed
        for name, hashed in manifest["files"].items()
    )
    assert manifest["cases"] == 2
    assert manifest["purpose"] == "complaint"
    assert "CH-0004,case-01" in files.read("cases.csv").decode("utf-8-sig")
    assert taken == {
        None,
        town.ref("CH-0001"),
        town.ref("CH-0004"),
    }


def test_no_pack_leaves_whose_looks_cannot_be_recorded(
    guarded: tuple[Town, TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 and the page of a problem, without one byte of a history."""
    town, client = guarded
    page = give(client, by="references", references="CH-0004").headers["location"]
    sign_in(client, AUDITOR)

    append = town.log.append

    def full(events: Iterable[Event]) -> tuple[Receipt, ...]:
        """The disk has room for the look at the page, and for none at a child."""
        wanted = list(events)
        if any(isinstance(one.said, RecordRead) and one.said.child for one in wanted):
            message = "the disk is full"
            raise Unavailable(message)
        return append(wanted)

    monkeypatch.setattr(town.log, "append", full)
    sent = client.get(f"{page}/pack.zip")

    assert sent.status_code == 503
    assert "CH-0004" not in sent.text


def test_where_nothing_can_be_printed_the_pack_says_so(
    guarded: tuple[Town, TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One clear sentence with who mends it, and no alarm about the board; a record's tables come without."""
    _, client = guarded
    page = give(client, by="references", references="CH-0004").headers["location"]
    sign_in(client, AUDITOR)
    monkeypatch.setitem(sys.modules, "typst", None)
    sent = client.get(f"{page}/pack.zip")
    (child,) = children_of(client.get(page).text)
    asked = f"/children/{child}/export.zip?purpose=audit"
    paper, tables = client.get(f"{asked}&kind=pdf"), client.get(f"{asked}&kind=csv&kind=xlsx")

    assert (sent.status_code, paper.status_code, tables.status_code) == (503, 503, 200)
    for refused in (sent, paper):
        assert '<h1 class="govuk-heading-l">No PDF can be made here</h1>' in refused.text
        assert "Ask whoever runs Daymark to install it with its pdf extra." in refused.text
        assert "paper procedure" not in refused.text
        assert "content-disposition" not in refused.headers


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"person": OFFICER}, "Choose who is to look"),
        ({"purpose": "curiosity"}, "Choose for what purpose"),
        ({"until-day": "41"}, "Enter a real date"),
        ({"until-day": "1"}, "The last day must be today or later"),
        ({"until-year": "2019"}, "within a year"),
        ({"size": "none"}, "Enter a number of cases from 1 to 100"),
        ({"seed": "x" * 101}, "A seed is up to 100 letters"),
        ({"by": "references", "references": " "}, "Enter 1 to 100 references"),
    ],
)
def test_each_fault_of_the_form_is_said(
    guarded: tuple[Town, TestClient], changes: dict[str, str], said: str
) -> None:
    """Nothing is given, what was typed stays, and the page says what to put right."""
    _, client = guarded
    sent = give(client, **changes)

    assert sent.status_code == 400
    assert "<title>Error: " in sent.text
    assert sent.text.count(said) == 2


def test_another_auditors_scope_does_not_exist(guarded: tuple[Town, TestClient]) -> None:
    """The same words as for an address that names nothing; and a giver takes no pack."""
    _, client = guarded
    page = give(client, by="references", references="CH-0004").headers["location"]
    nothing = client.get("/audit/scopes/0123").content

    assert client.get(f"{page}/pack.zip").status_code == 404
    sign_in(client, AUDITOR)
    assert client.get("/audit/scopes/0123").status_code == 404
    assert b"Page not found" in nothing


def test_the_authoritys_own_record_can_be_given_too(guarded: tuple[Town, TestClient]) -> None:
    """Beside a sample, drawn again without it; its page, its tools and the pack open with the scope."""
    town, client = guarded
    page = give(client, itself="yes", seed="two thousand").headers["location"]
    said = client.get(f"{page}?again=yes").text
    sign_in(client, AUDITOR)
    tools = (
        "/authority",
        "/authority/compare",
        "/authority/export",
        "/authority?known-at=2016-01-07",
    )
    cases = client.get(page).text
    opened_now = [client.get(path).status_code for path in tools]
    packed = zipfile.ZipFile(io.BytesIO(client.get(f"{page}/pack.zip").content))
    town.now = moment("Thu 21 Jan 2016 00:00")
    sign_in(client, AUDITOR)

    assert "and the authority’s own record" in said
    assert "Drawn again just now, the sample holds the same children in the same order." in said
    assert opened_now == [200] * 4
    assert 'href="/authority">The authority itself</a>' in cases
    assert "The authority itself,case-" in packed.read("cases.csv").decode("utf-8-sig")
    assert [client.get(path).status_code for path in tools] == [404] * 4


def test_the_authoritys_own_record_can_be_given_alone(guarded: tuple[Town, TestClient]) -> None:
    """Without a child; who was given only children sees nothing of the authority."""
    town, client = guarded
    alone = give(client, itself="yes", by="references", references="").headers["location"]
    said = client.get(alone).text
    sign_in(client, AUDITOR)
    itself, child = (client.get(path).status_code for path in ("/authority", first_child(town)))

    assert "The authority’s own record alone" in said
    assert (itself, child) == (200, 404)


def first_child(town: Town) -> str:
    """The page of a child who is in no scope."""
    return f"/children/{town.ref('CH-0004')}"


def test_a_scope_of_children_opens_nothing_of_the_authority(
    guarded: tuple[Town, TestClient],
) -> None:
    """Not its page, not its tools."""
    _, client = guarded
    give(client, by="references", references="CH-0004")
    sign_in(client, AUDITOR)
    paths = ("/authority", "/authority/compare", "/authority/export")

    assert [client.get(path).status_code for path in paths] == [404] * 3
