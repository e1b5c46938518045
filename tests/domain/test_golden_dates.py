"""Dates every release must reproduce: as clocks for the rules in force, else as bare arithmetic."""

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.calendar import add_months, end_of
from domain.clocks import Clock, Verdict, clocks, verdict
from domain.event import Event, Recorded
from tests.histories import (
    CHILD,
    CODE,
    STORY,
    england,
    fact,
    here,
    of_authority,
    record,
    working_days,
)

TABLE = tomllib.loads((Path(__file__).parent / "golden.toml").read_text("utf-8"))
VECTORS: list[dict[str, Any]] = TABLE["vectors"]
RULES = {timescale.id for timescale in england().timescales}
IN_FORCE = [v for v in VECTORS if v["timescale"] in RULES]
ARITHMETIC = [v for v in VECTORS if v["timescale"] not in RULES]
# Where a rule's first trigger needs more than its own words say.
STARTS: dict[str, tuple[str, dict[str, Any]]] = {
    "assessment-45wd": ("referral-received", {}),
    "cp-review-next-6m": ("conference-held", {"kind": "review", "continue_plan": True}),
    "cp-review-first-3m": ("conference-held", {"kind": "initial", "outcome": "cp-plan"}),
}


def happened(name: str, at: str, identity: str = "1", **fields: Any) -> Recorded:
    """A fact at a date or an instant in ISO form."""
    day = date.fromisoformat(at) if "T" not in at else None
    instant = datetime.fromisoformat(at) if day is None else None
    event = Event(
        authority=CODE, kind="child", subject=CHILD, source=STORY, id=identity,
        said=fact(name, **fields), occurred_at=instant, occurred_on=day,
    )  # fmt: skip
    return record(event)


def started(vector: dict[str, Any]) -> list[Recorded]:
    """The facts that start a vector's clock."""
    rule = england().timescale(vector["timescale"])
    trigger = rule.starts[0]
    name, fields = STARTS.get(rule.id, (trigger.fact, {}))
    if not fields:
        fields = {k: v for k, v in trigger.where.items() if not k.startswith("derived.")}
    if "starts" in vector:
        return [happened(name, at, at, missing_episode_ref=at, **fields) for at in vector["starts"]]
    extra: dict[str, Any] = {}
    if rule.id == "cse-macse-next-panel":
        extra = {"exploitation_refs": ("x-1",)}
    if rule.id == "epo-extension-7d":
        extra = {"expires_at": end_of(date.fromisoformat(vector["due"]))}
    if "plan_ref" in type(fact(name)).model_fields:
        extra |= {"plan_ref": "plan-1"}
    return [happened(name, vector["start"], **(fields | extra))]


def clock_of(vector: dict[str, Any], *later: Recorded) -> Clock | None:
    """The clock the vector is about."""
    published = []
    if "sittings" in vector:
        count, calendar = vector["cutoff"]["amount"], working_days()
        days = [date.fromisoformat(one) for one in vector["sittings"]]
        sittings = [{"sits_on": d, "cutoff_on": calendar.back(d, count)} for d in days]
        published = [of_authority("panel-sittings-published", panel="macse", sittings=sittings)]
    found = clocks([*started(vector), *later], here(*published))
    mine = [clock for clock in found if clock.timescale.id == vector["timescale"]]
    return mine[-1] if mine else None


@pytest.mark.parametrize("vector", IN_FORCE, ids=lambda v: v["id"])
def test_golden_date_as_a_clock(vector: dict[str, Any]) -> None:
    """The clock of each golden date is due when the table says, or is not there when it says so."""
    if "stop" in vector:
        held = happened(
            "conference-held", vector["stop"], "2", kind="initial", enquiry_ref="enquiry-1"
        )
        clock = clock_of(vector, held)
        assert clock is not None
        late = Verdict.MET if vector["in_time"] else Verdict.MET_LATE

        assert verdict(clock, end_of(date.fromisoformat(vector["stop"]))) == late
        return
    clock = clock_of(vector)
    if "due" not in vector:
        assert clock is None
        return
    assert clock is not None
    if "T" in vector["due"]:
        assert clock.due_at == datetime.fromisoformat(vector["due"])
    else:
        assert clock.due_at == end_of(date.fromisoformat(vector["due"]))
        assert clock.due_on in (None, date.fromisoformat(vector["due"]))


