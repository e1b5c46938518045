"""One child replayed: as of a day, as known at a day, with both verdicts of every clock."""

import json
from datetime import timedelta
from typing import Any

from domain.clocks import Verdict
from projections.history import Judged, history, judged
from projections.history_documents import clocks_json
from tests.histories import CHILD, corrected, moment, person, source, told, withdrawn
from tests.projections.conftest import GOOD_FRIDAY_EVENING
from tests.projections.lives import NIGHTLY
from tests.projections.world import MANAGERS, World, feed

CONFERENCE = "icpc-15wd"
STRATEGY = "missing-strategy-72h"
MISSING = GOOD_FRIDAY_EVENING
BREAKS = "Mon 6 Apr 2026 18:00"


def meeting(at: str) -> Any:
    """The strategy meeting about the missing child."""
    return told("strategy-meeting-held", at, missing_episode_refs=["missing_episode-1"])


def clock(world: World, at: str, rule: str = STRATEGY, **view: str) -> Judged:
    """The clock of one rule as judged at a moment, under a view."""
    asked: Any = {name: moment(text) for name, text in view.items()}
    replay = history(world.log, world.stream(CHILD), authority=world.authority(), **asked)
    return next(
        one for one in judged(world.log, replay, moment(at)) if one.clock.timescale.id == rule
    )


def test_each_event_is_one_sentence_in_the_order_recorded(started: World) -> None:
    """Facts and what Daymark did of itself stand together, told apart."""
    started.run_engine(CHILD, "Sat 4 Apr 2026 18:00")
    replay = history(started.log, started.stream(CHILD), authority=started.authority())

    assert replay.reference == CHILD
    assert replay.lines[0].sentence == "Missing episode started."
    assert [line.reported for line in replay.lines][:2] == [True, False]
    assert replay.left_out == 0
    assert all(line.sentence.endswith(".") for line in replay.lines)


def test_what_is_not_known_of_is_an_empty_history(world: World) -> None:
    """A child of whom nothing is recorded has no lines, no clocks and no name."""
    replay = history(world.log, world.stream("nobody"), authority=world.authority())

    assert (replay.reference, replay.lines, replay.clocks, replay.told) == ("", (), (), {})
    assert judged(world.log, replay, world.now) == ()


def test_a_meeting_recorded_late_is_late_as_known_then_and_done_in_time_as_known_now(
    started: World,
) -> None:
    """Held on Monday morning and recorded on Wednesday: each view says what its day could know."""
    started.run_engine(CHILD, BREAKS)
    started.record(meeting("Mon 6 Apr 2026 10:00"), at="Wed 8 Apr 2026 09:00")
    now = clock(started, "Thu 9 Apr 2026 09:00")
    then = clock(started, "Thu 9 Apr 2026 09:00", known_at="Tue 7 Apr 2026 09:00")

    assert (now.verdict, now.verdict_then) == (Verdict.MET, Verdict.BREACHED)
    assert (then.verdict, then.verdict_then) == (Verdict.BREACHED, Verdict.BREACHED)


def test_what_was_recorded_later_is_left_out_and_counted(started: World) -> None:
    """As known at a day is a prefix of the log, however early the rest happened."""
    started.record(meeting("Mon 6 Apr 2026 10:00"), at="Wed 8 Apr 2026 09:00")
    replay = history(
        started.log,
        started.stream(CHILD),
        authority=started.authority(),
        known_at=moment("Tue 7 Apr 2026 09:00"),
    )

    assert [line.recorded.event.name for line in replay.lines] == ["missing-episode-started"]
    assert (replay.not_yet_known, replay.not_yet_happened, replay.left_out) == (1, 0, 1)
    assert replay.moment(moment("Fri 1 May 2026 09:00")) == moment("Tue 7 Apr 2026 09:00")
    assert replay.moment(moment("Mon 6 Apr 2026 09:00")) == moment("Mon 6 Apr 2026 09:00")


def test_what_happened_later_is_left_out_and_counted(started: World) -> None:
    """As of a day the child is as it had really been, with what is known now of that day."""
    started.run_engine(CHILD, "Sun 5 Apr 2026 09:00")
    started.record(meeting("Mon 6 Apr 2026 10:00"), at="Mon 6 Apr 2026 11:00")
    replay = history(
        started.log,
        started.stream(CHILD),
        authority=started.authority(),
        as_of=moment("Sun 5 Apr 2026 12:00"),
    )
    seen = clock(started, "Thu 9 Apr 2026 09:00", as_of="Sun 5 Apr 2026 12:00")

    assert [line.recorded.event.name for line in replay.lines] == [
        "missing-episode-started",
        "timescale-warned",
        "manager-notified",
    ]
    assert replay.not_yet_happened == 1
    assert replay.not_yet_known == 0
    assert (seen.verdict, seen.verdict_then) == (Verdict.DUE_SOON, None)


