"""Clocks held and running on again, judged one day after another for the oracle."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from tests.simulator.days import (
    ONE_DAY,
    is_working,
    london_day,
    midnight,
    midnight_after,
    working_days_on,
)
from tests.simulator.known import Happening, World
from tests.simulator.law import Rule

if TYPE_CHECKING:
    from tests.simulator.oracle import Watch

LONDON: Final = ZoneInfo("Europe/London")
MAY_HOLD: Final = ("service_manager", "team_manager")
"""Who may hold a clock where the tried pack lets anybody."""


def may_be_held(rule: Rule) -> bool:
    """Whether something can be left of a rule's time: counted from its start alone."""
    counted = rule.count in {"", "inclusive", "third"} and rule.unit != "school-days"
    return counted and not (rule.stated or rule.sooner or rule.quota or rule.each_quarter)


def hold(watch: "Watch", world: World) -> None:
    """Leave out of a clock's time every spell in which it was held.

    Held on a day, the days left after it are counted from the day of resumption, which is day 0.
    """
    free = None
    for since in decided("clock-suspended", watch, world):
        if watch.still_held or (free is not None and since.low < free) or since.low >= watch.due:
            continue
        if watch.rule.hours and since.vague:
            continue
        after = [one for one in decided("clock-resumed", watch, world) if not_before(one, since)]
        if not after:
            watch.held.append((since.low, None))
            watch.warnings = [at for at in watch.warnings if at < since.low]
            continue
        free = max(since.low, after[0].low)
        watch.held.append((since.low, free))
        if world.fault != "a hold is not left out":
            move(watch, since, after[0], free)


def decided(name: str, watch: "Watch", world: World) -> list[Happening]:
    """The decisions about a clock by those who may, made no sooner than its time began."""
    begins = midnight(watch.day) if watch.begins_later else watch.start.low
    if watch.rule.when_recorded:
        begins = watch.start.learned
    exact = watch.begins_later or watch.rule.when_recorded or not watch.start.vague
    return [
        one
        for one in world.named(name)
        if one.fields["timescale"] == watch.rule.id
        and (watch.by == "child" or one.fields.get("duty_ref") == watch.reference)
        and (one.fields["decided_by_role"] in MAY_HOLD or world.fault == "anybody may hold a clock")
        and (one.low >= begins if exact and not one.vague else one.day >= watch.day)
    ]


def not_before(one: Happening, other: Happening) -> bool:
    """Whether one came no sooner than another, so far as their days tell."""
    if one.vague or other.vague:
        return one.day >= other.day
    return one.low >= other.low


def move(watch: "Watch", since: Happening, until: Happening, free: datetime) -> None:
    """What lay beyond the hold comes later by its length."""
    if watch.rule.hours:
        length = free - since.low
        watch.due += length
        watch.warnings = [at + length * (at >= since.low) for at in watch.warnings]
        return
    resumed = max(since.day, until.day)

    def later(instant: datetime, *, last: bool) -> datetime:
        """An instant of a day beyond the hold, at the same time of a later day."""
        day = london_day(instant - timedelta(microseconds=1)) if last else london_day(instant)
        if watch.rule.unit == "working-days":
            left, one = 0, since.day
            while one < day:
                one += ONE_DAY
                left += is_working(one, extra=watch.extra)
            moved = working_days_on(resumed, left, extra=watch.extra)
        else:
            moved = day + (resumed - since.day)
        if last:
            return midnight_after(moved)
        clock = instant.astimezone(LONDON)
        return datetime.combine(moved, clock.time(), LONDON)

    watch.due = later(watch.due, last=True)
    moved = [max(free, later(at, last=False)) if at >= since.low else at for at in watch.warnings]
    watch.warnings = [at for at in moved if at < watch.due]
