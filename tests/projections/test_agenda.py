"""The agenda of a sitting: who is on it, why, and what came too late for it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from domain.engine_events import ClockRetimed, TimescaleBreached
from domain.errors import NotFound
from domain.event import Event, Recorded
from domain.settling import settled_by
from projections.agenda import Agenda, agenda, may_come_before, next_sitting_of
from projections.agenda_given import given_to
from projections.agenda_items import Item
from tests.histories import CODE, core_only, day, moment, of_authority, source, told, withdrawn
from tests.projections.world import World, of

SITTINGS = (
    ("2015-10-14", "2015-10-07"),
    ("2015-11-11", "2015-11-04"),
    ("2015-12-09", "2015-12-02"),
)
NOVEMBER = "Wed 11 Nov 2015"
AFTERWARDS = "Mon 16 Nov 2015 09:00"


def published(
    *dates: tuple[str, str], panel: str = "macse", at: str = "Tue 1 Sep 2015"
) -> Recorded:
    """The dates of a panel, each with its cut-off."""
    named = tuple({"sits_on": on, "cutoff_on": cutoff} for on, cutoff in dates)
    return of_authority("panel-sittings-published", at, panel=panel, sittings=named)


def child(number: int, name: str, at: str, **fields: Any) -> Event:
    """Something told of one of several children."""
    return of(f"CH-{number}", told(name, at, **fields))


def referred(number: int, at: str, ref: str | None = None) -> Event:
    """A strategy meeting that sends a child to the panel."""
    return child(
        number, "strategy-meeting-held", at, kind="exploitation", outcome="macse",
        exploitation_refs=(ref or f"X-{number}",),
    )  # fmt: skip


def heard(number: int, at: str, decision: str = "plan", ref: str | None = None) -> Event:
    """A child heard at the panel."""
    return child(
        number, "case-heard-at-panel", at, kind="macse", decision=decision,
        exploitation_refs=(ref or f"X-{number}",),
    )  # fmt: skip


def planned(number: int, at: str) -> Event:
    """A plan of the panel's."""
    return child(
        number, "plan-started", at, kind="macse", plan_ref=f"P-{number}",
        exploitation_refs=(f"X-{number}",),
    )  # fmt: skip


def untimed(*dates: str) -> Recorded:
    """The dates of the panel, without a day on which any agenda closes."""
    named = tuple({"sits_on": on} for on in dates)
    return of_authority("panel-sittings-published", "Tue 1 Sep 2015", panel="macse", sittings=named)


@pytest.fixture
def panel(world: World) -> World:
    """An installation whose panel sits in October, November and December."""
    world.record(source(), published(*SITTINGS), at="Tue 1 Sep 2015 12:00")
    return world


def asked(world: World, on: str = NOVEMBER, now: str = AFTERWARDS, **more: Any) -> Agenda:
    """The agenda of a sitting."""
    as_of, known_at = (more.get(name) for name in ("as_of", "known_at"))
    return agenda(
        world.log,
        world.authority(),
        more.get("panel", "macse"),
        day(on),
        moment(now),
        as_of=moment(as_of) if as_of else None,
        known_at=moment(known_at) if known_at else None,
        among=more.get("among"),
    )


def why(items: tuple[Item, ...]) -> Mapping[str, list[str]]:
    """Each child with the reasons in words."""
    return {one.reference: [reason.sentence for reason in one.reasons] for one in items}


def few(world: World, panel: str = "macse") -> tuple[UUID, ...] | None:
    """The only children that may come before a panel now, as far as the board tells."""
    return may_come_before(world.log, world.views, world.authority(), panel)


def late(items: tuple[Item, ...]) -> Mapping[str, list[str]]:
    """Each child with what came after the cut-off."""
    return {
        one.reference: [reason.sentence for reason in one.after_cutoff]
        for one in items
        if one.after_cutoff
    }


