"""Where the pages lead to: never to a page that the reader would be told does not exist."""

import re

import pytest

from tests.web.place import ROLES, Place
from web.console.navigation import PLACES

LINK = re.compile(r'href="(/[^"#]*)"')
NAVIGATION = re.compile(
    r'<nav[^>]*class="govuk-service-navigation.*?</nav>|<header.*?</header>', re.DOTALL
)
OF_ONE = re.compile(r"[0-9a-f]{12,}|[a-z0-9-]+\.[0-9a-f.-]+|\d{4}-\d\d-\d\d")
STARTS = ("/me", "/help", "/no-such-page")


def links(text: str) -> list[str]:
    """Every address on a page that leads to another of our pages."""
    return [one.replace("&amp;", "&") for one in LINK.findall(text) if "/static/" not in one]


@pytest.mark.parametrize("role", [*ROLES, "nobody", "gone"])
def test_no_page_names_one_that_does_not_open(place: Place, role: str) -> None:
    """Each item of the navigation opens, and so does every link on the pages behind it."""
    dead, known, shapes = list[tuple[str, str]](), set[str](), set[str]()
    to_open = [("", one) for one in STARTS]
    with place.browser(role) as browser:
        while to_open:
            start, address = to_open.pop(0)
            answer = browser.get(address)
            if answer.status_code == 404 and start:
                dead.append((start, address))
            # What a page leads to hangs on what it is of, not on which child or day it shows.
            if shape(address) not in shapes and not address.startswith("/mailbox/"):
                shapes.add(shape(address))
                new = [one for one in links(answer.text) if one not in known]
                known.update(new)
                to_open += [(address, one) for one in dict.fromkeys(new)]

    assert dead == []
    assert len(known) >= 4


def shape(address: str) -> str:
    """An address without what names one child, clock, telling or day in it, and without its query."""
    return OF_ONE.sub("{}", address.partition("?")[0])


def test_each_place_opens_to_somebody(place: Place) -> None:
    """No item is there for nobody."""
    offered = set[str]()
    for role in ROLES:
        with place.browser(role) as browser:
            offered |= set(links(browser.get("/me").text))

    assert {one.href for one in PLACES} <= offered
