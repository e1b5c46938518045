"""A council's colour is one that white can be read on, and its logo is a picture."""

from pathlib import Path

import pytest

from domain.errors import Unavailable
from formats.branding import OUR_OWN, PNG, Brand, Logo, contrast, read_colour, read_logo


@pytest.mark.parametrize(
    ("colour", "times"),
    [("#ffffff", 1.0), ("#000000", 21.0), ("#767676", 4.54), ("#777777", 4.48), (OUR_OWN, 13.71)],
)
def test_contrast_is_what_wcag_says(colour: str, times: float) -> None:
    """Black is 21 times darker than white, and #767676 is the lightest grey that may bear white."""
    assert contrast(colour) == pytest.approx(times, abs=0.01)


def test_a_dark_colour_is_taken() -> None:
    """In small letters, so that two ways of writing it are one; what is no text was read already."""
    assert read_colour("#6A1B4D") == "#6a1b4d"
    assert read_colour(None) is None


@pytest.mark.parametrize(("colour", "times"), [("#ffdd00", "1.3"), ("#777777", "4.4")])
def test_a_colour_on_which_nobody_can_read_is_refused(colour: str, times: str) -> None:
    """One sentence says how far off it is and what to do."""
    with pytest.raises(ValueError, match=r"^white text cannot") as refused:
        read_colour(colour)

    assert str(refused.value) == (
        f"white text cannot be read on this colour ({times} to 1 where 4.5 to 1 is needed):"
        " choose a darker one"
    )


@pytest.mark.parametrize("said", ["navy", "#123", "#12345g", "#123456; } body { display: none"])
def test_only_a_colour_is_a_colour(said: str) -> None:
    """Nothing else can get into the style sheet."""
    with pytest.raises(ValueError, match=r"^write the colour as six digits"):
        read_colour(said)


def test_the_style_sheet_says_the_colour() -> None:
    """One line, which the pages' own styles use."""
    assert Brand("#6a1b4d").style == b":root { --daymark-brand: #6a1b4d; }\n"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (PNG + b"...", "council.png"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "council.svg"),
    ],
)
def test_a_logo_is_known_by_what_is_in_it(tmp_path: Path, content: bytes, name: str) -> None:
    """Whatever the file is called."""
    (tmp_path / "logo").write_bytes(content)

    assert read_logo(tmp_path / "logo") == Logo(name, content)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "cannot be read"),
        (b"<html><script>", "is neither a PNG nor an SVG picture"),
        (PNG + bytes(200_000), "is larger than 200 kB"),
    ],
)
def test_what_is_no_logo_is_refused(tmp_path: Path, content: bytes | None, reason: str) -> None:
    """No file, no picture, or far too large: the operator reads which."""
    if content is not None:
        (tmp_path / "logo.png").write_bytes(content)

    with pytest.raises(Unavailable, match=reason):
        read_logo(tmp_path / "logo.png")
