"""One workflow per child's stream with anything outstanding; it completes when nothing is."""

from contextlib import suppress
from datetime import datetime

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.effects import Effects
from activities.messages import EpisodeQuestion, EpisodeRef, Firing, Plan, TellingRef
from workflows.asking import act, ask
from workflows.escalation import EscalationWorkflow


@workflow.defn
class EpisodeWorkflow:
    """Plan, wait for the earliest stage or the next poke, fire, until nothing is outstanding."""

    def __init__(self) -> None:
        """Nothing is known yet; every run begins by asking the log."""
        self.wanted = 0
        self.begun: frozenset[str] = frozenset()

    @workflow.signal
    def poke(self, position: int) -> None:
        """The log holds something at this position; older and repeated pokes change nothing."""
        self.wanted = max(self.wanted, position)

    @workflow.run
    async def run(self, episode: EpisodeRef) -> int:
        """The position of the log at which nothing was outstanding."""
        plan = await self._ask(episode)
        while True:
            await self._begin(episode, plan)
            if self.wanted > plan.position:
                plan = await self._ask(episode)
            elif not plan.stages:
                return plan.position
            elif workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(episode)
            elif plan.stages[0].at > workflow.now():
                await self._wait(plan)
            else:
                plan = await self._fire(episode, plan, workflow.now())

    async def _ask(self, episode: EpisodeRef) -> Plan:
        """What the log says is outstanding."""
        question = EpisodeQuestion(episode=episode, reached=workflow.now())
        return await ask(Effects.plan, question, "what is outstanding")

    async def _wait(self, plan: Plan) -> None:
        """Until the earliest stage or a newer poke."""
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self.wanted > plan.position,
                timeout=plan.stages[0].at - workflow.now(),
                timeout_summary=plan.stages[0].summary,
            )

    async def _fire(self, episode: EpisodeRef, plan: Plan, now: datetime) -> Plan:
        """Record every stage whose instant is reached, and what is outstanding after it."""
        due = [stage for stage in plan.stages if stage.at <= now]
        firing = Firing(
            episode=episode,
            keys=tuple(dict.fromkeys(stage.key for stage in due)),
            reached=now,
        )
        return await act(Effects.fire, firing, "; ".join(stage.summary for stage in due[:3]))

    async def _begin(self, episode: EpisodeRef, plan: Plan) -> None:
        """Start the workflow of each open ladder and notice; one that already runs is left alone."""
        for telling in plan.tellings:
            if telling in self.begun:
                continue
            with suppress(WorkflowAlreadyStartedError):
                # Awaited, or an episode that completes first would never start it.
                await workflow.start_child_workflow(
                    EscalationWorkflow.run,
                    TellingRef(episode=episode, telling=telling),
                    id=f"escalation-{telling}",
                    parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                    id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                )
        # One that has ended is forgotten, so that it starts anew when a correction opens it again.
        self.begun = frozenset(plan.tellings)
