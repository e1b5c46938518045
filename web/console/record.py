"""The human door: facts that no system states, told by a person in a form."""

import re
from dataclasses import replace
from typing import Final

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from domain.access_rules import Action
from domain.calendar import london_date
from domain.child_episode import ChildEpisode
from domain.errors import UnreadableFact
from domain.event import CONSOLE, Event
from domain.facts.authority import SourceRegistered
from domain.facts.fact import Fact
from domain.permission import Record, may
from domain.words import say_fact, say_when
from formats.by_hand import build_event
from formats.fact_forms import (
    FIRST_OF_ALL,
    NEW,
    Question,
    defined,
    observed_here,
    recordable,
    unstated,
)
from web.access import needs
from web.addresses import Addresses
from web.console.by_hand import asked, led_to
from web.console.children import may_see
from web.console.gate import access, episode_of
from web.console.look_back import day_typed
from web.console.pages import Page, Pages, texts
from web.console.telling import Filled, Teller, begin, tell
from web.console.two_moments import NOT_A_TIME, time_of_day
from web.console.wording import capital

TITLE: Final = "Record what no system tells"
NOT_A_DATE: Final = "Enter a real date, for example 11 1 2016"
WHEN: Final = "when"


def record(pages: Pages) -> Addresses:
    """The list of facts, and the forms of a child."""
    routes = pages.door()

    @routes.get("/record")
    @needs(Action.SEE, "list")
    def page(request: Request, done: str = "") -> Response:
        return show_list(pages, request, Filled(), done)

    @routes.post("/record")
    @needs(Action.SEE, "list")
    async def find(request: Request) -> Response:
        form = texts(await request.form())
        return await run_in_threadpool(go_to_child, pages, request, form)

    @routes.post("/record/here")
    @needs(Action.SETTLE, "staff")
    async def here(request: Request) -> Response:
        form = texts(await request.form())
        return await run_in_threadpool(register_here, pages, request, form)

    @routes.get("/children/{ref}/record")
    @needs(Action.RECORD, "child")
    def child(request: Request, ref: str, done: str = "", event: str = "") -> Response:
        return show_child(pages, request, ref, done, event)

    @routes.get("/children/{ref}/record/{fact}")
    @needs(Action.RECORD, "child")
    def ask(request: Request, ref: str, fact: str) -> Response:
        model = recordable().get(fact)
        return show_form(pages, request, ref, model, led_to(request, model)) if model else back(ref)

    @routes.post("/children/{ref}/record/{fact}")
    @needs(Action.RECORD, "child")
    async def told(request: Request, ref: str, fact: str) -> Response:
        form = await request.form()
        model = recordable().get(fact)
        if model is None:
            return back(ref)
        chosen = {
            name: [one for one in form.getlist(name) if isinstance(one, str)] for name in form
        }
        filled = Filled(fact, texts(form), chosen=chosen)
        return await run_in_threadpool(receive, pages, request, ref, model, filled)

    return routes


def back(ref: str, query: str = "") -> Response:
    """Back to what can be recorded of the child."""
    return RedirectResponse(f"/children/{ref}/record{query}", 303)


def show_list(pages: Pages, request: Request, filled: Filled, done: str = "") -> Response:
    """Every fact that no system states, and the way to a child."""
    parts = pages.parts
    authority, today = parts.authority(parts.code), london_date(parts.now())
    names, here = unstated(authority, today), observed_here(authority, today)
    let = access(request)
    settles = Record("staff", parts.code)
    return pages.form(
        request,
        "record.html",
        Page(TITLE, "record", error=bool(filled.faults), relies_on="nothing"),
        400 if filled.faults else 200,
        facts=[
            {
                "text": say_fact(one),
                "what": defined(recordable()[one])[0],
                "here": one in here,
            }
            for one in names
        ],
        missing=len([one for one in names if one not in here]),
        filled=filled,
        done=done,
        may_settle=may(let.asker, Action.SETTLE, settles, let.purpose, parts.now()).allowed,
    )


def go_to_child(pages: Pages, request: Request, form: dict[str, str]) -> Response:
    """The way to the child of exactly this reference; the same words for none and for a hidden one."""
    pages.sessions.accept(access(request).session, form.get("token", ""))
    stream = pages.parts.log.stream(pages.parts.code, "child", form.get("reference", ""))
    if form.get("reference") and may_see(pages, request, stream):
        return back(stream.hex)
    said = "No child of this reference is known that you may see"
    filled = Filled("find", form)
    filled.faults["reference"] = said if form.get("reference") else "Enter the child’s reference"
    return show_list(pages, request, filled)


def register_here(pages: Pages, request: Request, form: dict[str, str]) -> Response:
    """Let the console state what nothing else does, from a day on: what waits for it is judged."""
    teller = begin(pages, request, form, "here")
    today = london_date(teller.now)
    filled = Filled("here", form)
    first, filled.days["from"] = day_typed(form, "from")
    if first is None:
        filled.faults["from-day"] = NOT_A_DATE
    elif first > today:
        filled.faults["from-day"] = "The first day must be today or in the past"
    if filled.faults or first is None:
        return show_list(pages, request, filled)
    authority = pages.parts.authority(teller.code)
    said = SourceRegistered(
        source=CONSOLE,
        delivers="continuous",
        states=tuple(sorted({*unstated(authority, today), *observed_here(authority, today)})),
        times="happened",
        from_on=first,
    )
    became = tell(pages, teller.event(teller.code, said, kind="authority"))
    return RedirectResponse(f"/record?done={became}", 303)


