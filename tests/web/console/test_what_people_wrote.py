"""What people wrote: shown to whoever works on a record, and said not to be shown to everybody else."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest

from domain.engine_events import BreachExplained, ManagerNotified
from domain.event import CONSOLE, Event
from domain.permission import DAY_NOT_SHOWN, NOT_OPENED, OUTSIDE_SCOPE
from tests.histories import CODE, moment
from tests.web.client import TestClient
from tests.web.console.conftest import opened
from tests.web.console.states import AUDITOR, guard
from tests.web.console.test_doors import OURS, say_why, sign_in
from tests.web.console.test_scopes import give
from tests.web.console.town import NOW, URL, Town
from web.app import build

NOTE: Final = "The school could not send anybody before the 13th."
WHY: Final = "The minutes lay in a drawer."
CODED: Final = "Too few members could come."
BORN: Final = "3 January 2016"


@pytest.fixture
def own(lived: Path, tmp_path: Path) -> Iterator[tuple[Town, TestClient]]:
    """A town of one's own with an auditor, and a browser that knows nobody yet."""
    town = opened(lived, tmp_path)
    app = build(town.parts(people=guard(town)))
    with TestClient(app, base_url=URL, headers=OURS, raise_server_exceptions=False) as made:
        yield town, made
    town.close()


def ladder(town: Town) -> str:
    """The page of an escalation of which somebody wrote a note."""
    return f"/escalations/{town.ladders('CH-0003')[0]}"


def tell_all(town: Town) -> None:
    """Somebody also writes why it was late, and everybody who is asked here was told of it."""
    key = next(one.clock for one in town.tellings("CH-0003") if one.kind == "breach")
    told = [
        ManagerNotified(
            clock=key, clock_version=1, timescale="icpc-15wd", telling=town.ladders("CH-0003")[0],
            about="breach", rung=9, role="cp_conference_chair", person=person, channel="email",
            repeat=0, delivered=True,
        )
        for person in ("P-6", "P-8")
    ]  # fmt: skip
    why = BreachExplained(
        clock=key, clock_version=1, timescale="icpc-15wd", reason="quorum", note=WHY
    )
    town.log.append(
        [
            Event(
                authority=CODE, kind="child", subject="CH-0003", source=CONSOLE, id=f"said-{n}",
                said=said, occurred_at=NOW, by="P-2",
            )
            for n, said in enumerate((*told, why))
        ]
    )  # fmt: skip
    town.show()


def test_an_auditor_reads_coded_reasons_and_no_note(own: tuple[Town, TestClient]) -> None:
    """A sentence stands in the place of each note, and of why nobody is told; codes and days stay."""
    town, client = own
    tell_all(town)
    town.tell_of_itself(
        "telling-switched-off", "Mon 11 Jan 2016 09:00", timescale="icpc-15wd", reason="A new form."
    )
    sign_in(client, "P-2")
    whole = client.get(ladder(town)).text
    sign_in(client, AUDITOR)
    page, switches = client.get(ladder(town)).text, client.get("/going-live").text

    assert [whole.count(one) for one in (NOTE, WHY, "A new form.", OUTSIDE_SCOPE)] == [1, 1, 1, 0]
    assert [page.count(one) for one in (NOTE, WHY, "A new form.", OUTSIDE_SCOPE)] == [0, 0, 0, 3]
    assert page.count(CODED) == whole.count(CODED) == 2
    assert ("<form" in whole.partition("<main")[2], "<form" in page.partition("<main")[2]) == (
        True, False,
    )  # fmt: skip
    assert "by the end of 14 January 2016" in page
    assert "A new form." not in switches
    assert NOT_OPENED in switches


def test_a_scope_that_says_so_opens_what_people_wrote(own: tuple[Town, TestClient]) -> None:
    """It says so to who gave it and to who holds it, and so does its pack."""
    town, client = own
    chosen = {"by": "references", "references": "CH-0003", "words": "yes"}
    page = give(client, **chosen).headers["location"]
    told = client.get(page).text
    sign_in(client, AUDITOR)
    mine = client.get(page).text
    pack = zipfile.ZipFile(io.BytesIO(client.get(f"{page}/pack.zip").content))

    assert NOTE in client.get(ladder(town)).text
    assert "Coded facts and timescales, and what people wrote" in told
    assert "Coded facts and timescales, and what people wrote" in mine
    assert json.loads(pack.read("manifest.json"))["words"] is True


def test_who_was_told_alone_reads_no_note(own: tuple[Town, TestClient]) -> None:
    """A conference chair reads the clock; a director reads the notes too, once they say why."""
    town, client = own
    tell_all(town)
    sign_in(client, "P-6")
    chair = client.get(ladder(town)).text
    sign_in(client, "P-8")
    before = client.get(ladder(town)).text
    say_why(client, town.ref("CH-0003"))
    after = client.get(ladder(town)).text

    assert [chair.count(one) for one in (NOTE, WHY, NOT_OPENED)] == [0, 0, 2]
    assert "/why/" not in chair
    assert [before.count(one) for one in (NOTE, WHY, NOT_OPENED)] == [0, 0, 2]
    assert f'href="/why/{town.ref("CH-0003")}?back=' in before
    assert [after.count(one) for one in (NOTE, WHY, NOT_OPENED)] == [1, 1, 0]


def test_a_sealed_day_is_not_shown_with_coded_facts(own: tuple[Town, TestClient]) -> None:
    """The day a child was born stands on the manager's timeline, and in no page or file of the auditor's."""
    town, client = own
    at = moment("Mon 11 Jan 2016 09:01")
    town.tell("CH-0003", "child-born", "Sun 3 Jan 2016", recorded=f"{at:%a %-d %b %Y %H:%M}",
              date_of_birth="2016-01-03")  # fmt: skip
    born = town.log.history(UUID(town.ref("CH-0003")))[-1].event
    changed: dict[str, Any] = {
        "corrected_event": {"source": born.source, "id": born.id},
        "reason": "wrong-date",
    }
    town.tell(
        "CH-0003", "fact-corrected", "Mon 11 Jan 2016 09:04", **changed, occurred_on="2016-01-02"
    )
    town.show()
    child = f"/children/{town.ref('CH-0003')}"
    paths = ("", "/compare?known-at=2016-01-10&and-known-at=2016-01-11T09:05:00%2B00:00")
    sign_in(client, "P-2")
    whole = [client.get(child + path).text for path in paths]
    sign_in(client, AUDITOR)
    coded = [client.get(child + path).text for path in paths]
    sent = client.get(f"{child}/export.zip?purpose=audit&kind=json&kind=csv").content
    files = zipfile.ZipFile(io.BytesIO(sent))
    events = json.loads(files.read("history.json"))["events"]

    assert ("2 January 2016" in whole[0], BORN in whole[1]) == (True, True)
    assert not any("2 January 2016" in page or BORN in page for page in coded)
    assert all(DAY_NOT_SHOWN in page for page in coded)
    assert [one["occurred_on"] for one in events if one["name"] == "child-born"] == [None]
    assert DAY_NOT_SHOWN in files.read("events.csv").decode("utf-8-sig")
    assert BORN not in files.read("events.csv").decode("utf-8-sig")
