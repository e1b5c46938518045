"""Every line of every chapter is true."""

import pytest

from domain.clocks import verdict
from tests.histories import england, moment
from tests.spec.book import CHAPTERS, SECTIONS
from tests.spec.chapter import Paragraph, Section
from tests.spec.judging import clocks_of_rule, told_by

PARAGRAPHS = [(section, paragraph) for section in SECTIONS for paragraph in section.paragraphs]


@pytest.mark.parametrize(
    ("section", "paragraph"), PARAGRAPHS, ids=[f"{s.timescale}: {p.rule}" for s, p in PARAGRAPHS]
)
def test_story_is_true(section: Section, paragraph: Paragraph) -> None:
    """At each moment told, the newest clock begun says what the story says."""
    for line, facts, published in told_by(paragraph):
        now = moment(line.when)
        found = clocks_of_rule(section.timescale, paragraph, facts, published)
        begun = [clock for clock in found if clock.start.earliest <= now]

        assert (verdict(begun[-1], now) if begun else None) == line.verdict, line.when


def test_every_timescale_has_a_section() -> None:
    """No timescale stands in the pack that nobody has told the story of."""
    assert sorted(rule.id for rule in england().timescales) == sorted(
        one.timescale for one in SECTIONS
    )


def test_every_chapter_holds_its_own_thread() -> None:
    """A section stands in the chapter of its rule's thread, and has an example."""
    for chapter in CHAPTERS:
        for section in chapter.sections:
            assert england().timescale(section.timescale).thread == chapter.thread
            assert section.paragraphs
