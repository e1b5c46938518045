"""What is late and what is due, as the board answers it."""

from datetime import timedelta
from uuid import uuid5

import pytest

from domain.answering import acknowledge
from domain.clocks import Verdict
from domain.event import DAYMARK
from projections.board import (
    HISTORY,
    NOT_ACKNOWLEDGED,
    BoardRow,
    children,
    counts,
    find_child,
    find_clock,
    find_escalation,
    rows,
)
from projections.narrowing import Narrowed
from tests.histories import CHILD, CODE, moment, person, source, told
from tests.projections.world import MANAGERS, World, feed, of

MISSING = "Fri 3 Apr 2026 18:00"
BREAKS = "Mon 6 Apr 2026 18:00"
RULE = "missing-strategy-72h"


@pytest.fixture
def missing(world: World) -> World:
    """A child is missing since Good Friday evening, and there is somebody in every role."""
    world.record(source(), *(person(role) for role in MANAGERS))
    world.record(told("missing-episode-started", MISSING, type="M"), at=MISSING)
    world.take_in()
    return world


def only(world: World, at: str, status: str | None = None) -> BoardRow:
    """The one row of the strategy clock that the board shows at a moment."""
    found, _ = rows(world.views, CODE, moment(at), timescale=RULE, status=status)
    (row,) = found
    return row


@pytest.mark.parametrize(
    ("at", "status"),
    [
        (MISSING, Verdict.RUNNING),
        ("Sat 4 Apr 2026 17:59", Verdict.RUNNING),
        ("Sat 4 Apr 2026 18:00", Verdict.DUE_SOON),
        ("Mon 6 Apr 2026 17:59", Verdict.DUE_SOON),
        (BREAKS, Verdict.BREACHED),
    ],
)
def test_a_status_turns_without_anything_being_recorded(
    missing: World, at: str, status: Verdict
) -> None:
    """The rows stay as they are; what they say depends on the moment of asking."""
    row = only(missing, at)

    assert (row.status, row.ended) == (status, False)
    assert row.due_at == row.breaks_at == moment(BREAKS)
    assert row.due_soon_at == moment("Sat 4 Apr 2026 18:00")


def test_a_row_says_whose_clock_it_is_and_what_it_counts(missing: World) -> None:
    """The case system's reference and the rule's own thread stand on the row."""
    row = only(missing, MISSING)

    assert (row.reference, row.stream, row.team) == (CHILD, missing.stream(CHILD), None)
    assert (row.thread, row.thread_ref, row.version) == ("missing", "missing_episode-1", 1)
    assert (row.started_at, row.started_on, row.due_on) == (moment(MISSING), None, None)
    assert row.urgent
    assert row.confirmed
    assert row.ours
    assert {row.provisional, row.to_the_day, row.history, row.digest} == {False}


def test_a_clock_that_something_ended_leaves_the_board_and_can_be_asked_for(missing: World) -> None:
    """What is done is not shown by itself, but counted, and found under its verdict."""
    missing.record(
        told(
            "strategy-meeting-held",
            "Sat 4 Apr 2026 10:00",
            missing_episode_refs=["missing_episode-1"],
        ),
        at="Sat 4 Apr 2026 11:00",
    )
    missing.take_in()
    now = moment("Sat 4 Apr 2026 12:00")
    met = only(missing, "Sat 4 Apr 2026 12:00", status="met")

    assert rows(missing.views, CODE, now, timescale=RULE) == ((), 0)
    assert counts(missing.views, CODE, now)["met"] == 1
    assert (met.ended, met.ending, met.stopped_by) == (True, "met", "strategy-meeting-held")
    assert met.stopped_at == moment("Sat 4 Apr 2026 10:00")
    assert met.stopped_on is None


