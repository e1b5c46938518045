"""Audit scopes: who was given which children to look at, for what and until when; and their pack."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.access_events import ScopeEnded
from domain.access_rules import PURPOSES, Action
from domain.audited import say_period
from domain.calendar import london_date
from domain.event import CONSOLE, Identity, engine_realm, event_id
from domain.own_matters import page_of, whose
from domain.permission import Record, may
from domain.rights import AuditScope, audit_scopes
from domain.words import say_day, say_list, say_moment
from formats.export import Taken
from projections.sampling import STRATA
from web.access import needs
from web.addresses import Addresses
from web.console.gate import access
from web.console.packs import ZIP, is_bulk, looks_at, packed_up, visible_cases
from web.console.pages import Page, Pages, texts
from web.console.scope_forms import (
    CASES,
    REFERENCES,
    SAMPLE,
    YES,
    answers_requests,
    drawn_again,
    event,
    faults_of_request,
    given,
    in_hand,
    itself_of,
    receivers,
    wanted,
)
from web.console.spreadsheets import as_file
from web.console.telling import Filled, begin
from web.console.wording import capital, last_day, name_of

HERE = "/audit/scopes"


def scopes(pages: Pages) -> Addresses:
    """The list of scopes with its form, each scope, and its pack."""
    routes = pages.door()

    @routes.get("/audit/scopes")
    @needs(Action.SEE, "scope")
    def listed(request: Request) -> Response:
        return show(pages, request, Filled())

    @routes.post("/audit/scopes")
    @needs(Action.GIVE, "scope")
    async def give(request: Request) -> Response:
        form = await request.form()
        strata = [one for one in form.getlist("strata") if isinstance(one, str)]
        return await run_in_threadpool(record, pages, request, texts(form), strata)

    @routes.get("/audit/scopes/{scope}")
    @needs(Action.SEE, "scope")
    def one(request: Request, scope: str, again: str = "") -> Response:
        return show_one(pages, request, found(pages, request, scope), again=bool(again))

    @routes.post("/audit/scopes/{scope}/end")
    @needs(Action.GIVE, "scope")
    async def end(request: Request, scope: str) -> Response:
        form = texts(await request.form())
        return await run_in_threadpool(over, pages, request, scope, form)

    @routes.get("/audit/scopes/{scope}/pack.zip")
    @needs(Action.TAKE, "scope")
    def packed(request: Request, scope: str) -> Response:
        return pack_of(pages, request, found(pages, request, scope, own=True))

    return routes


def may_give(pages: Pages, request: Request) -> bool:
    """Whether whoever looks may give and end scopes."""
    let, now = access(request), pages.parts.now()
    return may(let.asker, Action.GIVE, Record("scope", pages.parts.code), let.purpose, now).allowed


def may_propose(pages: Pages, request: Request) -> bool:
    """Whether whoever looks may propose to take all records of a scope away."""
    let, now = access(request), pages.parts.now()
    record = Record("export", pages.parts.code)
    return may(let.asker, Action.PROPOSE, record, let.purpose, now).allowed


def of_reader(pages: Pages, request: Request) -> list[AuditScope]:
    """Every scope the reader may know of, the latest first: their own, or all where they may give them."""
    parts, person = pages.parts, access(request).asker.person
    every = audit_scopes(parts.log.history(parts.log.stream(parts.code, "authority", parts.code)))
    return [one for one in reversed(every) if may_give(pages, request) or one.person == person]


def found(pages: Pages, request: Request, scope: str, *, own: bool = False) -> AuditScope:
    """One scope; HTTPException 404 for none, for another's, and with `own` for one that is over."""
    now, person = pages.parts.now(), access(request).asker.person
    for one in of_reader(pages, request):
        if one.event_id.hex == scope and (not own or (one.person == person and now < one.over_at)):
            return one
    raise HTTPException(404)


def show(pages: Pages, request: Request, filled: Filled) -> Response:
    """The list, with the form for whoever may give a scope."""
    parts, now = pages.parts, pages.parts.now()
    authority, giver = parts.authority(parts.code), may_give(pages, request)
    people = [
        {"value": one, "text": name_of(parts.people, one)}
        for one in receivers(authority, access(request).asker, now)
    ]
    return pages.form(
        request,
        "scopes.html",
        Page(
            "Audit scopes" if giver else "What you were given to look at",
            "scopes",
            error=bool(filled.faults),
            relies_on="nothing",
        ),
        400 if filled.faults else 200,
        token=filled.value("token"),
        giver=giver,
        scopes=[line(pages, one) for one in of_reader(pages, request)],
        people=people,
        purposes=[{"value": code, "text": text} for code, text in PURPOSES.items()],
        strata=[
            {"value": code, "text": text, "checked": code in filled.chosen.get("strata", ())}
            for code, text in STRATA.items()
        ],
        by={"sample": SAMPLE, "references": REFERENCES},
        itself=[
            {
                "value": YES,
                "text": "The authority’s own record too",
                "checked": filled.value("itself") == YES,
            }
        ],
        words=[
            {
                "value": YES,
                "text": "They may read what people wrote",
                "checked": filled.value("words") == YES,
            }
        ],
        cases=CASES,
        filled=filled,
    )


