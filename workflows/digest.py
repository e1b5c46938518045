"""One workflow per authority: at eight o'clock on each working day, send the digests."""

from temporalio import workflow

from activities.effects import Effects
from activities.messages import DigestRef
from workflows.asking import ask, send


@workflow.defn
class DigestWorkflow:
    """Wait for eight o'clock on the next working day, tell, again; it ends only when terminated."""

    @workflow.run
    async def run(self, authority: str) -> None:
        """Begin with what is overdue, so that a morning without Temporal is made up for."""
        plan = await ask(Effects.plan_digest, _reached(authority), "when the next digest is due")
        while not workflow.info().is_continue_as_new_suggested():
            if plan.at > workflow.now():
                await workflow.sleep(plan.at - workflow.now(), summary=f"digest of {plan.at:%d %B}")
            plan = await send(Effects.tell_digest, _reached(authority), "the morning digest")
        workflow.continue_as_new(authority)


def _reached(authority: str) -> DigestRef:
    """Whose digest, and how far this workflow's time has come."""
    return DigestRef(authority=authority, reached=workflow.now())
