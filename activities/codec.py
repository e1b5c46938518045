"""What Temporal keeps is sealed: AES-256-GCM over every payload and every error message.

Temporal still sees ids, names of workflows and activities, and the trace header: they are opaque.
Losing the key loses no data: `daymark rebuild workflows` starts every workflow again from the log.
"""

import dataclasses
import os
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import (
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
)

ENCODING: Final = b"binary/encrypted"
NONCE: Final = 12


class Codec(PayloadCodec):
    """Seals every payload under the newest key, and opens those of older keys."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Take the keys, 32 bytes each, the newest first."""
        self._ciphers: Mapping[bytes, AESGCM] = {_name(key): AESGCM(key) for key in keys}
        self._newest = _name(keys[0])

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """The payloads, sealed."""
        return [self._sealed(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """The payloads, opened; one that was never sealed is left as it is."""
        return [self._opened(payload) for payload in payloads]

    def _sealed(self, payload: Payload) -> Payload:
        nonce = os.urandom(NONCE)
        cipher = self._ciphers[self._newest]
        data = nonce + cipher.encrypt(nonce, payload.SerializeToString(), ENCODING)
        return Payload(metadata={"encoding": ENCODING, "key": self._newest}, data=data)

    def _opened(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        cipher = self._ciphers[payload.metadata["key"]]
        data = cipher.decrypt(payload.data[:NONCE], payload.data[NONCE:], ENCODING)
        return Payload.FromString(data)


def converter(*keys: bytes) -> DataConverter:
    """Models inside, ciphertext outside; the same in every client, worker and replay."""
    return dataclasses.replace(
        pydantic_data_converter,
        payload_codec=Codec(keys),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


def _name(key: bytes) -> bytes:
    """A name for a key that tells nothing about it."""
    return sha256(b"daymark temporal key:" + key).hexdigest()[:8].encode()
