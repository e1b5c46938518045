"""What the people's door sends and refuses, asked without a browser."""

import base64
import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Never
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx2 import Response

from domain.authority import Authority
from domain.engine_events import EscalationAcknowledged
from domain.errors import Unavailable
from domain.event import Event
from tests.histories import CODE, fact, moment
from tests.web.client import TestClient
from tests.web.console.conftest import opened
from tests.web.console.town import NOW, URL, Town
from web.app import build
from web.console.assets import Assets
from web.console.spreadsheets import harmless

TOKEN = re.compile(r'name="token" value="([^"]+)"')
OURS = {"sec-fetch-site": "same-origin"}


@pytest.fixture(scope="module")
def app(town: Town) -> FastAPI:
    """The application over the town that tests only read."""
    return build(town.parts())


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    """A browser without eyes, which knows nobody yet."""
    return TestClient(app, base_url=URL, headers=OURS, raise_server_exceptions=False)


@pytest.fixture
def own(lived: Path, tmp_path: Path) -> Iterator[tuple[Town, TestClient]]:
    """The same over a town of one's own, in which CH-0001 is to be answered for."""
    told = opened(lived, tmp_path)
    with TestClient(build(told.parts()), base_url=URL, headers=OURS) as made:
        yield told, made
    told.close()


def sign_in(client: TestClient, person: str = "P-5") -> Response:
    """Say who one is, through the form."""
    token = TOKEN.findall(client.get("/me").text)[0]
    return client.post("/me", data={"token": token, "person": person}, follow_redirects=False)


def say_why(client: TestClient, ref: str, purpose: str = "oversight") -> Response:
    """Say why one opens the record of a child, through the form."""
    page = f"/why/{ref}"
    token = TOKEN.findall(client.get(page).text)[0]
    said = {"token": token, "purpose": purpose, "back": f"/children/{ref}"}
    return client.post(page, data=said, headers=OURS, follow_redirects=False)


def answer(**changes: str) -> dict[str, str]:
    """A promise as the form sends it."""
    told = {
        "owner": "me",
        "until-day": "14",
        "until-month": "1",
        "until-year": "2016",
        "reason": "quorum",
        "note": "",
    }
    return told | changes


def promises(town: Town, child: str) -> list[EscalationAcknowledged]:
    """Every promise the log holds of a child."""
    history = town.log.history(town.log.stream(CODE, "child", child))
    said = [one.event.said for one in history]
    return [one for one in said if isinstance(one, EscalationAcknowledged)]


@pytest.mark.parametrize(
    "path", ["/board", "/board.csv", "/nothing", "/events/types", "/children", "/static/x/y.css"]
)
def test_every_answer_refuses_what_is_not_ours(client: TestClient, path: str) -> None:
    """No script, frame, form or sniffing from elsewhere, on pages, files and problems alike."""
    headers = client.get(path).headers
    policy = headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["x-robots-tag"] == "noindex, nofollow"
    assert "camera=()" in headers["permissions-policy"]


def test_the_one_inline_line_is_allowed_by_its_hash(client: TestClient) -> None:
    """The kit's line is the same on every page; no page has another, nor any inline style."""
    for path in ("/board", "/help", "/children/nobody"):
        answer = client.get(path)
        (line,) = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(line.encode()).digest()).decode()

        assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]
        assert " style=" not in answer.text
        assert "<style" not in answer.text


def test_assets_may_be_kept_for_a_year(client: TestClient) -> None:
    """The address of a stylesheet holds the hash of the assets; any other address is not found."""
    (sheet,) = re.findall(r'href="(/static/\w+/daymark\.css)"', client.get("/board").text)

    assert client.get(sheet).headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.get(sheet).headers["content-type"] == "text/css; charset=utf-8"
    assert client.get("/static/another/daymark.css").status_code == 404
    assert client.get(sheet.replace("daymark.css", "../parts.py")).status_code == 404


