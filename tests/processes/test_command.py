"""Every command answers in words or in one document; what is wrong is one sentence, never a traceback."""

import json
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import pytest

from assembly import Daymark
from tests.domain.packs import form
from tests.processes.conftest import Command, Said, judge, show

PEOPLE = """person_ref,name,email,role,team_ref,from_on,to_on,covers
P-1,Amara Okafor,amara@sample.example,head_of_service,,2020-01-01,,
P-2,Bryn Howells,bryn@sample.example,director_of_childrens_services,,2020-01-01,,
"""


def ago(hours: float) -> str:
    """An instant so many hours back, as one types it."""
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()


def a_missing_child(daymark: Command, hours: float = 80) -> Said:
    """A source is known, and a child was last seen so many hours ago."""
    daymark(
        *("record", "source-registered", "sample", "--at", "2020-01-01T00:00:00Z"),
        *("source=police", "delivers=continuous", "states=strategy-meeting-held"),
        *("times=happened", "from_on=2020-01-01"),
    )
    return daymark(
        *("record", "missing-episode-started", "CH-1", "--at", ago(hours)),
        *("missing_episode_ref=ME-1", "type=M", "missing_from=home", "care_status=own"),
    )


def a_late_one(daymark: Command, parts: Daymark, tmp_path: Path) -> str:
    """A breach with its ladder, on the board; the ladder's id."""
    (tmp_path / "people.csv").write_text(PEOPLE)
    daymark("people", "import", tmp_path / "people.csv")
    a_missing_child(daymark)
    judge(parts, "CH-1")
    show(parts)
    (row,) = daymark("board", "--json").document()["rows"]
    return str(row["escalation"])


def test_a_fact_by_hand_is_recorded_once(daymark: Command) -> None:
    """The same words twice are the same fact."""
    words = ("record", "contact-received", "CH-1", "contact_ref=C-1", "source=2A", "--at", ago(1))

    first, second = daymark(*words, "--json"), daymark(*words)

    assert first.document()["result"] == "recorded"
    assert second.code == 0
    assert second.out.startswith("Contact received: duplicate, as ")


def test_a_fact_known_by_its_day_needs_no_time(daymark: Command) -> None:
    """Without a time or a day it happened now, or today."""
    plan = ("record", "plan-ended", "CH-1", "kind=macse", "plan_ref=P-1", "reason=moved")

    assert daymark(*plan).code == 0
    assert daymark(*plan, "--on", "2026-11-02", "--id", "mine").out.endswith(" mine.\n")

    events = daymark("history", "CH-1", "--json").document()["events"]
    assert [event["occurred_on"] is not None for event in events] == [True, True]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("record", "contact", "CH-1"), "contact is not a fact: did you mean contact-"),
        (("record", "contact-received", "CH-1", "source"), "write each word as name=value"),
        (("record", "contact-received", "CH-1", "sauce=2A"), "sauce: no such field"),
        (("record", "contact-received", "CH-1"), "contact_ref is missing: add contact_ref=..."),
        (("record", "contact-received", "CH-1", "--at", "9:00"), "invalid instant value: '9:00'"),
        (("record", "contact-received", "CH-1", "--on", "yesterday"), "invalid day value"),
        (("clocks",), "one of the arguments CHILD --authority --allegation is required"),
        (("clocks", "CH-1", "--as-of", "2026-11-02T09:00"), "invalid moment value"),
        (("board", "now"), "unrecognized arguments: now"),
        (("record", "contact-received", "CH-1", "--an=2"), "--an: no such field"),
        (("tell",), "invalid choice: 'tell'"),
        (("run", "everything"), "invalid choice: 'everything'"),
        (("import", "a", "b", "--json"), "--json prints one document: give one file"),
        (
            ("acknowledge", "x", "--owner", "P-1", "--until", "2030-01-01", "--reason", "busy"),
            "busy is not a reason: choose one of child_missing, court, ",
        ),
    ],
)
def test_a_wrong_command_is_two(daymark: Command, words: tuple[str, ...], sentence: str) -> None:
    """What was typed is wrong: the sentence says what to type."""
    said = daymark(*words)

    assert said.code == 2
    assert said.out == ""
    assert sentence in said.err.splitlines()[-1]
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("clocks", "CH-9"), "nothing is recorded under the reference CH-9"),
        (("history", "CH-9", "--json"), "nothing is recorded under the reference CH-9"),
        (("explain", "icpc-15wd.x"), "no clock is known as icpc-15wd.x"),
        (("import", "no.jsonl"), "there is no file no.jsonl"),
        (("people", "import", "no.csv"), "there is no file no.csv"),
        (("sources", "revoke", "police"), "police of sample has no token"),
        (("sources", "rotate", "police"), "police of sample has no token"),
        (("rebuild", "workflows"), "no temporal server is set (DAYMARK_TEMPORAL)"),
        (
            (*("acknowledge", "x", "--owner", "P-9", "--until", "2030-01-01"), "--reason", "court"),
            "nobody who holds a role here today has the reference P-9",
        ),
    ],
)
def test_what_is_not_there_is_one(daymark: Command, words: tuple[str, ...], sentence: str) -> None:
    """There is something to look at, in one sentence."""
    said = daymark(*words)

    assert said.code == 1
    assert said.err.startswith(f"daymark: {sentence}")
    assert said.err.count("\n") == 1


def test_the_release_is_said_without_looking_at_anything(
    daymark: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks for help is asked first which release runs; no setting can keep that back."""
    monkeypatch.setenv("DAYMARK_AUTORITY", "343")

    said = daymark("--version")

    assert (said.code, said.err) == (0, "")
    assert said.out == f"daymark {version('daymark')}\n"


@pytest.mark.parametrize("words", [("migrate",), ("migrate", "--to", "postgresql://host/name")])
def test_wrong_keys_are_refused_before_anything_is_made(
    daymark: Command, home: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """A mistyped folder of keys gets no new ones, which nobody could tell from those that were lost."""
    a_missing_child(daymark)
    folder = home.parent / "keyz"
    monkeypatch.setenv("DAYMARK_KEYS", str(folder))

    said = daymark(*words)

    assert said.code == 1
    assert said.err.startswith(f"daymark: there is no stream.key in {folder}, and the log was")
    assert "set DAYMARK_KEYS to the folder of its keys" in said.err
    assert said.err.count("\n") == 1
    assert not folder.exists()


def test_a_misspelt_setting_stops_every_command(
    daymark: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A setting that is not known might be one that was meant to matter."""
    monkeypatch.setenv("DAYMARK_AUTORITY", "343")

    said = daymark("board")

    assert said.code == 1
    assert "did you mean DAYMARK_AUTHORITY?" in said.err


def test_made_up_children_never_mix_with_real_ones(
    daymark: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The demonstration is only for the made-up authority."""
    monkeypatch.setenv("DAYMARK_AUTHORITY", "343")

    said = daymark("up", "--demo")

    assert said.code == 2
    assert "up --demo loads made-up children" in said.err


def test_a_home_that_was_never_made_is_said(
    daymark: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The operator reads which command makes what is missing."""
    monkeypatch.setenv("DAYMARK_HOME", str(tmp_path / "elsewhere"))

    said = daymark("board")

    assert said.code == 1
    assert said.err.startswith("daymark: nothing is set up in ")
    assert "put the keys back where there were any (DAYMARK_KEYS)" in said.err


def test_clocks_are_told_in_words_and_as_a_document(daymark: Command) -> None:
    """The verdict stands first; the document has the names of the contract."""
    a_missing_child(daymark)

    (clock,) = daymark("clocks", "CH-1", "--json").document()
    words = daymark("clocks", "CH-1").out.splitlines()

    assert clock["timescale"] == "missing-strategy-72h"
    assert clock["verdict"] == "breached"
    assert words[0].split() == ["Status", "Timescale", "Due", "Clock"]
    assert words[1].startswith("Late  ")
    assert words[1].endswith(clock["key"])


def test_a_child_is_shown_as_it_was_and_as_it_was_known(daymark: Command) -> None:
    """What was recorded later is left out, and said to be."""
    a_missing_child(daymark)

    before = daymark("history", "CH-1", "--known-at", "2020-01-01")
    then = daymark("clocks", "CH-1", "--as-of", ago(40), "--json").document()

    assert before.out == "1 left out: recorded or happened later.\n"
    assert then[0]["verdict"] == "due-soon"
    assert daymark("clocks", "CH-1", "--as-of", "2020-01-01").out == "No clock has started.\n"


def test_history_tells_what_was_withdrawn_and_corrected(daymark: Command) -> None:
    """Nothing is edited: both the fact and its correction are told."""
    for number in ("1", "2"):
        daymark(
            *("record", "contact-received", "CH-1", "--at", ago(3), "--id", number),
            *(f"contact_ref=C-{number}", "source=2A"),
        )
    source = "/by-hand/sample"
    daymark(
        *("record", "fact-withdrawn", "CH-1", "reason=duplicate"),
        *(f"corrected_event.source={source}", "corrected_event.id=1"),
    )
    daymark(
        *("record", "fact-corrected", "CH-1", "reason=wrong-code", 'fields={"source":"3A"}'),
        *(f"corrected_event.source={source}", "corrected_event.id=2"),
    )

    told = daymark("history", "CH-1").out.splitlines()

    assert told[1].endswith("(withdrawn)")
    assert told[2].endswith("(corrected)")
    assert len(told) == 5


def test_a_clock_is_explained(daymark: Command, parts: Daymark) -> None:
    """The question, the answer, the rule with its clause, and what would stop it."""
    a_missing_child(daymark)
    daymark(
        *("record", "referral-received", "CH-1", "referral_ref=R-1", "source=2A"),
        *("--at", "2026-10-30T10:00:00Z"),
    )
    daymark("record", "referral-decided", "CH-1", "referral_ref=R-1", "outcome=nfa")
    show(parts)
    keys = {one["timescale"]: one["key"] for one in daymark("clocks", "CH-1", "--json").document()}

    hours = daymark("explain", keys["missing-strategy-72h"])
    days = daymark("explain", keys["referral-decision-1wd"])
    told = daymark("explain", keys["referral-decision-1wd"], "--json").document()

    assert hours.out.startswith("Why is this late")
    assert "Stopped by: " in hours.out
    assert "Saturday 31 October 2026" in days.out
    assert "not counted" in days.out
    assert told["key"] == keys["referral-decision-1wd"]
    assert told["policy_sha256"] == parts.policy.sha256
    assert parts.policy.sha256[:12] not in days.out
    assert [day["number"] for day in told["days"]] == [0, None, None, 1]


def test_a_clock_held_twice_is_explained_with_both_holds(
    daymark: Command, parts: Daymark, home: Path
) -> None:
    """Every piece of evidence is in the document, in its order, also where two have one name."""
    own = home / "policy" / parts.settings.authority
    own.mkdir(parents=True)
    (own / "settled.toml").write_text(form(first="2012-01-02"))
    (own / "assessment.toml").write_text(
        '[[timescales]]\nid = "assessment-45wd"\nsuspension = { by = ["service_manager"] }\n'
    )
    for name, at, *fields in (
        ("referral-received", "2026-09-01T10:00:00Z", "source=2A"),
        ("referral-decided", "2026-09-01T11:00:00Z", "outcome=statutory-assessment"),
    ):
        daymark("record", name, "CH-1", "referral_ref=R-1", "--at", at, *fields)
    for name, on, why in (
        ("suspended", "07", "child-in-hospital"),
        ("resumed", "14", "reason-ended"),
        ("suspended", "21", "child-in-hospital"),
    ):
        daymark(
            *("record", f"clock-{name}", "CH-1", "--at", f"2026-09-{on}T12:00:00Z"),
            *("timescale=assessment-45wd", "duty_ref=R-1", f"reason={why}"),
            "decided_by_role=service_manager",
        )
    show(parts)
    keys = {one["timescale"]: one["key"] for one in daymark("clocks", "CH-1", "--json").document()}
    found = daymark("explain", keys["assessment-45wd"], "--json").document()
    held = [one["says"] for one in found["lines"] if one["name"] == "Held"]

    assert [said.partition(" at ")[0] for said in held] == [
        "Since 7 September 2026",
        "Since 21 September 2026",
    ]


def test_the_board_lists_what_is_late(daymark: Command, parts: Daymark) -> None:
    """A breach is an answer, not an error."""
    a_missing_child(daymark)
    judge(parts, "CH-1")
    show(parts)

    said = daymark("board")
    told = daymark("board", "--json")

    assert said.code == told.code == 0
    assert said.out.splitlines()[1].startswith("Late  ")
    assert told.document()["doubts"] == []
    assert told.document()["counts"]["breached"] == 1


def test_the_board_says_how_much_it_leaves_out(daymark: Command, parts: Daymark) -> None:
    """A part of the board never passes for the whole."""
    a_missing_child(daymark)
    show(parts)

    assert daymark("board", "--limit", "0").out.endswith("1 more: --limit 1 shows all.\n")


def test_a_board_that_cannot_be_relied_on_is_one(daymark: Command) -> None:
    """A nightly feed that was never heard makes the board doubtful, in a sentence before its rows."""
    daymark(
        *("record", "source-registered", "sample", "--at", "2020-01-01T00:00:00Z"),
        *("source=nightly", "delivers=batch", "states=review-held", "times=happened"),
        "from_on=2020-01-01",
    )

    said = daymark("board")

    assert said.code == daymark("board", "--json").code == 1
    assert said.out.startswith("Do not rely on this board. The source nightly has been late since ")


def test_the_board_of_another_moment(daymark: Command, parts: Daymark) -> None:
    """Worked out from the log, whatever the processes of today do; a breach is an answer."""
    a_missing_child(daymark)
    judge(parts, "CH-1")

    now = daymark("board", "--as-of", ago(0))
    before = daymark("board", "--as-of", ago(40), "--json")
    unknown = daymark("board", "--known-at", ago(100))

    assert now.code == before.code == 0
    assert now.out.startswith("Not the board as it stands now: as it was at ")
    assert now.out.splitlines()[2].startswith("Late  ")
    assert before.document()["counts"]["breached"] == 0
    assert before.document()["total"] == before.document()["counts"]["open"] > 0
    assert ", known at " in unknown.out
    assert unknown.out.endswith("Nothing is running.\n")


def an_enquiry(daymark: Command, child: str, held_on: str) -> None:
    """An enquiry of 14 December 2015 and the conference that followed."""
    daymark(
        *("record", "section-47-started", child, "--on", "2015-12-14", "enquiry_ref=E-1"),
        *("meeting_ref=S-1",),
    )
    daymark(
        *(
            "record",
            "conference-held",
            child,
            "--on",
            held_on,
            "kind=initial",
            "conference_ref=C-1",
        ),
        *("enquiry_ref=E-1", "outcome=cp-plan"),
    )


def test_history_is_judged_again_another_way(daymark: Command, tmp_path: Path) -> None:
    """By a convention, a pack, a calendar; who flips, the counts of each rule, the work of each week."""
    a_missing_child(daymark)
    an_enquiry(daymark, "CH-2", "2016-01-07")
    longer = tmp_path / "enquiry_and_conference.toml"
    longer.write_text('[[timescales]]\nid = "icpc-15wd"\namount = 10\n')
    days = ("--from", "2015-12-01", "--to", "2015-12-31")

    stricter = daymark("what-if", "--convention", "one-day-stricter", *days)
    same = daymark("what-if", "--convention", "ours", *days)
    shorter = daymark("what-if", "--policy", longer, *days, "--json").document()
    neither = daymark("what-if")
    backwards = daymark("what-if", "--conventions", "--from", "2016-01-01", "--to", "2015-01-01")

    assert stricter.code == same.code == 0
    assert " would be late," in stricter.out
    assert "Done late" in stricter.out
    assert same.out == "Nothing would be otherwise for 2 children.\n"
    assert [flip["clock"].partition(".")[0] for flip in shorter["flips"]] == ["icpc-15wd"]
    assert shorter["rules"]["icpc-15wd"]["after"] == {"met-late": 1}
    assert {one["week"] for one in shorter["workload"]} >= {"2016-W01"}
    assert neither.code == backwards.code == 2
    assert "--conventions" in neither.err
    assert "the first day" in backwards.err


def test_ways_of_counting_stand_beside_ours_in_one_table(daymark: Command, tmp_path: Path) -> None:
    """Every convention at once; an authority's own shut-down days by a file."""
    an_enquiry(daymark, "CH-2", "2016-01-07")
    shut = tmp_path / "shut.csv"
    shut.write_text("date,name\n2015-12-29,Office shut\n")

    words = daymark("what-if", "--conventions")
    told = daymark("what-if", "--conventions", "--closures", shut, "--json").document()
    empty = daymark("what-if", "--policy", tmp_path / "nothing")

    assert [line.split("  ")[0] for line in words.out.splitlines()] == [
        "Way of counting", "As Daymark counts",
        "One working day less, as the sector’s census validator counts",
        "Calendar days for working days: 21 for 15, 63 for 45",
        "Shut-down days left out of the count",
    ]  # fmt: skip
    assert [one["convention"] for one in told] == [
        "ours", "one-day-stricter", "calendar-days", "closures",
    ]  # fmt: skip
    assert told[0]["flips"] == []
    assert told[3]["says"] == "The 1 shut-down days of shut.csv left out of the count"
    assert empty.code == 1


def test_an_empty_board_says_so(daymark: Command) -> None:
    """Nothing was sent yet."""
    assert daymark("board").out == "Nothing is running.\n"


def test_a_promise_is_recorded(daymark: Command, parts: Daymark, tmp_path: Path) -> None:
    """A manager promises from the command line; the note is sealed and never said again."""
    escalation = a_late_one(daymark, parts, tmp_path)
    until = (datetime.now(UTC) + timedelta(days=2)).date()
    words = ("acknowledge", escalation, "--owner", "P-1", "--until", until, "--reason", "court")

    said = daymark(*words, "--note", "a note nobody else reads", "--json")
    again = daymark(*words, "--by", "P-2")
    show(parts)

    assert said.document()["owner"] == "P-1"
    assert "nobody else" not in said.out
    assert again.out.startswith("Acknowledged: P-1 deals with it by ")
    assert "acknowledged by P-1 until" in daymark("board").out
    assert "nobody else" not in daymark("history", "CH-1").out
    assert b"nobody else" not in b"".join(
        file.read_bytes() for file in Path(parts.settings.home).iterdir() if file.is_file()
    )


def test_a_promise_for_yesterday_is_refused(
    daymark: Command, parts: Daymark, tmp_path: Path
) -> None:
    """A promise halts the climb to the end of its day, so its day must lie ahead."""
    escalation = a_late_one(daymark, parts, tmp_path)
    words = ("acknowledge", escalation, "--owner", "P-1", "--until", "2020-01-01")

    said = daymark(*words, "--reason", "court")
    unknown = daymark(
        *("acknowledge", "0" * 32, "--owner", "P-1", "--until", "2030-01-01", "--reason", "court")
    )

    assert (said.code, unknown.code) == (1, 1)
    assert "the day must be today or later" in said.err
    assert "no escalation is known under this reference" in unknown.err


def test_a_token_is_shown_once(daymark: Command) -> None:
    """The token alone stands on standard output; nothing shows it again."""
    added = daymark("sources", "add", "police")
    twice = daymark("sources", "add", "police")
    rotated = daymark("sources", "rotate", "police")
    revoked = daymark("sources", "revoke", "police")
    listed = daymark("sources", "list")
    rows = daymark("sources", "list", "--json").document()

    assert added.out.startswith("daymark_")
    assert added.out != rotated.out
    assert twice.code == 1
    assert "has a token already" in twice.err
    assert revoked.code == 0
    assert len(listed.out.splitlines()) == 3
    assert {row["source"] for row in rows} == {"police"}
    assert added.out.strip() not in listed.out + json.dumps(rows)


def test_no_source_yet_is_said(daymark: Command) -> None:
    """The sentence names the command that adds one."""
    assert daymark("sources", "list").out == "No system has a token: `daymark sources add`.\n"


def test_the_people_file_is_taken_in_and_kept(daymark: Command, tmp_path: Path, home: Path) -> None:
    """Roles go into the log, names and addresses stay in the file; a changed end is a correction."""
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    first = daymark("people", "import", file)
    file.write_text(PEOPLE.replace("P-2,Bryn Howells", "P-3,Bryn Howells"))
    second = daymark("people", "import", file)
    file.write_text(PEOPLE.replace("head_of_service", "king"))
    third = daymark("people", "import", file)

    assert first.out == "2 people; 2 roles recorded, 0 known already, 0 changed.\n"
    assert second.out.splitlines()[0] == "2 people; 1 roles recorded, 1 known already, 0 changed."
    assert "not in the file any more, and still held: " in second.out
    assert third.code == 1
    assert "  line 2: look at: nobody is ever told as king: did you mean " in third.out
    assert (home / "people.csv").stat().st_mode & 0o077 == 0


def test_a_faulty_people_file_changes_nothing(daymark: Command, tmp_path: Path, home: Path) -> None:
    """It is refused whole, with the line; the file kept so far stays."""
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    daymark("people", "import", file)
    file.write_text(PEOPLE.replace("bryn@sample.example", "nowhere"))

    said = daymark("people", "import", file)

    assert said.code == 1
    assert said.err == "daymark: people.csv:3: email: not an address\n"
    assert (home / "people.csv").read_text() == PEOPLE


def test_a_file_is_imported_once(daymark: Command, tmp_path: Path) -> None:
    """Exact counts; a second time nothing is recorded; a bad line costs only itself."""
    lines = tmp_path / "facts.jsonl"
    event = {
        "specversion": "1.0",
        "type": "daymark.contact-received.v1",
        "source": "front-door",
        "id": "1",
        "subject": "CH-1",
        "time": "2026-11-02T09:00:00Z",
        "data": {"contact_ref": "C-1", "source": "2A"},
    }
    lines.write_text(json.dumps(event) + "\nnot json\n")

    first = daymark("import", lines)
    second = daymark("import", lines, "--json")

    assert (first.code, second.code) == (1, 1)
    assert "1 recorded, 0 known already, 0 corrected, 1 unreadable" in first.out
    assert "line 2: unreadable: " in first.out
    assert second.document()["duplicate"] == 1
    assert second.document()["unreadable"][0]["line"] == 2


def test_a_conference_across_christmas_shows_every_day_counted(
    daymark: Command, parts: Daymark
) -> None:
    """From the strategy meeting to the fifteenth working day, with each day left out and why."""
    daymark(
        *("record", "section-47-started", "CH-1", "enquiry_ref=E-1", "meeting_ref=M-1"),
        *("--on", "2015-12-11"),
    )
    show(parts)
    (key,) = [
        one["key"]
        for one in daymark("clocks", "CH-1", "--json").document()
        if one["timescale"] == "icpc-15wd"
    ]

    said = daymark("explain", key).out
    days = daymark("explain", key, "--json").document()["days"]

    assert [day["number"] for day in days if day["number"]] == list(range(1, 16))
    assert days[-1] == {
        "on": "2016-01-06", "number": 15, "why_not": None, "is_start": False, "is_due": True,
    }  # fmt: skip
    for words in ("Friday 25 December 2015", "Christmas Day", "Boxing Day", "New Year", "Saturday"):
        assert words in said


def test_the_board_is_made_again(daymark: Command, parts: Daymark) -> None:
    """Every row can be thrown away."""
    a_missing_child(daymark)
    show(parts)
    before = daymark("board").out

    said = daymark("rebuild", "projections")

    assert said.out == "The board is made again, up to position 2 of the log.\n"
    assert daymark("board").out == before


def test_the_doctor_looks_at_every_part(daymark: Command, tmp_path: Path) -> None:
    """Each setting with its source; each part well or with what to mend."""
    (tmp_path / "people.csv").write_text(PEOPLE)
    daymark("people", "import", tmp_path / "people.csv")

    said = daymark("doctor")
    told = daymark("doctor", "--json").document()

    found = {check["name"]: check for check in told["checks"]}
    assert said.code == 1
    assert "DAYMARK_HOME" in said.out
    assert found["keys"]["well"]
    assert found["log"]["said"] == "2 events in a file, each on the disk before its receipt"
    assert found["timescales"]["well"]
    assert "nobody holds " in found["people"]["said"]
    assert not found["mail"]["well"]
    assert "daymark up" in found["temporal"]["said"]


@pytest.mark.parametrize(
    ("setting", "value", "part"),
    [
        ("DAYMARK_SMTP", "127.0.0.1:1", "mail"),
        ("DAYMARK_TEMPORAL", "127.0.0.1:1", "temporal"),
        ("DAYMARK_OIDC_ISSUER", "http://127.0.0.1:1", "sign-in"),
        ("DAYMARK_TOKENS_ISSUER", "http://127.0.0.1:1", "sign-in"),
        ("DAYMARK_DATABASE", "postgresql://daymark@127.0.0.1:1/daymark", "log"),
        ("DAYMARK_VIEWS", "postgresql://daymark@127.0.0.1:1/daymark", "authority"),
        ("DAYMARK_VAULT", "postgresql://daymark@127.0.0.1:1/daymark", "log"),
    ],
)
def test_the_doctor_names_the_setting_of_what_does_not_answer(
    daymark: Command, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, part: str
) -> None:
    """Whoever reads it at two in the morning need not know which setting leads there."""
    monkeypatch.setenv(setting, value)
    if setting == "DAYMARK_OIDC_ISSUER":
        monkeypatch.setenv("DAYMARK_OIDC_CLIENT", "daymark")
        monkeypatch.setenv("DAYMARK_OIDC_SECRET", "not a real one")

    said = daymark("doctor", "--json")
    (found,) = (one for one in said.document()["checks"] if one["name"] == part)

    assert (said.code, found["well"]) == (1, False)
    assert setting in found["said"].rpartition(", or mend ")[2]


def test_the_doctor_says_once_what_many_parts_wait_for(
    daymark: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In a home in which nothing was made, one part says the mend and the others name that part."""
    monkeypatch.setenv("DAYMARK_HOME", str(tmp_path / "empty"))

    looked_at = daymark("doctor", "--json").document()["checks"]
    poorly = [one["said"] for one in looked_at if not one["well"]]
    waiting = "not looked at until what is said of keys is mended"

    assert poorly.count(waiting) > 3
    assert len(set(poorly)) == len(poorly) - poorly.count(waiting) + 1


def test_the_doctor_looks_at_what_sources_say_of_themselves(daymark: Command) -> None:
    """Whose silence nobody hears is named; one that has told of what is to come is to be mended."""
    live = ("source=live", "delivers=continuous", "states=visit-made", "times=happened")
    known = ("--authority", *live, "from_on=2026-01-05")
    ahead = ("--authority", "source=live", "complete_to=2062-01-05T02:00:00Z")

    def looked_at() -> tuple[bool, str]:
        found = daymark("doctor", "--json").document()["checks"]
        return next((one["well"], one["said"]) for one in found if one["name"] == "sources")

    first = looked_at()
    assert daymark("record", "source-registered", *known).code == 0
    named = looked_at()
    assert daymark("record", "feed-advanced", *ahead).code == 0
    well, said = looked_at()

    assert first == (True, "0 sources registered")
    assert named[0]
    assert "nobody is told when one of these falls silent: live (its registration" in named[1]
    assert not well
    assert "everything up to 5 January 2062 at 2am, which had not come yet" in said


def test_the_doctor_says_that_an_open_door_would_not_start(
    daymark: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a provider of sign-in the web starts on this machine only; with another address not at all."""
    well = daymark("doctor", "--json").document()["checks"]
    monkeypatch.setenv("DAYMARK_URL", "https://daymark.example")
    look = daymark("doctor", "--json").document()["checks"]
    before, after = (
        next(one for one in found if one["name"] == "sign-in") for found in (well, look)
    )

    assert (before["well"], after["well"]) == (True, False)
    assert "starts on this machine only" in before["said"]
    assert "set DAYMARK_OIDC_ISSUER" in after["said"]


@pytest.mark.parametrize(
    ("authority", "council", "said"),
    [
        ("343", "", "DAYMARK_COUNCIL is still at its default, so the pages are headed 343"),
        ("343", "Example Council", "headed Example Council"),
        ("sample", "", "headed as those of a made-up council"),
    ],
)
def test_the_doctor_asks_for_the_name_of_a_real_council(
    daymark: Command,
    monkeypatch: pytest.MonkeyPatch,
    authority: str,
    council: str,
    said: str,
) -> None:
    """Pages headed by a code would be taken for somebody else's; the made-up council needs no name."""
    monkeypatch.setenv("DAYMARK_AUTHORITY", authority)
    monkeypatch.setenv("DAYMARK_COUNCIL", council)
    told = daymark("doctor", "--json").document()
    (found,) = (check for check in told["checks"] if check["name"] == "council")

    assert found["well"] is ("DAYMARK_COUNCIL" not in said)
    assert said in found["said"]


def test_migrating_again_changes_nothing(daymark: Command) -> None:
    """It is safe to repeat at every start."""
    a_missing_child(daymark)

    assert daymark("migrate").code == 0
    assert len(daymark("clocks", "CH-1", "--json").document()) == 1


def test_a_local_policy_is_never_passed_over(
    daymark: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Local timescales that were set and not used would be the wrong law in silence."""
    a_missing_child(daymark)
    monkeypatch.setenv("DAYMARK_POLICY", str(tmp_path / "local"))
    missing = daymark("clocks", "CH-1")
    (tmp_path / "local" / "sample").mkdir(parents=True)
    empty = daymark("clocks", "CH-1")
    (tmp_path / "local" / "sample" / "missing.toml").touch()
    there = daymark("clocks", "CH-1")

    assert (missing.code, empty.code, there.code) == (1, 0, 1)
    assert "DAYMARK_POLICY: there is no folder" in missing.err
    assert "sample/settled.toml:1: there is no such file" in there.err


def test_a_taken_port_is_said_in_one_sentence(home: Path) -> None:
    """The web says who else may have its port, and ends with 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        said = run_process("web", home, DAYMARK_WEB=address)

    assert said.returncode == 1
    assert said.stderr == (
        f"daymark: the web cannot listen at {address} (Address already in use):"
        " end the program that does, or set DAYMARK_WEB\n"
    )


def test_a_process_without_what_it_needs_says_so(home: Path) -> None:
    """Run by hand, the mailbox and the worker need addresses that nothing has set."""
    mailbox, worker = run_process("mailbox", home), run_process("worker", home)

    assert (mailbox.returncode, worker.returncode) == (1, 1)
    assert mailbox.stderr.startswith("daymark: no smtp server is set (DAYMARK_SMTP)")
    assert worker.stderr.startswith("daymark: no smtp server is set (DAYMARK_SMTP)")


def run_process(name: str, home: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """What becomes of `daymark run NAME`."""
    cli = Path(__file__).parents[2] / "cli.py"
    return subprocess.run(
        [sys.executable, str(cli), "run", name],
        env=os.environ | {"DAYMARK_HOME": str(home)} | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_what_is_nobody_s_is_listed_and_handed_over(
    daymark: Command, parts: Daymark, tmp_path: Path
) -> None:
    """The queue with whoever keeps it, and a clock given to somebody for some days."""
    a_missing_child(daymark, hours=2)
    show(parts)
    nobody = daymark("unallocated")
    (tmp_path / "people.csv").write_text(PEOPLE)
    daymark("people", "import", tmp_path / "people.csv")
    show(parts)
    listed = daymark("unallocated", "--json")
    key = listed.document()["waiting"][0]["row"]["clock"]
    person = listed.document()["keepers"][0]
    given = (
        "--to",
        person,
        "--until",
        f"{datetime.now(UTC).date() + timedelta(days=2)}",
        "--by",
        person,
        "--reason",
        "workload",
    )

    assert nobody.code == 1
    assert "Nobody keeps this queue" in nobody.out
    assert f"in a queue kept by {person}" in daymark("board").out
    assert f"The queue is kept by {person}" in daymark("unallocated").out
    assert daymark("reassign", "unknown", *given).code == 1
    assert daymark("reassign", key, *given).out.startswith(f"Handed over: {person} answers for it")
    assert daymark("reassign", key, *given, "--json").document()["owner"] == person
    show(parts)
    assert daymark("unallocated", "--json").document()["waiting"] == []
