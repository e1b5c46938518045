"""How long the pure heart takes: one deadline, and one child with a hundred facts."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from benchmarks.measuring import Measured, seconds_each
from domain.authority import Authority
from domain.clocks import clocks, verdict
from domain.event import Recorded
from tests.histories import here, history, told, working_days

MICROSECOND = 1e-6
MILLISECOND = 1e-3
FACTS = 100
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
    """The deadline and the child."""
    yield deadline()
    yield child()


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
    authority, facts = busy_child()
    now = facts[-1].recorded_at + timedelta(days=1)

    def judge() -> None:
        for clock in clocks(facts, authority):
            verdict(clock, now)

    def merely_sort() -> None:
        sorted(facts, key=lambda recorded: recorded.event.occurred_at or now)

    ours, bare = seconds_each(judge, 10), seconds_each(merely_sort, 100)
    many = len(clocks(facts, authority))
    return Measured(
        f"judging a child with {len(facts)} facts ({many} clocks)",
        ours,
        2 * MILLISECOND,
        beside=f"merely sorting the facts {bare * 1e6:.1f} us",
    )


def busy_child() -> tuple[Authority, tuple[Recorded, ...]]:
    """The authority and a child to whom a hundred facts happened over ten months."""
    facts = []
    for month in range(FACTS // len(STORY)):
        for name, day, hour in STORY:
            at = datetime(2025, 1, 6, hour) + timedelta(days=28 * month + day)  # noqa: DTZ001
            facts.append(
                told(name, f"{at:%a} {at.day} {at:%b %Y %H:%M}", **references(name, month))
            )
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