def test_pages_do_not_begin_without_their_styles(tmp_path: Path) -> None:
    """A checkout that was never set up says what to do, instead of showing bare pages."""
    with pytest.raises(Unavailable, match="make vendor"):
        Assets(tmp_path)


def test_who_is_not_there_is_told_the_same_as_who_may_not_know(
    client: TestClient, town: Town
) -> None:
    """Byte for byte the same page: no child, a wrong id, the authority's own stream."""
    own = town.log.stream(CODE, "authority", CODE).hex
    nobody = town.log.stream(CODE, "child", "CH-nobody").hex
    paths = [f"/children/{ref}" for ref in ("x", own, nobody, town.ref("CH-0001").upper())]
    paths += [f"/children/{nobody}/clocks/x", f"/children/{town.ref('CH-0001')}/clocks/x"]
    paths += ["/escalations/x", "/mailbox/x", "/nowhere"]
    answers = [client.get(path) for path in paths]

    assert {one.status_code for one in answers} == {404}
    assert len({one.content for one in answers}) == 1
    assert "CH-" not in answers[0].text


def test_another_authoritys_child_is_not_found(own: tuple[Town, TestClient]) -> None:
    """A stream id of another authority in the same log leads nowhere."""
    town, client = own
    event = Event(
        authority="344",
        kind="child",
        subject="CH-1",
        source="case-system",
        id="1",
        said=fact("referral-received"),
        occurred_at=town.now,
    )
    town.log.append([event])
    other = town.log.stream("344", "child", "CH-1").hex

    assert client.get(f"/children/{other}").status_code == 404


def test_no_address_holds_a_childs_reference(client: TestClient, town: Town) -> None:
    """Addresses reach histories and proxies: they carry Daymark's own id of a child."""
    pages = [
        "/board",
        f"/children/{town.ref('CH-0001')}",
        "/anomalies",
        "/mailbox",
        "/mailbox/0001",
    ]
    said = "".join(client.get(path).text for path in pages)
    links = re.findall(r'(?:href|action)="([^"]*)"', said)

    assert len(links) > 40
    assert [link for link in links if "CH-0" in link] == []


def test_a_form_from_elsewhere_is_refused(own: tuple[Town, TestClient]) -> None:
    """Another site, no token, another session's token: nothing is recorded."""
    town, client = own
    (ladder,) = town.ladders("CH-0001")
    sign_in(client)
    path = f"/escalations/{ladder}/acknowledge"
    token = TOKEN.findall(client.get(f"/escalations/{ladder}").text)[0]
    with TestClient(client.app, base_url=URL, headers=OURS) as stranger:
        foreign = TOKEN.findall(stranger.get("/me").text)[0]
    tries = [
        client.post(path, data=answer(token=token), headers={"sec-fetch-site": "cross-site"}),
        client.post(path, data=answer(token=token), headers={"sec-fetch-site": "same-site"}),
        client.post(path, data=answer()),
        client.post(path, data=answer(token=foreign)),
        client.post(path, data=answer(token="a.b")),
    ]
    del client.headers["sec-fetch-site"]
    tries.append(client.post(path, data=answer(token=token)))
    tries.append(
        client.post(path, data=answer(token=token), headers={"origin": "http://elsewhere"})
    )

    assert {one.status_code for one in tries} == {403}
    assert promises(town, "CH-0001") == []


def test_an_old_browsers_form_is_taken(own: tuple[Town, TestClient]) -> None:
    """Who does not send Sec-Fetch-Site still says from where it comes."""
    town, client = own
    (ladder,) = town.ladders("CH-0001")
    sign_in(client)
    token = TOKEN.findall(client.get(f"/escalations/{ladder}").text)[0]
    del client.headers["sec-fetch-site"]
    sent = client.post(
        f"/escalations/{ladder}/acknowledge", data=answer(token=token), headers={"origin": URL}
    )

    assert sent.status_code == 200
    assert len(promises(town, "CH-0001")) == 1