@pytest.mark.parametrize("vector", ARITHMETIC, ids=lambda v: v["id"])
def test_golden_date_as_arithmetic(vector: dict[str, Any]) -> None:
    """The dates of rules not yet in force follow from the same counting."""
    assert arithmetic(vector) == (vector.get("due") or vector.get("exceeded_on"))


def arithmetic(vector: dict[str, Any]) -> str | None:
    """The due date or instant of a vector, by calendar functions alone."""
    if "breaks" in vector:
        return exceeded(vector)
    if "meeting" in vector:
        meeting = datetime.fromisoformat(vector["meeting"]) - timedelta(hours=vector["amount"])
        return vector["due"] if meeting == datetime.fromisoformat(vector["due"]) else str(meeting)
    start = date.fromisoformat(vector["start"])
    if vector["convention"] == "inclusive-days":
        return (start + timedelta(days=vector["amount"] - 1)).isoformat()
    if "sittings" in vector:
        days = [date.fromisoformat(one) for one in vector["sittings"]]
        cut = timedelta(days=vector["cutoff"]["amount"])
        limit = later(start, vector["hard_limit"]["amount"], vector["hard_limit"]["unit"])
        return min([limit, *(d for d in days if d - cut >= start)]).isoformat()
    due = later(start, vector["amount"], vector["unit"])
    if "switch_on" in vector and due >= date.fromisoformat(vector["switch_on"]):
        due = later(start, vector["switch_amount"], vector["switch_unit"])
    if "other_due" in vector:
        due = min(due, date.fromisoformat(vector["other_due"]))
    return due.isoformat()


def later(start: date, amount: int, unit: str) -> date:
    """So many of a unit after a day."""
    match unit:
        case "working-days":
            return working_days().add(start, amount)
        case "months":
            return add_months(start, amount)
        case "weeks":
            return start + timedelta(weeks=amount)
        case _:
            return start + timedelta(days=amount)


def exceeded(vector: dict[str, Any]) -> str | None:
    """The first day on which a rolling total passes its limit."""
    pairs = [(date.fromisoformat(a), date.fromisoformat(b)) for a, b in vector["breaks"]]
    days = sorted({a + timedelta(days=n) for a, b in pairs for n in range((b - a).days + 1)})
    for one in days:
        since = add_months(one, -vector["window_months"])
        if sum(since < other <= one for other in days) > vector["limit"]:
            return one.isoformat()
    return None


def test_a_bank_holiday_announced_late_moves_the_date() -> None:
    """Without 19 September 2022 the conference of 8 September was due a day earlier."""
    (vector,) = (v for v in VECTORS if "without_holidays" in v)
    calendar = working_days()
    assert calendar.add(date.fromisoformat(vector["start"]), 15).isoformat() == vector["due"]
    removed = date.fromisoformat(vector["without_holidays"][0])
    still_counted = calendar.between(date.fromisoformat(vector["start"]), removed)

    assert calendar.why_not(removed) == "Bank Holiday for the State Funeral of Queen Elizabeth II"
    assert calendar.add(removed, 15 - still_counted - 1).isoformat() == vector["due_without"]


def test_the_bank_holidays_of_the_published_year() -> None:
    """The table's own list of 2015/16 is the calendar's."""
    inside = (date(2015, 4, 1), date(2016, 3, 31))
    found = [d for d in working_days().holidays if inside[0] <= d <= inside[1] and d.weekday() < 5]

    assert [d.isoformat() for d in sorted(found)] == TABLE["bank_holidays_2015_16"]
