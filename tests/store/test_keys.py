"""Key files: made once, whole, and readable by their owner only."""

import os
import stat
import threading
from pathlib import Path

import pytest

from domain.errors import UnsafeStore
from store.keys import (
    NAMES,
    Keys,
    make_key,
    make_keys,
    name_of,
    read_key,
    rotate_temporal,
    temporal_keys,
)


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


def test_a_turned_key_is_kept_for_reading(tmp_path: Path) -> None:
    """The newest seals; every older one is found again, and nobody else may read it."""
    first = make_keys(tmp_path).temporal
    second = rotate_temporal(tmp_path)
    third = rotate_temporal(tmp_path)
    newest, *kept = temporal_keys(tmp_path)

    assert [name_of(newest), Keys(tmp_path).temporal] == [third, newest]
    assert {name_of(key) for key in kept} == {second, name_of(first)}
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_a_turn_that_came_only_half_way_is_gone_through_again(tmp_path: Path) -> None:
    """Killed once the old key was kept, and before the new one stood."""
    first = make_keys(tmp_path).temporal
    os.link(tmp_path / "temporal.key", tmp_path / f"temporal.{name_of(first)}.key")
    half_way = temporal_keys(tmp_path)
    rotate_temporal(tmp_path)

    assert half_way == (first,)
    assert temporal_keys(tmp_path)[1:] == (first,)


def test_turns_that_come_together_lose_no_key(tmp_path: Path) -> None:
    """Whatever may have sealed something can still be read."""
    first = make_keys(tmp_path).temporal
    named: list[str] = []
    threads = [
        threading.Thread(target=lambda: named.append(rotate_temporal(tmp_path))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {name_of(key) for key in temporal_keys(tmp_path)} == {name_of(first), *named}
    assert len(set(named)) == 6


def test_a_kept_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """What it sealed may be old, and still speaks of children."""
    make_keys(tmp_path)
    rotate_temporal(tmp_path)
    (kept,) = tmp_path.glob("temporal.*.key")
    kept.chmod(0o644)

    assert len(read_key(tmp_path / "temporal.key")) == 32
    with pytest.raises(UnsafeStore, match=r"can be read by others"):
        temporal_keys(tmp_path)
