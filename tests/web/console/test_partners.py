"""What partners see: what their own agency undertook, and the sittings they are invited to; nothing else."""

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.access_events import RecordRead
from domain.facts.authority import PanelInvitationWithdrawn, PanelMemberInvited
from domain.facts.fact import Fact
from formats.people import Person
from projections.as_seen import as_seen
from tests.histories import CODE, england, moment
from tests.web.client import TestClient
from tests.web.console.panel import ADDRESS, FEBRUARY, meet
from tests.web.console.test_doors import OURS, TOKEN, sign_in
from tests.web.console.test_sittings import day, send, words
from tests.web.console.town import NOW, PEOPLE, URL, Town, begin
from web.app import build
from web.console.sitting_forms import FORMS

HEALTH = ("P-21", "Nadia Rahman", "health_partner")
POLICE = ("P-22", "Owen Pritchard", "police_cse_and_missing_coordinator")
OTHERS = (HEALTH, POLICE)
INVITATIONS = (PanelMemberInvited, PanelInvitationWithdrawn)
UNTIL = day("until", "2016-01-31")
"""Up to when whoever is invited may read the agenda of a sitting that is over."""
UNDERTAKEN = "panel-action-of-partner-by-agreed-date"


def assign(town: Town) -> None:
    """Give the partners their posts."""
    for ref, _, role in OTHERS:
        town.tell_of_itself(
            "person-assigned", "Mon 2 Jan 2012", person_ref=ref, role=role, team_ref=None,
            from_on="2012-01-02",
        )  # fmt: skip


def people() -> dict[str, Person]:
    """Everybody by their opaque id."""
    names = [(ref, name) for ref, (name, _, _) in PEOPLE.items()]
    names += [(ref, name) for ref, name, _ in OTHERS]
    return {ref: Person(ref, name, f"{ref.lower()}@daymark.example") for ref, name in names}


@pytest.fixture(scope="module")
def partners(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, TestClient]]:
    """A town whose panel has agreed what three agencies do, with a partner from two of them."""
    town = Town(tmp_path_factory.mktemp("partners"), policy=england)
    begin(town)
    assign(town)
    for number, agency in (("1", "gp"), ("2", "merseyside_police"), ("3", "school")):
        town.tell(
            "CH-0011", "panel-action-agreed", "Thu 7 Jan 2016", by=f"panel-{number}",
            action_ref=f"A-{number}", panel="macse", kind="health", agency=agency,
            due_on="2016-01-29",
        )  # fmt: skip
    town.now = NOW
    town.show()
    with TestClient(build(town.parts(people=people())), base_url=URL, headers=OURS) as client:
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


def invited(town: Town) -> list[Fact]:
    """Every invitation and withdrawal that the log holds."""
    told = [one.event for one in town.log.history(town.own_stream)]
    return [one.said for one in told if isinstance(one.said, INVITATIONS) and one.by == "P-5"]


@pytest.fixture
def met(met_folder: Path, tmp_path: Path) -> Iterator[tuple[Town, TestClient]]:
    """A copy of a town whose panel has sat, with the two partners and a browser without eyes."""
    shutil.copytree(met_folder, tmp_path, dirs_exist_ok=True)
    town = Town(tmp_path, now=NOW)
    with TestClient(build(town.parts(people=people())), base_url=URL, headers=OURS) as client:
        yield town, client
    town.close()