def test_a_child_referred_since_the_last_sitting_is_new(panel: World) -> None:
    """Up to the cut-off it is on this agenda, a day later on the next."""
    panel.record(referred(1, "Wed 4 Nov 2015 16:00"), referred(2, "Thu 5 Nov 2015 09:00"))
    november, december = asked(panel), asked(panel, "Wed 9 Dec 2015")

    assert why(november.items) == {"CH-1": ["new since the last sitting, 4 November 2015"]}
    assert why(november.next_time) == {"CH-2": []}
    assert late(november.next_time) == {"CH-2": ["new since the last sitting, 5 November 2015"]}
    assert why(december.items)["CH-2"] == ["new since the last sitting, 5 November 2015"]


def test_what_came_too_late_for_one_sitting_is_new_to_the_next(panel: World) -> None:
    """It was on no agenda before: it is not called left over."""
    panel.record(referred(1, "Fri 9 Oct 2015 10:00"), referred(2, "Mon 5 Oct 2015 10:00"))

    assert why(asked(panel).items) == {
        "CH-1": ["new since the last sitting, 9 October 2015"],
        "CH-2": ["not heard at the last sitting, 5 October 2015"],
    }


def test_who_was_heard_is_on_no_later_agenda(panel: World) -> None:
    """On the agenda of the day it keeps its reason, with what was decided."""
    panel.record(referred(1, "Mon 2 Nov 2015 10:00"), heard(1, NOVEMBER, "no-plan"))
    november = asked(panel)
    (one,) = november.items

    assert one.decision is not None
    assert one.decision.decision == "no-plan"
    assert november.decided == 1
    assert asked(panel, "Wed 9 Dec 2015").everybody == ()


def test_a_deferred_child_comes_again_for_that_reason_only(panel: World) -> None:
    """Deferred in November, in December it is neither new nor left over."""
    panel.record(referred(1, "Mon 2 Nov 2015 10:00"), heard(1, NOVEMBER, "deferred"))

    assert why(asked(panel, "Wed 9 Dec 2015").items) == {
        "CH-1": ["deferred from the last sitting, 11 November 2015"]
    }


def test_a_second_referral_of_a_deferred_child_is_said_too(panel: World) -> None:
    """What came after the deferral is new."""
    panel.record(
        referred(1, "Mon 2 Nov 2015 10:00"),
        heard(1, NOVEMBER, "deferred"),
        child(
            1, "strategy-meeting-held", "Mon 23 Nov 2015 10:00", kind="exploitation",
            outcome="macse", exploitation_refs=("X-9",),
        ),
    )  # fmt: skip
    (one,) = asked(panel, "Wed 9 Dec 2015", "Fri 27 Nov 2015 09:00").items

    assert [reason.kind for reason in one.reasons] == ["new", "deferred"]
    assert one.refs == {"exploitation_ref": ("X-1", "X-9")}


def test_a_plan_is_on_the_agenda_when_its_review_would_not_wait(panel: World) -> None:
    """Due before the next sitting it is on; reviewed already, or ended, it is not."""
    for number in (1, 2, 3):
        panel.record(planned(number, "Wed 14 Oct 2015"))
    panel.record(
        child(2, "review-held", "Tue 10 Nov 2015", kind="macse", plan_ref="P-2"),
        child(3, "plan-ended", "Mon 9 Nov 2015", kind="macse", plan_ref="P-3"),
    )
    november = asked(panel)

    assert why(november.items) == {"CH-1": ["review due by 14 November 2015"]}
    assert november.items[0].refs == {"exploitation_ref": ("X-1",)}
    assert late(november.next_time) == {}


def test_a_review_due_only_after_the_next_sitting_can_wait(panel: World) -> None:
    """Reviewed the day before, it is due the day after the next sitting."""
    panel.record(
        planned(2, "Wed 14 Oct 2015"),
        child(2, "review-held", "Tue 10 Nov 2015", kind="macse", plan_ref="P-2"),
    )

    assert asked(panel).everybody == ()
    assert why(asked(panel, "Wed 9 Dec 2015").items) == {"CH-2": ["review due by 10 December 2015"]}


