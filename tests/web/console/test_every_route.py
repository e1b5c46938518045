"""Every route of the application is looked at as a page, in each of its states, at two widths."""

import pytest
from playwright.sync_api import Page
from starlette.routing import Match

from tests.web.console.conftest import ARTEFACTS, World, be_person
from tests.web.console.states import STATES, State, is_page
from tests.web.console.test_every_page import A4, addresses, look_at
from tests.web.console.test_words import must_speak_plainly
from tests.web.console.town import Town
from web.access import every_route, needed
from web.app import Doors, build


@pytest.fixture
def page(window: Page) -> Page:
    """These pages are only looked at, so one window shows them all."""
    return window


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_every_state_can_be_used_by_everybody(
    page: Page, request: pytest.FixtureRequest, state: State
) -> None:
    """No rule of WCAG 2.2 AA that a program can check is broken, and the words are plain."""
    world: World = request.getfixturevalue(f"{state.world}_world")
    be_person(page.context, world, state.who)
    answer = page.goto(world.site + at(state, world.town), wait_until="load")

    assert answer is not None
    assert answer.status == state.status
    look_at(page, state.name)
    must_speak_plainly(page.content())


def at(state: State, town: Town) -> str:
    """The address of a row."""
    return state.address if isinstance(state.address, str) else state.address(town)


def test_no_route_is_forgotten(town: Town, panels_world: World, guarded_world: World) -> None:
    """Each page that the application can answer with is in one row at least."""
    app = build(town.parts())
    worlds = {"panels": panels_world.town, "guarded": guarded_world.town}
    seen = {route_of(app, at(one, worlds.get(one.world, town))) for one in STATES}
    seen |= {route_of(app, address) for address in addresses(town).values()}
    forgotten = pages_of(app) - seen

    assert not forgotten, (
        f"nobody looks at {', '.join(sorted(forgotten))}: add for each a row to STATES in "
        'tests/web/console/states.py, such as State("name-of-picture", "town", "P-5", "/address")'
    )


def test_each_picture_has_its_own_name(town: Town) -> None:
    """None is kept in another's place."""
    names = [state.name for state in STATES] + [*addresses(town)]

    assert len(set(names)) == len(names)


def pages_of(app: Doors) -> set[str]:
    """Every route of people that shows a page."""
    found = set()
    for route in every_route(app.routes):
        need = needed(route)
        if need is not None and not need.machine:
            method = "POST" if "POST" in route.methods else "GET"
            if is_page(method, route.path):
                found.add(route.path)
    return found


def route_of(app: Doors, address: str) -> str:
    """The route that answers an address; nothing where none does."""
    scope = {"type": "http", "method": "GET", "path": address.partition("?")[0], "headers": []}
    for route in every_route(app.routes):
        if route.matches(scope)[0] is Match.FULL:
            return str(route.path)
    return ""


@pytest.mark.parametrize("address", ["/figures/breaches", "/children/{ref}/clocks"])
def test_paper_carries_the_whole_picture(page: Page, town_world: World, address: str) -> None:
    """Printed on A4: neither picture nor table is cut off, and no form is left."""
    page.goto(town_world.site + address.replace("{ref}", town_world.town.ref("CH-0001")))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4, "height": 1000})
    page.pdf(path=ARTEFACTS / "printed-picture.pdf", format="A4")
    edges = page.locator("main table, main svg").evaluate_all(
        "found => found.map(one => one.getBoundingClientRect().right)"
    )

    assert len(edges) >= 2
    assert max(edges) <= A4
    assert page.locator("main form:visible").count() == 0
