"""Who owes what a clock waits for: whom its rule names, or the partner whom the fact that began it names."""

from typing import Final

from domain.clocks import Clock
from domain.facts.exploitation import PanelActionAgreed
from domain.partners import partner_of

OF_PARTNERS: Final = "partnership"
"""Whose a rule is that binds whichever partner the fact names."""


def owed_by(clock: Clock) -> str:
    """Who owes it: what one agency undertook at a panel is that agency's, not every partner's."""
    owed = clock.timescale.duty_holder
    began = clock.start.fact
    if owed == OF_PARTNERS and isinstance(began, PanelActionAgreed):
        return partner_of(began.agency)
    return owed
