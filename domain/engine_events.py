"""What Daymark itself records, in the same streams as the facts.

Each is unique on (clock key, version, stage).
The version of a clock is one more than its retimings and cures so far: were it the due instant,
a breach, its cure and the next breach would share a name, and the second breach would be silent.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final, Literal
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


class RestrictionLiftProposed(EngineEvent):
    """Somebody proposed that a record be open again.

    Not yet the lifting: another person must confirm it.
    """

    NAME = "restriction-lift-proposed"

    restricted: UUID
    """The restriction that is to be lifted."""


class RestrictionLifted(EngineEvent):
    """A second person confirmed that a record is open again.

    Not a withdrawal: it was restricted until now.
    """

    NAME = "restriction-lifted"

    proposed: UUID
    """The proposal that is confirmed, by somebody else than who made it."""


class RestrictionWideningProposed(EngineEvent):
    """Somebody proposed that more people may see a restricted record.

    Not yet a name among those who may: another person must confirm it.
    """

    NAME = "restriction-widening-proposed"

    restricted: UUID
    """The restriction that is to name them."""
    people: tuple[Reference, ...]
    """Who is to see the record beside those it names already."""


class RestrictionWidened(EngineEvent):
    """A second person confirmed that more people may see a restricted record.

    Not a lifting: for everybody else there is still no such child.
    """

    NAME = "restriction-widened"

    proposed: UUID
    """The proposal that is confirmed, by somebody else than who made it."""


class AccessForced(EngineEvent):
    """Somebody opened a record that is not theirs to see, and said why: read only, for some hours.

    Not a permission: somebody else reviews each one.
    """

    NAME = "access-forced"

    until: Instant
    reason: Annotated[str, Guarded()]


class ForcedAccessTold(EngineEvent):
    """Somebody was told at once that a record was forced open, or could not be told.

    Not a review: whoever was told has judged nothing yet.
    """

    NAME = "forced-access-told"

    forced: UUID
    """The opening that was told of."""
    role: Word
    """`owner` for whoever answers for the record, else the role by which they were told."""
    person: Reference
    delivered: bool
    failure: Word | None = None


class ForcedAccessReviewed(EngineEvent):
    """Somebody else judged whether a record was rightly forced open.

    Not by the person who did it.
    """

    NAME = "forced-access-reviewed"

    forced: UUID
    right: bool
    note: Annotated[str | None, Guarded()] = None


class ScopeGiven(EngineEvent):
    """Somebody was given children to look at, up to an instant, for a purpose.

    Where it names days, it is about these alone: later days are not looked at, nor clocks of other days.
    What people wrote is read by it only where it says so; otherwise coded facts and clocks alone.
    Not a role: that they hold already, and see nothing by it alone.
    """

    NAME = "scope-given"
    VERSION = 3

    person: Reference
    children: tuple[Word, ...]
    """Their opaque ids."""
    purpose: Code
    until: Instant
    from_on: date | None = None
    """The first day that it is about; nothing where it begins with all that is known.

    The first version knew of no days."""
    to_on: date | None = None
    """The last day that it is about; nothing where it is about all that is known."""
    words: bool = False
    """Whether what people wrote may be read, too; the first two versions knew of no such scope."""


class SampleDrawn(EngineEvent):
    """The children of a scope were drawn by a seed, from strata, out of all that were known then.

    Not the scope: it only lets the same sample be drawn again.
    """

    NAME = "sample-drawn"

    scope: UUID
    """The scope that was given with it."""
    seed: Word
    strata: tuple[Code, ...]
    """What the strata are made of: `thread`, `timescale`, `verdict`, `team`; none for one stratum of all."""
    size: int
    """How many were asked for."""
    out_of: int
    """How many children there were to draw from."""
    known_at: Instant
    """The moment up to which the log was read."""


class ScopeEnded(EngineEvent):
    """Somebody ended a scope before its time.

    Not its running out, which needs no event.
    """

    NAME = "scope-ended"

    scope: UUID
    """The scope that is over from now on."""


class BulkExportProposed(EngineEvent):
    """Somebody who was given a scope asked to take all its records away at once, for a purpose.

    Not yet an export: another person must confirm it.
    """

    NAME = "bulk-export-proposed"

    scope: UUID
    """The scope whose records they are."""
    purpose: Code
    kinds: tuple[Code, ...]
    """Of which kinds the files are to be: `pdf`, `xlsx`, `csv`, `json`."""
    children: tuple[Word, ...]
    """The opaque ids of the records that could be seen by the scope then."""


class BulkExportDecided(EngineEvent):
    """A second person confirmed or declined that many records are taken away at once.

    Not the taking: that is recorded each time, for each record.
    """

    NAME = "bulk-export-decided"

    proposed: UUID
    """The proposal that is decided, by somebody else than who made it."""
    sha256: Word
    """The hash of what was proposed, as whoever decides was shown it."""
    confirmed: bool
    until: Instant | None = None
    """Up to when the files can be taken; nothing where it was declined."""
    reason: Annotated[str | None, Guarded()] = None
    """Why it was declined, in the words of whoever did."""


class BulkExportTaken(EngineEvent):
    """The files of a confirmed export were sent, and this was recorded before.

    Not each look: that stands in the record of looks, for each child.
    """

    NAME = "bulk-export-taken"

    proposed: UUID
    """The proposal that was confirmed."""
    children: tuple[Word, ...]
    """The opaque ids of the records that are in the files."""
    sha256: Word
    """The hash of the one file that was sent."""


class RecordRead(EngineEvent):
    """Somebody was shown a page or given a file, and this was recorded before it was sent.

    Not what was shown: only of whom, where and why.
    """

    NAME = "record-read"
    VERSION = 2

    route: Word
    """The pattern of the address, such as /children/{ref}."""
    child: Word | None = None
    """The opaque id of the child; nothing for a page that lists many."""
    purpose: Code
    rule: Code
    """The rule that allowed it."""
    asked: Annotated[str | None, Guarded()] = None
    """What narrowed the page: a person can type anything into an address."""
    unattended: bool = False
    """Whether a list was brought up to date by itself; the first version did not tell these apart."""
    children: tuple[Word, ...] = ()
    """The opaque ids of all whom a file carries away; none where it is of one child, or is a page."""
    sha256: Word | None = None
    """The hash of that file."""


class SearchMissed(EngineEvent):
    """Somebody named a child, by a reference or an address, and was told that there is none.

    Not a look: nothing was shown, and it does not say whether there is such a child whom they may not see.
    """

    NAME = "search-missed"

    route: Word
    child: Word
    """The opaque id to which what was named leads, whether or not it is anybody's."""
    purpose: Code


