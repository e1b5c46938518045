"""On which store a drill is done: in files, or on a PostgreSQL of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from drills.postgres_server import postgres_server

Store = Literal["sqlite", "postgresql"]

CONNECTIONS: Final = "200"
"""So many a drill's processes may open, and those of its own beside them."""


@contextmanager
def lying_in(store: Store) -> Iterator[str]:
    """The address of a database of this store; nothing for files, which lie in the drill's own folder."""
    if store == "sqlite":
        yield ""
        return
    with postgres_server(max_connections=CONNECTIONS) as server:
        yield server.url
