"""Which facts a rule's triggers mean."""

from collections.abc import Iterator, Sequence

from domain.derived import VALUES, Child
from domain.facts.whole_child import DutyExceptionRecorded
from domain.run import Run
from domain.standing import Standing
from domain.timescales import AtLeast, Condition, Not, Trigger


def holds(trigger: Trigger, one: Standing, child: Child) -> bool:
    """Whether a fact says what the trigger asks."""
    if not trigger.where:
        return True
    fields = vars(one.fact)
    for name, condition in trigger.where.items():
        asked = VALUES.get(name)
        said = fields[name] if asked is None else asked(child, one)
        if not satisfied(condition, said):
            return False
    return True


def satisfied(condition: Condition, said: object) -> bool:
    """Whether a value is what the condition asks; a field the fact lacks satisfies only `not`."""
    match condition:
        case Not(values=values):
            return said not in values
        case AtLeast(at_least=least):
            return isinstance(said, int) and said >= least
        case tuple():
            return said in condition
        case _:
            return said == condition


def matching(trigger: Trigger, run: Run) -> Iterator[Standing]:
    """The facts that a trigger names and that belong to the clock's thread."""
    for one in candidates(trigger, run):
        if holds(trigger, one, run.child):
            yield one


def candidates(trigger: Trigger, run: Run) -> Sequence[Standing]:
    """The facts of a trigger's name that carry the clock's reference, in the order they happened."""
    if trigger.fact == DutyExceptionRecorded.NAME:
        excepted = run.child.carrying(trigger.fact, "duty_ref", run.reference)
        return [one for one in excepted if one.fact.timescale == run.timescale.id]  # type: ignore[attr-defined]
    match, reference = run.tie(trigger)
    return run.child.carrying(trigger.fact, match, reference)


def same(one: Standing, other: Standing) -> bool:
    """Whether two are the same fact: none stops the clock it starts; a birthday is another."""
    return one.event_id == other.event_id and one.name == other.name
