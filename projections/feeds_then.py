"""How far each source had been heard at a past moment: what the board of then knew to doubt."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.authority import Authority
from domain.calendar import london_date
from domain.event import Recorded
from domain.facts.fact import Fact
from projections.trust import Doubt, expired_calendar, feed_doubt, late_from


@dataclass(frozen=True, slots=True)
class FeedThen:
    """One source as it had been heard by then."""

    source: str
    continuous: bool
    """Whether it speaks at once, not at night."""
    complete_to: datetime | None
    """Up to when it had said that it had told everything; nothing where it never did."""
    last_heard: datetime | None
    """When anything of it was last recorded."""
    late_from: datetime | None
    """Since when it was late; nothing where it was not."""


def feeds_then(
    authority: Authority, history: Iterable[Recorded], at: datetime
) -> tuple[FeedThen, ...]:
    """Every source that spoke of that day, from what had been recorded by then."""
    heard: dict[str, datetime] = {}
    for one in history:
        if isinstance(one.event.said, Fact):
            known = heard.get(one.event.source, one.recorded_at)
            heard[one.event.source] = max(known, one.recorded_at)
    found = []
    for span in authority.sources:
        if span.covers(london_date(at)):
            late_at, _ = late_from(authority, span, heard.get(span.source))
            found.append(
                FeedThen(
                    span.source,
                    span.continuous,
                    authority.feeds.get(span.source),
                    heard.get(span.source),
                    late_at if late_at is not None and late_at <= at else None,
                )
            )
    return tuple(found)


def doubts_then(authority: Authority, feeds: Iterable[FeedThen], at: datetime) -> Iterator[Doubt]:
    """The doubts of that moment that the log can tell: feeds that were late, a calendar that had ended."""
    spans = {span.source: span for span in authority.sources if span.covers(london_date(at))}
    for one in feeds:
        if one.late_from is not None:
            _, words = late_from(authority, spans[one.source], one.last_heard)
            yield feed_doubt(one.source, one.late_from, words)
    yield from expired_calendar(authority, at)
