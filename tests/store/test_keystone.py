"""Keys and log belong together: a folder of other keys is refused before anything is made or changed."""

from pathlib import Path

import pytest

from domain.errors import UnsafeStore
from store.keys import make_keys
from store.keystone import refuse_other_keys
from tests.store.events import Place


@pytest.fixture
def opened(place: Place) -> Place:
    """An installation whose log was opened once, and is marked."""
    with place.open():
        return place


def test_the_keys_of_the_log_are_taken(opened: Place) -> None:
    """Also where one is gone that may be made anew."""
    folder = opened.folder / "keys"
    (folder / "session.key").unlink()

    refuse_other_keys(opened.log, folder)


def test_a_log_without_a_mark_takes_any_keys(place: Place, bare: str, tmp_path: Path) -> None:
    """One that was never opened, one without a table, and one that is not there, which none is made of."""
    missing = tmp_path / "not" / "there.db"

    for url in (place.log, bare, f"sqlite:///{missing}"):
        refuse_other_keys(url, tmp_path / "no-keys")

    assert not missing.parent.exists()


@pytest.mark.parametrize("gone", [("stream",), ("master",), ("stream", "master", "temporal")])
def test_a_folder_without_the_keys_is_refused(opened: Place, gone: tuple[str, ...]) -> None:
    """The sentence names the folder, the key and the setting; nothing is put into the folder."""
    folder = opened.folder / "keys"
    for name in gone:
        (folder / f"{name}.key").unlink()
    left = sorted(folder.iterdir())

    with pytest.raises(
        UnsafeStore, match=rf"no {gone[0]}\.key in .*: set DAYMARK_KEYS to the folder"
    ):
        refuse_other_keys(opened.log, folder)

    assert sorted(folder.iterdir()) == left


def test_the_keys_of_another_installation_are_refused(opened: Place) -> None:
    """They are all there, and name other streams."""
    other = opened.folder / "other"
    make_keys(other)

    with pytest.raises(
        UnsafeStore, match="not the one this log was written with: set DAYMARK_KEYS"
    ):
        refuse_other_keys(opened.log, other)
