"""Chapters are both read and run.

A chapter belongs to one thread, a section of it to one timescale.
Each paragraph is a rule in one sentence, and a story that shows the rule.
A story has one line a moment: London time, then a fact that happened or what must be said of the clock then.
A fact may say more in brackets, `(kind: missing)`, and when it was recorded, `recorded Mon 9 Mar 2026 10:00`.
`nothing runs` says that the facts so far start no such clock.
A withdrawal or a correction names the fact it is of: `fact withdrawn (of: child became looked after)`.
Where a rule is no child's, or a paragraph says so, the facts stand in the authority's own stream.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from domain.clocks import Verdict
from domain.facts.vocabulary import FACTS

NOTHING = "nothing runs"


@dataclass(frozen=True)
class Happened:
    """A fact of a story: when, what, and what it says beyond its name."""

    when: str
    name: str
    says: tuple[tuple[str, str], ...]
    recorded: str | None


@dataclass(frozen=True)
class Said:
    """What must be said of the clock at a moment; nothing where none may run."""

    when: str
    verdict: Verdict | None


@dataclass(frozen=True)
class Paragraph:
    """One rule, and a story that shows it."""

    rule: str
    story: str
    about: Literal["child", "authority"] = "child"
    """Whose stream the facts stand in."""
    terms: str = ""
    """The school terms that the authority has adopted, as their table."""
    held_by: str = ""
    """The role whose decision may hold the clock, where the authority's own pack allows one."""

    def lines(self) -> Iterator[Happened | Said]:
        """The story, line by line."""
        for text in self.story.strip().splitlines():
            when, what = (part.strip() for part in text.split("|"))
            yield read(when, what)


@dataclass(frozen=True)
class Section:
    """Everything said of one timescale."""

    timescale: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Chapter:
    """Everything said of one thread."""

    thread: str
    opening: str
    sections: tuple[Section, ...]


LINE = re.compile(r"(?P<name>[a-z0-9 ]+?)(?: \((?P<says>[^)]*)\))?(?:, recorded (?P<recorded>.+))?")


def read(when: str, what: str) -> Happened | Said:
    """One line of a story."""
    if what == NOTHING:
        return Said(when, None)
    found = LINE.fullmatch(what)
    assert found, f"{what!r} is not a line of a story"
    name = found["name"].replace(" ", "-")
    if name not in FACTS:
        return Said(when, Verdict(name))
    pairs = (pair.split(": ") for pair in (found["says"] or "").split("; ") if pair)
    said = tuple((field.strip(), value.strip()) for field, value in pairs)
    return Happened(when, name, said, found["recorded"])
