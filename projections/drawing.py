"""Where each mark of a picture stands, in units of the drawing: pure numbers, no marks.

Pictures are 640 units wide, and are never shown narrower than that many pixels.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from domain.calendar import WorkingDays, london_date, midnight
from domain.clocks import Verdict
from domain.errors import CalendarExpired
from domain.standing import Standing
from projections.history import Judged
from projections.late_by_week import HIDDEN, SMALL, LateByWeek

WIDTH: Final = 640
LONGEST: Final = 120
"""A picture shows at most so many days: more would make a day too thin to see."""
AHEAD: Final = 21
"""It ends at most so many days after the moment it is drawn for."""
TICKS: Final = 6
LETTER: Final = 7.6
"""How wide a letter of 14 units is, on average."""
DAY: Final = timedelta(days=1)
OVER: Final = frozenset({Verdict.CANCELLED, Verdict.SUPERSEDED, Verdict.DECLINED})
NOT_SAID: Final = frozenset({Verdict.UNOBSERVABLE, Verdict.UNDECIDABLE, Verdict.AWAITING_FEED})


@dataclass(frozen=True)
class Span:
    """The days a picture shows: the first included, the last not."""

    first: date
    last: date

    def at(self, instant: datetime) -> float:
        """How far along the picture an instant stands; what lies outside stands at its edge."""
        begins, ends = midnight(self.first), midnight(self.last)
        part = (instant - begins) / (ends - begins)
        return round(WIDTH * min(1.0, max(0.0, part)), 1)


class Shade(NamedTuple):
    """Days that are not counted as working days, side by side."""

    x: float
    width: float


class Tick(NamedTuple):
    """A day that is named under a picture."""

    x: float
    on: date


class Triangle(NamedTuple):
    """A warning that was recorded, and whether anybody was told of it."""

    x: float
    told: bool


@dataclass(frozen=True)
class Bar:
    """One clock against time: how long was allowed, how long was too long, and its marks."""

    one: Judged
    x: float
    allowed: float
    """The width of the time that was in time."""
    late: float
    """The width of the time that was too late."""
    left: float
    """The width of the time still to come before it is due."""
    due: float | None
    """Where it is due; nothing where that lies outside the picture, or cannot be counted."""
    warned: tuple[Triangle, ...]
    """The warnings that were recorded of it, each where it was."""
    stopped: float | None


@dataclass(frozen=True)
class Picture:
    """A child's clocks against time."""

    span: Span
    shades: tuple[Shade, ...]
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]
    now: float
    left_out: int
    """How many clocks ended before the first day shown."""


def clocks_drawn(
    judged: Sequence[Judged], calendar: WorkingDays, moment: datetime
) -> Picture | None:
    """The picture of a child's clocks at a moment; nothing where no clock can be drawn."""
    if not judged:
        return None
    today = london_date(moment)
    ends = [london_date(min(one.clock.due_at, moment + AHEAD * DAY)) for one in judged]
    last = max([today, *ends]) + DAY
    first = max(min(one.clock.start.on for one in judged), last - LONGEST * DAY)
    span = Span(min(first, today), last)
    shown = [one for one in judged if ended_at(one, moment) > midnight(span.first)]
    return Picture(
        span,
        tuple(shades(span, calendar)),
        tuple(ticks(span)),
        tuple(bar(one, span, moment) for one in shown),
        span.at(moment),
        len(judged) - len(shown),
    )


def ended_at(one: Judged, moment: datetime) -> datetime:
    """When a clock ended, or the moment where it has not."""
    stop = one.clock.stop
    return moment if stop is None else min(stop.latest, moment)


def bar(one: Judged, span: Span, moment: datetime) -> Bar:
    """Where one clock stands."""
    clock = one.clock
    ended = ended_at(one, moment)
    start, end = span.at(clock.start.earliest), span.at(ended)
    has_stopped = clock.stop is not None and clock.stop.earliest <= moment
    judged_late = one.verdict not in OVER | NOT_SAID
    due = span.at(clock.due_at)
    allowed = max(start, min(due, end)) if one.verdict not in OVER else max(start, end)
    late = max(0.0, end - max(due, start)) if judged_late and ended > clock.due_at else 0.0
    left = 0.0 if has_stopped or clock.uncounted else max(0.0, due - end)
    inside = midnight(span.first) <= clock.due_at <= midnight(span.last)
    return Bar(
        one,
        start,
        round(allowed - start, 1),
        round(late, 1),
        round(left, 1),
        due if inside and not clock.uncounted else None,
        tuple(triangles(one, span)),
        end if has_stopped else None,
    )


def triangles(one: Judged, span: Span) -> Iterator[Triangle]:
    """Every warning recorded of a clock within the picture, even after what only later proved its stop."""
    for given in one.warned:
        if midnight(span.first) <= given.at < midnight(span.last):
            yield Triangle(span.at(given.at), bool(given.reached))