def test_a_second_press_is_the_same_thing(own: tuple[Town, TestClient]) -> None:
    """The form's token is the id of what it records, so the log holds one promise."""
    town, client = own
    (ladder,) = town.ladders("CH-0001")
    sign_in(client)
    token = TOKEN.findall(client.get(f"/escalations/{ladder}").text)[0]
    for _ in range(3):
        sent = client.post(f"/escalations/{ladder}/acknowledge", data=answer(token=token))
        assert sent.status_code == 200

    assert len(promises(town, "CH-0001")) == 1


def test_a_note_is_sealed_and_shown(own: tuple[Town, TestClient]) -> None:
    """What a manager writes stands on the page, escaped, and in no database as it was written."""
    town, client = own
    (ladder,) = town.ladders("CH-0001")
    sign_in(client)
    token = TOKEN.findall(client.get(f"/escalations/{ladder}").text)[0]
    sent = client.post(
        f"/escalations/{ladder}/acknowledge",
        data=answer(token=token, note="<b>Canary</b> ring the school"),
    )
    stored = b"".join(file.read_bytes() for file in town.folder.glob("*.db*"))

    assert "&lt;b&gt;Canary&lt;/b&gt; ring the school" in sent.text
    assert b"ring the school" not in stored


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"owner": ""}, "Say who is dealing with it"),
        ({"owner": "other", "other": "P-99"}, "Choose the person who is dealing with it"),
        ({"until-day": "31", "until-month": "2"}, "Enter the date by when it will be done"),
        ({"until-day": "10"}, "The date by when must be today or later"),
        ({"reason": "because"}, "Choose a reason"),
        ({"note": "x" * 501}, "The note must be 500 characters or fewer"),
    ],
)
def test_each_fault_of_a_promise_is_said(
    own: tuple[Town, TestClient], changes: dict[str, str], said: str
) -> None:
    """Nothing is recorded, and the page says what to put right."""
    town, client = own
    (ladder,) = town.ladders("CH-0001")
    sign_in(client)
    token = TOKEN.findall(client.get(f"/escalations/{ladder}").text)[0]
    sent = client.post(f"/escalations/{ladder}/acknowledge", data=answer(token=token, **changes))

    assert sent.status_code == 400
    assert "<title>Error: " in sent.text
    assert sent.text.count(said) == 2
    assert promises(town, "CH-0001") == []


def test_who_has_not_said_who_they_are_is_asked_first(own: tuple[Town, TestClient]) -> None:
    """The form cannot be sent by nobody; the way back is kept, and only to our own pages."""
    town, client = own
    (ladder,) = town.ladders("CH-0001")
    token = TOKEN.findall(client.get("/me").text)[0]
    sent = client.post(
        f"/escalations/{ladder}/acknowledge", data=answer(token=token), follow_redirects=False
    )
    foreign = client.get("/me?back=https://elsewhere.example/board")

    assert sent.headers["location"] == f"/me?back=%2Fescalations%2F{ladder}"
    assert f'name="back" value="/escalations/{ladder}"' in client.get(sent.headers["location"]).text
    assert 'name="back" value=""' in foreign.text


def test_a_watcher_cannot_halt_the_climb(town: Town, client: TestClient) -> None:
    """The form is not only hidden from a watcher: it is refused."""
    (ladder,) = town.ladders("CH-0001")
    sign_in(client, "P-6")
    token = TOKEN.findall(client.get("/me").text)[0]
    sent = client.post(f"/escalations/{ladder}/acknowledge", data=answer(token=token))

    assert sent.status_code == 403


