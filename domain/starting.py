"""Which clocks a fact starts."""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from domain.calendar import add_months, london_date, midnight
from domain.derived import Child, birth_date, by_itself, out, said
from domain.ending import BACK
from domain.event import engine_realm, event_id
from domain.matching import holds, matching, same
from domain.run import Run
from domain.standing import Standing
from domain.timescales import Start, Timescale, Window

AGES: Final = frozenset({"derived.age_years", "derived.school_age"})
"""What cannot be said of a child whose date of birth is not known."""
QUARTER: Final = 3  # months
QUARTER_ENDED: Final = "quarter-ended"
"""What the calendar says by itself; no source tells it."""
ONE_DAY: Final = timedelta(days=1)


def begun(one: Standing, child: Child) -> Iterator[Run]:
    """What one fact has started, for each reference it carries."""
    for timescale, start in child.authority.policy_on(one.on).starters.get(one.name, ()):
        if not timescale.binds(one.on):
            continue
        vague = not holds(start, one, child)
        if vague and not hangs_on_age(start, one, child):
            continue
        if timescale.kind == "nth-in-window" and not is_nth(timescale, one, child):
            continue
        for run in runs_of(timescale, start, one, child):
            if not is_renewal_of_nothing(run) and not is_rebooking(run):
                yield replace(run, hangs_on_age=True) if vague else run


def hangs_on_age(start: Start, one: Standing, child: Child) -> bool:
    """Whether a fact would start a clock if the child were of a certain age, and no birth date is known."""
    if AGES.isdisjoint(start.where) or birth_date(child) is not None:
        return False
    others = {name: asked for name, asked in start.where.items() if name not in AGES}
    return holds(start.model_copy(update={"where": others}), one, child)


def runs_of(timescale: Timescale, start: Start, one: Standing, child: Child) -> Iterator[Run]:
    """A clock for each reference of the fact that starts it, under its own key."""
    moment = dated(timescale, start, one)
    match = start.match or timescale.match
    key = f"{timescale.id}.{one.event_id}"
    fields = vars(one.fact)
    plural = fields.get(f"{match}s")
    if plural is None or match in fields:
        reference = fields.get(match)
        yield Run(key, timescale, moment, match, reference, child, one, gate=start.gate)
        return
    for reference in plural:
        if "derived.still_missing" in start.where and not out(child, reference, one):
            continue
        mark = hashlib.sha256(reference.encode()).hexdigest()[:12]
        yield Run(f"{key}.{mark}", timescale, moment, match, reference, child, one, gate=start.gate)


def dated(timescale: Timescale, start: Start, one: Standing) -> Standing:
    """The start with the time that counts: when it happened, was recorded, or is said to begin."""
    if timescale.start_from_field is not None:
        begins = getattr(one.fact, timescale.start_from_field)
        return one if begins is None else by_itself(one, one.name, begins)
    if start.timestamp == "occurred":
        return one
    at = one.source_recorded_at or one.recorded_at
    return replace(one, earliest=at, latest=at, on=london_date(at), to_the_day=False)


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
    first = next(matching(run.timescale.starts[0], run), run.start)
    return not same(first, run.start)


def by_calendar(child: Child) -> Iterator[Run]:
    """What the ends of quarters start in an authority's own stream, from its first fact on."""
    authority = child.authority
    for on in quarter_ends(child.facts[0].on, authority.calendar.expires):
        for rule in authority.policy_on(on).started_by_calendar:
            if not rule.binds(on):
                continue
            identity = engine_realm(authority.code), "calendar", f"quarter-ended/{on}"
            ended = by_itself(child.facts[0], QUARTER_ENDED, on)
            start = replace(ended, event_id=event_id(*identity))
            key = f"{rule.id}.{start.event_id}"
            yield Run(key, rule, start, "period_ends_on", on, child, start)


def quarter_ends(first: date, last: date) -> Iterator[date]:
    """The last day of each quarter between two days, both included."""
    day = date(first.year, 1, 1)
    while (day := add_months(day, QUARTER)) - ONE_DAY <= last:
        if day - ONE_DAY >= first:
            yield day - ONE_DAY


def is_nth(timescale: Timescale, one: Standing, child: Child) -> bool:
    """Whether a fact is the nth of its kind within the window, counted afresh after each reset.

    The ordinal is worked out anew from what stands, whatever order it arrived in.
    Every further nth starts a clock of its own.
    """
    window = timescale.window
    assert window is not None
    counted = child.counted.get(id(window))
    if counted is None:
        counted = child.counted[id(window)] = counted_in(window, child)
    if one.event_id in merged_away(child):
        return False
    resets = (
        reset.latest
        for trigger in window.resets_on
        for reset in child.by_name.get(trigger.fact, ())
        if reset.latest <= one.earliest and holds(trigger, reset, child)
    )
    opens = max([midnight(one.on - timedelta(days=window.amount)), *resets])
    here = bisect_right(counted, (one.earliest, one.event_id))
    ordinal = here - bisect_left(counted, (opens, UUID(int=0)))
    return ordinal % window.nth == 0


def counted_in(window: Window, child: Child) -> list[tuple[datetime, UUID]]:
    """When each fact that a window counts happened, oldest first; merged records are left out."""
    away = merged_away(child)
    return [
        (one.earliest, one.event_id)
        for one in child.by_name.get(window.counts.fact, ())
        if holds(window.counts, one, child) and one.event_id not in away
    ]


def merged_away(child: Child) -> set[UUID]:
    """The missing episodes that proved to be part of another: they count for nothing."""
    return {
        started.event_id
        for merged in child.by_name.get("missing-episodes-merged", ())
        for reference in merged.fact.dropped_missing_episode_refs  # type: ignore[attr-defined]
        for started in child.carrying("missing-episode-started", "missing_episode_ref", reference)
    }
