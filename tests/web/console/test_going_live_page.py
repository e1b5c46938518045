"""Going live on the web: which rules are told in which teams, what waits, and who decides it."""

import html
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.facts.authority import TellingSwitchedOff, TellingSwitchedOn
from domain.words import say_title
from tests.histories import CODE, england
from tests.web.client import TestClient
from tests.web.console.conftest import opened
from tests.web.console.test_doors import say_why
from tests.web.console.town import URL, Town
from web.app import build

TOKEN = re.compile(r'name="token" value="([^"]+)"')
RULE = "icpc-15wd"
HEAD, MANAGER = "P-7", "P-1"

Own = tuple[Town, TestClient]


@pytest.fixture
def own(lived: Path, tmp_path: Path) -> Iterator[Own]:
    """A town of one's own, seen by its head of service."""
    told = opened(lived, tmp_path)
    with TestClient(
        build(told.parts()), base_url=URL, headers={"sec-fetch-site": "same-origin"}
    ) as made:
        be(made, HEAD)
        yield told, made
    told.close()


def be(client: TestClient, person: str) -> None:
    """Say who one is."""
    token = str(TOKEN.findall(client.get("/me").text)[0])
    client.post("/me", data={"token": token, "person": person})


def words(page: str) -> str:
    """What a page says."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def token(client: TestClient) -> str:
    """The token of the form."""
    return str(TOKEN.findall(client.get("/going-live").text)[0])


def decide(client: TestClient, switch: str, sent: str = "", **form: str) -> str:
    """What the page says once a decision was sent."""
    asked = {"rule": "all", "team": "", "reason": "Agreed by the board", "token": sent}
    asked |= {"switch": switch, **form}
    asked["token"] = sent or token(client)
    return words(str(client.post("/going-live", data=asked).text))


def decisions(town: Town) -> list[tuple[TellingSwitchedOff | TellingSwitchedOn, str | None]]:
    """Every decision in the log, with who took it."""
    history = town.log.history(town.log.stream(CODE, "authority", CODE))
    return [
        (one.event.said, one.event.by)
        for one in history
        if isinstance(one.event.said, TellingSwitchedOff | TellingSwitchedOn)
    ]


def test_where_nothing_was_decided_every_rule_is_told(own: Own) -> None:
    """The page says so of each rule, and the board has no banner."""
    _, client = own
    page = words(client.get("/going-live").text)

    assert "rules are live: people are told in every team." in page
    assert "Everything late that you may see is told." in page
    assert "The tracker has not been set beside Daymark yet" in page
    assert "In shadow Every" not in words(client.get("/board").text)


def rows(page: str) -> list[str]:
    """The rows of the table of rules and teams, in words."""
    table = page[page.index('aria-label="Rules and teams"') :].partition("</table>")[0]
    found = re.findall(r"<tr\b.*?</tr>", table, flags=re.DOTALL)
    return [words(row).strip() for row in found[1:]]


def test_rules_that_stand_alike_are_one_row_and_what_differs_comes_first(own: Own) -> None:
    """Behind one click each is named, by its thread; a rule that is otherwise has a row of its own."""
    town, client = own
    rules = town.authority().policy.timescales
    before = client.get("/going-live").text
    decide(client, "off", rule=RULE)
    after = client.get("/going-live").text
    shut = re.findall(r"<details\b.*?</details>", after, flags=re.DOTALL)
    title = say_title(england().by_id[RULE])

    assert rows(before) == ["Every rule Every team Told Always Nobody yet"]
    assert [row.partition(" Every team ")[0] for row in rows(after)] == [
        title, f"{len(rules) - 1} rules",
    ]  # fmt: skip
    assert rows(after)[0].startswith(f"{title} Every team In shadow 11 January 2016")
    assert sum(page.count("<li>") for page in shut) == len(rules) - 1
    assert all(say_title(one) in html.unescape(shut[0]) for one in rules if one.id != RULE)
    assert "Enquiry and conference" in words(shut[0])


def test_no_command_stands_open_before_a_head_of_service(own: Own) -> None:
    """They are told whom to ask; what that person types is behind a click."""
    _, client = own
    page = client.get("/going-live").text
    open_part = re.sub(r"<details\b.*?</details>", "", page, flags=re.DOTALL)

    assert "Ask whoever runs Daymark to do that once a day" in words(open_part)
    assert "daymark golive" not in open_part
    assert "daymark golive compare FILE --keep" in page


def test_a_rule_goes_into_shadow_and_back(own: Own) -> None:
    """Each decision is a fact with its person; the board says it; one form sent twice is one decision."""
    town, client = own
    sent = token(client)
    off = decide(client, "off", sent)
    again = decide(client, "off", sent)
    board = words(client.get("/board").text)
    shadow = words(client.get("/going-live").text)
    town.now += timedelta(minutes=1)
    back = decide(
        client, "on", team="north", backlog="amnesty",
        **{"amnesty-day": "29", "amnesty-month": "1", "amnesty-year": "2016"},
    )  # fmt: skip
    decide(client, "on", backlog="at-once", rule=RULE)

    assert "Recorded. It holds from now" in off
    assert "This was recorded already." in again
    assert "Every rule is judged and nobody is told. Which rules, and since when" in board
    assert "CH-0001" in shadow
    assert "Would be told first" in shadow
    assert "Imran Siddiqui Agreed by the board" in shadow
    assert "Told Amnesty to 29 January 2016" in back
    assert [(type(said), by) for said, by in decisions(town)] == [
        (TellingSwitchedOff, HEAD),
        (TellingSwitchedOn, HEAD),
        (TellingSwitchedOn, HEAD),
    ]


def test_a_first_day_may_be_named(own: Own) -> None:
    """Until then the rule is in shadow, and the page says from when it is told."""
    town, client = own
    decide(client, "off", rule=RULE)
    board = words(client.get("/board").text)
    town.now += timedelta(minutes=1)
    page = decide(
        client, "on", rule=RULE, backlog="at-once",
        **{"from-day": "18", "from-month": "1", "from-year": "2016"},
    )  # fmt: skip

    assert f"In shadow {say_title(england().by_id[RULE])} is judged and nobody is told." in board
    assert "In shadow Told from" in page
    assert [said.from_on for said, _ in decisions(town) if isinstance(said, TellingSwitchedOn)] == [
        date(2016, 1, 18)
    ]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"switch": ""}, "Choose whether people are told or not"),
        ({"switch": "off", "rule": "no-such"}, "Choose a rule, or every rule"),
        ({"switch": "off", "team": "nowhere"}, "Choose a team, or every team"),
        ({"switch": "off", "reason": ""}, "Say why, in 1 to 300 characters"),
        ({"switch": "on", "backlog": "at-once"}, "People are told of that already"),
        ({"switch": "on"}, "Choose what becomes of what is late already"),
        ({"switch": "on", "backlog": "amnesty"}, "Enter the last day of the amnesty"),
        ({"switch": "on", "backlog": "at-once", "from-day": "37"}, "Enter a real date"),
        (
            {
                "switch": "on",
                "backlog": "at-once",
                "from-day": "1",
                "from-month": "1",
                "from-year": "2016",
            },
            "1 January 2016 is over by then",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_recorded(
    own: Own, form: dict[str, str], said: str
) -> None:
    """The form comes back with what was typed."""
    town, client = own

    assert said in decide(client, form.pop("switch"), **form)
    assert decisions(town) == []


def test_only_who_answers_for_the_service_decides(own: Own) -> None:
    """A team manager sees what is in shadow in the teams they may see, and finds no form."""
    town, client = own
    decide(client, "off")
    form = token(client)
    be(client, MANAGER)
    page = client.get("/going-live").text
    sent = client.post("/going-live", data={"token": form, "switch": "off", "rule": "all"})

    assert "Record the decision" not in page
    assert "CH-0001" in page
    assert sent.status_code == 404
    assert len(decisions(town)) == 1


def test_the_comparison_of_each_day_is_a_picture_and_a_table(own: Own) -> None:
    """The last word of a day counts, and the newest day stands first."""
    town, client = own
    for n, (day, both) in enumerate((("2016-01-09", 3), ("2016-01-10", 4), ("2016-01-10", 9))):
        town.tell_of_itself(
            "tracker-compared", f"Mon 11 Jan 2016 09:0{n}", compared_on=day, both=both,
            due_differs=2, done_differs=1, only_tracker=5, only_daymark=0,
        )  # fmt: skip
    page = client.get("/going-live").text

    assert "10 January 2016 9 2 1 5 0 9 January 2016 3 2 1 5 0" in words(page)
    assert "Same in both: 9 January 2016 3, 10 January 2016 9." in page
    assert "Different: 9 January 2016 8, 10 January 2016 8." in page


def test_a_ladder_that_stands_still_names_the_decision(own: Own) -> None:
    """Its page says who decided it, when and why, until people are told again."""
    town, client = own
    address = f"/escalations/{town.ladders('CH-0001')[0]}"
    say_why(client, town.ref("CH-0001"))
    before = words(client.get(address).text)
    decide(client, "off")
    stopped = words(client.get(address).text)
    town.now += timedelta(minutes=1)
    decide(client, "on", backlog="at-once")
    after = words(client.get(address).text)

    assert "This stands still" not in before
    assert "as Imran Siddiqui decided: Agreed by the board." in stopped
    assert "This stands still" not in after
