"""Settling and adopting: the form as a file, the authority's own pack, and what each command says."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from assembly import Daymark, assemble
from domain.errors import Refused
from domain.facts.authority import CalendarAdopted, PolicyAdopted
from formats.policy_folder import PolicyFolder, shipped_calendar_text
from settings import read_settings
from tests.processes.conftest import Command
from tests.spec.school import TERMS

FORM = 'name = "sample"\nversion = "1"\nfrom = 2016-04-01\n\n[settled.cp-visit]\namount = 20\n'
PEOPLE = """\
person_ref,name,email,role,team_ref,from_on,to_on,covers
p-1,Ada Moss,ada@example.org,head_of_service,,2012-01-02,,
"""
BEFORE, FIRST, SECOND = date(2016, 3, 31), date(2016, 4, 1), date(2017, 4, 1)
BY = ("--by", "p-1", "--reason", "agreed by the board on 4 May")


@pytest.fixture
def own(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the authority's own timescales, with a form in it."""
    assert home.is_dir()
    folder = tmp_path / "local" / "sample"
    folder.mkdir(parents=True)
    (folder / "settled.toml").write_text(FORM)
    monkeypatch.setenv("DAYMARK_POLICY", str(tmp_path / "local"))
    return folder


@pytest.fixture
def ada(daymark: Command, tmp_path: Path) -> str:
    """Somebody who holds a role here."""
    people = tmp_path / "people.csv"
    people.write_text(PEOPLE)
    assert daymark("people", "import", people).code == 0
    return "p-1"


def adopted(parts: Daymark) -> list[object]:
    """What the authority's own stream says of packs and calendars."""
    stream = parts.log.stream("sample", "authority", "sample")
    said = (one.event.said for one in parts.log.history(stream))
    return [one for one in said if isinstance(one, PolicyAdopted | CalendarAdopted)]


def test_the_form_is_written_filled_in_and_looked_at(daymark: Command, tmp_path: Path) -> None:
    """What `settle --form` writes can be filled in, and `settle FILE` says what it would change."""
    written = daymark("settle", "--form")
    filled = tmp_path / "filled.toml"
    filled.write_text(written.out.replace("# amount = 10\n# Does", "amount = 12\n# Does"))
    said, told = daymark("settle", filled), daymark("settle", filled, "--json").document()
    empty = tmp_path / "empty.toml"
    empty.write_text(written.out)

    assert written.out.count("; the default is") == 48
    assert "cp-visit" in said.out
    assert "10 (default)     12" in said.out
    assert told["unsettled"] == 47
    assert {"rule": "cp-visit", "what": "amount", "was": "10 (default)", "now": "12"} in told[
        "changes"
    ]
    assert "It would change nothing." in daymark("settle", empty).out
    assert daymark("settle").code == 2
    assert daymark("settle", filled, "--form").code == 2


def test_settle_says_which_warnings_a_shorter_answer_takes_away(
    daymark: Command, own: Path, tmp_path: Path
) -> None:
    """Before anything is adopted; once it is in use, `doctor` lists the rules nobody is warned of."""
    shorter = tmp_path / "shorter.toml"
    shorter.write_text(FORM.replace("cp-visit", "missing-strategy-72h").replace("20", "24"))
    said, told = daymark("settle", shorter), daymark("settle", shorter, "--json").document()
    before = daymark("doctor", "--json").document()
    (own / "settled.toml").write_text(shorter.read_text())
    after, listed = daymark("doctor", "--json").document(), daymark("doctor", "--unsettled")

    assert "missing-strategy-72h allows 24 hours, so its warnings 24 hours after" in said.out
    assert [one.split()[0] for one in told["warnings_lost"]] == ["missing-strategy-72h"]
    assert before["never_warned"] == []
    assert [one["rule"] for one in after["never_warned"]] == ["missing-strategy-72h"]
    assert "Never warned of" in listed.out


def test_a_wrong_form_is_refused_with_its_line(daymark: Command, tmp_path: Path) -> None:
    """The file is named as it was given."""
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(FORM.replace("amount = 20", 'amount = "4 weeks"'))
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    said = daymark("settle", wrong)

    assert said.code == 1
    assert f"{wrong}:6: cp-visit.amount: it is counted in working days" in said.err
    assert "binary.toml:1: it is not text in UTF-8" in daymark("settle", binary).err


