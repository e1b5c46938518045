"""Which clocks a fact starts."""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID

from domain.calendar import ONE_DAY, add_months, london_date, midnight
from domain.derived import Child, Counted, birth_date, by_itself, out, said
from domain.ending import BACK
from domain.event import engine_realm, event_id
from domain.matching import holds, holds_besides, matching, same
from domain.run import Run
from domain.standing import Standing
from domain.timescales import Beginning, Policy, Timescale, Window

QUARTER: Final = 3  # months
FIRST: Final = 0
"""Comes before every event's number."""
LAST: Final = 2**128 - 1
"""Comes after every event's number."""
QUARTER_ENDED: Final = "quarter-ended"
"""What the calendar says by itself; no source tells it."""


def begun(child: Child) -> dict[str, Run]:
    """What each fact of a child has started, for each reference it carries, by key.

    Two starts of one rule may be satisfied by one fact: it is one clock.
    """
    found: dict[str, Run] = {}
    authority = child.authority
    alone = None if authority.packs else authority.policy
    for one in child.facts:
        policy, fields = alone or authority.policy_on(one.on), one.fact.__dict__
        for begins in policy.starters.get(one.name, ()):
            # Here, not in a function: of all that a fact could start, nearly everything fails at this.
            for name, value in begins.plainly:
                if fields[name] != value:
                    break
            else:
                if begins.first <= one.on <= begins.last:
                    for run in begun_under(begins, policy, one, child):
                        found[run.key] = run
    return found


def begun_under(begins: Beginning, policy: Policy, one: Standing, child: Child) -> Sequence[Run]:
    """What a fact has started under a rule that binds on its day, if it says all else that is asked."""
    vague = False
    if begins.besides and not holds_besides(begins.besides, one, child):
        vague = hangs_on_age(begins, one, child)
        if not vague:
            return ()
    if begins.window is not None and not is_nth(begins.window, one, child):
        return ()
    runs = runs_of(begins, policy, one, child)
    if vague:
        for run in runs:
            run.hangs_on_age = True
    if begins.by_itself:
        return runs
    return [run for run in runs if not (is_renewal_of_nothing(run) or is_rebooking(run))]


def hangs_on_age(begins: Beginning, one: Standing, child: Child) -> bool:
    """Whether a fact would start a clock if the child were of a certain age, and no birth date is known."""
    if begins.whatever_age is None or birth_date(child) is not None:
        return False
    return holds(begins.whatever_age, one, child)


def runs_of(begins: Beginning, policy: Policy, one: Standing, child: Child) -> list[Run]:
    """A clock for each reference of the fact that starts it, under its own key."""
    rule, match, counting, gate = begins.rule, begins.match, begins.counting, begins.gate
    moment = one if begins.as_happened else dated(rule, one)
    calendar = child.authority.calendar
    key = f"{rule.id}.{spelled(one.event_id.int)}"
    fields = one.fact.__dict__
    plural = fields.get(begins.several)
    if plural is None or match in fields:
        alone = fields.get(match)
        return [Run(key, rule, policy, counting, moment, match, alone, child, one, calendar, gate)]
    asks = "derived.still_missing" in begins.start.where
    return [
        Run(
            marked(key, each),
            rule,
            policy,
            counting,
            moment,
            match,
            each,
            child,
            one,
            calendar,
            gate,
        )
        for each in plural
        if not asks or out(child, each, one)
    ]


def marked(key: str, reference: str) -> str:
    """The key of the clock of one of several references, which it does not give away."""
    return f"{key}.{hashlib.sha256(reference.encode()).hexdigest()[:12]}"


@lru_cache(maxsize=50_000)
def spelled(event: int) -> str:
    """An event's id, given as a number, as it stands in keys: a child is judged many times."""
    return str(UUID(int=event))


def dated(timescale: Timescale, one: Standing) -> Standing:
    """The start with the time that counts: when it happened, was recorded, or is said to begin."""
    if timescale.start_from_field is not None:
        begins = getattr(one.fact, timescale.start_from_field)
        return one if begins is None else by_itself(one, one.name, begins)
    at = one.source_recorded_at or one.recorded_at
    return one._replace(earliest=at, latest=at, on=london_date(at), to_the_day=False)


