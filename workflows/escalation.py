"""One workflow per ladder or notice: tell a rung, wait out its time or a promise, climb."""

from contextlib import suppress

from temporalio import workflow

from activities.effects import Effects
from activities.messages import DueStep, LadderPlan, LadderQuestion, Telling, TellingRef
from workflows.asking import ask, send


@workflow.defn
class EscalationWorkflow:
    """Ask what is next, wait for its instant or a poke, tell, until the log says it has ended."""

    def __init__(self) -> None:
        """Nothing is known yet; every run begins by asking the log."""
        self.wanted = 0

    @workflow.signal
    def poke(self, position: int) -> None:
        """An acknowledgement, a cure or a digest stands in the log at this position."""
        self.wanted = max(self.wanted, position)

    @workflow.run
    async def run(self, ladder: TellingRef) -> int:
        """The position of the log at which nothing was left to tell."""
        plan = await self._ask(ladder)
        while True:
            if self.wanted > plan.position:
                plan = await self._ask(ladder)
            elif plan.step is None:
                return plan.position
            elif workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(ladder)
            elif plan.step.at > workflow.now():
                await self._wait(plan.position, plan.step)
            else:
                telling = Telling(ladder=ladder, key=plan.step.key, reached=workflow.now())
                plan = await send(Effects.tell, telling, plan.step.summary)

    async def _ask(self, ladder: TellingRef) -> LadderPlan:
        """What the log says is next."""
        question = LadderQuestion(ladder=ladder, reached=workflow.now())
        return await ask(Effects.plan_ladder, question, "who is told next")

    async def _wait(self, position: int, step: DueStep) -> None:
        """Until the step's instant or a newer poke."""
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self.wanted > position,
                timeout=step.at - workflow.now(),
                timeout_summary=step.summary,
            )
