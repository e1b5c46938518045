"""What a person can record about one clock: what ends it, and what its rule lets change it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from fastapi import Request

from domain.access_rules import Action
from domain.authority import Authority
from domain.child_episode import ChildEpisode
from domain.facts.fact import Fact
from domain.facts.whole_child import ClockResumed, ClockSuspended, DutyExceptionRecorded
from domain.permission import may
from domain.timescales import Timescale, spelled
from domain.words import say_fact, say_title
from formats.fact_forms import DUTY, Question, questions, recordable
from web.console.gate import access
from web.console.pages import Pages
from web.console.telling import Filled

DECIDES: Final = frozenset({ClockSuspended.NAME, ClockResumed.NAME})
"""Facts that name the clock they are about."""
RULE: Final = "timescale"
"""The field by which a decision names the rule of a clock."""
DECIDER: Final = "decided_by_role"
"""The field by which a decision to hold a clock says who made it."""


def ways(
    pages: Pages,
    request: Request,
    rule: Timescale | None,
    episode: ChildEpisode,
    duty: str | None,
) -> list[tuple[str, str]]:
    """Each form with what recording it means; none for whoever may not record about the child.

    A form that decides about a clock is led to with its rule and the thread that it is about.
    """
    let = access(request)
    child = replace(let.record, kind="child")
    allowed = may(let.asker, Action.RECORD, child, let.purpose, pages.parts.now()).allowed
    if rule is None or episode.kind != "child" or not allowed:
        return []
    where, forms = f"/children/{episode.id.hex}/record", recordable()
    of_clock = {"timescale": rule.id} | ({DUTY: duty} if duty else {})
    return [
        (text, f"{where}/{name}" + (f"?{urlencode(of_clock)}" if name in DECIDES else ""))
        for name, text in what(rule).items()
        if name in forms
    ]


def led_to(request: Request, model: type[Fact]) -> Filled:
    """A form as its address fills it in: who comes from the page of a clock need not say which it is."""
    asked = request.query_params
    return Filled(model.NAME, {name: asked.get(name, "") for name in model.model_fields})


def what(rule: Timescale) -> dict[str, str]:
    """The facts that meet a rule, and those that it lets lengthen or hold it, in words."""
    found = {stop.fact: f"{say_fact(stop.fact)}: it was done" for stop in rule.stops}
    if (longer := rule.extension) is not None:
        more = spelled(longer.amount, longer.unit)
        found[longer.by.fact] = f"{say_fact(longer.by.fact)}: {more} more"
    if rule.suspension is not None:
        found[ClockSuspended.NAME] = "It is held, by the decision of somebody who may"
        found[ClockResumed.NAME] = "It runs on"
    return found


def asked(model: type[Fact], episode: ChildEpisode, authority: Authority) -> tuple[Question, ...]:
    """The questions of a fact's form; one that names a rule is asked about the clocks of the child."""
    found = questions(model, episode.standing)
    if RULE not in {one.name for one in found}:
        return found
    rules = {one.timescale.id: one.timescale for one in episode.clocks(authority)}
    let = [rule for rule in rules.values() if lets(rule, model)]
    return tuple(of_rules(one, let) for one in found)


def lets(rule: Timescale, model: type[Fact]) -> bool:
    """Whether a rule lets a decision change its clocks: hold them, let them run on, or end them."""
    if model.NAME in DECIDES:
        return rule.suspension is not None
    return any(one.fact == DutyExceptionRecorded.NAME for one in rule.cancels)


def of_rules(question: Question, let: Sequence[Timescale]) -> Question:
    """A question as it is asked about the clocks of some rules: which of them, and who may decide it."""
    if question.name == RULE:
        clocks = tuple((rule.id, say_title(rule)) for rule in let)
        return replace(question, text="Which clock?", kind="one", choices=clocks)
    if question.name == DECIDER:
        who = {role for rule in let if rule.suspension is not None for role in rule.suspension.by}
        kept = tuple(one for one in question.choices if one[0] in who)
        return replace(question, text="Who decided it?", choices=kept)
    return question
