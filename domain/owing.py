"""Who owes what a clock waits for: whom its rule names, or the partner whom the fact that began it names."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.clocks import Clock
from domain.facts.exploitation import PanelActionAgreed

OF_PARTNERS: Final = "partnership"
"""Whose a rule is that binds whichever partner the fact names."""

PARTNERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "merseyside_police": "police",
        "sexual_health_service": "health",
        "community_health_care": "health",
        "health_other": "health",
        "gp": "health",
        "camhs": "health",
        "hospital": "health",
    }
)
"""The partner who signs in for an agency, where that is not the agency's own name."""


def partner_of(agency: str) -> str:
    """Which partner answers for an agency; the agency itself where none is named for it."""
    return PARTNERS.get(agency, agency)


def owed_by(clock: Clock) -> str:
    """Who owes it: what one agency undertook at a panel is that agency's, not every partner's."""
    owed = clock.timescale.duty_holder
    began = clock.start.fact
    if owed == OF_PARTNERS and isinstance(began, PanelActionAgreed):
        return partner_of(began.agency)
    return owed
