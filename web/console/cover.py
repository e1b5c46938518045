"""Who is away, who covers, who leaves and who is on duty, and the form that says so."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from domain.access_rules import Action
from domain.calendar import london_date
from domain.cover import away_and_cover, may_arrange, may_cover_some
from domain.errors import Refused
from domain.staff import Staff
from domain.words import say_day, say_list, say_moment, say_role
from formats.people import People
from web.access import needs
from web.addresses import Addresses
from web.console.gate import access
from web.console.look_back import day_typed
from web.console.pages import Page, Pages, texts
from web.console.telling import Filled, begin, tell
from web.console.wording import capital, name_of

WEEK: Final = 7
AHEAD: Final = timedelta(days=4 * WEEK)
"""How far ahead absences, leavers and shifts are shown."""


@dataclass(frozen=True)
class Absence:
    """Somebody who is away, or will be."""

    name: str
    when: str
    cover: str
    covered: bool


def cover(pages: Pages) -> Addresses:
    """The page of absences and cover, and its form."""
    routes = pages.door()

    @routes.get("/cover")
    @needs(Action.ARRANGE, "staff")
    def page(request: Request, done: str = "") -> Response:
        return show(pages, request, Filled(), done)

    @routes.post("/cover")
    @needs(Action.ARRANGE, "staff")
    async def recorded(request: Request) -> Response:
        form = texts(await request.form())
        return await run_in_threadpool(record, pages, request, form)

    return routes


def show(pages: Pages, request: Request, filled: Filled, done: str = "") -> Response:
    """The page, with what is wrong where the form could not be taken."""
    parts, now = pages.parts, pages.parts.now()
    staff, today = parts.authority(parts.code).staff, london_date(now)
    gone = list(absences(staff, parts.people, today))
    asker = access(request).asker
    known = sorted(parts.people.values(), key=lambda one: one.name)
    items = [
        (one.ref, {"value": one.ref, "text": f"{one.name}, {pages.posts(one.ref, now)[0]}"})
        for one in known
    ]
    mine = [item for ref, item in items if may_arrange(asker, staff, ref, today)]
    here = [
        item
        for ref, item in items
        if staff.is_here(ref, today) and may_cover_some(staff, ref, today)
    ]
    return pages.form(
        request,
        "cover.html",
        Page("Who is away and who covers", "cover", error=bool(filled.faults), relies_on="nothing"),
        400 if filled.faults else 200,
        token=filled.value("token"),
        answer=in_a_sentence(staff, parts.people, today),
        absences=gone,
        leavers=list(leavers(staff, parts.people, today)),
        rota=list(rota(staff, parts.people, now)),
        away=[{"value": "", "text": "Choose a person"}, *mine],
        covers=[{"value": "", "text": "Nobody covers"}, *here],
        example=f"{today.day} {today.month} {today.year}",
        filled=filled,
        done=done,
    )


def in_a_sentence(staff: Staff, people: People, today: date) -> str:
    """Who is away today, and whether anybody's work is nobody's meanwhile."""
    out = sorted(staff.away_on(today))
    if not out:
        return "Nobody is recorded as away today."
    bare = [name_of(people, one) for one in out if staff.is_away(one, today)]
    many = "1 person is away today" if len(out) == 1 else f"{len(out)} people are away today"
    if not bare:
        return f"{many}, and each is covered."
    return f"{many}. Nobody covers {say_list(bare, 'or')}."


def absences(staff: Staff, people: People, today: date) -> Iterator[Absence]:
    """Every absence that lasts or begins in the weeks ahead, the earliest first."""
    for one in sorted(staff.away, key=lambda one: (one.from_on, name_of(people, one.person))):
        if one.from_on > today + AHEAD or (one.to_on is not None and one.to_on < today):
            continue
        until = say_day(one.to_on) if one.to_on else "further notice"
        covering = {
            name_of(people, held.person)
            for held in staff.assignments
            if held.covers == one.person
            and (one.to_on is None or held.from_on <= one.to_on)
            and (held.to_on is None or held.to_on >= max(one.from_on, today))
        }
        yield Absence(
            name_of(people, one.person),
            f"{say_day(one.from_on)} to {until}",
            say_list(sorted(covering), "and") if covering else "Nobody covers",
            bool(covering),
        )


def leavers(staff: Staff, people: People, today: date) -> Iterator[str]:
    """Who has left in the last weeks or leaves in those ahead: no role of theirs goes on."""
    by_person: dict[str, list[date | None]] = {}
    for one in staff.assignments:
        if one.covers is None:
            by_person.setdefault(one.person, []).append(one.to_on)
    for person, ends in sorted(by_person.items(), key=lambda item: name_of(people, item[0])):
        known = [end for end in ends if end is not None]
        if len(known) == len(ends) and abs(max(known) - today) <= AHEAD:
            left = "left after" if max(known) < today else "leaves after"
            yield f"{name_of(people, person)} {left} {say_day(max(known))}"


def rota(staff: Staff, people: People, now: datetime) -> Iterator[tuple[str, str, str]]:
    """The shifts of the week ahead: who, for what, and when."""
    for one in sorted(staff.shifts, key=lambda one: (one.from_at, one.person)):
        if one.to_at > now and one.from_at < now + timedelta(days=WEEK):
            role = capital(say_role(one.role)) + (f", team {one.team}" if one.team else "")
            when = f"{say_moment(one.from_at)} to {say_moment(one.to_at)}"
            yield name_of(people, one.person), role, when


def record(pages: Pages, request: Request, form: dict[str, str]) -> Response:
    """Record an absence and its cover, or show the form again with what is wrong."""
    teller = begin(pages, request, form, "cover")
    staff, today = pages.parts.authority(pages.parts.code).staff, london_date(teller.now)
    filled = Filled(typed=form)
    person, covering = filled.value("person"), filled.value("covering") or None
    first, filled.days["from"] = day_typed(form, "from")
    last, filled.days["to"] = day_typed(form, "to")
    if not may_arrange(access(request).asker, staff, person, today):
        filled.faults["person"] = "Choose who is away"
    for name, day in (("from", first), ("to", last)):
        if day is None:
            filled.faults[f"{name}-day"] = "Enter a real date"
    if first is not None and first < today - AHEAD:
        filled.faults["from-day"] = "The first day must not be more than 4 weeks ago"
    if last is not None and last < today:
        filled.faults["to-day"] = "The last day must be today or later"
    if filled.faults or first is None or last is None:
        return show(pages, request, filled)
    try:
        said = away_and_cover(staff, person, first, last, covering)
    except Refused as refused:
        filled.faults["covering" if covering else "to-day"] = f"{capital(str(refused))}"
        return show(pages, request, filled)
    events = [
        teller.event(teller.code, one, on=one.from_on, kind="authority", number=number)
        for number, one in enumerate(said, 1)
    ]
    return RedirectResponse(f"/cover?done={tell(pages, *events)}", 303)
