"""Writes one stored example of each kind of event at its present version: `python -m tests.stored.write`.

Each example is a row as the log holds it: topic, stream, version and the very bytes of its state.
It is what a later release must still be able to read.
So an example that is there is never touched again: a new version of a kind gets a new file beside it.
Guarded fields are sealed under a key that is no secret, made for these examples alone.
"""

import json
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Final, Literal, NamedTuple, get_args, get_origin
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from domain.code_sets import CODE_SETS
from domain.event import Event
from domain.facts.fact import CodeSet, Fact, marks
from store.mapper import KINDS, Entry, EventMapper
from store.sealing import Said
from store.vault import decrypt, encrypt, place_of

FOLDER: Final = Path(__file__).parent
STREAM: Final = UUID("11111111-2222-3333-4444-555555555555")
VERSION: Final = 7
DAY: Final = date(2016, 2, 29)
INSTANT: Final = datetime(2016, 2, 29, 23, 59, 59, 123456, tzinfo=UTC)
PLAIN: Final[dict[Any, Any]] = {
    bool: True,
    int: 3,
    float: 0.5,
    str: "example",
    date: DAY,
    datetime: INSTANT,
    AwareDatetime: INSTANT,
    UUID: UUID("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"),
    dict: {"type": "example", "sex": "example", "not a field": 1},
    Any: "example",
}


class OneKey:
    """Seals under one key known to everybody, so that an example can be read for ever."""

    KEY: Final = bytes(range(32))

    def make_keys(self, streams: Iterable[UUID]) -> None:
        """There is one key, and it is there."""

    def seal(self, stream: UUID, version: int, name: str, plain: bytes) -> bytes:
        """Seal one field of one event."""
        return encrypt(self.KEY, plain, place_of(stream, version, name))

    def open(self, stream: UUID, version: int, name: str, sealed: bytes) -> bytes:
        """Open it at the place it was sealed for."""
        return decrypt(self.KEY, sealed, place_of(stream, version, name))


class Example(NamedTuple):
    """A row of the log, kept."""

    topic: str
    stream: str
    version: int
    state: str


def value_of(annotation: Any) -> Any:
    """A value that fits an annotation."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return value_of(inner[0])
    if origin is Literal:
        return inner[0]
    if origin is tuple:
        return (value_of(inner[0]),)
    if origin in (list, set, frozenset):
        return origin([value_of(inner[0])])
    if NoneType in inner:
        return value_of(next(one for one in inner if one is not NoneType))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return example_of(annotation)
    return PLAIN[origin or annotation]


def example_of(kind: type[BaseModel]) -> BaseModel:
    """A model with every field filled, codes from their sets."""
    values = {name: value_of(field.annotation) for name, field in kind.model_fields.items()}
    for name, value in values.items():
        for code_set in marks(kind, name, CodeSet):
            code = next(iter(CODE_SETS[code_set.name].labels), "example")
            values[name] = (code,) if isinstance(value, tuple) else code
    return kind(**values)


def event_of(kind: type[Said]) -> Event:
    """An event of a kind with everything in its envelope that can be."""
    said: Any = example_of(kind)
    on_a_day = isinstance(said, Fact) and said.PRECISION == "date"
    return Event(
        authority="X99000001",
        kind="child",
        subject="child-1",
        source="example",
        id=f"{kind.NAME}-1",
        said=said,
        occurred_at=None if on_a_day else INSTANT,
        occurred_on=DAY if on_a_day else None,
        source_recorded_at=INSTANT,
        sequence=5,
        by="person-1",
        trace="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    )


def path_of(kind: type[Said]) -> Path:
    """Where the example of a kind's present version is kept."""
    return FOLDER / f"{kind.NAME}.v{kind.VERSION}.json"


def write() -> list[Path]:
    """Write the examples that are missing, and say which."""
    mapper = EventMapper(OneKey())
    written = []
    for kind in KINDS:
        path = path_of(kind)
        if path.exists():
            continue
        row = mapper.to_stored_event(Entry(STREAM, VERSION, event_of(kind)))
        example = Example(row.topic, str(STREAM), VERSION, row.state.decode())
        path.write_text(json.dumps(example._asdict(), indent=1, ensure_ascii=False) + "\n")
        written.append(path)
    return written


if __name__ == "__main__":
    sys.stdout.write("".join(f"{path.name}\n" for path in write()))
