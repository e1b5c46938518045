"""A history says why something said of a clock changed, and by whose word."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domain.because import say_cause
from domain.engine_events import ClockRetimed
from domain.event import Event, Recorded
from projections.history import History, history
from projections.history_documents import event_json
from tests.histories import CODE, core_only, moment, of_authority, person, record, source, told
from tests.projections.world import World

NOVEMBER = {"sits_on": "2015-11-11", "cutoff_on": "2015-11-04"}
DECEMBER = {"sits_on": "2015-12-09", "cutoff_on": "2015-12-02"}
REFERRED = told(
    "strategy-meeting-held", "Tue 27 Oct 2015 10:00", kind="exploitation", outcome="macse",
    exploitation_refs=("X-1",),
)  # fmt: skip
CHILD = REFERRED.event.subject


@pytest.fixture
def panel(tmp_path: Path) -> Iterator[World]:
    """An authority whose panel sits in November by a second publication, and a child warned for that day."""
    world = World(tmp_path, policy=core_only())
    world.record(source(), person("service_manager"))
    world.record(published("Tue 1 Sep 2015", DECEMBER), at="Tue 1 Sep 2015 09:00")
    world.record(second(), at="Tue 6 Oct 2015 09:00")
    world.record(REFERRED, at="Tue 27 Oct 2015 10:00")
    world.run_engine(CHILD, "Mon 9 Nov 2015 09:00")
    yield world
    world.close()


def published(at: str, *sittings: dict[str, str], name: str = "macse") -> Recorded:
    """The dates of a panel."""
    told_so = of_authority("panel-sittings-published", at, panel=name, sittings=sittings)
    return record(replace(told_so.event, id=f"{name}@{at}"))


def second() -> Recorded:
    """The publication that names the sitting of November."""
    return published("Tue 6 Oct 2015", NOVEMBER, DECEMBER)


def said_of(of: Recorded, name: str, at: str, by: str | None = None, **said: Any) -> Event:
    """A correction or withdrawal of something that the authority said, by a person."""
    names = {"source": of.event.source, "id": of.event.id}
    event = of_authority(name, at, corrected_event=names, **said).event
    return replace(event, id=f"{name}@{at}", by=by)


def replayed(world: World) -> History:
    """The child's history now."""
    return history(world.log, world.stream(CHILD), authority=world.authority())


def moved(world: World) -> tuple[Event, ClockRetimed, str]:
    """What the authority said last of itself, how the clock moved for it, and what history says of that."""
    (line,) = [
        one for one in replayed(world).lines if isinstance(one.recorded.event.said, ClockRetimed)
    ]
    assert isinstance(line.recorded.event.said, ClockRetimed)
    last = world.log.history(world.stream(CODE))[-1].event
    return last, line.recorded.event.said, line.sentence


def test_a_withdrawn_publication_moves_who_waits_and_is_named(panel: World) -> None:
    """Those dates were never the panel's: the clock moves because of that, and by whom is said."""
    gone = said_of(
        second(), "fact-withdrawn", "Mon 9 Nov 2015 09:00", "P-9", reason="never-happened"
    )
    panel.record(gone, at="Mon 9 Nov 2015 09:00")
    panel.run_engine(CHILD, "Mon 9 Nov 2015 10:00")
    last, retimed, sentence = moved(panel)
    told_as_json = [event_json(one)["sentence"] for one in replayed(panel).lines]

    assert (retimed.from_due_at, retimed.due_at) == (
        moment("Thu 12 Nov 2015 00:00"),
        moment("Sat 28 Nov 2015 00:00"),
    )
    assert retimed.cause == last.event_id
    assert sentence.endswith(
        "due moved from the end of 11 November 2015 to the end of 27 November 2015,"
        " because of sittings of MACSE withdrawn by P-9 on 9 November 2015."
    )
    assert sentence in told_as_json


def test_a_corrected_publication_is_named_as_one(panel: World) -> None:
    """Not the first telling of it, and not what was published since about another panel."""
    panel.record(
        said_of(
            second(), "fact-corrected", "Mon 9 Nov 2015 09:00", "P-9", reason="wrong-date",
            fields={"sittings": [{"sits_on": "2015-11-18", "cutoff_on": "2015-11-11"}]},
        ),
        at="Mon 9 Nov 2015 09:00",
    )  # fmt: skip
    panel.record(published("Mon 9 Nov 2015", NOVEMBER, name="marac"), at="Mon 9 Nov 2015 09:30")
    panel.run_engine(CHILD, "Mon 9 Nov 2015 10:00")
    _, retimed, sentence = moved(panel)
    corrected = panel.log.history(panel.stream(CODE))[-2]

    assert retimed.cause == corrected.event_id
    assert sentence.endswith("because of sittings of MACSE corrected by P-9 on 9 November 2015.")


def test_dates_withdrawn_and_published_again_the_same_blame_nobody(panel: World) -> None:
    """Nothing moves where the dates are the same again."""
    gone = said_of(second(), "fact-withdrawn", "Mon 9 Nov 2015 08:00", reason="never-happened")
    panel.record(gone, published("Mon 9 Nov 2015", NOVEMBER, DECEMBER), at="Mon 9 Nov 2015 09:00")
    panel.run_engine(CHILD, "Mon 9 Nov 2015 10:00")

    assert not [
        one for one in panel.episode(CHILD).engine if isinstance(one.event.said, ClockRetimed)
    ]


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (published("Mon 9 Nov 2015", NOVEMBER), "sittings of MACSE published on 9 November 2015"),
        (
            of_authority(
                "panel-sitting-postponed", "Mon 9 Nov 2015 09:00", panel="macse",
                sits_on="2015-11-11", moved_to="2015-11-18",
            ),
            "sitting of MACSE on 11 November 2015 put off on 9 November 2015",
        ),
        (
            of_authority(
                "panel-sitting-postponed", "Mon 9 Nov 2015 09:00", panel="macse",
                sits_on="2015-11-11",
            ),
            "sitting of MACSE on 11 November 2015 called off on 9 November 2015",
        ),
        (
            of_authority("policy-adopted", "Mon 9 Nov 2015 09:00", pack="Sample", version="2"),
            "timescales Sample 2 adopted on 9 November 2015",
        ),
        (
            of_authority("calendar-adopted", "Mon 9 Nov 2015 09:00", calendar="England"),
            "calendar England adopted on 9 November 2015",
        ),
        (REFERRED, "strategy meeting held recorded on 27 October 2015"),
        (
            record(said_of(REFERRED, "fact-withdrawn", "Mon 9 Nov 2015 09:00", reason="duplicate")),
            "a fact withdrawn on 9 November 2015",
        ),
    ],
)  # fmt: skip
def test_every_cause_is_said_in_words(cause: Recorded, said: str) -> None:
    """By what was done, by whom where a person did it, and on which day it was recorded."""
    assert say_cause(cause, {}) == said
