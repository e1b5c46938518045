"""How a council's own pages are told from another's: its name, its logo and one colour."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from domain.errors import Unavailable

OUR_OWN: Final = "#0b3142"
"""The colour of the pages where a council has set none."""

LEAST_CONTRAST: Final = 4.5
"""How much lighter white must be than what it is written on, as WCAG 2.2 has it for text (1.4.3)."""

STRAIGHT: Final = 0.04045
"""Up to this share a screen's light grows in a straight line (IEC 61966-2-1)."""

LARGEST_LOGO: Final = 200_000
PNG: Final = b"\x89PNG\r\n\x1a\n"
SVG: Final = re.compile(rb"<svg[\s>]")


@dataclass(frozen=True)
class Logo:
    """A council's mark as a browser gets it."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Brand:
    """What a council's pages look like beside the words on them."""

    colour: str = OUR_OWN
    logo: Logo | None = None

    @property
    def style(self) -> bytes:
        """The style sheet that says the colour, and nothing else."""
        return f":root {{ --daymark-brand: {self.colour}; }}\n".encode()


def read_colour(value: object) -> object:
    """A colour on which white text can be read, in small letters; any other is refused."""
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
        message = f"write the colour as six digits of hexadecimal, for example {OUR_OWN}"
        raise ValueError(message)
    if (found := contrast(value)) < LEAST_CONTRAST:
        # Cut, not rounded: 4.48 must not be said to be the 4.5 that it is not.
        message = (
            f"white text cannot be read on this colour ({int(found * 10) / 10} to 1 where"
            f" {LEAST_CONTRAST} to 1 is needed): choose a darker one"
        )
        raise ValueError(message)
    return value.lower()


def contrast(colour: str) -> float:
    """How many times lighter white is than a colour, from 1 to 21, as WCAG reckons it."""
    red, green, blue = (_light(int(colour[place : place + 2], 16)) for place in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _light(part: int) -> float:
    """How much light one part of a colour gives, from 0 to 1."""
    share = part / 255
    return share / 12.92 if share <= STRAIGHT else ((share + 0.055) / 1.055) ** 2.4


def read_logo(file: Path) -> Logo:
    """A council's logo; Unavailable says what is wrong with the file."""
    try:
        content = file.read_bytes()
    except OSError:
        message = f"the logo {file} cannot be read: put it there, or leave DAYMARK_LOGO unset"
        raise Unavailable(message) from None
    if len(content) > LARGEST_LOGO:
        message = f"the logo {file} is larger than {LARGEST_LOGO // 1000} kB: save a smaller one"
        raise Unavailable(message)
    if content.startswith(PNG):
        return Logo("council.png", content)
    if SVG.search(content[:2000]):
        return Logo("council.svg", content)
    message = f"the logo {file} is neither a PNG nor an SVG picture: save it as one of them"
    raise Unavailable(message)
