"""Everything that can go wrong, by name.

DaymarkError
├── Unreadable            the sender must put it right
│   ├── UnknownFact
│   ├── UnreadableFact
│   ├── UnreadableFile
│   └── UnreadablePolicy
├── Refused               a person asked for what cannot be
│   └── NotFound
├── Grown                 the stream has grown since it was read: read again
└── Unavailable           an operator must act
    ├── Uncountable
    │   ├── CalendarExpired
    │   └── CalendarMissing
    ├── AdoptedMissing
    ├── Contended
    └── UnsafeStore

Messages carry places and reasons, never a child's name or what was said of the child.
"""

from collections.abc import Sequence
from datetime import date


class DaymarkError(Exception):
    """Anything Daymark can say went wrong."""


class Unreadable(DaymarkError):
    """What was sent cannot be read, so there is no fact to record."""


class UnknownFact(Unreadable):
    """The type names no fact that Daymark knows."""

    def __init__(self, name: str) -> None:
        """Keep the name that was not known."""
        super().__init__(f"{name} is not a fact Daymark knows")


class UnreadableFact(Unreadable):
    """A known fact lacks something, or says something in a shape that cannot be read."""

    def __init__(self, *errors: tuple[str, str]) -> None:
        """Keep each place (a JSON pointer) with what is wrong there; never the value sent."""
        self.errors: Sequence[tuple[str, str]] = errors
        super().__init__("; ".join(f"{place}: {reason}" for place, reason in errors))


class UnreadableFile(Unreadable):
    """A file is not of the format it was taken for, or is unsafe to read."""


class UnreadablePolicy(Unreadable):
    """A table of timescales is not well formed; the message begins with file and line."""


class Refused(DaymarkError):
    """A person asked for what cannot be."""


class NotFound(Refused):
    """Nothing is known under this reference, or the reader may not know of it."""


class Grown(DaymarkError):
    """The stream has grown since it was read: read it again and decide again."""


class Unavailable(DaymarkError):
    """Daymark cannot answer until an operator has acted."""


class CannotPrint(Unavailable):
    """Nothing can be set on paper here: Daymark was installed without what prints."""


class Uncountable(Unavailable):
    """A count cannot be made; nothing is guessed."""


class BirthDateMissing(Uncountable):
    """Whether a rule of a certain age binds cannot be said of a child whose date of birth is not known."""

    def __init__(self) -> None:
        """Say what is needed."""
        super().__init__("the date of birth is not known: record the child’s details")


class CalendarMissing(Uncountable):
    """A count needs a calendar that the authority has not given."""

    def __init__(self, calendar: str) -> None:
        """Keep which calendar is missing."""
        super().__init__(
            f"no calendar of {calendar} has been adopted: `daymark adopt calendar` does it"
        )


class CalendarExpired(Uncountable):
    """A count would run past the last day the calendar knows; nothing is guessed."""

    def __init__(self, calendar: str, expires: date) -> None:
        """Keep which calendar ended, and on which day."""
        super().__init__(
            f"the calendar {calendar} ends on {expires:%-d %B %Y}: adopt the newly published one"
        )


class AdoptedMissing(Unavailable):
    """A pack or calendar that was adopted does not lie on this machine; no other judges in its place."""

    def __init__(self, what: str, name: str, sha256: str) -> None:
        """Keep what was adopted, and by which hash it is known."""
        super().__init__(
            f"the {what} {name} ({sha256[:12]}) is adopted and does not lie on this machine:"
            " put its files back into the folder of packs (DAYMARK_POLICY, else policy in"
            " DAYMARK_HOME), or withdraw its adoption"
        )


class Contended(Unavailable):
    """Other writers won every attempt; the sender may try again."""


class UnsafeStore(Unavailable):
    """The database is set up in a way that loses acknowledged facts."""