def test_a_correction_stays_with_what_it_corrects(started: World) -> None:
    """Made days later, it still tells how that day had really been."""
    first = told("missing-episode-started", MISSING, type="M")
    moved = corrected(first, "Wed 8 Apr 2026 09:00", occurred_at="Fri 3 Apr 2026 12:00")
    held = meeting("Tue 7 Apr 2026 10:00")
    started.record(held, moved, withdrawn(held, "Wed 8 Apr 2026 09:30"), at="Wed 8 Apr 2026 10:00")
    stream, authority = started.stream(CHILD), started.authority()
    replay = history(started.log, stream, authority=authority, as_of=moment("Sat 4 Apr 2026 09:00"))
    whole = history(started.log, stream, authority=authority)

    assert [line.recorded.event.name for line in replay.lines] == [
        "missing-episode-started",
        "fact-corrected",
    ]
    assert replay.lines[0].corrected_by == (moved.event_id,)
    assert replay.clocks[0].start.earliest == moment("Fri 3 Apr 2026 12:00")
    assert [line.withdrawn for line in whole.lines] == [False, True, False, False]


def test_what_was_not_known_when_it_ran_out_has_no_verdict_then(world: World) -> None:
    """Broken on arrival: late now, and nobody could have said so at the time."""
    world.record(source())
    world.record(told("missing-episode-started", MISSING, type="M"), at="Thu 9 Apr 2026 09:00")
    world.run_engine(CHILD, "Thu 9 Apr 2026 09:00")
    seen = clock(world, "Thu 9 Apr 2026 10:00")

    assert (seen.verdict, seen.verdict_then) == (Verdict.BREACHED, None)


def test_while_a_clock_runs_it_has_no_verdict_then(started: World) -> None:
    """What could be said when it ran out cannot be said before it has."""
    seen = clock(started, "Sat 4 Apr 2026 09:00")

    assert (seen.verdict, seen.verdict_then) == (Verdict.RUNNING, None)


def test_a_feed_that_spoke_before_the_waiting_ended_is_believed(world: World) -> None:
    """Heard past the due day with the meeting in it, the clock never looked late to anybody."""
    nightly = source(NIGHTLY, delivers="batch", late_after_hours=30)
    world.record(nightly)
    world.record(told("section-47-started", "Mon 13 Apr 2026"), at="Mon 13 Apr 2026 17:00")
    due_at = clock(world, "Mon 13 Apr 2026 18:00", CONFERENCE).clock.due_at
    world.record(feed(due_at - timedelta(hours=22), NIGHTLY), at=due_at - timedelta(hours=20))
    held = told("conference-held", "Fri 1 May 2026", kind="initial", enquiry_ref="enquiry-1")
    world.record(held, at=due_at + timedelta(hours=3))
    waited = judged(
        world.log,
        history(world.log, world.stream(CHILD), authority=world.authority()),
        due_at + timedelta(hours=40),
    )
    seen = next(one for one in waited if one.clock.timescale.id == CONFERENCE)

    assert (seen.verdict, seen.verdict_then) == (Verdict.MET, Verdict.MET)


def test_as_known_at_a_moment_the_same_question_has_the_same_answer_later(started: World) -> None:
    """The replay as known then is byte for byte the one that could be had then."""
    started.run_engine(CHILD, "Sun 5 Apr 2026 09:00")
    known_at = moment("Sun 5 Apr 2026 10:00")
    asked_then = document(started, known_at)
    started.record(
        meeting("Sun 5 Apr 2026 08:00"),
        source(NIGHTLY, delivers="batch"),
        at="Mon 6 Apr 2026 09:00",
    )

    assert document(started, known_at) == asked_then


def document(world: World, known_at: Any) -> str:
    """The clocks as a document, as known at a moment."""
    replay = history(world.log, world.stream(CHILD), authority=world.authority(), known_at=known_at)
    return json.dumps(clocks_json(world.log, replay, moment("Fri 1 May 2026 09:00")))


