"""The page that shows a breach recorded, cured and explained from both moments is run as it stands."""

import re
import shlex
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from assembly import Daymark
from domain.calendar import LONDON
from domain.child_episode import outstanding, perform
from formats.by_hand import build_event
from store.log import Log, open_log
from tests.processes.conftest import Command, show

PAGE: Final = Path(__file__).parents[2] / "docs/a-cured-breach.md"
MOMENT: Final = re.compile(r"\w+day (\d+ \w+ \d{4}) at (\d+[ap]m):")
HASH: Final = re.compile(r"\([0-9a-f]{12}\)")
"""The pack's hash: it changes with every rule, and the story does not."""
CHILD: Final = "CH-7"


def instant(day: str, hour: str) -> datetime:
    """The moment that a day and an hour in London name."""
    told = datetime.strptime(f"{day} {hour}", "%d %B %Y %I%p").replace(tzinfo=LONDON)
    return told.astimezone(UTC)


class Story:
    """The page read from top to bottom, each fact recorded at its own moment."""

    def __init__(self, daymark: Command, parts: Daymark, child: str = CHILD) -> None:
        """Begin before anything was told of a child."""
        self.daymark, self.parts, self.child = daymark, parts, child
        self.now = datetime(2016, 1, 1, tzinfo=UTC)

    def written(self, text: str) -> Iterator[str]:
        """The page as it comes out: its own prose and commands, and what each command says now."""
        with closing(self.log()) as log:
            for line in text.splitlines():
                if moment := MOMENT.match(line):
                    self.work(log, instant(*moment.groups()))
                if line.startswith("    daymark "):
                    yield line
                    yield from self.said(log, shlex.split(line)[1:])
                elif not line.startswith("    "):
                    yield line

    def log(self) -> Log:
        """The same log with a clock that shows the story's moment."""
        of = self.parts
        return open_log(of.settings.database, keys=of.keys, vault=of.vault, now=lambda: self.now)

    def work(self, log: Log, until: datetime) -> None:
        """Do what a worker would do until a moment, each stage when it falls due."""
        while episode := log.episode(self.parts.child(self.child)):
            authority = self.parts.authority()
            due = [one for one in outstanding(episode, authority) if one.at <= until]
            if not due:
                break
            self.now = max(self.now, due[0].at)
            log.save(episode, perform(episode, authority, due[0], self.now))
        self.now = until

    def said(self, log: Log, command: list[str]) -> Iterator[str]:
        """What a command says; a fact by hand is recorded at the moment of the story."""
        if command[0] != "record":
            show(self.parts)
            told = self.daymark(*command)
            assert (told.code, told.err) == (0, "")
            yield from (f"    {line}" for line in told.out.splitlines() if line)
            return
        fact, child, _, at, _, name, *fields = command[1:]
        words = [*fields, f"child={child}", f"time={at}", f"id={name}"]
        code = self.parts.settings.authority
        log.append([build_event(fact, words, authority=code, now=self.now)])
        self.work(log, self.now)


@pytest.fixture
def written(daymark: Command, parts: Daymark) -> str:
    """The page as it comes out."""
    return "\n".join(Story(daymark, parts).written(PAGE.read_text("utf-8"))) + "\n"


def test_the_story_is_told_as_it_happens(written: str) -> None:
    """Recorded at its time, cured by late evidence, and explained from both moments: word for word."""
    assert HASH.sub("", written) == HASH.sub("", PAGE.read_text("utf-8"))


def test_the_story_shows_both_verdicts(written: str) -> None:
    """The same Friday is late by what was known then, and done in time by what is known now."""
    then, now = written.split("## The same clock from both moments")[1].split("The same Friday")

    assert "    Why is this late" in then
    assert "Done in time" in now
    assert "not late after all: it was done in time" in written
