"""Warnings that can never come: a shorter time leaves them after it is over, or before it begins."""

from collections.abc import Iterator
from typing import Final

from domain.timescales import Policy, Span, Timescale, Warning_, spelled
from domain.words import say_list

DAY: Final = 24  # hours
LONGEST: Final = {
    "working-days": 7 / 5,
    "school-days": 7.0,
    "calendar-days": 1.0,
    "weeks": 7.0,
    "months": 31.0,
}
"""How many days one of a unit can take at the most; holidays are allowed for beside it."""
SHORTEST: Final = {
    "working-days": 1.0,
    "school-days": 1.0,
    "calendar-days": 1.0,
    "weeks": 7.0,
    "months": 28.0,
}
"""How many days one of a unit takes at the least."""
HOLIDAYS: Final = 6
"""A weekend and the days around it on which nobody works, at Easter or Christmas."""


def never_warned(rule: Timescale) -> tuple[Warning_, ...]:
    """The warnings of a rule that surely never come, however its days fall."""
    if rule.kind == "before-a-meeting" or rule.due_from_field is not None:
        return ()  # how long there is says the booking, or the order itself
    return tuple(one for one in rule.warn if never_comes(one, rule))


def never_comes(warning: Warning_, rule: Timescale) -> bool:
    """Whether a warning would come when the clock has surely run out, or before it has surely begun."""
    span = warning.after_start or warning.before_due
    if span is None:
        return False
    after = warning.after_start is not None
    if span.unit == rule.unit and rule.convention not in {"inclusive-days", "same-day"}:
        late = span.amount > rule.amount if after else span.amount >= rule.amount
        return late or (rule.unit == "hours" and span.amount >= rule.amount)
    return at_least(span) >= at_most(rule, whole_days=after or span.unit == "hours")


def at_most(rule: Timescale, *, whole_days: bool) -> float:
    """How many hours a rule can last at the most, the day it starts with its last one or not."""
    if rule.unit == "hours":
        return rule.amount
    holidays = HOLIDAYS if rule.unit in {"working-days", "school-days"} else 0
    days = rule.amount * LONGEST[rule.unit] + holidays
    return (days + (1 if whole_days else 0)) * DAY


def at_least(span: Span) -> float:
    """How many hours a span takes at the least."""
    return span.amount * (1 if span.unit == "hours" else SHORTEST[span.unit] * DAY)


def unwarned(policy: Policy) -> Iterator[Timescale]:
    """The rules in use of which somebody is told, and of which nobody is ever warned."""
    for rule in policy.timescales:
        told = policy.in_use(rule) and bool(policy.ladders[rule.ladder].rungs)
        if told and len(never_warned(rule)) == len(rule.warn):
            yield rule


def lost_warnings(before: Policy, after: Policy) -> Iterator[str]:
    """What a pack takes away of warnings, a sentence for each rule."""
    for rule in after.timescales:
        old = before.by_id.get(rule.id)
        lost = never_warned(rule)
        if old is not None and (lost, rule.warn) == (never_warned(old), old.warn):
            continue
        gone = say_list(list(map(say_warning, lost)), "and")
        allowed = f"{rule.id} allows {rule.allowance}"
        which = f"so its warning {gone} never comes" if lost else "and its warnings were taken out"
        if len(lost) > 1:
            which = f"so its warnings {gone} never come"
        if len(lost) == len(rule.warn) and (lost or (old is not None and old.warn)):
            yield (
                f"{allowed}, {which}: nobody would be warned."
                " Say `warn` for it in a table of its thread, or allow more."
            )
        elif lost:
            yield f"{allowed}, {which}."


def say_warning(warning: Warning_) -> str:
    """When a warning comes, in words."""
    if warning.after_start is not None:
        return f"{spelled(warning.after_start.amount, warning.after_start.unit)} after the start"
    if warning.before_due is not None:
        return f"{spelled(warning.before_due.amount, warning.before_due.unit)} before it is due"
    if warning.after_share is not None:
        return f"when {warning.after_share:.0%} of the time has passed"
    return f"on the day it is due at {warning.on_due_date_at}"
