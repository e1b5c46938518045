"""One at work and the others standing by: never two, and never nobody for longer than ten seconds."""

import asyncio
import os
import random
import selectors
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from domain.errors import Unavailable
from store.leases import (
    BEAT,
    DARES,
    LOOKS,
    STANDS_STILL,
    STAYS_OUT,
    AtWork,
    Lease,
    alone,
    beating,
    claim,
    give_back,
    has_ended,
    here,
    keep,
    shown,
    went_through,
)
from store.views import Views


def leases(views: Views, *names: str) -> list[Lease]:
    """Several processes that could do the same work."""
    return [Lease(views, "dispatcher", name) for name in names]


def test_the_first_to_beat_works_and_the_other_stands_by(views: Views) -> None:
    """However often a stand-by looks, while the holder beats it stays one."""
    first, second = leases(views, "a", "b")
    taken = [first.beat(0.0), second.beat(0.1)]
    for tick in range(1, 20):
        taken.append(first.beat(tick * BEAT))
        assert not second.beat(tick * BEAT + 0.1)

    assert taken[:2] == [True, False]
    assert all(taken[2:])
    assert (first.holds(19 * BEAT), second.holds(19 * BEAT)) == (True, False)


def test_a_stand_by_takes_over_once_the_beat_has_stood_still_and_not_before(views: Views) -> None:
    """The holder has stopped working two seconds earlier, by its own clock."""
    first, second = leases(views, "a", "b")
    first.beat(0.0)
    second.beat(0.0)
    before = second.beat(STANDS_STILL - 0.1)
    after = second.beat(STANDS_STILL)

    assert (before, after) == (False, True)
    assert not first.holds(DARES)
    assert not first.beat(STANDS_STILL + 0.1)
    assert not first.holds(STANDS_STILL + 0.1)
    assert STANDS_STILL + 1.0 < 10.0


def test_a_lease_given_back_is_taken_at_once(views: Views) -> None:
    """A process that is stopped in good order leaves no gap."""
    first, second = leases(views, "a", "b")
    first.beat(0.0)
    second.beat(0.1)
    first.release()

    assert second.beat(0.2)
    assert not first.beat(0.3)


def test_giving_back_what_another_holds_changes_nothing(views: Views) -> None:
    """A process that lost its lease cannot give its successor's away."""
    first, second = leases(views, "a", "b")
    second.beat(0.0)
    first.release()

    assert second.beat(1.0)
    assert not first.beat(1.1)


def test_two_who_see_the_same_silence_do_not_both_take_over(views: Views) -> None:
    """The beat that was seen must still be the one that stands."""
    first, second, third = leases(views, "a", "b", "c")
    first.beat(0.0)
    second.beat(0.0)
    third.beat(0.0)
    won = [one.beat(STANDS_STILL) for one in (second, third)]

    assert won == [True, False]


def test_different_work_has_different_leases(views: Views) -> None:
    """The projector does not wait for the dispatcher."""
    assert Lease(views, "dispatcher", "a").beat(0.0)
    assert Lease(views, "projector", "b").beat(0.0)


@dataclass
class Away:
    """Views whose database can be away."""

    views: Views
    away: bool = False
    hangs: float = 0.0
    """Seconds before it answers."""
    waits: threading.Event | None = None
    """What it waits for before it answers."""

    @contextmanager
    def writing(self) -> Iterator[object]:
        """One transaction, or none while the database is away."""
        time.sleep(self.hangs)
        if self.waits is not None:
            self.waits.wait()
        if self.away:
            message = "the database is away"
            raise Unavailable(message)
        with self.views.writing() as cursor:
            yield cursor


def test_while_the_database_is_away_the_holder_works_on_only_as_long_as_it_dares(
    views: Views,
) -> None:
    """A short outage stops nobody; a longer one stops the holder before another could begin."""
    reached = Away(views)
    lease = Lease(reached, "dispatcher", "a")  # type: ignore[arg-type]  # the same database, sometimes away
    lease.beat(0.0)
    reached.away = True
    short, long = lease.beat(BEAT), lease.beat(DARES)
    reached.away = False

    assert (short, long) == (True, False)
    assert lease.beat(DARES + 1)


