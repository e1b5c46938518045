"""One thing that surprises: both facts side by side, what follows from either, and the form to settle it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from domain.access_rules import Action
from domain.anomalies import Anomaly, anomalies
from domain.child_episode import ChildEpisode
from domain.clocks import Clock, clocks_of, verdict
from domain.code_sets import CODE_SETS
from domain.event import CONSOLE, Event
from domain.facts.corrections import FactConfirmed, FactWithdrawn
from domain.facts.fact import EventName, Fact, guarded_fields
from domain.permission import may
from domain.standing import Standing, first_told, happened
from domain.words import say_due, say_fact, say_field, say_moment, say_title, say_verdict, say_when
from formats.fact_forms import HAS_ITS_PAGE, recordable
from web.access import needs
from web.addresses import Addresses
from web.console.children import child_shown
from web.console.corrected import (
    SAID,
    Corrected,
    change_rows,
    changed_by,
    changes_in,
    corrected,
    restated,
)
from web.console.corrected import choices as said_of_corrections
from web.console.gate import access
from web.console.pages import Page, Pages, texts
from web.console.telling import KNOWN, Filled, Teller, begin, tell, told_before
from web.console.timeline import answer_in_words, number_of
from web.console.timeline_pages import way_to_fact
from web.console.wording import capital

REASONS: Final = CODE_SETS["correction_reason"].labels
SHORTEST: Final = 10
"""Letters below which "because" says nothing to whoever asks later."""
LONGEST: Final = 300
ORDER: Final = ("first", "second")


def contradictions(pages: Pages) -> Addresses:
    """The page of what surprises in one fact, and what is said on it."""
    routes = pages.door()

    @routes.get("/children/{ref}/anomalies/{event}")
    @needs(Action.SEE, "child")
    def page(request: Request, ref: str, event: str) -> Response:
        found = surprise(pages, request, event)
        return show(pages, request, ref, found, Filled()) if found else settled_before(ref)

    @routes.post("/children/{ref}/anomalies/{event}")
    @needs(Action.RECORD, "child")
    async def settled(request: Request, ref: str, event: str) -> Response:
        form = texts(await request.form())
        return await run_in_threadpool(settle, pages, request, ref, event, Filled("settle", form))

    return routes


@dataclass(frozen=True)
class Surprise:
    """What surprises in one fact, and the other fact where two contradict each other."""

    episode: ChildEpisode
    found: tuple[Anomaly, ...]
    facts: tuple[Standing, ...]
    """One or two, in the order in which they happened; none where a correction surprises."""
    corrected: Corrected | None
    """What a correction that surprises is about; nothing where what surprises is none."""

    def told(self, one: Standing) -> Event:
        """The event that first told a fact."""
        every = self.episode.judged_by
        return next(each.event for each in every if each.event_id == one.event_id)


def surprise(pages: Pages, request: Request, event: str) -> Surprise | None:
    """What surprises in a fact of this child; nothing where nothing does any more."""
    episode, parts = child_shown(request), pages.parts
    found = tuple(
        one
        for one in anomalies(episode.history, parts.authority(parts.code))
        if one.event_id.hex == event
    )
    if not found:
        return None
    named = {found[0].event_id} | {one.against for one in found if one.against}
    facts = [one for one in episode.standing if one.event_id in named]
    # Where it contradicts several, each pair is settled by itself: the first of them now.
    other = [one for one in facts if one.event_id != found[0].event_id][:1]
    beside = tuple(one for one in facts if one in other or one.event_id.hex == event)
    return Surprise(episode, found, beside, corrected(episode, found))


class Differences(NamedTuple):
    """The clocks that depend on the answer: a column for each answer, a row for each clock."""

    heads: tuple[str, ...]
    rows: list[tuple[str, list[str]]]


def may_be_mended(pages: Pages, episode: ChildEpisode, event: str) -> Standing | None:
    """A fact of a child that a person stated by hand, or that surprises; nothing for any other."""
    found = next((one for one in episode.standing if one.event_id.hex == event), None)
    if found is None or found.name not in recordable():
        return None
    return found if found.source == CONSOLE or found.event_id in disputed(pages, episode) else None


def disputed(pages: Pages, episode: ChildEpisode) -> frozenset[UUID]:
    """The facts of a child that surprise, are contradicted, or have a correction that surprises."""
    parts = pages.parts
    found = anomalies(episode.history, parts.authority(parts.code))
    both = {one.event_id for one in found} | {one.against for one in found if one.against}
    return frozenset(
        both | {changed_by(one) for one in changes_in(episode) if one.event_id in both}
    )


def show(pages: Pages, request: Request, ref: str, found: Surprise, filled: Filled) -> Response:
    """The facts beside each other, and the form for whoever may record about the child."""
    let, episode = access(request), found.episode
    allowed = may(let.asker, Action.RECORD, let.record, let.purpose, pages.parts.now()).allowed
    crumbs = (("Anomalies", "/anomalies"), (episode.child, f"/children/{ref}"))
    title = (
        f"Which is right? {episode.child}"
        if len(found.facts) > 1 or found.corrected
        else f"Is this right? {episode.child}"
    )
    return pages.form(
        request,
        "contradiction.html",
        Page(title, "anomalies", crumbs, error=bool(filled.faults)),
        400 if filled.faults else 200,
        where=f"/children/{ref}/anomalies/{found.found[0].event_id.hex}",
        mending=f"/children/{ref}/recorded",
        record=way_to_fact(f"/children/{ref}", number_of(found.found[0].event_id)),
        sentences=[one.sentence for one in found.found],
        cards=list(cards(found)),
        differs=differences(pages, found),
        may_settle=allowed and bool(found.facts or found.corrected),
        choices=choices(found),
        changed="changed" if found.corrected else "withdrawn",
        reasons=[{"value": code, "text": capital(text)} for code, text in REASONS.items()],
        filled=filled,
    )


def cards(found: Surprise) -> Iterator[dict[str, object]]:
    """What stands side by side: the facts, or what was said and what it was corrected to."""
    for number, one in enumerate(found.facts):
        yield card(found, one, f"The {ORDER[number]} fact: " if len(found.facts) > 1 else "")
    about = found.corrected
    if about is None:
        return
    if about.told is None:
        rows = [("Told by", about.name.source), ("Its number there", about.name.id)]
        rows.append(("Known here", "No: nothing of this number was recorded"))
        yield {"title": "What was said", "rows": rows, "mend": ""}
    else:
        yield card(found, about.as_if() or first_told(about.told), "What was said: ")
    for number, change in enumerate(about.rivals):
        which = f"{capital(about.called(number))}: what" if about.rivals[1:] else "What"
        rows = change_rows(about, change, REASONS)
        yield {"title": f"{which} it was corrected to", "rows": rows, "mend": ""}


def card(found: Surprise, one: Standing, which: str) -> dict[str, object]:
    """One fact as it stands, row by row; a sealed field is named and not shown."""
    told, sealed = found.told(one), guarded_fields(type(one.fact))
    rows = [
        ("Happened", "sealed" if one.fact.GUARDED_TIME else say_when(one)),
        ("Recorded", say_moment(one.recorded_at)),
        ("Told by", one.source),
        ("Fact number", one.event_id.hex[:12]),
    ]
    for name in type(one.fact).model_fields:
        value = getattr(one.fact, name)
        if name not in set(Fact.model_fields) and value not in (None, ()):
            said = "sealed" if name in sealed else answer_in_words(type(one.fact), name, value)
            rows.append((capital(say_field(name)), said))
    if one.cause is not None:
        rows.insert(2, ("Corrected", say_moment(one.visible_at)))
    stands_now = any(each.event_id == one.event_id for each in found.episode.standing)
    mine = stands_now and told.subject == found.episode.child
    mendable = mine and one.name in recordable()
    return {
        "title": f"{which}{say_fact(one.name).lower() if which else say_fact(one.name)}",
        "rows": rows,
        "mend": one.event_id.hex if mendable else "",
    }


def choices(found: Surprise) -> dict[str, str]:
    """What can be said of the facts, or of the correction."""
    if found.corrected:
        return said_of_corrections(found.corrected)
    names = [one.name for one in found.facts]
    if len(names) > 1:
        said = {
            "first": ("The first is right: withdraw the second", names[1]),
            "second": ("The second is right: withdraw the first", names[0]),
            "right": ("Both are right", ""),
        }
    else:
        said = {
            "right": ("It is right as it stands", ""),
            "wrong": ("It is wrong: withdraw it", "".join(names)),
        }
    # What one person's word does not make, one person's word does not take away.
    return {one: text for one, (text, gone) in said.items() if gone not in HAS_ITS_PAGE}


def differences(pages: Pages, found: Surprise) -> Differences:
    """The clocks that stand otherwise under some answer: what each is under every one."""
    under: dict[str, tuple[Standing, ...]] = {}
    every, facts = found.episode.standing, found.facts
    if found.corrected and found.corrected.now:
        of = found.corrected.now.event_id
        for what, stood in found.corrected.answers.items():
            head = "If what was said is right"
            if what != SAID:
                number = int(what.removeprefix("change-"))
                head = f"If {found.corrected.called(number)} is right"
            others = [one for one in every if one.event_id != of]
            under[head] = tuple(sorted([*others, *([stood] if stood else [])], key=happened))
    elif len(facts) > 1:
        under["If only the first is right"] = without(every, facts[-1])
        under["If only the second is right"] = without(every, facts[0])
    elif facts:
        under["As it stands"] = every
        under["If it is withdrawn"] = without(every, facts[0])
    clocks = [clocks_by(pages, found, one) for one in under.values()]
    rows = []
    for key in dict.fromkeys(key for one in clocks for key in one):
        said = [stands(pages, one.get(key)) for one in clocks]
        if len(set(said)) > 1:
            clock = next(one[key] for one in clocks if key in one)
            rows.append((say_title(clock.timescale), said))
    return Differences(tuple(under), rows)


def without(facts: Iterable[Standing], left_out: Standing) -> tuple[Standing, ...]:
    """The facts if one of them had never been told."""
    return tuple(one for one in facts if one.event_id != left_out.event_id)


def clocks_by(pages: Pages, found: Surprise, facts: Sequence[Standing]) -> Mapping[str, Clock]:
    """The child's clocks by these facts, by their keys."""
    every = clocks_of(facts, pages.parts.authority(pages.parts.code), found.episode.kind)
    return {one.key: one for one in every}


