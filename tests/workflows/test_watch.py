"""Daymark watches itself: a source falls silent, and whoever looks after Daymark is told."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities.messages import WatchRef
from activities.watch import Watch
from domain.access_events import AccessForced, ForcedAccessTold
from domain.engine_events import OperatorTold
from domain.event import Event
from domain.facts.authority import FeedAdvanced, PersonAssigned, SourceRegistered
from domain.facts.vocabulary import FACTS
from domain.facts.whole_child import CaseAllocated, RecordRestricted
from domain.forcing import to_tell
from projections.signs_of_life import WATCH, last_seen, sign
from projections.trust import DISPATCHER
from tests.workflows.worlds import CHILD, CODE, HOUR, World, effects, skipping, until, world
from workflows.poking import keep_watch

NIGHTLY = SourceRegistered(
    source="nightly",
    delivers="batch",
    states=tuple(FACTS),
    times="happened",
    from_on=date(2020, 1, 1),
    late_after_hours=1,
)


ALLOCATED = CaseAllocated(duty_ref="d-1", worker_ref="w-1", team_ref="north", role="lead")


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
    assert "The source nightly has been late since" in letter.get_content()


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


def forced_open(place: World, by: str) -> None:
    """Somebody opens the child's record by force."""
    event = Event(
        authority=CODE,
        kind="child",
        subject=CHILD,
        source="console",
        id=f"forced-{by}",
        said=AccessForced(until=place.now + 4 * HOUR, reason="CANARY I cover her team tonight"),
        occurred_at=place.now,
        by=by,
    )
    place.log.append([event])
    place.project()


def forced_told(place: World) -> set[tuple[str, str, bool]]:
    """Who was told that it was opened, as what, and whether it reached them."""
    said = [one.event.said for one in place.episode.history]
    return {
        (one.person, one.role, one.delivered) for one in said if isinstance(one, ForcedAccessTold)
    }


async def test_whoever_answers_for_a_record_is_told_at_once_that_it_was_forced_open(
    place: World,
) -> None:
    """Within a minute, once, with who watches over looks; the letter names no child and no reason."""
    office = {"role": "information_governance_officer", "from_on": date(2026, 1, 1)}
    for person in ("dee", "nobody-known"):
        place.stated(PersonAssigned(person_ref=person, **office), date(2026, 1, 1))
    team = {"role": "team_manager", "team_ref": "north", "from_on": date(2026, 1, 1)}
    for person in ("sal", "hal"):
        place.stated(PersonAssigned(person_ref=person, **team), date(2026, 1, 1))
    place.happened(ALLOCATED, HOUR)
    sign(place.views, DISPATCHER, place.start + 60 * HOUR)
    await keep_watch(place.client, CODE)
    forced_open(place, "hal")
    await place.advance(HOUR / 60)
    await until(lambda: len(forced_told(place)) >= 3)
    place.project()
    await place.advance(HOUR / 10)
    letters = [one for one in place.mail.letters if one["Subject"] == "A record was forced open"]
    said = [one.as_string() for one in letters]

    assert forced_told(place) == {
        ("sal", "owner", True),
        ("dee", "information_governance_officer", True),
        ("nobody-known", "information_governance_officer", False),
    }
    assert len(letters) == 2
    assert all("CANARY hal" in one and CHILD not in one for one in said)
    assert not any("cover her team" in one for one in said)


async def test_of_a_restricted_record_those_named_are_told(place: World) -> None:
    """Not the team, to whom there is no such child; and nobody once it is shut again."""
    place.happened(ALLOCATED, HOUR)
    place.happened(RecordRestricted(people=("sal", "hal"), reason="adoption"), HOUR)
    forced_open(place, "tom")
    authority, now = place.authority(CODE), place.now

    assert {one.person for one in to_tell(place.episode, authority, now)} == {"sal", "hal"}
    assert list(to_tell(place.episode, authority, now + 4 * HOUR)) == []
