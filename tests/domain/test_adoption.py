"""A clock keeps the rules it started under, and an open one moves with the calendar."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from domain.adoption import Law
from domain.authority import Authority, authority, told_again
from domain.calendar import WorkingDays, read_calendar
from domain.causes import changed_by
from domain.child_episode import from_history, outstanding, perform
from domain.clocks import Clock, clocks
from domain.engine_events import BreachCured, ClockRetimed, TimescaleBreached
from domain.errors import AdoptedMissing
from domain.event import Event, Recorded
from domain.explanation import explain
from domain.packs import overlay
from domain.timescales import Policy
from tests.domain.packs import LADDER, NATIONAL, RULE, form
from tests.histories import (
    CODE,
    corrected,
    england,
    fact,
    history,
    moment,
    of_authority,
    person,
    record,
    source,
    told,
    working_days,
)

EVERYBODY: Final = tuple(
    person(role)
    for role in sorted({rung.role for one in england().ladders.values() for rung in one.rungs})
)


@cache
def without(day: date) -> WorkingDays:
    """The shipped calendar as it was before a day was announced."""
    text = files("domain").joinpath("calendars/england.csv").read_text("utf-8")
    head, _, body = text.partition("\n\n")
    kept = "".join(line for line in body.splitlines(keepends=True) if not line.startswith(str(day)))
    assert kept != body
    sha256 = hashlib.sha256(kept.encode()).hexdigest()
    head = head.replace(working_days().sha256, sha256)
    return read_calendar(f"{head}\n\n{kept}")


@cache
def pack(version: str, answers: str, first: str = "2016-04-01") -> Policy:
    """A local pack with these answers."""
    return overlay(NATIONAL, {"settled.toml": form(answers, version=version, first=first)})


def adopts(policy: Policy, from_on: str, at: str) -> Recorded:
    """The adoption of a pack."""
    return of_authority(
        "policy-adopted", at, pack=policy.name, version=policy.version, sha256=policy.sha256,
        from_on=from_on, reason="agreed by the board",
    )  # fmt: skip


def takes_up(calendar: WorkingDays, at: str) -> Recorded:
    """The adoption of a calendar."""
    return of_authority(
        "calendar-adopted", at, calendar=calendar.id, sha256=calendar.sha256,
        expires_on=str(calendar.expires),
    )  # fmt: skip


def here(
    *said: Recorded, calendar: WorkingDays | None = None, packs: Iterable[Policy] = ()
) -> Authority:
    """An authority with these adoptions, which could have adopted these packs and either calendar."""
    first = calendar or working_days()
    law = Law(
        england(),
        first,
        policies={one.sha256: one for one in packs},
        calendars={one.sha256: one for one in (first, working_days())},
    )
    facts = history(source(), *EVERYBODY, *said)
    return authority(CODE, law.policy, law.calendar, facts, law)


def one(rule: str, facts: Iterable[Recorded], where: Authority) -> Clock:
    """The one clock of a rule."""
    (found,) = (clock for clock in clocks(facts, where) if clock.timescale.id == rule)
    return found


VISITS_20: Final = "[settled.cp-visit]\namount = 20\n"
VISITS_15: Final = "[settled.cp-visit]\namount = 15\n"


def plan(at: str) -> Recorded:
    """A child protection plan begins."""
    return told("plan-started", at, kind="child-protection")


def test_a_clock_keeps_the_pack_it_started_under() -> None:
    """What starts from the first day of a pack on is governed by it, and what runs already is not."""
    first, second = pack("1", VISITS_20), pack("2", VISITS_15, "2017-04-01")
    where = here(
        adopts(first, "2016-04-01", "Tue 1 Mar 2016 09:00"),
        adopts(second, "2017-04-01", "Wed 1 Mar 2017 09:00"),
        packs=(first, second),
    )
    before, day_one, later = (
        one("cp-visit", history(plan(at)), where)
        for at in ("Thu 31 Mar 2016", "Fri 1 Apr 2016", "Sat 1 Apr 2017")
    )

    assert [clock.timescale.amount for clock in (before, day_one, later)] == [10, 20, 15]
    assert [clock.pack for clock in (before, day_one, later)] == [
        england().sha256,
        first.sha256,
        second.sha256,
    ]
    assert where.policy.version == "2"
    said = [
        dict(explain(clock, place, moment("Mon 3 Apr 2017 09:00")).lines)["Rules used"]
        for clock, place in ((before, where), (day_one, where), (later, where), (before, here()))
    ]
    assert said == [
        "england, version 2026.1, for what started before 1 April 2016.",
        "sefton, version 1, adopted for what starts from 1 April 2016.",
        "sefton, version 2, adopted for what starts from 1 April 2017.",
        "england, version 2026.1, as no other was adopted here.",
    ]


def test_of_two_packs_from_one_day_the_last_adopted_governs() -> None:
    """Adopting again from the same day replaces; withdrawing is another matter."""
    first, second = pack("1", VISITS_20), pack("2", VISITS_15)
    where = here(
        adopts(first, "2016-04-01", "Tue 1 Mar 2016 09:00"),
        adopts(second, "2016-04-01", "Wed 2 Mar 2016 09:00"),
        packs=(first, second),
    )

    assert one("cp-visit", history(plan("Fri 1 Apr 2016")), where).timescale.amount == 15


def test_what_is_adopted_and_not_at_hand_is_said() -> None:
    """No other law judges in its place."""
    missing = pack("1", VISITS_20)

    with pytest.raises(
        AdoptedMissing, match=r"the pack sefton 1 \(.{12}\) is adopted and does not"
    ):
        here(adopts(missing, "2016-04-01", "Tue 1 Mar 2016 09:00"))


def test_as_known_before_an_adoption_the_old_law_judges() -> None:
    """Looking back to before a pack or calendar was adopted, nothing of it is known."""
    first = pack("1", VISITS_20)
    adoption = adopts(first, "2016-04-01", "Tue 1 Mar 2016 09:00")
    now = here(adoption, packs=(first,))
    then = told_again(now, history(source()))
    again = told_again(then, history(source(), adoption))

    assert then.policy is england()
    assert then.packs == ()
    assert again.policy is first
    assert told_again(replace(here(), law=None), history(source())).policy is england()


def test_a_rule_dropped_by_a_later_pack_is_still_named() -> None:
    """Clocks that run under the older pack are shown and told of; none starts any more."""
    first = overlay(
        NATIONAL,
        {"settled.toml": form(version="1"), "front_door.toml": RULE, "ladders.toml": LADDER},
    )
    second = pack("2", VISITS_15, "2017-04-01")
    where = here(
        adopts(first, "2016-04-01", "Tue 1 Mar 2016 09:00"),
        adopts(second, "2017-04-01", "Wed 1 Mar 2017 09:00"),
        packs=(first, second),
    )
    kept, gone = (
        {clock.timescale.id for clock in clocks(history(told("referral-received", at)), where)}
        for at in ("Thu 5 May 2016 09:00", "Mon 3 Apr 2017 09:00")
    )

    assert "sefton-call-1wd" in kept
    assert "sefton-call-1wd" not in gone
    assert where.policy.timescale("sefton-call-1wd").title == "Family called"
    assert "ours" in where.policy.ladders
    assert not where.policy.in_use(where.policy.timescale("sefton-call-1wd"))


FUNERAL: Final = date(2022, 9, 19)
CORONATION: Final = date(2023, 5, 8)


@pytest.mark.parametrize(
    ("announced", "started", "due_before", "adopted_at", "due_after"),
    [
        (FUNERAL, "Thu 8 Sep 2022 10:00", date(2022, 9, 29), "Mon 12 Sep 2022 09:00", date(2022, 9, 30)),
        (CORONATION, "Tue 25 Apr 2023 10:00", date(2023, 5, 17), "Wed 26 Apr 2023 09:00", date(2023, 5, 18)),
    ],
)  # fmt: skip
def test_a_bank_holiday_announced_late_moves_open_clocks(
    announced: date, started: str, due_before: date, adopted_at: str, due_after: date
) -> None:
    """A conference is due a day later, and the move names the adoption that caused it."""
    old = without(announced)
    adoption = takes_up(working_days(), adopted_at)
    enquiry = told("section-47-started", started)
    was, now = here(calendar=old), here(adoption, calendar=old)
    before, after = (one("icpc-15wd", history(enquiry), where) for where in (was, now))

    assert (before.due_on, after.due_on) == (due_before, due_after)
    assert (before.counted_by, after.counted_by) == (old.sha256, working_days().sha256)

    at = before.warnings[0]
    stream = [enquiry]
    stream += [record(event, at) for event in performed(stream, was, at, "icpc-15wd")]
    done = performed(stream, now, at + timedelta(hours=1), "icpc-15wd")
    (retimed,) = (event.said for event in done if isinstance(event.said, ClockRetimed))

    assert (retimed.from_due_at, retimed.due_at) == (before.due_at, after.due_at)
    assert retimed.cause == adoption.event_id


def performed(stream: list[Recorded], where: Authority, at: datetime, rule: str) -> list[Event]:
    """What is done about the clocks of a rule up to an instant."""
    found: list[Event] = []
    told_of = list(stream)
    while True:
        episode = from_history(history(*told_of))
        due = [s for s in outstanding(episode, where) if s.at <= at and s.timescale == rule]
        if not due:
            return found
        events = perform(episode, where, due[0], at)
        found += events
        told_of += [record(event, at) for event in events]


def test_what_had_ended_keeps_its_verdict() -> None:
    """A conference held late by the calendar of its day was late, whatever is announced afterwards."""
    old = without(FUNERAL)
    facts = history(
        told("section-47-started", "Thu 8 Sep 2022 10:00"),
        told(
            "conference-held", "Fri 30 Sep 2022 10:00", kind="initial", enquiry_ref="enquiry-1",
            outcome="cp-plan",
        ),
    )  # fmt: skip
    too_late = here(takes_up(working_days(), "Mon 3 Oct 2022 09:00"), calendar=old)
    in_time = here(takes_up(working_days(), "Mon 12 Sep 2022 09:00"), calendar=old)

    assert one("icpc-15wd", facts, too_late).due_on == date(2022, 9, 29)
    assert one("icpc-15wd", facts, too_late).stopped_in_time is False
    assert one("icpc-15wd", facts, in_time).stopped_in_time is True
    said = explain(one("icpc-15wd", facts, too_late), too_late, moment("Tue 4 Oct 2022 09:00"))
    assert date(2022, 9, 19) in {day.on for day in said.days if day.number is not None}


def test_what_was_heard_to_end_only_after_an_adoption_goes_by_the_new_calendar() -> None:
    """It stood open when the calendar was adopted, so it had moved; a late word does not move it back."""
    old = without(FUNERAL)
    facts = history(
        told("section-47-started", "Thu 8 Sep 2022 10:00"),
        told(
            "conference-held", "Fri 30 Sep 2022 10:00", recorded="Wed 5 Oct 2022 10:00",
            kind="initial", enquiry_ref="enquiry-1", outcome="cp-plan",
        ),
    )  # fmt: skip
    where = here(takes_up(working_days(), "Mon 3 Oct 2022 09:00"), calendar=old)

    assert one("icpc-15wd", facts, where).stopped_in_time is True


def test_a_clock_of_no_known_calendar_or_pack_is_shown_by_the_newest() -> None:
    """A page that holds an old clock still says something true of its rule."""
    where = here(takes_up(working_days(), "Mon 12 Sep 2022 09:00"), calendar=without(FUNERAL))
    packed = here(
        adopts(pack("1", VISITS_20), "2016-04-01", "Tue 1 Mar 2016 09:00"),
        packs=(pack("1", VISITS_20),),
    )

    assert where.calendar_of("of nobody") is working_days()
    assert where.calendar_of(without(FUNERAL).sha256) is without(FUNERAL)
    assert packed.policy_of("of nobody") is pack("1", VISITS_20)
    assert packed.policy_of(england().sha256) is england()
    assert here().policy_of("of nobody") is england()
    assert here().calendar_of("of nobody") is working_days()


def test_a_breach_of_a_rule_that_is_switched_off_again_is_cured_by_the_adoption() -> None:
    """Where a pack from a day gone by drops a rule, its breach goes, and the cure names the pack."""
    off = pack("1", "[switched]\nmissing-strategy-72h = false\n")
    adoption = adopts(off, "2016-04-01", "Fri 15 Apr 2016 09:00")
    gone = told("missing-episode-started", "Fri 8 Apr 2016 09:00", type="M")
    at = moment("Mon 11 Apr 2016 10:00")
    broken = performed([gone], here(), at, "missing-strategy-72h")
    stream = [gone, *(record(event, at) for event in broken)]
    done = performed(
        stream,
        here(adoption, packs=(off,)),
        moment("Fri 15 Apr 2016 10:00"),
        "missing-strategy-72h",
    )

    assert any(isinstance(event.said, TimescaleBreached) for event in broken)
    (cured,) = (event.said for event in done if isinstance(event.said, BreachCured))
    assert cured.cause == adoption.event_id


@settings(max_examples=60, deadline=None)
@given(
    some.dates(date(2022, 8, 1), date(2022, 9, 30)),
    some.dates(date(2022, 9, 1), date(2022, 10, 30)),
)
def test_a_calendar_moves_only_what_the_new_day_lies_in(started: date, adopted: date) -> None:
    """An open clock moves by exactly the working days that the new calendar takes from its count."""
    old, new = without(FUNERAL), working_days()
    enquiry = record(
        Event(
            authority=CODE, kind="child", subject="CH-1", source="story", id=str(started),
            said=fact("section-47-started"), occurred_on=started,
        )
    )  # fmt: skip
    where = here(takes_up(new, f"{adopted:%a %-d %b %Y} 09:00"), calendar=old)
    due = one("icpc-15wd", [enquiry], where).due_on
    before = one("icpc-15wd", [enquiry], here(calendar=old)).due_on

    assert before is not None
    assert due is not None
    inside = started < FUNERAL <= before
    assert (due != before) == inside
    assert new.between(started, due) == old.between(started, before)


def test_a_move_by_a_fact_names_the_fact_and_not_an_adoption() -> None:
    """A calendar adopted before is not blamed for what a correction did."""
    where = here(takes_up(working_days(), "Mon 5 Sep 2022 09:00"), calendar=without(CORONATION))
    enquiry = told("section-47-started", "Thu 8 Sep 2022 10:00")
    before = one("icpc-15wd", history(enquiry), where)
    at = before.warnings[0]
    stream = [enquiry]
    stream += [record(event, at) for event in performed(stream, where, at, "icpc-15wd")]
    stream.append(
        corrected(enquiry, f"{at:%a %-d %b %Y} 12:00", occurred_at="Fri 9 Sep 2022 10:00")
    )
    done = performed(stream, where, at + timedelta(days=1), "icpc-15wd")
    (retimed,) = (event.said for event in done if isinstance(event.said, ClockRetimed))

    assert retimed.cause == stream[-1].event_id


def test_a_move_by_a_panel_names_the_panels_own_word() -> None:
    """Where it is the panel that sits on another day, no pack and no fact of the child is blamed."""
    adoption = adopts(pack("1", VISITS_20), "2016-04-01", "Tue 1 Mar 2016 09:00")
    packs = (pack("1", VISITS_20),)
    sat, sits = (
        of_authority(
            "panel-sittings-published", at, panel="macse",
            sittings=({"sits_on": on, "cutoff_on": "2016-04-06"},),
        )
        for at, on in (("Mon 4 Apr 2016", "2016-04-13"), ("Tue 5 Apr 2016", "2016-04-20"))
    )  # fmt: skip
    meeting = told(
        "strategy-meeting-held", "Mon 4 Apr 2016 09:00", kind="exploitation", outcome="macse",
        exploitation_refs=("exploitation-1",),
    )  # fmt: skip
    was, now = here(adoption, sat, packs=packs), here(adoption, sits, packs=packs)
    at = moment("Thu 7 Apr 2016 09:00")
    stream = [meeting]
    stream += [record(event, at) for event in performed(stream, was, at, "cse-macse-next-panel")]
    done = performed(stream, now, at + timedelta(days=1), "cse-macse-next-panel")
    (retimed,) = (event.said for event in done if isinstance(event.said, ClockRetimed))

    assert retimed.cause == sits.event_id
    assert changed_by(history(meeting), now, "nobody's", lambda _: True) is None
    assert changed_by(history(meeting), now, retimed.clock, lambda _: True) is None
