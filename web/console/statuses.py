"""The colours of statuses: the word says it all, the colour only repeats it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from domain.clocks import Clock, Verdict
from domain.words import say_verdict

COLOURS: Final[Mapping[Verdict, str]] = MappingProxyType(
    {
        Verdict.BREACHED: "red",
        Verdict.AWAITING_FEED: "grey",
        Verdict.DUE_SOON: "yellow",
        Verdict.RUNNING: "blue",
        Verdict.MET: "green",
        Verdict.MET_LATE: "orange",
        Verdict.CANCELLED: "grey",
        Verdict.SUPERSEDED: "grey",
        Verdict.DECLINED: "grey",
        Verdict.SUSPENDED: "grey",
        Verdict.UNOBSERVABLE: "grey",
        Verdict.UNDECIDABLE: "grey",
    }
)

OUTSTANDING: Final = frozenset(
    {
        Verdict.BREACHED,
        Verdict.AWAITING_FEED,
        Verdict.DUE_SOON,
        Verdict.RUNNING,
        Verdict.SUSPENDED,
        Verdict.UNOBSERVABLE,
        Verdict.UNDECIDABLE,
    }
)
"""What is not over: something is still waited for."""

NOT_CONFIRMED: Final = "Late, not confirmed"
"""What is said of an hour clock of a child who may be in danger while nobody can say either way."""

MEANINGS: Final = (
    ("Late", "The time has passed and nothing recorded says that it was done."),
    (
        "Late, not confirmed",
        "The same, for a child who may be in danger: nobody has yet been able to say either way.",
    ),
    (
        "Waiting for the case system",
        "The time has passed, and the case system that would say so speaks only at night.",
    ),
    ("Due soon", "The time for warnings has come."),
    ("Running", "It has begun and is not due soon."),
    ("Done in time", "It was done before the time ran out, even if that was recorded later."),
    ("Done late", "It was done after the time ran out."),
    ("Not needed", "Something else that happened ended it; the page says what."),
    ("Declined", "The child or family said no, in time."),
    ("Held", "It is paused, where the rule allows that."),
    ("Not known", "No source can say, or what was said is not precise enough."),
)
"""Every status word with what it means, as the help page says it."""


class Tag(NamedTuple):
    """One status tag: its word, and the colour that repeats it."""

    text: str
    colour: str

    @property
    def classes(self) -> str:
        """The kit's class for the colour."""
        return f"govuk-tag--{self.colour}"


def tag(clock: Clock, verdict: Verdict) -> Tag:
    """The tag of a clock of which this can be said."""
    return Tag(say_verdict(clock, verdict), COLOURS[verdict])
