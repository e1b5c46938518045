"""One made-up child's story, told in facts at moments counted back from one hour."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from domain.calendar import WorkingDays, at_clock, london_date
from domain.event import Event
from domain.facts.fact import Fact
from formats.sample_authority import sender


@dataclass
class Story:
    """One child's facts; each moment is a London day or counted back from the hour."""

    code: str
    child: str
    hour: datetime
    calendar: WorkingDays
    events: list[Event] = field(default_factory=list)

    def day(self, working_days_ago: int) -> date:
        """The working day that is so many before today."""
        return self.calendar.back(london_date(self.hour), working_days_ago)

    def at(self, working_days_ago: int, clock: str) -> datetime:
        """A time of day on such a day, never later than the hour."""
        return min(at_clock(self.day(working_days_ago), time.fromisoformat(clock)), self.hour)

    def ago(self, hours: float) -> datetime:
        """The instant so many elapsed hours before the hour."""
        return self.hour - timedelta(hours=hours)

    def ref(self, kind: str) -> str:
        """The case system's reference of something of this child's."""
        return f"{kind}-{self.child.removeprefix('CH-')}"

    def said(self, fact: Fact, when: datetime | date) -> Event:
        """One thing that happened, as its source tells it."""
        known = isinstance(when, datetime)
        typed = when if isinstance(when, datetime) else at_clock(when, time(16))
        event = Event(
            authority=self.code,
            kind="child",
            subject=self.child,
            source=sender(fact.NAME),
            id=f"{self.child}-{len(self.events) + 1}",
            said=fact,
            occurred_at=when if isinstance(when, datetime) else None,
            occurred_on=None if known else when,
            source_recorded_at=min(typed + timedelta(minutes=20), self.hour),
        )
        self.events.append(event)
        return event


Another = Callable[[], Story]
"""Begins the story of one more child."""
