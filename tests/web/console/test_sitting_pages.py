"""The pages of the panels in every state, as a person sees them and as a screen reader is told them."""

import pypdf
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.console.conftest import ARTEFACTS, World, be_at_once
from tests.web.console.panel import ADDRESS, FEBRUARY
from tests.web.console.test_every_page import A4, look_at, must_fit_on_paper


@pytest.fixture
def panels(panels_world: World) -> str:
    """The address of a town whose panel has sat."""
    return panels_world.site


def test_the_forms_of_the_panels_can_be_used_by_everybody(page: Page, panels: str) -> None:
    """With every form, open and wrong; each fault leads to its field."""
    be_at_once(page, panels, "Hannah Brook")
    page.goto(f"{panels}/sittings")
    page.get_by_role("button", name="Publish the sitting").click()
    look_at(page, "sittings-wrong")
    page.goto(f"{panels}{FEBRUARY}/postpone")
    page.get_by_role("button", name="Put it off").click()
    look_at(page, "sitting-put-off-wrong")
    page.goto(f"{panels}{FEBRUARY}")
    look_at(page, "sitting-to-come")
    page.goto(f"{panels}{ADDRESS}")
    for summary in (
        *("Invite an agency", "decided about a child", "agreed to be done"),
        *("that was done", "Who was there"),
    ):
        page.locator("summary", has_text=summary).click()
    look_at(page, "sitting-forms")
    page.get_by_role("button", name="Record the action").click()
    look_at(page, "sitting-wrong")
    page.get_by_role("link", name="Choose the agency that does it").click()

    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.id") == "agency"


def test_a_decision_is_recorded_by_keyboard_and_without_scripts(
    browser: Browser, panels: str
) -> None:
    """Scripts only add: the form opens, is filled in and is answered without them."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    be_at_once(page, panels, "Hannah Brook")
    page.goto(f"{panels}{ADDRESS}")
    page.locator("summary", has_text="What was decided about a child").press("Enter")
    page.locator("#decision-child").select_option("CH-0015")
    page.get_by_label("No plan").press("Space")
    page.get_by_role("button", name="Record the decision").press("Enter")

    expect(page.get_by_text("Recorded. Every clock that it concerns")).to_be_visible()
    expect(page.locator("tr", has_text="CH-0015")).to_contain_text("No plan")
    context.close()


def test_the_pack_fits_on_paper(page: Page, panels: str) -> None:
    """Printed: no navigation, no form and no column cut off; who printed it and when."""
    page.goto(f"{panels}{ADDRESS}/pack?agency=police")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4, "height": 1000})
    page.pdf(path=ARTEFACTS / "sitting-pack.pdf", format="A4")
    inside = f"[...document.querySelectorAll('table')].every(e => e.getBoundingClientRect().right <= {A4})"

    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.locator("form:visible")).to_have_count(0)
    expect(page.get_by_text("Printed by somebody who has not said who they are")).to_be_visible()
    assert page.evaluate(inside)


def test_a_sitting_on_paper_has_what_the_meeting_needs(page: Page, panels: str) -> None:
    """Agenda, who was there, decisions and actions; no form, nothing to press, no link underlined."""
    be_at_once(page, panels, "Hannah Brook")
    page.goto(f"{panels}{ADDRESS}?done=recorded")
    must_fit_on_paper(page, "sitting-printed", "Hannah Brook")
    paper = pypdf.PdfReader(ARTEFACTS / "sitting-printed.pdf")
    said = " ".join(" ".join(one.extract_text() for one in paper.pages).split())
    links = "[...document.querySelectorAll('main table a')].map(a => getComputedStyle(a).textDecorationLine)"

    assert len(paper.pages) <= 2
    for needed in (
        *("MACSE on Thursday 7 January 2016", "Agenda 4 children", "CH-0011"),
        *("Police, Children’s social care and CAMHS", "Apologies: School"),
        *("Agreed at this sitting", "Direct work", "Open from earlier sittings", "Disruption"),
    ):
        assert needed in said
    for screen in (
        "Record what happened",
        "Invite an agency",
        "Pack for members",
        "is worked out again",
    ):
        assert screen not in said
    assert page.get_by_role("button").count() == 0
    assert set(page.evaluate(links)) == {"none"}
