"""Restricted records that nobody named can open again: a head of service and the director do it together.

They learn that there is such a record and since when, and nothing that is in it, nor whose it is.
"""

from datetime import datetime
from typing import Final

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.access_events import RestrictionLifted, RestrictionLiftProposed
from domain.access_rules import HEADS, Action
from domain.authority import Authority
from domain.permission import Asker
from domain.rights import Restriction
from domain.words import say_moment
from web.access import needs
from web.addresses import Addresses
from web.console.askers import groups_held, posts_of
from web.console.forced_access import by_hand
from web.console.gate import access
from web.console.pages import Page, Pages, texts
from web.console.who_lifts import TWO, shut
from web.console.wording import name_of
from web.parts import Parts

HERE: Final = "/restrictions"


def shut_records(pages: Pages) -> Addresses:
    """The page of these records, and the form by which two people open one."""
    routes = pages.door()

    @routes.get(HERE)
    @needs(Action.LIFT, "staff")
    def page(request: Request) -> Response:
        return show(pages, request)

    @routes.post(f"{HERE}/{{event}}/lift")
    @needs(Action.LIFT, "staff")
    async def lift(request: Request, event: str) -> Response:
        form = texts(await request.form())
        token = pages.sessions.accept(access(request).session, form.get("token", ""))
        return await run_in_threadpool(open_together, pages, request, event, form, token)

    return routes


def show(pages: Pages, request: Request) -> Response:
    """The page: since when each is restricted, and what was proposed."""
    parts, let = pages.parts, access(request)
    found = [line(parts, one.restriction, let.asker) for one in shut(parts, let.asker)]
    # What waits for the reader stands first, then what nobody has proposed.
    found.sort(key=lambda one: (not one["proposal"], bool(one["proposed"])))
    return pages.form(
        request,
        "shut_records.html",
        Page("Restricted records nobody can open", "restrictions", relies_on="board"),
        records=found,
    )


def line(parts: Parts, found: Restriction, asker: Asker) -> dict[str, object]:
    """One of these records: since when it is restricted, what was proposed, and what the reader may do."""
    waits = found.proposed if confirms(parts, found, asker) else None
    proposed = name_of(parts.people, found.proposed_by) if is_proposed(parts, found) else ""
    return {
        "action": f"{HERE}/{found.event_id.hex}/lift",
        "since": say_moment(found.since),
        "proposed": proposed,
        "proposal": waits.hex if waits else "",
        "own": found.proposed_by == asker.person,
    }


def is_proposed(parts: Parts, found: Restriction) -> bool:
    """Whether a head or a director proposed to open it: what anybody else proposed nobody can confirm."""
    return bool(heads_of(parts.authority(parts.code), found.proposed_by, parts.now()))


def confirms(parts: Parts, found: Restriction, asker: Asker) -> bool:
    """Whether somebody may confirm what was proposed: a head what the director did, and the other way."""
    mine = groups_held(asker.posts, parts.code) & HEADS
    theirs = heads_of(parts.authority(parts.code), found.proposed_by, parts.now())
    return found.proposed_by != asker.person and len(mine | theirs) == TWO and bool(mine and theirs)


def heads_of(authority: Authority, person: str | None, now: datetime) -> frozenset[str]:
    """Whether somebody is a head of service today, the director, or both; empty for neither."""
    posts = posts_of(authority, person, now) if person else []
    return groups_held(posts, authority.code) & HEADS


def open_together(
    pages: Pages, request: Request, event: str, form: dict[str, str], token: str
) -> Response:
    """Propose that such a record be open again, or confirm it; HTTPException 404 for any other."""
    parts, let = pages.parts, access(request)
    one = next(
        (one for one in shut(parts, let.asker) if one.restriction.event_id.hex == event), None
    )
    episode = pages.gate.child(str(one.record.stream)) if one else None
    if one is None or episode is None or let.asker.person is None:
        raise HTTPException(404)
    said: RestrictionLifted | RestrictionLiftProposed
    if form.get("proposal"):
        waits = one.restriction.proposed
        right = waits is not None and form["proposal"] == waits.hex
        if waits is None or not right or not confirms(parts, one.restriction, let.asker):
            raise HTTPException(403)
        said = RestrictionLifted(proposed=waits)
    else:
        said = RestrictionLiftProposed(restricted=one.restriction.event_id)
    parts.log.append([by_hand(pages, episode, said, let.asker.person, f"{token}-shut")])
    return RedirectResponse(HERE, 303)
