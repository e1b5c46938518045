"""One pack for all the cases of a scope: each history as its own files, and one manifest over everything."""

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from domain.calendar import LONDON
from formats.export import MANIFEST, as_csv, as_json

OLDEST: Final = 1980
"""No file in a ZIP can be older."""


class Case(NamedTuple):
    """One child of a pack."""

    reference: str
    files: Mapping[str, bytes]


def pack(cases: Sequence[Case], about: Mapping[str, Any], at: datetime) -> bytes:
    """Every case in a folder of its own, a list of them, and the manifest with the hash of every file."""
    contents: dict[str, bytes] = {}
    listed = [["Case", "Reference", "Folder"]]
    for number, case in enumerate(cases, start=1):
        folder = f"case-{number:02}"
        listed.append([str(number), case.reference, folder])
        contents |= {f"{folder}/{name}": content for name, content in case.files.items()}
    contents["cases.csv"] = as_csv(listed)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    contents[MANIFEST] = as_json({**about, "cases": len(cases), "files": hashes})
    return zipped(contents, at)


def zipped(contents: Mapping[str, bytes], at: datetime) -> bytes:
    """Files as one, each dated when the pack was made."""
    there = at.astimezone(LONDON)
    dated = (
        max(there.year, OLDEST),
        there.month,
        there.day,
        there.hour,
        there.minute,
        there.second,
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in contents.items():
            file.writestr(zipfile.ZipInfo(name, dated), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
