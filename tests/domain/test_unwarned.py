"""A shorter time that silently takes its warnings away is said before it is adopted."""

from datetime import date

import pytest

from domain.due import day_warning
from domain.form import with_answers, write_form
from domain.packs import overlay
from domain.timescales import Policy, Span, Timescale, Warning_
from domain.unwarned import lost_warnings, never_warned, say_warning, unwarned
from tests.domain.packs import NATIONAL, form
from tests.histories import england, moment, working_days

NOBODY = "nobody would be warned. Say `warn` for it in a table of its thread, or allow more."


def laid(settled: str, **files: str) -> Policy:
    """The national pack under these local files."""
    named = {f"sefton/{name}.toml": text for name, text in files.items()}
    return overlay(NATIONAL, {"sefton/settled.toml": form(settled), **named})


def rule(*warn: Warning_, amount: int, unit: str, convention: str) -> Timescale:
    """A shipped rule that allows so much and is warned of so."""
    changed = {"amount": amount, "unit": unit, "convention": convention, "warn": warn}
    return england().timescale("referral-decision-1wd").model_copy(update=changed)


def after(amount: int, unit: str) -> Warning_:
    """A warning so long after the start."""
    return Warning_(after_start=Span.model_validate({"amount": amount, "unit": unit}))


def ahead(amount: int, unit: str) -> Warning_:
    """A warning so long before it is due."""
    return Warning_(before_due=Span.model_validate({"amount": amount, "unit": unit}))


def test_every_shipped_rule_that_somebody_is_told_of_warns() -> None:
    """No warning of the shipped pack is one that never comes."""
    assert [one.id for one in england().timescales if never_warned(one)] == []
    assert list(unwarned(england())) == []


def test_a_shorter_answer_that_takes_every_warning_away_is_said() -> None:
    """24 hours where the warnings come 24, 48 and 66 hours after the start."""
    policy = laid("[settled.missing-strategy-72h]\namount = 24\n")

    assert list(lost_warnings(england(), policy)) == [
        "missing-strategy-72h allows 24 hours, so its warnings 24 hours after the start,"
        " 48 hours after the start and 66 hours after the start never come: " + NOBODY
    ]
    assert [one.id for one in unwarned(policy)] == ["missing-strategy-72h"]
    assert list(lost_warnings(policy, policy)) == []


def test_one_warning_that_is_lost_is_said_too() -> None:
    """Somebody is warned still, but later than the rule was written for."""
    policy = laid("[settled.missing-strategy-72h]\namount = 60\n")

    assert list(lost_warnings(england(), policy)) == [
        "missing-strategy-72h allows 60 hours, so its warning 66 hours after the start never comes."
    ]
    assert list(unwarned(policy)) == []


def test_a_local_row_without_warnings_is_said() -> None:
    """An empty list is an answer too, and nobody would notice it."""
    policy = laid("", protection_plan='[[timescales]]\nid = "cp-visit"\nwarn = []\n')

    assert list(lost_warnings(england(), policy)) == [
        "cp-visit allows 10 working days, and its warnings were taken out: " + NOBODY
    ]


def test_a_longer_answer_and_another_warning_lose_nothing() -> None:
    """Each warning still comes before the clock runs out."""
    other = '[[timescales]]\nid = "cp-visit"\nwarn = [{ on_due_date_at = "07:00" }]\n'

    assert list(lost_warnings(england(), laid("[settled.cp-visit]\namount = 20\n"))) == []
    assert list(lost_warnings(england(), laid("", protection_plan=other))) == []


@pytest.mark.parametrize(
    ("unit", "amount", "at"),
    [("weeks", 1, "Sat 24 Jan 2015 00:00"), ("months", 1, "Wed 31 Dec 2014 00:00")],
)
def test_weeks_and_months_before_it_is_due_are_weeks_and_months(
    unit: str, amount: int, at: str
) -> None:
    """Not so many days: a local rule may say them of any count of days."""
    last = date(2015, 1, 31)

    assert day_warning(ahead(amount, unit), date(2014, 12, 1), last, working_days()) == moment(at)


@pytest.mark.parametrize(
    ("one", "amount", "unit", "convention", "never"),
    [
        (after(72, "hours"), 72, "hours", "elapsed-hours", True),
        (after(71, "hours"), 72, "hours", "elapsed-hours", False),
        (ahead(3, "calendar-days"), 72, "hours", "elapsed-hours", True),
        (after(5, "working-days"), 5, "working-days", "working-days-day-zero", False),
        (after(6, "working-days"), 5, "working-days", "working-days-day-zero", True),
        (ahead(5, "working-days"), 5, "working-days", "working-days-day-zero", True),
        (ahead(4, "hours"), 0, "calendar-days", "same-day", False),
        (ahead(24, "hours"), 0, "calendar-days", "same-day", True),
        (ahead(28, "calendar-days"), 1, "months", "months-clamped", False),
        (ahead(31, "calendar-days"), 1, "months", "months-clamped", True),
        (after(10, "weeks"), 2, "months", "months-clamped", True),
        (after(14, "calendar-days"), 13, "calendar-days", "inclusive-days", True),
        (ahead(20, "calendar-days"), 5, "working-days", "working-days-day-zero", True),
        (ahead(7, "calendar-days"), 5, "working-days", "working-days-day-zero", False),
        (Warning_(on_due_date_at="07:00"), 0, "hours", "elapsed-hours", False),
        (Warning_(after_share=0.5), 1, "hours", "elapsed-hours", False),
    ],
)
def test_only_what_surely_never_comes_is_said(
    one: Warning_, amount: int, unit: str, convention: str, *, never: bool
) -> None:
    """However months, holidays and weekends fall."""
    found = never_warned(rule(one, amount=amount, unit=unit, convention=convention))

    assert bool(found) is never


def test_what_an_order_or_a_booking_says_is_not_guessed_at() -> None:
    """How long there is from a booking to its meeting no rule tells."""
    here = england()
    stated = here.timescale("epo-8d").model_copy(update={"amount": 1})
    booked = here.timescale("icpc-report-48h-before").model_copy(update={"amount": 1})

    assert never_warned(stated) == never_warned(booked) == ()


def test_the_form_as_a_file_says_what_its_answers_take_away() -> None:
    """Whoever keeps the installation reads it at the top of the file, before adopting it."""
    answers = {"missing-strategy-72h.amount": 24}
    written = write_form(england(), answers, name="sefton", version="2", first=date(2016, 4, 1))
    quiet = write_form(england(), {}, name="sefton", version="2", first=date(2016, 4, 1))

    assert "# missing-strategy-72h allows 24 hours, so its warnings" in written
    assert "never come" not in quiet
    assert with_answers(england(), {}).timescales == england().timescales
    assert list(
        overlay(NATIONAL, {"settled.toml": written}).timescale("missing-strategy-72h").notes
    )


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (after(1, "working-days"), "1 working day after the start"),
        (ahead(2, "weeks"), "2 weeks before it is due"),
        (Warning_(after_share=0.5), "when 50% of the time has passed"),
        (Warning_(on_due_date_at="07:00"), "on the day it is due at 07:00"),
    ],
)
def test_a_warning_is_said_in_words(one: Warning_, said: str) -> None:
    """The same on page, command and file."""
    assert say_warning(one) == said
