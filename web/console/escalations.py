"""What a manager reaches from a message: what is late, and what they want to do about it.

The page is read from the log, not from a projection, so that what was just said is never seen to vanish.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.access_rules import PURPOSES, Action
from domain.answering import acknowledge, explain_breach, last_promise, promised_since
from domain.authority import Authority
from domain.calendar import end_of, london_date
from domain.child_episode import ChildEpisode, team_of
from domain.code_sets import CODE_SETS
from domain.errors import CalendarExpired, Grown, NotFound, Refused
from domain.event import Event
from domain.going_live import stopped_by
from domain.handover import may_take
from domain.own_matters import page_of
from domain.permission import Decision, as_read, may
from domain.raised import Raised, raised_tellings
from domain.words import say_day, say_moment
from projections.board import find_escalation
from web.access import needs
from web.addresses import Addresses
from web.console.answers import said_of, title_of
from web.console.board import may_hand_over
from web.console.by_hand import ways
from web.console.children import links_of
from web.console.gate import Access, access
from web.console.look_back import day_typed
from web.console.pages import Page, Pages, texts
from web.console.people import ask_first
from web.console.wording import capital, name_of

REASONS: Final = CODE_SETS["breach_reason"].labels
LONGEST_NOTE: Final = 500
ATTEMPTS: Final = 5
"""How often a stream that grows meanwhile is read again before giving up."""

Fault = tuple[str, str]
"""What is wrong with a form, and the address of the box to mend it in."""


@dataclass(frozen=True)
class Found:
    """One ladder with everything it is judged by."""

    id: str
    episode: ChildEpisode
    authority: Authority
    ladder: Raised


@dataclass
class Typed:
    """What was typed in one of the two forms, kept when something is wrong with it."""

    owner: str = ""
    other: str = ""
    until: tuple[str, str, str] = ("", "", "")
    reason: str = ""
    note: str = ""
    faults: list[Fault] = field(default_factory=list)

    def fault(self, name: str) -> str:
        """What is wrong with one box; empty where nothing is."""
        return next(
            (said for said, href in self.faults if href in {f"#{name}", f"#{name}-day"}), ""
        )


def escalations(pages: Pages) -> Addresses:
    """The page of one escalation and its two forms."""
    routes = pages.door()

    @routes.get("/escalations/{telling}")
    @needs(Action.SEE, "clock")
    def page(request: Request, telling: str, done: str = "") -> Response:
        found = look_up(pages, telling, access(request))
        if isinstance(found, Response):
            return found
        return show(pages, request, found, done=done)

    @routes.post("/escalations/{telling}/acknowledge")
    @needs(Action.ANSWER, "clock")
    async def acknowledged(request: Request, telling: str) -> Response:
        form = texts(await request.form())
        return await run_in_threadpool(promise, pages, request, telling, form)

    @routes.post("/escalations/{telling}/explain")
    @needs(Action.ANSWER, "clock")
    async def explained(request: Request, telling: str) -> Response:
        form = texts(await request.form())
        return await run_in_threadpool(give_reason, pages, request, telling, form)

    return routes


def look_up(pages: Pages, telling: str, let: Access) -> Found | Response:
    """The ladder of this id, or a warning that stands; for other notices the way to the clock; else 404."""
    parts, episode = pages.parts, let.episode
    place = find_escalation(parts.views, parts.code, telling)
    if place is None or episode is None:
        raise HTTPException(404)
    authority = parts.authority(parts.code)
    ladder = raised_tellings(episode, authority).get(telling)
    if ladder is None and let.decision.within:
        # Raised after the days that the reader was given: nothing may tell that it ever was.
        raise HTTPException(404)
    warns = (
        ladder is not None
        and ladder.kind == "warning"
        and not ladder.ended(let.moment(parts.now()))
    )
    if ladder is None or not (ladder.kind == "breach" or warns):
        return RedirectResponse(f"{page_of(episode.kind, episode.id)}/clocks/{place[1]}", 303)
    return Found(telling, episode, authority, ladder)


def show(
    pages: Pages,
    request: Request,
    found: Found,
    *,
    done: str = "",
    promise: Typed | None = None,
    reason: Typed | None = None,
    token: str = "",
) -> Response:
    """The page itself, with what is wrong where a form could not be taken."""
    parts, now = pages.parts, access(request).moment(pages.parts.now())
    decision = access(request).decision
    said = said_of(found.ladder, found.episode, found.authority, parts.people, now, decision)
    faults = (promise or reason or Typed()).faults
    reader = pages.reader(pages.sessions.read(request.cookies, parts.now()))
    today = london_date(now)
    people = [
        {"value": person.ref, "text": f"{person.name}, {pages.posts(person.ref, now)[0]}"}
        for person in sorted(parts.people.values(), key=lambda person: person.name)
        if may_become(found, person.ref, now) and (not reader or person.ref != reader.ref)
    ]
    answers, watches = (
        may_answer(request, now),
        reader is not None and said.only_watches(reader.ref),
    )
    asks = reader is None or (answers and not watches)
    page = Page(title_of(said, asks=asks), "board", (("Board", "/board"),), error=bool(faults))
    rule = found.authority.policy.by_id.get(found.ladder.timescale)
    return pages.form(
        request,
        "escalation.html",
        page,
        400 if faults else 200,
        telling=found.id,
        said=said,
        stopped=stopped_words(pages, found, now, decision),
        clock=found.ladder.key,
        case_links=links_of(parts, found.episode.kind, found.episode.history, found.episode.child),
        may_hand_over=said.open and may_hand_over(access(request), parts),
        ways=ways(pages, request, rule, found.episode, duty_of(found)) if said.open else [],
        watcher=watches,
        may_answer=answers,
        done=done,
        faults=[{"text": text, "href": href} for text, href in faults],
        promise=promise or Typed(),
        reason=reason or Typed(),
        people=[{"value": "", "text": "Choose a person"}, *people],
        reasons=[{"value": code, "text": capital(label)} for code, label in REASONS.items()],
        token=token,
        say_why=say_why(request, now),
        example=example_of(found.authority, today),
        no_later=no_later_than(found, now),
    )


def may_answer(request: Request, now: datetime) -> bool:
    """Whether whoever looks may promise or explain something here: others are shown no form for it."""
    let = access(request)
    return may(let.asker, Action.ANSWER, let.record, let.purpose, now).allowed


def say_why(request: Request, now: datetime) -> str:
    """Where whoever may read what people wrote once they say why they look says so; empty for others."""
    let = access(request)
    if let.decision.words_to is not None:
        return ""
    asked = (may(let.asker, let.needs.action, let.record, why, now) for why in PURPOSES)
    if not any(one.words_to for one in asked):
        return ""
    return f"/why/{let.record.stream}?{urlencode({'back': request.url.path})}"


def duty_of(found: Found) -> str | None:
    """The reference of the thread that the clock is about; nothing where it is about the whole child."""
    clocks = found.episode.clocks(found.authority)
    return next((one.reference for one in clocks if one.key == found.ladder.key), None)


def no_later_than(found: Found, now: datetime) -> str:
    """The last day to which this may be put off, in words; empty where any day may be named."""
    since = london_date(promised_since(found.episode, found.id, now))
    last = last_promise(found.authority, since)
    return "" if last is None else say_day(last)


def stopped_words(pages: Pages, found: Found, now: datetime, let: Decision) -> str:
    """By whose decision this ladder stands still; empty where it climbs."""
    team, live = team_of(found.episode), found.authority.going_live
    decision = stopped_by(live, found.ladder.timescale, team, now)
    if decision is None:
        return ""
    who = name_of(pages.parts.people, decision.by) if decision.by else "a decision"
    why = as_read(decision.reason, decision.recorded_at, let)
    said = (
        f"This stands still: nobody is told of this timescale since {say_moment(decision.at)},"
        f" as {who} decided"
    )
    if why and not let.opens_words(decision.recorded_at):
        return f"{said}. {why}"
    return f"{said}: {why}." if why else f"{said}."


def example_of(authority: Authority, today: date) -> str:
    """A day soon, as its three boxes take it."""
    try:
        soon = authority.calendar.add(today, 3)
    except CalendarExpired:
        soon = today
    return f"{soon.day} {soon.month} {soon.year}"


def promise(pages: Pages, request: Request, telling: str, form: dict[str, str]) -> Response:
    """Record a dated promise, or show the form again with what is wrong."""
    begun = begin(pages, request, telling, form, "promise")
    if isinstance(begun, Response):
        return begun
    found, by, token = begun
    owner = by if form.get("owner") == "me" else form.get("other", "")
    until, boxes = day_typed(form, "until")
    typed = Typed(
        form.get("owner", ""),
        form.get("other", ""),
        boxes,
        form.get("reason", ""),
        form.get("note", ""),
    )
    typed.faults = [
        *faults_of_owner(typed, found, pages.parts.now()),
        *faults_of_day(until, found.authority, pages.parts.now()),
        *faults_of_reason(typed, ""),
    ]
    if typed.faults or until is None:
        return show(pages, request, found, promise=typed, token=form["token"])
    day = until

    def decide(episode: ChildEpisode) -> Event:
        return acknowledge(
            episode,
            found.authority,
            telling,
            by=by,
            owner=owner,
            until=day,
            reason=typed.reason,
            token=token,
            now=pages.parts.now(),
            note=typed.note or None,
        )

    try:
        record(pages, found, decide)
    except Refused as refused:
        typed.faults = [(f"{capital(str(refused))}.", "#until-day")]
        return show(pages, request, found, promise=typed, token=form["token"])
    return RedirectResponse(f"/escalations/{telling}?done=acknowledged", 303)


def give_reason(pages: Pages, request: Request, telling: str, form: dict[str, str]) -> Response:
    """Record why something is late, or show the form again with what is wrong."""
    begun = begin(pages, request, telling, form, "reason")
    if isinstance(begun, Response):
        return begun
    found, by, token = begun
    typed = Typed(reason=form.get("why", ""), note=form.get("why-note", ""))
    typed.faults = faults_of_reason(typed, "why-")
    if typed.faults:
        return show(pages, request, found, reason=typed, token=form["token"])

    def decide(episode: ChildEpisode) -> Event:
        return explain_breach(
            episode,
            found.ladder.key,
            by=by,
            reason=typed.reason,
            token=token,
            now=pages.parts.now(),
            note=typed.note or None,
        )

    try:
        record(pages, found, decide)
    except NotFound:  # it proved not to be late while the form was being filled in
        return RedirectResponse(f"/escalations/{telling}", 303)
    return RedirectResponse(f"/escalations/{telling}?done=explained", 303)


def begin(
    pages: Pages, request: Request, telling: str, form: dict[str, str], purpose: str
) -> tuple[Found, str, str] | Response:
    """The ladder, who speaks, and the id under which it is recorded; or where to go first."""
    session = pages.sessions.read(request.cookies, pages.parts.now())
    # Both forms of the page carry one token: what each records must not pass for the other's.
    token = f"{pages.sessions.accept(session, form.get('token', ''))}-{purpose}"
    found = look_up(pages, telling, access(request))
    if isinstance(found, Response):
        return found
    reader = pages.reader(session)
    if reader is None:
        return ask_first(pages, f"/escalations/{telling}")
    watchers = {rung.rung for rung in found.ladder.ladder.rungs if rung.watcher}
    mine = [event.rung for event, _ in found.ladder.told if event.person == reader.ref]
    if mine and watchers.issuperset(mine):
        raise HTTPException(403)
    return found, reader.ref, token


def record(pages: Pages, found: Found, decide: Callable[[ChildEpisode], Event]) -> None:
    """Append what a person said to the child's stream, deciding again if it has grown meanwhile."""
    log = pages.parts.log
    for attempt in range(ATTEMPTS):
        episode = log.episode(found.episode.id) if attempt else found.episode
        if episode is None:
            raise HTTPException(404)
        try:
            log.save(episode, (decide(episode),))
        except Grown:
            continue
        return
    raise HTTPException(503)


