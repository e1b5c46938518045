"""The missing page and the human door, as a person sees them and by keyboard alone."""

from playwright.sync_api import Page, expect

from tests.web.console.conftest import be_at_once
from tests.web.console.test_every_page import look_at
from tests.web.console.town import Town


def test_each_fault_of_the_door_leads_to_its_field(page: Page, site: str, town: Town) -> None:
    """The form with everything wrong can be used by everybody, too."""
    be_at_once(page, site, "Hannah Brook")
    page.goto(f"{site}/children/{town.ref('CH-0009')}/record/return-interview-held")
    page.get_by_role("button", name="Record it").click()
    look_at(page, "record-form-wrong")
    page.get_by_role("link", name="Answer “Independent”").click()

    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.id") == "independent"


def test_an_interview_is_recorded_by_keyboard_only(page: Page, busy: tuple[Town, str]) -> None:
    """From the missing page to the receipt, without a mouse."""
    town, site = busy
    be_at_once(page, site, "Hannah Brook")
    page.goto(f"{site}/children/{town.ref('CH-0009')}/missing")
    page.get_by_role("link", name="Record something about CH-0009").press("Enter")
    page.get_by_role("link", name="Return interview held").press("Enter")
    page.locator("#when-day").focus()
    for typed in ("10", "1", "2016", "14:30"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_role("group", name="Independent").get_by_label("Yes").press("Space")
    page.get_by_role("button", name="Record it").press("Enter")
    look_at(page, "record-receipt")

    expect(page.get_by_text("Recorded. Every clock that it concerns")).to_be_visible()
    expect(page.get_by_text("Receipt: event")).to_be_visible()
    expect(page.get_by_role("link", name="Put right")).to_be_visible()
