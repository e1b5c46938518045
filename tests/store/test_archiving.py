"""Whether PostgreSQL's own log leaves its server and when it was last copied, as every role may ask."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from store.archiving import ELSEWHERE, archives, read

NOON = datetime(2016, 3, 1, 12, tzinfo=UTC)
BEFORE = timedelta(minutes=20)


def answered(**changes: Any) -> dict[str, Any]:
    """What a server answers that archives and was copied an hour ago, but for these."""
    return {
        "now": NOON,
        "archives": True,
        "fails": False,
        "archived_at": NOON - BEFORE,
        "archived": "000000010000000000000004",
        "finished": "000000010000000000000004",
        "copied": (NOON - timedelta(hours=1)).isoformat(),
    } | changes


def test_a_server_whose_last_finished_piece_has_left_it_is_well() -> None:
    """However long ago that was: where nothing is recorded nothing need leave."""
    found = read(answered())

    assert (found.archives, found.failing, found.waiting) == (True, False, timedelta())
    assert found.copied == timedelta(hours=1)
    assert not found.elsewhere


@pytest.mark.parametrize(
    "changes",
    [
        {"fails": True},
        {"finished": "000000010000000000000005"},
        {"finished": "000000010000000100000000"},
        {"finished": "000000020000000000000005"},  # after a stand-by took over
    ],
)
def test_a_piece_that_cannot_leave_has_waited_since_the_last_one_left(changes: Any) -> None:
    """Whether its last attempt failed, or none is made at all."""
    assert read(answered(**changes)).waiting == BEFORE


@pytest.mark.parametrize(
    "archived",
    [None, "000000010000000000000002.00000028.backup", "00000002.history"],
)
def test_what_is_no_piece_keeps_nothing_waiting(archived: str | None) -> None:
    """A server that has just started, a note about a copy, and a new branch of history."""
    assert read(answered(archived=archived)).waiting == timedelta()


@pytest.mark.parametrize("copied", [None, "", "yesterday", "2016-03-01"])
def test_what_is_no_moment_is_no_copy(copied: str | None) -> None:
    """A copy is believed only from whoever says when it ended."""
    assert read(answered(copied=copied)).copied is None


def test_clocks_that_differ_make_no_time_before_now() -> None:
    """A moment that has not come yet is now."""
    later = NOON + timedelta(seconds=5)
    found = read(answered(fails=True, archived_at=later, copied=later.isoformat()))

    assert (found.waiting, found.copied) == (timedelta(), timedelta())


def test_every_role_may_ask(postgres: str) -> None:
    """The narrowest role sees that this server archives nothing, and when it was copied by the last note."""
    role = f"anybody_{uuid4().hex}"
    name = psycopg.conninfo.conninfo_to_dict(postgres)["dbname"]
    anybody = postgres.replace("//daymark@", f"//{role}@")
    with psycopg.connect(postgres, autocommit=True) as owner:
        owner.execute(f"CREATE ROLE {role} LOGIN".encode())
        never = archives({"log": anybody, "vault": anybody})
        owner.execute(
            f"ALTER DATABASE {name} SET daymark.copied_at = '2016-03-01T12:00:00Z'".encode()
        )
        once = archives({"vault": anybody})
        owner.execute(f"DROP ROLE {role}".encode())

    assert set(never) == {"log"}
    assert (never["log"].archives, never["log"].copied) == (False, None)
    assert not never["log"].failing
    assert once["vault"].copied is not None
    assert once["vault"].copied > timedelta(days=365)


def test_an_address_says_that_somebody_else_copies_its_server(postgres: str) -> None:
    """Where a provider does, nobody of ours may note anything in the server."""
    address = f"{postgres}?options=-c%20daymark.copied_at%3D{ELSEWHERE}"

    assert archives({"log": address})["log"].elsewhere


def test_files_are_asked_nothing(tmp_path: Path) -> None:
    """A file is copied with whatever copies its machine."""
    assert archives({"log": f"sqlite:///{tmp_path}/log.db"}) == {}
