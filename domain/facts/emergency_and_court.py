"""Emergency powers, orders and court.

Powers that lapse.
The end stated in the order beats the statutory cap.
"""

from typing import Annotated

from domain.facts.fact import Code, CodeSet, Day, Fact, Instant, Reference


class PoliceProtectionTaken(Fact):
    """A constable took the child into police protection.

    Reports say "PPO", though it is a power, not an order.

    Not an emergency protection order.
    The 72 hours need the time: a date alone is not enough.
    """

    NAME = "police-protection-taken"
    THREAD = "emergency-and-court"
    KEY = "police_protection_ref"
    PRECISION = "instant"

    police_protection_ref: Reference
    place: Annotated[Code | None, CodeSet("police_protection_place")] = None


class PoliceProtectionEnded(Fact):
    """Police protection came to an end.

    Not the child ceasing to be looked after.
    """

    NAME = "police-protection-ended"
    THREAD = "emergency-and-court"
    KEY = "police_protection_ref"
    PRECISION = "instant"

    police_protection_ref: Reference
    outcome: Annotated[Code, CodeSet("police_protection_outcome")]


class OrderMade(Fact):
    """A court made an order about the child.

    Not the SSDA903 legal status, which is LegalStatusChanged and may start on another day.
    """

    NAME = "order-made"
    THREAD = "emergency-and-court"
    KEY = "order_ref"
    PRECISION = "instant"

    kind: Annotated[Code, CodeSet("order_kind")]
    order_ref: Reference
    police_protection_ref: Reference | None = None
    proceedings_ref: Reference | None = None
    begins_on: Day | None = None
    expires_at: Instant | None = None


class OrderExtended(Fact):
    """The court extended an order.

    Not a new order.
    """

    NAME = "order-extended"
    THREAD = "emergency-and-court"
    KEY = "order_ref"
    PRECISION = "instant"

    order_ref: Reference
    expires_at: Instant


class OrderEnded(Fact):
    """An order ended before or at its expiry.

    Not the mere passing of the expiry, which the engine sees by itself.
    """

    NAME = "order-ended"
    THREAD = "emergency-and-court"
    KEY = "order_ref"
    PRECISION = "instant"

    order_ref: Reference
    reason: Annotated[Code, CodeSet("order_end_reason")]


class CareProceedingsIssued(Fact):
    """The court issued an application for a care or supervision order.

    Not pre-proceedings.
    """

    NAME = "care-proceedings-issued"
    THREAD = "emergency-and-court"
    KEY = "proceedings_ref"
    PRECISION = "date"

    proceedings_ref: Reference


class CareProceedingsEnded(Fact):
    """The proceedings were disposed of.

    Not an interim order.
    """

    NAME = "care-proceedings-ended"
    THREAD = "emergency-and-court"
    KEY = "proceedings_ref"
    PRECISION = "date"

    proceedings_ref: Reference
    outcome: Annotated[Code, CodeSet("proceedings_outcome")]
