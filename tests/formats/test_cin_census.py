"""The children in need census, element by element, with the quirks that real returns have."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.errors import UnreadableFile
from domain.facts.fact import Fact
from formats.cin_census import STATES, read_children, read_head
from formats.statement import ChildStatement, Noted, Stated, facts, refer
from formats.xml_stream import Utf8
from tests.formats.returns import (
    REFERRAL,
    assessment,
    census,
    child,
    head,
    referral,
    written,
)


def children(folder: Path, text: str | bytes) -> list[ChildStatement]:
    """Every child of a return."""
    found = read_head(written(folder, text), "343", None)
    with found.path.open("rb") as file:
        return list(read_children(Utf8(file, found.encoding), found))


def stated(folder: Path, text: str) -> list[Stated]:
    """Every fact of a return."""
    found: list[Stated] = []
    for statement in children(folder, text):
        refs, _ = refer(statement, ())
        good, bad = facts(statement, refs)
        found += good

        assert not bad
    return found


def said(folder: Path, text: str, name: str) -> list[dict[str, Any]]:
    """What the facts of one name say, with their day as text."""
    return [
        {"on": str(one.occurred_on), **one.said.model_dump(exclude_none=True)}
        for one in stated(folder, text)
        if name == one.said.NAME
    ]


def test_one_of_everything(tmp_path: Path) -> None:
    """A referral becomes the facts of the guide, each on its own day and linked to the others."""
    found = [(str(one.occurred_on), one.said.NAME) for one in stated(tmp_path, census())]

    assert found == [
        ("2025-10-06", "child-details-recorded"),
        ("2025-10-06", "referral-received"),
        ("2025-10-07", "assessment-started"),
        ("2025-11-21", "assessment-authorised"),
        ("2025-10-08", "strategy-meeting-held"),
        ("2025-10-08", "section-47-started"),
        ("2025-10-27", "conference-held"),
        ("2025-10-27", "plan-started"),
        ("2026-01-23", "conference-held"),
    ]


def test_the_facts_name_each_other(tmp_path: Path) -> None:
    """References come from the child, the kind, the day and a number, and facts link by them."""
    text = census()
    [enquiry] = said(tmp_path, text, "section-47-started")
    [meeting] = said(tmp_path, text, "strategy-meeting-held")
    [plan] = said(tmp_path, text, "plan-started")
    initial, review = said(tmp_path, text, "conference-held")

    assert enquiry["referral_ref"] == "C1/referral/2025-10-06/1"
    assert enquiry["enquiry_ref"] == "C1/referral/2025-10-06/1/enquiry/2025-10-08/1"
    assert enquiry["meeting_ref"] == meeting["meeting_ref"]
    assert (meeting["kind"], meeting["outcome"]) == ("section-47", "not-stated")
    assert initial["enquiry_ref"] == enquiry["enquiry_ref"]
    assert initial["outcome"] == "cp-plan"
    assert initial["plan_ref"] == plan["plan_ref"] == review["plan_ref"]
    assert plan["conference_ref"] == initial["conference_ref"]
    assert (plan["initial_category"], plan["previous_plans_here"]) == ("NEG", 0)
    assert (review["outcome"], review["continue_plan"]) == ("continue-plan", True)


def test_what_the_child_is(tmp_path: Path) -> None:
    """The coded facts of a child, dated by us; no pupil number and no kind of disability."""
    [details] = said(tmp_path, census(), "child-details-recorded")
    disabled = "<Disabilities><Disability>HAND</Disability></Disabilities>"
    able = "<Disabilities><Disability>NONE</Disability></Disabilities>"

    assert details == {
        "on": "2025-10-06",
        "dated_by": "return",
        "date_of_birth": date(2023, 2, 14),
        "sex": "F",
        "ethnicity": "WBRI",
    }
    for characteristics, expected in ((disabled, True), (able, False), ("<Disabilities/>", None)):
        text = census(child(characteristics=characteristics))
        [one] = said(tmp_path, text, "child-details-recorded")
        assert one.get("disabled") == expected


@pytest.mark.parametrize(
    ("written_as", "sex"),
    [
        ("<Sex>M</Sex>", "M"),
        ("<GenderCurrent>1</GenderCurrent>", "M"),
        ("<GenderCurrent>2</GenderCurrent>", "F"),
        ("<GenderCurrent>9</GenderCurrent>", "U"),
        ("<Sex>2</Sex>", "F"),
        ("<Sex>X</Sex>", "X"),
        ("<Sex/>", None),
    ],
)
def test_sex_is_read_in_both_ways(tmp_path: Path, written_as: str, sex: str | None) -> None:
    """GenderCurrent until 2024, Sex after it, and the numbers some systems go on writing."""
    [details] = said(tmp_path, census(child(identifiers=written_as)), "child-details-recorded")

    assert details.get("sex") == sex


def test_an_unborn_child(tmp_path: Path) -> None:
    """The expected date is kept until there is a birth date, and then beside it."""
    expected = "<ExpectedPersonBirthDate>2026-01-05</ExpectedPersonBirthDate>"
    born = "<PersonBirthDate>2026-01-03</PersonBirthDate>"
    [before] = said(tmp_path, census(child(identifiers=expected)), "child-details-recorded")
    [after] = said(tmp_path, census(child(identifiers=born + expected)), "child-details-recorded")

    assert before["expected_date_of_birth"] == date(2026, 1, 5)
    assert "expected_date_of_birth" not in after
    assert after["unmapped"] == {"ExpectedPersonBirthDate": "2026-01-05"}


def test_a_death(tmp_path: Path) -> None:
    """A child who died."""
    text = census(child(identifiers="<PersonDeathDate>2026-02-01</PersonDeathDate>"))

    assert said(tmp_path, text, "child-died") == [{"on": "2026-02-01", "death_ref": "C1/death"}]


@pytest.mark.parametrize("yes", ["1", "true", "TRUE", "yes", "Y"])
def test_nothing_further(tmp_path: Path, yes: str) -> None:
    """A referral with no further action has a decision without a date, so it stands on ours."""
    text = census(child(referral("2025-06-02", after=f"<ReferralNFA>{yes}</ReferralNFA>")))
    [decided] = said(tmp_path, text, "referral-decided")

    assert (decided["on"], decided["outcome"]) == ("2025-06-02", "nfa")
    assert decided["dated_by"] == "return"


@pytest.mark.parametrize("no", ["0", "false", "no", "N", ""])
def test_something_further(tmp_path: Path, no: str) -> None:
    """Otherwise the return does not say what was decided, and nothing is made up."""
    text = census(child(referral("2025-06-02", after=f"<ReferralNFA>{no}</ReferralNFA>")))

    assert said(tmp_path, text, "referral-decided") == []


def test_a_closed_case(tmp_path: Path) -> None:
    """How a case closed is all that lets the last assessment's outcome be known."""
    closed = "<CINclosureDate>2025-09-01</CINclosureDate>"
    reason = "<ReasonForClosure>RC8</ReasonForClosure>"
    two = assessment("2025-06-03", "2025-07-01") + assessment("2025-07-02", "2025-08-01")
    text = census(child(referral("2025-06-02", closed + reason + two)))

    assert [one["reason"] for one in said(tmp_path, text, "case-closed")] == ["RC8"]
    assert [one["outcome"] for one in said(tmp_path, text, "assessment-authorised")] == [
        "not-stated",
        "nfa",
    ]
    [without] = said(tmp_path, census(child(referral("2025-06-02", closed))), "case-closed")
    assert without["reason"] == "not-stated"
    [open_still] = said(
        tmp_path, census(child(referral("2025-06-02", reason))), "referral-received"
    )
    assert open_still["unmapped"] == {"ReasonForClosure": "RC8"}