def test_going_missing_brings_a_planned_child_onto_the_agenda(panel: World) -> None:
    """Counted from the last cut-off to this one; later is for the next; nobody else's children."""
    went = "missing-episode-started"
    panel.record(
        planned(1, "Wed 14 Oct 2015"),
        child(1, "review-held", "Thu 5 Nov 2015", kind="macse", plan_ref="P-1"),
        child(1, went, "Tue 6 Oct 2015 22:00", missing_episode_ref="M-0"),
        child(1, went, "Tue 20 Oct 2015 22:00", missing_episode_ref="M-1"),
        child(1, went, "Sun 25 Oct 2015 22:00", missing_episode_ref="M-2"),
        child(1, went, "Sat 7 Nov 2015 22:00", missing_episode_ref="M-3"),
        child(2, went, "Sun 25 Oct 2015 22:00"),
    )
    november = asked(panel)

    assert why(november.items)["CH-1"] == [
        "missing since the last sitting, 2 times, last on 25 October 2015"
    ]
    assert "missing since the last sitting, on 7 November 2015" in late(november.items)["CH-1"]
    assert set(why(november.everybody)) == {"CH-1"}


def test_a_child_who_grows_up_before_the_next_sitting_is_seen_now(panel: World) -> None:
    """The next sitting would be too late; once 18, the plan brings nobody."""
    for number, born in ((1, "1997-12-08"), (2, "1997-12-09"), (3, "1997-11-10")):
        panel.record(
            planned(number, "Wed 14 Oct 2015"),
            child(number, "review-held", "Tue 10 Nov 2015", kind="macse", plan_ref=f"P-{number}"),
            child(number, "child-details-recorded", "Wed 14 Oct 2015", date_of_birth=born),
        )

    assert why(asked(panel).items) == {
        "CH-1": ["turns 18 before the next sitting, 8 December 2015"]
    }


def test_a_child_who_died_is_on_no_agenda(panel: World) -> None:
    """Nobody has to end the plan first."""
    panel.record(planned(1, "Wed 14 Oct 2015"), child(1, "child-died", "Mon 2 Nov 2015"))

    assert asked(panel).everybody == ()


def test_a_child_who_comes_with_another_areas_plan_moved_in(panel: World) -> None:
    """Told of the placement, the panel hears of the child as moved in."""
    panel.record(
        child(
            1, "cicola-placement-notified", "Tue 27 Oct 2015 10:00", placing_authority="344",
            cse_plan_elsewhere=True, cicola_placement_ref="CP-1",
        ),
    )  # fmt: skip
    (one,) = asked(panel).items

    assert why((one,)) == {"CH-1": ["moved in from another authority, 27 October 2015"]}
    assert one.refs == {"cicola_placement_ref": ("CP-1",)}


def test_whoever_is_heard_unannounced_was_brought(panel: World) -> None:
    """A child heard without a reason on the agenda is on it all the same."""
    panel.record(heard(1, NOVEMBER, "actions-agreed"))
    (one,) = asked(panel).items

    assert why((one,)) == {"CH-1": ["brought to this sitting, 11 November 2015"]}
    assert one.refs == {"exploitation_ref": ("X-1",)}


def test_another_panel_has_its_own_agenda(panel: World) -> None:
    """A MARAC referral comes before MARAC and before no other."""
    panel.record(
        published(("2015-11-12", "2015-11-04"), panel="marac"),
        child(1, "marac-referral-received", "Mon 2 Nov 2015", marac_ref="MA-1", repeat=False),
        child(2, "case-heard-at-panel", "Thu 12 Nov 2015", kind="marac", marac_ref="MA-2", decision="plan"),
    )  # fmt: skip
    marac = asked(panel, "Thu 12 Nov 2015", panel="marac")

    assert why(marac.items) == {
        "CH-1": ["new since the last sitting, 2 November 2015"],
        "CH-2": ["brought to this sitting, 12 November 2015"],
    }
    assert [one.refs for one in marac.items] == [{"marac_ref": ("MA-1",)}, {"marac_ref": ("MA-2",)}]
    assert asked(panel).everybody == ()


