"""What a person recorded by hand, or what surprises, put right: corrected in part, or withdrawn."""

from typing import Final

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool

from domain.access_rules import Action
from domain.child_episode import ChildEpisode
from domain.code_sets import CODE_SETS
from domain.standing import Standing
from domain.words import say_fact, say_when
from formats.fact_forms import Question, questions
from web.access import needs
from web.addresses import Addresses
from web.console.contradictions import may_be_mended
from web.console.corrected import after_all, changed_by, changes_in
from web.console.gate import episode_of
from web.console.look_back import day_typed
from web.console.pages import Page, Pages, texts
from web.console.record import WHEN, back, built, crumbs_of, when_said
from web.console.telling import Filled, Teller, begin, tell
from web.console.wording import capital

CORRECTION_REASONS: Final = CODE_SETS["correction_reason"].labels


def mending(pages: Pages) -> Addresses:
    """The form that puts one fact right."""
    routes = pages.door()

    @routes.get("/children/{ref}/recorded/{event}")
    @needs(Action.RECORD, "child")
    def one(request: Request, ref: str, event: str) -> Response:
        stood = may_be_mended(pages, episode_of(request), event)
        return show_mending(pages, request, ref, stood, Filled()) if stood else back(ref)

    @routes.post("/children/{ref}/recorded/{event}")
    @needs(Action.RECORD, "child")
    async def mended(request: Request, ref: str, event: str) -> Response:
        form = texts(await request.form())
        stood = may_be_mended(pages, episode_of(request), event)
        if stood is None:
            return back(ref)
        return await run_in_threadpool(mend, pages, request, ref, stood, Filled("mend", form))

    return routes


def show_mending(
    pages: Pages, request: Request, ref: str, stood: Standing, filled: Filled
) -> Response:
    """The form that corrects when a fact happened or one of its answers, or withdraws it."""
    episode = episode_of(request)
    title = f"Put right: {say_fact(stood.name).lower()}, {say_when(stood)}"
    return pages.form(
        request,
        "record_mend.html",
        Page(
            title, "record", crumbs_of(ref, episode), error=bool(filled.faults), relies_on="nothing"
        ),
        400 if filled.faults else 200,
        where=f"/children/{ref}/recorded/{stood.event_id.hex}",
        child=episode.child,
        questions=changeable(stood, episode),
        stands={q.name: getattr(stood.fact, q.name) for q in changeable(stood, episode)},
        reasons=[{"value": k, "text": capital(v)} for k, v in CORRECTION_REASONS.items()],
        filled=filled,
    )


def changeable(stood: Standing, episode: ChildEpisode) -> list[Question]:
    """The answers of a fact that the form can change: one of a set of codes, or yes and no."""
    asked = questions(type(stood.fact), episode.standing)
    return [one for one in asked if one.kind in {"one", "yes-no"}]


def mend(pages: Pages, request: Request, ref: str, stood: Standing, filled: Filled) -> Response:
    """Correct or withdraw what was recorded by hand: nothing is edited."""
    teller, episode = begin(pages, request, filled.typed, "mend"), episode_of(request)
    what, reason = filled.value("what"), filled.value("reason")
    if what not in {"correct", "withdraw"}:
        filled.faults["what"] = "Say whether it was wrong in part or never happened"
    if reason not in CORRECTION_REASONS:
        filled.faults["reason"] = "Choose a reason"
    words = [] if what != "correct" else corrections(filled, teller, stood, episode)
    if filled.faults:
        return show_mending(pages, request, ref, stood, filled)
    told = next(one for one in episode.judged_by if one.event_id == stood.event_id)
    words += [
        f"child={told.event.subject}",
        f"id={teller.token}",
        f"time={teller.now.isoformat()}",
        f"reason={reason}",
        f"corrected_event.source={told.event.source}",
        f"corrected_event.id={told.event.id}",
    ]
    made = built("fact-corrected" if what == "correct" else "fact-withdrawn", words, teller)
    event = after_all(
        made, [one for one in changes_in(episode) if changed_by(one) == told.event_id]
    )
    return back(ref, f"?done={tell(pages, event)}&event={event.event_id.hex}")


def corrections(
    filled: Filled, teller: Teller, stood: Standing, episode: ChildEpisode
) -> list[str]:
    """What a correction changes: when it happened where a day is typed, and each other answer."""
    words: list[str] = []
    if any(day_typed(filled.typed, WHEN)[1]):
        said = when_said(filled, teller, type(stood.fact))
        words = [
            one.replace("on=", "occurred_on=", 1).replace("time=", "occurred_at=", 1)
            for one in said
        ]
    fields: list[str] = []
    for question in changeable(stood, episode):
        given = filled.value(question.name)
        allowed = {value for value, _ in question.choices} or {"yes", "no"}
        if given and given in allowed:
            said_now = f'"{given}"' if question.kind == "one" else str(given == "yes").lower()
            fields.append(f'"{question.name}": {said_now}')
    if fields:
        words.append(f"fields={{{', '.join(fields)}}}")
    if not words and not filled.faults:
        filled.faults[f"{WHEN}-day"] = "Say what is to be changed"
    return words
