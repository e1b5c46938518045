"""A real log in a file, for the files that are imported into it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.log import Log
from tests.store.events import Place


@pytest.fixture
def place(tmp_path: Path, store: str | None) -> Place:
    """An installation of its own, with keys and every table."""
    home = tmp_path / "home"
    home.mkdir()
    return Place(home, store)


@pytest.fixture
def log(place: Place) -> Iterator[Log]:
    """Its log, empty."""
    with place.open() as opened:
        yield opened
