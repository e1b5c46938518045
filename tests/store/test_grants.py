"""What a service's role may do in PostgreSQL, and what nobody's may."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import NamedTuple
from uuid import uuid4

import psycopg
import pytest

from domain.errors import Refused, Unavailable
from store.database import Part
from store.grants import RIGHTS, grant
from store.leases import claim
from store.log import open_log
from store.sessions import SessionTable, SignIn
from store.tokens import Tokens
from store.vault import Vault
from store.views import Views
from tests.store.events import NOON, PARTS, Place, details, missing
from tests.store.test_views import TABLES, count, times


@pytest.fixture
def server(postgres: str) -> str:
    """A PostgreSQL database only."""
    return postgres


class Roles(NamedTuple):
    """A role for the processes, and one for the vault."""

    service: str
    vault: str


@pytest.fixture
def roles(place: Place) -> Iterator[Roles]:
    """Two roles that may connect, and no more until something is granted."""
    made = Roles(f"service_{uuid4().hex}", f"vault_{uuid4().hex}")
    for role in made:
        place.sql(f"CREATE ROLE {role} LOGIN")
    yield made
    for role in made:
        place.sql(f"DROP OWNED BY {role}")
        place.sql(f"DROP ROLE {role}")


def as_role(place: Place, role: str) -> str:
    """The address with another role in it."""
    return str(place.server).replace("//daymark@", f"//{role}@")


def test_a_service_may_append_but_not_edit(place: Place, roles: Roles) -> None:
    """It does all its work; whatever would change, empty or lock the log is refused by the server."""
    with closing(Views(place.views)) as owner:
        owner.create(TABLES)
    for part in PARTS:
        grant(place.url(part), part, roles.vault if part == "vault" else roles.service)
    mine = as_role(place, roles.service)
    with (
        closing(Vault(as_role(place, roles.vault), place.keys.master)) as vault,
        open_log(mine, keys=place.keys, vault=vault) as log,
        closing(Views(mine)) as views,
        closing(Tokens(mine)) as tokens,
    ):
        log.append([missing(), details(sex="f")])
        views.view("times_missing", count).apply(log.after(0), after=0)
        views.take_stock()  # passed over: the tables are another's, and the server counts them in time
        token = tokens.rotate(*known(tokens))

        assert times(views) == 1
        assert tokens.check(token) is not None
    for edit in (
        "UPDATE log.stored_events SET topic = 'x'",
        "DELETE FROM log.stored_events",
        "TRUNCATE log.stored_events",
        "LOCK TABLE log.stored_events IN EXCLUSIVE MODE",
        "DELETE FROM log.once",
        "UPDATE log.keystone SET name = 'x'",
        "INSERT INTO log.migrations VALUES ('log', 9, '')",
        "CREATE TABLE log.another (a TEXT)",
        "DELETE FROM tokens.tokens",
        "SELECT * FROM vault.stream_keys",
    ):
        assert is_refused(mine, edit), edit
    for edit in ("SELECT * FROM log.stored_events", "DELETE FROM vault.stream_keys"):
        assert is_refused(as_role(place, roles.vault), edit), edit


def test_a_service_keeps_who_is_signed_in_and_who_is_at_work(place: Place, roles: Roles) -> None:
    """Everything that a web does with a session, and a dispatcher with its lease, is within its rights."""
    parts: tuple[Part, ...] = ("tokens", "views")
    for part in parts:
        grant(place.url(part), part, roles.service)
    mine = as_role(place, roles.service)
    with closing(SessionTable(mine)) as sessions, closing(Views(mine)) as views:
        sessions.begin("one", "P-1", "held", NOON)
        sessions.begin("two", "P-2", "held", NOON)
        used = sessions.find("one", NOON + timedelta(minutes=5))
        sessions.end("one", NOON)
        sessions.end_all("P-2", NOON)
        ended = [sessions.find(name, NOON) for name in ("one", "two")]
        sessions.expect("state", SignIn("nonce", "verifier", "/board"), NOON)
        back = sessions.take("state", NOON)
        sessions.keep("P-1", "sealed", NOON)
        sessions.keep("P-1", "sealed again", NOON)
        typed = sessions.take_kept("P-1", NOON)
        sessions.state("two", "stream", "a reason", NOON)
        sessions.state("two", "stream", "another", NOON)
        why = sessions.stated("two", "stream")
        searched = [sessions.searched("P-1", NOON + n * timedelta(seconds=30)) for n in range(3)]
        lease = claim(views, "dispatcher")
        held = [lease.beat(0.0), lease.beat(1.0)]
        lease.release()
        views.clear("board", [])

    assert used is not None
    assert ended == [None, None]
    assert back == SignIn("nonce", "verifier", "/board")
    assert (typed, why) == ("sealed again", "another")
    assert searched == [1, 2, 1]
    assert held == [True, True]


def test_a_role_without_rights_is_told_how_it_gets_them(place: Place, roles: Roles) -> None:
    """The operator reads which command gives them, and as whom it is run."""
    mine = as_role(place, roles.service)

    with pytest.raises(
        Unavailable, match="run `daymark migrate --role ROLE` as the role that owns"
    ):
        Views(mine)


def known(tokens: Tokens) -> tuple[str, str]:
    """A source that has a token."""
    tokens.add("X99000001", "mosaic")
    return "X99000001", "mosaic"


def is_refused(url: str, statement: str) -> bool:
    """Whether the server lets a role do this."""
    with psycopg.connect(url) as connection:
        try:
            connection.execute(statement.encode())
        except psycopg.errors.InsufficientPrivilege:
            return True
        finally:
            connection.rollback()
    return False


def test_what_a_role_had_beyond_is_taken_away(place: Place, roles: Roles) -> None:
    """Granting again mends what somebody gave by hand."""
    place.sql(f"GRANT USAGE ON SCHEMA log TO {roles.service}")
    place.sql(f"GRANT ALL ON log.stored_events TO {roles.service}")
    edit = "DELETE FROM log.stored_events"
    before = is_refused(as_role(place, roles.service), edit)
    grant(place.log, "log", roles.service)

    assert (before, is_refused(as_role(place, roles.service), edit)) == (False, True)


def test_a_role_that_cannot_be_is_refused(place: Place) -> None:
    """One that is not there, one that is more than a name, and rights in a file."""
    with pytest.raises(Refused, match="make it with CREATE ROLE nobody_of_ours LOGIN"):
        grant(place.log, "log", "nobody_of_ours")
    with pytest.raises(Refused, match="is not the name of a role"):
        grant(place.log, "log", 'x"; DROP TABLE once')
    with pytest.raises(Refused, match="is a file"):
        grant(f"sqlite:///{place.folder}/log.db", "log", "daymark")
    assert set(RIGHTS) == set(PARTS)
