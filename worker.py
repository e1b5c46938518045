"""The process that works for Temporal: it runs the workflows and the activities."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.effects import Effects
from activities.engine import QUEUE
from activities.mail import Letters
from activities.relay import Relay
from assembly import Daymark, relay_address, temporal_client
from domain.errors import Unavailable
from workflows.digest import DigestWorkflow
from workflows.episode import EpisodeWorkflow
from workflows.escalation import EscalationWorkflow

PAUSE: Final = 1.0
"""Seconds between two tries to reach Temporal."""

logger = structlog.get_logger()

WORKFLOWS: Final = [EpisodeWorkflow, EscalationWorkflow, DigestWorkflow]

# The sandbox guards against clocks and chance. What is frozen data and pure functions is passed
# through, once and only here: replays take half the time, and what an activity imports is never run
# inside a workflow.
RUNNER: Final = SandboxedWorkflowRunner(
    restrictions=SandboxRestrictions.default.with_passthrough_modules(
        "domain",
        "activities",
        "formats",
        "projections",
        "store",
        "pydantic",
        "structlog",
        "opentelemetry",
    )
)


def build(client: Client, effects: Effects, queue: str = QUEUE) -> Worker:
    """The one place where limits, the sandbox and the registrations stand."""
    return Worker(
        client,
        task_queue=queue,
        workflows=WORKFLOWS,
        activities=[
            effects.plan,
            effects.fire,
            effects.plan_ladder,
            effects.tell,
            effects.plan_digest,
            effects.tell_digest,
        ],
        workflow_runner=RUNNER,
        max_cached_workflows=500,
        # More would let the replays after a restart starve every task past its ten seconds.
        max_concurrent_workflow_tasks=8,
        max_concurrent_activities=16,
        max_concurrent_local_activities=8,
        graceful_shutdown_timeout=timedelta(seconds=20),
    )


def wall(_reached: datetime) -> datetime:
    """The machine's own time decides, so a workflow whose clock runs ahead says nothing early."""
    return datetime.now(UTC)


def effects(daymark: Daymark) -> Effects:
    """The activities over the real log, the real people and the relay that is set."""
    settings = daymark.settings
    relay = relay_address(settings)
    password = settings.smtp_password
    return Effects(
        log=daymark.log,
        views=daymark.views,
        authority=daymark.authority,
        people=daymark.people,
        letters=Letters(url=settings.url, sender=settings.smtp_from),
        send=Relay(
            host=relay.host,
            port=relay.port,
            user=settings.smtp_user,
            password=password.get_secret_value() if password else None,
        ),
        now=wall,
    )


async def reached(daymark: Daymark, stop: asyncio.Event) -> Client | None:
    """A client, once Temporal answers; nothing when told to stop before that."""
    while not stop.is_set():
        try:
            return await temporal_client(daymark)
        except Unavailable as error:
            logger.warning("waiting for Temporal", reason=str(error))
            try:
                await asyncio.wait_for(stop.wait(), PAUSE)
            except TimeoutError:
                continue
    return None


async def serve(daymark: Daymark, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """Work until told to stop, then finish what is in hand."""
    client = await reached(daymark, stop)
    if client is None:
        return
    async with build(client, effects(daymark)):
        ready()
        await stop.wait()