class OwnRecordAsked(EngineEvent):
    """Somebody asked for their own record, or for one of their family, and was told that there is none.

    Not a look: nothing was shown, and nothing says so to whoever asked.
    """

    NAME = "own-record-asked"

    route: Word
    child: Word
    purpose: Code
    rule: Code
    """The rule that refused it."""


ENGINE_EVENTS: Final[Mapping[str, type[EngineEvent]]] = MappingProxyType(
    {
        kind.NAME: kind
        for kind in (
            TimescaleWarned,
            TimescaleBreached,
            BreachCured,
            BreachWorsened,
            ClockRetimed,
            EscalationRaised,
            EscalationRearmed,
            ManagerNotified,
            EscalationAcknowledged,
            ClockReassigned,
            BreachExplained,
            EscalationExhausted,
            OperatorTold,
            IdReused,
            ReferenceNamed,
            RestrictionLiftProposed,
            RestrictionLifted,
            RestrictionWideningProposed,
            RestrictionWidened,
            AccessForced,
            ForcedAccessTold,
            ForcedAccessReviewed,
            ScopeGiven,
            SampleDrawn,
            ScopeEnded,
            BulkExportProposed,
            BulkExportDecided,
            BulkExportTaken,
            RecordRead,
            SearchMissed,
            OwnRecordAsked,
        )
    }
)
"""What Daymark records of its own, by the name it is stored under."""
