"""Two moments of one child: what became known between them, and what that made of each clock."""

import json
from typing import Any

import pytest

from domain.clocks import Verdict
from projections.between import Between, Changed, between, between_json, say_what
from projections.history import History, history
from projections.statable import could_not_begin, of_clocks, say_unstatable
from projections.whole_log import every_stream
from tests.histories import CHILD, CODE, corrected, moment, source, told, withdrawn
from tests.projections.conftest import GOOD_FRIDAY_EVENING
from tests.projections.lives import lives
from tests.projections.world import World, feed, of

STRATEGY = "missing-strategy-72h"
INTERVIEW = "missing-rhi-72h"
MISSING = GOOD_FRIDAY_EVENING
FIRST = "Tue 7 Apr 2026 09:00"
LATER = "Wed 8 Apr 2026 09:00"
NOW = "Thu 9 Apr 2026 09:00"


def meeting(at: str, **fields: Any) -> Any:
    """The strategy meeting about the missing child."""
    return told("strategy-meeting-held", at, missing_episode_refs=["missing_episode-1"], **fields)


def replay(world: World, known_at: str | None, as_of: str | None = None) -> History:
    """The child at one moment."""
    return history(
        world.log,
        world.stream(CHILD),
        authority=world.authority(),
        known_at=moment(known_at) if known_at else None,
        as_of=moment(as_of) if as_of else None,
    )


def compared(world: World, first: str | None, second: str | None = None) -> Between:
    """What is known by the one moment and by the other, compared on Thursday."""
    return between(world.log, replay(world, first), replay(world, second), moment(NOW))


def of_rule(found: Between, rule: str = STRATEGY) -> Changed:
    """What became of the clock of one rule."""
    return next(one for one in found.clocks if one.one.clock.timescale.id == rule)


def caused(one: Changed) -> list[str]:
    """The names of the facts that changed a clock; `time` where time did."""
    return [cause.recorded.event.name if cause.recorded else "time" for cause in one.causes]


def test_late_evidence_cures_and_is_named_as_the_cause(started: World) -> None:
    """As known on Tuesday it is late; the meeting typed in on Wednesday says it was not."""
    started.run_engine(CHILD, FIRST)
    held = meeting("Mon 6 Apr 2026 10:00")
    started.record(held, at=LATER)
    found = compared(started, FIRST)
    one = of_rule(found)

    assert [(fact.line.recorded.event.name, fact.how) for fact in found.facts] == [
        ("strategy-meeting-held", "became-known")
    ]
    assert one.what == ("cured",)
    assert caused(one) == ["strategy-meeting-held"]
    assert [*say_what(one)] == [
        "It is not late after all: Late at the first moment, Done in time at the second."
    ]


def test_a_corrected_meeting_is_late_after_all(started: World) -> None:
    """The other way about: the correction is the cause, not the meeting that was known before."""
    held = meeting("Mon 6 Apr 2026 10:00")
    started.record(held, at="Mon 6 Apr 2026 11:00")
    moved = corrected(held, LATER, occurred_at="Tue 7 Apr 2026 08:00")
    started.record(moved, at=LATER)
    found = compared(started, FIRST)

    assert of_rule(found).what == ("worsened",)
    assert caused(of_rule(found)) == ["fact-corrected"]
    assert "Done late at the second" in next(say_what(of_rule(found)))


def test_where_nothing_was_learned_time_is_the_cause(started: World) -> None:
    """A clock runs, is soon due and runs out without a word from anybody."""
    running, soon, late = (
        "Fri 3 Apr 2026 19:00",
        "Mon 6 Apr 2026 17:00",
        "Tue 7 Apr 2026 09:00",
    )
    first, second = compared(started, running, soon), compared(started, soon, late)
    back = compared(started, late, running)

    assert first.facts == second.facts == ()
    assert [cause.sentence.partition(" on ")[0] for cause in of_rule(first).causes] == [
        "Its time for warnings came"
    ]
    assert [cause.sentence for cause in of_rule(second).causes] == [
        "Its time ran out: it was due by 6 April 2026 at 6pm."
    ]
    assert [cause.sentence for cause in of_rule(back).causes] == ["Only time lies between."]
    assert of_rule(second).what == ("said-otherwise",)
    assert [*say_what(of_rule(second))] == ["Due soon at the first moment, Late at the second."]


def test_what_begins_is_retimed_and_is_withdrawn(started: World) -> None:
    """Each with the fact that did it; a clock that one moment does not know is said to be so."""
    began = told("missing-episode-started", MISSING, type="M")
    moved = corrected(began, "Sun 5 Apr 2026 09:00", occurred_at="Fri 3 Apr 2026 12:00")
    started.record(moved, at="Sun 5 Apr 2026 09:00")
    started.record(withdrawn(began, LATER), at=LATER)
    before, saturday, sunday = (
        "Fri 3 Apr 2026 17:00",
        "Sat 4 Apr 2026 09:00",
        "Sun 5 Apr 2026 12:00",
    )
    begun = of_rule(compared(started, before, saturday))
    retimed = of_rule(compared(started, saturday, sunday))
    gone = of_rule(compared(started, sunday))

    assert (begun.what, caused(begun)) == (("begun",), ["missing-episode-started"])
    assert [*say_what(begun)] == [
        "Only the second moment knows it: Running, due by 6 April 2026 at 6pm."
    ]
    assert (retimed.what[0], caused(retimed)[0]) == ("retimed", "fact-corrected")
    assert next(say_what(retimed)) == (
        "It was due by 6 April 2026 at 6pm, and then by 6 April 2026 at midday."
    )
    assert (gone.what, caused(gone)) == (("gone",), ["fact-withdrawn"])
    assert next(say_what(gone)).startswith("Only the first moment knows it: Due soon")


