"""What a manager does in a day: the morning, the board by child, handing over, cover and the workload."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from python_calamine import load_workbook

from domain.code_sets import CODE_SETS
from domain.engine_events import ClockReassigned
from domain.event import Event
from tests.histories import CODE, moment
from tests.web.client import TestClient
from tests.web.console.conftest import opened
from tests.web.console.test_doors import say_why
from tests.web.console.town import URL, Town, begin
from web.app import build

TOKEN = re.compile(r'name="token" value="([^"]+)"')
CHOICE = re.compile(r'name="clock" type="checkbox" value="([^"]+)"')
UNTIL = {"until-day": "14", "until-month": "1", "until-year": "2016"}

Own = tuple[Town, TestClient]


@pytest.fixture
def own(lived: Path, tmp_path: Path) -> Iterator[Own]:
    """A town of one's own, seen by its head of service."""
    told = opened(lived, tmp_path)
    with TestClient(
        build(told.parts()), base_url=URL, headers={"sec-fetch-site": "same-origin"}
    ) as made:
        be(made, "P-7")
        yield told, made
    told.close()


def be(client: TestClient, person: str) -> None:
    """Say who one is."""
    token = TOKEN.findall(client.get("/me").text)[0]
    client.post("/me", data={"token": token, "person": person})


def handed(town: Town) -> list[ClockReassigned]:
    """Every handing over in the town."""
    refs = [f"CH-000{number}" for number in range(1, 10)]
    found = [town.log.history(town.log.stream(CODE, "child", ref)) for ref in refs]
    said = [one.event.said for history in found for one in history]
    return [one for one in said if isinstance(one, ClockReassigned)]


def words(page: str) -> str:
    """What a page says."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_siblings_of_one_meeting_stand_together(tmp_path: Path) -> None:
    """The most urgent child brings the others of the meeting along, and each names the others."""
    town = Town(tmp_path)
    for subject, at in (("A", "Mon 11 Jan 2016 08:00"), ("B", "Mon 11 Jan 2016 08:10")):
        town.tell(subject, "referral-received", at)
    town.tell("C", "referral-received", "Mon 11 Jan 2016 08:20")
    for subject in ("A", "C"):
        town.tell(
            subject, "strategy-meeting-held", "Mon 11 Jan 2016 08:30", meeting_ref="M-1",
            kind="section-47",
        )  # fmt: skip
    town.show()
    with TestClient(build(town.parts()), base_url=URL) as client:
        page = client.get("/board").text
        by_child = client.get("/board?sort=child").text
    town.close()
    order = re.findall(r'<th scope="row(?:group)?"[^>]*><a[^>]*>([^<]+)</a>', page)

    assert abs(order.index("A") - order.index("C")) == 1
    assert words(page).count("Same meeting as") == 2
    assert re.findall(r'<th scope="row(?:group)?"[^>]*><a[^>]*>([^<]+)</a>', by_child) == [
        "A",
        "B",
        "C",
    ]


def test_the_workbook_has_the_same_rows_as_the_page(own: Own) -> None:
    """Excel and CSV hold exactly what is shown, for any filter."""
    _, client = own
    for query in ("", "?team=north", "?mine=yes", "?due=2016-01-12", "?rows=clocks", "?sort=due"):
        file = client.get(f"/board.xlsx{query}").content
        rows = load_workbook(io.BytesIO(file)).get_sheet_by_index(0).to_python()
        text = client.get(f"/board.csv{query}").content.decode("utf-8-sig").splitlines()

        assert [row[0] for row in rows] == [line.partition(",")[0] for line in text]
        assert len(rows) > 0


def test_chosen_clocks_go_to_somebody_else_in_one_form(own: Own) -> None:
    """Each is handed over once, however often the form is sent; the board then says to whom."""
    town, client = own
    keys = CHOICE.findall(client.get("/board").text)[:2]
    page = client.get("/board/hand-over", params={"clock": keys}).text
    form = {"token": TOKEN.findall(page)[0], "clock": keys, "owner": "P-1", "reason": "workload"}
    sent = [
        client.post("/board/hand-over", data=form | UNTIL, follow_redirects=False) for _ in range(2)
    ]
    town.show()

    assert [one.headers["location"] for one in sent] == ["/board?handed=2"] * 2
    assert [(one.clock in keys, one.owner) for one in handed(town)] == [(True, "P-1")] * 2
    assert "Handed over to Amara Okafor until 14 January 2016" in client.get("/board").text


def test_a_wrong_handing_over_says_what_is_wrong(own: Own) -> None:
    """Nothing chosen, nobody named, no day, no reason, or too far off: nothing is recorded."""
    town, client = own
    keys = CHOICE.findall(client.get("/board").text)[:1]
    token = TOKEN.findall(client.get("/board/hand-over", params={"clock": keys}).text)[0]
    empty = client.post("/board/hand-over", data={"token": token, "clock": keys})
    far = {"owner": "P-1", "reason": "workload", **UNTIL, "until-year": "2017"}
    refused = client.post("/board/hand-over", data={"token": token, "clock": keys, **far})
    nothing = client.post("/board/hand-over", data={"token": token, "clock": ["x"]})

    assert (empty.status_code, refused.status_code, nothing.status_code) == (400, 400, 404)
    assert "Choose to whom you hand it over" in empty.text
    assert "Nothing was handed over" in refused.text
    assert "No running clock was chosen" in client.get("/board/hand-over").text
    assert handed(town) == []


def test_the_reasons_are_why_somebody_else_sees_to_it_and_not_why_it_is_late(own: Own) -> None:
    """The same codes as the command takes; what was handed over under an older one is still read."""
    town, client = own
    key = town.clock("CH-0001", "icpc-15wd")
    address = f"/children/{town.ref('CH-0001')}"
    page = client.get("/board/hand-over", params={"clock": [key]}).text
    form = {"token": TOKEN.findall(page)[0], "clock": [key], "owner": "P-1", **UNTIL}
    refused = client.post("/board/hand-over", data=form | {"reason": "quorum"})
    said = ClockReassigned(
        clock=key, clock_version=1, timescale="icpc-15wd", owner="P-1",
        until=moment("Fri 15 Jan 2016 00:00"), reason="family_unavailable",
    )  # fmt: skip
    town.log.append(
        [
            Event(
                authority=CODE, kind="child", subject="CH-0001", source="console", id="older",
                said=said, occurred_at=town.now, by="P-7",
            )
        ]
    )  # fmt: skip
    say_why(client, town.ref("CH-0001"))
    codes = re.findall(r'name="reason" type="radio" value="([^"]+)"', page)

    assert codes == list(CODE_SETS["reassignment_reason"].labels)
    assert {"absence", "workload", "team_change", "other"} <= set(codes)
    assert refused.status_code == 400
    assert "Choose a reason" in refused.text
    assert "handed over until the end of 14 January 2016 (family unavailable)" in words(
        client.get(address).text
    )


def test_a_manager_hands_over_only_what_is_of_their_teams(own: Own) -> None:
    """Another team's clock is as if it were not there."""
    town, client = own
    key = town.clock("CH-0001", "icpc-15wd")
    be(client, "P-2")
    page = client.get("/board/hand-over", params={"clock": [key]}).text

    assert "No running clock was chosen" in page


