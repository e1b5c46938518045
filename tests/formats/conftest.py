"""A real log in a file, for the files that are imported into it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.keys import make_keys
from store.log import Log, open_log
from store.migrations import migrate, migrate_vault
from store.vault import Vault


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """An empty log with keys and a vault of its own."""
    keys = make_keys(tmp_path / "keys")
    events, vault = f"sqlite:///{tmp_path}/log.db", f"sqlite:///{tmp_path}/keys.db"
    migrate(events)
    migrate_vault(vault)
    safe = Vault(vault, keys.master)
    with open_log(events, keys=keys, vault=safe) as opened:
        yield opened
    safe.close()
