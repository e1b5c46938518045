"""Clocks are a function of the set of facts known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from domain.authority import Authority
from domain.clocks import Clock, Verdict, clocks, verdict
from domain.engine_events import TimescaleBreached
from domain.event import Event, Recorded
from domain.explanation import explain
from domain.stages import said, stages
from domain.timescales import Policy
from tests.histories import (
    CHILD,
    CODE,
    HOUR,
    STORY,
    corrected,
    england,
    fact,
    here,
    history,
    moment,
    of_authority,
    record,
    source,
    told,
    withdrawn,
)

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
KINDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("missing-episode-started", {"type": "M"}),
    ("missing-episode-started", {"type": "A"}),
    ("missing-episode-reclassified", {"type": "A"}),
    ("missing-episode-ended", {}),
    ("missing-episode-reopened", {}),
    ("missing-episodes-merged", {"dropped_missing_episode_refs": ("missing-2",)}),
    ("strategy-meeting-held", {"kind": "missing", "missing_episode_refs": ("missing-1",)}),
    ("return-interview-held", {"missing_episode_refs": ("missing-1", "missing-2")}),
    ("return-interview-declined", {}),
    ("section-47-started", {}),
    ("section-47-concluded", {"conference_required": False}),
    ("conference-held", {"kind": "initial", "outcome": "cp-plan", "enquiry_ref": "enquiry-1"}),
    ("conference-held", {"kind": "review", "plan_ref": "plan-1", "continue_plan": True}),
    ("plan-started", {"kind": "child-protection"}),
    ("plan-ended", {"kind": "child-protection"}),
    ("visit-made", {"kind": "child-protection", "plan_ref": "plan-1"}),
    ("core-group-held", {}),
    ("referral-received", {}),
    ("referral-decided", {"outcome": "nfa"}),
    ("assessment-authorised", {"kind": "child-and-family", "referral_ref": "referral-1"}),
    ("case-closed", {}),
    ("case-transferred", {"accepted": True}),
    ("child-died", {}),
    ("child-details-recorded", {"date_of_birth": "2008-03-20"}),
    ("exploitation-referral-received", {"kind": "sexual"}),
    ("police-protection-taken", {}),
    ("order-made", {"kind": "emergency-protection"}),
    ("order-extended", {}),
)


@some.composite
def events(draw: some.DrawFn) -> Recorded:
    """Any fact of the threads in force, at some hour or day of some weeks, for one of two threads."""
    name, fields = draw(some.sampled_from(KINDS))
    thread = draw(some.sampled_from(("1", "2")))
    said = fact(name, **fields)
    renamed = {
        field: f"{value.rsplit('-', 1)[0]}-{thread}"
        for field, value in said
        if field == type(said).KEY and isinstance(value, str)
    }
    at = FIRST + draw(some.integers(0, 500)) * HOUR
    on = at.date() if draw(some.booleans()) else None
    event = Event(
        authority=CODE, kind="child", subject=CHILD, source=STORY,
        id=str(draw(some.integers(0, 10_000))), said=said.model_copy(update=renamed),
        occurred_at=None if on else at, occurred_on=on,
    )  # fmt: skip
    return record(event, at + draw(some.integers(0, 100)) * HOUR)


@some.composite
def histories(draw: some.DrawFn) -> list[Recorded]:
    """A child's facts, some of them corrected with an order their source gave, some withdrawn."""
    facts = draw(some.lists(events(), max_size=14, unique_by=lambda one: one.event_id))
    changed = draw(some.lists(some.sampled_from(facts), max_size=3)) if facts else []
    for number, one in enumerate(changed):
        at = FIRST + draw(some.integers(500, 600)) * HOUR
        text = f"{at:%a %-d %b %Y %H:%M}"
        moved = f"{at - timedelta(days=draw(some.integers(1, 20))):%a %-d %b %Y %H:%M}"
        made = draw(some.sampled_from(("moved", "withdrawn")))
        identity = f"change-{number}"
        if made == "moved":
            facts.append(
                corrected(one, text, sequence=number, identity=identity, occurred_at=moved)
            )
        else:
            gone = withdrawn(one, text)
            facts.append(replace(gone, event=replace(gone.event, id=identity, sequence=number)))
    return facts


