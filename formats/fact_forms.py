"""A fact as the questions of a form, made from its model; the answers are the words of `daymark record`."""

import re
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel

from domain.authority import Authority
from domain.code_sets import CODE_SETS
from domain.event import CONSOLE
from domain.facts.fact import NOT_STATED, CodeSet, Fact, marks
from domain.facts.vocabulary import FACTS
from domain.standing import Standing
from domain.words import say_fields, say_role
from formats.cloudevents import definition

Kind = Literal["one", "several", "yes-no", "day", "moment", "reference", "references", "text"]
NEW: Final = "new"
"""The answer by which a fact begins a thread of its own: Daymark makes its reference."""
NAMED: Final = re.compile(r"\b(?:[A-Z][a-z]+){2,}\b")
"""How a definition names another fact."""
ABBREVIATIONS: Final = frozenset({"cicola", "cse", "dbs", "fgm", "marac"})
"""Words of fields that people write in capitals."""
FEW: Final = 8
"""So many choices stand as radios; more as a list."""
FIRST_OF_ALL: Final = (
    "strategy-meeting-held",
    "return-interview-offered",
    "return-interview-held",
    "return-interview-declined",
    "referral-decided",
)
"""What a co-ordinator records most."""
DUTY: Final = "duty_ref"
"""The reference by which a decision names the thread whose clock it is about."""
BEGINS_ITS_OWN: Final = frozenset({"strategy-meeting-held"})
"""Facts that may name a meeting nobody has called before."""
NOT_HERE: Final = frozenset({"authority", "corrections"})
HAS_ITS_PAGE: Final = frozenset(
    {
        "record-restricted",
        "staff-relation-declared",
        "child-references-joined",
        "child-references-parted",
        "case-heard-at-panel",
        "panel-action-agreed",
        "panel-action-done",
    }
)
"""Facts about a child that another page records, or that need more than one person's word."""


@dataclass(frozen=True)
class Question:
    """One field of a fact, as a form asks it."""

    name: str
    text: str
    kind: Kind
    required: bool
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def few(self) -> bool:
        """Whether all choices can stand on the page."""
        return len(self.choices) <= FEW


def recordable() -> Mapping[str, type[Fact]]:
    """The facts about a child that a person can state through a form."""
    return {
        name: model
        for name, model in FACTS.items()
        if model.THREAD not in NOT_HERE and name not in HAS_ITS_PAGE and can_be_asked(model)
    }


def defined(model: type[Fact]) -> tuple[str, str]:
    """What a fact means and what it is not, with every field and fact it names in words."""
    means, is_not = definition(model)
    return plainly(means), plainly(is_not)


def plainly(text: str) -> str:
    """A definition with the names of the program as people say them: DutyExceptionRecorded too."""
    words = re.sub(NAMED, lambda one: re.sub("(?<=[a-z])(?=[A-Z])", " ", one[0]).lower(), text)
    return say_fields(words)


def can_be_asked(model: type[Fact]) -> bool:
    """Whether every field that must be said is one that a form can ask."""
    return all(
        kind_of(model, name) is not None
        for name, field in model.model_fields.items()
        if field.is_required()
    )


def unstated(authority: Authority, on: date) -> tuple[str, ...]:
    """The facts that no registered source but the console states on a day, what is recorded most first."""
    told = {
        name
        for span in authority.sources
        if span.source != CONSOLE and span.covers(on)
        for name in span.states
    }
    found = [name for name in recordable() if name not in told]
    return tuple(sorted(found, key=lambda name: (name not in FIRST_OF_ALL, name)))


def observed_here(authority: Authority, on: date) -> frozenset[str]:
    """The facts that the console is registered to state on a day."""
    spans = (one for one in authority.sources if one.source == CONSOLE and one.covers(on))
    return frozenset(name for one in spans for name in one.states)


