"""History judged again: who flips, which way, and the work of each week."""

from datetime import date

import pytest

from domain.authority import Authority
from domain.clocks import Verdict
from domain.conventions import CONVENTIONS, counted_by, governed_by
from domain.settling import settled_by
from domain.timescales import Policy
from projections import what_if as asking
from projections.what_if import Question, WhatIf, is_otherwise, what_if, which_way
from projections.whole_log import every_stream
from tests.histories import CODE, england, moment, of_authority, source, told
from tests.projections.lives import live
from tests.projections.world import World, of
from tests.spec.judging import switched_on

CONFERENCE = "icpc-15wd"
EVER = date(2012, 1, 2), date(2028, 12, 1)


def asked(world: World, other: Authority, *, processes: int = 1, **changes: date) -> WhatIf:
    """What would be otherwise for everybody in a world."""
    first, last = EVER
    question = Question(
        world.authority(),
        (other,),
        changes.get("from_on", first),
        changes.get("to_on", last),
        world.now,
    )
    (found,) = what_if(every_stream(world.log, CODE), question, processes=processes)
    return found


@pytest.fixture
def held(world: World) -> World:
    """Two enquiries: one conference on its last day, one two days before; both recorded at once."""
    world.record(source(), at="Mon 14 Dec 2015 09:00")
    for child, on in (("last-day", "Thu 7 Jan 2016"), ("in-time", "Tue 5 Jan 2016")):
        world.record(of(child, told("section-47-started", "Mon 14 Dec 2015")))
        meeting = told("conference-held", on, kind="initial", enquiry_ref="enquiry-1")
        world.record(of(child, meeting))
    world.now = moment("Mon 1 Feb 2016 09:00")
    return world


def stricter(world: World) -> Authority:
    """The authority, counting a day less."""
    return counted_by(world.authority(), CONVENTIONS["one-day-stricter"])


def test_a_clock_that_is_late_by_another_count_alone_is_named(held: World) -> None:
    """On the last day: in time by law, late by the sector's validator."""
    found = asked(held, stricter(held))
    (flip,) = [one for one in found.flips if one.timescale == CONFERENCE]

    assert (flip.reference, flip.before, flip.after) == ("last-day", Verdict.MET, Verdict.MET_LATE)
    assert (flip.due_before, flip.due_after) == (date(2016, 1, 7), date(2016, 1, 6))
    assert flip.way == "worse"
    assert found.before[CONFERENCE] == {"met": 2}
    assert found.after[CONFERENCE] == {"met": 1, "met-late": 1}
    assert found.flipped("worse") >= 1


def test_another_number_of_the_authoritys_keeps_a_child_waiting_for_the_next_panel(
    world: World,
) -> None:
    """Referred between the two days on which the agenda would close, and heard a sitting later."""
    sits = tuple({"sits_on": on} for on in ("2015-11-11", "2015-12-02"))
    world.record(
        source(),
        of_authority("panel-sittings-published", "Tue 1 Sep 2015", panel="macse", sittings=sits),
        at="Tue 1 Sep 2015 12:00",
    )
    for child, on in (("between", "Wed 4 Nov 2015 10:00"), ("before", "Tue 3 Nov 2015 10:00")):
        meeting = told(
            "strategy-meeting-held", on, kind="exploitation", outcome="macse",
            exploitation_refs=("X",),
        )  # fmt: skip
        hearing = told(
            "case-heard-at-panel", "Wed 2 Dec 2015", kind="macse", decision="plan",
            exploitation_refs=("X",),
        )  # fmt: skip
        world.record(of(child, meeting), of(child, hearing))
    world.now = moment("Mon 1 Feb 2016 09:00")
    settled = {"cse-macse-next-panel": {"agenda_cutoff": 6}}
    here = world.authority()
    found = asked(world, governed_by(here, settled_by(here.policy, settled)))
    (flip,) = [one for one in found.flips if one.timescale == "cse-macse-next-panel"]

    assert (flip.reference, flip.way) == ("between", "better")
    assert (flip.before, flip.after) == (Verdict.MET_LATE, Verdict.MET)
    assert (flip.due_before, flip.due_after) == (date(2015, 11, 11), date(2015, 12, 2))


def test_a_longer_count_cures(held: World) -> None:
    """Late by ours, in time where the shut-down days are left out."""
    late = of("late", told("section-47-started", "Mon 14 Dec 2015"))
    meeting = told("conference-held", "Mon 11 Jan 2016", kind="initial", enquiry_ref="enquiry-1")
    held.record(late, of("late", meeting))
    found = asked(held, counted_by(held.authority(), CONVENTIONS["closures"]))

    assert [(one.reference, one.way) for one in found.flips if one.timescale == CONFERENCE] == [
        ("late", "better")
    ]


def test_the_work_of_each_week_is_counted_for_the_role_told_first(held: World) -> None:
    """Two conferences move from the first week of January to the next but one when holidays are added."""
    found = asked(held, counted_by(held.authority(), CONVENTIONS["closures"]))
    role = "team_manager"
    before = {week: n for (who, week), n in found.due_before.items() if who == role}
    after = {week: n for (who, week), n in found.due_after.items() if who == role}

    assert before != after
    assert sum(before.values()) == sum(after.values())
    assert before["2016-W01"] > after.get("2016-W01", 0)


def test_only_clocks_that_start_between_the_days_are_judged(held: World) -> None:
    """Both ends are included."""
    on = date(2015, 12, 14)
    inside = asked(held, stricter(held), from_on=on, to_on=on)
    outside = asked(held, stricter(held), from_on=date(2015, 12, 15), to_on=date(2016, 1, 4))

    assert CONFERENCE in inside.before
    assert CONFERENCE not in outside.before