@settings(max_examples=300, deadline=None)
@given(histories(), some.data())
def test_neither_order_nor_duplicates_change_a_clock(
    facts: list[Recorded], data: some.DataObject
) -> None:
    """However the facts arrive, and however often, the clocks are the same."""
    again = data.draw(some.permutations(facts)) + facts

    assert clocks(facts, here()) == clocks(again, here())


@settings(max_examples=300, deadline=None)
@given(histories(), some.integers(0, 2000))
def test_no_clock_is_late_before_its_due_instant(facts: list[Recorded], hours: int) -> None:
    """Late is said of no clock before it is due, and a breach is planned for no earlier instant."""
    now = FIRST + hours * HOUR
    for clock in clocks(facts, here()):
        if verdict(clock, now) is Verdict.BREACHED:
            assert now >= clock.due_at
        assert clock.breaks_at is None or clock.breaks_at >= clock.due_at
        assert all(clock.start.earliest < at < clock.due_at for at in clock.warnings)
        assert explain(clock, here(), now).answer.endswith(".")


@settings(max_examples=200, deadline=None)
@given(histories())
def test_what_breaks_is_what_is_said_to_be_late(facts: list[Recorded]) -> None:
    """A clock is late, or was done late, from the instant it breaks, and not the moment before."""
    for clock in clocks(facts, here()):
        if clock.breaks_at is None:
            continue
        after = max(clock.breaks_at, clock.stop.earliest if clock.stop else clock.breaks_at)
        before = clock.breaks_at - timedelta(microseconds=1)

        assert verdict(clock, after) in {Verdict.BREACHED, Verdict.MET_LATE}
        assert verdict(clock, before) not in {Verdict.BREACHED, Verdict.MET_LATE}


def never(_clock: Clock, _breached: TimescaleBreached) -> None:
    """No ladder is raised later where nothing was decided about going live."""


@settings(max_examples=100, deadline=None)
@given(histories())
def test_nothing_is_left_to_do_twice(facts: list[Recorded]) -> None:
    """No stage is asked for twice, and none of a clock of which nothing was ever said is a cure."""
    found = stages(clocks(facts, here()), said(facts), lambda clock: clock.start.event_id, never)

    assert len({stage.key for stage in found}) == len(found)
    assert {stage.doing for stage in found} <= {"warn", "breach"}


def of(rule: str, *facts: Recorded, authority: Authority | None = None) -> Clock:
    """The one clock of a rule that these facts start."""
    (clock,) = (c for c in clocks(facts, authority or here()) if c.timescale.id == rule)
    return clock


def test_hours_are_elapsed_hours_across_both_clock_changes() -> None:
    """Seventy-two hours are seventy-two hours, whether London's clocks lose one or gain one."""
    for start in ("Fri 27 Mar 2026 18:00", "Fri 23 Oct 2026 18:00"):
        clock = of("missing-strategy-72h", told("missing-episode-started", start, type="M"))

        assert clock.due_at - moment(start) == 72 * HOUR


def test_a_list_starts_a_clock_for_each_reference() -> None:
    """Each exploitation referral a meeting names waits for its own panel, under a key of its own."""
    held = told(
        "strategy-meeting-held", "Tue 3 Mar 2026 10:00", kind="exploitation", outcome="macse",
        exploitation_refs=("x-1", "x-2"),
    )  # fmt: skip
    found = [c for c in clocks([held], here()) if c.timescale.id == "cse-macse-next-panel"]

    assert {c.reference for c in found} == {"x-1", "x-2"}
    assert all(len(c.key.rsplit(".", 1)[1]) == 12 for c in found)


def test_a_reopened_episode_resumes_its_first_clock() -> None:
    """A wrong report of return does not stop the clock, and its interview is not owed."""
    facts = (
        told("missing-episode-started", "Fri 5 Feb 2016 21:00", type="M"),
        told("missing-episode-ended", "Sat 6 Feb 2016 09:00"),
        told("missing-episode-reopened", "Sat 6 Feb 2016 12:00"),
    )

    assert of("missing-strategy-72h", *facts).due_at == moment("Mon 8 Feb 2016 21:00")
    assert of("missing-strategy-72h", *facts).stop is None
    assert of("missing-rhi-72h", *facts).ending == "cancelled"


