"""The words of a child's pictures: what stands on each mark, and what is read out to who cannot see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from domain.calendar import london_date
from domain.engine_events import ManagerNotified
from domain.standing import standing
from domain.words import (
    how_late,
    say_day,
    say_due,
    say_list,
    say_moment,
    say_time,
    say_title,
    say_when,
    time_left,
)
from formats.people import Person
from projections.drawing import (
    Away,
    Bar,
    MissingLine,
    Picture,
    Tick,
    clocks_drawn,
    missing_drawn,
)
from projections.history import Judged
from projections.warned import Warned
from web.console.statuses import OUTSTANDING, Tag, tag

if TYPE_CHECKING:
    from web.console.children import Told

ROW: Final = 64
"""How high the room of one clock is."""
LONGEST_LABEL: Final = 78


@dataclass(frozen=True)
class BarWords:
    """One clock of the picture, with its words."""

    bar: Bar
    y: int
    key: str
    title: str
    label: str
    tag: Tag
    started: str
    due: str
    due_short: str
    stopped: str
    distance: str
    warned: tuple[str, ...]
    """Each warning that was recorded: when, and who was told of it."""


@dataclass(frozen=True)
class ClocksPicture:
    """The picture of a child's clocks with every word on it."""

    picture: Picture
    rows: tuple[BarWords, ...]
    title: str
    description: str
    ticks: tuple[tuple[Tick, str], ...]
    now: str
    """What the line of the moment says."""

    @property
    def height(self) -> int:
        """How high the drawing is, the days under it included."""
        return ROW * len(self.rows) + 54


def clocks_against_time(
    found: Sequence[Judged], told: "Told", people: Mapping[str, Person]
) -> ClocksPicture | None:
    """The picture of a record's clocks; nothing where there is none to draw."""
    drawn = clocks_drawn(found, told.history.authority.calendar, told.moment)
    if drawn is None:
        return None
    rows = tuple(bar_words(bar, n, told, people) for n, bar in enumerate(drawn.bars))
    begins, ends = say_day(drawn.span.first), say_day(drawn.span.last)
    said = " ".join(
        f"{one.title}: started {one.started}, due by {one.due}, {one.tag.text.lower()}"
        f"{', ' + one.distance if one.distance else ''}"
        f"{', stopped ' + one.stopped if one.stopped else ''}"
        f"{', warned: ' + '; '.join(one.warned) if one.warned else ''}."
        for one in rows
    )
    return ClocksPicture(
        drawn,
        rows,
        f"Timescales of child {told.history.reference} from {begins} to {ends}",
        said or "Every timescale ended before these days.",
        short_days(drawn.ticks),
        "now" if told.view.is_now else "then",
    )


def bar_words(bar: Bar, n: int, told: "Told", people: Mapping[str, Person]) -> BarWords:
    """One clock, with what is said of it at the moment of the view."""
    clock, calendar = bar.one.clock, told.history.authority.calendar
    outstanding = bar.one.verdict in OUTSTANDING
    status = tag(clock, bar.one.verdict)
    distance = ""
    if status.colour in {"red", "orange"}:
        distance = f"late by {how_late(clock, told.moment, calendar)}"
    elif outstanding and status.colour in {"blue", "yellow"}:
        left = time_left(clock, told.moment, calendar)
        distance = "runs out today" if left == "today" else f"{left} left"
    label = f"{say_title(clock.timescale)}: {distance or status.text.lower()}"
    if len(label) > LONGEST_LABEL:
        label = f"{label[: LONGEST_LABEL - 1].rstrip()}…"
    due_on = clock.due_on or london_date(clock.due_at)
    return BarWords(
        bar,
        n * ROW,
        clock.key,
        say_title(clock.timescale),
        label,
        status,
        say_when(clock.start),
        "a day that cannot be counted" if clock.uncounted else say_due(clock),
        f"due {short_day(due_on)}",
        say_when(clock.stop) if clock.stop and not outstanding else "",
        distance,
        tuple(say_warned(one, people) for one in bar.one.warned),
    )


def say_warned(one: Warned, people: Mapping[str, Person]) -> str:
    """A warning as it was recorded: when, and who was told of it and when."""
    told = dict[str, list[str]]()
    for event, at in one.reached:
        told.setdefault(later(at, one.at), []).append(named(event, people))
    said = [f"told {say_list(names, 'and')}{at}" for at, names in told.items()]
    said = said or ["nobody was told"]
    if one.missed:
        names = dict.fromkeys(named(event, people) for event, _ in one.missed)
        said.append(f"{say_list(list(names), 'and')} could not be told")
    return f"{say_moment(one.at)}: {say_list(said, 'and')}"


def later(at: datetime, than: datetime) -> str:
    """When something came after something else; empty where it came in the same minute."""
    if say_moment(at) == say_moment(than):
        return ""
    same_day = london_date(at) == london_date(than)
    return f" at {say_time(at)}" if same_day else f" on {say_moment(at)}"


def named(event: ManagerNotified, people: Mapping[str, Person]) -> str:
    """Whoever was told, by name, or by the id of a person who is not known any more."""
    person = people.get(event.person or "")
    return person.name if person else (event.person or "")


@dataclass(frozen=True)
class AwayWords:
    """One missing episode of the line, with its words."""

    away: Away
    began: str
    ended: str


@dataclass(frozen=True)
class MissingPicture:
    """The line of missing episodes and interviews with every word on it."""

    line: MissingLine
    episodes: tuple[AwayWords, ...]
    interviews: tuple[tuple[str, str], ...]
    """Each interview: what became of it, and when."""
    title: str
    description: str
    ticks: tuple[tuple[Tick, str], ...]

    @property
    def height(self) -> int:
        """How high the drawing is."""
        return 62 + 24 * self.line.rows


def missing_line(told: "Told") -> MissingPicture | None:
    """The line of a record; nothing where the child was never missing."""
    lines = [line.recorded for line in told.history.lines]
    drawn = missing_drawn(standing(lines), told.moment)
    if drawn is None:
        return None
    episodes = tuple(
        AwayWords(
            one, say_when(one.began), say_when(one.ended) if one.ended else "no return recorded"
        )
        for one in drawn.episodes
    )
    interviews = tuple((mark.word, say_when(mark.fact)) for mark in drawn.marks)
    said = [f"Missing from {one.began} to {one.ended}." for one in episodes]
    said += [f"Return interview {word} {when}." for word, when in interviews]
    count = "1 missing episode" if len(episodes) == 1 else f"{len(episodes)} missing episodes"
    begins, ends = say_day(drawn.span.first), say_day(drawn.span.last)
    return MissingPicture(
        drawn,
        episodes,
        interviews,
        f"{count} between {begins} and {ends}",
        " ".join(said),
        short_days(drawn.ticks),
    )


def short_days(ticks: Sequence[Tick]) -> tuple[tuple[Tick, str], ...]:
    """The days under a picture, each with its words."""
    return tuple((tick, short_day(tick.on)) for tick in ticks)


def short_day(day: object) -> str:
    """A day without its year: 5 Jan."""
    return f"{day:%d %b}".lstrip("0")
