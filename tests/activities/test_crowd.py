"""Many children fall due at one instant, and whoever is woken first records for them all."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities import crowd
from activities.effects import Effects
from activities.messages import EpisodeRef, Firing
from domain.authority import Authority
from domain.child_episode import outstanding
from domain.errors import Unavailable
from domain.facts.emergency_and_court import PoliceProtectionEnded, PoliceProtectionTaken
from domain.facts.whole_child import ChildReferencesJoined
from tests.histories import moment
from tests.workflows.worlds import CODE, HOUR, World, effects, founded

OTHERS = ("B", "C", "D")
TAKEN = PoliceProtectionTaken(police_protection_ref="P-1")
ENDED = PoliceProtectionEnded(police_protection_ref="P-1", outcome="returned-to-parents")
BEFORE = -72 * HOUR


@pytest.fixture
def place(tmp_path: Path, server: str | None) -> Iterator[World]:
    """Four children whose protection lapses at 9am on a Monday, as the board knows; on both stores."""
    with founded(tmp_path, moment("Mon 13 Apr 2026 09:00"), server=server) as made:
        made.happened(TAKEN, BEFORE)
        for child in OTHERS:
            made.happened(TAKEN, BEFORE, child=child)
        made.project()
        yield made


async def woken(
    place: World, activities: Effects | None = None, reached: datetime | None = None
) -> None:
    """The first of the children is woken."""
    firing = Firing(
        episode=EpisodeRef(authority=CODE, stream=place.stream),
        keys=tuple(stage.key for stage in outstanding(place.episode, place.authority())),
        reached=reached or place.now,
    )
    await ActivityEnvironment().run((activities or effects(place)).fire, firing)


def names(place: World, child: str) -> list[str]:
    """What stands in the stream of one of the others."""
    episode = place.log.episode(place.log.stream(CODE, "child", child))
    assert episode is not None
    return [one.event.name for one in episode.history]


def broken(place: World) -> list[str]:
    """Which of the others have their breach, once."""
    counts = {child: names(place, child).count("timescale-breached") for child in OTHERS}
    assert set(counts.values()) <= {0, 1}
    return [child for child, count in counts.items() if count]


async def test_whoever_is_woken_first_records_for_all(place: World) -> None:
    """Each has its breach and its ladder, as if it had been woken itself."""
    await woken(place)

    assert broken(place) == ["B", "C", "D"]
    assert names(place, "B") == names(place, "D") == place.names()


async def test_who_is_woken_later_finds_it_done(place: World) -> None:
    """The board has not heard of it yet, and nothing is recorded twice."""
    activities = effects(place)
    for again in (activities, activities, effects(place)):
        await woken(place, again)

    assert broken(place) == ["B", "C", "D"]
    assert place.count("timescale-breached") == 1


async def test_a_letter_that_waits_keeps_no_breach_waiting(place: World) -> None:
    """Each was warned of, and nobody has been told of it yet, when the clocks run out."""
    activities = effects(place)
    place.now = place.start - 12 * HOUR
    await woken(place, activities)
    place.project()
    warned = [names(place, child).count("timescale-warned") for child in OTHERS]
    place.now = place.start
    await woken(place, activities)

    assert warned == [1, 1, 1]
    assert broken(place) == ["B", "C", "D"]


async def test_a_thousand_are_recorded_in_many_commits(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whom one activity does not come to, the next one does."""
    monkeypatch.setattr(crowd, "TOGETHER", 1)
    monkeypatch.setattr(crowd, "MOST", 2)
    activities = effects(place)
    await woken(place, activities)
    first = broken(place)
    await woken(place, activities)

    assert len(first) < len(OTHERS)
    assert broken(place) == ["B", "C", "D"]


@pytest.mark.parametrize(("reached", "now"), [(-HOUR, 80 * HOUR), (80 * HOUR, -HOUR)])
async def test_a_clock_that_runs_ahead_makes_nothing_early(
    place: World, reached: timedelta, now: timedelta
) -> None:
    """Temporal's clock and this machine's must agree."""
    ahead = replace(effects(place), now=lambda _reached: place.start + now)
    place.happened(ENDED, -2 * HOUR)
    await woken(place, ahead, place.start + reached)

    assert broken(place) == []


async def test_what_is_told_meanwhile_is_heeded(place: World) -> None:
    """One child comes back after it was read; the others of its commit are recorded all the same."""
    asked: list[str] = []

    def late(code: str) -> Authority:
        """The authority, asked once each stream was read; after the last of them a fact comes."""
        asked.append(code)
        if len(asked) == 1 + len(OTHERS):
            place.happened(ENDED, -2 * HOUR, child="B")
        return place.authority(code)

    crowd_of = effects(place).crowd
    crowd_of.authority = late
    done = crowd_of.record(CODE, place.now, place.now)

    assert names(place, "B") == ["police-protection-taken", "police-protection-ended"]
    assert done == len(OTHERS)


async def test_references_of_one_child_are_left_to_their_own_workflows(place: World) -> None:
    """What is told under both is judged one after the other, never in one commit."""
    place.happened(ChildReferencesJoined(other_child="B"), -HOUR, child="D")
    await woken(place)

    assert broken(place) == ["C"]


async def test_a_board_that_cannot_be_read_keeps_nobody_from_their_own(place: World) -> None:
    """Help for the others is no promise: each child's own workflow comes to it."""
    asked: list[str] = []

    def unavailable(code: str) -> Authority:
        """The authority, until the others are looked at."""
        asked.append(code)
        if place.count("timescale-breached") and len(asked) > 3:
            message = "the store is down"
            raise Unavailable(message)
        return place.authority(code)

    await woken(place, replace(effects(place), authority=unavailable))

    assert place.count("timescale-breached") == 1
    assert broken(place) == []