def test_an_absence_and_its_cover_are_recorded(own: Own) -> None:
    """The page and the morning say who is away and who covers; the one who covers holds the role."""
    town, client = own
    token = TOKEN.findall(client.get("/cover").text)[0]
    days = {"from-day": "11", "from-month": "1", "from-year": "2016"}
    days |= {"to-day": "15", "to-month": "1", "to-year": "2016"}
    wrong = client.post("/cover", data={"token": token, "person": "", "from-day": "37"})
    himself = client.post(
        "/cover", data={"token": token, "person": "P-1", "covering": "P-1", **days}
    )
    said = client.post("/cover", data={"token": token, "person": "P-1", "covering": "P-2", **days})

    assert "Choose who is away" in wrong.text
    assert "Nobody covers for themselves" in himself.text
    assert "Covered by Bryn Howells" in said.text
    assert "Amara Okafor, covered by Bryn Howells" in client.get("/morning").text
    assert town.authority().staff.holders("team_manager", town.now, "north") == ("P-2",)


def test_nobody_lends_a_role_above_their_own(own: Own) -> None:
    """A team manager cannot make themselves the director, nor send another team's manager away."""
    _, client = own
    be(client, "P-1")
    page = client.get("/cover").text
    mine = page.partition('id="person"')[2].partition("</select>")[0]

    assert re.findall(r'value="(P-\d)"', mine) == ["P-1"]


def test_nobody_covers_whose_work_it_is_not(own: Own) -> None:
    """Who watches is not offered; who is only told holds no manager's role, nor a manager a head's."""
    town, client = own
    town.tell_of_itself(
        "person-assigned", "Tue 3 Jan 2012", person_ref="P-9", role="emergency_duty_team",
        from_on="2012-01-02", to_on="2012-01-03",
    )  # fmt: skip
    town.tell_of_itself(
        "person-assigned", "Mon 2 Jan 2012", person_ref="P-9", role="auditor", from_on="2012-01-04"
    )
    page = client.get("/cover").text
    offered = page.partition('id="covering"')[2].partition("</select>")[0]
    days = {"from-day": "11", "from-month": "1", "from-year": "2016"}
    days |= {"to-day": "15", "to-month": "1", "to-year": "2016", "token": TOKEN.findall(page)[0]}
    answers = [
        client.post("/cover", data={"person": person, "covering": covering, **days})
        for person, covering in (("P-1", "P-6"), ("P-1", "P-9"), ("P-7", "P-4"))
    ]

    assert "P-9" not in offered
    assert "P-6" in offered
    assert [one.status_code for one in answers] == [400] * 3
    assert all("Whoever covers must work on cases themselves" in one.text for one in answers)
    assert not town.authority().staff.away


