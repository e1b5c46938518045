"""School days are counted by the terms that the authority adopted, and by nothing else."""

from datetime import date

import pytest

from domain.adoption import Law
from domain.authority import Authority, authority
from domain.clocks import Clock, Verdict, clocks, verdict
from domain.errors import CalendarExpired, UnreadablePolicy
from domain.event import Recorded
from domain.explanation import explain
from domain.packs import overlay
from domain.school_terms import SchoolTerms, joined, read_school_terms
from domain.settling import NO_TERMS, off
from domain.timescales import Policy
from tests.domain.packs import LADDER, NATIONAL, RULE, form
from tests.domain.test_adoption import takes_up
from tests.histories import history, moment, source, told, working_days
from tests.spec.school import TERMS

NEXT = """\
calendar,sefton-school-terms
counts,school-days
source,the school terms 2026/27
begins,2026-08-01
expires,2027-07-31

term,2026-09-07,2026-10-23,Autumn term
"""
ON = "[switched]\ncme-10-school-days = true\ncp-file-transfer-5d = true\n"
ABSENT = told("continuous-absence-started", "Mon 9 Sep 2024", absence_ref="absence-1")


def terms(text: str = TERMS) -> SchoolTerms:
    """The school terms of a table."""
    return read_school_terms(text)


def switched_on() -> Policy:
    """The national pack with rules on school days in use."""
    return overlay(NATIONAL, {"settled.toml": form(ON, first="2012-01-02")})


def here(*adopted: tuple[SchoolTerms, str]) -> Authority:
    """An authority that has adopted these terms, each at its moment."""
    policy, calendar = switched_on(), working_days()
    law = Law(policy, calendar, calendars={one.sha256: one for one, _ in adopted})
    said = [takes_up(one, at) for one, at in adopted]
    return authority("sample", policy, calendar, history(source(), *said), law)


def clock(found: Authority, *facts: Recorded) -> Clock:
    """The one clock that these facts have started."""
    (one,) = clocks(history(*facts), found)
    return one


def refused(old: str, new: str) -> str:
    """The sentence with which a table is refused."""
    assert old in TERMS
    with pytest.raises(UnreadablePolicy) as why:
        terms(TERMS.replace(old, new))
    return str(why.value)


def test_a_day_is_a_school_day_or_says_why_it_is_none() -> None:
    """Weekends, closed days and holidays each by their name."""
    found = terms()

    assert found.is_working(date(2024, 9, 3))
    assert found.why_not(date(2024, 9, 7)) == "Saturday"
    assert found.why_not(date(2024, 9, 16)) == "a training day"
    assert found.why_not(date(2024, 9, 2)) == "school holiday before Autumn term first half"
    assert found.why_not(date(2024, 10, 28)) == (
        "school holiday between Autumn term first half and Autumn term second half"
    )
    assert found.why_not(date(2026, 7, 22)) == "school holiday after Summer term"
    assert found.term_of(date(2024, 9, 3)) == found.terms[0]
    assert found.term_of(date(2024, 10, 28)) is None
    with pytest.raises(CalendarExpired):
        found.add(date(2026, 7, 20), 3)


def test_the_first_day_is_day_one_and_a_holiday_waits_for_the_first_school_day() -> None:
    """Whatever day the absence is dated."""
    found = terms()

    assert found.first_of(date(2024, 9, 9), 10) == date(2024, 9, 23)
    assert found.first_of(date(2024, 9, 7), 1) == date(2024, 9, 9)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("term,2024-09-03", "trem,2024-09-03", "school terms:7: write each line like term,"),
        ("2024-10-25,Autumn", "2024-13-25,Autumn", "school terms:7: write each line like"),
        ("2024-10-25,Autumn", "2024-09-01,Autumn", "school terms:7: write each line like"),
        (",Autumn term first half", ",", "school terms:7: write each line like"),
        ("begins,2024-09-01", "begins,soon", "school terms:4: write the day like 2015-09-01"),
        ("source,", "sauce,", "school terms: the preamble lacks source"),
        ("term,2024-11-04", "term,2024-10-25", "Autumn term second half begins before Autumn term first half ends"),
        ("expires,2026-07-31", "expires,2026-07-01", "a term lies beyond 2024-09-01 to 2026-07-01"),
    ],
)  # fmt: skip
def test_a_fault_in_the_terms_is_placed(old: str, new: str, sentence: str) -> None:
    """No table is half read."""
    assert sentence in refused(old, new)


