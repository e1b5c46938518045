"""The form by which it is recorded what the sharing agreement of a panel gives a member."""

from typing import Final

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.access_rules import Action
from domain.code_sets import CODE_SETS
from domain.facts.authority import PanelSharingAgreed
from domain.permission import Record, may
from projections.agenda import Agenda
from web.console.gate import access
from web.console.pages import Pages
from web.console.telling import Filled, begin, tell

LONGEST: Final = 200
"""How long the name of an agreement may be."""


def may_share(pages: Pages, request: Request) -> bool:
    """Whether whoever looks may say what the members of a panel are given: whoever settles the timescales."""
    let, record = access(request), Record("staff", pages.parts.code)
    return may(let.asker, Action.SETTLE, record, let.purpose, pages.parts.now()).allowed


def share(pages: Pages, request: Request, found: Agenda, filled: Filled) -> Response | None:
    """What the sharing agreement gives a member, from now on; said again, the last word counts."""
    teller = begin(pages, request, filled.typed, "share")
    if not may_share(pages, request):
        raise HTTPException(404)
    agency, shares = filled.value("agency") or None, filled.value("shares")
    agreement = filled.value("agreement")
    if agency is not None and agency not in CODE_SETS["agency"].labels:
        filled.faults["shared-agency"] = "Choose the member, or every member"
    if shares not in CODE_SETS["panel_share"].labels:
        filled.faults["shares"] = "Choose what the member is given"
    if not (0 < len(agreement) <= LONGEST and agreement.isprintable()):
        filled.faults["agreement"] = f"Say which agreement, in 1 to {LONGEST} characters"
    if filled.faults:
        return None
    address = f"/sittings/{found.panel}/{found.sitting.sits_on}"
    before = found.sharing.get(agency)
    if before is not None and (before.shares, before.agreement) == (shares, agreement):
        return RedirectResponse(f"{address}?done=known", 303)
    said = PanelSharingAgreed(panel=found.panel, agency=agency, shares=shares, agreement=agreement)
    event = teller.event(teller.code, said, kind="authority")
    return RedirectResponse(f"{address}?done={tell(pages, event)}", 303)
