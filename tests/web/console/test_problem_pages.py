"""The pages that say what went wrong, in a real browser: a form refused, too much asked, a broken page."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Never

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from formats.sign_in import SignInFile
from tests.web.console.conftest import serving
from tests.web.console.test_every_page import look_at
from tests.web.console.test_words import must_speak_plainly
from tests.web.console.town import NOW, URL, Town
from web.console.provider import Client, Provider

MANY = 40
"""More than anybody may try to sign in within a minute."""


class Lost(dict[str, str]):
    """Addresses of case systems that cannot be asked: a child's page breaks, and nothing else does."""

    def keys(self) -> Never:
        """Break."""
        raise RuntimeError


@pytest.fixture
def bare(context: BrowserContext) -> Page:
    """A page whose browser may remark on an answer of 500, as it does in its console."""
    made = context.new_page()
    made.set_default_timeout(10_000)
    return made


@pytest.fixture(scope="module")
def broken(town: Town) -> Iterator[str]:
    """The town, where one kind of page is broken."""
    with serving(town.parts(case_links=Lost())) as address:
        yield address


def test_a_form_that_is_not_of_this_session_is_refused(bare: Page, broken: str) -> None:
    """It says that nothing was recorded, and the way back."""
    bare.goto(f"{broken}/children")
    bare.locator("input[name=token]").evaluate("e => { e.value = 'of-somebody-else'; }")
    bare.get_by_label("The case system’s reference of the child").fill("CH-0001")
    bare.get_by_role("button", name="Find").click()

    expect(bare.get_by_role("heading", name="This form was not accepted")).to_be_visible()
    look_at(bare, "problem-form")
    must_speak_plainly(bare.content())


@pytest.mark.parametrize(
    ("minutes", "name", "said"),
    [
        (0, "problem-broken", "Clocks are still being kept and managers are still being told."),
        (60, "problem-broken-unsure", "We cannot tell whether managers are being told"),
    ],
)
def test_a_broken_page_can_be_read_by_everybody(
    bare: Page, town: Town, minutes: int, name: str, said: str
) -> None:
    """With the engine's heartbeat fresh, and where nobody has heard it for an hour."""
    now = NOW + timedelta(minutes=minutes)
    with serving(town.parts(now=lambda: now, case_links=Lost())) as site:
        answer = bare.goto(f"{site}/children/{town.ref('CH-0001')}")
        look_at(bare, name)

    assert answer is not None
    assert answer.status == 500
    expect(bare.get_by_text(said)).to_be_visible()
    must_speak_plainly(bare.content())


def test_who_asks_too_often_is_told_to_wait(bare: Page, town: Town) -> None:
    """Signing in again and again: when to try again, and no more."""
    client = Client(issuer="http://localhost:9", id="d", secret="secret-1", callback=URL)
    with serving(town.parts(provider=Provider(client, SignInFile()))) as site:
        tried = (bare.request.get(f"{site}/sign-in/back").status for _ in range(MANY))
        assert next(status for status in tried if status == 429)
        answer = bare.goto(f"{site}/sign-in/back")
        look_at(bare, "problem-too-often")

    assert answer is not None
    assert answer.status == 429
    expect(bare.get_by_role("heading", name="Try again in a few minutes")).to_be_visible()
    must_speak_plainly(bare.content())