def test_a_merged_record_counts_for_nothing() -> None:
    """Police and social care told of one absence twice: the third occasion vanishes with the merge."""
    starts = [
        told("missing-episode-started", at, missing_episode_ref=ref, type="M")
        for ref, at in (
            ("m-1", "Mon 2 Mar 2026 20:00"),
            ("m-2", "Mon 9 Mar 2026 20:00"),
            ("m-3", "Mon 9 Mar 2026 20:30"),
        )
    ]
    merged = told(
        "missing-episodes-merged", "Tue 10 Mar 2026 09:00",
        missing_episode_ref="m-2", dropped_missing_episode_refs=("m-3",),
    )  # fmt: skip
    third = [c for c in clocks(starts, here()) if "third" in c.timescale.id]
    after = clocks([*starts, merged], here())

    assert [c.reference for c in third] == ["m-3"]
    assert not [c for c in after if "third" in c.timescale.id]
    assert {c.reference: c.ending for c in after} == {"m-1": None, "m-2": None, "m-3": "superseded"}


def test_the_third_occasion_is_counted_afresh_after_a_meeting() -> None:
    """After a strategy meeting for a missing child the next three occasions count anew."""
    days = ("Mon 2 Mar", "Wed 4 Mar", "Fri 6 Mar", "Mon 9 Mar", "Wed 11 Mar", "Fri 13 Mar")
    starts = [
        told("missing-episode-started", f"{d} 2026 20:00", missing_episode_ref=d, type="M")
        for d in days
    ]
    met = told(
        "strategy-meeting-held",
        "Sat 7 Mar 2026 10:00",
        kind="missing",
        missing_episode_refs=days[2:3],
    )
    found = [c for c in clocks([*starts, met], here()) if "third" in c.timescale.id]

    assert [c.reference for c in found] == [days[2], days[5]]


def test_a_visit_after_the_plan_ended_renews_nothing() -> None:
    """Only a visit within the plan starts the next interval."""
    facts = (
        told("plan-started", "Mon 2 Mar 2026", kind="child-protection"),
        told("plan-ended", "Mon 9 Mar 2026", kind="child-protection"),
        told("visit-made", "Mon 16 Mar 2026", kind="child-protection", plan_ref="plan-1"),
    )
    visits = [c for c in clocks(facts, here()) if c.timescale.id == "cp-visit"]

    assert [c.ending for c in visits] == ["cancelled"]


def test_a_duty_exception_ends_only_the_duty_it_names() -> None:
    """A recorded exception works on its own rule and reference, and on no other."""
    notified = told("transfer-in-notified", "Mon 2 Mar 2026")
    for rule, ending in (("icpc-transfer-in-15wd", "cancelled"), ("icpc-15wd", None)):
        excepted = told(
            "duty-exception-recorded", "Tue 3 Mar 2026", duty_ref="transfer-1",
            timescale=rule, kind="move-did-not-happen",
        )  # fmt: skip

        assert of("icpc-transfer-in-15wd", notified, excepted).ending == ending


def test_turning_18_ends_what_does_not_survive_it() -> None:
    """On the eighteenth birthday the duties of childhood end; the day is never sent, only computed."""
    facts = (
        told("child-details-recorded", "Mon 2 Mar 2026", date_of_birth="2008-03-12"),
        told("plan-started", "Mon 9 Mar 2026", kind="child-protection"),
    )
    clock = of("cp-visit", *facts)
    assert clock.stop is not None

    assert (clock.stop.name, clock.ending) == ("turned-18", "cancelled")
    assert clock.stop.earliest == moment("Thu 12 Mar 2026 00:00")


def test_a_leap_day_birthday_falls_on_the_28th() -> None:
    """A child born on 29 February turns 18 at the end of February, clamped like every month."""
    facts = (
        told("child-born", "Fri 29 Feb 2008", date_of_birth="2008-02-29"),
        told("plan-started", "Mon 23 Feb 2026", kind="child-protection"),
    )
    clock = of("cp-visit", *facts)

    assert clock.stop is not None
    assert clock.stop.on.isoformat() == "2026-02-28"


