"""What docs/a-managers-day.md tells of Monday morning and after, pressed as told, so that it stays true."""

import re
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.web.console.conftest import ROOT, be
from tests.web.console.states import warning_of
from tests.web.console.test_answering import Busy
from tests.web.console.town import NOW, Town

TOLD: Final = re.compile(r"\*\*([^*]+)\*\*")


@pytest.fixture
def page(window: Page) -> Page:
    """One window for every story of this file: none of them leaves anything in it but who was there."""
    return window


def told(section: str) -> list[str]:
    """The words in bold of one section of the page."""
    page = (ROOT / "docs" / "a-managers-day.md").read_text(encoding="utf-8")
    return TOLD.findall(page.partition(f"\n## {section}\n")[2].partition("\n## ")[0])


@pytest.fixture
def hannah(page: Page, busy: Busy) -> tuple[Page, Town, str]:
    """Hannah Brook before her board, in a town of her own."""
    town, site = busy
    be(page, site, "Hannah Brook")
    return page, town, site


Hannah = tuple[Page, Town, str]


def go(page: Page, name: str) -> None:
    """Press one of the places at the head of a page."""
    page.locator(".govuk-service-navigation").get_by_role("link", name=name, exact=True).click()


def day(page: Page, name: str, number: int) -> None:
    """Type a day of January."""
    for box, text in (("day", f"{number}"), ("month", "1"), ("year", "2016")):
        page.locator(f"#{name}-{box}").fill(text)


def test_the_morning_and_the_days_ahead(hannah: Hannah) -> None:
    """From the morning to what waits for an answer, and a team's days."""
    page, _, _ = hannah
    morning, waits = told("Monday morning")
    go(page, morning)
    page.get_by_role("link", name=waits).click()
    expect(page.get_by_label("Status")).to_have_value("not-acknowledged")
    workload, team, show = told("The days ahead")
    go(page, workload)
    page.get_by_label(team).select_option("north")
    page.get_by_role("button", name=show, exact=True).click()

    assert page.url.endswith("/workload?team=north")


def test_a_warning_is_acknowledged(hannah: Hannah) -> None:
    """By the names on its page."""
    page, town, site = hannah
    title, mine, press = told("A warning")
    page.goto(f"{site}{warning_of(town)}")
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    page.get_by_label(mine).check()
    day(page, "until", 14)
    page.locator("input[name=reason]").first.check()
    page.get_by_role("button", name=press).click()

    expect(page.get_by_role("alert")).to_contain_text("Acknowledged.")


def test_cover_and_a_handing_over(hannah: Hannah) -> None:
    """Somebody is away and somebody covers; a clock goes to somebody else."""
    page, _, _ = hannah
    cover, who, record = told("Who covers")
    go(page, cover)
    page.get_by_label(who).select_option("P-4")
    day(page, "from", 18)
    day(page, "to", 22)
    page.get_by_label("Who covers?").select_option("P-1")
    page.get_by_role("button", name=record, exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Recorded.")
    board, chosen, whom, over = told("Handing over")
    go(page, board)
    page.locator("input[name=clock]").first.check()
    page.get_by_role("button", name=chosen).click()
    page.get_by_label(whom).select_option("P-1")
    day(page, "until", 14)
    page.locator("input[name=reason]").first.check()
    page.get_by_role("button", name=over, exact=True).click()

    expect(page.get_by_role("alert")).to_contain_text("1 clock was handed over.")


def test_the_missing_page_and_what_does_not_fit(hannah: Hannah) -> None:
    """The file has a line for each child out; the second of two beginnings is withdrawn."""
    page, town, _ = hannah
    missing, file = told("The missing page")
    go(page, missing)
    with page.expect_download() as kept:
        page.get_by_role("link", name=file).click()
    town.tell("CH-0009", "missing-episode-started", "Thu 7 Jan 2016 09:00", type="M")
    town.now = NOW
    town.show()
    anomalies, first, press, both = told("Two facts that do not fit together")
    go(page, anomalies)
    page.get_by_role("link", name="CH-0009").click()
    expect(page.get_by_label(both)).to_be_visible()
    page.get_by_label(first).check()
    page.locator("input[name=reason]").first.check()
    page.get_by_role("button", name=press).click()

    expect(page.get_by_role("alert")).to_contain_text("Recorded.")
    assert kept.value.suggested_filename == "missing.csv"
