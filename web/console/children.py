"""One child: how the clocks stand, what happened, and the same as it was on another day."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.access_rules import HEADS, PURPOSES, Action
from domain.anomalies import anomalies
from domain.calendar import london_date
from domain.child_episode import ChildEpisode
from domain.clocks import Verdict, held_at
from domain.event import Kind, Recorded
from domain.explanation import why_held
from domain.own_matters import ALLEGATION, of_allegation, page_of
from domain.permission import Decision, groups_of, may
from domain.words import (
    how_late,
    say_day,
    say_due,
    say_fact,
    say_moment,
    say_title,
    say_when,
    time_left,
)
from formats.case_links import CaseLink, case_links
from projections.history import History, Judged, history, judged
from web.access import needs
from web.addresses import Addresses
from web.console.gate import access
from web.console.look_back import View, WrongDate, view_of
from web.console.pages import Page, Pages
from web.console.picture_words import clocks_against_time, missing_line
from web.console.recent import recent, why_open
from web.console.searches import note_missed
from web.console.silent import silent
from web.console.statuses import OUTSTANDING, Tag, tag
from web.console.timeline import entries, number_of
from web.console.timeline_pages import page_asked, page_of_each, pager, way_to_fact
from web.console.two_moments import looking_back, view_sent
from web.console.within import within
from web.parts import Parts

NOBODY_THERE: Final = Decision(allowed=False, rule="none", reason="nobody of this reference")
MOST_ENDED: Final = 30
"""How many of the timescales that have ended stand on the page, those due last; the table holds all."""


def children(pages: Pages) -> Addresses:
    """A child's page, and the way to a child whose reference one knows."""
    routes = pages.door()

    @routes.get("/children")
    @needs(Action.SEE, "list")
    def search(request: Request) -> Response:
        return pages.form(
            request,
            "children.html",
            Page("Find a child", "children", relies_on="nothing"),
            purposes=purposes(request),
            recent=recent(pages, request),
            may_replay=may_replay(pages, request),
        )

    @routes.post("/children")
    @needs(Action.SEE, "list")
    async def find(request: Request) -> Response:
        form, _ = await pages.sent(request)
        return await run_in_threadpool(found_or_not, pages, request, form)

    @routes.get("/children/{ref}")
    @needs(Action.SEE, "child")
    def child(request: Request, ref: str) -> Response:
        return child_page(pages, request, ref)

    return routes


def purposes(request: Request) -> list[dict[str, str]]:
    """Why somebody may look for any child of the authority, to choose from; nothing for whose own it is."""
    groups = set[str]().union(*groups_of(access(request).asker).values())
    if groups.isdisjoint(HEADS):
        return []
    return [{"value": code, "text": text} for code, text in PURPOSES.items()]


def found_or_not(pages: Pages, request: Request, form: Mapping[str, str]) -> Response:
    """The way to the child of exactly this reference; the same words for none and for a hidden one."""
    error, reference, asked = "", form.get("reference", ""), purposes(request)
    why = form.get("purpose", "") if asked else ""
    if not reference:
        error = "Enter the case system’s reference of the child"
    elif asked and why not in PURPOSES:
        error = "Choose why you look for this child"
    else:
        stream = pages.parts.log.stream(pages.parts.code, "child", reference)
        if may_see(pages, request, stream):
            session = access(request).session
            if why and session is not None:
                pages.parts.sessions.state(session.id, stream.hex, why, pages.parts.now())
            return RedirectResponse(f"/children/{stream.hex}", 303)
    page = Page("Find a child", "children", error=bool(error), relies_on="nothing")
    return pages.form(
        request,
        "children.html",
        page,
        400 if error else 200,
        error=error,
        typed=reference,
        purposes=asked,
        why=why,
        none_found=not error,
        recent=recent(pages, request),
        may_replay=may_replay(pages, request),
    )


def may_see(pages: Pages, request: Request, stream: UUID) -> bool:
    """Whether there is a child of this id whom the reader may see."""
    let, now, began = access(request), pages.parts.now(), time.perf_counter()
    found, asker = pages.gate.found(stream.hex, let.asker, now)
    decision = NOBODY_THERE
    if found is not None:
        decision = may(asker, Action.SEE, found, let.purpose, now)
        if decision.allowed:
            return True
    note_missed(pages.parts, request, decision, asker, found, stream, let.purpose)
    pages.gate.take_time(began)
    return False


