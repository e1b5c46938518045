"""A manager answers for what is late, from the board or from a message, with or without a mouse."""

import pytest
from playwright.sync_api import Page, expect

from domain.access_events import RecordRead
from domain.engine_events import BreachExplained, EscalationAcknowledged
from tests.histories import CODE, moment
from tests.web.console.conftest import be, be_at_once
from tests.web.console.town import Town

Busy = tuple[Town, str]

FOCUS_RING = "getComputedStyle(document.activeElement.nextElementSibling, '::before').boxShadow"


@pytest.fixture
def page(window: Page) -> Page:
    """One window for every story of this file: none of them leaves anything in it but who was there."""
    return window


def said(town: Town, child: str, kind: type) -> list[object]:
    """Everything of one kind that the log holds of a child."""
    history = town.log.history(town.log.stream(CODE, "child", child))
    return [one.event.said for one in history if isinstance(one.event.said, kind)]


def press_until(page: Page, script: str) -> None:
    """Press Tab until the focus is where the script says."""
    for _ in range(120):
        if page.evaluate(f"(() => {{ const e = document.activeElement; return {script} }})()"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(script)


def test_a_manager_answers_without_a_mouse(page: Page, busy: Busy) -> None:
    """From the board to the promise by keyboard alone, the focus always to be seen."""
    town, site = busy
    be(page, site, "Hannah Brook")
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.textContent").strip()
    press_until(page, "e.textContent.startsWith('Answer for it')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/escalations/*")
    press_until(page, "e.id == 'owner'")
    page.keyboard.press("Space")
    outline = page.evaluate(FOCUS_RING)
    for name, text in (("day", "14"), ("month", "1"), ("year", "2016")):
        press_until(page, f"e.id == 'until-{name}'")
        page.keyboard.type(text)
    press_until(page, "e.name == 'reason'")
    page.keyboard.press("Space")
    press_until(page, "e.id == 'note'")
    page.keyboard.type("The chair is ill.")
    press_until(page, "e.tagName == 'BUTTON' && e.textContent.includes('Acknowledge')")
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_contain_text(
        "Acknowledged. The next manager will be told if this is still late after 14 January 2016."
    )
    expect(page.get_by_text("Hannah Brook is dealing with it")).to_be_visible()
    expect(page.get_by_text("The chair is ill.")).to_be_visible()
    assert first == "Skip to main content"
    assert outline != "none"
    (promise,) = said(town, "CH-0001", EscalationAcknowledged)
    assert isinstance(promise, EscalationAcknowledged)
    assert (promise.owner, promise.until) == ("P-5", moment("Fri 15 Jan 2016 00:00"))


def test_a_message_leads_to_the_answer(page: Page, busy: Busy) -> None:
    """The link in a message opens the page; who has not said who they are comes back to it."""
    _, site = busy
    page.goto(f"{site}/mailbox")
    page.get_by_role("link", name="Late: initial child protection conference").click()
    expect(page.get_by_text("alert(")).to_be_hidden()
    page.get_by_role("link", name="/escalations/").click()
    page.get_by_role("button", name="Say who you are to answer").click()
    page.get_by_label("Hannah Brook").check()
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_role("heading", name="Acknowledge")).to_be_visible()


def test_someone_else_may_own_it(page: Page, busy: Busy) -> None:
    """A promise can be made for a colleague, and the log says who made it for whom."""
    town, site = busy
    be_at_once(page, site, "Hannah Brook")
    page.goto(f"{site}/escalations/{town.ladders('CH-0001')[0]}")
    page.get_by_label("Somebody else is dealing with it", exact=True).check()
    page.get_by_label("If somebody else, who?").select_option("P-1")
    for label, text in (("Day", "12"), ("Month", "1"), ("Year", "2016")):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Too few members could come").first.check()
    page.get_by_role("button", name="Acknowledge").dblclick()

    expect(
        page.get_by_text("Amara Okafor is dealing with it, by the end of 12 January")
    ).to_be_visible()
    expect(page.get_by_text("Recorded by Hannah Brook on 11 January 2016")).to_be_visible()
    assert len(said(town, "CH-0001", EscalationAcknowledged)) == 1


