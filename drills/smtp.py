"""The relay is slow, refuses or dies holding the letter: every rung is told, under one Message-ID."""

import asyncio
import tempfile
from collections import Counter
from datetime import timedelta
from email.message import EmailMessage
from itertools import count, cycle, islice
from pathlib import Path
from typing import Final

from activities.relay import Relay as Handing
from activities.relay import Send
from domain.engine_events import ManagerNotified
from drills.installation import Installation, came_about, installation, projecting
from drills.outcome import Counts, Outcome, counted, drawn
from drills.relay import DIES, SLOW, Relay
from drills.stores import Store, lying_in
from drills.working import present, working

FAULTS: Final = (
    "451 4.7.1 Come back later",  # greylisting
    SLOW,
    DIES,
    "421 4.3.2 Closing",
    "452 4.2.2 Mailbox full",
    "554 5.7.1 Never",
)
"""What the relay answers, one letter after the other, before it takes everything."""


def drill(
    points: int = 12, *, control: bool = False, seed: int | None = None, store: Store = "sqlite"
) -> Outcome:
    """So many answers go wrong; as a control every attempt makes a Message-ID of its own."""
    with tempfile.TemporaryDirectory() as folder, lying_in(store) as database:
        return asyncio.run(refused(Path(folder), points, drawn(seed), database, control=control))


async def refused(folder: Path, points: int, seed: int, database: str, *, control: bool) -> Outcome:
    """As many children late as answers go wrong, and every letter counted that the relay ever held."""
    counts = Counts(tried=points, seed=seed)
    # The control must see the one that dies, however few it tries.
    faults = FAULTS if control else counts.chance.sample(FAULTS, len(FAULTS))
    answers = list(islice(cycle(faults), points))
    relay = Relay(answers=list(answers))
    children = [f"C-{n}" for n in range(points)]
    async with (
        installation(folder, relay=relay, database=database) as place,
        projecting(place.daymark),
    ):
        send: Send | None = None
        if control:
            assert place.daymark.settings.smtp is not None
            send = Renaming(Handing(*place.daymark.settings.smtp, patience=3.0))
        async with working(place, send=send):
            place.at_risk(children, present() + timedelta(seconds=1))
            await came_about(lambda: len(settled(place)) >= points, 60 + 2 * points)
        tally(place, children, answers, counts)
    said = f"{relay.refused} letters were answered wrongly, {len(relay.late)} held"
    return counted("smtp", counts, said, answered_wrongly=relay.refused, held=len(relay.late))


def settled(place: Installation) -> set[object]:
    """The children of whom somebody was told, or is known to be out of reach, as the log says."""
    return {one.stream for one, said in place.recorded(ManagerNotified) if said.about == "breach"}


def tally(place: Installation, children: list[str], answers: list[str], counts: Counts) -> None:
    """Each child's rungs were told or refused for good, once each, and each under one Message-ID."""
    told = settled(place)
    counts.missed = sum(place.daymark.child(child) not in told for child in children)
    notified = [
        (one, said) for one, said in place.recorded(ManagerNotified) if said.about == "breach"
    ]
    # Who was said to be told, and no relay ever held a letter for them.
    held = {recipient.partition("@")[0] for recipient, _ in place.relay.letters}
    counts.lost = sum(said.delivered and said.person not in held for _, said in notified)
    counts.lost += max(0, sum(said.delivered for _, said in notified) - len(set(place.relay.late)))
    steps = Counter((one.event.source, one.event.id) for one, _ in notified)
    counts.doubled = sum(steps.values()) - len(steps)
    counts.doubled += sum(len(names) - 1 for names in place.relay.letters.values())
    counts.acknowledged = sum(said.delivered for _, said in notified)
    # Only a refusal for good may end a rung without a letter.
    never = sum(answer.startswith("5") for answer in answers)
    counts.missed += max(0, len(notified) - counts.acknowledged - never)
    at = sorted(one.recorded_at for one, _ in notified)
    counts.delayed(at[-1] - at[0])


class Renaming:
    """The fault of the control: a letter that is handed over again is another letter."""

    def __init__(self, send: Send) -> None:
        """Keep how letters are really handed over."""
        self._send = send
        self._numbers = count()

    async def __call__(self, letter: EmailMessage) -> str | None:
        """Hand it over under a name of its own."""
        del letter["Message-ID"]
        letter["Message-ID"] = f"<{next(self._numbers)}@council.example>"
        return await self._send(letter)
