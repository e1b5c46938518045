"""Exports of many records: proposed by who holds a scope, decided by somebody else, taken for some days."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.access_events import BulkExportDecided, BulkExportProposed, BulkExportTaken
from domain.access_rules import PURPOSES, Action
from domain.bulk_exports import DAYS_OPEN, OPEN_FOR, BulkExport, hash_of, may_decide
from domain.calendar import end_of, london_date
from domain.event import CONSOLE, Identity, engine_realm, event_id
from domain.permission import Record, may
from domain.words import say_day, say_list, say_moment
from formats.export import FILE_KINDS, Taken
from web.access import needs
from web.addresses import Addresses
from web.console.export_register import Registered, register
from web.console.gate import access
from web.console.packs import ZIP, looks_at, packed_up, visible_cases
from web.console.pages import Page, Pages, texts
from web.console.scope_forms import event
from web.console.scopes import HERE as SCOPES
from web.console.scopes import found as scope_of
from web.console.scopes import line as scope_line
from web.console.spreadsheets import as_file
from web.console.telling import Filled, begin
from web.console.wording import last_day, name_of

HERE: Final = "/audit/exports"
TITLE: Final = "Exports of many records"
LONGEST_REASON: Final = 500
SHORT: Final = {"pdf": "PDF", "xlsx": "Excel", "csv": "CSV", "json": "JSON"}
"""The kinds of file in a word."""


def bulk_exports(pages: Pages) -> Addresses:
    """The register, each export, its two forms and its files."""
    routes = pages.door()

    @routes.get("/audit/exports")
    @needs(Action.SEE, "export")
    def listed(request: Request) -> Response:
        return show_all(pages, request)

    @routes.get("/audit/exports/{export}")
    @needs(Action.SEE, "export")
    def one(request: Request, export: str) -> Response:
        return show_one(pages, request, found(pages, request, export), Filled())

    @routes.post("/audit/exports/{export}")
    @needs(Action.CONFIRM, "export")
    async def decided(request: Request, export: str) -> Response:
        form = texts(await request.form())
        return await run_in_threadpool(decide, pages, request, export, form)

    @routes.get("/audit/exports/{export}/pack.zip")
    @needs(Action.TAKE, "export")
    def taken(request: Request, export: str) -> Response:
        return sent(pages, request, found(pages, request, export, own=True))

    @routes.get("/audit/scopes/{scope}/export")
    @needs(Action.PROPOSE, "export")
    def asked(request: Request, scope: str) -> Response:
        return ask(pages, request, scope, Filled())

    @routes.post("/audit/scopes/{scope}/export")
    @needs(Action.PROPOSE, "export")
    async def proposed(request: Request, scope: str) -> Response:
        form = await request.form()
        kinds = [one for one in form.getlist("kind") if isinstance(one, str)]
        return await run_in_threadpool(propose, pages, request, scope, texts(form), kinds)

    return routes


def may_confirm(pages: Pages, request: Request) -> bool:
    """Whether whoever looks may decide exports, and so sees all of them."""
    let, now = access(request), pages.parts.now()
    record = Record("export", pages.parts.code)
    return may(let.asker, Action.CONFIRM, record, let.purpose, now).allowed


def of_reader(pages: Pages, request: Request) -> list[Registered]:
    """Every export the reader may know of, the latest first: their own, or all where they may decide."""
    every, person = may_confirm(pages, request), access(request).asker.person
    return [one for one in register(pages.parts) if every or one.export.by == person]


def found(pages: Pages, request: Request, export: str, *, own: bool = False) -> Registered:
    """One export; HTTPException 404 for none, for another's, and with `own` for one that is not open."""
    now, person = pages.parts.now(), access(request).asker.person
    for one in of_reader(pages, request):
        if one.export.event_id.hex == export and (
            not own or (one.export.by == person and one.is_open(now))
        ):
            return one
    raise HTTPException(404)