@pytest.mark.parametrize(
    ("stop", "said_then"),
    [
        ("Sun 8 Mar 2026", Verdict.MET),
        ("Mon 9 Mar 2026", Verdict.UNDECIDABLE),
        ("Tue 10 Mar 2026", Verdict.MET_LATE),
    ],
)
def test_an_hour_rule_known_only_to_the_day(stop: str, said_then: Verdict) -> None:
    """Two days apart is in time, four is late, and three cannot be decided."""
    started = told("missing-episode-started", "Fri 6 Mar 2026", type="M")
    held = told(
        "strategy-meeting-held", stop, kind="missing", missing_episode_refs=("missing_episode-1",)
    )
    clock = of("missing-strategy-72h", started, held)

    assert clock.to_the_day
    assert verdict(clock, moment("Fri 20 Mar 2026 12:00")) is said_then


def test_between_its_two_bounds_nothing_is_claimed() -> None:
    """Warned at the strict instant, broken at the latest possible, and not decided between."""
    clock = of("missing-strategy-72h", told("missing-episode-started", "Fri 6 Mar 2026", type="M"))

    assert clock.warnings[0] == moment("Sat 7 Mar 2026 00:00")
    assert verdict(clock, moment("Mon 9 Mar 2026 12:00")) is Verdict.UNDECIDABLE
    assert clock.breaks_at == moment("Tue 10 Mar 2026 00:00")
    assert "between" in dict(explain(clock, here(), clock.due_at).lines)["To the day"]


NIGHTLY = source("nightly", delivers="batch", late_after_hours=30)
CHILD_BACK = told("missing-episode-ended", "Mon 2 Mar 2026 10:00", source="nightly")


def heard(to: str) -> Recorded:
    """The nightly feed has spoken up to a London moment."""
    return of_authority("feed-advanced", to, source="nightly", complete_to=moment(to))


def test_a_nightly_feed_raises_no_false_alarm_at_midnight() -> None:
    """Past due, a clock that only a nightly feed can stop waits until the feed has spoken past it."""
    waiting = here(NIGHTLY, heard("Thu 5 Mar 2026 02:10"))
    spoken = here(NIGHTLY, heard("Fri 6 Mar 2026 02:10"))
    noon = moment("Thu 5 Mar 2026 12:00")
    clock = of("missing-rhi-72h", CHILD_BACK, authority=waiting)

    assert verdict(clock, noon) is Verdict.AWAITING_FEED
    assert clock.breaks_at == moment("Fri 6 Mar 2026 08:10")  # the feed is then late itself
    assert "heard up to 5 March 2026 at 2:10am" in explain(clock, waiting, noon).answer
    assert verdict(of("missing-rhi-72h", CHILD_BACK, authority=spoken), noon) is Verdict.BREACHED


def test_what_nobody_can_say_to_be_late_is_never_said_to_be() -> None:
    """Waiting for a feed it is past due and no more; where nothing could tell, not even that."""
    waiting = here(NIGHTLY, heard("Thu 5 Mar 2026 02:10"))
    spoken = here(NIGHTLY, heard("Fri 6 Mar 2026 02:10"))
    never = here(source(states=("missing-episode-ended",)))
    noon, said = moment("Thu 5 Mar 2026 12:00"), {}
    for verdict_then, authority in (
        (Verdict.AWAITING_FEED, waiting),
        (Verdict.BREACHED, spoken),
        (Verdict.UNOBSERVABLE, never),
    ):
        found = explain(of("missing-rhi-72h", CHILD_BACK, authority=authority), authority, noon)
        assert found.verdict is verdict_then
        said[verdict_then] = dict(found.lines)

    assert said[Verdict.AWAITING_FEED]["Past due by"] == said[Verdict.BREACHED]["Late by"]
    assert "Late by" not in said[Verdict.AWAITING_FEED]
    assert {"Late by", "Past due by"}.isdisjoint(said[Verdict.UNOBSERVABLE])
    assert [
        verdict_then for verdict_then, lines in said.items() if "Where the time went" in lines
    ] == [Verdict.BREACHED]


