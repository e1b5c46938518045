"""Styles, scripts and pictures; the hash in their address makes a year's keeping safe."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from fastapi import Response
from starlette.exceptions import HTTPException

from domain.access_rules import Action
from domain.errors import Unavailable
from formats.branding import Brand
from web.access import needs
from web.addresses import Addresses

FOLDER: Final = Path(__file__).parent.parent / "static"

SAMPLE_LOGO: Final = FOLDER / "sample-council.svg"
"""The mark of the made-up council, which is no real council's."""

TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}

NEEDED: Final = ("vendor/govuk-frontend.min.css", "vendor/moj-frontend.min.css")

A_YEAR: Final = "public, max-age=31536000, immutable"


class File(NamedTuple):
    """One file as a browser gets it."""

    content: bytes
    media_type: str


class Assets:
    """Every file of the pages and of the council's brand, read once."""

    def __init__(self, folder: Path = FOLDER, brand: Brand | None = None) -> None:
        """Read the folder; Unavailable when the styles were never fetched."""
        self.files = {**read(folder), **dict(of_brand(brand or Brand()))}
        if not all(name in self.files for name in NEEDED):
            message = "The pages' styles are not here: run make vendor, then start again"
            raise Unavailable(message)
        every = b"".join(name.encode() + file.content for name, file in self.files.items())
        self.version = hashlib.sha256(every).hexdigest()[:12]
        self.prefix = f"/static/{self.version}"

    def add_to(self, routes: Addresses) -> Addresses:
        """Add the one address pattern under which every file lies."""

        @routes.get("/static/{version}/{path:path}")
        @needs(Action.OPEN, "service")
        def file(version: str, path: str) -> Response:
            found = self.files.get(path) if version == self.version else None
            if found is None:
                raise HTTPException(404)
            return Response(
                found.content, media_type=found.media_type, headers={"Cache-Control": A_YEAR}
            )

        return routes


def read(folder: Path) -> Mapping[str, File]:
    """Every file of a kind that pages use, by its path in the folder."""
    return {
        path.relative_to(folder).as_posix(): File(path.read_bytes(), TYPES[path.suffix])
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in TYPES
    }


def of_brand(brand: Brand) -> Iterator[tuple[str, File]]:
    """The files that differ from council to council, by their paths beside the others."""
    yield "brand.css", File(brand.style, TYPES[".css"])
    if brand.logo:
        yield brand.logo.name, File(brand.logo.content, TYPES[Path(brand.logo.name).suffix])
