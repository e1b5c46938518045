"""What one person's board showed at a past moment, what had reached them, and what they could open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.access_rules import Action
from domain.invitations import Invitation
from domain.permission import reaching_back
from domain.words import say_agency, say_day, say_doubt, say_end, say_moment, say_role, say_title
from projections.as_seen import CANNOT_TELL, AsSeen, CoverThen, ForcedThen, ToldThen, as_seen
from projections.board_children import OnBoard, listed_then
from projections.feeds_then import FeedThen
from projections.instants import written
from projections.seeing import Seeing
from projections.trust import reasons
from projections.undone_then import OperatorsTold
from web.access import needs
from web.addresses import Addresses
from web.console.board_lines import Line, line
from web.console.gate import access
from web.console.look_back import Moment, View, WrongDate, moment_of
from web.console.page_names import page_called
from web.console.pages import Page, Pages
from web.console.two_moments import NOT_A_MOMENT, Boxes, moment_boxed, typed_of
from web.console.within import on_the_days
from web.console.wording import capital, name_of

TITLE: Final = "What somebody’s board showed"
AT: Final = "at"
MOST: Final = 1_000_000
CHOOSE: Final = "Choose whose board"
NOT_WRITTEN: Final = "The moment in this address cannot be read. Enter one, for example 7 1 2016"
NOT_PASSED: Final = "The moment in this address has not passed yet. Enter one that has"


def seen_then(pages: Pages) -> Addresses:
    """The page of what somebody could see then."""
    routes = pages.door()

    @routes.get("/audit/as-seen")
    @needs(Action.REPLAY, "list")
    def as_seen_page(request: Request) -> Response:
        asked, now = request.query_params, pages.parts.now()
        if f"{AT}-day" in asked:
            return chosen(pages, request, asked)
        person, at = asked.get("person", ""), asked.get(AT, "")
        if not person and not at:
            return show(pages, request, Form())
        moment, fault = moment_written(at, now)
        form = Form(person, boxes(typed_of(moment), fault), stranger(pages, person))
        return show(pages, request, form, None if form.faults else moment)

    return routes


def moment_written(at: str, now: datetime) -> tuple[Moment | None, str]:
    """The moment that an address names, and what is wrong with it."""
    try:
        moment = moment_of(at, now)
    except WrongDate:
        return None, NOT_WRITTEN
    if moment is None:
        return None, NOT_PASSED if at else NOT_A_MOMENT
    return moment, ""


def stranger(pages: Pages, person: str) -> str:
    """What is wrong with whom the address or the form names; empty for a person who is known."""
    if person in pages.parts.people:
        return ""
    return "The person in this address is not known here. Choose whose board" if person else CHOOSE


def boxes(typed: tuple[str, str, str, str] = ("", "", "", ""), fault: str = "") -> Boxes:
    """The boxes of the moment."""
    hint = "For example, 7 1 2016. Without a time, the end of that day"
    return Boxes(AT, "At which moment?", hint, typed, fault)


@dataclass(frozen=True)
class Form:
    """Whose board is asked for, and when; with what is wrong."""

    person: str = ""
    moment: Boxes = field(default_factory=boxes)
    fault: str = ""
    """What is wrong with the person."""

    @property
    def faults(self) -> list[dict[str, str]]:
        """Everything wrong, each leading to its field."""
        found = [{"text": self.fault, "href": "#person"}] if self.fault else []
        if self.moment.fault:
            found.append({"text": self.moment.fault, "href": f"#{AT}-day"})
        return found


def chosen(pages: Pages, request: Request, asked: Mapping[str, str]) -> Response:
    """Where the form leads, or the form again with what is wrong in it."""
    now, person = pages.parts.now(), asked.get("person", "")
    moment, typed, fault = moment_boxed(asked, AT, now)
    if moment is None and not fault:
        fault = NOT_A_MOMENT
    wrong = stranger(pages, person)
    if moment is None or wrong:
        return show(pages, request, Form(person, boxes(typed, fault), wrong))
    query = urlencode({"person": person, AT: moment.written})
    return RedirectResponse(f"/audit/as-seen?{query}", 303)


def show(pages: Pages, request: Request, form: Form, moment: Moment | None = None) -> Response:
    """The page itself."""
    people = sorted(pages.parts.people.values(), key=lambda person: person.name)
    page = Page(
        TITLE,
        "audit",
        (("Find a child", "/children"),),
        error=bool(form.faults),
        view=""
        if moment is None
        else f"what {name_of(pages.parts.people, form.person)} could see at {moment.said}",
        relies_on="nothing",
    )
    seen = None if moment is None else of_then(pages, request, form.person, moment)
    return pages.show(
        request,
        "as_seen.html",
        page,
        400 if form.faults else 200,
        form=form,
        people=[{"value": "", "text": "Choose a person"}]
        + [{"value": one.ref, "text": one.name} for one in people],
        seen=seen,
        doubted=seen is not None and bool(seen.doubts),
        cannot_tell=CANNOT_TELL,
    )


@dataclass(frozen=True)
class Told:
    """One message, promise, page or record, in words."""

    when: str
    what: str
    more: str = ""


@dataclass(frozen=True)
class Then:
    """Everything the page says of that moment."""

    who: str
    moment: str
    query: str
    """The view that links of the rows lead to."""
    posts: str
    doubts: tuple[str, ...]
    listed: tuple[tuple[OnBoard, list[Line]], ...]
    clocks: int
    counts: Mapping[str, int]
    told: tuple[Told, ...]
    promised: tuple[Told, ...]
    looked: tuple[Told, ...]
    forced: tuple[Told, ...]
    away: bool
    cover: tuple[str, ...]
    feeds: tuple[Told, ...]
    operators: tuple[Told, ...]
    sittings: tuple[Told, ...]
    """The agendas that an invitation opened to them."""


def of_then(pages: Pages, request: Request, person: str, moment: Moment) -> Then:
    """The replay in words, of what the reader may see."""
    parts, now = pages.parts, pages.parts.now()
    visible = access(request).visible
    view = on_the_days(visible, View(now, known_at=moment))
    assert view.known_at is not None
    moment = view.known_at
    if not reaching_back(visible, moment.at).grants:
        raise HTTPException(404)
    whole = as_seen(parts.log, parts.authority(parts.code), person, moment.at)
    sees = Seeing(parts.views, parts.code, visible, written(now), (moment.at, whole.every))
    seen = whole.kept_to(sees.shows, sees.shows_any)
    rows, _ = seen.board.rows(limit=MOST)
    listed = listed_then(rows, "urgent", 0, MOST)
    sure = not seen.doubts

    def in_words(one: OnBoard) -> list[Line]:
        return [line(row, parts, seen.authority, moment.at, sure=sure) for row in one.rows]

    return Then(
        who=name_of(parts.people, person),
        moment=moment.said,
        query="?" + urlencode({"as-of": moment.written, "known-at": moment.written}),
        posts=posts_of(seen),
        doubts=reasons(seen.doubts),
        listed=tuple((one, in_words(one)) for one in listed.children),
        clocks=listed.clocks,
        counts=seen.board.counts(),
        told=messages(pages, seen),
        promised=tuple(
            Told(say_moment(one.at), clock_of(pages, one.stream, one.clock, seen), until(one.until))
            for one in seen.promised
        ),
        looked=tuple(
            Told(say_moment(one.at), page_called(one.route), child_of(pages, one.child))
            for one in seen.looked
        ),
        forced=tuple(forced_words(pages, one, seen) for one in seen.forced),
        away=seen.away,
        cover=tuple(cover_words(pages, one) for one in seen.cover),
        feeds=tuple(map(feed_words, seen.feeds)),
        operators=tuple(operator_words(pages, one) for one in seen.operators),
        sittings=tuple(map(sitting_words, seen.sittings)),
    )


def posts_of(seen: AsSeen) -> str:
    """The posts a person held, in words."""
    said = [
        say_role(one.role) + (f" ({', '.join(sorted(one.teams))})" if one.teams else "")
        for one in seen.posts
    ]
    return ", ".join(dict.fromkeys(said)) or "no post"


def messages(pages: Pages, seen: AsSeen) -> tuple[Told, ...]:
    """What had been sent to a person by then, the latest first."""
    return tuple(
        Told(
            say_moment(one.at),
            f"{ABOUT.get(one.about, 'Warning')}: {clock_of(pages, one.stream, one.clock, seen)}",
            ("delivered" if one.delivered else "not delivered")
            + WAYS.get(one.channel, "")
            + answered(pages, one),
        )
        for one in reversed(seen.told)
    )


def answered(pages: Pages, one: ToldThen) -> str:
    """Whether anybody had answered for it by then."""
    if one.acknowledged_at is None:
        return "; not acknowledged by then"
    by = name_of(pages.parts.people, one.acknowledged_by)
    return f"; acknowledged {say_moment(one.acknowledged_at)} by {by}"


def forced_words(pages: Pages, one: ForcedThen, seen: AsSeen) -> Told:
    """A record that was forced open, with what its page showed."""
    by = name_of(pages.parts.people, one.reviewed_by) if one.reviewed_by else "nobody"
    authority = seen.authority
    lines = (line(row, pages.parts, authority, seen.at, sure=not seen.doubts) for row in one.clocks)
    clocks = "; ".join(f"{each.title}: {each.tag.text}" for each in lines)
    said = f"open until {say_moment(one.until)}, reviewed by {by} by then"
    return Told(say_moment(one.at), one.reference, f"{said}. {clocks}" if clocks else said)


def sitting_words(one: Invitation) -> Told:
    """A sitting whose agenda and pack they could open, and since when."""
    whose = f"for {say_agency(one.agency)}" + (", by name" if one.person else "")
    sits = f"{one.panel.upper()} on {say_day(one.sits_on)}"
    until = say_day(one.last_on)
    return Told(f"invited {whose} since {say_moment(one.since)}, until {until}", sits)


def operator_words(pages: Pages, one: OperatorsTold) -> Told:
    """A word to whoever looks after Daymark."""
    since = f"since {say_moment(one.since)}, " if one.since else ""
    came = "delivered" if one.delivered else "not delivered"
    who = name_of(pages.parts.people, one.person)
    return Told(
        say_moment(one.at), f"{capital(say_doubt(one.doubt, one.about))}, to {who}", since + came
    )


ABOUT: Final = {"breach": "Late", "cured": "Not late after all"}
WAYS: Final = {
    "email": ", by e-mail",
    "digest": ", in the 8am summary",
    "teams": ", by Teams",
    "notify": ", by GOV.UK Notify",
}


def clock_of(pages: Pages, stream: str, key: str, seen: AsSeen) -> str:
    """A clock by its timescale and its child's reference."""
    rule = seen.authority.policy.by_id.get(key.partition(".")[0])
    return f"{say_title(rule) if rule else key}, {child_of(pages, stream)}"


