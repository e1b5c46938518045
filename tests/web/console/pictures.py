"""Makes the pictures of docs/ again: `python -m tests.web.console.pictures`, from made-up towns.

Add a row to PICTURES when a page should be shown; the harness already keeps all others under artefacts/.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

from tests.web.console.conftest import FLAGS, ROOT, World, be_person, serving
from tests.web.console.panel import ADDRESS, meet
from tests.web.console.states import of_child
from tests.web.console.town import Town, live

FOLDER: Final = ROOT / "docs" / "pictures"
PICTURES: Final = (
    ("board", live, "/board", 1150),
    ("child", live, of_child("CH-0001", "/clocks"), 1000),
    ("sitting", meet, ADDRESS, 1100),
)
"""What each picture is called, in which town, at which address, and how high it is."""


def make(folder: Path = FOLDER) -> list[Path]:
    """Draw every picture into a folder, and say which."""
    folder.mkdir(parents=True, exist_ok=True)
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    alone = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as kept:
        browser = playwright.chromium.launch(executable_path=found, args=[*FLAGS, *alone])
        towns: dict[object, Town] = {
            begin: begin(Path(kept) / begin.__name__) for _, begin, _, _ in PICTURES
        }
        for name, begin, address, height in PICTURES:
            town = towns[begin]
            with serving(town.parts()) as site:
                context = browser.new_context(viewport={"width": 1200, "height": height})
                be_person(context, World(town, town.parts(), site), "P-7")
                page = context.new_page()
                page.goto(site + (address if isinstance(address, str) else address(town)))
                if "/why/" in page.url:
                    page.get_by_label("Management oversight").check()
                    page.get_by_role("button", name="Open the record").click()
                page.screenshot(path=folder / f"{name}.png")
                context.close()
        browser.close()
        for town in towns.values():
            town.close()
    return [folder / f"{name}.png" for name, *_ in PICTURES]


if __name__ == "__main__":
    for picture in make():
        print(picture.relative_to(ROOT), picture.stat().st_size // 1024, "KiB")  # noqa: T201
