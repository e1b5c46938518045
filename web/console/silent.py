"""What no source could have stated at a moment, as the pages of a child say it."""

from dataclasses import dataclass
from datetime import datetime

from domain.words import say_fact, say_list
from projections.history import History
from projections.statable import could_not_begin, of_clocks, say_unstatable


@dataclass(frozen=True)
class Silent:
    """What the sources of an authority left unsaid, because none of them could say it."""

    unstatable: tuple[str, ...]
    """What would stop a timescale and could not be stated, or had not yet been heard."""
    could_not_begin: str
    """The facts that begin a timescale and that no source could state."""


def silent(past: History, now: datetime) -> Silent:
    """What no source could have stated at the moment of a replay."""
    never = [say_fact(name).lower() for name in could_not_begin(past, now)]
    return Silent(tuple(say_unstatable(of_clocks(past, past.clocks))), say_list(never))
