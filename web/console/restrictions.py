"""Restricting a record to the people named; naming more of them and lifting it again take two people."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.access_events import (
    RestrictionLifted,
    RestrictionLiftProposed,
    RestrictionWidened,
    RestrictionWideningProposed,
)
from domain.access_rules import Action
from domain.child_episode import ChildEpisode
from domain.code_sets import CODE_SETS
from domain.event import CONSOLE, Event
from domain.facts.whole_child import RecordRestricted
from domain.rights import Restriction, restriction
from domain.words import say_list
from web.access import needs
from web.addresses import Addresses
from web.console.forced_access import by_hand
from web.console.gate import access
from web.console.pages import Page, Pages, texts
from web.console.who_lifts import TWO, who_lift
from web.console.wording import capital, name_of
from web.parts import Parts

REASONS = CODE_SETS["restriction_reason"].labels
CHOOSE: Final = "Choose who may see this record, and why"
TOO_FEW: Final = (
    "At least two of the people who may see this record must be able to open it again: "
    "name two of those marked so"
)


def restrictions(pages: Pages) -> Addresses:
    """The page of one record's restriction, with its forms."""
    routes = pages.door()

    @routes.get("/children/{ref}/restriction")
    @needs(Action.RESTRICT, "child")
    def page(request: Request, ref: str) -> Response:
        return show(pages, request, ref)

    @routes.post("/children/{ref}/restriction")
    @needs(Action.RESTRICT, "child")
    async def restrict(request: Request, ref: str) -> Response:
        form = await request.form()
        token = pages.sessions.accept(access(request).session, texts(form).get("token", ""))
        named = [one for one in form.getlist("people") if isinstance(one, str)]
        reason = texts(form).get("reason", "")
        return await run_in_threadpool(close, pages, request, ref, named, reason, token)

    @routes.post("/children/{ref}/restriction/names")
    @needs(Action.LIFT, "child")
    async def name_more(request: Request, ref: str) -> Response:
        form = texts(await request.form())
        token = pages.sessions.accept(access(request).session, form.get("token", ""))
        return await run_in_threadpool(confirm_names, pages, request, ref, form, token)

    @routes.post("/children/{ref}/restriction/lift")
    @needs(Action.LIFT, "child")
    async def lift(request: Request, ref: str) -> Response:
        form = texts(await request.form())
        token = pages.sessions.accept(access(request).session, form.get("token", ""))
        return await run_in_threadpool(open_again, pages, request, ref, form, token)

    return routes


def show(pages: Pages, request: Request, ref: str, error: str = "") -> Response:
    """The page: who may see the record, and what can be done about that."""
    parts, let = pages.parts, access(request)
    assert let.episode is not None
    closed = restriction(let.episode.history)
    people = sorted(parts.people.values(), key=lambda person: person.name)
    named = closed.named if closed else frozenset({let.asker.person or ""})
    lifting = who_lift(parts, parts.people, let.record, let.asker)
    return pages.form(
        request,
        "restriction.html",
        Page(
            "Who may see this record",
            "children",
            (("Board", "/board"), (f"Child {let.episode.child}", f"/children/{ref}")),
            error=bool(error),
            relies_on="nothing",
        ),
        400 if error else 200,
        ref=ref,
        child=let.episode.child,
        error=error,
        closed=closed is not None,
        reason=REASONS.get(closed.reason, closed.reason) if closed else "",
        named=[name_of(parts.people, one) for one in sorted(named)] if closed else [],
        proposed=name_of(parts.people, closed.proposed_by) if closed and closed.proposed_by else "",
        proposal=closed.proposed.hex if closed and closed.proposed else "",
        own=bool(closed and closed.proposed_by == let.asker.person),
        more=to_be_named(parts, closed, let.asker.person),
        people=[
            {
                "value": one.ref,
                "text": one.name,
                "checked": one.ref in named,
                **({"hint": {"text": "May open it again"}} if one.ref in lifting else {}),
            }
            for one in people
        ],
        reasons=[
            {
                "value": code,
                "text": capital(text),
                "selected": bool(closed and closed.reason == code),
            }
            for code, text in REASONS.items()
        ],
    )


