"""From files to PostgreSQL: everything that cannot be made again, as it was."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest

from domain.errors import Refused, UnsafeStore
from domain.event import Identity
from store import moving
from store.database import Part
from store.log import open_log
from store.moving import Addresses, move
from store.recorder import microseconds
from store.tokens import Tokens
from tests.store.events import AUTHORITY, NOON, Place, born, breached, details, missing
from tests.throwaway_postgres import database


@pytest.fixture
def here(tmp_path: Path) -> Place:
    """An installation in files, with children, keys and a token."""
    made = Place(tmp_path / "here")
    with made.open() as log:
        for n in range(30):
            log.append([missing(f"evt-{n}", child=f"C-{n % 7}"), details(f"d-{n}", sex="f")])
        log.append([born(NOON.date(), "b-1"), breached()])
    return made


@pytest.fixture
def there(here: Place, postgres: str) -> Place:
    """A PostgreSQL database with tables and nothing in them, and the same keys."""
    return Place(here.folder, postgres)


@pytest.fixture
def token(here: Place) -> Iterator[str]:
    """A token given out before the move."""
    with closing(Tokens(here.tokens)) as tokens:
        yield tokens.add(AUTHORITY, "mosaic")


def addresses(place: Place) -> Addresses:
    """Where the three parts lie."""
    return Addresses(place.log, place.tokens, place.vault)


STAYS: Final = {
    "migrations", "append_lock", "sqlite_sequence",  # of each store's own making
    "sessions", "sign_ins", "kept", "stated", "searches",  # whoever was signed in signs in again
}  # fmt: skip
"""What is not moved."""


def digests(place: Place, *parts: Part) -> dict[str, str]:
    """A hash of every row of every table that lies in these parts, asked of the database itself."""
    found = {}
    for part in parts:
        named = (
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if place.server is None
            else f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{part}'"  # noqa: S608
        )
        for (table,) in place.sql(named, part=part):
            if table not in STAYS:
                rows = place.sql(f"SELECT * FROM {table}", part=part)  # noqa: S608
                lines = sorted(repr([plainly(value) for value in row]) for row in rows)
                found[table] = f"{len(rows)} {hashlib.sha256(repr(lines).encode()).hexdigest()}"
    return found


def plainly(value: object) -> object:
    """What a value means, whichever database wrote it."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return microseconds(value)
    return bytes(value) if isinstance(value, bytes | memoryview) else value


def test_every_table_is_the_same_row_for_row(here: Place, there: Place, token: str) -> None:
    """Looked at behind Daymark's back, also a table that was made since and that nobody thought of moving."""
    assert token
    before = digests(here, "log", "tokens", "vault")
    move(addresses(here), addresses(there), quietly)
    after = digests(there, "log", "tokens", "vault")
    there.sql("UPDATE once SET message_id = 'evt-30' WHERE message_id = 'evt-3'")

    assert set(before) == {"stored_events", "once", "keystone", "tokens", "stream_keys"}
    assert after == before
    assert digests(there, "log")["once"] != before["once"]


def test_the_vault_moves_to_a_database_of_its_own(here: Place, there: Place) -> None:
    """What is sealed is opened by the keys there, and none of them lies beside the log."""
    with database() as url:
        apart = Place(here.folder, url)
        move(addresses(here), addresses(there)._replace(vault=url), quietly)
        with (
            apart.opened_vault() as vault,
            open_log(there.log, keys=here.keys, vault=vault) as new,
            here.open() as old,
        ):
            before, after = old.after(0), new.after(0)
        keys = digests(here, "vault"), digests(apart, "vault")
        beside = there.sql("SELECT * FROM stream_keys", part="vault")

    assert after == before
    assert keys[0] == keys[1]
    assert beside == []


def quietly(_table: str, _rows: int) -> None:
    """Tell nobody how far the copy has come."""


def test_what_is_moved_is_the_same(here: Place, there: Place, token: str) -> None:
    """Order, positions, recorded times, identities, sealed fields and tokens; and the log goes on."""
    counted = move(addresses(here), addresses(there), quietly)
    with here.open() as old, there.open() as new:
        before, after = old.after(0), new.after(0)
        again = new.append([missing("evt-3", child="C-3")])
        fresh = new.append([missing("evt-99")])
        found = new.find(Identity(AUTHORITY, "mosaic", "evt-99"))
    with closing(Tokens(there.tokens)) as tokens:
        holder = tokens.check(token)

    assert after == before
    assert len(before) == 62
    assert (again[0].result, fresh[0].result) == ("duplicate", "recorded")
    assert found is not None
    assert found.position == before[-1].position + 1
    assert holder is not None
    assert counted == {
        "keystone": 1,
        "stream_keys": 1,
        "tokens": 1,
        "stored_events": 62,
        "once": 62,
    }


def test_a_move_that_was_cut_short_goes_on(
    here: Place, there: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in the middle of any table, and run again."""
    monkeypatch.setattr(moving, "BATCH", 7)
    for killed_at in (1, 4, 7, 5):
        told: list[int] = []

        def die(_table: str, rows: int, told: list[int] = told, last: int = killed_at) -> None:
            told.append(rows)
            if len(told) == last:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            move(addresses(here), addresses(there), die)

    assert move(addresses(here), addresses(there), quietly)["stored_events"] == 62
    with here.open() as old, there.open() as new:
        assert new.after(0) == old.after(0)


def test_a_log_that_is_another_one_is_refused(here: Place, there: Place, tmp_path: Path) -> None:
    """Nothing is mixed, nothing is written over."""
    with there.open() as other:
        other.append([missing("of-another")])
    with pytest.raises(Refused, match=r"another log lies in .*: name an empty database"):
        move(addresses(here), addresses(there), quietly)

    strange = Place(tmp_path / "strange")
    with strange.open():
        pass
    there.sql("DELETE FROM stored_events")
    with pytest.raises(Refused, match="another log lies"):
        move(addresses(strange), addresses(there), quietly)


def test_a_copy_that_is_not_the_same_is_said(
    here: Place, there: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where something was recorded meanwhile, or a row was lost, both sides are told apart."""
    copy = moving.copy

    def lossy(table: moving.Table, *rest: object) -> None:
        copy(table, *rest)  # type: ignore[arg-type]
        there.sql("DELETE FROM once WHERE message_id = 'evt-3'")

    monkeypatch.setattr(moving, "copy", lossy)

    with pytest.raises(UnsafeStore, match=r"does not hold the same once .*\(61 and 62 rows\)"):
        move(addresses(here), addresses(there), quietly)


def test_only_postgresql_can_be_moved_to(here: Place, tmp_path: Path) -> None:
    """A file is copied with the tools for files."""
    with pytest.raises(Refused, match=r"log\.db is a file"):
        move(addresses(here), addresses(Place(tmp_path / "file")), quietly)


def test_the_moved_log_opens_with_the_same_keys_only(here: Place, there: Place) -> None:
    """The mark of the stream key came along."""
    move(addresses(here), addresses(there), quietly)

    with (
        there.opened_vault() as vault,
        open_log(there.log, keys=here.keys, vault=vault) as log,
    ):
        assert log.head() == 62