def child_of(pages: Pages, stream: str | None) -> str:
    """A child by the case system's reference; empty where a page was of no one child."""
    episode = pages.gate.child(stream) if stream else None
    return episode.child if episode else ""


def until(at: datetime) -> str:
    """Until when a promise was made."""
    return f"promised until {say_end(at)}"


def cover_words(pages: Pages, one: CoverThen) -> str:
    """Who covered for whom, in a sentence."""
    who, whom = (name_of(pages.parts.people, ref) for ref in (one.person, one.covers))
    team = f" of team {one.team}" if one.team else ""
    last = f" to {say_day(one.to_on)}" if one.to_on else ""
    return (
        f"{who} held the role of {say_role(one.role)}{team} for {whom},"
        f" from {say_day(one.from_on)}{last}."
    )


def feed_words(one: FeedThen) -> Told:
    """How far a source had been heard."""
    kind = "speaks at once" if one.continuous else "speaks at night"
    heard = "never heard"
    if one.complete_to is not None:
        heard = f"had told everything up to {say_moment(one.complete_to)}"
    elif one.last_heard is not None:
        heard = f"last heard {say_moment(one.last_heard)}"
    late = f"; late since {say_moment(one.late_from)}" if one.late_from else ""
    return Told(one.source, kind, heard + late)
