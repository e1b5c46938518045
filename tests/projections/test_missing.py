"""The daily missing page: who is out, who is back, who is nearly third, and of whom nothing is heard."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from domain.event import Event
from domain.permission import Visible
from domain.timescales import Policy
from formats.missing_lines import lines, nth
from projections.missing import MissingPage, missing_page, page_of
from projections.missing_lives import LivesNow
from tests.histories import moment, source, told
from tests.projections.world import World, feed, of

NOW = "Mon 11 Jan 2016 09:00"


def child(number: int, name: str, at: str, **fields: Any) -> Event:
    """Something told of one of several children."""
    return of(f"CH-{number}", told(name, at, **fields))


def went(number: int, at: str, ref: str = "ME", **fields: Any) -> Event:
    """A child was last seen."""
    more = {"type": "M", "care_status": "not-looked-after"} | fields
    return child(number, "missing-episode-started", at, missing_episode_ref=ref, **more)


def back(number: int, at: str, ref: str = "ME", how: str = "returned") -> Event:
    """The child is back."""
    return child(number, "missing-episode-ended", at, missing_episode_ref=ref, how=how)


def page(world: World, *events: Event, **more: Any) -> MissingPage:
    """The page once these are known."""
    world.record(source(), *events, at="Mon 11 Jan 2016 08:00")
    return missing_page(world.log, world.authority(), moment(NOW), **more)


def said(found: MissingPage, section: str) -> list[tuple[str, ...]]:
    """What one section says: the child, what, and more."""
    return [(row[1], row[5], row[7]) for row in lines(found) if row[0] == section]


def test_who_is_out_stands_by_hours(world: World) -> None:
    """The longest out comes first, each with its meeting, grade and times."""
    found = page(
        world,
        went(1, "Sun 10 Jan 2016 09:00", police_grade="high"),
        went(2, "Thu 7 Jan 2016 08:00"),
        went(3, "Sat 9 Jan 2016 09:00"),
        child(
            3,
            "strategy-meeting-held",
            "Sun 10 Jan 2016 09:00",
            kind="missing",
            missing_episode_refs=("ME",),
        ),
    )

    assert [(one.child, one.hours_out(found.moment)) for one in found.out] == [
        ("CH-2", 97),
        ("CH-3", 48),
        ("CH-1", 24),
    ]
    assert said(found, "out now") == [
        (
            "CH-2",
            "out for 97 hours, 1st time in 90 days",
            "strategy meeting late, was due by 10 January 2016 at 8am",
        ),
        (
            "CH-3",
            "out for 48 hours, 1st time in 90 days",
            "strategy meeting held on 10 January 2016 at 9am",
        ),
        (
            "CH-1",
            "out for 24 hours, 1st time in 90 days",
            "strategy meeting due by 13 January 2016 at 9am",
        ),
    ]
    assert found.out[2].grade == "high"


def test_who_is_back_stays_for_72_hours(world: World) -> None:
    """With how the interview stands: due, offered, declined or held; longer ago is left out."""
    starts = [went(number, "Wed 6 Jan 2016 09:00") for number in range(1, 6)]
    returns = [back(number, f"Sun 10 Jan 2016 0{number}:00") for number in range(1, 5)]
    found = page(
        world,
        *starts,
        *returns,
        back(5, "Thu 7 Jan 2016 09:00"),
        child(
            2,
            "return-interview-offered",
            "Sun 10 Jan 2016 10:00",
            missing_episode_ref="ME",
            offered_to="child",
        ),
        child(3, "return-interview-declined", "Sun 10 Jan 2016 10:00", missing_episode_ref="ME"),
        child(
            4,
            "return-interview-held",
            "Sun 10 Jan 2016 10:00",
            missing_episode_refs=("ME",),
            independent=True,
            reasons=("pull_friends",),
        ),
    )

    assert [one.child for one in found.back] == ["CH-4", "CH-3", "CH-2", "CH-1"]
    assert [one.interview.state for one in found.back] == ["held", "declined", "offered", "due"]
    assert found.back[0].reasons == ("pull_friends",)


def test_two_times_in_the_window_are_nearly_three(world: World) -> None:
    """Counted by the pack's own window: a time before it does not count, a merged record neither."""
    found = page(
        world,
        went(1, "Mon 4 Jan 2016 09:00", "A"),
        back(1, "Mon 4 Jan 2016 12:00", "A"),
        went(1, "Tue 5 Jan 2016 09:00", "B"),
        back(1, "Tue 5 Jan 2016 12:00", "B"),
        went(2, "Thu 1 Oct 2015 09:00", "A"),
        back(2, "Thu 1 Oct 2015 12:00", "A"),
        went(2, "Tue 5 Jan 2016 09:00", "B"),
        back(2, "Tue 5 Jan 2016 12:00", "B"),
        went(3, "Mon 4 Jan 2016 09:00", "A"),
        back(3, "Mon 4 Jan 2016 12:00", "A"),
        went(3, "Mon 4 Jan 2016 09:30", "B"),
        child(
            3,
            "missing-episodes-merged",
            "Mon 4 Jan 2016 13:00",
            missing_episode_ref="A",
            dropped_missing_episode_refs=("B",),
        ),
    )

    assert [one.child for one in found.about_to_be_nth] == ["CH-1"]
    assert said(found, "one more calls for a meeting") == [("CH-1", "2 times in 90 days", "")]
    assert found.out == ()


