"""What partners from other agencies see: what their own agency undertook, and nothing of anybody else's."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from formats.people import Person
from tests.histories import CODE, england
from tests.web.console.test_doors import OURS, sign_in
from tests.web.console.town import NOW, PEOPLE, URL, Town, begin
from web.app import build

HEALTH = ("P-21", "Nadia Rahman", "health_partner")
POLICE = ("P-22", "Owen Pritchard", "police_cse_and_missing_coordinator")
UNDERTAKEN = "panel-action-of-partner-by-agreed-date"


@pytest.fixture(scope="module")
def partners(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, TestClient]]:
    """A town whose panel has agreed what three agencies do, with a partner from two of them."""
    town = Town(tmp_path_factory.mktemp("partners"), policy=england)
    begin(town)
    for ref, _, role in (HEALTH, POLICE):
        town.tell_of_itself(
            "person-assigned", "Mon 2 Jan 2012", person_ref=ref, role=role, team_ref=None,
            from_on="2012-01-02",
        )  # fmt: skip
    for number, agency in (("1", "gp"), ("2", "merseyside_police"), ("3", "school")):
        town.tell(
            "CH-0011", "panel-action-agreed", "Thu 7 Jan 2016", by=f"panel-{number}",
            action_ref=f"A-{number}", panel="macse", kind="health", agency=agency,
            due_on="2016-01-29",
        )  # fmt: skip
    town.now = NOW
    town.show()
    people = {ref: Person(ref, name, f"{ref}@x.example") for ref, (name, _, _) in PEOPLE.items()}
    people |= {ref: Person(ref, name, f"{ref}@x.example") for ref, name, _ in (HEALTH, POLICE)}
    with TestClient(build(town.parts(people=people)), base_url=URL, headers=OURS) as client:
        yield town, client
    town.close()


def undertaken(town: Town) -> list[str]:
    """The keys of the clocks of what was undertaken, in the order of the actions."""
    episode = town.log.episode(town.log.stream(CODE, "child", "CH-0011"))
    assert episode is not None
    clocks = [one for one in episode.clocks(town.authority()) if one.timescale.id == UNDERTAKEN]
    return [one.key for one in sorted(clocks, key=lambda one: one.reference or "")]


@pytest.mark.parametrize(
    ("person", "opened"), [(HEALTH[0], [200, 404, 404]), (POLICE[0], [404, 200, 404])]
)
def test_a_partner_sees_what_their_agency_undertook_and_no_more(
    partners: tuple[Town, TestClient], person: str, opened: list[int]
) -> None:
    """What a surgery is to do is health's: neither the police's, nor the school's, nor the child's record."""
    town, client = partners
    sign_in(client, person)
    child = f"/children/{town.ref('CH-0011')}"
    rows = client.get("/board.csv").content.decode("utf-8-sig").partition("child,")[2].splitlines()

    assert [client.get(f"{child}/clocks/{key}").status_code for key in undertaken(town)] == opened
    assert len(rows) == 2
    assert "Panel action of a partner done" in rows[1]
    assert client.get(child).status_code == 404
