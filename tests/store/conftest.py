"""A fresh installation for each test, in files: a database in memory cannot be followed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.log import Log
from store.views import Views
from tests.store.events import Place
from tests.throwaway_postgres import database


@pytest.fixture
def place(tmp_path: Path, server: str | None) -> Place:
    """One installation, its tables made."""
    return Place(tmp_path, server)


@pytest.fixture
def bare(tmp_path: Path, server: str | None) -> Iterator[str]:
    """The address of a database without a table."""
    if server is None:
        yield f"sqlite:///{tmp_path}/bare.db"
        return
    with database(bare=True) as url:
        yield url


@pytest.fixture
def log(place: Place) -> Iterator[Log]:
    """The installation's log."""
    with place.open() as opened:
        yield opened


@pytest.fixture
def views(place: Place) -> Iterator[Views]:
    """The installation's views."""
    opened = Views(place.views)
    yield opened
    opened.close()
