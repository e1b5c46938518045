"""What is lost or stuck in Temporal is found by asking the log, and started anew."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import reconciler as reconciling
from activities.engine import NoNamespace, connect
from assembly import temporal_client
from dispatcher import Dispatcher
from domain.facts.emergency_and_court import PoliceProtectionEnded
from drills.installation import Installation, installation, projecting, until
from drills.working import working
from projections.board_view import BoardView, create_tables
from projections.signs_of_life import last_seen
from reconciler import WITHOUT_EFFECT
from workflows.poking import running, terminate


async def reconciler(place: Installation, ahead: timedelta = timedelta()) -> Dispatcher:
    """A dispatcher in this process, perhaps of a later moment; nobody works meanwhile."""
    daymark = place.daymark
    return Dispatcher(
        await temporal_client(daymark),
        daymark.log,
        daymark.views,
        daymark.authority,
        [place.code],
        lambda: datetime.now(UTC) + ahead,
    )


def project(place: Installation) -> None:
    """Let the board catch up."""
    daymark = place.daymark
    create_tables(daymark.views)
    view = BoardView(daymark.views, daymark.log, daymark.authority)
    while batch := daymark.log.after(view.position()):
        view.apply(batch, after=view.position())


async def episodes(dispatcher: Dispatcher) -> set[str]:
    """The children's workflows that are shown to run."""
    return {name async for name in running(dispatcher.client) if name.startswith("episode")}


async def runs(dispatcher: Dispatcher) -> dict[str, str | None]:
    """Each child's workflow that is shown to run, with which run of it that is."""
    handles = [dispatcher.client.get_workflow_handle(name) for name in await shown(dispatcher, 3)]
    return {one.id: (await one.describe()).run_id for one in handles}


async def test_what_is_not_shown_to_run_is_poked_and_what_runs_is_left_alone(
    tmp_path: Path,
) -> None:
    """Somebody ended a workflow by hand; the log says that it is still needed."""
    async with installation(tmp_path) as place:
        place.at_risk(["C-1", "C-2"], datetime.now(UTC) + timedelta(hours=30))
        project(place)
        dispatcher = await reconciler(place)
        while await dispatcher.step():
            pass
        started = await shown(dispatcher, 2)
        left_alone = await dispatcher.uncovered()
        await terminate(dispatcher.client, min(started))
        await shown(dispatcher, 1)
        found = await dispatcher.uncovered()

        assert left_alone == 0
        assert found == 1
        assert await shown(dispatcher, 2) == started


async def test_a_late_child_whose_ladder_runs_is_not_missing(tmp_path: Path) -> None:
    """Its own workflow has ended, for nothing of it is to come; only the ladder still climbs."""
    async with installation(tmp_path) as place, projecting(place.daymark):
        place.at_risk(["C-1"], datetime.now(UTC) - timedelta(minutes=5))
        async with working(place):
            await until(lambda: place.told_of_breach() == 1, 30)
            position, head = place.daymark.views.position, place.daymark.log.head
            await until(lambda: position("board") == position("dispatcher") == head(), 30)
        dispatcher = await reconciler(place)
        await shown(dispatcher, 0)
        found = await dispatcher.uncovered()
        ladders = [name async for name in running(dispatcher.client) if "escalation" in name]

        assert len(ladders) == 1
        assert found == 0


async def test_what_many_pokes_do_not_move_is_ended_and_started_anew(tmp_path: Path) -> None:
    """A workflow whose tasks fail for ever hears no poke."""
    async with installation(tmp_path) as place:
        place.at_risk(["C-1"], datetime.now(UTC) - timedelta(minutes=5))
        project(place)
        dispatcher = await reconciler(place, ahead=timedelta(minutes=5))
        await dispatcher.step()
        stuck = dispatcher.client.get_workflow_handle(min(await shown(dispatcher, 1)))
        first = (await stuck.describe()).run_id
        for _ in range(WITHOUT_EFFECT):
            await dispatcher.overdue()
        patient = (await stuck.describe()).run_id
        await dispatcher.overdue()

        assert patient == first
        assert (await stuck.describe()).run_id != first


async def test_a_crowd_that_is_being_worked_off_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A poke for each takes the time that the telling needs; one that stands still is poked again."""
    monkeypatch.setattr(reconciling, "BACKLOG", 1)
    crowd = ["C-1", "C-2", "C-3"]
    async with installation(tmp_path) as place:
        place.at_risk(crowd, datetime.now(UTC) - timedelta(minutes=5))
        project(place)
        dispatcher = await reconciler(place)
        poked = [await dispatcher.overdue()]
        done = PoliceProtectionEnded(police_protection_ref="P-C-1", outcome="returned-to-parents")
        place.happened("C-1", done, datetime.now(UTC) - timedelta(hours=1))
        project(place)
        poked += [await dispatcher.overdue() for _ in range(4)]

        assert poked == [3, 0, 0, 0, 2]


async def test_a_crowd_that_nothing_moves_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after an upgrade with which no workflow can go on: each of them hears no poke."""
    monkeypatch.setattr(reconciling, "BACKLOG", 1)
    async with installation(tmp_path) as place:
        place.at_risk(["C-1", "C-2", "C-3"], datetime.now(UTC) - timedelta(minutes=5))
        project(place)
        dispatcher = await reconciler(place, ahead=timedelta(minutes=5))
        for _ in range(WITHOUT_EFFECT):
            await dispatcher.overdue()
        patient = await runs(dispatcher)
        await dispatcher.overdue()
        anew = await runs(dispatcher)

        assert patient.keys() == anew.keys()
        assert len(patient) == 3
        assert not set(patient.values()) & set(anew.values())


async def test_the_dispatcher_says_that_it_is_well_only_while_temporal_answers(
    tmp_path: Path,
) -> None:
    """Else the board would be green while nobody is told; one without our namespace tells nobody either."""
    async with installation(tmp_path) as place:
        views = place.daymark.views
        dispatcher = await reconciler(place)
        dispatcher.client = await connect(
            str(place.daymark.settings.temporal), bytes(32), namespace="elsewhere"
        )
        with pytest.raises(NoNamespace, match="has no namespace elsewhere: make it with"):
            await dispatcher.beat()
        silent = last_seen(views, "dispatcher")
        dispatcher.client = await temporal_client(place.daymark)
        await dispatcher.beat()

        seen = last_seen(views, "dispatcher")
        assert silent is None
        assert seen is not None
        assert abs(datetime.now(UTC) - seen) < timedelta(seconds=30)


async def shown(dispatcher: Dispatcher, count: int) -> set[str]:
    """The children's workflows, once so many are shown: Temporal's list is a moment behind."""
    for _ in range(200):
        if len(found := await episodes(dispatcher)) == count:
            return found
        await asyncio.sleep(0.05)
    message = "waited too long"
    raise AssertionError(message)
