"""Which partner signs in for an agency of a panel."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

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