def test_the_document_of_a_clock_in_hours(started: World) -> None:
    """Its names are a contract; instants are UTC, and nothing stands where nothing is known."""
    started.record(meeting("Mon 6 Apr 2026 10:00"), at="Mon 6 Apr 2026 11:00")
    replay = history(started.log, started.stream(CHILD), authority=started.authority())
    found = next(
        one
        for one in clocks_json(started.log, replay, moment("Tue 7 Apr 2026 09:00"))
        if one["timescale"] == STRATEGY
    )

    assert found.pop("key").startswith(f"{STRATEGY}.")
    assert found == {
        "timescale": STRATEGY,
        "version": 1,
        "started_by": "missing-episode-started",
        "started_at": "2026-04-03T17:00:00Z",
        "warnings": ["2026-04-04T17:00:00Z", "2026-04-05T17:00:00Z", "2026-04-06T11:00:00Z"],
        "warned": [],
        "due_at": "2026-04-06T17:00:00Z",
        "due_on": None,
        "stopped_by": "strategy-meeting-held",
        "stopped_at": "2026-04-06T09:00:00Z",
        "verdict": "met",
        "verdict_then": "met",
        "to_the_day": False,
        "bounds": None,
        "lateness": {
            "counted_in": "seconds",
            "notification": 0,
            "recording": 0,
            "practice": 64 * 3600,
            "whole": 64 * 3600,
            "told_to_done": None,
            "report_known": False,
            "done": True,
        },
    }


def test_the_document_of_a_clock_known_only_to_the_day(world: World) -> None:
    """A day is a day, and an hour rule that starts on one has two bounds."""
    world.record(source())
    world.record(told("missing-episode-started", "Fri 3 Apr 2026", type="M"), at=MISSING)
    replay = history(world.log, world.stream(CHILD), authority=world.authority())
    found = clocks_json(world.log, replay, moment("Sat 4 Apr 2026 09:00"))[0]

    assert found["started_on"] == "2026-04-03"
    assert "started_at" not in found
    assert (found["stopped_by"], found["stopped_at"]) == (None, None)
    assert found["to_the_day"]
    assert found["bounds"] == ["2026-04-05T23:00:00Z", "2026-04-06T23:00:00Z"]
    assert found["verdict_then"] is None
    assert found["lateness"] is None


def test_the_document_of_a_clock_in_days_names_the_last_day_in_time(world: World) -> None:
    """What people see as due is the day; the first instant too late follows it."""
    world.record(source())
    world.record(told("section-47-started", "Mon 13 Apr 2026"), at="Mon 13 Apr 2026 17:00")
    replay = history(world.log, world.stream(CHILD), authority=world.authority())
    found = clocks_json(world.log, replay, moment("Tue 14 Apr 2026 09:00"))
    conference = next(one for one in found if one["timescale"] == CONFERENCE)

    assert conference["due_on"] == "2026-05-05"
    assert conference["due_at"] == "2026-05-05T23:00:00Z"


def test_the_time_of_a_late_clock_is_told_apart_and_adds_up(started: World) -> None:
    """From the last sighting to now, and from the first manager told to now, as the engine ran."""
    started.record(*(person(role) for role in MANAGERS))
    started.run_engine(CHILD, "Tue 7 Apr 2026 18:00")
    replay = history(started.log, started.stream(CHILD), authority=started.authority())
    now = moment("Tue 7 Apr 2026 18:00") + timedelta(microseconds=5)
    found = next(
        one for one in clocks_json(started.log, replay, now) if one["timescale"] == STRATEGY
    )["lateness"]
    parts = found["notification"] + found["recording"] + found["practice"]

    assert parts == found["whole"] == 96 * 3600
    assert found["told_to_done"] == 24 * 3600
    assert not found["done"]


def test_days_are_counted_where_only_the_day_is_known(started: World) -> None:
    """No hour is made up for a meeting whose hour nobody gave."""
    started.record(
        told("strategy-meeting-held", "Sun 5 Apr 2026", missing_episode_refs=["missing_episode-1"]),
        at="Mon 6 Apr 2026 09:00",
    )
    replay = history(started.log, started.stream(CHILD), authority=started.authority())
    found = next(
        one
        for one in clocks_json(started.log, replay, moment("Tue 7 Apr 2026 09:00"))
        if one["timescale"] == STRATEGY
    )["lateness"]

    assert (found["counted_in"], found["whole"], found["practice"]) == ("days", 2, 2)
