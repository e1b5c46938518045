"""One child of a children in need census return: what is said of the child, and every referral."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from lxml import etree

from domain.facts.death_and_serious_incident import ChildDied
from domain.facts.whole_child import ChildDetailsRecorded
from formats.census_elements import Contents, Notes, line_of, words_of
from formats.census_episode import ReturnDays, referral_rows
from formats.statement import CHILD_ROW, LONGEST_CHILD, ChildStatement, Link, Part, Row, RowKind

ROW_KINDS: Final[Mapping[str, RowKind]] = MappingProxyType(
    {
        "referral": RowKind(
            "referral-received", "referral_ref", None, ends=("case-closed", "referral-decided")
        ),
        "assessment": RowKind(
            "assessment-started", "assessment_ref", "referral_ref", ends=("assessment-authorised",)
        ),
        "enquiry": RowKind(
            "section-47-started",
            "enquiry_ref",
            "referral_ref",
            ends=("conference-held", "section-47-concluded"),
        ),
        "cin-plan": RowKind(
            "plan-started", "plan_ref", "referral_ref", {"kind": "child-in-need"}, ("plan-ended",)
        ),
        "cp-plan": RowKind(
            "plan-started",
            "plan_ref",
            "referral_ref",
            {"kind": "child-protection"},
            ("plan-ended",),
        ),
        "review": RowKind("conference-held", "conference_ref", "plan_ref", {"kind": "review"}),
    }
)
"""How each row of a return is found again in the log."""

# Up to 2024 GenderCurrent holds these, and some systems go on writing them as Sex.
SEX: Final[Mapping[str, str]] = {"1": "M", "2": "F", "0": "U", "9": "U"}

NO_DISABILITY: Final = "NONE"


def child_statement(element: etree._Element, days: ReturnDays) -> ChildStatement:
    """All that a return states of one child; a child without a usable id is refused whole."""
    notes = Notes()
    contents = Contents(element, notes)
    identifiers = contents.groups("ChildIdentifiers")
    named = identifiers[0].word("LAchildID") if identifiers else None
    child = "" if named is None else words_of(named)
    if not 0 < len(child) <= LONGEST_CHILD or not child.isprintable():
        reason = f"LAchildID is missing, or not 1 to {LONGEST_CHILD} printable characters"
        notes.refuse(element, reason)
        return ChildStatement("", line_of(element), (), tuple(notes.unreadable))
    rows = [
        row
        for index, details in enumerate(contents.groups("CINdetails"))
        for row in referral_rows(details, f"referral {index}", days)
    ]
    begun = [row.on for row in rows if row.kind == "referral" and row.on]
    # Without a date of its own: from the first referral on, so that every clock finds it.
    parts = _details(contents, identifiers, min([*begun, days.chosen_on]))
    return ChildStatement(
        child=child,
        line=line_of(element),
        rows=(Row(CHILD_ROW, CHILD_ROW, "", None, line_of(element), tuple(parts)), *rows),
        unreadable=tuple(notes.unreadable),
        warnings=tuple(notes.warnings),
    )


def _details(contents: Contents, identifiers: list[Contents], on: date) -> list[Part]:
    """What the return says of the child itself; no pupil number, no kind of disability is taken in."""
    own = identifiers[0]
    own.pass_over("UPN", "FormerUPN", "UPNunknown")
    born, expected = own.day("PersonBirthDate"), own.day("ExpectedPersonBirthDate")
    if born and expected:
        own.keep("ExpectedPersonBirthDate", expected.isoformat())
    sex = own.code("Sex") or own.code("GenderCurrent")
    died = own.day("PersonDeathDate")
    characteristics = contents.groups("ChildCharacteristics")
    ethnicities = [
        code for each in characteristics for code in each.codes("Ethnicity", "ethnicity")
    ]
    disabilities = [
        code
        for each in characteristics
        for wrapper in each.groups("Disabilities")
        for code in wrapper.codes("Disability")
    ]
    fields = {
        "date_of_birth": born,
        "expected_date_of_birth": None if born else expected,
        "sex": SEX.get(sex, sex) if sex else None,
        "ethnicity": ethnicities[0] if ethnicities else None,
        "disabled": set(disabilities) != {NO_DISABILITY} if disabilities else None,
        "dated_by": "return",
        "unmapped": _together(contents, *identifiers, *characteristics),
    }
    parts = [Part(ChildDetailsRecorded, on, own.line, fields, chosen=True)]
    if died:
        parts.append(Part(ChildDied, died, own.line, {"death_ref": Link(CHILD_ROW, "death")}))
    return parts


def _together(*contents: Contents) -> dict[str, Any] | None:
    """What no field holds in any of these elements; nothing where all of it was read."""
    found: dict[str, Any] = {}
    for one in contents:
        found |= one.unmapped() or {}
    return found or None
