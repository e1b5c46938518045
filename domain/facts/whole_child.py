"""Whole child.

Facts about the child or about who is responsible.
"""

from typing import Annotated

from pydantic import StrictBool

from domain.facts.fact import Code, CodeSet, Day, Fact, Guarded, Reference


class ChildDetailsRecorded(Fact):
    """The case system gave the coded facts about the child that rules need.

    Not a name or an address: those are not taken in yet.
    Birthdays (5, 16, 18) are computed from it, never sent as facts.
    """

    NAME = "child-details-recorded"
    THREAD = "whole-child"
    KEY = "child"
    PRECISION = "date"

    date_of_birth: Annotated[Day | None, Guarded()] = None
    expected_date_of_birth: Annotated[Day | None, Guarded()] = None
    disabled: Annotated[StrictBool | None, Guarded()] = None
    sex: Annotated[Code | None, CodeSet("sex"), Guarded()] = None
    ethnicity: Annotated[Code | None, CodeSet("ethnicity"), Guarded()] = None


class ChildBorn(Fact):
    """A child known before birth was born.

    Not a correction of a date of birth.
    """

    NAME = "child-born"
    THREAD = "whole-child"
    KEY = "child"
    PRECISION = "date"
    GUARDED_TIME = True

    date_of_birth: Annotated[Day, Guarded()]


class CaseAllocated(Fact):
    """A team and worker became responsible for the child.

    Not the authority responsible.
    Derived from ssd_involvements where the SSD is the feed; without it a ladder falls back to
    the head of service.
    """

    NAME = "case-allocated"
    THREAD = "whole-child"
    KEY = "duty_ref"
    PRECISION = "date"

    duty_ref: Reference
    team_ref: Reference
    worker_ref: Reference | None = None
    role: Annotated[Code, CodeSet("worker_role")]


class ResponsibleAuthorityChanged(Fact):
    """The authority that answers for the child changed, or became known.

    Not a placement in another area.
    """

    NAME = "responsible-authority-changed"
    THREAD = "whole-child"
    KEY = "child"
    PRECISION = "date"

    responsible_authority: Annotated[Code, CodeSet("la_code")]
    host_authority: Annotated[Code, CodeSet("la_code")]


class CaseTransferred(Fact):
    """Another authority accepted responsibility for the case.

    Not a temporary stay elsewhere, or a transfer asked for and not accepted.
    """

    NAME = "case-transferred"
    THREAD = "whole-child"
    KEY = "child"
    PRECISION = "date"

    to_authority: Annotated[Code, CodeSet("la_code")]
    accepted: StrictBool


class DutyExceptionRecorded(Fact):
    """Someone with authority recorded a lawful reason why one named duty does not bind here.

    Not an excuse for a late duty (BreachExplained).
    Works only on rules that list it under cancels; duty_ref is the reference of the thread.
    """

    NAME = "duty-exception-recorded"
    THREAD = "whole-child"
    KEY = "duty_ref"
    PRECISION = "date"

    duty_ref: Reference
    timescale: Code
    kind: Annotated[Code, CodeSet("duty_exception")]
    recorded_by_role: Annotated[Code, CodeSet("role")]


class RecordRestricted(Fact):
    """Only the people named may see this child's record; for all others there is no such child.

    Not a seal: what is guarded is guarded for every child.
    A later one takes names away and adds none; two people together name more, or lift it.
    """

    NAME = "record-restricted"
    THREAD = "whole-child"
    KEY = "child"
    PRECISION = "instant"

    people: tuple[Reference, ...]
    """The person_ref of everybody who may."""
    reason: Annotated[Code, CodeSet("restriction_reason")]


class StaffRelationDeclared(Fact):
    """A member of staff said that this is their own record, or a relative's: they may never see it.

    Not a restriction: for everybody else nothing changes.
    """

    NAME = "staff-relation-declared"
    THREAD = "whole-child"
    KEY = "child"
    PRECISION = "date"

    person_ref: Reference


class ClockSuspended(Fact):
    """Someone with authority held the clock of one named duty, for a coded reason, until it is resumed.

    Not an exception (DutyExceptionRecorded), which ends the duty, and not an excuse for a late one.
    Works only on rules that allow it, for the roles they name, before the time has run out;
    duty_ref is the reference of the thread, left out where the rule is about the whole child.
    """

    NAME = "clock-suspended"
    THREAD = "whole-child"
    KEY = "duty_ref"
    PRECISION = "instant"

    timescale: Code
    duty_ref: Reference | None = None
    reason: Annotated[Code, CodeSet("suspension_reason")]
    decided_by_role: Annotated[Code, CodeSet("role")]


class ClockResumed(Fact):
    """Someone with authority ended the hold on the clock of one named duty: what was left runs on.

    Not a new start, and not the end of the duty.
    """

    NAME = "clock-resumed"
    THREAD = "whole-child"
    KEY = "duty_ref"
    PRECISION = "instant"

    timescale: Code
    duty_ref: Reference | None = None
    reason: Annotated[Code, CodeSet("resumption_reason")]
    decided_by_role: Annotated[Code, CodeSet("role")]


class ChildReferencesJoined(Fact):
    """Two child references proved to be one child.

    Not two missing episodes merged.
    Engine events stay in the stream of the fact that started the clock; a fact in either pokes
    both.
    """

    NAME = "child-references-joined"
    THREAD = "whole-child"
    KEY = "child"
    PRECISION = "instant"

    other_child: Reference


class ChildReferencesParted(Fact):
    """Two references joined by mistake are two children again.

    Not a withdrawn fact.
    """

    NAME = "child-references-parted"
    THREAD = "whole-child"
    KEY = "child"
    PRECISION = "instant"

    other_child: Reference
