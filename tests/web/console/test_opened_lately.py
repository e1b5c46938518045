"""A named reader is told why a record opens, finds what they opened, and prints it; a wall shows counts."""

import re

from playwright.sync_api import Page, expect

from domain.access_events import AccessForced
from domain.event import Event
from tests.histories import CODE, moment
from tests.web.client import TestClient
from tests.web.console.conftest import be_at_once
from tests.web.console.states import NAMED, OFFICER, RESTRICTED
from tests.web.console.test_doors import sign_in
from tests.web.console.test_sittings import send
from tests.web.console.town import NOW, PEOPLE, Town

LOOKS = "/audit/reads/mine"
BECAUSE = "This record is restricted. You may see it because"


def opened_lately(client: TestClient) -> list[str]:
    """The references that stand under what the reader opened."""
    listed = client.get("/children").text.partition("Children you opened lately")[2]
    return re.findall(r"/children/[0-9a-f]{32}\">([^<]+)<", listed)


def test_who_is_named_is_told_why_the_record_opens(guarded: tuple[Town, TestClient]) -> None:
    """And on an open record nothing is said of it."""
    town, client = guarded
    sign_in(client, NAMED)
    closed = client.get(f"/children/{town.ref(RESTRICTED)}").text

    assert f"{BECAUSE} you are one of the people named when it was restricted." in closed
    assert BECAUSE not in client.get(f"/children/{town.ref('CH-0001')}").text


def test_who_forced_it_open_is_told_that_too(guarded: tuple[Town, TestClient]) -> None:
    """Another reason than that of those named."""
    town, client = guarded
    until = moment("Mon 11 Jan 2016 13:00")
    forced = AccessForced(until=until, reason="a reason of twenty letters")
    town.log.append(
        [
            Event(
                authority=CODE, kind="child", subject=RESTRICTED, source="by-hand", id="forced",
                said=forced, occurred_at=NOW, by="P-5",
            )
        ]
    )  # fmt: skip
    sign_in(client)
    page = client.get(f"/children/{town.ref(RESTRICTED)}").text

    assert f"{BECAUSE} you forced it open, which somebody else reviews." in page


def test_what_somebody_opened_stands_on_their_page_alone(
    guarded: tuple[Town, TestClient],
) -> None:
    """Each child once, the latest first, and none that they may not see any more."""
    town, client = guarded
    nobody = opened_lately(client)
    sign_in(client, NAMED)
    for child in ("CH-0001", RESTRICTED, "CH-0003", "CH-0001"):
        client.get(f"/children/{town.ref(child)}")
        town.now = town.now.replace(second=town.now.second + 1)
    town.show()
    mine = opened_lately(client)
    looks = client.get(LOOKS).text
    sign_in(client, "P-5")
    others = opened_lately(client)
    town.tell(
        RESTRICTED, "record-restricted", "Mon 11 Jan 2016 09:06", people=["P-7"], reason="adoption"
    )
    sign_in(client, NAMED)

    assert nobody == others == []
    assert mine == ["CH-0001", "CH-0003", RESTRICTED]
    assert opened_lately(client) == ["CH-0001", "CH-0003"]
    # Their own looks call a child as they know it, while they may see it.
    assert f"Child {RESTRICTED}" in looks
    after = client.get(LOOKS).text
    assert "Child CH-0003" in after
    assert f"Child {RESTRICTED}" not in after
    assert f"Child {town.ref(RESTRICTED)[:12]}" in after


def test_who_asks_for_their_own_record_is_reported_and_not_told(
    guarded: tuple[Town, TestClient],
) -> None:
    """By its address or by its reference: the same answer as for no child, and a line for the officer."""
    town, client = guarded
    at = "Mon 11 Jan 2016 09:05"
    town.tell("CH-0003", "staff-relation-declared", at, person_ref="P-5")
    sign_in(client)
    none = client.get(f"/children/{'0' * 32}")
    own = client.get(f"/children/{town.ref('CH-0003')}")
    sought = send(client, "/children", "/children", reference="CH-0003", purpose="case")
    town.show()
    mine = client.get(LOOKS).text
    sign_in(client, OFFICER)

    assert (own.status_code, own.text) == (404, none.text)
    assert "No child was found under this reference" in sought.text
    assert town.ref("CH-0003")[:12] not in mine
    assert "CH-0003" not in mine
    assert (
        f"{PEOPLE['P-5'][0]} was refused 2 times what is of themselves or of their family"
        in client.get("/audit/reads").text
    )


def test_a_record_is_printed_from_its_page(page: Page, site: str, town: Town) -> None:
    """The button does what the browser's menu does; the foot of every page says that looks are recorded."""
    page.add_init_script("window.print = () => { window.printed = true; }")
    be_at_once(page, site, "Hannah Brook")
    page.goto(f"{site}/children/{town.ref('CH-0002')}")
    page.get_by_role("button", name="Print or save this record").click()

    expect(page.get_by_text("Everything you look at here is recorded.")).to_be_visible()
    assert page.evaluate("window.printed")


def test_a_wall_shows_numbers_and_no_way_on(page: Page, site: str) -> None:
    """The same numbers as the board, larger, with no reference, no name and no link but the skip link."""
    page.goto(f"{site}/board")
    numbers = page.locator(".daymark-counts__number").all_inner_texts()
    page.goto(f"{site}/board?display=wall")
    links = page.locator("a").all_inner_texts()

    assert page.locator(".daymark-counts__number").all_inner_texts() == numbers
    assert links == ["Skip to main content"]
    assert "CH-" not in page.content()
