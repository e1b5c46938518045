"""Many senders, one commit: what waits together is stored together, and each is answered after the commit."""

import asyncio
from collections.abc import Iterator, Sequence
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Final, NamedTuple

from domain.errors import Unavailable
from domain.event import Event, Receipt
from store.log import Log

MOST: Final = 500  # events in one commit; beyond that little is gained

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
        self._waiting: SimpleQueue[Sent | None] = SimpleQueue()
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
        with self._closing:
            if self._closed:
                message = "the door is closing: send it again"
                raise Unavailable(message)
            self._waiting.put(sent)
        return await sent.answer

    def close(self) -> None:
        """Take nothing more, store what waits, and end the thread."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        left: Sent | None = None
        while True:
            first = left or self._waiting.get()
            if first is None:
                return
            batch, left, last = self._gather(first)
            deliver(self._commit(batch))
            if last:
                return

    def _gather(self, first: Sent) -> tuple[list[Sent], Sent | None, bool]:
        """What waits, up to the most that one commit takes; what no longer fits; whether all is over."""
        batch, count = [first], len(first.events)
        while count < self._most:
            try:
                sent = self._waiting.get_nowait()
            except Empty:
                break
            if sent is None:
                return batch, None, True
            count += len(sent.events)
            if count > self._most:
                return batch, sent, False
            batch.append(sent)
        return batch, None, False

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