def test_two_references_of_one_child_are_on_it_once(panel: World) -> None:
    """Joined, the child has the reasons of both; asked as known before, there are two."""
    panel.record(referred(1, "Mon 2 Nov 2015 10:00"), at="Mon 2 Nov 2015 11:00")
    panel.record(planned(2, "Wed 14 Oct 2015"))
    panel.record(
        child(1, "child-references-joined", "Fri 6 Nov 2015 09:00", other_child="CH-2"),
        at="Fri 6 Nov 2015 09:00",
    )
    panel.take_in()
    ways = (asked(panel), asked(panel, among=few(panel)))

    for november in ways:
        (one,) = november.items
        assert (one.reference, one.others) == ("CH-1", ("CH-2",))
        assert [reason.kind for reason in one.reasons] == ["new", "review-due"]
    apart = asked(panel, known_at="Thu 5 Nov 2015 09:00")
    assert set(why(apart.items)) == {"CH-1", "CH-2"}


def test_the_two_moments_are_asked_apart(panel: World) -> None:
    """What had happened and what was known; the ways to read it agree."""
    panel.record(referred(2, "Tue 3 Nov 2015 10:00"), at="Tue 3 Nov 2015 11:00")
    panel.record(referred(1, "Mon 2 Nov 2015 10:00"), at="Tue 10 Nov 2015 09:00")
    panel.take_in()
    some = few(panel)

    for among in (None, some):
        assert set(why(asked(panel, among=among).items)) == {"CH-1", "CH-2"}
        known = asked(panel, known_at="Wed 4 Nov 2015 09:00", among=among)
        assert set(why(known.items)) == {"CH-2"}
        happened = asked(panel, as_of="Mon 2 Nov 2015 12:00", among=among)
        assert set(why(happened.items)) == {"CH-1"}
        assert happened.moment == moment("Mon 2 Nov 2015 12:00")


def test_actions_are_listed_by_agency_and_day(panel: World) -> None:
    """Open from earlier sittings, agreed today, done and late, each with its child."""
    for number, ref, agency, at, due in (
        (1, "A-1", "police", "Wed 14 Oct 2015", "2015-10-30"),
        (1, "A-2", "childrens_social_care", "Wed 14 Oct 2015", "2015-11-20"),
        (2, "A-3", "police", "Wed 14 Oct 2015", "2015-10-23"),
        (1, "A-4", "camhs", NOVEMBER, "2015-11-25"),
    ):
        panel.record(
            child(
                number, "panel-action-agreed", at, identity=ref, action_ref=ref, panel="macse",
                kind="health", agency=agency, due_on=due,
            ),
        )  # fmt: skip
    panel.record(child(2, "panel-action-done", "Fri 23 Oct 2015", action_ref="A-3"))
    panel.record(child(1, "panel-action-done", NOVEMBER, action_ref="A-1"))
    november = asked(panel)

    assert [(one.ref, one.agency, one.late) for one in november.actions] == [
        ("A-2", "childrens_social_care", False),
        ("A-1", "police", True),
    ]
    assert [one.ref for one in november.agreed] == ["A-4"]
    assert november.everybody == ()
    assert [one.done_on for one in november.actions] == [None, day(NOVEMBER)]
    assert [one.ref for one in asked(panel, "Wed 9 Dec 2015").actions] == ["A-4", "A-2"]


@pytest.mark.parametrize(
    ("shares", "given"),  # each child with whether it is said why
    [
        (None, {"CH-1": False, "CH-2": False}),
        ("own", {"CH-1": True}),
        ("everything", {"CH-1": True, "CH-2": True}),
    ],
)
def test_a_member_is_given_the_agenda_as_the_agreement_says(
    world: World, shares: str | None, given: dict[str, bool]
) -> None:
    """References alone, its own children with why, or all; of what is to be done, only what it does."""
    world.record(source(), published(*SITTINGS))
    if shares:
        world.record(
            of_authority(
                "panel-sharing-agreed", "Tue 1 Sep 2015 10:00",
                panel="macse", agency="police", shares=shares, agreement="Version 2",
            ),
        )  # fmt: skip
    world.record(referred(1, "Mon 12 Oct 2015 10:00"), referred(2, "Mon 12 Oct 2015 10:00"))
    world.record(
        *[
            child(
                number, "panel-action-agreed", "Wed 14 Oct 2015", identity=ref, action_ref=ref,
                panel="macse", kind="health", agency=agency, due_on="2015-11-20",
            )
            for number, ref, agency in ((1, "A-1", "police"), (2, "A-2", "camhs"))
        ]
    )  # fmt: skip
    found = given_to(asked(world), ("police",))

    assert {name: bool(reasons) for name, reasons in why(found.items).items()} == given
    assert [one.ref for one in found.actions] == ["A-1"]