def test_what_was_known_and_had_not_happened_is_told_apart(started: World) -> None:
    """And what only the first moment counts is said not to count any more."""
    started.record(meeting("Mon 6 Apr 2026 10:00"), at="Mon 6 Apr 2026 11:00")
    early, late = (
        replay(started, None, "Sun 5 Apr 2026 09:00"),
        replay(started, None, "Tue 7 Apr 2026 09:00"),
    )
    there = between(started.log, early, late, moment(NOW))
    back = between(started.log, late, early, moment(NOW))

    assert [one.how for one in there.facts] == ["happened"]
    assert [one.how for one in back.facts] == ["no-longer"]
    assert caused(of_rule(there)) == caused(of_rule(back))[:1] == ["strategy-meeting-held"]


def test_nothing_differs_between_two_moments_without_news(started: World) -> None:
    """The same moment twice differs in nothing, and counts what stayed."""
    found = compared(started, FIRST, FIRST)

    assert found.is_empty
    assert found.unchanged == len(replay(started, FIRST).clocks) > 0


def test_a_source_that_begins_to_speak_is_a_cause_and_what_none_could_say_is_named(
    world: World,
) -> None:
    """Until it was registered nobody could state the meeting; then a nightly feed could, as far as heard."""
    world.record(source("police", states=["missing-episode-started"]))
    world.record(told("missing-episode-started", MISSING, type="M"), at=MISSING)
    world.record(source("nightly", delivers="batch", states=["strategy-meeting-held"]), at=LATER)
    world.record(feed(moment(LATER), "nightly"), at=LATER)
    found = compared(world, FIRST)
    one = of_rule(found)
    before, after = (
        [*say_unstatable(of_clocks(each, [one.one.clock]))] for each in (found.first, found.second)
    )

    assert one.before is not None
    assert one.before.verdict is Verdict.UNOBSERVABLE
    assert "source-registered" in caused(one)
    title = "Strategy meeting for a child missing 72 hours (to be confirmed)"
    assert before == [f"{title}: no source could state strategy meeting held."]
    heard = "which had been heard up to 8 April 2026 at 9am"
    assert after == [f"{title}: strategy meeting held could be stated by nightly alone, {heard}."]


def test_what_could_be_stated_in_part_is_said(world: World) -> None:
    """Where one of several stops has a source, the others are still named."""
    world.record(source("police", states=["missing-episode-started", "return-interview-held"]))
    world.record(told("missing-episode-started", MISSING, type="M"), at=MISSING)
    world.record(told("missing-episode-ended", "Sat 4 Apr 2026 10:00"), at="Sat 4 Apr 2026 11:00")
    found = replay(world, FIRST)
    said = [*say_unstatable(of_clocks(found, found.clocks))]

    assert any("no source could state" in one and "Only " in one for one in said), said
    assert "referral-received" in could_not_begin(found, moment(NOW))
    assert "missing-episode-started" not in could_not_begin(found, moment(NOW))


def test_the_document_holds_all_of_it(started: World) -> None:
    """Every name of it is a contract."""
    started.run_engine(CHILD, FIRST)
    started.record(meeting("Mon 6 Apr 2026 10:00"), at=LATER)
    document = json.loads(json.dumps(between_json(compared(started, FIRST)), default=str))
    (clock,) = [one for one in document["clocks"] if one["timescale"] == STRATEGY]

    assert document["first"] == {"as_of": None, "known_at": "2026-04-07T08:00:00Z"}
    assert document["second"] == {"as_of": None, "known_at": None}
    assert (clock["verdict_before"], clock["verdict_after"]) == ("breached", "met")
    assert clock["due_before"] == clock["due_after"] == "2026-04-06T17:00:00Z"
    assert clock["causes"][0]["event_id"] == document["facts"][0]["event_id"]
    assert document["unchanged"] >= 0


@pytest.mark.parametrize("number", range(4))
def test_every_change_has_a_cause(world: World, number: int) -> None:
    """Whatever was told of whom and when, no clock differs for no reason."""
    moments = []
    for event, at in lives(number, children=1):
        world.record(event, at=at)
        moments.append(at)
    streams = every_stream(world.log, CODE)
    (stream,) = (one for one, told in streams.items() if told[0].event.kind == "child")
    middle, end = moments[len(moments) // 2], moments[-1]
    first, second = (
        history(world.log, stream, authority=world.authority(), as_of=at, known_at=at)
        for at in (middle, end)
    )
    found = between(world.log, first, second, end)

    assert found.clocks
    assert [one.one.clock.key for one in found.clocks if not one.causes] == []


def test_facts_under_another_reference_of_the_child_are_causes(started: World) -> None:
    """What a second reference told counts from when both were known to be one child."""
    held = meeting("Mon 6 Apr 2026 10:00")
    joined = told("child-references-joined", LATER, other_child="CH-2")
    started.record(of("CH-2", held), at=FIRST)
    started.record(joined, at=LATER)
    one = of_rule(compared(started, FIRST))

    assert one.what == ("cured",)
    assert "child-references-joined" in caused(one) or "strategy-meeting-held" in caused(one)