def test_a_bad_pack_stops_everything_before_it_starts(daymark: Command, own: Path) -> None:
    """Neither the whole nor one process starts, the board is empty, and the sentence says where to look."""
    (own / "settled.toml").write_text(FORM.replace("cp-visit", "cp-vist"))

    for words in (("up",), ("run", "worker"), ("board",)):
        said = daymark(*words)
        assert said.code == 1
        shown = said.out if words == ("board",) else said.err
        assert "sample/settled.toml:5: cp-vist is not a rule: did you mean cp-visit?" in shown


def test_without_an_adoption_the_overlay_governs_everything(own: Path, parts: Daymark) -> None:
    """As long as nothing is adopted, the pack in the folder judges whatever starts."""
    assert own.is_dir()
    assert parts.authority().policy.timescale("cp-visit").amount == 20
    assert parts.authority().policy.name == "sample"


def test_a_pack_is_adopted_by_whom_when_and_why(
    daymark: Command, own: Path, ada: str, parts: Daymark
) -> None:
    """It stands in the authority's stream, governs from its first day on, and a copy is kept."""
    said = daymark("adopt", "policy", *BY)
    again = daymark("adopt", "policy", *BY)
    (fact,) = adopted(parts)

    assert said.code == 0
    assert "sample 1 governs what starts from 1 April 2016: recorded. 47 questions" in said.out
    assert (again.code, "from 1 April 2016 sample 1 governs already" in again.err) == (1, True)
    assert isinstance(fact, PolicyAdopted)
    assert (fact.pack, fact.version, str(fact.from_on)) == ("sample", "1", "2016-04-01")
    assert fact.reason == "agreed by the board on 4 May"
    stream = parts.log.stream("sample", "authority", "sample")
    assert parts.log.history(stream)[-1].event.by == ada
    assert (own / "1" / "settled.toml").read_text() == FORM
    assert (own / "1" / "national" / "missing.toml").is_file()
    assert "47 of 48 questions at their default" in daymark("doctor").out


def test_a_later_pack_governs_later_starts(
    daymark: Command, own: Path, ada: str, parts: Daymark
) -> None:
    """Each version is kept, and a clock is judged by the one in force when it started."""
    assert ada
    assert daymark("adopt", "policy", *BY).code == 0
    assert parts.authority().policy_on(FIRST).version == "1"
    (own / "settled.toml").write_text(
        FORM.replace('"1"', '"2"').replace("2016", "2017").replace("20\n", "15\n")
    )
    waiting = daymark("doctor").out
    assert daymark("adopt", "policy", *BY).code == 0

    # A process that runs already finds the new pack in the folder.
    where = parts.authority()
    assert "sample 2 lies in" in waiting
    assert [where.policy_on(day).version for day in (BEFORE, FIRST, SECOND)] == ["2026.1", "1", "2"]
    assert where.policy_on(FIRST).timescale("cp-visit").amount == 20
    assert where.policy_on(SECOND).timescale("cp-visit").amount == 15


def test_two_packs_are_never_in_force_over_the_same_days(
    daymark: Command, own: Path, ada: str
) -> None:
    """Another pack from the same day is refused, in the folder and by the command."""
    assert ada
    assert daymark("adopt", "policy", *BY).code == 0
    changed = FORM.replace("20\n", "15\n")
    (own / "settled.toml").write_text(changed)
    same_version = daymark("adopt", "policy", *BY)
    (own / "settled.toml").write_text(changed.replace('"1"', '"2"'))
    same_day = daymark("adopt", "policy", *BY)
    (own / "settled.toml").write_text(changed.replace('"1"', '"2"').replace("2016", "2018"))
    again_same_day = daymark("adopt", "policy", *BY, "--from", "2016-04-01")

    assert [one.code for one in (same_version, same_day, again_same_day)] == [1, 1, 1]
    assert "version 1 lies in sample/1/settled.toml with other content" in same_version.err
    assert "would be in force over the same days" in same_day.err
    assert "from 1 April 2016 sample 1 governs already" in again_same_day.err


