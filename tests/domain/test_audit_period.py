"""What of a record a scope with a period opens: which clocks, which records, and up to which moment."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest

from domain.access_rules import Action
from domain.audit_period import JUST_BEFORE, Looked, Period, looked_at
from domain.permission import (
    NOT_OPENED,
    OUTSIDE_SCOPE,
    Asker,
    Decision,
    Grant,
    Post,
    Record,
    Scope,
    as_read,
    may,
    visible,
)
from tests.histories import CODE, moment

JANUARY = Period(date(2016, 1, 4), date(2016, 1, 15))
SINCE = Period(from_on=date(2016, 1, 4))
UNTIL = Period(to_on=date(2016, 1, 15))
END = moment("Sat 16 Jan 2016 00:00") - JUST_BEFORE
NOW = moment("Mon 1 Feb 2016 09:00")
CHILD = Record("child", CODE, stream="a")


@pytest.mark.parametrize(
    ("started", "stopped", "due", "held"),
    [
        ("Fri 15 Jan 2016 23:59", None, "Wed 20 Jan 2016 00:00", True),
        ("Sat 16 Jan 2016 00:00", None, "Wed 20 Jan 2016 00:00", False),
        ("Tue 1 Dec 2015 09:00", "Mon 4 Jan 2016 00:00", "Fri 1 Jan 2016 00:00", True),
        ("Tue 1 Dec 2015 09:00", "Sun 3 Jan 2016 23:59", "Fri 1 Jan 2016 00:00", False),
        ("Tue 1 Dec 2015 09:00", "Wed 2 Dec 2015 09:00", "Tue 5 Jan 2016 00:00", True),
        ("Tue 1 Dec 2015 09:00", "Wed 2 Dec 2015 09:00", "Mon 4 Jan 2016 00:00", False),
        ("Tue 1 Dec 2015 09:00", "Wed 2 Dec 2015 09:00", "Sat 16 Jan 2016 00:00", True),
        ("Tue 1 Dec 2015 09:00", "Wed 2 Dec 2015 09:00", "Sat 16 Jan 2016 00:01", False),
        ("Tue 1 Dec 2015 09:00", None, "Wed 2 Dec 2015 09:00", True),
    ],
)
def test_a_clock_is_of_the_days_on_which_it_ran_or_fell_due(
    started: str, stopped: str | None, due: str, *, held: bool
) -> None:
    """The first and the last day included, in London's days; a day outside it is not."""
    ended = moment(stopped) if stopped else None

    assert JANUARY.holds(moment(started), ended, moment(due)) is held


def test_a_period_may_be_open_at_either_end() -> None:
    """One that only begins has no end to look up to; one that only ends holds all that began before."""
    old = moment("Tue 1 Jan 2013 09:00")
    late = moment("Mon 1 Jan 2018 09:00")

    assert SINCE.holds(late, None, late)
    assert not SINCE.holds(old, old, old)
    assert UNTIL.holds(old, old, old)
    assert not UNTIL.holds(late, None, late)
    assert (UNTIL.last, SINCE.last > late) == (END, True)


@pytest.mark.parametrize("asked", [None, END, moment("Sat 16 Jan 2016 00:00")])
def test_a_record_is_looked_at_up_to_the_end_of_the_last_day(asked: datetime | None) -> None:
    """That is what is shown where no moment is asked for, and the latest that can be."""
    assert looked_at([JANUARY], asked, asked, NOW) == Looked(END, END, (JANUARY,))


def test_what_is_known_is_asked_for_no_later_either() -> None:
    """What had happened by an earlier day is told as it was known at the end of the period."""
    before = moment("Wed 6 Jan 2016 09:00")

    assert looked_at([JANUARY], before, None, NOW) == Looked(before, END, (JANUARY,))
    assert looked_at([JANUARY], None, before, NOW) == Looked(before, before, (JANUARY,))


@pytest.mark.parametrize("past", ["Sat 16 Jan 2016 00:01", "Mon 25 Jan 2016 12:00"])
def test_a_moment_after_the_last_day_is_refused(past: str) -> None:
    """Whether it is asked of what had happened or of what was known."""
    at, before = moment(past), moment("Wed 6 Jan 2016 09:00")

    assert looked_at([JANUARY], at, at, NOW) is None
    assert looked_at([JANUARY], before, at, NOW) is None
    assert looked_at([JANUARY], at, before, NOW) is None


def test_nothing_is_limited_without_a_period_nor_while_it_runs() -> None:
    """While the last day is still to come the record is told as it stands, of the clocks of the period."""
    during = moment("Mon 11 Jan 2016 09:00")

    assert looked_at([], None, None, NOW) == Looked(None, None, ())
    assert looked_at([JANUARY], None, None, during) == Looked(None, None, (JANUARY,))
    assert looked_at([SINCE], None, None, NOW) == Looked(None, None, (SINCE,))


