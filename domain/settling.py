"""What an authority must settle: each parameter of the pack, the question, and what the answer changes.

The table is closed: a parameter that is not in it is refused, and one that can change nothing yet says why.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

from domain.timescales import (
    Cancel,
    Parameter,
    Policy,
    Restart,
    Row,
    Scalar,
    Start,
    Timescale,
    Trigger,
)

Table = TypeVar("Table", bound=Row)
AnyTrigger = TypeVar("AnyTrigger", Trigger, Start, Cancel, Restart)

MOST: Final = 9999
"""The largest amount of any unit; more would lead beyond every calendar."""
MAY_BE_NOTHING: Final = frozenset({"due_offset", "minimum_grace"})
NO_TERMS: Final = (
    "it counts school days, and no school terms are adopted: `daymark adopt calendar` adopts them"
)
AWAY: Final = "A"
"""The type of an episode away without authorisation."""
YES: Final = frozenset({"yes", "true"})
NO: Final = frozenset({"no", "false"})


def changed(row: Table, **values: object) -> Table:
    """The row with these fields replaced, checked as if it had been read so."""
    kept = {name: getattr(row, name) for name in type(row).model_fields}
    return type(row).model_validate(kept | values)


def asking(trigger: AnyTrigger, **conditions: object) -> AnyTrigger:
    """The trigger with these conditions as well; nothing takes a condition away."""
    where = {**trigger.where, **conditions}
    return changed(trigger, where={name: one for name, one in where.items() if one is not None})


def amount(rule: Timescale, value: Scalar) -> Timescale:
    """So much is allowed."""
    return changed(rule, amount=value)


def later_by(rule: Timescale, value: Scalar) -> Timescale:
    """What was the limit triggers the duty, which is due so much later."""
    return changed(rule, amount=rule.amount + int(value))


def read_when_counted(rule: Timescale, _value: Scalar) -> Timescale:
    """The count itself asks for the value."""
    return rule


def called_or_held(rule: Timescale, value: Scalar) -> Timescale:
    """Whether calling the meeting meets the duty too."""
    if value == "held":
        return rule
    return changed(rule, stops=(*rule.stops, Trigger(fact="strategy-meeting-called")))


def window(rule: Timescale, value: Scalar) -> Timescale:
    """So many days are looked back over."""
    assert rule.window is not None
    return changed(rule, window=changed(rule.window, amount=value))


def resets(rule: Timescale, value: Scalar) -> Timescale:
    """Whether a meeting begins the count afresh."""
    assert rule.window is not None
    return rule if value else changed(rule, window=changed(rule.window, resets_on=()))


def counts_away(rule: Timescale, value: Scalar) -> Timescale:
    """Whether being away without authorisation counts like being missing."""
    assert rule.window is not None
    if not value:
        return rule
    return changed(
        rule,
        starts=tuple(asking(one, type=("M", AWAY)) for one in rule.starts),
        window=changed(rule.window, counts=asking(rule.window.counts, type=("M", AWAY))),
        cancels=tuple(one for one in rule.cancels if one.where.get("type") != AWAY),
    )


def begins_for_away(rule: Timescale, value: Scalar) -> Timescale:
    """Whether an episode away without authorisation starts the clock too."""
    if not value:
        return rule
    starts = tuple(asking(one, **{"derived.missing_type": None}) for one in rule.starts)
    return changed(rule, starts=starts)


def missing_again(rule: Timescale, value: Scalar) -> Timescale:
    """What a new episode does to the interview still owed for the last one."""
    if value == "cancels":
        return rule
    kept = tuple(one for one in rule.cancels if one.fact != "missing-episode-started")
    return changed(rule, cancels=kept)


def seen(rule: Timescale, field: str) -> Timescale:
    """Only a visit of which this is said counts, wherever the rule asks about visits."""
    conditions = {field: True}

    def of_visits(triggers: tuple[AnyTrigger, ...]) -> tuple[AnyTrigger, ...]:
        return tuple(
            asking(one, **conditions) if one.fact == "visit-made" else one for one in triggers
        )

    return changed(
        rule,
        starts=of_visits(rule.starts),
        stops=of_visits(rule.stops),
        restarts=of_visits(rule.restarts),
    )


def seen_alone(rule: Timescale, value: Scalar) -> Timescale:
    """Whether the child must have been seen alone."""
    return seen(rule, "seen_alone") if value else rule


def declined_counts(rule: Timescale, value: Scalar) -> Timescale:
    """Whether a visit at which the child was not seen counts."""
    return rule if value else seen(rule, "child_seen")


def hard_limit(rule: Timescale, value: Scalar) -> Timescale:
    """However late the next sitting is, it is due by then."""
    assert rule.sitting is not None
    limit = changed(rule.sitting.hard_limit, amount=value)
    return changed(rule, amount=value, sitting=changed(rule.sitting, hard_limit=limit))


class Effect(NamedTuple):
    """The question that a parameter asks, and what its answer does to its rule."""

    question: str
    change: Callable[[Timescale, Scalar], Timescale] | None = None
    why_not: str = ""
    """Why the answer changes nothing yet."""
    counts_in: str = ""
    """The figure that the answer changes, where it changes no clock."""

    @property
    def note(self) -> str:
        """What is to be known of an answer that changes no clock, as a sentence; else nothing."""
        if self.counts_in:
            return f"It changes no clock: it counts in the figure “{self.counts_in}”."
        return f"It changes nothing yet: {self.why_not}." if self.why_not else ""


EFFECTS: Final[Mapping[str, Effect]] = MappingProxyType(
    {
        "amount": Effect("How long is allowed?", amount),
        "due_offset": Effect(
            "How long after the trigger is the meeting due? 0 means by the trigger itself.",
            later_by,
        ),
        "stop_counts_when": Effect(
            "Is it done when the meeting is held, or already when it is called?", called_or_held
        ),
        "window": Effect("Over how many days are the occasions counted?", window),
        "counter_resets_on_meeting": Effect(
            "Does a strategy meeting begin the count afresh?", resets
        ),
        "count_away_without_authorisation": Effect(
            "Does being away without authorisation count as an occasion?", counts_away
        ),
        "away_without_authorisation": Effect(
            "Is the interview owed after being away without authorisation too?", begins_for_away
        ),
        "missing_again": Effect(
            "When the child goes missing again first, is the interview still owed?", missing_again
        ),
        "seen_alone_required": Effect(
            "Does a visit count only where the child was seen alone?", seen_alone
        ),
        "declined_visit_counts": Effect(
            "Does a visit count where the child was not seen?", declined_counts
        ),
        "minimum_grace": Effect(
            "Late in the day, how long is there at the least?", read_when_counted
        ),
        "hard_limit": Effect(
            "However far off the next panel is, by when must it be at the latest?", hard_limit
        ),
        "agenda_cutoff": Effect(
            "How long before the panel does its agenda close, where its sitting names no day?",
            read_when_counted,
        ),
        "after_28_days": Effect(
            "How often is the review once the child has been missing for 28 days?",
            read_when_counted,
        ),
        "next_reviews": Effect(
            "How long is allowed between the reviews after the first?",
            why_not="only the first review has a clock; a local rule can give the others one",
        ),
        "extension": Effect(
            "For how long may the court extend at a time?",
            why_not="no fact says yet that the court has extended the proceedings",
        ),
        "second_threshold": Effect(
            "After how long is a plan counted once more as open for long?",
            counts_in="Plans open for long",
        ),
    }
)
"""Every parameter by its name; the same name means the same wherever it stands."""


class Question(NamedTuple):
    """One thing an authority must settle, and how it now stands."""

    rule: Timescale
    parameter: Parameter
    effect: Effect

    @property
    def name(self) -> str:
        """How the form names it: rule and parameter."""
        return f"{self.rule.id}.{self.parameter.name}"

    @property
    def choices(self) -> tuple[str, ...]:
        """The answers there are; none where an amount is asked for."""
        return choices(self.parameter)


class Off(NamedTuple):
    """A rule that starts no clock, or whose clocks cannot be counted, and why."""

    rule: Timescale
    reason: str


def questions(policy: Policy) -> tuple[Question, ...]:
    """Everything to be settled, in the order of the pack."""
    return tuple(
        Question(rule, parameter, EFFECTS[parameter.name])
        for rule in policy.timescales
        for parameter in rule.parameters
    )


def unsettled(policy: Policy) -> tuple[Question, ...]:
    """What still stands at its default, which is a default and not law."""
    return tuple(one for one in questions(policy) if one.parameter.settled is None)


def off(policy: Policy, *, terms: bool = False) -> Iterator[Off]:
    """Each rule that judges nobody, with the reason; `terms` says whether school terms are adopted."""
    for rule in policy.timescales:
        if policy.switched.get(rule.id) is False:
            yield Off(rule, f"switched off by {policy.name} {policy.version}")
        elif rule.unit == "school-days" and not terms:
            yield Off(rule, NO_TERMS)
        elif not policy.in_use(rule):
            yield Off(rule, "optional: an authority may switch it on")


def settle(rule: Timescale, values: Mapping[str, Scalar]) -> Timescale:
    """The rule as an authority has settled it; the values are answers that have been read."""
    parameters = tuple(
        changed(one, settled=values.get(one.name, one.settled)) for one in rule.parameters
    )
    found = changed(rule, parameters=parameters)
    for parameter in rule.parameters:
        change = EFFECTS[parameter.name].change
        if change is not None and parameter.name in values:
            found = change(found, values[parameter.name])
    return found


def settled_by(policy: Policy, answers: Mapping[str, Mapping[str, Scalar]]) -> Policy:
    """The policy with these answers laid into its rules."""
    rules = [
        settle(one, answers[one.id]) if one.id in answers else one for one in policy.timescales
    ]
    kept = {name: getattr(policy, name) for name in Policy.model_fields}
    return Policy.model_validate(kept | {"timescales": tuple(rules)})


def choices(parameter: Parameter) -> tuple[str, ...]:
    """The answers a parameter allows; none where it asks for an amount."""
    if parameter.unit == "boolean":
        return ("true", "false")
    return tuple(parameter.unit.split(" or ")) if " or " in parameter.unit else ()


def read_answer(parameter: Parameter, said: object) -> Scalar:
    """An answer as the rule needs it; ValueError with a sentence where it cannot be one."""
    if parameter.unit == "boolean":
        return yes_or_no(said)
    if allowed := choices(parameter):
        if said not in allowed:
            message = f"choose {' or '.join(allowed)}"
            raise ValueError(message)
        return str(said)
    return whole_number(said, parameter)


def yes_or_no(said: object) -> bool:
    """True or false, as a file or a form says it."""
    word = str(said).strip().lower()
    if word not in YES | NO:
        message = "say true or false"
        raise ValueError(message)
    return word in YES


def whole_number(said: object, parameter: Parameter) -> int:
    """An amount, with or without its unit: `10`, `10 working days`."""
    unit = parameter.unit.replace("-", " ")
    found = re.fullmatch(r"\s*(\d{1,9})\s*([a-z -]*)", str(said).lower())
    if found is None or isinstance(said, bool):
        message = f"say a whole number of {unit}, such as {parameter.default}"
        raise ValueError(message)
    named = found[2].strip().replace("-", " ")
    if named.removesuffix("s") not in {"", unit.removesuffix("s")}:
        message = f"it is counted in {unit}: for {named} replace the rule itself"
        raise ValueError(message)
    number, least = int(found[1]), 0 if parameter.name in MAY_BE_NOTHING else 1
    if not least <= number <= MOST:
        message = f"say a number of {unit} between {least} and {MOST}"
        raise ValueError(message)
    return number


class Difference(NamedTuple):
    """One thing in which two packs differ."""

    rule: str
    what: str
    was: str
    now: str


def differences(before: Policy, after: Policy) -> Iterator[Difference]:
    """What another pack would change, rule by rule; what only confirms a default is there too."""
    for rule in after.timescales:
        old = before.by_id.get(rule.id)
        if old is None:
            yield Difference(rule.id, "rule", "", "added")
            continue
        if before.in_use(old) != after.in_use(rule):
            used = after.in_use(rule)
            yield Difference(rule.id, "in use", on_or_off(not used), on_or_off(used))
        yield from answers_that_differ(old, rule)
        yield from keys_that_differ(old, rule)
    for name in before.by_id:
        if name not in after.by_id:
            yield Difference(name, "rule", "", "dropped")


def on_or_off(used: bool) -> str:  # noqa: FBT001  (it is the word for one)
    """Whether a rule is in use, in a word."""
    return "on" if used else "off"


def answers_that_differ(old: Timescale, new: Timescale) -> Iterator[Difference]:
    """Each question that is settled otherwise, or for the first time."""
    known = {one.name: one for one in old.parameters}
    for one in new.parameters:
        if one.name in known and one.settled != known[one.name].settled:
            yield Difference(new.id, one.name, said(known[one.name]), said(one))


def said(parameter: Parameter) -> str:
    """The value that counts, and whether it is only the default."""
    value = str(parameter.value).lower() if isinstance(parameter.value, bool) else parameter.value
    return f"{value} (default)" if parameter.settled is None else str(value)


def keys_that_differ(old: Timescale, new: Timescale) -> Iterator[Difference]:
    """What else of a rule is otherwise; an allowance is said whole."""
    if old.allowance != new.allowance:
        yield Difference(new.id, "allowance", old.allowance, new.allowance)
    for key in type(new).model_fields:
        if key in {"parameters", "amount", "unit"} or getattr(old, key) == getattr(new, key):
            continue
        yield Difference(new.id, key, "", "changed")
