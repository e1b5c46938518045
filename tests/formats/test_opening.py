"""Which format a file is, and what is known of it before it is imported."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from domain.errors import UnreadableFile
from formats.opening import format_of, open_file
from formats.source_file import EventFile, StatementFile, Told
from formats.statement import Noted
from tests.formats.returns import census, written
from tests.formats.test_json_lines import line
from tests.formats.test_people import ANN, TOP

NOW = datetime(2026, 4, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (census().encode(), "cin-census"),
        (b'<?xml version="1.0"?>' + census().encode(), "cin-census"),
        (b"<!-- ours -->" + census().encode(), "cin-census"),
        (b'<m:Message xmlns:m="urn:x"/>', "cin-census"),
        (census().encode("utf-16"), "cin-census"),
        (b"\xef\xbb\xbf\r\n" + line(1), "json-lines"),
        (f"{TOP}\n{ANN}".encode(), "people"),
        (f'"name","person_ref"\n{ANN}'.encode("utf-8-sig"), "people"),
    ],
)
def test_a_format_is_seen_from_the_content(tmp_path: Path, content: bytes, name: str) -> None:
    """Whatever the file is called."""
    assert format_of(written(tmp_path, content, "file.txt")) == name


@pytest.mark.parametrize("content", [b"", b"\x00", b"PK\x03\x04", b"[1]", b"<html/>", b"a,b\n1,2"])
def test_another_format_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    """The sentence says what can be read."""
    with pytest.raises(
        UnreadableFile, match=r"file.txt is of no format .*: json-lines, cin-census"
    ):
        open_file(written(tmp_path, content, "file.txt"), "343")


def test_a_return_says_who_speaks_and_of_when(tmp_path: Path) -> None:
    """Source, period, hour and what it can state, before anything is recorded."""
    file = open_file(written(tmp_path, census()), "343")

    assert isinstance(file, StatementFile)
    assert (file.format, file.source, file.delivers) == (
        "cin-census",
        "/files/cin-census/343",
        "batch",
    )
    assert file.period == (date(2025, 4, 1), date(2026, 3, 31))
    assert file.extracted_at == datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert "conference-held" in file.states
    assert open_file(written(tmp_path, census()), "343", source="mine").source == "mine"


def test_events_may_be_held_to_one_source(tmp_path: Path) -> None:
    """Where a source is named, another one's events are refused by line."""
    path = written(tmp_path, line(1) + b"\n{broken\n" + line(3).replace(b"/case", b"/other"))
    free = open_file(path, "343")
    held = open_file(path, "343", source="/case-system/343")

    assert isinstance(free, EventFile)
    assert [type(item) for item in free.items] == [Told, Noted, Told]
    assert [type(item) for item in held.items] == [Told, Noted, Noted]
    assert held.place.read == path.stat().st_size


def test_a_people_file_is_made_at_a_moment(tmp_path: Path) -> None:
    """It does not say when, so whoever brings it does."""
    path = written(tmp_path, f"{TOP}\n{ANN}", "people.csv")
    with pytest.raises(UnreadableFile, match="--as-at"):
        open_file(path, "343")

    assert open_file(path, "343", as_at=NOW).extracted_at == NOW


def test_a_format_may_be_given(tmp_path: Path) -> None:
    """A given format is taken at its word, and must be one there is."""
    path = written(tmp_path, line(1))
    with pytest.raises(UnreadableFile, match="no format is called xlsx: there are json-lines"):
        open_file(path, "343", format="xlsx")
    with pytest.raises(UnreadableFile, match="well-formed"):
        open_file(path, "343", format="cin-census")

    assert open_file(path, "343", format="json-lines").format == "json-lines"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A folder or nothing at all."""
    for path in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(UnreadableFile, match="there is no file"):
            open_file(path, "343")


@pytest.mark.parametrize("source", ["", "x" * 201, "two\nlines"])
def test_a_source_is_a_word(tmp_path: Path, source: str) -> None:
    """What no event could carry is refused before the file is read."""
    with pytest.raises(UnreadableFile, match="a source is named in 1 to 200"):
        open_file(written(tmp_path, census()), "343", source=source)
