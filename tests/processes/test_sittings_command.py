"""The commands about panels: their dates, and the agenda of one sitting."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.calendar import london_date
from tests.processes.conftest import Command

TODAY = london_date(datetime.now(UTC))


def days(number: int) -> str:
    """A day so many days from today."""
    return (TODAY + timedelta(days=number)).isoformat()


@pytest.fixture
def published(daymark: Command) -> Command:
    """The panel sat three weeks ago and sits in a week; its agenda closed yesterday."""
    own = (f'{{"sits_on":"{days(on)}","cutoff_on":"{days(on - 8)}"}}' for on in (-21, 7))
    dates = ",".join((*own, f'{{"sits_on":"{days(35)}"}}'))
    daymark(
        *("record", "panel-sittings-published", "sample", "--on", days(-60)),
        *("panel=macse", f"sittings=[{dates}]"),
    )
    for child, ago in (("CH-1", 10), ("CH-2", 0)):
        daymark(
            *("record", "strategy-meeting-held", child, "--on", days(-ago)),
            *("kind=exploitation", f"meeting_ref=M-{child}", f"exploitation_refs=X-{child}"),
            "outcome=macse",
        )
    daymark(
        *("record", "panel-action-agreed", "CH-3", "--on", days(-21), "action_ref=A-1"),
        *("panel=macse", "kind=health", "agency=camhs", f"due_on={days(-3)}"),
    )
    return daymark


def agenda(daymark: Command, *words: str) -> dict[str, Any]:
    """The agenda as a document."""
    found: dict[str, Any] = daymark("agenda", *words, "--json").document()
    return found


def test_the_dates_of_a_panel_are_listed(published: Command) -> None:
    """What sat, what is closed and what is open; a panel without dates says so."""
    said, none = published("sittings"), published("sittings", "marac")
    rows = published("sittings", "macse", "--json").document()

    assert [line.split()[-1] for line in said.out.splitlines()] == [
        "Agenda",
        "sat",
        "closed",
        "open",
    ]
    assert "No sitting is published" in none.out
    assert rows[1] == {
        "panel": "macse",
        "sits_on": days(7),
        "cutoff_on": days(-1),
        "cutoff_by": "sitting",
    }
    assert rows[2]["cutoff_by"] == "cse-macse-next-panel.agenda_cutoff"
    assert rows[2]["cutoff_on"] < days(30)
    assert "5 working days before the sitting" in said.out
    assert published("sittings", "nothing").code == 2


def test_the_agenda_of_the_next_sitting_is_said(published: Command) -> None:
    """Without a date it is the next one; who came too late stands apart; what is late is said."""
    said, found = published("agenda", "macse"), agenda(published, "macse")

    assert (found["sits_on"], found["cutoff_by"]) == (days(7), "sitting")
    assert [(one["child"], one["reasons"][0]["kind"]) for one in found["items"]] == [
        ("CH-1", "new")
    ]
    assert [one["child"] for one in found["next_sitting"]] == ["CH-2"]
    assert [(one["ref"], one["late"]) for one in found["actions_open"]] == [("A-1", True)]
    assert "new since the last sitting" in said.out
    assert "Open from earlier sittings:" in said.out
    assert said.code == 0


def test_an_agenda_is_asked_of_another_moment(published: Command) -> None:
    """As it had happened a week ago; a day on which nobody sits is no agenda."""
    found = agenda(published, "macse", days(7), "--as-of", days(-5))
    none = published("agenda", "macse", days(1))

    assert [one["child"] for one in found["items"]] == ["CH-1"]
    assert found["next_sitting"] == []
    assert "As it was at" in published("agenda", "macse", days(7), "--as-of", days(-5)).out
    assert none.code == 1
    assert "no sitting of macse is known on" in none.err


def test_a_sitting_is_put_off_by_hand(published: Command) -> None:
    """Its agenda goes along under the new date."""
    published(
        *("record", "panel-sitting-postponed", "sample", "panel=macse", f"sits_on={days(7)}"),
        *(f"moved_to={days(9)}", "reason=not-quorate"),
    )
    found = agenda(published, "macse")

    assert (found["sits_on"], found["moved_from"]) == (days(9), [days(7)])
