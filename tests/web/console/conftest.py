"""Real servers over a real log and a real browser, shared by the tests of the people's door."""

import base64
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import lxml.html
import pytest
import uvicorn
from fastapi import Response
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Page,
    ViewportSize,
    sync_playwright,
)

from domain.calendar import LONDON
from formats.sign_in import SignInFile
from tests.histories import moment
from tests.web.client import TestClient
from tests.web.console.panel import meet
from tests.web.console.states import ask_for_exports, go_missing, guard, look_around, shut_out
from tests.web.console.town import NOW, URL, Town, begin, live
from web.app import build
from web.console.provider import Client, Provider
from web.console.sessions import Sessions
from web.parts import Parts

RUN_AXE = """async tags => {
    if (!("axe" in window)) return null;
    const found = await axe.run(document, {
        runOnly: tags, resultTypes: ["violations"], selectors: false,
    });
    const broken = found.violations.map(one => one.id + ": " + one.nodes[0].html.slice(0, 200));
    return {passed: found.passes.length, broken: broken};
}"""

ROOT = Path(__file__).parents[3]
ARTEFACTS = ROOT / "artefacts"
AXE = (ROOT / ".vendor" / "axe.min.js").read_text(encoding="utf-8")
SCREEN: Final[ViewportSize] = {"width": 1200, "height": 900}
"""What a page is looked at on, unless a test says."""
FLAGS = (
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",
)


