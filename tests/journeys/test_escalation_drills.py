"""Killing or wiping what waits loses no breach, doubles none, and records none early."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.client import Client

from activities.effects import Effects
from activities.mail import Letters
from activities.messages import EpisodeRef
from activities.relay import Relay
from assembly import temporal_client
from dispatcher import Dispatcher, run
from domain.engine_events import ManagerNotified, TimescaleBreached
from domain.facts.emergency_and_court import PoliceProtectionEnded
from tests.journeys.escalation import Drill, drill, projecting, until
from worker import build
from workflows.poking import Poke, episode_id, poke_episode, running

CHILDREN = [f"C-{number}" for number in range(12)]


def effects(place: Drill) -> Effects:
    """The activities, by this machine's own clock."""
    settings = place.daymark.settings
    assert settings.smtp is not None
    return Effects(
        log=place.daymark.log,
        views=place.daymark.views,
        authority=place.daymark.authority,
        people=place.daymark.people_of,
        letters=Letters(settings.url, settings.smtp_from),
        send=Relay(*settings.smtp),
        now=lambda _reached: datetime.now(UTC),
    )


async def dispatcher(place: Drill, *, lazy: bool = False) -> Dispatcher:
    """A dispatcher in this process."""
    daymark = place.daymark
    return Dispatcher(
        await temporal_client(daymark, lazy=lazy),
        daymark.log,
        daymark.views,
        daymark.authority,
        [place.code],
        lambda: datetime.now(UTC),
    )


@asynccontextmanager
async def working(place: Drill) -> AsyncIterator[None]:
    """A worker and a dispatcher in this process."""
    stop = asyncio.Event()
    async with build(await temporal_client(place.daymark), effects(place)):
        following = asyncio.create_task(run(await dispatcher(place), stop))
        try:
            yield
        finally:
            stop.set()
            await following


async def moment(instant: datetime) -> None:
    """Wait for an instant."""
    await asyncio.sleep(max(0.0, (instant - datetime.now(UTC)).total_seconds()))


async def test_temporal_killed_during_pokes_and_while_timers_fire(tmp_path: Path) -> None:
    """Its file survives kill -9, and what was on its way is done when it is back."""
    async with drill(tmp_path) as place, projecting(place.daymark), working(place):
        due = datetime.now(UTC) + timedelta(seconds=3)
        place.at_risk(CHILDREN, due)
        await asyncio.sleep(0.15)
        place.kill_temporal()
        await place.start_temporal()
        await moment(due + timedelta(seconds=0.1))
        place.kill_temporal()
        await place.start_temporal()
        await until(lambda: place.told_of_breach() == len(CHILDREN), 30)

        place.assert_once(len(CHILDREN))


async def test_temporal_wiped_is_made_again_from_the_log(tmp_path: Path) -> None:
    """Everything that waited waits again, and what fell due meanwhile is told once."""
    later = [f"L-{number}" for number in range(6)]
    async with drill(tmp_path) as place, projecting(place.daymark):
        now = datetime.now(UTC)
        place.at_risk(CHILDREN, now + timedelta(seconds=5))
        place.at_risk(later, now + timedelta(hours=30))
        async with working(place):
            client = await temporal_client(place.daymark)
            before = len(CHILDREN) + len(later) + 1
            await until_running(client, before)
            waiting = {name async for name in running(client) if name.startswith("episode")}
        place.kill_temporal()
        place.wipe_temporal()
        await moment(now + timedelta(seconds=5))
        await place.start_temporal()
        async with working(place):
            await until(lambda: place.told_of_breach() == len(CHILDREN), 20)
            client = await temporal_client(place.daymark)
            alive = await settled(client, len(later))

        place.assert_once(len(CHILDREN))
        episodes = {name for name in alive if name.startswith("episode")}
        assert len(episodes) == len(later)
        assert episodes <= waiting
        assert f"digest-{place.code}" in alive


