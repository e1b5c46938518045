"""How a process reaches Temporal: sealed, traced, and without waiting for it to be there."""

from typing import Final

from opentelemetry import trace
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.contrib.opentelemetry import TracingInterceptor
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode, TLSConfig

from activities.codec import Keys, converter

QUEUE: Final = "daymark"
"""The one task queue of workflows and activities."""

NAMESPACE: Final = "daymark"
"""The namespace where no setting names another; never Temporal's own default one."""


async def connect(
    address: str,
    *keys: bytes,
    again: Keys | None = None,
    namespace: str = NAMESPACE,
    tls: TLSConfig | bool = False,
    api_key: str | None = None,
    lazy: bool = False,
    runtime: Runtime | None = None,
) -> Client:
    """A client of the Temporal at `host:port`; a lazy one connects at its first use."""
    return await Client.connect(
        address,
        namespace=namespace,
        data_converter=converter(*keys, again=again),
        interceptors=[TracingInterceptor(trace.get_tracer("daymark.engine"))],
        tls=tls,
        api_key=api_key,
        lazy=lazy,
        runtime=runtime,
    )


async def has_namespace(client: Client) -> bool:
    """Whether its Temporal has the namespace it is for; one that will not say is taken at its best."""
    try:
        await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=client.namespace)
        )
    except RPCError as error:
        return error.status is not RPCStatusCode.NOT_FOUND
    return True
