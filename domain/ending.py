"""What ends a clock: a stop meets it, a cancel ends it without meeting it."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Final

from domain.calendar import midnight
from domain.derived import DAYS, Enders, by_itself, said
from domain.matching import matching, same
from domain.run import Run
from domain.standing import Standing, happened
from domain.timescales import Provisional

BY_ITSELF: Final = frozenset({"turned-18", "the-duty-ended"})
"""What ends a clock on a day that is known long before it comes."""

BACK: Final = "missing-episode-ended"
"""What a reopening undoes: the child had not come back after all."""

EARLIEST: Final = attrgetter("earliest")

CLOSED_WITH_THE_CASE: Final = frozenset(
    {"front-door", "assessment", "enquiry-and-conference", "protection-plan"}
)


def stopped(run: Run, due_at: datetime) -> tuple[Standing | None, str | None]:
    """The fact that ended a clock and how: the earliest; on a tie a stop beats a cancel.

    A stop before a meeting, at a gate, and where the rule says so, counts though it came `earlier`.
    A birthday is known years ahead: one that comes after the clock is due must not silence it.
    """
    counting = run.counting
    enders = run.child.ends.get(counting) or run.child.enders(run.timescale, counting)
    stop: Standing | None = None
    earlier = run.gate or counting.earlier
    for trigger in enders.stops:
        facts = matching(trigger, run)
        if not facts:
            continue
        one = facts[0] if earlier else first_before(facts, run, None)
        if one is not None and (stop is None or happened(one) < happened(stop)):
            stop = one
    if not (enders.cancels or enders.whole):
        return stop, None if stop is None else "met"
    cancels = [
        (one, ending)
        for one, ending in cancelling(run, enders, stop)
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


def first_before(facts: Sequence[Standing], run: Run, stop: Standing | None) -> Standing | None:
    """The first of these facts that may end a clock and surely came before its stop, if it has one."""
    first = bisect_left(facts, midnight(run.origin.on), key=EARLIEST) if len(facts) > 1 else 0
    for place in range(first, len(facts)):  # no copy of what may be a long list
        one = facts[place]
        if stop is not None and one.earliest > stop.latest:
            return None
        if ends(one, run) and (stop is None or before(one, stop)):
            return one
    return None


def ends(one: Standing, run: Run) -> bool:
    """Whether a fact may end a clock: another than its start, and not before it."""
    origin = run.origin
    if same(one, run.start):
        return False
    # Known only to the day, the same day counts.
    if one.to_the_day or origin.to_the_day:
        return one.on >= origin.on
    return one.earliest >= origin.earliest


def cancelling(run: Run, enders: Enders, stop: Standing | None) -> Iterator[tuple[Standing, str]]:
    """The first of each kind of fact that ends the clock without meeting it."""
    resumed = [one.earliest for restart in enders.resumed_by for one in matching(restart, run)]
    for cancel in enders.cancels:
        if not resumed:
            facts = matching(cancel, run)
            if facts and (one := first_before(facts, run, None)) is not None:
                yield one, cancel.ending
            continue
        for one in matching(cancel, run):
            undone = one.name == BACK and one.earliest <= max(resumed)
            if not undone and ends(one, run):
                yield one, cancel.ending
    if enders.whole:
        for facts in whole_child_ends(run):
            if (one := first_before(facts, run, stop)) is not None:
                yield one, "cancelled"


def whole_child_ends(run: Run) -> Iterator[Sequence[Standing]]:
    """What ends every clock of a child, but those whose rule survives it; each kind as it happened."""
    survives, child = run.timescale.survives, run.child
    if "child-died" not in survives:
        yield child.by_name.get("child-died", ())
    if "turned-18" not in survives and child.turned_18 is not None:
        yield (child.turned_18,)
    if "case-transferred" not in survives:
        yield child.accepted_elsewhere
    if run.timescale.thread in CLOSED_WITH_THE_CASE and "case-closed" not in survives:
        mine = said(run.start, "referral_ref")
        yield (
            child.by_name.get("case-closed", ())
            if mine is None
            else child.carrying("case-closed", "referral_ref", mine)
        )
    if run.timescale.ends_on is not None:
        on = DAYS[run.timescale.ends_on](child, run.start)
        if on is not None:
            yield (by_itself(run.start, "the-duty-ended", on),)


def is_provisional(provisional: Provisional, run: Run) -> bool:
    """Whether the duty is not yet certain to bind."""
    return not matching(provisional.firm_on, run)
