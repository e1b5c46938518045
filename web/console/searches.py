"""Searching for a child: how often one person may, and what is recorded where nobody was found.

A reader is told the same, after the same steps, of a child who is not there and of one they may not see.
"""

import secrets
from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID

from fastapi import Request
from starlette.exceptions import HTTPException

from domain.access_events import SearchMissed
from domain.errors import DaymarkError
from domain.event import CONSOLE, Event
from domain.permission import OWN_RECORD, Asker, Decision, Record
from store.sessions import MINUTE
from web.console.own_records import note_own
from web.parts import Parts

MOST: Final = 30
"""How often one person may send a reference in a minute, by all forms and from all sessions together."""
NOBODY: Final = ""
"""As whom those search who need not say who they are, as in a trial: all of them together."""
SENT_TO: Final = frozenset({"/children", "/record", "/forced-access"})
"""Where a reference is sent to, to be led to the child it names."""
LED_TO: Final = "/children/{ref}"
"""Where each of them leads, and where whoever forces a record open first learns whether there is one."""


def spend(parts: Parts, request: Request, asker: Asker, now: datetime) -> None:
    """Count a reference that is sent; HTTPException 429 where somebody sent too many.

    The table counts for every web process, and signing in again begins no new count.
    """
    if request.method != "POST" or request.url.path not in SENT_TO:
        return
    if parts.sessions.searched(asker.person or NOBODY, now) > MOST:
        wait = MINUTE - int(now.timestamp()) % MINUTE
        raise HTTPException(429, headers={"Retry-After": str(wait)})


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
