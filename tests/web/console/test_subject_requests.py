"""One child's record for the information-governance officer, to answer a request by the person concerned."""

import pytest
from httpx2 import Response

from domain.access_events import RecordRead, ScopeGiven
from domain.event import Event
from domain.facts.authority import PersonAssigned
from tests.histories import CODE, moment
from tests.web.client import TestClient
from tests.web.console.states import AUDITOR, OFFICER
from tests.web.console.test_doors import TOKEN, sign_in
from tests.web.console.town import NOW, Town

HEAD = "P-7"
NOTE = "The school could not send anybody before the 13th."
FORM = {
    "person": OFFICER,
    "purpose": "subject-request",
    "until-day": "20",
    "until-month": "1",
    "until-year": "2016",
    "by": "references",
    "references": "CH-0003",
    "words": "yes",
}


def give(client: TestClient, giver: str = HEAD, **changes: str) -> Response:
    """Somebody sends the form that gives the officer a record."""
    sign_in(client, giver)
    token = TOKEN.findall(client.get("/audit/scopes").text)[0]
    data = {"token": token, **FORM, **changes}
    return client.post("/audit/scopes", data=data, follow_redirects=False)


def pages_of(town: Town, subject: str = "CH-0003") -> list[str]:
    """The pages of a child's record that an auditor would open, too."""
    ref = town.ref(subject)
    return [f"/children/{ref}{page}" for page in ("", "/clocks", "/compare", "/export")]


def statuses(client: TestClient, addresses: list[str]) -> set[int]:
    """What becomes of some addresses."""
    return {client.get(one).status_code for one in addresses}


def test_the_officer_reads_the_one_record_with_what_people_wrote(
    guarded: tuple[Town, TestClient],
) -> None:
    """While the request lasts: its pages, its files and its notes; no other child, and no board of then."""
    town, client = guarded
    sign_in(client, OFFICER)
    before, places = statuses(client, pages_of(town)), client.get("/me").text
    page = give(client).headers["location"]
    sign_in(client, OFFICER)
    during = statuses(client, pages_of(town))
    others = statuses(client, [*pages_of(town, "CH-0001"), "/audit/as-seen", "/authority"])
    escalation = client.get(f"/escalations/{town.ladders('CH-0003')[0]}").text
    mine, menu = client.get(page).text, client.get("/me").text
    files = client.get(f"{pages_of(town)[0]}/export.zip?purpose=audit&kind=json")
    pack = client.get(f"{page}/pack.zip")
    listed = client.get("/board.csv").content.decode("utf-8-sig")
    town.now = moment("Thu 21 Jan 2016 00:00")
    sign_in(client, OFFICER)
    after = statuses(client, pages_of(town))

    assert before == after == others == {404}
    assert during == {200}
    assert NOTE in escalation
    assert f'href="{pages_of(town)[0]}"' in mine
    assert (files.status_code, pack.status_code) == (200, 200)
    assert ('href="/children"' in places, 'href="/children"' in menu) == (False, True)
    assert ("CH-0003" in listed, "CH-0001" in listed) == (True, False)


def test_each_look_says_that_it_answers_a_request(guarded: tuple[Town, TestClient]) -> None:
    """With the purpose of the scope, and the rule that opened the record."""
    town, client = guarded
    give(client)
    sign_in(client, OFFICER)
    client.get(pages_of(town)[0])
    reads = town.log.history(town.log.stream(CODE, "reads", OFFICER))
    said = [one.event.said for one in reads if isinstance(one.event.said, RecordRead)]

    assert [(one.purpose, one.rule) for one in said if one.child] == [
        ("subject-request", "answers-request")
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"purpose": "audit"}, "They are given a record only for this: A request by the person"),
        ({"by": "sample"}, "Choose the children, and enter the one reference of the request"),
        ({"references": "CH-0003 CH-0001"}, "enter the one reference of the request"),
        ({"references": " "}, "enter the one reference of the request"),
        ({"itself": "yes"}, "A request is about one child"),
        ({"words": ""}, "Whoever answers a request reads what people wrote"),
    ],
)
def test_a_request_is_about_one_child_and_opens_what_people_wrote(
    guarded: tuple[Town, TestClient], changes: dict[str, str], said: str
) -> None:
    """Whatever else is asked for is refused, and nothing is given."""
    town, client = guarded
    sent = give(client, **changes)
    sign_in(client, OFFICER)

    assert sent.status_code == 400
    assert sent.text.count(said) == 2
    assert statuses(client, pages_of(town)) == {404}