def test_the_cookie_says_who_and_cannot_be_bent(town: Town) -> None:
    """It is out of scripts' reach, new with each choice, and worthless once changed or old."""
    now = [town.now]
    parts = town.parts(now=lambda: now[0], url="https://daymark.example")
    with TestClient(build(parts), base_url="https://daymark.example", headers=OURS) as client:
        before = client.get("/me").headers["set-cookie"]
        set_cookie = sign_in(client).headers["set-cookie"]
        known = client.get("/me").text
        name, _, value = set_cookie.partition(";")[0].partition("=")
        payload, _, signature = value.strip('"').partition(".")
        held = json.loads(base64.urlsafe_b64decode(payload)) | {"person": "P-8"}
        forged = base64.urlsafe_b64encode(json.dumps(held).encode()).decode() + "." + signature
        client.cookies.clear()
        bent = client.get("/me", headers={"cookie": f"{name}={forged}"}).text
        now[0] = moment("Mon 11 Jan 2016 17:06")
        old = client.get("/me", headers={"cookie": f"{name}={value}"}).text

    assert name == "__Host-session"
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(set_cookie.split("; "))
    assert before != set_cookie
    assert "You are Hannah Brook" in known
    assert "Who are you?" in bent
    assert "Who are you?" in old


def test_one_can_stop_being_somebody(client: TestClient) -> None:
    """Afterwards nobody is known, and a person nobody knows cannot be chosen."""
    sign_in(client)
    token = TOKEN.findall(client.get("/me").text)[0]
    left = client.post("/me", data={"token": token, "leave": "yes"})
    token = TOKEN.findall(left.text)[0]
    nobody = client.post("/me", data={"token": token})
    unknown = client.post("/me", data={"token": token, "person": "P-99"})

    assert "Who are you?" in left.text
    assert nobody.status_code == 400
    assert "Choose who you are" in nobody.text
    assert unknown.status_code == 403


def test_the_file_has_the_boards_rows(client: TestClient) -> None:
    """The download is exactly the view, in its order, and narrowed as it was."""
    for query in ("", "?status=breached", "?team=south", "?timescale=icpc-15wd"):
        page = client.get(f"/board{query}").text
        file = client.get(f"/board.csv{query}")
        lines = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
        children = re.findall(r'<th scope="row(?:group)?"[^>]*><a[^>]*>([^<]+)</a>', page)
        titles = re.findall(
            r'<a class="govuk-link govuk-link--no-visited-state" href="[^"]+/clocks/[^>]*>([^<]+)<',
            page,
        )

        assert list(dict.fromkeys(line[0] for line in lines[1:])) == children
        assert [line[1] for line in lines[1:]] == titles
        assert file.headers["content-disposition"] == 'attachment; filename="board.csv"'
    assert lines[1][4:] == [
        "Late",
        "service manager safeguarding",
        "child protection conference chair",
        "",
    ]


def test_the_file_says_when_it_cannot_be_relied_on(town: Town) -> None:
    """Doubts come before anything else, so that they cannot be cut off unseen."""
    later = moment("Mon 11 Jan 2016 10:05")
    with TestClient(build(town.parts(now=lambda: later)), base_url=URL) as client:
        first, second = client.get("/board.csv").content.decode("utf-8-sig").splitlines()[:2]

    assert first == "Do not rely on this board"
    assert "Escalation has been paused since" in second


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@a", "\ta", "\ra"])
def test_no_cell_is_a_formula(cell: str) -> None:
    """A spreadsheet opens each cell as text."""
    assert harmless(cell) == f"'{cell}"


def test_a_long_board_has_pages(tmp_path: Path) -> None:
    """50 rows to a page, with the way to the others; a page that is no number is the first."""
    town = Town(tmp_path)
    for number in range(61):
        town.tell(f"CH-{number:03}", "referral-received", "Mon 11 Jan 2016 08:30")
    town.show()
    with TestClient(build(town.parts()), base_url=URL) as client:
        first, last = client.get("/board").text, client.get("/board?page=2").text
        odd = client.get("/board?page=²").text
        by_clock = client.get("/board?rows=clocks&page=3").text
    town.close()

    assert "1 to 50 of 61 children, 122 clocks" in first
    assert 'href="/board?page=2"' in first
    assert "51 to 61 of 61 children, 122 clocks" in last
    assert "1 to 50 of 61 children" in odd
    assert "101 to 122 of 122 clocks" in by_clock


