"""The commands about Temporal, which waits for us: the keys that seal what it holds, and its release."""

import asyncio
from contextlib import closing
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from commands.printing import DONE, Options, document, table
from domain.errors import Unavailable
from settings import Settings, read_settings
from store.keys import name_of, rotate_temporal, temporal_keys

if TYPE_CHECKING:
    from temporalio.client import Client

HEADINGS: Final = ("Key", "For")


def rotate_keys(_options: Options) -> int:
    """Seal under a new key what Temporal is given from now on; the old ones stay, for reading."""
    folder = read_settings().keys
    old, new = name_of(temporal_keys(folder)[0]), rotate_temporal(folder)
    print(f"The key {new} seals what Temporal is given; {old} stays for reading what it holds.")
    print("Copy the folder of the keys to every other server, then restart worker and dispatcher.")
    return DONE


def list_keys(options: Options) -> int:
    """Which keys Temporal's payloads may be sealed under, by name."""
    newest, *kept = (name_of(key) for key in temporal_keys(read_settings().keys))
    rows = [(newest, "sealing and reading"), *((name, "reading") for name in kept)]
    if options.json:
        document([{"key": name, "for": use} for name, use in rows])
    else:
        table(HEADINGS, rows, "")
    return DONE


def promote(_options: Options) -> int:
    """Let the workers of this release run every workflow, those that already wait included."""
    settings, release = read_settings(), version("daymark")
    if not settings.temporal_versioned:
        message = (
            "DAYMARK_TEMPORAL_VERSIONED is not set, so every worker runs every workflow already:"
            " there is nothing to promote"
        )
        raise Unavailable(message)
    asyncio.run(promote_release(settings, release))
    print(f"Workers of release {release} now run every workflow.")
    return DONE


async def promote_release(settings: Settings, release: str) -> None:
    """Tell Temporal which release of ours is the present one."""
    from assembly import assemble, temporal_client  # noqa: PLC0415

    with closing(assemble(settings)) as daymark:
        await promoted(await temporal_client(daymark), release)


async def promoted(client: "Client", release: str) -> None:
    """Make one release the present one; Unavailable where none of its workers has ever called."""
    from temporalio.api.workflowservice.v1 import (  # noqa: PLC0415
        SetWorkerDeploymentCurrentVersionRequest,
    )
    from temporalio.service import RPCError  # noqa: PLC0415

    from worker import DEPLOYMENT  # noqa: PLC0415

    asked = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace, deployment_name=DEPLOYMENT, build_id=release
    )
    try:
        await client.workflow_service.set_worker_deployment_current_version(asked)
    except RPCError:
        message = f"no worker of release {release} has called yet: start one, then promote it"
        raise Unavailable(message) from None
