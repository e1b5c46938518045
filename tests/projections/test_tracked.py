"""Today's tracker beside Daymark: what both say, and why they differ where they do."""

from datetime import date

from domain.child_episode import ChildEpisode, from_history
from domain.event import Recorded
from projections.tracked import Compared, Line, compared, counts
from tests.histories import CHILD, day, here, history, moment, told

NOW = moment("Mon 1 Feb 2016 09:00")
ENQUIRY = told("section-47-started", "Mon 14 Dec 2015")
CONFERENCE = "icpc-15wd"
DUE = day("Thu 7 Jan 2016")


def line(number: int, due: date = DUE, done: date | None = None, **said: str) -> Line:
    """A line of the tracker, about the conference unless it says."""
    return Line(number, said.get("child", CHILD), said.get("timescale", CONFERENCE), due, done)


def beside(*lines: Line, facts: tuple[Recorded, ...] = (ENQUIRY,)) -> list[Compared]:
    """What is found about the rules of the lines, and about conferences."""
    children: dict[str, ChildEpisode] = {CHILD: from_history(history(*facts))}
    found = compared(lines, children, here(), NOW)
    asked = {CONFERENCE, *(one.timescale for one in lines)}
    return [one for one in found if one.timescale in asked]


def results(found: list[Compared]) -> list[tuple[str, int | None, str]]:
    """Each result with its line and its reason."""
    return [(one.result, one.line, one.reason) for one in found]


def test_what_both_say_needs_no_reason() -> None:
    """The same rule of the same child, due the same day, done by neither."""
    (found,) = beside(line(2))

    assert (found.result, found.reason) == ("both", "")
    assert found.tracker_due == found.daymark_due == DUE
    assert found.tracker_done is found.daymark_done is None


def test_a_line_without_a_clock_says_what_it_lacks() -> None:
    """The child, the rule, or the fact that would start it."""
    unknown = line(2, child="CH-9")
    unnamed = line(3, timescale="Conference!")
    unstarted = line(4, timescale="missing-strategy-72h")

    assert results(beside(unknown, unnamed, unstarted)) == [
        ("only-tracker", 3, "no rule of this name: map it in the table of names"),
        ("only-tracker", 4, "no fact has started it"),
        ("only-daymark", None, "not in the tracker"),
        ("only-tracker", 2, "the child is not known"),
    ]


def test_another_day_is_explained_by_another_way_of_counting() -> None:
    """As the census validator counts, in calendar days, without the shut-down days; or no known way."""
    days = [
        "Wed 6 Jan 2016",
        "Mon 4 Jan 2016",
        "Tue 12 Jan 2016",
        "Fri 1 Jan 2016",
        "Sat 9 Jan 2016",
    ]

    assert [beside(line(2, day(one)))[0].reason for one in days] == [
        "One working day less, as the sector’s census validator counts",
        "Calendar days for working days: 21 for 15, 63 for 45",
        "Shut-down days left out of the count",
        "no known way of counting: 6 days earlier",
        "no known way of counting: 2 days later",
    ]


def test_what_was_done_is_compared_by_its_day() -> None:
    """What is done stands in no list of what the tracker lacks; what is dated ahead is not done yet."""
    held = told("conference-held", "Tue 5 Jan 2016", kind="initial", enquiry_ref="enquiry-1")
    ahead = told("conference-held", "Mon 8 Feb 2016", kind="initial", enquiry_ref="enquiry-1")
    on, another = day("Tue 5 Jan 2016"), day("Wed 6 Jan 2016")

    (same,) = beside(line(2, done=on), facts=(ENQUIRY, held))
    (other,) = beside(line(2, done=another), facts=(ENQUIRY, held))
    (not_yet,) = beside(line(2), facts=(ENQUIRY, ahead))

    assert (same.result, not_yet.result) == ("both", "both")
    assert (other.result, other.tracker_done, other.daymark_done) == ("done-differs", another, on)
    assert beside(facts=(ENQUIRY, held)) == []


def test_of_two_clocks_of_a_rule_each_line_means_the_nearest() -> None:
    """One line one clock: a line too many finds none, and a clock too many is in no line."""
    again = told("section-47-started", "Mon 11 Jan 2016", enquiry_ref="second")
    later = day("Mon 1 Feb 2016")
    two = beside(line(2, later), line(3), facts=(ENQUIRY, again))
    three = beside(line(2), line(3), line(4, later), facts=(ENQUIRY, again))
    one = beside(line(2, later), facts=(ENQUIRY, again))

    assert [(said.line, said.daymark_due) for said in two] == [(2, later), (3, DUE)]
    assert results(three)[1] == ("only-tracker", 3, "no fact has started it")
    assert [(said.result, said.daymark_due) for said in one] == [
        ("both", later),
        ("only-daymark", DUE),
    ]


def test_an_hour_is_due_on_its_last_day() -> None:
    """What is due at midnight was to be done the day before."""
    gone = told("missing-episode-started", "Mon 11 Jan 2016 09:00", type="M")
    night = told("missing-episode-started", "Tue 12 Jan 2016 00:00", type="M")
    rule = "missing-strategy-72h"

    for fact, due in ((gone, "Thu 14 Jan 2016"), (night, "Thu 14 Jan 2016")):
        (found,) = beside(line(2, day(due), timescale=rule), facts=(fact,))
        assert found.result == "both"


def test_each_result_is_counted() -> None:
    """Those of which there are none, too."""
    assert counts(beside(line(2), line(3, child="CH-9"))) == {
        "both": 1,
        "due-differs": 0,
        "done-differs": 0,
        "only-tracker": 1,
        "only-daymark": 0,
    }
