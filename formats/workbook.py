"""Rows as an Excel workbook: every cell is text, so that nothing in it is ever run."""

import io
from collections.abc import Sequence
from typing import Final

WIDEST: Final = 50
"""No column is wider than this, in characters."""


def workbook(title: str, lines: Sequence[Sequence[str]]) -> bytes:
    """One sheet with these lines; the heading of the table stays in sight while one scrolls.

    The heading is the first of the longest lines; what comes before it speaks of the whole.
    """
    import xlsxwriter  # noqa: PLC0415 -- few ask for a workbook, and no start should wait for it

    columns = max((len(cells) for cells in lines), default=0)
    heading = next((n for n, cells in enumerate(lines) if len(cells) == columns), 0)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet(title)
        bold = book.add_format({"bold": True})
        for number, cells in enumerate(lines):
            for column, cell in enumerate(cells):
                sheet.write_string(number, column, cell, bold if number == heading else None)
        for column in range(columns):
            widths = [len(cells[column]) for cells in lines[heading:]]
            sheet.set_column(column, column, min(WIDEST, max(widths) + 2))
        sheet.freeze_panes(heading + 1, 0)
        if lines:
            sheet.autofilter(heading, 0, len(lines) - 1, columns - 1)
    return out.getvalue()
