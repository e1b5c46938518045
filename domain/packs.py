"""An authority's own pack, laid over the national one: what it has settled, switched, replaced and added.

Its files are `settled.toml`, which is the form as a file, thread files whose rows replace a national
rule key by key or add a local one, and `ladders.toml`. Each fault is one sentence with file and line.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any, Final, NamedTuple

from pydantic import Field, ValidationError

from domain.errors import UnreadablePolicy
from domain.facts.fact import Day
from domain.holding import why_never_held
from domain.settling import EFFECTS, MOST, read_answer, settled_by
from domain.timescales import (
    LADDERS_FILE,
    PlacedRow,
    Policy,
    Row,
    Scalar,
    Timescale,
    base_of,
    hashed,
    line_of,
    parse,
    policy_of,
    tables,
    thread_of,
)

SETTLED_FILE: Final = "settled.toml"
LOCAL: Final = "local/"
"""What a local file's name begins with where the whole pack is hashed."""
LAW: Final = frozenset(
    {
        "starts",
        "stops",
        "cancels",
        "restarts",
        "amount",
        "unit",
        "convention",
        "kind",
        "sitting",
        "suspension",
    }
)
"""The keys that say what is required: a rule that departs in them is no longer the nation's."""
HEADINGS: Final = frozenset(
    {"history_after_days", "feed_late_after_hours", "exhausted_after", "heard_within_days"}
)
"""What local ladders may say of the whole pack."""

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}$")]


class Form(Row):
    """What `settled.toml` says: whose pack it is, from when, and each answer."""

    name: Name
    version: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
    """It names a folder, so it is letters, digits, dots and dashes."""
    first: Day = Field(alias="from")
    settled: Mapping[str, Mapping[str, Any]] = {}
    switched: Mapping[str, bool] = {}


class Kept(NamedTuple):
    """One version of an authority's pack as it lies on this machine."""

    place: str
    form: Form
    sha256: str


def overlay(national: Mapping[str, str], local: Mapping[str, str]) -> Policy:
    """The national pack as an authority's own files change it.

    Files are named as people should find them; the last part of a name says what a file is.
    Raises UnreadablePolicy.
    """
    form, place = read_form(local)
    texts = {**national, **local}
    head, ladders, rows = tables(national)
    homes: dict[str, str] = {}
    found: list[PlacedRow] = rows
    for file, text in sorted(local.items()):
        match base_of(file):
            case n if n == SETTLED_FILE:
                pass
            case n if n == LADDERS_FILE:
                lay_ladders(file, text, head, ladders, homes)
            case _:
                found = lay_rules(file, text, found)
    known = {str(row.get("id")): row for _, row in found}
    policy = policy_of(
        {
            **head,
            "name": form.name,
            "version": form.version,
            "first_day": form.first,
            "sha256": hash_of(national, local),
            "ladders": ladders,
            "switched": {**head.get("switched", {}), **switched(form, place, local, known)},
        },
        found,
        texts,
        homes,
    )
    check_between(policy, found, texts)
    return settled(policy, form, place, local[place])


def hash_of(national: Mapping[str, str], local: Mapping[str, str]) -> str:
    """The hash of the whole: of the national files, and of the local ones whatever their folder."""
    if not local:
        return hashed(national)
    named = {LOCAL + base_of(file): text for file, text in local.items()}
    return hashed({**national, **named})


def read_form(local: Mapping[str, str]) -> tuple[Form, str]:
    """The form among an authority's files, with the name of its file."""
    place = next((file for file in local if base_of(file) == SETTLED_FILE), None)
    if place is None:
        folder = "".join(next(iter(sorted(local)), "").rpartition("/")[:2])
        message = (
            f"{folder}{SETTLED_FILE}:1: there is no such file,"
            " which says the name, version and first day of the pack: `daymark settle --form` writes one"
        )
        raise UnreadablePolicy(message)
    text = local[place]
    try:
        return Form.model_validate(parse(place, text)), place
    except ValidationError as error:
        faults = error.errors()
        first = next((one for one in faults if one["type"] == "extra_forbidden"), faults[0])
        where = [str(part) for part in first["loc"]]
        line = line_said(text, where)
        message = f"{place}:{line}: {'.'.join(where)}: {first['msg'].removeprefix('Value error, ')}"
        raise UnreadablePolicy(message) from error


