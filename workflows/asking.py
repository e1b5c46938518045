"""How a workflow reaches an activity: quickly while the store is well, patiently while it is not."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError, is_cancelled_exception

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
Activity = Callable[[Any, Asked], Awaitable[Answer]]

QUICK: Final = RetryPolicy(initial_interval=timedelta(milliseconds=100), maximum_attempts=3)
PATIENT: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=15)
)
"""Without limit: the retries of an ordinary activity cost no history.

No pause is longer than a quarter of the sixty seconds within which a breach is promised:
a store that was away for half a minute must not be asked again half a minute after it is back.
"""
UNHURRIED: Final = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5)
)
"""For what goes through a relay outside."""
SILENCE: Final = timedelta(seconds=5)
"""After so long without a sign of life a worker is held to be dead, and another does its work."""


async def ask(activity: Activity[Asked, Answer], message: Asked, summary: str) -> Answer:
    """A question: as a local activity, and while the store is down as an ordinary one."""
    try:
        return await workflow.execute_local_activity_method(
            activity,
            message,
            start_to_close_timeout=timedelta(seconds=4),
            retry_policy=QUICK,
            summary=summary,
        )
    except FailureError as error:
        # A local activity raises the bare ApplicationError, not an ActivityError;
        # one that is not caught here would end the workflow, and its clocks in silence.
        if is_cancelled_exception(error):
            raise
    return await act(activity, message, summary)


async def act(activity: Activity[Asked, Answer], message: Asked, summary: str) -> Answer:
    """An effect on the log: an ordinary activity, retried until it is done."""
    return await workflow.execute_activity_method(
        activity,
        message,
        start_to_close_timeout=timedelta(seconds=30),
        heartbeat_timeout=SILENCE,
        retry_policy=PATIENT,
        summary=summary,
    )


async def send(activity: Activity[Asked, Answer], message: Asked, summary: str) -> Answer:
    """An effect on people: as `act`, with time for a slow relay."""
    return await workflow.execute_activity_method(
        activity,
        message,
        start_to_close_timeout=timedelta(seconds=60),
        heartbeat_timeout=SILENCE,
        retry_policy=UNHURRIED,
        summary=summary,
    )