def is_renewal_of_nothing(run: Run) -> bool:
    """Whether a fact that would renew a clock came after its thread had ended."""
    if run.start.name not in run.timescale.renewed_by:
        return False
    return any(
        ended.latest <= run.start.earliest
        and not same(ended, run.start)
        and not undone(ended, run.child)
        for cancel in run.timescale.cancels
        if cancel.match is None
        for ended in matching(cancel, run)
    )


def undone(ended: Standing, child: Child) -> bool:
    """Whether an end of a missing episode was taken back: the child had not come back after all."""
    if ended.name != BACK:
        return False
    reference = said(ended, "missing_episode_ref")
    reopened = child.carrying("missing-episode-reopened", "missing_episode_ref", reference)
    return any(one.earliest >= ended.earliest for one in reopened)


def is_rebooking(run: Run) -> bool:
    """Whether a meeting was booked before: the first booking's clock moves with it."""
    if run.timescale.anchor_field is None:
        return False
    booked = matching(run.timescale.starts[0], run)
    return bool(booked) and not same(booked[0], run.start)


def by_calendar(child: Child) -> Iterator[Run]:
    """What the ends of quarters start in an authority's own stream, from its first fact on.

    A pack that lies there and was never adopted asks for nothing before the first day it names.
    """
    authority = child.authority
    if not child.facts:  # everything it ever told was withdrawn
        return
    first = child.facts[0].on
    if not authority.packs and authority.policy.first_day is not None:
        first = max(first, authority.policy.first_day)
    for on in quarter_ends(first, authority.calendar.expires):
        policy = authority.policy_on(on)
        for rule in policy.started_by_calendar:
            if not rule.binds(on):
                continue
            identity = engine_realm(authority.code), "calendar", f"quarter-ended/{on}"
            ended = by_itself(child.facts[0], QUARTER_ENDED, on)
            start = ended._replace(event_id=event_id(*identity))
            key = f"{rule.id}.{start.event_id}"
            counting = policy.counting[rule.id]
            calendar = authority.calendar
            yield Run(
                key, rule, policy, counting, start, "period_ends_on", on, child, start, calendar
            )


def quarter_ends(first: date, last: date) -> Iterator[date]:
    """The last day of each quarter between two days, both included."""
    day = date(first.year, 1, 1)
    while (day := add_months(day, QUARTER)) - ONE_DAY <= last:
        if day - ONE_DAY >= first:
            yield day - ONE_DAY


def is_nth(window: Window, one: Standing, child: Child) -> bool:
    """Whether a fact is the nth of its kind within the window, counted afresh after each reset.

    The ordinal is worked out anew from what stands, whatever order it arrived in.
    Every further nth starts a clock of its own.
    """
    counted = counts_of(window, child)
    if one.event_id in counted.left_out:
        return False
    return ordinal(window, child, one.earliest, one.event_id.int) % window.nth == 0


def counts_of(window: Window, child: Child) -> Counted:
    """What a window counts of a child, worked out once."""
    counted = child.counted.get(id(window))
    if counted is None:
        counted = child.counted[id(window)] = counted_in(window, child)
    return counted


def ordinal(window: Window, child: Child, at: datetime, last: int = LAST) -> int:
    """How many facts a window counts up to an instant, of those at that instant up to this event."""
    counted = counts_of(window, child)
    opens = midnight(london_date(at) - timedelta(days=window.amount))
    reset = bisect_right(counted.resets, at)
    if reset:
        opens = max(opens, counted.resets[reset - 1])
    here = bisect_right(counted.facts, (at, last))
    return here - bisect_left(counted.facts, (opens, FIRST))


def counted_in(window: Window, child: Child) -> Counted:
    """When each fact that a window counts happened, oldest first; merged records are left out."""
    away = merged_away(child)
    facts = [
        (one.earliest, one.event_id.int)
        for one in child.by_name.get(window.counts.fact, ())
        if holds(window.counts, one, child) and one.event_id not in away
    ]
    resets = [
        reset.latest
        for trigger in window.resets_on
        for reset in child.by_name.get(trigger.fact, ())
        if holds(trigger, reset, child)
    ]
    return Counted(facts, sorted(resets), away)


def merged_away(child: Child) -> set[UUID]:
    """The missing episodes that proved to be part of another: they count for nothing."""
    return {
        started.event_id
        for merged in child.by_name.get("missing-episodes-merged", ())
        for reference in merged.fact.dropped_missing_episode_refs  # type: ignore[attr-defined]
        for started in child.carrying("missing-episode-started", "missing_episode_ref", reference)
    }
