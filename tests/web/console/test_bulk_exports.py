"""Taking the records of a scope away: proposed by one, decided by another, each look recorded first."""

import hashlib
import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Final

import pytest
from httpx2 import Response

from domain.access_events import BulkExportDecided, BulkExportTaken, RecordRead
from domain.bulk_exports import NAMES
from domain.errors import Unavailable
from domain.event import Recorded
from tests.histories import CODE, moment
from tests.web.client import TestClient
from tests.web.console.states import AUDITOR, OFFICER, RESTRICTED
from tests.web.console.test_doors import TOKEN, sign_in
from tests.web.console.test_scopes import give
from tests.web.console.town import Town

WAITS: Final = "1 export waits to be decided"
KINDS: Final = {"purpose": "complaint", "kind": ["csv", "json"]}


def scope_of(client: TestClient, *references: str, **changes: object) -> str:
    """Give a scope of some children, and sign in as who holds it; its page."""
    given = give(client, by="references", references="\n".join(references), **changes)
    sign_in(client, AUDITOR)
    return str(given.headers["location"])


def proposed(client: TestClient, scope: str, **changes: object) -> Response:
    """Send the form that proposes an export, as whoever is signed in."""
    form = client.get(f"{scope}/export")
    token = TOKEN.findall(form.text)[0]
    data = {"token": token, **KINDS, **changes}
    return client.post(f"{scope}/export", data=data, follow_redirects=False)


def decided(client: TestClient, page: str, who: str = OFFICER, **changes: str) -> Response:
    """Send the form that decides an export, as somebody else."""
    sign_in(client, who)
    text = client.get(page).text
    shown = re.findall(r'name="sha256" value="([0-9a-f]{64})"', text)
    data = {"token": TOKEN.findall(text)[0], "sha256": "".join(shown), "answer": "confirm"}
    return client.post(page, data=data | changes, follow_redirects=False)


def told(town: Town) -> list[Recorded]:
    """What the authority's stream says of exports."""
    return list(town.log.named_events(town.own_stream, NAMES))


def looked_at(town: Town, route: str) -> list[str | None]:
    """Of which children the auditor's looks at a route are recorded."""
    history = town.log.history(town.log.stream(CODE, "reads", AUDITOR))
    said = [one.event.said for one in history]
    return [
        one.child
        for one in said
        if isinstance(one, RecordRead) and one.route == route and one.child
    ]


def test_one_proposes_another_confirms_and_the_first_takes(
    guarded: tuple[Town, TestClient],
) -> None:
    """The officer is told how many wait; each look is recorded, and so is what was sent."""
    town, client = guarded
    scope = scope_of(client, "CH-0001", "CH-0003", RESTRICTED, "CH-nobody")
    form = client.get(f"{scope}/export").text
    page = proposed(client, scope).headers["location"]
    before = client.get(f"{page}/pack.zip").status_code
    sign_in(client, OFFICER)
    waiting = client.get("/audit/reads").text
    register = client.get("/audit/exports").text
    decided(client, page)
    after = client.get("/audit/exports").text
    sign_in(client, AUDITOR)
    answer = client.get(f"{page}/pack.zip")
    files = zipfile.ZipFile(io.BytesIO(answer.content))
    manifest = json.loads(files.read("manifest.json"))
    children = [town.ref("CH-0001"), town.ref("CH-0003")]

    assert "2 records of this scope can be seen now" in form
    assert before == 404
    assert "Exports (1)" in waiting
    assert WAITS in register
    assert "Exports (1)" not in after
    assert "Confirmed: can be taken until the end of 18 January 2016" in after
    assert answer.status_code == 200
    assert (manifest["purpose"], manifest["cases"]) == ("complaint", 2)
    assert manifest["confirmed_by"] == OFFICER
    assert sorted({name.rpartition(".")[2] for name in files.namelist()}) == ["csv", "json"]
    assert looked_at(town, "/audit/exports/{export}/pack.zip") == children
    taken = told(town)[-1].event.said
    assert isinstance(taken, BulkExportTaken)
    assert (list(taken.children), taken.sha256) == (
        children, hashlib.sha256(answer.content).hexdigest(),
    )  # fmt: skip
    assert "Once on 11 January 2016" in client.get("/audit/exports").text


def test_nobody_decides_their_own(guarded: tuple[Town, TestClient]) -> None:
    """An officer who audits too sees that it waits for somebody else, and cannot send the form."""
    town, client = guarded
    town.tell_of_itself(
        "person-assigned", "Mon 2 Jan 2012", person_ref=AUDITOR,
        role="information_governance_officer", from_on="2012-01-02",
    )  # fmt: skip
    scope = scope_of(client, "CH-0001")
    page = proposed(client, scope).headers["location"]
    text = client.get(page).text
    token = TOKEN.findall(client.get("/me").text)[0]
    sent = client.post(page, data={"token": token, "answer": "confirm"}, follow_redirects=False)

    assert "You proposed this, so somebody else must decide it." in text
    assert 'name="answer"' not in text
    assert "Exports (1)" not in text
    assert sent.status_code == 403
    assert len(told(town)) == 1


