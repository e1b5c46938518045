"""What is fetched for the pages: pinned by content, stripped of a brand that is not ours."""

import json
import re
from pathlib import Path

import pytest

from tests.web.console.conftest import ROOT
from web.console.pages import environment
from web.vendor import (
    AXE,
    GOVUK,
    MOJ,
    SHIPPED,
    NotFetched,
    Package,
    check_pin,
    faults,
    npm,
    unbranded,
)

FIXTURES = ROOT / ".vendor" / "fixtures"
USED = sorted(
    {
        name
        for template in (ROOT / "web" / "templates").glob("*.html")
        for name in re.findall(r"components/([\w-]+)/macro", template.read_text(encoding="utf-8"))
    }
)
KNOWN = {"phase-banner: html as text"}
"""One published example differs in how an apostrophe is escaped."""


def test_nothing_branded_is_shipped() -> None:
    """No typeface, crown or crest, and no picture that is asked for and not there."""
    assert list(faults(SHIPPED)) == []


def test_what_is_branded_would_be_seen(tmp_path: Path) -> None:
    """The check above fails on what it guards against."""
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "crest.png").write_bytes(b"")
    (tmp_path / "kit.css").write_text("a{font-family:GDS Transport;background:url(images/x.svg)}")
    found = list(faults(tmp_path))

    assert "kit.css still says Transport" in found
    assert "kit.css asks for images/x.svg, which is not there" in found
    assert "images/crest.png may be part of the brand" in found
    assert "govuk-frontend.min.css is missing" in found


def test_the_brand_is_taken_out() -> None:
    """The typeface's rules go, the fonts after it stay, and icons are looked for beside the sheet."""
    sheet = (
        "@font-face{font-family:GDS Transport;src:url(/assets/fonts/x.woff2)}"
        "a{font-family:GDS Transport,arial,sans-serif}.govuk-crest{x:y}"
        "b{background:url(/assets/images/icon-a.svg)}/*# sourceMappingURL=x.map */"
    )

    assert unbranded(sheet) == (
        "a{font-family:arial,sans-serif}b{background:url(images/icon-a.svg)}"
    )


def test_another_package_under_the_same_name_is_refused() -> None:
    """A version alone is no promise: the bytes must be the ones that were pinned."""
    with pytest.raises(NotFetched, match="not the package that was pinned"):
        check_pin(Package("kit", "1.0.0", AXE.sha512), b"other bytes")


def test_every_package_is_pinned_exactly() -> None:
    """No range of versions, and a whole digest."""
    for package in (GOVUK, MOJ, AXE):
        assert re.fullmatch(r"\d+\.\d+\.\d+", package.version)
        assert len(package.sha512) == 88


def test_a_machine_without_npm_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One clear sentence, not a traceback."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))

    with pytest.raises(NotFetched, match="install npm"):
        npm()


@pytest.mark.parametrize("name", USED)
def test_the_kit_says_what_its_makers_publish(name: str) -> None:
    """An upgrade that changes the markup of a part we use fails here, before a person sees it."""
    macro = "govuk" + "".join(word.capitalize() for word in name.split("-"))
    module = (
        environment(sure=True)
        .get_template(f"govuk_frontend_jinja/components/{name}/macro.html")
        .module
    )
    published = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))["fixtures"]
    different = {
        f"{name}: {example['name']}"
        for example in published
        if re.sub(r"\s", "", str(getattr(module, macro)(example["options"])))
        != re.sub(r"\s", "", example["html"])
    }

    assert different <= KNOWN
