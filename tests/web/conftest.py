"""A town of everybody, shared by the tests of rights."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.place import Place


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One town for all."""
    made = Place(tmp_path_factory.mktemp("access"))
    yield made
    made.town.close()


@pytest.fixture
def own_place(tmp_path: Path) -> Iterator[Place]:
    """The same for one test alone, which changes it."""
    made = Place(tmp_path)
    yield made
    made.town.close()
