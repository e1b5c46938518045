"""Searching for a child: how often one session may, and what is recorded where nobody was found.

A reader is told the same, after the same steps, of a child who is not there and of one they may not see.
"""

import secrets
from contextlib import suppress
from typing import Final
from uuid import UUID

from fastapi import Request
from starlette.exceptions import HTTPException

from domain.access_events import SearchMissed
from domain.errors import DaymarkError
from domain.event import CONSOLE, Event
from domain.permission import OWN_RECORD, Asker, Decision, Record
from web.allowance import Allowance
from web.console.own_records import note_own
from web.console.sessions import Session
from web.parts import Parts
from web.problems import Problem

RATE: Final = "30/minute"
"""How often one session may send a reference, by all forms together."""
SENT_TO: Final = frozenset({"/children", "/record", "/forced-access"})
"""Where a reference is sent to, to be led to the child it names."""
LED_TO: Final = "/children/{ref}"
"""Where each of them leads, and where whoever forces a record open first learns whether there is one."""


class Searches:
    """How often each session has searched."""

    def __init__(self) -> None:
        """Nobody has searched yet."""
        self._allowance = Allowance(RATE)

    def spend(self, request: Request, session: Session | None) -> None:
        """Count a reference that is sent; HTTPException 429 where a session sent too many."""
        if request.method != "POST" or request.url.path not in SENT_TO:
            return
        try:
            self._allowance.spend(session.id if session else "")
        except Problem as problem:
            raise HTTPException(429, headers=problem.headers) from None


def note_missed(
    parts: Parts,
    request: Request,
    decision: Decision,
    asker: Asker,
    record: Record | None,
    stream: UUID,
    purpose: str,
) -> None:
    """Record that somebody was not led to a child; what cannot be recorded is refused no less.

    One event and no more, whoever it is that they may not see: the time it takes tells nothing.
    """
    if decision.rule == OWN_RECORD and record is not None:
        note_own(parts, request, decision, asker, record, purpose)
        return
    said = SearchMissed(
        route=str(getattr(request.scope.get("route"), "path", "")),
        child=stream.hex,
        purpose=purpose,
    )
    event = Event(
        authority=parts.code,
        kind="reads",
        subject=asker.person or "nobody",
        source=CONSOLE,
        id=f"missed-{secrets.token_urlsafe(16)}",
        said=said,
        occurred_at=parts.now(),
        by=asker.person,
    )
    with suppress(DaymarkError):
        parts.log.append([event])


def note_denied(
    parts: Parts,
    request: Request,
    decision: Decision,
    asker: Asker,
    record: Record | None,
    stream: UUID | None,
    purpose: str,
) -> None:
    """Record that an address was denied: the page of a child somebody named, or a record of their own."""
    if stream is not None and getattr(request.scope.get("route"), "path", "") == LED_TO:
        note_missed(parts, request, decision, asker, record, stream, purpose)
    else:
        note_own(parts, request, decision, asker, record, purpose)
