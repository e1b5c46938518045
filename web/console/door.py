"""The whole of the people's door, as the application puts it on."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final

from fastapi import Request, Response

from web.access import needed
from web.addresses import Addresses, Plain
from web.console.about import about
from web.console.anomalies import anomalies
from web.console.as_seen import seen_then
from web.console.audit import audit
from web.console.board import board
from web.console.bulk_exports import bulk_exports
from web.console.children import children
from web.console.clock import clock
from web.console.compare import compare
from web.console.contradictions import contradictions
from web.console.cover import cover
from web.console.escalations import escalations
from web.console.export import exports
from web.console.figures import figures
from web.console.forced_access import forced_access
from web.console.going_live import going_live
from web.console.hand_over import hand_over
from web.console.kept import keep_and_ask, kept
from web.console.long_plans import plans_open
from web.console.mail import mail
from web.console.mending import mending
from web.console.missing import missing
from web.console.morning import morning
from web.console.own_matters import own_matters
from web.console.pages import Pages
from web.console.people import people
from web.console.pictures import pictures
from web.console.record import record
from web.console.restrictions import restrictions
from web.console.scopes import scopes
from web.console.settle import settle
from web.console.shut_records import shut_records
from web.console.signing_in import signing_in
from web.console.sitting import sitting
from web.console.sittings import sittings
from web.console.timeliness import shares
from web.console.why import why
from web.console.workload import workload
from web.parts import Parts

DOORS: Final[Sequence[Callable[[Pages], Addresses]]] = (
    about,
    people,
    signing_in,
    morning,
    board,
    hand_over,
    workload,
    cover,
    children,
    own_matters,
    clock,
    compare,
    exports,
    pictures,
    figures,
    going_live,
    shares,
    plans_open,
    escalations,
    sittings,
    sitting,
    missing,
    record,
    mending,
    anomalies,
    contradictions,
    mail,
    settle,
    kept,
    audit,
    seen_then,
    forced_access,
    restrictions,
    shut_records,
    scopes,
    bulk_exports,
    why,
)


class Console:
    """Every page, the headers of every answer, and what is said when something goes wrong."""

    def __init__(self, parts: Parts) -> None:
        """Read templates and assets; Unavailable when the styles were never fetched."""
        self._pages = Pages(parts)
        self.headers = self._pages.headers
        self.sign_in_first: Callable[[Request, str], Awaitable[Response]] = partial(
            keep_and_ask, self._pages
        )
        self.wait_after: Callable[[Request], Awaitable[None]] = self._pages.gate.wait_after
        self.cannot_print: Callable[[Request], Response] = self._pages.cannot_print
        self.problem_page: Callable[[Request, int], Response] = self._pages.problem

    def routes(self) -> list[Plain]:
        """Every address a person can go to; the gate stands before all of them."""
        pages = self._pages
        doors = [*(door(pages) for door in DOORS), pages.assets.add_to(pages.door())]
        found = [route for door in doors for route in door.routes]
        every = [(one, need) for one in found if (need := needed(one))]
        # Where a page leads is asked of what shows it, before what its form records.
        every.sort(key=lambda one: "GET" in one[0].methods)
        pages.needed = {one.path: need for one, need in every}
        return found
