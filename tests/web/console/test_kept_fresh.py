"""The board keeps itself up to date, and says when it could not; its places stand in one row."""

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.histories import moment
from tests.web.console.conftest import ARTEFACTS, World, be, be_person
from tests.web.console.town import Town

MINUTE = 61_000


def test_a_board_left_open_shows_what_has_come_since(page: Page, busy: tuple[Town, str]) -> None:
    """A minute after a child is reported, the open board shows the child and when it was read again."""
    town, site = busy
    page.clock.install()
    page.goto(f"{site}/board")
    expect(page.get_by_text("Last brought up to date at 9:05am.")).to_be_visible()
    town.now = moment("Mon 11 Jan 2016 09:20")
    town.tell("CH-0044", "referral-received", "Mon 11 Jan 2016 09:20")
    town.show()
    page.clock.fast_forward(MINUTE)

    expect(page.get_by_role("link", name="CH-0044", exact=True)).to_be_visible()
    expect(page.get_by_text("Last brought up to date at 9:20am.")).to_be_visible()


@pytest.mark.parametrize("how", ["unreachable", "broken", "signed out"])
def test_a_board_that_cannot_be_read_again_says_so(
    context: BrowserContext, busy: tuple[Town, str], how: str
) -> None:
    """What stands there is kept, greyed, with since when it is old; nobody is told that all is well."""
    _, site = busy
    page = context.new_page()  # the browser itself complains of what is done here on purpose
    page.clock.install()
    page.goto(f"{site}/board")

    def fail(route: Route) -> None:
        match how:
            case "unreachable":
                route.abort()
            case "broken":
                route.fulfill(status=503, body="")
            case _:
                route.fulfill(status=303, headers={"Location": f"{site}/me"})

    page.route("**/board", fail)
    page.clock.fast_forward(MINUTE)
    said = page.get_by_text(
        "This page could not be brought up to date since 9:05am. Do not rely on it until it is."
    )

    expect(said).to_be_visible()
    expect(page.locator(".daymark-stale")).to_have_count(1)
    expect(page.get_by_role("link", name="CH-0001", exact=True).first).to_be_visible()

    page.unroute("**/board")
    page.clock.fast_forward(MINUTE)

    expect(said).to_have_count(0)
    expect(page.locator(".daymark-stale")).to_have_count(0)


def test_a_choice_being_made_is_not_taken_away(page: Page, busy: tuple[Town, str]) -> None:
    """While somebody types or ticks on the board it is not replaced under their hands."""
    town, site = busy
    page.clock.install()
    be(page, site, "Hannah Brook")
    status = page.get_by_label("Status")
    status.focus()
    town.tell("CH-0045", "referral-received", "Mon 11 Jan 2016 09:06")
    town.show()
    page.clock.fast_forward(MINUTE)

    expect(status).to_be_focused()
    expect(page.get_by_role("link", name="CH-0045", exact=True)).to_have_count(0)


def test_every_place_stands_in_one_row(context: BrowserContext, town_world: World) -> None:
    """At the width of a desktop no place wraps into a second row, whoever looks."""
    be_person(context, town_world, "P-8")
    page = context.new_page()
    page.goto(f"{town_world.site}/board")
    places = page.locator(
        ".govuk-service-navigation__item, .govuk-service-navigation__service-name"
    )
    page.screenshot(path=ARTEFACTS / "one-row.png")
    tops = {round(place.bounding_box()["y"] / 40) for place in places.all()}  # type: ignore[index]
    widest = page.evaluate("document.documentElement.scrollWidth")

    assert places.count() > 11
    assert len(tops) == 1
    assert widest <= 1200
