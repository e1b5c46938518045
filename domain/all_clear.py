"""When it may be said that what was told as late is not late after all, and when only that nobody can tell.

A breach that was recorded stands until something shows that it is none.
That no source can say any more whether it was done, or that it cannot be counted any more, shows nothing.
"""

from datetime import datetime
from typing import Final

from domain.clocks import Clock, held_at
from domain.words import say_moment

CURES: Final = {
    "met": "it was done in time",
    "withdrawn": "what started it is withdrawn",
    "cancelled": "it was not needed",
    "superseded": "it was not needed",
    "declined": "it was declined in time",
    "running": "it is not due yet",
    "suspended": "it is held",
}
"""Why a breach is none after all, the same on the page and in the e-mail."""

NOBODY_COULD_TELL: Final = "running"
"""What cures once recorded for want of anybody who could tell; none is recorded so any more."""


def say_cured(verdict: str) -> str:
    """What a recorded cure says, by the verdict it carries."""
    if verdict == NOBODY_COULD_TELL:
        return "not told as late any more, though nobody could tell whether it was"
    return f"not late after all: {CURES.get(verdict, verdict)}"


def shows_no_breach(clock: Clock | None) -> bool:
    """Whether what is known shows that nothing is late: it was done, ended or held in time, or never was."""
    if clock is None:
        return True
    if clock.uncounted:
        return False
    return clock.still_held or (clock.stop is not None and clock.stopped_in_time is True)


def cured_by(clock: Clock | None) -> str:
    """What is now said of a clock of which something shows that it is not late."""
    if clock is None:
        return "withdrawn"
    return clock.ending or "suspended"


def why_not_late(clock: Clock | None, now: datetime) -> str | None:
    """Why what was told as late is not, as one of the cures; nothing where nobody can say that."""
    if clock is None or shows_no_breach(clock):
        return cured_by(clock)
    if clock.uncounted or clock.gate:
        return None
    if held_at(clock, now) is not None:
        return "suspended"
    return "running" if now < clock.due_at else None


def why_not_known(clock: Clock) -> str:
    """Why nobody can tell any more whether what was told as late is; empty where that can be told."""
    if clock.breaks_at is not None or shows_no_breach(clock):
        return ""
    if clock.uncounted:
        return f"it cannot be counted any more, and nothing is guessed: {clock.uncounted}"
    if clock.stop is not None and clock.stopped_in_time is None:
        return "what is known says only the day, not the hour"
    if clock.gate:
        return "what it asks for is not known any more"
    return "no source that is registered now can say whether it was done"


def still_stands(clock: Clock, breached_at: datetime) -> str:
    """A breach that was recorded then and stands, though nobody can tell any more; empty otherwise."""
    why = why_not_known(clock)
    if not why:
        return ""
    return (
        f"Recorded as late {say_moment(breached_at)}."
        f" That stands until something shows that it was none; now nobody can tell, for {why}."
    )