def test_a_review_of_an_assessment(tmp_path: Path) -> None:
    """A review that has been is held; one that is still to come is a point in time."""
    first = "<AssessmentActualStartDate>2026-02-02</AssessmentActualStartDate>"

    def review(on: str) -> str:
        inside = f"<AssessmentInternalReviewDate>{on}</AssessmentInternalReviewDate>"
        return census(child(referral("2026-02-01", f"<Assessments>{first}{inside}</Assessments>")))

    [held] = said(tmp_path, review("2026-02-10"), "review-held")
    [planned] = said(tmp_path, review("2026-04-10"), "assessment-started")

    assert (held["on"], held["kind"]) == ("2026-02-10", "assessment")
    assert said(tmp_path, review("2026-04-10"), "review-held") == []
    assert planned["review_point_on"] == date(2026, 4, 10)


def test_factors(tmp_path: Path) -> None:
    """Factors belong to the authorised assessment; before that they are kept with its start."""
    wrapper = (
        "<FactorsIdentifiedAtAssessment><AssessmentFactors>3B</AssessmentFactors>"
        "<AssessmentFactors>RB</AssessmentFactors></FactorsIdentifiedAtAssessment>"
    )
    started = "<AssessmentActualStartDate>2025-06-03</AssessmentActualStartDate>"
    signed = "<AssessmentAuthorisationDate>2025-07-01</AssessmentAuthorisationDate>"

    def of(inside: str) -> str:
        return census(child(referral("2025-06-02", f"<Assessments>{inside}</Assessments>")))

    [done] = said(tmp_path, of(started + signed + wrapper), "assessment-authorised")
    [under_way] = said(tmp_path, of(started + wrapper), "assessment-started")
    empty = of(started + signed + "<FactorsIdentifiedAtAssessment/>")
    [none] = said(tmp_path, empty, "assessment-authorised")
    [statement] = children(tmp_path, of(started + signed + wrapper))

    assert done["factors"] == ("3B", "RB")
    assert under_way["unmapped"] == {"AssessmentFactors": ["3B", "RB"]}
    assert "factors" not in none
    assert [one.text for one in statement.warnings] == [
        "AssessmentFactors: a code that its set does not hold; kept as it came"
    ]


