"""Which facts a rule's triggers mean."""

from collections.abc import Sequence
from typing import Final

from domain.derived import VALUES, Child, said
from domain.facts.whole_child import DutyExceptionRecorded
from domain.run import Run
from domain.standing import Standing
from domain.timescales import Condition, Not, Trigger

EXCEPTED: Final = DutyExceptionRecorded.NAME
"""What names the rule that it excepts, and the thread."""


def holds(trigger: Trigger, one: Standing, child: Child) -> bool:
    """Whether a fact says what the trigger asks."""
    fields = one.fact.__dict__
    for name, value in trigger.plainly:
        if fields[name] != value:
            return False
    return holds_besides(trigger.besides, one, child)


def holds_besides(asked: Sequence[tuple[str, Condition]], one: Standing, child: Child) -> bool:
    """Whether a fact says what is asked beside plain values."""
    for name, condition in asked:
        value = VALUES.get(name)
        said = one.fact.__dict__[name] if value is None else value(child, one)
        if not satisfied(condition, said):
            return False
    return True


def satisfied(condition: Condition, said: object) -> bool:
    """Whether a value is what the condition asks; a field the fact lacks satisfies only `not`."""
    match condition:
        case str() | int():
            return said == condition
        case tuple():
            return said in condition
        case Not(values=values):
            return said not in values
        case _:
            return isinstance(said, int) and said >= condition.at_least


def matching(trigger: Trigger, run: Run) -> Sequence[Standing]:
    """The facts that a trigger names and that belong to the clock's thread, as they happened."""
    child, name = run.child, trigger.fact
    if name not in child.by_name:
        return ()
    if name == EXCEPTED:
        excepted = child.carrying(name, "duty_ref", run.reference)
        rule = run.timescale.id
        return [
            one for one in excepted if said(one, "timescale") == rule and holds(trigger, one, child)
        ]
    match, reference = run.match, run.reference
    if trigger.match is not None and trigger.match != match:
        match, reference = run.tie(trigger.match)
    if not trigger.where:
        return child.carrying(name, match, reference)
    # Every clock of the thread asks the same of the same facts.
    asked = id(trigger), match, reference
    kept = child.matched.get(asked)
    if kept is None:
        facts = child.carrying(name, match, reference)
        kept = child.matched[asked] = [one for one in facts if holds(trigger, one, child)]
    return kept


def same(one: Standing, other: Standing) -> bool:
    """Whether two are the same fact: none stops the clock it starts; a birthday is another."""
    return one.name == other.name and one.event_id == other.event_id
