"""How a process reaches Temporal: sealed, traced, and without waiting for it to be there."""

from typing import Final

from opentelemetry import trace
from temporalio.api.enums.v1 import NamespaceState
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.contrib.opentelemetry import TracingInterceptor
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode, TLSConfig

from activities.codec import Keys, converter
from domain.errors import Unavailable

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


class NoNamespace(Unavailable):
    """Temporal answers and has no room for us."""

    def __init__(self, address: str, namespace: str) -> None:
        """Say how the namespace is made, or which setting names it."""
        super().__init__(
            f"the Temporal at {address} has no namespace {namespace}: make it with `temporal operator"
            f" namespace create --address {address} --namespace {namespace} --retention 7d`,"
            " or mend DAYMARK_TEMPORAL_NAMESPACE"
        )


MAY_NOT_SAY: Final = frozenset({RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED})
"""What a Temporal answers that will not tell us of its namespaces; it is taken at its best."""


async def require_namespace(client: Client) -> None:
    """Ask Temporal for the namespace that the client is for: NoNamespace where it is not there or deleted.

    A Temporal that cannot be reached, or is ill, answers with an RPCError.
    """
    asked = DescribeNamespaceRequest(namespace=client.namespace)
    gone = NoNamespace(client.service_client.config.target_host, client.namespace)
    try:
        found = await client.workflow_service.describe_namespace(asked)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise gone from None
        if error.status not in MAY_NOT_SAY:
            raise
        return
    if found.namespace_info.state == NamespaceState.NAMESPACE_STATE_DELETED:
        raise gone
