"""XML that means harm, or is merely broken, is refused in one sentence."""

from pathlib import Path

import pytest

from domain.errors import UnreadableFile
from formats import xml_stream
from formats.xml_stream import Utf8, elements, local_name, safe_encoding
from tests.formats.returns import written

WHOLE = frozenset({"Child"})


def read(path: Path) -> list[str]:
    """The words of every child of a file."""
    encoding = safe_encoding(path)
    with path.open("rb") as file:
        return ["".join(one.itertext()) for one in elements(Utf8(file, encoding), WHOLE)]


BOMB = (
    '<!DOCTYPE a [<!ENTITY l0 "ha">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    + "]><Message><Child>&l11;</Child></Message>"
)


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><Child>&x;</Child></a>',
        '<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd"><a><Child>x</Child></a>',
        '<?xml version="1.0"?><!-- a --><!DOCTYPE a><a><Child>x</Child></a>',
        BOMB,
        BOMB.replace("<Child>&l11;", '<Child a="&l11;">'),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_document_type_is_refused_unread(tmp_path: Path, text: str, encoding: str) -> None:
    """No return needs a DOCTYPE, so no entity is ever declared, fetched or expanded."""
    with pytest.raises(UnreadableFile, match="DOCTYPE"):
        read(written(tmp_path, text.encode(encoding)))


def test_a_document_type_is_seen_across_two_reads(tmp_path: Path) -> None:
    """It cannot hide where one portion of the file ends and the next begins."""
    for before in range(xml_stream.CHUNK - 10, xml_stream.CHUNK + 1):
        path = written(tmp_path, " " * before + "<!DOCTYPE a><a/>")
        with pytest.raises(UnreadableFile, match="DOCTYPE"):
            safe_encoding(path)


def test_a_declared_encoding_cannot_hide_anything(tmp_path: Path) -> None:
    """How the bytes are read is seen from the bytes, not believed."""
    text = '<?xml version="1.0" encoding="utf-7"?><a><Child>+ADwAIQ-</Child></a>'

    assert read(written(tmp_path, text)) == ["+ADwAIQ-"]


@pytest.mark.parametrize(
    "content",
    [
        "<a><Child>caf\u00e9 \u2019</Child></a>".encode(),
        "<a><Child>caf\u00e9 \u2019</Child></a>".encode("utf-8-sig"),
        "<a><Child>caf\u00e9 \u2019</Child></a>".encode("windows-1252"),
        "<a><Child>caf\u00e9 \u2019</Child></a>".encode("utf-16"),
        '<?xml version="1.0" encoding="UTF-8"?><a><Child>caf\u00e9 \u2019</Child></a>'.encode(
            "windows-1252"
        ),
        '<?xml version="1.0"?>\r\n<a>\r\n<Child>caf\u00e9 \u2019</Child></a>'.encode(),
    ],
)
def test_every_encoding_met_is_read(tmp_path: Path, content: bytes) -> None:
    """UTF-8 with a mark or without, Windows-1252 whatever it calls itself, UTF-16."""
    assert read(written(tmp_path, content)) == ["caf\u00e9 \u2019"]


def test_a_byte_without_a_meaning_is_marked(tmp_path: Path) -> None:
    """One impossible byte does not cost the whole return."""
    assert read(written(tmp_path, b"<a><Child>x\x81\xff</Child></a>")) == ["x\ufffd\u00ff"]


@pytest.mark.parametrize(
    "text",
    ["", "   ", "words", "<a>", "<a><Child></a>", "<a>&nbsp;</a>", "<a>\x01</a>", "<a/><b/>"],
)
def test_what_is_not_well_formed_is_refused(tmp_path: Path, text: str) -> None:
    """A broken file is refused with the line."""
    with pytest.raises(UnreadableFile, match=r"line \d+: the file is not well-formed XML"):
        read(written(tmp_path, text))


def test_a_giant_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file beyond the limit, or one text of many megabytes, is not held in memory."""
    path = written(tmp_path, "<a><Child>" + "x" * 11_000_000 + "</Child></a>")
    with pytest.raises(UnreadableFile, match="well-formed"):
        read(path)
    monkeypatch.setattr(xml_stream, "LARGEST_FILE", 10_000_000)
    with pytest.raises(UnreadableFile, match="larger than"):
        read(path)


def test_depth_and_breadth_have_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Elements within elements without end are refused, and so is one child without end."""
    with pytest.raises(UnreadableFile, match="line 1: elements nested"):
        read(written(tmp_path, "<a>" * 40 + "</a>" * 40))
    monkeypatch.setattr(xml_stream, "MOST_ELEMENTS", 50)
    with pytest.raises(UnreadableFile, match="elements in one child"):
        read(written(tmp_path, "<a><Child>" + "<b/>" * 60 + "</Child></a>"))

    many = "<a>" + "<Child><b/></Child>" * 200 + "<other/>" * 200 + "</a>"
    assert len(read(written(tmp_path, many))) == 200


def test_only_whole_children_are_given(tmp_path: Path) -> None:
    """One inside another is a part of it, and a namespace changes no name."""
    text = '<m:a xmlns:m="urn:x"><m:Child>1<m:Child>2</m:Child></m:Child><!-- 3 --></m:a>'
    path = written(tmp_path, text)

    assert read(path) == ["12"]
    with path.open("rb") as file:
        assert [local_name(one) for one in elements(Utf8(file, "utf-8"), WHOLE)] == ["Child"]


def test_the_reader_gives_as_much_as_is_asked(tmp_path: Path) -> None:
    """All that is ready without a size, then nothing at the end."""
    with written(tmp_path, "abc").open("rb") as file:
        source = Utf8(file, "utf-8")

        assert source.read(2) == b"ab"
        assert source.read() == b"c"
        assert source.read() == b""
