"""How long the pure heart takes: one deadline, and one child with a hundred facts."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from math import log
from typing import Any

from benchmarks.measuring import Measured, seconds_each
from domain.authority import Authority
from domain.child_episode import from_history, outstanding
from domain.clocks import clocks, verdict
from domain.event import Recorded
from tests.histories import here, history, told, working_days

MICROSECOND = 1e-6
MILLISECOND = 1e-3
FACTS = 100
MORE_FACTS = (1_000, 5_000)
LONGEST = 5_000
FIRST = date(2025, 1, 6)
LAST = date(2026, 6, 1)
MONTH = 28
STORY = (
    ("contact-received", 0, 9),
    ("referral-received", 0, 11),
    ("referral-decided", 1, 10),
    ("missing-episode-started", 3, 18),
    ("strategy-meeting-held", 4, 14),
    ("missing-episode-ended", 5, 8),
    ("return-interview-held", 7, 15),
    ("section-47-started", 8, 9),
    ("conference-held", 20, 10),
    ("plan-started", 20, 12),
)
"""What happens to a busy child within a month, as day and hour; ten such months make the hundred."""


def measure() -> Iterator[Measured]:
    """The deadline, the child, how both the work and the facts grow, and the plan of a long stream."""
    yield deadline()
    yield child()
    yield from growth()
    yield plan()


def deadline() -> Measured:
    """Fifteen working days from every day of two years, against bare functions over the same days."""
    calendar = working_days()
    starts = [date(2024, 1, 1) + timedelta(days=number) for number in range(730)]
    ordinals = calendar.ordinals
    holidays = set(calendar.holidays)

    def ours() -> None:
        for start in starts:
            calendar.add(start, 15)

    def bare() -> None:
        for start in starts:
            date.fromordinal(ordinals[bisect_right(ordinals, start.toordinal()) + 14])

    def walked() -> None:
        for start in starts:
            day, left = start, 15
            while left:
                day += timedelta(days=1)
                left -= day.weekday() < 5 and day not in holidays  # noqa: PLR2004

    taken = [seconds_each(work, 20) / len(starts) for work in (ours, bare, walked)]
    return Measured(
        "one deadline of 15 working days",
        taken[0],
        MICROSECOND,
        beside=f"bare bisect {taken[1] * 1e6:.2f} us, day by day {taken[2] * 1e6:.2f} us",
    )


def child() -> Measured:
    """Every clock of a child with a hundred facts and its verdict, against merely sorting the facts."""
    authority, facts = busy_child(FACTS)
    now = facts[-1].recorded_at + timedelta(days=1)

    def merely_sort() -> None:
        sorted(facts, key=lambda recorded: recorded.event.occurred_at or now)

    ours, bare = judged(authority, facts, 50), seconds_each(merely_sort, 100)
    many = len(clocks(facts, authority))
    return Measured(
        f"judging a child with {len(facts)} facts ({many} clocks)",
        ours,
        MILLISECOND,
        beside=f"merely sorting the facts {bare * 1e6:.1f} us",
    )


def judged(authority: Authority, facts: tuple[Recorded, ...], repeats: int) -> float:
    """The seconds that every clock of a child and its verdict take."""
    now = facts[-1].recorded_at + timedelta(days=1)

    def judge() -> None:
        for clock in clocks(facts, authority):
            verdict(clock, now)

    return seconds_each(judge, repeats)


def growth() -> Iterator[Measured]:
    """How much longer more facts take, against what n log n allows."""
    authority, facts = busy_child(FACTS)
    least = judged(authority, facts, 10)
    for more in MORE_FACTS:
        authority, facts = busy_child(more)
        ours = judged(authority, facts, 1)
        allowed = more * log(more) / (FACTS * log(FACTS))
        yield Measured(
            f"growth from {FACTS} to {more:,} facts",
            ours / least,
            allowed,
            unit="times",
            beside=f"{ours * 1e3:.1f} ms; n times would be {more / FACTS:.0f}",
        )


def plan() -> Measured:
    """Everything still to be done for a child of a long stream, from the stream as it was read."""
    authority, facts = busy_child(LONGEST)

    def planned() -> None:
        # A fresh episode, so that nothing worked out of the stream before is at hand.
        outstanding(from_history(facts), authority)

    stages = len(outstanding(from_history(facts), authority))
    return Measured(
        f"planning a stream of {LONGEST:,} events ({stages:,} stages)",
        seconds_each(planned, 1),
        100 * MILLISECOND,
    )


def busy_child(many: int) -> tuple[Authority, tuple[Recorded, ...]]:
    """The authority and a child to whom so many facts happened, ten in each month.

    The more there are, the closer together they begin: all under the same rules and one calendar.
    """
    facts = []
    months = many // len(STORY)
    apart = min(MONTH, (LAST - FIRST).days // months)
    for month in range(months):
        for name, day, hour in STORY:
            at = datetime.combine(FIRST, time(hour)) + timedelta(days=apart * month + day)
            facts.append(
                told(name, f"{at:%a} {at.day} {at:%b %Y %H:%M}", **references(name, month))
            )
    facts.sort(key=lambda recorded: recorded.recorded_at)
    return here(), history(*facts)


def references(name: str, month: int) -> dict[str, Any]:
    """The references of a month, so that each month has threads of its own."""
    own: dict[str, dict[str, Any]] = {
        "contact-received": {"contact_ref": f"contact-{month}"},
        "referral-received": {"referral_ref": f"referral-{month}"},
        "referral-decided": {"referral_ref": f"referral-{month}"},
        "missing-episode-started": {"missing_episode_ref": f"missing-{month}"},
        "missing-episode-ended": {"missing_episode_ref": f"missing-{month}"},
        "strategy-meeting-held": {"missing_episode_refs": (f"missing-{month}",)},
        "return-interview-held": {"missing_episode_refs": (f"missing-{month}",)},
        "section-47-started": {"enquiry_ref": f"enquiry-{month}"},
        "conference-held": {"enquiry_ref": f"enquiry-{month}"},
        "plan-started": {"plan_ref": f"plan-{month}"},
    }
    return own[name]