def test_one_request_at_a_time(guarded: tuple[Town, TestClient]) -> None:
    """Another is refused with a sentence until the first is over; a second press of one form is none."""
    town, client = guarded
    sign_in(client, HEAD)
    token = TOKEN.findall(client.get("/audit/scopes").text)[0]
    sent = [
        client.post("/audit/scopes", data={"token": token, **FORM}, follow_redirects=False)
        for _ in range(2)
    ]
    page = sent[0].headers["location"]
    refused = give(client, references="CH-0001")
    client.post(f"{page}/end", data={"token": TOKEN.findall(client.get(page).text)[0]})
    again = give(client, references="CH-0001")
    sign_in(client, OFFICER)

    assert sent[1].headers["location"] == page
    assert refused.status_code == 400
    assert "They answer another request until 20 January 2016: end that scope first" in refused.text
    assert again.status_code == 303
    assert statuses(client, pages_of(town)) == {404}
    assert statuses(client, pages_of(town, "CH-0001")) == {200}


def test_only_a_head_gives_the_officer_a_record(guarded: tuple[Town, TestClient]) -> None:
    """Nor does the officer give it to another officer; an auditor they give as before."""
    town, client = guarded
    town.tell_of_itself(
        "person-assigned", "Mon 2 Jan 2012", person_ref="P-3", from_on="2012-01-02",
        role="information_governance_officer",
    )  # fmt: skip
    sign_in(client, OFFICER)
    offered = client.get("/audit/scopes").text
    sent = give(client, giver=OFFICER, person="P-3")
    sign_in(client, HEAD)
    to_a_head = client.get("/audit/scopes").text
    chosen = f'value="{AUDITOR}"'

    assert (chosen in offered, 'value="P-3"' in offered) == (True, False)
    assert "Choose who is to look" in sent.text
    assert all(one in to_a_head for one in (chosen, 'value="P-3"', f'value="{OFFICER}"'))


def test_what_somebody_was_given_as_an_auditor_opens_nothing_to_an_officer(
    guarded: tuple[Town, TestClient],
) -> None:
    """Their scope lasts, their post does not; nor do two children, or a second request beside the first."""
    town, client = guarded
    of = {one: town.ref(one) for one in ("CH-0001", "CH-0003", "CH-0004", "CH-0005")}
    until = moment("Fri 29 Jan 2016 00:00")

    def scope(*children: str, purpose: str = "subject-request", words: bool = True) -> ScopeGiven:
        refs = tuple(of[one] for one in children)
        return ScopeGiven(person="P-3", children=refs, purpose=purpose, until=until, words=words)

    said: tuple[PersonAssigned | ScopeGiven, ...] = (
        PersonAssigned.model_validate(
            {"person_ref": "P-3", "role": "information_governance_officer", "from_on": "2012-01-02"}
        ),
        scope("CH-0001", purpose="audit"),
        scope("CH-0001", words=False),
        scope("CH-0001", "CH-0005"),
        scope("CH-0003"),
        scope("CH-0004"),
    )
    town.log.append(
        [
            Event(
                authority=CODE, kind="authority", subject=CODE, source="town", id=f"given-{number}",
                said=one, occurred_at=NOW, by=HEAD,
            )
            for number, one in enumerate(said)
        ]
    )  # fmt: skip
    town.tell_of_itself(
        "person-assigned", "Tue 3 Jan 2012", person_ref="P-3", role="mash_team_manager",
        from_on="2012-01-02", to_on="2012-01-03",
    )  # fmt: skip
    sign_in(client, "P-3")
    opens = {one for one in of if statuses(client, pages_of(town, one)) == {200}}

    assert opens == {"CH-0003"}
