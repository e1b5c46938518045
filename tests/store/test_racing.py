"""Several who append the same things at once."""

import threading
from typing import Any

from domain.errors import Grown
from domain.event import Receipt
from store.log import Log
from tests.store.events import AUTHORITY, Place, breached, missing


def test_racing_senders_of_the_same_events_store_each_once(place: Place) -> None:
    """Four processes' worth of connections, the same fifty ids: fifty recorded, the rest duplicate."""
    receipts: list[Receipt] = []

    def send() -> None:
        with place.open() as mine:
            for n in range(25):
                receipts.extend(mine.append([missing(f"evt-{n}"), missing(f"evt-{n}b")]))

    run(send, 4)
    with place.open() as log:
        history = log.history(log.stream(AUTHORITY, "child", "C-1"))

    assert sorted(one.result for one in receipts) == ["duplicate"] * 150 + ["recorded"] * 50
    assert not any(one.differs for one in receipts)
    assert [one.version for one in history] == list(range(1, 51))


def test_racing_judges_of_one_stage_do_it_once(place: Place) -> None:
    """Whoever loses is told duplicate or that the child has grown, and never does it again."""
    recorded: list[str] = []

    def judge() -> None:
        with place.open() as mine:
            stream = mine.stream(AUTHORITY, "child", "C-1")
            for version in range(1, 21):
                done = False
                while not done:
                    done = try_once(mine, stream, version, recorded)

    with place.open() as log:
        log.append([missing()])
    run(judge, 4)
    with place.open() as log:
        history = log.history(log.stream(AUTHORITY, "child", "C-1"))

    assert sorted(recorded, key=int) == [str(version) for version in range(1, 21)]
    assert len(history) == 21


def try_once(log: Log, stream: Any, version: int, recorded: list[str]) -> bool:
    """One judge's try at a stage: whether it is done, by whomever."""
    seen = log.version(stream)
    try:
        (receipt,) = log.append([breached(version=version)], after={stream: seen})
    except Grown:
        return False
    if receipt.result == "recorded":
        recorded.append(str(version))
    return True


def run(work: Any, times: int) -> None:
    """Do a piece of work several times at once; what goes wrong in any is raised."""
    failures: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=guarded) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
