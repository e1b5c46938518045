"""Practice alerts and professional disagreement.

The human escalation between agencies or by the IRO.
Not the engine's own escalation.
"""

from typing import Annotated

from pydantic import StrictBool, StrictInt

from domain.facts.fact import Code, CodeSet, Fact, Reference


class DecisionCommunicated(Fact):
    """Children's social care told a partner of a decision the partner may dispute.

    Not the disagreement.
    """

    NAME = "decision-communicated"
    THREAD = "practice-alert"
    KEY = "disagreement_ref"
    PRECISION = "date"

    disagreement_ref: Reference


class DisagreementRaised(Fact):
    """A professional formally disagreed, or took it to the next stage.

    Either an IRO's Formal Practice Alert, or between agencies.

    Not EscalationRaised, which the engine writes by itself.
    """

    NAME = "disagreement-raised"
    THREAD = "practice-alert"
    KEY = "disagreement_ref"
    PRECISION = "date"

    kind: Annotated[Code, CodeSet("disagreement_kind")]
    disagreement_ref: Reference
    stage: StrictInt
    raised_by: Annotated[Code | None, CodeSet("agency")] = None


class DisagreementDiscussed(Fact):
    """The two sides spoke, or met, about the disagreement.

    Not its end.
    """

    NAME = "disagreement-discussed"
    THREAD = "practice-alert"
    KEY = "disagreement_ref"
    PRECISION = "date"

    disagreement_ref: Reference
    stage: StrictInt
    form: Annotated[Code, CodeSet("meeting_form")]
    agreed: StrictBool


class DisagreementClosed(Fact):
    """The disagreement was resolved or withdrawn.

    Not EscalationAcknowledged.
    """

    NAME = "disagreement-closed"
    THREAD = "practice-alert"
    KEY = "disagreement_ref"
    PRECISION = "date"

    kind: Annotated[Code, CodeSet("disagreement_kind")]
    disagreement_ref: Reference
    stage: StrictInt | None = None
    outcome: Annotated[Code, CodeSet("disagreement_outcome")]


class OutcomeLetterSent(Fact):
    """The outcome was put in writing to the agency that disagreed.

    Not the minutes.
    """

    NAME = "outcome-letter-sent"
    THREAD = "practice-alert"
    KEY = "disagreement_ref"
    PRECISION = "instant"

    disagreement_ref: Reference
    stage: StrictInt
