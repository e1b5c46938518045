"""XML read as a stream, safely: no document type, no entities, bounded in size, depth and breadth."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from lxml import etree

from domain.errors import UnreadableFile

LARGEST_FILE: Final = 200 * 1024 * 1024
DEEPEST: Final = 32
MOST_ELEMENTS: Final = 50_000  # in one child; the most crowded real one has some hundreds
CHUNK: Final = 256 * 1024
DOCUMENT_TYPE: Final = "<!DOCTYPE"

UTF_16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def safe_encoding(path: Path) -> str:
    """How the file is written (UTF-8, Windows-1252 or UTF-16), looked at from end to end.

    Refuses a file that is too large, or that declares a document type, before any parser sees it.
    """
    size = path.stat().st_size
    if size > LARGEST_FILE:
        message = f"the file is larger than {LARGEST_FILE // 1024 // 1024} MiB"
        raise UnreadableFile(message)
    with path.open("rb") as file:
        encoding = "utf-16" if file.read(2) in UTF_16_MARKS else "utf-8-sig"
    try:
        _refuse_a_document_type(path, encoding)
    except UnicodeDecodeError:
        # What older systems on Windows write, curly quotes and all, often without saying so.
        encoding = "windows-1252"
        _refuse_a_document_type(path, encoding)
    return encoding


def _refuse_a_document_type(path: Path, encoding: str) -> None:
    before = ""
    with path.open("rb") as file:
        for text in _decoded(file, encoding):
            if DOCUMENT_TYPE in before + text:
                message = "the file holds a DOCTYPE, which a return never needs: refused unread"
                raise UnreadableFile(message)
            before = text[-len(DOCUMENT_TYPE) :]


def _decoded(file: BinaryIO, encoding: str) -> Iterator[str]:
    # A byte that Windows-1252 leaves undefined is kept as a mark, so that the rest can be read.
    errors = "replace" if encoding == "windows-1252" else "strict"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    while chunk := file.read(CHUNK):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


class Utf8:
    """A file as UTF-8, whatever it was written in; it knows how far it has been read."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        """Read this file, which is written in this encoding."""
        self._file = file
        self._chunks = _decoded(file, encoding)
        self._ahead = b""

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most so many; nothing at the end."""
        while not self._ahead:
            text = next(self._chunks, None)
            if text is None:
                return b""
            self._ahead = text.encode()
        wanted = size if size >= 0 else len(self._ahead)
        found, self._ahead = self._ahead[:wanted], self._ahead[wanted:]
        return found


def elements(source: Utf8, whole: frozenset[str]) -> Iterator[etree._Element]:
    """Each element of these names, complete, in order; it is let go once the next is asked for.

    `UnreadableFile` where the XML is not well formed or beyond bounds, with the line.
    """
    # The declared encoding is overridden: it must not choose how the bytes are read.
    parsed = etree.iterparse(
        source,
        events=("start", "end"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    path: list[str] = []
    inside = 0
    try:
        for happened, element in parsed:
            if happened == "start":
                path.append(local_name(element))
                inside += 1
                _check_bounds(element, len(path), inside)
                continue
            name = path.pop()
            if whole.isdisjoint(path):
                if name in whole:
                    yield element
                _let_go(element)
                inside = 0
    except etree.XMLSyntaxError as error:
        message = f"line {error.lineno}: the file is not well-formed XML"
        raise UnreadableFile(message) from None


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace; a return has none, some exports add one."""
    return etree.QName(element).localname


def _check_bounds(element: etree._Element, depth: int, inside: int) -> None:
    if depth > DEEPEST:
        message = f"line {element.sourceline}: elements nested more than {DEEPEST} deep"
        raise UnreadableFile(message)
    if inside > MOST_ELEMENTS:
        message = f"line {element.sourceline}: more than {MOST_ELEMENTS} elements in one child"
        raise UnreadableFile(message)


def _let_go(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