@contextmanager
def serving(parts: Parts) -> Iterator[str]:
    """The whole application on a port of its own, as the process serves it."""
    config = uvicorn.Config(build(parts), host="127.0.0.1", port=0, log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a town whose days have passed, to be copied and opened again."""
    folder = tmp_path_factory.mktemp("lived")
    live(folder).close()
    return folder


@pytest.fixture(scope="session")
def town(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The town, its board up to date; tests that only read share it."""
    told = opened(lived, tmp_path_factory.mktemp("town"))
    yield told
    told.close()


def opened(lived: Path, folder: Path) -> Town:
    """A copy of a town, on the morning its days had led to."""
    shutil.copytree(lived, folder, dirs_exist_ok=True)
    return Town(folder, now=NOW)


@pytest.fixture(scope="session")
def site(town: Town) -> Iterator[str]:
    """The address at which the town is read."""
    with serving(town.parts()) as address:
        yield address


@pytest.fixture
def busy(lived: Path, tmp_path: Path) -> Iterator[tuple[Town, str]]:
    """A town of one's own, for a test that answers for something."""
    told = opened(lived, tmp_path)
    with serving(told.parts()) as address:
        yield told, address
    told.close()


@pytest.fixture(scope="session")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a town about which nothing has been told."""
    told = Town(tmp_path_factory.mktemp("quiet"))
    begin(told)
    told.now = NOW
    told.tell_of_itself("feed-advanced", "Mon 11 Jan 2016 02:10", source="nightly", complete_to=NOW)
    told.show()
    with serving(told.parts(mail=None)) as address:
        yield address
    told.close()


@pytest.fixture(scope="session")
def unsure(town: Town) -> Iterator[str]:
    """The same town an hour later, when nobody has heard of the dispatcher for that hour."""
    later = moment("Mon 11 Jan 2016 10:05")
    with serving(town.parts(now=lambda: later)) as address:
        yield address


class World(NamedTuple):
    """A town, what its pages are built from, and the address at which they are read."""

    town: Town
    parts: Parts
    site: str


@pytest.fixture(scope="session")
def town_world(town: Town, site: str) -> World:
    """The town on its Monday morning."""
    return World(town, town.parts(), site)


@pytest.fixture(scope="session")
def quiet_world(town: Town, quiet: str) -> World:
    """A town about which nothing has been told; its rows name no child."""
    return World(town, town.parts(), quiet)


@pytest.fixture(scope="session")
def unsure_world(town: Town, unsure: str) -> World:
    """The town when what is shown cannot be relied on."""
    return World(town, town.parts(), unsure)


@pytest.fixture(scope="session")
def provided_world(town: Town) -> Iterator[World]:
    """The town whose people sign in at a provider of the council's, which nobody asks here."""
    client = Client(issuer="http://localhost:9", id="d", secret="secret-1", callback=URL)
    parts = town.parts(provider=Provider(client, SignInFile()))
    with serving(parts) as address:
        yield World(town, parts, address)


@pytest.fixture(scope="session")
def panels_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A town whose panel has sat."""
    told = meet(tmp_path_factory.mktemp("panels"))
    with serving(told.parts()) as address:
        yield World(told, told.parts(), address)
    told.close()


@pytest.fixture(scope="session")
def guarded_world(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The town with a restricted record, and somebody who watches over who looks."""
    told = opened(lived, tmp_path_factory.mktemp("guarded"))
    parts = told.parts(people=guard(told))
    ask_for_exports(told)
    look_around(told)
    shut_out(told)
    go_missing(told)
    type_too_late(parts, "P-5")
    with serving(parts) as address:
        yield World(told, parts, address)
    told.close()


@pytest.fixture
def guarded(lived: Path, tmp_path: Path) -> Iterator[tuple[Town, TestClient]]:
    """A town of one's own with a restricted record, an auditor and an officer, and a browser without eyes."""
    town = opened(lived, tmp_path)
    app = build(town.parts(people=guard(town)))
    headers = {"sec-fetch-site": "same-origin"}
    with TestClient(app, base_url=URL, headers=headers, raise_server_exceptions=False) as made:
        yield town, made
    town.close()


def type_too_late(parts: Parts, person: str) -> None:
    """Somebody sends a form after their session was over: what they typed is kept for them."""
    sessions, given = Sessions(parts), Response()
    session = sessions.enter(person, parts.now())
    sessions.keep(given, session)
    parts.sessions.end_all(person, parts.now())
    typed = {"token": sessions.token(session), "person": "P-2", "from-day": "12", "covering": "P-4"}
    with TestClient(
        build(parts), base_url=URL, headers={"sec-fetch-site": "same-origin"}
    ) as client:
        name, _, value = given.headers["set-cookie"].partition(";")[0].partition("=")
        client.cookies.set(name, value.strip('"'))
        client.post("/cover", data=typed, follow_redirects=False)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's own Chromium; nothing is downloaded.

    For one file only: while it is open a loop runs, which would trouble the asynchronous tests of others.
    """
    ARTEFACTS.mkdir(exist_ok=True)
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "The page tests need Chromium: apt install chromium"
    alone = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=[*FLAGS, *alone])
        yield chromium
        chromium.close()


@contextmanager
def knowing_nobody(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of a council computer that knows nobody yet."""
    made = browser.new_context(
        viewport=SCREEN,
        locale="en-GB",
        timezone_id=LONDON.key,
        reduced_motion="reduce",
    )
    yield made
    made.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of one's own."""
    with knowing_nobody(browser) as made:
        yield made


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails its test if the browser complained of anything."""
    complaints: list[str] = []
    yield watched(context, complaints)
    assert complaints == []


@pytest.fixture(scope="module")
def opened_window(
    browser: Browser, request: pytest.FixtureRequest
) -> Iterator[tuple[Page, list[str]]]:
    """One window for a whole file, which has styles and scripts at hand from its first page on."""
    complaints: list[str] = []
    with knowing_nobody(browser) as context:
        if hasattr(request.module, "look_at"):
            context.add_init_script(AXE)
        yield watched(context, complaints), complaints


@pytest.fixture
def window(opened_window: tuple[Page, list[str]]) -> Iterator[Page]:
    """That window, knowing nobody again; it fails its test like a page of one's own.

    Not for a test that installs a clock or a script, or that answers in the server's place.
    """
    made, complaints = opened_window
    made.context.clear_cookies()
    complaints.clear()
    yield made
    made.emulate_media(media="null")
    if made.viewport_size != SCREEN:
        made.set_viewport_size(SCREEN)
    assert complaints == []


def watched(context: BrowserContext, complaints: list[str]) -> Page:
    """A page of which is kept whatever the browser complains of."""
    made = context.new_page()
    made.set_default_timeout(10_000)
    # The browser itself remarks on a page that is answered with 400 or 404.
    made.on(
        "console",
        lambda m: (
            complaints.append(m.text)
            if m.type in {"error", "warning"}
            and "the server responded with a status of 4" not in m.text
            else None
        ),
    )
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.on(
        "requestfailed",
        # Going on to the next page stops what the last one still asked for: nothing has failed.
        lambda request: (
            complaints.append(request.url) if request.failure != "net::ERR_ABORTED" else None
        ),
    )
    made.on(
        "response",
        lambda answer: (
            complaints.append(answer.url)
            if answer.status >= 400 and "/static/" in answer.url
            else None
        ),
    )
    return made


@lru_cache(maxsize=1)
def camera(page: Page) -> CDPSession:
    """What takes pictures of a window, for as long as it is the one that is looked at."""
    return page.context.new_cdp_session(page)


def keep_picture(page: Page, name: str) -> int:
    """Keep a picture of a whole page, packed fast and not small: nobody sends it anywhere; how wide it is."""
    width, height = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    whole = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    taken = camera(page).send(
        "Page.captureScreenshot",
        {"optimizeForSpeed": True, "captureBeyondViewport": True, "clip": whole},
    )
    (ARTEFACTS / f"{name}.png").write_bytes(base64.b64decode(taken["data"]))
    return int(width)


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA; evaluated, because the policy forbids a script tag."""
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate(RUN_AXE, rules)
    if found is None:
        page.evaluate(AXE)
        found = page.evaluate(RUN_AXE, rules)
    assert found["passed"] > 15
    return list(found["broken"])


def be_person(context: BrowserContext, world: World, person: str | None) -> None:
    """Be somebody from the first page on, without going through sign-in; nobody where nobody is named."""
    if person is not None:
        sessions, given = Sessions(world.parts), Response()
        sessions.keep(given, sessions.enter(person, world.parts.now()))
        name, _, value = given.headers["set-cookie"].partition(";")[0].partition("=")
        context.add_cookies([{"name": name, "value": value.strip('"'), "url": world.site}])


def be(page: Page, site: str, name: str) -> None:
    """Say who one is."""
    page.goto(f"{site}/me")
    page.get_by_label(name).check()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/board")


def be_at_once(page: Page, site: str, name: str) -> None:
    """Say who one is in two requests of the same browser, for a story that begins on a page of its own."""
    asked = page.context.request
    form = lxml.html.fromstring(asked.get(f"{site}/me").text())
    (label,) = form.xpath("//label[contains(., $name)]", name=name)
    (token,) = form.xpath("//main//input[@name='token']/@value")
    chosen = form.get_element_by_id(label.get("for"))
    typed: dict[str, str | float | bool] = {"token": str(token), "person": str(chosen.get("value"))}
    answer = asked.post(f"{site}/me", form=typed, headers={"origin": site}, max_redirects=0)
    assert answer.status == 303
