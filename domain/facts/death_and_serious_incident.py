"""Child death and serious incidents.

ChildDied ends every other clock except those that list survives: [child-died].
"""

from pydantic import StrictBool

from domain.facts.fact import Fact, Reference


class ChildDied(Fact):
    """The child died.

    Not the notification.
    """

    NAME = "child-died"
    THREAD = "death-and-serious-incident"
    KEY = "death_ref"
    PRECISION = "date"

    death_ref: Reference


class ChildDeathNotified(Fact):
    """The child death overview panel was told.

    Not a serious incident notification.
    """

    NAME = "child-death-notified"
    THREAD = "death-and-serious-incident"
    KEY = "death_ref"
    PRECISION = "instant"

    death_ref: Reference


class ChildDeathReviewed(Fact):
    """The panel completed its review of the death.

    Not an inquest.
    """

    NAME = "child-death-reviewed"
    THREAD = "death-and-serious-incident"
    KEY = "death_ref"
    PRECISION = "date"

    death_ref: Reference
    modifiable: StrictBool


class SeriousIncidentKnown(Fact):
    """The authority became aware of an incident that may meet the criteria.

    Not when the incident happened: the clock uses recorded_at.
    """

    NAME = "serious-incident-known"
    THREAD = "death-and-serious-incident"
    KEY = "incident_notification_ref"
    PRECISION = "date"

    incident_notification_ref: Reference


class SeriousIncidentNotified(Fact):
    """The authority notified the national panel.

    Not a notice to Ofsted alone.
    """

    NAME = "serious-incident-notified"
    THREAD = "death-and-serious-incident"
    KEY = "incident_notification_ref"
    PRECISION = "date"

    incident_notification_ref: Reference


class RapidReviewCompleted(Fact):
    """The safeguarding partners completed the rapid review.

    Not a local child safeguarding practice review.
    """

    NAME = "rapid-review-completed"
    THREAD = "death-and-serious-incident"
    KEY = "incident_notification_ref"
    PRECISION = "date"

    incident_notification_ref: Reference
