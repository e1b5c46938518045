"""Ways of counting: what each does to a pack or a calendar, against days counted by hand."""

from datetime import date

import pytest

from domain.adoption import Law
from domain.authority import Authority, authority
from domain.clocks import Clock, clocks
from domain.conventions import (
    CONVENTIONS,
    Convention,
    as_it_is,
    counted_by,
    governed_by,
    in_calendar_days,
    read_closures,
    without_closures,
)
from domain.errors import UnreadablePolicy
from domain.timescales import Policy
from tests.histories import day, england, here, history, of_authority, told, working_days

ENQUIRY = told("section-47-started", "Mon 14 Dec 2015")


def conference(authority: Authority) -> Clock:
    """The clock of the initial conference."""
    found = clocks(history(ENQUIRY), authority)
    return next(one for one in found if one.timescale.id == "icpc-15wd")


@pytest.mark.parametrize(
    ("name", "due"),
    [
        ("ours", "Thu 7 Jan 2016"),
        ("one-day-stricter", "Wed 6 Jan 2016"),
        ("calendar-days", "Mon 4 Jan 2016"),
        ("closures", "Tue 12 Jan 2016"),
    ],
)
def test_each_way_counts_as_it_says(name: str, due: str) -> None:
    """Fifteen working days over Christmas: Christmas Day, Boxing Day (Monday) and New Year's Day fall out."""
    authority = counted_by(here(), CONVENTIONS[name])

    assert conference(authority).due_on == day(due)
    assert CONVENTIONS[name].name == name


@pytest.mark.parametrize(
    ("working", "calendar"), [(0, 0), (1, 1), (5, 7), (15, 21), (45, 63), (12, 16)]
)
def test_working_days_as_calendar_days(working: int, calendar: int) -> None:
    """Whole weeks, and what is left over as it is."""
    assert in_calendar_days(working) == calendar


def test_only_working_days_are_counted_otherwise() -> None:
    """Hours, months and rules of no days at all stay as they are; extensions go with their rule."""
    policy = england()
    stricter = CONVENTIONS["one-day-stricter"].policy(policy)
    by_day = CONVENTIONS["calendar-days"].policy(policy)

    for rule in policy.timescales:
        if rule.unit != "working-days":
            assert stricter.by_id[rule.id].amount == rule.amount
            assert by_day.by_id[rule.id].unit == rule.unit
    assert not any(rule.unit == "working-days" for rule in by_day.timescales)
    extended = [rule.extension.unit for rule in by_day.timescales if rule.extension is not None]
    assert "working-days" not in extended
    assert by_day.starters.keys() == policy.starters.keys()


def test_an_extension_in_working_days_is_turned_with_its_rule() -> None:
    """However long a pack says that it is."""
    policy = england()
    rule = next(one for one in policy.timescales if one.extension is not None)
    assert rule.extension is not None
    ten = rule.model_copy(
        update={
            "extension": rule.extension.model_copy(update={"amount": 10, "unit": "working-days"})
        }
    )
    held = {name: getattr(policy, name) for name in Policy.model_fields}
    others = tuple(one for one in policy.timescales if one.id != rule.id)
    changed = CONVENTIONS["calendar-days"].policy(
        Policy.model_validate(held | {"timescales": (*others, ten)})
    )
    extension = changed.by_id[rule.id].extension

    assert extension is not None
    assert (extension.amount, extension.unit) == (14, "calendar-days")


def test_an_authoritys_own_closures_are_read_from_lines() -> None:
    """A heading may stand above them; an empty name means closed; what is no day is refused by its line."""
    days = read_closures("date,name\n2015-12-29,Office shut\n\n2015-12-30\n")

    assert days == {date(2015, 12, 29): "Office shut", date(2015, 12, 30): "Closed"}
    shut = Convention("closures", "", as_it_is, without_closures(days))
    calendar = counted_by(here(), shut).calendar
    assert calendar.why_not(date(2015, 12, 29)) == "Office shut"
    assert calendar.sha256 != working_days().sha256
    assert conference(counted_by(here(), shut)).due_on == day("Mon 11 Jan 2016")
    with pytest.raises(UnreadablePolicy, match="closures:2: write each day like"):
        read_closures("2015-12-29,a\n29/12/2015,b")


def test_every_adopted_pack_and_calendar_is_counted_otherwise() -> None:
    """And one pack or calendar may be put in the place of all that was ever adopted."""
    policy, calendar = england(), working_days()
    law = Law(policy, calendar, policy, {policy.sha256: policy}, {calendar.sha256: calendar})
    own = history(
        of_authority("policy-adopted", "Mon 2 Nov 2015 09:00", pack="p", version="1",
                     sha256=policy.sha256, from_on="2015-12-01"),
        of_authority("calendar-adopted", "Mon 2 Nov 2015 09:00", calendar="c",
                     sha256=calendar.sha256, expires_on="2028-12-31"),
    )  # fmt: skip
    adopted = authority("343", policy, calendar, own, law)
    stricter = counted_by(adopted, CONVENTIONS["one-day-stricter"])
    shut = counted_by(adopted, CONVENTIONS["closures"])

    assert conference(stricter).due_on == day("Wed 6 Jan 2016")
    assert conference(shut).due_on == day("Tue 12 Jan 2016")
    other = CONVENTIONS["one-day-stricter"].policy(policy)
    by_other = governed_by(adopted, policy=other)
    assert (by_other.packs, conference(by_other).due_on) == ((), day("Wed 6 Jan 2016"))
    closed = CONVENTIONS["closures"].calendar(calendar)
    by_calendar = governed_by(adopted, calendar=closed)
    assert (by_calendar.calendars, conference(by_calendar).due_on) == ((), day("Tue 12 Jan 2016"))
    assert governed_by(adopted) == adopted
