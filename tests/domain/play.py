"""One child's stream played out in pure functions and virtual time."""

from dataclasses import dataclass, field
from datetime import date, datetime

from domain.answering import acknowledge
from domain.authority import Authority
from domain.child_episode import ChildEpisode, from_history, outstanding, perform
from domain.engine_events import EscalationRaised
from domain.escalation import digest_steps, next_step, perform_step, tellings
from domain.event import Event, Recorded
from tests.histories import STREAM, here, moment, person, source

ROLES = (
    "return_interview_team_manager", "emergency_duty_team", "team_manager", "service_manager",
    "service_manager_safeguarding", "cp_conference_chair", "head_of_service",
    "director_of_childrens_services", "cse_strategic_lead", "mash_team_manager",
    "police_cse_and_missing_coordinator",
)  # fmt: skip


@dataclass
class Play:
    """A child's stream in virtual time: what is due is done, in the order a worker would."""

    authority: Authority
    now: datetime
    events: list[Recorded] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    delivers: bool = True
    """Whether messages reach anybody."""

    @property
    def episode(self) -> ChildEpisode:
        """The child as the stream now tells of it."""
        return from_history(tuple(self.events))

    def tell(self, *recorded: Recorded) -> None:
        """Record facts, as late as now."""
        for one in recorded:
            self.record(one.event, max(one.recorded_at, self.now))

    def record(self, event: Event, at: datetime) -> None:
        """Append one event."""
        number = len(self.events) + 1
        self.events.append(Recorded(event, STREAM, number, number, at))

    def until(self, end: str) -> list[str]:
        """Do everything that falls due until a London moment; what was done, in words."""
        said = len(self.log)
        last = moment(end)
        while (then := self.next_at()) is not None and max(then, self.now) <= last:
            self.now = max(then, self.now)
            self.do()
        self.now = last
        return self.log[said:]

    def next_at(self) -> datetime | None:
        """The instant of whatever comes next."""
        episode = self.episode
        at = [stage.at for stage in outstanding(episode, self.authority)]
        at += [step.at for step in digest_steps(episode, self.authority, self.now)]
        for telling in tellings(episode, self.authority, self.now):
            step = next_step(episode, self.authority, telling.id, self.now)
            assert telling.open is (step is not None)
            at += [step.at] if step else []
        return min(at, default=None)

    def do(self) -> None:
        """Do one thing that is due: a stage before a telling, the latest stage first."""
        episode = self.episode
        due = [s for s in outstanding(episode, self.authority) if s.at <= self.now]
        if due:
            for event in perform(episode, self.authority, due[-1], self.now):
                self.record(event, self.now)
            self.log.append(due[-1].summary)
            return
        steps = [
            next_step(episode, self.authority, one.id, self.now)
            for one in tellings(episode, self.authority, self.now)
        ]
        steps += digest_steps(episode, self.authority, self.now)
        due_now = [s for s in steps if s and s.at <= self.now]
        if not due_now:
            return  # what was planned has ended since: the log was asked again
        step = min(due_now, key=lambda s: s.at)
        for event in perform_step(episode, step, self.now, delivered=self.delivers):
            self.record(event, self.now)
        said = f"{step.about} {step.role} by {step.channel}" if step.doing == "tell" else step.stage
        said += ", again" if step.doing == "tell" and not step.stage.endswith("/0") else ""
        self.log.append(said)

    def count(self, kind: type) -> int:
        """How many events of one kind the stream holds."""
        return sum(isinstance(one.event.said, kind) for one in self.events)

    @property
    def ladder(self) -> str:
        """The last ladder raised."""
        return [
            e.said.escalation
            for one in self.events
            if isinstance((e := one.event).said, EscalationRaised)
        ][-1]


def begin(at: str, *facts: Recorded, roles: tuple[str, ...] = ROLES) -> Play:
    """A story that begins at a London moment, with somebody in every role it names."""
    play = Play(here(source(), *(person(role) for role in roles)), moment(at))
    play.tell(*facts)
    return play


def promise(play: Play, *, until: date, owner: str = "head_of_service") -> Event:
    """A head of service's promise on the last ladder."""
    return acknowledge(
        play.episode, play.authority, play.ladder, by="head_of_service", owner=owner, until=until,
        reason="staff_capacity", token=f"form-{play.now}", now=play.now, note="Rooms are booked.",
    )  # fmt: skip
