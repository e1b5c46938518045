"""A history as files: read back by other readers, and a changed byte found."""

import csv
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from domain.errors import Unavailable, UnreadableFile
from domain.permission import DAY_NOT_SHOWN
from formats.export import MANIFEST, Taken, as_csv, clock_cells, differences, export, in_one
from projections.history import history, judged
from tests.histories import CHILD, corrected, moment, source, told, withdrawn
from tests.projections.world import World

MISSING = "Fri 3 Apr 2026 18:00"
NOW = "Fri 10 Apr 2026 09:00"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A child is missing; one fact is corrected and one withdrawn."""
    folder = tmp_path / "installation"
    folder.mkdir()
    world = World(folder)
    began = told("missing-episode-started", MISSING, type="M")
    second = told(
        "missing-episode-started", "Sun 5 Apr 2026 09:00", missing_episode_ref="M-2", type="M"
    )
    third = told(
        "missing-episode-started",
        "Sat 4 Apr 2026 10:00",
        missing_episode_ref="#M-3 *not bold*",
        type="M",
    )
    world.record(source())
    world.record(began, second, third, at="Sun 5 Apr 2026 12:00")
    world.run_engine(CHILD, "Tue 7 Apr 2026 09:00")
    world.record(
        corrected(began, "Wed 8 Apr 2026 09:00", occurred_at="Fri 3 Apr 2026 17:00"),
        told("strategy-meeting-held", "Mon 6 Apr 2026", missing_episode_refs=["missing_episode-1"]),
        withdrawn(third, "Wed 8 Apr 2026 09:00"),
        at="Wed 8 Apr 2026 09:00",
    )
    yield world
    world.close()


def exported(world: World, **view: str) -> dict[str, bytes]:
    """The files of an export, under a view."""
    asked: Any = {name: moment(text) for name, text in view.items()}
    replay = history(world.log, world.stream(CHILD), authority=world.authority(), **asked)
    clocks = judged(world.log, replay, moment(NOW))
    return export(replay, clocks, Taken("P-9", moment(NOW), world.log.head(), "audit"))


def kept(files: dict[str, bytes], folder: Path) -> Path:
    """The files in a folder."""
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def test_every_file_tells_the_same_history(world: World) -> None:
    """What the document lists, the tables list too, in the same order."""
    files = exported(world)
    document = json.loads(files["history.json"])
    sentences = [one["sentence"] for one in document["events"]]
    keys = [one["key"] for one in document["clocks"]]
    for what, column, expected in (("events", 3, sentences), ("clocks", 4, keys)):
        lines = list(csv.reader(io.StringIO(files[f"{what}.csv"].decode("utf-8-sig"))))
        book = CalamineWorkbook.from_filelike(io.BytesIO(files[f"{what}.xlsx"]))

        assert [line[column] for line in lines[2:]] == expected
        assert book.get_sheet_by_index(0).to_python() == padded(lines)
    assert sentences
    assert keys
    assert ",6 April 2026," in files["events.csv"].decode()
    assert {one["withdrawn"] for one in document["events"]} == {True, False}


def test_the_hash_of_a_pack_stands_with_its_name_and_version(world: World) -> None:
    """A column each, in table and workbook, and in the manifest; a pack that is not at hand has none."""
    files, policy = exported(world), world.authority().policy
    heads, *rows = list(csv.reader(io.StringIO(files["clocks.csv"].decode("utf-8-sig"))))[1:]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(files["clocks.xlsx"])).get_sheet_by_index(0)
    manifest = json.loads(files[MANIFEST])
    replay = history(world.log, world.stream(CHILD), authority=world.authority())
    (one, *_) = judged(world.log, replay, moment(NOW))
    strange = replace(one, clock=one.clock._replace(pack="0" * 64))

    assert heads[-2:] == ["Pack name", "Pack version"]
    assert {tuple(row[-2:]) for row in rows} == {(policy.name, policy.version)}
    assert sheet.to_python()[1][-2:] == heads[-2:]
    assert (manifest["policy_name"], manifest["policy_version"]) == (policy.name, policy.version)
    assert clock_cells(strange, world.authority())[-2:] == ["", ""]


@pytest.mark.parametrize(
    ("words_to", "happened", "on"),
    [(None, DAY_NOT_SHOWN, None), (NOW, "6 April 2026", "2026-04-06")],
)
def test_a_sealed_day_is_in_the_files_of_who_may_read_it_alone(
    world: World, words_to: str | None, happened: str, on: str | None
) -> None:
    """That a child was born stands in every file; on which day only for who reads what is sealed."""
    at = "Wed 8 Apr 2026 10:00"
    world.record(told("child-born", "Mon 6 Apr 2026", date_of_birth="2026-04-06"), at=at)
    files = exported(world, **({"words_to": words_to} if words_to else {}))
    (event,) = [
        one for one in json.loads(files["history.json"])["events"] if one["name"] == "child-born"
    ]
    rows = csv.reader(io.StringIO(files["events.csv"].decode("utf-8-sig")))
    (row,) = [one for one in rows if event["sentence"] in one]

    assert row[1] == happened
    assert (event["occurred_at"], event["occurred_on"]) == (None, on)


@pytest.mark.parametrize(("words_to", "sealed"), [(MISSING, True), (NOW, False)])
def test_what_was_recorded_after_the_days_of_a_scope_stays_sealed(
    world: World, words_to: str, *, sealed: bool
) -> None:
    """However far the scope reaches otherwise; what is not sealed is never withheld."""
    born = told("child-born", "Mon 6 Apr 2026", date_of_birth="2026-04-06")
    world.record(born, at="Wed 8 Apr 2026 10:00")
    replay = history(
        world.log, world.stream(CHILD), authority=world.authority(), words_to=moment(words_to)
    )

    assert {one.sealed for one in replay.lines} == {False, sealed}
    assert [replay.seals(one.recorded) for one in replay.lines] == [
        one.sealed for one in replay.lines
    ]


def padded(lines: list[list[str]]) -> list[list[str]]:
    """Lines as long as the longest of them."""
    longest = max(map(len, lines))
    return [line + [""] * (longest - len(line)) for line in lines]


def test_every_file_says_who_took_it_when_and_why(world: World) -> None:
    """A table that was passed on alone still names who let it out; so does each page of paper."""
    files = exported(world)
    mark = "Taken by P-9, 10 April 2026 at 9am, for: audit or inspection"
    pages = PdfReader(io.BytesIO(files["history.pdf"])).pages

    for what in ("events", "clocks"):
        book = CalamineWorkbook.from_filelike(io.BytesIO(files[f"{what}.xlsx"]))
        first = next(csv.reader(io.StringIO(files[f"{what}.csv"].decode("utf-8-sig"))))
        assert first == [mark]
        assert book.get_sheet_by_index(0).to_python()[0][0] == mark
    for document in (files["history.json"], files[MANIFEST]):
        said = json.loads(document)
        assert (said["taken_by"], said["taken_at"], said["purpose"]) == (
            "P-9",
            "2026-04-10T08:00:00Z",
            "audit",
        )
    assert len(pages) > 1
    assert all(mark in page.extract_text() for page in pages)


def test_only_the_wanted_kinds_are_made_and_one_file_holds_them(world: World) -> None:
    """The manifest lists what is there, and the same files are the same ZIP file."""
    replay = history(world.log, world.stream(CHILD), authority=world.authority())
    taken = Taken("P-9", moment(NOW), world.log.head(), "audit")
    files = export(replay, (), taken, ("csv", "json"))
    kept_in_one = in_one(files, taken.at)

    assert {*files} == {"history.json", "events.csv", "clocks.csv", MANIFEST}
    assert json.loads(files[MANIFEST])["files"].keys() == files.keys() - {MANIFEST}
    with zipfile.ZipFile(io.BytesIO(kept_in_one)) as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == files
    assert in_one(files, taken.at) == kept_in_one


def test_the_paper_is_tagged_and_speaks_british_english(world: World) -> None:
    """A screen reader finds a structure, a language and a title; no text was read as markup."""
    reader = PdfReader(io.BytesIO(exported(world)["history.pdf"]))
    root: Any = reader.trailer["/Root"]
    text = "".join(page.extract_text() for page in reader.pages)

    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert reader.metadata.title == f"History of {CHILD}"
    assert "Taken by P-9" in text
    assert "withdrawn" in text


def test_the_manifest_says_what_was_taken_by_whom_and_as_known_when(world: World) -> None:
    """Position, moments, who, when, and the hashes of pack and calendar."""
    files = exported(world, as_of="Tue 7 Apr 2026 09:00", known_at="Tue 7 Apr 2026 10:00")
    manifest = json.loads(files[MANIFEST])
    paper = PdfReader(io.BytesIO(files["history.pdf"])).pages[0].extract_text()

    assert manifest["files"].keys() == files.keys() - {MANIFEST}
    assert manifest["taken_by"] == "P-9"
    assert manifest["taken_at"] == "2026-04-10T08:00:00Z"
    assert manifest["as_of"] == "2026-04-07T08:00:00Z"
    assert manifest["known_at"] == "2026-04-07T09:00:00Z"
    assert manifest["log_position"] == world.log.head()
    assert manifest["left_out"] == 3
    assert manifest["policy_sha256"] == world.authority().policy.sha256
    assert manifest["calendar_sha256"] == world.authority().calendar.sha256
    assert "3 left out" in paper


def test_the_same_history_is_the_same_paper_and_the_same_document(world: World) -> None:
    """What was taken of the same log by the same person at the same time is equal."""
    first, second = exported(world), exported(world)

    assert first["history.json"] == second["history.json"]
    assert first["events.csv"] == second["events.csv"]


@pytest.mark.parametrize("name", ["history.json", "events.csv", "clocks.xlsx", "history.pdf"])
def test_one_changed_byte_is_found(world: World, tmp_path: Path, name: str) -> None:
    """Nothing differs until a byte of a file does, and then just that file is named."""
    folder = kept(exported(world), tmp_path / "taken")
    untouched = differences(folder)
    changed = bytearray((folder / name).read_bytes())
    changed[len(changed) // 2] ^= 1
    (folder / name).write_bytes(changed)

    assert untouched == []
    assert differences(folder) == [f"{name} is not as it was exported."]


def test_a_file_too_many_and_a_file_too_few_are_found(world: World, tmp_path: Path) -> None:
    """The manifest lists every file, and only those."""
    folder = kept(exported(world), tmp_path / "taken")
    (folder / "clocks.csv").rename(folder / "copy.csv")

    assert differences(folder) == ["copy.csv is not in the manifest.", "clocks.csv is missing."]


@pytest.mark.parametrize("content", ["{", "{}", "[]", '{"files": []}'])
def test_what_is_no_manifest_is_said_to_be_none(tmp_path: Path, content: str) -> None:
    """A folder with another manifest is not taken for an export."""
    (tmp_path / MANIFEST).write_text(content)

    with pytest.raises(UnreadableFile, match="not the manifest of an export"):
        differences(tmp_path)


def test_no_cell_is_a_formula() -> None:
    """A spreadsheet shows what was typed and runs none of it."""
    assert as_csv([["=1+1", "@x", "plain"]]).decode("utf-8-sig") == "'=1+1,'@x,plain\r\n"


def test_without_the_printer_one_sentence_says_what_to_install(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The extra that prints may be missing."""
    monkeypatch.setitem(sys.modules, "typst", None)

    with pytest.raises(Unavailable, match="pdf extra"):
        exported(world)
