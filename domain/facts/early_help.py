"""Early help.

Consent-based; below the statutory threshold.
"""

from domain.facts.fact import Fact, Reference


class EarlyHelpNeedIdentified(Fact):
    """The Early Help Gateway accepted that the child needs early help.

    Not an early help plan.
    """

    NAME = "early-help-need-identified"
    THREAD = "early-help"
    KEY = "early_help_ref"
    PRECISION = "date"

    early_help_ref: Reference
    contact_ref: Reference | None = None


class SteppedUp(Fact):
    """The child moved from early help to children's social care.

    Not a new contact from outside.
    """

    NAME = "stepped-up"
    THREAD = "early-help"
    KEY = "early_help_ref"
    PRECISION = "date"

    early_help_ref: Reference
    plan_ref: Reference | None = None
    referral_ref: Reference | None = None


class SteppedDown(Fact):
    """The child moved from children's social care to early help.

    Not the case closing with no further help.
    """

    NAME = "stepped-down"
    THREAD = "early-help"
    KEY = "early_help_ref"
    PRECISION = "date"

    early_help_ref: Reference
    referral_ref: Reference | None = None
