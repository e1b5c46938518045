"""Turns that few cases take: what comes back after all, what lasts longer for some, what was lengthened."""

from datetime import datetime, timedelta
from typing import Any

from domain.child_episode import from_history, outstanding
from domain.clocks import Clock, clocks
from domain.event import Recorded
from domain.explanation import explain
from tests.histories import day, here, history, moment, told

# A child who had not come back after all ---------------------------------------------------------

AWAY = told("missing-episode-started", "Fri 5 Feb 2016 21:00", type="M")
BACK = told("missing-episode-ended", "Sat 6 Feb 2016 09:00")
NOT_BACK = told("missing-episode-reopened", "Sat 6 Feb 2016 12:00")
BACK_AT_LAST = told("missing-episode-ended", "Sun 7 Feb 2016 09:00")
STILL_AWAY = told(
    "review-held", "Mon 15 Feb 2016", kind="still-missing", missing_episode_ref="missing_episode-1"
)


def of(rule: str, *facts: Recorded) -> list[Clock]:
    """The clocks of a rule that these facts have started."""
    return [one for one in clocks(history(*facts), here()) if one.timescale.id == rule]


def test_a_return_after_a_reopening_ends_what_the_first_did_not() -> None:
    """The meeting is no longer owed once the child is back for good."""
    (resumed,) = of("missing-strategy-72h", AWAY, BACK, NOT_BACK)
    (ended,) = of("missing-strategy-72h", AWAY, BACK, NOT_BACK, BACK_AT_LAST)

    assert resumed.stop is None
    assert ended.ending == "cancelled"
    assert ended.stop is not None
    assert ended.stop.earliest == moment("Sun 7 Feb 2016 09:00")


def test_a_review_of_a_child_still_missing_renews_nothing_once_the_child_is_back() -> None:
    """Unless that return was taken back: then the next review is due a week on."""
    (renewed,) = of("missing-longterm-review", AWAY, BACK, NOT_BACK, STILL_AWAY)

    assert of("missing-longterm-review", AWAY, BACK, STILL_AWAY) == []
    assert of("missing-longterm-review", AWAY, BACK, NOT_BACK, BACK_AT_LAST, STILL_AWAY) == []
    assert renewed.due_on == day("Mon 22 Feb 2016")


def test_a_meeting_about_a_child_who_is_back_asks_for_no_review() -> None:
    """However often the episode was reopened before; while it is open, one is due a week on."""
    met = told(
        "strategy-meeting-held", "Mon 8 Feb 2016 10:00",
        kind="missing", missing_episode_refs=("missing_episode-1",),
    )  # fmt: skip
    (asked,) = of("missing-longterm-review", AWAY, BACK, NOT_BACK, met)

    assert asked.due_on == day("Mon 15 Feb 2016")
    assert of("missing-longterm-review", AWAY, BACK, NOT_BACK, BACK_AT_LAST, met) == []


def test_a_stage_is_known_in_the_log_by_its_clock_its_version_and_its_name() -> None:
    """So that nothing is recorded twice of one clock."""
    episode = from_history(history(AWAY))
    (meeting,) = of("missing-strategy-72h", AWAY)
    keys = [one.key for one in outstanding(episode, here())]

    assert f"{meeting.key}/1/breached" in keys
    assert len(keys) == len(set(keys))


# A child of another authority --------------------------------------------------------------------


def test_a_child_is_of_whom_it_was_of_when_it_went_missing() -> None:
    """Who answers for it is told of it; whoever came to answer only afterwards changes nothing."""

    def tells(answers_since: str, *, by: str, lives_in: str = "343") -> bool:
        change = told(
            "responsible-authority-changed", answers_since,
            responsible_authority=by, host_authority=lives_in,
        )  # fmt: skip
        return bool(of("missing-cicola-notify-placing-la", AWAY, change))

    assert tells("Mon 1 Feb 2016", by="341")
    assert not tells("Mon 1 Feb 2016", by="343")
    assert not tells("Mon 1 Feb 2016", by="341", lives_in="341")
    assert not tells("Mon 8 Feb 2016", by="341")


# Private fostering -------------------------------------------------------------------------------


def fostered(**details: Any) -> Clock:
    """The next visit to a child who turns 16 on 20 January 2016, was told of and then seen."""
    (visit,) = of(
        "pf-visit-6w",
        told("child-details-recorded", "Tue 1 Dec 2015", date_of_birth="2000-01-20", **details),
        told("private-fostering-notified", "Tue 1 Dec 2015"),
        seen("Mon 4 Jan 2016"),
    )
    return visit


def seen(on: str) -> Recorded:
    """A visit at which a privately fostered child was seen."""
    return told(
        "visit-made", on, kind="private-fostering", child_seen=True, arrangement_ref="arrangement-1"
    )


def test_private_fostering_ends_at_16_and_for_a_disabled_child_at_18() -> None:
    """Whose visits are then owed no longer, or go on."""
    assert fostered().ending == "cancelled"
    assert fostered(disabled=False).ending == "cancelled"
    assert fostered(disabled=True).ending is None
    assert fostered(disabled=True).due_on == day("Mon 15 Feb 2016")


def test_a_visit_to_an_arrangement_nobody_was_told_of_counts_in_no_year() -> None:
    """The arrangement is deemed to begin when the authority becomes aware of it."""
    assert of("pf-visit-6w", seen("Mon 4 Jan 2016")) == []
    assert of("pf-visit-12w", seen("Mon 4 Jan 2016")) == []


# Approval for a time -----------------------------------------------------------------------------


def approved(*, expires: str | None, extended_until: str | None = None) -> Clock:
    """When an approval given on 4 January 2016 and lengthened on 4 April expires."""
    (approval,) = of(
        "lac-temporary-approval-16w",
        told("temporary-approval-given", "Mon 4 Jan 2016", is_extension=False, expires_on=expires),
        told(
            "temporary-approval-given", "Mon 4 Apr 2016",
            is_extension=True, expires_on=extended_until,
        ),
    )  # fmt: skip
    return approval


def test_an_approval_that_is_lengthened_lasts_eight_weeks_longer() -> None:
    """From its own last day, or from the sixteenth week; the day that the longer one names wins."""
    eight_weeks = timedelta(weeks=8)

    assert approved(expires="2016-04-20").due_on == day("Wed 20 Apr 2016") + eight_weeks
    assert approved(expires=None).due_on == day("Mon 25 Apr 2016") + eight_weeks
    assert approved(expires=None, extended_until="2016-05-31").due_on == day("Tue 31 May 2016")


def test_a_rule_whose_text_nobody_read_says_so() -> None:
    """Whoever asks why is told that it is to be confirmed, and is given no words of the law."""
    why = explain(approved(expires=None), here(), moment("Mon 2 May 2016 09:00"))
    lines = dict(why.lines)

    assert lines["To be confirmed"].startswith("The text was not read")
    assert "In its words" not in lines


def test_what_is_due_the_same_day_has_two_hours_unless_only_the_day_is_known() -> None:
    """A referral at half past eleven at night is not due in half an hour."""

    def due(referred: str) -> datetime:
        (clock,) = of(
            "cse-police-same-day", told("exploitation-referral-received", referred, kind="sexual")
        )
        return clock.due_at

    assert due("Mon 8 Feb 2016") == due("Mon 8 Feb 2016 10:00") == moment("Tue 9 Feb 2016 00:00")
    assert due("Mon 8 Feb 2016 23:30") == moment("Tue 9 Feb 2016 01:30")