def shades(span: Span, calendar: WorkingDays) -> Iterator[Shade]:
    """Weekends and bank holidays, each run of them as one; beyond the calendar only weekends."""
    began: date | None = None
    day = span.first
    while day <= span.last:
        idle = day < span.last and is_idle(day, calendar)
        if idle and began is None:
            began = day
        elif not idle and began is not None:
            x = span.at(midnight(began))
            yield Shade(x, round(span.at(midnight(day)) - x, 1))
            began = None
        day += DAY


def is_idle(day: date, calendar: WorkingDays) -> bool:
    """Whether a day is no working day."""
    try:
        return not calendar.is_working(day)
    except CalendarExpired:
        return day.weekday() > 4  # noqa: PLR2004  (Friday is the last)


def ticks(span: Span) -> Iterator[Tick]:
    """A few days to name: every day or two of a short picture, else Mondays with room between them."""
    days = (span.last - span.first).days
    if days <= 2 * TICKS:
        day, step = span.first, timedelta(days=1 + (days > TICKS))
    else:
        day = span.first + timedelta(days=-span.first.weekday() % 7)
        step = timedelta(weeks=-(-days // (7 * TICKS)))
    while day < span.last:
        yield Tick(span.at(midnight(day)), day)
        day += step


class Away(NamedTuple):
    """One missing episode: a bar, open at its end while the child is out."""

    x: float
    width: float
    began: Standing
    ended: Standing | None


class Mark(NamedTuple):
    """Something that happened at one moment, and the row in which its word has room."""

    x: float
    word: str
    fact: Standing
    row: int


@dataclass(frozen=True)
class MissingLine:
    """A child's missing episodes and the interviews after them, on one line."""

    span: Span
    ticks: tuple[Tick, ...]
    episodes: tuple[Away, ...]
    marks: tuple[Mark, ...]
    rows: int


INTERVIEWS: Final = {
    "return-interview-offered": "offered",
    "return-interview-held": "held",
    "return-interview-declined": "declined",
}


def missing_drawn(facts: Iterable[Standing], moment: datetime) -> MissingLine | None:
    """The episodes and interviews known at a moment; nothing where the child was never missing."""
    known = [one for one in facts if one.earliest <= moment]
    began = [one for one in known if one.name == "missing-episode-started"]
    if not began:
        return None
    # Days run to the end of the last, so that the newest word has room.
    last = london_date(moment) + DAY
    first = max(min(one.on for one in began) - DAY, last - 365 * DAY)
    span = Span(first, last)
    ends = {
        getattr(one.fact, "missing_episode_ref", ""): one
        for one in known
        if one.name == "missing-episode-ended"
    }
    episodes = tuple(
        away(one, ends.get(getattr(one.fact, "missing_episode_ref", "")), span, moment)
        for one in began
        if one.on >= first
    )
    said = [one for one in known if one.name in INTERVIEWS and one.on >= first]
    marks = tuple(in_rows((span.at(one.earliest), INTERVIEWS[one.name], one) for one in said))
    rows = 1 + max((mark.row for mark in marks), default=-1)
    return MissingLine(span, tuple(ticks(span)), episodes, marks, rows)


def away(began: Standing, ended: Standing | None, span: Span, moment: datetime) -> Away:
    """One episode; too short a one is still a bar that can be seen."""
    x = span.at(began.earliest)
    end = span.at(moment if ended is None else ended.latest)
    return Away(min(x, WIDTH - 3.0), round(max(3.0, end - x), 1), began, ended)


def in_rows(marks: Iterable[tuple[float, str, Standing]]) -> Iterator[Mark]:
    """Each mark in the first row in which its word runs into no other's."""
    taken: list[float] = []
    for at, word, fact in marks:
        wide = len(word) * LETTER + 12
        x = min(at, WIDTH - wide)
        row = next((n for n, end in enumerate(taken) if end <= x), len(taken))
        taken[row : row + 1] = [x + wide]
        yield Mark(round(x, 1), word, fact, row)


class Column(NamedTuple):
    """The count of one week of one timescale."""

    x: float
    y: float
    height: float
    said: int
    """The count, or how it is hidden."""


class Band(NamedTuple):
    """One timescale's weeks."""

    timescale: str
    columns: tuple[Column, ...]


HIGH: Final = 60
"""How high the highest column is."""
ROOM: Final = 40
"""What is left above the highest column, for its number and the name of the timescale."""


def weeks_drawn(table: LateByWeek) -> tuple[Band, ...]:
    """A band of columns for each timescale, all to one scale that begins at zero."""
    counts = [line[:-1] for line in table.grid[:-1]]
    highest = max([SMALL, *(count for line in counts for count in line)])
    step = WIDTH / len(table.weeks)
    bands = []
    for name, line in zip(table.timescales, counts, strict=True):
        columns = []
        for n, count in enumerate(line):
            seen = SMALL if count == HIDDEN else max(0, count)
            height = round(HIGH * seen / highest, 1)
            columns.append(
                Column(round(n * step + step * 0.15, 1), ROOM + HIGH - height, height, count)
            )
        bands.append(Band(name, tuple(columns)))
    return tuple(bands)