def test_no_conference_needed(tmp_path: Path) -> None:
    """The return does not say when that was decided, so it stands on the enquiry's own day."""
    inside = (
        "<S47ActualStartDate>2025-10-08</S47ActualStartDate><ICPCnotRequired>1</ICPCnotRequired>"
    )
    text = census(child(referral("2025-10-06", f"<Section47>{inside}</Section47>")))
    [concluded] = said(tmp_path, text, "section-47-concluded")

    assert (concluded["on"], concluded["conference_required"]) == ("2025-10-08", False)
    assert (concluded["outcome"], concluded["dated_by"]) == ("not-stated", "return")


def test_a_conference_without_an_enquiry(tmp_path: Path) -> None:
    """A conference at the referral itself, typically of a child who moved in."""
    text = census(child(referral("2025-10-06", "<DateOfInitialCPC>2025-10-20</DateOfInitialCPC>")))

    assert said(tmp_path, text, "conference-held") == [
        {
            "on": "2025-10-20",
            "kind": "initial",
            "conference_ref": "C1/referral/2025-10-06/1/conference",
            "outcome": "not-stated",
        }
    ]


def test_a_child_in_need_plan(tmp_path: Path) -> None:
    """From 2022 the return holds child in need plans too."""
    dates = (
        "<CINPlanStartDate>2025-10-20</CINPlanStartDate><CINPlanEndDate>2025-12-01</CINPlanEndDate>"
    )
    text = census(child(referral("2025-10-06", f"<CINPlanDates>{dates}</CINPlanDates>")))
    [started] = said(tmp_path, text, "plan-started")
    [ended] = said(tmp_path, text, "plan-ended")

    assert (started["on"], started["kind"]) == ("2025-10-20", "child-in-need")
    assert (ended["on"], ended["reason"]) == ("2025-12-01", "not-stated")
    assert started["plan_ref"] == ended["plan_ref"]
    running = text.replace("<CINPlanEndDate>2025-12-01</CINPlanEndDate>", "")
    assert said(tmp_path, running, "plan-ended") == []


