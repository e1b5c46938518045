"""Many children whose time comes at one instant: whoever is woken first records for them all.

Temporal wakes some tens of workflows a second, and the log takes a thousand events in one commit.
Each child's own workflow still wakes, asks, finds its stage recorded and goes on from there.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final, NamedTuple
from uuid import UUID

import structlog
from opentelemetry import metrics

from domain.authority import Authority
from domain.child_episode import ChildEpisode, outstanding, perform
from domain.errors import Grown
from domain.event import Event
from domain.facts.fact import Fact
from domain.stages import Stage
from projections.measures import LATENESS
from projections.outstanding import fallen_due
from store.log import Log
from store.views import Views

TOGETHER: Final = 100
"""Children of one commit: few enough that one who has grown meanwhile costs the others little."""
MOST: Final = 1_000
"""Children for whom one activity records at most, so that it ends well within its thirty seconds."""
EACH: Final = timedelta(milliseconds=500)
"""Between two looks at the board: at each single stage they would cost more than they find."""
EVER: Final = datetime.min.replace(tzinfo=UTC)

logger = structlog.get_logger()
meter = metrics.get_meter("daymark.worker")
lateness = meter.create_histogram(
    LATENESS.name,
    unit="s",
    description=LATENESS.help,
    explicit_bucket_boundaries_advisory=(0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600),
)


class Reached(NamedTuple):
    """A child whose next stage has come, and the events that record it."""

    episode: ChildEpisode
    stage: Stage
    events: Sequence[Event]


@dataclass
class Crowd:
    """The children of each authority whose time has come and for whom nobody has looked yet.

    It is a help and no promise: what it leaves, or loses with its process, each child's own workflow does.
    """

    log: Log
    views: Views
    authority: Callable[[str], Authority]
    looked_at: dict[str, datetime] = field(default_factory=dict)
    """When the board was last looked through, by authority."""
    seen: dict[str, dict[UUID, datetime]] = field(default_factory=dict)
    """Who was found there, and since when something was due: the board hears of what is recorded later."""
    waiting: dict[str, deque[UUID]] = field(default_factory=dict)
    """Who of them is still to be recorded for."""
    turn: Lock = field(default_factory=Lock)

    def record(self, code: str, reached: datetime, now: datetime) -> int:
        """Record what the board says has fallen due; how many stages.

        Both clocks must agree, the workflow's and this machine's: one that runs ahead makes nothing early.
        """
        if not self.turn.acquire(blocking=False):
            return 0  # somebody is at it
        try:
            return self._record(code, min(reached, now), now)
        except Exception as error:  # noqa: BLE001  (whatever it is, each child's own workflow makes up)
            logger.warning("left to their own workflows", reason=type(error).__name__)
            return 0
        finally:
            self.turn.release()

    def _record(self, code: str, due_by: datetime, now: datetime) -> int:
        waiting = self.waiting.setdefault(code, deque())
        if abs(now - self.looked_at.get(code, EVER)) >= EACH:
            known = self.seen.get(code, {})
            self.seen[code] = found = fallen_due(self.views, code, due_by)
            self.looked_at[code] = now
            waiting += [stream for stream, at in found.items() if known.get(stream) != at]
        done = 0
        for _ in range(MOST // TOGETHER):
            some = [waiting.popleft() for _ in range(min(TOGETHER, len(waiting)))]
            if not some:
                break
            done += self._together(some, code, due_by, now)
        return done

    def _together(self, streams: Sequence[UUID], code: str, due_by: datetime, now: datetime) -> int:
        """Record one stage of each of these children in one commit; where one has grown, each alone."""
        ready = [
            one
            for stream in streams
            if (one := self._reached(stream, code, due_by, now)) is not None
        ]
        try:
            self._save(ready)
        except Grown:
            ready = list(self._saved_alone(ready))
        for one in ready:
            note_recorded(one.episode, one.stage, now)
        return len(ready)

    def _reached(self, stream: UUID, code: str, due_by: datetime, now: datetime) -> Reached | None:
        """What is to be recorded of a child, the latest instant first; nothing where nothing is due."""
        episode = self.log.episode(stream)
        if episode is None or episode.joined:
            # What is told under several references is judged by its own workflow, in turn.
            return None
        authority = self.authority(code)
        due = [stage for stage in outstanding(episode, authority) if stage.at <= due_by]
        if not due:
            return None
        last = episode.history[-1].event
        events = [
            replace(event, trace=last.trace) for event in perform(episode, authority, due[-1], now)
        ]
        return Reached(episode, due[-1], events)

    def _save(self, ready: Sequence[Reached]) -> None:
        """Append for all of them or for none, unless one has grown since it was read (Grown)."""
        events = [event for one in ready for event in one.events]
        read_at = {
            stream: version for one in ready for stream, version in one.episode.read_at.items()
        }
        self.log.append(events, after=read_at)

    def _saved_alone(self, ready: Sequence[Reached]) -> Iterator[Reached]:
        """Those who had not grown."""
        for one in ready:
            with suppress(Grown):
                self._save([one])
                yield one


def note_recorded(episode: ChildEpisode, stage: Stage, now: datetime) -> None:
    """Count and tell how late a stage was recorded."""
    late = (now - stage.at).total_seconds()
    if stage.stage == "breached":
        known = max(stage.at, last_told(episode, stage.at))
        lateness.record(max(0.0, (now - known).total_seconds()))
    logger.info("stage recorded", stage=stage.key, seconds_after=round(late, 3))


def last_told(episode: ChildEpisode, at: datetime) -> datetime:
    """When the last fact about a child was recorded: what was broken before that was not known before."""
    facts = (one for one in reversed(episode.history) if isinstance(one.event.said, Fact))
    return next((one.recorded_at for one in facts), at)
