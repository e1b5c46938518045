"""The register of exports of many records, as the authority's own stream tells it."""

from dataclasses import dataclass
from datetime import datetime

from domain.access_events import SampleDrawn, ScopeEnded, ScopeGiven
from domain.bulk_exports import NAMES, BulkExport, bulk_exports, may_decide
from domain.rights import AuditScope, audit_scopes
from web.parts import Parts

TOLD_BY = (*NAMES, ScopeGiven.NAME, SampleDrawn.NAME, ScopeEnded.NAME)


@dataclass(frozen=True)
class Registered:
    """One export, with the scope whose records it is of."""

    export: BulkExport
    scope: AuditScope

    def waits(self, now: datetime) -> bool:
        """Whether somebody is yet to decide it."""
        return self.export.waits(self.scope.over_at, now)

    def is_open(self, now: datetime) -> bool:
        """Whether whoever proposed it may take the files now."""
        return self.export.is_open(self.scope.over_at, now)


def register(parts: Parts) -> tuple[Registered, ...]:
    """Every export, the latest first."""
    own = parts.log.stream(parts.code, "authority", parts.code)
    told = parts.log.named_events(own, TOLD_BY)
    scopes = {one.event_id: one for one in audit_scopes(told)}
    return tuple(
        Registered(one, scopes[one.said.scope])
        for one in reversed(bulk_exports(told))
        if one.said.scope in scopes
    )


def waiting_for(parts: Parts, person: str | None, now: datetime) -> int:
    """How many exports wait for a person to decide: never one of their own."""
    return sum(one.waits(now) and may_decide(one.export, person) for one in register(parts))