def child_page(pages: Pages, request: Request, ref: str) -> Response:
    """The child's page, as the address asks for it."""
    return record_page(
        pages, request, f"/children/{ref}", lambda view: replay(pages, request, ref, view)
    )


def record_page(
    pages: Pages, request: Request, where: str, told_in: Callable[[View], "Told"]
) -> Response:
    """The page of a record, in the view that its address asks for."""
    now, asked = pages.parts.now(), request.query_params
    latest = access(request).moment(now)
    try:
        if (sent := view_sent(asked, latest)) is not None:
            return RedirectResponse(f"{where}{sent.query}", 303)
        return story(pages, request, told_in(view_of(asked, now)))
    except WrongDate as wrong:
        return story(pages, request, told_in(View(now)), wrong)


@dataclass(frozen=True)
class Told:
    """One record's history, under the view it was asked for."""

    history: History
    view: View
    where: str
    """The address of the record."""
    clocks: str
    """What the addresses of its clocks begin with."""
    title: str
    """Whose record it is."""
    about: str = "this child"
    """The same in the middle of a sentence."""
    place: str = "children"
    """Where it stands in the navigation."""
    crumbs: tuple[tuple[str, str], ...] = (("Board", "/board"),)

    @property
    def moment(self) -> datetime:
        """The moment at which clocks are judged."""
        return self.history.moment(self.view.now)


def replay(pages: Pages, request: Request, ref: str, view: View) -> Told:
    """The history, as the view asks, of the child that the gate has let through."""
    parts, child = pages.parts, child_shown(request)
    view, periods = within(request, view)
    told = history(
        parts.log,
        child.id,
        everything=child.history,
        authority=parts.authority(parts.code),
        as_of=view.as_of.at if view.as_of else None,
        known_at=view.known_at.at if view.known_at else None,
        periods=periods,
        words_to=access(request).decision.words_to,
    )
    where = f"/children/{ref}"
    return Told(told, view, where, f"{where}/clocks", f"Child {told.reference}")


def child_shown(request: Request) -> ChildEpisode:
    """The child that the gate let through; HTTPException 404 where the address is the authority's own."""
    episode = access(request).episode
    if episode is None or episode.kind != "child":
        raise HTTPException(404)
    return episode


def story(
    pages: Pages,
    request: Request,
    told: Told,
    wrong: WrongDate | None = None,
) -> Response:
    """The page itself, with what is wrong where a moment could not be read."""
    past, view = told.history, told.view
    form = looking_back(request, view, wrong)
    every = judged(pages.parts.log, past, view.now)
    outstanding = [card(one, told) for one in every if one.verdict in OUTSTANDING]
    over = [one for one in every if one.verdict not in OUTSTANDING]
    # What stands on the page is drawn: hundreds of bars are no picture, and the table holds all.
    left_out = {id(one) for one in over[:-MOST_ENDED]}
    drawn = [one for one in every if id(one) not in left_out]
    places = page_of_each(past.lines)
    number = page_asked(request.query_params, places)
    some, last = entries(past.lines, pages.parts.people, number)
    page = Page(told.title, told.place, told.crumbs, error=bool(wrong), view=view.said)
    return pages.show(
        request,
        "child.html",
        page,
        400 if wrong else 200,
        told=told,
        view=view,
        answer=in_a_sentence(outstanding, told),
        picture=clocks_against_time(drawn, told, pages.parts.people)
        if past.kind == "child"
        else None,
        missing=missing_line(told),
        outstanding=outstanding,
        ended=[card(one, told) for one in over[-MOST_ENDED:]],
        ended_in_all=len(over),
        entries=some,
        pager=pager(told.where + view.query, number, last),
        case_links=links_of(pages.parts, past.kind, past.known, past.reference),
        anomalies=[
            (one, way_to_fact(told.where + view.query, number_of(one.event_id)))
            for one in anomalies([line.recorded for line in past.lines], past.authority)
        ],
        left_out=past.left_out,
        as_it_stands=told.where,
        silent=silent(past, view.now) if form["moments"] else None,
        restricted=why_open(request),
        may_replay=may_replay(pages, request),
        may_restrict=past.kind == "child" and may_restrict(pages, request),
        **form,
    )


