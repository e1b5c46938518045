"""Staff sign in at a real provider of OpenID Connect, and out again; nothing else lets them in."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from oidc_provider_mock import User, run_server_in_thread
from structlog.testing import capture_logs

from formats.sign_in import SignInFile, read_sign_in
from server import configured
from settings import read_settings
from tests.histories import moment
from tests.web.client import TestClient
from tests.web.console.conftest import opened
from tests.web.console.town import URL, Town
from web.app import build
from web.console.provider import Client, Provider

OURS = {"sec-fetch-site": "same-origin"}
TOKEN = re.compile(r'name="token" value="([^"]+)"')
MAPPING = """
person = "email"

[groups]
"north-managers" = { role = "team_manager", team = "north" }
"children-managers" = { role = "service_manager", team = "children" }

[roles]
"Daymark.Governance" = { role = "information_governance_officer" }

[persons]
"subject-9" = "P-9"
"""
PEOPLE = (
    User(sub="subject-5", claims={"email": "P-5@daymark.example"}),
    User(sub="subject-9", claims={"email": "somebody@elsewhere.example"}),
    User(sub="stranger", claims={"email": "stranger@elsewhere.example"}),
    User(sub="unchecked", claims={"email": "p-5@daymark.example", "email_verified": False}),
    User(
        sub="subject-2",
        claims={"email": "p-2@daymark.example", "groups": ["children-managers"]},
    ),
    User(
        sub="subject-1",
        claims={
            "email": "p-1@daymark.example",
            "groups": ["north-managers", "of no meaning here"],
            "roles": "Daymark.Governance",
        },
    ),
)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider that knows six people."""
    with run_server_in_thread(user_claims=PEOPLE) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def place(lived: Path, tmp_path: Path, issuer: str) -> Iterator[tuple[Town, TestClient]]:
    """A town whose people sign in at that provider."""
    (tmp_path / "sign-in.toml").write_text(MAPPING)
    told = opened(lived, tmp_path)
    client = Client(issuer=issuer, id="daymark", secret="secret-1", callback=f"{URL}/sign-in/back")
    provider = Provider(client, read_sign_in(tmp_path / "sign-in.toml"))
    with TestClient(
        build(told.parts(provider=provider)), base_url=URL, headers=OURS, follow_redirects=False
    ) as browser:
        yield told, browser
    told.close()


def at_the_provider(address: str, subject: str) -> str:
    """What somebody does at the provider's own page, and where it sends them."""
    answer = httpx2.post(address, data={"sub": subject}, follow_redirects=False)
    return answer.headers["location"]


def sign_in(browser: TestClient, subject: str, back: str = "") -> httpx2.Response:
    """The whole way there and back."""
    away = browser.get("/sign-in/go", params={"back": back} if back else {})
    return browser.get(at_the_provider(away.headers["location"], subject))