def test_each_of_several_scopes_opens_its_own_clocks_and_only_up_to_its_own_end() -> None:
    """The later one alone where a moment lies past the earlier; both where past neither."""
    later = Period(date(2016, 1, 20), date(2016, 1, 22))
    end = moment("Sat 23 Jan 2016 00:00") - JUST_BEFORE

    assert looked_at([JANUARY, later], None, None, NOW) == Looked(end, end, (later,))
    assert looked_at([JANUARY, later], END, END, NOW) == Looked(END, END, (JANUARY, later))


def asker(*scopes: Scope) -> Asker:
    """An auditor with these scopes."""
    return Asker("Q", (Post(CODE, "auditor", None),), scopes=scopes)


def scope(period: Period | None, *children: str, words: bool = False) -> Scope:
    """A scope of children that is not over."""
    return Scope(CODE, frozenset(children), "audit", moment("Tue 1 Mar 2016 00:00"), period, words)


def decided(who: Asker, record: Record, now: datetime = NOW) -> Decision:
    """What the rules say of replaying a record."""
    return may(who, Action.REPLAY, record, "audit", now)


def test_a_record_with_nothing_in_the_period_is_not_there() -> None:
    """It is refused by the very rule that refuses a record in no scope."""
    given = asker(scope(JANUARY, "a"))
    inside = decided(given, replace(CHILD, periods=frozenset({JANUARY})))

    assert (inside.allowed, inside.within) == (True, (JANUARY,))
    assert decided(given, CHILD) == decided(asker(), CHILD)
    assert decided(given, replace(CHILD, periods=frozenset({SINCE}))) == decided(asker(), CHILD)


def test_what_one_scope_opens_whole_no_other_limits() -> None:
    """A scope without days, or a post, lifts the limits of the others."""
    both = asker(scope(JANUARY, "a"), scope(None, "a"))
    record = replace(CHILD, periods=frozenset({JANUARY}))

    assert decided(both, record).within == ()
    assert decided(asker(scope(JANUARY, "a"), scope(None, "b")), record).within == (JANUARY,)


def test_a_period_that_has_not_begun_opens_nothing() -> None:
    """From the first instant of its first day on it does."""
    given = asker(scope(JANUARY, "a"))
    record = replace(CHILD, periods=frozenset({JANUARY}))

    assert not decided(given, record, moment("Sun 3 Jan 2016 23:59")).allowed
    assert decided(given, record, moment("Mon 4 Jan 2016 00:00")).allowed


def grants(who: Asker, now: str) -> Iterator[Grant]:
    """What a person is given of lists."""
    given = visible(who, Action.SEE, "list", "audit", moment(now)).grants
    return (one for one in given if one.rule == "in-scope")


def test_a_query_is_told_of_which_days_and_whether_they_are_over() -> None:
    """From the first instant after the last day on; what is about no days never is."""
    given = asker(scope(JANUARY, "a"), scope(None, "b"))
    last, after = (
        {one.period: one.over for one in grants(given, now)}
        for now in ("Fri 15 Jan 2016 23:59", "Sat 16 Jan 2016 00:00")
    )

    assert last == {JANUARY: False, None: False}
    assert after == {JANUARY: True, None: False}


def test_only_a_scope_that_says_so_opens_what_people_wrote() -> None:
    """Otherwise a sentence stands in its place; what nobody wrote stays empty."""
    record = replace(CHILD, periods=frozenset({JANUARY}))
    closed, opened = (
        decided(asker(scope(None, "a", words=words)), record) for words in (False, True)
    )

    assert as_read("They rang.", NOW, closed) == OUTSIDE_SCOPE
    assert as_read("They rang.", NOW, opened) == "They rang."
    assert (as_read(None, NOW, closed), as_read("", NOW, opened)) == ("", "")
    assert as_read("They rang.", NOW, closed._replace(rule="told")) == NOT_OPENED


def test_what_people_wrote_is_read_up_to_the_end_of_the_days() -> None:
    """However much more of the record another scope opens, of which it says nothing."""
    record = replace(CHILD, periods=frozenset({JANUARY}))
    both = decided(asker(scope(JANUARY, "a", words=True), scope(None, "a")), record)

    assert both.within == ()
    assert both.opens_words(END)
    assert not both.opens_words(END + JUST_BEFORE)
    assert not decided(asker(scope(JANUARY, "b", words=True), scope(None, "a")), record).words_to
