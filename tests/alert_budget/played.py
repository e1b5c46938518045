"""Plays stories in virtual time while nobody answers, and counts who is told what."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from domain.authority import Authority
from domain.calendar import london_date
from domain.child_episode import ChildEpisode, from_history, outstanding, perform
from domain.engine_events import ManagerNotified
from domain.escalation import STEPS, perform_step
from domain.event import Event, Recorded
from domain.raised import Raised, raised_tellings
from domain.telling_steps import Step
from tests.alert_budget.year import DAYS, FIRST, TEAM, WEEKS, Story
from tests.histories import STREAM, here, of_authority, person, source

FIRST_LINE: Final = (
    "team_manager",
    "mash_team_manager",
    "early_help_team_manager",
    "return_interview_team_manager",
)
AFTERWARDS: Final = timedelta(days=70)
"""How long a story goes on after the last fact of its child."""
LONGEST_CLIMB: Final = timedelta(days=28)
"""How long the longest ladder climbs: ten working days and one, over Easter or Christmas."""


def everybody() -> Authority:
    """An authority in which every role of every ladder has somebody, and a panel that sits."""
    bare = here(source())
    roles = {rung.role for ladder in bare.policy.ladders.values() for rung in ladder.rungs}
    people = [person(role) for role in sorted(roles - {"team_manager"})]
    people.append(person("emergency_duty_team"))
    people.append(person("team_manager", team_ref=TEAM))
    sits = [FIRST + timedelta(days=number) for number in range(2, DAYS + 60, 28)]
    panel = of_authority(
        "panel-sittings-published", panel="macse",
        sittings=[{"sits_on": f"{on}", "cutoff_on": f"{on - timedelta(days=5)}"} for on in sits],
    )  # fmt: skip
    return here(source(), *people, panel)


@dataclass
class Played:
    """What a year of stories led to."""

    singles: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Single messages by person and week."""
    digests: dict[str, set[datetime]] = field(default_factory=dict)
    """The mornings on which a person's digest had something in it."""
    lines: Counter[str] = field(default_factory=Counter)
    """Lines of digests by person."""
    rules: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Single messages by person and rule."""
    stories: int = 0
    ladders: int = 0
    climbed: int = 0
    """How many ladders nothing ended, so that they had to reach their end."""
    critical: int = 0
    """How many of these were of an hour clock, a duty or an expiry."""
    fell_short: list[str] = field(default_factory=list)
    """Those that did not, by rule."""

    def a_week(self, person: str) -> float:
        """Single messages a working week, on average over the year."""
        return sum(n for (who, _), n in self.singles.items() if who == person) / WEEKS

    def worst_week(self, person: str) -> int:
        """The most single messages of one week."""
        return max((n for (who, _), n in self.singles.items() if who == person), default=0)

    def play(self, stories: Iterable[Story], authority: Authority) -> "Played":
        """Let each story happen, with everything the engine does meanwhile."""
        for story in stories:
            self.stories += 1
            ends = story.told[-1].recorded_at + AFTERWARDS
            self._look_at(played(story, authority), authority, ends)
        return self

    def _look_at(self, episode: ChildEpisode, authority: Authority, ends: datetime) -> None:
        for one in episode.engine:
            said = one.event.said
            if isinstance(said, ManagerNotified) and said.person is not None:
                self._count(said, said.person, one.recorded_at)
        for raised in raised_tellings(episode, authority).values():
            if raised.kind == "breach":
                self._climbed(raised, ends)

    def _count(self, said: ManagerNotified, person: str, at: datetime) -> None:
        week = (london_date(at) - FIRST).days // 7
        if not 0 <= week < WEEKS:
            return
        if said.channel == "digest":
            self.digests.setdefault(person, set()).add(at)
            self.lines[person] += 1
        else:
            self.singles[person, week] += 1
            self.rules[person, said.timescale] += 1

    def _climbed(self, one: Raised, ends: datetime) -> None:
        self.ladders += 1
        if one.at > ends - LONGEST_CLIMB:
            return  # the story ends before it can have got there
        if one.superseded or (one.clock is not None and one.clock.stop is not None):
            return
        if one.clock is None or one.clock.provisional or one.clock.ending is not None:
            return
        self.climbed += 1
        self.critical += one.single
        told = {event.rung for event, _ in one.told if event.person is not None}
        if not one.exhausted or told < {rung.rung for rung in one.ladder.climb}:
            self.fell_short.append(one.timescale)


def played(story: Story, authority: Authority) -> ChildEpisode:
    """A child's whole stream: its facts as they come, and what is due between them."""
    events: list[Recorded] = []
    now = story.told[0].recorded_at
    end = story.told[-1].recorded_at + AFTERWARDS

    def append(event: Event, at: datetime) -> None:
        number = len(events) + 1
        events.append(Recorded(event, STREAM, number, number, at))

    for index, one in enumerate(story.told):
        now = max(now, one.recorded_at)
        append(one.event, now)
        following = story.told[index + 1].recorded_at if index + 1 < len(story.told) else end
        while (at := do_next(events, authority, now, following, append)) is not None:
            now = at
    return from_history(tuple(events))


def do_next(
    events: list[Recorded],
    authority: Authority,
    now: datetime,
    before: datetime,
    append: Callable[[Event, datetime], None],
) -> datetime | None:
    """Do whatever is due first before an instant, and say when that was; nothing where nothing is."""
    episode = from_history(tuple(events))
    stages = [(max(stage.at, now), stage) for stage in outstanding(episode, authority)]
    stage_at = min((at for at, _ in stages), default=before)
    steps: list[Step] = []
    for raised in raised_tellings(episode, authority).values() if episode.engine else ():
        if not raised.ended(now):
            steps += STEPS[raised.kind](raised, episode, authority, now)
    step = min(steps, key=lambda one: one.at, default=None)
    step_at = before if step is None else max(step.at, now)
    at = min(stage_at, step_at)
    if at >= before:
        return None
    if stage_at <= step_at:
        # The latest of what is overdue, as the engine does.
        last = [stage for when, stage in stages if when <= at][-1]
        done = perform(episode, authority, last, at)
    else:
        assert step is not None
        done = perform_step(episode, step, at, delivered=True)
    for event in done:
        append(event, at)
    return at
