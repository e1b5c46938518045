"""Whether what a command says can be relied on, and what is looked for in the log where the board lags."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from assembly import Daymark
from domain.child_episode import ChildEpisode
from domain.raised import raised_tellings
from projections.board import find_clock, find_escalation
from projections.tables import VIEW
from projections.trust import Doubt, Trust, trust_in, warned
from projections.whole_log import touched_after


def trusted(daymark: Daymark, at: datetime) -> Trust:
    """Whether what is kept beside the log can be relied on now."""
    code = daymark.settings.authority
    return trust_in(daymark.log, daymark.views, daymark.authority, code, at)


def say_doubts(doubts: Iterable[Doubt], what: str) -> None:
    """Print each reason not to rely on what follows, before it."""
    for said in warned(doubts, what):
        print(said)


def written(doubts: Sequence[Doubt]) -> list[dict[str, object]]:
    """The doubts of a document."""
    return [asdict(doubt) for doubt in doubts]


def stream_of_clock(daymark: Daymark, key: str) -> UUID | None:
    """The stream a clock runs in: by the board, or by the log where the board has not come so far."""
    found = find_clock(daymark.views, daymark.settings.authority, key)
    return found or unseen(
        daymark, lambda one: any(clock.key == key for clock in one.clocks(daymark.authority()))
    )


def stream_of_escalation(daymark: Daymark, telling: str) -> UUID | None:
    """The stream of an escalation, in the same way."""
    found = find_escalation(daymark.views, daymark.settings.authority, telling)
    if found is not None:
        return found[0]
    return unseen(daymark, lambda one: telling in raised_tellings(one, daymark.authority()))


def unseen(daymark: Daymark, wanted: Callable[[ChildEpisode], bool]) -> UUID | None:
    """The first stream with something the board has not seen of which this is true."""
    code, seen = daymark.settings.authority, daymark.views.position(VIEW)
    for stream in touched_after(daymark.log, code, seen):
        episode = daymark.log.episode(stream)
        if episode is not None and wanted(episode):
            return stream
    return None
