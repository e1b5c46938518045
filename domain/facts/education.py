"""Education: CME, home education, school moves.

Needs a school-terms calendar; optional in the first release.
"""

from typing import Annotated

from pydantic import StrictBool

from domain.facts.fact import Code, CodeSet, Fact, Reference


class HomeEducationRegistered(Fact):
    """The child was registered as electively home educated (EHE).

    Not a child missing education.
    """

    NAME = "home-education-registered"
    THREAD = "education"
    KEY = "education_ref"
    PRECISION = "date"

    education_ref: Reference


class HomeEducationEnded(Fact):
    """Home education ended.

    Not a refused visit.
    """

    NAME = "home-education-ended"
    THREAD = "education"
    KEY = "education_ref"
    PRECISION = "date"

    education_ref: Reference
    reason: Annotated[Code | None, CodeSet("home_education_end_reason")] = None


class ContinuousAbsenceStarted(Fact):
    """The first school day of an unbroken unauthorised absence.

    Not a missing episode.
    """

    NAME = "continuous-absence-started"
    THREAD = "education"
    KEY = "absence_ref"
    PRECISION = "date"

    absence_ref: Reference


class ContinuousAbsenceEnded(Fact):
    """The pupil came back, was traced, or was taken off the roll.

    Not the school's report.
    """

    NAME = "continuous-absence-ended"
    THREAD = "education"
    KEY = "absence_ref"
    PRECISION = "date"

    absence_ref: Reference
    reason: Annotated[Code, CodeSet("absence_end_reason")]


class AbsenceReported(Fact):
    """The school made its return to the authority about the absence.

    Not a missing report to the police.
    """

    NAME = "absence-reported"
    THREAD = "education"
    KEY = "absence_ref"
    PRECISION = "date"

    absence_ref: Reference


class PupilMovedSchool(Fact):
    """The pupil changed school.

    Not a placement move.
    """

    NAME = "pupil-moved-school"
    THREAD = "education"
    KEY = "education_ref"
    PRECISION = "date"

    education_ref: Reference
    in_year: StrictBool


class ProtectionFileReceived(Fact):
    """The new school received the pupil's child protection file.

    Not the pupil record.
    """

    NAME = "protection-file-received"
    THREAD = "education"
    KEY = "education_ref"
    PRECISION = "date"

    education_ref: Reference
