"""Rows as a workbook: text and nothing but text, under a heading that stays."""

import io
from zipfile import ZipFile

from python_calamine import load_workbook

from formats.workbook import workbook


def read_back(made: bytes) -> list[list[object]]:
    """What another program reads in the one sheet."""
    return [list(row) for row in load_workbook(io.BytesIO(made)).get_sheet_by_index(0).to_python()]


def sheet(made: bytes) -> str:
    """The sheet as it is written."""
    return ZipFile(io.BytesIO(made)).read("xl/worksheets/sheet1.xml").decode()


def test_nothing_in_a_cell_is_ever_run() -> None:
    """What begins like a formula, a number or an address is text as it was told."""
    lines = [["child", "said"], ["=1+1", "@SUM(A1)"], ["0012", "https://example.org"]]
    made = workbook("Board", lines)

    assert read_back(made) == lines
    assert "<f>" not in sheet(made)
    assert "hyperlink" not in sheet(made)


def test_the_heading_is_the_first_of_the_longest_lines() -> None:
    """What stands above it speaks of the whole, and all of it stays in sight."""
    made = workbook("Board", [["As of Monday"], ["child", "due"], ["A", "Friday"]])

    assert 'ySplit="2"' in sheet(made)
    assert '<autoFilter ref="A2:B3"' in sheet(made)


def test_a_workbook_of_nothing_can_still_be_opened() -> None:
    """An empty sheet, with nothing to filter."""
    made = workbook("Board", [])

    assert read_back(made) == []
    assert "autoFilter" not in sheet(made)
