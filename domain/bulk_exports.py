"""Exports of many records at once: proposed by one person, decided by another, and taken for some days."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from domain.access_events import BulkExportDecided, BulkExportProposed, BulkExportTaken
from domain.event import Recorded

NAMES: Final = (BulkExportProposed.NAME, BulkExportDecided.NAME, BulkExportTaken.NAME)
"""What an authority's stream tells of them."""

DAYS_OPEN: Final = 7
OPEN_FOR: Final = timedelta(days=DAYS_OPEN)
"""How long the files can be taken once they are confirmed."""

AT_ONCE: Final = 12
"""How many records of a scope, one inspection's sample, may be taken as one pack without a second person."""


@dataclass(frozen=True, slots=True)
class Taking:
    """The files sent once: when, of how many records, and their hash."""

    at: datetime
    children: tuple[str, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class BulkExport:
    """One export: what was proposed by whom, what became of it, and each time it was taken."""

    event_id: UUID
    said: BulkExportProposed
    by: str | None
    at: datetime
    decision: BulkExportDecided | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    taken: tuple[Taking, ...] = ()

    @property
    def confirmed(self) -> bool:
        """Whether a second person confirmed it."""
        return self.decision is not None and self.decision.confirmed

    def waits(self, scope_over_at: datetime, now: datetime) -> bool:
        """Whether somebody is yet to decide it: with its scope it is over."""
        return self.decision is None and now < scope_over_at

    def is_open(self, scope_over_at: datetime, now: datetime) -> bool:
        """Whether whoever proposed it may take the files now."""
        until = self.decision.until if self.decision and self.decision.confirmed else None
        return until is not None and now < min(until, scope_over_at)


def hash_of(said: BulkExportProposed) -> str:
    """The hash of everything that was proposed, by which a second person's decision is bound to it."""
    proposed = [str(said.scope), said.purpose, said.kinds, said.children]
    return sha256(json.dumps(proposed).encode()).hexdigest()


def may_decide(one: BulkExport, by: str | None) -> bool:
    """Whether a person may decide an export: nobody decides their own, and nothing is decided twice."""
    return one.decision is None and by is not None and by != one.by


def bulk_exports(history: Iterable[Recorded]) -> tuple[BulkExport, ...]:
    """Every export that an authority's stream tells of, in the order proposed.

    A decision counts only by a second person, and only of exactly what was proposed.
    """
    found: dict[UUID, BulkExport] = {}
    for one in history:
        said, by = one.event.said, one.event.by
        match said:
            case BulkExportProposed():
                found[one.event_id] = BulkExport(one.event_id, said, by, one.recorded_at)
            case BulkExportDecided() if said.proposed in found:
                export = found[said.proposed]
                if may_decide(export, by) and said.sha256 == hash_of(export.said):
                    found[said.proposed] = replace(
                        export, decision=said, decided_by=by, decided_at=one.recorded_at
                    )
            case BulkExportTaken() if said.proposed in found:
                export = found[said.proposed]
                taking = Taking(one.recorded_at, said.children, said.sha256)
                found[said.proposed] = replace(export, taken=(*export.taken, taking))
            case _:
                pass
    return tuple(found.values())