def may_restrict(pages: Pages, request: Request) -> bool:
    """Whether whoever looks may say who else may see this record."""
    let = access(request)
    return may(let.asker, Action.RESTRICT, let.record, let.purpose, pages.parts.now()).allowed


def may_replay(pages: Pages, request: Request) -> bool:
    """Whether whoever looks may ask what this record, or what these lists, were at other moments."""
    let = access(request)
    return may(let.asker, Action.REPLAY, let.record, let.purpose, pages.parts.now()).allowed


def links_of(
    parts: Parts, kind: Kind, known: Sequence[Recorded], reference: str
) -> tuple[CaseLink, ...]:
    """The ways into the systems that told of a child; none from the authority's own record."""
    if kind != "child":
        return ()
    return tuple(case_links(parts.case_links, (one.event.source for one in known), reference))


@dataclass(frozen=True)
class Card:
    """One clock on the page of a record."""

    key: str
    allegation: str
    """The allegation it is about, where the record is the authority's own."""
    allegation_page: str
    title: str
    tag: Tag
    due: str
    sentence: str
    then: str
    outstanding: bool


def card(one: Judged, told: Told) -> Card:
    """A clock with what is said of it at the moment of the view."""
    clock, kind = one.clock, told.history.kind
    about = clock.reference if clock.timescale.thread == ALLEGATION else None
    page = page_of(kind, told.history.stream, about)
    apart = kind == "authority" and about is not None and page != told.where
    return Card(
        key=clock.key,
        allegation=of_allegation(about) if apart and about else "",
        allegation_page=page,
        title=say_title(clock.timescale),
        tag=tag(clock, one.verdict),
        due=say_due(clock),
        sentence=in_short(one, told),
        then=looked_late(one, told.view),
        outstanding=one.verdict in OUTSTANDING,
    )


def in_short(one: Judged, told: Told) -> str:
    """Where a clock stands, in one short sentence."""
    clock = one.clock
    calendar = told.history.authority.calendar_of(clock.counted_by)
    if clock.stop is not None and one.verdict not in OUTSTANDING:
        return f"{say_fact(clock.stop.name)} on {say_when(clock.stop)}."
    match one.verdict:
        case Verdict.RUNNING | Verdict.DUE_SOON:
            left = time_left(clock, told.moment, calendar)
            return "It runs out today." if left == "today" else f"{left.capitalize()} left."
        case Verdict.BREACHED:
            late = how_late(clock, told.moment, calendar)
            return f"Late by {late}. Nothing recorded says that it was done."
        case Verdict.AWAITING_FEED:
            heard = say_moment(clock.heard_to) if clock.heard_to else ""
            return f"Heard up to {heard}." if heard else "Nothing has been heard yet."
        case Verdict.UNOBSERVABLE:
            return "No source can say whether this was done."
        case Verdict.SUSPENDED:
            hold = held_at(clock, told.moment)
            assert hold is not None
            return f"Held since {say_when(hold.since)}: {why_held(hold)}."
        case _ if clock.uncounted:
            return f"It cannot be counted: {clock.uncounted}."
        case _:
            return "What is known says only the day."


def looked_late(one: Judged, view: View) -> str:
    """The sentence for a clock that is in time as known now and was not as known then."""
    clock = one.clock
    if one.verdict is not Verdict.MET or one.verdict_then is not Verdict.BREACHED:
        return ""
    if clock.stop is None or view.known_at is not None:
        return ""
    on = say_day(london_date(clock.stop.recorded_at))
    return f"It looked late at the time: this was not recorded until {on}."


def in_a_sentence(outstanding: Sequence[Card], told: Told) -> str:
    """How the clocks of a record stand, as the first line of the page."""
    is_, are = ("is", "are") if told.view.is_now else ("was", "were")
    if not told.history.lines:
        return f"Nothing had been recorded about {told.about} by then."
    if not outstanding:
        return f"Nothing {is_} waited for: no timescale {is_} running."
    late = sum(one.tag.colour == "red" for one in outstanding)
    running = f"{len(outstanding)} {'timescale' if len(outstanding) == 1 else 'timescales'}"
    verb = is_ if len(outstanding) == 1 else are
    if not late:
        return f"{running} {verb} running and none {is_} known to be late."
    which = "it" if len(outstanding) == 1 else f"{late} of them"
    return f"{running} {verb} running, and {which} {is_ if late == 1 else are} late."
