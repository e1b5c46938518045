"""What Daymark itself records, in the same streams as the facts.

Each is unique on (clock key, version, stage).
The version of a clock is one more than its retimings and cures so far: were it the due instant,
a breach, its cure and the next breach would share a name, and the second breach would be silent.
"""

from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.facts.fact import Code, Guarded, Instant, Reference, Word


class EngineEvent(BaseModel):
    """Something Daymark did, or a person did through Daymark's own pages."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    NAME: ClassVar[str]
    VERSION: ClassVar[int] = 1


class ClockEvent(EngineEvent):
    """Something that became of one clock."""

    clock: Word
    """The clock's key."""
    clock_version: int
    timescale: Word


class TimescaleWarned(ClockEvent):
    """A clock passed a warning instant while still running.

    Not a breach: a warning raises no ladder.
    """

    NAME = "timescale-warned"

    number: int
    of: int
    warn_at: Instant
    due_at: Instant


class TimescaleBreached(ClockEvent):
    """A clock passed its due instant while still running, or the facts arrived already showing it.

    Not blame: a breach is of a timescale, never of a person.
    """

    NAME = "timescale-breached"

    due_at: Instant
    breached_at: Instant
    """The instant it counts as broken: the due instant, or later where a date or a feed decides."""
    history: bool
    """Whether it lies so far back that it wakes nobody."""
    confirmed: bool
    """False where only a feed not yet heard could say that the duty was done."""
    cause: UUID | None = None
    """The fact that showed it, where it was broken on arrival."""


class BreachCured(ClockEvent):
    """A later fact shows that the duty was done in time, or never was.

    Not a late stop: that ends a breach and leaves it standing.
    """

    NAME = "breach-cured"

    verdict: Word
    cause: UUID | None = None


class BreachWorsened(ClockEvent):
    """A later fact shows that the breach began earlier than was known.

    Not a new breach: the ladder that runs goes on.
    """

    NAME = "breach-worsened"

    from_due_at: Instant
    due_at: Instant
    cause: UUID


class ClockRetimed(ClockEvent):
    """The due instant moved after something had been said of the clock.

    Not a new clock: the fact that started it is the same.
    """

    NAME = "clock-retimed"

    from_due_at: Instant
    due_at: Instant
    cause: UUID | None = None


class EscalationRaised(ClockEvent):
    """The ladder of a breach began.

    Not a warning, which is a notice and raises none.
    """

    NAME = "escalation-raised"

    escalation: Word
    ladder: Word


class EscalationRearmed(ClockEvent):
    """A promise no longer holds the ladder: its day passed, or its owner is not there.

    Not a new ladder: it goes on where it stood.
    """

    NAME = "escalation-rearmed"

    escalation: Word
    number: int
    reason: Literal["promise-passed", "owner-left", "owner-absent"]


class ManagerNotified(ClockEvent):
    """One person was told, or could not be; or a rung had nobody to tell.

    Not a reading: nobody is known to have opened it.
    """

    NAME = "manager-notified"
    VERSION = 2

    telling: Word
    """The escalation's id, or the notice's for a warning or a cure."""
    about: Word
    """`breach`, `warning/n`, or `cured`: what was told before is not so after all."""
    rung: int
    role: Word
    person: Reference | None
    """The opaque id of who was told; nothing where the rung was empty."""
    channel: Literal["email", "digest", "none", "teams", "notify"]
    """The way it went; the first version knew of no other than e-mail."""
    repeat: int
    """How often the same was told before."""
    delivered: bool
    failure: Word | None = None


class EscalationAcknowledged(ClockEvent):
    """A manager promised: an owner, by when, with a coded reason.

    Not the end of the ladder: it halts the climb until the promised day has passed.
    """

    NAME = "escalation-acknowledged"

    escalation: Word
    owner: Reference
    until: Instant
    """The end (UTC) of the promised day."""
    reason: Code
    note: Annotated[str | None, Guarded()] = None


class ClockReassigned(ClockEvent):
    """A clock was handed over to another owner, up to a day, with a coded reason.

    Not a promise: nothing is promised and no climb is halted.
    """

    NAME = "clock-reassigned"

    owner: Reference
    until: Instant
    """The end (UTC) of the last day of it; then whoever holds the role is the owner again."""
    reason: Code
    telling: Word | None = None
    """The ladder or notice that was open, by which the new owner is told; nothing where none was."""
    note: Annotated[str | None, Guarded()] = None


class BreachExplained(ClockEvent):
    """A coded reason was recorded for a breach.

    Not an acknowledgement: it promises nothing and halts nothing.
    """

    NAME = "breach-explained"

    reason: Code
    note: Annotated[str | None, Guarded()] = None


class EscalationExhausted(ClockEvent):
    """The last rung was told and nothing ended it.

    Not an end of the breach: it stays red.
    """

    NAME = "escalation-exhausted"

    escalation: Word


class OperatorTold(EngineEvent):
    """Somebody who looks after Daymark was told that it cannot be relied on, or could not be told.

    Not about a child or a clock: what was doubtful was Daymark itself, or a source that feeds it.
    """

    NAME = "operator-told"

    doubt: Word
    """What was doubtful: `feed`, `projector`, `dispatcher`, `coverage`, `calendar`, `parked`."""
    about: Word | None
    """Which source, where it was about one."""
    since: Instant | None
    rung: int
    role: Word
    person: Reference
    """The opaque id of who was told."""
    delivered: bool
    failure: Word | None = None


class IdReused(EngineEvent):
    """A known source and id came again with other content, which is kept here.

    Not a correction: the fact first recorded stands.
    """

    NAME = "id-reused"

    reused: UUID
    """The event that holds the identity."""
    came: Annotated[dict[str, Any], Guarded()]
    """What came, as it would have been stored."""


class ReferenceNamed(EngineEvent):
    """Under another reference it was said that it is this child, or is not after all.

    Not the joining itself: that stands where it was told; this only leads there.
    """

    NAME = "reference-named"

    other_child: Reference
    """The reference under which it was told."""
    told: UUID
    """The fact that names this reference."""