def test_a_child_who_is_out_is_not_waited_for() -> None:
    """Hour clocks of a child who may be in danger break on time, in the words not confirmed."""
    gone = told("missing-episode-started", "Mon 2 Mar 2026 10:00", type="M", source="nightly")
    authority = here(NIGHTLY, heard("Thu 5 Mar 2026 02:10"))
    clock = of("missing-strategy-72h", gone, authority=authority)

    assert clock.breaks_at == clock.due_at
    assert not clock.confirmed
    assert "not confirmed" in explain(clock, authority, clock.due_at).answer


def test_what_no_source_can_state_is_never_late() -> None:
    """A clock whose stop no source can state, or none for that day, is grey and stays out."""
    only_starts = here(source(states=("missing-episode-ended",)))
    later_only = here(source(from_on="2026-03-03"))
    for authority in (only_starts, later_only):
        clock = of("missing-rhi-72h", CHILD_BACK, authority=authority)

        assert clock.breaks_at is None
        assert verdict(clock, moment("Mon 30 Mar 2026 12:00")) is Verdict.UNOBSERVABLE
        assert "No registered source" in explain(clock, authority, clock.due_at).answer


def test_past_the_calendar_nothing_is_guessed() -> None:
    """A count that would run past the published list is not decided, warned of or broken."""
    clock = of("icpc-15wd", told("section-47-started", "Thu 21 Dec 2028"))

    assert clock.uncounted is not None
    assert clock.breaks_at is None
    assert verdict(clock, moment("Mon 1 Jan 2029 12:00")) is Verdict.UNDECIDABLE
    assert (
        "ends on 26 December 2028" in explain(clock, here(), moment("Mon 1 Jan 2029 12:00")).answer
    )


def test_a_rule_counted_from_recording_starts_when_it_was_recorded() -> None:
    """What counts from `recorded` uses the source's recorded time, else our own."""
    policy = england()
    rule = policy.timescale("s47-enquiry-complete")
    start = rule.starts[0].model_copy(update={"timestamp": "recorded"})
    said = {name: getattr(policy, name) for name in Policy.model_fields}
    one_rule = {"timescales": (rule.model_copy(update={"starts": (start,)}),)}
    changed = Policy.model_validate(said | one_rule)
    late = told("section-47-started", "Mon 2 Mar 2026", recorded="Mon 9 Mar 2026 09:00")
    (clock,) = clocks([late], replace(here(), policy=changed))

    assert clock.start.on.isoformat() == "2026-03-09"


def test_the_end_in_the_order_wins() -> None:
    """An order that says when it ends is due then, whatever the cap."""
    expires = moment("Wed 11 Mar 2026 16:00")
    made = told(
        "order-made", "Mon 2 Mar 2026 15:00", kind="emergency-protection", expires_at=expires
    )
    clock = of("epo-8d", made)

    assert (clock.due_at, clock.due_on) == (expires, None)


def test_corrections_are_ordered_by_their_source() -> None:
    """The last correction is the one its source said last, not the one that came last."""
    started = told("missing-episode-started", "Mon 2 Mar 2026 10:00", type="M")
    second = corrected(
        started, "Tue 3 Mar 2026 09:00", sequence=2, occurred_at="Mon 2 Mar 2026 12:00"
    )
    first = corrected(
        started, "Tue 3 Mar 2026 10:00", sequence=1, occurred_at="Mon 2 Mar 2026 08:00"
    )
    clock = of("missing-strategy-72h", started, second, first)

    assert clock.start.earliest == moment("Mon 2 Mar 2026 12:00")


def test_a_corrected_field_changes_what_starts() -> None:
    """An episode that proves to have been away without authorisation starts no missing clock."""
    started = told("missing-episode-started", "Mon 2 Mar 2026 10:00", type="M")
    changed = corrected(started, "Tue 3 Mar 2026 09:00", type="A")

    assert clocks([started, changed], here()) == ()
    assert (
        clocks(history(started, changed, withdrawn(started, "Wed 4 Mar 2026 09:00")), here()) == ()
    )