async def test_a_database_that_hangs_is_not_waited_for(views: Views) -> None:
    """The holder goes on by its own clock for as long as it dares, and gives nothing back that it cannot."""
    reached = Away(views)
    lease = Lease(reached, "dispatcher", "a")  # type: ignore[arg-type]  # the same database, sometimes away
    lease.beat(0.0)
    reached.hangs = DARES - 2 * BEAT + 0.2
    fresh = await went_through(lease, lambda: 1.0)
    stale = await went_through(lease, lambda: DARES + 1)
    reached.hangs, reached.away = 0.0, True
    await give_back(lease)

    assert (fresh, stale) == (True, False)
    assert not Lease(views, "dispatcher", "b").beat(0.0)


class Story(selectors.DefaultSelector):
    """An event loop's waits, in which the time of the story goes on as soon as nothing is ready."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready; where nothing is, the time waited for has passed."""
        if timeout is None:
            return super().select()
        if found := super().select(0):
            return found
        self.now += max(0.0, timeout)
        return []


@contextmanager
def story() -> Iterator[asyncio.Runner]:
    """A loop whose time nobody waits for."""
    waits = Story()
    loop = asyncio.SelectorEventLoop(waits)
    loop.time = lambda: waits.now  # type: ignore[method-assign]
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        yield runner


def test_a_holder_whose_database_hangs_stops_before_another_may_begin(views: Views) -> None:
    """It is told nothing at all, and lets go as soon as its last beat is too old."""
    answers = threading.Event()
    lease = Lease(Away(views, waits=answers), "dispatcher", "a")  # type: ignore[arg-type]  # the same database, which hangs
    answers.set()
    lease.beat(0.0)
    answers.clear()

    with story() as runner:
        let_go = runner.run(kept(lease))
        answers.set()

    assert let_go == pytest.approx(DARES)


