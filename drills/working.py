"""A worker and a dispatcher inside the drill's own process, so that it may choose their clock and relay."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

from activities.effects import Effects
from activities.mail import Letters
from activities.relay import Relay, Send
from assembly import temporal_client
from dispatcher import Dispatcher, run
from drills.installation import Installation
from worker import build

Clock = Callable[[], datetime]


def present() -> datetime:
    """By the clock of the machine itself."""
    return datetime.now(UTC)


def effects(place: Installation, clock: Clock = present, send: Send | None = None) -> Effects:
    """The activities, by a clock and through a relay."""
    settings = place.daymark.settings
    assert settings.smtp is not None
    made = Effects(
        log=place.daymark.log,
        views=place.daymark.views,
        authority=place.daymark.authority,
        people=place.daymark.people_of,
        letters=Letters(settings.url, settings.smtp_from),
        send=Relay(*settings.smtp, patience=3.0),
        now=lambda _reached: clock(),
    )
    return replace(made, send=send) if send else made


async def dispatching(
    place: Installation, clock: Clock = present, *, lazy: bool = False
) -> Dispatcher:
    """A dispatcher in this process."""
    daymark = place.daymark
    return Dispatcher(
        await temporal_client(daymark, lazy=lazy),
        daymark.log,
        daymark.views,
        daymark.authority,
        [place.code],
        clock,
    )


@asynccontextmanager
async def working(
    place: Installation, clock: Clock = present, send: Send | None = None
) -> AsyncIterator[None]:
    """A worker and a dispatcher, for as long as they are needed."""
    stop = asyncio.Event()
    async with build(await temporal_client(place.daymark), effects(place, clock, send)):
        following = asyncio.create_task(run(await dispatching(place, clock), stop))
        try:
            yield
        finally:
            stop.set()
            await following


async def moment(instant: datetime) -> None:
    """Wait for an instant."""
    await asyncio.sleep(max(0.0, (instant - present()).total_seconds()))