def test_terms_without_a_term_are_refused() -> None:
    """Every day would be a holiday."""
    with pytest.raises(UnreadablePolicy, match="no term is named"):
        terms(TERMS.partition("\n\n")[0])


def test_a_bank_holiday_in_a_term_must_be_closed() -> None:
    """Forgetting one would make a clock run out a day early."""
    open_day = terms(TERMS.replace("closed,2025-05-05,,Early May bank holiday\n", ""))

    assert list(terms().must_be_closed(working_days().holidays)) == []
    assert list(open_day.must_be_closed(working_days().holidays)) == [
        (date(2025, 5, 5), "Early May bank holiday")
    ]


def test_without_terms_a_rule_on_school_days_is_undecidable() -> None:
    """And the list of rules that are off says why; with terms it is only optional or on."""
    one = clock(here(), ABSENT)
    found = explain(one, here(), moment("Tue 24 Sep 2024 09:00"))
    waiting = {each.rule.id for each in off(switched_on()) if each.reason == NO_TERMS}
    reasons = {each.rule.id: each.reason for each in off(switched_on(), terms=True)}

    assert verdict(one, moment("Tue 24 Sep 2024 09:00")) is Verdict.UNDECIDABLE
    assert "no calendar of school terms has been adopted: `daymark adopt calendar`" in found.answer
    assert len(waiting) == 4
    assert "cme-10-school-days" not in reasons
    assert reasons["cme-20-school-days"] == "optional: an authority may switch it on"


def test_adopted_terms_count_and_the_explanation_names_term_holiday_and_closed_day() -> None:
    """Each day has its number, or the reason it has none."""
    found = here((terms(), "Mon 2 Sep 2024 09:00"))
    one = clock(found, ABSENT)
    said = explain(one, found, moment("Wed 25 Sep 2024 09:00"))
    lines = dict(said.lines)

    assert one.due_on == date(2024, 9, 23)
    assert one.counted_by == terms().sha256
    assert lines["Counting"].endswith(
        "Counted in Autumn term first half, by the school terms 2024/25 and 2025/26 of the example."
        " Not counted besides weekends: a training day (16 September 2024)."
    )
    assert lines["Late by"] == "2 school days"
    assert [day.number for day in said.days][:8] == [1, 2, 3, 4, 5, None, None, None]
    assert said.days[7].why_not == "a training day"


def test_adopted_terms_count_no_working_day() -> None:
    """A referral is decided on by the same day, counted by the same calendar, as without them."""
    referral = told("referral-received", "Fri 13 Sep 2024 10:00")  # a training day follows
    without, adopted = here(), here((terms(), "Mon 2 Sep 2024 09:00"))
    rule = "referral-decision-1wd"
    (before,) = [one for one in clocks(history(referral), without) if one.timescale.id == rule]
    (after,) = [one for one in clocks(history(referral), adopted) if one.timescale.id == rule]

    assert before.due_on == after.due_on == date(2024, 9, 16)
    assert before.counted_by == after.counted_by == working_days().sha256


def test_a_holiday_is_named_from_its_first_day_to_its_last() -> None:
    """Half-term lies in the count."""
    found = here((terms(), "Mon 2 Sep 2024 09:00"))
    absent = told("continuous-absence-started", "Sat 19 Oct 2024", absence_ref="absence-1")
    said = explain(clock(found, absent), found, moment("Mon 4 Nov 2024 09:00"))
    counting = dict(said.lines)["Counting"]

    assert "Counted in Autumn term first half and Autumn term second half" in counting
    assert (
        "school holiday between Autumn term first half and Autumn term second half"
        " (28 October 2024 to 1 November 2024)" in counting
    )
    assert (said.days[0].number, said.days[0].why_not) == (None, "Saturday")
    assert said.days[2].number == 1


def test_a_count_without_a_holiday_says_only_its_term() -> None:
    """Nothing was left out but weekends."""
    found = here((terms(), "Mon 2 Sep 2024 09:00"))
    moved = told("pupil-moved-school", "Mon 13 Jan 2025", education_ref="education-1", in_year=True)
    said = explain(clock(found, moved), found, moment("Tue 14 Jan 2025 09:00"))

    assert dict(said.lines)["Counting"].endswith("of the example.")
    assert said.answer.endswith("4 school days left.")


