"""The command that prints how much was done in time, or writes it as a file."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import NamedTuple

from commands.asking import asked
from commands.doubting import say_doubts, trusted
from commands.doubting import written as doubts_written
from commands.printing import DONE, LOOK, Options, WrongCommand, document, table
from domain.calendar import london_date
from domain.words import say_day, say_moment
from formats.export import as_csv, printed
from formats.workbook import workbook
from projections import long_plans
from projections.timeliness import (
    BY_NAME,
    FIGURES,
    HEADINGS,
    Figure,
    Share,
    Timeliness,
    cells,
    timeliness,
)
from projections.trust import Doubt, none_of, warned

FILES = ("csv", "xlsx", "pdf")


class Said(NamedTuple):
    """A figure as a table with what is said of it."""

    title: str
    days: str
    sentence: str
    source: str
    headings: Sequence[str]
    rows: Sequence[tuple[str, ...]]


def every_figure(options: Options) -> int:
    """What each figure is called and says."""
    plans = {"name": long_plans.NAME, "title": long_plans.TITLE, "source": long_plans.SOURCE}
    if options.json:
        document([*map(asdict, FIGURES), plans])
    else:
        listed = [(one.name, one.title) for one in FIGURES]
        table(("Figure", "What it says"), [*listed, (long_plans.NAME, long_plans.TITLE)], "")
    return DONE


def figures(options: Options) -> int:
    """One figure by quarter and team; without a name, every figure there is."""
    if options.name is None:
        return every_figure(options)
    if options.name == long_plans.NAME:
        return plans_open(options)
    figure = BY_NAME.get(options.name)
    if figure is None:
        message = f"{options.name}: no figure is called so: `daymark figures` lists them"
        raise WrongCommand(message)
    now = datetime.now(UTC)
    days = days_asked(options, london_date(now))
    with asked() as daymark:
        doubts = trusted(daymark, now).doubts
        found = timeliness(
            daymark.views,
            daymark.settings.authority,
            now,
            figure,
            quarters=options.quarters,
            days=days,
            team=options.team,
        )
    said = Said(
        figure.title,
        span(found),
        f"{figure.title}, of {figure.of}, {span(found)}.",
        figure.source,
        HEADINGS,
        list(rows(found, doubts)),
    )
    return shown(options, said, as_document(figure, found), now, doubts)


def plans_open(options: Options) -> int:
    """How many plans were open at the end of each quarter, and how many of them for long."""
    if options.since or options.to:
        message = f"{long_plans.NAME} is counted at the ends of quarters: say --quarters"
        raise WrongCommand(message)
    now = datetime.now(UTC)
    with asked() as daymark:
        doubts = trusted(daymark, now).doubts
        found = long_plans.long_plans(
            daymark.views, daymark.authority(), now, quarters=options.quarters, team=options.team
        )
    said = Said(
        long_plans.TITLE,
        f"to {say_day(london_date(now))}",
        long_plans.answer(found, sure=not doubts),
        long_plans.SOURCE,
        tuple(long_plans.headings(found)),
        list(long_plans.lines(found, doubts)),
    )
    named = {"name": long_plans.NAME, "title": long_plans.TITLE, "source": long_plans.SOURCE}
    return shown(options, said, named | asdict(found), now, doubts)


def shown(
    options: Options,
    said: Said,
    for_machines: dict[str, object],
    now: datetime,
    doubts: Sequence[Doubt],
) -> int:
    """A figure as it was asked for: as files, for machines, or as a table with what makes it doubtful."""
    look = LOOK if doubts else DONE
    if not write_files(options, said, now, doubts) and options.json:
        document(for_machines | {"doubts": doubts_written(doubts)})
        return look
    say_doubts(doubts, "these figures")
    if not any(getattr(options, kind) for kind in FILES):
        print(f"{said.sentence}\n{said.source}\n")
        table(("Of", *said.headings), said.rows, "")
    return look


def days_asked(options: Options, today: date) -> tuple[date, date] | None:
    """The days that were asked for; nothing where quarters were."""
    if options.since is None:
        if options.to is not None:
            message = "--to needs --from: from which day on?"
            raise WrongCommand(message)
        return None
    last = options.to or today
    if last < options.since:
        message = f"{options.since} comes after {last}: --from is the first day, --to the last"
        raise WrongCommand(message)
    return options.since, last


def write_files(options: Options, said: Said, now: datetime, doubts: Sequence[Doubt]) -> list[str]:
    """The files that were asked for, each named once it is written."""
    lines = [["", *said.headings], *map(list, said.rows)]
    mark = f"{said.title}, {said.days}; worked out {say_moment(now)}"
    doubted = warned(doubts, "these figures")
    heads = [*([one] for one in doubted), [mark], [said.source]]
    makers = {
        "csv": lambda: as_csv([*heads, *lines]),
        "xlsx": lambda: workbook("Figures", [*heads, *lines]),
        "pdf": lambda: printed(
            {
                "title": said.title,
                "mark": mark,
                "account": [said.sentence, said.source, *doubted],
                "parts": [{"title": "By quarter and team", "rows": lines}],
            }
        ),
    }
    written = []
    for kind in FILES:
        path = getattr(options, kind)
        if path is not None:
            path.write_bytes(makers[kind]())
            print(f"{path} is written.")
            written.append(kind)
    return written


def span(found: Timeliness) -> str:
    """The days of a figure in words."""
    return f"{say_day(found.first)} to {say_day(found.last)}"


def rows(found: Timeliness, doubts: Sequence[Doubt]) -> Iterator[tuple[str, ...]]:
    """The table: each quarter, all of them together, each team; nought is not known where doubted."""
    for one in found.quarters:
        yield f"from {date.fromisoformat(one.of):%B %Y}", *none_of(cells(one), doubts)
    yield "all", *none_of(cells(found.together), doubts)
    for one in found.teams:
        yield f"team {one.of or 'none'}", *none_of(cells(one), doubts)


def as_document(figure: Figure, found: Timeliness) -> dict[str, object]:
    """The figure for machines: its definition, its days, every share, and the same as plain rows."""
    parts = {"quarters": found.quarters, "teams": found.teams, "together": (found.together,)}
    shares = {
        name: [asdict(one) | {"percent": one.percent} for one in some]
        for name, some in parts.items()
    }
    plain = [
        row_of(f"{kind}/{one.of}" if one.of else kind, one)
        for kind, some in (("quarter", found.quarters), ("team", found.teams))
        for one in some
    ]
    plain.append(row_of("all", found.together))
    return {**asdict(figure), "from": found.first, "to": found.last, **shares, "rows": plain}


def row_of(name: str, one: Share) -> dict[str, object]:
    """One share as a plain row: of a hundred, and of how many."""
    return {
        "id": name,
        "label": one.of or name,
        "ours": one.percent,
        "numerator": one.in_time,
        "denominator": one.whole,
    }