def test_a_rule_that_only_one_pack_has_starts_no_clock_under_the_other(held: World) -> None:
    """Nothing stands for the verdict of a clock that never was."""
    policy = england()
    said = {name: getattr(policy, name) for name in Policy.model_fields}
    kept = tuple(rule for rule in policy.timescales if rule.id != CONFERENCE)
    without = governed_by(held.authority(), Policy.model_validate(said | {"timescales": kept}))
    gone = [one for one in asked(held, without).flips if one.timescale == CONFERENCE]
    question = Question(without, (held.authority(),), *EVER, held.now)
    (back,) = what_if(every_stream(held.log, CODE), question)
    new = [one for one in back.flips if one.timescale == CONFERENCE]

    assert [(one.before, one.after, one.due_after) for one in gone] == [
        (Verdict.MET, None, None)
    ] * 2
    assert [(one.before, one.after, one.due_before) for one in new] == [
        (None, Verdict.MET, None)
    ] * 2
    assert not asked(held, without).is_empty


@pytest.mark.parametrize("number", range(3))
def test_the_baseline_against_itself_is_empty(world: World, number: int) -> None:
    """By the very same authority, and by one that was made anew and says the same."""
    live(world, number, engine=False)
    for other in (world.authority(), counted_by(world.authority(), CONVENTIONS["ours"])):
        found = asked(world, other)
        assert found.is_empty
        assert sum(sum(one.values()) for one in found.before.values()) > 0
    same = world.authority()
    question = Question(same, (same,), *EVER, world.now)
    assert what_if(every_stream(world.log, CODE), question)[0].is_empty


def test_many_children_are_shared_out_and_give_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes find what one finds, in the same order, with word of progress."""
    world.record(source(), at="Mon 2 Mar 2026 09:00")
    for number in range(70):
        world.record(of(f"CH-{number}", told("section-47-started", "Mon 2 Mar 2026")))
    world.now = moment("Tue 24 Mar 2026 09:00")
    alone = asked(world, stricter(world))
    monkeypatch.setattr(asking, "WORTH_SHARING", 10)
    shared = asked(world, stricter(world), processes=2)
    reached: list[int] = []
    question = Question(world.authority(), (stricter(world),), *EVER, world.now)
    what_if(every_stream(world.log, CODE), question, reached=reached.append, processes=2)

    streams = [(stream, found, ()) for stream, found in every_stream(world.log, CODE).items()]
    monkeypatch.setattr(asking, "WORK", [(streams, question)])

    assert asking.judge_part(0) == asking.judge(streams, question)
    assert shared == alone
    assert reached[-1] == 71


def test_what_cannot_be_counted_is_in_nobodys_week(world: World) -> None:
    """The calendar ends before the count does: no week is guessed."""
    world.record(
        source(), told("section-47-started", "Mon 18 Dec 2028"), at="Mon 18 Dec 2028 17:00"
    )
    found = asked(world, world.authority(), to_on=date(2029, 1, 1))

    assert found.before[CONFERENCE] == {"undecidable": 1}
    assert sum(found.due_before.values()) < sum(sum(one.values()) for one in found.before.values())


def test_the_authoritys_own_duties_are_judged_too(world: World) -> None:
    """Quarterly reports are nobody's child's, and late like anything else."""
    world.record(
        source(), of_authority("report-published", "Mon 2 Mar 2015"), at="Mon 2 Mar 2015 09:00"
    )
    world.now = moment("Mon 1 Feb 2016 09:00")

    found = asked(world, world.authority())

    assert found.children == 0


def test_quarters_that_have_not_ended_are_nobodys_work(world: World) -> None:
    """The calendar knows them years ahead; until they end nothing has started."""
    world.record(source(), at="Mon 2 Mar 2015 09:00")
    world.policy = switched_on("report-missing-quarterly")
    world.now = moment("Mon 1 Feb 2016 09:00")

    found = asked(world, world.authority(), from_on=date(2015, 1, 1))

    assert sum(found.before["report-missing-quarterly"].values()) == 4


def told_of(verdict: Verdict) -> asking.Told:
    """What is compared of a clock."""
    return asking.Told("rule", verdict, date(2026, 3, 2), "team_manager", counted=True)


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        (Verdict.BREACHED, Verdict.MET, "better"),
        (Verdict.MET_LATE, None, "better"),
        (Verdict.MET, Verdict.BREACHED, "worse"),
        (None, Verdict.BREACHED, "worse"),
        (Verdict.BREACHED, Verdict.UNDECIDABLE, "neither"),
        (Verdict.UNDECIDABLE, Verdict.BREACHED, "neither"),
        (Verdict.MET, None, "neither"),
        (None, Verdict.RUNNING, "neither"),
    ],
)
def test_which_way_a_clock_flips(before: Verdict | None, after: Verdict | None, way: str) -> None:
    """Late or not is what counts; what is not known is neither good nor bad."""
    one = None if before is None else told_of(before)
    other = None if after is None else told_of(after)

    assert which_way(one, other) == way
    assert is_otherwise(one, other)


def test_a_warning_a_day_sooner_turns_nobody_over() -> None:
    """Running and due soon are both in time."""
    running, soon = told_of(Verdict.RUNNING), told_of(Verdict.DUE_SOON)

    assert not is_otherwise(running, soon)
    assert not is_otherwise(running, running)