def stands(pages: Pages, clock: Clock | None) -> str:
    """How a clock stands, in a few words."""
    if clock is None:
        return "Does not run"
    word = say_verdict(clock, verdict(clock, pages.parts.now()))
    return f"{word}, due by {say_due(clock)}"


def settle(pages: Pages, request: Request, ref: str, event: str, filled: Filled) -> Response:
    """Record what a person says of the facts, or show the form again with what is wrong."""
    teller = begin(pages, request, filled.typed, "settle")
    if told_before(pages, teller):
        return receipt(ref, KNOWN)
    found = surprise(pages, request, event)
    if found is None:
        return settled_before(ref)
    what = filled.value("what")
    if what not in choices(found) or not (found.facts or found.corrected):
        filled.faults["what"] = "Say which is right"
    elif not (SHORTEST if what == "right" else 0) <= len(because_in(filled)) <= LONGEST:
        filled.faults["because"] = f"Say why, in {SHORTEST} to {LONGEST} letters"
    elif what != "right" and filled.value("reason") not in REASONS:
        done = "it is changed" if found.corrected else "the other is withdrawn"
        filled.faults["reason"] = f"Choose why {done}"
    if filled.faults:
        return show(pages, request, ref, found, filled)
    events = said(found, filled, teller)
    return receipt(ref, tell(pages, *events), events[0].event_id.hex)


