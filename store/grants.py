"""What a service may do in a PostgreSQL database: append to the log, and never change what is recorded.

Tables belong to whoever runs `daymark migrate`; the processes connect as a role that is given only this.
"""

import re
from collections.abc import Mapping
from contextlib import closing
from typing import Final

from domain.errors import Refused
from store.database import Database, Part

ROLE: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")

RIGHTS: Final[Mapping[Part, tuple[str, ...]]] = {
    "log": (
        "SELECT ON log.migrations",
        "SELECT, INSERT ON log.stored_events, log.once, log.keystone",
        # To wait for one's turn, PostgreSQL asks for a right to change: it is given on an empty table.
        "UPDATE ON log.append_lock",
    ),
    "views": ("SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA views",),
    "tokens": (
        "SELECT ON tokens.migrations",
        "SELECT, INSERT, UPDATE (revoked_at) ON tokens.tokens",
        "SELECT, INSERT, UPDATE, DELETE ON tokens.sessions, tokens.sign_ins, tokens.kept, tokens.stated",
        "SELECT, INSERT, UPDATE, DELETE ON tokens.searches",
    ),
    # Forgetting a child takes a key out, which no service does by itself.
    "vault": ("SELECT ON vault.migrations", "SELECT, INSERT ON vault.stream_keys"),
}
"""What each part's role may do, and nothing else."""


def grant(url: str, part: Part, role: str) -> None:
    """Give a role what services need in one part, and take away whatever else it had there."""
    if not ROLE.fullmatch(role):
        message = f"{role} is not the name of a role: small letters, digits and underscores"
        raise Refused(message)
    with closing(Database(url, part)) as database:
        if database.kind != "postgresql":
            message = f"the database {database.name} is a file: rights in it are the file's own"
            raise Refused(message)
        with database.writing() as cursor:
            cursor.take_turns("migrate")
            if not cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = ?", (role,)):
                message = f"there is no role {role}: make it with CREATE ROLE {role} LOGIN"
                raise Refused(message)
            cursor.execute(f'REVOKE ALL ON ALL TABLES IN SCHEMA {part} FROM "{role}"')
            cursor.execute(f'REVOKE ALL ON SCHEMA {part} FROM "{role}"')
            cursor.execute(f'GRANT USAGE ON SCHEMA {part} TO "{role}"')
            for right in RIGHTS[part]:
                cursor.execute(f'GRANT {right} TO "{role}"')