def test_whose_time_it_was_stands_beside_who_was_told(page: Page, busy: Busy) -> None:
    """The page splits the time into reporting, recording and practice, and leads on to handing over."""
    town, site = busy
    be_at_once(page, site, "Hannah Brook")
    page.goto(f"{site}/escalations/{town.ladders('CH-0001')[0]}")
    spent = page.locator("dt", has_text="Where the time went").locator("xpath=../dd")

    expect(spent).to_contain_text(
        "Nothing says when it was reported. It was recorded the same day."
    )
    expect(spent).to_contain_text("days since.")

    page.get_by_role("link", name="Hand this clock over to somebody else").click()

    expect(page.get_by_role("heading", name="Hand over this clock")).to_be_visible()
    expect(page.get_by_text("CH-0001").first).to_be_visible()


def test_the_page_leads_to_the_form_of_what_would_end_the_clock(page: Page, busy: Busy) -> None:
    """What was done can be recorded from where one is told that it was not; nobody else is led there."""
    town, site = busy
    be(page, site, "Hannah Brook")
    page.get_by_role("link", name="Answer for it").first.click()
    page.get_by_role("link", name="Conference held: it was done").click()

    expect(page.get_by_role("heading", name="Conference held: CH-0001")).to_be_visible()
    assert page.url == f"{site}/children/{town.ref('CH-0001')}/record/conference-held"


def test_the_answer_is_read_from_the_log(page: Page, busy: Busy) -> None:
    """The board lags until the projector has passed; the page of the escalation never does."""
    town, site = busy
    be_at_once(page, site, "Hannah Brook")
    page.goto(f"{site}/escalations/{town.ladders('CH-0001')[0]}")
    page.locator("summary").click()
    page.locator("#why").check()
    page.get_by_role("button", name="Explain").click()

    expect(page.get_by_role("alert")).to_contain_text("The reason is recorded.")
    expect(page.locator("dt", has_text="Why it was late")).to_be_visible()
    assert len(said(town, "CH-0001", BreachExplained)) == 1


def test_what_was_typed_is_kept_when_something_is_wrong(page: Page, busy: Busy) -> None:
    """A day in the past is refused with a sentence, and nothing has to be typed again."""
    town, site = busy
    be_at_once(page, site, "Hannah Brook")
    page.goto(f"{site}/escalations/{town.ladders('CH-0001')[0]}")
    page.get_by_label("I am dealing with it").check()
    for label, text in (("Day", "10"), ("Month", "1"), ("Year", "2016")):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Too few members could come").first.check()
    page.get_by_label("Note (optional)").first.fill("Typed once.")
    page.get_by_role("button", name="Acknowledge").click()

    expect(page.get_by_role("link", name="The date by when must be today or later")).to_be_visible()
    expect(page.get_by_label("I am dealing with it")).to_be_checked()
    expect(page.get_by_label("Note (optional)").first).to_have_value("Typed once.")
    assert said(town, "CH-0001", EscalationAcknowledged) == []


def test_a_watcher_watches(page: Page, site: str, town: Town) -> None:
    """Who was told only to watch sees everything and no form, and is asked nothing."""
    be_at_once(page, site, "Martin Crewe")
    page.goto(f"{site}/escalations/{town.ladders('CH-0001')[0]}")

    expect(page.get_by_role("heading", level=1)).to_have_text("What is late")
    expect(page.get_by_text("You were told so that you can watch.")).to_be_visible()
    expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)


def test_nothing_is_needed_once_it_was_done(page: Page, site: str, town: Town) -> None:
    """A breach that was cured says when it was done and when that was recorded."""
    page.goto(f"{site}/escalations/{town.ladders('CH-0002')[0]}")

    expect(page.get_by_role("heading", name="Nothing is needed")).to_be_visible()
    expect(
        page.get_by_text(
            "was done in time: conference held on 5 January 2016, recorded on 8 January"
        )
    ).to_be_visible()


