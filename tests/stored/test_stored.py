"""Every version of every event ever released can still be read."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from domain.event import Recorded
from domain.facts.fact import guarded_fields
from store.mapper import KINDS, EventMapper
from store.recorder import StoredRow
from tests.stored.write import FOLDER, OneKey, event_of, path_of

EXAMPLES = sorted(FOLDER.glob("*.json"))


def read(path: Path) -> Recorded:
    """An example as the log would read it."""
    kept = json.loads(path.read_text())
    row = StoredRow(
        UUID(kept["stream"]),
        kept["version"],
        kept["topic"],
        kept["state"].encode(),
        1,
        datetime(2016, 3, 1, tzinfo=UTC),
    )
    recorded = EventMapper(OneKey()).read(row)
    assert isinstance(recorded, Recorded), recorded
    return recorded


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_still_loads(path: Path) -> None:
    """As the kind it was stored under, with its envelope whole."""
    recorded = read(path)

    assert path.stem.split(".v")[0] == recorded.event.name
    assert recorded.event.subject == "child-1"
    assert recorded.event.by == "person-1"


def test_every_kind_has_an_example_of_its_present_version() -> None:
    """And of every version before it; `python -m tests.stored.write` adds what is missing."""
    wanted = {f"{kind.NAME}.v{n}" for kind in KINDS for n in range(1, kind.VERSION + 1)}

    assert {path.stem for path in EXAMPLES} >= wanted


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.NAME)
def test_an_example_of_the_present_version_reads_as_it_was_said(kind: type) -> None:
    """Every field comes back, guarded ones too, and none of those lies in clear."""
    path = path_of(kind)
    expected = event_of(kind)
    state = json.loads(json.loads(path.read_text())["state"])

    assert read(path).event == expected
    assert set(state["said"]).isdisjoint(guarded_fields(kind))
    assert set(guarded_fields(kind)) <= set(state.get("sealed", {}))
