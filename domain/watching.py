"""Who is told when Daymark itself cannot be relied on: a silent source, a board behind, work undone.

It climbs like the ladder of a breach and says the same thing again each day, until the reason has gone.
There is no clock and no promise in it: an operator mends the cause, and nothing else ends it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.authority import Authority
from domain.calendar import london_date
from domain.engine_events import OperatorTold
from domain.event import Event
from domain.timescales import Ladder, breach_amount

LADDER: Final = "operation"
"""The ladder of the pack that says who looks after Daymark itself."""

PASSES_BY_ITSELF: Final = timedelta(minutes=10)
"""A process that is started again, or a backlog worked off, is no reason to wake anybody."""


@dataclass(frozen=True, slots=True)
class Word:
    """One person to be told of one doubt today."""

    kind: str
    about: str
    since: datetime | None
    day: str
    """The London day of the telling: each person hears of a doubt once a day."""
    rung: int
    role: str
    person: str

    @property
    def key(self) -> str:
        """What is unique in the log: a repeat of it tells nobody."""
        return f"{self.source}/{self.stage}"

    @property
    def source(self) -> str:
        """What the word is about, as the log keeps it."""
        return f"doubt/{self.kind}/{self.about}"

    @property
    def stage(self) -> str:
        """Whom it tells, and on which day."""
        return f"{self.day}/told/{self.rung}/{self.person}/email"


def words(
    authority: Authority, kind: str, about: str, since: datetime | None, now: datetime
) -> Iterator[Word]:
    """Whom one doubt is told to by now, lowest rung first; nobody while it may pass by itself."""
    begun = now if since is None else since + PASSES_BY_ITSELF
    ladder: Ladder | None = authority.policy.ladders.get(LADDER)
    for rung in ladder.climb if ladder else ():
        if now < begun + timedelta(hours=breach_amount(rung)):
            return
        today = london_date(now)
        for person in authority.staff.holders(rung.role, now):
            yield Word(kind, about, since, today.isoformat(), rung.rung, rung.role, person)


def told(authority: Authority, word: Word, now: datetime, failure: str | None = None) -> Event:
    """The record that somebody was told of a doubt, or could not be."""
    return Event(
        authority=authority.code,
        kind="authority",
        subject=authority.code,
        source=word.source,
        id=word.stage,
        said=OperatorTold(
            doubt=word.kind,
            about=word.about or None,
            since=word.since,
            rung=word.rung,
            role=word.role,
            person=word.person,
            delivered=failure is None,
            failure=failure,
        ),
        occurred_at=now,
    )
