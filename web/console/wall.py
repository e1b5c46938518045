"""A screen on a wall, which many pass by: counts and nothing else, larger, with no way on from it."""

from collections.abc import Sequence
from datetime import datetime

from fastapi import Request, Response

from domain.calendar import london_date
from domain.words import say_time, say_weekday
from projections.trust import Doubt, reasons
from web.console.pages import Page, Pages

Count = tuple[str, int, str]
"""What is counted, how many, and the colour that repeats it."""


def asks_for_wall(request: Request) -> bool:
    """Whether an address asks for a page as a wall shows it."""
    return request.query_params.get("display") == "wall"


def wall(
    pages: Pages,
    request: Request,
    page: Page,
    counts: Sequence[Count],
    doubts: Sequence[Doubt],
    checked: datetime,
) -> Response:
    """The counts of a page as they stand now, grey where they cannot be relied on."""
    return pages.show(
        request,
        "wall.html",
        page,
        trust=None,
        counts=counts,
        doubts=doubts,
        reasons=reasons(doubts),
        refreshed_at=say_time(pages.parts.now()),
        checked=f"{say_time(checked)} on {say_weekday(london_date(checked))}",
    )
