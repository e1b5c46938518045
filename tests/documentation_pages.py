"""The pages of docs/ that are worked out from the code's own tables: settings, commands, metrics.

`make docs` writes them; tests/test_documentation.py fails when they are stale.
"""

import argparse
import inspect
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cli import parser
from domain.engine_events import EngineEvent
from domain.engine_vocabulary import ENGINE_EVENTS
from domain.facts.fact import guarded_fields
from projections.measures import OF_THE_DISPATCHER, OF_THE_PROJECTOR, OF_THE_WORKER, Measure
from settings import DERIVED, PREFIX, STANDARD, Settings
from web.measures import MEASURES

ROOT = Path(__file__).parent.parent
NOT_BY_HAND = "<!-- Written by `make docs` from {}; change that, not this page. -->"


def pages() -> Mapping[Path, str]:
    """Every page worked out here, by its place."""
    return {
        ROOT / "docs" / "settings.md": settings_page(),
        ROOT / "docs" / "commands.md": commands_page(),
        ROOT / "docs" / "metrics.md": metrics_page(),
        ROOT / "docs" / "engine-events.md": engine_events_page(),
    }


def settings_page() -> str:
    """Every setting, its default and its meaning."""
    rows = [
        f"| `{PREFIX}{name.upper()}` | {default_of(name)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    rows += [f"| `{name}` | | {meaning} |" for name, meaning in STANDARD.items()]
    return page(
        "Settings",
        "settings.py",
        "Daymark reads its settings from the environment, once, when a process starts.",
        "A name that begins with `DAYMARK_` and is no setting stops it, with the nearest name that is.",
        "`daymark doctor` prints each with its value and where that came from.",
        "",
        "| setting | default | meaning |",
        "|---|---|---|",
        *rows,
    )


def default_of(name: str) -> str:
    """A default as an operator would write it; what the meaning already says stays empty."""
    default = Settings.model_fields[name].default
    if name in DERIVED or default is None:
        return ""
    return f"`{default}`"


def commands_page() -> str:
    """Every command with its words and options."""
    return page(
        "Commands",
        "cli.py",
        "`CHILD` is the case system's reference of a child.",
        "Exit codes: 0 done; 1 something you must look at; 2 the command was wrong.",
        "A breach is an answer, not an error.",
        "With `--json` a command prints one document and nothing else.",
        "`daymark --version` says which release this is.",
        *(line for command in every_command(parser()) for line in section(command)),
    )


def every_command(top: argparse.ArgumentParser) -> Iterator[tuple[argparse.ArgumentParser, str]]:
    """Each command that does something, with its one sentence, in the order `daymark --help` has."""
    for action in top._actions:  # noqa: SLF001 - argparse has no other way to list its commands
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            told = {choice.dest: choice.help or "" for choice in action._choices_actions}  # noqa: SLF001
            for name, command in action.choices.items():
                deeper = list(every_command(command))
                yield from deeper or [(command, told.get(name, ""))]


def section(command: tuple[argparse.ArgumentParser, str]) -> list[str]:
    """One command: what it is for, and what may stand behind it."""
    parsed, sentence = command
    words = [word for word in parsed._actions if shown(word)]  # noqa: SLF001
    rows = [f"| {how_it_is_written(word)} | {told_of(word)} |" for word in words]
    table = ["", "| | |", "|---|---|", *rows] if rows else []
    return ["", f"## `{parsed.prog}`", "", f"{sentence[:1].upper()}{sentence[1:]}.", *table]


def shown(word: argparse.Action) -> bool:
    """Whether a word is for people: not the help that every command has, nor what is hidden."""
    return word.help != argparse.SUPPRESS and not isinstance(word, argparse._HelpAction)  # noqa: SLF001


def told_of(word: argparse.Action) -> str:
    """What a word means, and whether the command needs it."""
    needed = "needed" if word.option_strings and word.required else ""
    return ", ".join(part for part in (word.help, needed) if part)


def how_it_is_written(word: argparse.Action) -> str:
    """A word or an option as somebody types it."""
    value = word.metavar or ("" if word.nargs == 0 else word.dest.upper())
    if word.choices and not word.metavar:
        value = " or ".join(str(choice) for choice in word.choices)
    value = str(value).replace("|", " or ")
    if not word.option_strings:
        return f"`{value}`"
    return f"`{word.option_strings[-1]}{f' {value}' if value else ''}`"


def metrics_page() -> str:
    """Every measure that a process shows."""
    parts = (
        ("The web", "`GET /metrics` at `DAYMARK_WEB` answers them.", MEASURES),
        ("The worker", "The worker answers them at `DAYMARK_METRICS`.", OF_THE_WORKER),
        (
            "The dispatcher",
            "The dispatcher answers them one port after the worker.",
            OF_THE_DISPATCHER,
        ),
        (
            "The projector",
            "The projector answers them two ports after the worker.",
            OF_THE_PROJECTOR,
        ),
    )
    return page(
        "Metrics",
        "web/measures.py` and `projections/measures.py",
        "Every process answers in the text format of Prometheus.",
        "Where `OTEL_EXPORTER_OTLP_ENDPOINT` names a collector, all of it is sent there too.",
        "Temporal's own measures go there with it; of a histogram of the web, its count and sum.",
        "No label carries a child or a person.",
        *(line for title, where, measures in parts for line in measured(title, where, measures)),
    )


def measured(title: str, where: str, measures: Sequence[Measure]) -> Iterator[str]:
    """The measures of one process."""
    yield from ("", f"## {title}", "", where, "")
    yield from ("| measure | kind | labels | meaning |", "|---|---|---|---|")
    for measure in measures:
        labels = ", ".join(measure.labels)
        yield f"| `{measure.name}` | {measure.kind} | {labels} | {measure.help} |"


def engine_events_page() -> str:
    """Everything Daymark itself records, in the words of the events."""
    return page(
        "What Daymark itself records",
        "domain/engine_events.py` and `domain/access_events.py",
        "These events stand in a child's stream beside the facts that were reported, and never change.",
        "Each is recorded once for each clock, version of that clock, and stage.",
        *(line for name, event in ENGINE_EVENTS.items() for line in engine_event(name, event)),
    )


def engine_event(name: str, event: type[EngineEvent]) -> list[str]:
    """One event: what it means, what it is not, and what it carries."""
    meaning = inspect.cleandoc(event.__doc__ or "").replace("\n\n", "\n").splitlines()
    sealed = guarded_fields(event)
    fields = [f"`{field}`{' (sealed)' if field in sealed else ''}" for field in event.model_fields]
    return ["", f"## `{name}`", "", *meaning, f"It carries {', '.join(fields)}."]


def page(title: str, source: str, *lines: str) -> str:
    """A page with its title and the notice that it is not written by hand."""
    return "\n".join((f"# {title}", "", NOT_BY_HAND.format(f"`{source}`"), "", *lines)) + "\n"


if __name__ == "__main__":
    for place, text in pages().items():
        place.write_text(text, encoding="utf-8")
