"""The machine that the journeys of one file share."""

from collections.abc import Iterator

import pytest

from tests.journeys.machine import Machine


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """All of Daymark, running, with people who are told and a system that speaks."""
    found = Machine(tmp_path_factory.mktemp("machine") / "home")
    found.start()
    try:
        found.prepare()
        yield found
    finally:
        assert found.stop() == 0
