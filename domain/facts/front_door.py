"""Front door.

Contact, MASH screening, referral.
A contact is not a referral (CIN census guide 4.2).
A referral thread stays open until the case is closed.
"""

from typing import Annotated

from domain.facts.fact import Code, CodeSet, Fact, Instant, Reference


class ContactReceived(Fact):
    """Someone told the front door about a worry for this child.

    Not a referral; the DfE counts only referrals.
    """

    NAME = "contact-received"
    THREAD = "front-door"
    KEY = "contact_ref"
    PRECISION = "instant"

    contact_ref: Reference
    source: Annotated[Code, CodeSet("referral_source")]
    channel: Annotated[Code | None, CodeSet("contact_channel")] = None
    reason: Annotated[Code | None, CodeSet("contact_reason")] = None


class ContactScreened(Fact):
    """The MASH decided what should happen with the contact.

    Not the manager's decision on a referral (ReferralDecided).
    """

    NAME = "contact-screened"
    THREAD = "front-door"
    KEY = "contact_ref"
    PRECISION = "instant"

    contact_ref: Reference
    outcome: Annotated[Code, CodeSet("contact_outcome")]
    decided_by_role: Annotated[Code | None, CodeSet("role")] = None


class ReferralReceived(Fact):
    """The authority received a request for children's social care for this child.

    This is the "point of referral".

    Not new information on a case already open: that must not start a second 45-day clock.
    """

    NAME = "referral-received"
    THREAD = "front-door"
    KEY = "referral_ref"
    PRECISION = "instant"

    referral_ref: Reference
    contact_ref: Reference | None = None
    source: Annotated[Code, CodeSet("referral_source")]
    primary_need: Annotated[Code | None, CodeSet("primary_need")] = None
    made_at: Instant | None = None
    sibling_subjects: tuple[Reference, ...] | None = None


class ReferralDecided(Fact):
    """A manager decided the type of response the referral needs.

    Not the outcome of the assessment.
    """

    NAME = "referral-decided"
    THREAD = "front-door"
    KEY = "referral_ref"
    PRECISION = "instant"

    referral_ref: Reference
    outcome: Annotated[Code, CodeSet("referral_outcome")]
    decided_by_role: Annotated[Code | None, CodeSet("role")] = None


class ReferrerAcknowledged(Fact):
    """A social worker told the referrer the referral had arrived.

    Not feedback on the outcome.
    """

    NAME = "referrer-acknowledged"
    THREAD = "front-door"
    KEY = "referral_ref"
    PRECISION = "instant"

    referral_ref: Reference
    method: Annotated[Code | None, CodeSet("contact_channel")] = None


class CaseClosed(Fact):
    """Services for this episode of need ended.

    Not the end of one plan or one enquiry inside the case.
    """

    NAME = "case-closed"
    THREAD = "front-door"
    KEY = "referral_ref"
    PRECISION = "date"

    referral_ref: Reference
    reason: Annotated[Code, CodeSet("closure_reason")]
