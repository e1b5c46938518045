"""Whose time it was: the parts of a clock's time, and that they always add up."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import london_date
from domain.clocks import Clock, clocks
from domain.engine_events import ManagerNotified
from domain.event import Event, Recorded
from domain.explanation import explain
from domain.lateness import Lateness, first_told, lateness, say_lateness, say_told_to_done
from tests.histories import CHILD, CODE, here, history, moment, record, told

RULE = "missing-strategy-72h"
MINUTE = timedelta(minutes=1)


def strategy(*facts: Recorded) -> Clock:
    """The clock of the strategy meeting."""
    return next(one for one in clocks(history(*facts), here()) if one.timescale.id == RULE)


def gone(at: str, recorded: str, **fields: Any) -> Recorded:
    """A child was last seen, and it was recorded later."""
    return told("missing-episode-started", at, recorded=recorded, type="M", **fields)


def met(at: str, recorded: str | None = None) -> Recorded:
    """The strategy meeting about the missing child."""
    refs = ("missing_episode-1",)
    return told("strategy-meeting-held", at, recorded=recorded, missing_episode_refs=refs)


def judged(clock: Clock, now: str, told_at: str | None = None) -> Lateness:
    """Whose time it was at a moment."""
    found = lateness(clock, moment(now), moment(told_at) if told_at else None)
    assert found is not None
    return found


def test_the_time_goes_to_reporting_recording_and_practice() -> None:
    """Last seen at 9, reported at midday, recorded at 2pm, met three days later."""
    clock = strategy(
        gone(
            "Tue 10 Mar 2026 09:00", "Tue 10 Mar 2026 14:00",
            reported_at=moment("Tue 10 Mar 2026 12:00"),
        ),
        met("Fri 13 Mar 2026 15:30"),
    )  # fmt: skip
    found = judged(clock, "Mon 16 Mar 2026 09:00", "Fri 13 Mar 2026 09:00")

    assert say_lateness(found) == (
        "It was reported 3 hours after it began. It was recorded 2 hours after that."
        " It was done 3 days 1 hour 30 minutes after that."
    )
    assert say_told_to_done(found) == "6 hours 30 minutes until it was done."
    assert found.whole == timedelta(days=3, hours=6, minutes=30)


def test_what_runs_and_is_not_late_has_no_lateness() -> None:
    """Nor has what cannot be counted, or what is stopped only by a fact dated ahead."""
    clock = strategy(gone("Tue 10 Mar 2026 09:00", "Tue 10 Mar 2026 09:00"))
    uncounted = clock._replace(uncounted="the calendar ends")

    assert lateness(clock, moment("Fri 13 Mar 2026 08:59")) is None
    assert lateness(uncounted, moment("Fri 20 Mar 2026 09:00")) is None
    ahead = strategy(
        gone("Tue 10 Mar 2026 09:00", "Tue 10 Mar 2026 09:00"), met("Thu 12 Mar 2026 09:00")
    )
    assert lateness(ahead, moment("Wed 11 Mar 2026 09:00")) is None


def test_what_is_late_and_not_done_runs_on() -> None:
    """Nobody said when it was reported, so that time is not laid at anybody's door but ours."""
    clock = strategy(gone("Tue 10 Mar 2026 09:00", "Tue 10 Mar 2026 10:00"))
    found = judged(clock, "Fri 13 Mar 2026 10:00", "Fri 13 Mar 2026 09:00")

    assert say_lateness(found) == (
        "Nothing says when it was reported. It was recorded 1 hour after it began."
        " It has not been done in the 3 days since."
    )
    assert say_told_to_done(found) == "1 hour so far."


def test_the_case_systems_own_recording_counts_as_the_report() -> None:
    """Where no report is told, when the case system had it says since when it was known there."""
    first = gone("Tue 10 Mar 2026 09:00", "Tue 10 Mar 2026 14:00")
    keyed = replace(first.event, source_recorded_at=moment("Tue 10 Mar 2026 13:00"))
    found = judged(
        strategy(replace(first, event=keyed)), "Fri 13 Mar 2026 10:00", "Fri 13 Mar 2026 11:00"
    )

    assert (found.notification, found.recording) == (240 * MINUTE, 60 * MINUTE)
    assert found.told_to_done is None
    assert say_told_to_done(found) == ""


def test_what_is_known_to_the_day_is_counted_in_days_and_says_so() -> None:
    """No hour is made up, on either side."""
    clock = strategy(gone("Tue 10 Mar 2026", "Wed 11 Mar 2026 14:00"), met("Thu 12 Mar 2026 15:30"))
    found = judged(clock, "Mon 16 Mar 2026 09:00", "Thu 12 Mar 2026 09:00")

    assert say_lateness(found) == (
        "Nothing says when it was reported. It was recorded 1 day after it began."
        " It was done 1 day after that. Counted in whole days: only the day is known."
    )
    assert say_told_to_done(found) == "0 days until it was done."


