"""Files for spreadsheets: opened as text and never as a formula."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from fastapi import Response

EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(name: str, lines: Sequence[Sequence[str]]) -> Response:
    """A CSV file that a spreadsheet opens as text and never as a formula."""
    out = io.StringIO()
    csv.writer(out).writerows([harmless(cell) for cell in cells] for cells in lines)
    return as_file(name, out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8")


def as_file(name: str, content: bytes, kind: str) -> Response:
    """Something to be kept, by its name."""
    return Response(
        content,
        media_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def harmless(cell: str) -> str:
    """A cell no spreadsheet would run."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
