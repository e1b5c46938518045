"""Who looked at what: for whoever watches over information, and for each person their own."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from fastapi import Request, Response

from domain.calendar import LONDON, london_date, midnight
from domain.permission import PURPOSES, Action
from domain.words import say_day, say_moment
from projections.looks import Asked, Look, Unusual, looks, unusual
from projections.trust import warned
from web.access import needs
from web.addresses import Addresses
from web.console.gate import access
from web.console.look_back import day_typed
from web.console.page_names import allowed_by, page_called
from web.console.pages import Page, Pages
from web.console.spreadsheets import download
from web.console.trusted import believed
from web.console.wording import name_of

PER_PAGE: Final = 50
MOST_IN_A_FILE: Final = 100_000
DAYS: Final = 31
LOOKED_THROUGH: Final = timedelta(days=DAYS)
"""How far back unusual patterns are looked for where no day is asked for."""

WORDS: Final[Mapping[str, str]] = {
    "many-children": "looked at {} different children in one day",
    "out-of-hours": "looked {} times out of hours",
    "forced-open": "forced open {} records",
    "of-other-teams": "looked at {} children of other teams",
    "own-family": "was refused {} times what is of themselves or of their family",
}


def audit(pages: Pages) -> Addresses:
    """The pages of the record of every look."""
    routes = pages.door()

    @routes.get("/audit/reads")
    @needs(Action.SEE_READS, "reads")
    def reads(request: Request) -> Response:
        return show(pages, request, asked_in(pages, request.query_params), "Who looked at what")

    @routes.get("/audit/reads.csv")
    @needs(Action.SEE_READS, "reads")
    def file(request: Request) -> Response:
        asked = asked_in(pages, request.query_params)
        found, _ = looks(pages.parts.views, pages.parts.code, asked, limit=MOST_IN_A_FILE)
        parts, seen = pages.parts, access(request).visible
        sure = believed(parts, parts.now(), seen, looks=True)
        doubts = [[one] for one in warned(sure.doubts, "this list")]
        return download("reads.csv", [*doubts, *table(found, pages)])

    @routes.get("/audit/reads/mine")
    @needs(Action.SEE_OWN_READS, "staff")
    def mine(request: Request) -> Response:
        person = access(request).asker.person
        return show(
            pages, request, Asked(person=person, own=True), "What you have looked at", own=True
        )

    return routes


def asked_in(pages: Pages, words: Mapping[str, str]) -> Asked:
    """What an address narrows the looks to; a child is named by the case system's reference."""
    reference = words.get("child", "").strip()
    parts = pages.parts
    stream = parts.log.stream(parts.code, "child", reference).hex if reference else None
    from_on, _ = day_typed(words, "from")
    to_on, _ = day_typed(words, "to")
    return Asked(
        person=words.get("person") or None,
        child=stream,
        purpose=words.get("purpose") or None,
        from_at=midnight(from_on) if from_on else None,
        to_at=midnight(to_on + timedelta(days=1)) if to_on else None,
    )


def show(
    pages: Pages, request: Request, asked: Asked, title: str, *, own: bool = False
) -> Response:
    """The page itself: what is unusual first, then every look, the latest first."""
    parts, words = pages.parts, request.query_params
    number = number_of(words.get("page", "1"))
    found, total = looks(
        parts.views, parts.code, asked, offset=(number - 1) * PER_PAGE, limit=PER_PAGE
    )
    people = sorted(parts.people.values(), key=lambda person: person.name)
    kept = {name: word for name, word in words.items() if name != "page"}
    return pages.show(
        request,
        "reads.html",
        Page(title, "audit", relies_on="looks"),
        own=own,
        lines=[line(one, pages) for one in found],
        total=total,
        number=number,
        last=max(1, -(-total // PER_PAGE)),
        kept=kept,
        unusual=[] if own else [*said(pages, asked)],
        people=[{"value": "", "text": "Everybody"}]
        + [{"value": one.ref, "text": one.name} for one in people],
        purposes=[{"value": "", "text": "All"}]
        + [{"value": code, "text": text} for code, text in PURPOSES.items()],
        typed=dict(words),
    )


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
    window = Asked(asked.person, asked.child, asked.purpose, since, asked.to_at)
    for one in unusual(parts.views, parts.code, window, duty):
        yield sentence(one, pages)


def sentence(one: Unusual, pages: Pages) -> str:
    """One unusual pattern in words."""
    who = name_of(pages.parts.people, one.person)
    return f"{who} {WORDS[one.kind].format(one.count)}, on {say_day(one.on)}."


def line(one: Look, pages: Pages) -> dict[str, str]:
    """One look as the page shows it: the child by Daymark's own id, never by a name."""
    return {
        "when": say_moment(one.at),
        "who": name_of(pages.parts.people, one.person),
        "child": one.child[:12] if one.child else "",
        "route": page_called(one.route),
        "purpose": PURPOSES.get(one.purpose, one.purpose),
        "rule": allowed_by(one.rule, of_a_child=one.child is not None),
    }


def table(found: tuple[Look, ...], pages: Pages) -> Iterator[list[str]]:
    """The rows of the file."""
    yield ["when", "person", "child", "page", "purpose", "allowed by"]
    for one in found:
        who = name_of(pages.parts.people, one.person)
        yield [local(one.at), who, one.child or "", one.route, one.purpose, one.rule]


def local(at: datetime) -> str:
    """An instant as a spreadsheet reads it, in London time."""
    return at.astimezone(LONDON).isoformat(sep=" ", timespec="seconds")
