"""The day that docs/a-managers-day.md tells, lived with the keyboard alone, so that it stays true."""

import json
import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.web.console.conftest import ROOT
from tests.web.console.test_answering import Busy, press_until

TOLD = re.compile(r"\*\*([^*]+)\*\*")


def test_the_day_is_as_it_is_told(page: Page, busy: Busy) -> None:
    """From the message to the figures; each name that the page presses is the next bold one."""
    _, site = busy
    page_told = (ROOT / "docs" / "a-managers-day.md").read_text(encoding="utf-8")
    told = TOLD.findall(page_told.partition("\n## Monday morning\n")[0])
    page.goto(f"{site}/board")
    for name in told[:2]:
        follow(page, name)
    follow(page, "http")
    follow(page, told[2])
    choose(page, told[3])
    follow(page, told[4])
    choose(page, told[5])
    for box, text in (("day", "14"), ("month", "1"), ("year", "2016")):
        press_until(page, f"e.id == 'until-{box}'")
        page.keyboard.type(text)
    press_until(page, "e.name == 'reason'")
    page.keyboard.press("Space")
    follow(page, told[6])
    expect(page.get_by_role("alert")).to_contain_text("Acknowledged.")
    for name in told[7:10]:
        follow(page, name)
    with page.expect_download() as kept:
        follow(page, told[10], leads_on=False)

    assert len(told) == 11
    assert kept.value.suggested_filename == "late-by-week.csv"


def test_the_day_needs_no_script(context: BrowserContext, busy: Busy) -> None:
    """The pictures, the figures and their filters are there without any."""
    _, site = busy
    browser = context.browser
    assert browser is not None
    bare = browser.new_context(java_script_enabled=False)
    page = bare.new_page()
    page.goto(f"{site}/figures/breaches")
    page.get_by_label("Timescale").select_option("Initial child protection conference")
    page.get_by_label("Hide small numbers, for publishing").check()
    page.get_by_role("button", name="Apply filters").click()

    expect(page.get_by_role("cell", name="5 or fewer").first).to_be_visible()
    expect(page.get_by_role("img", name="What ran late")).to_be_visible()
    bare.close()


def follow(page: Page, name: str, *, leads_on: bool = True) -> None:
    """Go to a link or button by Tab, and press Enter."""
    press_until(
        page, f"['A', 'BUTTON'].includes(e.tagName) && e.textContent.includes({json.dumps(name)})"
    )
    if leads_on:
        with page.expect_navigation():
            page.keyboard.press("Enter")
    else:
        page.keyboard.press("Enter")


def choose(page: Page, name: str) -> None:
    """Go to a group of radios by Tab, and to one of them by the arrows."""
    press_until(page, "e.type == 'radio'")
    for _ in range(20):
        label = page.evaluate("document.activeElement.labels[0].textContent")
        if name in label:
            page.keyboard.press("Space")
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(name)
