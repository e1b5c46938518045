"""The form of all that an authority must settle, as a file that a practitioner can fill in.

What stands behind a `#` is not said: a question left so keeps its default, and is still to be settled.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Final

from domain.facts.vocabulary import THREADS
from domain.settling import Question, questions, settled_by
from domain.timescales import Policy, Scalar, Timescale
from domain.unwarned import lost_warnings
from domain.words import say_fields, say_title

PREAMBLE: Final = """\
# What this authority has settled, laid over the national timescales.
# Take the # away from a line to settle it, even where the default is right: then it is yours.
# `daymark settle FILE` says what this file would change; nothing is in force until it is adopted."""

SWITCHES: Final = """\
# Rules to switch on or off. These are shipped and off: take the # away to switch one on.
# Any other rule is switched off by naming it here as false."""


def write_form(
    policy: Policy,
    answers: Mapping[str, Scalar],
    *,
    name: str,
    version: str,
    first: date,
) -> str:
    """The form with these answers, by rule and parameter; the others stand behind a `#`."""
    lines = [
        PREAMBLE,
        f'name = "{name}"',
        f'version = "{version}"',
        "# The first day whose clocks it governs; those that run keep the rules they started under.",
        f"from = {first}",
        *(f"# {sentence}" for sentence in lost_warnings(policy, with_answers(policy, answers))),
    ]
    for title, asked in by_thread(questions(policy)):
        lines += ["", "", f"# {title}", f"# {'-' * len(title)}"]
        for rule, ours in groupby(asked, key=lambda one: one.rule):
            lines += ["", *rule_lines(rule, ours, answers)]
    lines += ["", "", SWITCHES, "[switched]", *switch_lines(policy)]
    return "\n".join(lines) + "\n"


def by_thread(asked: Iterable[Question]) -> Iterator[tuple[str, tuple[Question, ...]]]:
    """The questions of each thread, under its name in words."""
    for thread, ours in groupby(asked, key=lambda one: one.rule.thread):
        yield THREADS.get(thread, thread.replace("-", " ").capitalize()), tuple(ours)


def rule_lines(
    rule: Timescale, asked: Iterable[Question], answers: Mapping[str, Scalar]
) -> Iterator[str]:
    """The questions of one rule."""
    yield f"# {say_title(rule)}. {rule.source.document}."
    yield f"[settled.{rule.id}]"
    for one in asked:
        yield f"# {one.effect.question} {hint(one)}"
        answer = answers.get(one.name)
        shown = written(one.parameter.default if answer is None else answer)
        yield f"{'# ' if answer is None else ''}{one.parameter.name} = {shown}"


def hint(one: Question) -> str:
    """What kind of answer is asked for, its default, and what is said of it."""
    parameter = one.parameter
    kind = " or ".join(one.choices) or parameter.unit.replace("-", " ")
    said = f"({kind}; the default is {written(parameter.default)}: {say_fields(parameter.meaning)})"
    return f"{said} {one.effect.note}" if one.effect.note else said


def written(value: Scalar) -> str:
    """A value as the file has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def with_answers(policy: Policy, answers: Mapping[str, Scalar]) -> Policy:
    """The policy as these answers would settle it."""
    by_rule: dict[str, dict[str, Scalar]] = {}
    for name, value in answers.items():
        rule, _, parameter = name.rpartition(".")
        by_rule.setdefault(rule, {})[parameter] = value
    return settled_by(policy, by_rule)


def switch_lines(policy: Policy) -> Iterator[str]:
    """What is switched already, and what could be switched on."""
    for rule in policy.timescales:
        if rule.id in policy.switched:
            yield f"{rule.id} = {written(policy.switched[rule.id])}"
        elif not policy.in_use(rule):
            yield f"# {rule.id} = true  # {say_title(rule)}"


def answered(policy: Policy) -> dict[str, Scalar]:
    """What a policy has settled already, as the form names it."""
    return {
        one.name: one.parameter.settled
        for one in questions(policy)
        if one.parameter.settled is not None
    }
