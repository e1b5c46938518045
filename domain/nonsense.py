"""What a rule says in known words and can never mean, so that it would be wrong in silence.

Each fault is the keys it lies under, the word that is wrong, and one sentence.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple, get_args, get_origin

from pydantic import AwareDatetime

from domain.code_sets import CODE_SETS
from domain.facts.fact import CodeSet, marks
from domain.facts.vocabulary import FACTS

if TYPE_CHECKING:
    from domain.timescales import Ladder, Rung, Timescale, Trigger

EXCEPTION: Final = "duty-exception-recorded"
"""It names the rule and the thread in fields of its own, whatever the thread is called."""

UNITS_OF: Final[Mapping[str, str]] = {
    "working-days-day-zero": "working-days",
    "calendar-days-day-zero": "calendar-days",
    "weeks-day-zero": "weeks",
    "months-clamped": "months",
    "elapsed-hours": "hours",
    "inclusive-days": "calendar-days",
    "same-day": "calendar-days",
    "hours-before-meeting": "hours",
    "school-days-first-is-day-one": "school-days",
    "school-days-day-zero": "school-days",
    "before-next-school-day": "school-days",
}
"""What each way of counting counts; the next sitting may be limited in any unit."""

NEEDS: Final[Mapping[str, str]] = {
    "next-sitting": "sitting",
    "nth-in-window": "window",
    "before-a-meeting": "anchor_field",
    "quota": "quota",
    "earliest-of": "earliest_with",
    "cohort": "cohort",
}
"""What a rule of a kind says, and no rule of another kind."""

COUNTED_AS: Final[Mapping[str, str]] = {
    "next-sitting": "next-sitting",
    "before-a-meeting": "hours-before-meeting",
    "same-day": "same-day",
}
"""The kinds that are counted in one way only, and no other kind in that way."""

BESIDE: Final[Mapping[str, str]] = {
    "window": "window",
    "counter_resets_on_meeting": "window",
    "count_away_without_authorisation": "window",
    "hard_limit": "sitting",
    "agenda_cutoff": "sitting",
}
"""The questions whose answer changes another key of the rule, which must be there."""

CLOSES_IN: Final = ("working-days", "calendar-days", "weeks", "months")
"""The units in which it can be said how long before a panel sits its agenda closes."""


class Fault(NamedTuple):
    """What is wrong in a rule, and where."""

    keys: tuple[str, ...]
    word: str
    reason: str


def faults(rule: "Timescale") -> Iterator[Fault]:
    """Everything in one rule that it can never mean."""
    yield from of_its_kind(rule)
    yield from of_its_days(rule)
    yield from of_its_fields(rule)
    for key, trigger in triggers(rule):
        yield from of_its_thread(rule, key, trigger)
    yield from of_its_questions(rule)
    if rule.switch is not None and (rule.switch.to_rule is None) is (
        rule.switch.to_parameter is None
    ):
        yield Fault(("switch",), "", "say one of to_rule and to_parameter")


def of_its_kind(rule: "Timescale") -> Iterator[Fault]:
    """A kind without what it needs, a unit that is not counted so, a clock that nothing starts or ends."""
    for kind, key in NEEDS.items():
        said = bool(getattr(rule, key))
        if said is not (rule.kind == kind):
            reason = f"a rule of kind {kind} says it" if said else f"it lacks {key}"
            yield Fault((key if said else "kind",), rule.kind, reason)
    for kind, convention in COUNTED_AS.items():
        if (rule.kind == kind) is not (rule.convention == convention):
            yield Fault(("convention",), rule.convention, f"kind {kind} is counted by {convention}")
    if rule.kind == "age-switched" and rule.switch is None:
        yield Fault(("kind",), rule.kind, "it lacks switch")
    unit = UNITS_OF.get(rule.convention, rule.unit)
    if unit != rule.unit:
        yield Fault(("unit",), rule.unit, f"{rule.convention} counts {unit}, not {rule.unit}")
    if bool(rule.starts) is (rule.starts_on_calendar is not None):
        yield Fault(("starts",), "", "say one of starts and starts_on_calendar")
    if not rule.stops:
        yield Fault(("stops",), "", "nothing would ever meet it")
    if rule.window is not None and any(one.fact != rule.window.counts.fact for one in rule.starts):
        yield Fault(("window",), "", "it counts another fact than starts the clock")


def of_its_days(rule: "Timescale") -> Iterator[Fault]:
    """Working days and school days in one rule: each is counted by a calendar of its own."""
    spans = [("warn", one.after_start or one.before_due) for one in rule.warn]
    spans.append(("switch", None if rule.switch is None else rule.switch.after))
    units = [(key, span.unit) for key, span in spans if span is not None]
    if rule.extension is not None:
        units.append(("extension", rule.extension.unit))
    wrong = "working-days" if rule.unit == "school-days" else "school-days"
    for key, unit in units:
        if unit == wrong:
            yield Fault((key, "unit"), unit, f"a rule of {rule.unit} counts no {unit}")


def of_its_fields(rule: "Timescale") -> Iterator[Fault]:
    """A field that a rule reads and that no fact of its own holds, or not as a time."""
    starts = [one.fact for one in rule.starts]
    lengthened = [] if rule.extension is None else [rule.extension.by.fact]
    asked = (
        ("due_from_field", [*starts, *lengthened], any, (date, AwareDatetime)),
        ("start_from_field", starts, all, (date,)),
        ("anchor_field", starts[:1], all, (AwareDatetime,)),
    )
    for key, names, enough, kinds in asked:
        field = getattr(rule, key)
        if field is not None and not enough(says(name, field, *kinds) for name in names):
            yield Fault((key,), field, f"{' and '.join(names)} states no such time")
    if rule.quota is not None:
        per = rule.quota.per
        if not all(per in FACTS[name].model_fields for name in starts):
            yield Fault(("quota", "per"), per, f"{' and '.join(starts)} has no field {per}")
        if rule.quota.warn_at is not None and rule.quota.warn_at > rule.quota.limit:
            yield Fault(("quota", "warn_at"), "", f"it is more than the limit, {rule.quota.limit}")


def says(fact: str, field: str, *kinds: type) -> bool:
    """Whether a fact has a field, and it holds one of these kinds."""
    known = FACTS[fact].model_fields.get(field)
    return known is not None and any(holds(known.annotation, kind) for kind in kinds)


def holds(annotation: Any, kind: type) -> bool:  # noqa: ANN401  (it is how Python writes types)
    """Whether a field so annotated holds this kind, perhaps among others and with marks."""
    if annotation is kind or get_origin(annotation) is kind:
        return True
    return any(holds(one, kind) for one in get_args(annotation))


def triggers(rule: "Timescale") -> Iterator[tuple[str, "Trigger"]]:
    """Each fact that a rule ties to its clock, with the key it stands under."""
    for key in ("starts", "stops", "cancels", "restarts"):
        for one in getattr(rule, key):
            yield key, one
    if rule.provisional is not None:
        yield "provisional", rule.provisional.firm_on
    if rule.extension is not None:
        yield "extension", rule.extension.by


def of_its_thread(rule: "Timescale", key: str, trigger: "Trigger") -> Iterator[Fault]:
    """A fact that carries nothing by which it could belong to the clock."""
    match = trigger.match or rule.match
    fields = FACTS[trigger.fact].model_fields
    if match == "child" or match in fields or f"{match}s" in fields:
        return
    if trigger.fact == EXCEPTION and trigger.match is None:
        return
    keys = ("match",) if trigger.match is None else (key, "match")
    yield Fault(keys, match, f"{trigger.fact} has no field {match}")


def of_its_questions(rule: "Timescale") -> Iterator[Fault]:
    """A question that is asked twice, or whose answer would change what the rule does not have."""
    names = [one.name for one in rule.parameters]
    for one in rule.parameters:
        if one.name == "agenda_cutoff" and one.unit not in CLOSES_IN:
            yield Fault(("parameters", "unit"), one.unit, "an agenda closes so many days before")
    for name in names:
        if names.count(name) > 1:
            yield Fault(("parameters", "name"), name, f"{name} is asked twice")
        if name in BESIDE and getattr(rule, BESIDE[name]) is None:
            yield Fault(("parameters", "name"), name, f"{name} asks about a {BESIDE[name]}")
    wanted = None if rule.switch is None else rule.switch.to_parameter
    if wanted is not None and wanted not in names:
        yield Fault(("to_parameter",), wanted, f"no question of the rule is called {wanted}")
    if rule.convention == "same-day" and "minimum_grace" not in names:
        yield Fault(("parameters",), "", "a same-day rule asks minimum_grace")


def never_said(fact: str, field: str, value: object) -> str | None:
    """Why a fact can never say this value in a field; nothing where it can."""
    named = marks(FACTS[fact], field, CodeSet)
    annotation = FACTS[fact].model_fields[field].annotation
    if holds(annotation, tuple):
        return f"{field} is a list, and no rule can ask for what stands in it"
    if named:
        known = CODE_SETS[named[0].name]
        if isinstance(value, str) and known.holds(value):
            return None
        return f"{value} is not among the codes of {named[0].name}"
    for kind, plainly in ((bool, "true or false"), (int, "a whole number")):
        if holds(annotation, kind):
            return None if type(value) is kind else f"{field} is {plainly}, not {value}"
    if any(holds(annotation, kind) for kind in (date, datetime, AwareDatetime)):
        return f"{field} is a time, and no rule can ask for one"
    return None if isinstance(value, str) else f"{field} is a word, not {value}"


def wrong_climb(ladder: "Ladder") -> str | None:
    """Why nobody could be told by a ladder as it says; nothing where they can."""
    numbers = [rung.rung for rung in ladder.rungs]
    if len(set(numbers)) < len(numbers):
        return "two of its rungs have one number"
    units = {climbs_in(rung) for rung in ladder.rungs} - {None}
    if len(units) > 1:
        return f"its rungs count in {' and in '.join(sorted(map(str, units)))}: choose one"
    return None


def climbs_in(rung: "Rung") -> str | None:
    """The unit in which a rung of a breach counts; nothing for one told of warnings."""
    return None if isinstance(rung.told, str) else rung.told.breach.unit
