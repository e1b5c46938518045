"""How long plans have been open: the same numbers as a page and as a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request, Response

from domain.access_rules import Action
from projections.long_plans import SOURCE, TITLE, LongPlans, answer, headings, lines, long_plans
from projections.trust import warned
from web.access import needs
from web.addresses import Addresses
from web.console.board import teams
from web.console.gate import access
from web.console.pages import Page, Pages
from web.console.spreadsheets import download
from web.console.timeliness import QUARTERS
from web.console.trusted import believed

ADDRESS = "/figures/plans"


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    quarters: int
    team: str

    @property
    def query(self) -> str:
        """The same as an address."""
        said = {"quarters": self.quarters, "team": self.team}
        return "?" + urlencode({name: word for name, word in said.items() if word})


def plans_open(pages: Pages) -> Addresses:
    """The page and the file of plans open for long."""
    routes = pages.door()

    @routes.get("/figures/plans")
    @needs(Action.SEE, "list")
    def page(request: Request) -> Response:
        return page_of(pages, request)

    @routes.get("/figures/plans.csv")
    @needs(Action.SEE, "list")
    def file(request: Request) -> Response:
        asked = asked_in(request.query_params)
        doubts = believed(pages.parts, pages.parts.now(), access(request).visible).doubts
        found = counted(pages, request, asked)
        return download(
            "plans-open-for-long.csv",
            [
                *([one] for one in warned(doubts, "these figures")),
                [TITLE, f"{ADDRESS}{asked.query}"],
                [SOURCE],
                ["of", *headings(found)],
                *map(list, lines(found, doubts)),
            ],
        )

    return routes


def asked_in(words: Mapping[str, str]) -> Asked:
    """What an address asks for; what cannot be read asks for the usual."""
    quarters = words.get("quarters", "")
    known = int(quarters) if quarters in {str(n) for n in QUARTERS} else QUARTERS[0]
    return Asked(known, words.get("team", ""))


def counted(pages: Pages, request: Request, asked: Asked) -> LongPlans:
    """The numbers, of what the reader may see."""
    parts = pages.parts
    return long_plans(
        parts.views,
        parts.authority(parts.code),
        parts.now(),
        quarters=asked.quarters,
        team=asked.team or None,
        visible=access(request).visible,
    )


def page_of(pages: Pages, request: Request) -> Response:
    """The page itself: the answer first, then the table."""
    parts, asked = pages.parts, asked_in(request.query_params)
    found, authority = counted(pages, request, asked), parts.authority(parts.code)
    sure = believed(parts, parts.now(), access(request).visible)
    return pages.show(
        request,
        "long_plans.html",
        Page(TITLE, "figures", (("Board", "/board"),)),
        asked=asked,
        answer=answer(found, sure=not sure.doubts),
        headings=list(headings(found)),
        rows=list(lines(found, sure.doubts)),
        lengths=[one for one in (found.first_length, found.second_length) if one],
        source=SOURCE,
        trust=sure,
        spans=[{"value": n, "text": f"Last {n} quarters"} for n in QUARTERS],
        team_choices=[{"value": "", "text": "All teams"}]
        + [{"value": team, "text": team} for team in teams(authority)],
    )
