"""The roles of production on a drill's own PostgreSQL: one for the log, one for the vault apart."""

from contextlib import closing
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from assembly import parts_of
from settings import Settings
from store.grants import grant

SERVICE: Final = "daymark_service"
VAULT: Final = "daymark_vault"


def with_a_vault_apart(database: str) -> dict[str, Any]:
    """Make both roles, and a database for the vault beside the log's; what the owner's settings then say."""
    told(database, f"CREATE ROLE {SERVICE} LOGIN")
    told(database, f"CREATE ROLE {VAULT} LOGIN")
    told(database, "CREATE DATABASE vault TEMPLATE template0 ENCODING 'UTF8'")
    return lying_apart(database)


def lying_apart(database: str) -> dict[str, Any]:
    """What the settings say of a server on which the vault has a database of its own."""
    return {"database": database, "vault": urlunsplit(urlsplit(database)._replace(path="/vault"))}


def narrowed(owner: Settings) -> Settings:
    """Give both roles their rights, and no more, and connect as them from now on."""
    named = {part: VAULT if part == "vault" else SERVICE for part in parts_of(owner)}
    for part, url in parts_of(owner).items():
        grant(url, part, named[part])
    return owner.model_copy(
        update={
            "database": as_role(owner.database, SERVICE),
            "views": as_role(owner.views, SERVICE),
            "vault": as_role(owner.vault, VAULT),
        }
    )


def as_role(database: str, role: str) -> str:
    """An address with another role in it."""
    place = urlsplit(database)
    host = place.netloc.rpartition("@")[2]
    return urlunsplit(place._replace(netloc=f"{role}@{host}"))


def connected(database: str) -> set[str]:
    """As whom the processes of this installation are connected just now."""
    asked = "SELECT DISTINCT usename FROM pg_stat_activity WHERE application_name LIKE 'daymark %'"
    return {str(role) for (role,) in told(database, asked)}


def told(database: str, statement: str) -> list[tuple[Any, ...]]:
    """What the server answers its owner."""
    import psycopg  # noqa: PLC0415 -- only where PostgreSQL is asked for

    with closing(psycopg.connect(database, autocommit=True)) as connection:
        answered = connection.execute(statement.encode())
        return answered.fetchall() if answered.description else []