def questions(model: type[Fact], facts: Sequence[Standing]) -> tuple[Question, ...]:
    """What the form of a fact asks about a child of whom these facts stand."""
    found = []
    for name, field in model.model_fields.items():
        if name in Fact.model_fields and not field.is_required():
            continue
        kind = kind_of(model, name)
        if kind is None:
            continue
        choices: tuple[tuple[str, str], ...] = ()
        if kind in {"one", "several"}:
            choices = tuple(labels(model, name).items())
        elif kind in {"reference", "references"}:
            choices = tuple((ref, ref) for ref in known_references(name, facts))
            if may_begin(model, name):
                choices = (*choices, (NEW, "A new one, to which Daymark gives a reference"))
        required = field.is_required()
        found.append(Question(name, asked_as(name), kind, required, choices))
    return tuple(found)


def may_begin(model: type[Fact], name: str) -> bool:
    """Whether a fact may begin the thread that a field names."""
    if name.endswith("_refs"):
        return False
    if name not in {
        model.KEY,
        *(n for n in model.model_fields if n in {"visit_ref", "review_ref"}),
    }:
        return False
    first = next((one for one in FACTS.values() if name == one.KEY), model)
    own = name != model.KEY
    return own or first is model or model.NAME in BEGINS_ITS_OWN


def known_references(name: str, facts: Iterable[Standing]) -> tuple[str, ...]:
    """Every reference of this kind that the child's facts carry, the latest first; of a duty, any."""
    found: dict[str, None] = {}
    alone = name.removesuffix("s")
    for one in reversed([*facts]):
        several = getattr(one.fact, f"{alone}s", None) or ()
        key = one.fact.KEY if alone == DUTY and one.fact.KEY.endswith("_ref") else alone
        for ref in (*several, getattr(one.fact, alone, None), getattr(one.fact, key, None)):
            if ref is not None:
                found[str(ref)] = None
    return tuple(found)


def labels(model: type[Fact], name: str) -> dict[str, str]:
    """The codes of a field in words, no two alike; that it is not stated belongs to every set."""
    (mark,) = marks_of(model, name)
    # Labels of roles say what a role may do, and several may do the same: a role is called by its name.
    found = {
        code: say_role(code) if mark.name == "role" else label
        for code, label in CODE_SETS[mark.name].labels.items()
    }
    alike = [*found.values()]
    told = {
        code: label if alike.count(label) == 1 else f"{code.replace('-', ' ')} ({label})"
        for code, label in found.items()
    }
    unsaid = {} if "Not stated" in alike else {NOT_STATED: "Not stated"}
    return {code: text[:1].upper() + text[1:] for code, text in told.items()} | unsaid


def marks_of(model: type[Fact], name: str) -> tuple[CodeSet, ...]:
    """The set that a field takes its codes from, where there is one."""
    found = marks(model, name, CodeSet)
    return found[:1]


def kind_of(model: type[Fact], name: str) -> Kind | None:
    """How a field is asked; nothing where it is more than a form can ask."""
    described = plain(model.model_fields[name].annotation)
    several = get_origin(described) is tuple
    if several:
        described = plain(get_args(described)[0])
    if marks_of(model, name):
        return "several" if several else "one"
    if name.endswith(("_ref", "_refs")) and not name.startswith(("worker", "team", "location")):
        return "references" if several else "reference"
    if several or not isinstance(described, type) or issubclass(described, BaseModel):
        return None
    if issubclass(described, bool):
        return "yes-no"
    if described is AwareDatetime:
        return "moment"
    if issubclass(described, date):
        return "day"
    return "text" if issubclass(described, str | int) else None


def plain(annotation: Any) -> Any:  # noqa: ANN401 - whatever a field is declared as
    """The type within an optional or annotated one."""
    while (origin := get_origin(annotation)) not in {None, tuple, dict}:
        if origin in {Union, types.UnionType}:
            annotation = next(one for one in get_args(annotation) if one is not type(None))
        else:
            annotation = get_args(annotation)[0]
    return annotation


def asked_as(name: str) -> str:
    """A field's name as a question's label."""
    words = name.removesuffix("_refs").removesuffix("_ref").removesuffix("_on")
    text = " ".join(one.upper() if one in ABBREVIATIONS else one for one in words.split("_"))
    return f"Which {text}?" if name.endswith(("_ref", "_refs")) else text[:1].upper() + text[1:]
