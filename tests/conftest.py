"""One PostgreSQL server for a whole run, whichever of its processes asks for it first."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests import throwaway_postgres


def pytest_configure(config: pytest.Config) -> None:
    """The first process of a run makes the place that all of them share."""
    if not is_worker(config):
        throwaway_postgres.begin_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    """And takes it away, with the server if there was one."""
    if not is_worker(config):
        throwaway_postgres.end_run()


def is_worker(config: pytest.Config) -> bool:
    """Whether this is one of several processes that another one has started."""
    return hasattr(config, "workerinput")


@pytest.fixture
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL database of this test's own, with every table."""
    with throwaway_postgres.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> str | None:
    """On which store a test runs: nothing for files, else the address of a PostgreSQL database."""
    found: Any = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    return None if found is None else str(found)
