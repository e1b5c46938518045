"""A process that appends and says each receipt aloud.

Run `python -m tests.store.writer FOLDER NAME [LIMIT]`; without a limit it goes on until it is killed.
"""

import sys
from itertools import count
from pathlib import Path

from store.keys import Keys
from store.log import open_log
from store.vault import Vault
from tests.store.events import details, missing


def write(folder: Path, name: str, limit: int | None) -> None:
    """Append single events and batches, guarded ones too, and print what was acknowledged."""
    keys = Keys(folder / "keys")
    vault = Vault(f"sqlite:///{folder}/keys.db", keys.master)
    with open_log(f"sqlite:///{folder}/log.db", keys=keys, vault=vault) as log:
        for n in count() if limit is None else range(limit):
            events = [
                missing(f"{name}-{n}-{k}", child=f"C-{(n + k) % 7}")
                for k in range((1, 1, 5, 20)[n % 4])
            ]
            events.append(details(f"{name}-{n}-d", child=f"C-{name}-{n}", sex="f"))
            receipts = log.append(events)
            if all(receipt.result == "recorded" for receipt in receipts):
                sys.stdout.write("".join(f"{event.id}\n" for event in events))
                sys.stdout.flush()


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else None)