@pytest.fixture(scope="module")
def met_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of that town."""
    folder = tmp_path_factory.mktemp("met")
    town = meet(folder)
    assign(town)
    town.close()
    return folder


def test_whoever_is_invited_opens_the_sitting_and_nothing_else(
    met: tuple[Town, TestClient],
) -> None:
    """A co-ordinator invites the police: they find it on their first page, with its agenda and its pack."""
    town, client = met
    sign_in(client, POLICE[0])
    before = [client.get(page) for page in (ADDRESS, f"{ADDRESS}/pack", "/sittings", "/board")]
    sign_in(client)
    sent = send(client, ADDRESS, f"{ADDRESS}/invite", agency="merseyside_police", **UNTIL)
    sign_in(client, POLICE[0])
    board, page, pack = (client.get(one) for one in ("/board", ADDRESS, f"{ADDRESS}/pack"))
    child = client.get(f"/children/{town.ref('CH-0011')}")
    elsewhere = [client.get(one) for one in (FEBRUARY, f"{ADDRESS}?known-at=2016-01-07")]
    forms = [client.post(f"{ADDRESS}/{one}", data={}).status_code for one in FORMS]
    sign_in(client, HEALTH[0])
    other = client.get(ADDRESS)

    assert [one.status_code for one in before] == [404, 404, 200, 200]
    assert ADDRESS not in before[2].text + before[3].text
    assert "Recorded." in words(sent)
    assert "Merseyside Police: whoever signs in for it" in words(sent)
    assert "Sittings you are invited to MACSE on Thursday 7 January 2016" in words(board)
    assert "4 children are on the agenda" in words(page)
    assert "CH-0014" in pack.text
    assert 'href="/children/' not in page.text
    assert "Record what happened" not in page.text
    assert [one.status_code for one in (child, *elsewhere, other)] == [404] * 4
    assert set(forms) == {404}


def seen_by_police(client: TestClient, query: str = "") -> list[str]:
    """The page of the sitting and the pack, as the police read them."""
    sign_in(client, POLICE[0])
    found = [words(client.get(one)) for one in (ADDRESS, f"{ADDRESS}/pack{query}")]
    sign_in(client)
    return found


CHILDREN = re.compile(r"CH-00\d\d")
ALL_FOUR = {"CH-0011", "CH-0012", "CH-0014", "CH-0015"}


@pytest.mark.parametrize(
    ("shares", "children", "why"),
    [("references", ALL_FOUR, False), ("own", {"CH-0014"}, True), ("everything", ALL_FOUR, True)],
)
def test_whoever_is_invited_is_given_what_the_agreement_gives_their_agency(
    met: tuple[Town, TestClient], shares: str, children: set[str], *, why: bool
) -> None:
    """On the page and in the pack, of which each says by what; of what is to be done only their own."""
    town, client = met
    sign_in(client)
    send(client, ADDRESS, f"{ADDRESS}/invite", agency="police", **UNTIL)
    town.now += timedelta(minutes=1)
    given = {"agency": "police", "shares": shares, "agreement": "MACSE agreement 3"}
    sent = send(client, ADDRESS, f"{ADDRESS}/share", **given)
    again = send(client, ADDRESS, f"{ADDRESS}/share", **given)
    found = seen_by_police(client)
    by_staff = words(client.get(f"{ADDRESS}/pack?agency=police"))

    assert "Recorded." in words(sent)
    assert "That is recorded already." in words(again)
    for text in (*found, by_staff):
        assert set(CHILDREN.findall(text)) - {"CH-0013"} == children
        assert ("CH-0013" in text) == (shares == "everything")
        assert ("issing since the last sitting" in text) is why
        assert "Under the sharing agreement “MACSE agreement 3”, as it holds since" in text
        assert "Police Disruption CH-0014 18 December 2015 Late" in text
        assert "Children’s social care Disruption" not in text
        assert "CAMHS Direct work" not in text


def test_without_an_agreement_a_member_is_given_references_alone(
    met: tuple[Town, TestClient],
) -> None:
    """And no other member's pack, whatever the address asks for."""
    client = met[1]
    sign_in(client)
    send(client, ADDRESS, f"{ADDRESS}/invite", agency="merseyside_police", **UNTIL)
    page, pack = seen_by_police(client)
    others = [seen_by_police(client, f"?agency={one}")[1] for one in ("camhs", "no-such")]
    whole = words(client.get(f"{ADDRESS}/pack"))

    assert set(CHILDREN.findall(pack)) == ALL_FOUR
    assert "Not shared" in pack
    assert "ince the last sitting" not in page + pack
    assert "No sharing agreement for this member is recorded here" in pack
    assert "For Merseyside Police" in pack
    assert others == [pack, pack]
    assert "Show this member’s pack" not in pack
    assert "Every member: the reference of every child on the agenda, without why" not in page
    assert "ince the last sitting" in whole
    assert "This is the whole agenda, for whoever runs the sitting." in whole


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"agency": "nobody"}, "Choose the member, or every member"),
        ({"shares": "all"}, "Choose what the member is given"),
        ({"agreement": ""}, "Say which agreement, in 1 to 200 characters"),
    ],
)
def test_a_wrong_agreement_is_refused(
    met: tuple[Town, TestClient], typed: dict[str, str], said: str
) -> None:
    """Nothing is recorded, and the page says as before what every member is given."""
    client = met[1]
    sign_in(client)
    good = {"agency": "", "shares": "own", "agreement": "MACSE agreement 3"}
    answer = send(client, ADDRESS, f"{ADDRESS}/share", **(good | typed))

    assert answer.status_code == 400
    assert said in words(answer)
    assert "Every member: the reference of every child on the agenda, without why" in words(answer)