@pytest.mark.parametrize(
    ("query", "leads_to"),
    [
        ("as-of-day=7&as-of-month=1&as-of-year=2016&known=now", "?as-of=2016-01-07"),
        (
            "as-of-day=07&as-of-month=01&as-of-year=2016&known=then",
            "?as-of=2016-01-07&known-at=2016-01-07",
        ),
        ("as-of-day=11&as-of-month=1&as-of-year=2016&known=then", ""),
    ],
)
def test_the_form_leads_to_one_address(
    client: TestClient, town: Town, query: str, leads_to: str
) -> None:
    """What three boxes say becomes an address that can be kept; today is now."""
    ref = town.ref("CH-0002")
    sent = client.get(f"/children/{ref}?{query}", follow_redirects=False)

    assert sent.status_code == 303
    assert sent.headers["location"] == f"/children/{ref}{leads_to}"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("as-of-day=37&as-of-month=1&as-of-year=2016", "Enter a real date"),
        ("as-of-day=&as-of-month=1&as-of-year=2016", "Enter a real date"),
        ("as-of-day=7&as-of-month=jan&as-of-year=2016", "Enter a real date"),
        ("as-of-day=12&as-of-month=1&as-of-year=2016", "The date must be today or in the past"),
        ("as-of=yesterday", "Enter a real date"),
        ("known-at=2016-01-07T10:00:00", "Enter a real date"),
        ("known-at=9999-12-31", "Enter a real date"),
    ],
)
def test_a_wrong_date_is_explained(client: TestClient, town: Town, query: str, said: str) -> None:
    """400, the title begins with Error, and the sentence says what to do."""
    sent = client.get(f"/children/{town.ref('CH-0002')}?{query}")

    assert sent.status_code == 400
    assert "<title>Error: " in sent.text
    assert said in sent.text


def test_moments_may_be_instants(client: TestClient, town: Town) -> None:
    """An address may name an instant with its offset; what lies ahead is cut at now."""
    ref = town.ref("CH-0002")
    then = client.get(f"/children/{ref}?known-at=2016-01-08T11:39:00%2B00:00").text
    two = client.get(f"/children/{ref}?as-of=2016-01-04&known-at=2016-01-08T11:39:00+00:00").text
    ahead = client.get(f"/children/{ref}?known-at=2030-01-01").text

    assert "what was known at 8 January 2016 at 11:39am" in then
    assert "what had happened by the end of 4 January 2016, as far as was known at 8 January" in two
    assert "This is not the record as it stands now" not in ahead
    assert client.get(f"/children/{ref}/clocks/x?as-of=never").status_code == 400


def test_a_warning_is_acknowledged_on_its_page(lived: Path, tmp_path: Path) -> None:
    """Until then whoever heard it hears no other; once it is over its address leads to the clock."""
    town = opened(lived, tmp_path)
    key = town.clock("CH-0004", "missing-strategy-72h")
    notice = next(one for one in town.tellings("CH-0004") if one.clock == key)
    address = f"/escalations/{notice.id}"
    with TestClient(build(town.parts()), base_url=URL, headers=OURS) as client:
        sign_in(client, "P-4")
        page = client.get(address).text
        token = TOKEN.findall(page)[0]
        sent = client.post(f"{address}/acknowledge", data=answer(token=token))
        town.tell("CH-0004", "missing-episode-ended", "Mon 11 Jan 2016 09:10")
        over = client.get(address, follow_redirects=False)
    said = [one.event.said for one in town.log.history(UUID(town.ref("CH-0004")))]
    (promise,) = (one for one in said if isinstance(one, EscalationAcknowledged))
    town.close()

    assert "What is due, and what do you want to do?" in page
    assert "28 hours left" in page
    assert "Record why it was late" not in page
    assert "The people who were warned are not warned again until 14 January 2016" in sent.text
    assert (promise.escalation, promise.owner) == (notice.id, "P-4")
    assert over.headers["location"] == f"/children/{town.ref('CH-0004')}/clocks/{key}"


def test_a_town_without_a_letterbox_has_no_mailbox(town: Town) -> None:
    """Where mail is really sent, the page does not exist."""
    with TestClient(build(town.parts(mail=None)), base_url=URL) as client:
        assert client.get("/mailbox").status_code == 404
        assert client.get("/mailbox/0001").status_code == 404


