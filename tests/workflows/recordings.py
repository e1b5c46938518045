"""Recorded histories of the workflows: `python -m tests.workflows.recordings` renews them.

Renew them after a wanted change only, and review the difference like code:
every history of a release that still runs somewhere must replay under the new code.
"""

import asyncio
import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from temporalio.client import WorkflowHistory

from domain.calendar import london_date
from domain.facts.emergency_and_court import PoliceProtectionEnded, PoliceProtectionTaken
from domain.facts.enquiry_and_conference import Section47Started
from tests.workflows.worlds import CODE, DAY, HOUR, World, skipping, until, world
from workflows.poking import digest_id, keep_digest, keep_watch, watch_id

FOLDER: Final = Path(__file__).parents[1] / "replays"
STORIES: Final = ("episode", "escalation", "digest", "watch")
SHOWN: Final = frozenset(
    {
        "timer_started",
        "timer_canceled",
        "start_child_workflow_execution_initiated",
        "workflow_execution_signaled",
        "workflow_execution_completed",
        "workflow_execution_failed",
        "workflow_execution_continued_as_new",
    }
)


async def tell(place: World) -> dict[str, WorkflowHistory]:
    """Warned, broken, promised, re-armed, told on, cured; beside a conference that nobody holds."""
    on = london_date(place.start)
    await keep_digest(place.client, CODE)
    place.happened(Section47Started(enquiry_ref="E-1", meeting_ref="S-1"), place.start, on=on)
    place.happened(PoliceProtectionTaken(police_protection_ref="P-1"), 0 * HOUR)
    await place.follow()
    for number, hours in enumerate((24, 24, 18), start=1):
        await place.advance(hours * HOUR)
        await warned(place, number)
    await place.advance(6 * HOUR)
    await until(lambda: place.mail.told()[-1:] == ["hal"])
    ladder = place.ladder_workflow
    await resting(place, ladder)
    place.acknowledged("hal", on + 4 * DAY)
    await place.follow()
    await place.advance(46 * HOUR)
    await until(lambda: place.mail.told()[-1] == "dot")
    await resting(place, ladder)
    place.happened(
        PoliceProtectionEnded(police_protection_ref="P-1", outcome="returned-to-parents"),
        70 * HOUR,
    )
    await place.follow()
    await until(lambda: place.count("breach-cured") == 1)
    await place.follow()
    await place.closed(ladder)
    await place.advance_to(place.start + 7 * DAY - 3 * HOUR)
    await until(lambda: place.count("timescale-warned") > 3)
    await place.follow()
    await place.advance(1 * DAY)
    await until(lambda: str(place.mail.letters[-1]["Subject"]).startswith("This morning"))
    names = {
        "episode": place.episode_workflow,
        "escalation": ladder,
        "digest": digest_id(CODE),
    }
    return {
        story: await place.client.get_workflow_handle(name).fetch_history()
        for story, name in names.items()
    }


async def look(place: World) -> dict[str, WorkflowHistory]:
    """Nobody has dispatched anything for an hour: the operator is told, and the watch goes on."""
    await keep_watch(place.client, CODE)
    await until(lambda: place.mail.told() == ["ada"])
    return {"watch": await resting(place, watch_id(CODE))}


async def resting(place: World, workflow: str) -> WorkflowHistory:
    """Wait until a workflow does nothing but wait: what it is told earlier it may take in another order."""
    handle = place.client.get_workflow_handle(workflow)
    while fingerprint(history := await handle.fetch_history())[-1:] != ["timer_started"]:  # noqa: ASYNC110  (the server has no bell)
        await asyncio.sleep(0.01)
    return history


async def warned(place: World, times: int) -> None:
    """Wait until so many warnings are recorded and told."""
    await until(lambda: place.count("timescale-warned") == times)
    await until(lambda: place.mail.told().count("tom") == times)


async def recorded() -> dict[str, WorkflowHistory]:
    """The stories, told once more."""
    with tempfile.TemporaryDirectory() as folder:
        async with skipping() as environment, world(environment, Path(folder)) as place:
            told = await tell(place)
    with tempfile.TemporaryDirectory() as folder:
        async with skipping() as environment, world(environment, Path(folder)) as place:
            place.project()
            place.now += HOUR
            return told | await look(place)


def fingerprint(history: WorkflowHistory) -> list[str]:
    """What a workflow asked of the server, without times, ids and tasks."""
    words: list[str] = []
    for event in history.events:
        kind = event.WhichOneof("attributes")
        name = str(kind).removesuffix("_event_attributes")
        if name == "activity_task_scheduled":
            words.append(
                f"activity {event.activity_task_scheduled_event_attributes.activity_type.name}"
            )
        elif name == "marker_recorded":
            words.append(event.marker_recorded_event_attributes.marker_name)
        elif name in SHOWN:
            words.append(name)
    return words


def stored(story: str) -> WorkflowHistory:
    """A recorded history."""
    return WorkflowHistory.from_json(story, (FOLDER / f"{story}.json").read_text())


def renew(histories: Mapping[str, WorkflowHistory]) -> None:
    """Write the histories and their fingerprints."""
    for story, history in histories.items():
        # Identities and sticky queues name the machine.
        text = re.sub(r"\d+@[\w.-]+", "worker", history.to_json())
        (FOLDER / f"{story}.json").write_text(json.dumps(json.loads(text), indent=1) + "\n")
        (FOLDER / f"{story}.txt").write_text("\n".join(fingerprint(history)) + "\n")


if __name__ == "__main__":
    renew(asyncio.run(recorded()))