def protection_plan(more: str = "", latest: str = "NEG") -> str:
    """A return with one child protection plan."""
    start = "<CPPstartDate>2025-10-27</CPPstartDate>"
    category = (
        "<InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse>"
        f"<LatestCategoryOfAbuse>{latest}</LatestCategoryOfAbuse>"
    )
    plan = f"<ChildProtectionPlans>{start}{more}{category}</ChildProtectionPlans>"
    return census(child(referral("2025-10-06", after=plan)))


def test_a_plan_that_ended_at_its_review(tmp_path: Path) -> None:
    """The review on the day a plan ends is the one that ended it."""
    end = "<CPPendDate>2026-01-23</CPPendDate>"
    days = ("2025-12-01", "2026-01-23")
    reviews = "".join(f"<CPPreviewDate>{day}</CPPreviewDate>" for day in days)
    text = protection_plan(f"{end}<Reviews>{reviews}</Reviews>")

    assert [one["outcome"] for one in said(tmp_path, text, "conference-held")] == [
        "continue-plan",
        "end-plan",
    ]
    assert [one["on"] for one in said(tmp_path, text, "plan-ended")] == ["2026-01-23"]


def test_a_category_that_changed(tmp_path: Path) -> None:
    """When it changed is not in the return: the end of the plan, or the reference date."""
    running = said(tmp_path, protection_plan(latest="EMO"), "plan-category-changed")
    end = "<CPPendDate>2026-01-23</CPPendDate>"
    ended = said(tmp_path, protection_plan(end, "EMO"), "plan-category-changed")

    assert [(one["on"], one["latest_category"], one["dated_by"]) for one in running + ended] == [
        ("2026-03-31", "EMO", "return"),
        ("2026-01-23", "EMO", "return"),
    ]
    assert said(tmp_path, protection_plan(), "plan-category-changed") == []


def test_impossible_order_is_taken(tmp_path: Path) -> None:
    """An assessment that ended before it began is recorded: that is for a person to settle."""
    text = census(child(referral("2025-06-02", assessment("2028-04-28", "2020-09-19"))))

    assert [one["on"] for one in said(tmp_path, text, "assessment-started")] == ["2028-04-28"]
    assert [one["on"] for one in said(tmp_path, text, "assessment-authorised")] == ["2020-09-19"]


def test_unknown_elements_are_kept_and_said(tmp_path: Path) -> None:
    """What next year's guide adds is not lost, and neither is a second of what there is one of."""
    more = (
        "<PreProceedingsandFGDM><PPStartDate>2026-09-09</PPStartDate>"
        "<Step>a</Step><Step>b</Step></PreProceedingsandFGDM>"
        "<CINclosureDate>2025-09-01</CINclosureDate><CINclosureDate>2025-09-02</CINclosureDate>"
    )
    [one] = said(tmp_path, census(child(referral("2025-06-02", more))), "referral-received")
    [statement] = children(tmp_path, census(child(referral("2025-06-02", more))))

    assert one["unmapped"] == {
        "PreProceedingsandFGDM": {"PPStartDate": "2026-09-09", "Step": ["a", "b"]},
        "CINclosureDate": "2025-09-02",
    }
    assert [noted.text for noted in statement.warnings] == [
        "PreProceedingsandFGDM: no field holds this; kept as unmapped",
        "CINclosureDate: no field holds this; kept as unmapped",
    ]


def test_what_no_value_can_look_like_is_kept(tmp_path: Path) -> None:
    """A code, a number or a yes that is none is kept as unmapped, and stays out of the fields."""
    odd = (
        f"<PrimaryNeedCode>{'N' * 101}</PrimaryNeedCode><ReferralNFA>perhaps</ReferralNFA>"
        "<ChildProtectionPlans><CPPstartDate>2025-07-01</CPPstartDate>"
        "<NumberOfPreviousCPP>some</NumberOfPreviousCPP></ChildProtectionPlans>"
    )
    text = census(child(referral("2025-06-02", after=odd)))
    [received] = said(tmp_path, text, "referral-received")
    [plan] = said(tmp_path, text, "plan-started")

    assert received["unmapped"] == {"PrimaryNeedCode": "N" * 101, "ReferralNFA": "perhaps"}
    assert "primary_need" not in received
    assert plan["unmapped"] == {"NumberOfPreviousCPP": "some"}


