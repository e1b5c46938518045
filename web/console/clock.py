"""One clock explained: the facts, the rule and its clause, and each day counted or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from domain.access_rules import Action
from domain.calendar import london_date
from domain.child_episode import from_history
from domain.clocks import Clock, Verdict
from domain.explanation import Day, explain
from domain.raised import Raised, raised_tellings
from domain.words import say_day, say_moment, say_role, say_title
from projections.history import Judged, judged
from web.access import needs
from web.addresses import Addresses
from web.console.children import Told, replay
from web.console.look_back import WrongDate, view_of
from web.console.pages import Page, Pages
from web.console.statuses import Tag, tag

WEEK: Final = 7


def clock(pages: Pages) -> Addresses:
    """The page of one clock."""
    routes = pages.door()

    @routes.get("/children/{ref}/clocks/{key}")
    @needs(Action.SEE, "clock")
    def explained(request: Request, ref: str, key: str) -> Response:
        try:
            view = view_of(request.query_params, pages.parts.now())
        except WrongDate:
            raise HTTPException(400) from None
        told = replay(pages, request, ref, view)
        return why(pages, request, told, clock_in(pages, told, key))

    return routes


def clock_in(pages: Pages, told: Told, key: str) -> Judged:
    """The clock of this key in a record; HTTPException 404 where it has none."""
    found = judged(pages.parts.log, told.history, told.view.now)
    one = next((one for one in found if one.clock.key == key), None)
    if one is None:
        raise HTTPException(404)
    return one


def why(pages: Pages, request: Request, told: Told, one: Judged) -> Response:
    """The page itself."""
    past, view = told.history, told.view
    explanation = explain(one.clock, past.authority, told.moment, one.told_at, one.breached_at)
    told_of = tellings(pages, told, one.clock)
    page = Page(
        explanation.question,
        told.place,
        (*told.crumbs, (told.title, f"{told.where}{view.query}")),
        view=view.said,
    )
    return pages.show(
        request,
        "clock.html",
        page,
        view=view,
        whose=told.title if past.kind == "authority" else f"child {past.reference}",
        clock=one.clock,
        rule=say_title(one.clock.timescale),
        why=explanation,
        tag=tag(one.clock, one.verdict),
        weeks=weeks(explanation.days),
        tellings=told_of,
        escalation=next((line.escalation for line in reversed(told_of) if line.escalation), ""),
        then=looked_then(one, told),
        left_out=past.left_out,
        as_it_stands=f"{told.clocks}/{one.clock.key}",
    )


def weeks(days: Sequence[Day]) -> tuple[tuple[Day | None, ...], ...]:
    """The days as rows of a calendar, Monday first, with nothing outside the count."""
    if not days:
        return ()
    before, after = days[0].on.weekday(), WEEK - 1 - days[-1].on.weekday()
    padded = (*(None,) * before, *days, *(None,) * after)
    return tuple(padded[n : n + WEEK] for n in range(0, len(padded), WEEK))


TOLD_OF: Final = {"breach": "told that it is late", "cured": "told that it is not late after all"}
"""Of what somebody was told, where it was no warning."""


@dataclass(frozen=True)
class TellingLine:
    """Somebody told, or nobody where a rung was empty."""

    who: str
    when: str
    what: str
    """Whether of a warning, of lateness or that it is not late after all, and whether only to watch."""
    outcome: str
    escalation: str


def tellings(pages: Pages, told: Told, clock: Clock) -> list[TellingLine]:
    """Who was told of a clock and when, as far as the view knows."""
    known = tuple(line.recorded for line in told.history.lines)
    if not known:
        return []
    raised = raised_tellings(from_history(known), told.history.authority)
    mine = [one for one in raised.values() if one.key == clock.key]
    return [line for one in mine for line in told_by(pages, one)]


def told_by(pages: Pages, one: Raised) -> list[TellingLine]:
    """Everybody one ladder or notice told."""
    found = []
    watchers = {rung.rung for rung in one.ladder.rungs if rung.watcher}
    for event, at in one.told:
        person = pages.parts.people.get(event.person) if event.person else None
        name = person.name if person else (event.person or "nobody to tell")
        outcome = "" if event.delivered else (event.failure or "could not be told")
        escalation = one.id if one.kind == "breach" else ""
        role = say_role(event.role)
        what = TOLD_OF.get(event.about, "warned that it falls due")
        if event.rung in watchers:
            what += ", to watch only"
        found.append(TellingLine(f"{name}, {role}", say_moment(at), what, outcome, escalation))
    return found


@dataclass(frozen=True)
class Then:
    """How a clock looked when it ran out, and the address of the record of that day."""

    tag: Tag
    day: str
    href: str


def looked_then(one: Judged, told: Told) -> Then | None:
    """How it looked just after it ran out, where that differs from what is known now."""
    known_at = told.view.known_at
    if one.verdict_then is None or one.verdict_then is one.verdict or known_at is not None:
        return None
    if one.verdict is Verdict.BREACHED:
        return None
    day = london_date(one.clock.due_at) if one.clock.due_on is None else one.clock.due_on
    after = day + timedelta(days=1)
    query = f"?as-of={after.isoformat()}&known-at={after.isoformat()}"
    return Then(tag(one.clock, one.verdict_then), say_day(after), f"{told.where}{query}")
