"""How a page is made: the templates, what every page carries, and the page of a problem."""

import json
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from types import CodeType
from typing import Any, Final, NamedTuple

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import (
    BytecodeCache,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
)
from jinja2.bccache import Bucket
from jinja2.runtime import Macro
from opentelemetry import trace

from domain.calendar import london_date
from domain.errors import AdoptedMissing
from domain.permission import Post
from domain.words import say_moment, say_role, say_time, say_weekday
from projections.trust import Trust
from web.access import Needs
from web.addresses import Addresses
from web.console.assets import Assets
from web.console.gate import Access, Gate
from web.console.headers import security_headers
from web.console.heartbeat import Heartbeat
from web.console.navigation import Opening
from web.console.sessions import SAFE, Session, Sessions, origin_of
from web.console.trusted import ReliesOn, believed_of
from web.console.within import days_of
from web.parts import Parts
from web.recording import SHOWN_WITH, is_look, route_of

TEMPLATES: Final = Path(__file__).parent.parent / "templates"

TITLES: Final[Mapping[int, str]] = {
    HTTPStatus.BAD_REQUEST: "This address cannot be read",
    HTTPStatus.FORBIDDEN: "This form was not accepted",
    HTTPStatus.NOT_FOUND: "Page not found",
    HTTPStatus.METHOD_NOT_ALLOWED: "This page cannot be used that way",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "What you sent is too long",
    HTTPStatus.TOO_MANY_REQUESTS: "Try again in a few minutes",
}
MOST_KEPT: Final = 500
"""Menus of different readers and places that are kept."""
WARNED: Final = 120
"""Seconds before the end of a session at which whoever is there is asked whether to stay."""
NOT_AT_HAND: Final = "that were adopted and are not at hand"
BROKEN: Final = "Sorry, there is a problem with the service"


@dataclass(frozen=True)
class Page:
    """What a page says of itself: its question, where it stands, and whether something was typed wrong."""

    title: str
    active: str = ""
    crumbs: tuple[tuple[str, str], ...] = ()
    error: bool = False
    view: str = ""
    """The moments it is of, as paper says them; nothing for now."""
    beside_now: bool = False
    """Whether a part of it is of now, though another is of other moments."""
    relies_on: ReliesOn = "board"
    """What it is made from that may be doubted; a page that does not say so judges what the board does."""

    @property
    def of_now(self) -> bool:
        """Whether what ails today makes it doubtful: what is past is not."""
        return not self.view or self.beside_now


@dataclass(frozen=True)
class Reader:
    """Who is looking, as far as they have said."""

    ref: str
    name: str
    role: str
    teams: tuple[str, ...]


class Idle(NamedTuple):
    """How long a session still lasts, and how long before that its reader is warned."""

    left: int
    warned: int
    ends: str


