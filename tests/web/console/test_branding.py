"""A council's pages carry its own name, logo and colour, and nothing of another's."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from domain.errors import Unavailable
from formats.branding import Brand, read_logo
from server import brand_of
from settings import Settings
from tests.web.client import TestClient
from tests.web.console.conftest import serving, violations
from tests.web.console.test_every_page import look_at
from tests.web.console.town import URL, Town
from web.app import build
from web.console.assets import SAMPLE_LOGO

NAME = "Mereshire & Dunmouth Metropolitan Borough Council"
PLUM = "#6a1b4d"


BRANDED = Brand(PLUM, read_logo(SAMPLE_LOGO))


def test_a_page_shows_the_councils_name_its_logo_and_its_colour(page: Page, town: Town) -> None:
    """In the title and the header, and readable at both widths."""
    with serving(town.parts(council=NAME, brand=BRANDED)) as site:
        page.goto(f"{site}/board")
        header = page.locator(".govuk-generic-header")
        colour = header.evaluate("e => getComputedStyle(e).backgroundColor")
        drawn = page.locator(".daymark-logo").evaluate("e => e.naturalWidth > 0")
        look_at(page, "branded-board")

        assert page.title() == f"What is late and what is due – Daymark – {NAME}"
        assert colour == "rgb(106, 27, 77)"
        assert drawn
        expect(header.get_by_role("link", name=NAME, exact=True)).to_be_visible()
        assert page.locator("meta[name=theme-color]").get_attribute("content") == PLUM
        assert violations(page) == []


def test_the_colour_is_a_file_under_the_same_policy_as_every_other(town: Town) -> None:
    """No style stands in a page; what is not set is not served, and a new colour has a new address."""
    plain, plum = (
        TestClient(build(town.parts(brand=one)), base_url=URL) for one in (Brand(), Brand(PLUM))
    )
    pages = [one.get("/help").text for one in (plain, plum)]
    addresses = [next(a for a in text.split('"') if a.endswith("/brand.css")) for text in pages]
    style = plum.get(addresses[1])

    assert style.text == f":root {{ --daymark-brand: {PLUM}; }}\n"
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert "style-src 'self';" in style.headers["content-security-policy"]
    assert "immutable" in style.headers["cache-control"]
    assert plum.get(addresses[0]).status_code == 404
    assert plum.get(addresses[1].replace("brand.css", "council.svg")).status_code == 404
    assert "<img" not in pages[1]
    assert "style=" not in pages[1]


def test_a_name_is_never_read_as_markup(town: Town) -> None:
    """Whatever the operator typed."""
    client = TestClient(build(town.parts(council="<b>Bold</b>", brand=BRANDED)), base_url=URL)
    text = client.get("/help").text

    assert "&lt;b&gt;Bold&lt;/b&gt;" in text
    assert "<b>" not in text


def test_the_made_up_council_has_a_mark_of_ours_and_another_has_none(tmp_path: Path) -> None:
    """What is set goes before it, and a file that is not there stops the start."""
    ours = brand_of(Settings(home=tmp_path))
    theirs = brand_of(Settings(home=tmp_path, authority="mereshire", colour=PLUM))
    (tmp_path / "own.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    own = brand_of(Settings(home=tmp_path, logo=tmp_path / "own.svg"))

    assert ours == Brand(logo=read_logo(SAMPLE_LOGO))
    assert theirs == Brand(PLUM)
    assert own.logo == read_logo(tmp_path / "own.svg")
    with pytest.raises(Unavailable, match="cannot be read"):
        brand_of(Settings(home=tmp_path, logo=tmp_path / "none.svg"))