def test_a_return_found_wrong_opens_the_episode_again(world: World) -> None:
    """The hours run on from when the child was last seen."""
    found = page(
        world,
        went(1, "Sat 9 Jan 2016 09:00"),
        back(1, "Sun 10 Jan 2016 09:00"),
        child(
            1,
            "missing-episode-reopened",
            "Sun 10 Jan 2016 10:00",
            missing_episode_ref="ME",
            reverses_event="x",
        ),
    )

    assert [one.hours_out(found.moment) for one in found.out] == [48]


def test_the_page_can_be_asked_of_another_moment(world: World) -> None:
    """Who was out by then, and what was known by then."""
    events = went(1, "Sat 9 Jan 2016 09:00"), back(1, "Sun 10 Jan 2016 09:00")
    then = page(world, *events, as_of=moment("Sat 9 Jan 2016 19:00"))
    unknown = page(world, known_at=moment("Sun 10 Jan 2016 12:00"))

    assert [one.hours_out(then.moment) for one in then.out] == [10]
    assert (unknown.out, unknown.back, then.back) == ((), (), ())


def test_whose_child_it_is_stands_beside(world: World) -> None:
    """Placed here by another authority, or ours elsewhere; and a child on the panel's plan."""
    found = page(
        world,
        child(
            1,
            "cicola-placement-notified",
            "Mon 4 Jan 2016 09:00",
            placing_authority="344",
            placed_on="2016-01-04",
        ),
        went(1, "Sun 10 Jan 2016 09:00", care_status="other-authority"),
        child(2, "placement-started", "Mon 4 Jan 2016", out_of_area=True, area_authority="344"),
        went(2, "Sun 10 Jan 2016 08:00"),
        went(3, "Sun 10 Jan 2016 07:00", care_status="other-authority"),
        child(4, "plan-started", "Mon 4 Jan 2016", kind="macse"),
        went(4, "Sun 10 Jan 2016 06:00", responsible_authority="344"),
    )

    assert said(found, "other authorities") == [
        ("CH-1", "placed here by Wirral", "out now"),
        ("CH-2", "ours, placed in Wirral", "out now"),
        ("CH-3", "placed here by another authority, not named", "out now"),
        ("CH-4", "placed here by Wirral", "out now"),
    ]
    assert [one.plan is not None for one in found.out] == [True, False, False, False]


def test_nobody_heard_from_is_named_with_what_is_recorded(world: World) -> None:
    """Since a visit at which the child was seen, or since the plan began; a visit unseen does not count."""
    plan = {"kind": "child-protection", "plan_ref": "P"}
    visit = {"kind": "child-protection", "plan_ref": "P"}
    found = page(
        world,
        child(1, "plan-started", "Mon 7 Dec 2015", **plan),
        child(1, "visit-made", "Mon 14 Dec 2015", child_seen=True, **visit),
        child(1, "visit-made", "Mon 4 Jan 2016", child_seen=False, **visit),
        child(2, "plan-started", "Mon 7 Dec 2015", **plan),
        child(3, "plan-started", "Mon 7 Dec 2015", **plan),
        child(3, "visit-made", "Fri 8 Jan 2016", child_seen=True, **visit),
        child(4, "plan-started", "Mon 7 Dec 2015", **plan),
        child(4, "plan-ended", "Mon 4 Jan 2016", **plan),
    )

    assert said(found, "nobody has heard from") == [
        (
            "CH-2",
            "on a child protection plan, expected within 10 days",
            "Nothing recorded since 7 December 2015 (plan started)",
        ),
        (
            "CH-1",
            "on a child protection plan, expected within 10 days",
            "Nothing recorded since 14 December 2015",
        ),
    ]


