"""Figures: what ran late, week by week, as a picture, a table and a file that say the same numbers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from fastapi import Request, Response

from domain.access_rules import Action
from domain.words import say_day, say_title
from projections.drawing import Column, weeks_drawn
from projections.late_by_week import HIDDEN, SMALL, WITHHELD, LateByWeek, late_by_week, publishable
from projections.trust import Doubt, none_of, warned
from web.access import needs
from web.addresses import Addresses
from web.console.board import teams
from web.console.gate import access
from web.console.pages import Page, Pages
from web.console.picture_words import short_day
from web.console.spreadsheets import download
from web.console.trusted import believed

WEEKS: Final = (8, 4, 13)
"""How many weeks a figure can go back, the usual first."""
BAND: Final = 118
TITLE: Final = "What ran late, week by week"
FEW: Final = f"{SMALL} or fewer"


@dataclass(frozen=True)
class Asked:
    """What the address narrows the figure to."""

    weeks: int
    timescale: str
    team: str
    publish: bool
    """Whether small numbers are hidden, so that it may be published."""

    @property
    def query(self) -> str:
        """The same as an address."""
        said = {"weeks": self.weeks, "timescale": self.timescale, "team": self.team}
        said |= {"publish": "yes" if self.publish else ""}
        return "?" + urlencode({name: word for name, word in said.items() if word})


@dataclass(frozen=True)
class ColumnWords:
    """One column of the picture with the number that stands on it."""

    x: float
    y: float
    height: float
    count: int
    word: str


@dataclass(frozen=True)
class BandWords:
    """One timescale of the picture."""

    title: str
    columns: tuple[ColumnWords, ...]


@dataclass(frozen=True)
class WeeksPicture:
    """The picture with every word on it."""

    title: str
    description: str
    bands: tuple[BandWords, ...]
    weeks: tuple[tuple[float, str], ...]
    wide: float

    @property
    def height(self) -> int:
        """How high the drawing is."""
        return BAND * len(self.bands) + 10


def figures(pages: Pages) -> Addresses:
    """The pages and files of figures."""
    routes = pages.door()

    @routes.get("/figures/breaches")
    @needs(Action.SEE, "list")
    def late(request: Request) -> Response:
        return page_of(pages, request)

    @routes.get("/figures/breaches.csv")
    @needs(Action.SEE, "list")
    def file(request: Request) -> Response:
        asked = asked_in(request.query_params)
        doubts = believed(pages.parts, pages.parts.now(), access(request).visible).doubts
        found = counted(pages, request, asked)
        return download("late-by-week.csv", list(lines(pages, asked, found, doubts)))

    return routes


def asked_in(words: Mapping[str, str]) -> Asked:
    """What an address asks for; what cannot be read asks for the usual."""
    weeks = words.get("weeks", "")
    known = int(weeks) if weeks in {str(n) for n in WEEKS} else WEEKS[0]
    return Asked(
        known, words.get("timescale", ""), words.get("team", ""), bool(words.get("publish"))
    )


def counted(pages: Pages, request: Request, asked: Asked) -> LateByWeek:
    """The numbers, of what the reader may see; the small ones hidden where they are to be published."""
    found = late_by_week(
        pages.parts.views,
        pages.parts.code,
        pages.parts.now(),
        weeks=asked.weeks,
        timescale=asked.timescale or None,
        team=asked.team or None,
        visible=access(request).visible,
    )
    return publishable(found) if asked.publish else found


def page_of(pages: Pages, request: Request) -> Response:
    """The page itself: the answer first, then picture and table of the same numbers."""
    parts, asked = pages.parts, asked_in(request.query_params)
    table, now = counted(pages, request, asked), parts.now()
    authority, sure = parts.authority(parts.code), believed(parts, now, access(request).visible)
    rules = sorted(authority.policy.timescales, key=say_title)
    return pages.show(
        request,
        "late_by_week.html",
        Page(TITLE, "figures", (("Board", "/board"),)),
        asked=asked,
        answer=answer(table, sure=not sure.doubts),
        picture=picture(pages, table, sure.doubts) if table.timescales else None,
        heads=[f"Week of {short_day(week)}" for week in table.weeks],
        rows=list(rows(pages, table, sure.doubts)),
        any_hidden=any(count < 0 for line in table.grid for count in line),
        trust=sure,
        weeks=[{"value": n, "text": f"Last {n} weeks"} for n in sorted(WEEKS)],
        timescales=[{"value": "", "text": "All timescales"}]
        + [{"value": rule.id, "text": say_title(rule)} for rule in rules],
        teams=[{"value": "", "text": "All teams"}]
        + [{"value": team, "text": team} for team in teams(authority)],
    )


def said(count: int) -> str:
    """A count in words: small ones hidden are said so, never as zero."""
    return {HIDDEN: FEW, WITHHELD: "Not shown"}.get(count, f"{count:,}")


def answer(table: LateByWeek, *, sure: bool) -> str:
    """The figure in one sentence; never falsely none."""
    since = f"since {say_day(table.weeks[0])}"
    if table.total == 0 and not sure:
        return f"Not known: whether anything ran late {since}."
    if table.total == 0:
        return f"Nothing that fell due {since} ran late, as far as is known."
    if table.total == WITHHELD:
        return f"How many timescales ran late {since} is not shown."
    verb = "timescale" if table.total == 1 else "timescales"
    at_least = "" if sure or table.total < 0 else "At least "
    return f"{at_least}{said(table.total)} {verb} ran late {since}."


def rows(
    pages: Pages, table: LateByWeek, doubts: Sequence[Doubt]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each line of the table: its name, and its counts in words."""
    names = [*(title_of(pages, one) for one in table.timescales), "All"]
    for name, line in zip(names, table.grid, strict=True):
        yield name, none_of(map(said, line), doubts)


