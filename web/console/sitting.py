"""One sitting of a panel: its agenda with the reasons, who was there, what was decided and is to be done."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from uuid import UUID

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from domain.access_rules import AGENCIES as SIGN_IN
from domain.access_rules import Action
from domain.calendar import london_date
from domain.child_episode import team_of
from domain.invitations import Invitation, called
from domain.partners import partner_of
from domain.permission import Record, may
from domain.rights import family_of, restriction, worker_of
from domain.sharing import comes_for
from domain.words import say_agency, say_day, say_list
from projections.agenda import Agenda, agenda, may_come_before
from projections.agenda_given import given_to
from web.access import needs
from web.addresses import Addresses
from web.console import sitting_forms
from web.console.gate import access
from web.console.look_back import View, WrongDate, view_of
from web.console.pages import Page, Pages, texts
from web.console.sharing_form import may_share
from web.console.sitting_words import (
    ACTIONS,
    DECISIONS,
    SHARES,
    WHOLE,
    agenda_said,
    named,
    shared_said,
    sharing_said,
    title_of,
)
from web.console.sittings import known, opens
from web.console.telling import Filled, may_record
from web.console.wording import AGENCIES, capital, name_of


def sitting(pages: Pages) -> Addresses:
    """The page of one sitting, its pack, and the forms by which a co-ordinator records it."""
    routes = pages.door()

    @routes.get("/sittings/{panel}/{day}")
    @needs(Action.SEE, "sitting")
    def page(request: Request, panel: str, day: str, done: str = "") -> Response:
        view = view_asked(pages, request)
        if not view.is_now and access(request).decision.rule == "invited":
            raise HTTPException(404)  # an invitation is to the agenda as it stands
        return show(pages, request, found_at(pages, request, panel, day, view), view, done=done)

    @routes.get("/sittings/{panel}/{day}/pack")
    @needs(Action.SEE, "sitting")
    def pack(request: Request, panel: str, day: str, agency: str = "") -> Response:
        return show_pack(pages, request, found_at(pages, request, panel, day), agency)

    for name in sitting_forms.FORMS:
        routes.post(f"/sittings/{{panel}}/{{day}}/{name}")(receiver(pages, name))

    return routes


def receiver(pages: Pages, name: str) -> Callable[..., Awaitable[Response]]:
    """What takes one form of the page in."""

    @needs(Action.RECORD, "list")
    async def sent(request: Request, panel: str, day: str) -> Response:
        form = await request.form()
        chosen = {
            name: [one for one in form.getlist(name) if isinstance(one, str)]
            for name in sitting_forms.SEVERAL
        }
        filled = Filled(name, texts(form), chosen=chosen)
        return await run_in_threadpool(answer, pages, request, panel, day, filled)

    return sent


def view_asked(pages: Pages, request: Request) -> View:
    """The moments that an address names; HTTPException 400 where they cannot be read."""
    try:
        return view_of(request.query_params, pages.parts.now())
    except WrongDate:
        raise HTTPException(400) from None


def found_at(
    pages: Pages, request: Request, panel: str, day: str, view: View | None = None
) -> Agenda:
    """The agenda that an address names, as far as whoever asks may see it.

    HTTPException 404 where the panel does not sit then.
    """
    parts = pages.parts
    on, authority = known(pages, panel, day).sits_on, parts.authority(parts.code)
    is_now = view is None or view.is_now
    found = agenda(
        parts.log,
        authority,
        panel,
        on,
        parts.now(),
        as_of=view.as_of.at if view and view.as_of else None,
        known_at=view.known_at.at if view and view.known_at else None,
        # The board knows only the children of now; another moment is asked of the whole log.
        among=may_come_before(parts.log, parts.views, authority, panel) if is_now else None,
    )
    # An invitation is to the agenda as it stands.
    return found.kept_to(partial(may_see, pages, request, called(panel, on) if is_now else None))


def may_see(pages: Pages, request: Request, sitting: str | None, stream: UUID) -> bool:
    """Whether whoever asks may see a child: anywhere, or on this agenda because they are invited to it."""
    let = access(request)
    episode = pages.parts.log.episode(stream)
    assert episode is not None
    closed = restriction(episode.history)
    child = Record(
        "child",
        episode.authority,
        stream=stream.hex,
        team=team_of(episode),
        worker=worker_of(episode.standing),
        restricted=closed is not None,
        named=closed.named if closed else frozenset(),
        family=family_of(episode.standing),
    )
    now = pages.parts.now()
    on_the_agenda = replace(child, kind="agenda", sitting=sitting)
    return any(
        may(let.asker, Action.SEE, one, let.purpose, now).allowed for one in (child, on_the_agenda)
    )


def answer(pages: Pages, request: Request, panel: str, day: str, filled: Filled) -> Response:
    """Record what a form of the page says, or show the page again with what is wrong."""
    found = found_at(pages, request, panel, day)
    said = sitting_forms.FORMS[filled.form](pages, request, found, filled)
    if said is not None:
        return said
    return show(pages, request, found, View(pages.parts.now()), filled=filled)


def show(
    pages: Pages,
    request: Request,
    found: Agenda,
    view: View,
    *,
    done: str = "",
    filled: Filled | None = None,
) -> Response:
    """The page itself, with what was typed where something is wrong with it."""
    filled = filled or Filled()
    theirs = comes_as(pages, request, found)
    if theirs is not None:
        found = given_to(found, theirs)
    page = Page(
        title_of(found),
        "sittings",
        (("Sittings", "/sittings"),),
        error=bool(filled.faults),
        view=view.said,
    )
    today = london_date(pages.parts.now())
    return pages.form(
        request,
        "sitting.html",
        page,
        400 if filled.faults else 200,
        **agenda_said(found, today, partial(opens, pages, request)),
        view=view,
        done=done,
        filled=filled,
        has_sat=found.sitting.sits_on <= today,
        is_over=found.sitting.sits_on < today,
        choices=choices(found)
        | {"people": people(pages), "invited": invited_options(pages, found)},
        invited=[invited_line(pages, one, today) for one in found.invited],
        may_record=may_record(pages, request),
        shared="" if theirs is None else shared_said(found, theirs),
        shares=sharing_said(found),
        may_share=may_share(pages, request),
    )


def show_pack(pages: Pages, request: Request, found: Agenda, agency: str) -> Response:
    """The same on paper for one member or for all: references and codes only, never a name.

    Whoever only is invited is given their own, whatever the address says.
    """
    theirs = comes_as(pages, request, found)
    if theirs is None:
        if agency and agency not in AGENCIES:
            raise HTTPException(404)
        members: tuple[str, ...] = (agency,) if agency else ()
    else:
        members = theirs
    given = given_to(found, members) if members or theirs is not None else found
    title = f"Pack for {title_of(found)}"
    said = agenda_said(given, london_date(pages.parts.now()))
    crumbs = (("Sittings", "/sittings"), (title_of(found), said["address"]))
    return pages.show(
        request,
        "pack.html",
        Page(title, "sittings", crumbs),
        **said,
        agency=agency,
        member=say_list([say_agency(one) for one in members], "and") or "whoever runs the sitting",
        shared=shared_said(found, members) if given is not found else WHOLE,
        one_member=given is not found,
        agencies=[]
        if theirs is not None
        else [{"value": "", "text": "No member: the whole agenda"}, *agencies()],
    )


def comes_as(pages: Pages, request: Request, found: Agenda) -> tuple[str, ...] | None:
    """For which members somebody reads who is only invited; nothing for whoever reads by their own post."""
    let, parts = access(request), pages.parts
    if let.decision.rule != "invited":
        return None
    today = london_date(parts.now())
    return comes_for(found.invited, parts.code, let.asker.person, let.asker.posts, today)


def invited_line(pages: Pages, one: Invitation, today: date) -> str:
    """Who is invited, in words: the person for the agency, or whoever signs in for it, and up to when."""
    agency, until = say_agency(one.agency), ""
    if one.last_on < today:
        until = f", until {say_day(one.last_on)}: it opens nothing any more"
    elif one.last_on > one.sits_on:
        until = f", until {say_day(one.last_on)}"
    if one.person is not None:
        return f"{agency}: {name_of(pages.parts.people, one.person)}{until}"
    if partner_of(one.agency) in SIGN_IN.values():
        return f"{agency}: whoever signs in for it{until}"
    return f"{agency}: nobody signs in for it here, so give them the pack"


def invited_options(pages: Pages, found: Agenda) -> list[dict[str, str]]:
    """Every invitation that can be withdrawn, to choose from."""
    return [
        {"value": "", "text": "Choose an invitation"},
        *(
            {"value": sitting_forms.said_of(one), "text": invited_line(pages, one, one.sits_on)}
            for one in found.invited
        ),
    ]


def people(pages: Pages) -> list[dict[str, str]]:
    """Everybody with a post here today, to choose from."""
    parts, now = pages.parts, pages.parts.now()
    posts = {person: pages.posts(person, now)[0] for person in parts.people}
    here = sorted((name_of(parts.people, one), one) for one, roles in posts.items() if roles)
    return [
        {"value": "", "text": "Whoever signs in for the agency"},
        *({"value": one, "text": f"{name}, {posts[one]}"} for name, one in here),
    ]


def choices(found: Agenda) -> dict[str, list[dict[str, str]]]:
    """What can be chosen in the forms of the page."""
    still_open = [one for one in (*found.actions, *found.agreed) if one.done_on is None]
    return {
        "children": [
            {"value": "", "text": "Choose a child"},
            *({"value": one.stream.hex, "text": one.reference} for one in found.everybody),
        ],
        "decisions": options(DECISIONS),
        "agencies": agencies(),
        "kinds": options(ACTIONS),
        "shares": options(SHARES),
        "open": [
            {"value": "", "text": "Choose an action"},
            *(
                {
                    "value": one.ref,
                    "text": f"{one.child}: {named(ACTIONS, one.kind)},"
                    f" {say_agency(one.agency)}, due {say_day(one.due_on)}",
                }
                for one in still_open
            ),
        ],
    }


def options(labels: Mapping[str, str]) -> list[dict[str, str]]:
    """The codes of a set, to choose from."""
    return [{"value": code, "text": capital(label)} for code, label in labels.items()]


def agencies() -> list[dict[str, str]]:
    """Every agency, to choose from."""
    return [{"value": code, "text": say_agency(code)} for code in AGENCIES]
