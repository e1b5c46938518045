"""Every line of every chapter is true."""

from typing import Any

import pytest

from domain.clocks import clocks, verdict
from domain.event import Recorded
from domain.facts.vocabulary import FACTS
from tests.histories import day, england, here, moment, of_authority, told
from tests.spec.book import CHAPTERS, SECTIONS
from tests.spec.chapter import Happened, Paragraph, Section

PARAGRAPHS = [(section, paragraph) for section in SECTIONS for paragraph in section.paragraphs]


@pytest.mark.parametrize(
    ("section", "paragraph"), PARAGRAPHS, ids=[f"{s.timescale}: {p.rule}" for s, p in PARAGRAPHS]
)
def test_story_is_true(section: Section, paragraph: Paragraph) -> None:
    """At each moment told, the clock says what the story says."""
    facts: list[Recorded] = []
    published: list[Recorded] = []
    for line in paragraph.lines():
        if isinstance(line, Happened):
            (published if FACTS[line.name].THREAD == "authority" else facts).append(happened(line))
            continue
        found = [c for c in clocks(facts, here(*published)) if c.timescale.id == section.timescale]
        if line.verdict is None:
            assert found == [], line.when
            continue
        newest = max(found, key=lambda clock: clock.start.earliest)

        assert verdict(newest, moment(line.when)) == line.verdict, line.when


def happened(line: Happened) -> Recorded:
    """A fact of a story; values are read as the field's own kind."""
    fields: dict[str, Any] = {}
    for name, value in line.says:
        fields[name.replace(" ", "_")] = read_value(name, value)
    if FACTS[line.name].THREAD == "authority":
        return of_authority(line.name, line.when, **fields)
    number = f"{line.name}@{line.when}{line.says}"
    return told(line.name, line.when, recorded=line.recorded, identity=number, **fields)


def read_value(name: str, value: str) -> Any:
    """Yes and no, moments, days, sittings and lists of references; else the word itself."""
    if value in {"yes", "no"}:
        return value == "yes"
    if name == "sittings":
        pairs = (one.split(" closing ") for one in value.split(" and "))
        return [{"sits_on": day(sits), "cutoff_on": day(closes)} for sits, closes in pairs]
    if name.endswith(("_at", " at")):
        return moment(value.replace(".", ":"))  # a colon parts a name from its value
    if name.endswith(" on"):
        return day(value)
    return (value,) if name.endswith("refs") else value


def test_every_timescale_has_a_section() -> None:
    """No timescale is in force that nobody has told the story of."""
    assert {rule.id for rule in england().timescales} == {one.timescale for one in SECTIONS}


def test_every_chapter_holds_its_own_thread() -> None:
    """A section stands in the chapter of its rule's thread, and has an example."""
    for chapter in CHAPTERS:
        for section in chapter.sections:
            assert england().timescale(section.timescale).thread == chapter.thread
            assert section.paragraphs
