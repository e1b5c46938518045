"""Out of area: CICOLA.

Children in the care of other local authorities, placed here.
Host duties; the placing authority stays responsible.
"""

from typing import Annotated

from pydantic import StrictBool

from domain.facts.fact import Code, CodeSet, Day, Fact, Reference


class CicolaPlacementNotified(Fact):
    """We were told that a child looked after by another authority is placed here.

    Occurred = when the notice reached us.

    Not our own child placed elsewhere (PlacementStarted, out_of_area).
    """

    NAME = "cicola-placement-notified"
    THREAD = "out-of-area"
    KEY = "cicola_placement_ref"
    PRECISION = "instant"

    cicola_placement_ref: Reference
    placing_authority: Annotated[Code, CodeSet("la_code")]
    placed_on: Day
    at_distance: StrictBool | None = None
    cse_plan_elsewhere: StrictBool
    notified_by: Annotated[Code, CodeSet("notified_by")]


class CicolaPlacementEnded(Fact):
    """A child placed here by another authority left, or never came.

    Not the child ceasing to be looked after.
    """

    NAME = "cicola-placement-ended"
    THREAD = "out-of-area"
    KEY = "cicola_placement_ref"
    PRECISION = "date"

    cicola_placement_ref: Reference
    reason: Annotated[Code, CodeSet("cicola_end_reason")]
    moved_to_authority: Annotated[Code | None, CodeSet("la_code")] = None


class PlacingAuthorityNotified(Fact):
    """The child's own authority was told of a concern or that the child is missing.

    Not the notice we receive from them.
    """

    NAME = "placing-authority-notified"
    THREAD = "out-of-area"
    KEY = "cicola_placement_ref"
    PRECISION = "instant"

    cicola_placement_ref: Reference | None = None
    contact_ref: Reference | None = None
    missing_episode_ref: Reference | None = None
    placing_authority: Annotated[Code, CodeSet("la_code")]
    method: Annotated[Code | None, CodeSet("contact_channel")] = None


class HandoverDocumentsSent(Fact):
    """Our records of work with the child went to the police or authority where the child is going.

    Not a file transfer between schools.
    """

    NAME = "handover-documents-sent"
    THREAD = "out-of-area"
    KEY = "cicola_placement_ref"
    PRECISION = "date"

    cicola_placement_ref: Reference
    sent_to: Annotated[tuple[Code, ...], CodeSet("agency")]