def test_who_was_told_and_who_promised_stand_on_the_row_until_the_day_has_passed(
    missing: World,
) -> None:
    """A promise holds to the end of its day; from then on the clock counts as not acknowledged."""
    missing.run_engine(CHILD, BREAKS)
    missing.take_in()
    before = only(missing, BREAKS)
    escalation = before.escalation
    assert escalation is not None
    missing.record(
        acknowledge(
            missing.episode(CHILD),
            missing.authority(),
            escalation,
            by="head_of_service",
            owner="service_manager",
            until=moment("Tue 7 Apr 2026 00:00").date(),
            reason="dealing-with-it",
            token="t1",
            now=missing.now,
        )
    )
    missing.take_in()
    promised, passed = only(missing, BREAKS), only(missing, "Wed 8 Apr 2026 00:00")
    now, later = moment(BREAKS), moment("Wed 8 Apr 2026 00:00")

    assert (before.told_rung, before.told_role) == (3, "head_of_service")
    assert before.acknowledged_until is None
    assert (before.told_person, before.told_at) == ("head_of_service", moment(BREAKS))
    assert promised.acknowledged_owner == "service_manager"
    assert promised.acknowledged_until is not None
    assert (passed.acknowledged_owner, passed.acknowledged_until) == (None, None)
    assert counts(missing.views, CODE, now)[NOT_ACKNOWLEDGED] == 0
    assert rows(missing.views, CODE, now, status=NOT_ACKNOWLEDGED)[1] == 0
    assert counts(missing.views, CODE, later)[NOT_ACKNOWLEDGED] == 1
    assert rows(missing.views, CODE, later, status=NOT_ACKNOWLEDGED)[1] == 1


def test_an_escalation_is_found_by_its_id_alone(missing: World) -> None:
    """A link in an e-mail leads to the child, the clock and its version; to no other authority's."""
    missing.run_engine(CHILD, BREAKS)
    missing.take_in()
    row = only(missing, BREAKS)
    assert row.escalation is not None

    assert find_escalation(missing.views, CODE, row.escalation) == (row.stream, row.clock, 1)
    assert find_escalation(missing.views, "999", row.escalation) is None


def test_a_clock_is_found_by_its_key_alone(missing: World) -> None:
    """The key leads to the child; to no other authority's."""
    row = only(missing, MISSING)

    assert find_clock(missing.views, CODE, row.clock) == row.stream
    assert find_clock(missing.views, "999", row.clock) is None


def test_what_was_learned_long_afterwards_stands_apart(world: World) -> None:
    """Imported history is late and wakes nobody: it is counted by itself, and not on the board."""
    world.record(source())
    world.record(told("missing-episode-started", MISSING, type="M"), at="Fri 1 May 2026 09:00")
    world.take_in()
    now = moment("Fri 1 May 2026 09:01")
    before_recorded = counts(world.views, CODE, now)
    world.run_engine(CHILD, now)
    world.take_in()

    assert before_recorded[HISTORY] == 1
    assert counts(world.views, CODE, now)[HISTORY] == 1
    assert counts(world.views, CODE, now)["breached"] == 0
    assert rows(world.views, CODE, now)[1] == counts(world.views, CODE, now)["open"]
    assert only(world, "Fri 1 May 2026 09:01", status=HISTORY).history
    assert rows(world.views, CODE, now, timescale=RULE, status="breached") == ((), 0)


def test_a_board_is_narrowed_to_one_timescale(missing: World) -> None:
    """What a reader chooses leaves the clocks of that timescale, and of another one none."""
    now = moment(BREAKS)
    mine, none = (
        rows(missing.views, CODE, now, narrowed=Narrowed(timescale=rule).condition(now))
        for rule in (RULE, "missing-no-such-rule")
    )

    assert ([row.timescale for row in mine[0]], mine[1]) == ([RULE], 1)
    assert none == ((), 0)


def test_a_cancel_after_the_due_instant_ends_the_climb_and_not_the_lateness(missing: World) -> None:
    """The child came back too late for the meeting: nobody is told any more, and nothing is shown."""
    missing.record(told("missing-episode-ended", "Tue 7 Apr 2026 09:00"), at="Tue 7 Apr 2026 10:00")
    missing.take_in()
    now = moment("Tue 7 Apr 2026 11:00")

    assert rows(missing.views, CODE, now, timescale=RULE) == ((), 0)
    assert rows(missing.views, CODE, now, timescale=RULE, status="breached") == ((), 0)
    assert counts(missing.views, CODE, now)["breached"] == 0


