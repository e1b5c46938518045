"""An installation in files whose clock the story sets, with the board following by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from domain.authority import Authority
from domain.authority import authority as authority_of
from domain.calendar import WorkingDays
from domain.child_episode import ChildEpisode, outstanding, perform
from domain.escalation import next_step, perform_step, tellings
from domain.event import Event, Recorded, Unreadable
from domain.timescales import Policy
from projections.board_view import BoardView, create_tables
from projections.signs_of_life import sign
from projections.trust import DISPATCHER
from store.log import Log, open_log
from store.vault import Vault
from store.views import Views
from tests.histories import CODE, STORY, england, moment, of_authority, working_days
from tests.store.events import Place


@dataclass
class World:
    """One installation, and the moment it is in."""

    folder: Path
    server: str | None = None
    """A PostgreSQL database with every table, where it does not lie in files."""
    now: datetime = field(default_factory=lambda: moment("Mon 2 Jan 2012 09:00"))
    policy: Policy = field(default_factory=england)
    calendar: WorkingDays = field(default_factory=working_days)

    def __post_init__(self) -> None:
        """Make the keys and the tables, and open everything."""
        self.place = Place(self.folder, self.server)
        keys = self.place.keys
        self.vault = Vault(self.place.vault, keys.master)
        self.log: Log = open_log(self.place.log, keys=keys, vault=self.vault, now=lambda: self.now)
        self.views = Views(self.place.views)
        if self.server is None:
            create_tables(self.views)
        self.board = BoardView(self.views, self.log, self.authority)

    def close(self) -> None:
        """Close everything."""
        for part in (self.log, self.views, self.vault):
            part.close()

    def authority(self, code: str = CODE) -> Authority:
        """The authority as its own stream tells."""
        stream = self.log.stream(code, "authority", code)
        return authority_of(code, self.policy, self.calendar, self.log.history(stream))

    def record(self, *told: Recorded | Event, at: str | datetime | None = None) -> None:
        """Record events now, or at a moment the story goes on to."""
        if at is not None:
            self.now = moment(at) if isinstance(at, str) else at
        self.log.append([short(one.event if isinstance(one, Recorded) else one) for one in told])

    def take_in(self, limit: int = 500) -> None:
        """Let the board catch up, so many events at a time."""
        while batch := self.log.after(position := self.board.position(), limit):
            self.board.apply(batch, after=position)

    def batch(self) -> tuple[Sequence[Recorded | Unreadable], int]:
        """Everything not yet taken in, and the position it follows."""
        position = self.board.position()
        return self.log.after(position), position

    def stream(self, child: str) -> UUID:
        """The stream of a child, or under its code the authority's own."""
        return self.log.stream(CODE, "authority" if child == CODE else "child", child)

    def episode(self, child: str) -> ChildEpisode:
        """A child as the log tells."""
        found = self.log.episode(self.stream(child))
        assert found is not None
        return found

    def run_engine(self, child: str, until: str | datetime) -> None:
        """Do what Daymark does of itself for a child up to a moment, each thing at its instant."""
        end = moment(until) if isinstance(until, str) else until
        for _ in range(100):
            episode, authority = self.episode(child), self.authority()
            done = self._stage(episode, authority, end) or self._step(episode, authority, end)
            if not done:
                break
        self.now = max(self.now, end)

    def _stage(self, episode: ChildEpisode, authority: Authority, end: datetime) -> bool:
        for stage in outstanding(episode, authority):
            if stage.at <= end:
                self.now = max(self.now, stage.at)
                self.log.save(episode, perform(episode, authority, stage, self.now))
                return True
        return False

    def _step(self, episode: ChildEpisode, authority: Authority, end: datetime) -> bool:
        for one in tellings(episode, authority, end):
            step = next_step(episode, authority, one.id, self.now)
            if step is not None and step.at <= end:
                self.now = max(self.now, step.at)
                self.log.save(episode, perform_step(episode, step, self.now, delivered=True))
                return True
        return False

    def all_well(self) -> None:
        """Let the board catch up and the dispatcher say that it is well."""
        self.take_in()
        sign(self.views, DISPATCHER, self.now)


MINUTE = timedelta(minutes=1)


def short(event: Event) -> Event:
    """The same event under an id that the log takes."""
    fits = len(event.id) <= 200
    return event if fits else replace(event, id=sha256(event.id.encode()).hexdigest())


def feed(complete_to: datetime, source: str = STORY) -> Recorded:
    """How far a source has spoken."""
    return of_authority("feed-advanced", source=source, complete_to=complete_to)


def of(child: str, told: Recorded) -> Event:
    """The same told of another child than the one every story tells of."""
    return replace(told.event, subject=child, id=f"{child}:{told.event.id}")


MANAGERS = (
    "return_interview_team_manager",
    "service_manager",
    "head_of_service",
    "director_of_childrens_services",
    "emergency_duty_team",
    "mash_team_manager",
    "team_manager",
)