def test_the_board_sorts_and_filters_from_the_keyboard(page: Page, site: str) -> None:
    """Sorting and filtering are addresses that can be kept; the state of the sorting is told."""
    page.goto(f"{site}/board", wait_until="networkidle")
    page.get_by_role("link", name="Child", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/board?sort=child")
    order = page.get_by_role("columnheader", name="Child").get_attribute("aria-sort")
    page.get_by_label("Status").select_option("Late")
    page.get_by_role("button", name="Apply filters").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**status=breached**")

    assert order == "ascending"
    assert "status=breached" in page.url
    assert set(page.locator("tbody .govuk-tag").all_inner_texts()) == {"Late"}
    expect(page.get_by_role("link", name="Clear filters")).to_be_visible()


def test_an_auditor_looks_back(page: Page, site: str, town: Town) -> None:
    """Done in time as known now, late as known then; each page leads to the other."""
    page.goto(f"{site}/children/{town.ref('CH-0002')}")
    expect(page.get_by_text("It looked late at the time")).to_be_visible()
    for label, text in (("Day", "7"), ("Month", "1"), ("Year", "2016")):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("On that day").check()
    page.get_by_role("button", name="Show the record").click()
    then = page.locator(".daymark-card", has_text="Initial child protection conference")
    expect(then.locator(".govuk-tag")).to_have_text("Late")
    expect(page.get_by_text("This is not the record as it stands now")).to_be_visible()
    address = page.url
    page.get_by_role("link", name="Initial child protection conference").click()
    expect(page.get_by_text("This is not the record as it stands now")).to_be_visible()
    expect(page.get_by_role("heading", name="Why is this late?")).to_be_visible()
    page.get_by_role("link", name="Show the record as it stands now").click()
    page.get_by_role("link", name="See the record as it was known at the end of 7 January").click()

    assert page.url == address
    assert address.endswith("?as-of=2016-01-07&known-at=2016-01-07")


def test_a_child_is_found_by_reference(page: Page, site: str, town: Town) -> None:
    """The reference is exact, and no address ever holds it."""
    page.goto(f"{site}/children")
    page.get_by_label("The case system’s reference").fill("CH-9999")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("No child was found under this reference.")).to_be_visible()
    page.get_by_label("The case system’s reference").fill("CH-0004")
    page.get_by_role("button", name="Find").click()

    expect(page.get_by_role("heading", name="Child CH-0004")).to_be_visible()
    assert page.url == f"{site}/children/{town.ref('CH-0004')}"


def test_whoever_is_of_no_team_says_why_without_a_mouse(page: Page, busy: Busy) -> None:
    """A director opens a child from the board: asked once, by keyboard alone, and led on to the child."""
    town, site = busy
    be(page, site, "Keith Marsden")
    press_until(page, "e.tagName == 'A' && e.textContent.trim() == 'CH-0001'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/why/*")
    press_until(page, "e.name == 'purpose'")
    page.keyboard.press("ArrowDown")
    press_until(page, "e.tagName == 'BUTTON' && e.textContent.includes('Open the record')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/children/*")

    expect(page.get_by_role("heading", name="Child CH-0001")).to_be_visible()
    looks = town.log.history(town.log.stream(CODE, "reads", "P-8"))
    told = [one.event.said for one in looks]
    assert {one.purpose for one in told if isinstance(one, RecordRead) and one.child} == {
        "oversight"
    }


def test_saying_why_needs_no_script(page: Page, busy: Busy) -> None:
    """Without scripts too: nothing chosen is said to be missing, and a reason leads on."""
    _, site = busy
    browser = page.context.browser
    assert browser is not None
    bare = browser.new_context(java_script_enabled=False)
    plain = bare.new_page()
    be(plain, site, "Keith Marsden")
    plain.get_by_role("link", name="CH-0001", exact=True).first.click()
    plain.get_by_role("button", name="Open the record").click()
    expect(plain.get_by_role("link", name="Choose why you open it")).to_be_visible()
    plain.get_by_label("A complaint or a review").check()
    plain.get_by_role("button", name="Open the record").click()

    expect(plain.get_by_role("heading", name="Child CH-0001")).to_be_visible()
    bare.close()