def line_said(text: str, where: Sequence[str]) -> int:
    """The line of a file that says the innermost of these names, under the table they lead to."""
    lines = text.splitlines()
    begins, ends = 0, len(lines)
    for n, line in enumerate(lines):
        header = re.fullmatch(r"\s*\[+\s*(.*?)\s*\]+\s*(#.*)?", line)
        if header is None:
            continue
        if begins:
            ends = n
            break
        named = [part.strip("\"' ") for part in header[1].split(".")]
        if named == list(where[: len(named)]):
            begins, where = n + 1, where[len(named) :]
    for name in reversed(where):
        said = re.compile(rf"(^|[\s.\"'{{,]){re.escape(name)}($|[\s.\"'=])")
        for n in range(begins, ends):
            if said.search(lines[n].split("#")[0]):
                return n + 1
    return begins or 1


def lay_ladders(
    file: str,
    text: str,
    head: dict[str, Any],
    ladders: dict[str, Any],
    homes: dict[str, str],
) -> None:
    """Local ladders replace the national ones of the same name, or stand beside them."""
    table = parse(file, text)
    for row in rows_of(file, text, table.pop("ladders", []), "ladders"):
        if homes.get(row["id"]) == file:
            line = line_said(text, [row["id"]])
            message = f"{file}:{line}: {row['id']}: two ladders of one name"
            raise UnreadablePolicy(message)
        ladders[row["id"]] = row
        homes[row["id"]] = file
    for name, value in table.items():
        if name not in HEADINGS:
            line = line_said(text, [name])
            message = f"{file}:{line}: {name}: only [[ladders]] and {', '.join(sorted(HEADINGS))} stand here"
            raise UnreadablePolicy(message)
        head[name] = value
        homes[name] = file


def lay_rules(file: str, text: str, rows: Sequence[PlacedRow]) -> list[PlacedRow]:
    """The rows with those of a local file in the place of the national ones, or after them."""
    table = parse(file, text)
    if stray := sorted(set(table) - {"timescales"}):
        line = line_said(text, [stray[0]])
        message = f"{file}:{line}: {stray[0]}: only [[timescales]] stand here"
        raise UnreadablePolicy(message)
    thread = thread_of(file)
    found = list(rows)
    at = {str(row.get("id")): n for n, (_, row) in enumerate(rows)}
    seen: set[str] = set()
    for row in rows_of(file, text, table.get("timescales", []), "timescales"):
        rule = row["id"]
        refuse_shape(file, text, row, repeated=rule in seen)
        seen.add(rule)
        if rule not in at:
            if "source" not in row:
                line = line_of(text, rule, ["id"])
                message = (
                    f"{file}:{line}: {rule}: a local rule says who requires it: add its source"
                )
                raise UnreadablePolicy(message)
            found.append((file, {"thread": thread} | row))
            continue
        _, replaced = found[at[rule]]
        if replaced["thread"] != thread:
            line = line_of(text, rule, ["id"])
            home = replaced["thread"].replace("-", "_")
            message = f"{file}:{line}: {rule}: replace it in {home}.toml, where it stands"
            raise UnreadablePolicy(message)
        basis = {} if LAW.isdisjoint(row) else {"basis": "local"}
        found[at[rule]] = file, {**replaced, **basis, **row}
    return found


def rows_of(file: str, text: str, rows: object, name: str) -> Iterator[dict[str, Any]]:
    """Each row of a list of tables, which must have an id."""
    if not isinstance(rows, list):
        line = line_said(text, [name])
        message = f"{file}:{line}: {name}: begin each with [[{name}]], in two brackets"
        raise UnreadablePolicy(message)
    for number, row in enumerate(rows):
        if not isinstance(row, dict) or not isinstance(row.get("id"), str):
            heads = [n for n, one in enumerate(text.splitlines(), 1) if f"[[{name}]]" in one]
            line = heads[number] if number < len(heads) else 1
            message = f"{file}:{line}: {name}: each says its id"
            raise UnreadablePolicy(message)
        yield row


def refuse_shape(file: str, text: str, row: Mapping[str, Any], *, repeated: bool) -> None:
    """Refuse a second row of one rule, and an answer that stands outside the form."""
    rule = str(row["id"])
    if repeated:
        line = line_of(text, rule, ["id"])
        message = (
            f"{file}:{line}: {rule}: this id is used twice:"
            " two versions of one rule would be in force over the same days"
        )
        raise UnreadablePolicy(message)
    for one in row.get("parameters", ()):
        if isinstance(one, dict) and "settled" in one:
            line = line_of(text, rule, ["settled"])
            message = f"{file}:{line}: {rule}: answers stand in {SETTLED_FILE}"
            raise UnreadablePolicy(message)
        if isinstance(one, dict) and one.get("name") not in EFFECTS:
            line = line_of(text, rule, ["name"], str(one.get("name")))
            message = f"{file}:{line}: {rule}: no question is called {one.get('name')}"
            raise UnreadablePolicy(message)


