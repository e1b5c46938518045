"""How a story is judged: by the shipped policy, with the rule it tells of in use."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final, get_args, get_origin
from uuid import UUID

from pydantic import AwareDatetime

from domain.adoption import CalendarInUse
from domain.authority import Authority
from domain.clocks import Clock, clocks
from domain.event import Event, Recorded
from domain.facts.authority import Sitting
from domain.facts.corrections import FactCorrected, FactWithdrawn
from domain.facts.fact import Fact
from domain.facts.vocabulary import FACTS
from domain.school_terms import read_school_terms
from domain.timescales import Policy, Suspension
from tests.histories import (
    CHILD,
    CODE,
    STORY,
    corrected,
    day,
    england,
    fact,
    here,
    history,
    moment,
    of_authority,
    record,
    source,
    when,
    withdrawn,
)
from tests.spec.chapter import Happened, Paragraph, Said

CHANGES: Final = {FactCorrected.NAME, FactWithdrawn.NAME}


@cache
def switched_on(rule: str, held_by: str = "") -> Policy:
    """The shipped policy with one rule in use, whatever its tier; a role may be let hold its clocks."""
    shipped = england()
    fields = {name: getattr(shipped, name) for name in Policy.model_fields}
    if held_by:
        lets = {"suspension": Suspension(by=(held_by,))}
        fields["timescales"] = tuple(
            one.model_copy(update=lets) if one.id == rule else one for one in shipped.timescales
        )
    return Policy(**(fields | {"switched": {**shipped.switched, rule: True}}))


def judged_under(rule: str, *facts: Recorded, held_by: str = "", terms: str = "") -> Authority:
    """The authority of a story that tells of this rule."""
    found = replace(here(*facts), policy=switched_on(rule, held_by))
    if not terms:
        return found
    adopted = CalendarInUse(UUID(int=0), moment("Mon 2 Sep 2024 09:00"), read_school_terms(terms))
    return replace(found, school_terms=(adopted,))


def told_by(paragraph: Paragraph) -> list[tuple[Said, tuple[Recorded, ...], tuple[Recorded, ...]]]:
    """Each moment at which something must be said, with the child's and the authority's facts till then."""
    ours: list[Recorded] = []
    published: list[Recorded] = []
    found = []
    for line in paragraph.lines():
        if isinstance(line, Said):
            found.append((line, tuple(ours), tuple(published)))
            continue
        one = happened(line, [*ours, *published], about=paragraph.about)
        (ours if one.event.kind == "child" else published).append(one)
    return found


def clocks_of_rule(
    rule: str, paragraph: Paragraph, facts: Sequence[Recorded], published: Sequence[Recorded]
) -> list[Clock]:
    """The clocks of one rule that the facts of a story have started, the oldest first."""
    here_judged = judged_under(rule, *published, held_by=paragraph.held_by, terms=paragraph.terms)
    stream = history(source(), *published) if paragraph.about == "authority" else facts
    found = clocks(stream, here_judged)
    mine = (clock for clock in found if clock.timescale.id == rule)
    return sorted(mine, key=lambda clock: clock.start.earliest)


def happened(line: Happened, before: Sequence[Recorded], *, about: str = "child") -> Recorded:
    """A fact of a story; values are read as the field's own kind."""
    if line.name in CHANGES:
        return changed(line, before)
    fields = read_fields(FACTS[line.name], line.says)
    if about == "authority" or FACTS[line.name].THREAD == "authority":
        return of_authority(line.name, line.when, **fields)
    occurred_at, occurred_on = when(line.when)
    event = Event(
        authority=CODE,
        kind="child",
        subject=CHILD,
        source=STORY,
        id=f"{line.name}@{line.when}{line.says}",
        said=fact(line.name, **fields),
        occurred_at=occurred_at,
        occurred_on=occurred_on,
    )
    return record(event, moment(line.recorded) if line.recorded else None)


def changed(line: Happened, before: Sequence[Recorded]) -> Recorded:
    """A correction or withdrawal of the last fact of the name it gives."""
    said = dict(line.says)
    name = said.pop("of").replace(" ", "-")
    one = [told for told in before if told.event.name == name][-1]
    if line.name == FactWithdrawn.NAME:
        return withdrawn(one, line.when, line.recorded)
    changes: dict[str, Any] = {}
    if "occurred on" in said:
        changes["occurred_on"] = said.pop("occurred on")  # `corrected` reads it as London's day
    changes |= read_fields(FACTS[name], tuple(said.items()))
    return corrected(one, line.when, recorded=line.recorded, **changes)


def read_fields(kind: type[Fact], says: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """What a line says of a fact beyond its name, by field."""
    return {
        name.replace(" ", "_"): read_value(kind, name.replace(" ", "_"), value)
        for name, value in says
    }


def read_value(kind: type[Fact], field: str, value: str) -> Any:
    """A word of a story as its field holds it: several are joined by `and`, a colon in a time is a dot."""
    held = kinds(kind.model_fields[field].annotation)
    if Sitting in held:
        pairs = (one.partition(" closing ") for one in value.split(" and "))
        return [
            {"sits_on": day(sits)} | ({"cutoff_on": day(closes)} if closes else {})
            for sits, _, closes in pairs
        ]
    if tuple in held:
        return tuple(value.split(" and "))
    if bool in held:
        assert value in {"yes", "no"}, f"{field} is yes or no, not {value}"
        return value == "yes"
    if int in held:
        return int(value)
    if AwareDatetime in held:
        return moment(value.replace(".", ":"))  # a colon parts a name from its value
    return value if str in held else day(value)


def kinds(annotation: object) -> set[object]:
    """The types that an annotation is made of."""
    inner = (found for part in get_args(annotation) for found in kinds(part))
    return {get_origin(annotation) or annotation, *inner}