def test_attendance_is_what_was_said_last(panel: World) -> None:
    """A second word replaces the first; another sitting's is another."""
    for at, present, apologies in (
        ("Wed 11 Nov 2015 12:00", ("police",), ("school",)),
        ("Wed 11 Nov 2015 15:00", ("police", "school"), None),
    ):
        panel.record(
            of_authority(
                "panel-attendance-recorded", at, panel="macse", sits_on="2015-11-11",
                present=present, apologies=apologies,
            ),
        )  # fmt: skip
    found = asked(panel).attendance

    assert found is not None
    assert (found.present, found.apologies) == (("police", "school"), ())
    assert asked(panel, "Wed 9 Dec 2015").attendance is None


def test_a_sitting_put_off_takes_its_agenda_along(panel: World) -> None:
    """Before the cut-off or after it: who was on it stays on it, and the way there is kept."""
    panel.record(referred(1, "Mon 2 Nov 2015 10:00"), referred(2, "Fri 6 Nov 2015 10:00"))
    for at, sits, to in (
        ("Tue 10 Nov 2015 09:00", "2015-11-11", "2015-11-18"),
        ("Tue 17 Nov 2015 09:00", "2015-11-18", "2015-11-25"),
    ):
        panel.record(
            of_authority(
                "panel-sitting-postponed", at, panel="macse", sits_on=sits, moved_to=to,
                reason="not-quorate",
            ),
            at=at,
        )  # fmt: skip
    moved = asked(panel, "Wed 25 Nov 2015", "Fri 27 Nov 2015 09:00")

    assert set(why(moved.items)) == {"CH-1"}
    assert set(why(moved.next_time)) == {"CH-2"}
    assert [getattr(one.fact, "sits_on", None) for one in moved.moved_from] == [
        day(NOVEMBER), day("Wed 18 Nov 2015"),
    ]  # fmt: skip
    with pytest.raises(NotFound, match="no sitting of macse is known on 11 November 2015"):
        asked(panel)
    before = asked(panel, known_at="Mon 9 Nov 2015 09:00")
    assert (set(why(before.items)), before.moved_from) == ({"CH-1"}, ())


def test_a_new_cut_off_opens_the_agenda_again(panel: World) -> None:
    """Put off with a later cut-off, who came too late is on it after all."""
    panel.record(
        referred(2, "Fri 6 Nov 2015 10:00"),
        of_authority(
            "panel-sitting-postponed", "Tue 10 Nov 2015 09:00", panel="macse",
            sits_on="2015-11-11", moved_to="2015-11-18", cutoff_on="2015-11-11",
            reason="other",
        ),
    )  # fmt: skip

    assert set(why(asked(panel, "Wed 18 Nov 2015").items)) == {"CH-2"}


def test_the_last_sitting_that_is_published_looks_a_month_ahead(panel: World) -> None:
    """Where no next sitting is published, what is due within a month is on the agenda."""
    panel.record(planned(1, "Tue 1 Dec 2015"))
    panel.record(of_authority("panel-sittings-published", "Tue 1 Dec 2015", sittings=()))

    assert why(asked(panel, "Wed 9 Dec 2015", "Thu 10 Dec 2015 09:00").items) == {
        "CH-1": ["review due by 1 January 2016"]
    }


def test_the_first_sitting_calls_everything_new(panel: World) -> None:
    """There was no sitting before it that could have heard anybody."""
    panel.record(referred(1, "Tue 1 Sep 2015 10:00"))

    assert why(asked(panel, "Wed 14 Oct 2015").items) == {
        "CH-1": ["new since the last sitting, 1 September 2015"]
    }