def test_a_holder_whose_database_refuses_stops_before_another_may_begin(
    views: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does it wait for the next of its beats, where that would come too late."""
    monkeypatch.setattr(asyncio, "to_thread", at_once)
    reached = Away(views)
    lease = Lease(reached, "dispatcher", "a")  # type: ignore[arg-type]  # the same database, sometimes away
    lease.beat(0.0)
    reached.away = True
    with story() as runner:
        let_go = runner.run(kept(lease))

    assert let_go == pytest.approx(DARES)


async def kept(lease: Lease) -> float:
    """When a holder let go, by the time of the story."""
    stop, lost, clock = asyncio.Event(), asyncio.Event(), asyncio.get_running_loop().time
    await keep(lease, stop, lost, clock)
    assert lost.is_set()
    return clock()


def test_a_lease_that_was_given_too_late_is_not_worked_under(views: Views) -> None:
    """The database answered when another could already take it again: the next beat tells."""
    times, beats = iter([0.0, DARES]), list[int]()
    stop = asyncio.Event()

    def clock() -> float:
        return next(times, DARES + LOOKS)

    async def work(lost: asyncio.Event) -> None:
        with views.reading() as cursor:
            beats.append(cursor.execute("SELECT beat FROM lease")[0]["beat"])
        stop.set()
        await lost.wait()

    with story() as runner:
        runner.run(alone(Lease(views, "dispatcher", "a"), stop, work, clock))

    assert beats == [2]


async def at_once(asked: Callable[..., object], *words: object) -> object:
    """What would be done in a thread, done here: the time of a story does not wait for threads."""
    return asked(*words)


def who_works(views: Views, gives_up: str, *names: str) -> list[str]:
    """What happens in twenty seconds where one of these gives up whenever it begins."""
    log: list[str] = []

    def alone_at_it(name: str, stop: asyncio.Event) -> asyncio.Task[None]:
        async def work(lost: asyncio.Event) -> None:
            log.append(f"{name} works")
            if name != gives_up:
                await lost.wait()

        clock = asyncio.get_running_loop().time
        standing_by = partial(log.append, f"{name} stands by")
        lease = Lease(views, "dispatcher", name)
        return asyncio.create_task(alone(lease, stop, work, clock, standing_by=standing_by))

    async def told() -> None:
        stop = asyncio.Event()
        tasks = [alone_at_it(name, stop) for name in names]
        await asyncio.sleep(20)
        stop.set()
        await asyncio.gather(*tasks)

    with story() as runner:
        runner.run(told())
    return log


def test_whoever_gives_up_lets_another_try(views: Views, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only from its own server may the way be cut off; it stands by as soon as it sees another at work."""
    monkeypatch.setattr(asyncio, "to_thread", at_once)
    log = who_works(views, "a", "a", "b")

    assert set(log[:2]) == {"a works", "b stands by"}
    assert log[2:] == ["b works", "a stands by"]


def test_whoever_gives_up_and_is_alone_soon_tries_again(
    views: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody else wants the lease, nobody waits for one."""
    monkeypatch.setattr(asyncio, "to_thread", at_once)
    log = who_works(views, "a", "a")

    assert set(log) == {"a works"}
    assert len(log) > 20 / (2 * BEAT + STAYS_OUT)


def test_work_that_breaks_leaves_the_lease_to_another(
    views: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever cannot go on at all does not keep a stand-by waiting for its silence."""
    monkeypatch.setattr(asyncio, "to_thread", at_once)

    async def work(_lost: asyncio.Event) -> None:
        message = "the board's tables are not of this release"
        raise Unavailable(message)

    with story() as runner, pytest.raises(Unavailable, match="not of this release"):
        runner.run(alone(Lease(views, "projector", "a"), asyncio.Event(), work, lambda: 0.0))

    assert Lease(views, "projector", "b").beat(0.0)


async def test_whoever_has_lost_the_lease_stops_working(views: Views) -> None:
    """A process that hung so long that another took over does no step more once it beats again."""
    stop, log = asyncio.Event(), list[str]()

    async def work(lost: asyncio.Event) -> None:
        log.append("works")
        await lost.wait()
        log.append("stops")

    working = asyncio.create_task(alone(Lease(views, "dispatcher", "a"), stop, work))
    await reached(lambda: log == ["works"])
    with views.writing() as cursor:
        cursor.execute("UPDATE lease SET holder = 'b', beat = beat + 1")
    await reached(lambda: log == ["works", "stops"])
    stop.set()
    await working

    assert Lease(views, "dispatcher", "b").beat(0.0) is False
    assert log == ["works", "stops"]


async def test_a_stand_by_looks_again_and_again(views: Views) -> None:
    """Told to stop while it stands by, it stops without ever having worked."""
    Lease(views, "dispatcher", "a").beat(0.0)
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(1.5, stop.set)
    worked: list[str] = []

    async def work(lost: asyncio.Event) -> None:
        worked.append("b")
        await lost.wait()

    await alone(Lease(views, "dispatcher", "b"), stop, work)

    assert worked == []


@pytest.mark.parametrize("seed", range(10))
def test_never_two_at_once_and_never_nobody_for_ten_seconds(views: Views, seed: int) -> None:
    """Three processes whose clocks have nothing in common die, hang and come back at random."""
    chance = random.Random(seed)  # noqa: S311  (a story's chance, not a secret)
    offsets = [chance.uniform(-1e6, 1e6) for _ in range(3)]
    made = leases(views, *"abc")
    asleep_until = [0.0, 0.0, 0.0]
    nobody_since, longest = 0.0, 0.0
    for step in range(600):
        now = step * 0.25
        for number, lease in enumerate(made):
            if now >= asleep_until[number] and step % 4 == number:
                lease.beat(now + offsets[number])
                if chance.random() < 0.04:
                    asleep_until[number] = now + chance.choice([3.0, 8.0, 20.0])
        working = [n for n, one in enumerate(made) if one.holds(now + offsets[n])]
        awake = [n for n in range(3) if now >= asleep_until[n]]
        assert len(working) <= 1
        if working or not awake:
            nobody_since = now
        longest = max(longest, now - nobody_since)

    assert longest <= 10.0


@pytest.fixture
def ended() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_nobody_waits_for_a_process_of_this_machine_that_has_ended(
    views: Views, ended: int
) -> None:
    """After a kill the next one begins at once; of another machine nothing is seen but its beat."""
    seen = {
        name: has_ended(name)
        for name in (
            f"{here()}/{ended}/0a",
            f"{here()}/{os.getpid()}/0a",
            f"{here()}/{os.getppid()}/0a",
            f"elsewhere~/{ended}/0a",
            "of-another-shape",
        )
    }
    Lease(views, "dispatcher", f"{here()}/{ended}/0a").beat(0.0)

    assert list(seen.values()) == [True, True, False, False, False]
    assert claim(views, "dispatcher").beat(0.1)


def machine(folder: Path, boot: str, room: str) -> Path:
    """What a Linux says of its boot, and of where it counts a process."""
    (folder / "sys/kernel/random").mkdir(parents=True)
    (folder / "sys/kernel/random/boot_id").write_text(f"{boot}\n")
    (folder / "self/ns").mkdir(parents=True)
    (folder / "self/ns/pid").symlink_to(room)
    return folder


def test_clones_of_one_name_do_not_take_each_other_s_lease(tmp_path: Path, ended: int) -> None:
    """Two machines, or two containers on one, may share a name; what lives in the other cannot be seen."""
    ours = machine(tmp_path / "ours", "boot-1", "pid:[4026531836]")
    clone = machine(tmp_path / "clone", "boot-2", "pid:[4026531836]")
    container = machine(tmp_path / "container", "boot-1", "pid:[4026532201]")
    of_before = f"{socket.gethostname()}/{ended}/0a"

    assert has_ended(f"{here(ours)}/{ended}/0a", ours)
    for other in (clone, container):
        assert shown(here(other)) == shown(here(ours)) == socket.gethostname()
        assert not has_ended(f"{here(other)}/{ended}/0a", ours)
    assert not has_ended(of_before, ours)


def test_where_a_machine_cannot_be_told_from_its_clones_only_the_beat_counts(
    tmp_path: Path, ended: int
) -> None:
    """Other systems have no such numbers: then a stand-by waits, and takes nothing early."""
    assert here(tmp_path) == f"{socket.gethostname()}~"
    assert not has_ended(f"{here(tmp_path)}/{ended}/0a", tmp_path)


async def test_the_work_is_done_by_one_and_goes_on_with_the_next(views: Views) -> None:
    """Real processes in small: the first is told to stop, the second takes over at once."""
    log: list[str] = []

    def work(name: str) -> Callable[[asyncio.Event], object]:
        async def works(lost: asyncio.Event) -> None:
            log.append(f"{name} works")
            await lost.wait()
            log.append(f"{name} stops")

        return works

    stops = [asyncio.Event(), asyncio.Event()]
    first = asyncio.create_task(alone(Lease(views, "dispatcher", "a"), stops[0], work("a")))  # type: ignore[arg-type]
    await reached(lambda: log == ["a works"])
    second = asyncio.create_task(alone(Lease(views, "dispatcher", "b"), stops[1], work("b")))  # type: ignore[arg-type]
    await asyncio.sleep(0.2)
    alone_at_work = list(log)
    stops[0].set()
    await first
    await reached(lambda: log[-1] == "b works")
    stops[1].set()
    await second

    assert alone_at_work == ["a works"]
    assert log == ["a works", "a stops", "b works", "b stops"]


async def reached(question: Callable[[], bool]) -> None:
    """Wait until something is so, for ten seconds at most."""
    for _ in range(1000):
        if question():
            return
        await asyncio.sleep(0.01)
    message = "waited too long"
    raise AssertionError(message)


def test_whoever_keeps_a_lease_is_seen_by_its_beat(views: Views) -> None:
    """Also one that takes over meanwhile; what was given back, or left by the dead, is nobody's."""
    old, new = (Lease(views, "dispatcher", f"server-two/{n}/a") for n in (1, 2))
    still = Lease(views, "projector", "server-three/3/a")
    for lease in (old, still):
        lease.beat(0.0)
    old.release()
    now = [0.0]

    def rest(seconds: float) -> None:
        now[0] += seconds
        if now[0] >= 3 * LOOKS:
            new.beat(now[0])

    seen = beating(views, lambda: now[0], rest)
    new.release()
    silent = beating(views, lambda: now[0], lambda seconds: now.__setitem__(0, now[0] + seconds))
    still.release()
    nobody = beating(views, lambda: now[0], rest)

    assert seen == [AtWork("dispatcher", "server-two", "2")]
    assert (silent, nobody) == ([], [])
    assert now[0] == 3 * LOOKS + STANDS_STILL
