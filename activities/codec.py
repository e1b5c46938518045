"""What Temporal keeps is sealed: AES-256-GCM over every payload and every error message.

Temporal still sees ids, names of workflows and activities, and the trace header: they are opaque.
Losing the key loses no data: `daymark rebuild workflows` starts every workflow again from the log.
"""

import dataclasses
import os
from collections.abc import Callable, Sequence
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import (
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
)

from domain.errors import Unavailable
from store.keys import name_of

Keys = Callable[[], Sequence[bytes]]
"""How the keys are read again, the newest first."""

ENCODING: Final = b"binary/encrypted"
NONCE: Final = 12


class Codec(PayloadCodec):
    """Seals every payload under the newest key, and opens those of older keys."""

    def __init__(self, keys: Sequence[bytes], again: Keys | None = None) -> None:
        """Take the keys, 32 bytes each, the newest first, and how to read them again."""
        self._ciphers: dict[bytes, AESGCM] = {}
        self._learn(keys)
        self._newest = _name(keys[0])
        self._again = again

    def _learn(self, keys: Sequence[bytes]) -> None:
        self._ciphers |= {_name(key): AESGCM(key) for key in keys}

    def _cipher(self, name: bytes) -> AESGCM:
        """The cipher of a key; one that another process has begun to use meanwhile is looked up."""
        if name not in self._ciphers and self._again:
            self._learn(self._again())
        if name not in self._ciphers:
            message = (
                f"Temporal holds something sealed under the key {name.decode(errors='replace')}, which is"
                " not in DAYMARK_KEYS: put it back, or run `daymark rebuild workflows` on an empty Temporal"
            )
            raise Unavailable(message)
        return self._ciphers[name]

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """The payloads, sealed."""
        return [self._sealed(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """The payloads, opened; one that was never sealed is left as it is."""
        return [self._opened(payload) for payload in payloads]

    def _sealed(self, payload: Payload) -> Payload:
        nonce = os.urandom(NONCE)
        cipher = self._cipher(self._newest)
        data = nonce + cipher.encrypt(nonce, payload.SerializeToString(), ENCODING)
        return Payload(metadata={"encoding": ENCODING, "key": self._newest}, data=data)

    def _opened(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        cipher = self._cipher(payload.metadata["key"])
        data = cipher.decrypt(payload.data[:NONCE], payload.data[NONCE:], ENCODING)
        return Payload.FromString(data)


def converter(*keys: bytes, again: Keys | None = None) -> DataConverter:
    """Models inside, ciphertext outside; the same in every client, worker and replay."""
    return dataclasses.replace(
        pydantic_data_converter,
        payload_codec=Codec(keys, again),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


def _name(key: bytes) -> bytes:
    """A key's name, as a payload carries it."""
    return name_of(key).encode()