def test_somebody_of_the_people_file_signs_in(place: tuple[Town, TestClient]) -> None:
    """Code flow with PKCE, state and nonce; the way back is kept, and the session is new."""
    town, browser = place
    page = f"/children/{town.ref('CH-0001')}"
    asked = browser.get(page)
    away = browser.get("/sign-in/go", params={"back": page}).headers["location"]
    wanted = parse_qs(urlsplit(away).query)
    back = browser.get(at_the_provider(away, "subject-5"))
    shown = browser.get(page)

    assert asked.status_code == 303
    assert asked.headers["location"] == f"/sign-in?back={page.replace('/', '%2F')}"
    assert wanted["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= wanted.keys()
    assert back.headers["location"] == page
    assert "HttpOnly" in back.headers["set-cookie"]
    assert shown.status_code == 200
    assert "Hannah Brook" in shown.text


def test_nobody_is_asked_to_say_who_they_are_where_people_sign_in(
    place: tuple[Town, TestClient],
) -> None:
    """Every page that opens without a session leads to signing in; the way of a trial is never named."""
    _, browser = place
    pages = [browser.get(path).text for path in ("/sign-in", "/signed-out", "/help")]
    refused = browser.post("/sign-out", data={"token": "none"}).text
    sign_in(browser, "subject-5")
    within = browser.get("/board").text

    for page in (*pages, refused):
        assert re.search(r'<a class="govuk-link[^>]*href="/sign-in"[^>]*>Sign in</a>', page)
        assert "who you are" not in page
        assert "said who they are" not in page
    assert re.search(r'href="/me"[^>]*>Hannah Brook, ', within)
    assert ">Sign in<" not in within


@pytest.mark.parametrize("subject", ["stranger", "unchecked"])
def test_who_is_not_in_the_people_file_is_nobody(
    place: tuple[Town, TestClient], subject: str
) -> None:
    """The provider knows them; here they are let in nowhere, nor by an address nobody checked."""
    _, browser = place
    back = sign_in(browser, subject)

    assert back.status_code == 403
    assert "You could not be signed in" in back.text
    assert browser.get("/board").status_code == 303


def test_a_subject_may_be_named_in_the_sign_in_file(place: tuple[Town, TestClient]) -> None:
    """Where the provider's address is not the people file's."""
    _, browser = place
    sign_in(browser, "subject-9")

    assert "Farah Aziz" in browser.get("/me").text


def test_groups_and_app_roles_give_posts(place: tuple[Town, TestClient]) -> None:
    """A role of the provider opens what a role of the people file opens."""
    _, browser = place
    sign_in(browser, "subject-5")
    without = browser.get("/audit/reads").status_code
    sign_in(browser, "subject-1")

    assert without == 404
    assert browser.get("/audit/reads").status_code == 200


def test_a_group_of_a_service_reaches_every_team_within_it(
    place: tuple[Town, TestClient],
) -> None:
    """From the day a team lies within the service, as for who holds that post by the people file."""
    town, browser = place
    page = f"/children/{town.ref('CH-0001')}"
    sign_in(browser, "subject-2")
    before = browser.get(page).status_code
    town.tell_of_itself(
        "team-placed",
        "Mon 11 Jan 2016 09:00",
        team_ref="north",
        within="children",
        from_on="2016-01-11",
    )
    town.show()
    after, board = browser.get(page), browser.get("/board").text

    assert (before, after.status_code) == (404, 200)
    assert "Bryn Howells, team manager, service manager" in " ".join(after.text.split())
    assert page in board


def test_an_answer_counts_once_and_in_one_browser(place: tuple[Town, TestClient]) -> None:
    """Repeated, bent, late, or brought to another browser, the provider's answer lets nobody in."""
    town, browser = place
    away = browser.get("/sign-in/go").headers["location"]
    answer = at_the_provider(away, "subject-5")
    kept = dict(browser.cookies)
    browser.cookies.clear()
    elsewhere = browser.get(answer).status_code
    browser.cookies.update(kept)
    again = browser.get(answer).status_code
    away = browser.get("/sign-in/go").headers["location"]
    bent = browser.get(at_the_provider(away, "subject-5").replace("code=", "code=x")).status_code
    away = browser.get("/sign-in/go").headers["location"]
    answer = at_the_provider(away, "subject-5")
    town.now = moment("Mon 11 Jan 2016 09:16")

    assert [elsewhere, again, bent, browser.get(answer).status_code] == [403] * 4


def test_the_way_back_leads_only_to_our_own_pages(place: tuple[Town, TestClient]) -> None:
    """Whatever stands in the address, nobody is sent elsewhere."""
    _, browser = place
    ways = (
        "https://elsewhere.example",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "/board?x=//y",
    )
    answers = [sign_in(browser, "subject-5", back).headers["location"] for back in ways]

    assert answers == ["/board"] * len(ways)


def test_signing_out_ends_both_sessions(place: tuple[Town, TestClient]) -> None:
    """Ours at once, even for who kept the cookie; the browser goes on to the provider's own."""
    _, browser = place
    sign_in(browser, "subject-5")
    kept = dict(browser.cookies)
    token = TOKEN.findall(browser.get("/me").text)[0]
    out = browser.post("/sign-out", data={"token": token})
    asked = parse_qs(urlsplit(out.headers["location"]).query)
    browser.cookies.clear()
    browser.cookies.update(kept)
    policy = browser.get("/signed-out").headers["content-security-policy"]

    assert "/oauth2/end_session?" in out.headers["location"]
    assert asked["post_logout_redirect_uri"] == [f"{URL}/signed-out"]
    assert asked["id_token_hint"]
    assert browser.get("/board").status_code == 303
    assert re.search(r"form-action 'self' http://localhost:\d+;", policy)


def test_a_session_ends_when_nobody_uses_it_and_after_a_day(
    place: tuple[Town, TestClient],
) -> None:
    """Fifteen minutes without a page, or eight hours in all."""
    town, browser = place
    sign_in(browser, "subject-5")
    statuses = []
    for clock in ("09:19", "09:33", "09:49"):
        town.now = moment(f"Mon 11 Jan 2016 {clock}")
        statuses.append(browser.get("/help/who").status_code)
        statuses.append(browser.get("/board").status_code)
    sign_in(browser, "subject-5")
    for hour in range(10, 17):
        for minute in range(0, 60, 14):
            town.now = moment(f"Mon 11 Jan 2016 {hour}:{minute:02}")
            browser.get("/board")
    kept = browser.get("/board").status_code
    town.now = moment("Mon 11 Jan 2016 17:50")

    assert statuses == [404, 200, 404, 200, 404, 303]
    assert kept == 200
    assert browser.get("/board").status_code == 303


def test_a_session_ends_the_moment_a_role_changes(place: tuple[Town, TestClient]) -> None:
    """Who has been given another post signs in again; who has left cannot."""
    town, browser = place
    sign_in(browser, "subject-5")
    before = browser.get("/board").status_code
    town.tell_of_itself(
        "person-assigned",
        "Mon 11 Jan 2016",
        person_ref="P-5",
        role="auditor",
        from_on="2016-01-11",
    )

    assert before == 200
    assert browser.get("/board").status_code == 303


def test_signing_in_is_not_to_be_tried_for_ever(place: tuple[Town, TestClient]) -> None:
    """After thirty attempts in a minute an address is asked to wait."""
    _, browser = place
    statuses = {browser.get("/sign-in/back?state=x&code=y").status_code for _ in range(70)}

    assert statuses == {403, 429}


def test_nobody_chooses_who_they_are_where_people_sign_in(
    place: tuple[Town, TestClient],
) -> None:
    """The page of the trial is not there."""
    _, browser = place
    sign_in(browser, "subject-5")
    token = TOKEN.findall(browser.get("/me").text)[0]
    chosen = browser.post("/me", data={"token": token, "person": "P-8"})

    assert chosen.status_code == 404
    assert "Keith Marsden" not in browser.get("/me").text


def test_a_provider_that_is_away_is_said(lived: Path, tmp_path: Path) -> None:
    """The page is a problem that passes; nobody is let in meanwhile, and the log names the setting."""
    told = opened(lived, tmp_path)
    client = Client(
        issuer="http://localhost:9", id="daymark", secret="secret-1", callback=f"{URL}/sign-in/back"
    )
    parts = told.parts(provider=Provider(client, SignInFile()))
    with (
        capture_logs() as lines,
        TestClient(build(parts), base_url=URL, follow_redirects=False) as browser,
    ):
        away = browser.get("/sign-in/go")
        here = browser.get("/sign-in")
    told.close()

    (line,) = [one for one in lines if one["event"] == "an issuer cannot be asked"]
    assert line["reason"] == (
        "http://localhost:9 does not answer (ConnectError):"
        " see that it runs, or mend DAYMARK_OIDC_ISSUER"
    )
    assert "DAYMARK_" not in away.text
    assert away.status_code == 503
    assert here.status_code == 200


def signs_in(client: TestClient, count: int) -> Counter[int]:
    """How so many tries to come back from the provider are answered, each said to be of another address."""
    tries = (
        client.get("/sign-in/back", headers={"X-Forwarded-For": f"203.0.113.{n}"})
        for n in range(count)
    )
    return Counter(one.status_code for one in tries)


def test_a_whole_council_behind_its_proxy_signs_in(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sign-in is limited for each address that a named proxy says; what anybody else says is not believed."""
    monkeypatch.setenv("DAYMARK_PROXIES", "192.0.2.0/28, 2001:db8::7")
    settings, many = read_settings(), 100  # of which a minute's end lets through sixty at most
    answers = {}
    for caller in ("192.0.2.9", "2001:db8::7", "192.0.2.99"):
        config = configured(build(town.parts()), settings)
        config.load()
        client = TestClient(config.loaded_app, client=(caller, 50_000))
        answers[caller] = signs_in(client, many)

    assert answers["192.0.2.9"] == answers["2001:db8::7"] == {404: many}
    assert answers["192.0.2.99"][404] in range(30, 61)
    assert answers["192.0.2.99"].keys() == {404, 429}
