"""Many senders, one commit: what waits together is stored together, and each is answered after the commit."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Final, NamedTuple

from domain.errors import Unavailable
from domain.event import Event, Receipt
from store.log import Log

MOST: Final = 500  # events in one commit; beyond that little is gained

LINGER: Final = 0.001  # seconds
"""How long a commit waits for company while the door is busy: each commit then serves more senders."""

Receipts = tuple[Receipt, ...]
Outcome = Receipts | BaseException


class Sent(NamedTuple):
    """What one sender handed in, and where its answer is awaited."""

    events: Sequence[Event]
    answer: "asyncio.Future[Receipts]"
    loop: asyncio.AbstractEventLoop


class GroupCommit:
    """One thread that appends what any number of senders hand in.

    While one commit is under way the next batch gathers, so a busy door makes large batches and an
    idle one answers at once.
    """

    def __init__(self, log: Log, *, most: int = MOST) -> None:
        """Start the committing thread."""
        self._log = log
        self._most = most
        self._waiting: SimpleQueue[list[Sent] | None] = SimpleQueue()
        self._handed: dict[asyncio.AbstractEventLoop, list[Sent]] = {}
        self._closing = Lock()
        self._closed = False
        self._thread = Thread(target=self._run, name="group commit", daemon=True)
        self._thread.start()

    async def submit(self, events: Sequence[Event]) -> Receipts:
        """Hand in events and wait for their receipts, which are given only after the commit.

        The events of one call are stored together or not at all.
        What goes wrong with them is raised here, and troubles no other sender.
        """
        loop = asyncio.get_running_loop()
        sent = Sent(events, loop.create_future(), loop)
        gathering = self._handed.setdefault(loop, [])
        if not gathering:
            # Who else is answered in this turn of the loop goes along: fewer wakings, larger commits.
            loop.call_soon(self._hand_over, loop)
        gathering.append(sent)
        return await sent.answer

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        """Give the committing thread what one turn of a loop has gathered."""
        gathered = self._handed.pop(loop)
        with self._closing:
            if not self._closed:
                self._waiting.put(gathered)
                return
        closing = Unavailable("the door is closing: send it again")
        settle([(sent, closing) for sent in gathered])

    def close(self) -> None:
        """Take nothing more, store what waits, and end the thread."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        left: list[Sent] = []
        last = busy = False
        while not (last and not left):
            if not left:
                handed = self._waiting.get()
                if handed is None:
                    return
                left = handed
            if busy and not last:
                time.sleep(LINGER)
            last = self._gather(left) or last
            batch, left = split(left, self._most)
            busy = len(batch) > 1
            deliver(self._commit(batch))

    def _gather(self, batch: list[Sent]) -> bool:
        """Add what waits, up to the most that one commit takes; whether all is over."""
        while sum(len(sent.events) for sent in batch) < self._most:
            try:
                handed = self._waiting.get_nowait()
            except Empty:
                return False
            if handed is None:
                return True
            batch.extend(handed)
        return False

    def _commit(self, batch: Sequence[Sent]) -> Iterator[tuple[Sent, Outcome]]:
        """Each sender with what it is to be told."""
        outcome = self._append([event for sent in batch for event in sent.events])
        if isinstance(outcome, tuple):
            receipts = iter(outcome)
            for sent in batch:
                yield sent, tuple(next(receipts) for _ in sent.events)
        elif len(batch) == 1 or isinstance(outcome, Unavailable):
            for sent in batch:
                yield sent, outcome
        else:
            # One sender's events spoilt the batch: nothing was stored, so each is stored apart.
            for sent in batch:
                yield sent, self._append(sent.events)

    def _append(self, events: Sequence[Event]) -> Outcome:
        try:
            return self._log.append(events)
        except Exception as error:  # noqa: BLE001  (whatever it is, it belongs to who sent this)
            return error


def split(waiting: Sequence[Sent], most: int) -> tuple[list[Sent], list[Sent]]:
    """Who goes into the next commit, and who waits for the one after: at least one goes."""
    count = 0
    for index, sent in enumerate(waiting):
        count += len(sent.events)
        if count > most and index:
            return list(waiting[:index]), list(waiting[index:])
    return list(waiting), []


def deliver(outcomes: Iterator[tuple[Sent, Outcome]]) -> None:
    """Wake each sender in its own event loop, all senders of one loop at once."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Sent, Outcome]]] = {}
    for sent, outcome in outcomes:
        by_loop.setdefault(sent.loop, []).append((sent, outcome))
    for loop, settled in by_loop.items():
        try:
            loop.call_soon_threadsafe(settle, settled)
        except RuntimeError:
            continue  # the loop has ended, and with it everybody who waited; the events are stored


def settle(settled: Sequence[tuple[Sent, Outcome]]) -> None:
    """Give each sender its answer, unless it has gone away."""
    for sent, outcome in settled:
        if sent.answer.done():
            continue
        if isinstance(outcome, BaseException):
            sent.answer.set_exception(outcome)
        else:
            sent.answer.set_result(outcome)
