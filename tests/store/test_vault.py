"""One key for each stream, wrapped under the master key, and gone when it is gone."""

import threading
from collections.abc import Iterator
from uuid import uuid4

import pytest

from domain.errors import Unavailable, UnsafeStore
from store import vault as module
from store.tokens import Tokens
from store.vault import FORMAT, Tampered, Vault
from store.views import Views
from tests.store.events import Place, until


@pytest.fixture
def vault(place: Place) -> Iterator[Vault]:
    """The installation's vault."""
    with place.opened_vault() as opened:
        yield opened


def test_what_is_sealed_is_opened_at_its_place_only(vault: Vault) -> None:
    """Another stream, version or field, or one bent bit, and it opens no more."""
    one, other = uuid4(), uuid4()
    sealed = vault.seal(one, 1, "note", b"words")
    vault.make_keys([other])

    assert sealed[:1] == FORMAT
    assert b"words" not in sealed
    assert vault.open(one, 1, "note", sealed) == b"words"
    for stream, version, name, text in (
        (other, 1, "note", sealed),
        (one, 2, "note", sealed),
        (one, 1, "sex", sealed),
        (one, 1, "note", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (one, 1, "note", b"\x02" + sealed[1:]),
    ):
        with pytest.raises(Tampered):
            vault.open(stream, version, name, text)


def test_a_lost_key_opens_nothing_even_where_it_was_at_hand(place: Place, vault: Vault) -> None:
    """Another process drops the key: from then on this one cannot use it either."""
    stream = uuid4()
    sealed = vault.seal(stream, 1, "note", b"words")
    assert vault.open(stream, 1, "note", sealed) == b"words"
    place.forget(stream)

    until(lambda: vault.open(stream, 1, "note", sealed) is None, 1)


def test_keys_are_made_once_whoever_makes_them(place: Place) -> None:
    """Eight who seal for the same new child at once can all open what the others sealed."""
    stream, sealed = uuid4(), []
    vaults = [Vault(place.vault, place.keys.master) for _ in range(8)]
    threads = [
        threading.Thread(target=lambda v=v: sealed.append(v.seal(stream, 1, "note", b"words")))
        for v in vaults
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(sealed) == 8
    assert {v.open(stream, 1, "note", text) for v in vaults for text in sealed} == {b"words"}
    for v in vaults:
        v.close()


def test_the_vaults_file_holds_no_key_that_can_be_used(place: Place, vault: Vault) -> None:
    """What lies in the file is wrapped for its stream: moved to another it does not unwrap."""
    one, other = uuid4(), uuid4()
    vault.make_keys([one, other])
    place.sql(
        "UPDATE stream_keys SET wrapped = (SELECT wrapped FROM stream_keys WHERE stream = ?)",
        one.hex,
        part="vault",
    )

    with pytest.raises(UnsafeStore, match=r"put back the master\.key"):
        vault.seal(other, 1, "note", b"words")


def test_another_installations_master_key_is_refused_at_start(place: Place, vault: Vault) -> None:
    """Or everything guarded would seem to be tampered with."""
    vault.make_keys([uuid4()])

    with pytest.raises(UnsafeStore, match="does not open"):
        Vault(place.vault, b"x" * 32)


def test_what_was_never_migrated_is_not_opened(place: Place, bare: str) -> None:
    """Vault, views and tokens say what to run."""
    for opening in (
        lambda: Vault(bare, place.keys.master),
        lambda: Views(bare),
        lambda: Tokens(bare),
    ):
        with pytest.raises(Unavailable, match="run `daymark migrate`"):
            opening()


def test_only_so_many_keys_are_kept_at_hand(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that meets every child of a county does not grow for ever."""
    monkeypatch.setattr(module, "REMEMBERED", 2)
    streams = [uuid4() for _ in range(5)]
    vault.make_keys([*streams, *streams])
    sealed = [(stream, vault.seal(stream, 1, "note", b"words")) for stream in streams]

    assert all(vault.open(stream, 1, "note", text) == b"words" for stream, text in sealed)
    vault.make_keys(streams)  # nothing is missing
