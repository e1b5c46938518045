"""Dates every release must reproduce, as clocks."""

import tomllib
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.authority import Authority
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
# Where a rule's first trigger needs more than its own words say.
STARTS: dict[str, tuple[str, dict[str, Any]]] = {
    "assessment-45wd": ("referral-received", {}),
    "cp-review-next-6m": ("conference-held", {"kind": "review", "continue_plan": True}),
    "cp-review-first-3m": ("conference-held", {"kind": "initial", "outcome": "cp-plan"}),
    "lac-review-second-3m": ("review-held", {"kind": "looked-after", "care_ref": "care-1"}),
    "lac-rha-6m-under5": ("health-assessment-completed", {"kind": "review"}),
    "lac-visit-6w": (
        "visit-made", {"kind": "looked-after", "care_ref": "care-1", "placement_ref": "placement-1"}
    ),
    "pf-visit-6w": ("visit-made", {"kind": "private-fostering", "arrangement_ref": "arrangement-1"}),
}  # fmt: skip


def before(vector: dict[str, Any]) -> list[Recorded]:
    """What must have happened already for a vector's clock to run."""
    rule = vector["timescale"]
    if rule == "cp-review-after-birth":
        made = (date.fromisoformat(vector["other_due"]) - timedelta(days=91)).isoformat()
        return [
            happened("conference-held", made, "made", kind="initial", outcome="cp-plan"),
            happened("plan-started", made, "plan", kind="child-protection"),
        ]
    if "switch_on" not in vector:
        return []
    switched = date.fromisoformat(vector["switch_on"])
    year_before = add_months(switched, -12).isoformat()
    match rule:
        case "lac-rha-6m-under5":
            born = add_months(switched, -60).isoformat()
            return [happened("child-details-recorded", vector["start"], "born", date_of_birth=born)]
        case "lac-visit-6w":
            lasting = {"arrangement": "ordinary", "intended_to_18": True}
            return [happened("placement-started", year_before, "placed", **lasting)]
        case _:
            return [happened("private-fostering-notified", year_before, "notified")]


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
    if "breaks" in vector:
        return [taken for pair in vector["breaks"] for taken in short_break(*pair)]
    if rule.starts_on_calendar:
        return []
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
    if "meeting" in vector:
        booked = "2015-10-01T09:00:00+01:00"
        return [happened(name, booked, scheduled_for=vector["meeting"], **fields)]
    return [*before(vector), happened(name, vector["start"], **(fields | extra))]


def short_break(first: str, last: str) -> list[Recorded]:
    """One short break of the series, from its first day to its last."""
    return [
        happened(name, on, f"{name}-{first}", short_break_ref=first)
        for name, on in (("short-break-started", first), ("short-break-ended", last))
    ]


def clock_of(vector: dict[str, Any], *later: Recorded) -> Clock | None:
    """The clock the vector is about."""
    published = []
    if "sittings" in vector:
        days = [date.fromisoformat(one) for one in vector["sittings"]]
        sittings = [{"sits_on": d, "cutoff_on": cut_off(d, vector["cutoff"])} for d in days]
        panel = england().timescale(vector["timescale"]).sitting
        assert panel is not None
        published = [of_authority("panel-sittings-published", panel=panel.panel, sittings=sittings)]
    facts = started(vector)
    if not facts:
        facts = [of_authority("report-published", "Mon 5 Oct 2015", period_ends_on="2015-09-30")]
    found = clocks([*facts, *later], all_on(here(*published)))
    mine = [clock for clock in found if clock.timescale.id == vector["timescale"]]
    if "breaks" not in vector and not started(vector):
        return next(c for c in mine if c.start.on.isoformat() == vector["start"])
    return mine[-1] if mine else None


def cut_off(sits: date, cutoff: dict[str, Any]) -> date:
    """The last day on which a child can be put on a sitting's agenda."""
    if cutoff["unit"] == "working-days":
        return working_days().back(sits, cutoff["amount"])
    return sits - timedelta(days=cutoff["amount"])


def all_on(authority: Authority) -> Authority:
    """The same authority with every optional rule switched on."""
    policy = authority.policy
    on = {rule.id: True for rule in policy.timescales}
    said = {name: getattr(policy, name) for name in type(policy).model_fields}
    return replace(authority, policy=type(policy).model_validate(said | {"switched": on}))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["id"])
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
    if "breaks" in vector:
        assert clock is not None
        assert clock.due_on is not None
        passed = (clock.due_on + timedelta(days=1)).isoformat()
        limit = add_months(clock.start.on, 0) + timedelta(days=17)

        assert passed == vector.get("exceeded_on", limit.isoformat())
        return
    if "due" not in vector:
        assert clock is None
        return
    assert clock is not None
    if "T" in vector["due"]:
        assert clock.due_at == datetime.fromisoformat(vector["due"])
    else:
        assert clock.due_at == end_of(date.fromisoformat(vector["due"]))
        assert clock.due_on in (None, date.fromisoformat(vector["due"]))


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
