"""Going live by command: the switches, the backlog, and today's tracker beside Daymark."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assembly import Daymark
from domain.calendar import london_date
from domain.facts.authority import TrackerCompared
from tests.processes.conftest import Command, judge, show

PEOPLE = """\
person_ref,name,email,role,team_ref,from_on,to_on,covers
p-1,Ada Moss,ada@example.org,head_of_service,,2012-01-02,,
"""
BY = ("--by", "p-1", "--reason", "=we compare first")
RULE = "missing-strategy-72h"
TITLE = "Strategy meeting for a child missing 72 hours (to be confirmed)"


@pytest.fixture
def ada(daymark: Command, tmp_path: Path) -> str:
    """Somebody who holds a role here."""
    people = tmp_path / "people.csv"
    people.write_text(PEOPLE)
    assert daymark("people", "import", people).code == 0
    return "p-1"


@pytest.fixture
def late(daymark: Command, parts: Daymark, ada: str) -> str:
    """A child of the north team whose meeting is late, while every rule is in shadow."""
    assert ada
    assert daymark("golive", "off", "all", *BY).code == 0
    source = daymark(
        "record", "source-registered", "--authority", "source=tests", "delivers=continuous",
        "states=missing-episode-started,strategy-meeting-held,missing-episode-ended",
        "times=happened", "from_on=2012-01-02",
    )  # fmt: skip
    assert source.code == 0, source.err
    allocated = daymark(
        "record", "case-allocated", "CH-1", "duty_ref=d-1", "team_ref=north", "role=social-worker",
        "--on", "2026-03-09",
    )  # fmt: skip
    missing = daymark(
        "record", "missing-episode-started", "CH-1", "type=M", "missing_episode_ref=m-1",
        "missing_from=home", "care_status=own", "--at", (datetime.now(UTC) - timedelta(hours=80)).isoformat(),
    )  # fmt: skip
    assert (allocated.code, missing.code) == (0, 0), (allocated.err, missing.err)
    judge(parts, "CH-1")
    show(parts)
    return "CH-1"


def test_where_nothing_is_switched_every_rule_is_told(daymark: Command) -> None:
    """Status and doctor say so, and nothing can be switched on that never was off."""
    status = daymark("golive", "status", "--json").document()
    doctor = daymark("doctor")

    assert all(rule["told"] for rule in status["rules"])
    assert "rules are live: people are told in every team." in status["said"]
    assert status["said"] in doctor.out


def test_a_switch_names_who_decided_and_is_said_loudly(
    daymark: Command, ada: str, tmp_path: Path
) -> None:
    """Who is unknown, or a rule that is none, is refused; what is on already is not switched."""
    assert ada
    refused = daymark("golive", "on", RULE, "--no-amnesty", *BY)
    nobody = daymark("golive", "off", "all", "--by", "p-9", "--reason", "no")
    wrong = daymark("golive", "off", "no-such-rule", *BY)
    off = daymark("golive", "off", "all", *BY)
    shadow = daymark("golive", "status")
    on = daymark("golive", "on", RULE, "--team", "north", "--amnesty", "2099-01-01", *BY)
    found = daymark("golive", "status", "--json").document()
    (north,) = [one for one in found["rules"] if one["team"] == "north"]

    assert (refused.code, nobody.code, wrong.code) == (1, 1, 2)
    assert "told already" in refused.err
    assert off.out == "From now on nobody is told of any rule in any team: recorded.\n"
    assert "IN SHADOW: every rule is judged and nobody is told." in shadow.out
    assert "IN SHADOW" in daymark("doctor").out
    assert "IN SHADOW" in daymark("board").out
    assert "after 1 January 2099" in on.out
    assert (north["rule"], north["told"], north["by"]) == (RULE, True, "p-1")
    assert north["amnesty_to"] == "2099-01-01"
    assert tmp_path.is_dir()


def test_rules_are_called_by_their_titles_and_many_are_counted(daymark: Command, ada: str) -> None:
    """One rule is named with the word one types; ninety are a number and where to see them."""
    assert ada
    titled = f"{TITLE} ({RULE})"
    daymark("golive", "off", "all", *BY)
    daymark("golive", "on", RULE, "--no-amnesty", *BY)
    status = daymark("golive", "status").out.splitlines()
    rules = len(status) - 2
    (row,) = [line for line in status if line.startswith(f"{RULE} ")]
    many = [daymark(word).out for word in ("doctor", "board")]
    daymark("golive", "on", "all", "--no-amnesty", *BY)
    off = daymark("golive", "off", RULE, "--team", "north", *BY)
    one = daymark("doctor").out
    on = daymark("golive", "on", RULE, "--team", "north", "--no-amnesty", *BY)

    assert off.out == f"From now on nobody is told of {titled} in north: recorded.\n"
    assert f"{titled} is judged in north and nobody is told. `daymark golive status` lists" in one
    assert on.out.startswith(f"People are told of {titled} in north from now on: recorded.")
    assert re.split(r"\s{2,}", row)[:4] == [RULE, TITLE, "every team", "told"]
    for said in many:
        (line,) = [line for line in said.splitlines() if "IN SHADOW" in line]
        assert line.endswith(
            f"IN SHADOW: {rules - 1} of {rules} rules are judged and nobody is told."
            " `daymark golive status` lists them."
        )


def test_the_backlog_is_a_list_per_team(daymark: Command, late: str, tmp_path: Path) -> None:
    """In shadow and during the amnesty it waits on the list of its team; told at once it leaves it."""
    file = tmp_path / "backlog.csv"
    before = daymark("golive", "backlog", "--json", "--csv", file).document()
    daymark("golive", "on", RULE, "--team", "north", "--amnesty", "2099-01-01", *BY)
    during = daymark("golive", "backlog", "--team", "north")
    listed = daymark("golive", "backlog", "--team", "north", "--json").document()
    (meeting,) = [one for one in listed["waiting"] if one["rule"] == RULE]
    daymark("golive", "off", RULE, *BY)
    daymark("golive", "on", RULE, "--no-amnesty", *BY)
    after = daymark("golive", "backlog", "--json").document()

    assert {one["told_from"] for one in before["waiting"]} == {"in shadow"}
    assert before["teams"] == [{"team": "north", "waiting": len(before["waiting"])}]
    assert f"{late}" in file.read_text()
    assert f"north: {len(listed['waiting'])}" in during.out
    assert TITLE in during.out
    assert RULE not in during.out.replace(meeting["clock"], "")
    assert meeting["told_from"].startswith("2099-01-02")
    assert RULE not in {one["rule"] for one in after["waiting"]}


def test_the_tracker_is_set_beside_daymark(
    daymark: Command, late: str, tmp_path: Path, parts: Daymark
) -> None:
    """Columns and rules by their local names; each difference with its reason, and the counts."""
    tracker, names = tmp_path / "tracker.csv", tmp_path / "names.toml"
    rows = tmp_path / "rows.csv"
    due = f"{london_date(datetime.now(UTC) - timedelta(hours=8)):%d/%m/%Y}"
    names.write_text(
        '[columns]\nchild = "ID"\n\n[timescales]\n"Meeting" = "missing-strategy-72h"\n'
    )
    tracker.write_text(
        f"ID,timescale,due,done\n{late},Meeting,{due},\nCH-9,Meeting,2026-03-13,\n"
        f"{late},Unheard of,2026-03-13,\n"
    )
    found = daymark(
        "golive", "compare", tracker, "--names", names, "--json", "--csv", rows
    ).document()
    shown = daymark("golive", "compare", tracker, "--names", names)
    by_line = {one["line"]: one for one in found["rows"] if one["line"]}

    assert by_line[2]["result"] == "both"
    assert by_line[3]["reason"] == "the child is not known"
    assert by_line[4]["reason"].startswith("no rule of this name")
    assert found["counts"]["both"] == 1
    assert found["counts"]["only-tracker"] == 2
    assert found["counts"]["only-daymark"] == len(found["rows"]) - 3
    assert shown.code == 1
    assert "1 both" in shown.out
    assert "Unheard of" in shown.out
    assert not {rule for rule in parts.policy.by_id if f" {rule} " in shown.out}
    assert rows.read_text().startswith("result,child,")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("child,timescale,due\n", "tracker.csv:1: there is no column done"),
        ("child,timescale,due,done\n,x,2026-01-01,\n", "tracker.csv:2: a line needs a child"),
        ("child,timescale,due,done\nA,x,,\n", "tracker.csv:2: a line needs the day"),
        ("child,timescale,due,done\nA,x,soon,\n", "tracker.csv:2: write each day as"),
        ("child,timescale,due,done\n\udcff", "tracker.csv: it is not a CSV file in UTF-8"),
    ],
)
def test_a_tracker_that_cannot_be_read_is_named_with_its_line(
    daymark: Command, tmp_path: Path, text: str, said: str
) -> None:
    """Nothing is compared with half a file."""
    tracker = tmp_path / "tracker.csv"
    tracker.write_bytes(text.encode("utf-8", "surrogateescape"))

    assert said in daymark("golive", "compare", tracker).err


@pytest.mark.parametrize("text", ["[columns", "[other]\n", "[columns]\nchild = 1\n"])
def test_a_table_of_names_that_does_not_fit_is_refused(
    daymark: Command, tmp_path: Path, text: str
) -> None:
    """It names the file, and what it should hold."""
    names = tmp_path / "names.toml"
    names.write_text(text)

    assert "names.toml: " in daymark("golive", "compare", names, "--names", names).err


def test_dates_that_differ_are_named_with_both(daymark: Command, late: str, tmp_path: Path) -> None:
    """Another due day, or another day of being done, is a difference of its own kind."""
    tracker = tmp_path / "tracker.csv"
    today = datetime.now(UTC)
    due = f"{london_date(today - timedelta(hours=8)):%Y-%m-%d}"
    other = f"{london_date(today + timedelta(days=40)):%Y-%m-%d}"
    done = f"{london_date(today - timedelta(days=1)):%Y-%m-%d}"
    found = []
    for line in (f"{due},{done}", f"{other},"):
        tracker.write_text(f"child,timescale,due,done\n{late},{RULE},{line}\n")
        found.append(daymark("golive", "compare", tracker, "--json").document())
    of_tracker = [next(one for one in each["rows"] if one["line"]) for each in found]

    assert [one["result"] for one in of_tracker] == ["done-differs", "due-differs"]
    assert of_tracker[0]["tracker_done"] == done
    assert of_tracker[0]["daymark_done"] is None
    assert of_tracker[1]["tracker_due"] == other
    assert of_tracker[1]["daymark_due"] == due
    assert of_tracker[1]["reason"].startswith("no known way of counting: ")


def test_the_counts_of_a_day_are_kept_where_asked(
    daymark: Command, parts: Daymark, late: str, tmp_path: Path
) -> None:
    """As a fact of the authority's stream; without the word nothing is kept."""
    tracker = tmp_path / "tracker.csv"
    tracker.write_text("child,timescale,due,done\nCH-9,x,2026-03-13,\n")
    daymark("golive", "compare", tracker)
    counted = daymark("golive", "compare", tracker, "--keep", "--json").document()["counts"]
    history = parts.log.history(parts.own_stream)
    kept = [one.event.said for one in history if isinstance(one.event.said, TrackerCompared)]

    assert late
    assert [one.only_tracker for one in kept] == [1]
    assert kept[0].only_daymark == counted["only-daymark"]
