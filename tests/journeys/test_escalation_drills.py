"""Killing or wiping what waits loses no breach, doubles none, and records none early."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.client import Client

from activities.messages import EpisodeRef
from assembly import temporal_client
from domain.engine_events import ManagerNotified, TimescaleBreached
from domain.facts.emergency_and_court import PoliceProtectionEnded
from drills.installation import installation, projecting, until
from drills.working import dispatching, effects, moment, working
from worker import build
from workflows.poking import Poke, episode_id, poke_episode

CHILDREN = [f"C-{number}" for number in range(12)]


async def test_temporal_killed_during_pokes_and_while_timers_fire(tmp_path: Path) -> None:
    """Its file survives kill -9, and what was on its way is done when it is back."""
    async with installation(tmp_path) as place, projecting(place.daymark), working(place):
        due = datetime.now(UTC) + timedelta(seconds=3)
        place.at_risk(CHILDREN, due)
        await asyncio.sleep(0.15)
        place.kill_temporal()
        await place.start_temporal()
        await moment(due + timedelta(seconds=0.1))
        place.kill_temporal()
        await place.start_temporal()
        await until(lambda: place.told_of_breach() == len(CHILDREN), 30)

        assert place.all_once(CHILDREN)


async def test_worker_and_dispatcher_killed_at_any_point(tmp_path: Path) -> None:
    """Each is killed with -9 while it is busy, and started again as a supervisor does."""
    async with installation(tmp_path) as place, projecting(place.daymark):
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

        assert place.all_once(CHILDREN)


async def test_a_storm_of_pokes_begins_new_runs_and_loses_nothing(tmp_path: Path) -> None:
    """A run whose history has grown long begins anew, and carries nothing over but the question."""
    short = ("--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=40")
    async with installation(tmp_path, *short) as place:
        client = await temporal_client(place.daymark)
        due = datetime.now(UTC) + timedelta(hours=50)
        stream = place.daymark.log.stream(place.code, "child", "C-1")
        ref = EpisodeRef(authority=place.code, stream=stream)
        async with build(client, effects(place)):
            for _ in range(400):  # several that come while one is answered are answered together
                place.at_risk(["C-1"], due)
                await poke_episode(client, ref, Poke(place.daymark.log.head()))
                if await runs_of(client, episode_id(ref)) > 1:
                    break
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
            return await runs_of(client, name)
        await asyncio.sleep(0.05)
    message = "waited too long"
    raise AssertionError(message)


async def runs_of(client: Client, name: str) -> int:
    """How many runs of a workflow there are."""
    return len([run async for run in client.list_workflows(f"WorkflowId='{name}'")])


async def test_without_temporal_the_log_goes_on_and_nothing_is_forgotten(tmp_path: Path) -> None:
    """What is recorded while Temporal is away is poked when it is back; the board knows meanwhile."""
    async with installation(tmp_path) as place, projecting(place.daymark):
        place.kill_temporal()
        follower = await dispatching(place, lazy=True)
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
        assert place.all_once(CHILDREN[:3])