def switched(
    form: Form, place: str, local: Mapping[str, str], known: Mapping[str, Any]
) -> Mapping[str, bool]:
    """The rules the form switches on or off, each of which must be known."""
    for rule in form.switched:
        if rule not in known:
            refuse_rule(place, local[place], "switched", rule, known)
    return form.switched


def settled(policy: Policy, form: Form, place: str, text: str) -> Policy:
    """The policy with every answer of the form laid into its rule."""
    rules, values = policy.by_id, {}
    for rule, answers in form.settled.items():
        if rule not in rules:
            refuse_rule(place, text, "settled", rule, rules)
        values[rule] = {
            name: answer_of(rules[rule], name, said, place, text) for name, said in answers.items()
        }
    return settled_by(policy, values)


def refuse_rule(place: str, text: str, table: str, rule: str, known: Mapping[str, Any]) -> None:
    """Say that no rule has this name, and the nearest that is one."""
    line = line_said(text, [table, rule])
    nearest = get_close_matches(rule, known, n=1, cutoff=0)[0]
    message = f"{place}:{line}: {rule} is not a rule: did you mean {nearest}?"
    raise UnreadablePolicy(message)


def answer_of(rule: Timescale, name: str, said: object, place: str, text: str) -> Scalar:
    """One answer of the form, as its rule needs it."""
    parameter = next((one for one in rule.parameters if one.name == name), None)
    try:
        if parameter is not None and (name != "amount" or parameter.unit == rule.unit):
            return read_answer(parameter, said)
        asked = ", ".join(one.name for one in rule.parameters)
        reason = f"this rule asks {asked}" if asked else "this rule asks nothing"
        if parameter is not None:
            reason = (
                f"it asks for {parameter.unit} and the rule counts {rule.unit}: say amount there"
            )
    except ValueError as error:
        reason = str(error)
    line = line_said(text, ["settled", rule.id, name])
    message = f"{place}:{line}: {rule.id}.{name}: {reason}"
    raise UnreadablePolicy(message)


def check_between(policy: Policy, rows: Sequence[PlacedRow], texts: Mapping[str, str]) -> None:
    """Faults that no row shows alone: validity that ends before it begins, and rules that go in a circle."""
    for (file, _), rule in zip(rows, policy.timescales, strict=True):
        if fault := fault_between(rule, policy):
            key, reason = fault
            line = line_of(texts[file], rule.id, [key])
            message = f"{file}:{line}: {rule.id}: {key}: {reason}"
            raise UnreadablePolicy(message)


def fault_between(rule: Timescale, policy: Policy) -> tuple[str, str] | None:
    """The key and the reason of such a fault in one rule; nothing where there is none."""
    if rule.amount > MOST:
        return "amount", f"it is more than {MOST}"
    if rule.suspension is not None and (why_not := why_never_held(rule)) is not None:
        return "suspension", why_not
    first, last = rule.in_force.first, rule.in_force.last
    if first is not None and last is not None and last < first:
        return "in_force", f"it ends on {last} and begins on {first}"
    been = [rule.id]
    while (to_rule := leads_to(policy.by_id.get(been[-1]))) is not None:
        been.append(to_rule)
        if to_rule in been[:-1]:
            return "to_rule", f"it goes in a circle: {' to '.join(been)}"
    if len(been) > 1 and been[1] not in policy.by_id:
        return "to_rule", f"no rule is called {been[1]}"
    return None


def leads_to(rule: Timescale | None) -> str | None:
    """The rule whose amount a rule may give way to."""
    return None if rule is None or rule.switch is None else rule.switch.to_rule


def check_versions(kept: Sequence[Kept]) -> None:
    """Refuse two versions of one name, and two that would be in force over the same days.

    The same version may lie in two places if both hold the same.
    """
    by_version: dict[str, Kept] = {}
    by_day: dict[object, Kept] = {}
    for one in kept:
        known = by_version.setdefault(one.form.version, one)
        if known.sha256 != one.sha256:
            message = (
                f"{one.place}:1: version {one.form.version} lies in {known.place} with other content:"
                " give one of them a version of its own"
            )
            raise UnreadablePolicy(message)
        other = by_day.setdefault(one.form.first, one)
        if other.sha256 != one.sha256:
            message = (
                f"{one.place}:1: from {one.form.first} version {other.form.version} in {other.place}"
                " would be in force over the same days: give one of them another day"
            )
            raise UnreadablePolicy(message)
