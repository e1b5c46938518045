"""Several authorities served by one set of processes: nothing of one is ever another's."""

from contextlib import closing
from pathlib import Path

import pytest

from assembly import assemble
from domain.errors import Unavailable
from projections import board
from settings import read_settings
from tests.histories import moment
from tests.processes.conftest import Command, judge, show

PEOPLE = """\
person_ref,name,email,role,team_ref,from_on,to_on,covers
P-09,{name},{name}@{code}.example,{role},,2012-01-02,,
"""
BOTH = {"north": ("ada", "head_of_service"), "south": ("bea", "service_manager")}


@pytest.fixture
def both(
    daymark: Command, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """Two authorities with the same child and person references, sources and ids; each its token."""
    assert home.is_dir()
    monkeypatch.setenv("DAYMARK_AUTHORITIES", "north, south")
    tokens = {}
    for code, (name, role) in BOTH.items():
        monkeypatch.setenv("DAYMARK_AUTHORITY", code)
        file = tmp_path / f"{code}.csv"
        file.write_text(PEOPLE.format(name=name, code=code, role=role))
        assert daymark("people", "import", file).code == 0
        tokens[code] = daymark("sources", "add", "case-system").out
    for code, day in (("north", "10"), ("south", "12")):
        monkeypatch.setenv("DAYMARK_AUTHORITY", code)
        said = daymark(
            "record", "missing-episode-started", "CH-1", "type=M", "missing_episode_ref=m-1",
            "missing_from=home", "care_status=own",
            "--at", f"2026-03-{day}T09:00:00Z", "--id", "1",
        )  # fmt: skip
        assert said.code == 0
        with closing(assemble(read_settings())) as parts:
            judge(parts, "CH-1")
    with closing(assemble(read_settings())) as parts:
        show(parts)
    return tokens


def test_the_same_reference_of_a_person_is_another_person(
    both: dict[str, str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P-09 of the one is never written to about a child of the other, whoever runs the worker."""
    assert both
    monkeypatch.setenv("DAYMARK_AUTHORITY", "north")
    with closing(assemble(read_settings())) as parts:
        assert parts.people_of("north")["P-09"].email == "ada@north.example"
        assert parts.people_of("south")["P-09"].email == "bea@south.example"
        assert parts.people["P-09"].name == "ada"
        assert dict(parts.people_of("west")) == {}
    assert (home / "people.csv").read_text().count("ada@north.example") == 1
    assert "ada" not in (home / "people" / "south.csv").read_text()


def test_boards_histories_and_roles_are_apart(
    both: dict[str, str], daymark: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same reference and the same id under two authorities are two children with two days."""
    assert both
    seen, histories = {}, {}
    for code in BOTH:
        monkeypatch.setenv("DAYMARK_AUTHORITY", code)
        with closing(assemble(read_settings())) as parts:
            rows, _ = board.rows(
                parts.views, code, moment("Mon 4 Jan 2027 09:00"), status="unobservable"
            )
            roles = {one.role for one in parts.authority(code).assignments}
            seen[code] = {row.stream for row in rows}, {row.started_at.day for row in rows}, roles
            assert {row.authority for row in rows} == {code}
        histories[code] = daymark("history", "CH-1").out

    assert seen["north"][0].isdisjoint(seen["south"][0])
    assert (seen["north"][1], seen["south"][1]) == ({10}, {12})
    assert (seen["north"][2], seen["south"][2]) == ({"head_of_service"}, {"service_manager"})
    assert "12 March" not in histories["north"]
    assert "10 March" not in histories["south"]


def test_each_is_judged_by_its_own_pack_and_switches(
    both: dict[str, str], daymark: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A timescale settled by the one, and a rule it put in shadow, are the other's as they were."""
    assert both
    folder = home / "policy" / "north"
    folder.mkdir(parents=True)
    (folder / "settled.toml").write_text(
        'name = "north"\nversion = "1"\nfrom = 2016-04-01\n\n[settled.cp-visit]\namount = 20\n'
    )
    monkeypatch.setenv("DAYMARK_AUTHORITY", "north")
    daymark("golive", "off", "all", "--by", "P-09", "--reason", "first we compare")
    with closing(assemble(read_settings())) as parts:
        north, south = parts.authority("north"), parts.authority("south")

    assert north.policy.timescale("cp-visit").amount == 20
    assert south.policy.timescale("cp-visit").amount == 10
    assert len(north.going_live.decisions) == 1
    assert south.going_live.decisions == ()


def test_each_token_is_of_one_authority(both: dict[str, str]) -> None:
    """The same name of a source has a token in each, and neither opens the other's door."""
    with closing(assemble(read_settings())) as parts:
        held = {row.authority for row in parts.tokens.list() if row.source == "case-system"}

    assert held == {"north", "south"}
    assert both["north"] != both["south"]


def test_an_authority_that_is_not_served_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process of an authority outside the list, or a code that is none, does not start."""
    assert home.is_dir()
    monkeypatch.setenv("DAYMARK_AUTHORITIES", "north,south")
    monkeypatch.setenv("DAYMARK_AUTHORITY", "west")
    with pytest.raises(Unavailable, match="not among DAYMARK_AUTHORITIES"):
        read_settings()
    monkeypatch.setenv("DAYMARK_AUTHORITIES", "north/../south")
    with pytest.raises(Unavailable, match="commas"):
        read_settings()