def title_of(pages: Pages, timescale: str) -> str:
    """A timescale in words; its id where the rules no longer know it."""
    rules = pages.parts.authority(pages.parts.code).policy.timescales
    return next((say_title(rule) for rule in rules if rule.id == timescale), timescale)


def lines(
    pages: Pages, asked: Asked, table: LateByWeek, doubts: Sequence[Doubt]
) -> Iterator[list[str]]:
    """The rows of the file: what is doubtful, the question, then the numbers of the page and nothing else."""
    yield from ([one] for one in warned(doubts, "these figures"))
    yield [TITLE, f"/figures/breaches{asked.query}"]
    yield ["timescale", *(f"week of {week.isoformat()}" for week in table.weeks), "all"]
    for name, counts in rows(pages, table, doubts):
        yield [name, *counts]


def picture(pages: Pages, table: LateByWeek, doubts: Sequence[Doubt]) -> WeeksPicture:
    """The picture with the numbers on its columns."""
    step = 640 / len(table.weeks)
    bands = tuple(
        BandWords(
            title_of(pages, band.timescale),
            tuple(column(one, sure=not doubts) for one in band.columns),
        )
        for band in weeks_drawn(table)
    )
    heads = [short_day(week) for week in table.weeks]
    told = " ".join(
        f"{name}: "
        + ", ".join(f"week of {head} {count}" for head, count in zip(heads, counts, strict=False))
        + "."
        for name, counts in rows(pages, table, doubts)
    )
    return WeeksPicture(
        f"{TITLE}, since {say_day(table.weeks[0])}",
        told,
        bands,
        tuple((round((n + 0.5) * step, 1), head) for n, head in enumerate(heads)),
        round(step * 0.7, 1),
    )


def column(one: Column, *, sure: bool = True) -> ColumnWords:
    """A column with its number; nought is not known where there is a doubt."""
    nought = "0" if sure else "?"
    word = {HIDDEN: f"≤{SMALL}", WITHHELD: "–", 0: nought}.get(one.said, str(one.said))
    return ColumnWords(one.x, one.y, one.height, one.said, word)
