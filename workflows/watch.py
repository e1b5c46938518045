"""One workflow per authority: each minute, ask whether Daymark can be relied on."""

from datetime import timedelta
from typing import Final

from temporalio import workflow

from activities.messages import WatchRef
from activities.watch import Watch
from workflows.asking import ask, send

EVERY: Final = timedelta(minutes=1)


@workflow.defn
class WatchWorkflow:
    """Look, tell whoever must be told, wait a minute, again; it ends only when terminated."""

    @workflow.run
    async def run(self, authority: str) -> None:
        """Begin at once, so that a look is never further away than a minute."""
        while not workflow.info().is_continue_as_new_suggested():
            plan = await ask(Watch.look, _reached(authority), "whether all is well")
            if plan.to_tell:
                await send(Watch.tell_operator, _reached(authority), "who looks after Daymark")
            await workflow.sleep(EVERY, summary="until the next look")
        workflow.continue_as_new(authority)


def _reached(authority: str) -> WatchRef:
    """Whose Daymark, and how far this workflow's time has come."""
    return WatchRef(authority=authority, reached=workflow.now())