def may_become(found: Found, person: str, now: datetime) -> bool:
    """Whether somebody may be the one who deals with it."""
    return may_take(found.episode, found.authority, found.ladder.ladder, person, now)


def faults_of_owner(typed: Typed, found: Found, now: datetime) -> list[Fault]:
    """What is wrong with who will deal with it."""
    if typed.owner not in {"me", "other"}:
        return [("Say who is dealing with it", "#owner")]
    if typed.owner == "other" and not may_become(found, typed.other, now):
        return [("Choose the person who is dealing with it", "#other")]
    return []


def faults_of_day(until: date | None, authority: Authority, now: datetime) -> list[Fault]:
    """What is wrong with the promised day."""
    if until is None:
        example = example_of(authority, london_date(now))
        return [(f"Enter the date by when it will be done, for example {example}", "#until-day")]
    if end_of(until) <= now:
        return [("The date by when must be today or later", "#until-day")]
    return []


def faults_of_reason(typed: Typed, prefix: str) -> list[Fault]:
    """What is wrong with the reason and the note."""
    faults: list[Fault] = []
    if typed.reason not in REASONS:
        faults.append(("Choose a reason", "#why" if prefix else "#reason"))
    if len(typed.note) > LONGEST_NOTE:
        faults.append((f"The note must be {LONGEST_NOTE} characters or fewer", f"#{prefix}note"))
    return faults
