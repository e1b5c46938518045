"""How much was done in time: one figure by quarter and team, as picture, table and file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from fastapi import Request, Response

from domain.access_rules import Action
from domain.calendar import ONE_DAY, add_months
from domain.words import say_day
from projections.timeliness import (
    BY_NAME,
    FIGURES,
    HEADINGS,
    QUARTER,
    Figure,
    Share,
    Timeliness,
    cells,
    timeliness,
)
from projections.trust import Doubt, none_of, warned
from web.access import needs
from web.addresses import Addresses
from web.console.board import teams
from web.console.gate import access
from web.console.pages import Page, Pages
from web.console.spreadsheets import download
from web.console.trusted import believed

QUARTERS: Final = (4, 8, 12)
"""How many quarters a figure can go back, the usual first."""
TALL: Final = 120
TITLE: Final = "How much was done in time"


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    figure: Figure
    quarters: int
    team: str

    @property
    def query(self) -> str:
        """The same as an address."""
        said = {"figure": self.figure.name, "quarters": self.quarters, "team": self.team}
        return "?" + urlencode({name: word for name, word in said.items() if word})


@dataclass(frozen=True)
class Bar:
    """One quarter of the picture: where its bar stands, how high, and the share on it."""

    x: float
    height: float
    word: str
    quarter: str


def shares(pages: Pages) -> Addresses:
    """The page and the file of figures of timeliness."""
    routes = pages.door()

    @routes.get("/figures/timeliness")
    @needs(Action.SEE, "list")
    def page(request: Request) -> Response:
        return page_of(pages, request)

    @routes.get("/figures/timeliness.csv")
    @needs(Action.SEE, "list")
    def file(request: Request) -> Response:
        asked = asked_in(request.query_params)
        doubts = believed(pages.parts, pages.parts.now(), access(request).visible).doubts
        found = counted(pages, request, asked)
        return download("done-in-time.csv", list(lines(asked, found, doubts)))

    return routes


def asked_in(words: Mapping[str, str]) -> Asked:
    """What an address asks for; what cannot be read asks for the usual."""
    figure = BY_NAME.get(words.get("figure", ""), FIGURES[0])
    quarters = words.get("quarters", "")
    known = int(quarters) if quarters in {str(n) for n in QUARTERS} else QUARTERS[0]
    return Asked(figure, known, words.get("team", ""))


def counted(pages: Pages, request: Request, asked: Asked) -> Timeliness:
    """The numbers, of what the reader may see."""
    parts = pages.parts
    return timeliness(
        parts.views,
        parts.code,
        parts.now(),
        asked.figure,
        quarters=asked.quarters,
        team=asked.team or None,
        visible=access(request).visible,
    )


def page_of(pages: Pages, request: Request) -> Response:
    """The page itself: the answer first, then picture and tables of the same numbers."""
    parts, asked = pages.parts, asked_in(request.query_params)
    found = counted(pages, request, asked)
    sure = believed(parts, parts.now(), access(request).visible)
    return pages.show(
        request,
        "timeliness.html",
        Page(TITLE, "figures", (("Board", "/board"),)),
        asked=asked,
        answer=answer(found, sure=not sure.doubts),
        bars=bars(found, sure.doubts),
        description=" ".join(described(found, sure.doubts)),
        headings=HEADINGS,
        quarters=[(say_quarter(one), none_of(cells(one), sure.doubts)) for one in found.quarters],
        teams=[(one.of or "No team", none_of(cells(one), sure.doubts)) for one in found.teams],
        together=none_of(cells(found.together), sure.doubts),
        trust=sure,
        figures=[{"value": one.name, "text": one.title} for one in FIGURES],
        spans=[{"value": n, "text": f"Last {n} quarters"} for n in QUARTERS],
        team_choices=[{"value": "", "text": "All teams"}]
        + [{"value": team, "text": team} for team in teams(parts.authority(parts.code))],
    )


def answer(found: Timeliness, *, sure: bool) -> str:
    """The figure in one sentence; never falsely whole."""
    since = say_day(date.fromisoformat(found.quarters[0].of))
    together = found.together
    if together.percent is None:
        none = f"None to count since {since}"
        return f"{none}." if sure else f"{none}, as far as is known."
    beside = f" What became of {together.unknown} more is not known." if together.unknown else ""
    known = "" if sure else " This cannot be relied on now."
    return (
        f"{found.figure.title}: {together.percent}%, {together.in_time:,} of {together.whole:,}"
        f" {found.figure.of} since {since}.{beside}{known}"
    )


def say_quarter(one: Share) -> str:
    """A quarter by its months: January to March 2016."""
    first = date.fromisoformat(one.of)
    last = add_months(first, QUARTER) - ONE_DAY
    return f"{first:%B} to {last:%B %Y}"


def bars(found: Timeliness, doubts: Sequence[Doubt]) -> list[Bar]:
    """The picture: a bar for each quarter, as high as the share that was in time."""
    step = 640 / len(found.quarters)
    return [
        Bar(
            round((n + 0.15) * step, 1),
            0 if one.percent is None else round(TALL * one.percent / 100, 1),
            ("?" if doubts else "none") if one.percent is None else f"{one.percent}%",
            f"{date.fromisoformat(one.of):%b %Y}",
        )
        for n, one in enumerate(found.quarters)
    ]


def described(found: Timeliness, doubts: Sequence[Doubt]) -> Iterator[str]:
    """The picture in words."""
    for one in found.quarters:
        in_time, late, declined, unknown, percent = none_of(cells(one), doubts)
        yield (
            f"{say_quarter(one)}: {percent}, {in_time} in time, {late} late,"
            f" {declined} declined, {unknown} not known."
        )


def lines(asked: Asked, found: Timeliness, doubts: Sequence[Doubt]) -> Iterator[list[str]]:
    """The rows of the file: what is doubtful, the question and its source, then the numbers of the page."""
    yield from ([one] for one in warned(doubts, "these figures"))
    yield [asked.figure.title, f"/figures/timeliness{asked.query}"]
    yield [asked.figure.source]
    yield ["quarter", *(head.lower() for head in HEADINGS)]
    for one in found.quarters:
        yield [say_quarter(one), *none_of(cells(one), doubts)]
    yield ["all", *none_of(cells(found.together), doubts)]
    for one in found.teams:
        yield [f"team {one.of or 'none'}", *none_of(cells(one), doubts)]