def test_stray_text_is_passed_over(tmp_path: Path) -> None:
    """Words between elements, as some exports leave them, are said and harm nothing."""
    [statement] = children(tmp_path, census(child("stray" + REFERRAL)))

    assert [one.text for one in statement.warnings] == [
        "Child: text between its elements was passed over"
    ]


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2025-02-30", "there is no such day"),
        ("31/12/2025", "write it like 2016-01-09"),
        ("soon", "write it like 2016-01-09"),
        ("1066-10-14", "the year must lie between 1900 and 2199"),
        ("\u0662\u0660\u0662\u0665-01-01", "write it like 2016-01-09"),
    ],
)
def test_a_bad_date_costs_only_its_fact(tmp_path: Path, day: str, reason: str) -> None:
    """The line and the reason are told, and the rest of the child goes in."""
    inside = f"<CINclosureDate>\n{day}</CINclosureDate>" + assessment("2025-06-03")
    [statement] = children(tmp_path, census(child("\n" + referral("2025-06-02", inside))))
    names = [part.model.NAME for row in statement.rows for part in row.parts]

    assert statement.unreadable == (Noted(5, f"CINclosureDate: {reason}"),)
    assert names == ["child-details-recorded", "referral-received", "assessment-started"]


@pytest.mark.parametrize("day", ["2025-06-02T00:00:00", "2025-06-02Z", "2025-06-02+01:00"])
def test_a_day_may_carry_a_midnight_or_a_zone(tmp_path: Path, day: str) -> None:
    """A midnight from a database is a day."""
    found = said(tmp_path, census(child(referral(day))), "referral-received")

    assert [one["on"] for one in found] == ["2025-06-02"]


def test_what_is_inside_a_row_without_its_date_goes_in(tmp_path: Path) -> None:
    """A referral, an assessment, an enquiry or a plan without a usable start keeps what has one."""
    inside = (
        "<Assessments><AssessmentAuthorisationDate>2025-07-01</AssessmentAuthorisationDate></Assessments>"
        "<CINPlanDates><CINPlanEndDate>2025-08-01</CINPlanEndDate></CINPlanDates>"
        "<Section47><DateOfInitialCPC>2025-06-20</DateOfInitialCPC></Section47>"
    )
    plan = "<ChildProtectionPlans><CPPendDate>2026-01-01</CPPendDate></ChildProtectionPlans>"
    text = census(child(f"<CINdetails><CINreferralDate/>{inside}{plan}</CINdetails>"))
    [statement] = children(tmp_path, text)
    found = [(one.said.NAME, str(one.occurred_on)) for one in stated(tmp_path, text)]

    assert {one.text for one in statement.unreadable} == {
        "CINdetails: CINreferralDate is missing",
        "Assessments: AssessmentActualStartDate is missing",
        "Section47: S47ActualStartDate is missing",
        "CINPlanDates: CINPlanStartDate is missing",
        "ChildProtectionPlans: CPPstartDate is missing",
    }
    assert found == [
        ("child-details-recorded", "2026-03-31"),
        ("assessment-authorised", "2025-07-01"),
        ("conference-held", "2025-06-20"),
        ("plan-ended", "2025-08-01"),
        ("plan-ended", "2026-01-01"),
    ]


@pytest.mark.parametrize("ref", ["", "   ", "x" * 101, "a\u00adb\u200b"])
def test_a_child_without_an_id_is_refused_whole(tmp_path: Path, ref: str) -> None:
    """Nothing can be said of nobody; the children after it go in."""
    first, second = children(tmp_path, census(child(ref=ref), child(ref="C2")))

    assert (first.child, first.rows, second.child) == ("", (), "C2")
    assert [one.text for one in first.unreadable] == [
        "Child: LAchildID is missing, or not 1 to 100 printable characters"
    ]


def test_a_child_without_identifiers_is_refused_whole(tmp_path: Path) -> None:
    """The same, where the whole group is missing."""
    [statement] = children(tmp_path, census("<Child><Other/></Child>"))

    assert (statement.child, len(statement.unreadable)) == ("", 1)


