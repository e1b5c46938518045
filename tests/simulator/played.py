"""The engine driven through time over one story: everything done once, nothing early, nothing missed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from domain.authority import Authority, authority
from domain.child_episode import ChildEpisode, outstanding, perform
from domain.clocks import Clock
from domain.engine_events import (
    BreachCured,
    BreachWorsened,
    ClockRetimed,
    TimescaleBreached,
    TimescaleWarned,
)
from domain.event import Event, Recorded
from domain.joining import by_reference, joined_history
from domain.stages import Stage
from tests.histories import CODE, STREAM
from tests.simulator import oracle
from tests.simulator.compared import INSTANT, STREAMS, Trial, differ, law, named
from tests.simulator.joins import FIRST
from tests.simulator.oracle import Watch

ENOUGH: Final = 400
"""More stages than any story has: a plan that never ends."""
LAST: Final = timedelta(days=800)
"""How long the engine is watched after the last recording."""

NEVER_CURED: Final = "no breach is ever cured"
TWICE: Final = "a breach is recorded twice"
EARLY: Final = "a breach is recorded a second early"
LOST_TIMER: Final = "a lost timer is never found"
BELIEVED: Final = "a timer is believed without asking the log"
FALSE_ALL_CLEAR: Final = "what nobody can tell any more is called sound"
FAULTS: Final = (NEVER_CURED, TWICE, EARLY, LOST_TIMER, BELIEVED, FALSE_ALL_CLEAR)
"""Faults that can be planted in the driving of the engine, to see that they are noticed."""


@dataclass(frozen=True)
class Remembering(ChildEpisode):
    """A child whose clocks are worked out once for as long as no fact is added."""

    memory: dict[tuple[int, int], tuple[Clock, ...]] = field(default_factory=dict)

    def clocks(self, authority: Authority) -> tuple[Clock, ...]:
        """Every clock; what Daymark itself records changes none."""
        key = (id(authority), len(self.facts) + len(self.joined) * ENOUGH)
        if key not in self.memory:
            self.memory.clear()
            self.memory[key] = super().clocks(authority)
        return self.memory[key]


@dataclass
class Played:
    """The engine driven through time over one story: facts come when they were recorded."""

    trial: Trial
    events: list[Recorded] = field(default_factory=list)
    office: list[Recorded] = field(default_factory=list)
    others: list[Recorded] = field(default_factory=list)
    """What is told under other references, of which some may prove to be the same child."""
    names: set[tuple[str, str]] = field(default_factory=set)
    told: dict[str, bool] = field(default_factory=dict)
    """For each clock whether a breach stands recorded."""
    dues: dict[str, datetime] = field(default_factory=dict)
    """For each clock of which something was said, when people were told it is due."""
    memory: dict[tuple[int, int], tuple[Clock, ...]] = field(default_factory=dict)
    mine: dict[str, Watch] = field(default_factory=dict)
    here: Authority = field(init=False)
    heard: int = -1
    """How much of what the authority says `here` knows."""

    @property
    def fault(self) -> str:
        """The fault put in on purpose."""
        return self.trial.fault

    @property
    def episode(self) -> ChildEpisode:
        """The child as the log now tells of it."""
        events = tuple(self.events)
        joined: tuple[Recorded, ...] = ()
        if self.others:
            every = dict.fromkeys(STREAMS, ()) | by_reference(self.others) | {FIRST: events}
            joined = joined_history(FIRST, every)
        return Remembering(STREAM, CODE, FIRST, len(events), events, joined, memory=self.memory)

    def run(self) -> None:
        """From one recording to the next, and long beyond the last."""
        comes = sorted([*self.trial.facts, *self.trial.office], key=lambda one: one.recorded_at)
        judges = law(optional=self.trial.story.optional)
        for number, one in enumerate(comes):
            before = self.planned() if self.fault == BELIEVED else []
            self.take(one)
            later = comes[number + 1 :]
            until = later[0].recorded_at if later else one.recorded_at + LAST
            if not self.events or until == one.recorded_at:
                continue
            if self.heard != len(self.office):
                self.heard = len(self.office)
                self.here = authority(CODE, judges.policy, judges.calendar, self.office, judges)
            self.memory.clear()
            self.mine = self.trial.mine(one.recorded_at)
            self.work(one.recorded_at, until, before)
            self.check(until if not later else until - INSTANT)

    def take(self, one: Recorded) -> None:
        """Put a fact into its stream, and into the log after everything before it."""
        stream = self.office
        if one.event.kind == "child":
            stream = self.events if one.event.subject == FIRST else self.others
        place = len(self.events) + len(self.others) + 1
        stream.append(Recorded(one.event, one.stream, len(stream) + 1, place, one.recorded_at))

    def planned(self) -> list[tuple[Stage, tuple[Event, ...]]]:
        """The breaches that a timer now waits for, and what it would record if nobody asked again."""
        if not self.mine:
            return []
        episode = self.episode
        waits = [one for one in outstanding(episode, self.here) if one.doing == "breach"]
        return [(one, perform(episode, self.here, one, one.at)) for one in waits]

    def work(
        self,
        now: datetime,
        until: datetime,
        before: list[tuple[Stage, tuple[Event, ...]]],
    ) -> None:
        """Do whatever falls due before the next recording, in the order a worker would."""
        for stage, events in before:
            if now < stage.at < until:
                for event in events:
                    self.record(event, stage.at)
        ahead = timedelta(seconds=self.fault == EARLY)
        while stages := self.asked():
            due = [one for one in stages if one.at <= now + ahead]
            if due:
                for event in perform(self.episode, self.here, due[-1], now):
                    self.record(event, now)
                    if self.fault == TWICE:
                        self.record(event, now)
            elif stages[0].at >= until:
                return
            else:
                now = max(now, stages[0].at - ahead)

    def asked(self) -> list[Stage]:
        """What the product says is still to be done, but for what a planted fault forgets."""
        stages = outstanding(self.episode, self.here)
        if self.fault == FALSE_ALL_CLEAR:
            stages = (*map(self.all_clear, self.unknown()), *stages)
        forgotten = {NEVER_CURED: "cure", LOST_TIMER: "breach"}.get(self.fault)
        return [one for one in stages if one.doing != forgotten]

    def unknown(self) -> list[str]:
        """The clocks of which a breach stands recorded, and nobody can tell any more."""
        found = ((key, self.mine.get(key)) for key, stands in self.told.items() if stands)
        return [key for key, watch in found if watch and oracle.nobody_knows(watch)]

    def all_clear(self, key: str) -> Stage:
        """A cure that nothing has shown."""
        version = self.episode.told[key].version
        rule = self.mine[key].rule.id
        at = self.events[-1].recorded_at
        return Stage(key, version, "cured", "cure", at, rule, "cured for want of anybody who knows")

    def record(self, event: Event, now: datetime) -> None:
        """Append what the engine did, and look whether it was asked for twice."""
        name = event.source, event.id
        if name in self.names:
            differ(f"{named(event.source)} was asked twice for {event.id}")
        if len(self.names) > ENOUGH:
            differ("the plan never ends")
        self.names.add(name)
        number = len(self.events) + 1
        place = number + len(self.others)
        self.events.append(Recorded(event, STREAM, number, place, now))
        self.hear(event, now)

    def hear(self, event: Event, now: datetime) -> None:
        """What is now said of a clock; a breach that is none is an alarm without a cause."""
        said = event.said
        match said:
            case TimescaleBreached():
                watch = self.mine.get(said.clock)
                if watch is None or not oracle.broken(watch, now):
                    differ(f"a breach of {named(said.clock)} was recorded at {now}: it is none")
                if self.told.get(said.clock):
                    differ(f"a breach of {named(said.clock)} was recorded twice")
                self.told[said.clock], self.dues[said.clock] = True, said.due_at
            case BreachCured():
                watch = self.mine.get(said.clock)
                if watch is not None and not oracle.shown_sound(watch):
                    differ(f"{named(said.clock)} is called sound, and nothing shows that it is")
                self.told[said.clock] = False
                self.dues.pop(said.clock, None)
            case ClockRetimed():  # a new version, of which no breach is recorded yet
                self.told[said.clock], self.dues[said.clock] = False, said.due_at
            case TimescaleWarned() | BreachWorsened():
                self.dues[said.clock] = said.due_at
            case _:
                pass

    def check(self, now: datetime) -> None:
        """What stands recorded is what the oracle says of every clock at this instant."""
        for key, watch in self.mine.items():
            broken, told = oracle.broken(watch, now), self.told.get(key, False)
            # A breach told while a feed was late is not taken back because it has spoken again,
            # nor because nobody can tell any more; then nothing else is told of it either.
            waits = told and oracle.verdict(watch, now) == "awaiting-feed"
            stands = told and oracle.nobody_knows(watch)
            if broken != told and not waits and not stands:
                what = "broken, and no breach stands" if broken else "sound, and a breach stands"
                differ(f"{named(key)} is {what} recorded at {now:%Y-%m-%d %H:%M:%S}")
            if stands or not watch.countable:
                continue
            if key in self.dues and self.dues[key] != watch.due:
                last = self.dues[key]
                differ(f"{named(key)} is due {watch.due}, and people were last told {last}")
        for key in (key for key, stands in self.told.items() if stands):
            if key not in self.mine:
                differ(f"{named(key)} never was, and a breach of it stands recorded")
