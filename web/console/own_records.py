"""Who asked for their own record, or their family's: refused like what does not exist, and recorded."""

import secrets
from contextlib import suppress

from fastapi import Request

from domain.access_events import OwnRecordAsked
from domain.errors import DaymarkError
from domain.event import CONSOLE, Event
from domain.permission import OWN_RECORD, Asker, Decision, Record
from web.parts import Parts


def note_own(
    parts: Parts,
    request: Request,
    decision: Decision,
    asker: Asker,
    record: Record | None,
    purpose: str,
) -> None:
    """Record an attempt for whoever watches over looks; what cannot be recorded is refused no less."""
    if decision.rule != OWN_RECORD or record is None or record.stream is None:
        return
    said = OwnRecordAsked(
        route=str(getattr(request.scope.get("route"), "path", "")),
        child=record.stream,
        purpose=purpose,
        rule=decision.rule,
    )
    event = Event(
        authority=parts.code,
        kind="reads",
        subject=str(asker.person),
        source=CONSOLE,
        id=f"asked-{secrets.token_urlsafe(16)}",
        said=said,
        occurred_at=parts.now(),
        by=asker.person,
    )
    with suppress(DaymarkError):
        parts.log.append([event])
