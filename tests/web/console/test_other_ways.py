"""People who read and act in other ways: colours of their own, large text, no mouse, no scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.engine_events import EscalationAcknowledged
from domain.facts.corrections import FactCorrected
from domain.facts.missing import ReturnInterviewHeld
from tests.web.console.conftest import be, be_at_once, violations
from tests.web.console.test_answering import Busy, press_until, said
from tests.web.console.test_day_as_told import follow
from tests.web.console.town import Town

CHILD = "CH-0009"
SEEN = """() => [...document.querySelectorAll('.govuk-tag, .daymark-drawing text, main a')].map(one => {
    const style = getComputedStyle(one);
    return {text: one.textContent.trim(), ink: style.color, paper: style.backgroundColor,
            shown: one.getClientRects().length > 0};
})"""
"""What carries a meaning, with the colours that it is really given."""
CLIPPED = """() => [...document.querySelectorAll('main :is(p, h1, h2, a, td, th, label)')]
    .filter(one => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX === 'hidden')
    .filter(one => !one.className.includes('visually-hidden'))
    .map(one => one.textContent.trim())"""


@pytest.fixture
def without_scripts(browser: Browser) -> Iterator[Page]:
    """A browser in which no script runs."""
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1200, "height": 900}
    )
    made = context.new_page()
    made.set_default_timeout(10_000)
    yield made
    context.close()


def pages_of(town: Town) -> tuple[str, ...]:
    """The pages that people use all day."""
    child = town.ref("CH-0001")
    return (
        "/morning",
        "/board",
        "/missing",
        f"/children/{child}",
        f"/children/{child}/clocks",
        "/workload",
    )


def test_in_colours_of_ones_own_every_status_still_reads(page: Page, site: str, town: Town) -> None:
    """Where the system chooses the colours, words carry what colour did, and none is hidden by its ground."""
    page.emulate_media(forced_colors="active")
    for path in pages_of(town):
        page.goto(site + path)
        meant = [one for one in page.evaluate(SEEN) if one["shown"]]

        assert meant, path
        assert [one for one in meant if not one["text"]] == [], path
        assert [one["text"] for one in meant if one["ink"] == one["paper"]] == [], path
        assert violations(page) == [], path


def test_text_twice_as_large_is_never_cut(page: Page, site: str, town: Town) -> None:
    """On the pages that people use all day nothing runs off the screen and nothing is clipped."""
    for path in pages_of(town):
        page.goto(site + path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")

        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.evaluate(CLIPPED) == [], path


def test_a_co_ordinator_records_and_puts_right_by_keyboard_only(page: Page, busy: Busy) -> None:
    """From the missing page to the interview that was held, and to the answer that was wrong."""
    town, site = busy
    be_at_once(page, site, "Hannah Brook")
    page.goto(f"{site}/children/{town.ref(CHILD)}/missing")
    follow(page, f"Record something about {CHILD}")
    follow(page, "Return interview held")
    press_until(page, "e.id == 'when-day'")
    for typed in ("10", "1", "2016", "14:30"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    press_until(page, "e.name == 'independent'")
    page.keyboard.press("Space")
    follow(page, "Record it")
    expect(page.get_by_text("Recorded. Every clock that it concerns")).to_be_visible()
    follow(page, "Put right")
    for name in ("what", "reason"):
        press_until(page, f"e.name == '{name}'")
        page.keyboard.press("Space")
    for box, typed in (("day", "9"), ("month", "1"), ("year", "2016")):
        press_until(page, f"e.id == 'when-{box}'")
        page.keyboard.type(typed)
    follow(page, "Record the change")

    assert len(said(town, CHILD, ReturnInterviewHeld)) == 1
    assert len(said(town, CHILD, FactCorrected)) == 1


def test_a_managers_day_needs_no_script(without_scripts: Page, busy: Busy) -> None:
    """Say who one is, narrow the board, promise, record what happened: all without scripts."""
    page, (town, site) = without_scripts, busy
    be(page, site, "Hannah Brook")
    page.get_by_label("Status").select_option("Late")
    page.get_by_role("button", name="Apply filters").click()
    page.get_by_role("link", name="Answer for it").first.click()
    page.get_by_label("I am dealing with it").check()
    for box, typed in (("Day", "14"), ("Month", "1"), ("Year", "2016")):
        page.get_by_label(box, exact=True).fill(typed)
    page.get_by_role("radio", name="Recording delay").check()
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("alert")).to_contain_text("Acknowledged.")
    page.goto(f"{site}/children/{town.ref(CHILD)}/missing")
    page.get_by_role("link", name=f"Record something about {CHILD}").click()
    page.get_by_role("link", name="Return interview held").click()
    for box, typed in (("Day", "10"), ("Month", "1"), ("Year", "2016")):
        page.get_by_label(box, exact=True).fill(typed)
    page.get_by_role("group", name="Which missing episode?").get_by_label("missing").check()
    page.get_by_role("group", name="Independent").get_by_label("Yes").check()
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("Receipt: event")).to_be_visible()

    assert len(said(town, "CH-0001", EscalationAcknowledged)) == 1
    assert len(said(town, CHILD, ReturnInterviewHeld)) == 1
