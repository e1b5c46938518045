"""A process that appends and says each receipt aloud.

Run `python -m tests.store.writer FOLDER SERVER NAME [LIMIT]`; SERVER is `-` where the databases are files,
and without a limit it goes on until it is killed.
"""

import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

from domain.errors import Contended
from domain.event import Event, Receipt
from store.log import Log
from tests.store.events import Place, details, missing


def write(place: Place, name: str, limit: int | None) -> None:
    """Append single events and batches, guarded ones too, and print what was acknowledged."""
    with place.open() as log:
        for n in count() if limit is None else range(limit):
            events = [
                missing(f"{name}-{n}-{k}", child=f"C-{(n + k) % 7}")
                for k in range((1, 1, 5, 20)[n % 4])
            ]
            events.append(details(f"{name}-{n}-d", child=f"C-{name}-{n}", sex="f"))
            receipts = sent(log, events)
            if all(receipt.result == "recorded" for receipt in receipts):
                sys.stdout.write("".join(f"{event.id}\n" for event in events))
                sys.stdout.flush()


def sent(log: Log, events: Sequence[Event]) -> Sequence[Receipt]:
    """What became of some events, sent again for as long as other writers were first."""
    while True:
        with suppress(Contended):
            return log.append(events)


if __name__ == "__main__":
    folder, server, own_name, *limits = sys.argv[1:]
    there = Place(Path(folder), None if server == "-" else server)
    write(there, own_name, int(limits[0]) if limits else None)