def test_next_years_terms_follow_those_before_and_count_what_is_open() -> None:
    """A clock that starts in July and runs out in September needs both."""
    found = here((terms(), "Mon 2 Sep 2024 09:00"), (terms(NEXT), "Mon 6 Jul 2026 09:00"))
    absent = told("continuous-absence-started", "Fri 17 Jul 2026", absence_ref="absence-1")
    one = clock(found, absent)

    assert one.due_on == date(2026, 9, 15)
    assert found.calendar_of(one.counted_by).expires == date(2027, 7, 31)
    assert clock(found, ABSENT).due_on == date(2024, 9, 23)


def test_terms_that_do_not_follow_stand_alone() -> None:
    """Of the days between them neither speaks, and nothing is guessed."""
    later = terms(NEXT.replace("begins,2026-08-01", "begins,2026-09-01"))

    assert joined(terms(), later) is later
    assert joined(later, terms()).begins == date(2024, 9, 1)


def test_a_term_that_the_next_table_says_anew_ends_where_that_begins() -> None:
    """From its first day on the newer table alone is believed."""
    anew = terms(NEXT.replace("2026-08-01", "2026-07-01").replace("2026-09-07", "2026-07-06"))
    found = joined(terms(), anew)

    assert [one.last for one in found.terms][-2:] == [date(2026, 6, 30), date(2026, 10, 23)]
    assert not found.is_working(date(2026, 7, 1))
    assert found.is_working(date(2026, 6, 30))


def test_what_had_ended_keeps_its_verdict_but_for_the_first_terms() -> None:
    """Before the first terms it could not be counted at all; after them it could."""
    reported = told("absence-reported", "Tue 24 Sep 2024", absence_ref="absence-1")
    longer = terms(
        TERMS.replace("a training day", "a training day\nclosed,2024-09-17,,a second one")
    )
    late = "Mon 14 Oct 2024 09:00"
    at_first = clock(here((terms(), late)), ABSENT, reported)
    then_more = clock(here((terms(), "Mon 2 Sep 2024 09:00"), (longer, late)), ABSENT, reported)
    still_open = clock(here((terms(), "Mon 2 Sep 2024 09:00"), (longer, late)), ABSENT)

    assert verdict(at_first, moment(late)) is Verdict.MET_LATE
    assert verdict(then_more, moment(late)) is Verdict.MET_LATE
    assert still_open.due_on == date(2024, 9, 24)


def test_before_new_terms_a_clock_was_due_by_the_old_ones() -> None:
    """So a due day that moves can name the adoption that moved it."""
    longer = terms(
        TERMS.replace("a training day", "a training day\nclosed,2024-09-17,,a second one")
    )
    after = here((terms(), "Mon 2 Sep 2024 09:00"), (longer, "Mon 16 Sep 2024 09:00"))
    (newest, before), (first, at_first) = after.before_each_adoption()

    assert newest == after.adopted[1].event_id
    assert first == after.adopted[0].event_id
    assert clock(after, ABSENT).due_on == date(2024, 9, 24)
    assert clock(before, ABSENT).due_on == date(2024, 9, 23)
    assert clock(at_first, ABSENT).uncounted is not None


def test_working_days_and_school_days_do_not_mix_in_one_rule() -> None:
    """Each is counted by a calendar of its own."""
    school = RULE.replace('unit = "working-days"', 'unit = "school-days"').replace(
        '"working-days-day-zero"', '"school-days-day-zero"'
    )
    wrong = [
        (RULE, '{ before_due = { amount = 1, unit = "school-days" } }', "counts no school-days"),
        (
            school,
            '{ before_due = { amount = 1, unit = "working-days" } }',
            "counts no working-days",
        ),
    ]
    for rule, warning, sentence in wrong:
        changed = rule.replace('{ on_due_date_at = "12:00" }', warning)
        files = {"s/settled.toml": form(), "s/front_door.toml": changed, "s/ladders.toml": LADDER}
        with pytest.raises(UnreadablePolicy, match=f"warn.unit: .*{sentence}"):
            overlay(NATIONAL, files)