class Pages:
    """Makes every page of the console."""

    def __init__(self, parts: Parts) -> None:
        """Read the templates and the assets once."""
        self.parts = parts
        self.assets = Assets(brand=parts.brand)
        self.sessions = Sessions(parts)
        self.gate = Gate(parts, self.sessions)
        self.templates = {sure: environment(sure=sure) for sure in (True, False)}
        self.needed: Mapping[str, Needs] = {}
        """What each address needs, once every route is known."""
        self._rules_at_start = NOT_AT_HAND
        with suppress(AdoptedMissing):
            self._rules_at_start = self.rules()
        self._heartbeat = Heartbeat(parts)
        self.headers = security_headers(
            self.render(
                "problem.html",
                Page(BROKEN),
                None,
                None,
                rules=self._rules_at_start,
                problem=500,
                trace="",
            ),
            origin_of(parts.provider.issuer.name) if parts.provider else "",
        )

    def door(self) -> Addresses:
        """Where addresses are put for people to go to; the gate stands before all of them."""
        return Addresses(self.gate)

    def show(
        self,
        request: Request,
        template: str,
        page: Page,
        status: int = HTTPStatus.OK,
        **values: object,
    ) -> Response:
        """A page as the browser gets it."""
        return self.answer(request, self.session(request), template, page, status, values)

    def form(
        self,
        request: Request,
        template: str,
        page: Page,
        status: int = HTTPStatus.OK,
        **values: object,
    ) -> Response:
        """A page with a form that changes something: it carries a token of this session."""
        known = self.session(request)
        session = known or self.sessions.begin(self.parts.now())
        token = values.pop("token", None) or self.sessions.token(session)
        answer = self.answer(request, session, template, page, status, values | {"token": token})
        if known is None:
            self.sessions.keep(answer, session)
        return answer

    async def sent(self, request: Request) -> tuple[dict[str, str], Session | None]:
        """The words of a form and the session that sent it; HTTPException 403 for a foreign form."""
        form = texts(await request.form())
        session = self.sessions.read(request.cookies, self.parts.now())
        self.sessions.accept(session, form.get("token", ""))
        return form, session

    def answer(
        self,
        request: Request,
        session: Session | None,
        template: str,
        page: Page,
        status: int,
        values: dict[str, Any],
    ) -> HTMLResponse:
        """A page for the reader of a session, with whether it can be relied on and is recorded."""
        if "trust" not in values:  # a page that counts by it has asked already
            values["trust"] = self.trusted(request, page)
        values.setdefault("given_days", days_of(request))
        values.setdefault("recorded", is_recorded(request, status))
        text = self.render(
            template, page, self.reader(session), self.opening(request, session), **values
        )
        return HTMLResponse(text, status_code=status)

    def session(self, request: Request) -> Session | None:
        """The session that a page is made for: what the gate read, which only a form can have altered."""
        if request.method in SAFE and hasattr(request.state, "session"):
            read: Session | None = request.state.session
            return read
        return self.sessions.read(request.cookies, self.parts.now(), used=False)

    def problem(self, request: Request, status: int) -> Response:
        """The page that says something went wrong and what to do; the same words for the same status."""
        page = Page(TITLES.get(status, BROKEN), relies_on="nothing")
        # Nor does it say of which days somebody may see a record that is not there for them.
        said: dict[str, object] = {"problem": status, "trace": trace_id(), "given_days": ""}
        said["recorded"] = False
        if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return self.show(request, "problem.html", page, status, **said)
        # Whatever broke may be what the reader and the rules are asked of.
        said |= {"rules": self._rules_at_start, "kept": self._heartbeat.beats()}
        if doubt := getattr(request.state, "doubt", None):
            said["trust"] = Trust(self.parts.now(), 0, 0, (doubt,))
        text = self.render("problem.html", page, None, None, **said)
        return HTMLResponse(text, status_code=status)

    def cannot_print(self, request: Request) -> Response:
        """The page that says that no PDF can be made here, and who mends it."""
        page = Page("No PDF can be made here", relies_on="nothing")
        return self.show(
            request, "problem.html", page, 503, problem=503, unprinted=True, recorded=False
        )

    def trusted(self, request: Request, page: Page) -> Trust | None:
        """Whether a page can be relied on; nothing for one that judges nothing, or not of now."""
        return believed_of(request, self.parts, page.relies_on) if page.of_now else None

    def render(
        self,
        template: str,
        page: Page,
        reader: Reader | None,
        opening: Opening | None,
        **values: object,
    ) -> str:
        """The text of a page, with what every page carries; it leads only where its reader may go.

        What cannot be relied on is made by templates that know no colour.
        """
        now, trust = self.parts.now(), values.pop("trust", None)
        doubts = trust.doubts if isinstance(trust, Trust) else ()
        sure = not doubts and not values.pop("doubted", False)
        around: dict[str, object] = {
            "council": self.parts.council,
            "brand": self.parts.brand,
            "training": self.parts.training,
            "static": self.assets.prefix,
            "printed_at": say_moment(now),
            "places": tuple(opening.places()) if opening else (),
            "home": opening.home if opening else "/board",
            "invited_to": opening.invited if opening else (),
            "idle": self.idle(opening, now),
            "opens": opening or opens_nothing,
            "embedded": self.parts.embedded,
            "asks_who": opening is not None,
            "in_part": opening is not None and opening.in_part,
            "leads": opening.leads if opening else opens_nothing,
            "trust": trust,
            "doubts": doubts,
        }
        if isinstance(trust, Trust):
            around["checked"] = moment_checked(trust)
        if "rules" not in values:
            around["rules"] = self.rules()
        return (
            self.templates[sure]
            .get_template(template)
            .render(around | values, page=page, reader=reader, now=now)
        )

    def opening(self, request: Request, session: Session | None) -> Opening:
        """Which addresses open to whoever asks."""
        now, let = self.parts.now(), getattr(request.state, "access", None)
        asker = let.asker if isinstance(let, Access) else self.gate.asker(session, now)
        return Opening(self.parts, self.needed, asker, now, session)

    def idle(self, opening: Opening | None, now: datetime) -> Idle | None:
        """When the reader's session ends if they open no other page; nothing for who has none."""
        ends = opening.session.ends_at if opening and opening.session else None
        if ends is None:
            return None
        return Idle(int((ends - now).total_seconds()), WARNED, say_moment(ends))

    def rules(self) -> str:
        """The policy pack that judges here, by name and version."""
        policy = self.parts.authority(self.parts.code).policy
        return f"{policy.name} {policy.version}"

    def reader(self, session: Session | None) -> Reader | None:
        """The person a session names, if the people file still knows them."""
        person = self.parts.people.get(session.person) if session and session.person else None
        if person is None:
            return None
        given = session.posts if session else ()
        return Reader(person.ref, person.name, *self.posts(person.ref, self.parts.now(), given))

    def posts(
        self, person: str, now: datetime, given: Sequence[Post] = ()
    ) -> tuple[str, tuple[str, ...]]:
        """The roles a person holds today, in words, and their teams; those given at sign-in, too."""
        today = london_date(now)
        held = [
            one
            for one in self.parts.authority(self.parts.code).assignments
            if one.person == person and one.holds(today)
        ]
        roles = dict.fromkeys(map(say_role, [*(h.role for h in held), *(g.role for g in given)]))
        teams = [one.team for one in held if one.team]
        teams += [team for one in given for team in sorted(one.teams or ())]
        return ", ".join(roles), tuple(dict.fromkeys(teams))


