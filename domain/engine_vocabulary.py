"""Every event that Daymark records of its own, by the name it is stored under."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.access_events import (
    AccessForced,
    BulkExportDecided,
    BulkExportProposed,
    BulkExportTaken,
    ForcedAccessReviewed,
    ForcedAccessTold,
    OwnRecordAsked,
    RecordRead,
    RestrictionLifted,
    RestrictionLiftProposed,
    RestrictionWidened,
    RestrictionWideningProposed,
    SampleDrawn,
    ScopeEnded,
    ScopeGiven,
    SearchMissed,
)
from domain.engine_events import (
    BreachCured,
    BreachExplained,
    BreachWorsened,
    ClockReassigned,
    ClockRetimed,
    EngineEvent,
    EscalationAcknowledged,
    EscalationExhausted,
    EscalationRaised,
    EscalationRearmed,
    IdReused,
    ManagerNotified,
    OperatorTold,
    ReferenceNamed,
    TimescaleBreached,
    TimescaleWarned,
)

ENGINE_EVENTS: Final[Mapping[str, type[EngineEvent]]] = MappingProxyType(
    {
        kind.NAME: kind
        for kind in (
            TimescaleWarned,
            TimescaleBreached,
            BreachCured,
            BreachWorsened,
            ClockRetimed,
            EscalationRaised,
            EscalationRearmed,
            ManagerNotified,
            EscalationAcknowledged,
            ClockReassigned,
            BreachExplained,
            EscalationExhausted,
            OperatorTold,
            IdReused,
            ReferenceNamed,
            RestrictionLiftProposed,
            RestrictionLifted,
            RestrictionWideningProposed,
            RestrictionWidened,
            AccessForced,
            ForcedAccessTold,
            ForcedAccessReviewed,
            ScopeGiven,
            SampleDrawn,
            ScopeEnded,
            BulkExportProposed,
            BulkExportDecided,
            BulkExportTaken,
            RecordRead,
            SearchMissed,
            OwnRecordAsked,
        )
    }
)
"""What Daymark records of its own, by the name it is stored under."""
