"""What ends a clock: a stop meets it, a cancel ends it without meeting it."""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from domain.calendar import midnight
from domain.derived import DAYS, by_itself
from domain.matching import candidates, holds, matching, same
from domain.run import Run
from domain.standing import Standing
from domain.timescales import Trigger

BY_ITSELF: Final = frozenset({"turned-18", "the-duty-ended"})
"""What ends a clock on a day that is known long before it comes."""

BACK: Final = "missing-episode-ended"
"""What a reopening undoes: the child had not come back after all."""

CLOSED_WITH_THE_CASE: Final = frozenset(
    {"front-door", "assessment", "enquiry-and-conference", "protection-plan"}
)


def stopped(run: Run, due_at: datetime) -> tuple[Standing | None, str | None]:
    """The fact that ended a clock and how: the earliest; on a tie a stop beats a cancel.

    A birthday is known years ahead: one that comes after the clock is due must not silence it.
    """
    stop: Standing | None = None
    rule = run.timescale
    earlier = run.gate or rule.anchor_field is not None or rule.earlier_counts
    for trigger in rule.stops:
        one = first_end(trigger, run, earlier=earlier)
        if one is not None and (stop is None or ranked(one) < ranked(stop)):
            stop = one
    cancels = [
        (one, ending)
        for one, ending in cancelling(run)
        if (stop is None or before(one, stop))
        and not (one.name in BY_ITSELF and one.earliest >= due_at)
    ]
    if cancels:
        return min(cancels, key=lambda cancel: cancel[0].earliest)
    return stop, None if stop is None else "met"


def before(cancel: Standing, stop: Standing) -> bool:
    """Whether a cancel surely came before a stop; known only to the same day, they tie."""
    if cancel.to_the_day or stop.to_the_day:
        return cancel.on < stop.on
    return cancel.earliest < stop.earliest


def ranked(one: Standing) -> tuple[datetime, UUID]:
    """The order in which facts happened; ties by event id."""
    return one.earliest, one.event_id


def first_end(trigger: Trigger, run: Run, *, earlier: bool) -> Standing | None:
    """The first fact of a trigger that happened at or after the start, the start itself aside.

    A stop before a meeting, at a gate, and where the rule says so, counts though it came `earlier`.
    """
    if trigger.fact not in run.child.by_name:
        return None
    facts = candidates(trigger, run)
    if earlier:
        return next((one for one in facts if holds(trigger, one, run.child)), None)
    for one in facts[bisect_left(facts, midnight(run.origin.on), key=happened) :]:
        if ends(one, run) and holds(trigger, one, run.child):
            return one
    return None


def happened(one: Standing) -> datetime:
    """When a fact happened, at the earliest."""
    return one.earliest


def ends(one: Standing, run: Run) -> bool:
    """Whether a fact may end a clock: another than its start, and not before it."""
    return not same(one, run.start) and follows(one, run.origin)


def follows(one: Standing, start: Standing) -> bool:
    """Whether a fact happened at or after the start; known only to the day, the same day counts."""
    if one.to_the_day or start.to_the_day:
        return one.on >= start.on
    return one.earliest >= start.earliest


def cancelling(run: Run) -> Iterator[tuple[Standing, str]]:
    """The first of each kind of fact that ends the clock without meeting it."""
    resumed = [
        one.earliest for restart in run.timescale.resumed_by for one in matching(restart, run)
    ]
    for cancel in run.timescale.cancels:
        if not resumed:
            if (one := first_end(cancel, run, earlier=False)) is not None:
                yield one, cancel.ending
            continue
        for one in matching(cancel, run):
            undone = one.name == BACK and one.earliest <= max(resumed)
            if not undone and ends(one, run):
                yield one, cancel.ending
    if run.child.may_end_whole or run.timescale.ends_on is not None:
        for one in whole_child_ends(run):
            if ends(one, run):
                yield one, "cancelled"


def whole_child_ends(run: Run) -> Iterator[Standing]:
    """What ends every clock of a child, but those whose rule survives it."""
    survives, child = run.timescale.survives, run.child
    if "child-died" not in survives:
        yield from child.by_name.get("child-died", ())
    if "turned-18" not in survives and child.turned_18 is not None:
        yield child.turned_18
    if "case-transferred" not in survives:
        for one in child.by_name.get("case-transferred", ()):
            if one.fact.accepted:  # type: ignore[attr-defined]
                yield one
    if run.timescale.thread in CLOSED_WITH_THE_CASE and "case-closed" not in survives:
        mine = getattr(run.start.fact, "referral_ref", None)
        for one in child.by_name.get("case-closed", ()):
            if mine in (None, one.fact.referral_ref):  # type: ignore[attr-defined]
                yield one
    if run.timescale.ends_on is not None:
        on = DAYS[run.timescale.ends_on](child, run.start)
        if on is not None:
            yield by_itself(run.start, "the-duty-ended", on)


def is_provisional(run: Run) -> bool:
    """Whether the duty is not yet certain to bind."""
    if run.timescale.provisional is None:
        return False
    return not any(matching(run.timescale.provisional.firm_on, run))
