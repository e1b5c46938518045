"""A view kept within the days that an audit scope is about: the rules say how far, the page asks them."""

from datetime import datetime
from typing import NamedTuple

from fastapi import Request
from starlette.exceptions import HTTPException

from domain.audit_period import Period, looked_at, on_the_day
from domain.permission import Visible
from web.console.gate import access
from web.console.look_back import Moment, View
from web.console.wording import last_day


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