def show_all(pages: Pages, request: Request) -> Response:
    """The register: what waits first, then everything else."""
    now, every = pages.parts.now(), of_reader(pages, request)
    waiting = [one for one in every if one.waits(now)]
    return pages.show(
        request,
        "exports.html",
        Page(TITLE, "exports", relies_on="nothing"),
        decides=may_confirm(pages, request),
        waiting=[line(pages, one, now) for one in waiting],
        others=[line(pages, one, now) for one in every if one not in waiting],
    )


def line(pages: Pages, one: Registered, now: datetime) -> dict[str, str]:
    """One export as the register shows it."""
    export = one.export
    return {
        "href": f"{HERE}/{export.event_id.hex}",
        "who": name_of(pages.parts.people, export.by),
        "at": say_moment(export.at),
        "purpose": PURPOSES.get(export.said.purpose, export.said.purpose),
        "records": str(len(export.said.children)),
        "kinds": say_list([SHORT.get(kind, kind) for kind in export.said.kinds], "and"),
        "state": state_of(one, now),
        "taken": taken_words(export),
    }


def state_of(one: Registered, now: datetime) -> str:
    """How an export stands, in a few words."""
    export, decision = one.export, one.export.decision
    if one.waits(now):
        return "Waits for somebody to confirm it"
    if decision is None:
        return "Never decided: its scope is over"
    if not export.confirmed:
        return "Declined"
    if decision.until is None or not one.is_open(now):
        return "Confirmed, and over"
    until = min(decision.until, one.scope.over_at)
    return f"Confirmed: can be taken until the end of {say_day(last_day(until))}"


def taken_words(export: BulkExport) -> str:
    """How often an export was taken, and when last; that it was not, where it was not."""
    if not export.taken:
        return "Not taken"
    times = "Once" if len(export.taken) == 1 else f"{len(export.taken)} times, last"
    return f"{times} on {say_moment(export.taken[-1].at)}"


def show_one(
    pages: Pages, request: Request, one: Registered, filled: Filled, status: int = 200
) -> Response:
    """One export: what was proposed, what became of it, and the form or the files that it opens."""
    parts, now, export = pages.parts, pages.parts.now(), one.export
    person = access(request).asker.person
    decides = may_confirm(pages, request) and one.waits(now)
    decision = export.decision
    return pages.form(
        request,
        "bulk_export.html",
        Page(
            "An export of many records",
            "exports",
            ((TITLE, HERE),),
            error=bool(filled.faults),
            relies_on="nothing",
        ),
        status,
        export=line(pages, one, now),
        scope=scope_line(pages, one.scope),
        sha256=hash_of(export.said),
        decided=f"{say_moment(export.decided_at)} by {name_of(parts.people, export.decided_by)}"
        if export.decided_at
        else "",
        reason=(decision.reason or "") if decision else "",
        takings=[
            {"at": say_moment(each.at), "records": len(each.children), "sha256": each.sha256}
            for each in reversed(export.taken)
        ],
        may_decide=decides and may_decide(export, person),
        own=decides and export.by == person,
        mine=export.by == person and one.is_open(now),
        days=DAYS_OPEN,
        token=filled.value("token"),
        filled=filled,
    )


def decide(pages: Pages, request: Request, name: str, form: dict[str, str]) -> Response:
    """Record what a second person decided, or show the form again with what is wrong in it."""
    parts, teller = pages.parts, begin(pages, request, form, "decision")
    one = found(pages, request, name)
    if one.export.by == teller.by:
        raise HTTPException(403)
    if not one.waits(teller.now):
        return RedirectResponse(f"{HERE}/{name}", 303)
    filled = Filled("decision", form)
    answer, reason, sha256 = (
        form.get("answer", ""),
        form.get("reason", ""),
        hash_of(one.export.said),
    )
    if answer not in {"confirm", "decline"}:
        filled.faults["answer"] = "Say whether it may be taken away"
    elif answer == "decline" and not reason:
        filled.faults["reason"] = "Say why you decline it"
    if len(reason) > LONGEST_REASON:
        filled.faults["reason"] = f"The reason must be {LONGEST_REASON} characters or fewer"
    if form.get("sha256") != sha256:
        filled.faults["answer"] = "What was proposed is not what you were shown: read it again"
    if filled.faults:
        return show_one(pages, request, one, filled, 400)
    confirmed = answer == "confirm"
    said = BulkExportDecided(
        proposed=one.export.event_id,
        sha256=sha256,
        confirmed=confirmed,
        until=end_of(london_date(teller.now + OPEN_FOR)) if confirmed else None,
        **({"reason": reason} if reason else {}),
    )
    parts.log.append([event(parts, said, teller.by, teller.token)])
    return RedirectResponse(f"{HERE}/{name}", 303)


