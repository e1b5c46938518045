"""An installation is moved only while nobody works on it, and nobody starts to while it is moved."""

import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from assembly import Daymark
from commands.at_work import FOLDER, at_work, nobody_at_work
from domain.errors import Refused
from store.leases import LOOKS, AtWork, Lease, beating, here
from supervisor import CannotStart
from tests.processes.conftest import Command, Said

MOVE = ("migrate", "--to", "postgresql://daymark@localhost:1/daymark")
"""Where nobody listens: whoever is not refused before comes as far as that."""


def came_as_far_as_the_database(said: Said) -> bool:
    """Whether nothing that is at work held the move back."""
    return "the database daymark (log) cannot be used just now" in said.err and said.err.endswith(
        ": see that it runs and lets us in, or mend --to\n"
    )


class Steady:
    """A clock of the test's own, on which whoever rests does something else meanwhile."""

    def __init__(self, meanwhile: Callable[[float], object]) -> None:
        """Begin at nought."""
        self.now, self.meanwhile = 0.0, meanwhile

    def rest(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        self.meanwhile(self.now)

    def look(self, parts: Daymark) -> list[AtWork]:
        """Who keeps a lease, as seen by this clock."""
        return beating(parts.views, lambda: self.now, self.rest)


def test_whatever_is_at_work_holds_the_move_back_and_is_named(daymark: Command, home: Path) -> None:
    """Web, worker, dispatcher and projector, whoever started them; each by name and number."""
    with ExitStack() as running:
        for name in ("web", "worker", "dispatcher", "projector"):
            running.enter_context(at_work(home, name))
        said = daymark(*MOVE)
    after = daymark(*MOVE)

    assert said.code == 1
    assert said.err.count("\n") == 1
    assert said.err.startswith("daymark: dispatcher (process ")
    for name in ("projector", "web", "worker"):
        assert f" {name} (process " in said.err
    assert said.err.endswith(
        " of this installation are still at work:"
        " stop every process on every server, then run this again\n"
    )
    assert came_as_far_as_the_database(after)
    assert [one.name for one in (home / FOLDER).iterdir()] == ["gate.lock"]


def test_what_a_killed_process_left_behind_holds_nothing_back(daymark: Command, home: Path) -> None:
    """Its file lies there for ever, and its lock went with it."""
    left = home / FOLDER / "worker server-one 12345"
    left.parent.mkdir()
    left.touch()
    with at_work(home, "web"):
        said = daymark(*MOVE)

    assert said.err.startswith("daymark: web (process ")
    assert " of this installation is still at work" in said.err
    assert not left.exists()
    assert came_as_far_as_the_database(daymark(*MOVE))


def test_what_was_left_behind_is_put_away_at_the_next_start(home: Path) -> None:
    """Of this machine, whose processes can be counted; another's may live."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    ours, another, of_our_name = (
        home / FOLDER / f"worker {machine} {ended.pid}"
        for machine in (here(), "server-two~", f"{socket.gethostname()}~of-a-clone")
    )
    ours.parent.mkdir()
    for mark in (ours, another, of_our_name):
        mark.touch()
    with at_work(home, "worker"):
        left = {one.name for one in (home / FOLDER).iterdir()}

    assert ours.name not in left
    assert {another.name, of_our_name.name} <= left
    assert len(left) == 4


def test_nobody_starts_while_the_installation_is_moved(home: Path, parts: Daymark) -> None:
    """A unit that is started too early ends with one sentence, and starts well afterwards."""
    with (
        nobody_at_work(home, partial(beating, parts.views)),
        pytest.raises(CannotStart, match=r"web does not start while `daymark migrate --to` moves"),
        at_work(home, "web"),
    ):
        pass

    with at_work(home, "web"), at_work(home, "worker"):
        assert len(list((home / FOLDER).iterdir())) == 3


def test_a_home_that_takes_no_file_keeps_nobody_from_working(tmp_path: Path) -> None:
    """It may not be there yet, or be anything else than a folder."""
    (tmp_path / "file").touch()

    with at_work(tmp_path / "nothing", "web"), at_work(tmp_path / "file", "web"):
        assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_a_dispatcher_of_another_server_is_seen_by_its_lease(home: Path, parts: Daymark) -> None:
    """Its beat goes on while one looks; it is named with its machine, and the move is refused."""
    lease = Lease(parts.views, "dispatcher", "server-two~c0ffee/77/ab12")
    lease.beat(0.0)
    time = Steady(lease.beat)

    with (
        pytest.raises(
            Refused, match=r"dispatcher \(process 77 on server-two\) of this .* is still"
        ),
        nobody_at_work(home, partial(time.look, parts)),
    ):
        pass

    assert time.now == LOOKS


def test_a_lease_that_expired_holds_nothing_back(home: Path, parts: Daymark) -> None:
    """A server that was switched off gives nothing back; after some seconds of silence it counts no more."""
    Lease(parts.views, "projector", "server-two/77/ab12").beat(0.0)
    time = Steady(lambda _: None)

    with nobody_at_work(home, partial(time.look, parts)):
        assert 7 <= time.now <= 8