def test_what_was_adopted_and_is_gone_is_said_with_the_mend(
    daymark: Command, own: Path, ada: str
) -> None:
    """No other pack judges in its place."""
    assert ada
    assert daymark("adopt", "policy", *BY).code == 0
    for one in sorted((own / "1").rglob("*"), reverse=True):
        one.unlink() if one.is_file() else one.rmdir()
    (own / "settled.toml").write_text(FORM.replace('"1"', '"2"').replace("2016", "2017"))
    said = daymark("board")

    told = daymark("board", "--json")

    assert said.code == told.code == 1
    assert said.out.startswith(
        "Do not rely on this board. Nothing can be judged: the pack sample 1 ("
    )
    assert "put its files back" in said.out
    assert "policy" in {doubt["kind"] for doubt in told.document()["doubts"]}
    assert "Nothing can be judged: the pack sample 1 (" in daymark("doctor").out
    assert "put its files back" in daymark("doctor").out
    assert daymark("doctor", "--json").document()["unsettled"] == []


def test_the_shipped_pack_can_be_adopted_and_is_kept_too(
    daymark: Command, ada: str, home: Path, parts: Daymark
) -> None:
    """A later release with other rules leaves what runs under this one alone."""
    assert ada
    said = daymark("adopt", "policy", *BY, "--from", "2012-01-02")

    assert said.code == 0
    assert (home / "policy" / "sample" / "2026.1" / "national" / "missing.toml").is_file()
    assert parts.authority().policy.sha256 == parts.policy.sha256
    assert daymark("adopt", "policy", *BY).code == 0


def test_a_calendar_is_adopted(
    daymark: Command, ada: str, home: Path, tmp_path: Path, parts: Daymark
) -> None:
    """The shipped one, or a file; it is kept, and the same one twice is refused."""
    assert ada
    said, again = daymark("adopt", "calendar", *BY), daymark("adopt", "calendar", *BY)
    late = tmp_path / "late.csv"
    late.write_text(with_another_day(shipped_calendar_text()))
    newer = daymark("adopt", "calendar", late, *BY, "--json").document()

    assert said.out == "england-working-days counts until 26 December 2028: recorded.\n"
    assert "is in use already" in again.err
    assert newer["result"] == "recorded"
    assert len(list((home / "policy" / "calendars").glob("*.csv"))) == 2
    assert parts.authority().calendar.sha256 == newer["sha256"]
    assert len(adopted(parts)) == 2


def test_school_terms_are_adopted_like_a_calendar(
    daymark: Command, ada: str, own: Path, tmp_path: Path, parts: Daymark
) -> None:
    """Until then doctor says what is missing; a bank holiday left open and the same table are refused."""
    assert ada
    (own / "settled.toml").write_text(FORM + "\n[switched]\ncme-10-school-days = true\n")
    before = daymark("doctor").out
    table, open_day = tmp_path / "terms.csv", tmp_path / "open.csv"
    table.write_text(TERMS)
    open_day.write_text(TERMS.replace("closed,2025-05-05,,Early May bank holiday\n", ""))
    refused = daymark("adopt", "calendar", open_day, *BY).err
    said, again = (daymark("adopt", "calendar", table, *BY) for _ in range(2))
    after = daymark("doctor", "--json").document()

    assert "no school terms are adopted, so these rules in use cannot be counted: " in before
    assert "(cme-10-school-days)" in before
    assert (
        "5 May 2025 (Early May bank holiday) lies in a term: add the line closed,2025-05-05,,"
        in (refused)
    )
    assert said.out == "sefton-school-terms counts until 31 July 2026: recorded.\n"
    assert "is in use already" in again.err
    assert "cme-10-school-days" not in {one["rule"] for one in after["off"]}
    assert "school terms end on 31 July 2026" in next(
        one["said"] for one in after["checks"] if one["name"] == "calendar"
    )
    assert parts.authority().school_terms[0].calendar.source.startswith("the school terms 2024/25")


def with_another_day(text: str) -> str:
    """The calendar with one more bank holiday, hashed again."""
    head, _, body = text.partition("\n\n")
    body += "2028-12-27,Extra bank holiday\n"
    old = next(line for line in head.splitlines() if line.startswith("sha256,"))
    new = f"sha256,{hashlib.sha256(body.encode()).hexdigest()}"
    return f"{head.replace(old, new)}\n\n{body}"


