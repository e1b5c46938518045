"""The way that docs/an-auditors-question.md tells, gone by an auditor with the keyboard alone."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from domain.access_events import RecordRead, ScopeGiven
from domain.event import Event
from formats.people import Person
from tests.histories import CODE, moment
from tests.web.console.conftest import ROOT, World, be_person, opened, serving
from tests.web.console.test_answering import press_until
from tests.web.console.test_day_as_told import TOLD, choose, follow
from tests.web.console.town import PEOPLE

AUDITOR = "P-30"


@pytest.fixture
def audited(lived: Path, tmp_path: Path) -> Iterator[World]:
    """A town in which somebody audits, and was given one child to look at."""
    town = opened(lived, tmp_path)
    town.tell_of_itself(
        *("person-assigned", "Mon 2 Jan 2012"),
        person_ref=AUDITOR,
        role="auditor",
        from_on="2012-01-02",
    )
    scope = ScopeGiven(
        person=AUDITOR,
        children=(town.ref("CH-0002"), town.own_stream.hex),
        purpose="audit",
        until=moment("Fri 1 Apr 2016 09:00"),
    )
    town.log.append(
        [
            Event(
                authority=CODE,
                kind="authority",
                subject=CODE,
                source="town",
                id="the-scope",
                said=scope,
                occurred_at=town.now,
            )
        ]
    )
    town.show()
    names = {ref: name for ref, (name, _, _) in PEOPLE.items()} | {AUDITOR: "Ada Wren"}
    people = {ref: Person(ref, name, "x@y.example") for ref, name in names.items()}
    parts = town.parts(people=people)
    with serving(parts) as address:
        yield World(town, parts, address)
    town.close()


def fill(page: Page, name: str, typed: str) -> None:
    """Type a moment into its boxes, each reached by Tab."""
    for box, text in zip(("day", "month", "year", "time"), typed.split(), strict=False):
        press_until(page, f"e.id == '{name}-{box}'")
        page.keyboard.type(text)


def test_the_question_is_answered_without_a_mouse(page: Page, audited: World) -> None:
    """From the reference to the files and the board of then; each name pressed is the next bold one."""
    told = TOLD.findall((ROOT / "docs" / "an-auditors-question.md").read_text(encoding="utf-8"))
    be_person(page.context, audited, AUDITOR)
    page.goto(f"{audited.site}/me")
    follow(page, told[0])
    press_until(page, "e.id == 'reference'")
    page.keyboard.type("CH-0002")
    follow(page, told[1])
    expect(page.get_by_text("You are looking at the record as it stands now")).to_be_visible()
    follow(page, told[2])
    fill(page, "known-by", "7 1 2016 9am")
    fill(page, "known-by-2", "9 1 2016 9am")
    follow(page, told[3])
    expect(page.get_by_text("It is not late after all").first).to_be_visible()
    follow(page, told[4])
    follow(page, told[5])
    choose(page, told[6])
    with page.expect_download() as kept:
        follow(page, told[7], leads_on=False)
    follow(page, told[8])
    follow(page, told[9])
    press_until(page, "e.id == 'person'")
    page.keyboard.type("Hannah")
    fill(page, "at", "7 1 2016 10am")
    follow(page, told[10])
    expect(page.get_by_text("This is the board that Hannah Brook could see")).to_be_visible()
    shown = page.locator(".daymark-board tbody th").all_inner_texts()
    follow(page, told[11])
    expect(page.get_by_role("heading", name="The authority itself")).to_be_visible()
    follow(page, told[12])
    fill(page, "known-by", "1 12 2015 9am")
    follow(page, told[13])
    expect(page.get_by_text("Became known: Allegation made.").first).to_be_visible()
    stream = audited.town.log.stream(CODE, "reads", AUDITOR)
    looks = [one.event.said for one in audited.town.log.history(stream)]

    assert len(told) == 14
    assert zipfile.ZipFile(io.BytesIO(kept.value.path().read_bytes())).testzip() is None
    assert [text.split()[0] for text in shown] == ["CH-0002"]
    assert "/children/{ref}/export.zip" in {
        one.route for one in looks if isinstance(one, RecordRead)
    }