def ask(
    pages: Pages, request: Request, scope: str, filled: Filled, kinds: Sequence[str] | None = None
) -> Response:
    """The form that proposes an export, with what is wrong in it."""
    one = scope_of(pages, request, scope, own=True)
    purpose = filled.value("purpose") or one.purpose
    return pages.form(
        request,
        "bulk_export_form.html",
        Page(
            "Propose an export",
            "scopes",
            (("Audit scopes", SCOPES), ("Audit scope", f"{SCOPES}/{scope}")),
            error=bool(filled.faults),
            relies_on="nothing",
        ),
        400 if filled.faults else 200,
        days=DAYS_OPEN,
        records=len(list(visible_cases(pages, request, one))),
        purposes=[{"value": code, "text": text} for code, text in PURPOSES.items()],
        purpose=purpose,
        kinds=[
            {"value": code, "text": text, "checked": kinds is None or code in kinds}
            for code, text in FILE_KINDS.items()
        ],
        token=filled.value("token"),
        filled=filled,
    )


def propose(
    pages: Pages, request: Request, scope: str, form: dict[str, str], kinds: list[str]
) -> Response:
    """Record the proposal, with the records that can be seen now, or show the form again."""
    parts, teller = pages.parts, begin(pages, request, form, "export")
    one = scope_of(pages, request, scope, own=True)
    cases = [episode.id.hex for episode in visible_cases(pages, request, one)]
    wanted = [kind for kind in FILE_KINDS if kind in kinds]
    filled = Filled("export", form)
    if form.get("purpose") not in PURPOSES:
        filled.faults["purpose"] = "Choose why it is taken"
    if not wanted:
        filled.faults["kind"] = "Choose at least one kind of file"
    elif not cases:
        filled.faults["kind"] = "None of its records can be seen now"
    if filled.faults:
        return ask(pages, request, scope, filled, kinds)
    said = BulkExportProposed(
        scope=one.event_id, purpose=form["purpose"], kinds=tuple(wanted), children=tuple(cases)
    )
    parts.log.append([event(parts, said, teller.by, teller.token)])
    # A second press leads to what the first one proposed.
    identity = Identity(engine_realm(parts.code), CONSOLE, teller.token)
    return RedirectResponse(f"{HERE}/{event_id(*identity).hex}", 303)


def sent(pages: Pages, request: Request, one: Registered) -> Response:
    """The files, each look at a record and the taking itself recorded before they are sent.

    Of the records that were confirmed those are sent that whoever takes them may still see.
    """
    parts, at, export = pages.parts, pages.parts.now(), one.export
    confirmed = frozenset(export.said.children)
    shown = [
        episode
        for episode in visible_cases(pages, request, one.scope)
        if episode.id.hex in confirmed
    ]
    if not shown:
        raise HTTPException(404)
    purpose = export.said.purpose
    taken = Taken(one.scope.person, at, parts.log.head(), purpose)
    about = {"export": export.event_id.hex, "confirmed_by": export.decided_by}
    content = packed_up(pages, shown, one.scope, taken, export.said.kinds, about)
    said = BulkExportTaken(
        proposed=export.event_id,
        children=tuple(episode.id.hex for episode in shown),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    told = event(parts, said, one.scope.person, f"taken-{secrets.token_urlsafe(16)}")
    parts.log.append([*looks_at(pages, request, shown, purpose), told])
    return as_file("export.zip", content, ZIP)
