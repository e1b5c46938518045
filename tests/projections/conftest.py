"""A fresh installation for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.histories import source, told
from tests.projections.world import World

GOOD_FRIDAY_EVENING = "Fri 3 Apr 2026 18:00"


@pytest.fixture
def world(tmp_path: Path, server: str | None) -> Iterator[World]:
    """An installation with nothing recorded."""
    made = World(tmp_path, server)
    yield made
    made.close()


@pytest.fixture
def started(world: World) -> World:
    """A child is missing since Good Friday evening."""
    world.record(source())
    went = told("missing-episode-started", GOOD_FRIDAY_EVENING, type="M")
    world.record(went, at=GOOD_FRIDAY_EVENING)
    return world