def test_a_child_without_characteristics(tmp_path: Path) -> None:
    """What is missing there is only not known."""
    text = census("<Child><ChildIdentifiers><LAchildID>C1</LAchildID></ChildIdentifiers></Child>")

    assert said(tmp_path, text, "child-details-recorded") == [
        {"on": "2026-03-31", "dated_by": "return"}
    ]


def test_the_head_says_the_year_and_the_hour(tmp_path: Path) -> None:
    """The period is the census year, and an hour without a zone is London's."""
    found = read_head(written(tmp_path, census()), "343", None)

    assert found.period == (date(2025, 4, 1), date(2026, 3, 31))
    assert found.extracted_at == datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert found.warnings == ()


def test_a_return_taken_within_the_year(tmp_path: Path) -> None:
    """A reference date that is no 31 March lies in the year that is not over."""
    text = census(header=head("2025-07-21", "2025-07-21T10:12:28Z"))
    found = read_head(written(tmp_path, text), "343", None)

    assert found.period == (date(2025, 4, 1), date(2026, 3, 31))
    assert found.extracted_at == datetime(2025, 7, 21, 10, 12, 28, tzinfo=UTC)
    assert [one.text for one in found.warnings] == [
        "Header: the reference date is not a 31 March; read as taken within the year"
    ]


def test_a_return_of_another_authority_or_age_is_read_and_said(tmp_path: Path) -> None:
    """It may be meant; somebody should look."""
    text = census(header=head("2017-03-31", authority="201"))
    found = read_head(written(tmp_path, text), "343", None)

    assert [one.text for one in found.warnings] == [
        "LEA: another authority than 343, for which it is read",
        "Header: a return of a year outside 2021 to 2026",
    ]


def test_the_year_alone_is_enough(tmp_path: Path) -> None:
    """Where there is no reference date the year names its 31 March."""
    found = read_head(written(tmp_path, census(header=head(""))), "343", None)

    assert found.period.to_on == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (head("", year=""), "no ReferenceDate"),
        (head("", year="99999"), "no ReferenceDate"),
        ("<Header/>", "no ReferenceDate"),
        (head(extracted=""), "--as-at"),
        (head(extracted="last week"), "--as-at"),
        (head(extracted="0001-01-01T00:00:00"), "--as-at"),
        ("", "not a children in need census"),
    ],
)
def test_a_head_that_says_too_little_is_refused(tmp_path: Path, header: str, reason: str) -> None:
    """Without a year and an hour nothing can be said of the rows."""
    with pytest.raises(UnreadableFile, match=reason):
        read_head(written(tmp_path, census(header=header)), "343", None)


def test_the_hour_may_be_given(tmp_path: Path) -> None:
    """Whoever imports may say when the file was made."""
    made = datetime(2026, 4, 2, tzinfo=UTC)
    text = census(header=head(extracted=""))

    assert read_head(written(tmp_path, text), "343", made).extracted_at == made


def test_a_return_without_children_is_refused(tmp_path: Path) -> None:
    """An empty return would say that every row has gone."""
    with pytest.raises(UnreadableFile, match="at least one Child"):
        read_head(written(tmp_path, f"<Message>{head()}{head()}<Children/></Message>"), "343", None)


def test_no_clock_may_break_for_what_a_return_cannot_date() -> None:
    """Section 9 of the formats: these a return states in part, or without a date."""
    undated = {"referral-decided", "section-47-concluded", "strategy-meeting-held", "review-held"}

    assert not undated & set(STATES)
    assert {"referral-received", "conference-held", "plan-started"} <= set(STATES)


def test_a_value_that_no_field_takes_is_refused_with_its_line(tmp_path: Path) -> None:
    """The fact alone is lost; what it would have said is not repeated."""
    [statement] = children(tmp_path, census(child(ref="C" * 100)))
    refs = {row.key: "x" * 300 for row in statement.rows}
    good, bad = facts(statement, refs)

    assert [one.said.NAME for one in good] == ["child-details-recorded"]
    assert "referral_ref: String should have at most 200 characters" in bad[0].text
    assert issubclass(type(good[0].said), Fact)