def test_an_invitation_withdrawn_opens_nothing_and_stays_on_record(
    met: tuple[Town, TestClient],
) -> None:
    """Neither the sitting nor the pack; what was recorded names who invited, who withdrew, and when."""
    town, client = met
    sign_in(client)
    send(client, ADDRESS, f"{ADDRESS}/invite", agency="gp", person=HEALTH[0], **UNTIL)
    sign_in(client, HEALTH[0])
    by_name = client.get(ADDRESS)
    sign_in(client)
    again = send(client, ADDRESS, f"{ADDRESS}/invite", agency="gp", person=HEALTH[0], **UNTIL)
    sent = send(client, ADDRESS, f"{ADDRESS}/withdraw", invitation=f"gp/{HEALTH[0]}")
    sign_in(client, HEALTH[0])
    after = [client.get(page).status_code for page in (ADDRESS, f"{ADDRESS}/pack")]
    looks = town.log.history(town.log.stream(CODE, "reads", HEALTH[0]))
    said = [one.event.said for one in looks]

    assert by_name.status_code == 200
    assert "That is recorded already." in words(again)
    assert "Recorded." in words(sent)
    assert "Invited Nobody yet" in words(sent)
    assert after == [404, 404]
    assert [type(one) for one in invited(town)] == [PanelMemberInvited, PanelInvitationWithdrawn]
    assert [
        (one.rule, one.asked)
        for one in said
        if isinstance(one, RecordRead) and one.route == "/sittings/{panel}/{day}"
    ] == [("invited", "sitting=macse/2016-01-07")]


def test_a_restricted_child_is_on_no_partners_agenda(met: tuple[Town, TestClient]) -> None:
    """Neither shown nor counted, on the page and in the pack; nor is a child of the partner's own family."""
    town, client = met
    sign_in(client)
    send(client, ADDRESS, f"{ADDRESS}/invite", agency="police", **UNTIL)
    at = "Mon 11 Jan 2016 09:05"
    town.tell("CH-0014", "record-restricted", at, people=["P-4"])
    town.tell("CH-0012", "staff-relation-declared", at, person_ref=POLICE[0])
    sign_in(client, POLICE[0])
    pages = [client.get(page) for page in (ADDRESS, f"{ADDRESS}/pack")]

    assert "2 children are on the agenda" in words(pages[0])
    assert all(one not in page.text for page in pages for one in ("CH-0014", "CH-0012"))


def test_whoever_sits_for_another_team_is_invited_by_name(met: tuple[Town, TestClient]) -> None:
    """A manager sees no child of other teams on the agenda until then, and none on that of another moment."""
    client = met[1]
    sign_in(client, "P-2")
    before = words(client.get(ADDRESS))
    sign_in(client)
    send(
        client, ADDRESS, f"{ADDRESS}/invite", agency="childrens_social_care", person="P-2", **UNTIL
    )
    sign_in(client, "P-2")
    after, then = words(client.get(ADDRESS)), words(client.get(f"{ADDRESS}?known-at=2016-01-08"))

    assert "No child is on the agenda." in before
    assert "4 children are on the agenda" in after
    assert "No child is on the agenda." in then


def test_an_invitation_goes_along_when_the_sitting_is_put_off(
    met: tuple[Town, TestClient],
) -> None:
    """To the new day; where the sitting is not held at all, it ends."""
    town, client = met
    sign_in(client)
    send(client, FEBRUARY, f"{FEBRUARY}/invite", agency="police")
    town.now += timedelta(minutes=1)
    later = {"held": "later", "reason": "other"} | day("moved", "2016-02-11")
    send(client, f"{FEBRUARY}/postpone", f"{FEBRUARY}/postpone", **later)
    sign_in(client, POLICE[0])
    moved = client.get("/sittings/macse/2016-02-11")
    sign_in(client)
    town.now += timedelta(minutes=1)
    new = "/sittings/macse/2016-02-11"
    send(client, f"{new}/postpone", f"{new}/postpone", held="no", reason="other")

    assert moved.status_code == 200
    assert town.authority().invitations == ()


