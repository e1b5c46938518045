"""What a rule allows and how it is counted, in words: the same on page, command, e-mail and in the docs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from domain.timescales import AtLeast, Not, Policy, Timescale, Trigger, spelled
from domain.words import say_fact, say_field, say_list

WORKED_OUT: Final[Mapping[str, str]] = {
    "derived.arrangement_first_anniversary": "first anniversary of the authority’s becoming aware",
    "derived.compulsory_school_age_ends": "end of compulsory school age",
    "derived.fifth_birthday": "fifth birthday",
    "derived.first_looked_after_review": "first looked-after review held",
    "derived.first_protection_review_due": "end of the three months to the first review",
    "derived.missing_since": "day on which the child went missing",
    "derived.placement_first_anniversary": "first anniversary of a placement meant to last to eighteen",
    "derived.private_fostering_age_limit": "sixteenth birthday, or for a disabled child the eighteenth",
}
"""The days a rule may name, in words."""

COUNTED: Final[Mapping[str, str]] = {
    "elapsed-hours": "Every hour counts, including nights, weekends and bank holidays.",
    "hours-before-meeting": "Hours are counted back from the time of the meeting, as last booked.",
    "working-days-day-zero": (
        "The day it starts is day 0; Monday to Friday count, less bank holidays."
    ),
    "inclusive-days": (
        "The day it begins is day 1; every day counts; an end stated in the order wins."
    ),
    "months-clamped": (
        "The same day of the month, or that month’s last day; weekends are not skipped."
    ),
    "same-day": "To the end of the same day, with a little grace late in the evening.",
    "next-sitting": "The first sitting whose agenda is still open, and never later than the limit.",
    "school-days-first-is-day-one": (
        "The first school day is day 1; only days on which the school is open count."
    ),
    "school-days-day-zero": (
        "The day it starts is day 0; only days on which the school is open count."
    ),
    "before-next-school-day": "It runs out when the next school day begins.",
}
"""How each convention counts; every other one is a count of plain days."""
PLAIN_DAYS: Final = "The day it starts is day 0; every day counts."
ORDINALS: Final = {2: "second", 3: "third"}


def how_counted(rule: Timescale) -> str:
    """How days or hours are counted, in one sentence."""
    return COUNTED.get(rule.convention, PLAIN_DAYS)


def how_long(rule: Timescale, start: str) -> str:
    """How long is allowed from what starts it, as a part of a sentence."""
    match rule.kind:
        case "before-a-meeting":
            return f"at least {rule.allowance} before what was booked by {start}"
        case "same-day":
            return f"on the same day as {start}"
        case "next-sitting":
            return f"by {rule.allowance} of {start}"
        case _:
            return f"within {rule.allowance} of {start}"


def besides(rule: Timescale, policy: Policy) -> Iterator[str]:
    """What else decides when a rule runs out, a sentence each."""
    if rule.due_from_field is not None:
        yield f"Where a fact says “{plain(rule.due_from_field)}”, that is when it is due."
    if rule.start_from_field is not None:
        yield f"Where a fact says “{plain(rule.start_from_field)}”, it counts from then."
    if rule.window is not None:
        nth = ORDINALS.get(rule.window.nth, f"{rule.window.nth}th")
        yield f"Every {nth} one within {spelled(rule.window.amount, rule.window.unit)} starts it."
    yield from switches(rule, policy)
    if rule.earliest_with is not None:
        yield f"Where the {plain(rule.earliest_with)} comes sooner, it is due then."
    if rule.extension is not None:
        more = spelled(rule.extension.amount, rule.extension.unit)
        yield f"Lengthened once, by {more}, by: {any_of((rule.extension.by,))}."
    if rule.quota is not None:
        yield f"No more than {rule.quota.limit} days in any {rule.quota.months} months."
        if rule.quota.warn_at is not None:
            yield f"Warned of too when {rule.quota.warn_at} of them are reached."
    if rule.cohort:
        shares = [
            f"{one.share:.0%} within {spelled(one.within.amount, one.within.unit)}"
            for one in rule.cohort
        ]
        yield f"Meant for {say_list(shares, 'and')}."


def switches(rule: Timescale, policy: Policy) -> Iterator[str]:
    """Another time that comes to be allowed from a day on."""
    switch = rule.switch
    if switch is None:
        return
    if switch.to_parameter is not None:
        settled = rule.parameter_of(switch.to_parameter)
        span = switch.after
        after = f"{spelled(span.amount, span.unit)} after the " if span else "the "
        yield (
            f"What starts from {after}{plain(switch.on)} on is allowed"
            f" {spelled(int(settled.value), settled.unit)} instead."
        )
        return
    other = policy.timescale(switch.to_rule or "")
    yield (
        f"Where it would run out on or after the {plain(switch.on)},"
        f" {other.allowance} are allowed instead."
    )


def plain(name: str) -> str:
    """A field, or a date that is worked out, in words."""
    return WORKED_OUT.get(name, name.replace("_", " ").replace("-", " "))


def any_of(triggers: Sequence[Trigger]) -> str:
    """The facts that any of several triggers means, in words."""
    return " or ".join(dict.fromkeys(say_fact(one.fact).lower() for one in triggers))


def what_stops(trigger: Trigger) -> str:
    """A fact that stops a clock, with what it must say."""
    said = [
        say_condition(condition)
        if name == "kind"
        else f"{say_field(name.removeprefix('derived.'))}: {say_condition(condition)}"
        for name, condition in trigger.where.items()
    ]
    return say_fact(trigger.fact) + (f" ({'; '.join(said)})" if said else "")


def say_condition(condition: object) -> str:
    """What a field must say, in words."""
    match condition:
        case True:
            return "yes"
        case False:
            return "no"
        case tuple():
            return say_list([say_condition(one) for one in condition])
        case Not(values=values):
            return f"not {say_condition(values)}"
        case AtLeast(at_least=least):
            return f"{least} or more"
        case _:
            return str(condition).replace("-", " ")
