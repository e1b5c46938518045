"""A history longer than one page of its timeline: what does not fit together is led to wherever it stands."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from domain.event import Event
from tests.histories import CODE, fact, moment
from tests.web.client import TestClient
from tests.web.console.town import NOW, URL, Town, begin
from web.app import build
from web.console.timeline import A_PAGE

CHILD: Final = "CH-0077"
BEGAN: Final = moment("Mon 2 Mar 2015 10:00")


def of_child(number: int, name: str, **said: Any) -> Event:
    """A fact of the child, so many days after its first."""
    return Event(
        authority=CODE,
        kind="child",
        subject=CHILD,
        source="case-system",
        id=f"fact-{number}-{name}",
        said=fact(name, **said),
        occurred_at=BEGAN + timedelta(days=number),
    )


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A child with an unknown code and a correction that does not fit, before a year of visits."""
    told = Town(tmp_path)
    begin(told)
    told.now = NOW
    odd = of_child(0, "referral-received", referral_ref="R-1", source="ZZ")
    named = {"source": odd.source, "id": odd.id}
    wrong = of_child(
        1, "fact-corrected", corrected_event=named, reason="wrong-code", fields={"outcome": "x"}
    )
    visits = [of_child(number, "visit-made") for number in range(2, A_PAGE + 22)]
    told.log.append([odd, wrong, *visits])
    told.show()
    yield told
    told.close()


@pytest.fixture
def client(town: Town) -> TestClient:
    """A browser."""
    return TestClient(build(town.parts()), base_url=URL)


def led_to(page: str) -> list[str]:
    """Where the links to what does not fit together lead."""
    return re.findall(r'href="([^"]*fact=[^"]*#fact-[^"]*)"', page.replace("&amp;", "&"))


def test_each_surprise_leads_to_the_page_of_the_timeline_it_stands_on(
    client: TestClient, town: Town
) -> None:
    """The fact, and the correction beside it, each stand where the record leads."""
    record = f"/children/{town.ref(CHILD)}"
    first = client.get(record).text
    told = led_to(first)
    early = town.log.history(town.log.stream(CODE, "child", CHILD))[:2]
    numbers = [one.event_id.hex[:12] for one in early]
    ways = [f"{record}?fact={number}#fact-{number}" for number in numbers]

    assert "2 of 2" in first
    assert set(ways) <= set(told)
    for way in ways:
        address, _, anchor = way.partition("#")
        assert f'id="{anchor}"' not in first, way
        assert f'id="{anchor}"' in client.get(address).text, way


def test_the_moments_of_a_record_stay_on_the_way_to_a_fact(client: TestClient, town: Town) -> None:
    """Whoever looks back is not led to the record of now; a fact unknown here leads to the first page."""
    record = f"/children/{town.ref(CHILD)}"
    ways = led_to(client.get(f"{record}?as-of=2016-01-09").text)
    nowhere = client.get(f"{record}?fact=nothing").text

    assert ways
    assert all(way.startswith(f"{record}?as-of=2016-01-09&fact=") for way in ways)
    assert nowhere == client.get(record).text


def test_what_is_settled_side_by_side_leads_to_its_fact(client: TestClient, town: Town) -> None:
    """From the list through the page of one surprise to the page of the timeline where it stands."""
    (early, *_) = town.log.history(town.log.stream(CODE, "child", CHILD))
    settled = f"/children/{town.ref(CHILD)}/anomalies/{early.event_id.hex}"
    (way,) = led_to(client.get(settled).text)
    address, _, anchor = way.partition("#")

    assert f'href="{settled}"' in client.get("/anomalies").text
    assert f'id="{anchor}"' in client.get(address).text
