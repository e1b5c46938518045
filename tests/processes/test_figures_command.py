"""The command that says how much was done in time."""

from pathlib import Path

from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from assembly import Daymark
from tests.processes.conftest import Command, show
from tests.processes.test_command import ago


def test_figures_are_listed_and_one_is_counted(
    daymark: Command, parts: Daymark, tmp_path: Path
) -> None:
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
    days = ("--from", ago(29)[:10], "--to", ago(27)[:10])
    narrow = daymark("figures", "conferences", *days, "--json").document()
    before = daymark(
        "figures", "conferences", "--from", "2015-01-01", "--to", "2015-12-31", "--json"
    ).document()
    files = {kind: tmp_path / f"figures.{kind}" for kind in ("csv", "xlsx", "pdf")}
    taken = daymark(
        *("figures", "conferences", *days),
        *(word for kind, path in files.items() for word in (f"--{kind}", path)),
    )
    backwards = daymark("figures", "conferences", "--from", "2016-01-02", "--to", "2016-01-01")
    endless = daymark("figures", "conferences", "--to", "2016-01-01")

    assert (begun.code, held.code) == (0, 0), begun.err + held.err
    assert "return-interviews" in listed.out
    assert all(one["source"] for one in named)
    assert "of initial conferences held" in told.out
    assert counted["together"][0]["in_time"] == 1
    assert counted["together"][0]["percent"] == 100
    assert len(counted["quarters"]) == 8
    assert "100%" in told.out
    assert (narrow["from"], narrow["to"]) == (days[1], days[3])
    assert narrow["rows"][-1] == {
        "id": "all", "label": "all", "ours": 100, "numerator": 1, "denominator": 1,
    }  # fmt: skip
    assert (len(before["quarters"]), before["rows"][-1]["denominator"]) == (4, 0)
    assert taken.out.count("is written.") == 3
    assert "all,1,0,0,0,100%" in files["csv"].read_text("utf-8-sig")
    assert "Conferences within 15 working days" in PdfReader(files["pdf"]).pages[0].extract_text()
    book = CalamineWorkbook.from_path(files["xlsx"]).get_sheet_by_index(0).to_python()
    assert ["all", "1", "0", "0", "0", "100%"] in book
    assert (backwards.code, endless.code) == (2, 2)
    assert "--from is the first day, --to the last" in backwards.err
    assert "--to needs --from" in endless.err
    assert wrong.code == 2
    assert "no figure is called so" in wrong.err


def test_plans_open_for_long_are_counted(daymark: Command, parts: Daymark, tmp_path: Path) -> None:
    """One plan of three years: said, for machines and in a file; only the ends of quarters are counted."""
    daymark(
        *("record", "source-registered", "sample", "--at", "2020-01-01T00:00:00Z"),
        *("source=s", "delivers=continuous", "states=plan-started"),
        *("times=happened", "from_on=2020-01-01"),
    )
    daymark(
        *("record", "plan-started", "CH-1", "plan_ref=P-1", "kind=child-protection"),
        *("--on", ago(3 * 366 * 24)[:10]),
    )
    show(parts)
    said, told = (
        daymark("figures", "long-plans"),
        daymark("figures", "long-plans", "--quarters", "8", "--json").document(),
    )
    file = tmp_path / "plans.csv"
    taken = daymark("figures", "long-plans", "--csv", file)
    narrow = daymark("figures", "long-plans", "--from", "2016-01-01")

    assert "long-plans" in daymark("figures").out
    assert (
        "1 child protection plan is open; 1 for more than 15 months, 1 for 24 months or more."
        in (said.out)
    )
    assert [told["days"][-1][name] for name in ("plans", "longer", "second")] == [1, 1, 1]
    assert (len(told["days"]), told["second_length"]) == (8, "24 months")
    assert "is written." in taken.out
    assert "Open for 24 months or more" in file.read_text("utf-8-sig")
    assert narrow.code == 2
    assert "is counted at the ends of quarters" in narrow.err
