"""A fresh installation for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.projections.world import World


@pytest.fixture
def world(tmp_path: Path, server: str | None) -> Iterator[World]:
    """An installation with nothing recorded."""
    made = World(tmp_path, server)
    yield made
    made.close()
