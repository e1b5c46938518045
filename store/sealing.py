"""Which parts of an event are guarded, how they are taken out of its state, and how they are put back."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Final
from uuid import UUID

import orjson
from pydantic import create_model

from domain.engine_events import EngineEvent
from domain.facts.corrections import FactCorrected
from domain.facts.fact import Fact, guarded_fields
from store.vault import Sealer

Said = Fact | EngineEvent
State = dict[str, Any]

BLOCK: Final = 64  # bytes: were the length not rounded up, it would tell `true` from `false`


class Sealing:
    """Knows for each kind of event what is guarded, and seals it under the key of the event's stream."""

    def __init__(self, kinds: Mapping[str, type[Said]]) -> None:
        """Read the marks of every kind once."""
        self.guarded = {name: guarded_fields(kind) for name, kind in kinds.items()}
        guarded = {field for fields in self.guarded.values() for field in fields}
        every = {field for kind in kinds.values() for field in kind.model_fields}
        self._open_fields = every - guarded
        """What a correction may say in clear; whatever else it says, unknown words too, is sealed."""

    def has_secrets(self, said: Said) -> bool:
        """Whether anything guarded is said."""
        for field in self.guarded[said.NAME]:
            if getattr(said, field) is not None:
                return True
        if said.NAME != FactCorrected.NAME:
            return False
        assert isinstance(said, FactCorrected)
        return not self._open_fields.issuperset(said.fields or ())

    def take_out(self, name: str, said: State) -> State:
        """Take what is guarded out of a state, and return it by field."""
        secrets = {field: said.pop(field) for field in self.guarded[name] if field in said}
        if name == FactCorrected.NAME and (fields := said.get("fields")):
            # A correction names fields of another fact: what is guarded there is guarded here.
            said["fields"] = {key: fields[key] for key in fields if key in self._open_fields}
            hidden = {key: fields[key] for key in fields if key not in self._open_fields}
            secrets |= {"fields": hidden} if hidden else {}
        return secrets


def seal(sealer: Sealer, stream: UUID, version: int, secrets: State) -> dict[str, str]:
    """Each secret sealed at its place, as text."""
    return {
        field: b64encode(sealer.seal(stream, version, field, padded(value))).decode()
        for field, value in secrets.items()
    }


def padded(value: object) -> bytes:
    """A value as JSON, filled up with spaces so that its length says little."""
    plain = orjson.dumps(value)
    return plain.ljust(-(-len(plain) // BLOCK) * BLOCK)


def put_back(
    sealer: Sealer, stream: UUID, version: int, said: State, sealed: Mapping[str, str]
) -> bool:
    """Put what was sealed back into a state; whether all of it could be opened."""
    complete = True
    for field, text in sealed.items():
        plain = sealer.open(stream, version, field, b64decode(text))
        if plain is None:
            complete = False
            continue
        value = orjson.loads(plain)
        said[field] = said[field] | value if field in said else value
    return complete


@cache
def with_lost_fields(kind: type[Said]) -> type[Said]:
    """The same kind as it reads once its stream's key is lost: a guarded field may be missing.

    It is still that kind for every rule, validates everything else, and cannot be stored.
    """
    lost = {
        field: (Annotated[info.annotation, *info.metadata] | None, None)
        for field, info in kind.model_fields.items()
        if field in guarded_fields(kind) and info.is_required()
    }
    if not lost:
        return kind
    fields: dict[str, Any] = dict(lost)
    return create_model(kind.__name__, __base__=kind, **fields)