def test_how_an_interview_stands_is_said_with_its_time(world: World) -> None:
    """Held and declined with when, offered with by when, due or late; beside how long the child was out."""
    starts = [went(number, "Wed 6 Jan 2016 09:00") for number in range(1, 4)]
    found = page(
        world,
        *starts,
        back(1, "Fri 8 Jan 2016 09:30"),
        back(2, "Sun 10 Jan 2016 09:00"),
        back(3, "Sun 10 Jan 2016 09:00"),
        went(4, "Sat 9 Jan 2016 09:00", type="A"),
        back(4, "Sat 9 Jan 2016 10:00"),
        child(
            2,
            "return-interview-offered",
            "Sun 10 Jan 2016 10:00",
            missing_episode_ref="ME",
            offered_to="child",
        ),
        child(3, "return-interview-declined", "Sun 10 Jan 2016 10:00", missing_episode_ref="ME"),
    )

    assert said(found, "back in the last 72 hours") == [
        (
            "CH-3",
            "back after 96 hours, 1st time in 90 days",
            "return interview declined on 10 January 2016 at 10am",
        ),
        (
            "CH-2",
            "back after 96 hours, 1st time in 90 days",
            "return interview offered on 10 January 2016 at 10am, due by 13 January 2016 at 9am",
        ),
        (
            "CH-4",
            "back after 1 hour, not one of those counted",
            "return interview not called for",
        ),
        (
            "CH-1",
            "back after 48 hours, 1st time in 90 days",
            "return interview due by 11 January 2016 at 9:30am",
        ),
    ]


def test_what_nobody_can_say_yet_is_not_called_late(world: World) -> None:
    """No source states interviews; or the one that does has not spoken since the interview was due."""
    gone = ["missing-episode-started", "missing-episode-ended"]
    world.record(source(states=gone), at="Fri 1 Jan 2016 09:00")
    world.record(went(1, "Wed 6 Jan 2016 08:00"), back(1, "Wed 6 Jan 2016 12:00"))
    at = moment("Sat 9 Jan 2016 11:00")
    nobody = missing_page(world.log, world.authority(), at)
    world.record(source("nightly", delivers="batch", states=["return-interview-held"]))
    spoken = moment("Sat 9 Jan 2016 06:00")
    world.record(feed(spoken, "nightly"), at=spoken)
    silent = missing_page(world.log, world.authority(), moment("Sat 9 Jan 2016 12:00"))

    (unknown,) = said(nobody, "back in the last 72 hours")
    (awaited,) = said(silent, "back in the last 72 hours")
    assert unknown[2] == "return interview not known: no source can say"
    assert awaited[2] == (
        "return interview was due by 9 January 2016 at midday; its system has not spoken since"
    )


def test_where_no_rule_counts_no_time_is_said(world: World) -> None:
    """Neither which time it is nor that one more calls for a meeting; who is out stands as ever."""
    switched = {"missing-strategy-third-episode": False}
    held = {name: getattr(world.policy, name) for name in Policy.model_fields}
    world.policy = Policy.model_validate(held | {"switched": switched})
    found = page(
        world,
        *(went(1, f"{day} Jan 2016 09:00", f"{day}") for day in ("Mon 4", "Tue 5", "Sun 10")),
        back(1, "Mon 4 Jan 2016 12:00", "Mon 4"),
        back(1, "Tue 5 Jan 2016 12:00", "Tue 5"),
    )

    assert [one[1] for one in said(found, "out now")] == ["out for 24 hours, times not counted"]
    assert found.about_to_be_nth == ()


def test_who_is_grown_up_or_dead_is_looked_for_no_longer(world: World) -> None:
    """An episode ends with the eighteenth birthday or the death, and with it whatever calls for seeing."""
    plan = {"kind": "child-protection", "plan_ref": "P"}
    lived = [
        (number, name, at, fields)
        for number in (1, 2, 3)
        for name, at, fields in (
            ("plan-started", "Mon 7 Dec 2015", plan),
            ("child-became-looked-after", "Mon 7 Sep 2015", {"care_ref": "C"}),
            ("missing-episode-started", "Fri 1 Jan 2016 09:00", {"type": "M"}),
        )
    ]
    found = page(
        world,
        *(child(number, name, at, **fields) for number, name, at, fields in lived),
        child(1, "child-details-recorded", "Mon 7 Dec 2015", date_of_birth="1998-01-05"),
        child(2, "child-died", "Sat 2 Jan 2016"),
    )

    assert [one.child for one in found.out] == ["CH-3"]
    assert [one.child for one in found.unheard] == ["CH-3"]


def test_a_plan_of_which_nothing_is_expected_is_not_looked_for(world: World) -> None:
    """The pack says of which children something should be heard, and within how many days."""
    found = page(
        world,
        child(1, "plan-started", "Mon 7 Sep 2015", kind="early-help", plan_ref="P"),
        child(2, "plan-started", "Mon 7 Sep 2015", kind="child-in-need", plan_ref="P"),
    )

    assert [(one.child, one.why) for one in found.unheard] == [("CH-2", "child-in-need")]


