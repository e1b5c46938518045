"""Whether clocks are still kept and managers still told, asked when a page is broken."""

import time
from typing import Final

from projections.trust import trust
from web.parts import Parts

KEPT: Final = 10.0
"""Seconds for which an answer holds: whatever broke the page must not be asked at every request."""

OF_OTHERS: Final = frozenset({"feed"})
"""Doubts about what others send: what is here is still kept and told."""


class Heartbeat:
    """The last answer, and when it was asked for."""

    def __init__(self, parts: Parts) -> None:
        """Keep what to ask."""
        self._parts = parts
        self._asked_at = float("-inf")
        self._beats = False

    def beats(self) -> bool:
        """Whether nothing says otherwise; what cannot be asked does not beat."""
        if time.monotonic() - self._asked_at > KEPT:
            self._beats = self._ask()
            self._asked_at = time.monotonic()
        return self._beats

    def _ask(self) -> bool:
        parts = self._parts
        try:
            found = trust(parts.log, parts.views, parts.authority(parts.code), parts.now())
        except Exception:  # noqa: BLE001 any part may be the broken one
            return False
        return all(one.kind in OF_OTHERS for one in found.doubts)