def said(found: Surprise, filled: Filled, teller: Teller) -> list[Event]:
    """What a person said as facts: one fact withdrawn or corrected, or each surprise confirmed."""
    what, because = filled.value("what"), because_in(filled)
    if about := found.corrected:
        change = list(restated(about, what, filled.value("reason"), teller))
        odd = next(one for one in about.rivals if one.event_id == found.found[0].event_id)
        return [*change, *confirmed(found, odd.event, because, teller, after=len(change))]
    if what == "right":
        odd_fact = next(one for one in found.facts if one.event_id == found.found[0].event_id)
        return confirmed(found, found.told(odd_fact), because, teller)
    wrong = found.told(found.facts[-1] if what == "first" else found.facts[0])
    name = EventName(source=wrong.source, id=wrong.id)
    gone = FactWithdrawn(corrected_event=name, reason=filled.value("reason"))
    return [teller.event(wrong.subject, gone)]


def confirmed(
    found: Surprise, about: Event, because: str, teller: Teller, after: int = 0
) -> list[Event]:
    """That nothing of it need surprise any more, once for each thing that did."""
    name = EventName(source=about.source, id=about.id)
    return [
        teller.event(
            about.subject,
            FactConfirmed(about=name, kind=one.kind, because=because or None),
            number=number,
        )
        for number, one in enumerate(found.found, after + 1)
    ]


def because_in(filled: Filled) -> str:
    """The reason as it is kept: on one line, whatever was typed."""
    return " ".join(filled.value("because").split())


def settled_before(ref: str) -> Response:
    """To the child's record, where a thing that surprises no more is a fact like any other."""
    return RedirectResponse(f"/children/{ref}#history", 303)


def receipt(ref: str, became: str, event: str = "") -> Response:
    """To what can be recorded of the child, where the receipt stands."""
    return RedirectResponse(f"/children/{ref}/record?done={became}&event={event}", 303)
