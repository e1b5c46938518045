"""Files for spreadsheets: opened as text and never as a formula."""

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from fastapi import Request, Response

from web.recording import Carried

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


def carrying(request: Request, file: Response, children: Iterable[UUID]) -> Response:
    """A file that names many children: that each was carried away is recorded before it is sent."""
    named = dict.fromkeys(one.hex for one in children)
    request.state.carried = Carried(tuple(named), hashlib.sha256(file.body).hexdigest())
    return file


def cut_short(held: int, total: int, what: str) -> list[list[str]]:
    """The line that says that a file does not hold everything; none where it does."""
    if held >= total:
        return []
    said = f"Not everything is in this file: it holds the first {held:,} of {total:,} {what}."
    return [[f"{said} Narrow the list to take the rest."]]


def harmless(cell: str) -> str:
    """A cell no spreadsheet would run."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
