"""Two moments of a child side by side: what became known between them, and what that changed."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.access_rules import Action
from domain.explanation import Explanation, explain
from domain.own_matters import of_allegation
from domain.permission import DAY_NOT_SHOWN
from domain.words import say_moment, say_title
from projections.between import Cause, Changed, How, Learned, between, say_what
from projections.history import History, Judged
from web.access import needs
from web.addresses import Addresses
from web.console.children import Told, replay
from web.console.gate import access
from web.console.look_back import View, WrongDate, view_of
from web.console.pages import Page, Pages
from web.console.silent import Silent, silent
from web.console.statuses import Tag, tag
from web.console.timeline import happening
from web.console.two_moments import (
    TwoMoments,
    WrongMoments,
    asks_for_moments,
    two_moments,
    view_typed,
)

TellIn = Callable[[View], Told]
"""How a record is replayed under a view."""

SECOND: Final = "and-"
"""What the second moment's names in an address begin with."""
AFTER: Final = "-2"
"""What the names of the second moment's boxes end with."""

HOW: Final[Mapping[How, str]] = {
    "became-known": "Became known",
    "happened": "Happened since",
    "no-longer": "Not counted any more",
}
"""Why only one of the moments counts a fact."""


def compare(pages: Pages) -> Addresses:
    """The page that compares two moments of a child."""
    routes = pages.door()

    @routes.get("/children/{ref}/compare")
    @needs(Action.REPLAY, "child")
    def compared(request: Request, ref: str) -> Response:
        return compare_page(pages, request, lambda view: replay(pages, request, ref, view))

    return routes


def compare_page(pages: Pages, request: Request, told_in: TellIn) -> Response:
    """The page that compares two moments of a record, as its address asks for it."""
    now, asked = pages.parts.now(), request.query_params
    if asks_for_moments(asked) or asks_for_moments(asked, AFTER):
        return typed(pages, request, told_in)
    try:
        first, second = view_of(asked, now), second_of(asked, View(now))
    except WrongDate:
        raise HTTPException(400) from None
    forms = (two_moments(first), two_moments(second, after=AFTER))
    if first.is_now and second.is_now:
        return page_of(pages, request, told_in(first), forms)
    return page_of(pages, request, told_in(first), forms, told_in(second))


def second_of(asked: Mapping[str, str], now: View) -> View:
    """The second view that an address names."""
    named = {name: asked.get(f"{SECOND}{name}", "") for name in ("as-of", "known-at")}
    return view_of(named, now.now)


def typed(pages: Pages, request: Request, told_in: TellIn) -> Response:
    """Where the boxes lead, or the form again with what is wrong in them."""
    now, asked = pages.parts.now(), request.query_params
    latest = access(request).moment(now)
    views, forms, wrong = list[View](), list[TwoMoments](), False
    for after in ("", AFTER):
        try:
            view = view_typed(asked, latest, after)
            views.append(view)
            forms.append(two_moments(view, after=after))
        except WrongMoments as fault:
            wrong = True
            forms.append(fault.form)
    told = told_in(View(now))
    if wrong:
        return page_of(pages, request, told, (forms[0], forms[1]))
    return RedirectResponse(f"{told.where}/compare{query_of(views[0], views[1])}", 303)


def query_of(first: View, second: View) -> str:
    """Two views as an address; empty where both are now."""
    kept = {
        f"{begins}{name}": moment.written
        for begins, view in (("", first), (SECOND, second))
        for name, moment in (("as-of", view.as_of), ("known-at", view.known_at))
        if moment is not None
    }
    return "?" + urlencode(kept) if kept else ""


def page_of(
    pages: Pages,
    request: Request,
    first: Told,
    forms: tuple[TwoMoments, TwoMoments],
    second: Told | None = None,
) -> Response:
    """The page itself: the form of both moments, and beneath it what they differ in, where both are asked."""
    faults = [*forms[0].faults, *forms[1].faults]
    page = Page(
        "What changed between two moments",
        first.place,
        (*first.crumbs, (first.title, first.where)),
        error=bool(faults),
        view=f"{said(first.view)}, beside {said(second.view)}" if second else "",
        beside_now=second is not None and (first.view.is_now or second.view.is_now),
        relies_on="board" if second else "nothing",
    )
    return pages.show(
        request,
        "compare.html",
        page,
        400 if faults else 200,
        whose=first.title,
        where=first.where,
        faults=faults,
        forms=forms,
        found=None if second is None else differences(pages, first, second),
    )


