"""The process that works for Temporal: it runs the workflows and the activities."""

from datetime import timedelta
from typing import Final

from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.effects import Effects, count_from_nought
from activities.engine import QUEUE
from activities.watch import Ping, Watch, no_ping
from workflows.digest import DigestWorkflow
from workflows.episode import EpisodeWorkflow
from workflows.escalation import EscalationWorkflow
from workflows.watch import WatchWorkflow

WORKFLOWS: Final = [EpisodeWorkflow, EscalationWorkflow, DigestWorkflow, WatchWorkflow]

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


DEPLOYMENT: Final = "daymark"
"""The name under which Temporal knows our workers of all releases."""
UNANNOUNCED: Final = WorkerDeploymentConfig(
    version=WorkerDeploymentVersion(DEPLOYMENT, "unannounced"), use_worker_versioning=False
)
"""Any worker does any work; without a name each would hash every file of the program when it starts."""


def build(
    client: Client,
    effects: Effects,
    queue: str = QUEUE,
    ping: Ping = no_ping,
    release: str | None = None,
) -> Worker:
    """The one place where limits, the sandbox and the registrations stand.

    A worker that names its release is given nothing to do until that release is promoted.
    """
    watch = Watch(effects, ping)
    count_from_nought()
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
            watch.look,
            watch.tell_operator,
        ],
        workflow_runner=RUNNER,
        max_cached_workflows=500,
        # More would let the replays after a restart starve every task past its ten seconds.
        max_concurrent_workflow_tasks=8,
        max_concurrent_activities=16,
        max_concurrent_local_activities=8,
        # How long a task waits for a worker that has died before another gets it.
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=5),
        # Else a sign of life is kept back for four of the five seconds of silence that are allowed.
        max_heartbeat_throttle_interval=timedelta(seconds=1),
        graceful_shutdown_timeout=timedelta(seconds=20),
        deployment_config=announced(release) if release else UNANNOUNCED,
    )


def announced(release: str) -> WorkerDeploymentConfig:
    """Whatever waits goes on under the promoted release at its next step: it may wait for months."""
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(DEPLOYMENT, release),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )
