"""What is asked and told of the authority itself at the command line."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assembly import Daymark
from tests.processes.conftest import Command, judge_stream, show

PEOPLE = """person_ref,name,email,role,team_ref,from_on,to_on,covers
P-1,Amara Okafor,amara@sample.example,designated_officer,lado,2020-01-01,,
P-2,Bryn Howells,bryn@sample.example,service_manager_safeguarding,,2020-01-01,,
"""


def ago(days: float) -> str:
    """An instant so many days back, as one types it."""
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


@pytest.fixture
def accused(daymark: Command, parts: Daymark, tmp_path: Path) -> Command:
    """Two allegations about no known child, recorded by hand; only one was referred, and all is judged."""
    (tmp_path / "people.csv").write_text(PEOPLE)
    daymark("people", "import", tmp_path / "people.csv")
    daymark(
        *("record", "source-registered", "--authority", "--at", "2020-01-01T00:00:00Z"),
        *("source=lado", "delivers=continuous", "states=allegation-referred"),
        *("times=happened", "from_on=2020-01-01"),
    )
    for reference in ("AL-1", "AL-2"):
        told = f"allegation_ref={reference}", "employer_sector=education"
        daymark("record", "allegation-made", "--authority", *told, "--at", ago(9))
    daymark("record", "allegation-referred", *told, "--authority", "--at", ago(9))
    judge_stream(parts, parts.own_stream)
    show(parts)
    return daymark


def test_a_fact_of_no_child_is_recorded_with_the_authority(
    accused: Command, parts: Daymark
) -> None:
    """By hand as from a case system: it stands in the authority's own stream, and no child is made."""
    names = [one.event.name for one in parts.log.history(parts.own_stream)]
    of_a_child = accused("history", parts.settings.authority)

    assert of_a_child.code == 1
    assert names.count("allegation-made") == 2
    assert names.count("allegation-referred") == 1


def test_its_clocks_are_asked_for_all_together_or_one_allegation_alone(accused: Command) -> None:
    """Each with what it is about; a child is not named, and an unknown allegation is said to be."""
    every, one = (
        accused("clocks", "--authority"),
        accused("clocks", "--allegation", "AL-1", "--json"),
    )
    nothing = accused("clocks", "--allegation", "AL-9")

    assert every.code == one.code == 0
    assert every.out.splitlines()[0].split() == ["Status", "About", "Timescale", "Due", "Clock"]
    assert "Late" in next(line for line in every.out.splitlines() if "Allegation AL-1" in line)
    assert [clock["verdict"] for clock in one.document()] == ["breached"]
    assert nothing.code == 1
    assert "no allegation without a known child is recorded as AL-9" in nothing.err


def test_its_history_is_replayed_as_it_was_known(accused: Command) -> None:
    """All of the stream, or one allegation alone; before anything was recorded, nothing."""
    every = accused("history", "--authority", "--json").document()
    alone = accused("history", "--allegation", "AL-2", "--json").document()
    before = accused("history", "--authority", "--known-at", ago(1))

    assert every["authority"]
    assert "child" not in every
    assert {"person-assigned", "source-registered", "timescale-breached"} < {
        event["name"] for event in every["events"]
    }
    assert [event["name"] for event in alone["events"]][:2] == [
        "allegation-made",
        "allegation-referred",
    ]
    assert "Allegation made." in accused("history", "--allegation", "AL-1").out
    assert before.out.strip().endswith("left out: recorded or happened later.")
    assert len(before.out.splitlines()) == 1


def test_its_clock_is_on_the_board_and_explained(accused: Command) -> None:
    """Named by the allegation, in words and in the document, and answered for like any other."""
    rows = accused("board", "--json").document()["rows"]
    late = next(row for row in rows if row["whose"] == "Allegation AL-1")
    why = accused("explain", late["clock"])
    words = accused("board", "--limit", "5")
    promise = accused(
        *("acknowledge", late["escalation"], "--owner", "P-2", "--reason", "quorum"),
        *("--until", (datetime.now(UTC) + timedelta(days=3)).date()),
    )

    assert late["kind"] == "authority"
    assert "Allegation AL-1" in words.out
    assert why.code == promise.code == 0
    assert why.out.startswith("Why is this late?")


def test_two_moments_of_it_are_compared(accused: Command) -> None:
    """All of it but feeds and posts, or one allegation alone; each difference says what it is about."""
    when = "--known-at", ago(1), "--as-of", ago(9)
    every = accused("compare", "--authority", *when)
    alone = accused("compare", "--allegation", "AL-1", *when, "--json").document()
    nobody = accused("compare", *when)

    assert every.code == 0
    assert "Allegation made. (Allegation AL-1)" in every.out
    assert ", Allegation AL-2 (" in every.out
    assert "Person assigned" not in every.out
    assert alone["whose"] == "Allegation AL-1"
    assert {one["allegation"] for one in alone["facts"]} == {"AL-1"}
    assert {one["about"] for one in alone["clocks"]} == {"Allegation AL-1"}
    assert nobody.code == 2


def test_it_is_taken_away_as_files(accused: Command, parts: Daymark, tmp_path: Path) -> None:
    """All of it or one allegation, verified like a child's; the look is recorded first, of its stream."""
    whose = {"all": ("--authority",), "one": ("--allegation", "AL-1")}
    for name, words in whose.items():
        how = "--out", tmp_path / name, "--by", "P-9", "--purpose", "audit"
        written, verified = (
            accused("export", *words, *how),
            accused("export", "--verify", tmp_path / name),
        )

        assert (written.code, verified.code) == (0, 0)
    every, one = (json.loads((tmp_path / name / "history.json").read_bytes()) for name in whose)
    looks = parts.log.history(parts.log.stream(parts.settings.authority, "reads", "P-9"))

    assert "person-assigned" not in {event["name"] for event in every["events"]}
    assert {clock["about"] for clock in every["clocks"]} == {"Allegation AL-1", "Allegation AL-2"}
    assert {event["allegation"] for event in one["events"]} == {"AL-1"}
    assert [look.event.said.child for look in looks] == [parts.own_stream.hex] * 2  # type: ignore[union-attr]
    assert accused("export", "--authority").code == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("contact-received", "--authority"), "contact-received is about a child: name it instead"),
        (("allegation-made",), "say whose fact it is: daymark record allegation-made CHILD, or"),
        (("allegation-made", "allegation_ref=A"), "say whose fact it is"),
        (("allegation-made", "--authority"), "allegation_ref is missing"),
    ],
)
def test_whose_a_fact_is_must_be_said(
    daymark: Command, words: tuple[str, ...], sentence: str
) -> None:
    """A forgotten child is asked for, never taken for the authority."""
    said = daymark("record", *words)

    assert said.code == 2
    assert sentence in said.err
