"""What the dispatcher's lines say of an error: where to look, and never a stranger's words about a child."""

import asyncio

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from domain.errors import Unavailable
from reconciler import why
from supervisor import free_port


def test_an_operator_reads_where_temporal_was_looked_for() -> None:
    """Temporal is away: the line names the setting that says where it should be."""

    async def asked() -> Exception:
        client = await Client.connect(f"127.0.0.1:{free_port()}", lazy=True)
        try:
            await client.service_client.check_health()
        except RuntimeError as error:
            return error
        message = "somebody answers there"
        raise AssertionError(message)

    assert why(asyncio.run(asked())).startswith("no Temporal server answers where DAYMARK_TEMPORAL")


def test_an_operator_reads_our_own_sentence_and_no_other() -> None:
    """Our errors are meant to be read; a stranger's is named by its kind, for it may quote a child."""
    refused = RPCError("child CH-7001", RPCStatusCode.PERMISSION_DENIED, b"")

    assert why(Unavailable("the log cannot be read")) == "the log cannot be read"
    assert why(refused).startswith("Temporal answers PERMISSION_DENIED")
    assert "CH-7001" not in why(refused)
    assert why(ValueError("child CH-7001")) == "ValueError"
