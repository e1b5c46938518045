"""What whoever runs Daymark should know of the sources: whose silence nobody hears, who speaks too soon."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from domain.authority import Authority
from domain.event import Recorded
from domain.facts.authority import FeedAdvanced
from domain.standing import Standing, standing
from domain.words import say_moment

FAST: Final = timedelta(minutes=10)
"""How far a clock that runs a little fast may be ahead without anybody being told of it."""


def never_silent(authority: Authority, today: date) -> tuple[str, ...]:
    """The sources that speak at once, of which nobody is told however long they say nothing."""
    return tuple(
        dict.fromkeys(
            span.source
            for span in authority.sources
            if span.continuous and span.late_after is None and span.covers(today)
        )
    )


def heard_ahead(history: Sequence[Recorded]) -> Iterator[str]:
    """A sentence for each source whose last word was that it has told of what had not come yet."""
    last: dict[str, Standing] = {}
    for one in sorted(standing(history), key=lambda fact: (fact.visible_at, fact.event_id)):
        if isinstance(one.fact, FeedAdvanced):
            last[one.fact.source] = one
    for source, one in last.items():
        assert isinstance(one.fact, FeedAdvanced)
        if one.fact.complete_to > one.visible_at + FAST:
            yield (
                f"the source {source} said on {say_moment(one.visible_at)} that it had told everything"
                f" up to {say_moment(one.fact.complete_to)}, which had not come yet"
            )
