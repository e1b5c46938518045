"""The sign of life to somebody outside, who raises the alarm where it stays away."""

from typing import Final

import httpx2
import structlog

from activities.watch import Ping

PATIENCE: Final = 5.0
"""Seconds to wait for an answer."""

logger = structlog.get_logger()


def calling(url: str) -> Ping:
    """A ping that asks an address; one that is not answered is logged, for the alarm is theirs to raise."""

    async def ping() -> None:
        """Ask once; follow no redirect, and read no answer."""
        try:
            async with httpx2.AsyncClient(timeout=PATIENCE, follow_redirects=False) as client:
                (await client.get(url)).raise_for_status()
        except httpx2.HTTPError as error:
            logger.warning("the sign of life was not taken", reason=type(error).__name__)

    return ping
