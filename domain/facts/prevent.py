"""Prevent and harmful practices.

Rare and sensitive; off by default.
"""

from domain.facts.fact import Fact, Reference


class ChannelCaseAdopted(Fact):
    """The Channel panel took the case on.

    Not a Prevent referral.
    """

    NAME = "channel-case-adopted"
    THREAD = "prevent"
    KEY = "channel_ref"
    PRECISION = "date"

    channel_ref: Reference


class ChannelCaseClosed(Fact):
    """The Channel panel closed the case.

    Not the six- and twelve-month look-backs after exit.
    """

    NAME = "channel-case-closed"
    THREAD = "prevent"
    KEY = "channel_ref"
    PRECISION = "date"

    channel_ref: Reference


class FgmIdentified(Fact):
    """A professional saw, or was told by the girl of, female genital mutilation.

    Not a suspicion or risk.
    """

    NAME = "fgm-identified"
    THREAD = "prevent"
    KEY = "fgm_ref"
    PRECISION = "date"

    fgm_ref: Reference


class FgmReported(Fact):
    """The professional reported it to the police.

    Not a referral to social care.
    """

    NAME = "fgm-reported"
    THREAD = "prevent"
    KEY = "fgm_ref"
    PRECISION = "date"

    fgm_ref: Reference