def test_what_is_withdrawn_is_on_no_agenda(panel: World) -> None:
    """A meeting that never was sends nobody."""
    meeting = told(
        "strategy-meeting-held", "Mon 2 Nov 2015 10:00", kind="exploitation", outcome="macse",
        exploitation_refs=("X-1",),
    )  # fmt: skip
    gone = withdrawn(meeting, "Tue 3 Nov 2015 10:00")
    panel.record(meeting, gone)
    panel.take_in()

    assert asked(panel).everybody == ()
    assert asked(panel, among=[panel.stream("nobody")]).everybody == ()


def test_the_next_sitting_is_found(panel: World) -> None:
    """From a day on; the last where none is to come; no answer where none is published."""
    here = panel.authority()

    assert next_sitting_of(here, "macse", moment("Wed 11 Nov 2015 23:00")) == day(NOVEMBER)
    assert next_sitting_of(here, "macse", moment("Thu 12 Nov 2015 09:00")) == day("Wed 9 Dec 2015")
    assert next_sitting_of(here, "macse", moment("Mon 11 Jan 2016 09:00")) == day("Wed 9 Dec 2015")
    with pytest.raises(NotFound, match="no sitting of marac is published yet"):
        next_sitting_of(here, "marac", moment("Mon 11 Jan 2016 09:00"))


def test_of_two_publications_of_one_day_the_later_word_counts(panel: World) -> None:
    """The day is all that is known of both, so the order of recording decides."""
    for number, closes in enumerate(("2015-12-03", "2015-12-04", "2015-12-01", "2015-12-05")):
        said = published(("2015-12-09", closes), at="Mon 2 Nov 2015")
        panel.record(said, at=f"Mon 2 Nov 2015 1{number}:00")

    assert f"{panel.authority().sittings['macse'][-1].cutoff_on}" == "2015-12-05"


def postponed(at: str, sits: str, to: str, **more: Any) -> Recorded:
    """A sitting of the panel put off to another day."""
    return of_authority(
        "panel-sitting-postponed", at, panel="macse", sits_on=sits, moved_to=to,
        reason="not-quorate", **more,
    )  # fmt: skip


def waiting_until(world: World, number: int) -> str:
    """The last day on which a child's hearing is in time."""
    (clock,) = [
        one
        for one in world.episode(f"CH-{number}").clocks(world.authority())
        if one.timescale.id == "cse-macse-next-panel"
    ]
    return str(clock.due_on)


def test_a_clock_that_waits_moves_with_its_sitting_and_names_the_cause(panel: World) -> None:
    """Warned for the old day, the child waits for the new one because of the postponement."""
    panel.record(referred(1, "Tue 27 Oct 2015 10:00"), at="Tue 27 Oct 2015 10:00")
    panel.run_engine("CH-1", "Mon 9 Nov 2015 09:00")
    before = waiting_until(panel, 1)
    put_off = postponed("Mon 9 Nov 2015 09:00", "2015-11-11", "2015-11-18")
    panel.record(put_off, at="Mon 9 Nov 2015 09:00")
    panel.run_engine("CH-1", "Thu 12 Nov 2015 09:00")
    told = [one.event.said for one in panel.episode("CH-1").engine]
    (retimed,) = [one for one in told if isinstance(one, ClockRetimed)]
    recorded = panel.log.history(panel.log.stream(CODE, "authority", CODE))[-1]

    assert (before, waiting_until(panel, 1)) == ("2015-11-11", "2015-11-18")
    assert retimed.cause == recorded.event_id
    assert retimed.due_at == moment("Thu 19 Nov 2015 00:00")
    assert not [one for one in told if isinstance(one, TimescaleBreached)]


def test_after_the_cut_off_only_a_new_cut_off_lets_a_child_in(panel: World) -> None:
    """A month is allowed to who came too late; a sitting put off is theirs only if it says so."""
    panel.record(referred(1, "Thu 3 Dec 2015 10:00"), at="Thu 3 Dec 2015 10:00")
    first = waiting_until(panel, 1)
    panel.record(postponed("Mon 7 Dec 2015 09:00", "2015-12-09", "2015-12-16"))
    shut = waiting_until(panel, 1)
    again = postponed("Tue 8 Dec 2015 09:00", "2015-12-16", "2015-12-17", cutoff_on="2015-12-10")
    panel.record(again)

    assert (first, shut, waiting_until(panel, 1)) == ("2016-01-03", "2016-01-03", "2015-12-17")


