"""A view kept within the days that an audit scope is about: the rules say how far, the page asks them."""

from datetime import datetime
from typing import Final, NamedTuple

from fastapi import Request
from starlette.exceptions import HTTPException

from domain.audit_period import Period, looked_at, on_the_day
from domain.audited import say_periods
from domain.permission import Visible
from web.console.gate import Access, access
from web.console.look_back import Moment, View
from web.console.wording import last_day

OF_RECORD: Final = "its timescales of those days, and its history up to their end."
OF_LIST: Final = (
    "a list of today shows their timescales of those days, and nothing of days that are over."
)


class Within(NamedTuple):
    """The view that may be looked at, and the periods whose clocks it tells of; none for all clocks."""

    view: View
    periods: tuple[Period, ...]


def within(request: Request, view: View) -> Within:
    """A view as far as the reader may look; HTTPException 404 where it lies past every day given."""
    as_of, known_at = (one.at if one else None for one in (view.as_of, view.known_at))
    found = looked_at(access(request).decision.within, as_of, known_at, view.now)
    if found is None:
        raise HTTPException(404)
    kept = View(view.now, moment(view.as_of, found.as_of), moment(view.known_at, found.known_at))
    return Within(kept, found.periods)


def on_the_days(visible: Visible, view: View) -> View:
    """A view of many records; the end of a day on which somebody's period ends belongs to that day."""
    periods = [one.period for one in visible.grants if one.period is not None]
    as_of, known_at = (
        one and Moment(on_the_day(periods, one.at), one.written)
        for one in (view.as_of, view.known_at)
    )
    return View(view.now, as_of, known_at)


def moment(asked: Moment | None, at: datetime | None) -> Moment | None:
    """The moment that was asked for; where none was, the end of the last day that may be looked at."""
    if at is None:
        return None
    return Moment(at, asked.written if asked else last_day(at).isoformat())


def days_of(request: Request) -> str:
    """What a page says of the days that its reader was given to look at; empty where nothing limits it."""
    let = getattr(request.state, "access", None)
    if not isinstance(let, Access):
        return ""
    if let.decision.within:
        days = say_periods(let.decision.within)
        return f"You were given what this record was about {days}: {OF_RECORD}"
    days = say_periods([one.period for one in let.visible.grants if one.period is not None])
    of_list = bool(days) and let.needs.kind == "list"
    return f"You were given what records were about {days}: {OF_LIST}" if of_list else ""