def test_a_nightly_source_is_waited_for_until_it_has_spoken(world: World) -> None:
    """Past due is not late while only last night's word is known; the word itself settles it."""
    world.record(source(delivers="batch", late_after_hours=30))
    world.record(told("section-47-started", "Mon 13 Apr 2026"), at="Mon 13 Apr 2026 17:00")
    world.take_in()
    (before, *_), _ = rows(world.views, CODE, moment("Mon 13 Apr 2026 18:00"))
    at = before.due_at + timedelta(hours=1)
    world.record(feed(before.due_at - timedelta(hours=22)), at=before.due_at - timedelta(hours=20))
    world.take_in()
    waiting = rows(world.views, CODE, at, timescale=before.timescale)[0][0]
    world.record(feed(before.due_at + timedelta(minutes=1)), at=at)
    world.take_in()
    heard = rows(world.views, CODE, at, timescale=before.timescale)[0][0]

    assert waiting.status is Verdict.AWAITING_FEED
    assert not waiting.confirmed
    assert waiting.heard_to == before.due_at - timedelta(hours=22)
    assert heard.status is Verdict.BREACHED
    assert heard.confirmed


def test_the_most_urgent_come_first_and_pages_do_not_overlap(world: World) -> None:
    """Late before due soon before running, each by due instant; two pages make the whole."""
    world.record(source())
    hours = {"a": "Fri 3 Apr 2026 06:00", "b": "Sat 4 Apr 2026 08:00", "c": "Sat 4 Apr 2026 09:00"}
    for child, at in hours.items():
        world.record(of(child, told("missing-episode-started", at, type="M")), at=at)
    world.take_in()
    now = moment("Mon 6 Apr 2026 07:00")
    everything, total = rows(world.views, CODE, now)
    pages = [rows(world.views, CODE, now, offset=n, limit=1)[0] for n in range(total)]
    strategy = [row for row in everything if row.timescale == RULE]

    assert tuple(row for page in pages for row in page) == everything
    assert [row.reference for row in strategy] == ["a", "b", "c"]
    assert [row.status for row in strategy] == [
        Verdict.BREACHED,
        Verdict.DUE_SOON,
        Verdict.DUE_SOON,
    ]


def test_the_board_is_filtered_by_team(world: World) -> None:
    """A child belongs to the team it was last allocated to."""
    world.record(source())
    for child, team in (("a", "north"), ("b", "south")):
        world.record(
            of(child, told("missing-episode-started", MISSING, type="M")),
            of(child, told("case-allocated", "Fri 3 Apr 2026", team_ref=team)),
            at=MISSING,
        )
    world.take_in()
    now = moment("Fri 3 Apr 2026 20:00")
    found, total = rows(world.views, CODE, now, team="south")

    assert {row.reference for row in found} == {"b"}
    assert total == len(found)
    assert {one.team for one in children(world.views, CODE)} == {"north", "south"}


def test_children_are_found_by_exactly_their_reference(missing: World) -> None:
    """A part of a reference, or another authority's, finds nobody."""
    found = find_child(missing.views, CODE, CHILD)
    assert found is not None

    assert found.stream == missing.stream(CHILD)
    assert (found.reference, found.version) == (CHILD, 1)
    assert found.recorded_at == moment(MISSING)
    assert children(missing.views, CODE) == (found,)
    assert find_child(missing.views, CODE, "CH") is None
    assert find_child(missing.views, "999", CHILD) is None


def test_a_clock_known_only_to_the_day_says_so(world: World) -> None:
    """Days are shown as days: what started it, what stopped it, the last day in time."""
    world.record(source())
    world.record(told("section-47-started", "Mon 13 Apr 2026"), at="Mon 13 Apr 2026 17:00")
    world.take_in()
    found, _ = rows(world.views, CODE, moment("Mon 13 Apr 2026 18:00"))
    conference = next(row for row in found if row.due_on is not None)

    assert conference.started_on is not None
    assert conference.started_on.isoformat() == "2026-04-13"


def test_a_birthday_ahead_ends_nothing_yet(world: World) -> None:
    """A child of whom it is known when they turn 18 has clocks like any other until then."""
    world.record(source())
    world.record(
        told("child-details-recorded", "Fri 3 Apr 2026", date_of_birth="2008-04-05"),
        told("missing-episode-started", MISSING, type="M"),
        at=MISSING,
    )
    world.take_in()
    before = only(world, "Sat 4 Apr 2026 12:00")
    after = only(world, "Sun 5 Apr 2026 00:00", status="cancelled")

    assert (before.ended, before.stopped_by, before.ending) == (False, None, None)
    assert (after.ended, after.stopped_by, after.ending) == (True, "turned-18", "cancelled")


def test_ids_in_rows_are_opaque(missing: World) -> None:
    """The stream id that addresses show is not worked out from the reference alone."""
    assert missing.stream(CHILD) != uuid5(DAYMARK, CHILD)
