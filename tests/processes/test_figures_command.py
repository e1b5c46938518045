"""The command that says how much was done in time."""

from assembly import Daymark
from tests.processes.conftest import Command, show
from tests.processes.test_command import ago


def test_figures_are_listed_and_one_is_counted(daymark: Command, parts: Daymark) -> None:
    """Each with its source; a conference held in time is the whole of this quarter's figure."""
    daymark(
        *("record", "source-registered", "sample", "--at", "2020-01-01T00:00:00Z"),
        *("source=s", "delivers=continuous", "states=conference-held"),
        *("times=happened", "from_on=2020-01-01"),
    )
    begun = daymark(
        "record",
        "section-47-started",
        "CH-1",
        "enquiry_ref=E-1",
        "meeting_ref=M-1",
        "--on",
        ago(30)[:10],
    )
    held = daymark(
        *("record", "conference-held", "CH-1", "conference_ref=C-1", "kind=initial"),
        *("enquiry_ref=E-1", "outcome=cp-plan", "--on", ago(28)[:10]),
    )
    show(parts)
    listed, named = daymark("figures"), daymark("figures", "--json").document()
    told, counted = (
        daymark("figures", "conferences"),
        daymark("figures", "conferences", "--quarters", "8", "--json").document(),
    )
    wrong = daymark("figures", "nonsense")

    assert (begun.code, held.code) == (0, 0), begun.err + held.err
    assert "return-interviews" in listed.out
    assert all(one["source"] for one in named)
    assert "of initial conferences held" in told.out
    assert counted["together"][0]["in_time"] == 1
    assert counted["together"][0]["percent"] == 100
    assert len(counted["quarters"]) == 8
    assert "100%" in told.out
    assert wrong.code == 2
    assert "no figure is called so" in wrong.err