def test_a_message_is_never_run(client: TestClient) -> None:
    """The HTML of a message stands there as text; only our own pages are links."""
    text = client.get("/mailbox/0001").text

    assert "&lt;script&gt;alert(&#34;no&#34;)&lt;/script&gt;" in text
    assert "<script>alert" not in text
    assert re.findall(r'<a class="govuk-link" href="([^"]+)">http', text)[0].startswith(
        "/escalations/"
    )
    assert client.get("/mailbox/..%2F..%2Flog").status_code == 404


def test_a_broken_page_says_what_to_do_and_no_more(town: Town) -> None:
    """The paper procedure and no detail, even while the log cannot be asked."""
    lost: list[str] = []

    def authority(code: str) -> Authority:
        if lost:
            raise RuntimeError(lost[0])
        return town.authority(code)

    app = build(town.parts(authority=authority))
    with TestClient(app, base_url=URL, raise_server_exceptions=False) as client:
        lost.append("CH-0001 was lost")
        sent = client.get("/board")

    assert sent.status_code == 500
    assert "Sorry, there is a problem with the service" in sent.text
    assert "We cannot tell whether managers are being told: use your paper procedure" in sent.text
    assert "Clocks are still being kept" not in sent.text
    assert "Nothing that you had a receipt for is lost." in sent.text
    assert "CH-0001" not in sent.text
    assert sent.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("minutes", "kept"), [(0, True), (60, False)])
def test_a_broken_page_says_that_clocks_are_kept_only_while_they_are(
    town: Town, minutes: int, *, kept: bool
) -> None:
    """One page is broken and the engine's heartbeat is fresh, or nobody has heard it for an hour."""
    now = NOW + timedelta(minutes=minutes)

    class Lost(dict[str, str]):
        """Addresses of case systems that cannot be asked."""

        def keys(self) -> Never:
            raise RuntimeError

    app = build(town.parts(now=lambda: now, case_links=Lost()))
    with TestClient(app, base_url=URL, raise_server_exceptions=False) as client:
        sent = client.get(f"/children/{town.ref('CH-0001')}")

    assert sent.status_code == 500
    assert ("managers are still being told." in sent.text) is kept
    assert ("We cannot tell" in sent.text) is not kept


def test_the_board_of_another_moment_says_so_and_leads_on_to_it(client: TestClient) -> None:
    """A banner, the filters and every link keep the two moments; nothing doubts the past."""
    query = "?as-of=2016-01-07&known-at=2016-01-07"
    said = client.get(f"/board{query}").text
    narrowed = client.get(f"/board{query}&status=breached").text

    assert "This is not the board as it stands now" in said
    assert "This shows what was known at the end of 7 January 2016." in said
    assert "Do not rely on this board" not in said
    assert re.search(
        r'href="/children/[0-9a-f]{32}\?as-of=2016-01-07&amp;known-at=2016-01-07"', said
    )
    assert '<input type="hidden" name="known-at" value="2016-01-07">' in narrowed
    assert "status=breached&amp;as-of=2016-01-07" in said


def test_the_board_looks_back_by_its_form(client: TestClient) -> None:
    """A day and what was known; a day that cannot be is said where it was typed."""
    typed = "as-of-day=7&as-of-month=1&as-of-year=2016"
    found = client.get(f"/board?{typed}&known=then", follow_redirects=False)
    wrong = client.get("/board?as-of-day=37&as-of-month=1&as-of-year=2016")

    assert found.headers["location"] == "/board?as-of=2016-01-07&known-at=2016-01-07"
    assert wrong.status_code == 400
    assert "Enter a real date" in wrong.text
    assert client.get("/board.csv?as-of=never").status_code == 400
    assert client.get("/board?as-of=never").status_code == 400
    file = client.get("/board.csv?known-at=2016-01-07").text
    assert "Not the board as it stands now: what was known at the end of 7 January 2016" in file
