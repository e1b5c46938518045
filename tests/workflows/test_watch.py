"""Daymark watches itself: a source falls silent, and whoever looks after Daymark is told."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities.messages import WatchRef
from activities.watch import Watch
from domain.engine_events import OperatorTold
from domain.facts.authority import FeedAdvanced, SourceRegistered
from domain.facts.vocabulary import FACTS
from projections.signs_of_life import WATCH, last_seen, sign
from projections.trust import DISPATCHER
from tests.workflows.worlds import CODE, HOUR, World, effects, skipping, until, world
from workflows.poking import keep_watch

NIGHTLY = SourceRegistered(
    source="nightly",
    delivers="batch",
    states=tuple(FACTS),
    times="happened",
    from_on=date(2020, 1, 1),
    late_after_hours=1,
)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[World]:
    """A world with an operator, and a source that speaks each night."""
    async with skipping() as environment, world(environment, tmp_path) as made:
        made.stated(NIGHTLY, made.start)
        made.stated(FeedAdvanced(source="nightly", complete_to=made.start), made.start)
        made.project()
        yield made


def operator_told(place: World) -> list[OperatorTold]:
    """Who was told that Daymark cannot be relied on."""
    history = place.log.history(place.log.stream(CODE, "authority", CODE))
    return [one.event.said for one in history if isinstance(one.event.said, OperatorTold)]


async def test_a_source_that_falls_silent_is_told_to_the_operator_once_a_day(place: World) -> None:
    """The letter names the source and what to do, and no child."""
    await keep_watch(place.client, CODE)
    await until(lambda: last_seen(place.views, WATCH))
    quiet = operator_told(place)
    sign(place.views, DISPATCHER, place.start + 60 * HOUR)
    await place.advance(1.2 * HOUR)
    await until(lambda: len(operator_told(place)) == 1)
    place.project()
    await place.advance(0.5 * HOUR)
    (said,) = operator_told(place)
    letter = place.mail.letters[0].get_body()

    assert quiet == []
    assert (said.doubt, said.about, said.person) == ("feed", "nightly", "ada")
    assert said.delivered
    assert place.mail.told() == ["ada"]
    assert letter is not None
    assert "The source nightly is late since" in letter.get_content()


async def test_all_well_is_a_sign_of_life_to_somebody_outside(place: World) -> None:
    """While there is a doubt the sign stays away, and the silence is the alarm."""
    pings: list[int] = []

    async def ping() -> None:
        pings.append(1)

    watch = Watch(effects(place), ping)
    sign(place.views, DISPATCHER, place.now)
    well = await doubts(watch, place.now)
    doubtful = await doubts(watch, place.now + 31 * HOUR)

    assert (well, len(pings)) == (0, 1)
    assert doubtful > 0


async def doubts(watch: Watch, reached: datetime) -> int:
    """How much is doubtful at an instant."""
    plan = await ActivityEnvironment().run(watch.look, WatchRef(authority=CODE, reached=reached))
    return plan.doubts
