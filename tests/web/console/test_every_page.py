"""Every page in every state, as a person sees it and as a screen reader is told it."""

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.own_matters import page_of
from tests.web.console.conftest import ARTEFACTS, SCREEN, be, be_at_once, keep_picture, violations
from tests.web.console.town import Town

A4 = 718
"""How many CSS pixels fit between Chromium's margins on A4."""


@pytest.fixture
def page(window: Page) -> Page:
    """These pages are only looked at, so one window shows them all."""
    return window


def addresses(town: Town) -> dict[str, str]:
    """Every page and state that the shared town can show."""
    one, two, seven, nine = (town.ref(f"CH-000{n}") for n in (1, 2, 7, 9))
    conference = "icpc-15wd"
    return {
        "board": "/board",
        "board-by-clock": "/board?rows=clocks",
        "morning": "/morning",
        "workload": "/workload",
        "board-filtered": "/board?status=breached&team=north",
        "board-filtered-to-nothing": "/board?status=due-soon&timescale=icpc-15wd",
        "board-recorded-long-after": "/board?status=history",
        "board-then": "/board?as-of=2016-01-07&known-at=2016-01-07",
        "board-wrong-date": "/board?as-of-day=37&as-of-month=1&as-of-year=2016",
        "child": f"/children/{one}",
        "child-corrected-and-odd": f"/children/{seven}",
        "child-cured": f"/children/{two}",
        "child-then": f"/children/{two}?as-of=2016-01-07&known-at=2016-01-07",
        "child-before-anything": f"/children/{two}?known-at=2015-01-07",
        "child-wrong-date": f"/children/{two}?as-of-day=37&as-of-month=1&as-of-year=2016",
        "clock-late": f"/children/{one}/clocks/{town.clock('CH-0001', conference)}",
        "clock-cured": f"/children/{two}/clocks/{town.clock('CH-0002', conference)}",
        "clock-hours": f"/children/{nine}/clocks/{town.clock('CH-0009', 'missing-rhi-72h')}",
        "clock-then": f"/children/{two}/clocks/{town.clock('CH-0002', conference)}"
        "?as-of=2016-01-07&known-at=2016-01-07",
        "escalation-nobody-said-who": f"/escalations/{town.ladders('CH-0001')[0]}",
        "escalation-cured": f"/escalations/{town.ladders('CH-0002')[0]}",
        "sittings-empty": "/sittings",
        "anomalies": "/anomalies",
        "mailbox": "/mailbox",
        "letter": "/mailbox/0001",
        "children": "/children",
        "authority": "/authority",
        "authority-allegation": page_of("authority", town.own_stream, "AL-0001"),
        "authority-before-anything": "/authority?known-at=2011-01-07",
        "authority-clock": f"/authority/clocks/{town.own_clock('AL-0001')}",
        "me": "/me",
        "help": "/help",
        "accessibility": "/accessibility",
        "privacy": "/privacy",
        "settle": "/settle",
        "not-found": "/children/nobody",
    }


def look_at(page: Page, name: str) -> None:
    """Keep a picture of the page at two widths, and hold both to the rules."""
    keep_picture(page, name)
    wide = violations(page)
    page.set_viewport_size({"width": 320, "height": 800})
    page_width = keep_picture(page, f"{name}-320")
    narrow = violations(page)
    page.set_viewport_size(SCREEN)

    assert wide == []
    assert narrow == []
    assert page_width <= 320


NAMES = (
    "board",
    "board-by-clock",
    "morning",
    "workload",
    "board-filtered",
    "board-filtered-to-nothing",
    "board-recorded-long-after",
    "board-then",
    "board-wrong-date",
    "child",
    "child-corrected-and-odd",
    "child-cured",
    "child-then",
    "child-before-anything",
    "child-wrong-date",
    "clock-late",
    "clock-cured",
    "clock-hours",
    "clock-then",
    "escalation-nobody-said-who",
    "escalation-cured",
    "sittings-empty",
    "anomalies",
    "mailbox",
    "letter",
    "children",
    "authority",
    "authority-allegation",
    "authority-before-anything",
    "authority-clock",
    "me",
    "help",
    "accessibility",
    "privacy",
    "settle",
    "not-found",
)


@pytest.mark.parametrize("name", NAMES)
def test_every_page_can_be_used_by_everybody(page: Page, site: str, town: Town, name: str) -> None:
    """No rule of WCAG 2.2 AA that a program can check is broken, and nothing runs off the screen."""
    page.goto(site + addresses(town)[name], wait_until="load")

    look_at(page, name)


def test_no_page_is_forgotten(town: Town) -> None:
    """The list above names every page there is."""
    assert set(NAMES) == set(addresses(town))


@pytest.mark.parametrize(
    ("who", "child", "name"),
    [
        ("Hannah Brook", "CH-0001", "escalation"),
        ("Gareth Lunt", "CH-0003", "escalation-promised"),
        ("Martin Crewe", "CH-0001", "escalation-watcher"),
    ],
)
def test_an_escalation_can_be_used_by_everybody(
    page: Page, site: str, town: Town, who: str, child: str, name: str
) -> None:
    """The page with its forms is held to the same rules, for each who may reach it."""
    be_at_once(page, site, who)
    page.goto(f"{site}/escalations/{town.ladders(child)[0]}")

    look_at(page, name)