def line(pages: Pages, one: AuditScope) -> dict[str, Any]:
    """One scope as the list and its own page show it."""
    parts, now = pages.parts, pages.parts.now()
    return {
        "href": f"{HERE}/{one.event_id.hex}",
        "who": name_of(parts.people, one.person),
        "purpose": PURPOSES.get(one.purpose, one.purpose),
        "until": say_day(last_day(one.until)),
        "days": capital(say_period(one.period)) if one.period else "",
        "words": "Coded facts and timescales, and what people wrote"
        if one.words
        else "Coded facts and timescales, not what people wrote",
        "given": f"{say_moment(one.given_at)} by {name_of(parts.people, one.given_by)}",
        "over": "" if now < one.over_at else f"Over since {say_moment(one.over_at)}",
        "drawn": how_drawn(one, itself_of(parts)),
    }


def how_drawn(one: AuditScope, itself: str) -> str:
    """How the children came to be in it, in a sentence from which they can be drawn again."""
    children = children_of(one, itself)
    more = ", and the authority’s own record" if len(children) < len(one.children) else ""
    if not children:
        return "The authority’s own record alone"
    if one.drawn is None:
        return f"Chosen by reference{more}"
    said = one.drawn
    strata = say_list([STRATA.get(code, code).lower() for code in said.strata], "and")
    by = f", by {strata}" if strata else ""
    return (
        f"{len(children)} drawn out of {said.out_of}{by}, with the seed {said.seed}, "
        f"from what was known at {say_moment(said.known_at)}{more}"
    )


def children_of(one: AuditScope, itself: str) -> tuple[str, ...]:
    """The children of a scope, without the authority's own record where that is in it."""
    return tuple(child for child in one.children if child != itself)


def record(pages: Pages, request: Request, form: dict[str, str], strata: list[str]) -> Response:
    """Record the scope, or say what is wrong with the form."""
    parts = pages.parts
    teller = begin(pages, request, form, "scope")
    authority = parts.authority(parts.code)
    allowed = receivers(authority, access(request).asker, teller.now)
    # A second press leads to what the first one gave, and is no second request.
    identity = Identity(engine_realm(parts.code), CONSOLE, teller.token)
    if parts.log.find(identity) is not None:
        return RedirectResponse(f"{HERE}/{event_id(*identity).hex}", 303)
    of_request = partial(faults_for, pages, request, form.get("person", ""), form)
    said, filled = wanted(form, strata, allowed, london_date(teller.now), teller.token, of_request)
    if said is None:
        return show(pages, request, filled)
    parts.log.append(given(parts, said, teller.by, teller.token))
    return RedirectResponse(f"{HERE}/{event_id(*identity).hex}", 303)


def faults_for(
    pages: Pages, request: Request, person: str, form: dict[str, str], references: Sequence[str]
) -> dict[str, str]:
    """What is wrong with a scope for whoever answers requests; nothing for everybody else."""
    parts, now = pages.parts, pages.parts.now()
    if not answers_requests(parts.authority(parts.code), person, now):
        return {}
    return faults_of_request(form, references, in_hand(of_reader(pages, request), person, now))


def show_one(pages: Pages, request: Request, one: AuditScope, *, again: bool) -> Response:
    """One scope: its holder is led to the children they may see, its giver sees how it was drawn."""
    mine = one.person == access(request).asker.person
    shown = list(visible_cases(pages, request, one)) if mine else []
    redrawn = ""
    if again and one.drawn is not None and not mine:
        children = children_of(one, itself_of(pages.parts))
        same = drawn_again(pages.parts, one, one.drawn) == children
        redrawn = (
            "Drawn again just now, the sample holds the same children in the same order."
            if same
            else "Drawn again just now, the sample holds other children: "
            "what is recorded about that moment has changed since."
        )
    return pages.form(
        request,
        "scope.html",
        Page("Audit scope", "scopes", (("Audit scopes", HERE),), relies_on="nothing"),
        scope=line(pages, one),
        giver=not mine,
        redrawn=redrawn,
        may_redraw=one.drawn is not None,
        at_once=not is_bulk(shown),
        may_propose=may_propose(pages, request),
        cases=[
            {
                "href": page_of(episode.kind, episode.id),
                "text": whose(episode.kind, episode.child),
            }
            for episode in shown
        ],
    )


def over(pages: Pages, request: Request, scope: str, form: dict[str, str]) -> Response:
    """End a scope at once; one that is over stays as it is."""
    teller = begin(pages, request, form, "end")
    one = found(pages, request, scope)
    if teller.now < one.over_at:
        said = ScopeEnded(scope=one.event_id)
        pages.parts.log.append([event(pages.parts, said, teller.by, teller.token)])
    return RedirectResponse(f"{HERE}/{scope}", 303)


def pack_of(pages: Pages, request: Request, one: AuditScope) -> Response:
    """The histories of every case in one file; each look is recorded before the file is sent."""
    parts, at = pages.parts, pages.parts.now()
    shown = list(visible_cases(pages, request, one))
    if is_bulk(shown):
        raise HTTPException(404)
    parts.log.append(looks_at(pages, request, shown, one.purpose))
    taken = Taken(one.person, at, parts.log.head(), one.purpose)
    return as_file("pack.zip", packed_up(pages, shown, one, taken), ZIP)