def is_recorded(request: Request, status: int) -> bool:
    """Whether this page is a look that is recorded before it is sent, as its foot then says."""
    let = getattr(request.state, "access", None)
    return (
        isinstance(let, Access) and status in SHOWN_WITH and is_look(let, route_of(request.scope))
    )


def opens_nothing(_path: str) -> bool:
    """What is asked where nobody knows who reads: nothing opens."""
    return False


def moment_checked(trust: Trust) -> str:
    """When a page was found to be up to date, in words."""
    return f"{say_time(trust.checked_at)} on {say_weekday(london_date(trust.checked_at))}"


class Templates(Environment):
    """Templates that are all told the same: the names they share need not be overlaid for each."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The names every template knows, looked up where they stand unless one is told more."""
        return super().make_globals(d) if d else self.globals


class Compiled(BytecodeCache):
    """What either environment has compiled, for both: they differ in what they know, not in their text."""

    def __init__(self) -> None:
        """Nothing is compiled yet."""
        self._kept: dict[str, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was compiled of a template, if it was."""
        bucket.code = self._kept.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the other."""
        if bucket.code is not None:
            self._kept[bucket.key] = bucket.code


COMPILED: Final = Compiled()


@cache
def environment(*, sure: bool) -> Environment:
    """Templates that escape everything they are given; each is compiled once in a process.

    Those of what is not sure know no colour: a macro cannot be told of a doubt, or forget it.
    """
    kit = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    made = Templates(
        loader=ChoiceLoader([FileSystemLoader(TEMPLATES), kit]),
        autoescape=True,
        auto_reload=False,
        bytecode_cache=COMPILED,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["sure"] = sure
    made.globals["once"] = made_once()
    return made


def made_once() -> Callable[[Macro, dict[str, Any]], str]:
    """Makes a component of the kit once for the same words; only for what stands around every page.

    Nobody's record is among what it is given, for it is kept as long as the process lives.
    """
    kept: dict[tuple[str, str], str] = {}

    def once(component: Macro, given: dict[str, Any]) -> str:
        key = component.name, json.dumps(given, sort_keys=True)
        if key not in kept:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            kept[key] = component(given)
        return kept[key]

    return once


def trace_id() -> str:
    """The trace a person can quote; empty when nothing is traced."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else ""


def texts(form: Mapping[str, Any]) -> dict[str, str]:
    """The words of a form; a file that came in a text's place counts as nothing."""
    return {name: value.strip() for name, value in form.items() if isinstance(value, str)}