def test_what_was_done_before_it_began_took_less_than_no_time() -> None:
    """Before a meeting some things are done days ahead: that is nobody's lateness."""
    clock = strategy(
        gone("Tue 10 Mar 2026 09:00", "Tue 10 Mar 2026 09:00"), met("Thu 12 Mar 2026 09:00")
    )
    assert clock.stop is not None
    before = moment("Mon 9 Mar 2026 09:00")
    found = lateness(
        clock._replace(stop=clock.stop._replace(earliest=before)), moment("Fri 13 Mar 2026 09:00")
    )

    assert found is not None
    assert say_lateness(found).endswith("It was recorded at once. It was done 1 day before that.")


def test_it_stands_among_the_evidence_of_a_clock() -> None:
    """The same words on the page and in the command; nothing of it while a clock runs."""
    clock = strategy(gone("Tue 10 Mar 2026 09:00", "Tue 10 Mar 2026 10:00"))
    late, told_at = moment("Fri 13 Mar 2026 10:00"), moment("Fri 13 Mar 2026 09:00")
    lines = dict(explain(clock, here(), late, told_at).lines)

    assert lines["Where the time went"].endswith("It has not been done in the 3 days since.")
    assert lines["After the first message"] == "1 hour so far."
    assert "After the first message" not in dict(explain(clock, here(), late).lines)
    running = explain(clock, here(), moment("Tue 10 Mar 2026 11:00"))
    assert "Where the time went" not in dict(running.lines)


def test_what_was_recorded_only_just_now_is_said_so() -> None:
    """Whoever asks within the minute reads a sentence, and not that it took no time."""
    clock = strategy(gone("Tue 10 Mar 2026 09:00", "Fri 13 Mar 2026 15:00"))
    asked = moment("Fri 13 Mar 2026 15:00") + timedelta(seconds=20)
    lines = dict(explain(clock, here(), asked, moment("Fri 13 Mar 2026 15:00")).lines)

    assert lines["Where the time went"].endswith(
        "It was recorded 3 days 6 hours after it began. It has not been done yet."
    )
    assert lines["After the first message"] == "less than a minute so far."


@pytest.mark.parametrize(
    ("fields", "keys"),
    [({}, {"k"}), ({"person": None}, set()), ({"delivered": False, "failure": "gone"}, set())],
)
def test_told_is_who_was_reached(fields: dict[str, object], keys: set[str]) -> None:
    """An empty rung, or a letter that could not be handed over, told nobody."""
    said = ManagerNotified.model_validate(
        {
            "clock": "k", "clock_version": 1, "timescale": RULE, "telling": "e", "about": "breach",
            "rung": 1, "role": "head_of_service", "person": "p", "channel": "email", "repeat": 0,
            "delivered": True,
        } | fields
    )  # fmt: skip
    event = Event(
        authority=CODE, kind="child", subject=CHILD, source="k", id="1/x", said=said,
        occurred_at=moment("Thu 5 Mar 2026 10:00"),
    )  # fmt: skip
    again = record(replace(event, id="1/y"), moment("Thu 5 Mar 2026 11:00"))

    assert first_told([record(event), again]) == dict.fromkeys(keys, moment("Thu 5 Mar 2026 10:00"))


BEGINS = moment("Tue 10 Mar 2026 09:00")
SOME = st.integers(-8 * 24 * 60, 8 * 24 * 60)
SOME_OR_NONE = st.none() | SOME


@given(
    recorded=SOME,
    reported=SOME_OR_NONE,
    keyed=SOME_OR_NONE,
    done=SOME_OR_NONE,
    now=SOME,
    start_vague=st.booleans(),
    stop_vague=st.booleans(),
)
def test_the_parts_add_up_for_every_clock(
    *, recorded: int, reported: int | None, keyed: int | None, done: int | None, now: int,
    start_vague: bool, stop_vague: bool,
) -> None:  # fmt: skip
    """Whatever was told when and in whichever order, no time is lost or counted twice."""
    base = strategy(
        gone("Tue 10 Mar 2026 09:00", "Tue 10 Mar 2026 09:00"), met("Thu 12 Mar 2026 09:00")
    )
    assert base.stop is not None
    start = base.start._replace(
        fact=base.start.fact.model_copy(update={"reported_at": at(reported)}),
        source_recorded_at=at(keyed),
        recorded_at=BEGINS + recorded * MINUTE,
        to_the_day=start_vague,
    )
    end = at(done)
    stop = None if end is None else base.stop._replace(earliest=end, to_the_day=stop_vague)
    clock = base._replace(start=start, stop=stop)
    judged_at = BEGINS + now * MINUTE
    found = lateness(clock, judged_at)

    ended = end if end is not None and end <= judged_at else None
    assert (found is None) == (ended is None and judged_at < clock.due_at)
    if found is not None:
        until = ended or judged_at
        whole = until - BEGINS
        if found.whole_days:
            whole = london_date(until) - london_date(BEGINS)
        assert found.notification + found.recording + found.practice == whole
        assert found.notification >= timedelta() <= found.recording
        assert found.practice >= timedelta() or until < BEGINS


def at(minutes: int | None) -> datetime | None:
    """So many minutes after the child was last seen."""
    return None if minutes is None else BEGINS + minutes * MINUTE