def said(view: View) -> str:
    """What a view shows, in words."""
    return view.said or "the record as it stands now"


@dataclass(frozen=True)
class Seen:
    """One clock at one moment."""

    tag: Tag
    why: Explanation
    href: str


@dataclass(frozen=True)
class Line:
    """One clock that differs: in what, why, and how it is explained at either moment."""

    title: str
    about: str
    """What it is about, where the record is the authority's own."""
    key: str
    sentences: tuple[str, ...]
    causes: tuple[str, ...]
    seen: tuple[Seen | None, Seen | None]
    rows: tuple[tuple[str, str, str], ...]
    """Each piece of evidence, and what it says at either moment."""


@dataclass(frozen=True)
class Fact:
    """One fact that only one of the moments counts."""

    how: str
    sentence: str
    about: str
    """The allegation it speaks of, where the record is the authority's own."""
    happened: str
    recorded: str
    source: str


@dataclass(frozen=True)
class Found:
    """Everything that the page says of two moments."""

    sides: tuple[tuple[View, Silent], tuple[View, Silent]]
    facts: tuple[Fact, ...]
    clocks: tuple[Line, ...]
    unchanged: int


def differences(pages: Pages, first: Told, second: Told) -> Found:
    """Both replays compared, in words."""
    found = between(pages.parts.log, first.history, second.history, first.view.now)
    sides = (first, second)
    before, after = ((one.view, silent(one.history, one.view.now)) for one in sides)
    return Found(
        sides=(before, after),
        facts=tuple(fact(one, second.history) for one in found.facts),
        clocks=tuple(line(one, sides) for one in found.clocks),
        unchanged=found.unchanged,
    )


def fact(one: Learned, past: History) -> Fact:
    """One fact in words."""
    recorded = one.line.recorded
    about = past.spoken_of.get(recorded.event_id)
    return Fact(
        HOW[one.how],
        one.line.sentence,
        of_allegation(about) if about else "",
        DAY_NOT_SHOWN if one.line.sealed else happening(recorded).said,
        say_moment(recorded.recorded_at),
        recorded.event.source,
    )


def line(one: Changed, sides: tuple[Told, Told]) -> Line:
    """One clock in words."""
    first, second = (
        seen(clock, told) for clock, told in zip((one.before, one.after), sides, strict=True)
    )
    return Line(
        title=say_title(one.one.clock.timescale),
        about=sides[1].history.about(one.one.clock),
        key=one.one.clock.key,
        sentences=tuple(say_what(one)),
        causes=tuple(because(each, sides[1].history) for each in one.causes),
        seen=(first, second),
        rows=tuple(rows(first, second)),
    )


def seen(one: Judged | None, told: Told) -> Seen | None:
    """One clock at one moment, explained; nothing where that moment does not know it."""
    if one is None:
        return None
    why = explain(one.clock, told.history.authority, told.moment, one.told_at, one.breached_at)
    return Seen(tag(one.clock, one.verdict), why, f"{told.clocks}/{one.clock.key}{told.view.query}")


def rows(first: Seen | None, second: Seen | None) -> Iterator[tuple[str, str, str]]:
    """The evidence of both moments, piece beside piece."""
    sides = [numbered(one.why.lines) if one else {} for one in (first, second)]
    for piece in {**sides[0], **sides[1]}:
        yield piece[0], sides[0].get(piece, ""), sides[1].get(piece, "")


def numbered(lines: Sequence[tuple[str, str]]) -> dict[tuple[str, int], str]:
    """Each piece of evidence by its name and how often that came before: a clock may be held twice."""
    before, found = Counter[str](), dict[tuple[str, int], str]()
    for name, said in lines:
        found[name, before[name]] = said
        before[name] += 1
    return found


def because(cause: Cause, past: History) -> str:
    """One cause in a sentence."""
    if cause.recorded is None:
        return cause.sentence
    told = cause.recorded
    when = DAY_NOT_SHOWN.lower() if past.seals(told) else f"happened {happening(told).said}"
    return f"{cause.sentence.removesuffix('.')}: {when}, recorded {say_moment(told.recorded_at)}."
