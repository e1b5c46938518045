"""A fresh installation for each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.histories import source, told
from tests.projections.lived import Lived, Story
from tests.projections.world import World

GOOD_FRIDAY_EVENING = "Fri 3 Apr 2026 18:00"


@pytest.fixture
def world(tmp_path: Path, server: str | None) -> Iterator[World]:
    """An installation with nothing recorded."""
    made = World(tmp_path, server)
    yield made
    made.close()


@pytest.fixture(scope="session")
def lived_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """The worlds of which tests get copies."""
    with ExitStack() as whole_run:
        yield Lived(tmp_path_factory, whole_run)


@pytest.fixture
def copy_of(
    lived_once: Lived, kind_of_store: str, tmp_path: Path
) -> Iterator[Callable[[Story], World]]:
    """Gives a test a world of its own in which a story has been lived through: once for all its tests."""
    with ExitStack() as test:
        yield lambda story: lived_once.copied(story, kind_of_store, tmp_path, test)


@pytest.fixture
def started(world: World) -> World:
    """A child is missing since Good Friday evening."""
    world.record(source())
    went = told("missing-episode-started", GOOD_FRIDAY_EVENING, type="M")
    world.record(went, at=GOOD_FRIDAY_EVENING)
    return world
