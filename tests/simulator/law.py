"""The catalogue's rules as the oracle reads them: a second statement, made by hand, of what the packs say."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final

Value = str | bool | int

OFF_IN_SECOND: Final = frozenset({"contact-screening-decision"})
"""What the second pack switches off."""
AGES: Final = frozenset({"derived.age_years", "derived.school_age"})
"""What is asked of a child's age."""
LONG: Final = 10
MORE: Final = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing a sentence asks of a fact: a field, and which values will do."""

    field: str
    how: str
    """`among`, `none-of` or `at-least`."""
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A fact a rule mentions, what is asked of it, and by which reference it belongs."""

    fact: str
    where: tuple[Asked, ...] = ()
    by: str | None = None
    ending: str = "cancelled"
    gate: bool = False
    of_age: bool = False
    """Whether it asks for the child's age."""


@dataclass(frozen=True, slots=True)
class Warned:
    """When somebody is warned: after the start, before the due instant, at a time of that day, or halfway."""

    how: str
    amount: int = 0
    unit: str = ""
    at: str = ""


@dataclass(slots=True)
class Rule:
    """One timescale of the catalogue."""

    id: str
    thread: str
    by: str
    amount: int
    unit: str
    count: str = ""
    """How it is counted where the unit does not say: `inclusive`, `same-day`, `third`, …"""
    panel: str = ""
    closes: tuple[int, str] = (0, "")
    """How long before it sits the agenda of its panel closes where no day is published."""
    starts: list[Mention] = field(default_factory=list)
    stops: list[Mention] = field(default_factory=list)
    cancels: list[Mention] = field(default_factory=list)
    extended: list[Mention] = field(default_factory=list)
    warned: list[Warned] = field(default_factory=list)
    since: date = date.min
    until: date = date.max
    optional: bool = False
    in_danger: bool = False
    """The child may be in danger now: it breaks on time, whatever a feed has still to say."""
    when_recorded: bool = False
    reopened: bool = False
    each_quarter: bool = False
    quota: bool = False
    earlier_counts: bool = False
    renewed_by: str = ""
    stated: str = ""
    begins: str = ""
    sooner: str = ""
    ends_on: str = ""
    switch: tuple[str, int, str] | None = None
    outlives: tuple[str, ...] = ()

    def under(self, pack: str) -> "Rule | None":
        """The same rule in another pack; nothing where that pack has switched it off.

        The second pack gives three working days more where the first gives ten or more.
        """
        if pack == "first":
            return self
        if self.id in OFF_IN_SECOND:
            return None
        longer = self.unit == "working-days" and self.amount >= LONG and not self.count
        return replace(self, amount=self.amount + MORE) if longer else self

    @property
    def hours(self) -> bool:
        """Whether hours that pass are counted, from an instant."""
        return self.unit == "hours" and not self.count


def value(field_name: str, text: str) -> Value:
    """A value as a fact would hold it; codes stay texts, whatever they look like."""
    if text in {"true", "false"}:
        return text == "true"
    counted = field_name == "stage" or field_name.startswith("derived.")
    return int(text) if counted and text.isdigit() else text


def mention(words: list[str], *, gate: bool = False) -> Mention:
    """A fact with its conditions, for example `order-made kind=interim-care @child`."""
    fact, where, by, ending = words[0], [], None, "cancelled"
    if "as" in words:
        ending = words[words.index("as") + 1]
        words = words[: words.index("as")]
    for word in words[1:]:
        if word.startswith("@"):
            by = word[1:]
            continue
        for sign, how in (("!=", "none-of"), (">=", "at-least"), ("=", "among")):
            if sign in word:
                name, _, texts = word.partition(sign)
                where.append(Asked(name, how, tuple(value(name, t) for t in texts.split(","))))
                break
    of_age = any(asked.field in AGES for asked in where)
    return Mention(fact, tuple(where), by, ending, gate, of_age)


def day(text: str, otherwise: date) -> date:
    """A day, or where a dash stands no limit."""
    return otherwise if text == "-" else date.fromisoformat(text)


def read(lines: list[str]) -> Iterator[Rule]:
    """The rules of the written table."""
    rule: Rule | None = None
    for line in lines:
        if line.startswith("rule "):
            if rule is not None:
                yield rule
            rule = headed(line.removeprefix("rule "))
        elif rule is not None and line.strip():
            take(rule, line.split("#")[0].split())
    assert rule is not None
    yield rule


def headed(line: str) -> Rule:
    """The rule that a first line begins."""
    name, thread, by, counted = (part.strip() for part in line.split(" / "))
    amount, unit, *how = counted.split()
    count, panel = (*how, "", "")[:2]
    return Rule(name, thread, by, int(amount), unit, count, panel=panel)


def take(rule: Rule, words: list[str]) -> None:
    """One more sentence of a rule."""
    said, rest = words[0], words[1:]
    match said:
        case "start":
            rule.starts.append(mention(rest))
        case "gate":
            rule.starts.append(mention(rest, gate=True))
        case "stop":
            rule.stops.append(mention(rest))
        case "cancel":
            rule.cancels.append(mention(rest))
        case "extended":
            rule.extended.append(mention(rest))
        case "warn":
            rule.warned.append(warned(rest))
        case "only":
            rule.since, rule.until = day(rest[0], date.min), day(rest[1], date.max)
        case "closes":
            rule.closes = int(rest[0]), rest[1]
        case "switch":
            rule.switch = rest[0], int(rest[1]), rest[2]
        case "outlives":
            rule.outlives = tuple(rest)
        case _:
            plain(rule, said, rest)


WORDS: Final = {
    "renewed-by": "renewed_by",
    "stated": "stated",
    "from": "begins",
    "sooner-of": "sooner",
    "ends-on": "ends_on",
}
MARKS: Final = {
    "off": "optional",
    "in-danger": "in_danger",
    "when-recorded": "when_recorded",
    "reopened": "reopened",
    "each-quarter": "each_quarter",
    "quota": "quota",
    "earlier-counts": "earlier_counts",
}


def plain(rule: Rule, said: str, rest: list[str]) -> None:
    """A sentence of one word, or of a word and its value."""
    if said in MARKS:
        setattr(rule, MARKS[said], True)
    else:
        setattr(rule, WORDS[said], rest[0])


def warned(words: list[str]) -> Warned:
    """When somebody is warned."""
    if words[0] == "half":
        return Warned("half")
    if words[0] == "at":
        return Warned("at", at=words[1])
    return Warned(words[0], int(words[1]), words[2])


RULES: Final = {
    rule.id: rule
    for rule in read((Path(__file__).parent / "law.txt").read_text("utf-8").splitlines())
}