@pytest.mark.parametrize(
    ("form", "typed", "said"),
    [
        ("invite", UNTIL, "Choose the agency"),
        ("invite", {"agency": "police"}, "The sitting is over: say up to which day"),
        ("invite", {"agency": "police", "until-day": "37"}, "Enter a real date"),
        ("invite", {"agency": "police"} | day("until", "2016-01-10"), "It must be today or later"),
        ("invite", {"agency": "police", "person": "P-99"}, "Choose from the list"),
        ("withdraw", {"invitation": "police/"}, "Choose the invitation"),
    ],
)
def test_a_wrong_invitation_is_refused(
    met: tuple[Town, TestClient], form: str, typed: dict[str, str], said: str
) -> None:
    """Nothing is recorded, and what is wrong is said."""
    town, client = met
    sign_in(client)
    send(client, ADDRESS, f"{ADDRESS}/invite", agency="school", **UNTIL)
    town.now += timedelta(minutes=1)
    answer = send(client, ADDRESS, f"{ADDRESS}/{form}", **typed)

    assert answer.status_code == 400
    assert said in words(answer)
    assert "School: nobody signs in for it here" in words(answer)
    assert len(invited(town)) == 1


def test_an_invitation_ends_by_itself(met: tuple[Town, TestClient]) -> None:
    """With the day of the sitting: then its page is one that does not exist, and nothing leads to it."""
    town, client = met
    sign_in(client)
    send(client, FEBRUARY, f"{FEBRUARY}/invite", agency="police")
    wrong = send(client, FEBRUARY, f"{FEBRUARY}/invite", agency="gp", **day("until", "2016-01-20"))
    days = {}
    for at in ("Thu 4 Feb 2016 23:59", "Fri 5 Feb 2016 00:00"):
        town.now = moment(at)
        sign_in(client, POLICE[0])
        found = [
            client.get(one) for one in (FEBRUARY, f"{FEBRUARY}/pack", "/sittings/macse/2016-02-05")
        ]
        days[at] = [one.status_code for one in found], FEBRUARY in client.get("/board").text
    sign_in(client)
    over = words(client.get(FEBRUARY))

    assert "It must be the day of the sitting, or later" in words(wrong)
    assert list(days.values()) == [([200, 200, 404], True), ([404, 404, 404], False)]
    assert (
        "Police: whoever signs in for it, until 4 February 2016: it opens nothing any more" in over
    )


def test_an_invitation_is_made_longer_and_shorter(met: tuple[Town, TestClient]) -> None:
    """By the same form, each time as its own fact; said again as it stands, it is recorded already."""
    town, client = met
    sign_in(client)
    said = []
    for until in (
        {},
        day("until", "2016-02-18"),
        day("until", "2016-02-18"),
        day("until", "2016-02-04"),
        {},
    ):
        answer = words(send(client, FEBRUARY, f"{FEBRUARY}/invite", agency="police", **until))
        recorded = "Recorded." in answer
        (one,) = town.authority().invitations
        said.append((recorded, str(one.last_on), "until 18 February 2016" in answer))
        town.now += timedelta(minutes=1)

    assert said == [
        (True, "2016-02-04", False),
        (True, "2016-02-18", True),
        (False, "2016-02-18", True),
        (True, "2016-02-04", False),
        (False, "2016-02-04", False),
    ]


def test_a_withdrawal_sent_twice_is_one(met: tuple[Town, TestClient]) -> None:
    """The second press says that it is recorded already."""
    town, client = met
    sign_in(client)
    send(client, ADDRESS, f"{ADDRESS}/invite", agency="police", **UNTIL)
    form = {"token": TOKEN.findall(client.get(ADDRESS).text)[0], "invitation": "police/"}
    first, second = (client.post(f"{ADDRESS}/withdraw", data=form) for _ in range(2))

    assert "Recorded." in words(first)
    assert "That is recorded already." in words(second)
    assert len(invited(town)) == 2


def test_what_an_invitation_opened_is_seen_again(met: tuple[Town, TestClient]) -> None:
    """The replay of what the police could open says so of a moment between invitation and withdrawal."""
    town, client = met
    sign_in(client)
    send(client, ADDRESS, f"{ADDRESS}/invite", agency="police", **UNTIL)
    town.now += timedelta(hours=1)
    sign_in(client)
    send(client, ADDRESS, f"{ADDRESS}/withdraw", invitation="police/")
    seen = {
        at: as_seen(town.log, town.authority(), POLICE[0], moment(f"Mon 11 Jan 2016 {at}"))
        for at in ("09:04", "09:30", "10:30")
    }
    client.cookies.clear()
    page = client.get(f"/audit/as-seen?person={POLICE[0]}&at=2016-01-11T09:30:00%2B00:00")

    assert {at: [one.sitting for one in then.sittings] for at, then in seen.items()} == {
        "09:04": [],
        "09:30": ["macse/2016-01-07"],
        "10:30": [],
    }
    assert "MACSE on 7 January 2016" in words(page)
    assert "invited for Police since 11 January 2016 at 9:05am, until 31 January 2016" in words(
        page
    )