def test_what_the_board_has_not_taken_in_yet_is_on_the_agenda(panel: World) -> None:
    """A child told of a moment ago is not forgotten; one of whom nothing of the kind is known is."""
    panel.record(referred(1, "Mon 2 Nov 2015 10:00"))
    panel.record(child(3, "contact-received", "Mon 2 Nov 2015 10:00"))
    panel.take_in()
    panel.record(referred(2, "Tue 3 Nov 2015 10:00"))
    found = few(panel)

    assert found == (panel.stream("CH-1"), panel.stream("CH-2"))
    assert set(why(asked(panel, among=found).items)) == {"CH-1", "CH-2"}


def test_where_nobody_is_made_to_wait_the_whole_log_is_read(panel: World) -> None:
    """With the rule of a panel switched off no clock tells who comes before it."""
    panel.policy = core_only()

    assert few(panel, "marac") is None
    assert few(panel) == ()


def test_an_agenda_without_a_day_of_its_own_closes_by_the_authoritys_number(world: World) -> None:
    """Who comes after it is the next sitting's, and at that one new; settled longer, one more is."""
    world.record(source(), untimed(*(on for on, _ in SITTINGS)), at="Tue 1 Sep 2015 12:00")
    world.record(referred(1, "Tue 3 Nov 2015 10:00"), referred(2, "Wed 4 Nov 2015 16:00"))
    world.record(referred(3, "Thu 5 Nov 2015 09:00"))
    by_default, after = asked(world), asked(world, "Wed 9 Dec 2015")
    world.policy = settled_by(world.policy, {"cse-macse-next-panel": {"agenda_cutoff": 6}})
    settled, later = asked(world), asked(world, "Wed 9 Dec 2015")

    assert (set(why(by_default.items)), set(late(by_default.next_time))) == (
        {"CH-1", "CH-2"}, {"CH-3"},
    )  # fmt: skip
    assert by_default.closing.on == day("Wed 4 Nov 2015")
    assert why(after.items)["CH-2"] == ["not heard at the last sitting, 4 November 2015"]
    assert why(after.items)["CH-3"] == ["new since the last sitting, 5 November 2015"]
    assert (set(why(settled.items)), set(late(settled.next_time))) == ({"CH-1"}, {"CH-2", "CH-3"})
    assert why(later.items)["CH-2"] == ["new since the last sitting, 4 November 2015"]


def test_each_rule_closes_the_agenda_for_what_it_brings(world: World) -> None:
    """A child from elsewhere may still come where the panel's own rule has closed already."""
    world.policy = settled_by(
        world.policy, {"cse-cicola-transfer-next-panel": {"agenda_cutoff": 2}}
    )
    world.record(source(), untimed("2015-11-11"), at="Tue 1 Sep 2015 12:00")
    elsewhere = child(
        2, "cicola-placement-notified", "Fri 6 Nov 2015 10:00", cse_plan_elsewhere=True
    )
    world.record(referred(1, "Fri 6 Nov 2015 10:00"), elsewhere)
    found = asked(world)

    assert set(why(found.items)) == {"CH-2"}
    assert set(why(found.next_time)) == {"CH-1"}
    assert [one.on for one in found.closings] == [day("Wed 4 Nov 2015"), day("Mon 9 Nov 2015")]


def test_a_child_missing_after_the_agenda_closed_is_told_of_next_time(world: World) -> None:
    """The days since then are counted from the authority's number too."""
    world.record(source(), untimed("2015-11-11"), at="Tue 1 Sep 2015 12:00")
    world.record(planned(1, "Thu 15 Oct 2015"))
    for at in ("Tue 3 Nov 2015 22:00", "Thu 5 Nov 2015 22:00"):
        world.record(child(1, "missing-episode-started", at, type="M", missing_episode_ref=at))
    found = asked(world)

    assert "missing since the last sitting, on 3 November 2015" in why(found.items)["CH-1"]
    assert late(found.items) == {"CH-1": ["missing since the last sitting, on 5 November 2015"]}