def test_a_correction_to_a_day_and_one_that_does_not_fit() -> None:
    """A correction may leave only the day; fields that do not fit leave the fact as it was."""
    started = told("missing-episode-started", "Mon 2 Mar 2026 10:00", type="M")
    to_the_day = corrected(started, "Tue 3 Mar 2026 09:00", occurred_on="Sun 1 Mar 2026")
    unfit = corrected(started, "Tue 3 Mar 2026 09:00", nonsense="x")

    assert of("missing-strategy-72h", started, to_the_day).start.to_the_day
    assert of("missing-strategy-72h", started, unfit).start.fact == started.event.said


def one_rule(**changes: Any) -> Authority:
    """The authority of every story under one rule, changed in some of its keys."""
    rule = england().timescale("s47-enquiry-complete")
    table = rule.model_dump(by_alias=True) | {"id": "changed"} | changes
    said = {name: getattr(england(), name) for name in Policy.model_fields}
    return replace(here(), policy=Policy.model_validate(said | {"timescales": (table,)}))


@pytest.mark.parametrize(
    ("changes", "due_on"),
    [
        ({"unit": "weeks", "convention": "weeks-day-zero", "amount": 2}, "2026-03-16"),
        (
            {"unit": "calendar-days", "convention": "calendar-days-day-zero", "amount": 5},
            "2026-03-07",
        ),
    ],
)
def test_weeks_and_plain_days(changes: dict[str, Any], due_on: str) -> None:
    """Weeks are seven plain days, and every plain day counts."""
    authority = one_rule(**changes)
    (clock,) = clocks([told("section-47-started", "Mon 2 Mar 2026")], authority)
    lines = dict(explain(clock, authority, clock.due_at).lines)

    assert str(clock.due_on) == due_on
    assert lines["Counting"] == "The day it starts is day 0; every day counts."


def test_at_least_so_many() -> None:
    """A condition may ask for a number or more; a plan with fewer earlier ones starts nothing."""
    start = {
        "fact": "plan-started",
        "where": {"kind": "child-protection", "previous_plans_here": {"at_least": 2}},
    }
    stop = {"fact": "plan-ended", "where": {"kind": {"not": ["macse"]}}}
    authority = one_rule(starts=(start,), stops=(start, stop), match="plan_ref")
    for earlier, started in ((1, 0), (2, 1), (None, 0)):
        plan = told(
            "plan-started", "Mon 2 Mar 2026", kind="child-protection", previous_plans_here=earlier
        )
        found = clocks([plan], authority)

        assert len(found) == started
        assert all("2 or more" in " ".join(explain(c, authority, c.due_at).stops) for c in found)


def test_what_survives_and_what_does_not() -> None:
    """A rule may outlive a death, a birthday, a transfer or a closed case; others end with them."""
    ends = (
        told("child-died", "Tue 3 Mar 2026"),
        told("case-transferred", "Tue 3 Mar 2026", accepted=True),
        told("case-transferred", "Tue 3 Mar 2026", accepted=False),
        told("case-closed", "Tue 3 Mar 2026"),
        told("child-born", "Mon 3 Mar 2008", date_of_birth="2008-03-03"),
        told("child-details-recorded", "Mon 2 Mar 2026"),
    )
    survivor = one_rule(survives=("child-died", "turned-18", "case-transferred", "case-closed"))
    started = told("section-47-started", "Mon 2 Mar 2026")
    ended = [clocks([started, end], one_rule())[0].ending for end in ends]
    survived = [clocks([started, end], survivor)[0].ending for end in ends]

    assert ended == ["cancelled", "cancelled", None, "cancelled", "cancelled", None]
    assert survived == [None] * 6


def test_a_case_closed_for_another_referral_ends_nothing() -> None:
    """A start that names its referral is ended only by the closing of that one."""
    started = told("section-47-started", "Mon 2 Mar 2026", referral_ref="another")

    assert clocks([started, told("case-closed", "Tue 3 Mar 2026")], one_rule())[0].ending is None