def show_child(pages: Pages, request: Request, ref: str, done: str, event: str) -> Response:
    """What can be recorded of a child, and what was by hand."""
    episode, parts = episode_of(request), pages.parts
    names = unstated(parts.authority(parts.code), london_date(parts.now()))
    told = [one for one in FIRST_OF_ALL if one not in names]
    page = Page(
        f"Record something about {episode.child}",
        "record",
        (("Record", "/record"), (episode.child, f"/children/{ref}")),
        relies_on="nothing",
    )
    return pages.show(
        request,
        "record_child.html",
        page,
        where=f"/children/{ref}",
        facts=[{"name": one, "text": say_fact(one)} for one in names],
        told=[{"name": one, "text": say_fact(one)} for one in told],
        by_hand=[
            {"event": one.event_id.hex, "text": say_fact(one.name), "when": say_when(one)}
            for one in reversed(episode.standing)
            if one.source == CONSOLE and one.name in recordable()
        ],
        done=done,
        event=event if re.fullmatch(r"[0-9a-f]{32}", event) else "",
    )


def show_form(
    pages: Pages, request: Request, ref: str, model: type[Fact], filled: Filled
) -> Response:
    """The form of one fact, with what was typed."""
    episode, parts = episode_of(request), pages.parts
    names = unstated(parts.authority(parts.code), london_date(parts.now()))
    title = f"{say_fact(model.NAME)}: {episode.child}"
    means, is_not = defined(model)
    return pages.form(
        request,
        "record_form.html",
        Page(
            title, "record", crumbs_of(ref, episode), error=bool(filled.faults), relies_on="nothing"
        ),
        400 if filled.faults else 200,
        where=f"/children/{ref}/record/{model.NAME}",
        means=means,
        is_not=is_not,
        told_by_a_system=model.NAME not in names,
        questions=asked(model, episode, parts.authority(parts.code)),
        by_day=model.PRECISION == "date",
        filled=filled,
    )


def crumbs_of(ref: str, episode: ChildEpisode) -> tuple[tuple[str, str], ...]:
    """Where a page of the door lies."""
    return (("Record", "/record"), (episode.child, f"/children/{ref}/record"))


def receive(
    pages: Pages, request: Request, ref: str, model: type[Fact], filled: Filled
) -> Response:
    """Record a fact, or show its form again with what is wrong."""
    teller = begin(pages, request, filled.typed, model.NAME)
    episode = episode_of(request)
    words = [f"child={episode.child}", f"id={teller.token}"]
    words += when_said(filled, teller, model)
    for question in asked(model, episode, pages.parts.authority(teller.code)):
        words += answered(question, filled, teller)
    if filled.faults:
        return show_form(pages, request, ref, model, filled)
    try:
        event = built(model.NAME, words, teller)
    except UnreadableFact as error:
        filled.faults |= dict(faults_of(error))
        return show_form(pages, request, ref, model, filled)
    return back(ref, f"?done={tell(pages, event)}&event={event.event_id.hex}")


def built(name: str, words: list[str], teller: Teller) -> Event:
    """The event that words tell, read as `daymark record` reads them, as the console says it."""
    event = build_event(
        name, words, authority=teller.code, now=teller.now, source=CONSOLE, by=teller.by
    )
    return replace(event, source_recorded_at=teller.now)


def when_said(filled: Filled, teller: Teller, model: type[Fact]) -> list[str]:
    """When it happened: a day, with its time of day where that is known."""
    day, filled.days[WHEN] = day_typed(filled.typed, WHEN)
    clock = filled.value(f"{WHEN}-time")
    if day is None:
        filled.faults[f"{WHEN}-day"] = NOT_A_DATE
        return []
    if day > london_date(teller.now):
        filled.faults[f"{WHEN}-day"] = "The day on which it happened must be today or in the past"
    if not clock or model.PRECISION == "date":
        return [f"on={day}"]
    found = time_of_day(clock)
    if found is None:
        filled.faults[f"{WHEN}-time"] = NOT_A_TIME
        return []
    return [f"time={day}T{found}"]


def answered(question: Question, filled: Filled, teller: Teller) -> list[str]:
    """The answer to one question as a word; nothing where it was left open, which may be a fault."""
    name = question.name
    if question.kind in {"day", "moment"}:
        day, filled.days[name] = day_typed(filled.typed, name)
        if any(filled.days[name]) and day is None:
            filled.faults[f"{name}-day"] = NOT_A_DATE
        clock = time_of_day(filled.value(f"{name}-time"))
        if day is not None and question.kind == "moment" and clock is None:
            filled.faults[f"{name}-time"] = NOT_A_TIME
        said = "" if day is None else str(day)
        if day is not None and clock is not None and question.kind == "moment":
            said = f"{day}T{clock}"
        place = f"{name}-day"
    else:
        given = [one for one in filled.chosen.get(name, ()) if one]
        known = {value for value, _ in question.choices}
        if question.kind not in {"text", "yes-no"} and not known.issuperset(given):
            filled.faults[name] = "Choose from the list"
        made = f"{CONSOLE}-{teller.token.partition('.')[0]}"
        said = ",".join(made if one == NEW else one for one in given)
        place = name
    if not said and question.required:
        filled.faults.setdefault(place, f"Answer “{question.text}”")
    return [f"{name}={said}"] if said else []


def faults_of(error: UnreadableFact) -> list[tuple[str, str]]:
    """What is wrong with a fact, by the id of the field to mend it in."""
    return [
        (place.removeprefix("#/").removeprefix("data/").partition("/")[0], capital(reason))
        for place, reason in error.errors
    ]
