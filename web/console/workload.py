"""How much falls due on which of the next working days, team by team."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from fastapi import Request, Response

from domain.access_rules import Action
from domain.authority import Authority
from domain.calendar import london_date
from domain.errors import CalendarExpired
from domain.words import say_day, say_title, say_weekday
from projections.narrowing import Narrowed
from projections.workload import Due, falling_due
from web.access import needs
from web.addresses import Addresses
from web.console.board import teams
from web.console.board_seen import Chosen
from web.console.gate import access
from web.console.pages import Page, Pages
from web.console.trusted import believed

DAYS: Final = 20
"""How many working days ahead are shown."""


@dataclass(frozen=True)
class Share:
    """What falls due on one day in one team."""

    team: str
    clocks: int
    parts: tuple[tuple[str, int], ...]
    """Each timescale with how many, the most first."""


@dataclass(frozen=True)
class Day:
    """One day of the calendar."""

    name: str
    working: bool
    why: str
    """Why it is no working day, such as the name of a bank holiday."""
    clocks: int
    shares: tuple[Share, ...]
    board: str
    """The board narrowed to the day, as an address."""


def workload(pages: Pages) -> Addresses:
    """The calendar of what falls due."""
    routes = pages.door()

    @routes.get("/workload")
    @needs(Action.SEE, "list")
    def page(request: Request) -> Response:
        return show(pages, request, request.query_params.get("team", ""))

    return routes


def show(pages: Pages, request: Request, team: str) -> Response:
    """The page for one team and what lies within it, or for everything."""
    parts, now = pages.parts, pages.parts.now()
    authority, today = parts.authority(parts.code), london_date(now)
    last = last_shown(authority, today)
    narrowed = Narrowed(teams=authority.staff.subtree(team, today) if team else None)
    found = falling_due(
        parts.views,
        parts.code,
        now,
        today,
        last,
        narrowed=narrowed,
        visible=access(request).visible,
    )
    days = list(calendar(found, authority, today, last, team))
    most = max((one.clocks for one in days), default=0)
    busiest = next((one for one in days if most and one.clocks == most), None)
    return pages.show(
        request,
        "workload.html",
        Page("What falls due in the next 20 working days", "workload"),
        trust=believed(parts, now, access(request).visible),
        days=days,
        total=sum(one.clocks for one in days),
        most=most,
        busiest=busiest,
        until=say_day(last),
        team=team,
        teams=[{"value": "", "text": "All"}, *({"value": t, "text": t} for t in teams(authority))],
    )


def last_shown(authority: Authority, today: date) -> date:
    """The last day of the calendar, no later than bank holidays are known."""
    try:
        return authority.calendar.add(today, DAYS)
    except CalendarExpired:
        return max(today, authority.calendar.expires)


def calendar(
    found: Sequence[Due], authority: Authority, today: date, last: date, team: str
) -> Iterator[Day]:
    """Every working day, every bank holiday, and each other day on which something falls due."""
    for number in range((last - today).days + 1):
        on = today + timedelta(days=number)
        known = on <= authority.calendar.expires
        why = (authority.calendar.why_not(on) if known else None) or ""
        mine = [one for one in found if one.on == on]
        if mine or not why or on.weekday() < 5:  # noqa: PLR2004  (a bank holiday in the week)
            yield Day(
                say_weekday(on),
                not why,
                why,
                sum(one.clocks for one in mine),
                tuple(shares(mine, authority)),
                "/board" + Chosen(due=on.isoformat(), team=team).query(),
            )


def shares(found: Sequence[Due], authority: Authority) -> Iterator[Share]:
    """What falls due on a day, team by team, the busiest first."""
    by_team: dict[str, list[Due]] = {}
    for one in found:
        by_team.setdefault(one.team, []).append(one)
    for team, mine in sorted(by_team.items(), key=lambda item: -sum(o.clocks for o in item[1])):
        parts = sorted(mine, key=lambda one: -one.clocks)
        yield Share(
            team or "No team",
            sum(one.clocks for one in mine),
            tuple(
                (say_title(authority.policy.timescale(one.timescale)), one.clocks) for one in parts
            ),
        )
