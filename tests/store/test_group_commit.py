"""Many senders, few commits, and each is told its own."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from domain.errors import Unavailable, UnreadableFact
from domain.event import Recorded
from store.database import DatabaseUnavailable
from store.group_commit import GroupCommit
from store.log import Log
from tests.store.events import Place, missing, until


@pytest.fixture
def door(log: Log) -> Iterator[GroupCommit]:
    """A group commit over the installation's log."""
    made = GroupCommit(log)
    yield made
    made.close()


def commits(log: Log) -> int:
    """How many appends made the log: each has an instant of its own."""
    return len({row.recorded_at for row in log.after(0, 100_000) if isinstance(row, Recorded)})


async def gathering(door: GroupCommit, *sent: Any) -> list[asyncio.Task[Any]]:
    """Senders that have all handed in, the first of them while nothing else waited."""
    tasks = []
    for events in sent:
        tasks.append(asyncio.create_task(door.submit(events)))
        await asyncio.sleep(0.05)
    return tasks


async def test_sixty_four_senders_share_commits_and_each_gets_its_own(
    log: Log, door: GroupCommit
) -> None:
    """Every receipt is for the sender's own event."""

    async def send(sender: int) -> None:
        for n in range(20):
            event = missing(f"{sender}-{n}", child=f"C-{sender}")
            (receipt,) = await door.submit([event])
            assert (receipt.event_id, receipt.result) == (event.event_id, "recorded")

    await asyncio.gather(*(send(sender) for sender in range(64)))

    assert log.head() == 64 * 20
    assert commits(log) < 64 * 20 / 2


async def test_the_same_event_from_two_senders_is_recorded_once(
    place: Place, log: Log, door: GroupCommit
) -> None:
    """One is told recorded, the other duplicate, though they shared a commit."""
    with place.held_up():
        tasks = await gathering(
            door, [missing()], [missing("evt-1")], [missing("evt-1"), missing()]
        )
    first, one, other = await asyncio.gather(*tasks)

    assert [receipt.result for receipt in (*first, *one, *other)] == [
        "recorded",
        "recorded",
        "duplicate",
        "recorded",
    ]
    assert commits(log) == 2


async def test_one_senders_events_spoil_nobody_elses(
    place: Place, log: Log, door: GroupCommit
) -> None:
    """The others are stored apart; he alone hears what is wrong with his."""
    with place.held_up():
        tasks = await gathering(
            door,
            [missing()],
            [missing("evt-1")],
            [missing("bad\x00id"), missing()],
            [missing("evt-2")],
        )
    answers: list[Any] = await asyncio.gather(*tasks, return_exceptions=True)

    _, one, bad, other = answers
    assert isinstance(bad, UnreadableFact)
    assert [receipt.result for receipt in (*one, *other)] == ["recorded", "recorded"]
    assert log.head() == 3


async def test_a_lost_database_is_told_to_the_senders_of_that_batch_only(
    place: Place, log: Log, door: GroupCommit
) -> None:
    """They may send again; the door goes on."""
    await door.submit([missing("evt-0")])
    place.sql("ALTER TABLE once RENAME TO away")
    answers = await asyncio.gather(
        *(door.submit([missing(f"evt-{n}")]) for n in range(3)), return_exceptions=True
    )
    place.sql("ALTER TABLE away RENAME TO once")

    assert [type(answer) for answer in answers] == [DatabaseUnavailable] * 3
    (receipt,) = await door.submit([missing("evt-1")])
    assert receipt.result == "recorded"
    assert log.head() == 2


async def test_a_commit_takes_no_more_than_it_may(place: Place, log: Log) -> None:
    """What no longer fits begins the next; one sender's events are never parted."""
    door = GroupCommit(log, most=4)
    batches = [[missing() for _ in range(n)] for n in (1, 3, 3, 1, 9)]
    with place.held_up():
        tasks = await gathering(door, *batches)
    answers = await asyncio.gather(*tasks)
    door.close()

    assert [len(answer) for answer in answers] == [1, 3, 3, 1, 9]
    assert commits(log) == 4


async def test_closing_stores_what_waits_and_takes_nothing_more(place: Place, log: Log) -> None:
    """Twice is no harm."""
    door = GroupCommit(log)
    with place.held_up():
        tasks = await gathering(door, [missing()], [missing()], [missing()])
        closing = asyncio.create_task(asyncio.to_thread(door.close))
        await asyncio.sleep(0.05)
        with pytest.raises(Unavailable, match="the door is closing"):
            await door.submit([missing()])
    await closing
    door.close()

    assert [len(answer) for answer in await asyncio.gather(*tasks)] == [1, 1, 1]
    assert log.head() == 3


async def test_a_sender_that_goes_away_is_not_missed(
    place: Place, log: Log, door: GroupCommit
) -> None:
    """Its events are stored, and the others are answered."""
    with place.held_up():
        gone, other = await gathering(door, [missing()], [missing()])
        gone.cancel()
    (receipt,) = await other

    assert receipt.result == "recorded"
    assert gone.cancelled()
    assert log.head() == 2


def test_an_event_loop_that_ends_before_its_answer_stops_nobody(place: Place, log: Log) -> None:
    """A server that is killed while it waits: what it handed in is stored, and the next is served."""
    door = GroupCommit(log)

    async def send_and_leave() -> None:
        (task,) = await gathering(door, [missing()])
        task.cancel()

    with place.held_up():
        asyncio.run(send_and_leave())
    until(lambda: log.head() == 1)

    assert len(asyncio.run(door.submit([missing()]))) == 1
    door.close()
