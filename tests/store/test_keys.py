"""Key files: made once, whole, and readable by their owner only."""

import os
import stat
import threading
from pathlib import Path

import pytest

from domain.errors import UnsafeStore
from store.keys import NAMES, Keys, make_key, make_keys


def test_keys_are_made_once_and_read_again(tmp_path: Path) -> None:
    """Four different keys of 32 bytes, in a folder and files that are the owner's alone."""
    made = make_keys(tmp_path / "deep" / "keys")
    read = Keys(str(tmp_path / "deep" / "keys"))
    again = make_keys(tmp_path / "deep" / "keys")

    every = [(one.stream, one.master, one.temporal, one.session) for one in (made, read, again)]
    assert every[0] == every[1] == every[2]
    assert len(set(every[0])) == 4
    assert {len(key) for key in every[0]} == {32}
    files = list((tmp_path / "deep" / "keys").iterdir())
    assert sorted(file.name for file in files) == sorted(f"{name}.key" for name in NAMES)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "deep" / "keys").stat().st_mode) == 0o700


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """The message says which and what to do."""
    make_keys(tmp_path)
    (tmp_path / "master.key").chmod(0o640)

    with pytest.raises(UnsafeStore, match=r"master\.key can be read by others \(0640\): chmod 600"):
        Keys(tmp_path)


def test_a_missing_or_short_key_is_refused_and_never_replaced(tmp_path: Path) -> None:
    """A new stream key would orphan every stream, so reading makes none."""
    make_keys(tmp_path)
    (tmp_path / "stream.key").unlink()
    with pytest.raises(UnsafeStore, match=r"stream\.key cannot be read \(No such file"):
        Keys(tmp_path)
    (tmp_path / "stream.key").write_bytes(b"short")
    (tmp_path / "stream.key").chmod(0o600)

    with pytest.raises(UnsafeStore, match=r"stream\.key has 5 bytes, not 32"):
        make_keys(tmp_path)


def test_processes_that_start_together_agree_on_the_keys(tmp_path: Path) -> None:
    """Whoever is first decides."""
    made: list[Keys] = []
    threads = [threading.Thread(target=lambda: made.append(make_keys(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({(one.stream, one.master, one.temporal, one.session) for one in made}) == 1


def test_who_comes_second_by_a_hair_takes_the_key_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key appeared between the look and the making: it is kept, and no draft is left behind."""
    path = tmp_path / "stream.key"
    link = os.link

    def late(draft: str, name: str) -> None:
        path.write_bytes(b"first" + bytes(27))
        link(draft, name)

    monkeypatch.setattr("os.link", late)
    make_key(path)

    assert path.read_bytes() == b"first" + bytes(27)
    assert [file.name for file in tmp_path.iterdir()] == ["stream.key"]
