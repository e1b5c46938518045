"""Opening a record that is not one's own to see: with a reason, read only, for four hours, and reviewed.

The page is the same for a child who exists and for one who does not, and so is what follows it.
"""

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.access_events import AccessForced, ForcedAccessReviewed
from domain.access_rules import Action
from domain.child_episode import ChildEpisode
from domain.engine_events import EngineEvent
from domain.event import CONSOLE, Event
from domain.permission import Decision, as_read, may, visible
from domain.rights import Forced, family_of, forced
from domain.words import say_moment
from projections.looks import to_review
from web.access import needs
from web.addresses import Addresses
from web.console.gate import access
from web.console.pages import Page, Pages, texts
from web.console.wording import name_of

HOURS: Final = 4
LASTS: Final = timedelta(hours=HOURS)
SHORTEST: Final = 20
LONGEST: Final = 500
TITLE: Final = "Open a record that is not yours"


@dataclass(frozen=True)
class Opened:
    """One time a record was forced open, with how far whoever reviews it sees the record."""

    episode: ChildEpisode
    forced: Forced
    decision: Decision


def forced_access(pages: Pages) -> Addresses:
    """The form, and the reviews of what was forced."""
    routes = pages.door()

    @routes.get("/forced-access")
    @needs(Action.FORCE, "staff")
    def ask(request: Request) -> Response:
        return pages.form(request, "forced_access.html", Page(TITLE, relies_on="nothing"))

    @routes.post("/forced-access")
    @needs(Action.FORCE, "staff")
    async def force(request: Request) -> Response:
        form = texts(await request.form())
        token = pages.sessions.accept(access(request).session, form.get("token", ""))
        return await run_in_threadpool(open_it, pages, request, form, token)

    @routes.get("/forced-access/reviews")
    @needs(Action.REVIEW, "list")
    def reviews(request: Request) -> Response:
        return to_be_reviewed(pages, request)

    @routes.post("/forced-access/reviews/{stream}/{event}")
    @needs(Action.REVIEW, "list")
    async def review(request: Request, stream: str, event: str) -> Response:
        form = texts(await request.form())
        token = pages.sessions.accept(access(request).session, form.get("token", ""))
        return await run_in_threadpool(judge, pages, request, stream, event, form, token)

    return routes


def open_it(pages: Pages, request: Request, form: dict[str, str], token: str) -> Response:
    """Record that a record was forced open, if there is one; then lead to where it would be."""
    began, reference, reason = (
        time.perf_counter(),
        form.get("reference", ""),
        form.get("reason", ""),
    )
    faults = []
    if not reference:
        faults.append(("Enter the case system’s reference of the child", "#reference"))
    if not SHORTEST <= len(reason) <= LONGEST:
        faults.append((f"Say why in {SHORTEST} to {LONGEST} characters", "#reason"))
    if faults:
        return pages.form(
            request,
            "forced_access.html",
            Page(TITLE, error=True, relies_on="nothing"),
            400,
            faults=[{"text": text, "href": href} for text, href in faults],
            reference=reference,
            reason=reason,
        )
    parts, person = pages.parts, access(request).asker.person
    stream = parts.log.stream(parts.code, "child", reference)
    episode = pages.gate.child(stream.hex)
    if episode is not None and person and person not in family_of(episode.standing):
        said = AccessForced(until=parts.now() + LASTS, reason=reason)
        parts.log.append([by_hand(pages, episode, said, person, f"{token}-forced")])
    # Somebody's own family is refused here like nobody's child, and must not be told by the time either.
    pages.gate.take_time(began)
    return RedirectResponse(f"/children/{stream.hex}", 303)


def to_be_reviewed(pages: Pages, request: Request) -> Response:
    """What waits for a review by this reader: of records they may see, never of what they did themselves."""
    parts, let, now = pages.parts, access(request), pages.parts.now()
    seen = visible(let.asker, Action.SEE, "child", let.purpose, now)
    waiting = []
    for one in to_review(parts.views, parts.code, let.asker.person or "", now, visible=seen):
        opened = opening(pages, request, one.stream.hex, one.event)
        if opened is None:
            continue
        waiting.append(
            {
                "action": f"/forced-access/reviews/{one.stream.hex}/{one.event}",
                "child": (opened.episode.child, f"/children/{one.stream.hex}"),
                "who": name_of(parts.people, one.person),
                "when": say_moment(one.at),
                "until": say_moment(one.until),
                "reason": as_read(opened.forced.reason, opened.forced.at, opened.decision)
                or "not known",
                "id": one.event,
            }
        )
    return pages.form(
        request,
        "forced_reviews.html",
        Page("Records that were forced open", relies_on="looks"),
        waiting=waiting,
    )


def opening(pages: Pages, request: Request, ref: str, event: str) -> Opened | None:
    """One opening that the reader may review; nothing where they may not see the record, or did it."""
    let, now = access(request), pages.parts.now()
    record, asker = pages.gate.found(ref, let.asker, now)
    # What one has forced open oneself is open for a while, and makes nobody a reviewer.
    decision = (
        may(replace(asker, forced={}), Action.SEE, record, let.purpose, now) if record else None
    )
    episode = pages.gate.child(ref) if decision and decision.allowed else None
    if episode is None or decision is None:
        return None
    return next(
        (
            Opened(episode, one, decision)
            for one in forced(episode.history)
            if one.event_id.hex == event and one.person != let.asker.person
        ),
        None,
    )


def judge(
    pages: Pages, request: Request, ref: str, event: str, form: dict[str, str], token: str
) -> Response:
    """Record a review by whoever may see the record and did not do it; HTTPException 404 for all else."""
    person, opened = access(request).asker.person, opening(pages, request, ref, event)
    if opened is None or person is None:
        raise HTTPException(404)
    if form.get("right") not in {"yes", "no"}:
        return to_be_reviewed(pages, request)
    said = ForcedAccessReviewed(forced=UUID(hex=event), right=form["right"] == "yes")
    pages.parts.log.append([by_hand(pages, opened.episode, said, person, f"{token}-review")])
    return RedirectResponse("/forced-access/reviews", 303)


def by_hand(
    pages: Pages, episode: ChildEpisode, said: EngineEvent, person: str, token: str
) -> Event:
    """What a person does on a page about a child, as an event of the child's stream."""
    return Event(
        authority=episode.authority,
        kind="child",
        subject=episode.child,
        source=CONSOLE,
        id=token,
        said=said,
        occurred_at=pages.parts.now(),
        by=person,
    )
