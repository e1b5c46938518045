"""How many child protection plans were open on a day, and how many of them had been open for long."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from domain.authority import Authority
from domain.calendar import ONE_DAY, add_months, london_date
from domain.due import later
from domain.permission import Visible
from domain.timescales import Policy, Span, spelled
from domain.words import say_day
from projections.timeliness import QUARTER, clocks, day_of, quarters_of, so_many_quarters
from projections.trust import Doubt, none_of
from store.views import Views

RULE: Final = "cp-plan-long-15m"
"""The rule whose clocks run as long as a plan is open; both lengths stand in it."""
SECOND: Final = "second_threshold"
NAME: Final = "long-plans"
TITLE: Final = "Plans open for long"
SOURCE: Final = (
    "Sefton LSCB annual report 2015/16: “The number of children who have been subject of a CP Plan for more"
    " than 15 months has reduced from 10 in March 2015 to 5 in March 2016”; Department for Education,"
    " Characteristics of children in need, plans open for 2 years or more."
)


@dataclass(frozen=True, slots=True)
class Open:
    """The plans that were open at the end of a day, or of one team on the last of the days."""

    of: str
    """The day, or the team; empty for children of no team."""
    plans: int = 0
    longer: int = 0
    """Open for longer than the rule allows before it is noticed."""
    second: int = 0
    """Open for the second length, or longer."""


@dataclass(frozen=True, slots=True)
class LongPlans:
    """The plans open at the end of each quarter and now, and of each team now."""

    days: tuple[Open, ...]
    teams: tuple[Open, ...]
    first_length: str
    second_length: str
    """Both lengths in words, as the pack of today has them; the second empty where it has none."""
    in_use: bool
    """Whether the rule is on by which plans are watched; where it is off none is counted."""

    @property
    def now(self) -> Open:
        """The last of the days."""
        return self.days[-1]


def long_plans(
    views: Views,
    authority: Authority,
    now: datetime,
    *,
    quarters: int = 4,
    team: str | None = None,
    visible: Visible | None = None,
) -> LongPlans:
    """How many plans were open at the end of the quarters before this one and are now, and for how long."""
    today = london_date(now)
    days = [*ends_of(quarters, today), today]
    rows = clocks(views, authority.code, now, RULE, team, visible)
    by_team: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_team.setdefault(row["team"] or "", []).append(row)
    teams = (counted(name, today, by_team[name], authority) for name in sorted(by_team))
    policy = authority.policy_on(today)
    rule, second = policy.timescale(RULE), second_length(policy)
    return LongPlans(
        tuple(counted(day.isoformat(), day, rows, authority) for day in days),
        tuple(one for one in teams if one.plans),
        rule.allowance,
        "" if second is None else spelled(second.amount, second.unit),
        policy.in_use(rule),
    )


def ends_of(quarters: int, today: date) -> Iterator[date]:
    """The last day of each quarter before this one, so many of them less one."""
    first, last = so_many_quarters(quarters, today)
    for quarter in quarters_of(first, last):
        end = add_months(quarter, QUARTER) - ONE_DAY
        if end < today:
            yield end


def counted(of: str, day: date, rows: Sequence[Mapping[str, Any]], authority: Authority) -> Open:
    """The plans open at the end of a day; one that ended on that day is not."""
    found = Counter[str]()
    for row in rows:
        started, due, stopped = (day_of(row, what) for what in ("started", "due", "stopped"))
        assert started is not None
        assert due is not None
        if day < started or (stopped is not None and stopped <= day):
            continue
        second = second_length(authority.policy_on(started))
        found["plans"] += 1
        found["longer"] += due < day
        found["second"] += second is not None and later(started, second, authority.calendar) <= day
    return Open(of, found["plans"], found["longer"], found["second"])


def second_length(policy: Policy) -> Span | None:
    """After how long a plan is counted a second time, as the authority has settled it."""
    for one in policy.timescale(RULE).parameters:
        if one.name == SECOND:
            return Span.model_validate({"amount": one.value, "unit": one.unit})
    return None


def headings(found: LongPlans) -> Iterator[str]:
    """What each number is, in words."""
    yield "Plans open"
    yield f"Open for more than {found.first_length}"
    if found.second_length:
        yield f"Open for {found.second_length} or more"


def lines(found: LongPlans, doubts: Sequence[Doubt]) -> Iterator[tuple[str, ...]]:
    """The table, the same on page, in file and in the command: each day, then each team on the last."""
    for one in found.days:
        yield say_day(date.fromisoformat(one.of)), *none_of(cells(found, one), doubts)
    for one in found.teams:
        name = f"team {one.of}" if one.of else "no team"
        yield name, *none_of(cells(found, one), doubts)


def cells(found: LongPlans, one: Open) -> Iterator[str]:
    """The numbers of a line."""
    numbers = (one.plans, one.longer, one.second)
    for count in numbers if found.second_length else numbers[:2]:
        yield f"{count:,}" if found.in_use else "not counted"


def answer(found: LongPlans, *, sure: bool) -> str:
    """The figure in one sentence; never falsely whole."""
    if not found.in_use:
        return "No plan is counted: the rule of plans open for long is switched off."
    now, second = found.now, ""
    if not (sure or now.plans):
        return "No child protection plan is known to be open. This does not mean that none is."
    if found.second_length:
        second = f", {now.second:,} for {found.second_length} or more"
    known = "" if sure else " This cannot be relied on now."
    return (
        f"{now.plans:,} child protection {'plan is' if now.plans == 1 else 'plans are'} open;"
        f" {now.longer:,} for more than {found.first_length}{second}.{known}"
    )
