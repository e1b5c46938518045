"""Who looked at what: for whoever watches over information, and for each person their own."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.access_rules import PURPOSES, Action
from domain.calendar import LONDON, london_date
from domain.words import say_day, say_moment
from projections.looks import Asked, Look, Unusual, looks, unusual
from projections.trust import warned
from web.access import needs
from web.addresses import Addresses
from web.console.gate import access
from web.console.looks_asked import ADDRESS, Narrowed, narrowed_in
from web.console.page_names import allowed_by, page_called
from web.console.pages import Page, Pages, texts
from web.console.recent import reference_of
from web.console.spreadsheets import cut_short, download
from web.console.trusted import believed
from web.console.wording import name_of

PER_PAGE: Final = 50
MOST_IN_A_FILE: Final = 100_000
DAYS: Final = 31
LOOKED_THROUGH: Final = timedelta(days=DAYS)
"""How far back unusual patterns are looked for where no day is asked for."""

TITLE: Final = "Who looked at what"
BY_ITSELF: Final = "Refreshed by itself"
HEADINGS: Final = (
    "when",
    "person",
    "child",
    "page",
    "address",
    "why",
    "purpose",
    "allowed by",
    "rule",
    "how",
    "children in the file",
    "SHA-256 of the file",
)

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "many-children": ("looked at 1 child in one day", "looked at {} different children in one day"),
    "out-of-hours": ("looked once out of hours", "looked {} times out of hours"),
    "forced-open": ("forced open 1 record", "forced open {} records"),
    "of-other-teams": ("looked at 1 child of another team", "looked at {} children of other teams"),
    "own-family": (
        "was refused once what is of themselves or of their family",
        "was refused {} times what is of themselves or of their family",
    ),
    "searched": (
        "searched once for what they may not see or what does not exist",
        "searched {} times for what they may not see or what does not exist",
    ),
}
"""What is unusual in words, of one and of several."""


def audit(pages: Pages) -> Addresses:
    """The pages of the record of every look."""
    routes = pages.door()

    @routes.get(ADDRESS)
    @needs(Action.SEE_READS, "reads")
    def reads(request: Request) -> Response:
        narrowed = narrowed_in(request.query_params, pages.parts.now())
        if narrowed.by_boxes and not narrowed.faults:
            return RedirectResponse(f"{ADDRESS}{narrowed.query}", 303)
        return of_everybody(pages, request, narrowed)

    @routes.post(ADDRESS)
    @needs(Action.SEE_READS, "reads")
    async def find(request: Request) -> Response:
        form = texts(await request.form())
        pages.sessions.accept(access(request).session, form.get("token", ""))
        return await run_in_threadpool(find_child, pages, request, form)

    @routes.get(f"{ADDRESS}.csv")
    @needs(Action.SEE_READS, "reads")
    def file(request: Request) -> Response:
        return in_a_file(pages, request)

    @routes.get(f"{ADDRESS}/mine")
    @needs(Action.SEE_OWN_READS, "staff")
    def mine(request: Request) -> Response:
        person = access(request).asker.person
        page = Page("What you have looked at", "audit", relies_on="looks")
        asked = Asked(person=person, own=True)
        return show(pages, request, page, asked, Narrowed(), own=True)

    return routes


def of_everybody(pages: Pages, request: Request, narrowed: Narrowed) -> Response:
    """The looks of everybody; where what narrows them cannot be read, none, and what is wrong."""
    faults = narrowed.faults
    page = Page(TITLE, "audit", error=bool(faults), relies_on="nothing" if faults else "looks")
    return show(pages, request, page, None if faults else narrowed.asked, narrowed)


def find_child(pages: Pages, request: Request, form: Mapping[str, str]) -> Response:
    """The way to the looks at the child of a reference: whether there is one is not asked."""
    parts, reference = pages.parts, form.get("reference", "")
    narrowed = narrowed_in(form, parts.now())
    if not reference:
        said = {"reference": "Enter the case system’s reference of the child"}
        return of_everybody(pages, request, replace(narrowed, faults=said))
    child = parts.log.stream(parts.code, "child", reference).hex
    return RedirectResponse(f"{ADDRESS}{narrowed.of(child).query}", 303)


def in_a_file(pages: Pages, request: Request) -> Response:
    """The looks that an address asks for, with what is doubtful or missing in the first rows."""
    parts, seen = pages.parts, access(request).visible
    narrowed = narrowed_in(request.query_params, parts.now())
    if narrowed.faults:
        raise HTTPException(400)
    found, total = looks(parts.views, parts.code, narrowed.asked, limit=MOST_IN_A_FILE)
    doubts = believed(parts, parts.now(), seen, looks=True).doubts
    return download(
        "reads.csv",
        [
            *([one] for one in warned(doubts, "this list")),
            *cut_short(len(found), total, "looks"),
            list(HEADINGS),
            *(in_a_row(one, pages) for one in found),
        ],
    )


def show(
    pages: Pages,
    request: Request,
    page: Page,
    asked: Asked | None,
    narrowed: Narrowed,
    *,
    own: bool = False,
) -> Response:
    """The page itself: what is unusual first, then every look, the latest first."""
    parts = pages.parts
    number = number_of(request.query_params.get("page", "1"))
    found: tuple[Look, ...] = ()
    total = 0
    if asked is not None:
        offset = (number - 1) * PER_PAGE
        found, total = looks(parts.views, parts.code, asked, offset=offset, limit=PER_PAGE)
    people = {one.ref: one.name for one in sorted(parts.people.values(), key=lambda one: one.name)}
    seen = {one.child for one in found if own and one.child}
    called = {child: reference_of(pages, access(request), child) for child in seen}
    return pages.form(
        request,
        "reads.html",
        page,
        400 if asked is None else 200,
        own=own,
        listed=asked is not None,
        lines=[line(one, pages, narrowed, called) for one in found],
        total=total,
        number=number,
        last=max(1, -(-total // PER_PAGE)),
        unusual=[] if own or asked is None else [*said(pages, asked)],
        people=choices("Everybody", people, narrowed.person),
        purposes=choices("All", PURPOSES, narrowed.purpose),
        narrowed=narrowed,
    )


def choices(all_of_them: str, known: Mapping[str, str], chosen: str) -> list[dict[str, str]]:
    """What can be chosen from; what was chosen is among it, known or not."""
    more = {chosen: chosen} if chosen and chosen not in known else {}
    every = {"": all_of_them} | dict(known) | more
    return [{"value": code, "text": text} for code, text in every.items()]


def number_of(typed: str) -> int:
    """Which page of a list an address asks for; the first where that is no number."""
    return max(1, int(typed)) if re.fullmatch(r"[0-9]{1,6}", typed) else 1


def said(pages: Pages, asked: Asked) -> Iterator[str]:
    """Each unusual pattern in a sentence."""
    parts, now = pages.parts, pages.parts.now()
    authority = parts.authority(parts.code)
    today = london_date(now)
    duty = {
        one.person
        for one in authority.assignments
        if one.role == "emergency_duty_team" and one.holds(today)
    }
    since = asked.from_at or now - LOOKED_THROUGH
    window = replace(asked, from_at=since)
    for one in unusual(parts.views, parts.code, window, duty):
        yield sentence(one, pages)


def sentence(one: Unusual, pages: Pages) -> str:
    """One unusual pattern in words."""
    who = name_of(pages.parts.people, one.person)
    said = WORDS[one.kind][one.count != 1].format(one.count)
    return f"{who} {said}, on {say_day(one.on)}."


def line(one: Look, pages: Pages, narrowed: Narrowed, called: Mapping[str, str]) -> dict[str, str]:
    """One look as the page shows it: the child by the reference its reader knows, or Daymark's own id."""
    reference = called.get(one.child or "")
    return {
        "when": say_moment(one.at),
        "who": name_of(pages.parts.people, one.person),
        "child": f"Child {reference}" if reference else child_of(one, pages),
        "of_child": f"{ADDRESS}{narrowed.of(one.child).query}" if one.child else "",
        "route": page_called(one.route),
        "how": BY_ITSELF if one.unattended else "",
        "purpose": PURPOSES.get(one.purpose, one.purpose),
        "rule": allowed_by(one.rule, of_a_child=one.child is not None),
    }


def child_of(one: Look, pages: Pages) -> str:
    """Of whom a look was: a child by the first digits of its id, a list, or a file of so many."""
    parts = pages.parts
    if one.child is None:
        return f"A file of {one.carried} children" if one.carried else "A list"
    itself = parts.log.stream(parts.code, "authority", parts.code).hex
    return "The authority’s own record" if one.child == itself else f"Child {one.child[:12]}"


def in_a_row(one: Look, pages: Pages) -> list[str]:
    """One look as the file has it: words, each beside its code."""
    return [
        local(one.at),
        name_of(pages.parts.people, one.person),
        one.child or "",
        page_called(one.route),
        one.route,
        PURPOSES.get(one.purpose, one.purpose),
        one.purpose,
        allowed_by(one.rule, of_a_child=one.child is not None),
        one.rule,
        BY_ITSELF.lower() if one.unattended else "",
        str(one.carried) if one.carried else "",
        one.sha256 or "",
    ]


def local(at: datetime) -> str:
    """An instant as a spreadsheet reads it, in London time."""
    return at.astimezone(LONDON).isoformat(sep=" ", timespec="seconds")
