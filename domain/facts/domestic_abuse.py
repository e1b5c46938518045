"""Domestic abuse: MARAC and Operation Encompass.

Often about an adult victim; recorded on the child because the child lives with it.
"""

from pydantic import StrictBool

from domain.facts.fact import Fact, Reference


class DomesticAbuseIncidentAttended(Fact):
    """The police attended domestic abuse where the child lives.

    Not a referral.
    """

    NAME = "domestic-abuse-incident-attended"
    THREAD = "domestic-abuse"
    KEY = "incident_ref"
    PRECISION = "instant"

    incident_ref: Reference
    school_age: StrictBool


class SchoolTold(Fact):
    """The school was told before the child arrived (Operation Encompass).

    Not the outcome of any assessment.
    """

    NAME = "school-told"
    THREAD = "domestic-abuse"
    KEY = "incident_ref"
    PRECISION = "instant"

    incident_ref: Reference


class MaracReferralReceived(Fact):
    """A case was referred to the multi-agency risk assessment conference.

    Not the case being heard (CaseHeardAtPanel kind marac).
    """

    NAME = "marac-referral-received"
    THREAD = "domestic-abuse"
    KEY = "marac_ref"
    PRECISION = "date"

    marac_ref: Reference
    repeat: StrictBool