async def settled(client: Client, count: int) -> set[str]:
    """What runs once Temporal shows only so many episodes: it lists an ended one for a moment longer."""
    for _ in range(200):
        shown = {name async for name in running(client)}
        if sum(name.startswith("episode") for name in shown) <= count:
            break
        await asyncio.sleep(0.05)
    return shown


async def until_running(client: Client, count: int) -> None:
    """Wait until at least so many workflows are shown to run."""
    for _ in range(200):
        shown = [name async for name in running(client) if not name.startswith("escalation")]
        if len(shown) >= count:
            return
        await asyncio.sleep(0.05)
    message = "waited too long"
    raise AssertionError(message)


async def test_worker_and_dispatcher_killed_at_any_point(tmp_path: Path) -> None:
    """Each is killed with -9 while it is busy, and started again as a supervisor does."""
    async with drill(tmp_path) as place, projecting(place.daymark):
        following, working = place.start("dispatcher"), place.start("worker")
        due = datetime.now(UTC) + timedelta(seconds=3)
        place.at_risk(CHILDREN, due)
        position = place.daymark.views.position
        await until(lambda: position("dispatcher") > 0, 20)
        following.kill()
        place.start("dispatcher")
        await moment(due + timedelta(seconds=0.05))
        await until(lambda: place.recorded(TimescaleBreached), 20)
        working.kill()
        place.start("worker")
        await until(lambda: place.told_of_breach() == len(CHILDREN), 30)

        place.assert_once(len(CHILDREN))


async def test_a_storm_of_pokes_begins_new_runs_and_loses_nothing(tmp_path: Path) -> None:
    """A run whose history has grown long begins anew, and carries nothing over but the question."""
    short = ("--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=40")
    async with drill(tmp_path, *short) as place:
        client = await temporal_client(place.daymark)
        due = datetime.now(UTC) + timedelta(hours=50)
        stream = place.daymark.log.stream(place.code, "child", "C-1")
        ref = EpisodeRef(authority=place.code, stream=stream)
        async with build(client, effects(place)):
            for _ in range(25):
                place.at_risk(["C-1"], due)
                await poke_episode(client, ref, Poke(place.daymark.log.head()))
            ended = PoliceProtectionEnded(
                police_protection_ref="P-C-1", outcome="returned-to-parents"
            )
            place.happened("C-1", ended, datetime.now(UTC))
            await poke_episode(client, ref, Poke(place.daymark.log.head()))
            runs = await until_completed(client, episode_id(ref))

        assert runs > 1
        assert not place.said(ManagerNotified)


async def until_completed(client: Client, name: str) -> int:
    """Wait until the newest run of a workflow has completed; how many runs it took."""
    for _ in range(200):
        if (await client.get_workflow_handle(name).describe()).close_time is not None:
            return len([run async for run in client.list_workflows(f"WorkflowId='{name}'")])
        await asyncio.sleep(0.05)
    message = "waited too long"
    raise AssertionError(message)


async def test_without_temporal_the_log_goes_on_and_nothing_is_forgotten(tmp_path: Path) -> None:
    """What is recorded while Temporal is away is poked when it is back; the board knows meanwhile."""
    async with drill(tmp_path) as place, projecting(place.daymark):
        place.kill_temporal()
        follower = await dispatcher(place, lazy=True)
        stop = asyncio.Event()
        following = asyncio.create_task(follower.follow(stop))
        place.at_risk(CHILDREN[:3], datetime.now(UTC) + timedelta(seconds=1))
        await asyncio.sleep(1)
        told_meanwhile = place.daymark.views.position("dispatcher")
        with suppress(AssertionError):
            await place.start_temporal()
        async with build(await temporal_client(place.daymark), effects(place)):
            await until(lambda: place.told_of_breach() == 3, 20)
        stop.set()
        await following

        assert told_meanwhile == 0
        place.assert_once(3)
