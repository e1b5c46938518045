"""A session that nobody uses: the warning before it ends, and what was typed when it had ended."""

import base64
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from domain.errors import Unavailable
from tests.web.client import TestClient
from tests.web.console.conftest import World, be_person, opened, violations
from tests.web.console.test_doors import OURS, TOKEN, answer, promises, sign_in
from tests.web.console.town import URL, Town
from web.app import build

WRITTEN = "The canary school could not send anybody"


@pytest.fixture
def own(lived: Path, tmp_path: Path) -> Iterator[tuple[Town, TestClient]]:
    """A town of one's own, in which CH-0001 is to be answered for."""
    town = opened(lived, tmp_path)
    with TestClient(build(town.parts()), base_url=URL, headers=OURS) as made:
        yield town, made
    town.close()


def send_too_late(town: Town, client: TestClient) -> str:
    """Type a promise, do nothing for 16 minutes, and send it: where that leads."""
    (ladder,) = town.ladders("CH-0001")
    sign_in(client)
    token = TOKEN.findall(client.get(f"/escalations/{ladder}").text)[0]
    town.now += timedelta(minutes=16)
    sent = client.post(
        f"/escalations/{ladder}/acknowledge",
        data=answer(token=token, note=WRITTEN),
        follow_redirects=False,
    )
    return str(sent.headers["location"])


def test_what_was_typed_is_there_after_signing_in_again(own: tuple[Town, TestClient]) -> None:
    """It is shown, and one press sends it; nothing was recorded before."""
    town, client = own
    where = send_too_late(town, client)
    before = promises(town, "CH-0001")
    sign_in(client)
    said = client.get("/kept").text
    action = re.findall(r'<form method="post" action="(/escalations/[^"]+)"', said)[0]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', said))
    sent = client.post(action, data=fields)

    assert where == "/me?back=%2Fkept"
    assert before == []
    assert WRITTEN in said
    assert "14 1 2016" in said
    assert sent.status_code == 200
    assert [one.note for one in promises(town, "CH-0001")] == [WRITTEN]


def test_what_was_typed_is_its_writers_and_is_shown_once(own: tuple[Town, TestClient]) -> None:
    """Nobody else who signs in there is shown it, and a second time there is nothing."""
    town, client = own
    send_too_late(town, client)
    sign_in(client, "P-2")
    other = client.get("/kept").text
    sign_in(client)
    first, second = client.get("/kept").text, client.get("/kept").text

    assert WRITTEN not in other
    assert WRITTEN in first
    assert WRITTEN not in second
    assert "Nothing is kept for you" in second


def test_what_was_typed_is_kept_on_where_its_page_is_not_sent(
    own: tuple[Town, TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is shown once, so a look that could not be recorded has not used it up."""
    town, client = own
    send_too_late(town, client)
    sign_in(client)

    async def full(_events: object) -> None:
        message = "the disk is full"
        raise Unavailable(message)

    with monkeypatch.context() as patch:
        patch.setattr(town.commits, "submit", full)
        not_sent = client.get("/kept")
    first, second = client.get("/kept").text, client.get("/kept").text

    assert not_sent.status_code == 503
    assert WRITTEN not in not_sent.text
    assert WRITTEN in first
    assert WRITTEN not in second


def test_what_was_typed_lies_sealed_and_not_for_long(own: tuple[Town, TestClient]) -> None:
    """No database holds the words, and after 8 hours nothing is shown."""
    town, client = own
    send_too_late(town, client)
    stored = b"".join(file.read_bytes() for file in town.folder.glob("*.db*"))
    town.now += timedelta(hours=8, minutes=1)
    sign_in(client)

    assert WRITTEN.encode() not in stored
    assert WRITTEN not in client.get("/kept").text


def test_only_a_form_of_ours_is_kept(own: tuple[Town, TestClient]) -> None:
    """Not one without the token of the session that was over, nor a file, nor one without end."""
    town, client = own
    (ladder,) = town.ladders("CH-0001")
    address = f"/escalations/{ladder}/acknowledge"
    for spoil in (
        {"data": answer(note=WRITTEN)},
        {"data": answer(token="a.b", note=WRITTEN)},
        {"files": {"note": WRITTEN.encode()}},
    ):
        sign_in(client)
        town.now += timedelta(minutes=16)
        sent = client.post(address, follow_redirects=False, **spoil)
        sign_in(client)
        assert "kept" not in sent.headers["location"]
        assert WRITTEN not in client.get("/kept").text
    sign_in(client)
    token = TOKEN.findall(client.get("/me").text)[0]
    town.now += timedelta(minutes=16)
    sent = client.post(
        address, data=answer(token=token, note="x" * 100_001), follow_redirects=False
    )

    assert "kept" not in sent.headers["location"]


def test_what_was_altered_is_not_shown(own: tuple[Town, TestClient]) -> None:
    """A row that was written under another key is nothing."""
    town, client = own
    town.sessions.keep("P-5", base64.b64encode(b"\x01" + bytes(40)).decode(), town.now)
    sign_in(client)

    assert "Nothing is kept for you" in client.get("/kept").text


def test_a_board_that_refreshes_itself_keeps_nobody_signed_in(
    own: tuple[Town, TestClient],
) -> None:
    """What a page asks by itself is no use of the session; staying is asked for by a press."""
    town, client = own
    sign_in(client)
    for _ in range(14):
        town.now += timedelta(minutes=1)
        client.get("/board", headers={"x-daymark-unattended": "yes"})
    nearly = "Hannah Brook" in client.get("/help", headers={"x-daymark-unattended": "yes"}).text
    left = client.get("/stay-signed-in").json()["left"]
    town.now += timedelta(minutes=14)
    stayed = "Hannah Brook" in client.get("/help", headers={"x-daymark-unattended": "yes"}).text
    town.now += timedelta(minutes=2)

    assert nearly
    assert left == 15 * 60
    assert stayed
    assert "Hannah Brook" not in client.get("/help").text


def test_the_page_says_when_it_ends_without_scripts(own: tuple[Town, TestClient]) -> None:
    """A plain line at its head, for who is signed in only."""
    _, client = own
    nobody = client.get("/help").text
    sign_in(client)

    assert "You will be signed out at" not in nobody
    said = client.get("/help").text
    assert "<noscript>" in said
    assert "You will be signed out at 11 January 2016 at 9:20am" in said


def test_who_is_still_there_can_stay(page: Page, guarded_world: World) -> None:
    """Two minutes before the end a dialog asks, by keyboard and for screen readers; then again."""
    be_person(page.context, guarded_world, "P-2")
    page.clock.install()
    page.goto(f"{guarded_world.site}/help")
    dialog = page.get_by_role("alertdialog", name="You’re about to be signed out")
    before = dialog.count()
    page.clock.fast_forward("13:30")
    dialog.wait_for()
    broken = violations(page)
    page.get_by_role("button", name="Stay signed in").press("Enter")
    dialog.wait_for(state="hidden")
    page.clock.fast_forward("15:30")
    over = page.get_by_role("alertdialog", name="You have been signed out")
    over.wait_for()

    assert before == 0
    assert broken == []
    assert "kept until you have signed in again" in over.inner_text()
