"""What Temporal keeps is sealed."""

from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidTag
from temporalio.api.common.v1 import Payload

from activities.codec import Codec, converter
from activities.messages import DigestPlan
from domain.errors import Unavailable

OLD, NEW = b"1" * 32, b"2" * 32
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'"CANARY"')


async def test_a_payload_is_unreadable_outside_and_whole_again_inside() -> None:
    """What is said comes back as it was, and what is kept shows nothing of it."""
    codec = Codec([NEW])

    (sealed,) = await codec.encode([PLAIN])

    assert b"CANARY" not in sealed.SerializeToString()
    assert await codec.decode([sealed]) == [PLAIN]


async def test_what_an_older_key_sealed_is_still_read() -> None:
    """A change of key leaves running workflows readable; new payloads take the new key."""
    (old,) = await Codec([OLD]).encode([PLAIN])
    both = Codec([NEW, OLD])

    assert await both.decode([old]) == [PLAIN]
    assert (await both.encode([PLAIN]))[0].metadata["key"] != old.metadata["key"]


async def test_what_was_never_sealed_is_left_as_it_is() -> None:
    """The trace header is not sealed, and must stay readable."""
    assert await Codec([NEW]).decode([PLAIN]) == [PLAIN]


async def test_a_changed_payload_is_refused() -> None:
    """Whoever can write Temporal's database cannot say anything to a workflow."""
    codec = Codec([NEW])
    (sealed,) = await codec.encode([PLAIN])
    bent = Payload(metadata=sealed.metadata, data=sealed.data[:-1] + b"\x00")

    with pytest.raises(InvalidTag):
        await codec.decode([bent])


async def test_messages_keep_their_types_and_their_zone() -> None:
    """A plan that went through Temporal is the plan that was made."""
    plan = DigestPlan(at=datetime(2026, 4, 6, 7, tzinfo=UTC))
    sealed = await converter(NEW).encode([plan])

    assert await converter(NEW).decode(sealed, [DigestPlan]) == [plan]


async def test_a_key_that_another_process_has_turned_to_is_looked_up() -> None:
    """A worker that was not restarted yet reads what a restarted one has sealed."""
    (sealed,) = await Codec([NEW, OLD]).encode([PLAIN])
    waiting = Codec([OLD], lambda: [NEW, OLD])

    assert await waiting.decode([sealed]) == [PLAIN]
    assert (await waiting.encode([PLAIN]))[0].metadata["key"] != sealed.metadata["key"]


async def test_a_key_that_is_gone_is_named_with_its_mend() -> None:
    """Somebody took a key away too early; which one is said, and what to do."""
    (sealed,) = await Codec([OLD]).encode([PLAIN])
    name = sealed.metadata["key"].decode()

    for codec in (Codec([NEW]), Codec([NEW], lambda: [NEW])):
        with pytest.raises(Unavailable, match=f"under the key {name}, which is not in"):
            await codec.decode([sealed])