def test_a_clock_goes_to_nobody_whose_work_it_is_not_or_who_may_not_see_it(own: Own) -> None:
    """A chair who only watches, and a relative, are refused for this child; nothing is recorded."""
    town, client = own
    key = town.clock("CH-0001", "icpc-15wd")
    town.tell(
        "CH-0001", "staff-relation-declared", "Mon 11 Jan 2016", person_ref="P-2",
        recorded="Mon 11 Jan 2016 09:05",
    )  # fmt: skip
    town.show()
    page = client.get("/board/hand-over", params={"clock": [key]}).text
    form = {"token": TOKEN.findall(page)[0], "clock": [key], "reason": "team_change", **UNTIL}
    refused = [
        client.post("/board/hand-over", data=form | {"owner": one}).text for one in ("P-2", "P-6")
    ]
    be(client, "P-1")
    escalation = client.get(f"/escalations/{town.ladders('CH-0001')[0]}").text
    others = escalation.partition('id="other"')[2].partition("</select>")[0]

    assert all("must work on such cases, and be one who may see" in one for one in refused)
    assert handed(town) == []
    assert 'value="P-4"' in others
    assert 'value="P-2"' not in others
    assert 'value="P-6"' not in others


def test_the_cover_page_tells_of_leavers_and_the_rota(own: Own) -> None:
    """Who is on duty in the week ahead, and whose last role ends."""
    town, client = own
    on = moment("Mon 11 Jan 2016 17:00")
    town.tell_of_itself(
        "shift-rostered", "Mon 11 Jan 2016 09:00", person_ref="P-9", role="emergency_duty_team",
        from_at=on, to_at=moment("Tue 12 Jan 2016 08:00"),
    )  # fmt: skip
    town.tell_of_itself(
        "person-assigned", "Mon 11 Jan 2016", person_ref="P-2", role="team_manager",
        team_ref="south", from_on="2012-01-02", to_on="2016-01-20",
    )  # fmt: skip
    page = words(client.get("/cover").text)

    assert "Farah Aziz Emergency duty team 11 January 2016 at 5pm to 12 January" in page
    assert "Bryn Howells leaves after 20 January 2016" in page


def test_the_morning_begins_with_its_answer(own: Own) -> None:
    """Since Friday 5pm: what became late and what falls due, in one sentence."""
    _, client = own
    page = words(client.get("/morning").text)

    assert (
        "1 clock has become late since 5pm on Friday 8 January 2016; 2 clocks fall due today"
        in page
    )
    assert "Warnings given: 5" in page
    assert "Clocks that nobody answers for: 7" in page


def test_what_the_morning_has_no_room_for_is_one_link_away(tmp_path: Path) -> None:
    """Fifty-two referrals were warned of at once: the morning names twenty, and its link leads to all."""
    town = Town(tmp_path)
    begin(town)
    every = [f"CH-{number:04}" for number in range(1, 53)]
    for subject in every:
        town.tell(subject, "referral-received", "Fri 8 Jan 2016 10:00")
    town.pass_to(moment("Mon 11 Jan 2016 09:05"))
    town.show()
    with TestClient(build(town.parts()), base_url=URL) as client:
        morning = client.get("/morning").text
        (way,) = re.findall(r'<a class="govuk-link" href="([^"]+)">All 52<', morning)
        first = client.get(way).text
        (further,) = re.findall(r'href="([^"]+)" rel="next"', first)
        second = client.get(further.replace("&amp;", "&")).text
        beyond = client.get(f"{way}&page=9").text
    town.close()
    named = [re.findall(r"CH-\d{4}", words(page)) for page in (morning, first, second)]

    assert way == "/morning?of=warned"
    assert "Warnings given: 52" in words(morning)
    assert "Warnings given since 5pm on Friday 8 January 2016" in words(first)
    assert [len(set(some)) for some in named[1:]] == [50, 2]
    assert sorted({*named[1], *named[2]}) == every
    assert "None on this page" in words(beyond)


def test_the_workload_leads_to_the_board_of_a_day(own: Own) -> None:
    """Each day's number is what the board shows for that day."""
    _, client = own
    page = client.get("/workload").text
    days = re.findall(r'href="(/board\?due=[^"]+)">(\d+) clock', page)

    assert len(days) > 1
    for address, count in days:
        assert f"{count} clock" in words(client.get(address.replace("&amp;", "&")).text)


def test_a_past_board_sorts_and_narrows_like_the_one_of_today(own: Own) -> None:
    """By child, by team and by what falls due, at another moment."""
    _, client = own
    then = "as-of=2016-01-07&known-at=2016-01-07"
    by_child = client.get(f"/board?{then}&sort=child").text
    order = re.findall(r'<th scope="row(?:group)?"[^>]*><a[^>]*>(CH-\d+)</a>', by_child)

    assert order == sorted(order)
    for more in ("sort=team", "sort=due", "rows=clocks", "team=south", "mine=yes"):
        assert client.get(f"/board?{then}&{more}").status_code == 200


def test_who_is_not_in_the_people_file_is_told_by_their_id(own: Own) -> None:
    """An absence until further notice of somebody unknown breaks nothing."""
    town, client = own
    town.tell_of_itself("person-away", "Mon 11 Jan 2016", person_ref="P-77", from_on="2016-01-11")
    page = words(client.get("/cover").text)

    assert "P-77 11 January 2016 to further notice Nobody covers" in page
