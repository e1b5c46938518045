"""What a person opened lately, from their own access log; and why a restricted record opens to them."""

from typing import Final
from uuid import UUID

from fastapi import Request

from domain.access_rules import Action
from domain.permission import may
from domain.words import say_moment
from projections.looks import Asked, looks
from web.console.gate import Access, access
from web.console.pages import Pages

MOST: Final = 10
"""So many children stand on the page."""
LOOKED_THROUGH: Final = 500
"""So many of the latest looks at a child are asked for them: most are of one child again."""


def recent(pages: Pages, request: Request) -> list[dict[str, str]]:
    """The children whom the reader opened last and may still see, each once, the latest first."""
    let, parts = access(request), pages.parts
    if let.asker.person is None:
        return []
    asked = Asked(let.asker.person, own=True, of_children=True)
    mine, _ = looks(parts.views, parts.code, asked, limit=LOOKED_THROUGH)
    last = {one.child: one.at for one in reversed(mine) if one.child}
    found: list[dict[str, str]] = []
    for child, at in sorted(last.items(), key=lambda one: one[1], reverse=True):
        if reference := reference_of(pages, let, child):
            found.append(
                {"href": f"/children/{child}", "reference": reference, "when": say_moment(at)}
            )
        if len(found) == MOST:
            break
    return found


def reference_of(pages: Pages, let: Access, child: str) -> str:
    """The case system's reference of a child whom the reader may still see; empty for any other."""
    now = pages.parts.now()
    record, asker = pages.gate.found(child, let.asker, now)
    if record is None or record.of != "child":
        return ""
    episode = pages.parts.log.episode(UUID(hex=child))
    if episode is None or not may(asker, Action.SEE, record, let.purpose, now).allowed:
        return ""
    return episode.child


def why_open(request: Request) -> str:
    """Why a restricted record opens to whoever looks; empty where it is open to more than those named."""
    let = access(request)
    if not let.record.restricted:
        return ""
    if let.asker.person in let.record.named:
        return "you are one of the people named when it was restricted"
    return "you forced it open, which somebody else reviews"