def test_chosen_clocks_are_handed_over_in_one_form(page: Page, site: str) -> None:
    """The boxes of the board lead to the form, which can be used by everybody."""
    be(page, site, "Imran Siddiqui")
    for label in page.locator("label[for^='choose-']").all()[:2]:
        label.click()
    page.get_by_role("button", name="Hand over the chosen clocks").click()
    look_at(page, "hand-over")

    expect(page.get_by_role("heading", name="Hand over 2 clocks")).to_be_visible()


def test_a_wrong_form_can_be_used_by_everybody(page: Page, site: str, town: Town) -> None:
    """What is wrong is said first, and each fault leads to its box."""
    be_at_once(page, site, "Hannah Brook")
    page.goto(f"{site}/escalations/{town.ladders('CH-0001')[0]}")
    page.get_by_role("button", name="Acknowledge").click()
    look_at(page, "escalation-wrong")
    page.get_by_role("link", name="Enter the date by when it will be done").click()

    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.id") == "until-day"


def test_a_board_that_cannot_be_relied_on_is_grey(page: Page, unsure: str) -> None:
    """It says so first, shows no colour and no zero, and keeps every word."""
    page.goto(f"{unsure}/board")
    look_at(page, "board-untrusted")
    colours = ".govuk-tag--red, .govuk-tag--yellow, .govuk-tag--blue, .govuk-tag--green"
    numbers = page.locator(".daymark-counts__number").all_inner_texts()

    expect(page.get_by_role("heading", name="Do not rely on this board")).to_be_visible()
    expect(page.get_by_text("Escalation has been paused since")).to_be_visible()
    assert page.locator(colours).count() == 0
    assert page.locator("tbody .govuk-tag", has_text="Late").count() > 0
    assert all(said.startswith("At least ") or said == "Not known" for said in numbers)


def test_an_empty_board_is_not_good_news(page: Page, quiet: str) -> None:
    """A board without a clock says when that would be right."""
    page.goto(f"{quiet}/board")
    look_at(page, "board-empty")

    expect(page.get_by_text("This is right only if nothing has been sent yet.")).to_be_visible()
    expect(page.get_by_role("link", name="Mailbox")).to_have_count(0)


def test_every_page_works_without_scripts(browser: Browser, site: str, town: Town) -> None:
    """Scripts only add: filters, forms and the calendar are there without them."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/board")
    page.get_by_label("Status").select_option("Late")
    page.get_by_role("button", name="Apply filters").click()
    page.get_by_role("link", name="CH-0001", exact=True).first.click()
    page.get_by_label("Day", exact=True).fill("5")
    page.get_by_role("button", name="Show the record").click()
    address = page.url
    context.close()

    assert address == f"{site}/children/{town.ref('CH-0001')}?as-of=2016-01-05"


@pytest.mark.parametrize(
    "name",
    ["board", "child-then", "clock-late", "escalation-cured", "morning", "missing", "timeliness"],
)
def test_paper_carries_the_record_and_nothing_else(
    page: Page, site: str, town: Town, name: str
) -> None:
    """Printed: no navigation and no form, no column cut off, no address after a link, who and when."""
    elsewhere = {"missing": "/missing", "timeliness": "/figures/timeliness"}
    page.goto(site + (addresses(town) | elsewhere)[name])

    must_fit_on_paper(page, name, "somebody who has not said who they are")


def test_an_escalation_on_paper_has_no_form(page: Page, site: str, town: Town) -> None:
    """Whoever answers for it prints what is late and who was told; the forms stay on the screen."""
    be_at_once(page, site, "Hannah Brook")
    page.goto(f"{site}/escalations/{town.ladders('CH-0001')[0]}")
    forms = page.locator("main form").count()

    assert forms == 2
    must_fit_on_paper(page, "escalation-open", "Hannah Brook")


def must_fit_on_paper(page: Page, name: str, by: str) -> None:
    """Hold a page as it is printed on A4 to all that a printed page keeps to."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4, "height": 1000})
    page.pdf(path=ARTEFACTS / f"{name}.pdf", format="A4")
    inside = (
        "[...document.querySelectorAll('main table, main svg, main dl')]"
        f".every(e => e.getBoundingClientRect().right <= {A4})"
    )
    after_links = (
        "[...document.querySelectorAll('main a')].map(a => getComputedStyle(a, '::after').content)"
    )

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.locator("form:visible")).to_have_count(0)
    expect(page.get_by_text(f"Printed by {by}")).to_be_visible()
    assert page.evaluate(inside)
    assert set(page.evaluate(after_links)) <= {"none", "normal"}


def test_text_can_be_twice_as_large(page: Page, site: str, town: Town) -> None:
    """At 200% text nothing runs off the screen."""
    for name in ("board", "child", "escalation-cured"):
        page.goto(site + addresses(town)[name])
        page.evaluate("document.documentElement.style.fontSize = '200%'")

        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_nothing_looks_like_gov_uk(page: Page, site: str) -> None:
    """A council's service has its own name and icon, and neither crown nor typeface of GOV.UK."""
    page.goto(f"{site}/board")
    font = page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
    icon = page.locator("link[rel=icon]").get_attribute("href") or ""

    assert font == "arial, sans-serif"
    assert icon.endswith("/favicon.svg")
    assert "GOV.UK" not in page.content()
    assert "crown" not in page.content().lower()
    assert page.title() == "What is late and what is due – Daymark – Example Council"
