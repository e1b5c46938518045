"""Which processes of an installation are at work, so that nothing is taken from under them.

Each holds a lock in the home folder for as long as it lives, whoever started it: `daymark up`, a service
manager or a container. The system lets go of a lock when its process ends, however that came about.
Whoever moves the installation holds the same lock alone, so that none can start meanwhile either.
Those of other machines are seen by what they lately stated in the store, and by the leases that beat.
"""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from domain.errors import Refused
from supervisor import CannotStart

if TYPE_CHECKING:
    from store.views import Views

FOLDER: Final = "at-work"
GATE: Final = "gate.lock"

logger = structlog.get_logger()


@contextmanager
def at_work(home: Path, name: str) -> Iterator[None]:
    """Be seen at work as long as this lasts; CannotStart while the installation is being moved."""
    from store.leases import here  # noqa: PLC0415 -- the supervisor has no need of a store

    with ExitStack() as held:
        try:
            folder = home / FOLDER
            folder.mkdir(mode=0o700, exist_ok=True)
            hold(held, folder / GATE, fcntl.LOCK_SH)
            put_away(folder)
            mark = folder / f"{name} {here()} {os.getpid()}"
            # Whoever looks whether this mark is held lets go of it at once: that is waited for.
            fcntl.flock(held.enter_context(mark.open("a+")), fcntl.LOCK_EX)
            held.callback(mark.unlink, missing_ok=True)
        except BlockingIOError:
            message = (
                f"{name} does not start while `daymark migrate --to` moves what lies in {home}:"
                " start it when that has ended"
            )
            raise CannotStart(message) from None
        except FileNotFoundError:
            pass  # where nothing is set up yet the process says so itself
        except OSError as error:
            # A folder that takes no file or no lock must not keep anybody from watching over children.
            logger.warning("not marked as at work", place=str(home), reason=error.strerror)
        yield


@contextmanager
def nobody_at_work(
    home: Path, elsewhere: Callable[[], Iterable[tuple[str, str, str]]]
) -> Iterator[None]:
    """Keep every process from starting as long as this lasts; Refused, naming them, while any is at work.

    `elsewhere` looks for those of other machines: name, machine and number of each.
    """
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    with ExitStack() as held:
        try:
            hold(held, folder / GATE, fcntl.LOCK_EX)
        except BlockingIOError:
            refuse(marked(folder) or ["a process that is just starting or ending"])
        if found := [said_of(*one) for one in elsewhere()]:
            refuse(found, AFAR)
        yield


def elsewhere(views: "Views", gone: Iterable[str], now: datetime) -> Iterator[tuple[str, str, str]]:
    """Who is at work by the store alone: who beats, and who lately said so but on the servers that are gone.

    A beat is seen to go on, so that no word of anybody's can be put against it.
    """
    from projections.alike import seen_lately  # noqa: PLC0415 -- the supervisor has no need of a store
    from store.leases import beating  # noqa: PLC0415

    found = [(one.name, one.machine, one.number) for one in beating(views)]
    lately = [(one.work, one.machine, one.number) for one in seen_lately(views, now)]
    yield from dict.fromkeys((*found, *(one for one in lately if one[1] not in gone)))


AFAR: Final = (
    "; one that was killed counts for two minutes more, unless --gone names a server that is gone"
)
"""What else can be done about those of other servers."""


def refuse(found: list[str], more: str = "") -> None:
    """Say who is at work, and what to do."""
    from domain.words import say_list  # noqa: PLC0415 -- no process waits for words that it never says

    message = (
        f"{say_list(found, 'and')} of this installation {'is' if len(found) == 1 else 'are'} still"
        f" at work: stop every process on every server, then run this again{more}"
    )
    raise Refused(message)


def hold(held: ExitStack, path: Path, how: int) -> None:
    """Hold a lock until the stack is left; BlockingIOError while another holds it otherwise."""
    fcntl.flock(held.enter_context(path.open("a+")), how | fcntl.LOCK_NB)


def put_away(folder: Path) -> None:
    """Take away what those left behind who were killed on this machine, so that it does not pile up."""
    from store.leases import has_ended  # noqa: PLC0415 -- the supervisor has no need of a store

    for mark in folder.iterdir():
        _, machine, number = mark.name.split(" ") if mark.name != GATE else ("", "", "")
        # Our own number may be that of a process of another name: this one is alive.
        if number != str(os.getpid()) and has_ended(f"{machine}/{number}/"):
            mark.unlink(missing_ok=True)


def marked(folder: Path) -> list[str]:
    """Every process whose mark is held, in words; what one left behind that was killed is put away."""
    found = []
    for mark in sorted(folder.iterdir()):
        if mark.name == GATE:
            continue
        with ExitStack() as held:
            try:
                hold(held, mark, fcntl.LOCK_EX)
            except BlockingIOError:
                found.append(said_of(*mark.name.split(" ")))
            else:
                mark.unlink(missing_ok=True)
    return found


def said_of(name: str, machine: str, number: str) -> str:
    """A process as an operator finds it."""
    from store.leases import shown  # noqa: PLC0415 -- the supervisor has no need of a store

    return f"{name} (process {number} on {shown(machine)})"