def to_be_named(
    parts: Parts, closed: Restriction | None, reader: str | None
) -> dict[str, object] | None:
    """Who is to be named beside the others, as one person proposed; nothing where nobody did."""
    waits = closed.widening if closed else None
    if waits is None:
        return None
    return {
        "by": name_of(parts.people, waits.by),
        "names": say_list(sorted(name_of(parts.people, one) for one in waits.people), "and"),
        "proposal": waits.event_id.hex,
        "own": waits.by == reader,
    }


def close(
    pages: Pages, request: Request, ref: str, named: list[str], reason: str, token: str
) -> Response:
    """Record who alone may see the record from now on; whom it did not name before, propose."""
    parts, let = pages.parts, access(request)
    if reason not in REASONS or not named or not set(named) <= set(parts.people):
        return show(pages, request, ref, CHOOSE)
    assert let.episode is not None
    closed = restriction(let.episode.history)
    # Whoever the form does not offer any more stays named: they were not taken off it.
    left = (
        [one for one in sorted(closed.named) if one in named or one not in parts.people]
        if closed
        else named
    )
    changes = closed is None or closed.named != frozenset(left) or closed.reason != reason
    if changes and len(who_lift(parts, left, let.record, let.asker)) < TWO:
        return show(pages, request, ref, TOO_FEW)
    events = [restricted(pages, request, left, reason, token)] if changes else []
    if closed and (more := sorted(set(named) - closed.named)):
        asked = RestrictionWideningProposed(restricted=closed.event_id, people=tuple(more))
        person = let.asker.person or ""
        events.append(by_hand(pages, let.episode, asked, person, f"{token}-names"))
    if events:
        parts.log.append(events)
    # Who is not named may not see it any more, nor that there is such a page.
    return RedirectResponse(
        f"/children/{ref}/restriction" if let.asker.person in left else "/board", 303
    )


def restricted(
    pages: Pages, request: Request, named: Sequence[str], reason: str, token: str
) -> Event:
    """The restriction as the log takes it."""
    let = access(request)
    assert let.episode is not None
    return Event(
        authority=let.episode.authority,
        kind="child",
        subject=let.episode.child,
        source=CONSOLE,
        id=f"{token}-restricted",
        said=RecordRestricted(people=tuple(named), reason=reason),
        occurred_at=pages.parts.now(),
        by=let.asker.person,
    )


def asked_of(request: Request) -> tuple[ChildEpisode, str, Restriction | None]:
    """The child whose restriction somebody decides on, who that is, and what is in force."""
    let = access(request)
    assert let.episode is not None
    assert let.asker.person is not None
    return let.episode, let.asker.person, restriction(let.episode.history)


def confirm_names(
    pages: Pages, request: Request, ref: str, form: dict[str, str], token: str
) -> Response:
    """Let those see the record whom somebody else proposed; HTTPException 403 for anything else."""
    episode, person, closed = asked_of(request)
    waits = closed.widening if closed else None
    if waits is None or form.get("proposal") != waits.event_id.hex or waits.by == person:
        raise HTTPException(403)
    said = RestrictionWidened(proposed=waits.event_id)
    pages.parts.log.append([by_hand(pages, episode, said, person, f"{token}-named")])
    return RedirectResponse(f"/children/{ref}/restriction", 303)


def open_again(
    pages: Pages, request: Request, ref: str, form: dict[str, str], token: str
) -> Response:
    """Propose that the record be open again, or confirm what somebody else proposed."""
    episode, person, closed = asked_of(request)
    if closed is None:
        return RedirectResponse(f"/children/{ref}/restriction", 303)
    said: RestrictionLifted | RestrictionLiftProposed
    if form.get("proposal"):
        confirms = closed.proposed is not None and form["proposal"] == closed.proposed.hex
        if not confirms or closed.proposed_by == person:
            raise HTTPException(403)
        said = RestrictionLifted(proposed=UUID(hex=form["proposal"]))
    else:
        said = RestrictionLiftProposed(restricted=closed.event_id)
    pages.parts.log.append([by_hand(pages, episode, said, person, f"{token}-lift")])
    return RedirectResponse(f"/children/{ref}/restriction", 303)
