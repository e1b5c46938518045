"""The cases of an audit scope as one file, and the record of each look that goes before it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from fastapi import Request

from domain.access_rules import Action
from domain.audit_period import looked_at
from domain.bulk_exports import AT_ONCE
from domain.child_episode import ChildEpisode
from domain.event import Event
from domain.own_matters import Matter
from domain.permission import may
from domain.rights import AuditScope
from formats.audit_pack import Case, pack
from formats.export import FILE_KINDS, Taken, export
from projections.audited import cut_at
from projections.history import History, history, judged
from web.console.gate import access
from web.console.pages import Pages
from web.recording import look

ZIP: Final = "application/zip"


def visible_cases(pages: Pages, request: Request, one: AuditScope) -> Iterator[ChildEpisode]:
    """The children of a scope whom its holder may see now: none whose record was restricted since."""
    let, now = access(request), pages.parts.now()
    for ref in one.children:
        record, asker = pages.gate.found(ref, let.asker, now)
        episode = pages.gate.child(ref)
        if record and one.period and one.period not in record.periods:
            continue
        if record and episode and may(asker, Action.SEE, record, one.purpose, now).allowed:
            yield episode


def is_bulk(cases: Sequence[ChildEpisode]) -> bool:
    """Whether these are more children than one person may take away at once by themselves."""
    return sum(one.kind == "child" for one in cases) > AT_ONCE


def looks_at(
    pages: Pages, request: Request, cases: Sequence[ChildEpisode], purpose: str
) -> list[Event]:
    """The record of a look at each case, to be appended before any of them is sent."""
    let, parts = access(request), pages.parts
    return [
        look(parts, let, request.scope, child=episode.id.hex, purpose=purpose) for episode in cases
    ]


def packed_up(
    pages: Pages,
    cases: Sequence[ChildEpisode],
    one: AuditScope,
    taken: Taken,
    kinds: Collection[str] = FILE_KINDS,
    about: Mapping[str, object] | None = None,
) -> bytes:
    """Each case as its own files of these kinds, in one, with a manifest that says of which scope."""
    at, found = taken.at, []
    for episode in cases:
        replay = replay_of(pages, episode, one, at)
        files = export(replay, judged(pages.parts.log, replay, at), taken, kinds)
        found.append(Case(replay.whose, files))
    said = {
        "scope": one.event_id.hex,
        "authority": pages.parts.code,
        "purpose": taken.purpose,
        "until": one.until,
        "from_on": one.period.from_on if one.period else None,
        "to_on": one.period.to_on if one.period else None,
        "words": one.words,
        "taken_by": taken.by,
        "taken_at": at,
        "log_position": taken.position,
        "drawn": one.drawn.model_dump(mode="json") if one.drawn else None,
        **(about or {}),
    }
    return pack(found, said, at)


def replay_of(pages: Pages, episode: ChildEpisode, one: AuditScope, at: datetime) -> History:
    """The history of one case of a scope, as far as the days that the scope is about reach."""
    log, periods = pages.parts.log, (one.period,) if one.period else ()
    found = looked_at(periods, None, None, at)
    assert found is not None
    if one.period:
        episode = cut_at(episode, one.period.last)
    return history(
        log,
        episode.id,
        everything=episode.history,
        authority=pages.parts.authority(pages.parts.code),
        as_of=found.as_of,
        known_at=found.known_at,
        matter=None if episode.kind == "child" else Matter(),
        periods=found.periods,
        words_to=(one.period.last if one.period else at) if one.words else None,
    )
