"""A change of workflow code cannot strand what waits: recorded histories replay, and show nothing."""

import base64
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, WorkflowReplayResult

from activities.effects import Effects
from activities.messages import EpisodeQuestion, EpisodeRef
from tests.workflows.recordings import FOLDER, STORIES, fingerprint, recorded, stored
from tests.workflows.worlds import CHILD, CONVERTER, ROLES
from worker import RUNNER, WORKFLOWS
from workflows.asking import act

RECORDED = sorted(FOLDER.glob("*.json"))


@workflow.defn(name="EpisodeWorkflow", sandboxed=False)
class CarelessEpisode:
    """A careless edit: the plan is asked for as an ordinary activity."""

    @workflow.signal
    def poke(self, position: int) -> None:
        """Hear nothing."""

    @workflow.run
    async def run(self, episode: EpisodeRef) -> int:
        """Plan once."""
        question = EpisodeQuestion(episode=episode, reached=workflow.now())
        return (await act(Effects.plan, question, "careless")).position


async def replay(history: WorkflowHistory, workflows: Sequence[type]) -> WorkflowReplayResult:
    """What becomes of a history under some workflow code."""
    replayer = Replayer(workflows=workflows, workflow_runner=RUNNER, data_converter=CONVERTER)
    return await replayer.replay_workflow(history, raise_on_replay_failure=False)


def test_every_workflow_has_a_recorded_history() -> None:
    """A workflow without one could be changed unseen."""
    assert {path.stem for path in RECORDED} >= set(STORIES)


@pytest.mark.parametrize("story", [path.stem for path in RECORDED])
async def test_what_was_recorded_replays_under_the_present_code(story: str) -> None:
    """Episodes wait for months, through many releases."""
    assert (await replay(stored(story), WORKFLOWS)).replay_failure is None


async def test_a_careless_edit_is_noticed() -> None:
    """The control: the check above can fail."""
    failure = (await replay(stored("episode"), [CarelessEpisode])).replay_failure

    assert "TMPRL1100" in str(failure)


async def test_the_story_told_anew_asks_the_server_for_the_same() -> None:
    """Any change of what a workflow does shows in a file that is reviewed like code."""
    for story, history in (await recorded()).items():
        assert fingerprint(history) == (FOLDER / f"{story}.txt").read_text().splitlines(), story


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_history_shows_nothing_of_a_child_or_of_staff(path: Path) -> None:
    """Payloads are sealed and ids are opaque, whatever encoding one looks through."""
    seen = b"\n".join(layers(path.read_text()))
    secrets = [CHILD, "CANARY", "police-protection", "head_of_service", "warning", "P-1"]
    secrets += [f'"{person}"' for person in ROLES]

    assert [secret for secret in secrets if secret.encode() in seen] == []


async def test_the_waits_name_the_law_once_they_are_opened() -> None:
    """Whoever holds the key sees in the history which timescale is being enforced."""
    summaries = [
        (await CONVERTER.decode([event.user_metadata.summary]))[0]
        for event in stored("episode").events
        if event.HasField("user_metadata")
    ]

    assert "police-protection-72h: warning 3 of 3" in summaries


def layers(text: str) -> Iterator[bytes]:
    """The text, and whatever is base64 inside it."""
    yield text.encode()
    for word in text.replace('"', " ").split():
        try:
            yield base64.b64decode(word, validate=True)
        except ValueError:
            continue
