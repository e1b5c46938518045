"""A town of everybody, shared by the tests of rights."""

from collections.abc import Iterator

import pytest

from tests.web.place import Place


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One town for all."""
    made = Place(tmp_path_factory.mktemp("access"))
    yield made
    made.town.close()