def test_the_doctor_looks_at_what_a_real_authority_never_adopted(
    daymark: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Otherwise a release could change what is asked of clocks that run, and no fact would say why."""
    monkeypatch.setenv("DAYMARK_AUTHORITY", "343")
    people = tmp_path / "people.csv"
    people.write_text(PEOPLE)
    assert daymark("people", "import", people).code == 0

    def looked_at() -> list[tuple[bool, str]]:
        found = daymark("doctor", "--json").document()["checks"]
        named = {one["name"]: (one["well"], one["said"]) for one in found}
        return [named["timescales"], named["calendar"]]

    before = looked_at()
    for what in ("policy", "calendar"):
        assert daymark("adopt", what, *BY).code == 0
    after = looked_at()

    assert [well for well, _ in before] == [False, False]
    assert all("was never adopted, so a newer release could change" in said for _, said in before)
    assert [well for well, _ in after] == [True, True]


def test_only_somebody_with_a_role_here_adopts(daymark: Command) -> None:
    """An adoption without a person behind it would be nobody's decision."""
    for what in ("policy", "calendar"):
        said = daymark("adopt", what, "--by", "nobody", "--reason", "why not")
        assert said.code == 1
        assert "nobody who holds a role here today has the reference nobody" in said.err


def test_the_doctor_lists_what_is_unsettled_and_what_is_off(daymark: Command) -> None:
    """Each question with its default and meaning, each rule with the reason."""
    said, told = daymark("doctor", "--unsettled").out, daymark("doctor", "--json").document()

    assert "cp-visit" in said
    assert "optional: an authority may switch it on" in said
    assert len(told["unsettled"]) == 48
    assert {one["rule"] for one in told["off"]} >= {"cin-visit", "cme-10-school-days"}
    assert any(one["changes_nothing_because"] for one in told["unsettled"])


def test_the_doctor_does_not_call_settled_what_cannot_be_read(daymark: Command, own: Path) -> None:
    """A pack with a fault is no pack without a question."""
    (own / "settled.toml").write_text("this is no form")
    said = daymark("doctor", "--unsettled")

    assert said.code == 1
    assert said.out.startswith("Not known: the timescales cannot be read; `daymark doctor` says")
    assert "Everything is settled" not in said.out


def test_a_folder_that_is_set_must_be_there(
    daymark: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Local timescales that were set and not used would be the wrong law in silence."""
    monkeypatch.setenv("DAYMARK_POLICY", str(tmp_path / "nowhere"))
    said = daymark("board")

    assert said.code == 1
    assert "DAYMARK_POLICY: there is no folder" in said.err


def test_a_copy_half_made_is_made_again(own: Path) -> None:
    """What a stopped command left behind is no version, and does not stand in the way."""
    (own / ".1" / "national").mkdir(parents=True)
    folder = PolicyFolder("sample", own.parent)

    assert dict(folder.versions) == {}
    assert folder.keep(folder.policy) == own / "1"
    assert list(PolicyFolder("sample", own.parent).versions) == ["1"]


def test_what_is_adopted_is_read_only_when_it_is_asked_for(own: Path) -> None:
    """A shelf knows every hash at once."""
    folder = PolicyFolder("sample", own.parent)

    assert len(folder.law.policies) == 2
    assert set(folder.law.policies) >= {folder.policy.sha256}
    assert assemble(read_settings()).policy.sha256 == folder.policy.sha256


def test_a_version_kept_over_other_national_rules_is_not_kept_again(own: Path) -> None:
    """Where a release has changed the national rules beneath it, a pack needs a version of its own."""
    folder = PolicyFolder("sample", own.parent)
    assert folder.keep(folder.policy) is not None
    rules = own / "1" / "national" / "missing.toml"
    rules.write_text(rules.read_text().replace("amount = 72", "amount = 71"))
    later = PolicyFolder("sample", own.parent)

    assert later.policy.sha256 == folder.policy.sha256
    with pytest.raises(Refused, match=r"version 1 is kept in .* with other content"):
        later.keep(later.policy)
