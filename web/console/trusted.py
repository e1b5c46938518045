"""Whether what a page shows can be relied on: asked in one place, for every page there is."""

from datetime import datetime
from typing import Final, Literal

from fastapi import Request

from domain.errors import AdoptedMissing, Unavailable
from domain.permission import Visible
from projections.trust import NO_BOARD, Trust, trust
from web.console.gate import Access
from web.parts import Parts

ReliesOn = Literal["board", "looks", "nothing"]
"""What a page is made from that may be doubted: what is judged, who looked at what, or neither."""

NOTHING: Final = frozenset({"service"})
"""Kinds of record of which no page judges anything."""


def believed(parts: Parts, now: datetime, visible: Visible, *, looks: bool = False) -> Trust:
    """Whether what is shown now can be relied on, of what may be seen."""
    return trust(
        parts.log, parts.views, parts.authority(parts.code), now, visible=visible, looks=looks
    )


def believed_of(request: Request, parts: Parts, relies_on: ReliesOn) -> Trust | None:
    """The same of the page that is asked for; nothing where it judges nothing or was not let through."""
    let = getattr(request.state, "access", None)
    if relies_on == "nothing" or not isinstance(let, Access) or let.needs.kind in NOTHING:
        return None
    now = parts.now()
    try:
        return believed(parts, now, let.visible, looks=relies_on == "looks")
    except AdoptedMissing:
        raise
    except Unavailable:
        return Trust(now, 0, 0, (NO_BOARD,))