def test_only_what_may_be_seen_is_counted(world: World) -> None:
    """A child that the reader may not see stands in no section."""
    found = page(world, went(1, "Sun 10 Jan 2016 09:00"), shows=lambda _stream: False)

    assert (found.out, found.unheard, found.elsewhere) == ((), (), ())


def test_numbers_are_said_in_order() -> None:
    """As people say them."""
    assert [nth(one) for one in (1, 2, 3, 4, 11, 12, 13, 21, 102)] == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "12th",
        "13th",
        "21st",
        "102nd",
    ]


def test_what_is_kept_of_a_child_says_at_every_hour_what_the_log_says(world: World) -> None:
    """Through days of leaving, coming back and being named twice, the kept page is the page of the log."""
    world.record(source(), at="Mon 4 Jan 2016 08:00")
    authority, kept = world.authority(), LivesNow()
    story = {
        "Mon 4 Jan 2016 09:00": went(1, "Mon 4 Jan 2016 07:00"),
        "Mon 4 Jan 2016 15:00": went(2, "Mon 4 Jan 2016 14:00", ref="FIRST"),
        "Tue 5 Jan 2016 10:00": back(1, "Tue 5 Jan 2016 09:30"),
        "Tue 5 Jan 2016 18:00": back(2, "Tue 5 Jan 2016 17:00", ref="FIRST"),
        "Wed 6 Jan 2016 12:00": went(2, "Wed 6 Jan 2016 11:00", ref="SECOND"),
        "Thu 7 Jan 2016 12:00": child(
            2, "child-references-joined", "Thu 7 Jan 2016 12:00", other_child="CH-1"
        ),
        "Fri 8 Jan 2016 09:00": child(3, "plan-started", "Fri 8 Jan 2016 09:00", kind="macse"),
    }
    at, said_both = moment("Mon 4 Jan 2016 08:00"), []
    while at < moment("Wed 20 Jan 2016 08:00"):
        at += timedelta(hours=3)
        world.now = at
        for when in [one for one in story if moment(one) <= at]:
            world.record(story.pop(when))
        world.take_in()
        lives = kept.lives(world.log, world.views, authority, at)
        fresh = missing_page(world.log, authority, at)
        said_both.append(([at, *lines(page_of(lives, authority, at))], [at, *lines(fresh)]))

    assert not story
    assert len(said_both) == 128
    assert [mine for mine, _ in said_both] == [whole for _, whole in said_both]


def test_a_child_who_comes_of_age_leaves_the_kept_page_that_day(world: World) -> None:
    """A birthday changes the page though nothing is recorded."""
    born = child(1, "child-details-recorded", "Mon 4 Jan 2016 09:00", date_of_birth="1998-01-13")
    world.record(source(), born, went(1, "Sun 10 Jan 2016 09:00"), at="Mon 11 Jan 2016 08:00")
    world.take_in()
    authority, kept, said = world.authority(), LivesNow(), []
    for at in map(moment, (NOW, "Tue 12 Jan 2016 23:30", "Wed 13 Jan 2016 00:30")):
        lives = kept.lives(world.log, world.views, authority, at)
        fresh = missing_page(world.log, authority, at)
        said.append((list(lines(page_of(lives, authority, at))), list(lines(fresh))))

    assert [mine for mine, _ in said] == [whole for _, whole in said]
    assert said[1] != said[2]


def test_a_board_that_is_ahead_of_its_log_names_nobody_whom_the_log_lacks(
    world: World, tmp_path: Path
) -> None:
    """After a restore the views may still hold a child who was recorded later."""
    world.record(source(), went(1, "Sun 10 Jan 2016 09:00"), at="Mon 11 Jan 2016 08:00")
    world.take_in()
    restored = World(tmp_path / "restored")

    assert LivesNow().lives(restored.log, world.views, world.authority(), moment(NOW)) == []
    restored.close()


def test_the_kept_page_counts_nobody_who_may_not_be_seen(world: World) -> None:
    """Only children of the teams that somebody answers for are worked out for them."""
    world.record(source(), went(1, "Sun 10 Jan 2016 09:00"), at="Mon 11 Jan 2016 08:00")
    world.take_in()
    nobody = Visible((), "P-1")
    now, kept = moment(NOW), LivesNow()

    assert len(kept.lives(world.log, world.views, world.authority(), now)) == 1
    assert kept.lives(world.log, world.views, world.authority(), now, visible=nobody) == []