def test_a_declined_export_says_why_and_opens_nothing(guarded: tuple[Town, TestClient]) -> None:
    """The reason stands on its page, for both; it is decided once."""
    town, client = guarded
    page = proposed(client, scope_of(client, "CH-0001")).headers["location"]
    sign_in(client, OFFICER)
    again = client.get(page).text
    decided(client, page, answer="decline", reason="Twelve are enough.")
    sha256 = re.findall(r'name="sha256" value="([0-9a-f]{64})"', again)[0]
    token = TOKEN.findall(client.get("/audit/scopes").text)[0]
    data = {"token": token, "answer": "confirm", "sha256": sha256}
    late = client.post(page, data=data, follow_redirects=False)
    sign_in(client, AUDITOR)
    mine = client.get(page).text

    assert late.headers["location"] == page
    assert [type(one.event.said) is BulkExportDecided for one in told(town)] == [False, True]
    assert "Declined" in mine
    assert "Twelve are enough." in mine
    assert client.get(f"{page}/pack.zip").status_code == 404


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"answer": ""}, "Say whether it may be taken away"),
        ({"answer": "decline"}, "Say why you decline it"),
        ({"answer": "decline", "reason": "x" * 501}, "The reason must be 500 characters or fewer"),
        ({"sha256": "0" * 64}, "What was proposed is not what you were shown: read it again"),
    ],
)
def test_each_fault_of_a_decision_is_said(
    guarded: tuple[Town, TestClient], changes: dict[str, str], fault: str
) -> None:
    """And nothing is decided."""
    town, client = guarded
    page = proposed(client, scope_of(client, "CH-0001")).headers["location"]
    sent = decided(client, page, **changes)

    assert sent.status_code == 400
    assert fault in sent.text
    assert len(told(town)) == 1


@pytest.mark.parametrize(
    ("references", "changes", "fault"),
    [
        (("CH-0001",), {"purpose": "fun"}, "Choose why it is taken"),
        (("CH-0001",), {"kind": []}, "Choose at least one kind of file"),
        (("CH-nobody",), {}, "None of its records can be seen now"),
    ],
)
def test_each_fault_of_a_proposal_is_said(
    guarded: tuple[Town, TestClient],
    references: tuple[str, ...],
    changes: dict[str, object],
    fault: str,
) -> None:
    """And nothing is proposed."""
    town, client = guarded
    sent = proposed(client, scope_of(client, *references), **changes)

    assert sent.status_code == 400
    assert fault in sent.text
    assert told(town) == []


def test_a_confirmed_export_ends(guarded: tuple[Town, TestClient]) -> None:
    """After its days; with its scope, if that ends before; and what is withheld since is left out."""
    town, client = guarded
    scope = scope_of(client, "CH-0001", "CH-0003")
    page = proposed(client, scope).headers["location"]
    decided(client, page)
    town.tell(
        "CH-0001", "record-restricted", "Mon 11 Jan 2016 09:30", people=["P-4"], reason="adoption"
    )
    town.show()
    sign_in(client, AUDITOR)
    fewer = zipfile.ZipFile(io.BytesIO(client.get(f"{page}/pack.zip").content))
    town.now = moment("Tue 19 Jan 2016 00:00") - timedelta(seconds=1)
    sign_in(client, AUDITOR)
    last = client.get(f"{page}/pack.zip").status_code
    town.now += timedelta(seconds=1)
    after = client.get(f"{page}/pack.zip").status_code

    assert json.loads(fewer.read("manifest.json"))["cases"] == 1
    assert (last, after) == (200, 404)
    assert "Confirmed, and over" in client.get(page).text


def test_an_export_is_over_with_its_scope(guarded: tuple[Town, TestClient]) -> None:
    """One that nobody decided waits no longer."""
    _, client = guarded
    scope = scope_of(client, "CH-0001")
    page = proposed(client, scope).headers["location"]
    sign_in(client, OFFICER)
    token = TOKEN.findall(client.get(scope).text)[0]
    client.post(f"{scope}/end", data={"token": token})
    text = client.get("/audit/exports").text

    assert "Never decided: its scope is over" in text
    assert "No export waits to be decided." in text
    assert 'name="answer"' not in client.get(page).text


def test_nothing_is_sent_that_cannot_be_recorded(
    guarded: tuple[Town, TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log is down between the confirmation and the taking: no file leaves."""
    town, client = guarded
    page = proposed(client, scope_of(client, "CH-0001")).headers["location"]
    decided(client, page)
    sign_in(client, AUDITOR)

    def down(*_: object, **__: object) -> None:
        message = "the disk is full"
        raise Unavailable(message)

    monkeypatch.setattr(town.log, "append", down)
    answer = client.get(f"{page}/pack.zip")

    assert answer.status_code == 503
    assert not answer.content.startswith(b"PK")


def test_more_than_twelve_are_never_taken_by_one_person(guarded: tuple[Town, TestClient]) -> None:
    """The pack of a scope is refused, and its page leads to the proposal instead."""
    town, client = guarded
    many = [f"CH-1{number:03}" for number in range(13)]
    for one in many:
        town.tell(one, "referral-received", "Mon 11 Jan 2016 09:10")
    town.show()
    scope = scope_of(client, *many)
    text = client.get(scope).text

    assert "These are too many for one person to take away alone." in text
    assert f'href="{scope}/export"' in text
    assert "pack.zip" not in text
    assert client.get(f"{scope}/pack.zip").status_code == 404


def test_another_auditors_export_is_not_there(guarded: tuple[Town, TestClient]) -> None:
    """Nor is it on their register."""
    town, client = guarded
    page = proposed(client, scope_of(client, "CH-0001")).headers["location"]
    town.tell_of_itself(
        "person-assigned", "Mon 2 Jan 2012", person_ref="P-9", role="auditor", from_on="2012-01-02"
    )
    sign_in(client, "P-9")

    assert client.get(page).status_code == 404
    assert "No export of yours waits" in client.get("/audit/exports").text
